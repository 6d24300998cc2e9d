"""Ningxia: decision, management, output and benefit blocks, the unit's own score beside the reviewer's, ticked grade."""

from __future__ import annotations

from tests.corpus.model import Document, Form, funds, rows

FORM = Form(
    kind="project",
    year=2022,
    title="项目支出绩效自评表",
    subject="乡村道路太阳能路灯安装",
    competent_department="芦汀县农业农村局",
    implementing_unit="芦汀县鹤滩镇人民政府",
    funds=funds("""
category | label | initial | budget | executed | rate
total | 年度资金总额 | 140 | 150 | 136.8 | 91.2
fiscal | 其中：财政拨款 | 120 | 130 | 118.8 | 91.38
carryover | 上年结转资金 | 20 | 20 | 18 | 90
other | 其他资金 | 0 | 0 | 0 | —
"""),
    expected="在鹤滩镇8个行政村主要道路安装太阳能路灯320盏，2022年10月底前完工，方便群众夜间出行，降低交通安全隐患。",
    actual="8个行政村共安装太阳能路灯320盏，2022年10月28日通过验收，村民夜间出行条件明显改善。",
    rows=rows("""
level1 | level2 | level3 | target | actual | weight | score | review | deviation
决策 | 项目立项 | 立项依据充分性 | 充分 | 充分 | 3 | 3 | 3
 | 绩效目标 | 绩效目标合理性 | 合理 | 合理 | 4 | 4 | 4
 | 资金投入 | 预算编制科学性 | 科学 | 基本科学 | 3 | 2.5 | 2 | 部分设备询价不充分，预算偏高，今后加强市场调研。
管理 | 资金管理 | 资金到位率 | 100% | 100% | 5 | 5 | 5
 | | 预算执行率 | ≥95% | 91.2% | 10 | 9.6 | 9.6 | 质保金按合同约定于次年支付。
 | | 资金使用合规性 | 合规 | 合规 | 5 | 5 | 5
 | 组织实施 | 制度执行有效性 | 有效 | 有效 | 5 | 5 | 4
产出 | 产出数量 | 安装太阳能路灯 | 320盏 | 320盏 | 10 | 10 | 10
 | 产出质量 | 亮灯率 | ≥98% | 99.1% | 10 | 10 | 10
 | 产出时效 | 完工时间 | 2022年10月底前 | 2022年10月28日 | 5 | 5 | 5
 | 产出成本 | 单盏路灯造价 | ≤4200元 | 4150元 | 5 | 5 | 5
效益 | 社会效益 | 夜间道路交通事故下降率 | ≥10% | 12.5% | 15 | 15 | 15
 | 生态效益 | 年节约用电量 | ≥16万度 | 16.4万度 | 10 | 10 | 10
 | 满意度 | 受益群众满意度 | ≥90% | 95% | 10 | 10 | 9
"""),
    total_weight="100",
    total_score="99.1",
    grade="优",
    more={"review": "96.6"},
)

CSS = """
@page { margin: 18mm 13mm }
body { font-family: $kai; font-size: 10pt; line-height: 1.25 }
h1 { font-family: $hei; font-size: 18pt; letter-spacing: 2pt }
td { border-width: 0.5pt; padding: 1.6pt 2pt }
table { border: 1.5pt solid #000 }
.tick { border: 0.7pt solid #000; font-size: 8pt; line-height: 1; margin-right: 1pt }
"""

TEMPLATE = """
<h1>{{ form.title }}</h1>
<p style="margin-bottom: 4pt">（{{ form.year }}年度）</p>
<table class="whole">
{{ cols(9, 11, 16, 13, 14, 7, 8, 8, 14) }}
<tr><td colspan="2">项目名称</td><td colspan="7">{{ form.subject }}</td></tr>
<tr><td colspan="2">主管部门</td><td colspan="3">{{ form.competent_department }}</td><td colspan="2">实施单位</td>
    <td colspan="2">{{ form.implementing_unit }}</td></tr>
<tr><td colspan="2" rowspan="5">项目资金\n（万元）</td><td></td><td>年初预算数</td><td>全年预算数</td><td colspan="2">全年执行数</td>
    <td colspan="2">执行率（%）</td></tr>
{% for fund in form.funds %}
<tr><td class="l">{{ fund.label }}</td><td>{{ fund.initial }}</td><td>{{ fund.budget }}</td><td colspan="2">{{ fund.executed }}</td>
    <td colspan="2">{{ fund.rate }}</td></tr>
{% endfor %}
<tr><td rowspan="2">年度总体目标</td><td colspan="4">预期目标</td><td colspan="4">实际完成情况</td></tr>
<tr><td colspan="4" class="l">{{ form.expected }}</td><td colspan="4" class="l">{{ form.actual }}</td></tr>
<tr><td>一级指标</td><td>二级指标</td><td>三级指标</td><td>年度指标值</td><td>实际完成值</td><td>分值</td><td>自评得分</td><td>复核得分</td>
    <td>偏差原因分析及改进措施</td></tr>
{% for row in form.rows %}
{% set one = form.level1(loop.index0) %}{% set two = form.level2(loop.index0) %}
<tr>{% if one %}<td rowspan="{{ one.span }}">{{ one.text }}（{{ form.block_weight(one.text) }}分）</td>{% endif %}
    {% if two %}<td rowspan="{{ two.span }}">{{ two.text }}</td>{% endif %}
    <td class="l">{{ row.level3 }}</td><td>{{ row.target }}</td><td>{{ row.actual }}</td><td>{{ row.weight }}</td><td>{{ row.score }}</td>
    <td>{{ row.more.review }}</td><td class="l">{{ row.deviation }}</td></tr>
{% endfor %}
<tr><td colspan="5">总分</td><td>{{ form.total_weight }}</td><td>{{ form.total_score }}</td><td>{{ form.more.review }}</td><td></td></tr>
<tr><td colspan="2">评价等级</td><td colspan="7"><span class="tick">√</span>优　　□良　　□中　　□差</td></tr>
</table>
<p class="l" style="margin-top: 4pt">注：评价得分90分（含）以上为优，80分（含）至90分为良，60分（含）至80分为中，60分以下为差。</p>
"""

DOCUMENT = Document(
    "ningxia_lamps", "project", "宁夏：决策、管理、产出、效益，自评与复核两列得分", [FORM], TEMPLATE, CSS
)

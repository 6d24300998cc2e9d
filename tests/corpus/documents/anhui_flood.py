"""Anhui: the Ministry's table with blank fund rows, wide SimSun-like print, block weights in the level-1 cells."""

from __future__ import annotations

from tests.corpus.model import Document, Form, funds, rows

FORM = Form(
    kind="project",
    year=2023,
    title="项目支出绩效自评表",
    subject="2023年山洪灾害防治非工程措施维护",
    competent_department="梧溪县水利局",
    implementing_unit="梧溪县水旱灾害防御中心",
    funds=funds("""
category | label | initial | budget | executed | weight | rate | score
total | 年度资金总额 | 62 | 62 | 58.9 | 10 | 95% | 9.5
fiscal | 其中：本年财政拨款 | 62 | 62 | 58.9 | — | 95% | —
carryover | 上年结转资金 | | | | — | | —
other | 其他资金 | | | | — | | —
"""),
    expected="目标1：对全县87处雨量、水位监测站点进行维护，汛期设备在线率保持在95%以上；\n目标2：开展山洪灾害防御演练和培训，提高基层防御能力；\n目标3：完成预警平台升级。",
    actual="完成87处监测站点的维护，汛期设备平均在线率96.8%；组织防御演练24场、培训12期；预警平台升级已通过验收。",
    rows=rows("""
level1 | level2 | level3 | target | actual | weight | score | deviation
产出指标 | 数量指标 | 维护监测站点数量 | ≥87处 | 87处 | 10 | 10
 | | 组织防御演练场次 | ≥24场 | 24场 | 8 | 8
 | | 举办培训期数 | 不少于12期 | 12期 | 7 | 7
 | 质量指标 | 汛期设备在线率 | 大于 95% | 96.8% | 15 | 15
 | 时效指标 | 汛前检修完成时间 | 2023年4月完成 | 2023年5月中旬完成 | 10 | 8 | 部分偏远站点春季道路损毁，备件运输延误；今后提前一个季度储备备件。
效益指标 | 社会效益指标 | 预警信息发送 | 准确及时 | 达成预期指标 | 15 | 15
 | 可持续影响指标 | 群测群防体系 | 进一步完善 | 达成预期指标 | 15 | 14 | 村级预警员更换频繁，需加强培训。
满意度指标 | 服务对象满意度指标 | 受益群众满意度 | ≥90% | 94% | 10 | 10
"""),
    total_weight="100",
    total_score="96.5",
)

CSS = """
@page { margin: 25mm 20mm }
body { font-family: $ming; font-size: 10.5pt; line-height: 1.3 }
h1 { font-family: $hei; font-size: 18pt }
td { border-width: 0.75pt; padding: 2pt 5pt }
.strut td { height: 22pt }
"""

TEMPLATE = """
<h1>{{ form.title }}</h1>
<p style="margin-bottom: 6pt">（{{ form.year }} 年度）</p>
<table class="whole">
{{ cols(10, 12, 17, 13, 12, 9, 11, 8, 8) }}
<tr class="strut"><td>项目名称</td><td colspan="8">{{ form.subject }}</td></tr>
<tr class="strut"><td>主管部门</td><td colspan="3">{{ form.competent_department }}</td><td colspan="2">实施单位</td><td colspan="3">{{ form.implementing_unit }}</td></tr>
<tr><td rowspan="5">项目资金\n（万元）</td><td colspan="2"></td><td>年初预算数</td><td>全年预算数</td><td>全年执行数</td><td>分值</td><td>执行率</td><td>得分</td></tr>
{% for fund in form.funds %}
<tr class="strut"><td colspan="2" class="l">{{ fund.label }}</td><td>{{ fund.initial }}</td><td>{{ fund.budget }}</td><td>{{ fund.executed }}</td>
    <td>{{ fund.weight }}</td><td>{{ fund.rate }}</td><td>{{ fund.score }}</td></tr>
{% endfor %}
<tr><td rowspan="2">年度总体目标</td><td colspan="4">预期目标</td><td colspan="4">实际完成情况</td></tr>
<tr><td colspan="4" class="l">{{ form.expected }}</td><td colspan="4" class="l">{{ form.actual }}</td></tr>
<tr><td>一级指标</td><td>二级指标</td><td>三级指标</td><td>年度\n指标值</td><td>实际\n完成值</td><td>分值</td><td>得分</td>
    <td colspan="2">偏差原因分析及改进措施</td></tr>
{% for row in form.rows %}
{% set one = form.level1(loop.index0) %}{% set two = form.level2(loop.index0) %}
<tr>{% if one %}<td rowspan="{{ one.span }}">{{ one.text }}\n（{{ form.block_weight(one.text) }}分）</td>{% endif %}
    {% if two %}<td rowspan="{{ two.span }}">{{ two.text }}</td>{% endif %}
    <td class="l">{{ row.level3 }}</td><td>{{ row.target }}</td><td>{{ row.actual }}</td><td>{{ row.weight }}</td><td>{{ row.score }}</td>
    <td colspan="2" class="l">{{ row.deviation }}</td></tr>
{% endfor %}
<tr><td colspan="5">总　　分</td><td>{{ form.total_weight }}</td><td>{{ form.total_score }}</td><td colspan="2"></td></tr>
</table>
"""

DOCUMENT = Document("anhui_flood", "project", "安徽：资金空行，一级指标带分值", [FORM], TEMPLATE, CSS)

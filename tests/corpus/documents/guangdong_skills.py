"""Guangdong: dotted rules, no left and right border, the weights of the blocks in their cells, a signature line."""

from __future__ import annotations

from tests.corpus.model import Document, Form, funds, rows

FORM = Form(
    kind="project",
    year=2024,
    title="项目支出绩效自评表",
    subject="职业技能提升培训补贴",
    competent_department="澜湾市人力资源和社会保障局",
    implementing_unit="澜湾市就业服务管理中心",
    funds=funds("""
category | label | initial | budget | executed | weight | rate | score
total | 年度资金总额 | 1,653.30 | 1,480.00 | 1,406.00 | 10 | 95.00% | 9.5
fiscal | 其中：本级财政资金 | 1,053.30 | 880.00 | 836.00 | / | 95.00% | /
carryover | 上年结转资金 | 200.00 | 200.00 | 200.00 | / | 100.00% | /
other | 其他资金 | 400.00 | 400.00 | 370.00 | / | 92.50% | /
"""),
    expected="全年开展补贴性职业技能培训1.2万人次，培训合格率不低于90%，促进重点群体稳定就业。",
    actual="全年开展补贴性职业技能培训1.26万人次，培训合格率94.1%，培训后新增就业3862人。",
    rows=rows("""
level1 | level2 | level3 | target | actual | weight | score | deviation
产出指标 | 数量指标 | 补贴性培训人次 | ≥12000人次 | 12600人次 | 15 | 15
 | | 新增高技能人才 | ≥800人 | 720人 | 10 | 9 | 企业自主认定备案进度较慢，2025年一季度完成备案。
 | 质量指标 | 培训合格率 | 不低于 90% | 94.1% | 10 | 10
 | 时效指标 | 补贴资金拨付时限 | ≤30个工作日 | 26个工作日 | 10 | 10
 | 成本指标 | 人均培训补贴标准 | ≤1200元 | 1115元 | 5 | 5
效益指标 | 社会效益指标 | 培训后新增就业人数 | ≥4000人 | 3862人 | 15 | 14.48 | 制造业用工需求下降，将增加订单式培训。
 | 可持续影响指标 | 终身职业培训体系 | 逐步健全 | 部分达成 | 15 | 12.42 | 实训基地分布不均，正在新建2个区域基地。
满意度指标 | 服务对象满意度指标 | 参训学员满意度 | ≥85% | 93% | 10 | 10
"""),
    total_weight="100",
    total_score="97.4",
    grade="优",
    planted=[("S2", "各项得分合计95.4，总分印作97.4")],
)

CSS = """
@page { margin: 22mm 16mm }
body { font-family: $kai; font-size: 10.5pt; line-height: 1.25 }
h1 { font-family: $microhei; font-size: 18pt }
td { border: 0.9pt dotted #000; padding: 3pt }
td.first { border-left: 0 } td.last { border-right: 0 }
table { border-left: 0; border-right: 0 }
.sign { display: flex; justify-content: space-between; margin-top: 6pt }
"""

TEMPLATE = """
<h1>{{ form.title }}</h1>
<p style="margin-bottom: 6pt">（{{ form.year }}年度）</p>
<table class="whole">
{{ cols(11, 12, 19, 15, 13, 8, 9, 13) }}
<tr><td class="first">项目名称</td><td colspan="7" class="last">{{ form.subject }}</td></tr>
<tr><td class="first">主管部门</td><td colspan="3">{{ form.competent_department }}</td><td>实施单位</td><td colspan="3" class="last">{{ form.implementing_unit }}</td></tr>
<tr><td rowspan="5" class="first">项目资金\n（万元）</td><td></td><td>年初预算数</td><td>全年预算数</td><td>全年执行数</td><td>分值</td><td>执行率</td><td class="last">得分</td></tr>
{% for fund in form.funds %}
<tr><td class="l">{{ fund.label }}</td><td>{{ fund.initial }}</td><td>{{ fund.budget }}</td><td>{{ fund.executed }}</td><td>{{ fund.weight }}</td>
    <td>{{ fund.rate }}</td><td class="last">{{ fund.score }}</td></tr>
{% endfor %}
<tr><td rowspan="2" class="first">年度总体目标</td><td colspan="3">预期目标</td><td colspan="4" class="last">实际完成情况</td></tr>
<tr><td colspan="3" class="l">{{ form.expected }}</td><td colspan="4" class="l last">{{ form.actual }}</td></tr>
<tr><td class="first">一级指标</td><td>二级指标</td><td>三级指标</td><td>年度指标值</td><td>实际完成值</td><td>分值</td><td>得分</td><td class="last">偏差原因及改进措施</td></tr>
{% for row in form.rows %}
{% set one = form.level1(loop.index0) %}{% set two = form.level2(loop.index0) %}
<tr>{% if one %}<td rowspan="{{ one.span }}" class="first">{{ one.text }}\n（{{ form.block_weight(one.text) }}分）</td>{% endif %}
    {% if two %}<td rowspan="{{ two.span }}">{{ two.text }}</td>{% endif %}
    <td class="l">{{ row.level3 }}</td><td>{{ row.target }}</td><td>{{ row.actual }}</td><td>{{ row.weight }}</td>
    <td>{{ row.score }}</td><td class="l last">{{ row.deviation }}</td></tr>
{% endfor %}
<tr><td colspan="5" class="first">总分</td><td>{{ form.total_weight }}</td><td>{{ form.total_score }}</td><td class="last">等级：{{ form.grade }}</td></tr>
</table>
<div class="sign"><span>填报人：邵一帆</span><span>联系电话：0000-0000000</span><span>填报日期：2025年2月20日</span></div>
"""

DOCUMENT = Document("guangdong_skills", "project", "广东：点线框，左右无边", [FORM], TEMPLATE, CSS)

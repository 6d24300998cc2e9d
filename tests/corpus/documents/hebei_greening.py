"""Hebei: placeholder rows (指标2…, ……, empty) left in the form, the goal in numbered lines."""

from __future__ import annotations

from tests.corpus.model import Document, Form, funds, rows

FORM = Form(
    kind="project",
    year=2022,
    title="项目支出绩效自评表",
    subject="城区街头绿地提升改造",
    competent_department="鹤汀市城市管理综合行政执法局",
    implementing_unit="鹤汀市园林绿化中心",
    funds=funds("""
category | label | initial | budget | executed | weight | rate | score
total | 年度资金总额 | 300 | 275.5 | 269.99 | 10 | 98% | 9.8
fiscal | 其中：当年财政拨款 | 300 | 275.5 | 269.99 | — | 98% | —
carryover | 上年结转资金 | | | | — | | —
other | 其他资金 | | | | — | | —
"""),
    expected="目标1：改造街头绿地14处，新增绿化面积2.6万平方米；\n目标2：建设口袋公园5个；\n目标3：……",
    actual="改造街头绿地14处，新增绿化面积2.63万平方米，建成口袋公园5个。",
    rows=rows("""
level1 | level2 | level3 | target | actual | weight | score | deviation
产出指标 | 数量指标 | 改造街头绿地 | 14处 | 14处 | 15 | 15
 | | 建设口袋公园 | 5个 | 5个 | 10 | 10
 | | ~……
 | 质量指标 | 苗木成活率 | ≥95% | 96.5% | 10 | 10
 | | ~指标2：
 | 时效指标 | 工程按期完工率 | 100% | 100% | 10 | 10
 | | ~……
 | 成本指标 | ~指标1：
 | | ~……
效益指标 | 社会效益指标 | 新增群众休闲场所 | 明显增加 | 明显增加 | 15 | 15
 | | ~指标2：
 | 生态效益指标 | 新增绿化面积 | ≥2.6万平方米 | 2.63万平方米 | 15 | 15
 | | ~……
满意度指标 | 服务对象满意度指标 | 周边居民满意度 | ≥90% | 95.8% | 10 | 10
 | | ~……
"""),
    total_weight="100",
    total_score="94.8",
    planted=[("S1", "产出指标标注50分，三级指标分值合计45分；各项分值与预算执行率合计95分，总分分值为100")],
    more={"产出指标": "50", "效益指标": "30", "满意度指标": "10"},
)

CSS = """
@page { margin: 19mm 18mm }
body { font-family: $song; font-size: 10.5pt; line-height: 1.2 }
h1 { font-family: $serif; font-weight: 700; font-size: 17pt; margin-bottom: 2pt }
td { border-width: 0.5pt; padding: 2pt 2pt; height: 15pt }
"""

TEMPLATE = """
<h1>{{ form.title }}</h1>
<p style="margin-bottom: 5pt">（{{ form.year }}年度）</p>
<table class="whole">
{{ cols(5, 9, 12, 20, 12, 13, 12, 6, 6, 8) }}
<tr><td colspan="3">项目名称</td><td colspan="7">{{ form.subject }}</td></tr>
<tr><td colspan="3">主管部门</td><td colspan="2">{{ form.competent_department }}</td><td>实施单位</td><td colspan="4">{{ form.implementing_unit }}</td></tr>
<tr><td colspan="3" rowspan="5">项目资金\n（万元）</td><td></td><td>年初预算数</td><td>全年预算数</td><td>全年执行数</td><td>分值</td><td>执行率</td><td>得分</td></tr>
{% for fund in form.funds %}
<tr><td class="l">{{ fund.label }}</td><td>{{ fund.initial }}</td><td>{{ fund.budget }}</td><td>{{ fund.executed }}</td>
    <td>{{ fund.weight }}</td><td>{{ fund.rate }}</td><td>{{ fund.score }}</td></tr>
{% endfor %}
<tr><td rowspan="2">年度总体目标</td><td colspan="4">预期目标</td><td colspan="5">实际完成情况</td></tr>
<tr><td colspan="4" class="l">{{ form.expected }}</td><td colspan="5" class="l">{{ form.actual }}</td></tr>
<tr><td rowspan="{{ form.rows|length + 1 }}">绩\n效\n指\n标</td><td>一级指标</td><td>二级指标</td><td>三级指标</td><td>年度指标值</td>
    <td>实际完成值</td><td>分值</td><td>得分</td><td colspan="2">偏差原因分析及改进措施</td></tr>
{% for row in form.rows %}
{% set one = form.level1(loop.index0) %}{% set two = form.level2(loop.index0) %}
<tr>{% if one %}<td rowspan="{{ one.span }}">{{ one.text }}\n（{{ form.more[one.text] }}分）</td>{% endif %}
    {% if two %}<td rowspan="{{ two.span }}">{{ two.text }}</td>{% endif %}
    <td class="l">{{ row.level3 }}</td><td>{{ row.target }}</td><td>{{ row.actual }}</td><td>{{ row.weight }}</td><td>{{ row.score }}</td>
    <td colspan="2" class="l">{{ row.deviation }}</td></tr>
{% endfor %}
<tr><td colspan="6">总　　　　分</td><td>{{ form.total_weight }}</td><td>{{ form.total_score }}</td><td colspan="2"></td></tr>
</table>
"""

DOCUMENT = Document("hebei_greening", "project", "河北：占位行指标2…、……", [FORM], TEMPLATE, CSS)

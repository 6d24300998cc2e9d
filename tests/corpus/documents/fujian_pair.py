"""Fujian: two short forms on one page, planned and actual amounts, reasons and measures in one wide column."""

from __future__ import annotations

from tests.corpus.model import Document, Form, funds, rows

MEALS = Form(
    kind="project",
    year=2023,
    title="项目绩效目标完成情况自评表",
    subject="机关食堂设备更新",
    competent_department="蓝屿县机关事务服务中心",
    implementing_unit="蓝屿县机关事务服务中心",
    funds=funds("""
category | label | initial | budget | executed | weight | rate | score
total | 资金总额 | 18.6 | 18.6 | 17.67 | 10 | 95% | 9.5
fiscal | 其中：财政资金 | 18.6 | 18.6 | 17.67 | | 95%
"""),
    expected="更新食堂灶具、冷藏等设备14台，保障机关干部用餐安全。",
    actual="更新设备14台，全年未发生食品安全事件。",
    rows=rows("""
level1 | level2 | level3 | target | actual | weight | score | deviation
产出指标 | 数量指标 | 更新设备数量 | 14台 | 14台 | 25 | 25
 | 质量指标 | 设备验收合格率 | 100% | 100% | 25 | 25
效益指标 | 社会效益指标 | 食品安全事件 | ≤0起 | 0起 | 30 | 30
满意度指标 | 服务对象满意度指标 | 用餐人员满意度 | ≥90% | 88.2% | 10 | 9.8 | 菜品更新较慢，每季度增加征求意见。
"""),
    total_weight="100",
    total_score="99.3",
)

ROOF = Form(
    kind="project",
    year=2023,
    title="项目绩效目标完成情况自评表",
    subject="办公楼屋面防水维修",
    competent_department="蓝屿县机关事务服务中心",
    implementing_unit="蓝屿县机关事务服务中心",
    funds=funds("""
category | label | initial | budget | executed | weight | rate | score
total | 资金总额 | 0 | 26.4 | 26.4 | 10 | 100% | 10
fiscal | 其中：财政资金 | 0 | 26.4 | 26.4 | | 100%
"""),
    expected="完成2栋办公楼1850平方米屋面防水维修。",
    actual="完成2栋办公楼1850平方米屋面防水维修，雨季未再渗漏。",
    rows=rows("""
level1 | level2 | level3 | target | actual | weight | score | deviation
产出指标 | 数量指标 | 维修屋面面积 | 1850平方米 | 1850平方米 | 25 | 25
 | 时效指标 | 完工时间 | 2023年5月完成 | 2023年5月 | 25 | 25
效益指标 | 可持续影响指标 | 防水质保年限 | ≥5年 | 5年 | 30 | 30
满意度指标 | 服务对象满意度指标 | 使用单位满意度 | ≥90% | 96% | 10 | 10
"""),
    total_weight="100",
    total_score="100",
)

CSS = """
@page { margin: 14mm 17mm }
body { font-family: $song; font-size: 9pt; line-height: 1.25 }
h1 { font-family: $zenhei; font-size: 13pt; margin: 8pt 0 2pt }
td { border-width: 0.6pt; padding: 2.2pt 3pt }
"""

TEMPLATE = """
{% for form in forms %}
<h1>{{ form.year }}年{{ form.title }}</h1>
<p class="r">单位：万元</p>
<table class="whole">
{{ cols(11, 12, 18, 12, 12, 8, 8, 19) }}
<tr><td>项目名称</td><td colspan="3">{{ form.subject }}</td><td colspan="2">主管部门</td><td colspan="2">{{ form.competent_department }}</td></tr>
<tr><td>项目单位</td><td colspan="3">{{ form.implementing_unit }}</td><td colspan="2">填报日期</td><td colspan="2">2024年1月26日</td></tr>
<tr><td rowspan="3">预算执行</td><td></td><td>年初预算数</td><td>全年预算数</td><td>实际执行数</td><td>分值</td><td>执行率</td><td>得分</td></tr>
{% for fund in form.funds %}
<tr><td class="l">{{ fund.label }}</td><td>{{ fund.initial }}</td><td>{{ fund.budget }}</td><td>{{ fund.executed }}</td><td>{{ fund.weight }}</td>
    <td>{{ fund.rate }}</td><td>{{ fund.score }}</td></tr>
{% endfor %}
<tr><td>年度目标</td><td colspan="7" class="l">{{ form.expected }}</td></tr>
<tr><td>目标完成情况</td><td colspan="7" class="l">{{ form.actual }}</td></tr>
<tr><td>一级指标</td><td>二级指标</td><td>三级指标</td><td>目标值</td><td>完成值</td><td>分值</td><td>得分</td><td>未完成原因及整改措施</td></tr>
{% for row in form.rows %}
<tr>{{ levels(form, loop.index0) }}<td class="l">{{ row.level3 }}</td><td>{{ row.target }}</td><td>{{ row.actual }}</td><td>{{ row.weight }}</td>
    <td>{{ row.score }}</td><td class="l">{{ row.deviation }}</td></tr>
{% endfor %}
<tr><td colspan="5">合计</td><td>{{ form.total_weight }}</td><td>{{ form.total_score }}</td><td></td></tr>
</table>
{% endfor %}
"""

DOCUMENT = Document("fujian_pair", "project", "福建：一页两表，目标与完成情况上下排", [MEALS, ROOF], TEMPLATE, CSS)

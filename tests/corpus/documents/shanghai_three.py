"""Shanghai: several forms a file in 万元, targets as "=2.00(人)", page marks "- 1 -", a grade row."""

from __future__ import annotations

from tests.corpus.model import Document, Form, funds, rows

UNIT = "汀兰市青屿区民政局"

CANTEEN = Form(
    kind="project",
    year=2024,
    title="财政项目支出绩效自评表",
    subject="社区长者食堂运营补贴",
    competent_department=UNIT,
    implementing_unit="青屿区养老服务指导中心",
    funds=funds("""
category | label | initial | budget | executed | weight | rate | score
total | 年度资金总额： | 126.00 | 126.00 | 121.59 | 10.00 | 96.50 | 9.65
fiscal | 其中：当年财政拨款 | 126.00 | 126.00 | 121.59 | - | 96.50 | -
carryover | 上年结转资金 | 0.00 | 0.00 | 0.00 | - | 0.00 | -
other | 其他资金 | 0.00 | 0.00 | 0.00 | - | 0.00 | -
"""),
    expected="对全区18家社区长者食堂给予运营补贴,全年供餐不少于42万客,规范食堂运营管理,满足老年人就餐需求。",
    actual="对18家社区长者食堂发放运营补贴,全年供餐44.6万客,开展食品安全巡查216次,老年人就餐便利度明显提升。",
    rows=rows("""
level1 | level2 | level3 | target | actual | weight | score | deviation
产出指标 | 数量指标 | 补贴长者食堂数 | =18.00(家) | 18.00(家) | 10.00 | 10.00
 | | 全年供餐数 | ≥42.00(万客) | 44.60(万客) | 10.00 | 10.00
 | 质量指标 | 食品安全抽检合格率 | =100.00(%) | 100.00(%) | 15.00 | 15.00
 | 时效指标 | 补贴发放及时性 | 及时 | 部分达成指标并具有一定效果 | 15.00 | 11.00 | 第三季度补贴因资料补正延迟12天发放,2025年起提前一个月收集资料。
效益指标 | 社会效益指标 | 老年人就餐便利度 | 提升 | 达成指标 | 15.00 | 15.00
 | 可持续影响指标 | 长效管理机制健全性 | 健全 | 达成指标 | 15.00 | 15.00
满意度指标 | 服务对象满意度指标 | 就餐老年人满意度 | ≥88.00(%) | 93.40(%) | 10.00 | 10.00
"""),
    total_weight="100.00",
    total_score="95.65",
    grade="优",
)

GRID = Form(
    kind="project",
    year=2024,
    title="财政项目支出绩效自评表",
    subject="微网格服务站日常运维",
    competent_department=UNIT,
    implementing_unit="青屿区社区服务中心",
    funds=funds("""
category | label | initial | budget | executed | weight | rate | score
total | 年度资金总额： | 48.20 | 45.70 | 45.70 | 10.00 | 100.00 | 10.00
fiscal | 其中：当年财政拨款 | 48.20 | 45.70 | 45.70 | - | 100.00 | -
carryover | 上年结转资金 | 0.00 | 0.00 | 0.00 | - | 0.00 | -
other | 其他资金 | 0.00 | 0.00 | 0.00 | - | 0.00 | -
"""),
    expected="保障辖区36个微网格服务站正常运转,开展便民服务活动。",
    actual="36个微网格服务站全年正常运转,开展便民服务活动438场,服务居民2.1万人次。",
    rows=rows("""
level1 | level2 | level3 | target | actual | weight | score
产出指标 | 数量指标 | 运维服务站数量 | =36.00(个) | 36.00(个) | 10.00 | 10.00
 | | 开展便民服务活动场次 | ≥200.00(场) | 438.00(场) | 10.00 | 10.00
 | | 站点工作人员培训 | ≤4.00(次) | 4.00(次) | 10.00 | 10.00
 | 质量指标 | 设施设备完好率 | ≥95.00(%) | 97.20(%) | 10.00 | 10.00
 | 时效指标 | 报修响应时间 | ≤24.00(小时) | 18.00(小时) | 10.00 | 10.00
效益指标 | 社会效益指标 | 居民诉求就近解决率 | ≥90.00(%) | 92.80(%) | 30.00 | 30.00
满意度指标 | 服务对象满意度指标 | 居民满意度 | ≥90.00(%) | 95.10(%) | 10.00 | 10.00
"""),
    total_weight="100.00",
    total_score="100.00",
    grade="优",
    planted=[
        ("T1", "开展便民服务活动场次：438场为指标值200场的219%，未说明原因"),
        ("T2", "站点工作人员培训：应达到的次数写作≤4.00(次)"),
    ],
)

ARCHIVE = Form(
    kind="project",
    year=2024,
    title="财政项目支出绩效自评表",
    subject="婚姻登记历史档案数字化",
    competent_department=UNIT,
    implementing_unit="青屿区婚姻登记管理中心",
    funds=funds("""
category | label | initial | budget | executed | weight | rate | score
total | 年度资金总额： | 0.00 | 33.60 | 30.24 | 10.00 | 90.00 | 9.00
fiscal | 其中：当年财政拨款 | 0.00 | 33.60 | 30.24 | - | 90.00 | -
carryover | 上年结转资金 | 0.00 | 0.00 | 0.00 | - | 0.00 | -
other | 其他资金 | 0.00 | 0.00 | 0.00 | - | 0.00 | -
"""),
    expected="完成1986年至2005年婚姻登记历史档案的整理和数字化,共计5.2万卷。",
    actual="完成婚姻登记历史档案数字化5.2万卷,经第三方抽检差错率为0.03%,成果移交区档案馆。",
    rows=rows("""
level1 | level2 | level3 | target | actual | weight | score
产出指标 | 数量指标 | 档案数字化卷数 | =5.20(万卷) | 5.20(万卷) | 20.00 | 20.00
 | 质量指标 | 数据差错率 | ≤0.05(%) | 0.03(%) | 20.00 | 20.00
 | 时效指标 | 项目完成时间 | 2024年11月底前 | 2024年12月6日完成 | 10.00 | 8.00
效益指标 | 社会效益指标 | 群众查档等候时间 | ≤10.00(分钟) | 6.00(分钟) | 20.00 | 20.00
 | 可持续影响指标 | 档案共享利用机制 | 建立 | 达成指标 | 10.00 | 10.00
满意度指标 | 服务对象满意度指标 | 查档群众满意度 | ≥90.00(%) | 98.00(%) | 10.00 | 10.00
"""),
    total_weight="100.00",
    total_score="97.00",
    grade="优",
    planted=[("S4", "项目完成时间：得8.00分低于分值10.00，偏差原因为空")],
)

CSS = """
@page { margin: 24mm 18mm 22mm 18mm; @bottom-center { content: "- " counter(page) " -"; font: 9pt $song } }
body { font-family: $zenhei; font-size: 9pt; line-height: 1.4 }
h1 { font-size: 17pt; margin-bottom: 8pt }
td { border-width: 0.5pt; padding: 2.5pt 2pt }
p { margin-bottom: 3pt }
"""

TEMPLATE = """
{% for form in forms %}
<div class="form">
<h1>{{ form.title }}</h1>
<p>（{{ form.year }}年度）</p>
<table class="whole">
{{ cols(8, 10, 19, 16, 16, 8, 8, 15) }}
<tr><td colspan="2">项目名称</td><td colspan="6">{{ form.subject }}</td></tr>
<tr><td colspan="2">主管部门</td><td colspan="2">{{ form.competent_department }}</td><td>实施单位</td><td colspan="3">{{ form.implementing_unit }}</td></tr>
<tr><td rowspan="5">项目资金\n(万元)</td><td></td><td>年初预算数</td><td>全年预算数</td><td>全年执行数</td><td>分数</td><td>执行率(%)</td><td>得分</td></tr>
{% for fund in form.funds %}
<tr><td class="l">{{ fund.label }}</td><td>{{ fund.initial }}</td><td>{{ fund.budget }}</td><td>{{ fund.executed }}</td><td>{{ fund.weight }}</td>
    <td>{{ fund.rate }}</td><td>{{ fund.score }}</td></tr>
{% endfor %}
<tr><td rowspan="2">年度\n总体\n目标</td><td colspan="3">预期目标</td><td colspan="4">实际完成情况</td></tr>
<tr><td colspan="3" class="l">{{ form.expected }}</td><td colspan="4" class="l">{{ form.actual }}</td></tr>
<tr><td>一级\n指标</td><td>二级\n指标</td><td>三级指标</td><td>年度指标值</td><td>实际完成值</td><td>分值</td><td>得分</td><td>偏差原因分析及改进措施</td></tr>
{% for row in form.rows %}
<tr>{{ levels(form, loop.index0) }}<td class="l">{{ row.level3 }}</td><td>{{ row.target }}</td><td>{{ row.actual }}</td><td>{{ row.weight }}</td>
    <td>{{ row.score }}</td><td class="l">{{ row.deviation }}</td></tr>
{% endfor %}
<tr><td colspan="5">总分</td><td>{{ form.total_weight }}</td><td>{{ form.total_score }}</td><td></td></tr>
<tr><td colspan="2">评分等级</td><td colspan="6">{{ form.grade }}</td></tr>
</table>
</div>
{% endfor %}
"""

DOCUMENT = Document(
    "shanghai_three", "project", "上海：万元，一文件三表，- 1 - 页码", [CANTEEN, GRID, ARCHIVE], TEMPLATE, CSS
)

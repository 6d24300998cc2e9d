"""Shanghai: money in 元, with and without commas, the unit in a caption; weights stand before the targets."""

from __future__ import annotations

from tests.corpus.model import Document, Form, funds, rows

PARK = Form(
    kind="project",
    year=2023,
    title="财政支出项目绩效自评表",
    subject="东湾片区公园绿地养护",
    competent_department="汀兰市海棠区绿化和市容管理局",
    implementing_unit="海棠区绿化管理所",
    in_yuan=True,
    funds=funds("""
category | label | initial | budget | executed | rate | weight | score
total | 年度资金总额 | 2,450,000.00 | 2,386,500.00 | 2,362,635.00 | 99.00% | 10 | 9.90
fiscal | 其中：当年财政拨款 | 2,450,000.00 | 2,386,500.00 | 2,362,635.00 | 99.00% | |
carryover | 上年结转资金 | 0.00 | 0.00 | 0.00
other | 其他资金 | 0.00 | 0.00 | 0.00
"""),
    expected="完成东湾片区5座公园、26.8万平方米绿地的日常养护，绿化养护质量达到二级以上标准，为市民提供良好的休憩环境。",
    actual="5座公园、26.8万平方米绿地养护工作全部完成，市级考核得分92.6分，全年处置绿化类投诉112件，按期办结率为100%。",
    rows=rows("""
level1 | level2 | level3 | weight | target | actual | score | deviation
产出指标 | 数量指标 | 养护公园数量 | 8 | =5座 | 5座 | 8
 | | 绿地养护面积 | 10 | =26.8万平方米 | 26.8万平方米 | 10
 | | 补植乔灌木株数 | 6 | ≥3000株 | 2820株 | 5.64 | 秋季持续干旱，部分苗木推迟至2024年春季补植。
 | 质量指标 | 养护质量考核得分 | 14 | ≥90分 | 92.6分 | 14
 | 时效指标 | 投诉按期办结率 | 12 | =100% | 100% | 12
效益指标 | 生态效益指标 | 绿地完好率 | 15 | ≥98% | 98.3% | 15
 | 可持续影响指标 | 养护标准化管理 | 15 | 持续完善 | 基本完善 | 13.5 | 古树名木档案尚未全部电子化，计划2024年6月前完成。
满意度指标 | 服务对象满意度指标 | 游园市民满意度 | 10 | ≥85% | 91.2% | 10
"""),
    total_weight="100",
    total_score="98.04",
    grade="优",
)

RESCUE = Form(
    kind="project",
    year=2023,
    title="财政支出项目绩效自评表",
    subject="综合应急救援装备购置",
    competent_department="汀兰市海棠区绿化和市容管理局",
    implementing_unit="海棠区林业病虫防治站",
    in_yuan=True,
    funds=funds("""
category | label | initial | budget | executed | rate | weight | score
total | 年度资金总额 | 195777 | 195777 | 186000 | 95.01% | 10 | 9.5
fiscal | 其中：当年财政拨款 | 195777 | 195777 | 186000 | 95.01% | |
carryover | 上年结转资金 | 0 | 0 | 0
other | 其他资金 | 0 | 0 | 0
"""),
    expected="购置林火扑救和病虫害应急处置装备4类62件，提高应急处置能力。",
    actual="购置装备4类62件并完成入库登记。",
    rows=rows("""
level1 | level2 | level3 | weight | target | actual | score
产出指标 | 数量指标 | 购置装备种类 | 10 | =4.00(类) | =4.00(类) | 10
 | | 购置装备件数 | 15 | =62.00(件) | =62.00(件) | 15
 | 质量指标 | 装备验收合格率 | 15 | =100.00(%) | =100.00(%) | 15
 | 时效指标 | 装备到位及时性 | 10 | 及时 | 及时 | 10
效益指标 | 社会效益指标 | 应急处置能力 | 30 | 提升 | 提升 | 30
满意度指标 | 服务对象满意度指标 | 使用人员满意度 | 10 | ≥90.00(%) | ≥90.00(%) | 10
"""),
    total_weight="100",
    total_score="99.5",
    grade="优",
    planted=[("T1", "全部指标的实际完成值照抄年度目标值")],
)

CSS = """
@page { margin: 20mm 17mm 22mm; @bottom-center { content: "- " counter(page) " -"; font: 10pt $hei } }
body { font-family: $hei; font-size: 9pt; font-weight: 300; line-height: 1.3 }
h1 { font-size: 15pt; font-weight: 500; margin-bottom: 2pt }
.caption { display: flex; justify-content: space-between; margin: 4pt 0 2pt }
td { border-width: 0.35pt; padding: 3pt 4pt; text-align: left }
.n { text-align: right } .h td { text-align: center; font-weight: 500 }
"""

TEMPLATE = """
{% for form in forms %}
<div class="form">
<h1>{{ form.title }}</h1>
<div class="caption"><span>（{{ form.year }}年度）</span><span>金额单位：元</span></div>
<table class="whole">
{{ cols(9, 11, 17, 7, 12, 13, 8, 8, 15) }}
<tr><td colspan="2">项目名称：</td><td colspan="7">{{ form.subject }}</td></tr>
<tr><td colspan="2">主管部门：</td><td colspan="3">{{ form.competent_department }}</td><td>实施单位：</td>
    <td colspan="3">{{ form.implementing_unit }}</td></tr>
<tr class="h"><td rowspan="5">项目资金</td><td></td><td>年初预算数</td><td colspan="2">全年预算数</td><td>全年执行数</td>
    <td>权重</td><td>执行率</td><td>得分</td></tr>
{% for fund in form.funds %}
<tr><td>{{ fund.label }}</td><td class="n">{{ fund.initial }}</td><td class="n" colspan="2">{{ fund.budget }}</td>
    <td class="n">{{ fund.executed }}</td><td class="n">{{ fund.weight }}</td><td class="n">{{ fund.rate }}</td><td class="n">{{ fund.score }}</td></tr>
{% endfor %}
<tr class="h"><td rowspan="2">年度总体目标</td><td colspan="4">年初设定目标</td><td colspan="4">年度实际完成情况</td></tr>
<tr><td colspan="4">{{ form.expected }}</td><td colspan="4">{{ form.actual }}</td></tr>
<tr class="h"><td>一级指标</td><td>二级指标</td><td>三级指标</td><td>权重</td><td>年度目标值</td><td colspan="2">全年实际值</td><td>得分</td>
    <td>偏差原因及改进措施</td></tr>
{% for row in form.rows %}
<tr>{{ levels(form, loop.index0) }}<td>{{ row.level3 }}</td><td class="n">{{ row.weight }}</td><td>{{ row.target }}</td>
    <td colspan="2">{{ row.actual }}</td><td class="n">{{ row.score }}</td><td>{{ row.deviation }}</td></tr>
{% endfor %}
<tr><td colspan="3">合计</td><td class="n">{{ form.total_weight }}</td><td></td><td colspan="2"></td><td class="n">{{ form.total_score }}</td><td></td></tr>
<tr><td colspan="3">自评等级</td><td colspan="6">{{ form.grade }}</td></tr>
</table>
</div>
{% endfor %}
"""

DOCUMENT = Document("shanghai_yuan", "project", "上海：元，千分位与无千分位，权重列在前", [PARK, RESCUE], TEMPLATE, CSS)

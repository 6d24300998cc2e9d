"""Yunnan: a landscape form on a portrait sheet that /Rotate 90 sets upright; names of units below the title."""

from __future__ import annotations

from tests.corpus.model import Document, Form, funds, rows

FORM = Form(
    kind="project",
    year=2023,
    title="项目支出绩效自评表",
    subject="旅游公共服务设施提升",
    competent_department="碧芦州文化和旅游局",
    implementing_unit="碧芦州旅游服务中心",
    funds=funds("""
category | label | initial | budget | executed | weight | rate | score
total | 年度资金总额 | 512.60 | 512.60 | 487.30 | 10.00 | 98.06 | 9.51
fiscal | 其中：当年财政拨款 | 412.60 | 412.60 | 392.30 | | 95.08
carryover | 上年结转资金 | 100.00 | 100.00 | 95.00 | | 95.00
other | 其他资金 | 0.00 | 0.00 | 0.00 | | 0.00
"""),
    expected="新建及改造旅游厕所22座，设置旅游标识标牌160块，建设游客服务点8个，提升旅游公共服务水平。",
    actual="新建及改造旅游厕所22座，设置旅游标识标牌172块，建成游客服务点7个，另有1个主体已完工。全年接待游客428.6万人次，同比增长11.2%。",
    rows=rows("""
level1 | level2 | level3 | target | unit | actual | weight | score | deviation
产出指标 | 数量指标 | 新建及改造旅游厕所 | >=22 | 座 | 22 | 10.00 | 10.00
 | | 旅游标识标牌 | >=160 | 块 | 172 | 10.00 | 10.00
 | | 建设游客服务点 | =8 | 个 | 7 | 8.00 | 7.00 | 梨花渡服务点用地手续办理滞后，主体完工但未投入使用，2024年3月启用。
 | 质量指标 | 工程验收合格率 | =100 | % | 100 | 12.00 | 12.00
 | 时效指标 | 完工及时率 | >=90 | % | 95.5 | 10.00 | 10.00
效益指标 | 经济效益指标 | 旅游综合收入增长率 | >=8 | % | 9.6 | 10.00 | 10.00
 | 社会效益指标 | 接待游客人次 | >=400 | 万人次 | 428.6 | 20.00 | 20.00
满意度指标 | 服务对象满意度指标 | 游客满意度 | >=90 | % | 93.7 | 10.00 | 10.00
"""),
    total_weight="100.00",
    total_score="98.51",
    grade="优",
    planted=[("F1", "年度资金总额执行率98.06，487.30/512.60为95.06")],
)

CSS = """
@page { size: A4 landscape; margin: 18mm 20mm }
body { font-family: $serif; font-size: 10pt; line-height: 1.3 }
h1 { font-size: 17pt; font-weight: 600; margin-bottom: 2pt }
.caption { display: flex; justify-content: space-between; margin: 6pt 0 3pt }
td { border-width: 0.5pt; padding: 2.5pt 4pt }
table { border: 1pt solid #000 }
"""

TEMPLATE = """
<h1>{{ form.title }}</h1>
<p>（{{ form.year }}年度）</p>
<div class="caption"><span>公开13表</span><span>单位：万元</span></div>
<table class="whole">
{{ cols(9, 11, 18, 12, 9, 12, 8, 8, 13) }}
<tr><td>项目名称</td><td colspan="8">{{ form.subject }}</td></tr>
<tr><td>主管部门</td><td colspan="3">{{ form.competent_department }}</td><td>实施单位</td><td colspan="4">{{ form.implementing_unit }}</td></tr>
<tr><td rowspan="5">项目资金</td><td colspan="2"></td><td>年初预算数</td><td>全年预算数</td><td>全年执行数</td><td>分值</td><td>执行率</td><td>得分</td></tr>
{% for fund in form.funds %}
<tr><td colspan="2" class="l">{{ fund.label }}</td><td class="r">{{ fund.initial }}</td><td class="r">{{ fund.budget }}</td><td class="r">{{ fund.executed }}</td>
    <td>{{ fund.weight }}</td><td>{{ fund.rate }}</td><td>{{ fund.score }}</td></tr>
{% endfor %}
<tr><td rowspan="2">年度总体目标</td><td colspan="3">预期目标</td><td colspan="5">实际完成情况</td></tr>
<tr><td colspan="3" class="l">{{ form.expected }}</td><td colspan="5" class="l">{{ form.actual }}</td></tr>
<tr><td>一级指标</td><td>二级指标</td><td>三级指标</td><td>指标值</td><td>度量单位</td><td>完成值</td><td>分值</td><td>得分</td><td>偏差原因分析及改进措施</td></tr>
{% for row in form.rows %}
<tr>{{ levels(form, loop.index0) }}<td class="l">{{ row.level3 }}</td><td>{{ row.target }}</td><td>{{ row.unit }}</td><td>{{ row.actual }}</td>
    <td>{{ row.weight }}</td><td>{{ row.score }}</td><td class="l">{{ row.deviation }}</td></tr>
{% endfor %}
<tr><td colspan="6">总分</td><td>{{ form.total_weight }}</td><td>{{ form.total_score }}</td><td>（自评等级）{{ form.grade }}</td></tr>
</table>
"""

DOCUMENT = Document(
    "yunnan_scenic", "project", "云南：横向，/Rotate 90，值与单位两列", [FORM], TEMPLATE, CSS, turn="flag"
)

"""Hubei: (A) (B) (B/A) headings, 20 + 80, ticked boxes, narrative targets, the reasons in one row at the bottom."""

from __future__ import annotations

from tests.corpus.model import Document, Form, funds, rows

REASON = (
    "年度到馆读者未达到45万人次，主要原因是4月至6月主馆阅览区消防改造，闭馆施工47天，到馆人次较上年同期减少约6万人次。"
)
MEASURE = "合理安排改造工期，施工期间增设临时阅览点；评价结果报市财政局备案，作为编制下一年度免费开放经费预算的依据。"

FORM = Form(
    kind="project",
    year=2021,
    title="晴川市公共图书馆免费开放项目自评表",
    subject="公共图书馆免费开放",
    competent_department="晴川市文化和旅游局",
    implementing_unit="晴川市图书馆",
    funds=funds("""
category | label | budget | executed | weight | rate | score
total | 年度财政资金总额 | 85 | 80.75 | 20 | 95% | 19
"""),
    expected="实行主馆及6个分馆全年免费开放，开展“书香晴川”系列阅读推广活动，保障群众基本阅读权益。",
    actual="",
    rows=rows("""
level1 | level2 | level3 | target | actual | score | deviation
产出指标 | 数量指标 | 免费开放天数 | 主馆及分馆全年免费开放不少于300天 | 主馆开放312天，分馆平均开放308天 | 15
 | | 阅读推广活动 | 举办“书香晴川”系列活动60场以上，其中进校园活动不少于20场 | 举办活动66场，其中进校园活动23场 | 15
 | 质量指标 | 新增图书入藏合格率 | 100% | 100% | 10
 | 时效指标 | 新书上架时间 | 到馆后15个工作日内上架 | 平均12个工作日上架 | 10
效益指标 | 社会效益指标 | 年度到馆读者 | 45万人次 | 38.7万人次 | 12.9 | 年度到馆读者未达到45万人次，主要原因是4月至6月主馆阅览区消防改造，闭馆施工47天，到馆人次较上年同期减少约6万人次。
满意度指标 | 服务对象满意度指标 | 读者满意度 | ≥92% | 96.3% | 15
"""),
    total_score="96.9",
    improvements=[MEASURE],
    more={"reason": REASON, "measure": MEASURE},
)

CSS = """
@page { margin: 24mm 22mm 20mm 22mm }
body { font-family: $serif; font-size: 10.5pt; line-height: 1.3 }
h1 { font-size: 16pt; font-weight: bold }
td { border-width: 0.75pt; padding: 1.5pt 4pt }
.line { display: flex; justify-content: space-between; margin: 6pt 0 3pt }
"""

TEMPLATE = """
<h1>{{ form.year }}年度{{ form.title }}</h1>
<div class="line"><span>单位名称：{{ form.implementing_unit }}</span><span>填报日期：2022年3月18日</span></div>
<table class="whole">
{{ cols(13, 9, 12, 14, 22, 19, 11) }}
<tr><td>项目名称</td><td colspan="6">{{ form.subject }}</td></tr>
<tr><td>主管部门</td><td colspan="3">{{ form.competent_department }}</td><td>项目实施单位</td><td colspan="2">{{ form.implementing_unit }}</td></tr>
<tr><td>项目类别</td><td colspan="6" class="l">1、部门预算项目 ☑　　2、市直专项 □　　3、市对下转移支付项目 □</td></tr>
<tr><td>项目属性</td><td colspan="6" class="l">1、持续性项目 ☑　　2、新增性项目 □</td></tr>
<tr><td>项目类型</td><td colspan="6" class="l">1、常年性项目 ☑　　2、延续性项目 □　　3、一次性项目 □</td></tr>
<tr><td rowspan="2">预算执行情况（万元）\n（20分）</td><td colspan="2"></td><td>预算数（A）</td><td>执行数（B）</td><td>执行率（B/A）</td>
    <td>得分（20分×执行率）</td></tr>
<tr>{% for fund in form.funds %}<td colspan="2">{{ fund.label }}</td><td>{{ fund.budget }}</td><td>{{ fund.executed }}</td><td>{{ fund.rate }}</td>
    <td>{{ fund.score }}</td>{% endfor %}</tr>
<tr><td>年度绩效目标</td><td colspan="6" class="l">{{ form.expected }}</td></tr>
<tr><td rowspan="{{ form.rows|length + 1 }}">年度绩效指标\n（80分）</td><td>一级指标</td><td>二级指标</td><td>三级指标</td>
    <td>年初目标值（A）</td><td>实际完成值（B）</td><td>得分</td></tr>
{% for row in form.rows %}
<tr>{{ levels(form, loop.index0) }}<td>{{ row.level3 }}</td><td class="l">{{ row.target }}</td><td class="l">{{ row.actual }}</td>
    <td>{{ row.score }}</td></tr>
{% endfor %}
<tr><td colspan="6">总分</td><td>{{ form.total_score }}</td></tr>
<tr><td colspan="2">偏差大或目标未完成原因分析</td><td colspan="5" class="l">{{ form.more.reason }}</td></tr>
<tr><td colspan="2">改进措施及结果应用方案</td><td colspan="5" class="l">{{ form.more.measure }}</td></tr>
</table>
"""

DOCUMENT = Document("hubei_library", "project", "湖北：(A)(B)(B/A)，20+80，勾选框，原因合列一行", [FORM], TEMPLATE, CSS)

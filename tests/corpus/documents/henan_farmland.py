"""Henan: landscape, a table of its own for 28 indicators whose header row is repeated on each page."""

from __future__ import annotations

from tests.corpus.model import Document, Form, funds, rows

FORM = Form(
    kind="project",
    year=2024,
    title="岫川县高标准农田建设与管护项目绩效自评表",
    subject="高标准农田建设与管护",
    competent_department="岫川县农业农村局",
    implementing_unit="岫川县农田建设服务中心",
    funds=funds("""
category | label | initial | budget | executed | rate | weight | score
total | 合计 | 4,860.00 | 5,120.50 | 4,915.68 | 96.00 | 10 | 9.60
fiscal | 其中：财政拨款 | 4,500.00 | 4,700.50 | 4,532.18 | 96.42
carryover | 上年结转 | 260.00 | 320.00 | 295.00 | 92.19
other | 其他资金 | 100.00 | 100.00 | 88.50 | 88.50
"""),
    expected="新建和改造提升高标准农田2.4万亩，完善田间灌排、道路、林网等设施，落实建后管护责任，稳定提高粮食综合生产能力。",
    actual="全年建成高标准农田2.4万亩，其中新建1.5万亩、改造提升0.9万亩；配套机井186眼，铺设管道212.4公里，硬化田间道路58.6公里，管护责任全部落实到村。",
    rows=rows("""
level1 | level2 | level3 | target | actual | weight | score | deviation
产出指标 | 数量指标 | 新建高标准农田面积 | ≥1.5万亩 | 1.5万亩 | 3 | 3
 | | 改造提升高标准农田面积 | ≥0.9万亩 | 0.9万亩 | 3 | 3
 | | 新打配套机井 | 186眼 | 186眼 | 3 | 3
 | | 铺设地埋管道 | ≥210公里 | 212.4公里 | 3 | 3
 | | 硬化田间道路 | ≥60公里 | 58.6公里 | 3 | 2.93 | 两条生产路因土地流转纠纷未能施工，2025年一季度补建。
 | | 架设输电线路 | ≥85公里 | 86.2公里 | 3 | 3
 | | 栽植农田防护林 | ≥1.2万株 | 1.26万株 | 3 | 3
 | | 开展技术培训人次 | 不少于900人次 | 964人次 | 3 | 3
 | 质量指标 | 工程质量合格率 | 100% | 100% | 3 | 3
 | | 机井出水达标率 | ≥98% | 98.9% | 3 | 3
 | | 苗木成活率 | ≥90% | 84.6% | 3 | 2.82 | 夏季高温干旱，补植工作安排在2025年春季。
 | | 设施移交完好率 | 不低于95% | 97% | 3 | 3
 | 时效指标 | 招标完成时间 | 2024年3月底前 | 2024年3月22日 | 2 | 2
 | | 主体工程完工时间 | 2024年10月底前 | 2024年10月16日 | 2 | 2
 | | 资金拨付及时率 | ≥95% | 96% | 2 | 2
 | | 管护协议签订时间 | 第四季度 | 2024年11月 | 2 | 2
 | 成本指标 | 新建亩均投资 | ≤2400元 | 2352元 | 3 | 3
 | | 改造提升亩均投资 | ≤1500元 | 1482元 | 3 | 3
效益指标 | 经济效益指标 | 亩均粮食增产 | ≥60公斤 | 68公斤 | 5 | 5
 | | 亩均节约灌溉成本 | ≥25元 | 27元 | 5 | 5
 | 社会效益指标 | 受益农户 | ≥6800户 | 7120户 | 4 | 4
 | | 带动就近务工人数 | ≥500人 | 536人 | 4 | 4
 | 生态效益指标 | 灌溉水有效利用系数 | ≥0.62 | 0.63 | 3 | 3
 | | 化肥施用量下降率 | ≥3% | 3.4% | 3 | 3
 | 可持续影响指标 | 管护责任落实率 | 100% | 100% | 3 | 3
 | | 长效管护机制 | 建立健全 | 基本建立 | 3 | 2.6 | 管护经费筹集渠道单一，正在制定村级管护办法。
满意度指标 | 服务对象满意度指标 | 项目区农户满意度 | ≥90% | 94.2% | 5 | 5
 | | 村集体满意度 | ≥90% | 96% | 5 | 5
"""),
    total_weight="100",
    total_score="98.95",
)

CSS = """
@page { size: A4 landscape; margin: 14mm 16mm 16mm; @bottom-right { content: "第 " counter(page) " 页 共 " counter(pages) " 页"; font: 8pt $zenhei } }
body { font-family: $zenhei; font-size: 9.5pt; line-height: 1.25 }
h1 { font-size: 16pt }
td, th { border-width: 0.6pt; padding: 3pt 4pt }
.below { margin-top: -0.6pt }
th { background: #f0f0f0; font-weight: bold }
tr { break-inside: avoid }
"""

TEMPLATE = """
<h1>{{ form.title }}</h1>
<p style="margin-bottom: 3pt">（{{ form.year }}年度）</p>
<table>
{{ cols(13, 17, 14, 14, 14, 10, 9, 9) }}
<tr><th>项目名称</th><td colspan="3">{{ form.subject }}</td><th>主管部门</th><td colspan="3">{{ form.competent_department }}</td></tr>
<tr><th>实施单位</th><td colspan="3">{{ form.implementing_unit }}</td><th>自评总分</th><td colspan="3">{{ form.total_score }}</td></tr>
<tr><th rowspan="5">资金情况\n（单位：万元）</th><th>资金来源</th><th>年初预算数</th><th>全年预算数</th><th>全年执行数</th><th>执行率（%）</th><th>分值</th><th>得分</th></tr>
{% for fund in form.funds %}
<tr><td class="l">{{ fund.label }}</td><td class="r">{{ fund.initial }}</td><td class="r">{{ fund.budget }}</td><td class="r">{{ fund.executed }}</td>
    <td class="r">{{ fund.rate }}</td><td>{{ fund.weight }}</td><td>{{ fund.score }}</td></tr>
{% endfor %}
<tr><th rowspan="2">年度总体目标</th><th colspan="3">预期目标</th><th colspan="4">实际完成情况</th></tr>
<tr><td colspan="3" class="l">{{ form.expected }}</td><td colspan="4" class="l">{{ form.actual }}</td></tr>
</table>
<table class="below">
{{ cols(9, 12, 19, 14, 14, 7, 7, 18) }}
<thead><tr><th>一级指标</th><th>二级指标</th><th>三级指标</th><th>计划指标值</th><th>全年完成值</th><th>权重分</th><th>得分</th><th>未完成原因和改进措施</th></tr></thead>
{% for row in form.rows %}
<tr>{{ levels(form, loop.index0) }}<td class="l">{{ row.level3 }}</td><td>{{ row.target }}</td><td>{{ row.actual }}</td><td>{{ row.weight }}</td>
    <td>{{ row.score }}</td><td class="l">{{ row.deviation }}</td></tr>
{% endfor %}
<tr><td colspan="5">总分</td><td>{{ form.total_weight }}</td><td>{{ form.total_score }}</td><td></td></tr>
</table>
"""

DOCUMENT = Document("henan_farmland", "project", "河南：横向，表头行每页重复，合并格跨页", [FORM], TEMPLATE, CSS)

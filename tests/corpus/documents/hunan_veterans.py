"""Hunan: a department form whose parts stand as "label：amount" by income and by spending, side by side."""

from __future__ import annotations

from tests.corpus.model import Document, Form, funds, rows

FORM = Form(
    kind="department",
    year=2021,
    title="部门整体支出绩效自评表",
    subject="沅岭县退役军人事务局",
    funds=funds("""
category | label | initial | budget | executed | weight | rate | score
total | 年度资金总额 | 1,180.00 | 1,337.60 | 1,317.54 | 10 | 98.5% | 9.85
fiscal | 一般公共预算 | | 1,245.60
other | 其他资金 | | 92.00
basic | 基本支出 | | 986.40
project | 项目支出 | | 351.20
"""),
    expected="落实优抚对象抚恤补助政策，做好退役士兵安置和就业创业扶持，维护军人军属合法权益。",
    actual="抚恤补助按标准按时足额发放，接收安置退役士兵63人，举办专场招聘会4场，优抚对象合法权益得到保障。",
    rows=rows("""
level1 | level2 | level3 | target | actual | weight | score | deviation
产出指标 | 数量指标 | 发放优抚对象补助人数 | 2370人 | 2370人 | 10 | 10
 | | 接收安置退役士兵 | 63人 | 63人 | 10 | 10
 | | 举办专场招聘会 | 不少于4场 | 4场 | 5 | 6
 | 质量指标 | 补助资金足额发放率 | 100% | 100% | 10 | 10
 | 时效指标 | 补助发放时间 | 每月15日前 | 完成 | 10 | 10
 | 成本指标 | 办公经费控制率 | ≤100% | 96.7% | 5 | 5
效益指标 | 社会效益指标 | 退役士兵就业率 | ≥90% | 88.2% | 15 | 14.7 | 部分退役士兵选择继续求学，2022年加强分类跟踪服务。
 | 可持续影响指标 | 双拥共建机制 | 长期坚持 | 长期坚持 | 15 | 15
满意度指标 | 社会公众或服务对象满意度指标 | 服务对象满意度 | ≥90% | 96% | 10 | 9
"""),
    total_weight="100",
    total_score="99.55",
    planted=[
        ("S3", "举办专场招聘会：得分6大于分值5"),
        ("S4", "服务对象满意度：达到指标值而得9分，无原因"),
    ],
)

CSS = """
@page { margin: 22mm 20mm }
body { font-family: $serif; font-size: 10pt; line-height: 1.3 }
h1 { font-family: $zenhei; font-size: 16pt }
td { border-width: 0.5pt; padding: 3pt 3pt }
.split td { text-align: left; padding-left: 8pt }
"""

TEMPLATE = """
<p class="l">附表1</p>
<h1>{{ form.year }}年度{{ form.title }}</h1>
<table class="whole">
{{ cols(9, 11, 20, 13, 12, 12, 8, 8, 7) }}
<tr><td colspan="2">预算单位名称</td><td colspan="7">{{ form.subject }}</td></tr>
{% set whole, fiscal, other, basic, project = form.funds %}
<tr><td colspan="2" rowspan="5">年度预算申请\n（万元）</td><td></td><td>年初预算数</td><td>全年预算数</td><td>全年执行数</td><td>分值</td><td>执行率</td><td>得分</td></tr>
<tr><td>{{ whole.label }}</td><td>{{ whole.initial }}</td><td>{{ whole.budget }}</td><td>{{ whole.executed }}</td><td>{{ whole.weight }}</td>
    <td>{{ whole.rate }}</td><td>{{ whole.score }}</td></tr>
<tr class="split"><td colspan="3">按收入性质分（全年预算数）：</td><td colspan="4">按支出性质分（全年预算数）：</td></tr>
<tr class="split"><td colspan="3">其中：{{ fiscal.label }}：{{ fiscal.budget }}</td><td colspan="4">其中：{{ basic.label }}：{{ basic.budget }}</td></tr>
<tr class="split"><td colspan="3">{{ other.label }}：{{ other.budget }}</td><td colspan="4">{{ project.label }}：{{ project.budget }}</td></tr>
<tr><td colspan="2" rowspan="2">年度总体目标</td><td colspan="3">预期目标</td><td colspan="4">实际完成情况</td></tr>
<tr><td colspan="3" class="l">{{ form.expected }}</td><td colspan="4" class="l">{{ form.actual }}</td></tr>
<tr><td>一级指标</td><td>二级指标</td><td>三级指标</td><td>年度指标值</td><td>实际完成值</td><td>分值</td><td>得分</td>
    <td colspan="2">偏差原因分析及改进措施</td></tr>
{% for row in form.rows %}
<tr>{{ levels(form, loop.index0) }}<td class="l">{{ row.level3 }}</td><td>{{ row.target }}</td><td>{{ row.actual }}</td><td>{{ row.weight }}</td>
    <td>{{ row.score }}</td><td colspan="2" class="l">{{ row.deviation }}</td></tr>
{% endfor %}
<tr><td colspan="5">总分</td><td>{{ form.total_weight }}</td><td>{{ form.total_score }}</td><td colspan="2"></td></tr>
</table>
"""

DOCUMENT = Document("hunan_veterans", "department", "湖南：部门表，按收入、支出性质分列金额", [FORM], TEMPLATE, CSS)

"""Chongqing: no level columns, initial and adjusted targets, score coefficients, landscape."""

from __future__ import annotations

from tests.corpus.model import Document, Form, funds, rows

FORM = Form(
    kind="project",
    year=2022,
    title="项目绩效目标自评表",
    subject="智慧停车引导系统建设",
    competent_department="静澜区城市管理局",
    implementing_unit="静澜区停车管理服务中心",
    funds=funds("""
category | label | initial | budget | executed | weight | rate | score
total | 年度总金额 | 380.00 | 352.40 | 317.16 | 10 | 90.00 | 9
fiscal | 其中：财政拨款 | 380.00 | 352.40 | 317.16 | | 90.00
"""),
    expected="建设覆盖主城核心区的智慧停车引导系统，安装停车诱导屏45块，接入公共停车场110个，提高停车位周转率，缓解停车难问题。",
    actual="全年安装停车诱导屏45块，接入公共停车场104个，系统于2022年9月上线运行，核心区停车位周转率提升9.3%。",
    rows=rows("""
level3 | sign | target | unit | actual | weight | score | initial | factor | core | deviation
停车诱导屏安装数量 | ≥ | 45 | 块 | 45 | 15 | 15 | 45 | 100 | 是
接入停车场数量 | ≥ | 110 | 个 | 104 | 20 | 18.91 | 120 | 94.55 | 是 | 6个老旧停车场产权不清，未能签订接入协议，2023年继续协调。
系统故障响应时间 | ≤ | 2 | 小时 | 1.5 | 15 | 15 | 2 | 100 | 否
项目验收合格率 | ＝ | 100 | % | 100 | 10 | 10 | 100 | 100 | 否
停车位周转率提升幅度 | ≥ | 8 | % | 9.3 | 15 | 15 | 8 | 100 | 是
停车信息发布 | 定性 | 及时准确 | | 较为及时 | 5 | 4 | 及时准确 | 80 | 否 | 节假日人工复核不够，已增加值班人员。
市民满意度 | ≥ | 85 | % | 88.2 | 10 | 10 | 85 | 100 | 否
"""),
    total_weight="100",
    total_score="96.91",
)

CSS = """
@page { size: A4 landscape; margin: 15mm 14mm 14mm 14mm }
body { font-family: $microhei; font-size: 9pt }
h1 { font-size: 16pt; margin-bottom: 8pt }
td { border-width: 0.4pt; padding: 3.5pt 3pt }
.head td { background: #e8e8e8 }
"""

TEMPLATE = """
<h1>{{ form.year }}年度{{ form.title }}</h1>
<table class="whole">
{{ cols(18, 7, 7, 9, 9, 10, 9, 7, 7, 7, 10) }}
<tr><td>专项（项目）名称</td><td colspan="4">{{ form.subject }}</td><td>业务主管部门</td><td colspan="5">{{ form.competent_department }}</td></tr>
<tr><td>项目实施单位</td><td colspan="4">{{ form.implementing_unit }}</td><td>自评得分</td><td colspan="2">{{ form.total_score }}</td>
    <td>填表人</td><td colspan="2">龚晓岚</td></tr>
<tr class="head"><td rowspan="3">项目资金（万元）</td><td colspan="2"></td><td>年初预算数</td><td>全年预算数</td><td>全年执行数</td>
    <td>执行率（%）</td><td colspan="2">执行率权重</td><td colspan="2">执行率得分</td></tr>
{% for fund in form.funds %}
<tr><td colspan="2" class="l">{{ fund.label }}</td><td>{{ fund.initial }}</td><td>{{ fund.budget }}</td><td>{{ fund.executed }}</td>
    <td>{{ fund.rate }}</td><td colspan="2">{{ fund.weight }}</td><td colspan="2">{{ fund.score }}</td></tr>
{% endfor %}
<tr class="head"><td rowspan="2">年度总体目标</td><td colspan="5">年初绩效目标</td><td colspan="5">全年目标实际完成情况</td></tr>
<tr><td colspan="5" class="l">{{ form.expected }}</td><td colspan="5" class="l">{{ form.actual }}</td></tr>
<tr><td colspan="11">绩效指标</td></tr>
<tr class="head"><td>指标名称</td><td>计量单位</td><td>指标性质</td><td>年初指标值</td><td>调整指标值</td><td>全年完成值</td>
    <td>得分系数（%）</td><td>指标权重</td><td>指标得分</td><td>是否核心指标</td><td>说明</td></tr>
{% for row in form.rows %}
<tr><td class="l">{{ row.level3 }}</td><td>{{ row.unit }}</td><td>{{ row.sign }}</td><td>{{ row.more.initial }}</td><td>{{ row.target }}</td>
    <td>{{ row.actual }}</td><td>{{ row.more.factor }}</td><td>{{ row.weight }}</td><td>{{ row.score }}</td><td>{{ row.more.core }}</td>
    <td class="l">{{ row.deviation }}</td></tr>
{% endfor %}
<tr><td>合计</td><td colspan="6"></td><td>{{ form.total_weight }}</td><td>{{ form.total_score }}</td><td colspan="2"></td></tr>
</table>
"""

DOCUMENT = Document(
    "chongqing_parking", "project", "重庆：无级次列，年初、调整指标值，得分系数，横向", [FORM], TEMPLATE, CSS
)

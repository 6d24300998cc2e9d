"""Shanxi: names numbered "指标1：…", a budget of zero with money spent, grades below the table."""

from __future__ import annotations

from tests.corpus.model import Document, Form, funds, rows

FORM = Form(
    kind="project",
    year=2023,
    title="部门预算项目支出绩效自评表",
    subject="村级动物防疫员补助",
    competent_department="松坪县农业农村局",
    implementing_unit="松坪县动物疫病预防控制中心",
    funds=funds("""
category | label | initial | budget | executed | weight | rate | score
total | 年度资金总额 | 0 | 0 | 12.5 | 10 | 0.00% | 0
fiscal | 其中：当年财政拨款 | 0 | 0 | 0 | - | - | -
carryover | 上年结转资金 | 0 | 0 | 0 | - | - | -
other | 其他资金 | 0 | 0 | 12.5 | - | - | -
"""),
    expected="为全县42名村级动物防疫员发放补助，落实春秋两季集中免疫，重大动物疫病免疫密度达到90%以上。",
    actual="已为42名村级动物防疫员发放补助12.5万元，春秋两季集中免疫工作覆盖全部行政村，免疫密度93%，全年未发生重大动物疫情。",
    rows=rows("""
level1 | level2 | level3 | target | actual | weight | score | deviation
产出指标 | 数量指标 | 指标1：补助防疫员人数 | 42人 | 42人 | 15 | 15
 | | 指标2：集中免疫覆盖行政村 | 42个 | 42个 | 10 | 10
 | 质量指标 | 指标1：强制免疫密度 | ≥90% | 93% | 10 | 10
 | 时效指标 | 指标1：补助发放时间 | 2023年12月底前 | 2023年12月20日 | 10 | 10
 | 成本指标 | 指标1：人均补助标准 | ≤3000元 | 2976元 | 5 | 5
效益指标 | 经济效益指标 | 指标1：养殖户因疫损失 | 有所减少 | 有所减少 | 10 | 9 | 部分散养户防疫意识仍需提高，下一步加强宣传。
 | 社会效益指标 | 指标1：重大动物疫情 | =0次 | 0次 | 20 | 20
满意度指标 | 服务对象满意度指标 | 指标1：防疫员满意度 | ≥90% | 91% | 10 | 10
"""),
    total_weight="100",
    total_score="89",
    grade="良",
    planted=[("F4", "其他资金：全年预算数为0，执行12.5万元")],
)

CSS = """
@page { margin: 28mm 24mm }
body { font-family: $kai; font-size: 11pt; line-height: 1.2 }
h1 { font-family: $zenhei; font-size: 16pt; margin-bottom: 10pt }
td { border-width: 0.9pt; padding: 2.5pt 2pt }
"""

TEMPLATE = """
<p class="l">附件2</p>
<h1>{{ form.title }}\n<br>（{{ form.year }}年度）</h1>
<table class="whole">
{{ cols(11, 13, 23, 15, 14, 8, 8, 14) }}
<tr><td>项目名称</td><td colspan="7">{{ form.subject }}</td></tr>
<tr><td>主管部门</td><td colspan="2">{{ form.competent_department }}</td><td>实施单位</td><td colspan="4">{{ form.implementing_unit }}</td></tr>
<tr><td rowspan="5">项目资金\n（万元）</td><td colspan="1"></td><td>年初预算数</td><td>全年预算数</td><td>全年执行数</td><td>分值</td><td>执行率</td><td>得分</td></tr>
{% for fund in form.funds %}
<tr><td class="l">{{ fund.label }}</td><td>{{ fund.initial }}</td><td>{{ fund.budget }}</td><td>{{ fund.executed }}</td>
    <td>{{ fund.weight }}</td><td>{{ fund.rate }}</td><td>{{ fund.score }}</td></tr>
{% endfor %}
<tr><td rowspan="2">年度总体目标</td><td colspan="3">预期目标</td><td colspan="4">实际完成情况</td></tr>
<tr><td colspan="3" class="l">{{ form.expected }}</td><td colspan="4" class="l">{{ form.actual }}</td></tr>
<tr><td>一级指标</td><td>二级指标</td><td>三级指标</td><td>年度指标值</td><td>全年实际值</td><td>分值</td><td>得分</td><td>未完成原因分析</td></tr>
{% for row in form.rows %}
<tr>{{ levels(form, loop.index0) }}<td class="l">{{ row.level3 }}</td><td>{{ row.target }}</td><td>{{ row.actual }}</td><td>{{ row.weight }}</td>
    <td>{{ row.score }}</td><td class="l">{{ row.deviation }}</td></tr>
{% endfor %}
<tr><td colspan="5">总　分</td><td>{{ form.total_weight }}</td><td>{{ form.total_score }}</td><td></td></tr>
<tr><td colspan="5">自评等次</td><td colspan="3">{{ form.grade }}</td></tr>
</table>
"""

DOCUMENT = Document("shanxi_vaccine", "project", "山西：指标1：编号，零预算有支出", [FORM], TEMPLATE, CSS)

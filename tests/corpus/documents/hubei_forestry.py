"""Hubei: a department form with two yearly goals of 40 points each and spending totals in the header block."""

from __future__ import annotations

from tests.corpus.model import Document, Form, funds, rows

REASON = "“古树名木挂牌保护”未完成，原因是第三批古树名木鉴定结果于2022年12月公布，43株尚未制作标牌，计划2023年3月底前完成挂牌。"
GOAL1 = "持续推进国土绿化，完成人工造林1.8万亩、森林抚育3.2万亩。"
GOAL2 = "加强森林资源保护，森林火灾受害率控制在0.8‰以内。"

FORM = Form(
    kind="department",
    year=2022,
    title="蔚林市林业局部门整体绩效自评表",
    subject="蔚林市林业局",
    funds=funds("""
category | label | budget | executed | weight | rate | score
basic | 基本支出总额 | | 1860.24
project | 项目支出总额 | | 742.50
total | 部门整体支出总额 | 2711.19 | 2602.74 | 20 | 96% | 19.2
"""),
    expected=GOAL1 + GOAL2,
    rows=rows(
        """
level1 | level2 | level3 | target | actual | score | deviation
产出指标 | 数量指标 | 人工造林面积 | 完成人工造林1.8万亩 | 1.86万亩 | 10
 | | 森林抚育面积 | 3.2万亩 | 3.2万亩 | 10
 | 质量指标 | 造林成活率 | ≥85% | 91% | 10
效益指标 | 生态效益指标 | 森林覆盖率 | 46.2% | 46.3% | 10
产出指标 | 数量指标 | 古树名木挂牌保护 | 312株 | 269株 | 8.6 | @
 | 时效指标 | 森林火情处置 | 24小时内扑灭 | 24小时扑灭率100% | 10
效益指标 | 生态效益指标 | 森林火灾受害率 | ≤0.8‰ | 0.12‰ | 10
满意度指标 | 服务对象满意度指标 | 林农满意度 | ≥90% | 93% | 10
""".replace("@", REASON)
    ),
    total_score="97.8",
    improvements=["提前衔接鉴定工作进度，分批制作标牌；自评结果在部门网站公开，并作为2023年预算安排的参考。"],
    more={"reason": REASON, "goal1": GOAL1, "goal2": GOAL2, "split": "4"},
)

CSS = """
@page { margin: 20mm 18mm }
body { font-family: $song; font-size: 10.5pt; line-height: 1.3 }
h1 { font-family: $zenhei; font-size: 16pt }
td { border-width: 0.6pt; padding: 2.5pt 4pt }
"""

TEMPLATE = """
{% set split = form.more.split|int %}
<h1>{{ form.year }}年度{{ form.title }}</h1>
<p class="l" style="margin: 6pt 0 2pt">单位名称：{{ form.subject }}　　　　　　　　　　　　填报日期：2023年3月6日</p>
<table class="whole">
{{ cols(16, 11, 13, 18, 17, 15, 10) }}
{% set basic, project, whole = form.funds %}
<tr><td>单位名称</td><td colspan="6">{{ form.subject }}</td></tr>
<tr><td>{{ basic.label }}\n（执行数）</td><td colspan="2">{{ basic.executed }}</td><td>{{ project.label }}（执行数）</td><td colspan="3">{{ project.executed }}</td></tr>
<tr><td rowspan="2">预算执行情况（万元）（20分）</td><td colspan="2"></td><td>预算数（A）</td><td>执行数（B）</td><td>执行率（B/A）</td><td>得分（20分×执行率）</td></tr>
<tr><td colspan="2">{{ whole.label }}</td><td>{{ whole.budget }}</td><td>{{ whole.executed }}</td><td>{{ whole.rate }}</td><td>{{ whole.score }}</td></tr>
{% for goal, from, to in [(form.more.goal1, 0, split), (form.more.goal2, split, form.rows|length)] %}
<tr><td>年度目标{{ loop.index }}：\n（40分）</td><td colspan="6" class="l">{{ goal }}</td></tr>
<tr><td rowspan="{{ to - from + 1 }}">年度绩效指标</td><td>一级指标</td><td>二级指标</td><td>三级指标</td><td>年初目标值（A）</td><td>实际完成值（B）</td><td>得分</td></tr>
{% for row in form.rows[from:to] %}
<tr>{{ levels(form, loop.index0 + from) }}<td>{{ row.level3 }}</td><td>{{ row.target }}</td><td>{{ row.actual }}</td><td>{{ row.score }}</td></tr>
{% endfor %}
{% endfor %}
<tr><td>总分</td><td colspan="6">{{ form.total_score }}</td></tr>
<tr><td>偏差大或目标未完成原因分析</td><td colspan="6" class="l">{{ form.more.reason }}</td></tr>
<tr><td>改进措施及结果应用方案</td><td colspan="6" class="l">{{ form.improvements[0] }}</td></tr>
</table>
"""

DOCUMENT = Document("hubei_forestry", "department", "湖北：部门表，两个年度目标各40分", [FORM], TEMPLATE, CSS)

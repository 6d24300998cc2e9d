"""Zhejiang: a department form with a task table, level cells set vertically, thick outer frame."""

from __future__ import annotations

from tests.corpus.model import Document, Form, funds, rows

FORM = Form(
    kind="department",
    year=2023,
    title="部门（单位）整体支出绩效自评表",
    subject="柘浦县交通运输局",
    funds=funds("""
category | label | initial | budget | executed | rate | weight | score
total | 年度资金总额 | 8,640.00 | 9,215.30 | 8,938.84 | 97.00 | 10 | 9.7
basic | 其中：基本支出 | 2,315.60 | 2,348.20 | 2,341.16 | 99.70
project | 项目支出 | 6,324.40 | 6,867.10 | 6,597.68 | 96.08
"""),
    expected="1.完成农村公路新改建42公里、养护大中修96公里；\n2.城乡公交一体化率达到95%；\n3.行业安全生产形势保持平稳。",
    actual="1.完成农村公路新改建43.5公里、养护大中修96公里；\n2.城乡公交一体化率达到95.6%；\n3.全年未发生较大及以上行业安全事故。",
    rows=rows("""
level1 | level2 | level3 | target | actual | weight | score | deviation
产出指标 | 数量指标 | 农村公路新改建里程 | ≥42公里 | 43.5公里 | 10 | 10
 | | 养护大中修里程 | ≥96公里 | 96公里 | 10 | 10
 | | 购置公交车及制作宣传片 | 2部宣传片,24辆公交车 | 2部宣传片,24辆公交车 | 5 | 5
 | 质量指标 | 工程交工验收合格率 | 100% | 100% | 10 | 10
 | | 国省道优良路率 | ≥92% | 93.8% | 5 | 5
 | 时效指标 | 重点项目按期完工 | 是 | 否 | 10 | 7.5 | 枫溪大桥因汛期停工，工期顺延45天，已于2024年1月通车。
效益指标 | 社会效益指标 | 城乡公交一体化率 | ≥95% | 95.6% | 10 | 10
 | | 亡人事故起数 | ≤3起 | 1起 | 10 | 10
 | 生态效益指标 | 新能源公交车占比 | ≥80% | 83.3% | 10 | 10
满意度指标 | 服务对象满意度指标 | 公众出行满意度 | ≥88% | 90.5% | 10 | 10
"""),
    total_weight="100",
    total_score="97.2",
    grade="优",
    more={
        "tasks": "农村公路建设管护|4,120.00|3,986.50\n城乡公交运营补助|1,850.00|1,850.00\n交通综合执法|897.10|761.18",
    },
)

CSS = """
@page { margin: 18mm 17mm }
body { font-family: $zenhei; font-size: 10pt; line-height: 1.25 }
h1 { font-size: 17pt }
td { border-width: 0.4pt; padding: 2.6pt 3pt }
table { border: 1.8pt solid #000 }
.v { padding: 3pt 5pt; line-height: 1.15 }
"""

TEMPLATE = """
<h1>{{ form.title }}</h1>
<p style="margin-bottom: 4pt">（{{ form.year }}年度）</p>
<table class="whole">
{{ cols(5, 13, 21, 15, 15, 8, 8, 15) }}
<tr><td colspan="2">部门（单位）名称</td><td colspan="6">{{ form.subject }}</td></tr>
<tr><td rowspan="4" class="v">预算资金</td><td>（单位：万元）</td><td>年初预算数</td><td>全年预算数</td><td>全年执行数</td><td>执行率（%）</td>
    <td>分值</td><td>得分</td></tr>
{% for fund in form.funds %}
<tr><td class="l">{{ fund.label }}</td><td>{{ fund.initial }}</td><td>{{ fund.budget }}</td><td>{{ fund.executed }}</td><td>{{ fund.rate }}</td>
    <td>{{ fund.weight }}</td><td>{{ fund.score }}</td></tr>
{% endfor %}
{% set tasks = form.more.tasks.splitlines() %}
<tr><td rowspan="{{ tasks|length + 1 }}" class="v">年度主要任务</td><td colspan="2">任务名称</td><td>预算数</td><td>执行数</td><td colspan="3">完成情况</td></tr>
{% for task in tasks %}{% set name, budget, executed = task.split("|") %}
<tr><td colspan="2" class="l">{{ name }}</td><td>{{ budget }}</td><td>{{ executed }}</td><td colspan="3">已完成</td></tr>
{% endfor %}
<tr><td rowspan="2" class="v">总体目标</td><td colspan="3">年初设定目标</td><td colspan="4">实际完成情况</td></tr>
<tr><td colspan="3" class="l">{{ form.expected }}</td><td colspan="4" class="l">{{ form.actual }}</td></tr>
<tr><td class="v">一级指标</td><td>二级指标</td><td>三级指标</td><td>年度指标值</td><td>实际完成值</td><td>分值</td><td>得分</td><td>偏差原因分析及改进措施</td></tr>
{% for row in form.rows %}
{% set one = form.level1(loop.index0) %}{% set two = form.level2(loop.index0) %}
<tr>{% if one %}<td rowspan="{{ one.span }}" class="v">{{ one.text }}</td>{% endif %}
    {% if two %}<td rowspan="{{ two.span }}">{{ two.text }}</td>{% endif %}
    <td class="l">{{ row.level3 }}</td><td>{{ row.target }}</td><td>{{ row.actual }}</td><td>{{ row.weight }}</td><td>{{ row.score }}</td>
    <td class="l">{{ row.deviation }}</td></tr>
{% endfor %}
<tr><td colspan="5">总　分</td><td>{{ form.total_weight }}</td><td>{{ form.total_score }}</td><td>{{ form.grade }}</td></tr>
</table>
"""

DOCUMENT = Document(
    "zhejiang_transport", "department", "浙江：部门表，主要任务表，竖排级次格，粗外框", [FORM], TEMPLATE, CSS
)

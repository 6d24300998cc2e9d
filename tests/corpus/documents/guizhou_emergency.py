"""Guizhou: a department form printed sideways on portrait paper with no rotation flag; basic and project spending."""

from __future__ import annotations

from tests.corpus.model import Document, Form, funds, rows

FORM = Form(
    kind="department",
    year=2022,
    title="部门整体支出绩效自评表",
    subject="霁州市应急管理局",
    funds=funds("""
category | label | initial | budget | executed | weight | rate | score
total | 年度资金总额 | 1936.20 | 2028.55 | 1946.25 | 10 | 96.83% | 9.68
basic | 其中：基本支出 | 1264.10 | 1286.40 | 1274.92 | — | 99.11% | —
project | 项目支出 | 672.10 | 742.15 | 689.33 | — | 92.88% | —
"""),
    expected="健全应急指挥体系，开展重点行业安全生产检查不少于1200家次，组织综合应急演练10场，生产安全事故起数、死亡人数持续下降，保障全市安全生产形势稳定。",
    actual="全年检查企业1286家次，查处隐患3415条，整改完成3398条；组织综合应急演练11场；生产安全事故起数同比下降18.2%，未发生较大以上事故。",
    rows=rows("""
level1 | level2 | level3 | target | actual | weight | score | deviation
产出指标 | 数量指标 | 安全生产检查企业 | ≥1200家次 | 1286家次 | 10 | 10
 | | 组织综合应急演练 | ≥10场 | 11场 | 8 | 8
 | | 应急物资储备点 | =9个 | 9个 | 7 | 7
 | 质量指标 | 隐患整改率 | ≥99% | 99.5% | 10 | 10
 | 时效指标 | 突发事件信息报送 | 及时 | 及时 | 10 | 10
 | 成本指标 | “三公”经费控制 | ≤24万元 | 21.36万元 | 5 | 5
效益指标 | 社会效益指标 | 事故起数下降率 | ≥10% | 18.2% | 15 | 15
 | | 公众安全意识 | 有效提升 | 有所提升 | 5 | 4 | 进村入户宣传覆盖面不够，2023年增加宣讲场次。
 | 可持续影响指标 | 基层应急能力 | 持续增强 | 持续增强 | 10 | 10
满意度指标 | 服务对象满意度指标 | 群众满意度 | ≥90% | 92.4% | 10 | 10
"""),
    total_weight="100",
    total_score="98.68",
    planted=[
        ("F3", "执行数：基本支出1274.92加项目支出689.33为1964.25，总额印作1946.25"),
        ("F1", "年度资金总额：1946.25/2028.55为95.94%，印作96.83%（按1964.25为96.83%）"),
    ],
)

CSS = """
@page { size: A4 landscape; margin: 16mm 18mm }
body { font-family: $microhei; font-size: 9.5pt; line-height: 1.25 }
h1 { font-size: 17pt }
td { border-width: 0.8pt; padding: 3pt }
"""

TEMPLATE = """
<h1>{{ form.title }}</h1>
<p style="margin-bottom: 3pt">（{{ form.year }}年度）</p>
<table class="whole">
{{ cols(8, 11, 19, 12, 12, 10, 8, 10, 10) }}
<tr><td colspan="2">部门（单位）名称</td><td colspan="7">{{ form.subject }}</td></tr>
<tr><td colspan="2" rowspan="4">部门预算执行情况\n（万元）</td><td></td><td>年初预算数</td><td>全年预算数（A）</td><td>全年执行数（B）</td>
    <td>分值</td><td>执行率（B/A）</td><td>得分</td></tr>
{% for fund in form.funds %}
<tr><td class="l">{{ fund.label }}</td><td>{{ fund.initial }}</td><td>{{ fund.budget }}</td><td>{{ fund.executed }}</td>
    <td>{{ fund.weight }}</td><td>{{ fund.rate }}</td><td>{{ fund.score }}</td></tr>
{% endfor %}
<tr><td rowspan="2">年度总体目标</td><td colspan="4">预期目标</td><td colspan="4">实际完成情况</td></tr>
<tr><td colspan="4" class="l">{{ form.expected }}</td><td colspan="4" class="l">{{ form.actual }}</td></tr>
<tr><td>一级指标</td><td>二级指标</td><td>三级指标</td><td>年度指标值</td><td>全年完成值</td><td>分值</td><td>得分</td>
    <td colspan="2">偏差原因分析及改进措施</td></tr>
{% for row in form.rows %}
<tr>{{ levels(form, loop.index0) }}<td class="l">{{ row.level3 }}</td><td>{{ row.target }}</td><td>{{ row.actual }}</td><td>{{ row.weight }}</td>
    <td>{{ row.score }}</td><td colspan="2" class="l">{{ row.deviation }}</td></tr>
{% endfor %}
<tr><td colspan="5">总分</td><td>{{ form.total_weight }}</td><td>{{ form.total_score }}</td><td colspan="2"></td></tr>
</table>
"""

DOCUMENT = Document(
    "guizhou_emergency", "department", "贵州：部门表，文字横躺且无旋转标记", [FORM], TEMPLATE, CSS, turn="sideways"
)

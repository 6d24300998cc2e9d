"""Sichuan: sign, value and unit in three columns, weights beside scores, conclusions in rows below the table."""

from __future__ import annotations

from tests.corpus.model import Document, Form, funds, rows

FORM = Form(
    kind="project",
    year=2023,
    title="泠川县县级部门预算项目支出绩效自评表",
    subject="农村学校运动场地改造",
    competent_department="泠川县教育和体育局",
    implementing_unit="泠川县学校后勤保障中心",
    funds=funds("""
category | label | initial | budget | executed | weight | rate | score
total | 总额 | 260.00 | 248.60 | 236.17 | 10 | 95.00% | 9.5
fiscal | 其中：财政资金 | 260.00 | 248.60 | 236.17 | / | 95.00% | /
other | 财政专户管理资金 | 0.00 | 0.00 | 0.00 | / | / | /
other | 单位资金 | 0.00 | 0.00 | 0.00 | / | / | /
"""),
    expected="对全县12所农村义务教育学校的运动场地进行改造，新建塑胶跑道18600平方米，配备体育器材36套，改善农村学生体育锻炼条件。",
    actual="完成12所农村学校运动场地改造，新建塑胶跑道18640平方米，配备体育器材33套，项目于2023年8月20日完工并投入使用。",
    rows=rows("""
level1 | level2 | level3 | sign | target | unit | actual | weight | score | deviation
产出指标 | 数量指标 | 改造运动场地的学校数量 | ≥ | 12 | 所 | 12 | 10 | 10
 | | 新建塑胶跑道面积 | ≥ | 18600 | 平方米 | 18640 | 10 | 10
 | | 配备体育器材 | ＝ | 36 | 套 | 33 | 10 | 9.17 | 两所村小场地硬化滞后，3套室外器材暂缓安装，将于2024年3月底前补齐。
 | 质量指标 | 工程验收合格率 | ＝ | 100 | % | 100 | 10 | 10
 | 时效指标 | 项目完工时间 | 定性 | 2023年8月底前 | | 2023年8月20日 | 10 | 10
效益指标 | 社会效益指标 | 受益学生人数 | ≥ | 9000 | 人 | 9326 | 15 | 15
 | 可持续影响指标 | 场地管护制度 | 定性 | 健全 | | 健全 | 15 | 15
满意度指标 | 服务对象满意度指标 | 师生满意度 | ≥ | 90 | % | 94.5 | 10 | 10
"""),
    total_weight="100",
    total_score="98.67",
    problems=["个别村小场地施工受雨季影响，器材安装进度与计划不一致；项目尾款结算资料报送不及时，影响预算执行进度。"],
    improvements=["提前制定雨季施工预案，按月通报项目进度；督促施工单位在验收后15日内报送结算资料，加快资金支付。"],
    more={"conclusion": "项目总体按计划实施，资金使用规范，产出和效益基本达到预期，自评得分98.67分。"},
)

CSS = """
body { font-family: $song; font-size: 9.5pt }
h1 { font-family: $hei; font-size: 17pt }
.unit { display: flex; justify-content: space-between; font-size: 9.5pt; margin-bottom: 2pt }
.side { width: 1em; line-height: 1.25 }
"""

TEMPLATE = """
<h1>{{ form.title }}</h1>
<p>（{{ form.year }}年度）</p>
<div class="unit"><span>填报单位：{{ form.implementing_unit }}（盖章）</span><span>单位：万元</span></div>
<table class="whole">
{{ cols(5, 9, 10, 15, 8, 11, 8, 10, 7, 7, 10) }}
<tr><td colspan="2">项目名称</td><td colspan="9">{{ form.subject }}</td></tr>
<tr><td colspan="2">主管部门</td><td colspan="4">{{ form.competent_department }}</td>
    <td colspan="2">实施单位</td><td colspan="3">{{ form.implementing_unit }}</td></tr>
<tr><td rowspan="{{ form.funds|length + 1 }}" class="side">预算执行情况</td><td colspan="2">资金来源</td><td>年初预算数</td>
    <td colspan="2">调整后预算数</td><td colspan="2">预算执行数</td><td>权重</td><td>执行率</td><td>得分</td></tr>
{% for fund in form.funds %}
<tr><td colspan="2" class="l">{{ fund.label }}</td><td>{{ fund.initial }}</td><td colspan="2">{{ fund.budget }}</td>
    <td colspan="2">{{ fund.executed }}</td><td>{{ fund.weight }}</td><td>{{ fund.rate }}</td><td>{{ fund.score }}</td></tr>
{% endfor %}
<tr><td rowspan="2" class="side">总体目标</td><td colspan="5">预期目标</td><td colspan="5">实际完成情况</td></tr>
<tr><td colspan="5" class="l">{{ form.expected }}</td><td colspan="5" class="l">{{ form.actual }}</td></tr>
<tr><td rowspan="{{ form.rows|length + 2 }}" class="side">年度绩效指标</td><td>一级指标</td><td>二级指标</td><td>三级指标</td>
    <td>指标性质</td><td>指标值</td><td>度量单位</td><td>实际完成值</td><td>权重</td><td>得分</td><td>未完成原因分析</td></tr>
{% for row in form.rows %}
<tr>{{ levels(form, loop.index0) }}<td class="l">{{ row.level3 }}</td><td>{{ row.sign }}</td><td>{{ row.target }}</td>
    <td>{{ row.unit }}</td><td>{{ row.actual }}</td><td>{{ row.weight }}</td><td>{{ row.score }}</td><td class="l">{{ row.deviation }}</td></tr>
{% endfor %}
<tr><td colspan="7">合计</td><td>{{ form.total_weight }}</td><td>{{ form.total_score }}</td><td></td></tr>
<tr><td colspan="2">评价结论</td><td colspan="9" class="l">{{ form.more.conclusion }}</td></tr>
<tr><td colspan="2">存在问题</td><td colspan="9" class="l">{{ form.problems[0] }}</td></tr>
<tr><td colspan="2">改进措施</td><td colspan="9" class="l">{{ form.improvements[0] }}</td></tr>
<tr><td colspan="11" class="l">项目负责人：卢雨桐　　　　　　　　　　　　财务负责人：贺长青</td></tr>
</table>
"""

DOCUMENT = Document("sichuan_school", "project", "四川：性质、值、单位分列，评价结论行", [FORM], TEMPLATE, CSS)

"""Jiangsu: the funds block turned round (sources as columns), actual before target, grade and score at the top."""

from __future__ import annotations

from tests.corpus.model import Document, Form, funds, rows

FORM = Form(
    kind="project",
    year=2024,
    title="市级财政项目支出绩效自评价表",
    subject="中等职业学校实训基地建设",
    competent_department="汐阳市教育局",
    implementing_unit="汐阳工业中等专业学校",
    funds=funds("""
category | label | initial | budget | executed | rate | weight | score
total | 资金总额 | 720.00 | 768.00 | 752.64 | 98.00% | 10 | 9.6
fiscal | 财政拨款 | 600.00 | 600.00 | 591.60 | 98.60% | - | -
carryover | 上年结转 | 0.00 | 48.00 | 48.00 | 100.00% | - | -
other | 自筹及其他资金 | 120.00 | 120.00 | 113.04 | 94.20% | - | -
"""),
    expected="建成智能制造、现代物流2个实训基地，新增实训工位260个，满足6个专业实训教学需要。",
    actual="智能制造、现代物流2个实训基地建成投用，新增实训工位276个，覆盖6个专业1840名学生。",
    rows=rows("""
level1 | level2 | level3 | target | actual | weight | score | deviation
产出指标 | 数量指标 | 建成实训基地 | 2个 | 2个 | 10 | 10
 | | 新增实训工位 | ≥260个 | 276个 | 10 | 10
 | | 宣传片及实训方案 | 1部宣传片,2套方案 | 1部宣传片,2套方案 | 5 | 5
 | 质量指标 | 设备验收合格率 | 100% | 100% | 10 | 10
 | 时效指标 | 建设完成时间 | 2024年8月完成 | 2024年8月26日 | 10 | 10
 | 成本指标 | 设备采购成本节约率 | ≥2% | 2.6% | 5 | 5
效益指标 | 社会效益指标 | 学生技能证书取得率 | ≥85% | 87.3% | 15 | 15
 | 可持续影响指标 | 校企合作机制 | 持续深化 | 达成预期指标 | 15 | 13 | 合作企业以本地中小企业为主，2025年引进2家龙头企业。
满意度指标 | 服务对象满意度指标 | 师生满意度 | ≥92% | 95.5% | 10 | 10
"""),
    total_weight="100",
    total_score="97.6",
    grade="优",
    planted=[("F2", "执行率98.00%，分值10，得分印作9.6（应为9.8）")],
)

CSS = """
@page { margin: 20mm 18mm }
body { font-family: $microhei; font-size: 9.5pt; line-height: 1.3 }
h1 { font-size: 15pt; border-bottom: 1pt solid #000; padding-bottom: 4pt }
td { border: 0.5pt solid #555; padding: 4pt 3pt }
.g { background: #eef3f8 }
"""

TEMPLATE = """
<h1>{{ form.year }}年度{{ form.title }}</h1>
<table class="whole" style="margin-top: 8pt">
{{ cols(11, 13, 19, 14, 14, 9, 9, 11) }}
<tr><td class="g">项目名称</td><td colspan="4">{{ form.subject }}</td><td class="g">自评得分</td><td colspan="2">{{ form.total_score }}</td></tr>
<tr><td class="g">主管部门</td><td colspan="4">{{ form.competent_department }}</td><td class="g">自评等级</td><td colspan="2">{{ form.grade }}</td></tr>
<tr><td class="g">实施单位</td><td colspan="4">{{ form.implementing_unit }}</td><td class="g">项目期限</td><td colspan="2">1年</td></tr>
<tr class="g"><td rowspan="7">预算执行情况\n（万元）</td><td>项目</td>{% for fund in form.funds %}<td{% if loop.last %} colspan="3"{% endif %}>{{ fund.label }}</td>{% endfor %}</tr>
{% for name, key in [("年初预算数", "initial"), ("全年预算数", "budget"), ("全年执行数", "executed"), ("执行率", "rate"), ("分值", "weight"), ("得分", "score")] %}
<tr><td class="g">{{ name }}</td>{% for fund in form.funds %}<td{% if loop.last %} colspan="3"{% endif %}>{{ fund[key] }}</td>{% endfor %}</tr>
{% endfor %}
<tr class="g"><td rowspan="2">年度总体目标</td><td colspan="3">预期目标</td><td colspan="4">实际完成情况</td></tr>
<tr><td colspan="3" class="l">{{ form.expected }}</td><td colspan="4" class="l">{{ form.actual }}</td></tr>
<tr class="g"><td>一级指标</td><td>二级指标</td><td>三级指标</td><td>全年完成值</td><td>年度指标值</td><td>得分</td><td>分值</td><td>备注（偏差原因及改进措施）</td></tr>
{% for row in form.rows %}
<tr>{{ levels(form, loop.index0) }}<td class="l">{{ row.level3 }}</td><td>{{ row.actual }}</td><td>{{ row.target }}</td><td>{{ row.score }}</td>
    <td>{{ row.weight }}</td><td class="l">{{ row.deviation }}</td></tr>
{% endfor %}
<tr><td colspan="5">合计</td><td>{{ form.total_score }}</td><td>{{ form.total_weight }}</td><td></td></tr>
</table>
"""

DOCUMENT = Document("jiangsu_labs", "project", "江苏：资金块按列，完成值在前，得分在分值前", [FORM], TEMPLATE, CSS)

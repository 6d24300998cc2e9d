"""Jiangxi: horizontal rules only, no outer or vertical borders; the header block is two lines of pairs."""

from __future__ import annotations

from tests.corpus.model import Document, Form, funds, rows

FORM = Form(
    kind="project",
    year=2023,
    title="项目支出绩效自评表",
    subject="可移动文物预防性保护",
    competent_department="桐溪市文化广电旅游局",
    implementing_unit="桐溪市博物馆",
    funds=funds("""
category | label | initial | budget | executed | weight | rate | score
total | 年度资金总额 | 89.974 | 90 | 86.4 | 10 | 96% | 9.6
fiscal | 其中：当年财政拨款 | 89.974 | 90 | 86.4 | - | 96% | -
carryover | 上年结转资金 | 0 | 0 | 0 | - | - | -
other | 其他资金 | 0 | 0 | 0 | - | - | -
"""),
    expected="为馆藏珍贵文物配置囊匣500套，改造文物库房2间，建立环境监测系统，使文物保存环境达到行业标准。",
    actual="配置文物囊匣430套，改造库房2间，环境监测系统已上线运行，库房温湿度达标率为97.8%。",
    rows=rows("""
level1 | level2 | level3 | target | actual | weight | score | deviation
产出指标 | 数量指标 | 配置文物囊匣 | ≥500套 | 430套 | 10 | 9.8 | 异形囊匣定制周期长，剩余70套于2024年交付。
 | | 改造文物库房 | 2间 | 2间 | 10 | 10
 | 质量指标 | 温湿度达标率 | ≥95% | 97.8% | 15 | 15
 | 时效指标 | 系统上线时间 | 第四季度 | 2023年11月 | 15 | 15
效益指标 | 社会效益指标 | 珍贵文物保护覆盖率 | ≥60% | 63.5% | 15 | 15
 | 可持续影响指标 | 文物安全管理制度 | 健全 | 健全 | 15 | 15
满意度指标 | 服务对象满意度指标 | 观众满意度 | ≥90% | 95.2% | 10 | 10
"""),
    total_weight="100",
    total_score="99.4",
    planted=[("S3", "配置文物囊匣：430/500×10为8.60，得9.8")],
)

CSS = """
@page { margin: 24mm 20mm }
body { font-family: $song; font-size: 10.5pt; line-height: 1.3 }
h1 { font-family: $hei; font-size: 18pt }
td { border: 0; border-bottom: 0.5pt solid #000; padding: 4pt 4pt }
table { border-top: 1.4pt solid #000; border-bottom: 1.4pt solid #000; border-left: 0; border-right: 0 }
.h td { border-bottom: 0.9pt solid #000 }
"""

TEMPLATE = """
<h1>{{ form.title }}</h1>
<p style="margin-bottom: 6pt">（{{ form.year }}年度）</p>
<table class="whole">
{{ cols(11, 13, 20, 14, 13, 8, 9, 12) }}
<tr><td>项目名称</td><td colspan="7" class="l">{{ form.subject }}</td></tr>
<tr><td>主管部门</td><td colspan="3" class="l">{{ form.competent_department }}</td><td>实施单位</td><td colspan="3" class="l">{{ form.implementing_unit }}</td></tr>
<tr class="h"><td rowspan="5">项目资金\n（万元）</td><td></td><td>年初预算数</td><td>全年预算数</td><td>全年执行数</td><td>分值</td><td>执行率</td><td>得分</td></tr>
{% for fund in form.funds %}
<tr><td class="l">{{ fund.label }}</td><td>{{ fund.initial }}</td><td>{{ fund.budget }}</td><td>{{ fund.executed }}</td><td>{{ fund.weight }}</td>
    <td>{{ fund.rate }}</td><td>{{ fund.score }}</td></tr>
{% endfor %}
<tr><td rowspan="2">年度总体\n目标</td><td colspan="3">预期目标</td><td colspan="4">实际完成情况</td></tr>
<tr><td colspan="3" class="l">{{ form.expected }}</td><td colspan="4" class="l">{{ form.actual }}</td></tr>
<tr class="h"><td>一级指标</td><td>二级指标</td><td>三级指标</td><td>年度指标值</td><td>实际完成值</td><td>分值</td><td>得分</td><td>偏差原因分析及改进措施</td></tr>
{% for row in form.rows %}
<tr>{{ levels(form, loop.index0) }}<td class="l">{{ row.level3 }}</td><td>{{ row.target }}</td><td>{{ row.actual }}</td><td>{{ row.weight }}</td>
    <td>{{ row.score }}</td><td class="l">{{ row.deviation }}</td></tr>
{% endfor %}
<tr><td colspan="5">总分</td><td>{{ form.total_weight }}</td><td>{{ form.total_score }}</td><td></td></tr>
</table>
"""

DOCUMENT = Document("jiangxi_museum", "project", "江西：无外框、无竖线，只有横线", [FORM], TEMPLATE, CSS)

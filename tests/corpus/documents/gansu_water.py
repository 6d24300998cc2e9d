"""Gansu: cost indicators (20 points), goal cells and a reason cell that run over the page, rows cut by the page."""

from __future__ import annotations

from tests.corpus.model import Document, Form, funds, rows

FORM = Form(
    kind="project",
    year=2023,
    title="省级财政项目支出绩效自评表",
    subject="农村饮水安全巩固提升工程",
    competent_department="岷阴县水务局",
    implementing_unit="岷阴县农村供水工程管理站",
    funds=funds("""
category | label | initial | budget | executed | weight | rate | score
total | 年度资金总额 | 3,286.00 | 3,415.00 | 3,346.70 | 10 | 98.00% | 9.80
fiscal | 其中：当年财政拨款 | 2,900.00 | 2,900.00 | 2,842.00 | - | 98.00% | -
carryover | 上年结转资金 | 186.00 | 315.00 | 308.70 | - | 98.00% | -
other | 其他资金 | 200.00 | 200.00 | 196.00 | - | 98.00% | -
"""),
    expected=(
        "目标1：实施农村饮水安全巩固提升工程，改造老旧供水管网326公里，更换入户水表1.2万块，解决红柳滩、北川、石沟三个片区1.86万户7.1万人季节性缺水和水压不足问题，农村自来水普及率达到96%以上，规模化供水工程覆盖农村人口的比例达到62%。\n"
        "目标2：新建水厂1座、改造水厂3座，配套净化和消毒设备14套，完善水厂进出水在线监测设施，建立县级水质检测中心巡检制度，每月对千吨万人水厂开展一次水质检测，农村供水水质达标率不低于90%。\n"
        "目标3：完善工程运行管护机制，落实管护主体、管护人员和管护经费，组建四支片区抢修队伍，配备抢修车辆和管材管件储备库，一般管网破损24小时内修复，主管道破损48小时内修复；推进“互联网+供水”，实现入户水表远传缴费比例达到70%以上，水费收缴率不低于95%。\n"
        "目标4：加强水源地保护，完成9处集中式饮用水水源地保护区标志标牌设立和隔离防护，开展水源地巡查，及时清理保护区内垃圾和养殖污染，保障水源水质稳定达标。\n"
        "目标5：规范项目和资金管理，严格执行项目法人责任制、招标投标制、建设监理制和合同管理制，资金专款专用，工程质量合格率达到100%，年度投资完成率不低于95%，按期完成竣工验收和资产移交，做好项目档案整理。\n"
        "目标6：广泛开展节约用水和饮水安全宣传，受益群众满意度达到90%以上。"
    ),
    actual=(
        "2023年，县水务局按照批复的实施方案组织实施农村饮水安全巩固提升工程，各项建设任务基本完成。一是改造老旧供水管网331公里，更换入户水表1.23万块，三个片区1.86万户7.1万人的季节性缺水和水压不足问题得到解决，农村自来水普及率达到96.4%，规模化供水工程覆盖农村人口的比例达到62.5%。\n"
        "二是新建北川水厂1座，改造红柳滩、石沟、上营水厂3座，配套净化和消毒设备14套，在线监测设施全部接入县级平台，县水质检测中心全年抽检水样486份，合格448份，农村供水水质达标率为92.2%。\n"
        "三是落实管护人员128名、管护经费164万元，组建四支片区抢修队伍，全年处置管网破损217处，其中24小时内修复209处；远传水表缴费比例达到71.6%，水费收缴率为94.1%，略低于年度目标，主要是部分整户外出务工家庭欠费未能及时收缴。\n"
        "四是完成9处水源地保护区标志标牌设立和隔离防护，开展巡查36次，清理垃圾42吨，水源水质稳定达标。\n"
        "五是严格执行建设管理制度，完成投资3346.70万元，占全年预算的98%，单位工程验收合格率100%，资产全部移交供水管理站。\n"
        "六是开展饮水安全宣传32场，发放宣传资料1.5万份，受益群众满意度为93.5%。"
    ),
    rows=rows("""
level1 | level2 | level3 | target | actual | weight | score | deviation
成本指标 | 经济成本指标 | 管网改造单位成本 | ≤4.2万元/公里 | 4.08万元/公里 | 10 | 10
 | 社会成本指标 | 施工停水时长 | ≤12小时 | 10小时 | 5 | 5
 | 生态环境成本指标 | 弃土弃渣规范处置率 | =100% | 100% | 5 | 5
产出指标 | 数量指标 | 改造老旧供水管网 | ≥326公里 | 331公里 | 6 | 6
 | | 更换入户水表 | ≥1.2万块 | 1.23万块 | 4 | 4
 | | 新建和改造水厂 | =4座 | 4座 | 5 | 5
 | | 开展饮水安全宣传 | ≥30场 | 32场 | 5 | 5 | 实际完成29场，3场因疫情防控改为线上。
 | 质量指标 | 工程质量合格率 | =100% | 100% | 5 | 5
 | | 农村供水水质达标率 | ≥90% | 92.2% | 5 | 5
 | 时效指标 | 主体工程完工时间 | 2023年11月底前 | 2023年11月18日 | 5 | 5
 | | 管网破损24小时修复率 | ≥95% | 96.3% | 5 | 5
效益指标 | 经济效益指标 | 水费收缴率 | ≥95% | 94.1% | 5 | 4.95 | 部分整户外出务工家庭长期不在村，水表停用期间产生的基本水费未能及时收缴；同时，石沟片区新换水表用户信息录入滞后，造成约320户账单延迟推送。下一步将开通异地缴费渠道，对空置户实行报停登记，并于2024年3月底前完成全部用户信息核对。
 | 社会效益指标 | 农村自来水普及率 | ≥96% | 96.4% | 5 | 5
 | | 受益农村人口 | ≥7.1万人 | 7.1万人 | 5 | 5
 | 可持续影响指标 | 工程管护机制 | 健全 | 健全 | 5 | 5
满意度指标 | 服务对象满意度指标 | 受益群众满意度 | ≥90% | 93.5% | 10 | 10
"""),
    total_weight="100",
    total_score="99.75",
    planted=[("S4", "开展饮水安全宣传：实际完成值32场，原因栏写实际完成29场")],
)

CSS = """
@page { margin: 24mm 22mm }
body { font-family: $ming; font-size: 11.5pt; line-height: 1.45 }
h1 { font-family: $hei; font-size: 18pt }
td { border-width: 0.7pt; padding: 3pt 4pt }
"""

TEMPLATE = """
<h1>{{ form.title }}</h1>
<p style="margin-bottom: 6pt">（{{ form.year }}年度）</p>
<table>
{{ cols(10, 13, 17, 14, 14, 8, 11, 13) }}
<tr><td colspan="2">项目名称</td><td colspan="6">{{ form.subject }}</td></tr>
<tr><td colspan="2">主管部门</td><td colspan="2">{{ form.competent_department }}</td><td>实施单位</td><td colspan="3">{{ form.implementing_unit }}</td></tr>
<tr><td rowspan="5">项目资金\n（万元）</td><td></td><td>年初预算数</td><td>全年预算数</td><td>全年执行数</td><td>分值</td><td>执行率</td><td>得分</td></tr>
{% for fund in form.funds %}
<tr><td class="l">{{ fund.label }}</td><td>{{ fund.initial }}</td><td>{{ fund.budget }}</td><td>{{ fund.executed }}</td><td>{{ fund.weight }}</td>
    <td>{{ fund.rate }}</td><td>{{ fund.score }}</td></tr>
{% endfor %}
<tr><td rowspan="2">年度总体目标</td><td colspan="3">预期目标</td><td colspan="4">实际完成情况</td></tr>
<tr><td colspan="3" class="l t">{{ form.expected }}</td><td colspan="4" class="l t">{{ form.actual }}</td></tr>
<tr><td>一级指标</td><td>二级指标</td><td>三级指标</td><td>年度指标值</td><td>实际完成值</td><td>分值</td><td>得分</td><td>偏差原因分析及改进措施</td></tr>
{% for row in form.rows %}
<tr>{{ levels(form, loop.index0) }}<td class="l">{{ row.level3 }}</td><td>{{ row.target }}</td><td>{{ row.actual }}</td><td>{{ row.weight }}</td>
    <td>{{ row.score }}</td><td class="l">{{ row.deviation }}</td></tr>
{% endfor %}
<tr><td colspan="5">总分</td><td>{{ form.total_weight }}</td><td>{{ form.total_score }}</td><td></td></tr>
</table>
"""

DOCUMENT = Document("gansu_water", "project", "甘肃：成本指标，目标格、原因格与行跨页", [FORM], TEMPLATE, CSS)

"""A department's report in prose, seven pages: a funds table, an indicator table inside, a project form annexed."""

from __future__ import annotations

from tests.corpus.model import Document, Form, funds, rows

REPORT = Form(
    kind="department",
    year=2023,
    title="部门整体支出绩效自评报告",
    subject="望潮区市场监督管理局",
    funds=funds("""
category | label | initial | budget | executed | rate
total | 合计 | 4,862.30 | 5,104.75 | 4,951.61 | 97.00
basic | 基本支出 | 3,524.30 | 3,618.45 | 3,596.74 | 99.40
project | 项目支出 | 1,338.00 | 1,486.30 | 1,354.87 | 91.16
"""),
    rows=rows("""
level1 | level2 | level3 | target | actual | weight | score | deviation
预算执行 | 预算执行率 | 预算执行率 | =100% | 97.00% | 10 | 9.7 | 检验检测设备尾款按合同于次年支付。
产出指标 | 数量指标 | 食品安全监督抽检批次 | ≥3200批次 | 3260批次 | 10 | 10
 | | 特种设备作业人员培训 | ≥1200人次 | 1206人次 | 8 | 8
 | | 检查市场经营主体 | ≥9600户次 | 9874户次 | 7 | 7
 | 质量指标 | 不合格产品处置率 | =100% | 100% | 10 | 10
 | 时效指标 | 投诉举报按期办结率 | ≥98% | 97.2% | 8 | 7.93 | 跨区域网购投诉调查取证周期长，将完善协查机制。
 | 成本指标 | 公用经费控制率 | ≤100% | 96.4% | 7 | 7
效益指标 | 社会效益指标 | 重大食品安全事故 | =0起 | 0起 | 15 | 15
 | 可持续影响指标 | 信用监管机制 | 健全 | 基本健全 | 15 | 13.5 | 部门间信用信息归集不及时，2024年接入区级平台。
满意度指标 | 服务对象满意度指标 | 消费者满意度 | ≥85% | 88.6% | 10 | 10
"""),
    total_weight="100",
    total_score="98.13",
    problems=[
        "项目支出执行进度不够均衡。上半年项目支出执行率仅为38.6%，主要集中在第四季度支付，检验检测设备购置项目前期论证时间较长，招标工作启动偏晚，影响了资金支付进度。",
        "绩效指标设置不够科学。部分业务科室对绩效目标管理理解不深，个别项目的效益指标以定性描述为主，缺少可衡量的数据来源，给自评打分带来困难。",
        "跨部门信息共享有待加强。信用监管涉及的行政许可、行政处罚、司法判决等信息分散在不同部门，归集时间滞后，影响联合惩戒的及时性。",
    ],
    improvements=[
        "强化预算执行管理。建立项目支出按月通报、按季会商制度，对执行进度低于序时进度10个百分点以上的科室进行约谈，大额采购项目在上年第四季度完成需求论证。",
        "提升绩效目标编制质量。组织2次以上绩效管理专题培训，建立分行业、分领域的核心指标库，要求每个项目至少设置3个可量化的产出指标。",
        "推动信息互联互通。积极对接区大数据管理部门，2024年6月底前完成与区级公共信用信息平台的数据接口改造，实现行政处罚信息7个工作日内归集。",
    ],
    planted=[
        ("N1", "食品抽检3260批次、合格3198批次，合格率印作98.6%（应为98.1%）"),
        ("N2", "投诉举报8412件，其中投诉6935件、举报1427件，合计8362件"),
        ("N3", "特种设备作业人员培训：正文1260人次，指标表1206人次"),
    ],
)

ANNEX = Form(
    kind="project",
    year=2023,
    title="项目支出绩效自评表",
    subject="食品安全监督抽检",
    competent_department="望潮区市场监督管理局",
    implementing_unit="望潮区食品药品检验所",
    funds=funds("""
category | label | initial | budget | executed | weight | rate | score
total | 年度资金总额 | 386.00 | 402.50 | 390.43 | 10 | 97.00% | 9.7
fiscal | 其中：当年财政拨款 | 386.00 | 386.00 | 373.93 | - | 96.87% | -
carryover | 上年结转资金 | 0.00 | 16.50 | 16.50 | - | 100.00% | -
other | 其他资金 | 0.00 | 0.00 | 0.00 | - | - | -
"""),
    expected="完成食品安全监督抽检3200批次，及时发布抽检信息，依法处置不合格食品，防范食品安全风险。",
    actual="完成食品安全监督抽检3260批次，发布抽检信息24期，不合格食品核查处置率为100%。",
    rows=rows("""
level1 | level2 | level3 | target | actual | weight | score | deviation
产出指标 | 数量指标 | 监督抽检批次 | ≥3200批次 | 3260批次 | 15 | 15
 | | 发布抽检信息 | ≥24期 | 24期 | 10 | 10
 | 质量指标 | 不合格食品核查处置率 | =100% | 100% | 15 | 15
 | 时效指标 | 检验报告出具时限 | ≤20个工作日 | 19个工作日 | 10 | 10
效益指标 | 社会效益指标 | 食品安全知识知晓率 | ≥80% | 76% | 15 | 14.25 | 农村地区宣传方式单一，2024年增加集市宣传。
 | 可持续影响指标 | 风险会商机制 | 建立 | 建立 | 15 | 15
满意度指标 | 服务对象满意度指标 | 群众食品安全满意度 | ≥85% | 87.9% | 10 | 10
"""),
    total_weight="100",
    total_score="98.95",
)

CSS = """
@page { margin: 30mm 26mm 28mm 28mm; @bottom-center { content: "— " counter(page) " —"; font: 12pt $serif } }
body { font-family: $serif; font-size: 15pt; line-height: 27pt; text-align: justify }
h1 { font-family: $hei; font-size: 21pt; line-height: 32pt; text-align: center; margin-bottom: 10pt }
h2 { font-family: $hei; font-size: 15pt; font-weight: normal; margin: 0; text-indent: 2em }
h3 { font-family: $kai; font-size: 15pt; font-weight: normal; margin: 0; text-indent: 2em }
p { text-indent: 2em } .m { text-align: center; text-indent: 0 }
table { font-size: 10pt; line-height: 13.5pt; text-align: center; margin: 4pt 0 8pt; text-indent: 0 }
td { text-indent: 0; padding: 2.5pt 3pt }
.caption { font-family: $hei; font-size: 12pt; text-align: center; text-indent: 0; break-after: avoid }
.annex { break-before: page }
.sign { text-align: right; text-indent: 0; margin-top: 24pt }
tr { break-inside: avoid }
"""

TEMPLATE = """
{% set report, annex = forms %}
<h1>{{ report.subject }}\n<br>{{ report.year }}年度{{ report.title }}</h1>
<p>为进一步加强预算绩效管理，提高财政资金使用效益，根据区财政局关于开展2023年度部门整体支出绩效自评工作的通知要求，我局认真组织开展了部门整体支出绩效自评工作。现将有关情况报告如下：</p>
<h2>一、部门基本情况</h2>
<h3>（一）机构设置</h3>
<p>望潮区市场监督管理局为区政府工作部门，内设办公室、政策法规科、登记注册科、信用监督管理科、食品安全监督管理科、药品医疗器械监督管理科、特种设备安全监察科、质量发展科、价格和反不正当竞争科等9个科室，下辖8个市场监督管理所和区食品药品检验所、区计量检定所2个直属事业单位。</p>
<h3>（二）主要职能</h3>
<p>负责全区市场综合监督管理和市场主体统一登记注册；负责产品质量安全、特种设备安全、食品安全监督管理；负责组织实施计量、标准化、检验检测、认证认可监督管理；负责查处价格违法、不正当竞争、侵犯知识产权和制售假冒伪劣等行为；指导消费环境建设，保护消费者合法权益；承办区政府交办的其他事项。</p>
<h3>（三）人员及资产情况</h3>
<p>截至2023年底，我局核定编制236名，其中行政编制152名、事业编制84名，年末实有在职人员221人。固定资产原值3,418.66万元，主要为执法车辆、检验检测设备和办公设备，较上年增加186.20万元。</p>
<h2>二、年度总体目标和重点工作</h2>
<p>2023年，我局以保障食品、药品、特种设备和产品质量安全为重点，统筹推进优化营商环境、公平竞争审查、信用监管和消费维权等工作。全年计划完成食品安全监督抽检3200批次，检查市场经营主体9600户次以上，培训特种设备作业人员1200人次以上，投诉举报按期办结率不低于98%，确保不发生重大食品药品和特种设备安全事故。</p>
<p>围绕上述目标，年初研究确定了五项重点工作：一是实施食品安全放心工程，开展学校食堂、农贸市场和网络餐饮专项整治；二是开展电梯、锅炉、压力容器等特种设备隐患排查；三是深化商事制度改革，推行企业开办“一件事一次办”；四是推进检验检测能力建设，新增检验参数120项；五是加强消费维权体系建设，在大型商超设立消费维权服务站。</p>
<h2>三、部门预算安排及执行情况</h2>
<h3>（一）预算安排情况</h3>
<p>2023年年初部门预算4,862.30万元，年中根据人员变动和重点工作需要调增242.45万元，调整后全年预算数为5,104.75万元。其中：基本支出预算3,618.45万元，占70.88%；项目支出预算1,486.30万元，占29.12%。</p>
<h3>（二）预算执行情况</h3>
<p>2023年部门支出4,951.61万元，预算执行率为97.00%。其中：基本支出3,596.74万元，执行率为99.40%，主要用于人员经费和日常公用经费；项目支出1,354.87万元，执行率为91.16%，主要用于食品安全监督抽检、检验检测设备购置、特种设备安全监察和消费维权等工作。“三公”经费支出62.35万元，比上年减少8.15万元，下降11.56%。</p>
<p class="caption">表1　2023年度部门预算执行情况表（单位：万元）</p>
<table>
{{ cols(24, 19, 19, 19, 19) }}
<tr><td>项目</td><td>年初预算数</td><td>全年预算数</td><td>全年执行数</td><td>执行率（%）</td></tr>
{% for fund in report.funds[1:] + report.funds[:1] %}
<tr><td>{{ fund.label }}</td><td>{{ fund.initial }}</td><td>{{ fund.budget }}</td><td>{{ fund.executed }}</td><td>{{ fund.rate }}</td></tr>
{% endfor %}
</table>
<h3>（三）预算管理情况</h3>
<p>我局严格执行预算法和财务管理制度，修订完善了《财务管理办法》《政府采购内部控制制度》《固定资产管理办法》等5项制度，实行大额资金集体研究、财务支出联审会签。全年组织内部审计2次，发现问题9个，已全部整改到位。部门预算、决算及“三公”经费信息均在规定时间内公开。</p>
<h2>四、绩效目标完成情况分析</h2>
<h3>（一）产出指标完成情况</h3>
<p>1.数量指标。全年完成食品安全监督抽检3260批次，合格3198批次，合格率为98.6%，较上年提高0.4个百分点；检查市场经营主体9874户次，完成年度目标的102.85%；培训特种设备作业人员1260人次，发放作业人员证书874本；新增检验参数126项，超额完成年初计划。</p>
<p>2.质量指标。对监督抽检发现的62批次不合格食品全部依法立案调查，不合格产品处置率达到100%，罚没款合计187.4万元。开展计量器具强制检定1.26万台件，检定合格率为99.3%。</p>
<p>3.时效指标。全年受理投诉举报8412件，其中投诉6935件、举报1427件，按期办结率为97.2%，为消费者挽回经济损失326.8万元。企业开办平均用时压缩至0.5个工作日，登记材料网上提交率为96.8%。</p>
<p>4.成本指标。严格控制公用经费支出，全年公用经费支出占预算的96.4%，会议费、培训费均未超出年初预算。</p>
<h3>（二）效益指标完成情况</h3>
<p>1.社会效益。全区未发生重大食品药品和特种设备安全事故，食品安全群众满意度较上年提高2.1个百分点。全年新登记经营主体1.08万户，同比增长13.6%，期末实有经营主体7.92万户。</p>
<p>2.可持续影响。制定了企业信用风险分类管理办法，对2.36万户企业实施信用风险分类，双随机抽查对象中风险较高企业占比达到61%，监管的精准性逐步提高，但部门间信用信息归集仍不够及时。</p>
<h3>（三）满意度指标完成情况</h3>
<p>委托第三方机构面向1500名消费者开展问卷调查，回收有效问卷1426份，消费者满意度为88.6%，高于85%的年度目标。</p>
<h3>（四）自评结论</h3>
<p>经综合评价，我局2023年度部门整体支出绩效自评得分为98.13分。各项指标完成情况见表2。</p>
<p class="caption">表2　部门整体支出绩效指标完成情况表</p>
<table>
{{ cols(11, 13, 19, 13, 12, 7, 8, 17) }}
<thead><tr><td>一级指标</td><td>二级指标</td><td>三级指标</td><td>年度指标值</td><td>实际完成值</td><td>分值</td><td>得分</td><td>偏差原因分析及改进措施</td></tr></thead>
{% for row in report.rows %}
<tr>{{ levels(report, loop.index0) }}<td>{{ row.level3 }}</td><td>{{ row.target }}</td><td>{{ row.actual }}</td><td>{{ row.weight }}</td>
    <td>{{ row.score }}</td><td>{{ row.deviation }}</td></tr>
{% endfor %}
<tr><td colspan="5">总分</td><td>{{ report.total_weight }}</td><td>{{ report.total_score }}</td><td></td></tr>
</table>
<h2>五、存在的主要问题</h2>
{% for problem in report.problems %}
<p>（{{ "一二三四"[loop.index0] }}）{{ problem }}</p>
{% endfor %}
<h2>六、下一步改进措施</h2>
{% for improvement in report.improvements %}
<p>（{{ "一二三四"[loop.index0] }}）{{ improvement }}</p>
{% endfor %}
<h2>七、绩效自评结果应用</h2>
<p>我局将把绩效自评结果作为2024年预算编制和项目安排的重要依据，对执行进度慢、绩效不理想的项目压减预算或调整支出方向，对绩效较好的项目优先予以保障。自评报告及绩效自评表将在区政府门户网站公开，主动接受社会监督。</p>
<p class="sign">{{ report.subject }}\n<br>2024年3月15日</p>
<div class="annex">
<p style="text-indent: 0">附件</p>
<h1 style="font-size: 17pt; margin: 0">{{ annex.title }}</h1>
<p class="m" style="font-size: 11pt">（{{ annex.year }}年度）</p>
<table>
{{ cols(11, 13, 20, 14, 13, 8, 9, 12) }}
<tr><td>项目名称</td><td colspan="7">{{ annex.subject }}</td></tr>
<tr><td>主管部门</td><td colspan="3">{{ annex.competent_department }}</td><td>实施单位</td><td colspan="3">{{ annex.implementing_unit }}</td></tr>
<tr><td rowspan="5">项目资金\n（万元）</td><td></td><td>年初预算数</td><td>全年预算数</td><td>全年执行数</td><td>分值</td><td>执行率</td><td>得分</td></tr>
{% for fund in annex.funds %}
<tr><td class="l">{{ fund.label }}</td><td>{{ fund.initial }}</td><td>{{ fund.budget }}</td><td>{{ fund.executed }}</td><td>{{ fund.weight }}</td>
    <td>{{ fund.rate }}</td><td>{{ fund.score }}</td></tr>
{% endfor %}
<tr><td rowspan="2">年度总体\n目标</td><td colspan="3">预期目标</td><td colspan="4">实际完成情况</td></tr>
<tr><td colspan="3" class="l">{{ annex.expected }}</td><td colspan="4" class="l">{{ annex.actual }}</td></tr>
<tr><td>一级指标</td><td>二级指标</td><td>三级指标</td><td>年度指标值</td><td>实际完成值</td><td>分值</td><td>得分</td><td>偏差原因分析及改进措施</td></tr>
{% for row in annex.rows %}
<tr>{{ levels(annex, loop.index0) }}<td class="l">{{ row.level3 }}</td><td>{{ row.target }}</td><td>{{ row.actual }}</td><td>{{ row.weight }}</td>
    <td>{{ row.score }}</td><td class="l">{{ row.deviation }}</td></tr>
{% endfor %}
<tr><td colspan="5">总分</td><td>{{ annex.total_weight }}</td><td>{{ annex.total_score }}</td><td></td></tr>
</table>
</div>
"""

DOCUMENT = Document(
    "report_market", "report", "部门报告：正文、预算执行表、指标表，附项目自评表", [REPORT, ANNEX], TEMPLATE, CSS
)

"""Forms of many layouts are understood by what their cells say: invented units and figures."""
# ruff: noqa: E501 (drawn tables)

from __future__ import annotations

import pytest

from service.assembling.forms import assemble
from service.reading.document import Box, Char, Document, Line, Table
from service.schema import Evaluation, FundLine, Indicator
from tests.assembling.layouts import document, table


def two_storey_header() -> Document:
    """Yunnan: sign, value and unit under one heading; total, score and grade as pairs in one row."""
    return document(
        "项目支出绩效自评表（2023年度）",
        "公开14表  金额单位：万元",
        table(
            """
        项目名称 | 乡村图书角建设 | < | < | < | < | < | < | < | <
        主管部门 | 澄湖县文化局 | < | < | < | 实施单位 | 澄湖县图书馆 | < | < | <
        项目资金（万元） |  | < | 年初预算数 | 全年预算数 | 全年执行数 | 分值 | 执行率 | < | 得分
        ^ | 年度资金总额 | < | 30 | 28 | 21 | 10 | 75% | < | 7.5
        ^ | 其中：当年财政拨款 | < | 30 | 28 | 21 |  | 75% | < |
        ^ | 上年结转资金 | < | 0 | 0 | 0 |  |  | < |
        ^ | 非财政拨款 | < |  |  |  |  |  | < |
        年度总体目标 | 预期目标 | < | < | < | < | 实际完成情况 | < | < | <
        ^ | 建成乡村图书角12个，配书6000册。 | < | < | < | < | 建成9个，配书4800册。 | < | < | <
        项目支出绩效指标表 | < | < | < | < | < | < | < | < | <
        绩效指标 | < | < | 年度指标值 | < | < | 实际完成值 | 分值 | 得分 | 偏差原因分析及改进措施
        一级指标 | 二级指标 | 三级指标 | 指标性质 | 指标值 | 度量单位 | ^ | ^ | ^ | ^
        产出指标 | 数量指标 | 图书角数量 | ≥ | 12 | 个 | 9 | 30 | 22.5 | 两处选址未定，2024年建成
        ^ | ^ | 配书册数 | >= | 6000 | 册 | 4800 | 10 | 8 |
        ^ | 质量指标 | 验收合格率 | = | 100 | % | 100 | 10 | 10 |
        效益指标 | 社会效益指标 | 村民阅读便利程度 | = | 明显提升 | 是/否 | 明显提升 | 30 | 30 |
        满意度指标 | 服务对象满意度指标 | 村民满意度 | ≥ | 90 | % | 93 | 10 | 10 |
        其他需要说明事项 | < | < | 无 | < | < | < | < | < | <
        总分 | < | 总分值 | 100 | < | < | 总得分 | 88 | （自评等级） | 良
            """
        ),
    )


def pairs_under_headings() -> Document:
    """Hebei: each heading over label and figure; placeholder rows; problems at the foot."""
    return document(
        "2022年度项目支出绩效自评表",
        table(
            """
        一、基本情况 | < | < | < | < | < | < | <
        项目名称 | 校园管网改造 | < | < | 实施（主管）单位 | 云溪区教育局 | < | <
        二、预算执行情况（万元） | < | 预算安排情况（调整后） | < | 资金到位情况 | < | 资金执行情况 |
         |  | 预算数 | 120.5 | 到位数 | 120.5 | 执行数 | 100.25
         |  | 其中：财政资金 | 100 | 其中：财政资金 | 100 | 其中：财政资金 | 80
         |  | 其他 | 20.5 | 其他 | 20.5 | 其他 | 20.25
        三、目标完成情况 | < | < | < | < | < | < | <
        年度预期目标 | < | < | < | 具体完成情况 | < | 总体完成率 | <
        改造管网3.2公里。 | < | < | < | 改造管网2.9公里。 | < | 90.6% | <
        四、年度绩效指标完成情况 | < | < | < | < | < | < | <
        一级指标 | 二级指标 | 三级指标 | 预期指标值 | < | 实际完成值 | 自评得分 | <
        产出指标 | 数量指标 | 指标1：改造长度 | 3.2公里 | < | 2.9公里 | 18 | <
        ^ | ^ | 指标2… |  | < |  |  | <
        ^ | 质量指标 | 指标1：一次验收合格率 | 100% | < | 100% | 20 | <
        ^ | …… |  |  | < |  |  | <
        效果指标 | 社会效益指标 | 指标1：内涝投诉下降 | ≥30% | < | 35% | 20 | <
        总分 |  | < | < | < | < | 58 | <
        五、存在问题、原因及下一步整改措施 | < | 部分管线与燃气冲突，改线后实施。 | < | < | < | < | <
            """
        ),
    )


def department_with_two_goals() -> Document:
    """Hubei, department: the header of the indicators again for each goal; one reasons row."""
    return document(
        "2021年度北浦市审计局部门整体绩效自评表",
        table(
            """
        单位名称 | 北浦市审计局 | < | < | < | < | <
        基本支出总额 | < | 820.5 | 项目支出总额 | < | 310 | <
        预算执行情况（万元）（20分） |  | < | 预算数（A） | 执行数（B） | 执行率（B/A） | 得分（20分*执行率）
        ^ | 部门整体支出总额 | < | 1130.5 | 1102.3 | 97.51% | 19.5
        年度目标1：（40分） | 完成审计项目26个。 | < | < | < | < | <
        年度绩效指标 | 一级指标 | 二级指标 | 三级指标 | 年初目标值（A） | 实际完成值（B） | 得分
        ^ | 产出指标 | 数量指标 | 审计项目数 | 26个 | 27个 | 20
        ^ | ^ | 质量指标 | 审计报告采纳率 | ≥95% | 96% | 10
        ^ | 效益指标 | 经济效益指标 | 促进增收节支 | 500万元 | 612万元 | 10
        年度目标2：（40分） | 推进审计信息化。 | < | < | < | < | <
        年度绩效指标 | 一级指标 | 二级指标 | 三级指标 | 年初目标值（A） | 实际完成值（B） | 得分
        ^ | 产出指标 | 数量指标 | 数据分析模型 | 5个 | 4个 | 32
        总分 | < | < | < | < | < | 91.5
        偏差大或目标未完成原因分析 | 数据分析模型未完成5个，因采购推迟。 | < | < | < | < | <
        改进措施及结果应用方案 | 提前启动采购。 | < | < | < | < | <
            """
        ),
    )


def funds_with_rows_and_columns_swapped() -> Document:
    """Kinds of money across, kinds of figures down, in 元."""
    return document(
        "项目支出绩效自评表",
        "（2020年）",
        "单位：元",
        table(
            """
        项目名称 | 应急演练 | < | < | 项目单位 | 禾川县应急局 | <
        项目资金 |  | 资金总额 | 财政拨款 | 其他资金 |  |
        ^ | 年初预算数 | 500,000.00 | 400,000.00 | 100,000.00 |  |
        ^ | 全年预算数 | 500,000.00 | 400,000.00 | 100,000.00 |  |
        ^ | 全年执行数 | 450,000.00 | 400,000.00 | 50,000.00 |  |
        ^ | 执行率 | 90% | 100% | 50% |  |
        一级指标 | 二级指标 | 三级指标 | 指标值 | 完成值 | 分值 | 得分
        产出指标 | 数量指标 | 演练场次 | 4场 | 4场 | 50 | 50
        效益指标 | 社会效益 | 应急能力 | 提升 | 提升 | 40 | 40
        合计 |  |  |  |  | 90 | 90
            """
        ),
    )


def funds_in_two_storeys() -> Document:
    """Kinds of figures over kinds of money, one row of figures."""
    return document(
        "2019年度项目支出绩效自评表",
        table(
            """
        项目名称 | 河道清淤 | < | < | < | < | < | < | <
        预算资金（万元） | 年初预算数 | < | 全年预算数 | < | 全年执行数 | < | 执行率 | 得分
        ^ | 小计 | 其中：财政拨款 | 小计 | 其中：财政拨款 | 小计 | 其中：财政拨款 | ^ | ^
        ^ | 60 | 50 | 66 | 56 | 33 | 28 | 50 | 5
        一级指标 | 二级指标 | 三级指标 | < | 目标值 | 实际值 | 权重 | 得分 | 备注
        产出 | 数量 | 清淤方量 | < | ≥1.2万立方米 | 6000立方米 | 50 | 25 | 雨季停工
        产出 | 时效 | 完工时间 | < | 2019年11月底前 | 2019年12月 | 10 | 8 |
        总分 |  | < | < | < | < | 60 | 33 |
            """
        ),
    )


def figures_inside_label_cells() -> Document:
    """Hunan, department: parts of the budget as "label：figure" in one cell."""
    return document(
        "2023年度部门整体支出绩效自评表",
        table(
            """
        省级预算部门名称 | 湘桥省地方志编纂院 | < | < | < | < | < | <
        年度预算申请（万元） |  | 年初预算数 | 全年预算数 | 全年执行数 | 分值 | 执行率 | 得分
        ^ | 年度资金总额 | 1500 | 1620.4 | 1600.2 | 10 | 98.75% | 9.88
        ^ | 按收入性质分： | < | < | 按支出性质分： | < | < | <
        ^ | 其中：一般公共预算：1600.4 | < | < | 其中：基本支出：1100.2 | < | < | <
        ^ | 政府性基金拨款：0 | < | < | 项目支出：500 | < | < | <
        ^ | 其他资金：20 | < | < |  | < | < | <
        年度总体目标 | 预期目标 | < | < | < | 实际完成情况 | < | <
        ^ | 编纂志书3部。 | < | < | < | 编纂志书3部，年鉴1部。 | < | <
        绩效指标 | 一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分
        ^ | 产出指标（50分） | 数量指标 | 志书部数 | 3部 | 3部 | 50 | 50
        ^ | 效益指标（30分） | 社会效益指标 | 读志用志 | 有所提高 | 有所提高 | 30 | 28
        ^ | 满意度指标（10分） | 服务对象满意度指标 | 读者满意度 | ≥90% | 91% | 10 | 10
        总分 | < | < | < | < | < | 100 | 97.88
            """
        ),
    )


def transfer_payment() -> Document:
    """Transfers: no weights and scores, 资金管理情况 between funds and goal."""
    return document(
        "转移支付区域（项目）绩效自评表",
        "（2022年度）",
        table(
            """
        转移支付（项目）名称 | 农村危房改造补助资金 | < | < | < | < | <
        中央主管部门 | 住房和城乡建设部 | < | < | < | < | <
        地方主管部门 | 榆川省住房和城乡建设厅 | < | < | 资金使用单位 | 榆川省各县 | <
        资金投入情况（万元） |  | < | 全年预算数（A） | 全年执行数（B） | 预算执行率（B/A×100%） | <
        ^ | 年度资金总额 | < | 2400 | 2280 | 95% | <
        ^ | 其中：中央财政资金 | < | 2000 | 1900 | 95% | <
        ^ | 地方资金 | < | 400 | 380 | 95% | <
        资金管理情况 |  | < | < | 情况说明 | 存在问题和改进措施 | <
        ^ | 分配科学性 | < | < | 按因素法分配 |  | <
        ^ | 下达及时性 | < | < | 30日内下达 |  | <
        总体目标完成情况 | 总体目标 | < | < | 全年实际完成情况 | < | <
        ^ | 改造危房1800户。 | < | < | 改造1812户。 | < | <
        绩效指标 | 一级指标 | 二级指标 | 三级指标 | 指标值 | 全年实际完成值 | 未完成原因和改进措施
        ^ | 产出指标 | 数量指标 | 改造户数 | ≥1800户 | 1812户 |
        ^ | ^ | 时效指标 | 当年开工率 | 100% | 98% | 3个县冬季停工
        ^ | 满意度指标 | 服务对象满意度指标 | 改造户满意度 | ≥90% | 97% |
        说明 | 无 | < | < | < | < | <
            """
        ),
    )


def reasons_in_several_columns() -> Document:
    """Liaoning: causes of each kind in columns of their own."""
    return document(
        "2023年度预算项目（政策）绩效自评表",
        table(
            """
        项目（政策）名称 | 渔港监控运维 | < | < | < | < | < | < | < | < | < | < | < | < | <
        主管部门 | 渔湾市海洋局 | < | < | < | < | < | < | 实施单位 | 渔湾市渔政支队 | < | < | < | < | <
        预算执行情况 | 年初预算数（万元） | 本年预算数（万元） | < | < | 执行数（万元） | < | < | < | 预算执行率（%） | < | < | 得分 | < | <
        ^ | 45 | 45 | < | < | 44.1 | < | < | < | 98 | < | < | 9.8 | < | <
        一级指标 | 二级指标 | 三级指标 | 年度指标值 | < | < | 实际完成值 | 分值 | 得分 | 偏差原因分析 | < | < | < | < | 改进措施
        ^ | ^ | ^ | 运算符号 | 内容 | 度量单位 | ^ | ^ | ^ | 经费保障 | 制度保障 | 人员保障 | 硬件条件保障 | 原因说明 | ^
        产出指标 | 数量指标 | 监控点位 | >= | 38 | 个 | 36 | 50 | 47.4 |  |  |  | 设备老化 | 两处设备待更换 | 2024年更换
        ^ | 时效指标 | 故障修复时间 | <= | 24 | 小时 | 20 | 20 | 20 |  |  |  |  |  |
        满意度指标 | 满意度指标 | 渔民满意度 | >= | 85 | % | 90 | 20 | 20 |  |  |  |  |  |
        合计 |  | < | < | < | < | < | 100 | 97.2 |  | < | < | < | < | <
            """
        ),
    )


def numbered_names() -> Document:
    """Shanxi: numbered indicator names, zero budgets, goal labels inside their cells."""
    return document(
        "2020年度省级项目支出绩效自评表",
        table(
            """
        项目名称 | 古树名木保护 | < | < | < | < | < | <
        主管部门 | 汾原省林草局 | < | < | 实施单位 | 汾原省林业站 | < | <
        项目资金(万元) |  | 年初预算数 | 全年预算数 | 全年执行数 | 分值 | 执行率 | 得分
        ^ | 年度资金总额 | 0 | 50 | 50 | 10 | 100% | 10
        ^ | 其中：财政拨款 | 0 | 50 | 50 | — | — | —
        ^ | 其他资金 | 0 | 0 | 0 | — | — | —
        年度总体目标 | 预期目标：保护古树200株。 | < | < | < | 实际完成情况：保护古树205株。 | < | <
        绩效指标 | 一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分
        ^ | 产出指标 | 数量指标 | 指标1：古树复壮株数 | ≥200株 | 205株 | 20 | 20
        ^ | ^ | ^ | 指标2：修剪株数 | 500株 | 430株 | 20 | 17.2
        ^ | 效益指标 | 生态效益指标 | 指标1：古树存活率 | ≥98% | 99% | 30 | 30
        ^ | 满意度指标 | 服务对象满意度指标 | 指标1：群众满意度 | ≥90% | 95% | 10 | 10
        总分 | < | < | < | < | < | 100 | 87.2
            """
        ),
    )


def parts_in_tables_of_their_own() -> Document:
    """Header, funds, goal and indicators as four tables under captions; unit in a caption."""
    return document(
        "附件2",
        "青禾市财政支出项目绩效自评表",
        "（2022年度）",
        "填报单位：青禾市水务局    单位：元",
        table(
            """
        项目名称 | 水质监测 | 项目负责人 | 李某
        主管部门 | 青禾市水务局 | 项目实施单位 | 青禾市水文站
            """
        ),
        "一、资金情况",
        table(
            """
        资金来源 | 年初预算数 | 调整后预算数 | 实际支出数 | 预算执行率
        合计 | 120,000 | 118,000 | 118,000 | 100.00%
        市级财政资金 | 120,000 | 118,000 | 118,000 | 100.00%
        自筹资金 |  |  |  |
            """
        ),
        "二、绩效目标",
        table(
            """
        预期目标 | 完成水质监测48次，出具报告48份。
        实际完成情况 | 完成监测48次，出具报告48份。
            """
        ),
        "三、绩效指标",
        table(
            """
        一级指标 | 二级指标 | 三级指标 | 目标值 | 完成值 | 权重 | 得分 | 扣分原因及改进措施
        产出指标(50) | 数量指标 | 监测次数 | 48次 | 48次 | 25 | 25 |
         | 质量指标 | 数据有效率 | ≥95% | 97% | 25 | 25 |
        效益指标(40) | 社会效益指标 | 超标预警及时率 | ≥90% | 85% | 40 | 37.8 | 一次预警延迟，已改进值班。
        合计 |  |  |  |  | 90 | 87.8 |
            """
        ),
        "评价等级：良",
    )


def two_forms_in_one_table() -> Document:
    """Titles inside the table; ticks behind the grades."""
    return document(
        table(
            """
        项目支出绩效自评表（2021年度） | < | < | < | < | <
        项目名称 | 慢病筛查 | < | < | < | <
        主管部门 | 云麓区卫健局 | < | 实施单位 | 云麓区疾控中心 | <
        项目资金（万元） | 预算数 | 执行数 | 执行率 | 分值 | 得分
        年度资金总额 | 12 | 12 | 100% | 10 | 10
        年度总体目标 | 预期目标 | < | < | 实际完成情况 | <
         | 慢病筛查目标。 | < | < | 慢病筛查完成。 | <
        一级指标 | 三级指标 | 指标值 | 完成值 | 分值 | 得分
        产出指标 | 服务人数 | 100人 | 110人 | 50 | 50
        效益指标 | 健康水平 | 提升 | 达成指标 | 40 | 36
        总分 |  |  |  | 100 | 96
        评分等级 | 优（√） 良（ ） 中（ ） 差（ ） | < | < | < | <
        项目支出绩效自评表（2021年度） | < | < | < | < | <
        项目名称 | 疫苗接种 | < | < | < | <
        主管部门 | 云麓区卫健局 | < | 实施单位 | 云麓区妇幼院 | <
        项目资金（万元） | 预算数 | 执行数 | 执行率 | 分值 | 得分
        年度资金总额 | 8 | 8 | 100% | 10 | 10
        年度总体目标 | 预期目标 | < | < | 实际完成情况 | <
         | 疫苗接种目标。 | < | < | 疫苗接种完成。 | <
        一级指标 | 三级指标 | 指标值 | 完成值 | 分值 | 得分
        产出指标 | 服务人数 | 100人 | 110人 | 50 | 50
        效益指标 | 健康水平 | 提升 | 达成指标 | 40 | 36
        总分 |  |  |  | 100 | 96
        评分等级 | 优（√） 良（ ） 中（ ） 差（ ） | < | < | < | <
            """
        ),
    )


def continued_without_header() -> Document:
    """The second page continues the first one's columns; blank level cells."""
    return document(
        "2023年项目支出绩效自评表",
        table(
            """
        项目名称 | 桥梁巡查 | < | <
        实施单位 | 江桥养护所 | < | <
            """
        ),
        table(
            """
        一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分 | 偏差原因分析及改进措施
        产出指标 | 数量指标 | 巡查次数 | ≥12次 | 12次 | 20 | 20 |
         |  | 巡查报告 | 12份 | 12份 | 20 | 20 |
            """
        ),
        table(
            """
         | 质量指标 | 报告合格率 | 100% | 100% | 10 | 10 |
        效益指标 | 社会效益指标 | 隐患整改率 | ≥95% | 96% | 30 | 30 |
        总分 |  |  |  |  | 80 | 80 |
            """,
            page=2,
        ),
    )


def recognition_slips_in_headers() -> Document:
    """Header words with wrong and lost characters."""
    return document(
        "项目支出绩效自评表(2023年度)",
        table(
            """
        项目名祢 | 路灯维护 | < | < | < | < | <
        主管部门 | 市城管局 | < | < | 实施单位 | 市路灯所 | <
        项目资金(万元) |  | 年初预算数 | 全年预箅数 | 全年执行数 | 执行率(%) | 得分
         | 年度资金总额 | 20.00 | 20.00 | 19.00 | 95.00 | 9.50
        级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完咸值 | 分值 | 得分
        产出指标 | 数量指标 | 维护盏数 | ≥300盏 | 310盏 | 50 | 50
        效益指标 | 社会效益指标 | 亮灯率 | ≥98% | 98.5% | 30 | 30
        满意度指标 | 服务对象满意度指标 | 居民满意度 | ≥90% | 92% | 10 | 10
        总分 |  |  |  |  | 100 | 99.5
            """
        ),
    )


def labels_above_values() -> Document:
    """A header row of labels over a row of values; four levels."""
    return document(
        "部门整体支出绩效自评表",
        "2022年度",
        table(
            """
        部门名称 | 预算年度 | 自评总分 | 评价等级
        松岭县林业局 | 2022 | 93.5 | 优
            """
        ),
        table(
            """
        一级指标 | 二级指标 | 三级指标 | 四级指标 | 指标值 | 完成值 | 权重 | 自评得分
        履职效能 | 整体效能 | 产出 | 造林面积 | 5000亩 | 5200亩 | 30 | 30
        ^ | ^ | ^ | 抚育面积 | 3000亩 | 2800亩 | 30 | 28
        ^ | ^ | 效果 | 森林覆盖率 | ≥60% | 60.4% | 30 | 30
            """
        ),
    )


def execution_rate_among_indicators() -> Document:
    """预算执行率 across the level columns; weights in the levels' headings; ticked boxes."""
    return document(
        "2021年度项目绩效自评表",
        table(
            """
        项目名称 | 信访救助 | < | < | < | < | <
        单位名称 | 安平县信访局 | < | < | < | < | <
        预算执行（万元） | 预算数 | 15 | 执行数 | 15 | 执行率 | 100%
        一级指标 | 二级指标 | 三级指标 | 预期值 | 实际值 | 分值 | 自评得分
        预算执行率（10分） | < | < | 100% | 100% | 10 | 10
        产出指标（50分） | 数量指标 | 救助人数 | 30人 | 31人 | 50 | 50
        效益指标（30分） | 信访秩序 | < | 好转 | 基本好转 | 30 | 25
        满意度（10分） |  | 群众满意度 | 90% |  | 10 | 10
        合计 |  | < | < | < | 100 | 95
        等级 | □优 ☑良 □中 □差 | < | < | < | < | <
            """
        ),
    )


def weights_of_every_level() -> Document:
    """A weight behind each level; budget received; goal and outcome as two rows."""
    return document(
        "2023年度项目绩效自评表",
        table(
            """
        项目名称 | 农贸市场改造 | < | < | < | < | < | < | <
        预算部门 | 雾川区商务局 | < | < | 项目负责人 | 王某 | < | < | <
        资金来源 | 预算数（万元） | < | 实际到位数（万元） | < | 实际支出数（万元） | < | 支出率 | <
        合计 | 320 | < | 320 | < | 304 | < | 95% | <
        区级财政 | 200 | < | 200 | < | 190 | < | 95% | <
        自筹 | 120 | < | 120 | < | 114 | < | 95% | <
        年度绩效目标 | 改造农贸市场2个。 | < | < | < | < | < | < | <
        目标实现情况 | 改造完成2个。 | < | < | < | < | < | < | <
        一级指标 | 分值 | 二级指标 | 分值 | 三级指标 | 分值 | 目标值 | 完成值 | 得分
        产出 | 60 | 数量 | 30 | 改造市场 | 20 | 2个 | 2个 | 20
        ^ | ^ | ^ | ^ | 新增摊位 | 10 | 60个 | 54个 | 9
        ^ | ^ | 质量 | 30 | 验收合格率 | 30 | 100% | 100% | 30
        效益 | 40 | 社会效益 | 40 | 商户满意 | 40 | ≥90% | 95% | 40
        合计 | 100 |  | 100 |  | 100 |  |  | 99
            """
        ),
    )


def funds_in_label_and_value_pairs() -> Document:
    """The funds block as pairs over two rows, its weight in the heading; total and grade side by side."""
    return document(
        "附件3",
        "部门预算项目支出绩效自评表",
        "（2022年度）单位：万元",
        table(
            """
        项目编码 | 35010022 | < | 项目名称 | 防汛物资储备 | < | <
        主管部门 | 屿城市应急局 | < | 实施单位 | 屿城市物资储备中心 | < | <
        预算执行率（10分） | 年初预算数 | 45 | 全年预算数 | 48 | 执行数 | 36
        ^ | 执行率 | 75% | 得分 | 7.5 | 偏差原因 | 尾款未付
        年度总体目标 | 预期目标 | 储备编织袋5万条。 | < | < | < | <
        ^ | 实际完成情况 | 储备编织袋5万条，水泵6台。 | < | < | < | <
        绩效指标 | 一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 得分/分值
        ^ | 产出指标 | 数量指标 | 编织袋 | 5万条 | 5万条 | 45/45
        ^ | 效益指标 | 社会效益 | 应急保障 | 有效 | 有效 | 44/45
        自评总分 | 96.5 | < | 自评等级 | 优 | < | <
            """
        ),
    )


def evaluation_criteria() -> Document:
    """Criteria in place of targets; level headings under one heading."""
    return document(
        "2021年度部门整体支出绩效自评表",
        table(
            """
        评价指标 | < | < | 指标说明 | 评分标准 | 权重 | 自评分 | 自评说明
        一级指标 | 二级指标 | 三级指标 | ^ | ^ | ^ | ^ | ^
        预算编制 | 目标设定 | 绩效目标合理性 | 目标是否符合规划 | 符合得满分 | 5 | 5 |
        ^ | ^ | 指标明确性 | 指标是否量化 | 量化得满分 | 5 | 4 | 个别指标未量化
        履职效益 | 社会效益 | 公众满意度 | 问卷满意度 | 90%以上满分 | 10 | 10 |
        总分 | < | < |  |  | 20 | 19 |
            """
        ),
    )


def goal_under_two_block_words() -> Document:
    """年度目标 over what was set, 全年目标完成情况 over what became of it; a total of one figure."""
    return document(
        "项目支出绩效自评表",
        table(
            """
        （2023年度） | < | < | < | < | < | < | <
        项目名称 | 一体化平台运维 | < | < | < | < | < | <
        主管部门 | 海岚市数据局 | < | < | 实施单位 | 海岚市数据局本级 | < | <
        项目资金（元） |  | 年初预算数 | 全年预算数 | 全年执行数 | 分值 | 执行率 | 得分
        ^ | 年度资金总额 | 1,200,000.00 | 1,200,000.00 | 1,199,998.50 | 10.00 | 100.00 | 10.00
        ^ | 其中：当年财政拨款 | 1,200,000.00 | 1,200,000.00 | 1,199,998.50 | -- | -- | --
        ^ | 上年结转资金 | -- | -- | -- | -- | -- | --
        年度总体目标 | 年度目标 | < | < | 全年目标完成情况 | < | < | <
        ^ | 保障平台运行。 | < | < | 平台运行平稳。 | < | < | <
        绩效指标 | 一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值（90分） | 得分
        ^ | 成本指标 | 经济成本指标 | 运维成本 | ≤120万元 | 1199998.5元 | 20 | 20
        ^ | 产出指标 | 质量指标 | 系统可用率 | ≥99.9% | 99.95% | 70 | 70
        总分： | 100 | < | < | < | < | < | <
            """
        ),
    )


def text(value: object) -> str | None:
    return getattr(value, "text", None)


def wan(value: object) -> float | None:
    amount = getattr(value, "value", None)
    return None if amount is None else amount / 10_000


def fund(line: FundLine) -> tuple[object, ...]:
    amounts = (wan(line.initial_budget), wan(line.annual_budget), wan(line.executed))
    return (line.category, *amounts, line.weight, line.execution_rate, line.score)


def row(line: Indicator) -> tuple[object, ...]:
    texts = (line.level1, line.level2, line.level3, text(line.target), text(line.actual))
    return (*texts, line.weight, line.score, line.deviation)


def head(found: Evaluation) -> tuple[object, ...]:
    names = (found.subject, found.competent_department, found.implementing_unit)
    return (found.kind, found.year, *map(text, names), found.total_weight, found.total_score, found.grade)


def goal(found: Evaluation) -> tuple[str | None, str | None]:
    return text(found.goal.expected), text(found.goal.actual)


def test_two_storey_header() -> None:
    (found,) = assemble(two_storey_header())[0]
    assert head(found) == ("project", 2023, "乡村图书角建设", "澄湖县文化局", "澄湖县图书馆", 100, 88, "良")
    assert goal(found) == ("建成乡村图书角12个，配书6000册。", "建成9个，配书4800册。")
    assert [fund(line) for line in found.funds] == [
        ("total", 30, 28, 21, 10, 75, 7.5),
        ("fiscal", 30, 28, 21, None, 75, None),
        ("carryover", 0, 0, 0, None, None, None),
        ("other", None, None, None, None, None, None),
    ]
    assert [row(line) for line in found.indicators] == [
        ("产出指标", "数量指标", "图书角数量", "≥12个", "9", 30, 22.5, "两处选址未定，2024年建成"),
        ("产出指标", "数量指标", "配书册数", ">=6000册", "4800", 10, 8, None),
        ("产出指标", "质量指标", "验收合格率", "=100%", "100", 10, 10, None),
        ("效益指标", "社会效益指标", "村民阅读便利程度", "=明显提升是/否", "明显提升", 30, 30, None),
        ("满意度指标", "服务对象满意度指标", "村民满意度", "≥90%", "93", 10, 10, None),
    ]


def test_pairs_under_headings() -> None:
    (found,) = assemble(pairs_under_headings())[0]
    assert head(found) == ("project", 2022, "校园管网改造", None, "云溪区教育局", None, 58, None)
    assert goal(found) == ("改造管网3.2公里。", "改造管网2.9公里。")
    assert [fund(line) for line in found.funds] == [
        ("total", None, 120.5, 100.25, None, None, None),
        ("fiscal", None, 100, 80, None, None, None),
        ("other", None, 20.5, 20.25, None, None, None),
    ]
    assert [row(line) for line in found.indicators] == [
        ("产出指标", "数量指标", "指标1：改造长度", "3.2公里", "2.9公里", None, 18, None),
        ("产出指标", "质量指标", "指标1：一次验收合格率", "100%", "100%", None, 20, None),
        ("效果指标", "社会效益指标", "指标1：内涝投诉下降", "≥30%", "35%", None, 20, None),
    ]


def test_department_with_two_goals() -> None:
    (found,) = assemble(department_with_two_goals())[0]
    assert head(found) == ("department", 2021, "北浦市审计局", None, None, None, 91.5, None)
    assert goal(found) == ("完成审计项目26个。推进审计信息化。", None)
    assert [fund(line) for line in found.funds] == [
        ("basic", None, 820.5, None, None, None, None),
        ("project", None, 310, None, None, None, None),
        ("total", None, 1130.5, 1102.3, 20, 97.51, 19.5),
    ]
    assert [row(line) for line in found.indicators] == [
        ("产出指标", "数量指标", "审计项目数", "26个", "27个", None, 20, None),
        ("产出指标", "质量指标", "审计报告采纳率", "≥95%", "96%", None, 10, None),
        ("效益指标", "经济效益指标", "促进增收节支", "500万元", "612万元", None, 10, None),
        ("产出指标", "数量指标", "数据分析模型", "5个", "4个", None, 32, "数据分析模型未完成5个，因采购推迟。"),
    ]


def test_funds_with_rows_and_columns_swapped() -> None:
    (found,) = assemble(funds_with_rows_and_columns_swapped())[0]
    assert head(found) == ("project", 2020, "应急演练", None, "禾川县应急局", 90, 90, None)
    assert [fund(line) for line in found.funds] == [
        ("total", 50, 50, 45, None, 90, None),
        ("fiscal", 40, 40, 40, None, 100, None),
        ("other", 10, 10, 5, None, 50, None),
    ]
    assert [row(line) for line in found.indicators] == [
        ("产出指标", "数量指标", "演练场次", "4场", "4场", 50, 50, None),
        ("效益指标", "社会效益", "应急能力", "提升", "提升", 40, 40, None),
    ]


def test_funds_in_two_storeys() -> None:
    (found,) = assemble(funds_in_two_storeys())[0]
    assert head(found) == ("project", 2019, "河道清淤", None, None, 60, 33, None)
    assert [fund(line) for line in found.funds] == [
        ("total", 60, 66, 33, None, 50, 5),
        ("fiscal", 50, 56, 28, None, None, None),
    ]
    assert [row(line) for line in found.indicators] == [
        ("产出", "数量", "清淤方量", "≥1.2万立方米", "6000立方米", 50, 25, "雨季停工"),
        ("产出", "时效", "完工时间", "2019年11月底前", "2019年12月", 10, 8, None),
    ]


def test_figures_inside_label_cells() -> None:
    (found,) = assemble(figures_inside_label_cells())[0]
    assert head(found) == ("department", 2023, "湘桥省地方志编纂院", None, None, 100, 97.88, None)
    assert goal(found) == ("编纂志书3部。", "编纂志书3部，年鉴1部。")
    assert [fund(line) for line in found.funds] == [
        ("total", 1500, 1620.4, 1600.2, 10, 98.75, 9.88),
        ("fiscal", None, 1600.4, None, None, None, None),
        ("basic", None, 1100.2, None, None, None, None),
        ("fiscal", None, 0, None, None, None, None),
        ("project", None, 500, None, None, None, None),
        ("other", None, 20, None, None, None, None),
    ]
    assert [row(line) for line in found.indicators] == [
        ("产出指标", "数量指标", "志书部数", "3部", "3部", 50, 50, None),
        ("效益指标", "社会效益指标", "读志用志", "有所提高", "有所提高", 30, 28, None),
        ("满意度指标", "服务对象满意度指标", "读者满意度", "≥90%", "91%", 10, 10, None),
    ]


def test_transfer_payment() -> None:
    (found,) = assemble(transfer_payment())[0]
    assert head(found) == (
        "project",
        2022,
        "农村危房改造补助资金",
        "榆川省住房和城乡建设厅",
        "榆川省各县",
        None,
        None,
        None,
    )
    assert goal(found) == ("改造危房1800户。", "改造1812户。")
    assert [fund(line) for line in found.funds] == [
        ("total", None, 2400, 2280, None, 95, None),
        ("fiscal", None, 2000, 1900, None, 95, None),
        ("fiscal", None, 400, 380, None, 95, None),
    ]
    assert [row(line) for line in found.indicators] == [
        ("产出指标", "数量指标", "改造户数", "≥1800户", "1812户", None, None, None),
        ("产出指标", "时效指标", "当年开工率", "100%", "98%", None, None, "3个县冬季停工"),
        ("满意度指标", "服务对象满意度指标", "改造户满意度", "≥90%", "97%", None, None, None),
    ]


def test_reasons_in_several_columns() -> None:
    (found,) = assemble(reasons_in_several_columns())[0]
    assert head(found) == ("project", 2023, "渔港监控运维", "渔湾市海洋局", "渔湾市渔政支队", 100, 97.2, None)
    assert [fund(line) for line in found.funds] == [("total", 45, 45, 44.1, None, 98, 9.8)]
    assert [row(line) for line in found.indicators] == [
        ("产出指标", "数量指标", "监控点位", ">=38个", "36", 50, 47.4, "设备老化；两处设备待更换；2024年更换"),
        ("产出指标", "时效指标", "故障修复时间", "<=24小时", "20", 20, 20, None),
        ("满意度指标", "满意度指标", "渔民满意度", ">=85%", "90", 20, 20, None),
    ]


def test_numbered_names() -> None:
    (found,) = assemble(numbered_names())[0]
    assert head(found) == ("project", 2020, "古树名木保护", "汾原省林草局", "汾原省林业站", 100, 87.2, None)
    assert goal(found) == ("保护古树200株。", "保护古树205株。")
    assert [fund(line) for line in found.funds] == [
        ("total", 0, 50, 50, 10, 100, 10),
        ("fiscal", 0, 50, 50, None, None, None),
        ("other", 0, 0, 0, None, None, None),
    ]
    assert [row(line) for line in found.indicators] == [
        ("产出指标", "数量指标", "指标1：古树复壮株数", "≥200株", "205株", 20, 20, None),
        ("产出指标", "数量指标", "指标2：修剪株数", "500株", "430株", 20, 17.2, None),
        ("效益指标", "生态效益指标", "指标1：古树存活率", "≥98%", "99%", 30, 30, None),
        ("满意度指标", "服务对象满意度指标", "指标1：群众满意度", "≥90%", "95%", 10, 10, None),
    ]


def test_parts_in_tables_of_their_own() -> None:
    (found,) = assemble(parts_in_tables_of_their_own())[0]
    assert head(found) == ("project", 2022, "水质监测", "青禾市水务局", "青禾市水文站", 90, 87.8, "良")
    assert goal(found) == ("完成水质监测48次，出具报告48份。", "完成监测48次，出具报告48份。")
    assert [fund(line) for line in found.funds] == [
        ("total", 12, 11.8, 11.8, None, 100, None),
        ("fiscal", 12, 11.8, 11.8, None, 100, None),
        ("other", None, None, None, None, None, None),
    ]
    assert [row(line) for line in found.indicators] == [
        ("产出指标", "数量指标", "监测次数", "48次", "48次", 25, 25, None),
        ("产出指标", "质量指标", "数据有效率", "≥95%", "97%", 25, 25, None),
        ("效益指标", "社会效益指标", "超标预警及时率", "≥90%", "85%", 40, 37.8, "一次预警延迟，已改进值班。"),
    ]


def test_two_forms_in_one_table() -> None:
    first, second = assemble(two_forms_in_one_table())[0]
    assert head(first) == ("project", 2021, "慢病筛查", "云麓区卫健局", "云麓区疾控中心", 100, 96, "优")
    assert goal(first) == ("慢病筛查目标。", "慢病筛查完成。")
    assert [fund(line) for line in first.funds] == [("total", None, 12, 12, 10, 100, 10)]
    assert [row(line) for line in first.indicators] == [
        ("产出指标", None, "服务人数", "100人", "110人", 50, 50, None),
        ("效益指标", None, "健康水平", "提升", "达成指标", 40, 36, None),
    ]
    assert head(second) == ("project", 2021, "疫苗接种", "云麓区卫健局", "云麓区妇幼院", 100, 96, "优")
    assert goal(second) == ("疫苗接种目标。", "疫苗接种完成。")
    assert [fund(line) for line in second.funds] == [("total", None, 8, 8, 10, 100, 10)]
    assert [row(line) for line in second.indicators] == [
        ("产出指标", None, "服务人数", "100人", "110人", 50, 50, None),
        ("效益指标", None, "健康水平", "提升", "达成指标", 40, 36, None),
    ]


def test_continued_without_header() -> None:
    (found,) = assemble(continued_without_header())[0]
    assert head(found) == ("project", 2023, "桥梁巡查", None, "江桥养护所", 80, 80, None)
    assert [fund(line) for line in found.funds] == []
    assert [row(line) for line in found.indicators] == [
        ("产出指标", "数量指标", "巡查次数", "≥12次", "12次", 20, 20, None),
        ("产出指标", "数量指标", "巡查报告", "12份", "12份", 20, 20, None),
        ("产出指标", "质量指标", "报告合格率", "100%", "100%", 10, 10, None),
        ("效益指标", "社会效益指标", "隐患整改率", "≥95%", "96%", 30, 30, None),
    ]


def test_recognition_slips_in_headers() -> None:
    (found,) = assemble(recognition_slips_in_headers())[0]
    assert head(found) == ("project", 2023, "路灯维护", "市城管局", "市路灯所", 100, 99.5, None)
    assert [fund(line) for line in found.funds] == [("total", 20, 20, 19, None, 95, 9.5)]
    assert [row(line) for line in found.indicators] == [
        ("产出指标", "数量指标", "维护盏数", "≥300盏", "310盏", 50, 50, None),
        ("效益指标", "社会效益指标", "亮灯率", "≥98%", "98.5%", 30, 30, None),
        ("满意度指标", "服务对象满意度指标", "居民满意度", "≥90%", "92%", 10, 10, None),
    ]


def test_labels_above_values() -> None:
    (found,) = assemble(labels_above_values())[0]
    assert head(found) == ("department", 2022, "松岭县林业局", None, None, None, 93.5, "优")
    assert [fund(line) for line in found.funds] == []
    assert [row(line) for line in found.indicators] == [
        ("履职效能", "整体效能", "造林面积", "5000亩", "5200亩", 30, 30, None),
        ("履职效能", "整体效能", "抚育面积", "3000亩", "2800亩", 30, 28, None),
        ("履职效能", "整体效能", "森林覆盖率", "≥60%", "60.4%", 30, 30, None),
    ]


def test_execution_rate_among_indicators() -> None:
    (found,) = assemble(execution_rate_among_indicators())[0]
    assert head(found) == ("project", 2021, "信访救助", None, "安平县信访局", 100, 95, "良")
    assert [fund(line) for line in found.funds] == [("total", None, 15, 15, None, 100, None)]
    assert [row(line) for line in found.indicators] == [
        (None, None, "预算执行率（10分）", "100%", "100%", 10, 10, None),
        ("产出指标", "数量指标", "救助人数", "30人", "31人", 50, 50, None),
        ("效益指标", None, "信访秩序", "好转", "基本好转", 30, 25, None),
        ("满意度", None, "群众满意度", "90%", None, 10, 10, None),
    ]


def test_weights_of_every_level() -> None:
    (found,) = assemble(weights_of_every_level())[0]
    assert head(found) == ("project", 2023, "农贸市场改造", "雾川区商务局", None, 100, 99, None)
    assert goal(found) == ("改造农贸市场2个。", "改造完成2个。")
    assert [fund(line) for line in found.funds] == [
        ("total", None, 320, 304, None, 95, None),
        ("fiscal", None, 200, 190, None, 95, None),
        ("other", None, 120, 114, None, 95, None),
    ]
    assert [(i.level1, i.level2, i.level3, i.weight) for i in found.indicators] == [
        ("产出", "数量", "改造市场", 20),
        ("产出", "数量", "新增摊位", 10),
        ("产出", "质量", "验收合格率", 30),
        ("效益", "社会效益", "商户满意", 40),
    ]


def test_funds_in_label_and_value_pairs() -> None:
    (found,) = assemble(funds_in_label_and_value_pairs())[0]
    assert head(found) == ("project", 2022, "防汛物资储备", "屿城市应急局", "屿城市物资储备中心", None, 96.5, "优")
    assert [fund(line) for line in found.funds] == [("total", 45, 48, 36, 10, 75, 7.5)]
    assert goal(found) == ("储备编织袋5万条。", "储备编织袋5万条，水泵6台。")


def test_evaluation_criteria() -> None:
    (found,) = assemble(evaluation_criteria())[0]
    assert [row(line) for line in found.indicators] == [
        ("预算编制", "目标设定", "绩效目标合理性", None, None, 5, 5, None),
        ("预算编制", "目标设定", "指标明确性", None, None, 5, 4, "个别指标未量化"),
        ("履职效益", "社会效益", "公众满意度", None, None, 10, 10, None),
    ]


def test_goal_under_two_block_words() -> None:
    (found,) = assemble(goal_under_two_block_words())[0]
    assert head(found) == ("project", 2023, "一体化平台运维", "海岚市数据局", "海岚市数据局本级", None, 100, None)
    assert goal(found) == ("保障平台运行。", "平台运行平稳。")
    assert [fund(line) for line in found.funds] == [
        ("total", 120, 120, 119.99985, 10, 100, 10),
        ("fiscal", 120, 120, 119.99985, None, None, None),
        ("carryover", None, None, None, None, None, None),
    ]


def part_labels_at_the_side() -> Document:
    """Guangdong: a label down the side of the indicators that would serve as a heading; a budget before its change."""
    return document(
        "2023年度财政支出项目绩效自评表",
        table(
            """
        项目名称 | 滩涂界桩维护 | < | < | < | < | < | <
        主管部门 | 潮平市自然资源局 | < | < | 用款单位 | 潮平市海岸站 | < | <
        资金使用情况 | 资金来源 | < | 预算安排（万元） | 调整后预算（万元） | 实际支出（万元） | 权重 | 得分
        ^ | 合计 | < | 52 | 48 | 36 | 10 | 7.5
        ^ | 市级财政资金 | < | 52 | 48 | 36 |  |
        绩效指标完成情况 | 一级指标 | 二级指标 | 三级指标 | 权重 | 目标值 | 完成值 | 自评分
        ^ | 产出指标 | 数量指标 | 更换界桩 | 40 | 30根 | 24根 | 32
        ^ | ^ | 时效指标 | 完成时间 | 10 | 10月 | 9月 | 10
        ^ | 效益指标 | 社会效益指标 | 侵占事件 | 40 | 下降 | 下降 | 40
        自评总分 | < | < | < | < | < | < | 89.5
            """
        ),
    )


def tasks_and_groups_of_money() -> Document:
    """Henan, department: tasks with money of their own below the goal; sources and uses under headings of no money."""
    return document(
        "部门（单位）整体绩效自评表",
        "（2022年度）",
        table(
            """
        部门（单位）名称 | 柳川市林业局 | < | < | < | < | <
        年度履职目标 | 目标1：造林500亩；目标2：管护林地2万亩。 | < | < | < | < | <
        年度目标完成情况 | 造林520亩，管护林地2万亩。 | < | < | < | < | <
        年度主要任务 | 任务名称 | 主要内容 | < | 预算金额 | < | 执行金额
        ^ | ^ | ^ | < | 总额 | 财政拨款 | ^
        ^ | 造林 | 荒山造林 | < | 120 | 100 | 118
        ^ | 管护 | 巡林 | < | 80 | 80 | 79
        预算情况（万元） |  | 年初预算 | 全年预算 | 执行数 | 分值 | 得分
        ^ | 部门预算总额 | 300 | 320 | 304 | 10 | 9.5
        ^ | 1.资金来源 |  |  |  |  |
        ^ | （1）政府预算资金 | 280 | 300 | 286 |  |
        ^ | （2）单位资金 | 20 | 20 | 18 |  |
        ^ | 2.资金结构 |  |  |  |  |
        ^ | （1）基本支出 | 100 | 120 | 119 |  |
        ^ | （2）项目支出 | 200 | 200 | 185 |  |
        一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分
        产出指标 | 履职完成 | 造林面积 | ≥500亩 | 520亩 | 90 | 90
        总分 | < | < | < | < | 100 | 99.5
            """
        ),
    )


def bands_over_each_part(unit: str, total: int) -> Document:
    """Inner Mongolia: the funds' unit in the band above them, kinds of figures down; a further text under the goal."""
    return document(
        "2023年度财政项目支出绩效自评表",
        table(
            f"""
        项目名称 | 人工饲草地 | < | < | < | <
        实施单位 | 白音旗草原站 | < | < | < | <
        资金投入和使用情况（单位：{unit}） | < | < | < | < | <
         | 合计 | < | 中央财政资金 | < | 自治区财政资金
        预算安排 | {total} | < | {total} | < | 0
        调整后预算 | {total} | < | {total} | < | 0
        全年执行 | {total} | < | {total} | < | 0
        绩效目标 | < | < | < | < | <
        预期目标 | 种草3万亩。 | < | < | < | <
        实际完成情况 | 种草3.1万亩。 | < | < | < | <
        主要经验做法 | 统一供种，按工序拨款。 | < | < | < | <
        一级指标 | 二级指标 | 三级指标 | 指标值 | 完成值 | 得分
        产出指标 | 数量指标 | 种草面积 | 3万亩 | 3.1万亩 | 90
        总分 | < | < | < | < | 90
            """
        ),
    )


def test_part_labels_at_the_side() -> None:
    (found,) = assemble(part_labels_at_the_side())[0]
    assert [fund(line) for line in found.funds] == [
        ("total", 52, 48, 36, 10, None, 7.5),
        ("fiscal", 52, 48, 36, None, None, None),
    ]
    assert [row(line) for line in found.indicators] == [
        ("产出指标", "数量指标", "更换界桩", "30根", "24根", 40, 32, None),
        ("产出指标", "时效指标", "完成时间", "10月", "9月", 10, 10, None),
        ("效益指标", "社会效益指标", "侵占事件", "下降", "下降", 40, 40, None),
    ]


def test_tasks_and_groups_of_money() -> None:
    (found,) = assemble(tasks_and_groups_of_money())[0]
    assert goal(found) == ("目标1：造林500亩；目标2：管护林地2万亩。", "造林520亩，管护林地2万亩。")
    assert [(line.label, *fund(line)) for line in found.funds] == [
        ("部门预算总额", "total", 300, 320, 304, 10, None, 9.5),
        ("（1）政府预算资金", "fiscal", 280, 300, 286, None, None, None),
        ("（2）单位资金", "other", 20, 20, 18, None, None, None),
        ("（1）基本支出", "basic", 100, 120, 119, None, None, None),
        ("（2）项目支出", "project", 200, 200, 185, None, None, None),
    ]


@pytest.mark.parametrize(("unit", "total"), [("元", 5_200_000), ("万元", 520), ("千元", 5200)])
def test_bands_over_each_part(unit: str, total: int) -> None:
    (found,), notices = assemble(bands_over_each_part(unit, total))
    assert [fund(line)[:4] for line in found.funds] == [
        ("total", 520, 520, 520),
        ("fiscal", 520, 520, 520),
        ("fiscal", 0, 0, 0),
    ]
    assert goal(found) == ("种草3万亩。", "种草3.1万亩。")
    assert not [notice for notice in notices if notice.code == "money_unit_assumed"]


def test_a_unit_printed_nowhere_is_told() -> None:
    drawn = bands_over_each_part("元", 520)
    cells = [cell for block in drawn.blocks if isinstance(block, Table) for cell in block.cells]
    for cell in cells:
        cell.lines = [line for line in cell.lines if "单位：元" not in line.text]
    (found,), notices = assemble(drawn)
    assert [fund(line)[1] for line in found.funds] == [520, 520, 0]
    assert [notice.code for notice in notices if notice.code == "money_unit_assumed"]


@pytest.mark.parametrize("central_first", [True, False])
def test_of_a_central_and_a_local_competent_department_the_local_one_is_taken(central_first: bool) -> None:
    labels = ["中央主管部门 | 国家林草局 | <", "地方主管部门 | 柳川省林业局 | <"]
    labels = labels if central_first else labels[::-1]
    form = f"""项目名称 | 公益林管护 | < | < | < | <
        {" | ".join(labels)}
        实施单位 | 柳川市林场 | < | < | < | <
        一级指标 | 二级指标 | 三级指标 | 指标值 | 完成值 | 分值
        产出指标 | 数量指标 | 管护面积 | 2万亩 | 2万亩 | 90"""
    (found,) = assemble(document("2023年度转移支付绩效自评表", table(form)))[0]
    assert text(found.competent_department) == "柳川省林业局"


def test_a_central_competent_department_alone_is_taken() -> None:
    form = """项目名称 | 公益林管护 | < | 中央主管部门 | 国家林草局 | <
        一级指标 | 二级指标 | 三级指标 | 指标值 | 完成值 | 分值
        产出指标 | 数量指标 | 管护面积 | 2万亩 | 2万亩 | 90"""
    (found,) = assemble(document("2023年度转移支付绩效自评表", table(form)))[0]
    assert text(found.competent_department) == "国家林草局"


def piece(words: str, x: float, y: float = 0.0) -> Line:
    chars = tuple(Char(c, x + 10 * i, x + 10 * i + 10) for i, c in enumerate(words))
    return Line(1, Box(x, y, x + 10 * len(words), y + 10), chars)


def header_in_one_cell(*lines: Line) -> tuple[str | None, str | None]:
    """The competent department and the implementing unit of a form that has both in one cell, in these lines."""
    drawn = table(
        """项目名称 | 公益林管护 | < | <
        单位 | < | < | <
        三级指标 | 指标值 | 完成值 | 分值
        管护面积 | 2万亩 | 2万亩 | 90"""
    )
    drawn.row(1)[0].lines = list(lines)
    (found,) = assemble(document("2023年度项目支出绩效自评表", drawn))[0]
    return text(found.competent_department), text(found.implementing_unit)


@pytest.mark.parametrize(("x", "y"), [(300, 0), (0, 20)], ids=["in one row", "in two"])
def test_labels_and_values_side_by_side_in_one_cell(x: float, y: float) -> None:
    first = piece("主管部门", 0), piece("柳川省林业局", 100)
    second = piece("实施单位", x, y), piece("柳川市林场（盖章）", x + 100, y)
    assert header_in_one_cell(*first, *second) == ("柳川省林业局", "柳川市林场")


def test_a_value_beside_its_label_in_one_cell_may_wrap() -> None:
    lines = piece("主管部门", 0), piece("柳川省林业局造林", 100), piece("管理处", 100, 14)
    assert header_in_one_cell(*lines) == ("柳川省林业局造林管理处", None)


@pytest.mark.parametrize("actual", ["年末完成情况", "实际完成情形", "年终实现情况"])
def test_what_became_of_the_goal_stands_under_whatever_heading_names_it(actual: str) -> None:
    form = f"""项目名称 | 公益林管护 | < | <
        绩效目标 | 年初目标 | < | {actual}
        ^ | 管护公益林2万亩。 | < | 管护公益林1.9万亩。
        三级指标 | 指标值 | 完成值 | 分值
        管护面积 | 2万亩 | 1.9万亩 | 90"""
    (found,) = assemble(document("2023年度项目支出绩效自评表", table(form)))[0]
    assert goal(found) == ("管护公益林2万亩。", "管护公益林1.9万亩。")

"""What running text says against itself, the form, the unit and the year; and what only looks like it."""

from __future__ import annotations

import pytest

from service.assembling import assemble
from service.reading.document import Origin
from service.schema import Check
from tests.assembling.layouts import document, table

TITLE = "澄湖县水利局2023年度部门整体支出绩效自评报告"
TABLE = """
一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分
产出指标 | 数量指标 | 清淤沟渠长度 | ≥40公里 | 41公里 | 60 | 60
满意度指标 | 满意度指标 | 群众满意度 | ≥90% | 93% | 40 | 40
总分 | < | < | < | < | 100 | 100
"""


FUNDS = """
部门名称 | 澄湖县水利局 | < | < | < | < | <
资金（万元） |  | 年初预算数 | 全年预算数 | 全年执行数 | 执行率 | 得分
^ | 年度资金总额 | 1,234.6 | 1,234.6 | 1,210.5 | 98.05% | 9.8
"""


def found(*paragraphs: str, with_table: bool = False, drawn: str = "") -> list[Check]:
    blocks = [TITLE, "一、部门概况", *paragraphs]
    drawn = TABLE if with_table else drawn
    (evaluation,), _ = assemble(document(*blocks, *([table(drawn)] if drawn else [])))
    return evaluation.checks


def of_rule(rule: str, checks: list[Check]) -> list[tuple[str | None, str | None]]:
    return [(check.expected, check.found) for check in checks if check.rule == rule]


@pytest.mark.parametrize(
    ("text", "rule", "expected", "said"),
    [
        ("全年受理群众诉求412件，已办结396件，办结率为98.2%。", "N1", "96.12%", "98.2%"),
        ("受理平台案件1240件。平台案件较多的是停车问题。平台案件已办结930件，办结率为95%。", "N1", "75%", "95%"),
        ("排查隐患3415处，整改完成3398处，隐患整改率达到97.5%。", "N1", "99.5%", "97.5%"),
        ("供水工程投资1,200万元，其中管网改造480万元，占45%。", "N1", "40%", "45%"),
        ("全年培训1260人次，其中线上420人次、线下740人次。", "N2", "1160人次", "1260人次"),
        ("全年整理档案1260页，其中文书420页、会计740页。", "N2", "1160页", "1260页"),
        ("全年印发资料1.26万份，其中手册0.42万份、折页0.74万份。", "N2", "1.16万份", "1.26万份"),
        ("实有89人，其中高级职称20人、中级职称30人、初级职称49人。", "N2", "99人", "89人"),
        ("会议费预算12.00万元，实际支出13.50万元。", "F4", "≤12.00", "13.50"),
        ("核定编制236名，其中行政编制152名、事业编制94名。", "N2", "246人", "236名"),
        ("改造一期182户、二期164户，合计356户。", "N2", "346户", "356户"),
        ("年初预算812.40万元，年中调增65.20万元，调整后预算为887.60万元。", "F4", "877.6", "887.60"),
        ("年初预算9,500万元，年中调减803.5万元，追加20万元，调整后预算为8,761.8万元。", "F4", "8716.5", "8,761.8"),
        ("全年清淤沟渠长度38公里。", "N3", "41公里", "38公里"),
        ("清淤沟渠长度达38公里。", "N3", "41公里", "38公里"),
        ("清淤沟渠长度目标40公里，实际完成40公里。", "N3", "41公里", "40公里"),
        ("年初预算9,500,000元，年中调减500,000元，调整后预算为9,200,000元。", "F4", "9000000", "9,200,000"),
        ("经评价，部门整体支出绩效自评得分为97.5分。", "N3", "100", "97.5"),
        ("青坪县水利局将认真运用自评结果。", "N4", "澄湖县水利局", "青坪县水利局"),
        ("工作推进有序。青坪市水利局全年巡查渠道96次。", "N4", "澄湖县水利局", "青坪市水利局"),
        ("检测样品8,460份，其中核酸6,920份、饮用水132份、食品486份、公共场所902份。", "N2", "8440份", "8,460份"),
        ("应收水费1,286.40万元，实收水费1,213.08万元，水费收缴率96.30%。", "N1", "94.3%", "96.30%"),
        ("截至2022年12月31日，预算执行数为120.5万元。", "N4", "2023年", "2022年"),
        ("2022年，完成渠道清淤12条。", "N4", "2023年", "2022年"),
    ],
)
def test_a_contradiction_is_found(text: str, rule: str, expected: str, said: str) -> None:
    checks = [c for c in found(text, with_table=True) if c.rule == rule]
    assert [(c.expected, c.found) for c in checks] == [(expected, said)]
    assert checks[0].evidence


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "年初预算950万元，年中追加0.0200亿元，调整后预算为1,200万元。",
            "文中年初预算950万元，追加0.0200亿元，算得1150万元，而调整后预算印作1,200万元。",
        ),
        (
            "年初预算9,500,000元，年中调减500,000元，调整后预算为9,200,000元。",
            "文中年初预算9,500,000元，调减500,000元，算得9000000元，而调整后预算印作9,200,000元。",
        ),
    ],
)
def test_amounts_are_told_in_the_unit_that_they_print(text: str, told: str) -> None:
    assert [c.message for c in found(text) if c.rule == "F4"] == [told]


def test_amounts_of_one_report_in_two_units_are_compared_as_money() -> None:
    text = "2023年部门预算0.52亿元，全年支出5,148.6万元，基本支出2,106.7万元，项目支出3,041.9万元，执行率99.01%。"
    assert found("二、预算执行情况", text) == []
    over = found("二、预算执行情况", text.replace("5,148.6", "5,948.6").replace("99.01%", "114.4%"))
    assert "部门预算执行数5,948.6万元超过全年预算数5200万元。" in [check.message for check in over]


def test_no_value_is_suggested_in_a_unit_that_its_place_does_not_print() -> None:
    text = "2023年部门预算{0}，其中基本支出预算2,140.00万元，项目支出预算3,060.00万元。全年支出5,148万元，执行率99%。"
    plain, restated = (found("二、预算执行情况", text.format(budget)) for budget in ("6,200.00万元", "0.620000亿元"))
    assert [(check.rule, check.suggestion) for check in plain] == [("F1", "5,200.00"), ("F3", "5,200.00")]
    assert [(check.rule, check.suggestion) for check in restated] == [("F1", None), ("F3", None)]
    (told,) = found("全年工程投资0.620000亿元，其中道路4,140.00万元、桥梁3,060.00万元。")
    assert told.message == "文中4,140.00万元、3,060.00万元合计0.72亿元，与总数0.620000亿元不一致。"


@pytest.mark.parametrize(
    "text",
    [
        "受理投诉1 874件，办结1 851件，办结率98.77%。",
        "受理工单3 642件，其中物业服务1 408件、市容886件、绿化312件、加梯276件、停车439件、其他321件。",
        "年初预算9 318万元，年中追加12 425.65万元，调整后预算为21 743.65万元。",
        "上级下达补助11,863万元，其中：中央8,947万元（老旧小区6,120万元、棚户区2,827万元），省级2,916万元。",
        "筹集住房324间，超任务24间，其中利用闲置大楼210间、企业自建114间。",
        "抓获嫌疑人1,526人，其中刑拘1,043人、取保486人、逮捕612人、移诉1,379人。",
        "累计支出7018.64万元，其次看：淤地坝5086.24万元，饮水1932.4万元，合计7018.64万元。",
        "上报线索164条，其中和阳居委31条、东埠村27条、新港居委82条为前三位，查实118条。",
        "服务主体86家，其中合作社57家、农场21家、企业8家，服务小农户占67.9%。",
        "开工61个、开工率72.6%，当年投产27个、投产率32.1%。",
        "全年招聘教师312名，其中特岗教师150名，农村学校补充教师占比71.5%。",
        "到位资金4,872万元，县级配套到位720万元，总体到位率95.64%。",
        "预算128,653,200元，其中基本支出8,214,600元，占6.38%，项目支出120,438,600元，占93.62%。",
        "澄湖县灌溉试验站核定编制12名。",
        "自评报告经县水利局党组审定后报送。",
        "达到目标的指标24个，未完成2个，指标完成率92.31%。",
        "检测蔬菜21,640批次合格率99.87%，水产品680批次合格率98.8%。",
        "2022年收入决算总额61,284.37万元。全年支出60,897.92万元，执行率99.37%。政府采购预算3,204万元。",
        "全年受理群众诉求412件，已办结396件，办结率为96.1%。",
        "全年受理群众诉求412件，已办结396件，办结率为96%。",
        "全年受理诉求400余件，已办结396件，办结率为98%。",
        "办结信访件31件，满意率为95.8%。",
        "失业人员再就业1386人，困难人员就业412人，高校毕业生就业率93.2%。",
        "设置接种点31个、临时接种点9个，人群接种率93.7%。",
        "完成燃气报警器安装249户，完成率为102%；完成软管更换4476户，完成率283%。",
        "受理案件1293件，结案1128件，较上年增长8.6%。",
        "亿元以上项目47个，其中10亿元以上9个、50亿元以上1个。",
        "新增开工5台（其中：完工3台，2台正在施工），另有2台正在审批。",
        "编制96个，实有89人，其中机关14人、中心31人、服务站17人，其他五家合计27人。",
        "实有89人，其中行政人员40人、工勤人员38人、党员52人。",
        "会议费预算12.00万元，实际支出11.50万元。",
        "会议费预算12万元，实际支出12.4万元。",
        "年初预算812.40万元，比上年增加65.20万元，调整后预算为812.40万元。",
        "年初结转10.00万元，年中调增65.20万元，调整后预算为887.60万元。",
        "安家补贴按每人5万元、3万元两档发放，合计73万元。",
        "完成排查31条道路、11条公路，共计64公里。",
        "清淤沟渠长度41公里，较上年增加6公里。",
        "计划清淤沟渠长度40公里。",
        "与青坪县水利局联合开展检查。",
        "2024年将继续推进渠道清淤12条。",
        "较2022年增长12.5%，2022年完成渠道清淤10条。",
        "根据《澄湖县2022年预算绩效管理办法》开展自评。",
        "年初预算1653.33万元，调减257.16万元，调整后预算为1,396.18万元。",
    ],
)
def test_what_only_looks_like_a_contradiction_is_let_be(text: str) -> None:
    assert found(text, with_table=True) == []


def test_the_figures_of_a_budget_paragraph_name_the_one_that_is_wrong() -> None:
    text = (
        "2023年全年预算金额2,000.00万元，预算执行金额1,911.99万元，预算执行率95.60%。"
        "其中基本支出年度预算512.40万元，预算执行金额506.84万元，预算执行率99.50%；"
        "项目支出预算1,487.60万元，执行金额1,402.15万元，预算执行率94.26%。"
    )
    checks = found("（一）预算执行情况", text)
    assert {check.rule for check in checks} == {"F1", "F3"}
    assert {check.suggestion for check in checks} == {"509.84"}


def test_evidence_lies_on_the_figures_alone() -> None:
    text = "全年受理群众诉求412件，已办结396件，办结率为98.2%。"
    (finding,) = found(text)
    assert len(finding.evidence) == 3
    widths = sorted(evidence.bbox[2] - evidence.bbox[0] for evidence in finding.evidence)
    assert widths == [40.0, 40.0, 50.0]  # 412件, 396件, 98.2%


ADJUSTED = ("年初预算812.40万元。", "年中调增65.20万元。", "调整后预算为887.60万元。")


@pytest.mark.parametrize("texts", [ADJUSTED, (ADJUSTED[0], "负责渠道清淤。", *ADJUSTED[1:])])
def test_a_budget_is_added_up_over_paragraphs_and_told_once(texts: tuple[str, ...]) -> None:
    message = "文中年初预算812.40万元，调增65.20万元，算得877.6万元，而调整后预算印作887.60万元。"
    assert [(c.rule, c.message) for c in found(*texts)] == [("F4", message)]
    (check,) = found(*texts)
    assert len({evidence.bbox for evidence in check.evidence}) == 3


@pytest.mark.parametrize(
    "texts",
    [
        ("年初预算812.40万元，上年结转10.00万元。", *ADJUSTED[1:]),
        (ADJUSTED[0], "其中人员经费调增65.20万元。", ADJUSTED[2]),
        (ADJUSTED[0], "预算比上年增加65.20万元。", ADJUSTED[2]),
        (ADJUSTED[0], *("负责渠道清淤。",) * 2, *ADJUSTED[1:]),
    ],
    ids=["carried over", "of which", "compared", "far apart"],
)
def test_a_budget_that_something_else_explains_is_let_be(texts: tuple[str, ...]) -> None:
    assert of_rule("F4", found(*texts)) == []


def test_carried_over_money_that_does_not_explain_the_budget_is_no_excuse() -> None:
    told = of_rule("F4", found("年初预算812.40万元，上年结转20.00万元。", *ADJUSTED[1:]))
    assert told == [("877.6", "887.60")]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("部门全年预算数1,234.64万元，全年执行数1,210.4685万元。", []),
        ("部门全年预算数1,234.74万元。", [("1,234.6", "1,234.74万元")]),
        ("我局全年完成沟渠清淤项目，全年预算数300万元。", []),
    ],
    ids=["rounded", "beyond rounding", "of a project"],
)
def test_amounts_are_compared_with_what_the_form_rounds(text: str, told: list[tuple[str, str]]) -> None:
    drawn = FUNDS + TABLE.strip().replace("60 | 60", "50 | 50").replace("100 | 100", "100 | 99.8")
    assert of_rule("N3", found("二、预算执行情况", text, drawn=drawn)) == told


@pytest.mark.parametrize(("weight", "total", "rules"), [(50, 90, set()), (40, 80, {"N3", "S1"})])
def test_weights_may_leave_the_points_of_the_funds_to_the_text(weight: int, total: int, rules: set[str]) -> None:
    drawn = TABLE.replace("60 | 60", f"{weight} | {weight}").replace("100 | 100", f"{total} | {total}")
    checks = found("经评价，部门整体支出绩效自评得分为99.5分。", drawn=drawn)
    assert {check.rule for check in checks} == rules


def test_carried_over_money_may_stand_beside_the_budget_that_its_sources_make_up() -> None:
    text = "2023年年初预算1,000万元，其中财政拨款950万元，其他资金50万元，上年结转80万元。全年支出1,050万元。"
    assert found("二、预算执行情况", text) == []


def test_a_wrong_digit_in_a_composition_is_found() -> None:
    text = "全年预算数1,234.56万元，其中：财政拨款1,100.36万元，上年结转100.20万元，其他资金44.00万元。"
    assert of_rule("F3", found("二、预算执行情况", text)) == [("1,244.56", "1,234.56")]


def test_a_name_misread_by_one_character_is_no_other_unit() -> None:
    texts = (TITLE, "一、部门概况", "青湖县水利局内设股室6个。")
    scanned, printed = document(*texts), document(*texts)
    scanned.pages[0].origin = Origin.SCAN
    for paper, names in ((scanned, []), (printed, ["青湖县水利局"])):
        (evaluation,), _ = assemble(paper)
        assert [check.found for check in evaluation.checks if check.rule == "N4"] == names


def test_a_sum_of_the_funds_that_does_not_close_is_told_once() -> None:
    text = "全年预算5,200.00万元，全年支出5,148.00万元，执行率99%。其中，基本支出2,108.00万元，项目支出3,030.00万元。"
    assert [check.rule for check in found("二、预算执行情况", text)] == ["F3"]
    parts = "改造渠道5,148米，其中干渠2,108米、支渠3,140米。"
    assert [check.rule for check in found("二、预算执行情况", text.replace("3,030", "3,040") + parts)] == ["N2"]

"""Header words are recognised in the spellings that forms print and that recognition makes of them."""

from __future__ import annotations

import pytest

from service.assembling.vocabulary import (
    CLOSINGS,
    COLUMNS,
    FUNDS,
    GOALS,
    HEADS,
    Category,
    Closing,
    Column,
    Fund,
    Goal,
    Head,
    canonical,
    category,
    distance,
    year,
)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("执行率（B/A）", "执行率"),
        ("得分（20分×执行率）", "得分"),
        ("专项（项目）名称：", "专项名称"),
        ("一、基本 情况", "基本情况"),
        ("执行率(%", "执行率"),
        ("　总　分　", "总分"),
    ],
)
def test_canonical_form(text: str, word: str) -> None:
    assert canonical(text) == word


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("项目名称", Head.SUBJECT),
        ("专项(项目)名称", Head.SUBJECT),
        ("部门（单位）名称", Head.DEPARTMENT_SUBJECT),
        ("主管部门及代码", Head.COMPETENT),
        ("地方主管部门", Head.COMPETENT),
        ("省主管部门", Head.COMPETENT),
        ("项目实施单位", Head.IMPLEMENTING),
        ("实施单位（盖章）", Head.IMPLEMENTING),
        ("自评总分（分）", Head.TOTAL_SCORE),
        ("项目负责人", Head.OTHER),
        ("项目名祢", Head.SUBJECT),
        ("课题研究", None),
    ],
)
def test_header_labels(text: str, role: Head | None) -> None:
    assert HEADS.role(text) is role


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("年初预算数", Fund.INITIAL),
        ("全年预算数（A）", Fund.ANNUAL),
        ("调整后预算数", Fund.ANNUAL),
        ("全年（调整）预算数", Fund.ANNUAL),
        ("预算安排情况（调整后）", Fund.ANNUAL),
        ("全年执行数", Fund.EXECUTED),
        ("实际支出", Fund.EXECUTED),
        ("资金到位情况", Fund.RECEIVED),
        ("预算执行进度", Fund.RATE),
        ("执行率权重（分）", Fund.WEIGHT),
        ("分数", Fund.WEIGHT),
        ("预算执行率分值", Fund.WEIGHT),
        ("得分(20分*执行率)", Fund.SCORE),
        ("原因", Fund.REASON),
        ("全年预箅数", Fund.ANNUAL),
        ("预算执行情况（万元）", None),
        ("年度资金总额", None),
    ],
)
def test_fund_headings(text: str, role: Fund | None) -> None:
    assert FUNDS.role(text) is role


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("年度资金总额：", Category.TOTAL),
        ("其中：当年财政拨款", Category.FISCAL),
        ("其中：中央财政资金", Category.FISCAL),
        ("上级转移支付资金", Category.FISCAL),
        ("专项转移支付", Category.FISCAL),
        ("上年结转资金", Category.CARRYOVER),
        ("其他资金", Category.OTHER),
        ("财政专户管理资金", Category.OTHER),
        ("其中：中央、省、市补助县级资金", Category.FISCAL),
        ("中央和省级补助", Category.FISCAL),
        ("市、县配套资金", Category.FISCAL),
        ("省级以上资金", Category.FISCAL),
        ("市县结转资金", Category.CARRYOVER),
        ("县级单位自筹资金", Category.OTHER),
        ("县乡公路养护经费", None),
        ("基本支出总额", Category.BASIC),
        ("项目支出", Category.PROJECT),
        ("部门整体支出总额", Category.TOTAL),
        ("农村公路养护", None),
    ],
)
def test_kinds_of_money(text: str, kind: Category | None) -> None:
    assert category(text) is kind


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("一级指标", Column.LEVEL1),
        ("指标名称", Column.LEVEL3),
        ("指标性质", Column.SIGN),
        ("度量单位", Column.UNIT),
        ("年初指标值", Column.TARGET_INITIAL),
        ("调整指标值", Column.TARGET_ADJUSTED),
        ("年度指标值", Column.TARGET),
        ("全年完成值", Column.ACTUAL),
        ("实际完成值(B)", Column.ACTUAL),
        ("实绩值", Column.ACTUAL),
        ("实绩", Column.ACTUAL),
        ("得分系数（%）", Column.COEFFICIENT),
        ("实际完成率", Column.COEFFICIENT),
        ("指标权重（分）", Column.WEIGHT),
        ("自评得分", Column.SCORE),
        ("复核得分", Column.SCORE_REVIEW),
        ("未完成原因和改进措施", Column.DEVIATION),
        ("是否核心指标", Column.OTHER),
        ("实际完咸值", Column.ACTUAL),
        ("数量指标", None),
    ],
)
def test_indicator_columns(text: str, role: Column | None) -> None:
    assert COLUMNS.role(text) is role


def test_goal_and_closing_labels() -> None:
    assert GOALS.role("年初设定目标") is Goal.EXPECTED
    assert GOALS.role("全年实际完成情况") is Goal.ACTUAL
    assert GOALS.exact("年末完成情况") is Goal.ACTUAL
    assert GOALS.role("年度目标完戍情况") is Goal.BLOCK  # as recognition misreads it
    assert CLOSINGS.role("总　分") is Closing.TOTAL
    assert CLOSINGS.role("总分i") is Closing.TOTAL
    assert CLOSINGS.role("偏差大或目标未完成原因分析") is Closing.REASONS


@pytest.mark.parametrize("label", ["填报要求", "填表说明", "填写须知", "填报说明", "注意事项"])
def test_instructions_for_filling_in_are_no_part_of_the_form(label: str) -> None:
    assert CLOSINGS.exact(label) is Closing.OTHER


def test_a_word_as_near_to_two_roles_has_none() -> None:
    assert COLUMNS.role("级指标") is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("（2024年度）", 2024),
        ("2021 年", 2021),
        ("二〇二三年度", 2023),
        ("项目支出绩效自评表", None),
        ("12024年", None),
    ],
)
def test_years(text: str, found: int | None) -> None:
    assert year(text) == found


def test_distance() -> None:
    assert distance("实际完成值", "实际完咸值") == 1
    assert distance("", "总分") == 2

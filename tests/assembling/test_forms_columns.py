"""Columns of the indicators that no heading names, and headings under other headings."""

from __future__ import annotations

import pytest

from service.assembling.forms import assemble
from service.reading.document import Notice
from service.schema import Indicator
from tests.assembling.layouts import document, table


def form(headings: str, *rows: str) -> tuple[list[Indicator], list[Notice]]:
    """The indicators and the guesses about columns of a form seven columns wide."""
    drawn = "\n".join(["项目名称 | 渠道清淤 | < | < | < | < | <", *headings.strip().splitlines(), *rows])
    (found,), notices = assemble(document("2023年度项目支出绩效自评表", table(drawn)))
    return found.indicators, [notice for notice in notices if notice.code == "column_guessed"]


ROW = "产出指标 | 数量指标 | 清淤长度 | ≥3公里 | 2公里 | 90 | 60"


@pytest.mark.parametrize(
    ("target", "actual", "guessed"),
    [
        ("设定", "兑现", ["设定", "兑现"]),
        ("指标值", "兑现", ["兑现"]),
        ("设定", "完成值", ["设定"]),
        ("指标值", "完成值", []),
    ],
)
def test_targets_and_actuals_without_a_known_heading_are_told_by_their_place(
    target: str, actual: str, guessed: list[str]
) -> None:
    (row,), notices = form(f"一级指标 | 二级指标 | 三级指标 | {target} | {actual} | 分值 | 得分", ROW)
    assert row.target is not None
    assert row.actual is not None
    assert (row.target.text, row.actual.text, row.weight, row.score) == ("≥3公里", "2公里", 90, 60)
    assert [row.target.confidence <= 0.7, row.actual.confidence <= 0.7] == [target in guessed, actual in guessed]
    assert ["“" + heading + "”" in notice.message for heading, notice in zip(guessed, notices, strict=True)] == [
        True for _ in guessed
    ]
    assert {notice.page for notice in notices} <= {1}


def test_one_column_of_an_unknown_heading_is_neither_target_nor_actual() -> None:
    headings = "一级指标 | 二级指标 | 三级指标 | 设定 | < | 分值 | 得分"
    (row,), notices = form(headings, "产出指标 | 数量指标 | 清淤长度 | ≥3公里 | < | 90 | 60")
    assert (row.target, row.actual, notices) == (None, None, [])


def test_a_heading_of_its_own_below_another_names_the_actual() -> None:
    headings = """一级指标 | 二级指标 | 三级指标 | 指标值 | < | 分值 | 得分
        ^ | ^ | ^ | 目标值 | 完成值 | ^ | ^"""
    (row,), notices = form(headings, ROW)
    assert row.target is not None
    assert row.actual is not None
    assert (row.target.text, row.actual.text, notices) == ("≥3公里", "2公里", [])


def test_a_heading_that_elsewhere_stands_over_the_levels_names_the_indicators_behind_them() -> None:
    drawn = table("""项目名称 | 校舍维修 | < | < | <
        一级指标 | 绩效指标 | 年初目标值 | 完成情况 | 分值
        产出指标 | 维修面积 | 2,350平方米 | 2,350平方米 | 50
        效益指标 | 受益学生 | ≥1,460人 | 1,482人 | 40""")
    (found,) = assemble(document("2024年度项目支出绩效自评表", drawn))[0]
    assert [(row.level1, row.level3) for row in found.indicators] == [
        ("产出指标", "维修面积"),
        ("效益指标", "受益学生"),
    ]


def wide(headings: str, *rows: str) -> list[Indicator]:
    """The indicators of a form ten columns wide."""
    drawn = "\n".join(["项目名称 | 渠道清淤" + " | <" * 8, *headings.strip().splitlines(), *rows])
    (found,) = assemble(document("2023年度项目支出绩效自评表", table(drawn)))[0]
    return found.indicators


def test_sign_value_and_unit_of_what_was_reached_are_one_text() -> None:
    headings = """一级指标 | 二级指标 | 三级指标 | 指标值 | < | < | 全年实际值 | < | < | 分值
        ^ | ^ | ^ | 运算符号 | 内容 | 度量单位 | 运算符号 | 内容 | 度量单位 | ^"""
    (row,) = wide(headings, "产出指标 | 数量指标 | 清淤长度 | ≥ | 3 | 公里 | = | 2 | 公里 | 90")
    assert row.target is not None
    assert row.actual is not None
    assert (row.target.text, row.actual.text) == ("≥3公里", "=2公里")
    assert (row.actual.value, row.actual.unit) == (2, "公里")
    (misread,) = wide(headings, "产出指标 | 数量指标 | 清淤长度 | Z | 3 | 公里 | 二 | 2 | 公里 | 90")
    assert misread.target is not None
    assert misread.actual is not None
    assert (misread.target.text, misread.actual.text) == ("≥3公里", "=2公里")


def test_ticks_beside_a_reason_are_no_part_of_it() -> None:
    headings = """一级指标 | 二级指标 | 三级指标 | 指标值 | 完成值 | 分值 | 得分 | 偏差原因 | < | <
        ^ | ^ | ^ | ^ | ^ | ^ | ^ | 经费保障 | 人员保障 | 原因说明"""
    rows = (
        "产出指标 | 数量指标 | 清淤长度 | ≥3公里 | 2公里 | 50 | 40 | √ |  | 资金到位晚",
        "产出指标 | 数量指标 | 护坡长度 | ≥3公里 | 2公里 | 50 | 30 | 资金少 |  | 工期短",
    )
    assert [row.deviation for row in wide(headings, *rows)] == ["资金到位晚", "资金少；工期短"]


def test_a_column_of_comparators_is_known_without_its_heading() -> None:
    headings = """一级指标 | 二级指标 | 三级指标 | 年度指标值 | < | 完成值 | 分值
        ^ | ^ | ^ | 糊频顶 | 指标值 | ^ | ^"""
    (row, other), _ = form(
        headings,
        "产出指标 | 数量指标 | 清淤长度 | ≥ | 3公里 | 2公里 | 60",
        "产出指标 | 数量指标 | 桥梁数量 | = | 3座 | 2座 | 40",
    )
    assert row.target is not None
    assert other.target is not None
    assert [row.target.text, other.target.text] == ["≥3公里", "=3座"]


def test_the_first_level_is_known_by_its_names_where_its_heading_is_lost() -> None:
    headings = "  | 二级指标 | 三级指标 | 指标值 | 完成值 | 分值 | 得分"
    rows = (ROW, "效益指标 | 社会效益指标 | 防洪能力 | 提升 | 提升 | 10 | 10")
    found, _ = form(headings, *rows)
    assert [(row.level1, row.level2) for row in found] == [("产出指标", "数量指标"), ("效益指标", "社会效益指标")]
    strange = [row.replace("产出指标", "甲").replace("效益指标", "乙") for row in rows]
    assert [row.level1 for row in form(headings, *strange)[0]] == [None, None]


@pytest.mark.parametrize("weight", ["考核分", "基准分", "应得分"])
def test_the_points_that_can_be_had_are_the_weight_beside_those_that_were(weight: str) -> None:
    headings = f"一级指标 | 二级指标 | 三级指标 | {weight} | 指标值 | 完成值 | 自评得分"
    (row,), _ = form(headings, "产出指标 | 数量指标 | 清淤长度 | 90 | ≥3公里 | 2公里 | 60")
    assert (row.weight, row.score) == (90, 60)


def test_the_heading_of_the_indicators_printed_again_is_no_indicator() -> None:
    headings = """三、绩效指标 | < | < | < | < | < | <
        一级指标 | 二级指标 | 三级指标 | 指标值 | 完成值 | 分值 | 得分"""
    other = ROW.replace("清淤长度", "护坡长度")
    found, _ = form(headings, ROW, *headings.splitlines(), other)
    assert [row.level3 for row in found] == ["清淤长度", "护坡长度"]

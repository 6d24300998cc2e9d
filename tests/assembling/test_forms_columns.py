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

"""The funds block: which of its figures are budgets, and where its weight and score are printed."""

from __future__ import annotations

import pytest

from service.assembling.forms import assemble
from service.schema import FundLine
from tests.assembling.layouts import document, table

FORM = """项目名称 | 渠道清淤 | < | < | < | < | <
    {funds}
    一级指标 | 二级指标 | 三级指标 | 指标值 | 完成值 | 分值 | 得分
    产出指标 | 数量指标 | 清淤长度 | 3公里 | 3公里 | 90 | 90
    总分 | < | < | < | < | 100 | 99"""


def funds(drawn: str) -> list[tuple[object, ...]]:
    """The lines of a block seven columns wide: kind, the three budgets in 万元, weight and score."""
    (found,) = assemble(document("2023年度项目支出绩效自评表", table(FORM.format(funds=drawn.strip()))))[0]
    return [shown(line) for line in found.funds]


def shown(line: FundLine) -> tuple[object, ...]:
    amounts = (line.initial_budget, line.annual_budget, line.executed)
    wan = (None if amount is None or amount.value is None else amount.value / 10_000 for amount in amounts)
    return (line.category, *wan, line.weight, line.score)


@pytest.mark.parametrize("change", ["调整", "预算调整数", "调剂金额", "追加"])
def test_what_a_budget_was_changed_by_is_no_budget(change: str) -> None:
    drawn = f"""项目资金（万元） | 年初预算数 | {change} | 全年预算数 | 全年执行数 | 分值 | 得分
        年度资金总额 | 60 | -12 | 48 | 36 | 10 | 7.5"""
    assert funds(drawn) == [("total", 60, 48, 36, 10, 7.5)]


def test_an_adjusted_budget_that_is_headed_by_its_change_alone_is_read() -> None:
    drawn = """项目资金（万元） | 年初预算数 | 预算调整数 | 全年执行数 | 执行率 | 分值 | 得分
        年度资金总额 | 60 | 48 | 36 | 75% | 10 | 7.5"""
    assert funds(drawn) == [("total", 60, 48, 36, 10, 7.5)]


AMOUNTS = """项目资金（万元） | 资金来源 | < | 年初预算数 | 全年预算数 | 全年执行数 | 执行率
        ^ | 年度资金总额 | < | 60 | 50 | 49.8 | 99.6%
        ^ | 其中：财政拨款 | < | 60 | 50 | 49.8 | 99.6%
        """


@pytest.mark.parametrize(
    "points",
    [
        "^ | 预算执行率分值 | < | 10 | 得分 | 9.96 | <",
        "预算执行率分值 | 10 | < | 得分 | 9.96 | < | <",
        "^ | 预算执行率分值10分，得分9.96分 | < | < | < | < | <",
        "^ | 预算执行率权重为10，得分：9.96。 | < | < | < | < | <",
    ],
)
def test_points_in_a_row_below_the_amounts_are_the_totals(points: str) -> None:
    assert funds(AMOUNTS + points) == [
        ("total", 60, 50, 49.8, 10, 9.96),
        ("fiscal", 60, 50, 49.8, None, None),
    ]


@pytest.mark.parametrize("at", [0, 1, 2])
def test_points_merged_over_the_lines_are_the_totals_wherever_it_stands(at: int) -> None:
    lines = [["其中：财政拨款", "50", "40", "30"], ["其他资金", "10", "8", "6"]]
    lines.insert(at, ["年度资金总额", "60", "48", "36"])
    rows = [[*line, "10" if r == 0 else "^", "7.5" if r == 0 else "^", ""] for r, line in enumerate(lines)]
    drawn = "项目资金（万元） | 年初预算数 | 全年预算数 | 全年执行数 | 分值 | 得分 | 备注\n"
    found = funds(drawn + "\n".join(" | ".join(row) for row in rows))
    expected = [("fiscal", 50, 40, 30, None, None), ("other", 10, 8, 6, None, None)]
    assert sorted(found, key=str) == sorted([*expected, ("total", 60, 48, 36, 10, 7.5)], key=str)

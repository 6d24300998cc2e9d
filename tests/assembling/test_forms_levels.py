"""Level cells cut by a page break take their name from either page, or half of it from each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from service.assembling.forms import assemble
from service.reading.document import Document, Place
from tests.assembling.layouts import document, line, table

HEADER = "一级指标 | 二级指标 | 三级指标 | 指标值 | 完成值 | 分值"


def broken(*pages: list[str]) -> Document:
    """A form whose table breaks between `pages`, each the rows of one: level1 | level2 | level3, "^" as drawn."""
    rows = [[f"{row} | 3处 | 3处 | 5" for row in page] for page in pages]
    rows[0] = [f"项目名称 | 水库移民后扶 | < | < | < | <\n{HEADER}", *rows[0]]
    rows[-1].append("总分 | < | < | < | < | 100")
    lines = ["\n".join(page) for page in rows]
    whole = table("\n".join(lines))
    page_of = [number for number, page in enumerate(lines, 1) for _ in page.splitlines()]
    for cell in whole.cells:
        cell.places = [Place(page_of[cell.row], place.box) for place in cell.places]
        cell.lines = [replace(line, page=page_of[cell.row]) for line in cell.lines]
    whole.places = [Place(number, whole.places[0].box) for number in range(1, len(pages) + 1)]
    return document("2023年度项目支出绩效自评表", whole)


BREAKS = {
    "named on the second page": (
        [" | 数量指标 | 甲", "^ | ^ | 乙", "^ | 时效指标 | 丙"],
        ["产出指标 |  | 丁", "^ | 成本指标 | 戊", "效益指标 | 社会效益指标 | 己"],
        ["产出 数量 甲", "产出 数量 乙", "产出 时效 丙", "产出 时效 丁", "产出 成本 戊", "效益 社会效益 己"],
    ),
    "named on the first page": (
        ["产出指标 | 数量指标 | 甲", "^ | ^ | 乙"],
        [" |  | 丙", "^ | ^ | 丁", "效益指标 | 社会效益指标 | 戊"],
        ["产出 数量 甲", "产出 数量 乙", "产出 数量 丙", "产出 数量 丁", "效益 社会效益 戊"],
    ),
    "the second of the page named on the next": (
        ["产出指标 | 数量指标 | 甲", "^ | ^ | 乙", " |  | 丙", "^ | ^ | 丁"],
        ["效益指标 | 社会效益指标 | 戊", "^ | ^ | 己"],
        [
            "产出 数量 甲",
            "产出 数量 乙",
            "效益 社会效益 丙",
            "效益 社会效益 丁",
            "效益 社会效益 戊",
            "效益 社会效益 己",
        ],
    ),
    "half the name on each": (
        ["产出指标 | 数量指标 | 甲", "效益 | 可持续影 | 乙"],
        ["指标 | 响指标 | 丙", "^ | ^ | 丁"],
        ["产出 数量 甲", "效益 可持续影响 乙", "效益 可持续影响 丙", "效益 可持续影响 丁"],
    ),
    "blanks that repeat the name above": (
        ["产出指标 | 数量指标 | 甲", " |  | 乙", " |  | 丙"],
        ["效益指标 | 社会效益指标 | 丁", " |  | 戊"],
        ["产出 数量 甲", "产出 数量 乙", "产出 数量 丙", "效益 社会效益 丁", "效益 社会效益 戊"],
    ),
    "one row on the first page": (
        ["产出指标 | 数量指标 | 甲", "^ | ^ | 乙", " |  | 丙"],
        ["效益指标 | 社会效益指标 | 丁", "^ | ^ | 戊"],
        ["产出 数量 甲", "产出 数量 乙", "效益 社会效益 丙", "效益 社会效益 丁", "效益 社会效益 戊"],
    ),
    "another second level on the second page": (
        ["产出指标 | 数量指标 | 甲", "^ | ^ | 乙"],
        [" | 质量指标 | 丙", "^ | ^ | 丁"],
        ["产出 数量 甲", "产出 数量 乙", "产出 质量 丙", "产出 质量 丁"],
    ),
    "a name of its own on the first page, its weight on the second": (
        ["部门效果目标 | 履职效益情况 | 甲", "^ | ^ | 乙"],
        ["（60分） | (30) | 丙", "^ | ^ | 丁"],
        [f"部门效果目标 履职效益情况 {name}" for name in "甲乙丙丁"],
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_levels_over_a_page_break(name: str) -> None:
    first, second, expected = BREAKS[name]
    (found,) = assemble(broken(first, second))[0]
    rows = [" ".join((i.level1 or "-", i.level2 or "-", i.level3)).replace("指标", "") for i in found.indicators]
    assert rows == expected


def test_three_pages_named_on_the_last() -> None:
    pages = [" |  | 甲", "^ | ^ | 乙"], [" |  | 丙", "^ | ^ | 丁"], ["满意度指标 | 服务对象满意度指标 | 戊"]
    (found,) = assemble(broken(*pages))[0]
    assert {(i.level1, i.level2) for i in found.indicators} == {("满意度指标", "服务对象满意度指标")}
    assert [i.level3 for i in found.indicators] == ["甲", "乙", "丙", "丁", "戊"]


@pytest.mark.parametrize("ruled", [True, False])
def test_a_level_over_its_rows_is_as_wide_as_the_table_or_stands_alone_at_its_left(ruled: bool) -> None:
    band = "产出指标（50分） | < | < | <" if ruled else "产出指标（50分） |  |  | "
    drawn = table(f"""项目名称 | 管网改造 | < | <
        指标名称 | 指标值 | 完成值 | 分值
        {band}
        改造长度 | 6公里 | 6公里 | 50
        效益指标 | {"< | < | <" if ruled else " |  | "}
        受益户数 | 8000户 | 8100户 | 40""")
    drawn.ruled = ruled
    (found,) = assemble(document("2023年度项目支出绩效自评表", drawn))[0]
    assert [(row.level1, row.level3) for row in found.indicators] == [
        ("产出指标", "改造长度"),
        ("效益指标", "受益户数"),
    ]


def test_a_goal_stands_in_lines_below_its_label_in_one_cell() -> None:
    goal = "改造老旧供热管网六公里，更换楼栋阀门一千二百个，消除安全隐患。"
    drawn = table(f"""项目名称 | 管网改造 | <
        {goal} | {goal} | <
        三级指标 | 指标值 | 完成值
        改造长度 | 6公里 | 6公里""")
    for cell, label in zip(drawn.row(1), ("年初绩效目标", "全年绩效目标完成情况"), strict=True):
        cell.lines = [replace(line(label), page=1), *cell.lines]
    (found,) = assemble(document("2023年度项目支出绩效自评表", drawn))[0]
    assert found.goal.expected is not None
    assert found.goal.actual is not None
    assert (found.goal.expected.text, found.goal.actual.text) == (goal, goal)


def test_a_heading_that_a_scan_ran_into_its_text_leaves_the_heading_beside_it() -> None:
    goal = "改造老旧供热管网六公里，更换楼栋阀门一千二百个，消除安全隐患。"
    drawn = table(f"""项目名称 | 管网改造 | <
        预期目标 | {goal} | <
        {goal} | ^ | <
        三级指标 | 指标值 | 完成值
        改造长度 | 6公里 | 6公里""")
    text = drawn.row(1)[1]
    text.lines = [line("元实际完成情况"), *text.lines]
    text.lines = [replace(each, chars=tuple(replace(c, confidence=0.9) for c in each.chars)) for each in text.lines]
    (found,) = assemble(document("2023年度项目支出绩效自评表", drawn))[0]
    assert found.goal.expected is not None
    assert found.goal.actual is not None
    assert (found.goal.expected.text, found.goal.actual.text) == (goal, goal)

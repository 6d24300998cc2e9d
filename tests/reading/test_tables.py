"""Tables of text pages: spans, missing rulings, and what stands outside."""

from __future__ import annotations

import pytest

from service.config import Limits
from service.reading import Source, read_page
from service.reading.document import Box, Table
from service.reading.tables import Rule, merge_rules
from tests.reading.drawing import Sheet, plain

XS = [60.0, 140.0, 240.0, 340.0, 440.0, 530.0]
YS = [100.0, 130.0, 160.0, 190.0, 220.0]
MERGED = {
    (0, 0, 1, 1): "一级指标",
    (0, 1, 1, 2): "二级指标",
    (0, 3, 1, 1): "指标值",
    (0, 4, 1, 1): "得分",
    (1, 0, 3, 1): "产出指标",
    (1, 1, 1, 2): "培训期数",
    (1, 3, 1, 1): "≥12期",
    (1, 4, 2, 1): "10.00",
    (2, 1, 1, 1): "合格率",
    (2, 2, 2, 1): "",
    (2, 3, 1, 1): "=96%",
    (3, 1, 1, 1): "及时率",
    (3, 3, 1, 2): "达成指标",
}


def tables_of(sheet: Sheet) -> list[Table]:
    with Source(sheet.pdf(), "test.pdf", limits=Limits()) as source:
        return [t.table for t in read_page(source, 1, engine=None).tables]  # type: ignore[arg-type]


def grid(table: Table) -> dict[tuple[int, int, int, int], str]:
    return {(c.row, c.column, c.row_span, c.column_span): c.text for c in table.cells}


def test_merged_cells_have_their_true_spans() -> None:
    sheet = Sheet()
    sheet.table(XS, YS, MERGED)
    (table,) = tables_of(sheet)
    assert grid(table) == MERGED


@pytest.mark.parametrize("sides", ["tb", "tbl", "", "lr", "t", "tlr"])
def test_missing_outer_rulings_lose_no_cell(sides: str) -> None:
    sheet = Sheet()
    sheet.table(XS, YS, MERGED, sides=sides)
    (table,) = tables_of(sheet)
    assert grid(table) == MERGED


@pytest.mark.parametrize("dashes", ["[2 2] 0", "[0.7 1.5] 0", "[6 2 1 2] 0"])
def test_dotted_rulings_count(dashes: str) -> None:
    sheet = Sheet(dashes=dashes)
    sheet.table(XS, YS, MERGED)
    (table,) = tables_of(sheet)
    assert grid(table) == MERGED


ROWS = [
    ["三级指标", "指标值", "完成值", "分值", "得分"],
    ["培训期数", "≥12期", "13期", "10", "10"],
    ["合格率", "=96%", "", "10", "9.5"],
    ["材料发放及时", "及时", "达成指标", "5", "5"],
]


def test_columns_without_vertical_rulings_come_from_white_space() -> None:
    sheet = Sheet()
    sheet.table(XS, YS, plain(ROWS), verticals=False)
    (table,) = tables_of(sheet)
    assert not table.ruled
    assert grid(table) == plain(ROWS)


def test_rows_without_rulings_come_from_their_lines() -> None:
    sheet = Sheet()
    for y in (YS[0], YS[1], YS[-1]):
        sheet.rule(XS[0], y, XS[-1], y)
    for r, row in enumerate(ROWS):
        for c, text in enumerate(row):
            sheet.text(XS[c] + 4, YS[r] + 4, text)
    (table,) = tables_of(sheet)
    assert [[c.text for c in table.row(r)] for r in range(table.row_count)] == ROWS


def test_a_text_frame_and_an_underlined_heading_are_no_tables() -> None:
    sheet = Sheet()
    sheet.text(60, 60, "项目支出绩效自评表")
    sheet.rule(60, 75, 300, 75)
    sheet.table([60, 300], [100, 140], {(0, 0, 1, 1): "填报说明"})
    assert tables_of(sheet) == []


def test_two_tables_on_a_page_stay_two() -> None:
    sheet = Sheet()
    sheet.table(XS, YS, MERGED)
    sheet.table(XS, [y + 300 for y in YS], MERGED)
    assert [grid(t) for t in tables_of(sheet)] == [MERGED, MERGED]


def test_a_line_that_crosses_a_ruling_is_cut_there() -> None:
    sheet = Sheet()
    sheet.table(XS, YS, plain([[""] * 5] * 4))
    sheet.text(XS[1] - 30, YS[0] + 4, "一二三四五六")
    (table,) = tables_of(sheet)
    assert [c.text for c in table.row(0)][:2] == ["一二三", "四五六"]


def test_rulings_drawn_in_pieces_are_one() -> None:
    pieces = [Rule(10.0, 0, 50), Rule(10.8, 52, 90), Rule(9.5, 20, 60), Rule(10, 140, 200), Rule(30, 0, 40)]
    merged = merge_rules(pieces)
    assert [(round(r.at), r.start, r.end) for r in merged] == [(10, 0, 90), (10, 140, 200), (30, 0, 40)]


def test_cells_carry_their_box() -> None:
    sheet = Sheet()
    sheet.table(XS, YS, MERGED)
    (table,) = tables_of(sheet)
    cell = table.at(3, 4)
    assert cell is not None
    assert cell.places[0].box == pytest.approx(Box(340, 190, 530, 220), abs=0.5)


def test_amounts_between_a_forms_head_and_its_goal_have_columns_of_their_own() -> None:
    goal = "\n".join(["开展惠民演出，修缮文物建筑，培训传承人群，健全长效"] * 6)
    xs, ys = [60.0, 140.0, 220.0, 300.0, 380.0, 450.0, 530.0], [100.0, 125.0, 150.0, 175.0, 200.0, 225.0, 250.0, 350.0]
    cells = {
        (0, 0, 1, 1): "项目名称",
        (0, 1, 1, 5): "公共文化服务体系建设及文物保护补助资金项目和非物质文化遗产传承保护",
        (1, 0, 1, 1): "立项依据",
        (1, 1, 1, 5): "公共文化服务保障法及其实施办法和本县关于加快构建服务体系的实施方案",
        (2, 0, 1, 1): "资金情况",
        **{(2, c, 1, 1): text for c, text in enumerate(("年初预算", "全年预算", "全年执行", "分值", "执行率"), 1)},
        (3, 0, 1, 1): "资金总额",
        **{(3, c, 1, 1): text for c, text in enumerate(("158.00", "158.00", "141.27", "10", "89.42"), 1)},
        (4, 0, 1, 1): "其他资金",
        (5, 0, 1, 1): "总体目标",
        (5, 1, 1, 2): "预期目标",
        (5, 3, 1, 3): "完成情况",
        (6, 1, 1, 2): "\n".join(["开展惠民演出修缮文物建筑"] * 6),
        (6, 3, 1, 3): goal,
    }
    sheet = Sheet()
    sheet.table(xs, ys, cells, verticals=False)
    (table,) = tables_of(sheet)
    texts = [[c.text for c in table.row(r) if c.text] for r in (2, 3)]
    assert texts == [
        ["资金情况", "年初预算", "全年预算", "全年执行", "分值", "执行率"],
        ["资金总额", "158.00", "158.00", "141.27", "10", "89.42"],
    ]

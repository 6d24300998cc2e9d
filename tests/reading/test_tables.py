"""Tables of text pages: spans, missing rulings, and what stands outside."""

from __future__ import annotations

import pytest

from service.config import Limits
from service.reading import Source, read_page
from service.reading.document import Box, Char, Line, Table
from service.reading.tables import (
    Rule,
    Rules,
    _walls_beside_text,
    cut_at_borders,
    find_tables,
    in_reading_order,
    merge_rules,
)
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


def test_texts_side_by_side_stand_in_columns_that_other_rows_have() -> None:
    xs, ys = [60.0, 140.0, 220.0, 300.0, 370.0, 450.0, 530.0], [100.0 + 25 * i for i in range(8)]
    values = ("渠道清淤", "15公里", "16公里", "10", "9", "无")
    cells = {(r, c, 1, 1): text for r in range(3, 7) for c, text in enumerate(values)}
    cells |= {(0, 0, 1, 1): "项目名称", (0, 1, 1, 5): "青螺河灌区渠道清淤与节水改造工程项目补助资金及其配套"}
    cells |= {
        (1, 0, 1, 1): "主管部门",
        (1, 1, 1, 2): "青禾县水利和湖泊局",
        (1, 3, 1, 1): "实施单位",
        (1, 4, 1, 2): "灌区管理所",
    }
    cells |= {(2, 0, 1, 1): "立项依据", (2, 1, 1, 5): "关于下达本年度灌区渠道清淤与节水改造工程补助的通知"}
    sheet = Sheet()
    sheet.table(xs, ys, cells, verticals=False)
    (table,) = tables_of(sheet)
    assert [c.text for c in table.row(1) if c.text] == ["主管部门", "青禾县水利和湖泊局", "实施单位", "灌区管理所"]
    assert table.row(2)[1].text == cells[2, 1, 1, 5]


def test_a_wrapped_label_beside_long_texts_splits_no_row() -> None:
    xs, ys = [60.0, 110.0, 320.0, 530.0], [100.0, 135.0, 300.0, 320.0]
    cells = {(1, 0, 1, 1): "年度总\n体目标"}
    cells |= {(1, c, 1, 1): "\n".join(["清淤渠道，改造水闸，培训农户，建章立制"] * 4) for c in (1, 2)}
    sheet = Sheet()
    sheet.table(xs, ys, cells, verticals=False)
    for y in (ys[0], ys[-1]):
        sheet.rule(60, y, 530, y)
    for i, x in enumerate((64, 114, 180, 250, 324, 400, 470)):  # a head whose texts have one line or two
        sheet.text(x, 104 + 7 * (i % 2), "栏目")
    (table,) = tables_of(sheet)
    assert table.row_count == 3


def test_a_line_that_was_taken_for_one_over_two_columns_is_cut() -> None:
    left, right = "清淤渠道改造水闸培训农户", "清淤了渠道改造了水闸"
    texts = [line_at(x, 104 + 15 * i, text) for i in range(5) for x, text in ((64, left), (186, right))]
    both = line_at(64, 179, left).chars + line_at(186, 179, right).chars
    texts += [Line(1, Box(64, 179, 286, 189), both)]
    texts += [line_at(x, 204 + 20 * i, text) for i in range(4) for x, text in ((64, left), (194, "完成"))]
    rulings = [Rule(y, 60.0, 530.0) for y in (100.0, 200.0, 220.0, 240.0, 260.0, 280.0)]
    ((found,), _) = find_tables(Rules(rulings, []), texts, 1)
    assert [c.text for c in found.table.row(0)] == [6 * left, 6 * right]


def line_at(x: float, y: float, text: str) -> Line:
    chars = tuple(Char(char, x + 10 * i, x + 10 * (i + 1)) for i, char in enumerate(text))
    return Line(1, Box(x, y, x + 10 * len(text), y + 10), chars)


def test_one_ruling_that_begins_between_two_texts_shows_a_border() -> None:
    texts = [line_at(64, 104 + 25 * i, "青螺河灌区渠道清淤与节水改造工程项目补助资金及其配套") for i in range(4)]
    texts += [
        line_at(112, 204, "预期目标一"),
        line_at(64, 238, "总目标一"),
        line_at(106, 238, "清淤渠道，改造水闸，培训农户"),
    ]
    rulings = [Rule(y, 60.0, 530.0) for y in (100.0, 125.0, 150.0, 175.0, 200.0, 260.0)]
    ((found,), _) = find_tables(Rules([*rulings, Rule(225.0, 108.0, 530.0)], []), texts, 1)
    assert [c.text for c in found.table.row(5)] == ["总目标一", "清淤渠道，改造水闸，培训农户"]


def standing(x: float, y: float, text: str) -> Line:
    """Text set vertically, ten points a character, from (x, y) down."""
    chars = tuple(Char(char, x, x + 10) for char in text)
    return Line(1, Box(x, y, x + 10, y + 10 * len(text)), chars)


def test_text_set_vertically_is_read_in_columns_from_the_right() -> None:
    left = [standing(60, 100, "情况"), line_at(61, 121, "分")]
    right = [standing(75, 100, "绩效指标"), standing(74, 141, "完成")]
    assert [x.text for x in in_reading_order([*left, *right])] == ["绩效指标", "完成", "情况", "分"]


def test_text_set_level_is_read_from_the_left_though_single_characters_stand_high() -> None:
    high = Line(1, Box(60, 96, 68, 112), (Char("一", 60, 68),))
    lines = [high, line_at(75, 100, "效"), line_at(60, 115, "指标")]
    assert [x.text for x in in_reading_order(lines)] == ["一", "效", "指标"]


def rows_parted(*beside: tuple[str, str]) -> list[bool]:
    """Which rows a border at 200 parts that white space shows, the texts left and right of it set against 150 and 250.

    The last row has no text.
    """
    rows = [
        [line_at(x, 104 + 20 * r, text) for x, text in ((154, left), (248 - 10 * len(right), right)) if text]
        for r, (left, right) in enumerate((*beside, ("", "")))
    ]
    ys = [100.0 + 20 * r for r in range(len(rows) + 1)]
    borders = [Rule(x, ys[0], ys[-1]) for x in (150.0, 200.0, 250.0)]
    walls = _walls_beside_text(rows, borders, [60.0, 150.0, 200.0, 250.0, 430.0], ys)
    return [any(wall.start == y for wall in walls[2]) for y in ys[:-1]]


def test_no_border_parts_a_head_from_figures_that_are_set_to_one_side_below_it() -> None:
    assert rows_parted(("年初", ""), ("", "58.0"), ("", "1,18"), ("三处", "40")) == [False, False, False, True, True]
    assert rows_parted(("", "执行率"), ("98%", ""), ("100%", "")) == [False, False, False, True]


@pytest.mark.parametrize(
    "below",
    [
        [("", "58.0")],
        [("", "中心"), ("", "水利")],
        [("12", "58.0"), ("13", "40")],
        [("", "58.0"), ("", "水利")],
    ],
)
def test_a_border_beside_a_head_stays_where_no_column_of_figures_stands_alone(below: list[tuple[str, str]]) -> None:
    assert all(rows_parted(("年初", ""), *below))


def test_rulings_that_lie_on_one_line_make_no_table() -> None:
    assert find_tables(Rules([Rule(y, 60.0, 530.0) for y in (100.0, 103.0, 106.0)], []), [], 1) == ([], [])


HEADED = [
    ("资金来源", "年初预算", "全年预算", "全年执行", "执行率"),
    ("资金总额", "158.00", "158.00", "141.27", "89.42%"),
    ("其他资金", "0.00", "0.00", "0.00", "—"),
]


def test_headings_of_the_next_part_are_rows_of_their_own_where_no_ruling_parts_them() -> None:
    xs = [60.0, 160.0, 250.0, 340.0, 430.0]
    sheet = Sheet()
    for y in (100, 120, 140, 160, 260, 280, 300):
        sheet.rule(60, y, 530, y)
    for r, row in enumerate(HEADED):
        for x, text in zip(xs, row, strict=True):
            sheet.text(x + 4, 104 + 20 * r, text)
    sheet.text(60, 164, "三、年度绩效目标")
    for i, (left, right) in enumerate(
        [("预期目标：", "完成情况："), ("改造管网六公里，", "改造了管网五公里，"), ("消除隐患。", "")]
    ):
        sheet.text(64, 184 + 14 * i, left)
        sheet.text(300, 184 + 14 * i, right)
    sheet.text(60, 244, "绩效指标")
    for r in range(2):
        for x, text in zip(
            xs, ("指标名称", "指标值", "完成值", "分值", "得分") if r == 0 else "甲乙丙丁戊", strict=True
        ):
            sheet.text(x + 4, 264 + 20 * r, text)
    (table,) = tables_of(sheet)
    rows = [[c.text for c in table.row(r) if c.text and c.row == r] for r in range(table.row_count)]
    assert rows[:3] == [list(row) for row in HEADED]
    assert rows[3:6] == [
        ["三、年度绩效目标"],
        ["预期目标：改造管网六公里，消除隐患。", "完成情况：改造了管网五公里，"],
        ["绩效指标"],
    ]


def test_a_wrapped_label_and_its_wrapped_value_at_the_right_split_no_row() -> None:
    sheet = Sheet()
    for y in (100, 120, 160, 180, 200):
        sheet.rule(60, y, 530, y)
    sheet.text(64, 104, "项目名称")
    sheet.text(150, 104, "公共文化服务体系建设补助")
    for x, y, text in (
        (64, 133, "主管部门"),
        (150, 133, "平棘县文化局"),
        (320, 126, "实施"),
        (360, 126, "平棘县文化馆、文物保管"),
        (320, 140, "单位"),
        (360, 140, "所"),
    ):
        sheet.text(x, y, text)
    for r in range(2):
        for i in range(5):
            sheet.text(64 + 90 * i, 164 + 20 * r, "栏目" if r == 0 else "12")
    (table,) = tables_of(sheet)
    assert [c.text for c in table.row(1) if c.text] == [
        "主管部门",
        "平棘县文化局",
        "实施单位",
        "平棘县文化馆、文物保管所",
    ]


INDICATORS = [
    ("一级指标", "二级指标", "三级指标", "计划值", "完成值", "得分"),
    ("产出指标", "数量指标", "清淤长度", "3公里", "3公里", "8"),
    ("产出指标", "质量指标", "验收合格率", "100%", "100%", "6"),
    ("效益指标", "社会效益", "受益户数", "800户", "812户", "7"),
    ("效益指标", "生态效益", "水质达标率", "95%", "96%", "9"),
]


def unruled(rows: list[tuple[str, ...]]) -> Sheet:
    sheet = Sheet()
    sheet.text(64, 80, "绩效指标完成情况")
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            sheet.text(64 + 80 * c, 110 + 22 * r, text)
    sheet.text(64, 114 + 22 * len(rows) + 40, "填表人：李四    联系电话：2236")
    return sheet


def test_a_table_without_any_ruling_comes_from_its_texts() -> None:
    (table,) = tables_of(unruled(INDICATORS))
    assert not table.ruled
    assert [tuple(c.text for c in table.row(r)) for r in range(table.row_count)] == INDICATORS


def test_a_few_texts_side_by_side_make_no_table() -> None:
    assert tables_of(unruled([row[:4] for row in INDICATORS])) == []
    assert tables_of(unruled(INDICATORS[:2])) == []


def test_headings_right_above_the_first_ruling_belong_to_the_table() -> None:
    sheet = Sheet()
    for r, row in enumerate(HEADED):
        sheet.rule(60, 120 + 20 * r, 530, 120 + 20 * r)
        for c, text in enumerate(row):
            sheet.text(64 + 90 * c, 104 + 20 * r, text)
    sheet.text(64, 60, "部门预算执行（万元）")
    (table,) = tables_of(sheet)
    assert [[c.text for c in table.row(r)] for r in range(table.row_count)] == [list(row) for row in HEADED]


def test_labels_and_values_read_as_one_are_cut_where_those_of_other_rows_begin() -> None:
    rows = [
        ("项目名称", "清淤工程", "项目编码", "330999"),
        ("主管部门", "水务局", "实施单位", "河道所"),
        ("项目类型", "一次性", "起止年月", "1月"),
    ]
    texts = []
    for r, row in enumerate(rows):
        lines = [line_at(x, 104 + 18 * r, text) for x, text in zip((64, 112, 300, 348), row, strict=True)]
        if r == 0:
            one = tuple(c for line in lines[:2] for c in line.chars)
            lines = [Line(1, Box(64, 104, 152, 114), one), *lines[2:]]
        texts += lines
    texts += [line_at(64 + 90 * c, 164 + 20 * r, text) for r, row in enumerate(HEADED) for c, text in enumerate(row)]
    rulings = [Rule(y, 60.0, 530.0) for y in (100.0, 160.0, 180.0, 200.0, 220.0)]
    ((found,), _) = find_tables(Rules(rulings, []), texts, 1)
    shown = [[c.text for c in found.table.row(r) if c.text] for r in range(3)]
    assert shown == [list(row) for row in rows]


@pytest.mark.parametrize(("below", "pieces"), [(320.0, 2), (270.0, 1)], ids=["others begin there", "nobody does"])
def test_a_line_without_a_gap_is_cut_at_a_border_only_where_another_begins(below: float, pieces: int) -> None:
    line = Line(
        1,
        Box(236, 100, 374, 109),
        tuple(
            Char(c, x, x + 9)
            for c, x in [
                *zip("确保全县安全度汛。", range(236, 317, 9), strict=True),
                *zip("完成水库整治", range(320, 374, 9), strict=True),
            ]
        ),
    )
    other = line_at(below, 112, "安装设施")
    assert len(cut_at_borders(line, [60.0, 316.0, 530.0], [line, other])) == pieces


def test_a_level_between_the_rulings_that_part_its_indicators_is_no_heading() -> None:
    sheet = Sheet()
    for y, start in ((100, 60), (120, 60), (180, 140), (240, 60), (260, 60)):
        sheet.rule(start, y, 530, y)
    for r, row in enumerate(HEADED[:2]):
        for c, text in enumerate(row):
            sheet.text(64 + 90 * c, 104 + 20 * r if r == 0 else 244, text)
    for top in (124, 184):
        for c, text in enumerate(("社会效益", "受益户数", "800户", "812户")):
            sheet.text(154 + 90 * c, top, text)
        for i, text in enumerate(("影响指标", "持续改善")):
            sheet.text(154, top + 13 * (i + 1), text)
    sheet.text(64, 174, "效益指标")
    (table,) = tables_of(sheet)
    assert table.row_count == 4

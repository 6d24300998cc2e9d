"""What a page break cuts is put together again; what only decorates a page is left out."""

from __future__ import annotations

from itertools import pairwise

from service.config import Limits
from service.reading import Source, join, read_page
from service.reading.document import Document, Table
from tests.reading.drawing import Sheet, plain

XS = [60.0, 130.0, 280.0, 400.0, 530.0]
HEADER = ["一级指标", "三级指标", "指标值", "得分"]


def document_of(sheet: Sheet) -> Document:
    with Source(sheet.pdf(), "test.pdf", limits=Limits()) as source:
        numbers = range(1, source.page_count + 1)
        contents = [read_page(source, n, engine=None) for n in numbers]  # type: ignore[arg-type]
    return join(contents, sha256="0" * 64, file_name="test.pdf")


def rows(table: Table) -> list[list[str]]:
    return [[c.text for c in table.row(r) if c.row == r] for r in range(table.row_count)]


def test_rows_go_on_and_the_repeated_header_is_dropped() -> None:
    sheet = Sheet()
    sheet.table(XS, [700, 730, 760], plain([HEADER, ["产出", "培训期数", "12", "10"]]))
    sheet.new_page()
    sheet.table(XS, [60, 90, 120], plain([HEADER, ["效益", "知晓率", "95%", "9"]]))
    (table,) = document_of(sheet).tables
    assert rows(table) == [HEADER, ["产出", "培训期数", "12", "10"], ["效益", "知晓率", "95%", "9"]]
    assert [p.page for p in table.places] == [1, 2]


def test_a_level_cell_cut_by_the_break_is_one_cell_with_a_box_on_each_page() -> None:
    sheet = Sheet()
    first = {(0, 0, 2, 1): "可持续影响", (0, 1, 1, 1): "机制", (0, 2, 1, 1): "健全", (0, 3, 1, 1): "5"}
    first |= {(1, 1, 1, 1): "制度", (1, 2, 1, 1): "完善", (1, 3, 1, 1): "5"}
    sheet.table(XS, [720, 750, 780], first, sides="tlr")
    for a, b in pairwise(XS[1:]):
        sheet.rule(a, 780, b, 780)
    sheet.new_page()
    second = {(0, 0, 1, 1): "指标", (0, 1, 1, 1): "队伍", (0, 2, 1, 1): "稳定", (0, 3, 1, 1): "4"}
    sheet.table(XS, [60, 90], second, sides="blr")
    for a, b in pairwise(XS[1:]):
        sheet.rule(a, 60, b, 60)
    (table,) = document_of(sheet).tables
    level = table.at(0, 0)
    assert level is not None
    assert (level.text, level.row_span) == ("可持续影响指标", 3)
    assert [p.page for p in level.places] == [1, 2]
    assert rows(table)[2] == ["队伍", "稳定", "4"]


def test_a_long_cell_goes_on_where_the_row_is_open() -> None:
    sheet = Sheet()
    goal = {(0, 0, 1, 1): "年度目标", (0, 1, 1, 3): "建成覆盖全县的应急物资储备"}
    sheet.table(XS, [740, 780], goal, sides="tlr")
    sheet.new_page()
    sheet.table(
        XS,
        [60, 100, 130],
        {(0, 0, 1, 1): "", (0, 1, 1, 3): "体系。"} | {(1, c, 1, 1): t for c, t in enumerate(HEADER)},
        sides="blr",
    )
    (table,) = document_of(sheet).tables
    assert rows(table)[0] == ["年度目标", "建成覆盖全县的应急物资储备体系。"]
    assert rows(table)[1] == HEADER


def test_a_long_cell_goes_on_where_the_page_ends_with_a_ruling() -> None:
    sheet = Sheet()
    sheet.table(XS, [740, 780], plain([["效益", "群众满意度", "由于宣传不够充分，部分村", "8"]]))
    sheet.new_page()
    sheet.table(XS, [60, 100, 130], plain([["", "", "组未能参加测评。", ""], ["效益", "知晓率", "95%", "9"]]))
    (table,) = document_of(sheet).tables
    assert rows(table)[0] == ["效益", "群众满意度", "由于宣传不够充分，部分村组未能参加测评。", "8"]
    assert len(rows(table)) == 2


def test_another_form_on_the_next_page_stays_apart() -> None:
    sheet = Sheet()
    sheet.table(XS, [700, 730], plain([HEADER]))
    sheet.new_page()
    sheet.text(200, 60, "项目支出绩效自评表", size=16)
    sheet.table(XS, [100, 130], plain([HEADER]))
    assert len(document_of(sheet).tables) == 2


def test_page_marks_and_running_headers_are_left_out() -> None:
    sheet = Sheet()
    for n in range(4):
        if n:
            sheet.new_page()
        sheet.text(80, 30, "青禾县农业农村局绩效自评报告")
        sheet.text(80, 100 + n, f"第{'一二三四'[n]}部分内容说明。")
        sheet.text(280, 800, f"- {n + 1} -")
    texts = [p.text for p in document_of(sheet).paragraphs]
    assert texts == ["第一部分内容说明。", "第二部分内容说明。", "第三部分内容说明。", "第四部分内容说明。"]


def test_a_paragraph_goes_on_over_the_page() -> None:
    sheet = Sheet()
    full = "本年度安排资金用于农村道路养护及桥梁加固并按照进度拨付到位全年共完成养护里程"
    sheet.text(80, 740, full)
    sheet.text(60, 756, full[:41])
    sheet.new_page()
    sheet.text(60, 60, "一百二十公里，群众满意。")
    sheet.text(80, 80, "二、存在的问题")
    texts = [p.text for p in document_of(sheet).paragraphs]
    assert texts == [full + full[:41] + "一百二十公里，群众满意。", "二、存在的问题"]


def test_headings_and_numbered_items_begin_paragraphs() -> None:
    sheet = Sheet()
    lines = ["一、单位概况", "（一）主要职责", "负责全县水利工程建设与管理。", "1.完成渠道清淤；", "2．修复水毁工程；"]
    for i, text in enumerate(lines):
        sheet.text(60, 100 + 18 * i, text)
    assert [p.text for p in document_of(sheet).paragraphs] == lines


def test_columns_stay_the_same_over_three_pages_of_which_none_shows_all() -> None:
    sheet = Sheet()
    sheet.table([60, 200, 530], [700, 730], plain([["项目名称", "渠道清淤"]]))
    sheet.new_page()
    sheet.table([60, 130, 530], [60, 90], plain([["主管部门", "青禾县水利局"]]))
    sheet.new_page()
    sheet.table([75, 145, 215, 545], [60, 90], plain([["一级", "二级", "三级"]]))
    (table,) = document_of(sheet).tables
    spans = [[(c.column, c.column_span) for c in table.row(r)] for r in range(table.row_count)]
    assert spans == [[(0, 2), (2, 1)], [(0, 1), (1, 2)], [(0, 1), (1, 1), (2, 1)]]


def test_the_signature_line_under_a_form_does_not_run_into_the_next_page() -> None:
    sheet = Sheet()
    sheet.text(60, 740, "单位负责人：孔某某　　填表人：孟某某　　填表日期：2024年2月21日")
    sheet.new_page()
    sheet.text(60, 60, "（2023年度）　金额单位：元")
    texts = [p.text for p in document_of(sheet).paragraphs]
    assert len(texts) == 2


def test_a_page_of_two_rows_takes_its_columns_from_the_page_before() -> None:
    sheet = Sheet()
    full = [[*HEADER, "偏差原因"]]
    full += [["产出", f"培训期数{i}", "12", "10", "未及时报送"] for i in range(3)]
    xs = [60.0, 130.0, 280.0, 400.0, 450.0, 530.0]
    sheet.table(xs, [650, 680, 710, 740, 770], plain(full), verticals=False)
    sheet.new_page()
    last = [["效益", "知晓率", "95%", "9", ""], ["总分", "", "", "98", ""]]
    sheet.table(xs, [60, 90, 120], plain(last), verticals=False)
    (table,) = document_of(sheet).tables
    assert [[c.text for c in table.row(r)] for r in (4, 5)] == last

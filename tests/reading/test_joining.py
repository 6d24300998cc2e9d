"""What a page break cuts is put together again; what only decorates a page is left out."""

from __future__ import annotations

from itertools import pairwise

import pytest

from service.config import Limits
from service.reading import Source, join, read_page
from service.reading.document import Document, Table
from tests.reading.drawing import SIZE, Sheet, plain

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


def paragraphs_of(sheet: Sheet) -> list[str]:
    return [p.text for p in document_of(sheet).paragraphs]


FULL = "本年度安排资金用于农村道路养护及桥梁加固并按照进度拨付到位全年共完成养护里程一百公里通行"
TITLE = ("临溪市云岭区园林绿化管理服务中心二〇二三年度部门", "整体支出绩效自评报告")


def body(sheet: Sheet, y: float) -> list[str]:
    """Running text from `y` on, two lines to a paragraph."""
    for i, text in enumerate((FULL, FULL[:30] + "。") * 2):
        sheet.text(60, y + 18 * i, text)
    return [FULL + FULL[:30] + "。"] * 2


def test_a_title_that_fills_its_line_goes_on_in_the_next() -> None:
    sheet = Sheet()
    sheet.text(65, 60, TITLE[0], size=19)
    sheet.text(200, 90, TITLE[1], size=19)
    text = body(sheet, 140)
    assert paragraphs_of(sheet) == ["".join(TITLE), *text]


def test_the_lines_of_a_title_block_that_have_room_left_stay_apart() -> None:
    sheet = Sheet()
    block = ["临溪市云岭区园林绿化管理服务站", "二〇二三年度部门整体支出绩效情况自评报告"]
    sheet.text(125, 60, block[0], size=20)
    sheet.text(75, 90, block[1], size=20)
    text = body(sheet, 140)
    assert paragraphs_of(sheet) == [*block, *text]


def test_a_line_below_a_title_that_is_no_title_itself_stays_apart() -> None:
    sheet = Sheet()
    title = "云岭区园林绿化管理服务中心二〇二三年度部门整体支出绩效自评报告"
    sheet.text(60, 60, title, size=14)
    sheet.text(60, 80, "报送单位为云岭区园林中心", size=12)
    text = body(sheet, 140)
    assert paragraphs_of(sheet) == [title, "报送单位为云岭区园林中心", *text]


@pytest.mark.parametrize("size", [14, SIZE], ids=["large", "in the middle"])
def test_a_heading_longer_than_most_does_not_run_on(size: float) -> None:
    sheet = Sheet()
    heading = "云岭区园林绿化管理服务中心部门整体支出绩效自评工作报告"
    below = "报送单位为区园林中心"
    for i, text in enumerate((heading, below)):
        sheet.text(280 - len(text) * size / 2, 60 + 1.6 * size * i, text, size=size)
    text = body(sheet, 140)
    assert paragraphs_of(sheet) == [heading, below, *text]


def test_a_numbered_heading_without_any_mark_does_not_run_on_however_long() -> None:
    sheet = Sheet()
    heading = "（二）部门整体支出绩效自评工作组织实施以及问题整改落实情况"
    sheet.text(60, 60, heading)
    sheet.text(80, 78, FULL[:40] + "。")
    text = body(sheet, 140)
    assert paragraphs_of(sheet) == [heading, FULL[:40] + "。", *text]


@pytest.mark.parametrize(("y", "goes_on"), [(500, False), (760, True)], ids=["cover", "foot of the page"])
def test_a_short_line_goes_on_overleaf_from_the_foot_of_its_page_alone(y: float, goes_on: bool) -> None:
    sheet = Sheet()
    sheet.text(330, y, "临溪市云岭区园林管理中心")
    sheet.new_page()
    first, second = body(sheet, 100)
    cover = ["临溪市云岭区园林管理中心" + first] if goes_on else ["临溪市云岭区园林管理中心", first]
    assert paragraphs_of(sheet) == [*cover, second]


def test_lines_of_a_table_of_contents_do_not_run_on() -> None:
    sheet = Sheet()
    entries = ["部门基本情况" + "…" * 38 + "1", "内设机构和人员" + "…" * 35 + "2", "绩效目标完成" + "…" * 35 + "12"]
    for i, text in enumerate(entries):
        sheet.text(80 if i == 1 else 60, 60 + 18 * i, text)
    sheet.new_page()
    text = body(sheet, 60)
    assert [p.replace("⋯", "…") for p in paragraphs_of(sheet)] == [*entries, *text]


def test_a_blank_level_cell_at_the_foot_of_a_page_belongs_to_the_name_below() -> None:
    sheet = Sheet()
    sheet.table(XS, [700, 730, 760], plain([HEADER, ["", "培训期数", "12", "10"]]))
    sheet.new_page()
    sheet.table(XS, [60, 90, 120], plain([["产出", "知晓率", "95%", "9"], ["效益", "满意度", "98%", "10"]]))
    (table,) = document_of(sheet).tables
    level = table.at(1, 0)
    assert level is not None
    assert (level.text, level.row_span, [p.page for p in level.places]) == ("产出", 2, [1, 2])
    assert rows(table)[2:] == [["知晓率", "95%", "9"], ["效益", "满意度", "98%", "10"]]


def test_a_blank_value_at_the_foot_of_a_page_takes_nothing_from_below() -> None:
    sheet = Sheet()
    sheet.table(XS, [700, 730, 760], plain([HEADER, ["产出", "培训期数", "12", ""]]))
    sheet.new_page()
    sheet.table(XS, [60, 90], plain([["效益", "知晓率", "95%", "9"]]))
    (table,) = document_of(sheet).tables
    assert rows(table)[1:] == [["产出", "培训期数", "12", ""], ["效益", "知晓率", "95%", "9"]]

"""Running headers of scanned pages are left out, however the sheets lay; captions, titles and headings stay."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from service.reading.document import Box, Char, Line, Origin, Page, Paragraph, Place, cells_of
from service.reading.joining import PageContent, join
from service.reading.tables import PageTable

WIDTH, HEIGHT = 595.0, 842.0
TEXT, SMALL, LARGE = 16.0, 9.0, 22.0
TITLE = "青禾县水利局2022年度部门整体支出绩效自评报告"
SENTENCE = "全年完成渠道清淤和水毁工程修复"
BODY = [f"{n}、安排资金用于农村道路养护并按进度拨付。" for n in "一二三四五"]


def line(text: str, y: float, size: float = TEXT, x: float = 80.0, page: int = 1) -> Line:
    """A line of hanzi of `size` whose middle is at `y`; figures and points are half as wide."""
    chars, left = [], x
    for sign in text:
        right = left + (size / 2 if sign.isascii() else size)
        chars.append(Char(sign, left, right))
        left = right
    return Line(page, Box(x, y - size / 2, left, y + size / 2), tuple(chars))


def content(number: int, head: Sequence[tuple[str, float, float]], body: Sequence[str] = BODY) -> PageContent:
    """A page with (text, y, size) at its head and rows of text below."""
    lines = [line(text, y, size, page=number) for text, y, size in head]
    lines += [line(text, 160 + 30 * i, page=number) for i, text in enumerate(body)]
    return PageContent(Page(number, WIDTH, HEIGHT, Origin.SCAN, list(lines)), loose=lines)


def with_table(page: PageContent, top: float) -> PageContent:
    table = cells_of([["一级指标", "指标值"]], page.page.number)
    box = Box(60, top, 530, top + 40)
    table.places = [Place(page.page.number, box)]
    page.tables.append(PageTable(table, [60.0, 300.0, 530.0], set(), set()))
    return page


def texts(*pages: PageContent) -> list[str]:
    _, blocks, _ = join(pages)
    return [block.text for block in blocks if isinstance(block, Paragraph)]


def test_a_small_header_that_shifts_and_is_misread_is_left_out_and_the_paragraph_goes_on() -> None:
    readings = [TITLE, TITLE.replace("青禾", "青木"), TITLE.replace("评报", "坪扳")]
    pages = [
        content(n + 1, [(text, 84 + 12 * n, SMALL)], [SENTENCE * 2 + "三十公里群众满意"])
        for n, text in enumerate(readings)
    ]
    assert texts(*pages) == [(SENTENCE * 2 + "三十公里群众满意") * 3]


def test_two_pages_are_enough_for_a_small_header() -> None:
    assert texts(*[content(n, [("青禾县水利局绩效自评报告", 95 + 9 * n, SMALL)]) for n in (1, 2)]) == BODY * 2


def test_a_header_on_one_page_is_known_by_the_title() -> None:
    first = content(1, [(TITLE[:6], 100, LARGE), (TITLE[6:], 130, LARGE)])
    assert texts(first, content(2, [(TITLE, 100, SMALL)])) == [TITLE[:6], TITLE[6:], *BODY, *BODY]
    other = "渠道清淤工程质量验收资料目录"
    assert other in texts(first, content(2, [(other, 100, SMALL)]))


def test_a_header_as_large_as_the_text_stays_with_the_first_page_where_it_may_be_the_title() -> None:
    pages = [content(n, [("青禾县水利局绩效自评报告", 90 + 8 * n, TEXT)]) for n in (1, 2, 3)]
    assert texts(*pages) == ["青禾县水利局绩效自评报告", *BODY * 3]


def test_titles_of_reports_that_follow_each_other_stay() -> None:
    pages = [
        content(n, [("青禾县水利局绩效自评报告", 90 + 8 * (n % 4), TEXT)] if n % 3 == 1 else []) for n in range(1, 10)
    ]
    assert texts(*pages).count("青禾县水利局绩效自评报告") == 3


def test_captions_of_forms_stay() -> None:
    pages = [with_table(content(n, [("项目支出绩效自评表金额单位", 90 + 9 * n, SMALL)], []), 160) for n in (1, 2, 3)]
    assert texts(*pages).count("项目支出绩效自评表金额单位") == 3


def test_the_header_of_the_text_is_left_out_above_a_form_too() -> None:
    head = ("青禾县水利局绩效自评报告", 100.0, SMALL)
    pages = [content(1, [head]), content(2, [(head[0], 110.0, SMALL)]), with_table(content(3, [head], []), 160)]
    assert head[0] not in texts(*pages)


def test_numbered_headings_at_the_heads_of_pages_stay() -> None:
    heads = ["（一）康复服务完成情况", "（二）就业服务完成情况", "（三）托养服务完成情况"]
    found = texts(*[content(n + 1, [(text, 100, TEXT)]) for n, text in enumerate(heads)])
    assert [text for text in heads if text in found] == heads


def test_first_rows_of_text_that_are_not_alike_stay() -> None:
    heads = ["残疾人就业服务中心完成培训", "渠道清淤工程按期通过验收", "农村道路养护资金拨付到位"]
    assert texts(*[content(n + 1, [(text, 100, TEXT)]) for n, text in enumerate(heads)]).count(heads[1]) == 1
    found = texts(*[content(n + 1, [(text, 100, SMALL)]) for n, text in enumerate(heads)])
    assert [text for text in heads if text in found] == heads


def skewed(row: Line, height: float) -> Line:
    """The line in the higher box that a slanting line has."""
    y = row.box.centre[1]
    return Line(row.page, Box(row.box.x0, y - height / 2, row.box.x1, y + height / 2), row.chars)


def joined(*rows: Line) -> list[str]:
    return texts(PageContent(Page(1, WIDTH, HEIGHT, Origin.SCAN, list(rows)), loose=list(rows)))


def test_a_figure_moved_to_the_next_line_goes_on_where_the_sheet_lay_askew() -> None:
    full = "年中因上级下达康复和托养补助资金调增预算及结转，"
    before = "元。全年实际执行八百万元，预算执行率为"
    rows = [skewed(line(full, 300), 32), skewed(line(full, 330), 32), skewed(line(before, 360), 31)]
    for figure in (
        "96.70%。",
        "96. 70%。",
        "24.72万元。",
        "1.2万元。",
        "2.5个百分点。",
        "3.5倍。",
        "0.8起以内。",
        "1.5以下。",
    ):
        assert joined(*rows, skewed(line(figure, 390), 22)) == [full * 2 + before + figure]


def test_numbers_and_headings_after_an_open_line_begin_paragraphs() -> None:
    full = "年中因上级下达康复和托养补助资金调增预算及结转，"
    numbers = ("1.健全机制", "2. 强化监督", "3．2022年续建", "2.2024年续建", "二、存在的问题")
    for following in (*numbers, "1.2 机构设置", "2.1个人防护", "1.1.3主要职能"):
        assert joined(line(full, 300), line(full, 330), line(following, 360))[-1] == following


def test_a_number_without_a_mark_heads_a_line_behind_a_sentence() -> None:
    ended, open_line = (
        "综合评定本单位整体支出绩效自评得分为九十四点二分。",
        "综合评定本单位整体支出绩效自评得分为九十四点二分，",
    )
    for following in ("2 单位概况", "3 存在问题及改进措施", "4 部门支出", "5 组织管理"):
        assert joined(line(ended, 300), line(ended, 330), line(following, 360))[-1] == following
        assert joined(line(ended, 300), line(open_line, 330), line(following, 360)) == [ended + open_line + following]
    for figure in ("15 个社区。", "43 人。", "12 月底完成。", "63 名教师。"):
        assert joined(line(ended, 300), line(ended, 330), line(figure, 360)) == [ended * 2 + figure]


@pytest.mark.parametrize("mark", ["- 3 -", "3", "第3页"])
def test_a_page_number_that_is_taller_than_the_text_is_left_out(mark: str) -> None:
    page = content(3, [])
    number = line(mark, 800, LARGE + 4, x=280, page=3)
    page.page.lines.append(number)
    page.loose.append(number)
    assert texts(page) == BODY

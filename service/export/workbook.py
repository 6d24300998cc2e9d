"""Tables as an Excel workbook: one sheet a table, doubtful values marked."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from service.export.tables import Column, Kind, Table, Value, all_tables
from service.schema import Report

HEAD_STYLE: Final = {"bold": True, "bg_color": "#DDE6F0", "border": 1, "valign": "vcenter", "text_wrap": True}
BODY_STYLE: Final = {"text_wrap": True, "valign": "top", "border": 1}
DOUBTFUL_STYLE: Final = {"bg_color": "#FFF2B3"}
NUMBER_FORMATS: Final[dict[Kind, str]] = {"text": "General", "number": "General", "money": "#,##0.00####"}
DOUBTFUL_NOTE: Final = "黄色单元格识别把握不足 80%，请对照原件核对。"
LANDSCAPE_A4: Final = 9
# Excel refuses longer texts in a cell.
MOST_CHARACTERS: Final = 32_767


def report_workbook(report: Report) -> bytes:
    """Everything that a report says, as .xlsx."""
    return workbook(all_tables(report), title=report.document.file_name)


def workbook(tables: Sequence[Table], *, title: str = "") -> bytes:
    """One sheet a table, as .xlsx. Texts are never taken for formulas or links."""
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(target, options) as book:
        book.set_properties({"title": title, "author": "jixiao"})
        head = book.add_format(HEAD_STYLE)
        styles = {(kind, doubtful): _style(book, kind, doubtful) for kind in NUMBER_FORMATS for doubtful in (0, 1)}
        for table in tables:
            _fill(book.add_worksheet(table.title), table, head, styles)
    return target.getvalue()


def _style(book: Workbook, kind: Kind, doubtful: int) -> Format:
    return book.add_format(BODY_STYLE | {"num_format": NUMBER_FORMATS[kind]} | (DOUBTFUL_STYLE if doubtful else {}))


def _fill(sheet: Worksheet, table: Table, head: Format, styles: dict[tuple[Kind, int], Format]) -> None:
    for number, column in enumerate(table.columns):
        sheet.set_column(number, number, column.width)
        sheet.write_string(0, number, column.title, head)
    for row, cells in enumerate(table.rows, 1):
        for number, (cell, column) in enumerate(zip(cells, table.columns, strict=True)):
            _write(sheet, row, number, cell.value, styles[column.kind, int(cell.doubtful)])
    sheet.freeze_panes(1, _frozen(table.columns))
    sheet.autofilter(0, 0, max(1, len(table.rows)), len(table.columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(LANDSCAPE_A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    note = DOUBTFUL_NOTE if any(cell.doubtful for row in table.rows for cell in row) else ""
    sheet.set_footer(f"&L&A&C{_no_codes(note)}&R&P / &N")


def _write(sheet: Worksheet, row: int, column: int, value: Value, style: Format) -> None:
    if value is None or value == "":
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, str):
        sheet.write_string(row, column, value[:MOST_CHARACTERS], style)
    else:
        sheet.write_number(row, column, value, style)


def _frozen(columns: Sequence[Column]) -> int:
    """How many columns stay in view: those up to the subject."""
    titles = [column.title for column in columns]
    return titles.index("评价对象") + 1 if "评价对象" in titles else 0


def _no_codes(text: str) -> str:
    """A footer's text, in which & would begin a code."""
    return text.replace("&", "&&")

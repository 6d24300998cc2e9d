"""The workbook opens, and holds what the report says."""

from __future__ import annotations

import io

import openpyxl
from openpyxl.workbook import Workbook

from service.export import tables, workbook
from service.schema import Report


def opened(data: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def test_a_report_has_a_sheet_for_each_table_with_rows(planted: Report) -> None:
    book = opened(workbook.report_workbook(planted))
    assert book.sheetnames == ["总览", "资金", "指标", "核对发现"]
    assert book.properties.title == planted.document.file_name


def test_numbers_are_numbers_and_texts_are_texts(planted: Report) -> None:
    sheet = opened(workbook.report_workbook(planted))["指标"]
    titles = [cell.value for cell in sheet[1]]
    first = dict(zip(titles, [cell.value for cell in sheet[2]], strict=True))
    assert first["得分"] == 50
    assert first["年度指标值"] == "≥12公里"
    assert sheet.max_row == 1 + len(planted.evaluations[0].indicators)
    assert sheet.freeze_panes == "C2"


def test_a_doubtful_value_is_marked(planted: Report) -> None:
    doubtful = planted.model_copy(deep=True)
    indicator = doubtful.evaluations[0].indicators[0]
    assert indicator.actual is not None
    indicator.actual.confidence = 0.4
    sheet = opened(workbook.report_workbook(doubtful))["指标"]
    column = [cell.value for cell in sheet[1]].index("实际完成值")
    assert sheet[2][column].fill.fgColor.rgb.endswith(workbook.DOUBTFUL_STYLE["bg_color"].strip("#"))
    assert not sheet[3][column].fill.fgColor.rgb.endswith(workbook.DOUBTFUL_STYLE["bg_color"].strip("#"))


def test_a_text_is_no_formula_and_no_link() -> None:
    cells = [[tables.Cell("=1+1"), tables.Cell("http://example.org/")]]
    made = tables.Table("x", "表", (tables.Column("甲"), tables.Column("乙")), cells)
    sheet = opened(workbook.workbook([made]))["表"]
    assert sheet["A2"].data_type == "s"
    assert sheet["A2"].value == "=1+1"
    assert sheet["B2"].hyperlink is None


def test_a_text_longer_than_a_cell_is_cut() -> None:
    made = tables.Table("x", "表", (tables.Column("甲"),), [[tables.Cell("长" * 40_000)]])
    assert len(opened(workbook.workbook([made]))["表"]["A2"].value) == workbook.MOST_CHARACTERS


def test_an_empty_report_still_has_an_overview() -> None:
    made = tables.Table("evaluations", "总览", (tables.Column("评价对象"),), [])
    assert opened(workbook.workbook([made]))["总览"]["A1"].value == "评价对象"

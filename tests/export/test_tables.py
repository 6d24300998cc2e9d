"""Tables of a report, and the CSV files that Excel opens."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from service.export import tables
from service.schema import Report


def read(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_every_indicator_is_a_row_as_printed(planted: Report) -> None:
    rows = read(tables.to_csv(tables.table(planted, "indicators")))
    assert [(row["三级指标"], row["年度指标值"], row["实际完成值"], row["得分"]) for row in rows] == [
        ("清淤河道长度", "≥12公里", "12.6公里", "50"),
        ("受益村庄数", "≥8个", "8个", "30"),
        ("群众满意度", "≥90%", "95%", "10"),
    ]
    assert {row["完成情况"] for row in rows} == {"达成"}


def test_money_stands_in_ten_thousands(planted: Report) -> None:
    (row,) = read(tables.to_csv(tables.table(planted, "funds")))
    assert row["全年预算数（万元）"] == "120"
    assert row["全年执行数（万元）"] == "118.5"


def test_the_overview_counts_findings(planted: Report) -> None:
    (row,) = read(tables.to_csv(tables.table(planted, "evaluations")))
    checks = planted.evaluations[0].checks
    assert int(row["错误"]) == sum(check.severity == "error" for check in checks) > 0
    assert row["评价对象"] == "河道清淤项目"
    assert row["总分"] == "97.88"


def test_findings_keep_message_and_place(planted: Report) -> None:
    rows = read(tables.to_csv(tables.table(planted, "findings")))
    assert [row["问题"] for row in rows] == [check.message for check in planted.evaluations[0].checks]
    assert {row["页"] for row in rows} == {"1"}


def test_csv_begins_with_the_mark_that_excel_looks_for(planted: Report) -> None:
    data = tables.to_csv(tables.table(planted, "evaluations"))
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == 2


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+cmd", "'+cmd"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-", "'-"),
        ("-3.5", "-3.5"),
        ("+1,200", "+1,200"),
        ("≥12公里", "≥12公里"),
        (1234567.5, "1234567.5"),
        (None, ""),
    ],
)
def test_no_text_runs_as_a_formula(value: Any, written: str) -> None:
    made = tables.Table("x", "x", (tables.Column("值"),), [[tables.Cell(value)]])
    assert read(tables.to_csv(made)) == [{"值": written}]


def test_an_unknown_table_is_refused(planted: Report) -> None:
    with pytest.raises(tables.UnknownTable) as caught:
        tables.table(planted, "everything")
    assert "indicators" in caught.value.message


@pytest.mark.parametrize("name", sorted(tables.TABLES))
def test_rows_fit_their_columns(planted: Report, name: str) -> None:
    made = tables.table(planted, name)
    assert made.name == name
    assert all(len(row) == len(made.columns) for row in made.rows)

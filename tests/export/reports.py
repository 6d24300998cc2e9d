"""A small report with findings, read from a drawn form for real."""

from __future__ import annotations

from functools import cache

from service.isolation import Workers
from service.pipeline import extract
from service.schema import Report
from tests.plain_form import ROWS, Row, form_pdf

FILE_NAME = "清淤 自评表.pdf"


def planted_rows() -> list[Row]:
    """The form with a total that its scores do not give."""
    return [*ROWS[:-1], (("总分", 5), ("100", 1), ("97.88", 1), ("", 1))]


@cache  # each made anew has an ID of its own
def planted_pdf() -> bytes:
    return form_pdf(1, planted_rows())


def planted_report(workers: Workers) -> Report:
    return extract(planted_pdf(), FILE_NAME, workers=workers)

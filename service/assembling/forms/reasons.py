"""Reasons printed in one row for the whole form, given to the rows that they speak of."""

from __future__ import annotations

import re

from service.assembling.quantities import is_blank
from service.assembling.vocabulary import compact
from service.reading.document import Notice
from service.schema import Evaluation, Indicator, Text

_NOTHING = re.compile(r"[(（]?(?:无|暂无|没有|不适用|无偏差|均已完成|全部完成|无此(?:情况|事项))[)）]?(?:偏差)?[。.]?")
_POINT = re.compile(r"(?:^|(?<=[。；;\n]))\s*(?=(?:[（(]?\d{1,2}[)）.、．]|[一二三四五六七八九十]+(?:是|、)))")


def assign(evaluation: Evaluation, reasons: list[Text], page: int | None) -> list[Notice]:
    """Put each reason beside the rows it names; unnamed ones beside the one row that lost points.

    What cannot be placed stays as a notice with its text, so that nothing is lost.
    """
    left: list[str] = []
    for reason in reasons:
        if _NOTHING.fullmatch(compact(reason.text)):
            continue
        left += [point for point in points(reason.text) if not _place(evaluation.indicators, point)]
    return [Notice("reasons_unassigned", f"偏差原因未能对应到具体指标：{text}", page) for text in left]


def points(text: str) -> list[str]:
    """The numbered points of a text, or the whole of it."""
    found = [piece.strip() for piece in _POINT.split(text) if piece and piece.strip()]
    return found or [text]


def _place(indicators: list[Indicator], reason: str) -> bool:
    named = [i for i in indicators if _names(reason, i.level3)]
    rows = named or _docked(indicators)
    if not named and len(rows) != 1:
        return False
    for row in rows:
        row.deviation = reason if is_blank(row.deviation or "") else f"{row.deviation}{reason}"
    return True


def _names(reason: str, name: str) -> bool:
    """Whether a reason speaks of an indicator: it prints its name, quoted or plain."""
    plain = re.sub(r"^指标\d+[:：]", "", compact(name))
    return len(plain) >= 3 and plain in compact(reason)


def _docked(indicators: list[Indicator]) -> list[Indicator]:
    """The rows that lost points, or, where no points are given, those that are not met."""
    docked = [i for i in indicators if i.weight is not None and i.score is not None and i.score < i.weight]
    return docked or [i for i in indicators if i.status in ("partly_met", "unmet")]

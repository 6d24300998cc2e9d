"""What the prose says, put into the evaluation that a report's title opened; what a form says there leads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from service.assembling.prose.plain import plain
from service.reading.document import Notice
from service.schema import Evaluation, FundLine, Quantity, Text

_AMOUNTS: Final = {"initial_budget": "年初预算数", "annual_budget": "全年预算数", "executed": "全年执行数"}
# Figures that differ by less were rounded differently, in 元: half of the last place of 0.01 万元, on both sides.
_ROUNDING: Final = 100.0
_RATE_ROUNDING: Final = 0.01


def merge_funds(evaluation: Evaluation, lines: Sequence[FundLine]) -> list[Notice]:
    """Fill what the form leaves open, and say where the prose differs from it."""
    notices = []
    for line in lines:
        own = next((f for f in evaluation.funds if _same_line(f, line)), None)
        if own is None:
            evaluation.funds.append(line)
            continue
        for name, words in _AMOUNTS.items():
            printed, told = getattr(own, name), getattr(line, name)
            if told is None:
                continue
            if printed is None or printed.value is None:
                setattr(own, name, told)
            elif told.value is not None and abs(printed.value - told.value) > _ROUNDING:
                notices.append(_differs(own, words, printed.text, told))
        if own.execution_rate is None:
            own.execution_rate = line.execution_rate
    return notices


def _same_line(form: FundLine, prose: FundLine) -> bool:
    if form.category != prose.category:
        return False
    return form.category in ("total", "basic", "project", "carryover") or _bare(form.label) == _bare(prose.label)


def _bare(label: str) -> str:
    return re.sub(r"其中|当年|[:：、\s]", "", plain(label))


def _differs(line: FundLine, words: str, printed: str, told: Quantity) -> Notice:
    label = re.sub(r"^其中[:：]?", "", line.label)
    page = told.evidence[0].page if told.evidence else None
    message = f"{label}{words}：表中为{printed.strip()}，正文为{told.text.strip()}，两处不一致，以表中数为准"
    return Notice("prose_form_difference", message, page)


def merge_items(own: Sequence[Text], told: Sequence[Text]) -> list[Text]:
    """The prose's items in order, then those of the form that the prose does not have."""
    known = [_words(item.text) for item in told]
    return [
        *told,
        *(item for item in own if not any(_words(item.text) in text or text in _words(item.text) for text in known)),
    ]


def _words(text: str) -> str:
    return re.sub(r"[\W_]+", "", plain(text))


def adopt(report: Evaluation, form: Evaluation) -> None:
    """Take an annexed department form into its report's evaluation: what the form says leads."""
    report.funds = form.funds or report.funds
    report.indicators = form.indicators or report.indicators
    report.goal.expected = form.goal.expected or report.goal.expected
    report.goal.actual = form.goal.actual or report.goal.actual
    for name in ("competent_department", "implementing_unit", "total_weight", "total_score", "grade"):
        if getattr(form, name) is not None:
            setattr(report, name, getattr(form, name))
    report.year = report.year or form.year
    report.problems.extend(form.problems)
    report.improvements.extend(form.improvements)


def is_own_form(report: Evaluation, form: Evaluation) -> bool:
    """Whether a department form that stands by itself is the report's own: its unit, under a longer or shorter name."""
    if form.kind != "department" or form is report or (form.year and report.year and form.year != report.year):
        return False
    if form.subject is None or report.subject is None or report.indicators:
        return False
    left, right = _words(form.subject.text), _words(report.subject.text)
    return bool(left and right) and (left.endswith(right) or right.endswith(left))

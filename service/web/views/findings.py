"""Findings as a reader meets them: what is at odds, which values, and the one change that would mend it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from service.schema import Check, Report
from service.web.views.fields import Field, Kind, fields
from service.web.views.places import concerned

SEVERITIES: Final = {"error": "错误", "warning": "警告", "info": "提示"}
RULES: Final = {
    "F1": "预算执行率", "F2": "资金得分", "F3": "资金合计", "F4": "预算与执行", "S1": "分值合计", "S2": "得分与等级",
    "S3": "指标得分", "S4": "偏差原因", "T1": "指标值", "T2": "指标方向", "N1": "正文比率", "N2": "正文合计",
    "N3": "正文与表格", "N4": "单位与年度",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """A check's finding in its place. `remedy` is the value that the suggestion would change, where it is known."""

    evaluation: int
    check: Check
    pointers: tuple[str, ...]
    remedy: str | None

    @property
    def rule(self) -> str:
        name = RULES.get(self.check.rule)
        return f"{self.check.rule} {name}" if name else self.check.rule

    @property
    def severity(self) -> str:
        return SEVERITIES[self.check.severity]


def findings(report: Report, items: Sequence[Field] | None = None) -> list[Finding]:
    """The findings of a report, in the order in which its evaluations keep them."""
    known = fields(report) if items is None else items
    found = []
    for index, group in groupby(known, key=lambda item: item.evaluation):
        own, evaluation = list(group), report.evaluations[index]
        for check in evaluation.checks:
            about = [*concerned(own, check), *named(check, own)]
            pointers = tuple(dict.fromkeys(item.pointer for item in about))
            found.append(Finding(index, check, pointers, remedy(check, own)))
    return found


def remedy(check: Check, items: Iterable[Field]) -> str | None:
    """The pointer of the value that a finding's suggestion would change.

    A finding with a suggestion names the figure in its message; figures that the report does not keep have no pointer.
    """
    if check.suggestion is None:
        return None
    named = [item for item in items if f"若将{item.name}由{check.found}改为" in check.message]
    return named[0].pointer if len(named) == 1 else None


def named(check: Check, items: Iterable[Field]) -> list[Field]:
    """The plain numbers that a finding names with what it found: they have no boxes of their own to tell them by."""
    numbers = (item for item in items if item.kind is Kind.NUMBER and item.text)
    return [item for item in numbers if item.text == check.found and f"{item.name}{item.text}" in check.message]


def failed(found: Iterable[Finding]) -> set[str]:
    """The values to look at first: what a suggestion would change, else all that an error marks."""
    wanted: set[str] = set()
    for finding in found:
        if finding.remedy is not None:
            wanted.add(finding.remedy)
        elif finding.check.severity == "error":
            wanted.update(finding.pointers)
    return wanted

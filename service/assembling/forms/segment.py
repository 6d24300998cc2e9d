"""A document's blocks cut into forms: at titles and where a new subject is named."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from service.assembling.forms.grid import Region, Sheet, Strip
from service.assembling.forms.header import labelled
from service.assembling.forms.rows import (
    goal_cells,
    head_labels,
    is_fund_header,
    is_fund_pairs,
    is_indicator_header,
    is_title,
    title_cell,
)
from service.assembling.forms.said import said
from service.assembling.vocabulary import GOALS, REPORT_TITLE, Goal, Head, compact
from service.reading.document import Document, Paragraph, Table

# Lines between the parts of a form are captions; a paragraph of this many characters is prose and ends it.
MAX_CAPTION = 60
LEAST_LABELS = 2  # of a header without a table
_SENTENCE = re.compile(r"[。；;，,：:%]")
_SUBJECTS = (Head.SUBJECT, Head.DEPARTMENT_SUBJECT)


@dataclass
class Cut:
    """The forms of a document, and where its reports begin: indices into its blocks."""

    regions: list[Region] = field(default_factory=list)
    reports: list[int] = field(default_factory=list)


class _Cutter:
    def __init__(self) -> None:
        self.cut = Cut()
        self.open: Region | None = None
        self.pending: list[Paragraph] = []
        self.title: Paragraph | None = None
        self.body = False
        self.subject = False
        self.halted: Region | None = None  # a form that prose broke off before its indicators

    def paragraph(self, paragraph: Paragraph, index: int) -> None:
        text = paragraph.text.strip()
        if is_report_title(text):
            self.cut.reports.append(index)
            self._close()
            self.halted = None
            self.pending, self.title = [], None
        elif is_title(text):
            self._close()
            self.halted = None
            self.title = paragraph
            self.pending.append(paragraph)
        elif len(text) > MAX_CAPTION and not self._is_part(paragraph):
            self.halted = self.open if self.open is not None and not _has_indicators(self.open) else self.halted
            self._close()
            self.pending, self.title = [], None
        elif self.open is not None and self.body:
            self.open.tail.append(paragraph)
            self.pending.append(paragraph)
        else:
            self.pending.append(paragraph)

    def _is_part(self, paragraph: Paragraph) -> bool:
        """Whether a long paragraph is a part of a form that has no table: its header, its funds, or a goal's text."""
        if said(paragraph.lines) or len(labelled(paragraph)) >= LEAST_LABELS:
            return True
        in_form = self.title is not None or self.open is not None
        return in_form and bool(self.pending) and GOALS.exact(self.pending[-1].text) is not None

    def table(self, table: Table) -> None:
        sheet = Sheet(table)
        if self.open is None and self.halted is not None and self.title is None and _is_body(sheet, 0):
            # What broke it off was no prose, but a part without rulings, or one that a scan lost them of.
            self.open, self.body, self.subject = self.halted, True, True
        first = 0
        for row in range(sheet.height):
            if self._begins(sheet, row):
                if row > first:
                    self._extend(sheet, first, row)
                self._begin(sheet, row)
                first = row
            self._note(sheet, row)
        self._extend(sheet, first, sheet.height)
        self.pending, self.title = [], None

    def _begins(self, sheet: Sheet, row: int) -> bool:
        if title_cell(sheet, row) is not None:
            return self.open is None or self.body or self.subject
        named = any(role in _SUBJECTS for role, _ in head_labels(sheet, row))
        if self.open is None:
            return self.title is not None or named or is_indicator_header(sheet, row) or _is_body(sheet, row)
        return named and self.body

    def _begin(self, sheet: Sheet, row: int) -> None:
        self.halted = None
        self.open = Region(title=self.title or title_cell(sheet, row), captions=list(self.pending))
        if self.title is not None and title_cell(sheet, row) is not None:
            self.open.title = title_cell(sheet, row)
        self.cut.regions.append(self.open)
        self.body = self.subject = False
        self.pending, self.title = [], None

    def _note(self, sheet: Sheet, row: int) -> None:
        self.body = self.body or _is_body(sheet, row)
        self.subject = self.subject or any(role in _SUBJECTS for role, _ in head_labels(sheet, row))

    def _extend(self, sheet: Sheet, first: int, last: int) -> None:
        if self.open is not None and last > first:
            self.open.captions.extend(
                p for p in self.pending if p not in self.open.captions and p not in self.open.tail
            )
            self.open.strips.append(Strip(sheet, first, last))

    def _close(self) -> None:
        self.open = None
        self.body = self.subject = False


def _has_indicators(region: Region) -> bool:
    return any(is_indicator_header(strip.sheet, row) for strip in region.strips for row in strip)


def is_report_title(text: str) -> bool:
    """Whether a line is the title of a report in prose: nothing but that, and no sentence."""
    plain = compact(text)
    return len(plain) <= MAX_CAPTION and REPORT_TITLE.search(plain) is not None and not _SENTENCE.search(plain)


def _is_body(sheet: Sheet, row: int) -> bool:
    """Whether a row belongs to a form's figures: funds, goal or indicators."""
    if is_indicator_header(sheet, row) or is_fund_header(sheet, row) or is_fund_pairs(sheet, row):
        return True
    goals = goal_cells(sheet, row)
    return Goal.EXPECTED in goals or Goal.ACTUAL in goals


def segment(document: Document) -> Cut:
    cutter = _Cutter()
    for index, block in enumerate(document.blocks):
        if isinstance(block, Table):
            cutter.table(block)
        else:
            cutter.paragraph(block, index)
    return cutter.cut

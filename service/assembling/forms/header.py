"""The header of a form: subject, departments, and whatever else stands as label and value above the figures."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import zip_longest

from service.assembling.evidence import line_evidence
from service.assembling.forms.grid import Sheet, blank, cell_of, columns
from service.assembling.forms.rows import Kind, Row, inline_label
from service.assembling.forms.values import text_of
from service.assembling.quantities import number
from service.assembling.vocabulary import CLOSINGS, COLUMNS, FUNDS, GOALS, HEADS, Head, canonical
from service.reading.document import Cell, Document, Line, Paragraph
from service.reading.tables import text_rows
from service.schema import Text

# Where the seal goes ("（公章）") is no part of a name.
SEAL_HINT = re.compile(r"\s*[(（]\s*(?:公章|盖章|签章|单位公章|单位盖章)\s*[)）]\s*$")


@dataclass
class Header:
    """What the header area says; `labels` are those that were printed, with or without a value.

    `central` says that the competent department is the central one; of a transfer payment the local one is meant.
    """

    values: dict[Head, Text] = field(default_factory=dict)
    labels: set[Head] = field(default_factory=set)
    total_score: float | None = None
    central: bool = False
    unit_label: Text | None = None

    @property
    def subject(self) -> Text | None:
        return self.values.get(Head.SUBJECT) or self.values.get(Head.DEPARTMENT_SUBJECT)

    @property
    def implementing(self) -> Text | None:
        """The implementing unit; on a project's form the unit that names itself is the one that carries it out."""
        unit = self.values.get(Head.DEPARTMENT_SUBJECT) if Head.SUBJECT in self.values else None
        return self.values.get(Head.IMPLEMENTING) or unit


def read_header(document: Document, rows: Iterable[Row], captions: Iterable[Paragraph]) -> Header:
    header = Header()
    listed = list(rows)
    for row in listed:
        if row.kind in (Kind.INDICATOR, Kind.INDICATOR_HEADER, Kind.GOAL, Kind.FUND, Kind.FUND_HEADER):
            continue
        for cell in row.sheet.starting(row.index):
            _take(document, header, row, cell)
    for paragraph in captions:
        _caption(document, header, paragraph)
    return header


def _take(document: Document, header: Header, row: Row, cell: Cell) -> None:
    if len(listed := _listed(cell)) > 1:
        for piece in listed:
            _take(document, header, row, piece)
        return
    if side_by_side := _side_by_side(cell):
        _fill(document, header, side_by_side)
        return
    label, value = inline_label(cell.text)
    role = HEADS.role(label)
    if role is None or role is Head.OTHER:
        return
    header.labels.add(role)
    central = role is Head.COMPETENT and canonical(label).startswith("中央")
    if role in header.values and (central or not (role is Head.COMPETENT and header.central)):
        return
    found = text_of(document, [cell], value) if value else _beside(document, row.sheet, cell, row.strip.last)
    if found is None:
        return
    found.text = SEAL_HINT.sub("", found.text)
    if role is Head.TOTAL_SCORE:
        header.total_score = number(found.text) if header.total_score is None else header.total_score
    header.values[role] = found
    header.central = central if role is Head.COMPETENT else header.central


def _listed(cell: Cell) -> list[Cell]:
    """The lines of a cell that each hold a label and its value, where no ruling parts them."""
    labelled = [line for line in cell.lines if all(inline_label(line.text)) and HEADS.role(inline_label(line.text)[0])]
    return [cell_of(line, cell.row, cell.column) for line in labelled]


def _side_by_side(cell: Cell) -> list[tuple[Head, Line]]:
    """The labels of a cell that have their value beside them, where no ruling parts the two."""
    if len(cell.lines) < 2 or HEADS.exact(cell.lines[0].text) is None:
        return []
    rows = [labelled(Paragraph(row)) for row in text_rows(cell.lines)]
    return [pair for pairs in rows for pair in pairs] if all(rows) else []


def _beside(document: Document, sheet: Sheet, label: Cell, last: int) -> Text | None:
    """The value of a label: the first filled cell to its right, up to the next label, else the cell below it."""
    for other in sheet.within(label.row, range(label.column + label.column_span, sheet.width)):
        if is_label(other.text):
            break
        if not blank(other):
            return text_of(document, [other])
    below = sheet.at(label.row + label.row_span, label.column) if label.row + label.row_span < last else None
    beside = (sheet.at(label.row, label.column + label.column_span), sheet.at(label.row, label.column - 1))
    in_row_of_labels = any(cell is not None and is_label(cell.text) for cell in beside)
    if (
        below is None
        or blank(below)
        or is_label(below.text)
        or not in_row_of_labels
        or columns(below) != columns(label)
    ):
        return None
    return text_of(document, [below])


def is_label(text: str) -> bool:
    """Whether a cell's text is a header word of any block."""
    if not canonical(text):
        return False
    return any(lexicon.exact(text) is not None for lexicon in (HEADS, FUNDS, GOALS, COLUMNS, CLOSINGS))


def _caption(document: Document, header: Header, paragraph: Paragraph) -> None:
    """A line above the table that holds labels and values ("单位名称：甲  填报日期：…", "单位名称  甲")."""
    _fill(document, header, labelled(paragraph))


def _fill(document: Document, header: Header, pairs: Iterable[tuple[Head, Line]]) -> None:
    """Take values for what the header does not say yet."""
    for role, found in pairs:
        if role in header.values:
            continue
        header.labels.add(role)
        part = Paragraph([found])
        header.values[role] = Text(
            text=SEAL_HINT.sub("", found.text),
            evidence=line_evidence(document, part.lines),
            confidence=part.confidence,
        )


def labelled(paragraph: Paragraph) -> list[tuple[Head, Line]]:
    """The labels of a paragraph that have a value, behind a colon or as the next piece, each with its value."""
    pieces = [line.piece(start, start + len(text)) for line in paragraph.lines for text, start in _pieces(line.text)]
    found: list[tuple[Head, Line]] = []
    for piece, after in zip_longest(pieces, pieces[1:]):
        label, value = inline_label(piece.text)
        role = HEADS.role(label) if value else HEADS.exact(label)
        if role is None or role is Head.OTHER:
            continue
        if value:
            offset = piece.text.rindex(value)
            found.append((role, piece.piece(offset, offset + len(value))))
        elif after is not None and not any(inline_label(after.text)[1:]) and not is_label(after.text):
            found.append((role, after))
    return found


def _pieces(text: str) -> list[tuple[str, int]]:
    """A caption line cut at runs of blanks, each piece with its offset."""
    return [(match.group(), match.start()) for match in re.finditer(r"\S+(?:\s\S+)*", text)]

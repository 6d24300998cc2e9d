"""The year's goal and what became of it: side by side, or one below the other."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise

from service.assembling.forms.grid import Sheet, blank, columns
from service.assembling.forms.rows import Kind, Row, goal_cells, inline_goals, is_goal_label
from service.assembling.forms.values import text_of
from service.assembling.vocabulary import GOALS
from service.assembling.vocabulary import Goal as Label
from service.reading.document import Cell, Document, Paragraph, join_lines
from service.schema import Goal, Text


def read_goal(document: Document, rows: Iterable[Row], captions: Sequence[Paragraph]) -> Goal:
    """The goal as a form's rows print it, or else paragraphs below its labels."""
    reader = _Reader()
    for row in rows:
        if row.kind is Kind.GOAL:
            reader.take(row)
    if not reader.cells:
        reader.take_paragraphs(captions)
    return Goal(
        expected=reader.text(document, Label.ADJUSTED, Label.EXPECTED, Label.BLOCK),
        actual=reader.text(document, Label.ACTUAL),
    )


class _Reader:
    """The cells of each part of the goal, in the order of their rows."""

    def __init__(self) -> None:
        self.cells: dict[Label, list[Cell]] = {}
        self._texts: dict[int, str] = {}
        self._heads: dict[Label, Cell] = {}

    def take(self, row: Row) -> None:
        labels = goal_cells(row.sheet, row.index)
        if inline := inline_goals(row.sheet, row.index):
            for goal in inline:
                self.cells.setdefault(self._meant(goal.role, goal.label), []).append(goal.cell)
                self._texts[id(goal.cell)] = goal.text
            self._heads = {label: cell for label, cell in labels.items() if label is not Label.BLOCK}
            return
        beside = {
            label: value for label, cell in labels.items() if (value := _beside(row.sheet, cell, labels.values()))
        }
        if beside:
            self._heads = {}
            for label, values in beside.items():
                self.cells.setdefault(self._meant(label, labels[label].text), []).extend(values)
        elif labels:
            named: dict[Label, Cell] = {k: cell for k, cell in labels.items() if k is not Label.BLOCK}
            self._heads = named or self._heads
        elif self._heads:
            for label, head in self._heads.items():
                self.cells.setdefault(label, []).extend(_under(row.sheet, head, row.index))
        else:
            _continue(self.cells, row)

    def take_paragraphs(self, captions: Sequence[Paragraph]) -> None:
        for above, below in pairwise(captions):
            label = GOALS.exact(above.text)
            if label is not None and label is not Label.RATE and GOALS.exact(below.text) is None:
                cell = Cell(0, 0, below.places, below.lines)
                self.cells.setdefault(self._meant(label, above.text), []).append(cell)

    def _meant(self, label: Label, printed: str) -> Label:
        """目标完成情况 is the block's heading, but below a goal that was set it is what became of it."""
        set_before = any(known in self.cells for known in (Label.BLOCK, Label.EXPECTED, Label.ADJUSTED))
        return Label.ACTUAL if label is Label.BLOCK and set_before and "情况" in printed else label

    def text(self, document: Document, *labels: Label) -> Text | None:
        """The text under the first of `labels` that has one."""
        cells = next((found for label in labels if (found := self.cells.get(label))), None)
        if cells is None:
            return None
        return text_of(document, cells, join_lines(self._texts.get(id(cell), cell.text) for cell in cells))


def _beside(sheet: Sheet, label: Cell, labels: Collection[Cell]) -> list[Cell]:
    """The filled cells to the right of a goal label, up to the next of the row's `labels`."""
    values: list[Cell] = []
    for cell in sheet.within(label.row, range(label.column + label.column_span, sheet.width)):
        if is_goal_label(cell) or any(cell is other for other in labels):
            break
        if not blank(cell) and cell.row == label.row:
            values.append(cell)
    return values


def _under(sheet: Sheet, head: Cell, row: int) -> list[Cell]:
    """The filled cells of a row under a goal heading."""
    found = []
    for cell in sheet.starting(row):
        shared = len(set(columns(cell)) & set(columns(head)))
        if not blank(cell) and 2 * shared >= min(cell.column_span, head.column_span) and shared:
            found.append(cell)
    return found


def _continue(cells: dict[Label, list[Cell]], row: Row) -> None:
    """A further row of a goal that began beside its label."""
    filled = [cell for cell in row.sheet.starting(row.index) if not blank(cell)]
    for values in filter(None, cells.values()):  # a heading may have had nothing under it
        last = values[-1]
        values.extend(c for c in filled if set(columns(c)) & set(columns(last)) and all(c is not v for v in values))

"""The year's goal and what became of it: side by side, or one below the other."""

from __future__ import annotations

from collections.abc import Iterable

from service.assembling.forms.grid import Sheet, blank, columns
from service.assembling.forms.rows import Kind, Row, goal_cells, inline_label
from service.assembling.forms.values import text_of
from service.assembling.vocabulary import GOALS, canonical
from service.assembling.vocabulary import Goal as Label
from service.reading.document import Cell, Document, join_lines
from service.schema import Goal, Text


def read_goal(document: Document, rows: Iterable[Row]) -> Goal:
    reader = _Reader()
    for row in rows:
        if row.kind is Kind.GOAL:
            reader.take(row)
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
        if inline := _inline(row):
            for label, cell, text in inline:
                self.cells.setdefault(label, []).append(cell)
                self._texts[id(cell)] = text
            return
        labels = goal_cells(row.sheet, row.index)
        beside = {label: value for label, cell in labels.items() if (value := _beside(row.sheet, cell, row.index))}
        if beside:
            self._heads = {}
            for label, values in beside.items():
                self.cells.setdefault(self._meant(label, labels[label]), []).extend(values)
        elif labels:
            named: dict[Label, Cell] = {k: cell for k, cell in labels.items() if k is not Label.BLOCK}
            self._heads = named or self._heads
        elif self._heads:
            for label, head in self._heads.items():
                self.cells.setdefault(label, []).extend(_under(row.sheet, head, row.index))
        else:
            _continue(self.cells, row)

    def _meant(self, label: Label, cell: Cell) -> Label:
        """目标完成情况 is the block's heading, but below a goal that was set it is what became of it."""
        set_before = any(known in self.cells for known in (Label.BLOCK, Label.EXPECTED, Label.ADJUSTED))
        return Label.ACTUAL if label is Label.BLOCK and set_before and "情况" in cell.text else label

    def text(self, document: Document, *labels: Label) -> Text | None:
        """The text under the first of `labels` that has one."""
        cells = next((found for label in labels if (found := self.cells.get(label))), None)
        if cells is None:
            return None
        return text_of(document, cells, join_lines(self._texts.get(id(cell), cell.text) for cell in cells))


def _beside(sheet: Sheet, label: Cell, row: int) -> list[Cell]:
    """The filled cells to the right of a goal label, up to the next label."""
    values: list[Cell] = []
    for cell in sheet.within(row, range(label.column + label.column_span, sheet.width)):
        if GOALS.exact(cell.text) is not None:
            break
        if not blank(cell) and cell.row == row:
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


def _inline(row: Row) -> list[tuple[Label, Cell, str]]:
    """Goal texts that stand in one cell with their label ("预期目标：…")."""
    found: list[tuple[Label, Cell, str]] = []
    for cell in row.sheet.starting(row.index):
        label, value = inline_label(cell.text)
        role = GOALS.exact(label) if canonical(value) else None
        if role is not None and role is not Label.RATE:
            found.append((role, cell, value))
    return found

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
    cells: dict[Label, list[Cell]] = {}
    found = [row for row in rows if row.kind is Kind.GOAL]
    heads: dict[Label, Cell] = {}
    texts: dict[int, str] = {}
    for row in found:
        if inline := _inline(row):
            for label, cell, text in inline:
                cells.setdefault(label, []).append(cell)
                texts[id(cell)] = text
            continue
        labels = goal_cells(row.sheet, row.index)
        beside = {label: value for label, cell in labels.items() if (value := _beside(row.sheet, cell, row.index))}
        if beside:
            for label, values in beside.items():
                cells.setdefault(label, []).extend(values)
            heads = {}
        elif labels and set(labels) - {Label.BLOCK}:
            heads = {label: cell for label, cell in labels.items() if label is not Label.BLOCK}
        elif labels:
            continue
        elif heads:
            for label, head in heads.items():
                cells.setdefault(label, []).extend(_under(row.sheet, head, row.index))
        else:
            _continue(cells, row)
    expected = cells.get(Label.ADJUSTED) or cells.get(Label.EXPECTED) or cells.get(Label.BLOCK)
    return Goal(expected=_text(document, expected, texts), actual=_text(document, cells.get(Label.ACTUAL), texts))


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
    for values in cells.values():
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


def _text(document: Document, cells: list[Cell] | None, texts: dict[int, str]) -> Text | None:
    if not cells:
        return None
    return text_of(document, cells, join_lines(texts.get(id(cell), cell.text) for cell in cells))

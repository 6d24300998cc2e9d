"""A table seen as rows and columns, and what a form's parts are cut from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from service.assembling.quantities import is_blank, number
from service.reading.document import Cell, Char, Line, Paragraph, Place, Table

# Flecks and punched holes come out as one or two characters, each far less sure than any printed one.
MOST_NOISE = 2
NOISE_BELOW = 0.5
# Measured on scans with seals: no sign at a cell's edge that was less sure than this was printed there.
STRAY_BELOW = 0.45
COMPARATORS = frozenset("=＝≥≤>＞<＜")
MOST_STRAY = 3
# A line of letters with more of it under a seal, and one letter less sure, is what recognition made of the seal.
MOST_SEALED = 0.5
SURE = 0.8
_LETTERS = re.compile(r"[A-Za-z0-9]{0,3}[A-Za-z][A-Za-z0-9]{0,3}")


class ReadCell(Cell):
    """A cell whose text and confidence are put together once; a form asks for them dozens of times."""

    __slots__ = ("_confidence", "_text")

    @classmethod
    def of(cls, cell: Cell) -> ReadCell:
        return cls(cell.row, cell.column, cell.places, cell.lines, cell.row_span, cell.column_span)

    @property
    def text(self) -> str:
        try:
            return self._text
        except AttributeError:
            self._text: str = super().text
            return self._text

    @property
    def confidence(self) -> float:
        try:
            return self._confidence
        except AttributeError:
            self._confidence: float = super().confidence
            return self._confidence


class Sheet:
    """A table with quick access to the cell at a position."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.height, self.width = table.row_count, table.column_count
        self._at: dict[tuple[int, int], Cell] = {}
        for cell in (ReadCell.of(trimmed(cell)) for cell in table.cells):
            for row in range(cell.row, cell.row + cell.row_span):
                for column in range(cell.column, cell.column + cell.column_span):
                    self._at.setdefault((row, column), cell)

    def at(self, row: int, column: int) -> Cell | None:
        return self._at.get((row, column))

    def covering(self, row: int) -> list[Cell]:
        """The cells of a row, left to right, those that began in an earlier row included."""
        return self.within(row, range(self.width))

    def starting(self, row: int) -> list[Cell]:
        """The cells that begin in a row, left to right."""
        return [cell for cell in self.covering(row) if cell.row == row]

    def within(self, row: int, columns: Iterable[int]) -> list[Cell]:
        """The distinct cells of a row that touch `columns`, left to right."""
        found: list[Cell] = []
        for column in columns:
            cell = self._at.get((row, column))
            if cell is not None and all(cell is not other for other in found):
                found.append(cell)
        return found

    def above(self, cell: Cell, first: int) -> Iterator[Cell]:
        """The cells above `cell` down from row `first`, nearest first."""
        seen: list[Cell] = [cell]
        for row in range(cell.row - 1, first - 1, -1):
            for other in self.within(row, columns(cell)):
                if all(other is not known for known in seen):
                    seen.append(other)
                    yield other

    def left(self, cell: Cell, row: int) -> Iterator[Cell]:
        """The cells of `row` to the left of `cell`, nearest first."""
        seen: Cell | None = cell
        for column in range(cell.column - 1, -1, -1):
            other = self._at.get((row, column))
            if other is not None and other is not seen:
                seen = other
                yield other


def cell_of(line: Line, row: int = 0, column: int = 0) -> Cell:
    """A line, or a piece of one, as a cell of its own."""
    return Cell(row, column, [Place(line.page, line.box)], [line])


def columns(cell: Cell) -> range:
    return range(cell.column, cell.column + cell.column_span)


def rows(cell: Cell) -> range:
    return range(cell.row, cell.row + cell.row_span)


def trimmed(cell: Cell) -> Cell:
    """The cell without the doubtful signs at its edges that ruling, seal or fleck left there.

    Figures keep their digits and the comparators before them, and a cell that is doubtful throughout stays as it is.
    """
    cell = _without_seal(cell)
    chars = [(line, index) for line in cell.lines for index in range(len(line.chars))]
    marks = [(line, i) for line, i in chars if not line.chars[i].text.isspace()]
    only_figures = all(c.isdigit() or c in "%.,-" for c in "".join(line.text for line in cell.lines) if not c.isspace())
    if only_figures or not any(line.chars[i].confidence < STRAY_BELOW for line, i in (marks[:1] + marks[-1:])):
        return cell
    compared = len(marks) > 1 and marks[0][0].chars[marks[0][1]].text in "≥≤" and _is_digit(*marks[1])
    first = 0 if compared else _stray(line.chars[i] for line, i in marks)
    last = _stray(line.chars[i] for line, i in reversed(marks))
    if first + last >= len(marks):
        return cell
    kept = {(id(line), i) for line, i in marks[first : len(marks) - last]}
    lines = []
    for line in cell.lines:
        inside = [i for i in range(len(line.chars)) if (id(line), i) in kept]
        if inside:
            lines.append(replace(line.piece(inside[0], inside[-1] + 1), repaired=True))
    return replace(cell, lines=lines)


def _without_seal(cell: Cell) -> Cell:
    """The cell without lines that a seal made beside its figure: letters under the seal, not all of them sure."""
    if len(cell.lines) < 2 or cell.sealed <= MOST_SEALED:
        return cell
    kept = [line for line in cell.lines if not _from_seal(line)]
    if len(kept) != 1 or number(kept[0].text) is None:
        return cell
    return replace(cell, lines=[replace(kept[0], repaired=True)])


def _from_seal(line: Line) -> bool:
    letters = _LETTERS.fullmatch("".join(line.text.split())) is not None
    return letters and line.sealed > MOST_SEALED and min(char.confidence for char in line.chars) < SURE


def _is_digit(line: Line, index: int) -> bool:
    return line.chars[index].text.isdigit()


def _stray(chars: Iterable[Char]) -> int:
    """How many of the outermost signs are doubtful, up to `MOST_STRAY`. Small as they are, full stops are real."""
    count = 0
    for char in chars:
        if char.confidence >= STRAY_BELOW or count == MOST_STRAY or char.text in "。；！？）)”%":
            break
        count += 1
    return count


def noise(cell: Cell) -> bool:
    """Whether what was recognised is a mark on the paper, not writing: a doubtful sign or two, or kana, in a cell."""
    if cell.confidence == 1.0:
        return False
    text = "".join(cell.text.split())
    kana = sum("\u3041" <= c <= "\u30fa" for c in text)
    if kana and 2 * kana >= len(text):
        return True
    if not text or text in COMPARATORS or text in ("%", "％", "‰") or any(c.isdigit() for c in text):
        return False
    return len(text) <= MOST_NOISE and cell.confidence < NOISE_BELOW


def blank(cell: Cell | None) -> bool:
    """Whether the cell is absent or shows nothing but a dash."""
    return cell is None or is_blank(cell.text) or noise(cell)


def figure(cell: Cell) -> bool:
    """Whether the cell shows a number and nothing else."""
    return number(cell.text) is not None


@dataclass
class Strip:
    """Rows `first` to `last` (exclusive) of one table, all of one form."""

    sheet: Sheet
    first: int
    last: int

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.first, self.last))


@dataclass
class Region:
    """Everything that belongs to one form: its title, the lines around its tables, and the rows of its tables."""

    title: Paragraph | Cell | None = None
    captions: list[Paragraph] = field(default_factory=list)
    strips: list[Strip] = field(default_factory=list)
    tail: list[Paragraph] = field(default_factory=list)

    @cached_property
    def page(self) -> int | None:
        for strip in self.strips:
            for row in strip:
                for cell in strip.sheet.covering(row):
                    return cell.places[0].page
        return None

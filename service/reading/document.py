"""What reading hands on: a Document of pages, lines, tables and paragraphs, every piece with its place.

Lengths are PDF points. While a page is read its pieces lie in *upright* space: the page turned so that its text
runs left to right, skew removed, origin at the top left. `Page.original` maps a box back to the page as a viewer
shows it, and that is what an evaluation's evidence carries.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple

import numpy as np


class Box(NamedTuple):
    """An axis-parallel rectangle in points: left, top, right, bottom."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def area(self) -> float:
        return max(0.0, self.width) * max(0.0, self.height)

    @property
    def centre(self) -> tuple[float, float]:
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    def contains(self, x: float, y: float) -> bool:
        return self.x0 <= x <= self.x1 and self.y0 <= y <= self.y1

    def intersection(self, other: Box) -> float:
        """Area shared with `other`, in square points."""
        width = min(self.x1, other.x1) - max(self.x0, other.x0)
        height = min(self.y1, other.y1) - max(self.y0, other.y0)
        return max(0.0, width) * max(0.0, height)

    def union(self, other: Box) -> Box:
        return Box(min(self.x0, other.x0), min(self.y0, other.y0), max(self.x1, other.x1), max(self.y1, other.y1))


def union(boxes: Iterable[Box]) -> Box:
    """The smallest box around `boxes`, of which there must be at least one."""
    rows = list(boxes)
    return Box(min(b.x0 for b in rows), min(b.y0 for b in rows), max(b.x1 for b in rows), max(b.y1 for b in rows))


class Origin(StrEnum):
    """Where a page's text comes from."""

    TEXT = "text"
    SCAN = "scan"
    BLANK = "blank"


class Projection(NamedTuple):
    """A map of the plane: x' = (a·x + b·y + c) / w, y' = (d·x + e·y + f) / w with w = g·x + h·y + 1.

    Without g and h it is affine: turning, shifting, scaling. With them it undoes the slant of a photograph.
    """

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 0.0
    e: float = 1.0
    f: float = 0.0
    g: float = 0.0
    h: float = 0.0

    def point(self, x: float, y: float) -> tuple[float, float]:
        w = self.g * x + self.h * y + 1
        return (self.a * x + self.b * y + self.c) / w, (self.d * x + self.e * y + self.f) / w

    def box(self, box: Box) -> Box:
        """The smallest axis-parallel box around the mapped corners of `box`."""
        corners = [self.point(x, y) for x in (box.x0, box.x1) for y in (box.y0, box.y1)]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        return Box(min(xs), min(ys), max(xs), max(ys))

    def after(self, first: Projection) -> Projection:
        """The map that applies `first` and then this one."""
        return Projection.of(self.matrix @ first.matrix)

    def inverse(self) -> Projection:
        """The map back. Raises numpy.linalg.LinAlgError where there is none."""
        return Projection.of(np.linalg.inv(self.matrix))

    @property
    def matrix(self) -> np.ndarray:
        """As a 3 × 3 matrix of homogeneous coordinates, float64."""
        return np.array([*self, 1.0]).reshape(3, 3)

    @classmethod
    def of(cls, matrix: np.ndarray) -> Projection:
        """From a 3 × 3 matrix of homogeneous coordinates."""
        return cls(*(float(v) for v in (matrix / matrix[2, 2]).flat[:8]))


IDENTITY = Projection()


@dataclass(frozen=True, slots=True)
class Char:
    """One character of a line: its horizontal extent (upright points) and how sure it is.

    `alternatives` holds the recogniser's runners-up, best first, as (character, probability); "" stands for
    "no character here". Empty for a text layer.
    """

    text: str
    x0: float
    x1: float
    confidence: float = 1.0
    alternatives: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A run of text on one page, as the text layer or the recogniser gives it, left to right.

    `chars` joined are `text` (a text layer's blanks are chars too). `sealed` is the share (0 to 1) of the line that lay
    under a seal. `repaired` says that the text was mended against a closed set of words or by looking for ink.
    `dropped` are characters that the recogniser nearly saw, each where it would stand; empty for a text layer.
    """

    page: int
    box: Box
    chars: tuple[Char, ...]
    sealed: float = 0.0
    repaired: bool = False
    dropped: tuple[Char, ...] = ()

    @property
    def text(self) -> str:
        return "".join(c.text for c in self.chars)

    @property
    def confidence(self) -> float:
        """The weakest character decides: a figure with one doubtful digit is a doubtful figure."""
        return min((c.confidence for c in self.chars), default=0.0)

    def piece(self, start: int, end: int) -> Line:
        """The part of the line between two character offsets, with its own box."""
        chars = self.chars[start:end]
        box = Box(min(c.x0 for c in chars), self.box.y0, max(c.x1 for c in chars), self.box.y1)
        width = box.width / len(chars)  # the first and the last one may have been dropped
        dropped = tuple(c for c in self.dropped if box.x0 - width <= (c.x0 + c.x1) / 2 <= box.x1 + width)
        return replace(self, chars=chars, box=box, dropped=dropped)


class Place(NamedTuple):
    """A box on a page (upright points)."""

    page: int
    box: Box


def _joint(left: str, right: str) -> str:
    """What stands between two joined lines: a blank between Latin words, nothing in Chinese text."""
    return " " if left[-1:].isascii() and left[-1:].isalpha() and right[:1].isascii() and right[:1].isalpha() else ""


def join_lines(texts: Iterable[str]) -> str:
    """Join the lines of one cell or paragraph into one string without line breaks."""
    result = ""
    for text in texts:
        text = text.strip()
        if text:
            result += _joint(result, text) + text
    return result


@dataclass(slots=True)
class Cell:
    """One cell of a table with its true spans; row and column count from 0.

    `places` holds its box on each page that it lies on. `lines` are its text in reading order.
    """

    row: int
    column: int
    places: list[Place]
    lines: list[Line] = field(default_factory=list)
    row_span: int = 1
    column_span: int = 1

    @property
    def text(self) -> str:
        return join_lines(line.text for line in self.lines)

    @property
    def confidence(self) -> float:
        return min((line.confidence for line in self.lines), default=1.0)

    @property
    def repaired(self) -> bool:
        return any(line.repaired for line in self.lines)

    @property
    def sealed(self) -> float:
        return max((line.sealed for line in self.lines), default=0.0)


@dataclass(slots=True)
class Table:
    """A grid of cells that cover it without overlap; joined over page breaks.

    `ruled` is false where columns were inferred from white space instead of rulings.
    """

    cells: list[Cell]
    places: list[Place]
    ruled: bool = True

    @property
    def row_count(self) -> int:
        return max((c.row + c.row_span for c in self.cells), default=0)

    @property
    def column_count(self) -> int:
        return max((c.column + c.column_span for c in self.cells), default=0)

    def at(self, row: int, column: int) -> Cell | None:
        """The cell that covers a grid position."""
        for cell in self.cells:
            if cell.row <= row < cell.row + cell.row_span and cell.column <= column < cell.column + cell.column_span:
                return cell
        return None

    def row(self, row: int) -> list[Cell]:
        """The cells that cover a row, left to right, merged ones of earlier rows included."""
        return sorted((c for c in self.cells if c.row <= row < c.row + c.row_span), key=lambda c: c.column)


@dataclass(slots=True)
class Paragraph:
    """Running text: lines in reading order, joined also over page breaks."""

    lines: list[Line]

    @property
    def text(self) -> str:
        return join_lines(line.text for line in self.lines)

    @property
    def confidence(self) -> float:
        return min((line.confidence for line in self.lines), default=0.0)

    @property
    def places(self) -> list[Place]:
        pages = sorted({line.page for line in self.lines})
        return [Place(p, union(line.box for line in self.lines if line.page == p)) for p in pages]

    def span(self, start: int, end: int) -> list[Line]:
        """The line pieces under `text[start:end]`, for the evidence of a span."""
        pieces: list[Line] = []
        position = 0
        previous = ""
        for line in self.lines:
            raw = line.text
            stripped = raw.strip()
            if not stripped:
                continue
            position += len(_joint(previous, stripped))
            lead = len(raw) - len(raw.lstrip())
            first, last = max(start - position, 0), min(end - position, len(stripped))
            if first < last:
                pieces.append(line.piece(first + lead, last + lead))
            position += len(stripped)
            previous = stripped
        return pieces


@dataclass(slots=True)
class Page:
    """One page: size in points as a viewer shows it, and its lines in upright space."""

    number: int
    width: float
    height: float
    origin: Origin
    lines: list[Line] = field(default_factory=list)
    rotation: float = 0.0
    to_original: Projection = IDENTITY

    @property
    def confidence(self) -> float | None:
        """Mean character confidence of an OCR page; None for a text page."""
        chars = [c.confidence for line in self.lines for c in line.chars]
        return sum(chars) / len(chars) if self.origin is Origin.SCAN and chars else None

    @property
    def upright(self) -> Box:
        """The page's rectangle in upright space."""
        return self.to_original.inverse().box(Box(0, 0, self.width, self.height))

    def original(self, box: Box) -> Box:
        """`box` of upright space on the page as shown, clipped to the page."""
        x0, y0, x1, y1 = self.to_original.box(box)
        return Box(max(0.0, x0), max(0.0, y0), min(self.width, x1), min(self.height, y1))


class Notice(NamedTuple):
    """Something the reader of the report should know; becomes a warning of the report."""

    code: str
    message: str
    page: int | None = None


@dataclass(slots=True)
class Document:
    """A file as read. `blocks` are its paragraphs and tables in reading order."""

    id: str
    file_name: str
    pages: list[Page]
    blocks: list[Paragraph | Table]
    notices: list[Notice] = field(default_factory=list)

    @property
    def tables(self) -> list[Table]:
        return [b for b in self.blocks if isinstance(b, Table)]

    @property
    def paragraphs(self) -> list[Paragraph]:
        return [b for b in self.blocks if isinstance(b, Paragraph)]

    def page(self, number: int) -> Page:
        return next(p for p in self.pages if p.number == number)

    def original(self, place: Place) -> Box:
        """The box of `place` on its page as a viewer shows it."""
        return self.page(place.page).original(place.box)


def cells_of(rows: Sequence[Sequence[str | tuple[str, int, int] | None]], page: int = 1) -> Table:
    """A table from plain rows, for trials and tests: a str is a cell, (text, row_span, column_span) a merged one,
    None a position that a merged cell covers. Cells are 80 × 20 points."""
    width, height = 80.0, 20.0
    cells = []
    for r, row in enumerate(rows):
        for c, item in enumerate(row):
            if item is None:
                continue
            text, row_span, column_span = (item, 1, 1) if isinstance(item, str) else item
            box = Box(c * width, r * height, (c + column_span) * width, (r + row_span) * height)
            step = box.width / max(1, len(text))
            chars = tuple(Char(t, box.x0 + i * step, box.x0 + (i + 1) * step) for i, t in enumerate(text))
            lines = [Line(page, box, chars)] if text else []
            cells.append(Cell(r, c, [Place(page, box)], lines, row_span, column_span))
    return Table(cells, [Place(page, union(cell.places[0].box for cell in cells))])

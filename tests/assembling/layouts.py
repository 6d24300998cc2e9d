"""Forms drawn as text, for trials of assembling without a reader."""

from __future__ import annotations

from collections.abc import Sequence

from service.reading.document import (
    Box,
    Char,
    Document,
    Line,
    Origin,
    Page,
    Paragraph,
    Table,
    cells_of,
)

Item = str | tuple[str, int, int] | None


def line(text: str, page: int = 1, top: float = 10.0) -> Line:
    """A line of text 10 points high at the left of a page."""
    chars = tuple(Char(c, 10.0 * i, 10.0 * (i + 1)) for i, c in enumerate(text))
    return Line(page, Box(0.0, top, 10.0 * max(1, len(text)), top + 10), chars)


def paragraph(text: str, page: int = 1) -> Paragraph:
    return Paragraph([line(text, page)])


def table(text: str, page: int = 1) -> Table:
    """A table drawn as text: a row a line, cells between "|". "<" widens the cell to its left, "^" the one above."""
    drawn = [[cell.strip() for cell in row.strip().split("|")] for row in text.strip().splitlines()]
    assert len({len(row) for row in drawn}) == 1, [len(row) for row in drawn]
    rows: list[list[Item]] = []
    for r, row in enumerate(drawn):
        rows.append([])
        for c, cell in enumerate(row):
            across = 1 + _run(row[c + 1 :], "<")
            down = 1 + _run([below[c] for below in drawn[r + 1 :]], "^")
            rows[-1].append(None if cell in "<^" and cell else (cell, down, across))
    return cells_of(rows, page)


def _run(cells: Sequence[str], mark: str) -> int:
    """How many of the first cells are `mark`."""
    return next((i for i, cell in enumerate(cells) if cell != mark), len(cells))


def document(*blocks: Paragraph | Table | str, file_name: str = "样表.pdf") -> Document:
    """A document of tables and paragraphs (a str is a paragraph) on as many pages as they name."""
    made = [paragraph(block) if isinstance(block, str) else block for block in blocks]
    numbers = {1}
    for block in made:
        places = block.places
        numbers |= {place.page for place in places}
    pages = [Page(number, 1400.0, 2000.0, Origin.TEXT) for number in sorted(numbers)]
    return Document("f" * 64, file_name, pages, made)

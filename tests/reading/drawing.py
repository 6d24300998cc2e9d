"""Small PDFs with tables, drawn for the tests: what stands where is known to the point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pymupdf

FONT = "china-s"
SIZE = 10.0


@dataclass
class Sheet:
    """A one-page drawing board; `pdf()` gives the bytes."""

    width: float = 595.0
    height: float = 842.0
    dashes: str | None = None
    document: pymupdf.Document = field(default_factory=pymupdf.open)

    def __post_init__(self) -> None:
        self.new_page()

    def new_page(self) -> None:
        self.page = self.document.new_page(width=self.width, height=self.height)

    def text(self, x: float, y: float, text: str, size: float = SIZE) -> None:
        """Text whose line box begins at (x, y)."""
        self.page.insert_text((x, y + size), text, fontname=FONT, fontsize=size)

    def rule(self, x0: float, y0: float, x1: float, y1: float) -> None:
        self.page.draw_line((x0, y0), (x1, y1), width=0.7, dashes=self.dashes)

    def table(
        self,
        xs: Sequence[float],
        ys: Sequence[float],
        cells: dict[tuple[int, int, int, int], str],
        *,
        sides: str = "tblr",
        verticals: bool = True,
    ) -> None:
        """A ruled table: `cells` maps (row, column, row_span, column_span) to text; `sides` names the outer rulings."""
        for (row, column, row_span, column_span), text in cells.items():
            x0, x1, y0, y1 = xs[column], xs[column + column_span], ys[row], ys[row + row_span]
            if row > 0 or "t" in sides:
                self.rule(x0, y0, x1, y0)
            if row + row_span < len(ys) - 1 or "b" in sides:
                self.rule(x0, y1, x1, y1)
            if verticals and (column > 0 or "l" in sides):
                self.rule(x0, y0, x0, y1)
            if verticals and (column + column_span < len(xs) - 1 or "r" in sides):
                self.rule(x1, y0, x1, y1)
            for i, line in enumerate(text.split("\n")):
                self.text(x0 + 4, y0 + 4 + i * SIZE * 1.3, line)

    def pdf(self) -> bytes:
        return bytes(self.document.tobytes())


def plain(rows: Sequence[Sequence[str]]) -> dict[tuple[int, int, int, int], str]:
    """Cells without spans, row by row."""
    return {(r, c, 1, 1): text for r, row in enumerate(rows) for c, text in enumerate(row)}

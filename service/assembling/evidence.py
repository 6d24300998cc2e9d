"""From what was read to the public model: evidence boxes and texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from service.reading.document import Cell, Document, Line, Paragraph, Place
from service.schema import Evidence, Text

Source = Literal["cell", "line", "span"]
DECIMALS = 2  # a hundredth of a point is far below what a viewer can show


def evidence(document: Document, places: Iterable[Place], source: Source) -> list[Evidence]:
    """Evidence in the points of the pages as a viewer shows them."""
    found = []
    for place in places:
        x0, y0, x1, y1 = (round(v, DECIMALS) for v in document.original(place))
        found.append(Evidence(page=place.page, bbox=(x0, y0, x1, y1), source=source))
    return found


def cell_evidence(document: Document, *cells: Cell) -> list[Evidence]:
    return evidence(document, (place for cell in cells for place in cell.places), "cell")


def line_evidence(document: Document, lines: Sequence[Line], source: Source = "line") -> list[Evidence]:
    return evidence(document, (Place(line.page, line.box) for line in lines), source)


def cell_text(document: Document, cell: Cell, text: str | None = None) -> Text:
    """A cell as a Text; `text` where only a part of it is meant."""
    return Text(
        text=cell.text if text is None else text,
        evidence=cell_evidence(document, cell),
        confidence=cell.confidence,
    )


def paragraph_text(document: Document, paragraph: Paragraph, start: int, end: int) -> Text:
    """`paragraph.text[start:end]` as a Text with the boxes of the lines it stands on."""
    lines = paragraph.span(start, end)
    return Text(
        text=paragraph.text[start:end],
        evidence=line_evidence(document, lines, "span"),
        confidence=min((line.confidence for line in lines), default=0.0),
    )

"""Cells → the public texts and quantities, with evidence and confidence."""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.assembling.confidence import Figure, of_cells
from service.assembling.evidence import cell_evidence
from service.assembling.forms.grid import noise
from service.assembling.quantities import Parsed, number, parse
from service.reading.document import Cell, Document, join_lines
from service.schema import Quantity, Text


def joined(cells: Sequence[Cell]) -> str:
    """The text of several cells without line breaks."""
    return join_lines("" if noise(cell) or is_speck(cell) else cell.text for cell in cells)


def is_speck(cell: Cell) -> bool:
    """Whether the cell holds nothing but dots, which no form prints for a value (dashes and slashes it does)."""
    return re.fullmatch(r"[.。·,，、'‘’`:;\s]+", cell.text) is not None


def text_of(document: Document, cells: Sequence[Cell], text: str | None = None) -> Text:
    return Text(
        text=joined(cells) if text is None else text,
        evidence=cell_evidence(document, *cells),
        confidence=round(of_cells(cells), 4),
    )


def quantity_of(document: Document, cells: Sequence[Cell], parsed: Parsed) -> Quantity:
    return Quantity(
        text=parsed.text,
        comparator=parsed.comparator,
        value=parsed.value,
        upper=parsed.upper,
        unit=parsed.unit,
        evidence=cell_evidence(document, *cells),
        confidence=round(of_cells(cells), 4),
    )


def figure_of(cells: Sequence[Cell]) -> Figure | None:
    """The number that the cells show, or None where they show none."""
    text = joined(cells)
    value = number(text)
    if value is None:
        parsed = parse(text)
        # "10分（含…）" and the like: the one number of the cell.
        value = parsed.value if parsed.upper is None and parsed.unit in (None, "分", "%") else None
    return None if value is None else Figure.read(text, value, of_cells(cells))


def compact_name(text: str) -> str:
    """A level's name without the blanks that spread it and without the weight that its block carries."""
    return strip_weight(re.sub(r"\s+", "", text))[0]


_WEIGHT = re.compile(
    r"[（(【\[]\s*(?:权重|分值|共|满分)?[:：]?\s*(\d+(?:\.\d+)?)\s*(?:分|％|%)?\s*[)）】\]]$|(?<=标)(\d+(?:\.\d+)?)分?$|(\d+(?:\.\d+)?)分$"
)


def strip_weight(text: str) -> tuple[str, float | None]:
    """A block's heading as its name and the weight behind it: "产出指标（50分）" → ("产出指标", 50.0)."""
    match = _WEIGHT.search(text)
    if match is None or match.start() == 0:
        return text, None
    return text[: match.start()], float(next(group for group in match.groups() if group is not None))

"""Cells → the public texts and quantities, with evidence and confidence."""

from __future__ import annotations

import re
from collections.abc import Sequence

from service.assembling.confidence import Figure, of_cells
from service.assembling.evidence import cell_evidence
from service.assembling.forms.grid import noise
from service.assembling.quantities import Parsed, number
from service.reading.document import Cell, Document, join_lines
from service.schema import Quantity, Text

# Of a character: a printed one that is read rightly is seldom less sure.
DOUBTFUL = 0.6
MOST_STRAY = 2
# A number with a sign or two beside it that are none of it ("V10"): likely the number, not surely.
STAINED = 0.6
_STAINED = re.compile(r"[^\d.,%-]{0,2}(\d+(?:\.\d+)?)(?:分|%)?[^\d.,%-]{0,2}")


def joined(cells: Sequence[Cell]) -> str:
    """The text of several cells without line breaks."""
    return join_lines("" if noise(cell) or is_speck(cell) else cell.text for cell in cells)


def is_speck(cell: Cell) -> bool:
    """Whether the cell holds nothing but dots, which no form prints for a value (dashes and slashes it does)."""
    return re.fullmatch(r"[.。·,，、'‘’`:;\s]+", cell.text) is not None


def mended(cells: Sequence[Cell], words: Sequence[str]) -> str | None:
    """The one of `words` that doubtful cells stand for, or None.

    Characters that differ from the word, or that stand before or behind it, must each have been doubtful.
    """
    chars = [c for cell in cells for line in cell.lines for c in line.chars if not c.text.isspace()]
    text = "".join(c.text for c in chars)
    if len(text) != len(chars) or text in words:
        return None
    for word in words:
        extra = len(text) - len(word)
        for start in range(max(0, extra) + 1):
            inside = chars[start : start + len(word)]
            differing = [c for c, w in zip(inside, word, strict=False) if c.text != w]
            outside = [*chars[:start], *chars[start + len(word) :]]
            fits = 0 <= extra <= MOST_STRAY and len(differing) * 3 <= len(word)
            if fits and all(c.confidence < DOUBTFUL for c in (*differing, *outside)):
                return word
    return None


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
    value, sure = number(text), of_cells(cells)
    if value is None and (match := _STAINED.fullmatch(re.sub(r"\s+", "", text))):
        value, sure = number(match.group(1)), sure * STAINED
    return None if value is None else Figure.read(text, value, sure)


_WEIGHT = re.compile(
    r"[（(【\[]\s*(?:权重|分值|共|满分)?[:：]?\s*(\d+(?:\.\d+)?)\s*(?:分|％|%)?\s*[)）】\]]$"
    r"|(?<=标)(\d+(?:\.\d+)?)分?$|(\d+(?:\.\d+)?)分$"
)
# The same with a bracket or a digit lost: a heading's weight all right, but not to be trusted.
_BROKEN_WEIGHT = re.compile(r"[（(]?\d*(?:\.\d+)?分[)）]$|[（(]\d+(?:\.\d+)?分?$")


def strip_weight(text: str) -> tuple[str, float | None]:
    """A block's heading as its name and the weight behind it: "产出指标（50分）" → ("产出指标", 50.0)."""
    match = _WEIGHT.search(text)
    if match is None:
        return _BROKEN_WEIGHT.sub("", text) or text, None
    if match.start() == 0:
        return text, None
    return text[: match.start()], float(next(group for group in match.groups() if group is not None))

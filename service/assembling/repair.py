"""Arithmetic against recognition: a doubtful figure on a scan is read again where that makes its sums close.

The readings that are tried are those that the recogniser itself weighed (its runners-up, characters that it nearly saw
or may have doubled) and a lost decimal point. A figure is changed only where it stands in no relation that closes, a
relation that it stands in is broken, it was read with low confidence, and exactly one reading of one such figure closes
everything around it. What is printed wrongly on a clear page stays as it is printed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from service.assembling.figures import Book, Sources
from service.assembling.profiles import Profile
from service.assembling.quantities import number
from service.assembling.relations import Figure, Graph, Relation, Scored, shared
from service.reading.document import Cell, Char, Document, Notice, Origin
from service.schema import Evaluation

# A character surer than this was seen, not guessed: whatever contradicts it was printed so.
SURE: Final = 0.93
# A runner-up that the recogniser gave less than this is noise; sums that it closes are chance.
FAINTEST: Final = 0.004
# The readings of one figure: more are a figure that was not read at all.
MOST_READINGS: Final = 200
_DIGITS: Final = frozenset("0123456789")
_POINTS: Final = frozenset(".,。，、·:")


class Reading(NamedTuple):
    """Another reading of a figure, and the cell that it stands in."""

    figure: Figure
    text: str
    value: float
    cell: Cell


def repair(evaluation: Evaluation, document: Document, profile: Profile, sources: Sources) -> list[Notice]:
    """Change doubtful figures of `evaluation` in place; one notice for each, with both readings."""
    if all(page.origin is not Origin.SCAN for page in document.pages):
        return []
    notices: list[Notice] = []
    book = Book(evaluation, document, profile, sources)
    for cluster in list(book.graph.clusters()):
        hard = [relation for relation in cluster if not isinstance(relation, Scored)]
        found = _only(list(_readings(book, hard))) if hard else None
        if found is not None:
            notices.append(_apply(found))
    return notices


def _only(readings: list[Reading]) -> Reading | None:
    """The reading, where there is one alone."""
    return readings[0] if len({(id(r.figure), r.value) for r in readings}) == 1 else None


def _apply(reading: Reading) -> Notice:
    figure, page = reading.figure, reading.cell.places[0].page
    old = figure.text
    assert figure.apply is not None
    figure.apply(reading.text, reading.value)
    return Notice("repaired", f"{figure.name}识别为“{old}”，按勾稽关系改为“{reading.text}”，请核对原件", page)


def _readings(book: Book, broken: list[Relation]) -> Iterator[Reading]:
    """The readings that close all of `broken` and whatever else the figure stands in."""
    for figure in shared(broken):
        around = [r for r in book.graph.around(figure) if not isinstance(r, Scored)]
        if figure.apply is None or any(r.holds() for r in around):
            continue
        cell = _cell(book, figure)
        if cell is None or book.sources.origin(cell) is not Origin.SCAN:
            continue
        for text in readings_of(cell):
            value = number(text)
            if value is not None and abs(value - figure.value) > 1e-9 and Graph.closes(around, figure, value):
                yield Reading(figure, text, value, cell)


def _cell(book: Book, figure: Figure) -> Cell | None:
    found = book.sources.cells(figure.evidence)
    return found[0].cell if len(found) == 1 else None


def readings_of(cell: Cell) -> list[str]:
    """Other readings of a cell of one line, one doubtful character changed, likeliest kinds first."""
    lines = [line for line in cell.lines if line.text.strip()]
    if len(lines) != 1:
        return []
    chars = list(lines[0].chars)
    text = "".join(c.text for c in chars)
    found: dict[str, None] = {}
    for index, char in enumerate(chars):
        for other in _others(char, chars, index):
            found.setdefault(text[:index] + other + text[index + 1 :], None)
    for char in getattr(lines[0], "dropped", ()):
        at = sum(c.x0 + c.x1 < char.x0 + char.x1 for c in chars)
        found.setdefault(text[:at] + char.text + text[at:], None)
    if min((c.confidence for c in chars), default=1.0) < SURE:
        found |= dict.fromkeys(_pointed(text))
    return [t for t in found if t != text][:MOST_READINGS]


def _others(char: Char, chars: list[Char], index: int) -> Iterator[str]:
    """What one character may be instead."""
    if char.confidence >= SURE:
        return
    for other, probability in char.alternatives:
        if probability >= FAINTEST and (not other or other in _DIGITS or other in _POINTS or other == "%"):
            yield "." if other in _POINTS else other
    if char.text in _POINTS and char.text != ".":
        yield "."
    twin = chars[index - 1].text if index else ""
    if char.text == twin and (char.text in _DIGITS or char.text in _POINTS):
        yield ""


def _pointed(text: str) -> Iterator[str]:
    """The figure with a point that recognition lost: amounts print two decimals, rates and scores one or two."""
    if "." in text:
        return
    digits = text.rstrip("%")
    if digits.isdigit() and len(digits) >= 2:
        for places in (2, 1):
            if len(digits) > places:
                yield f"{digits[:-places]}.{digits[-places:]}{text[len(digits) :]}"

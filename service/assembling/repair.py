"""Arithmetic against recognition: a doubtful figure on a scan is read again where that makes its sums close.

The readings that are tried are those that the recogniser itself weighed (its runners-up, a character that it may
have doubled) and a lost decimal point. A figure is changed only where it was read with low confidence, stands in
no relation that closes, and exactly one reading of it closes all that it stands in; two figures of one sum are changed
together where neither alone can close it. What is printed wrongly on a clear page stays as it is printed.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations, product
from typing import Final, NamedTuple

from service.assembling.figures import Book, Sources
from service.assembling.profiles import Profile
from service.assembling.quantities import number
from service.assembling.relations import Figure, Relation, Scored, shared
from service.reading.document import Cell, Char, Document, Notice, Origin
from service.schema import Evaluation

# A character surer than this was seen, not guessed: whatever contradicts it was printed so.
SURE: Final = 0.93
# A runner-up that the recogniser gave less than this is noise; sums that it closes are chance.
FAINTEST: Final = 0.004
# More doubtful figures in one sum than these are a column that was not read at all.
MOST_DOUBTFUL: Final = 6
# Readings of one figure that are weighed together with another's: each more makes a chance agreement likelier.
MOST_TOGETHER: Final = 8
_DIGITS: Final = frozenset("0123456789")
_POINTS: Final = frozenset(".,。，、·:")


class Reading(NamedTuple):
    """Another reading of a figure, and the cell that it stands in."""

    figure: Figure
    text: str
    value: float
    cell: Cell


Solution = tuple[Reading, ...]


def repair(evaluation: Evaluation, document: Document, profile: Profile, sources: Sources) -> list[Notice]:
    """Change doubtful figures of `evaluation` in place; one notice for each, with both readings."""
    if all(page.origin is not Origin.SCAN for page in document.pages):
        return []
    book = Book(evaluation, document, profile, sources, unread=True)
    desk = _Desk(book)
    book.graph.relations = [r for r in book.graph.relations if not any(desk.is_lost(f) for f in r.figures)]
    notices: list[Notice] = []
    for cluster in list(book.graph.clusters()):
        broken = [relation for relation in cluster if not isinstance(relation, Scored) or _impossible(relation)]
        solution = _solution(desk, broken) if broken else None
        if solution is not None:
            notices.extend(_apply(reading) for reading in solution)
    return notices


def _impossible(relation: Relation) -> bool:
    """Whether a score is more than its weight, which no rule gives."""
    weight = relation.inputs[0]
    return isinstance(relation, Scored) and relation.result.value > weight.value + weight.step / 2


def _apply(reading: Reading) -> Notice:
    figure = reading.figure
    assert figure.apply is not None
    figure.apply(reading.text, reading.value)
    message = f"{figure.name}识别为“{reading.cell.text}”，按勾稽关系改为“{reading.text}”，请核对原件"
    return Notice("repaired", message, reading.cell.places[0].page)


class _Desk:
    """The figures of a book that may be read otherwise."""

    def __init__(self, book: Book) -> None:
        self.graph = book.graph
        self.sources = book.sources
        self._known: dict[int, list[Reading]] = {}

    def readings(self, figure: Figure) -> list[Reading]:
        """Other readings of a figure, by value; none for one that is sure, or that another relation confirms."""
        if id(figure) not in self._known:
            self._known[id(figure)] = list(self._find(figure))
        return self._known[id(figure)]

    def is_lost(self, figure: Figure) -> bool:
        """Whether a figure was not read and has no other reading either: nothing can be told from its relations."""
        return math.isnan(figure.value) and not self.readings(figure)

    def _find(self, figure: Figure) -> Iterator[Reading]:
        if figure.apply is None or any(relation.holds() for relation in self.around(figure)):
            return
        found = self.sources.cells(figure.evidence)
        if len(found) != 1 or self.sources.origin(found[0].cell) is not Origin.SCAN:
            return
        seen = {figure.value}
        for text in readings_of(found[0].cell):
            value = number(text)
            if value is not None and value not in seen:
                seen.add(value)
                yield Reading(figure, text, value, found[0].cell)

    def around(self, figure: Figure) -> list[Relation]:
        """The relations that must close: scoring by rule is a unit's own choice, but for scores beyond their weight."""
        return [r for r in self.graph.around(figure) if not isinstance(r, Scored) or _impossible(r)]

    def closes(self, solution: Solution) -> bool:
        """Whether a solution closes every relation that its figures stand in."""
        values = {id(reading.figure): reading.value for reading in solution}
        relations = {id(r): r for reading in solution for r in self.around(reading.figure)}
        return all(r.holds(lambda f: values.get(id(f), f.value)) for r in relations.values())

    def by_rule(self, solution: Solution) -> bool:
        """Whether a solution gives the scores that targets and actuals earn, too."""
        values = {id(reading.figure): reading.value for reading in solution}
        relations = [r for reading in solution for r in self.graph.around(reading.figure)]
        return all(r.holds(lambda f: values.get(id(f), f.value)) for r in relations)


def _solution(desk: _Desk, broken: Sequence[Relation]) -> Solution | None:
    """The one way to close a cluster of broken relations, if there is one alone."""
    single = [(r,) for figure in shared(broken) for r in desk.readings(figure) if desk.closes((r,))]
    if single:
        return _only(desk, single)
    doubtful = [f for f in _distinct(broken) if desk.readings(f)]
    if not 2 <= len(doubtful) <= MOST_DOUBTFUL:
        return None
    pairs: list[Solution] = []
    for one, other in combinations(doubtful, 2):
        if all(any(f is one or f is other for f in relation.figures) for relation in broken):
            tried = product(desk.readings(one)[:MOST_TOGETHER], desk.readings(other)[:MOST_TOGETHER])
            pairs.extend(pair for pair in tried if desk.closes(pair))
    return _only(desk, pairs)


def _only(desk: _Desk, solutions: Sequence[Solution]) -> Solution | None:
    """The solution where there is one alone; of several, the one that the scoring rules bear out."""
    if len(solutions) > 1:
        solutions = [solution for solution in solutions if desk.by_rule(solution)]
    return solutions[0] if len(solutions) == 1 else None


def _distinct(relations: Sequence[Relation]) -> list[Figure]:
    return list({id(f): f for relation in relations for f in relation.figures}.values())


def readings_of(cell: Cell) -> list[str]:
    """Other readings of a cell of one line with one doubtful character changed, the recogniser's own first."""
    lines = [line for line in cell.lines if line.text.strip()]
    if len(lines) != 1:
        return []
    chars = list(lines[0].chars)
    text = "".join(c.text for c in chars)
    found = dict.fromkeys(
        text[:index] + other + text[index + 1 :] for index in range(len(chars)) for other in _others(chars, index)
    )
    if min((c.confidence for c in chars), default=1.0) < SURE:
        found |= dict.fromkeys(_pointed(text))
    return [other for other in found if other != text]


def _others(chars: Sequence[Char], index: int) -> Iterator[str]:
    """What one character may be instead."""
    char = chars[index]
    if char.confidence >= SURE:
        return
    for other, probability in sorted(char.alternatives, key=lambda item: -item[1]):
        if probability >= FAINTEST and (not other or other in _DIGITS or other in _POINTS or other == "%"):
            yield "." if other in _POINTS else other
    if char.text in _POINTS and char.text != ".":
        yield "."
    if index and char.text == chars[index - 1].text and (char.text in _DIGITS or char.text in _POINTS):
        yield ""


def _pointed(text: str) -> Iterator[str]:
    """The figure with a point that recognition lost: amounts print two decimals, rates and scores one or two."""
    digits = text.rstrip("%")
    if not digits.isdigit():
        return
    for places in (2, 1):
        if len(digits) > places:
            yield f"{digits[:-places]}.{digits[-places:]}{text[len(digits) :]}"


__all__ = ["Reading", "readings_of", "repair"]

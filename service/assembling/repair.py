"""Arithmetic against recognition: a doubtful figure on a scan is read again where that makes its sums close.

The readings that are tried are those that the recogniser itself weighed (its runners-up, a character that it may
have doubled) and a lost decimal point. A figure is changed only where it was read with low confidence, stands in
no relation that closes, and exactly one reading of it closes all that it stands in; two figures of one sum are changed
together where neither alone can close it. What is printed wrongly on a clear page stays as it is printed.

Where none of these will do, two doubtful characters of a figure are changed together, or one that was lost altogether
is put back: what the recogniser nearly saw, any digit beside a doubtful one, any character in a gap, and the point of a
percentage far above 100. So many readings are tried that one agreement may be chance: two relations must bear it out,
or one to four places.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, pairwise, product
from statistics import median_low
from typing import Final, NamedTuple

from service.assembling.figures import Book, Sources
from service.assembling.profiles import Profile
from service.assembling.quantities import decimals, number
from service.assembling.relations import Figure, Product, Rate, Relation, Scored, Sum, shared
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
# Characters on both sides of a lost one have this many times the usual room.
WIDE: Final = 1.2
# Digits that tell how wide the others should be.
LEAST_USUAL: Final = 3
# Fewer digits than these are borne out by one relation alone too easily.
TELLING_DIGITS: Final = 4
# A relation that closes with figures this share apart, too, does not tell them apart.
TOLD_APART: Final = 0.005
# A score that may be anything within more than this share of its weight bears nothing out.
NARROW: Final = 0.01
# Rates above this are rare enough, in hundredths, to be a lost point.
HIGHEST_RATE: Final = 200.0
_DIGITS: Final = frozenset("0123456789")
_POINTS: Final = frozenset(".,。，、·:")


class Reading(NamedTuple):
    """Another reading of a figure, and the cell that it stands in."""

    figure: Figure
    text: str
    value: float
    cell: Cell

    @property
    def step(self) -> float:
        """One unit of the last place of this reading, which a point put back moves."""
        return min(self.figure.step, 10.0 ** -(decimals(self.text) or 0))


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
        return math.isnan(figure.value) and not self.readings(figure) and not any(self.restored(figure))

    def _find(self, figure: Figure) -> Iterator[Reading]:
        cell = self._cell(figure)
        if cell is not None:
            yield from self._valued(figure, cell, readings_of(cell))

    def restored(self, figure: Figure) -> Iterator[Reading]:
        """Readings with a lost character put back that the relations around the figure bear out."""
        cell = self._cell(figure)
        if cell is None:
            return
        texts = dict.fromkeys(restored_readings(cell))
        if figure.value > HIGHEST_RATE and any(isinstance(r, Rate) and r.result is figure for r in self.around(figure)):
            texts |= dict.fromkeys(_pointed(cell.text.strip()))
        finest = self._finest(figure)
        yield from self._borne_out(r for r in self._valued(figure, cell, texts) if (decimals(r.text) or 0) <= finest)

    def _finest(self, figure: Figure) -> float:
        """The most decimals that it or any other figure of its sums prints; a digit put back adds none to these."""
        sums = [r for r in self.graph.around(figure) if isinstance(r, Sum)]
        return max((decimals(f.text) or 0 for r in sums for f in r.figures), default=math.inf)

    def _valued(self, figure: Figure, cell: Cell, texts: Iterable[str]) -> Iterator[Reading]:
        """The readings that are numbers other than the figure's, each once; none makes a rate one that is rare."""
        highest = (
            HIGHEST_RATE if any(isinstance(r, Rate) and r.result is figure for r in self.around(figure)) else math.inf
        )
        yield from (reading for reading in _valued(figure, cell, texts) if reading.value <= highest)

    def told_apart(self, figure: Figure) -> Iterator[Reading]:
        """Readings of all kinds that the relations around the figure bear out."""
        known = list(self._borne_out(self.readings(figure)))
        yield from known
        yield from (other for other in self.restored(figure) if all(other.value != r.value for r in known))

    def _borne_out(self, readings: Iterable[Reading]) -> Iterator[Reading]:
        yield from (reading for reading in readings if self.closes((reading,)) and self._told(reading))

    def _cell(self, figure: Figure) -> Cell | None:
        """The scanned cell that prints a figure which no relation confirms."""
        if figure.apply is None or any(r.holds() and not _is_capped(r, figure) for r in self.around(figure)):
            return None
        found = self.sources.cells(figure.evidence)
        is_scanned = len(found) == 1 and self.sources.origin(found[0].cell) is Origin.SCAN
        return found[0].cell if is_scanned else None

    def _told(self, reading: Reading) -> bool:
        """Whether two relations that a reading closes bear it out, neither within the other, or one to four places."""
        closed = [r for r in self.graph.around(reading.figure) if not r.holds() and _holds(r, (reading,))]
        closed = [r for r in closed if not isinstance(r, Scored) or r.share.high - r.share.low < NARROW]
        known = [{id(figure) for figure in relation.figures} for relation in closed]
        if any(one - other and other - one for one, other in combinations(known, 2)):
            return True
        significant = "".join(c for c in reading.text if c in _DIGITS).lstrip("0")
        if len(significant) < TELLING_DIGITS:
            return False
        if _is_one_digit(reading.value - reading.figure.value):
            closed = [r for r in closed if not isinstance(r, Sum)]  # any other figure of the sum may be off by as much
        near = [reading._replace(value=reading.value * (1 + moved)) for moved in (-TOLD_APART, TOLD_APART)]
        return any(not any(_holds(relation, (other,)) for other in near) for relation in closed)

    def around(self, figure: Figure) -> list[Relation]:
        """The relations that must close: scoring by rule is a unit's own choice, but for scores beyond their weight."""
        return [r for r in self.graph.around(figure) if not isinstance(r, Scored) or _impossible(r)]

    def closes(self, solution: Solution) -> bool:
        """Whether a solution closes every relation that its figures stand in."""
        relations = {id(r): r for reading in solution for r in self.around(reading.figure)}
        return all(_holds(r, solution) for r in relations.values())

    def by_rule(self, solution: Solution) -> bool:
        """Whether a solution gives the scores that targets and actuals earn, too."""
        relations = [r for reading in solution for r in self.graph.around(reading.figure)]
        return all(_holds(r, solution) for r in relations)


def _holds(relation: Relation, solution: Solution) -> bool:
    """Whether a relation closes with the readings of a solution, each to the place that it prints."""
    values = {id(reading.figure): reading.value for reading in solution}
    steps = [(reading.figure, reading.figure.step) for reading in solution]
    try:
        for reading in solution:
            reading.figure.step = reading.step
        return relation.holds(lambda f: values.get(id(f), f.value))
    finally:
        for figure, step in steps:
            figure.step = step


def _is_one_digit(difference: float) -> bool:
    """Whether one digit of a figure read as another makes this difference."""
    return len(f"{abs(difference):.4f}".replace(".", "").strip("0")) <= 1


def _is_capped(relation: Relation, figure: Figure) -> bool:
    """Whether a relation closes with any rate as high as this, and so says nothing of it."""
    return isinstance(relation, Product) and relation.inputs[1] is figure and figure.value > HIGHEST_RATE


def _valued(figure: Figure, cell: Cell, texts: Iterable[str]) -> Iterator[Reading]:
    """The readings that are numbers other than the figure's, each once."""
    seen = {figure.value}
    for text in texts:
        value = number(text)
        if value is not None and value not in seen:
            seen.add(value)
            yield Reading(figure, text, value, cell)


def _solution(desk: _Desk, broken: Sequence[Relation]) -> Solution | None:
    """The one way to close a cluster of broken relations, if there is one alone."""
    single = [(r,) for figure in shared(broken) for r in desk.readings(figure) if desk.closes((r,))]
    single = single or [(r,) for figure in shared(broken) for r in desk.restored(figure)]
    if single:
        return _only(desk, single)
    figures = _distinct(broken)
    doubtful = [f for f in figures if desk.readings(f)]
    pairs: list[Solution] = []
    for one, other in combinations(doubtful, 2) if len(doubtful) <= MOST_DOUBTFUL else ():
        if all(any(f is one or f is other for f in relation.figures) for relation in broken):
            tried = product(desk.readings(one)[:MOST_TOGETHER], desk.readings(other)[:MOST_TOGETHER])
            pairs.extend(pair for pair in tried if desk.closes(pair))
    if pairs:
        return _only(desk, pairs)
    # An error that touches another, which nothing mends: its own relations alone may tell it.
    apart = [(reading,) for figure in figures for reading in desk.told_apart(figure)]
    return apart[0] if len(apart) == 1 else None


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


def restored_readings(cell: Cell) -> list[str]:
    """Readings of a cell of one line with a lost digit or point put back or two characters changed, likeliest first."""
    lines = [line for line in cell.lines if line.text.strip()]
    if len(lines) != 1 or not set(lines[0].text.strip()) <= _DIGITS | _POINTS | {"%"}:
        return []
    chars, text = lines[0].chars, lines[0].text
    found: dict[str, None] = {}
    for lost in lines[0].dropped:
        if lost.text in _DIGITS or lost.text in _POINTS:
            at = sum(_centre(char) < _centre(lost) for char in chars)
            found[_with(text, at, lost.text)] = None
    for one, other in combinations(range(len(chars)), 2):
        for first, second in product(_others(chars, one), _others(chars, other)):
            found[text[:one] + first + text[one + 1 : other] + second + text[other + 1 :]] = None
    doubtful = [i for i, char in enumerate(chars) if char.text in _DIGITS and char.confidence < SURE]
    gaps = list(_gaps(chars))
    for at in dict.fromkeys([*gaps, *doubtful, *(i + 1 for i in doubtful)]):
        found |= dict.fromkeys(_with(text, at, lost) for lost in sorted(_DIGITS) + ["."] * (at in gaps))
    return [other for other in found if number(other) is not None]


def _with(text: str, at: int, lost: str) -> str:
    return f"{text[:at]}{'.' if lost in _POINTS else lost}{text[at:]}"


def _centre(char: Char) -> float:
    return (char.x0 + char.x1) / 2


def _gaps(chars: Sequence[Char]) -> Iterator[int]:
    """Where there is room for a character more: both neighbours, which share what is between them, are too wide."""
    widths = [char.x1 - char.x0 if char.text in _DIGITS else math.inf for char in chars]
    usual = [width for width in widths if math.isfinite(width)]
    if len(usual) < LEAST_USUAL or (limit := WIDE * median_low(usual)) <= 0:
        return
    for at, pair in enumerate(pairwise(widths), 1):
        if limit < min(pair) < math.inf:  # points and signs are narrow, and say nothing of the room beside them
            yield at


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


__all__ = ["Reading", "readings_of", "repair", "restored_readings"]

"""The sums, rates and products that tie figures together, and the one changed figure that would reconcile them.

A figure is known only to the place that it prints, so a relation holds when some figures that round (or truncate) to
the printed ones satisfy it. Where relations break, every figure that stands in all of the broken ones is tried: it
explains them when another value of it closes all relations that it takes part in. If exactly one figure can, its value
is the correction; if several could, none is named.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import NamedTuple, Protocol

from service.schema import Evidence

# What floats add of their own; far below a printed place of any figure.
DUST = 1e-9
# A percentage above this scores no more than the full weight.
FULL = 100.0
# A figure that more values than these would mend is not known: naming one of them would be a guess.
OPEN_STEPS = 4
# Around a computed value, the printed places that rounding may have meant.
NEIGHBOURS = (0, 1, -1, 2, -2)

Apply = Callable[[str, float], None]


@dataclass(eq=False)
class Figure:
    """A number as printed.

    `value` is in the unit that it prints, `step` one unit of the last place that is meant. An `exact` figure was set by
    hand, not computed, and stands for nothing but what it prints (weights, full scores). `apply` writes another
    reading (its text and value) back to where the figure came from. `unit` is the word that a reader needs behind it;
    what is `restated` prints another unit than that.
    """

    name: str
    text: str
    value: float
    step: float
    evidence: list[Evidence] = field(default_factory=list)
    confidence: float = 1.0
    exact: bool = False
    apply: Apply | None = field(default=None, repr=False)
    unit: str = ""
    restated: bool = False

    @property
    def told(self) -> str:
        """The figure as a message gives it."""
        return f"{self.text}{self.unit}"

    @property
    def slack(self) -> float:
        """How far rounding may have moved the printed value."""
        return 0.0 if self.exact else self.step / 2

    @property
    def places(self) -> int:
        """Decimals of the last place that is meant."""
        return 0 if self.step <= 0 else max(0, round(-math.log10(self.step)))

    def write(self, value: float) -> str:
        """`value` in the style of this figure: its decimals, its thousands separators, no unit."""
        places = max(self.places, _decimals(self.text))
        separator = "," if "," in self.text else ""
        text = f"{value:{separator}.{places}f}"
        trims = _decimals(self.text) < self.places and "." in text
        return text.rstrip("0").rstrip(".") if trims else text


def _decimals(text: str) -> int:
    digits = text.partition(".")[2]
    return len(digits) - len(digits.lstrip("0123456789"))


class Interval(NamedTuple):
    low: float
    high: float

    @property
    def middle(self) -> float:
        return (self.low + self.high) / 2

    def __add__(self, other: object) -> Interval:
        assert isinstance(other, Interval)
        return Interval(self.low + other.low, self.high + other.high)

    def times(self, factor: float) -> Interval:
        low, high = self.low * factor, self.high * factor
        return Interval(min(low, high), max(low, high))


class Values(Protocol):
    """The value of a figure: as printed, or another on trial."""

    def __call__(self, figure: Figure, /) -> float: ...


def printed(figure: Figure) -> float:
    return figure.value


def _known(figure: Figure, values: Values) -> Interval:
    value = values(figure)
    return Interval(value - figure.slack, value + figure.slack)


def _meets(figure: Figure, values: Values, computed: Interval, *, may_cut: bool) -> bool:
    """Whether a figure can be what was computed, rounded to its place or (quotients and products) cut off there."""
    value = values(figure)
    cut = figure.step if may_cut and not figure.exact else figure.slack
    return computed.high >= value - figure.slack - DUST and computed.low <= value + cut + DUST


class Relation:
    """A rule that `result` follows from the other figures. `rule` is the check that it serves."""

    may_cut = True

    def __init__(self, rule: str, result: Figure, inputs: Sequence[Figure], subject: str = "") -> None:
        self.rule = rule
        self.result = result
        self.inputs = list(inputs)
        self.subject = subject

    @property
    def figures(self) -> list[Figure]:
        return [*self.inputs, self.result]

    def computed(self, values: Values = printed) -> Interval | None:
        """What the result must be; None where the inputs give nothing (a budget of zero)."""
        raise NotImplementedError

    def solved(self, figure: Figure) -> float | None:
        """What an input would be if the others are right."""
        raise NotImplementedError

    def holds(self, values: Values = printed) -> bool:
        computed = self.computed(values)
        return computed is None or _meets(self.result, values, computed, may_cut=self.may_cut)

    def candidate(self, figure: Figure) -> float | None:
        """The value that would close this relation, before rounding to a printed place."""
        if figure is self.result:
            computed = self.computed()
            return None if computed is None else computed.middle
        return self.solved(figure)


class Sum(Relation):
    """The result is the sum of the inputs; `signs` has −1 for those that are taken away."""

    may_cut = False

    def __init__(
        self, rule: str, result: Figure, inputs: Sequence[Figure], subject: str = "", signs: Sequence[int] | None = None
    ) -> None:
        super().__init__(rule, result, inputs, subject)
        self.signs = list(signs) if signs is not None else [1] * len(self.inputs)

    def computed(self, values: Values = printed) -> Interval:
        total = Interval(0.0, 0.0)
        for figure, sign in zip(self.inputs, self.signs, strict=True):
            total += _known(figure, values).times(sign)
        return total

    def solved(self, figure: Figure) -> float:
        index = next(i for i, known in enumerate(self.inputs) if known is figure)
        others = math.fsum(
            sign * other.value for other, sign in zip(self.inputs, self.signs, strict=True) if other is not figure
        )
        return (self.result.value - others) * self.signs[index]


class Rate(Relation):
    """The result is the first input in hundredths of the second."""

    def computed(self, values: Values = printed) -> Interval | None:
        part, whole = (_known(figure, values) for figure in self.inputs)
        if whole.low <= 0 or values(self.inputs[1]) <= 0:
            return None
        return Interval(max(0.0, part.low) / whole.high * FULL, part.high / whole.low * FULL)

    def solved(self, figure: Figure) -> float | None:
        part, whole = self.inputs
        if figure is part:
            return whole.value * self.result.value / FULL
        return part.value * FULL / self.result.value if self.result.value else None


class Reckoned(Relation):
    """The result is worked out by hand: to the decimals that it prints itself, whatever its column prints."""

    def holds(self, values: Values = printed) -> bool:
        computed, places = self.computed(values), _decimals(self.result.text)
        if computed is None or super().holds(values):
            return True
        half = 10.0**-places / 2 if places and not self.result.exact else 0.0
        value = values(self.result)
        return computed.low - half - DUST <= value <= computed.high + half + DUST


class Product(Reckoned):
    """The result is the first input times the second in hundredths, at most the first."""

    def computed(self, values: Values = printed) -> Interval:
        weight, percent = self.inputs
        share = _known(percent, values)
        # A rate that was cut off, not rounded, stands for anything up to its next step.
        high = max(share.high, values(percent) + percent.step)
        return Interval(min(share.low, FULL), min(high, FULL)).times(values(weight) / FULL)

    def solved(self, figure: Figure) -> float | None:
        weight, percent = self.inputs
        if figure is weight:
            return self.result.value * FULL / min(percent.value, FULL) if percent.value > 0 else None
        if not weight.value or self.result.value >= weight.value:
            return None
        return self.result.value * FULL / weight.value


class Scored(Reckoned):
    """The result is the score that a rule gives from weight, target and actual; solved for the score alone.

    The rule is a unit's own where it departs from the common one, so that target and actual are never corrected by it.
    """

    def __init__(self, rule: str, result: Figure, weight: Figure, share: Interval, subject: str = "") -> None:
        super().__init__(rule, result, [weight], subject)
        self.share = share

    def computed(self, values: Values = printed) -> Interval:
        return self.share.times(values(self.inputs[0]))

    def solved(self, figure: Figure) -> float | None:
        del figure
        return self.result.value / self.share.middle if self.share.middle > 0 else None


class Correction(NamedTuple):
    """The one figure whose change reconciles all relations around it, and the value that does."""

    figure: Figure
    value: float

    @property
    def text(self) -> str:
        return self.figure.write(self.value)


@dataclass
class Graph:
    """The relations of one evaluation."""

    relations: list[Relation] = field(default_factory=list)

    def add(self, relation: Relation | None) -> None:
        if relation is not None:
            self.relations.append(relation)

    def around(self, figure: Figure) -> list[Relation]:
        return [r for r in self.relations if any(f is figure for f in r.figures)]

    def broken(self) -> list[Relation]:
        return [r for r in self.relations if not r.holds()]

    def clusters(self) -> Iterator[list[Relation]]:
        """Broken relations that share figures, together."""
        rest = self.broken()
        while rest:
            cluster, edge = [], [rest.pop()]
            while edge:
                relation = edge.pop()
                cluster.append(relation)
                near = [r for r in rest if shared([relation, r])]
                rest = [r for r in rest if all(r is not other for other in near)]
                edge.extend(near)
            yield [r for r in self.relations if any(r is known for known in cluster)]

    def corrections(self) -> list[tuple[Relation, Correction | None]]:
        """Every broken relation with the correction that mends it, in the order in which they were added."""
        found: dict[int, Correction | None] = {}
        for cluster in self.clusters():
            correction = self.correction(cluster)
            found |= {id(relation): correction for relation in cluster}
            if correction is None:
                found |= self._apart(cluster)
        return [(r, found[id(r)]) for r in self.relations if id(r) in found]

    def _apart(self, cluster: Sequence[Relation]) -> dict[int, Correction | None]:
        """Two errors that touch: the one way to divide a cluster between two figures, each in two relations or more."""
        able: list[tuple[Figure, list[Relation]]] = []
        for figure in {id(f): f for relation in cluster for f in relation.figures}.values():
            own = [r for r in cluster if any(f is figure for f in r.figures)]
            if len(own) > 1 and self.mending(figure, own):
                able.append((figure, own))
        whole = {id(r) for r in cluster}
        pairs = [
            (one, other)
            for one, other in combinations(able, 2)
            if len(one[1]) + len(other[1]) == len(whole) and {id(r) for r in (*one[1], *other[1])} == whole
        ]
        if len(pairs) != 1:
            return {}
        return {id(r): Correction(f, self.mending(f, own)[0]) for f, own in pairs[0] for r in own}

    def correction(self, cluster: Sequence[Relation]) -> Correction | None:
        """The one changed figure that reconciles a cluster of broken relations, if exactly one can."""
        able = [(f, values) for f in shared(cluster) if (values := self.mending(f, cluster))]
        if len(able) != 1:
            return None
        figure, values = able[0]
        return Correction(figure, values[0]) if len(values) <= OPEN_STEPS else None

    def mending(self, figure: Figure, cluster: Sequence[Relation]) -> list[float]:
        """Printed values of `figure` that close all relations that it takes part in, the closest fit first."""
        around = self.around(figure)
        step = figure.step or 10.0 ** -_decimals(figure.text)
        tried: dict[float, float] = {}
        for relation in cluster:
            exact = relation.candidate(figure)
            if exact is None or not math.isfinite(exact):
                continue
            for offset in NEIGHBOURS:
                value = round((round(exact / step) + offset) * step, 9)
                if value >= 0 and abs(value - figure.value) > step / 2:
                    tried.setdefault(value, 0.0)
        fits = [value for value in tried if self.closes(around, figure, value)]
        return sorted(fits, key=lambda value: (_misfit(around, figure, value), abs(value - figure.value)))

    @staticmethod
    def closes(relations: Iterable[Relation], figure: Figure, value: float) -> bool:
        """Whether all `relations` hold with `figure` at `value`."""
        return all(relation.holds(_trial(figure, value)) for relation in relations)


def shared(relations: Sequence[Relation]) -> list[Figure]:
    """The figures that stand in every one of `relations`."""
    first, *others = relations
    return [f for f in first.figures if all(any(f is g for g in r.figures) for r in others)]


def _trial(figure: Figure, value: float) -> Values:
    return lambda other: value if other is figure else other.value


def _misfit(relations: Sequence[Relation], figure: Figure, value: float) -> float:
    """How far from exact the relations are, in printed steps of their results."""
    total = 0.0
    for relation in relations:
        computed = relation.computed(_trial(figure, value))
        if computed is not None:
            result = _trial(figure, value)(relation.result)
            total += abs(computed.middle - result) / (relation.result.step or 1.0)
    return total

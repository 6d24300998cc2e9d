"""How sure a value is: what the recogniser says, what lay on the page, and what the form's own arithmetic confirms.

Figures that stand in a relation (a rate and what it divides, parts and their sum) are kept as `Figure`s while a form
is put together. A relation that closes raises its figures; one that does not closes nothing and raises nobody, and a
figure in it is not raised by another relation either.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from service.assembling.quantities import decimals
from service.reading.document import Cell

# A red seal over a figure: recognition's own confidence stays high where strokes were taken away with the ink.
UNDER_SEAL = 0.7
# A cell mended against a closed set or by ink was seen wrongly once.
REPAIRED = 0.9
# A doubtful reading that a closed set of words settles.
MENDED = 0.85
# What a closing relation vouches for: two misread figures seldom still agree.
CONFIRMED = 0.98
# Half a unit of the last printed place, doubled for sources that truncate, not round.
ROUNDING_UNITS = 1.0


def of_cell(cell: Cell) -> float:
    """The confidence of a cell's text, 0 to 1."""
    seal = 1 - (1 - UNDER_SEAL) * min(1.0, cell.sealed)
    return cell.confidence * seal * (REPAIRED if cell.repaired else 1.0)


def of_cells(cells: Iterable[Cell]) -> float:
    """The weakest cell decides; 1.0 for none (a blank that was blank)."""
    return min((of_cell(cell) for cell in cells), default=1.0)


@dataclass(eq=False)
class Figure:
    """A number as read: its value as printed, the places it prints, and how sure it is."""

    value: float
    places: int
    confidence: float
    contradicted: bool = False
    confirmed: bool = False

    @classmethod
    def read(cls, text: str, value: float, confidence: float) -> Figure:
        return cls(value, decimals(text) or 0, confidence)

    @property
    def step(self) -> float:
        """One unit of the last printed place."""
        return float(10.0**-self.places)


@dataclass
class Ledger:
    """The relations between the figures of one form."""

    figures: list[Figure] = field(default_factory=list)

    def add(self, figure: Figure | None) -> Figure | None:
        if figure is not None:
            self.figures.append(figure)
        return figure

    def sum(self, parts: Iterable[Figure | None], total: Figure | None) -> None:
        """`parts` add up to `total`, at the precision printed. Fewer than two known parts say nothing."""
        known = [part for part in parts if part is not None]
        if total is not None and len(known) >= 2:
            self._relate([*known, total], self.closes(known, total))

    @staticmethod
    def closes(parts: Iterable[Figure | None], total: Figure | None) -> bool:
        """Whether `parts` add up to `total`, at the precision printed."""
        known = [part for part in parts if part is not None]
        if total is None or not known:
            return False
        allowed = sum(part.step for part in known) / 2 + total.step * ROUNDING_UNITS
        return abs(math.fsum(p.value for p in known) - total.value) <= allowed

    def rate(self, numerator: Figure | None, denominator: Figure | None, percent: Figure | None) -> None:
        """`percent` is `numerator` of `denominator` in hundredths, at the precision printed."""
        if numerator is None or denominator is None or percent is None:
            return
        if denominator.value == 0:
            return
        value = numerator.value / denominator.value * 100
        slack = 100 * (numerator.step / 2 + abs(value) / 100 * denominator.step / 2) / abs(denominator.value)
        self._relate([numerator, denominator, percent], abs(value - percent.value) <= slack + percent.step)

    def product(self, weight: Figure | None, percent: Figure | None, score: Figure | None) -> None:
        """`score` is `weight` times `percent` hundredths, at most the weight."""
        if weight is None or percent is None or score is None:
            return
        value = weight.value * min(1.0, percent.value / 100)
        slack = weight.value * percent.step / 200 + score.step * ROUNDING_UNITS
        self._relate([weight, percent, score], abs(value - score.value) <= slack)

    def _relate(self, figures: list[Figure], closes: bool) -> None:
        for figure in figures:
            if closes:
                figure.confirmed = True
            else:
                figure.contradicted = True

    def settle(self) -> None:
        """Raise what was confirmed and nowhere contradicted."""
        for figure in self.figures:
            if figure.confirmed and not figure.contradicted:
                figure.confidence = max(figure.confidence, CONFIRMED)

"""What the form's own arithmetic says of its figures."""

from __future__ import annotations

import pytest

from service.assembling.confidence import CONFIRMED, REPAIRED, UNDER_SEAL, Figure, Ledger, of_cell, of_cells
from service.reading.document import Box, Cell, Char, Line, Place

DOUBTFUL = 0.6


def figure(text: str, confidence: float = DOUBTFUL) -> Figure:
    return Figure.read(text, float(text), confidence)


def cell(text: str, confidence: float, *, sealed: float = 0.0, repaired: bool = False) -> Cell:
    box = Box(0, 0, 10, 10)
    line = Line(1, box, tuple(Char(c, 0, 1, confidence) for c in text), sealed=sealed, repaired=repaired)
    return Cell(0, 0, [Place(1, box)], [line])


def settled(ledger: Ledger, *figures: Figure) -> list[float]:
    for one in figures:
        ledger.add(one)
    ledger.settle()
    return [one.confidence for one in figures]


def test_a_sum_that_closes_raises_its_figures() -> None:
    ledger, parts, total = Ledger(), [figure("40.5"), figure("59.5", 0.99)], figure("100.00")
    ledger.sum(parts, total)
    assert settled(ledger, *parts, total) == [CONFIRMED, 0.99, CONFIRMED]


def test_a_sum_that_does_not_close_raises_nothing() -> None:
    ledger, parts, total = Ledger(), [figure("40"), figure("50")], figure("100")
    ledger.sum(parts, total)
    assert settled(ledger, *parts, total) == [DOUBTFUL] * 3


def test_a_figure_in_one_relation_that_fails_is_not_raised_by_another() -> None:
    ledger, shared = Ledger(), figure("40")
    good, whole, bad = figure("60"), figure("100"), figure("7")
    ledger.sum([shared, good], whole)
    ledger.sum([shared, bad], figure("99"))
    assert settled(ledger, shared, good, whole) == [DOUBTFUL, CONFIRMED, CONFIRMED]


@pytest.mark.parametrize(
    ("executed", "budget", "rate", "closes"),
    [
        ("26.20", "30.20", "86.75", True),
        ("26.20", "30.20", "86.76", True),
        ("26.20", "30.20", "88.75", False),
        ("333.77", "333.71", "99.42", False),
        ("0.00", "50.00", "0.00", True),
    ],
)
def test_rates_close_at_the_precision_printed(executed: str, budget: str, rate: str, closes: bool) -> None:
    ledger, figures = Ledger(), [figure(executed), figure(budget), figure(rate)]
    ledger.rate(*figures)
    assert (settled(ledger, *figures) == [CONFIRMED] * 3) is closes


def test_nothing_follows_from_a_budget_of_zero_or_a_single_part() -> None:
    ledger, zero, part = Ledger(), figure("0.00"), figure("5")
    ledger.rate(figure("5"), zero, figure("0"))
    ledger.sum([part, None], figure("5"))
    assert settled(ledger, zero, part) == [DOUBTFUL, DOUBTFUL]


def test_a_score_follows_from_weight_and_rate() -> None:
    ledger, figures = Ledger(), [figure("10.00"), figure("86.75"), figure("8.68")]
    ledger.product(*figures)
    assert settled(ledger, *figures) == [CONFIRMED] * 3


def test_a_rate_above_one_hundred_earns_the_weight_and_no_more() -> None:
    ledger, figures = Ledger(), [figure("10"), figure("120"), figure("12")]
    ledger.product(*figures)
    assert settled(ledger, *figures) == [DOUBTFUL] * 3


def test_seals_and_repairs_lower_a_cell() -> None:
    assert of_cell(cell("40.00", 0.9)) == pytest.approx(0.9)
    assert of_cell(cell("40.00", 0.9, sealed=1.0)) == pytest.approx(0.9 * UNDER_SEAL)
    assert of_cell(cell("40.00", 0.9, repaired=True)) == pytest.approx(0.9 * REPAIRED)
    assert of_cells([cell("40.00", 0.9), cell("8", 0.5)]) == pytest.approx(0.5)
    assert of_cells([]) == 1.0

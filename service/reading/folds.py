"""Folds of the paper, which look like rulings but go on beyond the tables. Pixels in, points of upright space out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from service.reading.tables import Rule, bands

EDGE = 14.0  # points from the edge of the page, within which the paper's own edges are seen
OVERHANG = 8.0  # points by which a fold is seen on both sides of a table's border
MOST_FOLDS = 3  # in one direction; where more rulings go beyond the vertical ones, the table has no outer border
SHARED_ENDS = 3  # rulings that begin or end together; a page has fewer folds
SHORTEST_BORDER = 60.0  # points
SEEN_AROUND = 6.0  # points to both sides of a fold that tell how dark it is
DARKER = 1.6  # times the fold, where a ruling lies in it


def without_folds(rules: list[Rule], across: Sequence[Rule], grey: np.ndarray, pixel: float) -> list[Rule]:
    """Rulings along the rows of `grey` without the folds of the paper; where a fold lies on a ruling, this one stays.

    A fold goes on beyond the tables' borders, the outermost of the rulings `across`.
    """
    width = grey.shape[1] / pixel
    borders = [r.at for r in across if r.length >= SHORTEST_BORDER and EDGE < r.at < width - EDGE]
    left, right = (min(borders), max(borders)) if borders else _common_ends(rules, width)
    lines = list(bands(sorted(rules)))
    folds = [line for line in lines if any(_crosses(r, left) or _crosses(r, right) for r in line)]
    if not 0 < len(folds) <= min(MOST_FOLDS, len(lines) // 2):
        return rules
    kept = [rule for line in lines if line not in folds for rule in line]
    for line in folds:
        fold = np.median(np.concatenate([_darkness(grey, r, pixel) for r in _outside(line, left, right, width)]))
        kept += [r for r in _between(line, left, right) if np.median(_darkness(grey, r, pixel)) > DARKER * fold]
    return kept


def _common_ends(rules: Sequence[Rule], width: float) -> tuple[float, float]:
    """Where a table that has no borders begins and ends: the outermost ends that several long rulings share."""
    lines = [max(line, key=lambda r: r.length) for line in bands(sorted(rules))]
    long = [r for r in lines if r.length >= SHORTEST_BORDER]
    starts, ends = _shared([r.start for r in long]), _shared([r.end for r in long])
    return min(starts, default=EDGE), max(ends, default=width - EDGE)


def _shared(ends: Sequence[float]) -> list[float]:
    return [end for end in ends if sum(abs(end - other) < OVERHANG for other in ends) >= SHARED_ENDS]


def _crosses(rule: Rule, border: float) -> bool:
    return rule.start < border - OVERHANG and rule.end > border + OVERHANG


def _outside(rules: Sequence[Rule], left: float, right: float, width: float) -> list[Rule]:
    return _between(rules, 0, left) + _between(rules, right, width)


def _between(rules: Sequence[Rule], start: float, end: float) -> list[Rule]:
    """What lies of rulings between two places along them; less than a point does not count."""
    pieces = [Rule(rule.at, max(rule.start, start), min(rule.end, end)) for rule in rules]
    return [piece for piece in pieces if piece.length >= 1]


def _darkness(grey: np.ndarray, rule: Rule, pixel: float) -> np.ndarray:
    """How much darker than its surroundings a ruling is, for each pixel along it, in grey levels."""
    y, around = round(rule.at * pixel), round(SEEN_AROUND * pixel)
    strip = grey[max(0, y - around) : y + around + 1, round(rule.start * pixel) : round(rule.end * pixel)]
    core = grey[max(0, y - 2) : y + 3, round(rule.start * pixel) : round(rule.end * pixel)]
    darkness: np.ndarray = np.median(strip, axis=0) - core.min(axis=0)
    return darkness

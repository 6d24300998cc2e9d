"""Merged level cells that a page break cuts: their name may stand on either page, or half of it on each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from service.assembling.forms.grid import blank
from service.assembling.forms.rows import Row
from service.assembling.forms.values import joined
from service.assembling.vocabulary import LEVEL_NAMES, compact
from service.reading.document import Cell

_ONLY_WEIGHT = re.compile(r"[(]\d+(?:\.\d+)?(?:分|%)?[)]")

_WEIGHT_BEHIND = re.compile(r"[(]\d+(?:\.\d+)?(?:分|%)?[)]?$")


class LevelRow(NamedTuple):
    """An indicator row and the cells of its levels, the first level's before the second's."""

    row: Row
    levels: list[list[Cell]]


def names_over_breaks(rows: Sequence[LevelRow]) -> dict[int, list[Cell]]:
    """For the id of each level cell that goes on over a page break, the cells that name it together.

    Cells that only continue a name from the page before are not listed: a blank level means what stands above it.
    """
    breaks = [at for at, (a, b) in enumerate(pairwise(rows)) if other_page(a.row, b.row)]
    continued = _continued(rows, breaks)
    found: dict[int, list[Cell]] = {}
    for at in reversed(breaks):
        above, below = rows[at], rows[at + 1]
        for level, (upper, lower) in enumerate(zip(above.levels, below.levels, strict=True)):
            if not upper or not lower or upper[0] is lower[0]:
                continue
            name = found.get(id(lower[0]), lower)
            if _nothing(name):
                continue
            if _nothing(upper):
                if id(upper[0]) in continued or not _awaits_name(rows, at, level):
                    break
                found[id(upper[0])] = name
            elif _halves(upper, name):
                found[id(upper[0])] = found[id(lower[0])] = [*upper, *name]
            else:
                break  # another first level begins here, and with it another second
    return found


def _continued(rows: Sequence[LevelRow], breaks: Sequence[int]) -> set[int]:
    """The blank cells at the head of a page that continue a named one."""
    found: set[int] = set()
    for at in breaks:
        for upper, lower in zip(rows[at].levels, rows[at + 1].levels, strict=True):
            if upper and lower and _nothing(lower) and (not _nothing(upper) or id(upper[0]) in found):
                found.add(id(lower[0]))
    return found


def _awaits_name(rows: Sequence[LevelRow], at: int, level: int) -> bool:
    """Whether the blank level cell at the foot of a page is one of its own, not a blank that repeats the name above."""
    row, (cell, *_) = rows[at].row, rows[at].levels[level]
    before = [other for above in rows[:at] for other in above.levels[level]]
    if all(other is cell for other in before):
        return True
    if any(other.confidence < 1.0 for other in row.sheet.starting(row.index)):
        return False  # on a scan the ruling above it may be none
    # Where names are merged over their rows a blank cell repeats none.
    return cell.row_span > 1 or any(other.row_span > 1 and not blank(other) for other in before)


def _nothing(cells: Sequence[Cell]) -> bool:
    return all(blank(cell) for cell in cells)


def _halves(upper: Sequence[Cell], lower: Sequence[Cell]) -> bool:
    """Whether two texts are a level's name in two pieces, or its name and its weight."""
    first, second = compact(joined(upper)), compact(joined(lower))
    if _ONLY_WEIGHT.fullmatch(second):
        return _WEIGHT_BEHIND.search(first) is None
    return second not in LEVEL_NAMES and first + second in LEVEL_NAMES


def other_page(before: Row, after: Row) -> bool:
    """Whether two rows begin on different pages."""

    def page(row: Row) -> int | None:
        return min((p.page for c in row.sheet.starting(row.index) for p in c.places), default=None)

    return page(before) != page(after) and None not in (page(before), page(after))


__all__ = ["LevelRow", "names_over_breaks", "other_page"]

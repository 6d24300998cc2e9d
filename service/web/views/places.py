"""From the pointer on a page image to the value below it, and from a value to its boxes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from service.schema import Check, Evidence
from service.web.views.fields import Claim, Field, Section

# A finger or a mouse meets a small figure's box within so many points around it.
REACH: Final = 3.0
# Parts of a box that another must cover for both to mark the same print.
SAME_PRINT: Final = 0.5

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Outline:
    """A box to draw on a page, in points from its top left. `pointer` names the value that a click on it means."""

    box: Bounds
    section: Section
    pointer: str
    doubtful: bool


def outlines(items: Iterable[Field], page: int) -> list[Outline]:
    """The boxes of values on page `page`, each once.

    A row's box goes to the row only where no value has it as its own, and never as doubtful: which of a row's cells was
    read with doubt is not known.
    """
    found: dict[Bounds, Outline] = {}
    for item in sorted(items, key=lambda item: item.claim):
        for place in item.places:
            if place.page != page or not item.text:
                continue
            is_doubtful = item.doubtful and item.claim is Claim.OWN
            if place.bbox not in found or (is_doubtful and not found[place.bbox].doubtful):
                found[place.bbox] = Outline(place.bbox, item.section, item.pointer, is_doubtful)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Spot:
    """A box whose click means the value at `pointer`."""

    box: Bounds
    pointer: str


def spots(items: Iterable[Field], page: int) -> list[Spot]:
    """The boxes that can be clicked on page `page`; where they overlap, the closest fit first: own boxes before those
    of rows, small before large, and what stands in one box before what is spread over several."""
    found: list[tuple[tuple[int, float, int, int], Spot]] = []
    for order, item in enumerate(items):
        for place in item.places:
            if place.page == page and item.text:
                key = (item.claim, _area(place.bbox), len(item.places), order)
                found.append((key, Spot(place.bbox, item.pointer)))
    return [spot for _, spot in sorted(found, key=lambda entry: entry[0])]


def concerned(items: Iterable[Field], check: Check) -> list[Field]:
    """The values that a finding's boxes mark, rows left out."""
    return [
        item
        for item in items
        if item.claim is Claim.OWN and any(_covers(place, shown) for place in item.places for shown in check.evidence)
    ]


def pages_of(places: Iterable[Evidence]) -> list[int]:
    return sorted({place.page for place in places})


def on_page(places: Iterable[Evidence], page: int) -> list[Bounds]:
    return [place.bbox for place in places if place.page == page]


def _covers(one: Evidence, other: Evidence) -> bool:
    """Whether two boxes mark the same print: half of the smaller lies in the larger."""
    if one.page != other.page:
        return False
    a, b = one.bbox, other.bbox
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    smaller = min(_area(a), _area(b))
    return width > 0 and height > 0 and width * height >= SAME_PRINT * smaller


def _area(box: Bounds) -> float:
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])

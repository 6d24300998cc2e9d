"""Rulings that are dotted, dashed or faint, found by what they add up to along their length.

No dot of such a ruling need be darker than the grain of the scan: what tells it from the paper is the mean of a short
stretch of it, compared with the paper on both sides. Text has such stretches too, but none as long, none that reach
from one ruling to the next, and none where other rows have a border too. Pixels in, points of upright space out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from service.reading.contrast import Contrast, Side, runs
from service.reading.document import Box
from service.reading.folds import without_folds
from service.reading.tables import SAME_LINE, Rule, Rules, bands, merge_rules

WIDE_STRETCH = 6.0  # points along a ruling that are averaged where text cannot fill them
LEAST_LONG = 30.0  # points of a ruling seen in wide stretches
SHORTEST_LEVEL = 24.0  # points of a horizontal ruling; longer than the strokes of two characters
SHORTEST_UPRIGHT = 13.0  # points of a vertical one; the lowest rows
MOST_LEAN = 0.02  # of its length
LEAST_SHARE = 0.72  # of a side between two crossings that is seen of its ruling in wide stretches
EVENNESS = 0.8  # of the share that is usually seen of the page's rulings in short ones
LEAST_BORDER = 40.0  # points that are seen of a border in all before its other rows are looked at
FEWEST_BORDERS = 2  # that a table with vertical rulings has
FEWEST_TOGETHER = 4  # rulings that begin or end together at an unruled side of a table
WHOLE = 0.8  # of a low table's height
PALE = 0.3  # of the usual contrast of the page's rulings; below, the other side of the sheet shines through
MEET = 5.0  # points between the end of a ruling and the one that it meets
MOST_LETTERED = 0.4  # of a long ruling may touch text
SEEN_DEPTH = 0.5  # of the usual contrast of the page's rulings, in the white around the texts that a ruling touches
SEEN_AT_ONE = 0.25  # the same above and below alone, and for all of a long ruling's white
BOX_MARGIN = 1.2  # points around a text that its box holds
CROSSING = 1.2  # points beside another ruling in which nothing is seen of this one
LEAST_WHITE = 0.9  # points between a text and a ruling that show anything
LEAST_COVERED = 2.0  # points of a side under a text's box that count
LONG_WITHIN = 2.5  # the same for a long ruling, beside which many texts begin
BESIDE = 3.0  # points beside a text at the end of a ruling in which it goes on
WITHIN = 1.0  # points inside a text's box; further in a text stands, not a ruling


def find_faint(grey: np.ndarray, pixel: float, texts: Sequence[Box], solid: Rules) -> Rules:
    """All rulings of an upright grey page with `pixel` pixels a point: the `solid` ones, and those that only add up.

    `texts` are the boxes of the page's text in points.
    """
    level = _Way.of(grey, pixel, list(texts), solid.horizontal, SHORTEST_LEVEL)
    upright = _Way.of(grey.T, pixel, [_lain(box) for box in texts], solid.vertical, SHORTEST_UPRIGHT)
    for _ in range(2):
        upright.rules = _meeting(upright, level.rules)
        level.rules = _meeting(level, upright.rules)
        level.rules, upright.rules = (
            without_folds(level.rules, upright.rules, grey, pixel),
            without_folds(upright.rules, level.rules, grey.T, pixel),
        )
    # Not before: what texts cut a fold into looks like rulings.
    upright.rules = [piece for rule in upright.rules for piece in _without_texts(rule, upright, level.rules)]
    level.rules = [piece for rule in level.rules for piece in _without_texts(rule, level, upright.rules)]
    upright.rules = [rule for rule in upright.rules if not _stands_apart(rule, level.rules)]
    if not _has_borders(upright.rules, level.rules):
        upright.rules = []
    borders = [rule for rule in solid.vertical if not _stands_apart(rule, level.rules)]
    whole = _joined(borders, level.rules), _joined(solid.horizontal, upright.rules)
    filled = _filled(upright, level.rules), _filled(level, upright.rules)
    low = [r for r in upright.rules if r.length < LEAST_BORDER and not _lies_on(r, solid.vertical)]
    horizontal = merge_rules(level.rules + whole[1] + filled[1])
    vertical = merge_rules(upright.rules + whole[0] + filled[0])
    return Rules(
        horizontal,
        vertical,
        lettered=[piece for rule in vertical for piece in _lettered_pieces(rule, upright, horizontal)],
        guessed_level=filled[1],
        guessed_upright=[*low, *filled[0]],
    )


@dataclass(slots=True)
class _Way:
    """The rulings that run one way, along the rows of its image: what is known of them and of the texts there."""

    rules: list[Rule]
    fine: Contrast
    coarse: Contrast
    texts: list[Box]
    least_share: float
    strength: float

    @classmethod
    def of(cls, grey: np.ndarray, pixel: float, texts: list[Box], solid: list[Rule], shortest: float) -> _Way:
        fine, coarse = Contrast.along_rows(grey, pixel), Contrast.along_rows(grey, pixel, WIDE_STRETCH)
        found = merge_rules([*solid, *_rules(fine, shortest), *_rules(coarse, LEAST_LONG)])
        strength = _usual([(fine.strength(_side(r)), r.length) for r in found])
        share = _usual([(fine.share(_side(r)), r.length) for r in found if r.length >= LEAST_BORDER])
        found = [r for r in found if fine.strength(_side(r)) >= PALE * strength]
        return cls(found, fine, coarse, texts, EVENNESS * share, strength)


def _has_borders(upright: Sequence[Rule], level: Sequence[Rule]) -> bool:
    """Whether vertical rulings are more than strokes of text: some run over two rows, or over the whole table."""
    height = max((r.at for r in level), default=0.0) - min((r.at for r in level), default=0.0)
    least = min(LEAST_BORDER, WHOLE * height)
    return sum(r.length >= least for r in upright) >= FEWEST_BORDERS


def _stands_apart(rule: Rule, level: Sequence[Rule]) -> bool:
    """Whether no ruling meets a long vertical one between its ends: a photograph shows the sheet's edges so."""
    between = (c for c in level if rule.start + MEET < c.at < rule.end - MEET)
    return rule.length >= 2 * LEAST_BORDER and not any(c.start - MEET < rule.at < c.end + MEET for c in between)


def _side(rule: Rule) -> Side:
    return Side(rule.at, rule.start, rule.end)


def _lain(box: Box) -> Box:
    """A box with its axes exchanged."""
    return Box(box.y0, box.x0, box.y1, box.x1)


def _usual(rated: Sequence[tuple[float, float]]) -> float:
    """The value that half of the length has at least, of (value, length) pairs; 0 for none."""
    half = sum(length for _, length in rated) / 2
    for value, length in sorted(rated):
        half -= length
        if half <= 0:
            return value
    return 0.0


def _rules(contrast: Contrast, shortest: float) -> list[Rule]:
    pixel = contrast.pixel
    return [
        Rule((run.y0 + run.y1) / 2 / pixel, run.x0 / pixel, run.x1 / pixel)
        for run in runs(contrast, shortest)
        if abs(run.y1 - run.y0) <= max(2.0, MOST_LEAN * (run.x1 - run.x0))
    ]


def _meeting(way: _Way, across: Sequence[Rule]) -> list[Rule]:
    """Rulings without the strokes of text: these do not reach from one ruling to the next, or stand in a text's box."""
    kept = []
    for rule in way.rules:
        ends = sum(_met(end, rule.at, across) for end in (rule.start, rule.end))
        side = _side(rule)
        low = rule.length < (LEAST_BORDER if ends else 2 * LEAST_BORDER)
        if low and ends == 2 and _is_ruled(_between(rule, across), way):
            kept.append(rule)
        elif not low and _lettered(side, way, LONG_WITHIN if ends == 2 else WITHIN) <= MOST_LETTERED * rule.length:
            kept.append(_trimmed(rule, way, across))
        else:
            kept += _single_sides(rule, way, across)
    return [rule for rule in kept if rule.length > MEET]


def _single_sides(rule: Rule, way: _Way, across: Sequence[Rule]) -> list[Rule]:
    """What is ruled from one crossing to the next of a ruling that strokes in line with it lengthen."""
    crossings = sorted(
        c.at for c in across if c.start - MEET < rule.at < c.end + MEET and rule.start - MEET < c.at < rule.end + MEET
    )
    sides = [Side(rule.at, a, b) for a, b in pairwise(crossings) if b - a >= SHORTEST_UPRIGHT]
    return [Rule(*side) for side in sides if _is_ruled(side, way)]


def _joined(solid: Sequence[Rule], across: Sequence[Rule]) -> list[Rule]:
    """Rulings in solid ink that go from one ruling to another."""
    return [r for r in solid if all(_met(end, r.at, across) for end in (r.start, r.end))] if across else []


def _trimmed(rule: Rule, way: _Way, across: Sequence[Rule]) -> Rule:
    """A long ruling without the sides at its ends that the strokes of a text add to it."""
    crossings = sorted({c.at for c in across if c.start - MEET < rule.at < c.end + MEET})
    if not any(rule.start - MEET < x < rule.end + MEET for x in crossings):
        return _without_outer_texts(rule, way)
    inner = [x for x in crossings if rule.start + MEET < x < rule.end - MEET]
    before = max((x for x in crossings if x <= rule.start + MEET), default=rule.start)
    after = min((x for x in crossings if x >= rule.end - MEET), default=rule.end)
    # Where rulings begin together an unruled side of the table is, and no other ruling need be met.
    before = rule.start if _shared(rule.start, [r.start for r in way.rules]) else before
    after = rule.end if _shared(rule.end, [r.end for r in way.rules]) else after
    stops = [before, *inner, after]
    while len(stops) > 1 and not _is_ruled(Side(rule.at, stops[0], stops[1]), way, SEEN_AT_ONE):
        del stops[0]
    while len(stops) > 1 and not _is_ruled(Side(rule.at, stops[-2], stops[-1]), way, SEEN_AT_ONE):
        del stops[-1]
    return Rule(rule.at, max(stops[0], rule.start), min(stops[-1], rule.end))


def _shared(end: float, ends: Sequence[float]) -> bool:
    return sum(abs(other - end) < MEET for other in ends) >= FEWEST_TOGETHER


def _without_outer_texts(rule: Rule, way: _Way) -> Rule:
    """A ruling that nothing crosses without the texts at its ends beside which it is not seen."""
    texts = _touching(_side(rule), way)
    start, end = rule.start, rule.end
    for a, b in texts:
        if a < start + MEET and not _seen_in(Side(rule.at, b + BOX_MARGIN, b + BOX_MARGIN + BESIDE), way):
            start = max(start, b)
    for a, b in reversed(texts):
        if b > end - MEET and not _seen_in(Side(rule.at, a - BOX_MARGIN - BESIDE, a - BOX_MARGIN), way):
            end = min(end, a)
    return Rule(rule.at, start, max(start, end))


def _seen_in(side: Side, way: _Way) -> bool:
    return way.fine.depth([side]) >= SEEN_AT_ONE * way.strength


def _without_texts(rule: Rule, way: _Way, across: Sequence[Rule]) -> list[Rule]:
    """A long ruling without the sides in which all that is seen of it are the strokes of a text."""
    if rule.length < LEAST_BORDER:
        return [rule]
    inner = [c.at for c in across if c.start - MEET < rule.at < c.end + MEET]
    stops = [rule.start, *sorted({x for x in inner if rule.start + MEET < x < rule.end - MEET}), rule.end]
    sides = [Side(rule.at, a, b) for a, b in pairwise(stops)]
    bare = [
        s
        for s in sides
        if _lettered(s, way, LONG_WITHIN) <= MOST_LETTERED * (s.end - s.start)
        and _goes_on(s, way, SEEN_AT_ONE) is not False
    ]
    return merge_rules(Rule(*side) for side in bare)


def _met(end: float, at: float, across: Sequence[Rule]) -> bool:
    return any(abs(c.at - end) < MEET and c.start - MEET < at < c.end + MEET for c in across)


def _filled(way: _Way, across: Sequence[Rule]) -> list[Rule]:
    """Stretches between two crossings in which a border that other rows have is seen too."""
    found = []
    for band in bands(sorted(way.rules)):
        if max(r.length for r in band) < LEAST_BORDER:
            continue
        at = sum(r.at * r.length for r in band) / sum(r.length for r in band)
        crossings = sorted({c.at for c in across if c.start - MEET < at < c.end + MEET})
        for start, end in pairwise(crossings):
            side = Side(at, start, end)
            known = sum(max(0.0, min(r.end, end) - max(r.start, start)) for r in band)
            if end - start > MEET and known < end - start - MEET and _is_ruled_as_others(side, way):
                found.append(Rule(at, start, end))
    return found


def _is_ruled(side: Side, way: _Way, least: float = SEEN_DEPTH) -> bool:
    """Whether a ruling is seen along a side, and in white where a text's box covers it: letters have strokes too."""
    if not _is_seen(side, way) or _lettered(side, way):
        return False
    goes_on = _goes_on(side, way, least)
    if goes_on is None and _touching(side, way):
        start, end = side.start + CROSSING, side.end - CROSSING
        ends = [Side(side.at, start, start + LEAST_WHITE), Side(side.at, end - LEAST_WHITE, end)]
        return way.fine.depth(ends) >= least * way.strength
    return goes_on is not False


def _is_ruled_as_others(side: Side, way: _Way) -> bool:
    """The same where other rows have a ruling too: what is seen of it around a text is enough."""
    goes_on = _goes_on(side, way)
    return _is_seen(side, way) and (_lettered(side, way) == 0 if goes_on is None else goes_on)


def _is_seen(side: Side, way: _Way) -> bool:
    return way.coarse.share(side) >= LEAST_SHARE and way.fine.share(side) >= way.least_share


def _between(rule: Rule, across: Sequence[Rule]) -> Side:
    """The side that a ruling takes between the two that it meets."""
    crossings = [c.at for c in across if c.start - MEET < rule.at < c.end + MEET]
    start, end = (min(crossings, key=lambda x: abs(x - place)) for place in (rule.start, rule.end))
    return Side(rule.at, start, end)


def _lies_on(rule: Rule, known: Sequence[Rule]) -> bool:
    return any(abs(k.at - rule.at) < SAME_LINE and k.start < (rule.start + rule.end) / 2 < k.end for k in known)


def _touching(side: Side, way: _Way) -> list[tuple[float, float]]:
    """From where to where texts' boxes cover a side or lie at it."""
    texts = (
        (max(box.x0 + BOX_MARGIN, side.start), min(box.x1 - BOX_MARGIN, side.end))
        for box in way.texts
        if box.y0 - WITHIN < side.at < box.y1 + WITHIN
    )
    return sorted((a, b) for a, b in texts if a < b)


def _goes_on(side: Side, way: _Way, least: float = SEEN_DEPTH) -> bool | None:
    """Whether a ruling goes on in the white around the texts that a side touches, where a stroke of theirs ends.

    None where no text touches the side, or texts leave no white.
    """
    texts = _touching(side, way)
    if not texts:
        return None
    white, start = [], side.start + CROSSING
    for a, b in [*texts, (side.end - CROSSING, side.end)]:
        if a - start >= LEAST_WHITE:
            white.append(Side(side.at, start, a))
        start = max(start, b)
    if not white:
        return None
    if way.fine.depth(white) < least * way.strength:
        return False
    # Between two lines of a text is little white and much of their blur.
    ends = white[:1] + white[-1:]
    return all(way.fine.depth([piece]) >= SEEN_AT_ONE * way.strength for piece in ends)


def _sides(rule: Rule, across: Sequence[Rule]) -> list[Side]:
    """A ruling cut where others cross it: what is before the first, the sides between two, what is after the last."""
    crossings = {c.at for c in across if c.start - MEET < rule.at < c.end + MEET and rule.start < c.at < rule.end}
    return [Side(rule.at, a, b) for a, b in pairwise([rule.start, *sorted(crossings), rule.end])]


def _lettered_pieces(rule: Rule, way: _Way, across: Sequence[Rule]) -> list[Rule]:
    """The stretches of a ruling under texts' boxes around which it is not seen."""
    return [
        Rule(rule.at, a - BOX_MARGIN, b + BOX_MARGIN)
        for side in _sides(rule, across)
        if not _goes_on(side, way)
        for a, b in _touching(side, way)
    ]


def _lettered(side: Side, way: _Way, within: float = WITHIN) -> float:
    """The length of a side that is covered by a text's box and has ink beside it."""
    covered = (
        Side(side.at, max(box.x0, side.start), min(box.x1, side.end))
        for box in way.texts
        if box.y0 + within < side.at < box.y1 - within
    )
    return sum(p.end - p.start for p in covered if p.end - p.start > LEAST_COVERED and not way.fine.clear(p))

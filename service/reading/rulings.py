"""Rulings of a scanned page, found in its ink by morphology. Pixels in, points of upright space out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import cv2
import numpy as np

from service.reading.document import Box
from service.reading.tables import Rule, Rules, bands, merge_rules

SHORTEST_HORIZONTAL = 18.0  # points; longer than any stroke of the text that tables hold
SHORTEST_VERTICAL = 12.0
THICKEST = 4.0  # points; a thicker bar is a shadow or a picture
LONGEST_STROKE = 11.0  # points; of the text that tables hold
BRIDGE = 4.0  # points; gaps that noise leaves in a ruling
LONGEST_GAP = 120.0  # points between two pieces of one ruling
DASH_GAP = 6.0  # points between the dashes or dots of a broken ruling
SHORTEST_DASHED = 16.0  # points; a low row is ruled off over this much
SHORTEST_ERASED = 26.0  # points of a horizontal one; a lone 一 beside a ruling is shorter
DASH_SHARE = 0.25  # of a broken ruling is ink
CLEAR_SHARE = 0.35  # a ruling stands clear: the strips beside it hold at most this share of its own ink
DASHED_PAGE = 0.15  # of all rulings' length; fewer broken ones are dirt between solid ones
LONG = 120.0  # points; dirt, and the other side shining through, close into shorter pieces
LEAST_LONG = 3  # long broken rulings that a page with such tables has at least in one direction
LEAST_CROSSINGS = 8  # of broken rulings; a page of prose has none
ABOVE = 0.7  # points above and below a text's box that its strokes may reach
BESIDE = 2.0  # points at both ends of a text's box in which a ruling may stand
NEARBY = 90.0  # points up and down in which they are counted
WHOLE_RULE = 26.0  # points that are seen of a ruling before more of it is looked for under text
RULE_WIDTH = 2.4  # points that are erased along a broken ruling
EDGE = 14.0  # points from the edge of the page, within which the paper's own edges are seen
OVERHANG = 8.0  # points by which a fold is seen on both sides of a table's border
MOST_FOLDS = 3  # in one direction; where more rulings go beyond the vertical ones, the table has no outer border
SHORTEST_BORDER = 60.0  # points
SEEN_AROUND = 6.0  # points to both sides of a fold that tell how dark it is
DARKER = 1.6  # times the fold, where a ruling lies in it
THRESHOLD_WINDOW = 15.0  # points around a pixel that decide whether it is dark
THRESHOLD_OFFSET = 12.0  # grey levels below its surroundings


def find_rules(image: np.ndarray, dpi: float, texts: Sequence[Box] = ()) -> Rules:
    """Rulings of an upright page image, BGR or grey uint8 of shape (height, width[, 3]).

    `texts` are the boxes of its text in points: dashed and dotted rulings are looked for only outside of them.
    """
    grey = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    pixel = dpi / 72.0
    ink = _ink(grey, pixel)
    level = _runs(_strokes(grey, pixel), pixel, SHORTEST_HORIZONTAL)
    upright = _runs(_strokes(grey.T, pixel), pixel, SHORTEST_VERTICAL)
    solid = Rules(_without_folds(level, upright, grey, pixel), _without_folds(upright, level, grey.T, pixel))
    bare = _without(ink, texts, pixel)
    dashed = Rules(_dashed(bare, pixel), _dashed(bare.T, pixel))
    if not _makes_grid(dashed, solid):
        return Rules(_bridged(solid.horizontal, ink, pixel), _bridged(solid.vertical, ink.T, pixel))
    vertical = merge_rules(solid.vertical + dashed.vertical)
    vertical += [rule for box in texts for rule in _hidden(ink, box, vertical, pixel)]
    return Rules(solid.horizontal + dashed.horizontal, vertical, dashed=True)


def _bridged(rules: list[Rule], ink: np.ndarray, pixel: float) -> list[Rule]:
    """Rulings with the stretches between their pieces in which they are only dots or faint."""
    joints = []
    for line in bands(sorted(rules)):
        for before, after in pairwise(sorted(line, key=lambda rule: rule.start)):
            gap = Rule((before.at + after.at) / 2, before.end, after.start)
            if BRIDGE < gap.length < LONGEST_GAP and _stands_clear(ink, gap, pixel):
                joints.append(gap)
    return rules + joints


def _without_folds(rules: list[Rule], across: Sequence[Rule], grey: np.ndarray, pixel: float) -> list[Rule]:
    """Rulings along the rows of `grey` without the folds of the paper; where a fold lies on a ruling, this one stays.

    A fold goes on beyond the tables' borders, the outermost of the rulings `across`.
    """
    width = grey.shape[1] / pixel
    borders = [r.at for r in across if r.length >= SHORTEST_BORDER and EDGE < r.at < width - EDGE]
    left, right = (min(borders), max(borders)) if borders else (EDGE, width - EDGE)
    lines = list(bands(sorted(rules)))
    folds = [line for line in lines if any(_crosses(r, left) or _crosses(r, right) for r in line)]
    if not 0 < len(folds) <= min(MOST_FOLDS, len(lines) // 2):
        return rules
    kept = [rule for line in lines if line not in folds for rule in line]
    for line in folds:
        fold = np.median(np.concatenate([_darkness(grey, r, pixel) for r in _outside(line, left, right, width)]))
        kept += [r for r in _between(line, left, right) if np.median(_darkness(grey, r, pixel)) > DARKER * fold]
    return kept


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


def _hidden(ink: np.ndarray, box: Box, vertical: Sequence[Rule], pixel: float) -> Iterator[Rule]:
    """Stretches of vertical rulings that a text's box covers: no character stands on a ruling."""
    top, bottom = box.y0 - ABOVE, box.y1 + ABOVE
    for x in {rule.at for rule in vertical if box.x0 < rule.at < box.x1}:
        rule = Rule(x, top, bottom)
        pieces = [r for r in vertical if abs(r.at - x) < RULE_WIDTH and _reaches(r, top, bottom)]
        known = sum(r.length for r in pieces) >= WHOLE_RULE
        seen = any(r.start <= top and r.end >= bottom for r in pieces)
        if known and not seen and _stands_clear(ink.T, rule, pixel, near=1.0, far=2.2):
            yield rule


def _reaches(rule: Rule, top: float, bottom: float) -> bool:
    return rule.start - NEARBY < top and bottom < rule.end + NEARBY


def erased(image: np.ndarray, rules: Rules, dpi: float) -> np.ndarray:
    """The page without its rulings, which the recogniser would take for characters where they are broken."""
    pixel = dpi / 72.0
    bare = image.copy()
    half = RULE_WIDTH / 2
    boxes = [Box(r.start, r.at - half, r.end, r.at + half) for r in rules.horizontal if r.length > SHORTEST_ERASED]
    boxes += [Box(r.at - half, r.start, r.at + half, r.end) for r in rules.vertical]
    for box in boxes:
        x0, y0, x1, y1 = (max(0, round(v * pixel)) for v in box)
        around = bare[max(0, y0 - 3) : y1 + 3, max(0, x0 - 3) : x1 + 3]
        if around.size:
            bare[y0:y1, x0:x1] = np.percentile(around.reshape(-1, 3), 75, axis=0)
    return bare


def _without(ink: np.ndarray, texts: Sequence[Box], pixel: float) -> np.ndarray:
    """The ink that is no text."""
    bare = ink.copy()
    for box in texts:
        x0, x1 = round((box.x0 + BESIDE) * pixel), round((box.x1 - BESIDE) * pixel)
        y0, y1 = round((box.y0 - ABOVE) * pixel), round((box.y1 + ABOVE) * pixel)
        bare[max(0, y0) : max(0, y1), max(0, x0) : max(0, x1)] = 0
    return bare


def _makes_grid(dashed: Rules, solid: Rules) -> bool:
    """Whether broken rulings are more than dirt: they cross, are long, and make up a good part of all rulings."""
    level = _beyond(dashed.horizontal, solid.horizontal)
    upright = _beyond(dashed.vertical, solid.vertical)
    whole = sum(r.length for r in (*solid.horizontal, *solid.vertical))
    added = sum(r.length for r in (*level, *upright))
    crossings = sum(
        h.start - DASH_GAP < v.at < h.end + DASH_GAP and v.start - DASH_GAP < h.at < v.end + DASH_GAP
        for h in dashed.horizontal
        for v in dashed.vertical
    )
    long = max(sum(r.length >= LONG for r in rules) for rules in (level, upright))
    return crossings >= LEAST_CROSSINGS and long >= LEAST_LONG and added >= DASHED_PAGE * whole


def _beyond(found: Sequence[Rule], known: Sequence[Rule]) -> list[Rule]:
    """The rulings that lie on none of the known ones."""
    return [rule for rule in found if not any(_covers(k, rule) for k in known)]


def _covers(known: Rule, rule: Rule) -> bool:
    return abs(known.at - rule.at) < THICKEST and known.start < (rule.start + rule.end) / 2 < known.end


def _strokes(grey: np.ndarray, pixel: float) -> np.ndarray:
    """Dark pixels as 255 of what is thin across the rows: the shadow of a fold is dark on one side only."""
    across = np.ones((round(THICKEST * pixel) + 2, 1), np.uint8)
    return _ink(255 - cv2.morphologyEx(np.ascontiguousarray(grey), cv2.MORPH_BLACKHAT, across), pixel)


def _ink(grey: np.ndarray, pixel: float) -> np.ndarray:
    """Dark pixels as 255, whatever the light."""
    window = int(THRESHOLD_WINDOW * pixel) | 1
    return cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, window, THRESHOLD_OFFSET)


def _runs(ink: np.ndarray, pixel: float, shortest: float) -> list[Rule]:
    """Long thin runs of ink along the rows of `ink`."""
    ink = np.ascontiguousarray(ink)
    bridge = max(1, round(BRIDGE * pixel))
    length = max(3, round(shortest * pixel))
    # A line that leans by a pixel over its length breaks into steps: thicken it across before looking along it.
    thick = cv2.dilate(ink, np.ones((2, 1), np.uint8))
    # Pieces longer than a stroke first: closing gaps in plain ink would make rulings of text.
    pieces = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, round(LONGEST_STROKE * pixel)), np.uint8))
    closed = cv2.morphologyEx(pieces, cv2.MORPH_CLOSE, np.ones((1, bridge + 1), np.uint8))
    opened = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    return _thin_components(opened, pixel, shortest)


def _thin_components(mask: np.ndarray, pixel: float, shortest: float) -> list[Rule]:
    count, _, stats, centroids = cv2.connectedComponentsWithStats(mask, connectivity=8)
    rules = []
    for i in range(1, count):
        x, _, width, height, area = (int(v) for v in stats[i])
        thickness = area / max(1, width)
        leaning = height > max(THICKEST * pixel, 0.02 * width + 2)
        if width >= shortest * pixel and thickness <= THICKEST * pixel and not leaning:
            rules.append(Rule(float(centroids[i][1]) / pixel, x / pixel, (x + width) / pixel))
    return rules


def _dashed(ink: np.ndarray, pixel: float) -> list[Rule]:
    """Broken rulings along the rows: close the gaps, then keep what is thin, long, and clear on both sides."""
    ink = np.ascontiguousarray(ink)
    gap = max(2, round(DASH_GAP * pixel))
    thick = cv2.dilate(ink, np.ones((2, 1), np.uint8))
    closed = cv2.morphologyEx(thick, cv2.MORPH_CLOSE, np.ones((1, gap + 1), np.uint8))
    opened = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((1, round(SHORTEST_DASHED * pixel)), np.uint8))
    return [rule for rule in _thin_components(opened, pixel, SHORTEST_DASHED) if _stands_clear(ink, rule, pixel)]


def _stands_clear(ink: np.ndarray, rule: Rule, pixel: float, near: float = 2.0, far: float = 5.0) -> bool:
    """The row of dots is ink enough, and no text touches it: a line of text closes into stripes too."""
    y, x0, x1 = round(rule.at * pixel), round(rule.start * pixel), round(rule.end * pixel)
    inner, outer = round(near * pixel), round(far * pixel)
    own = ink[max(0, y - 1) : y + 2, x0:x1].max(axis=0).mean() / 255
    above = ink[max(0, y - outer) : max(0, y - inner), x0:x1]
    below = ink[y + inner : y + outer, x0:x1]
    beside = max((strip.mean() / 255 for strip in (above, below) if strip.size), default=0.0)
    return bool(own >= DASH_SHARE and beside <= CLEAR_SHARE * own)

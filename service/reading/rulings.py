"""Rulings of a scanned page, found in its ink by morphology. Pixels in, points of upright space out."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from service.reading.document import Box
from service.reading.evidence import find_faint
from service.reading.folds import without_folds
from service.reading.tables import Rule, Rules

SHORTEST_HORIZONTAL = 18.0  # points; longer than any stroke of the text that tables hold
SHORTEST_VERTICAL = 12.0
THICKEST = 4.0  # points; a thicker bar is a shadow or a picture
LONGEST_STROKE = 11.0  # points; of the text that tables hold
BRIDGE = 4.0  # points; gaps that noise leaves in a ruling
SHORTEST_ERASED = 26.0  # points of a horizontal one; a lone 一 beside a ruling is shorter
FAINT_PAGE = 0.1  # of all rulings' length; fewer broken ones are dirt between solid ones
LONG = 120.0  # points; dirt, and the other side shining through, close into shorter pieces
LEAST_LONG = 3  # long broken rulings that a page with such tables has at least in one direction
RULE_WIDTH = 2.4  # points that are erased along a broken ruling
INSIDE = 1.0  # points inside a text's box; nearer to its side a ruling takes nothing from the text
THRESHOLD_WINDOW = 15.0  # points around a pixel that decide whether it is dark
THRESHOLD_OFFSET = 12.0  # grey levels below its surroundings


def find_rules(image: np.ndarray, dpi: float, texts: Sequence[Box] = ()) -> Rules:
    """Rulings of an upright page image, BGR or grey uint8 of shape (height, width[, 3]).

    `texts` are the boxes of its text in points: what lies in them may be strokes of letters.
    """
    grey = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    pixel = dpi / 72.0
    level = _runs(_strokes(grey, pixel), pixel, SHORTEST_HORIZONTAL)
    upright = _runs(_strokes(grey.T, pixel), pixel, SHORTEST_VERTICAL)
    solid = Rules(without_folds(level, upright, grey, pixel), without_folds(upright, level, grey.T, pixel))
    found = find_faint(grey, pixel, texts, solid)
    return found._replace(dashed=_is_faint(found, solid))


def erased(image: np.ndarray, rules: Rules, dpi: float) -> np.ndarray:
    """The page without its rulings, which the recogniser would take for characters where they are broken.

    What may be the stroke of a text stays.
    """
    pixel = dpi / 72.0
    bare = image.copy()
    half = RULE_WIDTH / 2
    boxes = [Box(r.start, r.at - half, r.end, r.at + half) for r in rules.horizontal if r.length > SHORTEST_ERASED]
    boxes += [
        Box(r.at - half, r.start, r.at + half, r.end) for rule in rules.vertical for r in _bare(rule, rules.lettered)
    ]
    for box in boxes:
        x0, y0, x1, y1 = (max(0, round(v * pixel)) for v in box)
        around = bare[max(0, y0 - 3) : y1 + 3, max(0, x0 - 3) : x1 + 3]
        if around.size:
            bare[y0:y1, x0:x1] = np.percentile(around.reshape(-1, 3), 75, axis=0)
    return bare


def erased_in(rules: Rules, texts: Sequence[Box]) -> list[Rule]:
    """The stretches of vertical rulings that `erased` takes out of texts' boxes (points)."""
    return [
        Rule(piece.at, max(piece.start, box.y0), min(piece.end, box.y1))
        for rule in rules.vertical
        for piece in _bare(rule, rules.lettered)
        for box in texts
        if box.x0 + INSIDE < piece.at < box.x1 - INSIDE and piece.start < box.y1 and box.y0 < piece.end
    ]


def _bare(rule: Rule, lettered: Sequence[Rule]) -> list[Rule]:
    """The stretches of a ruling that are not `lettered`."""
    pieces, start = [], rule.start
    for text in sorted((r for r in lettered if r.at == rule.at), key=lambda r: r.start):
        if text.start > start:
            pieces.append(Rule(rule.at, start, min(text.start, rule.end)))
        start = max(start, text.end)
    if start < rule.end:
        pieces.append(Rule(rule.at, start, rule.end))
    return pieces


def _is_faint(found: Rules, solid: Rules) -> bool:
    """Whether rulings that are no solid ink are more than dirt: they are long, and a good part of all rulings."""
    level = _beyond(found.horizontal, solid.horizontal)
    upright = _beyond(found.vertical, solid.vertical)
    whole = sum(r.length for r in (*solid.horizontal, *solid.vertical))
    added = sum(r.length for r in (*level, *upright))
    long = max(sum(r.length >= LONG for r in rules) for rules in (level, upright))
    return long >= LEAST_LONG and added >= FAINT_PAGE * whole


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

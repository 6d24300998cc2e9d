"""Rulings of a scanned page, found in its ink by morphology. Pixels in, points of upright space out."""

from __future__ import annotations

import cv2
import numpy as np

from service.reading.tables import Rule, Rules

SHORTEST_HORIZONTAL = 18.0  # points; longer than any stroke of the text that tables hold
SHORTEST_VERTICAL = 12.0
THICKEST = 4.0  # points; a thicker bar is a shadow or a picture
LONGEST_STROKE = 11.0  # points; of the text that tables hold
BRIDGE = 4.0  # points; gaps that noise leaves in a ruling
DOT_GAP = 3.5  # points between the dots of a dotted ruling
DOT_SHARE = 0.3  # of a dotted ruling is ink
CLEAR_SHARE = 0.35  # a ruling stands clear: the strips beside it hold at most this share of its own ink
THRESHOLD_WINDOW = 15.0  # points around a pixel that decide whether it is dark
THRESHOLD_OFFSET = 12.0  # grey levels below its surroundings


def find_rules(image: np.ndarray, dpi: float) -> Rules:
    """Rulings of an upright page image, BGR or grey uint8 of shape (height, width[, 3])."""
    grey = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    pixel = dpi / 72.0
    ink = _ink(grey, pixel)
    horizontal = _runs(ink, pixel, SHORTEST_HORIZONTAL)
    vertical = _runs(ink.T, pixel, SHORTEST_VERTICAL)
    if not horizontal or not vertical:
        horizontal += _dotted(ink, pixel, SHORTEST_HORIZONTAL * 3)
        vertical += _dotted(ink.T, pixel, SHORTEST_HORIZONTAL * 3)
    return Rules(horizontal, vertical)


def _ink(grey: np.ndarray, pixel: float) -> np.ndarray:
    """Dark pixels as 255, whatever the light."""
    window = int(THRESHOLD_WINDOW * pixel) | 1
    return cv2.adaptiveThreshold(
        grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, window, THRESHOLD_OFFSET
    )


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


def _dotted(ink: np.ndarray, pixel: float, shortest: float) -> list[Rule]:
    """Dotted rulings: close gaps along the rows, then keep what is thin, long, and clear on both sides."""
    ink = np.ascontiguousarray(ink)
    gap = max(2, round(DOT_GAP * pixel))
    closed = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, gap + 1), np.uint8))
    opened = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((1, round(shortest * pixel)), np.uint8))
    return [rule for rule in _thin_components(opened, pixel, shortest) if _stands_clear(ink, rule, pixel)]


def _stands_clear(ink: np.ndarray, rule: Rule, pixel: float) -> bool:
    """The row of dots is ink enough, and no text touches it: a line of text closes into stripes too."""
    y, x0, x1 = round(rule.at * pixel), round(rule.start * pixel), round(rule.end * pixel)
    near, far = round(2 * pixel), round(5 * pixel)
    own = ink[max(0, y - 1) : y + 2, x0:x1].max(axis=0).mean() / 255
    above = ink[max(0, y - far) : max(0, y - near), x0:x1]
    below = ink[y + near : y + far, x0:x1]
    beside = max((strip.mean() / 255 for strip in (above, below) if strip.size), default=0.0)
    return bool(own >= DOT_SHARE and beside <= CLEAR_SHARE * own)

"""The slant that a camera gives a page: found from its straight lines, undone as a projection.

Under perspective, lines that are parallel on paper run together: the slope of horizontal ones changes from the page's
top to its bottom, that of vertical ones from left to right. Scanners give neither.
"""

from __future__ import annotations

import math
from itertools import combinations

import cv2
import numpy as np

from service.reading.contrast import Contrast, runs

LONG_SIDE = 1200  # pixels on which lines are looked for
SHORTEST = 0.05  # of the long side; rulings and the sheet's edges, not strokes
MOST_LEAN = 14.0  # degrees off an axis
FEWEST_LINES = 6
FEWEST_RULINGS = 4  # each is one segment, of which a line detector gives both edges
LEAST_CHANGE = 0.004  # of slope from edge to edge; scanned pages stay below 0.0015, photographs go above 0.005
MOST_CHANGE = 0.35  # more is no photograph of a page
ROUNDS = 5
LONGEST_SHEET = 842.0  # points that the long side is taken for
SHORTEST_RULING = 0.08  # of the long side; no strokes of text run together for that long
SAME_SLOPE = 0.004  # rulings differ by less from what the slant gives them
LEAST_TOGETHER = 0.6  # of the length of what may be rulings; lines of text run this way and that
RULING_STRETCH = 6.0  # points that are averaged along a ruling
RULING_RUN = 30.0  # points of a ruling that hold together; longer ones may lean
ROUNDS_OF_SLANT = 3
LEAST_SLANT = 0.002  # of slope, by which rulings lean or change from edge to edge
SIDE_SHARE = 0.3  # of the page's height between two ends of rulings that show a side
SAME_SIDE = 3.0  # pixels that an end lies off its side
FEWEST_ENDS = 5
OUTLIER = 2.5  # times the median deviation


def find_perspective(grey: np.ndarray) -> np.ndarray | None:
    """The projection (3 × 3, source pixels → pixels of the page seen straight on), or None for a flat page.

    `grey` is uint8 of shape (height, width), text running along either axis. Skew is undone with it.
    """
    small = _reduced(grey)
    level, upright = _lines(small)
    across = _slopes(level, small.shape[0])
    down = _slopes(upright[:, [1, 0, 3, 2]], small.shape[1])
    if across is None and down is None:
        return None
    # Lines of one direction alone still show a slant; the other then turns with them.
    across = across or (-down[0], 0.0)  # type: ignore[index]
    down = down or (-across[0], 0.0)
    changes = (abs(across[1]), abs(down[1]))
    if max(changes) < LEAST_CHANGE or max(changes) > MOST_CHANGE:
        return None
    return _projection(across, down, grey.shape[1], grey.shape[0])


def find_slant(grey: np.ndarray) -> np.ndarray | None:
    """As `find_perspective`, of a page without skew, from all its rulings, be they dotted or faint.

    The identity where the rulings stand square, None where there are too few of them to tell.
    """
    small = _reduced(grey)
    height, width = small.shape
    found = np.eye(3)
    for _ in range(ROUNDS_OF_SLANT):  # in a strong slant only the rulings near the middle are level enough to be seen
        seen = cv2.warpPerspective(small, found, (width, height), borderMode=cv2.BORDER_REPLICATE)
        step = _slant(seen, width, height)
        if step is None:
            return None
        if np.array_equal(step, np.eye(3)):
            break
        found = step @ found
    scale = np.diag([grey.shape[1] / width, grey.shape[0] / height, 1.0])
    matrix: np.ndarray = scale @ found @ np.linalg.inv(scale)
    return matrix


def _slant(seen: np.ndarray, width: int, height: int) -> np.ndarray | None:
    """The projection that makes rulings square, as `find_slant` gives it. Where rulings run one way alone, the sides at
    which they begin and end tell of the other."""
    level = _rulings(seen)
    across = _slopes(level, height, FEWEST_RULINGS, LEAST_TOGETHER)
    down = _slopes(_rulings(seen.T), width, FEWEST_RULINGS, LEAST_TOGETHER)
    if across is not None and down is None:
        down = _sides(level, width, height)
    if across is None and down is None:
        return None
    across = across or (-down[0], 0.0)  # type: ignore[index]
    down = down or (-across[0], 0.0)
    change, lean = max(abs(across[1]), abs(down[1])), max(abs(across[0]), abs(down[0]))
    if max(change, lean) < LEAST_SLANT or change > MOST_CHANGE:
        return np.eye(3)
    return _projection(across, down, width, height)


def _sides(level: np.ndarray, width: int, height: int) -> tuple[float, float] | None:
    """As `_slopes` of the two sides at which rulings begin and end together; None where no line holds enough ends."""
    found = [_side(level[:, :2], height), _side(level[:, 2:], height)]
    if any(side is None for side in found):
        return None
    (left_slope, left), (right_slope, right) = (side for side in found if side is not None)
    change = (right_slope - left_slope) * width / max(right - left, 1.0)
    return left_slope + change * (0.5 - left / width), change


def _side(ends: np.ndarray, height: int) -> tuple[float, float] | None:
    """The slope (x by y) and the middle of the line on which most ends (n × 2) of rulings lie."""
    best = np.zeros(len(ends), bool)
    lean = math.tan(math.radians(MOST_LEAN))
    for (x0, y0), (x1, y1) in combinations(ends, 2):
        if abs(y1 - y0) >= SIDE_SHARE * height and abs(x1 - x0) < lean * abs(y1 - y0):
            on = abs(ends[:, 0] - x0 - (ends[:, 1] - y0) * (x1 - x0) / (y1 - y0)) < SAME_SIDE
            best = on if on.sum() > best.sum() else best
    if best.sum() < FEWEST_ENDS:
        return None
    slope, start = np.polyfit(ends[best, 1], ends[best, 0], 1)
    return float(slope), float(slope * height / 2 + start)


def _reduced(grey: np.ndarray) -> np.ndarray:
    scale = min(1.0, LONG_SIDE / max(grey.shape))
    return cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def _rulings(small: np.ndarray) -> np.ndarray:
    """Segments (n × 4: x0, y0, x1, y1) of rulings along the rows."""
    contrast = Contrast.along_rows(small, max(small.shape) / LONGEST_SHEET, RULING_STRETCH)
    found = [run for run in runs(contrast, RULING_RUN) if run.x1 - run.x0 >= SHORTEST_RULING * max(small.shape)]
    return np.array(found).reshape(-1, 4)


def _lines(small: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Segments (n × 4: x0, y0, x1, y1) along the rows, left to right, and along the columns, top to bottom."""
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_NONE).detect(small)[0]
    segments = np.zeros((0, 4)) if found is None else found[:, 0, :].astype(np.float64)
    dx, dy = segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1]
    long = np.hypot(dx, dy) >= SHORTEST * max(small.shape)
    lean = math.tan(math.radians(MOST_LEAN))
    level = segments[long & (abs(dy) < lean * abs(dx))]
    upright = segments[long & (abs(dx) < lean * abs(dy))]
    backwards = level[:, 0] > level[:, 2]
    level[backwards] = level[backwards][:, [2, 3, 0, 1]]
    backwards = upright[:, 1] > upright[:, 3]
    upright[backwards] = upright[backwards][:, [2, 3, 0, 1]]
    return level, upright


def _slopes(
    segments: np.ndarray, extent: int, fewest: int = FEWEST_LINES, least_together: float = 0.0
) -> tuple[float, float] | None:
    """(slope in the middle, change of slope over the extent) of segments along x, fitted without outliers.

    None where fewer than `fewest`, or less than `least_together` of their length, lie together.
    """
    if len(segments) < fewest:
        return None
    along = segments[:, 2] - segments[:, 0]
    slope = (segments[:, 3] - segments[:, 1]) / along
    place = (segments[:, 1] + segments[:, 3]) / 2 / extent - 0.5
    keep = np.ones(len(segments), bool)
    middle = change = 0.0
    for _ in range(ROUNDS):
        if keep.sum() < fewest or np.ptp(place[keep]) < 0.3:
            return None
        change, middle = np.polyfit(place[keep], slope[keep], 1, w=np.sqrt(along[keep]))
        off = abs(slope - middle - change * place)
        keep = off <= max(OUTLIER * float(np.median(off[keep])), 0.001)
    together = along[off <= SAME_SLOPE].sum() / along.sum()
    return (float(middle), float(change)) if together >= least_together else None


def _projection(across: tuple[float, float], down: tuple[float, float], width: int, height: int) -> np.ndarray:
    """The map that makes the four lines through the page's quarter points stand square, its middle kept."""
    cx, cy = width / 2, height / 2
    rows = [(y, across[0] + across[1] * (y / height - 0.5)) for y in (height * 0.1, height * 0.9)]
    columns = [(x, down[0] + down[1] * (x / width - 0.5)) for x in (width * 0.1, width * 0.9)]
    corners = [_meet(row, column, cx, cy) for row in rows for column in columns]
    square = [(x, y) for y, _ in rows for x, _ in columns]
    matrix: np.ndarray = cv2.getPerspectiveTransform(np.array(corners, np.float32), np.array(square, np.float32))
    return matrix


def _meet(row: tuple[float, float], column: tuple[float, float], cx: float, cy: float) -> tuple[float, float]:
    """Where y = y0 + m (x − cx) and x = x0 + n (y − cy) cross."""
    (y0, m), (x0, n) = row, column
    y = (y0 + m * (x0 - n * cy - cx)) / (1 - m * n)
    return x0 + n * (y - cy), y

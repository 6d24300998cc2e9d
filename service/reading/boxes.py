"""Text boxes as the detector finds them, fitted to the ink of the page, and the crops that the recogniser reads.

The detector sees a reduced page: its boxes run across a thin ruling, or end before a thin last stroke.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import cv2
import numpy as np

from service.reading.document import Box

TALL = 1.5  # PaddleOCR lays a box that is this much higher than wide on its side
SLANT = 10.0  # degrees; a straightened page's text leans less
LONG = 3.0  # times as long as high: the strokes of a short one say little of how it leans
RULING_SHARE = 0.92  # of a column's pixels, from above the box to below it, that a ruling fills
_BEYOND = 0.15  # of the box's height: how far above and below a ruling goes on
_FAR_BEYOND = 0.6  # and this far on one side at least; large characters stand out of their boxes by less
_REACH = 0.75  # of the height: how far from the box's ends a lost stroke is looked for
_NARROWEST_PIECE = 0.35  # of the height
_LEAN = 2.0  # degrees that a straightened page does not lean
_SHORT = 5  # times as long as high: a longer box knows better than the page how its line runs
_LINES = 1.55  # times the usual height: a box of several lines
_EM = 0.7  # of the usual height, which has a margin
_LOWEST_LINE = 0.4  # of the usual height
_LEAST_LINE = 0.45  # of the text size
_TWO_LINES = 1.5  # of the text size
_VALLEY = 0.2  # of the ink in the fuller rows of the lines above and below
_LEAST_INK = 2  # pixels of ink in a column that count


@dataclass(frozen=True, slots=True)
class TextBox:
    """A straight box around text that may lean a little: its corners, clockwise from the top left (4 × 2, pixels)."""

    corners: np.ndarray

    @property
    def width(self) -> float:
        return float(np.linalg.norm(self.corners[1] - self.corners[0]))

    @property
    def height(self) -> float:
        return float(np.linalg.norm(self.corners[3] - self.corners[0]))

    @property
    def tall(self) -> bool:
        return self.height >= TALL * self.width

    @property
    def slanted(self) -> bool:
        """Whether it runs across the page as a watermark does, and no text of a form."""
        long, short = max(self.width, self.height), min(self.width, self.height)
        return abs(self.lean) > SLANT and long >= LONG * short

    @property
    def bounds(self) -> Box:
        (x0, y0), (x1, y1) = self.corners.min(axis=0), self.corners.max(axis=0)
        return Box(float(x0), float(y0), float(x1), float(y1))

    @property
    def lean(self) -> float:
        """The angle in degrees by which the text slopes down (or, below 0, up)."""
        x, y = self.corners[1] - self.corners[0]
        return math.degrees(math.atan2(float(y), float(x)))

    def part(self, start: float, end: float) -> TextBox:
        """The box from `start` to `end` pixels along its length; may reach beyond its ends."""
        a, b, _, d = self.corners
        along = (b - a) / max(1e-6, self.width)
        return TextBox(np.array([a + along * start, a + along * end, d + along * end, d + along * start], np.float32))

    def turned(self) -> TextBox:
        """The same box lain down as PaddleOCR does it: what ran downwards runs to the right."""
        return TextBox(np.roll(self.corners, -1, axis=0))


def box_of(quad: np.ndarray) -> TextBox:
    """The smallest turned rectangle around a quadrilateral of the detector."""
    points = sorted(cv2.boxPoints(cv2.minAreaRect(quad.astype(np.int32))), key=lambda p: p[0])
    left = sorted(points[:2], key=lambda p: p[1])
    right = sorted(points[2:], key=lambda p: p[1])
    return TextBox(np.array([left[0], right[0], right[1], left[1]], np.float32))


def crop(image: np.ndarray, box: TextBox) -> np.ndarray:
    """The pixels of a box, straightened, as PaddleOCR cuts them but for boxes that stand tall, which stay so."""
    width, height = int(box.width), int(box.height)
    if min(width, height) < 1:
        return np.zeros((0, 0, 3), np.uint8)
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(box.corners, target)
    return cv2.warpPerspective(image, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def cut(image: np.ndarray, box: Box) -> np.ndarray:
    """The pixels of an axis-parallel box, clipped to the image."""
    height, width = image.shape[:2]
    x0, y0 = max(0, math.floor(box.x0)), max(0, math.floor(box.y0))
    return image[y0 : max(0, min(height, math.ceil(box.y1))), x0 : max(0, min(width, math.ceil(box.x1)))]


def fitted(boxes: Sequence[TextBox], ink: np.ndarray) -> list[TextBox]:
    """Boxes cut where a vertical ruling runs through them, and stretched over strokes that they just miss.

    `ink` is a mask (uint8) of dark pixels. Boxes that stand tall are left alone.
    """
    boxes = [_levelled(box) for box in boxes]
    taken: np.ndarray = np.zeros(ink.shape, np.uint8)
    for box in boxes:
        cv2.fillConvexPoly(taken, box.corners.astype(np.int32), (255,))
    return [piece for box in boxes for piece in (_fit(box, ink, taken) if not box.tall else [box])]


def in_lines(boxes: Sequence[TextBox], ink: np.ndarray) -> list[TextBox]:
    """Boxes around several lines of text, set so close that the detector takes them for one, cut between them.

    `ink` is a mask (uint8) of dark pixels.
    """
    heights = [box.height for box in boxes if not box.tall]
    usual = median(heights) if heights else 0.0
    return [piece for box in boxes for piece in (_cut_in_lines(box, ink, usual) if _is_high(box, usual) else [box])]


def _is_high(box: TextBox, usual: float) -> bool:
    return bool(usual) and box.height >= _LINES * usual and box.width >= _LINES * usual and abs(box.lean) <= _LEAN


def _cut_in_lines(box: TextBox, ink: np.ndarray, usual: float) -> list[TextBox]:
    piece = cut(ink, box.bounds) > 0
    lines: list[tuple[int, int]] = []
    for top, bottom in _runs(piece.mean(axis=1) < RULING_SHARE):
        profile = piece[top:bottom].sum(axis=1)
        profile = profile - profile.min()  # vertical rulings
        inked = np.flatnonzero(profile > _VALLEY / 2 * profile.max())
        if len(inked) and inked[-1] - inked[0] >= _LOWEST_LINE * usual:
            first = top + int(inked[0])
            lines += [(first + a, first + b) for a, b in text_lines(profile[inked[0] : inked[-1] + 1], _EM * usual)]
    if len(lines) < 2 or max(b - a for a, b in lines) > usual:
        return [box]
    x0, y0, x1, _ = box.bounds
    cuts = [0, *((a + b) // 2 for (_, a), (b, _) in pairwise(lines)), piece.shape[0]]
    return [upright(Box(x0, y0 + a, x1, y0 + b)) for a, b in pairwise(cuts)]


def text_lines(profile: np.ndarray, size: float) -> list[tuple[int, int]]:
    """From which row to which each line of a text goes, cut where hardly any ink is between two; `profile` is the ink
    of each row of pixels, `size` the text's height in pixels."""
    first, last = round(_LEAST_LINE * size), len(profile) - round(_LEAST_LINE * size)
    whole = [(0, len(profile))]
    if len(profile) < _TWO_LINES * size or last <= first:
        return whole
    cut = first + int(profile[first:last].argmin())
    if profile[cut] > _VALLEY * min(profile[:cut].max(), profile[cut:].max()):
        return whole
    return [*text_lines(profile[:cut], size), *((a + cut, b + cut) for a, b in text_lines(profile[cut:], size))]


def _levelled(box: TextBox) -> TextBox:
    """A short box level: on a straightened page its lean is that of a stroke, such as a slash's."""
    return upright(box.bounds) if abs(box.lean) > _LEAN and box.width < _SHORT * box.height else box


def _fit(box: TextBox, ink: np.ndarray, taken: np.ndarray) -> list[TextBox]:
    reach = math.ceil(_REACH * box.height)
    ruled, inked, free = _columns(box, ink, taken, reach)
    end = len(ruled) - reach
    rulings = _runs(ruled)
    stops = [-1, *(x for run in rulings for x in run), len(ruled) + 1]
    pieces = []
    for left, right in zip(stops[::2], stops[1::2], strict=True):
        first, last = max(left + 1, reach), min(right - 1, end)
        if last - first < _NARROWEST_PIECE * box.height and len(stops) > 2:
            continue
        if first == reach:
            first = _stretched(inked & free, first, max(0, left + 2), ruled=left >= 0)
        if last == end:
            last = _stretched(inked & free, last - 1, min(len(ruled), right - 1) - 1, ruled=right <= len(ruled)) + 1
        pieces.append(box if (first, last) == (reach, end) else box.part(first - reach, last - reach))
    return pieces or [box]


def _columns(box: TextBox, ink: np.ndarray, taken: np.ndarray, reach: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each column from `reach` before the box to `reach` after: whether it is ruled, inked, and in no other box."""
    beyond = _FAR_BEYOND * box.height
    wide = box.part(-reach, box.width + reach)
    down = (wide.corners[3] - wide.corners[0]) / max(1e-6, box.height) * beyond
    high = TextBox(wide.corners + np.array([-down, -down, down, down]))
    size = (round(box.width) + 2 * reach, max(3, round(high.height)))
    target = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32)
    matrix = cv2.getPerspectiveTransform(high.corners.astype(np.float32), target)
    dark = cv2.warpPerspective(ink, matrix, size, flags=cv2.INTER_NEAREST) > 0
    others = cv2.warpPerspective(taken, matrix, size, flags=cv2.INTER_NEAREST) > 0
    thick = cv2.dilate(dark.astype(np.uint8), np.ones((1, 3), np.uint8))
    margin, near = round(beyond), round((_FAR_BEYOND - _BEYOND) * box.height)
    inner = dark[margin : size[1] - margin]
    ruled = np.maximum(thick[: size[1] - near].mean(axis=0), thick[near:].mean(axis=0)) >= RULING_SHARE
    free = np.asarray(~others[margin : size[1] - margin].any(axis=0))
    free[reach : size[0] - reach] = True
    return ruled, inner.sum(axis=0) >= _LEAST_INK, free


def _runs(flags: np.ndarray) -> list[tuple[int, int]]:
    """Start and end of each run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _stretched(inked: np.ndarray, start: int, limit: int, *, ruled: bool) -> int:
    """The column up to which a box must reach to hold the ink next to its end; `start` where there is none.

    `ruled` says that the limit is a ruling. Where it is not, ink that goes on up to it is no lost stroke but the text
    of a neighbour, or a picture.
    """
    step = 1 if limit > start else -1
    columns = inked[start : limit + 1] if step > 0 else inked[limit : start + 1][::-1]
    found = np.flatnonzero(columns)
    if not len(found) or found[-1] == 0 or (found[-1] >= len(columns) - 2 and not ruled):
        return start
    return start + step * min(int(found[-1]) + 2, len(columns) - 1)


def stacked(box: TextBox, ink: np.ndarray) -> list[TextBox]:
    """The characters of a tall box that stand one below the other, from top to bottom; empty if they do not."""
    piece = cut(ink, box.bounds) > 0
    lettering = piece & (piece.mean(axis=0) < RULING_SHARE)
    rows = [(a, b) for a, b in _runs(lettering.any(axis=1)) if b - a > 1]
    width = piece.shape[1]
    merged = _merge_rows(rows, width)
    if len(merged) < 2 or max(b - a for a, b in merged) > TALL * width:
        return []
    x0, y0, x1, _ = box.bounds
    cuts = [0, *((a + b) // 2 for (_, a), (b, _) in pairwise(merged)), piece.shape[0]]
    return [upright(Box(x0, y0 + a, x1, y0 + b)) for a, b in pairwise(cuts)]


def _merge_rows(rows: Iterable[tuple[int, int]], width: int) -> list[tuple[int, int]]:
    """Runs of inked rows put together into characters about as high as wide (二 is two runs, 言 four)."""
    merged: list[tuple[int, int]] = []
    for first, last in rows:
        if merged and last - merged[-1][0] <= 0.95 * width:
            merged[-1] = (merged[-1][0], last)
        else:
            merged.append((first, last))
    return merged


def upright(box: Box) -> TextBox:
    x0, y0, x1, y1 = box
    return TextBox(np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float32))


def side_by_side(pieces: Sequence[np.ndarray]) -> np.ndarray:
    """Crops of one width set next to each other as one line, on the brightest paper among them."""
    height = max(p.shape[0] for p in pieces)
    paper = np.percentile(np.concatenate([p.reshape(-1, 3) for p in pieces]), 90, axis=0)
    line = np.empty((height, sum(p.shape[1] for p in pieces), 3), np.uint8)
    line[:] = paper.astype(np.uint8)
    x = 0
    for piece in pieces:
        top = (height - piece.shape[0]) // 2
        line[top : top + piece.shape[0], x : x + piece.shape[1]] = piece
        x += piece.shape[1]
    return line

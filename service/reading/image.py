"""A scanned page made ready for recognition: upright, straight, without its seal, evenly lit.

Positions are continuous: pixel (i, j) covers the square from (i, j) to (i + 1, j + 1).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple, Protocol

import cv2
import numpy as np

from service.reading.boxes import TALL, TextBox, text_lines
from service.reading.document import IDENTITY, Box, Projection
from service.reading.perspective import find_perspective, find_slant

MOST_SKEW = 10.0  # degrees
LEAST_SKEW = 0.05  # degrees; below, resampling costs more sharpness than the slope does harm
SMALLEST_SIDE = 8  # pixels
MOST_PIXELS = 120_000_000


class Reader(Protocol):
    """What finding the upright side of a page asks of the OCR engine."""

    def detect(self, image: np.ndarray) -> list[TextBox]: ...

    def certainty(self, image: np.ndarray, boxes: Sequence[TextBox], turn: int) -> float: ...


@dataclass(frozen=True)
class Prepared:
    """A page ready to be read.

    `image` is BGR uint8. `to_source` maps its positions to those of the source image. `rotation` is the clockwise
    angle in degrees by which the source was turned, and which was removed. `seal` is a mask (uint8, 255 under a seal)
    or None. `boxes` are the text boxes, where they are known already.
    """

    image: np.ndarray
    to_source: Projection = IDENTITY
    rotation: float = 0.0
    seal: np.ndarray | None = None
    boxes: list[TextBox] | None = None

    @cached_property
    def ink(self) -> np.ndarray:
        """Dark pixels (uint8, 255), rulings included."""
        return dark_pixels(cv2.cvtColor(self.image, cv2.COLOR_BGR2GRAY))

    def sealed(self, box: Box) -> float:
        """The share of `box` that lay under a seal."""
        if self.seal is None:
            return 0.0
        y0, y1 = max(0, math.floor(box.y0)), max(0, math.ceil(box.y1))
        x0, x1 = max(0, math.floor(box.x0)), max(0, math.ceil(box.x1))
        piece = self.seal[y0:y1, x0:x1]
        return float(np.count_nonzero(piece)) / piece.size if piece.size else 0.0


def prepare(bgr: np.ndarray, engine: Reader | None = None) -> Prepared:
    """Prepare a BGR uint8 page image.

    Without an engine a page is taken to stand upright up to a skew of 10 degrees; with one, quarter turns are found
    and undone too, and the text boxes found on the way are kept in `boxes`.
    """
    _check(bgr)
    page = _squared(bgr)
    image, seal = lift_seals(page.image)
    page = replace(page, image=even_light(image), seal=seal)
    return page if engine is None else _turn_upright(page, engine)


def _squared(bgr: np.ndarray) -> Prepared:
    """The page without its skew, and without the slant of a photograph or of a bent sheet."""
    page = _straighten(bgr, find_skew(bgr))
    slant = find_slant(cv2.cvtColor(page.image, cv2.COLOR_BGR2GRAY))
    if slant is None:
        slant = find_perspective(cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY))
        return page if slant is None else _seen_straight_on(bgr, slant)
    if np.array_equal(slant, np.eye(3)):
        return page
    return _seen_straight_on(bgr, slant @ page.to_source.inverse().matrix)


def _check(bgr: np.ndarray) -> None:
    if bgr.ndim != 3 or bgr.shape[2] != 3 or bgr.dtype != np.uint8:
        raise ValueError(f"expected a BGR uint8 image, got {bgr.dtype} of shape {bgr.shape}")
    height, width = bgr.shape[:2]
    if min(height, width) < SMALLEST_SIDE or height * width > MOST_PIXELS:
        raise ValueError(f"an image of {width} × {height} pixels cannot be prepared")


# Skew

_SKEW_SIDE = 1200  # pixels; the longer side on which skew is measured
_MOST_POINTS = 40_000


def find_skew(bgr: np.ndarray) -> float:
    """The clockwise angle in degrees (−10 to 10) by which rulings and text lines slope; 0 for a page without ink.

    Quarter turns make no difference: the profiles along both axes count.
    """
    points = _ink_points(bgr)
    if len(points) < 50:
        return 0.0
    coarse = np.arange(-MOST_SKEW, MOST_SKEW + 0.01, 0.5)
    ranked = coarse[np.argsort([-_sharpness(points, float(a), 2.0) for a in coarse])]
    # With few and short lines the coarse look ranks the true angle second or third.
    near = np.unique(np.round(np.concatenate([a + np.arange(-0.5, 0.51, 0.1) for a in ranked[:3]]), 2))
    best = _best_angle(points, near)
    best = _best_angle(points, best + np.arange(-0.1, 0.101, 0.02))
    return round(float(best), 2) + 0.0


def _ink_points(bgr: np.ndarray) -> np.ndarray:
    """Positions (n, 2) of dark pixels of the reduced page, around its centre."""
    gray = cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY)
    scale = min(1.0, _SKEW_SIDE / max(gray.shape))
    small = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    dark = cv2.adaptiveThreshold(small, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 31, 15)
    ys, xs = np.nonzero(dark)
    points = np.stack([xs, ys], axis=1).astype(np.float32)
    if len(points) > _MOST_POINTS:
        points = points[np.random.default_rng(0).choice(len(points), _MOST_POINTS, replace=False)]
    return points - np.array(small.shape[::-1], np.float32) / 2


def _best_angle(points: np.ndarray, angles: np.ndarray) -> float:
    scores = [_sharpness(points, float(angle), 1.0) for angle in angles]
    return float(angles[int(np.argmax(scores))])


def _sharpness(points: np.ndarray, angle: float, bin_size: float) -> float:
    """How uneven the ink's profiles are when the page is turned back by `angle`."""
    c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    x, y = points[:, 0], points[:, 1]
    total = 0.0
    for profile in (y * c - x * s, x * c + y * s):
        bins = np.bincount(((profile - profile.min()) / bin_size).astype(np.int64))
        total += float(np.square(np.diff(bins.astype(np.float64))).sum())
    return total


def _straighten(bgr: np.ndarray, skew: float) -> Prepared:
    """The page turned back by `skew` degrees on a sheet large enough to lose nothing."""
    if abs(skew) < LEAST_SKEW:
        return Prepared(bgr)
    height, width = bgr.shape[:2]
    c, s = math.cos(math.radians(skew)), math.sin(math.radians(skew))
    new_width, new_height = (math.ceil(width * abs(c) + height * abs(s)), math.ceil(width * abs(s) + height * abs(c)))
    cx, cy, nx, ny = width / 2, height / 2, new_width / 2, new_height / 2
    # Forward: a clockwise slope (y grows with x) is turned back anticlockwise.
    to_source = Projection(c, -s, cx - c * nx + s * ny, s, c, cy - s * nx - c * ny)
    image = cv2.warpAffine(
        bgr,
        _index_matrix(to_source),
        (new_width, new_height),
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=_paper(bgr),
    )
    return Prepared(image, to_source, skew)


def _seen_straight_on(bgr: np.ndarray, projection: np.ndarray) -> Prepared:
    """The page as if photographed from right above, on a sheet that holds all of it."""
    height, width = bgr.shape[:2]
    whole = Projection.of(projection).box(Box(0, 0, width, height))
    shift = Projection(c=-whole.x0, f=-whole.y0)
    to_source = shift.after(Projection.of(projection)).inverse()
    size = (min(math.ceil(whole.width), 2 * width), min(math.ceil(whole.height), 2 * height))
    image = cv2.warpPerspective(
        bgr,
        _HALF_PIXEL_BACK @ to_source.matrix @ _HALF_PIXEL,
        size,
        flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=_paper(bgr),
    )
    a, _, _, d = to_source[:4]
    return Prepared(image, to_source, round(math.degrees(math.atan2(d, a)), 2))


def _paper(bgr: np.ndarray) -> tuple[float, float, float]:
    """The usual colour of the page, for the corners that turning it lays bare: repeating its edge would draw lines."""
    blue, green, red = np.median(bgr[::16, ::16].reshape(-1, 3), axis=0)
    return float(blue), float(green), float(red)


# OpenCV counts from the centres of pixels, positions here from their corners.
_HALF_PIXEL = Projection(c=0.5, f=0.5).matrix
_HALF_PIXEL_BACK = Projection(c=-0.5, f=-0.5).matrix


def _index_matrix(affine: Projection) -> np.ndarray:
    """An affine map for OpenCV: the upper two rows of its matrix."""
    matrix: np.ndarray = _HALF_PIXEL_BACK @ affine.matrix @ _HALF_PIXEL
    return matrix[:2]


# Quarter turns

SURE = 0.97  # mean certainty of a few pieces of lines; upside down they stay below but for very short pages


def _turn_upright(page: Prepared, engine: Reader) -> Prepared:
    boxes = engine.detect(page.image)
    if not boxes:
        return replace(page, boxes=boxes)
    turns = (90, 270) if _stands_tall(boxes) else (0, 180)
    first = engine.certainty(page.image, boxes, turns[0])
    turned = first < SURE and engine.certainty(page.image, boxes, turns[1]) > first
    turn = turns[1] if turned else turns[0]
    return turned_back(page, turn) if turn else replace(page, boxes=boxes)


def _stands_tall(boxes: Sequence[TextBox]) -> bool:
    """Whether most text boxes are higher than wide, weighed by their length."""
    tall = sum(b.height for b in boxes if b.tall)
    wide = sum(b.width for b in boxes if b.width >= TALL * b.height)
    return tall > wide


def turned_back(page: Prepared, turn: int) -> Prepared:
    """`page` with a clockwise turn of 90, 180 or 270 degrees undone; exact, without resampling."""
    height, width = page.image.shape[:2]
    steps = turn // 90
    undo = {
        90: Projection(0, -1, width, 1, 0, 0),
        180: Projection(-1, 0, width, 0, -1, height),
        270: Projection(0, 1, 0, -1, 0, height),
    }[turn]
    return Prepared(
        np.ascontiguousarray(np.rot90(page.image, steps)),
        page.to_source.after(undo),
        (page.rotation + turn) % 360,
        None if page.seal is None else np.ascontiguousarray(np.rot90(page.seal, steps)),
    )


# Seals

_SEAL_SIDE = 1000  # pixels; the longer side on which seals are looked for
_LEAST_RED = 22  # by how much red must exceed green and blue (of 255) after noise is averaged out
_LEAST_RED_SHARE = 0.10  # of the red value itself: a dark pixel's hue is mostly noise
SMALLEST_SEAL, LARGEST_SEAL = 0.08, 0.42  # diameter as a share of the page's shorter side (A4: 17 to 88 mm)
_SECTORS = 36
_LEAST_RING = 0.6  # share of the sectors in which a seal shows its rim
_RIM_INSIDE, _RIM_OUTSIDE = 0.80, 1.06  # of the radius
_LONGEST_SEAL = 1.8  # width over height: ovals are seals too, lines of red letters are not
_SEAL_MARGIN = 1.04
_MOST_DARKENING = 3.0  # of the red channel by an ink, as a share of its redness; more would whiten dark brown


def lift_seals(bgr: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """The page without its red seals, and the mask (uint8, 255) of the pixels that were mended, or None.

    A seal is a red ring, oval or square of seal size; red letters and headings stay. In its pixels only the red
    channel is kept: red ink is bright there, the black figures beneath are dark.
    """
    red = _red_mask(bgr)
    regions = [] if red is None else _seal_regions(red)
    if red is None or not regions:
        return bgr, None
    height, width = bgr.shape[:2]
    small = np.maximum.reduce([_filled(red.shape, *region) for region in regions])
    area = cv2.resize(small, (width, height), interpolation=cv2.INTER_NEAREST)
    mask = _tinted(bgr, area) & area
    return _without_red(bgr, mask), mask


def _red_mask(bgr: np.ndarray) -> np.ndarray | None:
    """Red pixels (uint8, 255) of the reduced page; None where there are too few for a seal."""
    scale = min(1.0, _SEAL_SIDE / max(bgr.shape[:2]))
    small = cv2.resize(bgr, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    red = _is_red(small)
    return red if cv2.countNonZero(red) > SMALLEST_SEAL * min(red.shape) else None


def _is_red(bgr: np.ndarray) -> np.ndarray:
    """Where red stands out (uint8, 255)."""
    blue, green, red = cv2.split(bgr)
    excess = np.asarray(cv2.subtract(red, cv2.max(blue, green)))
    strong = (excess >= _LEAST_RED) & (excess >= red * _LEAST_RED_SHARE)
    # Orange paper and brown shade have green well above blue.
    return np.where(strong & (cv2.absdiff(green, blue) <= excess), 255, 0).astype(np.uint8)


Region = tuple[tuple[float, float], tuple[float, float], bool]


def _seal_regions(red: np.ndarray) -> list[Region]:
    """Centre, half axes and squareness of each seal in a mask of red pixels."""
    side = min(red.shape)
    bridge = max(3, round(0.012 * side)) | 1
    joined = cv2.morphologyEx(red, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (bridge, bridge)))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    regions = []
    for label, (x, y, w, h, _) in enumerate(stats):
        if label and _has_seal_size(w / side, h / side):
            ys, xs = np.nonzero((labels[y : y + h, x : x + w] == label) & (red[y : y + h, x : x + w] > 0))
            u, v = (xs + 0.5) * 2 / w - 1, (ys + 0.5) * 2 / h - 1
            round_ = _rim_cover(u, v, np.hypot(u, v))
            square = _rim_cover(u, v, np.maximum(abs(u), abs(v)))
            if max(round_, square) >= _LEAST_RING:
                regions.append(((x + w / 2, y + h / 2), (w / 2, h / 2), square > round_))
    return regions


def _has_seal_size(width: float, height: float) -> bool:
    """Of a blob measured in shares of the page's shorter side."""
    longer, shorter = max(width, height), min(width, height)
    return SMALLEST_SEAL <= longer <= LARGEST_SEAL and longer <= _LONGEST_SEAL * shorter


def _rim_cover(u: np.ndarray, v: np.ndarray, radius: np.ndarray) -> float:
    """The share of sectors in which points lie on the rim, for positions scaled to −1 … 1."""
    rim = (radius >= _RIM_INSIDE) & (radius <= _RIM_OUTSIDE)
    angle = np.arctan2(v[rim], u[rim])
    return len(np.unique(((angle + math.pi) / (2 * math.pi) * _SECTORS).astype(int))) / (_SECTORS + 1)


def _filled(shape: tuple[int, ...], centre: tuple[float, float], axes: tuple[float, float], square: bool) -> np.ndarray:
    """A mask of the region with a margin."""
    rows, columns = np.ogrid[: shape[0], : shape[1]]
    u = (columns + 0.5 - centre[0]) / (axes[0] * _SEAL_MARGIN + 2)
    v = (rows + 0.5 - centre[1]) / (axes[1] * _SEAL_MARGIN + 2)
    inside = np.maximum(abs(u), abs(v)) <= 1 if square else u * u + v * v <= 1
    return inside.astype(np.uint8) * 255


def _tinted(bgr: np.ndarray, area: np.ndarray) -> np.ndarray:
    """Pixels touched by red ink inside the bounds of `area`, their blurred edges included."""
    mask = np.zeros(bgr.shape[:2], np.uint8)
    x, y, w, h = cv2.boundingRect(area)
    piece = cv2.GaussianBlur(bgr[y : y + h, x : x + w], (5, 5), 0)
    blue, green, red = cv2.split(piece)
    excess = cv2.subtract(red, cv2.max(blue, green))
    _, tinted = cv2.threshold(excess, _LEAST_RED // 3, 255, cv2.THRESH_BINARY)
    mask[y : y + h, x : x + w] = cv2.dilate(tinted, np.ones((5, 5), np.uint8))
    return mask


def _without_red(bgr: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Gray from the red channel under `mask`, with what the ink took from it given back.

    Red ink darkens the red channel a little, and by so much the more as there is of it; how much follows from what it
    does to bare paper. Black figures beneath show no red and stay black.
    """
    x, y, w, h = cv2.boundingRect(mask)
    result = bgr.copy()
    piece, under = result[y : y + h, x : x + w], mask[y : y + h, x : x + w] > 0
    blue, green, red = (channel.astype(np.float32) for channel in cv2.split(piece))
    excess = np.maximum(cv2.GaussianBlur(red - np.maximum(blue, green), (3, 3), 0), 0)
    inked = under & (_is_red(piece) > 0)
    around = cv2.dilate(under.astype(np.uint8), np.ones((15, 15), np.uint8)).astype(bool) & ~under
    if not inked.any() or not around.any():
        return bgr
    paper = float(np.percentile(red[around], 60))
    share = float(np.clip(np.median((paper - red[inked]) / excess[inked]), 0, _MOST_DARKENING))
    mended = np.clip(red + share * excess, 0, max(paper, float(red[under].min())))
    piece[under] = mended.astype(np.uint8)[under, None]
    return result


# Ink

_INK_OFFSET = 15  # gray levels below the surroundings
_INK_WINDOW = 32  # windows fit on the page's shorter side
_TEXT_SIZES = 57  # characters of 10.5 points that fit on A4's shorter side
_SPECK = 0.13  # of the text size: smaller is noise, a full stop is larger
_BORDER_RUN = 0.5  # of a box's side: a piece of ruling reaches in from the border this far along it
_WORD_GAP = 1.2  # of the text size: the letters of a line stand closer
_SHORTEST_LINE = 2.0  # of the text size
_LOWEST_LINE = 0.5  # of the text size: what the boxes above and below leave of a line between them
_THINNEST, _DENSEST = 0.08, 0.6  # share of a line that is dark
_NO_GAP = 0.8  # of the text's height: less between two boxes of a line leaves no room for a character
_SAME_LINE = 0.5  # of the line's width and height, within the box of one that was seen
_LINE_HEIGHT = 1.2  # of the text size
_EQUAL_LENGTH = 0.88  # of the longer stroke of an equals sign; the upper stroke of 二 is shorter
_FLAT = 0.27  # of the text size: the height of a dash
_LONGEST_STROKE = 2.6  # of the text size; a double dash has two
_LONG_DASH = 0.62  # of the text size: a hyphen is shorter


class Ink(NamedTuple):
    """What a box holds: `amount` in squares of the text size (0 for an empty box), and `mark` where all of it is one
    dash ("-", "—"), a slash ("/") or an equals sign ("="), else None. `line` is the part of the box, in pixels, that a
    line of text with this ink fills; None for an empty box."""

    amount: float
    mark: str | None = None
    line: Box | None = None


def dark_pixels(gray: np.ndarray) -> np.ndarray:
    """Pixels darker than their surroundings (uint8, 255), whatever the light."""
    window = max(15, min(gray.shape[:2]) // _INK_WINDOW) | 1
    smooth = cv2.GaussianBlur(gray, (3, 3), 0)
    return np.asarray(
        cv2.adaptiveThreshold(smooth, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, window, _INK_OFFSET)
    )


def ink(prepared: Prepared, box: Box, size: float | None = None) -> Ink:
    """The ink in a box of pixels, without specks and the rulings at its border.

    `size` is the height of the page's text in pixels; by default that of 10.5 points on A4.
    """
    em = size or min(prepared.image.shape[:2]) / _TEXT_SIZES
    x0, y0 = max(0, round(box.x0)), max(0, round(box.y0))
    piece = prepared.ink[y0 : max(0, round(box.y1)), x0 : max(0, round(box.x1))]
    if min(piece.shape) < 3:
        return Ink(0.0)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(piece)
    kept = [i for i in range(1, len(stats)) if _is_text(stats[i], piece.shape, em)]
    if not kept:
        return Ink(0.0)
    mask = np.isin(labels, kept)
    left, top, right, bottom = _line_around(mask, em)
    line = Box(x0 + left, y0 + top, x0 + right, y0 + bottom)
    return Ink(float(mask.sum()) / em**2, _mark(mask, em), line)


def unseen_lines(prepared: Prepared, region: Box, seen: Sequence[Box], size: float) -> list[Box]:
    """Where a region of pixels holds lines of text that no box of `seen` covers; `size` is its text's height."""
    x0, y0 = max(0, round(region.x0)), max(0, round(region.y0))
    piece = prepared.ink[y0 : max(0, round(region.y1)), x0 : max(0, round(region.x1))].copy()
    if min(piece.shape) < size:
        return []
    seen = _strung(seen, _NO_GAP * size)
    for box in seen:
        left, top, right, bottom = (max(0, round(v)) for v in (box.x0 - x0, box.y0 - y0, box.x1 - x0, box.y1 - y0))
        piece[top:bottom, left:right] = 0
    if not piece.any():
        return []
    _, labels, stats, _ = cv2.connectedComponentsWithStats(piece)
    letters = np.isin(labels, [i for i in range(1, len(stats)) if _is_text(stats[i], piece.shape, size)])
    words = cv2.morphologyEx(letters.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((1, round(_WORD_GAP * size)), np.uint8))
    found = []
    for x, y, width, height, _ in cv2.connectedComponentsWithStats(words)[2][1:].tolist():
        word = letters[y : y + height, x : x + width]
        for top, bottom in text_lines(word.sum(axis=1), size):
            columns = np.flatnonzero(word[top:bottom].any(axis=0))
            if not len(columns):
                continue
            left, right = int(columns[0]), int(columns[-1]) + 1
            dark = word[top:bottom, left:right].mean()
            long = right - left >= _SHORTEST_LINE * size
            if long and bottom - top >= _LOWEST_LINE * size and _THINNEST <= dark <= _DENSEST:
                middle, half = y0 + y + (top + bottom) / 2, max(_LINE_HEIGHT * size, bottom - top) / 2
                found.append(Box(x0 + x + left - 0.3 * size, middle - half, x0 + x + right + 0.3 * size, middle + half))
    return [line for line in found if not any(_is_of(line, box) for box in seen)]


def _strung(boxes: Sequence[Box], gap: float) -> list[Box]:
    """Boxes, with those that follow each other on one line as one: a line may be seen character by character."""
    strung: list[Box] = []
    for box in sorted(boxes, key=lambda b: b.x0):
        for i, before in enumerate(strung):
            shared = min(before.y1, box.y1) - max(before.y0, box.y0)
            if box.x0 - before.x1 < gap and shared > _SAME_LINE * max(before.height, box.height):
                strung[i] = Box(before.x0, min(before.y0, box.y0), max(before.x1, box.x1), max(before.y1, box.y1))
                break
        else:
            strung.append(box)
    return strung


def _is_of(line: Box, box: Box) -> bool:
    """Whether what was taken for a line is the rim of one that was seen, whose box lies a little off."""
    across, down = min(line.x1, box.x1) - max(line.x0, box.x0), min(line.y1, box.y1) - max(line.y0, box.y0)
    return across > _SAME_LINE * line.width and down > _SAME_LINE * line.height


def _line_around(mask: np.ndarray, em: float) -> Box:
    """The ink with the margins that a line of text has, for low signs too."""
    ys, xs = np.nonzero(mask)
    middle, half = (ys.min() + ys.max() + 1) / 2, max(_LINE_HEIGHT * em, float(np.ptp(ys)) + 0.4 * em) / 2
    left, right = xs.min() - 0.3 * em, xs.max() + 1 + 0.3 * em
    height, width = mask.shape
    return Box(max(0.0, left), max(0.0, middle - half), min(float(width), right), min(float(height), middle + half))


def _is_text(stats: np.ndarray, shape: tuple[int, ...], em: float) -> bool:
    """Whether a connected piece is no speck, no fold and no ruling that shows at the box's border."""
    x, y, width, height, area = (int(v) for v in stats)
    rows, columns = shape[:2]
    if max(width, height) < _SPECK * em or area < (_SPECK * em) ** 2:
        return False
    if width > _LONGEST_STROKE * em and height <= _FLAT * em:  # a fold, or a ruling within the cell
        return False
    beside = (x <= 1 or x + width >= columns - 1) and (height >= _BORDER_RUN * rows or width < _SPECK * em)
    above = (y <= 1 or y + height >= rows - 1) and (width >= _BORDER_RUN * columns or height < _SPECK * em)
    return not beside and not above


def _is_equals(mask: np.ndarray, em: float) -> bool:
    """Whether the ink is two level strokes of one length with a gap between; those of 二 differ in length."""
    height, width = mask.shape
    if not (0.2 * em <= height <= 0.7 * em and 0.25 * em <= width <= 1.2 * em):
        return False
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    if count != 3:
        return False
    upper, lower = sorted(stats[1:].tolist(), key=lambda piece: piece[cv2.CC_STAT_TOP])
    level = all(piece[cv2.CC_STAT_HEIGHT] <= 0.5 * height for piece in (upper, lower))
    alike = min(upper[cv2.CC_STAT_WIDTH], lower[cv2.CC_STAT_WIDTH]) >= _EQUAL_LENGTH * width
    return level and alike


def _mark(mask: np.ndarray, em: float) -> str | None:
    ys, xs = np.nonzero(mask)
    width, height = int(np.ptp(xs)) + 1, int(np.ptp(ys)) + 1
    if _is_equals(mask[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1], em):
        return "="
    if height <= _FLAT * em and width >= max(0.2 * em, 1.4 * height):
        return "-" if width < _LONG_DASH * em else "—"
    if 0.45 * em <= height <= 1.4 * em and 0.15 * em <= width <= 1.1 * height:
        # A straight stroke leaning to the right: no digit is that straight, and a 1 stands upright.
        slope = float(np.cov(xs, ys)[0, 1] / np.var(ys))
        off = xs - xs.mean() - slope * (ys - ys.mean())
        if slope < -0.2 and off.std() <= 0.07 * em:
            return "/"
    return None


# Light

_LIGHT_SIDE = 160  # pixels; the longer side on which light is measured
_WHITE = 245  # what paper becomes
_EVEN = 12  # a page whose paper varies by less than this (of 255) is left as it is


def even_light(bgr: np.ndarray) -> np.ndarray:
    """The page with its paper made evenly bright: divided by the light that falls on it."""
    height, width = bgr.shape[:2]
    scale = min(1.0, _LIGHT_SIDE / max(height, width))
    small = cv2.resize(bgr, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    gray = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    paper = cv2.morphologyEx(gray, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    paper = cv2.GaussianBlur(cv2.medianBlur(paper, 9), (0, 0), 4)
    low, high = np.percentile(paper, (2, 98))
    if high - low < _EVEN:
        return bgr
    gain = _WHITE / np.maximum(paper.astype(np.float32), 40)
    full = cv2.resize(gain, (width, height), interpolation=cv2.INTER_LINEAR)
    return cv2.multiply(bgr, cv2.merge([full] * 3), dtype=cv2.CV_8U)

"""PyMuPDF: a page's text layer with its quality, its drawn rulings, its raster.

Text and drawings come in the page's unrotated space; the raster is the page as a viewer shows it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pymupdf

from service.reading.document import IDENTITY, Box, Char, Line, Projection, union
from service.reading.tables import Rule, Rules

POINTS_PER_INCH = 72.0
TEXT_FLAGS = pymupdf.TEXT_PRESERVE_WHITESPACE | pymupdf.TEXT_MEDIABOX_CLIP | pymupdf.TEXT_CID_FOR_UNKNOWN_UNICODE
# The 3,755 hanzi of GB2312's first level hold 98 % of what an official page says, and 18 % of random code points.
COMMON = frozenset(
    bytes((high, low)).decode("gb2312", "ignore") for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF)
)
GARBLED_SHARE = 0.6
FEW_CHARACTERS = 20  # a layer with fewer says nothing about its own quality
REPLACEMENT_SHARE = 0.1  # of characters that no font could name (U+FFFD, private use)
COVERED_SHARE = 0.5  # an image over half of the page is the page
RULE_THICKNESS = 3.0  # points; a filled rectangle thinner than this is a ruling
DOT = 2.0  # points; dotted rulings are drawn as small squares
SAME_GLYPH_SHIFT = 0.35  # of a character's width: bold faked by printing twice
WIDE_GAP = 1.6  # of a character's height: further apart, two characters belong to two columns
STYLE_GAP = 0.3  # the same where a label in grey or small ends and its value begins
LEAST_SLANT = 0.05  # sine of the angle from which a text is no line of the page
UPRIGHT_DIRECTIONS = {(1, 0): 0, (0, 1): 90, (-1, 0): 180, (0, -1): 270}


@dataclass(frozen=True, slots=True)
class TextLayer:
    """What the text layer of a page holds, in upright space.

    `rotation` is the clockwise turn removed from the page as shown; `pictures` the boxes of its images.
    """

    lines: list[Line]
    rules: Rules
    to_original: Projection
    rotation: float
    pictures: list[Box]


def raster(page: pymupdf.Page, dpi: float) -> np.ndarray:
    """The page as shown, BGR uint8 of shape (height, width, 3)."""
    pixels = page.get_pixmap(dpi=round(dpi), colorspace=pymupdf.csRGB, alpha=False)
    rgb = np.frombuffer(pixels.samples, np.uint8).reshape(pixels.height, pixels.width, 3)
    return np.ascontiguousarray(rgb[:, :, ::-1])


def is_garbled(characters: list[str]) -> bool:
    """Whether a layer's characters are not those that the page shows (a broken font encoding)."""
    unknown = sum(c == "\ufffd" or "\ue000" <= c <= "\uf8ff" for c in characters)
    if unknown > REPLACEMENT_SHARE * len(characters):
        return True
    hanzi = [c for c in characters if "\u3400" <= c <= "\u9fff"]
    if len(hanzi) < FEW_CHARACTERS:
        # Budget reports are Chinese: a long layer without any Chinese is a font without a map.
        return len(characters) > 10 * FEW_CHARACTERS and len(hanzi) * 20 < len(characters)
    return sum(c in COMMON for c in hanzi) < GARBLED_SHARE * len(hanzi)


def _is_scan_with_text(page: pymupdf.Page, painted: Sequence[tuple[str, Box]]) -> bool:
    """A page-wide image with the text invisible, painted over, or only a stamp's worth of it on top."""
    shown = Box(*(page.rect * page.derotation_matrix).normalize())
    covering = False
    visible = 0
    for kind, box in painted:
        if kind == "fill-image" and shown.intersection(box) > COVERED_SHARE * shown.area:
            covering, visible = True, 0
        elif kind in ("fill-text", "stroke-text"):
            visible += 1
    return covering and visible < FEW_CHARACTERS


def text_layer(page: pymupdf.Page) -> TextLayer | None:
    """Lines and rulings of a born-digital page, turned so that the text runs left to right.

    None where the text layer is not what one sees: absent, garbled, hidden under or over a scanned image.
    """
    # Looking through a page costs most of its reading: each kind of look is taken once.
    raw = page.get_text("rawdict", flags=TEXT_FLAGS)
    painted = [(kind, Box(*bbox)) for kind, bbox in page.get_bboxlog()]
    found = [line for block in raw["blocks"] for line in block.get("lines", []) if _is_level(line)]
    characters = [c["c"] for line in found for span in line["spans"] for c in span["chars"] if not c["c"].isspace()]
    if not characters or is_garbled(characters) or _is_scan_with_text(page, painted):
        return None
    turn = _main_direction(found)
    unrotated = Box(*(page.rect * page.derotation_matrix).normalize())
    upright = _turn_to_upright(turn, unrotated.width, unrotated.height)
    lines = [line for f in found for line in _lines(f, page.number + 1, upright)]
    return TextLayer(
        lines=_without_doubles(lines),
        rules=_rules(page, upright),
        to_original=Projection(*_row_major(page.rotation_matrix)).after(upright.inverse()),
        rotation=float((page.rotation + turn) % 360),
        pictures=[upright.box(box) for kind, box in painted if kind == "fill-image"],
    )


def _row_major(matrix: pymupdf.Matrix) -> tuple[float, float, float, float, float, float]:
    """MuPDF's matrix (x' = a·x + c·y + e) in the order of `Projection`."""
    return matrix.a, matrix.c, matrix.e, matrix.b, matrix.d, matrix.f


def _is_level(line: dict[str, Any]) -> bool:
    """Whether a text runs along an axis: what stands aslant is a seal's or a watermark's."""
    x, y = line["dir"]
    return bool(min(abs(x), abs(y)) < LEAST_SLANT)


def _main_direction(lines: list[dict[str, Any]]) -> int:
    """The clockwise angle in which most characters run."""
    votes: Counter[int] = Counter()
    for line in lines:
        x, y = line["dir"]
        angle = UPRIGHT_DIRECTIONS.get((round(x), round(y)))
        if angle is not None:
            # A column of single characters is written upright whatever its direction says.
            votes[angle] += sum(len(span["chars"]) for span in line["spans"])
    return votes.most_common(1)[0][0] if votes else 0


def _turn_to_upright(angle: int, width: float, height: float) -> Projection:
    """The map that makes text running at `angle` (clockwise) run left to right, origin at the top left."""
    return {
        0: IDENTITY,
        90: Projection(0, 1, 0, -1, 0, width),
        180: Projection(-1, 0, width, 0, -1, height),
        270: Projection(0, -1, height, 1, 0, 0),
    }[angle]


def _lines(line: dict[str, Any], page: int, upright: Projection) -> Iterator[Line]:
    """The runs of a MuPDF line: split where a wide gap, or a lesser one before text of another size or colour, says
    that another column begins."""
    run: list[tuple[Char, Box]] = []
    style = None
    for span in line["spans"]:
        gap = WIDE_GAP if style in (None, (span["size"], span["color"])) else STYLE_GAP
        style = span["size"], span["color"]
        for glyph in span["chars"]:
            box = upright.box(Box(*glyph["bbox"]))
            text = glyph["c"]
            if run and not text.isspace() and box.x0 - run[-1][1].x1 > gap * box.height:
                yield from _run(run, page)
                run = []
            gap = gap if text.isspace() else WIDE_GAP
            run.append((Char(text, box.x0, box.x1), box))
    yield from _run(run, page)


def _run(run: list[tuple[Char, Box]], page: int) -> Iterator[Line]:
    """A line of the run without the blanks at its ends; nothing for a run of blanks."""
    while run and run[0][0].text.isspace():
        run = run[1:]
    while run and run[-1][0].text.isspace():
        run = run[:-1]
    if run:
        yield Line(page, union(box for _, box in run), tuple(char for char, _ in run))


def _without_doubles(lines: list[Line]) -> list[Line]:
    """Drop what is printed twice almost at the same place, which is how some programs make bold text."""
    kept: list[Line] = []
    seen: dict[str, list[Line]] = {}
    for line in lines:
        twins = seen.setdefault(line.text, [])
        near = SAME_GLYPH_SHIFT * line.box.width / len(line.chars)
        if any(abs(t.box.x0 - line.box.x0) < near and abs(t.box.y0 - line.box.y0) < near for t in twins):
            continue
        twins.append(line)
        kept.append(line)
    return kept


def _rules(page: pymupdf.Page, upright: Projection) -> Rules:
    """The rulings drawn on the page: strokes along an axis, thin filled rectangles and the sides of frames."""
    horizontal: list[Rule] = []
    vertical: list[Rule] = []
    for drawing in page.get_cdrawings():
        for box in _strokes(drawing):
            x0, y0, x1, y1 = upright.box(box)
            # The dot of a dotted ruling may belong to either; its neighbours decide when rulings are merged.
            if y1 - y0 <= min(RULE_THICKNESS, max(x1 - x0, DOT)):
                horizontal.append(Rule((y0 + y1) / 2, x0, x1))
            if x1 - x0 <= min(RULE_THICKNESS, max(y1 - y0, DOT)):
                vertical.append(Rule((x0 + x1) / 2, y0, y1))
    return Rules(horizontal, vertical)


def _strokes(drawing: dict[str, Any]) -> Iterator[Box]:
    """The straight pieces of a drawing as thin boxes; fills wider than a ruling give none."""
    stroked = "s" in drawing["type"]
    if drawing.get("stroke_opacity", 1.0) == 0 and not drawing.get("fill"):
        return
    for item in drawing["items"]:
        match item[0]:
            case "l" if stroked:
                (xa, ya), (xb, yb) = item[1], item[2]
                yield Box(min(xa, xb), min(ya, yb), max(xa, xb), max(ya, yb))
            case "l":
                continue
            case "re" | "qu":
                yield from _rectangle(item, stroked)
    if not stroked and drawing["items"] and all(item[0] == "l" for item in drawing["items"]):
        # A ruling drawn as a filled polygon.
        yield Box(*drawing["rect"])


def _rectangle(item: tuple[Any, ...], stroked: bool) -> Iterator[Box]:
    x0, y0, x1, y1 = item[1] if item[0] == "re" else pymupdf.Quad(item[1]).rect
    box = Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
    if min(box.width, box.height) <= RULE_THICKNESS:
        yield box
    elif stroked:
        corners = [(box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1), (box.x0, box.y0)]
        for (xa, ya), (xb, yb) in pairwise(corners):
            yield Box(min(xa, xb), min(ya, yb), max(xa, xb), max(ya, yb))

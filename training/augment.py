"""Makes printed pages look scanned: from a PDF with text to a PDF of page images, the same for the same seed.

    scan(pdf, "hard", seed=7)          a PDF of JPEG pages
    pages(pdf, "mild", seed=7)         the same pages as images

Each effect is a function of an image (height × width × 3, uint8, BGR) and what it needs; a level is a recipe that draws
the strength of each effect for a page. Effects that need chance take a `numpy.random.Generator`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
import pymupdf
from numpy.random import Generator
from numpy.typing import NDArray

Level = Literal["clean", "mild", "hard"]
Image = NDArray[np.uint8]

POINTS_PER_INCH = 72
# An official round seal is 40 to 42 mm wide.
SEAL_MM = 41.0
MM_PER_INCH = 25.4
# Ink is what is darker than this on paper that is still white.
INK_BELOW = 128
# Effects that vary slowly over the page are drawn on a grid of this size and blown up.
COARSE = 12
SEAL_NAMES = ("云岫县财政局", "静澜区城市管理局", "青禾县农业农村局", "晴川市公共服务中心", "芦汀县水利工程建设管理站")


# Geometry -------------------------------------------------------------------------------------------------------------


def skewed(image: Image, degrees: float, paper: int = 255) -> Image:
    """Turned about its middle by a few degrees (counter-clockwise), as paper laid askew on the glass."""
    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return _image(cv2.warpAffine(image, turn, (width, height), flags=cv2.INTER_LINEAR, borderValue=(paper,) * 3))


def in_perspective(image: Image, rng: Generator, strength: float, ground: int = 255) -> Image:
    """Each corner moved inwards by up to `strength` of the page's size; what lies beyond the page is `ground`."""
    height, width = image.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    inwards = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]], np.float32)
    moved = corners + inwards * rng.uniform(0, strength, (4, 2)).astype(np.float32) * (width, height)
    warp = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    return _image(cv2.warpPerspective(image, warp, (width, height), flags=cv2.INTER_LINEAR, borderValue=(ground,) * 3))


def turned(image: Image, degrees: int) -> Image:
    """Turned clockwise by 0, 90, 180 or 270 degrees, as a sheet fed the wrong way round."""
    return np.ascontiguousarray(np.rot90(image, k=-(degrees // 90)))


# Paper and light ------------------------------------------------------------------------------------------------------


def tinted(image: Image, colour: tuple[int, int, int]) -> Image:
    """Paper of another white: multiplied by a BGR colour."""
    return _image(cv2.multiply(image, np.array([*colour, 255], np.float64), scale=1 / 255))


def unevenly_lit(image: Image, rng: Generator, darkest: float) -> Image:
    """A slope of light from one side, with soft patches, down to `darkest` (0 to 1) of the brightness."""
    slope = rng.uniform(-1, 1, 2)
    y, x = np.mgrid[0:COARSE, 0:COARSE] / (COARSE - 1)
    shade = slope[0] * x + slope[1] * y + 0.25 * rng.standard_normal((COARSE, COARSE))
    shade = cv2.GaussianBlur(shade.astype(np.float32), (0, 0), 1.5)
    shade = (shade - shade.min()) / max(float(np.ptp(shade)), 1e-6)
    return _dimmed(image, darkest + (1 - darkest) * shade)


def vignetted(image: Image, darkest: float) -> Image:
    """Darker towards the corners, as a phone's camera sees a page."""
    y, x = np.mgrid[-1 : 1 : COARSE * 1j, -1 : 1 : COARSE * 1j]
    return _dimmed(image, 1 - (1 - darkest) * np.clip((x**2 + y**2) / 2, 0, 1))


def noisy(image: Image, rng: Generator, sigma: float) -> Image:
    """Sensor noise: grey, normally distributed."""
    height, width = image.shape[:2]
    grain = rng.standard_normal((height, width), np.float32) * np.float32(sigma)
    return _image(np.clip(image + grain[:, :, None], 0, 255))


def blurred(image: Image, sigma: float) -> Image:
    """Out of focus by a normal kernel of `sigma` pixels."""
    return _image(cv2.GaussianBlur(image, (0, 0), sigma)) if sigma > 0 else image


def jpeg_blocks(image: Image, quality: int) -> Image:
    """Once through JPEG, for files that were saved again and again."""
    return _image(cv2.imdecode(np.frombuffer(as_jpeg(image, quality), np.uint8), cv2.IMREAD_COLOR))


# Ink ------------------------------------------------------------------------------------------------------------------


def toner_dropout(image: Image, rng: Generator, strength: float) -> Image:
    """Print that is pale in patches and along a few vertical streaks; `strength` 1 loses the ink where it is worst."""
    height, width = image.shape[:2]
    patches = cv2.GaussianBlur(rng.random((COARSE * 2, COARSE * 2), np.float32), (0, 0), 1.2)
    loss = cv2.resize(patches, (width, height), interpolation=cv2.INTER_CUBIC)
    loss = np.clip((loss - 0.5) * 3, 0, 1) * strength
    for centre in rng.uniform(0, width, rng.integers(1, 4)):
        streak = np.exp(-(((np.arange(width) - centre) / rng.uniform(1, 4)) ** 2)) * strength
        loss = np.maximum(loss, streak.astype(np.float32)[None, :])
    return _image(255 - (255 - image) * (1 - loss[:, :, None]))


def bled_through(image: Image, reverse: Image, strength: float) -> Image:
    """The other side of the sheet showing: `reverse` mirrored, soft and faint."""
    other = cv2.resize(cv2.flip(reverse, 1), (image.shape[1], image.shape[0]))
    ghost = (255 - cv2.GaussianBlur(cv2.cvtColor(other, cv2.COLOR_BGR2GRAY), (0, 0), 2.0)) * np.float32(strength)
    return _image(np.clip(image - ghost[:, :, None], 0, 255))


def sealed(image: Image, rng: Generator, dpi: int, opacity: float, name: str | None = None) -> Image:
    """A red round seal with a star and the office's name in an arc, pressed over printed figures.

    The red multiplies what is below it, so that black stays black; the pressure is uneven. It lands on ink where the
    page has any.
    """
    side = round(SEAL_MM / MM_PER_INCH * dpi)
    if min(image.shape[:2]) <= side:
        return image
    stamp = skewed(_seal_mask(name or str(rng.choice(SEAL_NAMES)), side), float(rng.uniform(-25, 25)), paper=0)
    pressure = cv2.resize(rng.uniform(0.55, 1, (4, 4)).astype(np.float32), (side, side), interpolation=cv2.INTER_CUBIC)
    cover = stamp[:, :, :1].astype(np.float32) / 255 * pressure[:, :, None] * opacity
    red = np.array([rng.integers(40, 80), rng.integers(30, 65), rng.integers(205, 235)], np.float32) / 255
    top, left = _place_on_ink(image, rng, side)
    result = image.copy()
    under = result[top : top + side, left : left + side]
    result[top : top + side, left : left + side] = under * (1 - cover * (1 - red))
    return result


def _place_on_ink(image: Image, rng: Generator, side: int) -> tuple[int, int]:
    """Top and left of a square of `side` whose middle lies on ink, in the lower part of the page, where seals go."""
    height, width = image.shape[:2]
    middle = side // 2
    lowest = max(middle, int(height * 0.35))
    ys, xs = np.nonzero(image[lowest : height - middle : 8, middle : width - middle : 8, 1] < INK_BELOW)
    if not len(ys):
        return int(rng.integers(0, height - side)), int(rng.integers(0, width - side))
    pick = int(rng.integers(len(ys)))
    return int(np.clip(lowest + ys[pick] * 8 - middle, 0, height - side)), int(xs[pick] * 8)


@functools.lru_cache(maxsize=32)
def _seal_mask(name: str, side: int) -> Image:
    """The seal as white on black, `side` pixels square: ring, five-pointed star, the name along the upper arc."""
    size = 200.0
    document = pymupdf.open()
    page = document.new_page(width=size, height=size)
    middle = pymupdf.Point(size / 2, size / 2)
    page.draw_circle(middle, size * 0.47, color=(0, 0, 0), width=5)
    star = [_polar(middle, size * (0.15 if tip % 2 == 0 else 0.058), tip * 36.0) for tip in range(10)]
    page.draw_polyline(star, closePath=True, fill=(0, 0, 0), width=0.1)
    glyph = 25.0 if len(name) <= 10 else 19.0
    font = pymupdf.Font("china-s")
    span = min(250.0, 30.0 * (len(name) - 1))
    for index, character in enumerate(name):
        angle = -span / 2 + span * index / max(len(name) - 1, 1)
        foot = _polar(middle, size * 0.30, angle)
        writer = pymupdf.TextWriter(page.rect)
        writer.append(pymupdf.Point(foot.x - glyph / 2, foot.y), character, font=font, fontsize=glyph)
        writer.write_text(page, morph=(foot, pymupdf.Matrix(-angle)))
    pixels = page.get_pixmap(matrix=pymupdf.Matrix(side / size, side / size), alpha=False)
    return 255 - _image(cv2.resize(_from_pixmap(pixels), (side, side)))


def _polar(middle: pymupdf.Point, radius: float, degrees: float) -> pymupdf.Point:
    """The point at `radius` from the middle, `degrees` clockwise from straight up."""
    angle = np.deg2rad(degrees)
    return pymupdf.Point(middle.x + radius * float(np.sin(angle)), middle.y - radius * float(np.cos(angle)))


# What happens to paper in an office -----------------------------------------------------------------------------------


def punched(image: Image, dpi: int, ground: int = 40) -> Image:
    """Two binder holes of 6 mm at the left edge, 80 mm apart (ISO 838), dark where the lid shows through."""
    result = image.copy()
    per_mm = dpi / MM_PER_INCH
    for offset in (-40, 40):
        centre = (round(12 * per_mm), round(image.shape[0] / 2 + offset * per_mm))
        cv2.circle(result, centre, round(3 * per_mm), (ground,) * 3, -1, cv2.LINE_AA)
    return result


def stapled(image: Image, dpi: int) -> Image:
    """A staple in the upper left corner with its soft shadow."""
    per_mm = dpi / MM_PER_INCH
    start, end = (round(9 * per_mm), round(16 * per_mm)), (round(17 * per_mm), round(9 * per_mm))
    shadow: Image = np.zeros(image.shape[:2], np.uint8)
    cv2.line(shadow, (start[0] + 4, start[1] + 6), (end[0] + 4, end[1] + 6), (150,), round(1.6 * per_mm), cv2.LINE_AA)
    shadow = _image(cv2.GaussianBlur(shadow, (0, 0), per_mm * 0.6))
    result = _image(np.clip(image.astype(np.int16) - shadow[:, :, None].astype(np.int16), 0, 255))
    cv2.line(result, start, end, (120, 118, 116), max(2, round(0.5 * per_mm)), cv2.LINE_AA)
    return result


def folded(image: Image, rng: Generator, strength: float) -> Image:
    """One or two folds across the page: a pale crease with a shadow on one side."""
    height, width = image.shape[:2]
    light = np.ones((height, width), np.float32)
    for where in rng.choice([1 / 3, 1 / 2, 2 / 3], size=int(rng.integers(1, 3)), replace=False):
        row = np.arange(height, dtype=np.float32) - height * (where + rng.uniform(-0.02, 0.02))
        shadow = np.exp(-np.abs(row) / (height * 0.006)) * np.where(row > 0, strength, strength * 0.3)
        light *= (1 - shadow.astype(np.float32))[:, None]
    return _image(image * light[:, :, None])


def photographed(image: Image, rng: Generator) -> Image:
    """A picture taken by hand: the page in perspective on a dark desk, warm light, darker corners."""
    lit = unevenly_lit(in_perspective(image, rng, 0.045, ground=70), rng, 0.72)
    warm = (int(rng.integers(218, 240)), int(rng.integers(234, 248)), 252)
    return vignetted(tinted(lit, warm), 0.68)


# Levels ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sheet:
    """A page to be worked on, with what an effect may need beside its image."""

    image: Image
    reverse: Image
    dpi: int


def _clean(sheet: Sheet, rng: Generator) -> Image:
    return skewed(sheet.image, float(rng.uniform(-0.1, 0.1)))


def _mild(sheet: Sheet, rng: Generator) -> Image:
    """A good office scanner: a little askew, light fall-off at one side, fine grain; every third page has a seal."""
    image = blurred(sheet.image, float(rng.uniform(0.3, 0.6)))
    if rng.random() < 0.33:
        image = sealed(image, rng, sheet.dpi, opacity=float(rng.uniform(0.5, 0.7)))
    image = skewed(image, float(rng.uniform(-0.7, 0.7)))
    image = unevenly_lit(image, rng, float(rng.uniform(0.86, 0.95)))
    return noisy(image, rng, float(rng.uniform(2.0, 3.5)))


def _hard(sheet: Sheet, rng: Generator) -> Image:
    """An old copier or a phone: skew, strong light fall-off, noise, blur, a seal, and now and then worse."""

    def now_and_then(chance: float, effect: Callable[[Image], Image], image: Image) -> Image:
        return effect(image) if rng.random() < chance else image

    image = now_and_then(0.4, lambda page: toner_dropout(page, rng, float(rng.uniform(0.3, 0.55))), sheet.image)
    image = now_and_then(0.3, lambda page: bled_through(page, sheet.reverse, float(rng.uniform(0.04, 0.1))), image)
    image = blurred(image, float(rng.uniform(0.5, 0.9)))
    image = now_and_then(0.75, lambda page: sealed(page, rng, sheet.dpi, float(rng.uniform(0.6, 0.85))), image)
    image = now_and_then(0.25, lambda page: folded(page, rng, float(rng.uniform(0.1, 0.25))), image)
    image = now_and_then(0.3, lambda page: punched(page, sheet.dpi), image)
    image = now_and_then(0.2, lambda page: stapled(page, sheet.dpi), image)
    image = tinted(image, (int(rng.integers(232, 250)), int(rng.integers(244, 254)), 254))
    image = skewed(image, float(rng.uniform(-2.5, 2.5)))
    if rng.random() < 0.15:
        image = photographed(image, rng)
    else:
        image = in_perspective(image, rng, 0.008)
        image = unevenly_lit(image, rng, float(rng.uniform(0.62, 0.82)))
    image = noisy(image, rng, float(rng.uniform(5, 9)))
    image = now_and_then(0.3, lambda page: jpeg_blocks(page, int(rng.integers(40, 60))), image)
    if rng.random() < 0.08:
        image = turned(image, int(rng.choice([90, 180, 270])))
    return image


_RECIPES: dict[Level, Callable[[Sheet, Generator], Image]] = {"clean": _clean, "mild": _mild, "hard": _hard}
_QUALITY: dict[Level, int] = {"clean": 85, "mild": 75, "hard": 50}
# A hard scan is made at this share of the asked resolution: 170 of 200 dpi, as cheap copiers give.
_RESOLUTION: dict[Level, float] = {"clean": 1.0, "mild": 1.0, "hard": 0.85}


def pages(pdf: bytes, level: Level, seed: int, dpi: int = 200) -> Iterator[Image]:
    """The pages of a PDF as scanned images, one at a time."""
    dpi = round(dpi * _RESOLUTION[level])
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        count = document.page_count
        for number in range(count):
            image = raster(document, number, dpi)
            reverse = raster(document, (number + 1) % count, dpi) if level == "hard" else image
            yield _RECIPES[level](Sheet(image, reverse, dpi), np.random.default_rng([seed, number]))


def scan(pdf: bytes, level: Level, seed: int, dpi: int = 200) -> bytes:
    """The PDF as it comes from a scanner: a JPEG a page, no text. Same bytes in, level, seed and dpi: same pages."""
    dots_per_point = round(dpi * _RESOLUTION[level]) / POINTS_PER_INCH
    return as_pdf(pages(pdf, level, seed, dpi), dots_per_point, _QUALITY[level])


def as_pdf(images: Iterable[Image], dots_per_point: float, quality: int) -> bytes:
    """A PDF with one image-only page for each image."""
    document = pymupdf.open()
    for image in images:
        height, width = image.shape[:2]
        page = document.new_page(width=width / dots_per_point, height=height / dots_per_point)
        page.insert_image(page.rect, stream=as_jpeg(image, quality))
    # Without no_new_id the file's id would differ at each run.
    return bytes(document.tobytes(garbage=3, no_new_id=True))


def as_jpeg(image: Image, quality: int) -> bytes:
    """The image as a JPEG file."""
    done, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ValueError("the image could not be encoded as JPEG")
    return data.tobytes()


def raster(document: pymupdf.Document, number: int, dpi: int) -> Image:
    """A page (counted from 0) as it is printed."""
    return _from_pixmap(document[number].get_pixmap(dpi=dpi, alpha=False))


def _from_pixmap(pixels: pymupdf.Pixmap) -> Image:
    rgb = np.frombuffer(pixels.samples, np.uint8).reshape(pixels.height, pixels.width, 3)
    return _image(cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))


def _dimmed(image: Image, coarse: NDArray[np.floating]) -> Image:
    """Multiplied by a light map (0 to 1) given on a coarse grid."""
    light = cv2.resize(coarse.astype(np.float32), (image.shape[1], image.shape[0]), interpolation=cv2.INTER_CUBIC)
    return _image(np.clip(image * light[:, :, None], 0, 255))


def _image(pixels: NDArray[np.generic] | cv2.typing.MatLike) -> Image:
    return np.asarray(pixels).astype(np.uint8, copy=False)

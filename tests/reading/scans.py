"""Page images drawn for the tests: what is printed where is known to the pixel."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
import pymupdf

DPI = 200
PIXEL = DPI / 72  # pixels a point
FONT = pymupdf.Font("cjk")  # proportional Latin, unlike the built-in "china-s"

PROSE = (
    "本年度项目资金按计划拨付到位，全部用于老旧小区改造和",
    "道路养护，资金使用符合财务管理制度和项目合同的约定。",
    "一是加强组织领导，成立工作专班，明确责任分工和完成时限；",
    "二是强化过程监督，按月通报进度，及时解决施工中的问题；",
    "三是严格验收程序，邀请居民代表参加，验收合格率为百分之百。",
    "存在的主要问题是前期调研不够充分，个别指标设置偏低。",
    "下一步将完善项目库管理，提高预算编制的科学性和准确性。",
)


def sheet(
    lines: Sequence[tuple[float, float, str]], size: float = 10.5, page: tuple[float, float] = (595, 842)
) -> np.ndarray:
    """A white page (BGR uint8, 200 dpi) with each text's line box beginning at (x, y) points."""
    document = pymupdf.open()
    drawn = document.new_page(width=page[0], height=page[1])
    writer = pymupdf.TextWriter(drawn.rect)
    for x, y, text in lines:
        writer.append((x, y + size), text, font=FONT, fontsize=size)
    writer.write_text(drawn)
    pixels = drawn.get_pixmap(dpi=DPI, alpha=False)
    rgb = np.frombuffer(pixels.samples, np.uint8).reshape(pixels.height, pixels.width, 3)
    return np.ascontiguousarray(rgb[:, :, ::-1])


def prose(count: int = 21) -> np.ndarray:
    """A page of running text."""
    return sheet([(80, 80 + 24 * i, PROSE[i % len(PROSE)]) for i in range(count)])


def rule(image: np.ndarray, x0: float, y0: float, x1: float, y1: float) -> None:
    """A ruling between two positions in points."""
    ends = [tuple(round(v * PIXEL) for v in end) for end in ((x0, y0), (x1, y1))]
    cv2.line(image, ends[0], ends[1], (0, 0, 0), 2)


def turned(image: np.ndarray, degrees: float) -> tuple[np.ndarray, np.ndarray]:
    """The page turned clockwise on a larger sheet, and the map (2 × 3) of its positions."""
    height, width = image.shape[:2]
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    new_width, new_height = (math.ceil(width * abs(c) + height * abs(s)), math.ceil(width * abs(s) + height * abs(c)))
    forward = np.array(
        [
            [c, -s, new_width / 2 - c * width / 2 + s * height / 2],
            [s, c, new_height / 2 - s * width / 2 - c * height / 2],
        ]
    )
    centres = forward.copy()
    centres[:, 2] += forward[:, :2] @ (0.5, 0.5) - 0.5
    paper = tuple(int(v) for v in np.percentile(image.reshape(-1, 3), 90, axis=0))
    return cv2.warpAffine(image, centres, (new_width, new_height), flags=cv2.INTER_CUBIC, borderValue=paper), forward


def shaded(image: np.ndarray, low: float = 0.6) -> np.ndarray:
    """The page in light that falls off towards one corner."""
    height, width = image.shape[:2]
    x, y = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    return (image * (1 - (1 - low) * (x + y) / 2)[:, :, None]).astype(np.uint8)


def noisy(image: np.ndarray, sigma: float = 10.0) -> np.ndarray:
    noise = np.random.default_rng(7).normal(0, sigma, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def sealed(
    image: np.ndarray, x: float, y: float, radius: float = 57, red: tuple[int, int, int] = (60, 50, 215)
) -> np.ndarray:
    """The page with a round seal printed over it, as ink does: what is dark stays dark. Points; `red` is BGR."""
    ink = np.full_like(image, 255)
    centre = (round(x * PIXEL), round(y * PIXEL))
    cv2.circle(ink, centre, round(radius * PIXEL), red, round(2.2 * PIXEL), cv2.LINE_AA)
    star = [
        (centre[0] + r * PIXEL * math.sin(math.pi * k / 5), centre[1] - r * PIXEL * math.cos(math.pi * k / 5))
        for k, r in enumerate([14, 5.5] * 5)
    ]
    cv2.fillPoly(ink, [np.array(star, np.int32)], red, cv2.LINE_AA)
    for k in range(9):  # blocks where the letters of the office's name would be
        angle = math.pi * (0.75 + 1.5 * k / 8)
        at = (round(centre[0] + 43 * PIXEL * math.cos(angle)), round(centre[1] + 43 * PIXEL * math.sin(angle)))
        cv2.circle(ink, at, round(5 * PIXEL), red, round(1.5 * PIXEL), cv2.LINE_AA)
    return (image.astype(np.float32) * ink / 255).astype(np.uint8)

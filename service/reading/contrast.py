"""What rulings add up to along their length: the contrast of short stretches with the paper on both sides.

No dot of a dotted ruling need be darker than the grain of the scan: the mean of a stretch of it is.
Pixels in, points of upright space out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np

STRETCH = 3.0  # points along a ruling that are averaged: more than a dash's gap
NEAREST, FURTHEST = 1.4, 3.0  # points to the side, within which the paper beside a ruling is seen
LEAST_CONTRAST = 5.0  # grey levels that a stretch is darker than the paper beside it
NOISE = 3.5  # times the usual deviation of empty paper
THICKEST = 3.0  # points
BESIDE = 1.4, 2.5  # points to both sides of a ruling, where a text's next strokes are
CLEAR_SHARE = 0.25  # of a ruling's darkness, at most, is seen there
AS_LONG = 0.8  # of what is seen along a place, along another beside it
SIDEWAYS = 1.2  # points that a ruling may lie beside where it should


class Side(NamedTuple):
    """A stretch that may be ruled: its place across, from where to where along."""

    at: float
    start: float
    end: float


@dataclass(frozen=True)
class Contrast:
    """How much darker than the paper on both sides each stretch along the rows is (grey levels, float32), and where
    that is more than chance (uint8, 1)."""

    grey: np.ndarray
    values: np.ndarray
    seen: np.ndarray
    pixel: float

    @classmethod
    def along_rows(cls, grey: np.ndarray, pixel: float, stretch: float = STRETCH) -> Contrast:
        """Of a grey uint8 image with `pixel` pixels a point."""
        grey = np.ascontiguousarray(grey)
        length = max(3, round(stretch * pixel))
        core = cv2.blur(grey, (length, 1))
        beside = cv2.blur(grey, (length, 3))
        # The brightest strip on each side: a text may touch the ruling.
        near, far = round(NEAREST * pixel), round(FURTHEST * pixel)
        reach = np.zeros((far + 1, 1), np.uint8)
        reach[: far - near + 1] = 1
        above = cv2.dilate(beside, reach, anchor=(0, far), borderType=cv2.BORDER_REPLICATE)
        below = cv2.dilate(beside, reach[::-1].copy(), anchor=(0, 0), borderType=cv2.BORDER_REPLICATE)
        values = np.minimum(above, below).astype(np.int16) - core
        sample = values[::7, ::7]
        usual = float(np.median(sample))
        noise = 1.5 * float(np.median(abs(sample - usual)))
        least = max(LEAST_CONTRAST, usual + NOISE * noise)
        return cls(grey, values, (values > least).astype(np.uint8), pixel)

    def share(self, side: Side) -> float:
        """The share of a stretch (points) in which a ruling is seen."""
        found, _ = self._strip(side)
        return float(found.mean()) if found.size else 0.0

    def strength(self, side: Side) -> float:
        """The usual contrast along a stretch."""
        _, values = self._strip(side)
        return float(np.median(values)) if values.size else 0.0

    def depth(self, sides: Sequence[Side]) -> float:
        """How many grey levels the stretches (one ruling's, in points) are darker than the paper on both sides, all
        together; nothing that lies between them counts, not even its blur."""
        reach, sideways, near = (round(v * self.pixel) for v in (FURTHEST, SIDEWAYS, NEAREST))
        strips = []
        for side in sides:
            y, x0 = round(side.at * self.pixel), max(0, round(side.start * self.pixel))
            strip = self.grey[
                max(0, y - reach - sideways) : y + reach + sideways + 1, x0 : round(side.end * self.pixel)
            ]
            if strip.shape[0] == 2 * (reach + sideways) + 1:
                strips.append(strip)
        width = sum(strip.shape[1] for strip in strips)
        if not width:
            return 0.0
        rows = np.concatenate(strips, axis=1).mean(axis=1)
        return max(
            min(float(rows[k - reach : k - near + 1].mean()), float(rows[k + near : k + reach + 1].mean()))
            - float(rows[k])
            for k in range(reach, reach + 2 * sideways + 1)
        )

    def clear(self, side: Side) -> bool:
        """Whether a stretch stands in white on both sides, as a ruling between two texts does and no stroke of one."""
        y, x0, x1 = round(side.at * self.pixel), round(side.start * self.pixel), round(side.end * self.pixel)
        reach = round(FURTHEST * self.pixel)
        strip = self.grey[max(0, y - reach) : y + reach + 1, max(0, x0) : x1]
        if strip.shape[0] < 2 * reach + 1 or strip.shape[1] < 2:
            return False
        dark = np.maximum(0.0, float(np.percentile(strip, 90)) - strip.mean(axis=1))
        sideways, near, far = (round(v * self.pixel) for v in (SIDEWAYS, *BESIDE))
        centre = reach - sideways + int(dark[reach - sideways : reach + sideways + 1].argmax())
        edges = np.concatenate([dark[max(0, centre - far) : centre - near + 1], dark[centre + near : centre + far + 1]])
        return bool(edges.max() <= CLEAR_SHARE * dark[centre])

    def _strip(self, side: Side) -> tuple[np.ndarray, np.ndarray]:
        reach = round(SIDEWAYS * self.pixel)
        y, x0, x1 = round(side.at * self.pixel), round(side.start * self.pixel), round(side.end * self.pixel)
        strip = self.seen[max(0, y - reach) : y + reach + 1, max(0, x0) : x1]
        values = self.values[max(0, y - reach) : y + reach + 1, max(0, x0) : x1]
        if not strip.size:
            return np.zeros(0, np.uint8), np.zeros(0)
        shown = cv2.dilate(strip, np.ones((3, 1), np.uint8)).sum(axis=1)
        # The darkest of those that are seen about as long: beside a ruling its blur is seen too, and a letter in line.
        darkness = np.where(shown >= AS_LONG * shown.max(), values.sum(axis=1, dtype=np.int64), 0)
        best = int(darkness.argmax())
        return strip[max(0, best - 1) : best + 2].max(axis=0), values[max(0, best - 1) : best + 2].max(axis=0)


class Run(NamedTuple):
    """A thin run of stretches: its ends in pixels, left to right."""

    x0: float
    y0: float
    x1: float
    y1: float


def runs(contrast: Contrast, shortest: float) -> list[Run]:
    """Thin runs along the rows of at least `shortest` points, which may lean."""
    pixel = contrast.pixel
    # A ruling that leans by a pixel over its length breaks into steps: thicken it across before looking along it.
    thick = cv2.dilate(contrast.seen, np.ones((3, 1), np.uint8))
    opened = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, round(shortest * pixel)), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(opened, connectivity=8)
    found = []
    spare = round(0.3 * STRETCH * pixel)  # a stretch that is half off the end of a ruling still shows it
    for label, (x, y, width, height, area) in enumerate(stats[1:].tolist(), 1):
        if area > (THICKEST * pixel + 2) * width or height > max(THICKEST * pixel + 2, width / 4):
            continue
        piece = labels[y : y + height, x : x + width] == label
        rows = np.arange(height)[:, None]
        middle = (piece * rows).sum(axis=0) / np.maximum(1, piece.sum(axis=0))
        along = np.arange(width)
        slope, start = np.polyfit(along, middle, 1)
        off = start + slope * along - middle
        if float(np.abs(off).mean()) <= pixel:
            a, b = spare, width - 1 - spare
            ends = (x + a + 0.5, y + start + slope * a + 0.5, x + b + 0.5, y + start + slope * b + 0.5)
            found.append(Run(*(float(v) for v in ends)))
    return found

"""Rulings found in the ink of a page image, and what only looks like one."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from service.reading.document import Box
from service.reading.rulings import find_rules
from service.reading.tables import merge_rules
from tests.reading.scans import DPI, PIXEL, noisy, prose, rule, sheet

XS = (70, 190, 310, 430, 520)
YS = (100, 130, 160, 190, 220, 250)


def table() -> np.ndarray:
    image = sheet([(x + 8, y + 10, "指标") for x in XS[:-1] for y in YS[:-1]])
    for x in XS:
        rule(image, x, YS[0], x, YS[-1])
    for y in YS:
        rule(image, XS[0], y, XS[-1], y)
    return image


def folded(image: np.ndarray, y: float) -> np.ndarray:
    """The page with a fold at `y` points: a sharp edge, dark below and paling over six points."""
    creased = image.astype(np.float32)
    top, deep = round(y * PIXEL), round(6 * PIXEL)
    shade = np.linspace(0.72, 1.0, deep, dtype=np.float32)[:, None, None]
    creased[top : top + deep] *= shade
    return creased.astype(np.uint8)


def levels(image: np.ndarray) -> list[float]:
    """Where rulings across the whole table lie, in points."""
    found = merge_rules(find_rules(image, DPI).horizontal)
    return sorted(round(r.at) for r in found if r.length > XS[-1] - XS[0] - 20)


def test_a_table_has_its_rulings_and_no_others() -> None:
    assert levels(table()) == pytest.approx(YS, abs=1)


@pytest.mark.parametrize("y", [145, 176, 205])
def test_a_fold_through_a_row_is_no_ruling(y: float) -> None:
    assert levels(folded(table(), y)) == pytest.approx(YS, abs=1)


def test_a_fold_on_a_ruling_leaves_the_ruling() -> None:
    assert levels(folded(table(), 160)) == pytest.approx(YS, abs=1)


def test_a_ruling_that_is_dots_in_parts_is_whole() -> None:
    image = table()
    for x in range(200, 300, 5):  # three points of every five are lost
        corners = [(round(a * PIXEL), round(b * PIXEL)) for a, b in ((x, 158), (x + 3, 162))]
        cv2.rectangle(image, *corners, (255, 255, 255), -1)
    assert levels(image) == pytest.approx(YS, abs=1)


def test_dirt_between_the_lines_of_prose_makes_no_dashed_table() -> None:
    page = prose()
    dice = np.random.default_rng(3)
    for _ in range(900):
        x, y = (int(v) for v in dice.integers((100, 100), (page.shape[1] - 100, page.shape[0] - 100)))
        cv2.line(page, (x, y), (x + int(dice.integers(4, 14)), y), (150, 150, 150), 2)
        cv2.line(page, (x, y), (x, y + int(dice.integers(4, 14))), (150, 150, 150), 2)
    texts = [Box(80, 79 + 24 * i, 400, 93 + 24 * i) for i in range(21)]
    assert not find_rules(noisy(page), DPI, texts).dashed

"""A photographed page is seen straight on, and its boxes are found again in the photograph."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from service.reading.document import Box
from service.reading.image import prepare
from service.reading.perspective import find_perspective, find_slant
from tests.reading.scans import prose

WIDTH, HEIGHT = 1000, 1400
XS, YS = range(100, 901, 200), range(200, 1201, 125)
CORNERS = np.float32([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]])
VIEWS = [
    [[60, 40], [950, 10], [990, 1390], [10, 1350]],
    [[10, 20], [990, 60], [930, 1350], [70, 1390]],
    [[0, 0], [960, 50], [960, 1300], [0, 1400]],
]


def page() -> np.ndarray:
    sheet = np.full((HEIGHT, WIDTH, 3), 255, np.uint8)
    for x in XS:
        cv2.line(sheet, (x, YS[0]), (x, YS[-1]), (0, 0, 0), 2)
    for y in YS:
        cv2.line(sheet, (XS[0], y), (XS[-1], y), (0, 0, 0), 2)
    return sheet


def photograph(view: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    matrix = cv2.getPerspectiveTransform(CORNERS, np.float32(view))
    return cv2.warpPerspective(page(), matrix, (WIDTH, HEIGHT), borderValue=(40, 40, 40)), matrix


@pytest.mark.parametrize("view", VIEWS)
def test_rulings_stand_square_and_map_back_onto_the_photograph(view: list[list[int]]) -> None:
    shot, matrix = photograph(view)
    prepared = prepare(shot)
    straight = find_perspective(cv2.cvtColor(prepared.image, cv2.COLOR_BGR2GRAY))
    assert straight is None
    back = np.linalg.inv(matrix) @ prepared.to_source.matrix  # prepared page → the sheet before it was photographed
    corners = cv2.perspectiveTransform(np.float32([[[0, 0], [prepared.image.shape[1], 0]]]), back)[0]
    assert abs(corners[0][1] - corners[1][1]) < 6, "a horizontal line of the prepared page is one on the sheet"


@pytest.mark.parametrize("skew", [0.0, 3.0, -6.0])
def test_a_scanned_page_has_no_perspective(skew: float) -> None:
    turn = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), skew, 0.9)
    scan = cv2.warpAffine(page(), turn, (WIDTH, HEIGHT), borderValue=(255, 255, 255))
    assert find_perspective(cv2.cvtColor(scan, cv2.COLOR_BGR2GRAY)) is None


def test_a_blank_page_has_no_perspective() -> None:
    assert find_perspective(np.full((400, 300), 250, np.uint8)) is None


def test_boxes_stay_inside_the_photograph() -> None:
    shot, _ = photograph(VIEWS[0])
    prepared = prepare(shot)
    box = prepared.to_source.box(Box(300, 300, 500, 400))
    assert 0 <= box.x0 < box.x1 <= WIDTH
    assert 0 <= box.y0 < box.y1 <= HEIGHT


@pytest.mark.parametrize("view", VIEWS)
def test_dotted_rulings_stand_square_too(view: list[list[int]]) -> None:
    sheet = np.full((HEIGHT, WIDTH), 255, np.uint8)
    for x in XS:
        sheet[YS[0] : YS[-1] : 3, x : x + 2] = 40
    for y in YS:
        sheet[y : y + 2, XS[0] : XS[-1] : 3] = 40
    matrix = cv2.getPerspectiveTransform(CORNERS, np.float32(view))
    shot = cv2.warpPerspective(sheet, matrix, (WIDTH, HEIGHT), borderValue=(120,))
    prepared = prepare(cv2.cvtColor(shot, cv2.COLOR_GRAY2BGR))
    slant = find_slant(cv2.cvtColor(prepared.image, cv2.COLOR_BGR2GRAY))
    assert slant is not None
    height, width = prepared.image.shape[:2]
    corners = np.float32([[[0, 0], [width, 0], [width, height], [0, height]]])
    assert np.abs(cv2.perspectiveTransform(corners, slant) - corners).max() < 6, "nothing is left to be undone"


def test_lines_of_prose_are_no_rulings() -> None:
    assert find_slant(cv2.cvtColor(prose(), cv2.COLOR_BGR2GRAY)) is None


LEANING = [
    [[40, 0], [940, 0], [1000, 1400], [0, 1400]],
    [[0, 0], [1000, 0], [960, 1400], [70, 1400]],
    [[50, 0], [1000, 0], [950, 1400], [0, 1400]],
]


@pytest.mark.parametrize("view", LEANING)
def test_where_rulings_run_one_way_their_ends_tell_of_the_other(view: list[list[int]]) -> None:
    lying = np.full((HEIGHT, WIDTH), 255, np.uint8)
    for y in range(YS[0], YS[-1] + 1, 50):
        lying[y : y + 2, XS[0] : XS[-1]] = 40
    matrix = cv2.getPerspectiveTransform(CORNERS, np.float32(view))
    shot = cv2.warpPerspective(lying, matrix, (WIDTH, HEIGHT), borderValue=(255,))
    slant = find_slant(shot)
    assert slant is not None
    ends = np.float32([[[x, y] for x in (XS[0], XS[-1]) for y in (YS[0], YS[-1])]])
    left_top, left_foot, right_top, right_foot = cv2.perspectiveTransform(ends, slant @ matrix)[0]
    assert abs(left_top[0] - left_foot[0]) < 6, "the left side stands upright"
    assert abs(right_top[0] - right_foot[0]) < 6, "and so does the right one"


def test_rulings_that_end_anywhere_tell_of_no_sides() -> None:
    lying = np.full((HEIGHT, WIDTH), 255, np.uint8)
    dice = np.random.default_rng(2)
    for y in range(YS[0], YS[-1] + 1, 50):
        left, right = int(dice.integers(40, 400)), int(dice.integers(600, 960))
        lying[y : y + 2, left:right] = 40
    slant = find_slant(lying)
    assert slant is None or np.allclose(slant, np.eye(3), atol=1e-3)

from __future__ import annotations

import numpy as np
import pytest

from service.reading.boxes import TextBox, box_of, crop, cut, fitted, in_lines, side_by_side, stacked, upright
from service.reading.document import Box
from service.reading.image import Prepared
from tests.reading.scans import PIXEL, rule, sheet


def points(x0: float, y0: float, x1: float, y1: float) -> TextBox:
    return upright(Box(x0 * PIXEL, y0 * PIXEL, x1 * PIXEL, y1 * PIXEL))


def in_points(box: TextBox) -> Box:
    return Box(*(v / PIXEL for v in box.bounds))


def two_cells() -> np.ndarray:
    image = sheet([(104, 104, "产出指标"), (164, 104, "12.50")])
    for x in (100, 160, 200):
        rule(image, x, 80, x, 140)
    return image


def test_a_box_over_two_cells_is_cut_at_the_ruling() -> None:
    left, right = map(in_points, fitted([points(101, 103, 198, 117)], Prepared(two_cells()).ink))
    assert left.x1 < 160 < right.x0
    assert left.x1 > 146
    assert right.x0 < 164


def test_a_ruling_at_the_end_of_a_box_is_left_out() -> None:
    (box,) = fitted([points(97, 103, 150, 117)], Prepared(two_cells()).ink)
    assert 100 < in_points(box).x0 < 104


def test_strokes_of_characters_are_no_rulings() -> None:
    image = sheet([(100, 100, "川中州卅丨巾申1|l")], size=18)
    box = points(99, 101, 100 + 18 * 10, 121)
    assert len(fitted([box], Prepared(image).ink)) == 1


@pytest.mark.parametrize(("x0", "x1"), [(112.0, 194.0), (101.0, 179.0)], ids=["first", "last"])
def test_a_box_grows_over_a_stroke_it_just_misses(x0: float, x1: float) -> None:
    image = sheet([(102, 104, "一致保持法律法规统一")], size=9)
    (box,) = fitted([points(x0, 103, x1, 116)], Prepared(image).ink)
    grown = in_points(box)
    assert grown.x0 < 103 or grown.x1 > 190
    assert grown.x0 > 95
    assert grown.x1 < 200


def test_a_box_does_not_grow_into_the_text_of_another() -> None:
    image = sheet([(100, 104, "年初预算数"), (158, 104, "全年预算数")])
    boxes = [points(99, 103, 153.5, 117), points(157, 103, 212, 117)]
    assert [b.bounds for b in fitted(boxes, Prepared(image).ink)] == [b.bounds for b in boxes]


def test_a_short_box_that_leans_is_set_level() -> None:
    image = sheet([(100, 104, "/")])
    leaning = box_of(np.array([[285, 290], [300, 294], [293, 325], [278, 321]]))
    (box,) = fitted([leaning], Prepared(image).ink)
    assert box.lean == 0


def test_characters_below_each_other_are_told_apart() -> None:
    text = "二级指标言"
    image = sheet([(100, 100 + 14 * i, c) for i, c in enumerate(text)])
    pieces = stacked(points(99, 100, 112, 100 + 14 * 5), Prepared(image).ink)
    assert len(pieces) == len(text)
    line = side_by_side([crop(image, p) for p in pieces])
    assert line.shape[1] > 4 * line.shape[0] * 0.7


def test_a_line_on_its_side_is_no_stack() -> None:
    image = np.ascontiguousarray(np.rot90(sheet([(100, 100, "产出指标完成情况")])))
    ink = Prepared(image).ink
    ys, xs = np.nonzero(ink)
    box = upright(Box(float(xs.min()), float(ys.min()), float(xs.max()), float(ys.max())))
    assert box.tall
    pieces = stacked(box, ink)
    assert not pieces or max(p.height for p in pieces) <= 1.5 * box.width


def test_a_crop_follows_a_leaning_line() -> None:
    image = np.full((200, 300, 3), 255, np.uint8)
    quad = np.array([[50, 50], [250, 70], [248, 90], [48, 70]])
    box = box_of(quad)
    assert box.lean == pytest.approx(5.7, abs=0.6)
    assert crop(image, box).shape[:2] == (int(box.height), int(box.width))


@pytest.mark.parametrize("box", [Box(-20, -20, -5, -5), Box(500, 10, 600, 20), Box(10, 10, 10, 10)])
def test_a_box_off_the_page_holds_no_pixels(box: Box) -> None:
    assert cut(np.zeros((100, 100, 3), np.uint8), box).size == 0


@pytest.mark.parametrize("label", [["全年执行", "数（B）"], ["年度", "总体", "目标"]], ids=["two", "three"])
def test_a_box_around_lines_set_close_is_cut_between_them(label: list[str]) -> None:
    step = 11.5
    image = sheet([(104, 104 + step * i, text) for i, text in enumerate(label)])
    for x in (100, 150):
        rule(image, x, 95, x, 150)
    others = [points(200, 100 + 20 * i, 300, 114 + 20 * i) for i in range(4)]
    high = points(100.5, 101, 149.5, 106 + step * len(label))
    pieces = [in_points(box) for box in in_lines([high, *others], Prepared(image).ink)[: -len(others)]]
    assert len(pieces) == len(label)
    for i, piece in enumerate(pieces):
        assert piece.y0 < 108 + step * i < 112 + step * i < piece.y1


def test_a_large_title_and_a_usual_line_are_cut_nowhere() -> None:
    image = sheet([(100, 100, "项目支出绩效自评表")], size=22)
    title = points(98, 101, 100 + 22 * 9, 128)
    usual = [points(100, 200 + 20 * i, 300, 214 + 20 * i) for i in range(4)]
    assert in_lines([title, *usual], Prepared(image).ink) == [title, *usual]
    assert in_lines([], Prepared(image).ink) == []


@pytest.mark.parametrize(
    ("degrees", "length", "slanted"),
    [(27, 300, True), (-45, 300, True), (3, 300, False), (27, 40, False), (90, 300, False)],
)
def test_a_watermark_across_the_page_is_told_from_lines_of_text(degrees: float, length: float, slanted: bool) -> None:
    a = np.radians(degrees)
    along, down = np.array([np.cos(a), np.sin(a)]), np.array([-np.sin(a), np.cos(a)])
    start = np.array([400.0, 600.0])
    quad = np.array([start, start + along * length, start + along * length + down * 30, start + down * 30])
    assert box_of(quad).slanted is slanted

"""Rulings found in the ink of a page image, and what only looks like one."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from service.reading.document import Box
from service.reading.rulings import erased, find_rules
from service.reading.tables import TOUCH, Rule, Rules, merge_rules
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


BROKEN = {  # ink and white along a ruling in points, its width, how dark it is printed
    "dots": (0.8, 0.8, 0.8, 0),
    "pale dots": (0.8, 0.8, 0.8, 90),
    "dashes": (2.2, 2.2, 0.7, 60),
    "hairlines": (1.0, 0.0, 0.3, 90),
}


def broken(style: str, *, verticals: bool = True, left: bool = True) -> tuple[np.ndarray, list[Box]]:
    """A table as an old copier gives it, with broken or faint rulings, and the boxes of its texts.

    The last row is one cell, with a text over its whole width.
    """
    fine = 6.0  # pixels a point in which it is printed
    lines = [(x + 8, y + 10, "目标与重量") for x in XS[:-1] for y in YS[:-2]]
    lines.append((80, YS[-2] + 10, "项目目标用于增加国有房屋面积日常管理" * 2))
    paper = cv2.cvtColor(sheet(lines), cv2.COLOR_BGR2GRAY)
    page = cv2.resize(paper, None, fx=fine / PIXEL, fy=fine / PIXEL, interpolation=cv2.INTER_CUBIC)
    ink, white, width, grey = BROKEN[style]

    def print_rule(x0: float, y0: float, x1: float, y1: float) -> None:
        at = 0.0
        along = max(x1 - x0, y1 - y0)
        while at < along:
            end = min(along, at + ink)
            level = x1 > x0
            a, b = (x0 + at, x0 + end) if level else (x0 - width / 2, x0 + width / 2)
            c, d = (y0 - width / 2, y0 + width / 2) if level else (y0 + at, y0 + end)
            page[round(c * fine) : round(d * fine), round(a * fine) : round(b * fine)] = grey
            at += ink + white

    for y in YS:
        print_rule(XS[0], y, XS[-1], y)
    for x in XS[not left :] if verticals else ():
        print_rule(x, YS[0], x, YS[-1] if x in (XS[0], XS[-1]) else YS[-2])
    small = cv2.resize(page, (paper.shape[1], paper.shape[0]), interpolation=cv2.INTER_AREA)
    copied = noisy(cv2.cvtColor(cv2.GaussianBlur(small, (0, 0), 0.9), cv2.COLOR_GRAY2BGR), 7)
    return copied, [Box(x - 2, y - 1, x + 10.5 * len(text) + 2, y + 14) for x, y, text in lines]


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


@pytest.mark.parametrize("style", BROKEN)
def test_broken_and_faint_rulings_add_up(style: str) -> None:
    image, texts = broken(style)
    found = find_rules(image, DPI, texts)
    assert sorted(r.at for r in merge_rules(found.horizontal)) == pytest.approx(YS, abs=1)
    upright = merge_rules(found.vertical)
    assert sorted(r.at for r in upright) == pytest.approx(XS, abs=1)
    for found_rule in upright:
        foot = YS[-1] if found_rule.at < XS[0] + 2 or found_rule.at > XS[-1] - 2 else YS[-2]
        assert (found_rule.start, found_rule.end) == pytest.approx((YS[0], foot), abs=TOUCH)


@pytest.mark.parametrize("style", BROKEN)
def test_the_strokes_of_texts_part_no_columns_where_nothing_is_ruled(style: str) -> None:
    image, texts = broken(style, verticals=False)
    found = find_rules(image, DPI, texts)
    assert found.vertical == []
    assert sorted(r.at for r in merge_rules(found.horizontal)) == pytest.approx(YS, abs=1)


@pytest.mark.parametrize("y", [145, 176])
def test_a_fold_through_a_table_without_verticals_is_no_ruling(y: float) -> None:
    image, texts = broken("hairlines", verticals=False)
    found = find_rules(folded(image, y), DPI, texts)
    assert sorted(r.at for r in merge_rules(found.horizontal)) == pytest.approx(YS, abs=1)


@pytest.mark.parametrize("style", BROKEN)
def test_ones_below_one_another_are_no_ruling_and_stay(style: str) -> None:
    """Blurred, each nearly reaches the rulings above and below."""
    image, texts = broken(style)
    ones = [XS[2] + 70.0, XS[1] + 80.0, XS[1] + 95.0]
    strokes = [(x, y + 6) for x in ones for y in YS[:-2]]
    for x, y in strokes:
        cv2.line(image, *[(round(x * PIXEL), round(v * PIXEL)) for v in (y, y + 18)], (40, 40, 40), 3)
    texts += [Box(x - 3, y - 2, x + 3, y + 20) for x, y in strokes]
    found = find_rules(image, DPI, texts)
    assert sorted(r.at for r in merge_rules(found.vertical)) == pytest.approx(XS, abs=1)
    bare = erased(image, found, DPI)
    for x, y in strokes:
        place = np.s_[round(y * PIXEL) : round((y + 18) * PIXEL), round((x - 1) * PIXEL) : round((x + 1) * PIXEL)]
        assert (bare[place] == image[place]).all()


def test_what_only_a_text_shows_of_a_ruling_is_not_erased() -> None:
    image, texts = broken("dots")
    found = find_rules(image, DPI, texts)
    middle = Rule(XS[2] + 60.0, YS[0], YS[-2])
    stroke = Rule(middle.at, YS[1] + 8, YS[1] + 24)
    place = np.s_[round(stroke.start * PIXEL) : round(stroke.end * PIXEL), round(middle.at * PIXEL)]
    image[place] = 40
    bare = erased(image, Rules([], [*found.vertical, middle], lettered=[stroke]), DPI)
    assert (bare[place] == 40).all()
    assert (erased(image, Rules([], [middle]), DPI)[place] > 150).all()


def photographed(image: np.ndarray) -> np.ndarray:
    """The page with the edges of its sheet beside the table, as a photograph shows them."""
    for x in (22, 570):
        rule(image, x, 60, x, 330)
    return image


@pytest.mark.parametrize("style", BROKEN)
@pytest.mark.parametrize("ys", [YS, YS[::2]])
def test_the_edges_of_a_sheet_are_no_borders_and_cut_no_ruling_that_nothing_crosses(
    style: str, ys: tuple[int, ...]
) -> None:
    image, texts = broken(style, verticals=False)
    for y in set(YS) - set(ys):
        image[round((y - 2) * PIXEL) : round((y + 2) * PIXEL)] = 250
    found = find_rules(photographed(image), DPI, texts)
    assert found.vertical == []
    level = merge_rules(found.horizontal)
    assert sorted(r.at for r in level) == pytest.approx(ys, abs=1)
    assert [(r.start, r.end) for r in level] == [pytest.approx((XS[0], XS[-1]), abs=TOUCH)] * len(ys)


@pytest.mark.parametrize("style", BROKEN)
def test_an_unruled_side_where_rulings_begin_together_is_kept_beside_the_edge_of_a_sheet(style: str) -> None:
    image, texts = broken(style, left=False)
    found = find_rules(photographed(image), DPI, texts)
    assert sorted(r.at for r in merge_rules(found.vertical)) == pytest.approx(XS[1:], abs=1)
    assert [r.start for r in merge_rules(found.horizontal)] == pytest.approx([XS[0]] * len(YS), abs=TOUCH)


def test_the_whole_outline_of_a_sheet_has_no_borders() -> None:
    image, texts = broken("dots", verticals=False)
    for y in (60, 330):
        rule(image, 22, y, 570, y)
    assert find_rules(photographed(image), DPI, texts).vertical == []


@pytest.mark.parametrize("style", BROKEN)
def test_a_few_rulings_far_from_the_edges_of_their_sheet_stay(style: str) -> None:
    image, texts = broken(style, verticals=False)
    image[:, round(305 * PIXEL) :] = 250
    for y in YS[1::2]:
        image[round((y - 2) * PIXEL) : round((y + 2) * PIXEL)] = 250
    found = find_rules(photographed(image), DPI, [Box(b.x0, b.y0, min(b.x1, 305), b.y1) for b in texts if b.x0 < 300])
    level = merge_rules(found.horizontal)
    assert sorted(r.at for r in level) == pytest.approx(YS[::2], abs=1)
    assert [(r.start, r.end) for r in level] == [pytest.approx((XS[0], 305), abs=TOUCH)] * len(level)


def test_a_stroke_of_text_in_line_with_a_ruling_takes_none_of_those_that_meet_it() -> None:
    lines = [
        (100.0, 106.0, "满意度"),
        (200.0, 106.0, "群众满意度"),
        (200.0, 128.0, "单位满意度"),
        (93.5, 149.0, "1.其他资金"),
    ]
    image = sheet(lines)
    for y, start in ((100, 70), (122, 92.6), (144, 70)):
        rule(image, start, y, 330, y)
    for x in (70, 95, 190, 330):
        rule(image, x, 100, x, 144)
    texts = [Box(x - 2, y - 1, x + 10.5 * len(text) + 2, y + 14) for x, y, text in lines]
    middle = [r for r in find_rules(image, DPI, texts).horizontal if abs(r.at - 122) < 2]
    assert min(r.start for r in middle) == pytest.approx(95, abs=4)

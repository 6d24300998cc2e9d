from __future__ import annotations

import cv2
import numpy as np
import pytest

from service.reading.document import Box
from service.reading.image import Ink, Prepared, even_light, find_skew, ink, lift_seals, prepare, unseen_lines
from service.reading.ocr import Engine
from tests.reading.scans import PIXEL, PROSE, noisy, prose, rule, sealed, shaded, sheet, turned


def table() -> np.ndarray:
    rows = [("数量指标", "完成改造小区", "≥12个", "12个"), ("质量指标", "验收合格率", "100%", "98.5%")] * 6
    xs = (60, 140, 320, 420, 520)
    image = sheet([(x + 6, 104 + 30 * r, text) for r, row in enumerate(rows) for x, text in zip(xs, row, strict=False)])
    for r in range(len(rows) + 1):
        rule(image, xs[0], 96 + 30 * r, xs[-1], 96 + 30 * r)
    for x in xs:
        rule(image, x, 96, x, 96 + 30 * len(rows))
    return image


@pytest.mark.parametrize("page", [prose, table])
@pytest.mark.parametrize("degrees", [-9.5, -3.3, -0.4, 0.0, 0.25, 1.7, 6.0, 9.9])
def test_skew_is_found_to_a_tenth_of_a_degree(page, degrees: float) -> None:
    assert find_skew(turned(page(), degrees)[0]) == pytest.approx(degrees, abs=0.1)


def test_an_empty_page_has_no_skew() -> None:
    assert find_skew(np.full((400, 300, 3), 255, np.uint8)) == 0.0


@pytest.mark.parametrize("page", [prose, table])
@pytest.mark.parametrize("degrees", [0, 90, 180, 270, 3.0, 87.0, 184.5, 264.0])
def test_a_turned_page_is_set_upright_and_boxes_map_back(page, degrees: float, engine: Engine) -> None:
    upright = page()
    markers = [(0.1, 0.06), (0.9, 0.07), (0.12, 0.93), (0.88, 0.94)]  # shares of width and height, off the text
    height, width = upright.shape[:2]
    for x, y in markers:
        cv2.circle(upright, (round(x * width), round(y * height)), 9, (200, 120, 0), cv2.FILLED)
    source, forward = turned(upright, degrees)
    prepared = prepare(source, engine)
    assert (prepared.rotation - degrees + 180) % 360 - 180 == pytest.approx(0, abs=0.15)
    found = sorted(blue_spots(prepared.image))
    assert len(found) == len(markers)
    expected = {tuple(forward @ (round(x * width) + 0.5, round(y * height) + 0.5, 1)) for x, y in markers}
    for spot in found:
        x, y = prepared.to_source.point(*spot)
        assert min(np.hypot(x - u, y - v) for u, v in expected) < 1.0
    # Upright: the markers lie where they lay on the page.
    left, right = found[0][0], found[-1][0]
    assert right - left == pytest.approx(0.8 * width, abs=6)


def blue_spots(image: np.ndarray) -> list[tuple[float, float]]:
    blue, _, red = cv2.split(image.astype(np.int16))
    mask = (blue - red > 80).astype(np.uint8)
    _, _, stats, centres = cv2.connectedComponentsWithStats(mask)
    return [(x + 0.5, y + 0.5) for (x, y), s in zip(centres[1:], stats[1:], strict=True) if s[4] > 50]


def test_a_short_page_upside_down_is_turned_too(engine: Engine) -> None:
    page = sheet([(80, 100, "（盖章）"), (80, 130, "填表人：联系电话："), (80, 160, "2024年12月31日")])
    assert prepare(turned(page, 180)[0], engine).rotation == 180


def test_a_blank_page_stays_as_it_is(engine: Engine) -> None:
    blank = np.full((1200, 900, 3), 250, np.uint8)
    prepared = prepare(blank, engine)
    assert (prepared.rotation, prepared.boxes, prepared.seal) == (0.0, [], None)
    assert np.array_equal(prepared.image, blank)


@pytest.mark.parametrize(
    "image",
    [
        np.zeros((4, 400, 3), np.uint8),
        np.zeros((400, 400), np.uint8),
        np.zeros((400, 400, 4), np.uint8),
        np.zeros((400, 400, 3), np.float32),
    ],
)
def test_what_is_no_page_image_is_refused(image: np.ndarray) -> None:
    with pytest.raises(ValueError, match="image"):
        prepare(image)


# Seals


@pytest.mark.parametrize("red", [(60, 50, 215), (140, 135, 225), (50, 40, 150)], ids=["fresh", "faded", "dark"])
@pytest.mark.parametrize("dirt", [0.0, 8.0])
def test_a_seal_is_lifted_and_the_figures_beneath_it_stay(red: tuple[int, int, int], dirt: float) -> None:
    clean = prose()
    page = sealed(clean, 300, 300, red=red)
    lifted, mask = lift_seals(noisy(page, dirt) if dirt else page)
    assert mask is not None
    under = mask > 0
    gray, wanted = (cv2.cvtColor(i, cv2.COLOR_BGR2GRAY).astype(float) for i in (lifted, clean))
    before = np.abs(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY).astype(float) - wanted)[under].mean()
    after = np.abs(gray - wanted)[under].mean()
    assert after < 0.15 * before + dirt
    assert gray[under & (wanted < 60)].mean() < 90  # black stays black
    assert 0.5 < under.sum() / ((page != clean).any(axis=2).sum()) < 3


def test_red_headings_and_red_figures_are_no_seal() -> None:
    page = sheet([(120, 60, "某某市财政局文件")], size=44)
    red = page.copy()
    red[page[:, :, 1] < 128] = (40, 30, 220)
    small = sheet([(80, 300 + 24 * i, PROSE[0]) for i in range(3)])
    red[small[:, :, 1] < 128] = (40, 30, 220)
    lifted, mask = lift_seals(red)
    assert mask is None
    assert np.array_equal(lifted, red)


def test_the_share_of_a_box_under_a_seal_is_known() -> None:
    page = prepare(sealed(prose(), 300, 300))
    ring = Box(295 * PIXEL, 240 * PIXEL, 305 * PIXEL, 246 * PIXEL)
    assert page.sealed(ring) > 0.4
    assert page.sealed(Box(0, 0, 100, 100)) == 0.0
    assert page.sealed(Box(-50, -50, -10, -10)) == 0.0


# Light


def test_uneven_light_is_evened_and_even_light_left_alone() -> None:
    page = prose()
    lit = shaded(page)
    evened = even_light(lit)
    corners = [evened[20:60, 20:60].mean(), evened[-60:-20, -60:-20].mean()]
    assert max(corners) - min(corners) < 8
    assert evened[page[:, :, 0] < 40].mean() < 60
    assert even_light(page) is page


# Ink


def cells(*texts: str) -> tuple[Prepared, list[Box]]:
    """A ruled row of cells, 60 × 22 points each, and their boxes in pixels, two points inside the rulings."""
    image = sheet([(84 + 60 * i, 104, text) for i, text in enumerate(texts)])
    for i in range(len(texts) + 1):
        rule(image, 70 + 60 * i, 100, 70 + 60 * i, 122)
    for y in (100, 122):
        rule(image, 70, y, 70 + 60 * len(texts), y)
    boxes = [Box((72 + 60 * i) * PIXEL, 102 * PIXEL, (128 + 60 * i) * PIXEL, 120 * PIXEL) for i in range(len(texts))]
    return Prepared(image), boxes


@pytest.mark.parametrize("spoilt", [False, True])
def test_lone_strokes_are_told_from_figures(spoilt: bool) -> None:
    texts = ("-", "—", "/", "1", "7", "0", ".5")
    page, boxes = cells(*texts)
    page = Prepared(noisy(shaded(page.image))) if spoilt else page
    marks = [ink(page, box).mark for box in boxes]
    assert marks == ["-", "—", "/", None, None, None, None]
    assert all(ink(page, box).amount > 0 for box in boxes)


def test_an_equals_sign_is_told_from_the_numeral_two() -> None:
    page, boxes = cells("=", "二")
    assert [ink(page, box).mark for box in boxes] == ["=", None]


def test_the_line_around_a_lone_sign_holds_its_ink_and_is_as_high_as_text() -> None:
    page, (box,) = cells(".5")
    line = ink(page, box).line
    assert line is not None
    assert box.x0 <= line.x0 < line.x1 <= box.x1
    assert line.height >= 10 * PIXEL


def test_a_fold_through_a_cell_is_no_dash() -> None:
    page, boxes = cells("", "10")
    rule(page.image, 74, 111, 126, 111)
    assert ink(Prepared(page.image), boxes[0]) == Ink(0.0)


def test_noise_and_the_rulings_of_a_cell_are_no_ink() -> None:
    page, boxes = cells("", "")
    assert [ink(page, box).amount for box in boxes] == [0.0, 0.0]
    wide = [Box(b.x0 - 2 * PIXEL, b.y0 - 2 * PIXEL, b.x1 + 2 * PIXEL, b.y1 + 2 * PIXEL) for b in boxes]
    assert [ink(page, box).amount for box in wide] == [0.0, 0.0]
    spoilt = Prepared(noisy(shaded(page.image), 14))
    assert [ink(spoilt, box).amount for box in boxes] == [0.0, 0.0]
    assert ink(page, Box(10, 10, 11, 11)).amount == 0.0


# Lines that no box covers

TEXTS = [(80.0, 100.0 + 20 * i, PROSE[i]) for i in range(3)]
SIZE = 10.5 * PIXEL


def box_of(x: float, y: float, text: str) -> Box:
    """The box of a line of text in pixels, as a detector gives it."""
    return Box(*(v * PIXEL for v in (x - 2, y - 1, x + 10.5 * len(text) + 2, y + 14)))


def whole(image: np.ndarray) -> Box:
    return Box(0, 0, image.shape[1], image.shape[0])


@pytest.mark.parametrize("dropped", [0, 1, 2])
def test_a_line_between_known_boxes_is_found(dropped: int) -> None:
    page = sheet(TEXTS)
    seen = [box_of(*text) for at, text in enumerate(TEXTS) if at != dropped]
    (found,) = unseen_lines(Prepared(page), whole(page), seen, SIZE)
    x, y, text = TEXTS[dropped]
    assert (found.x0, found.x1) == pytest.approx((x * PIXEL, (x + 10.5 * len(text)) * PIXEL), abs=SIZE)
    assert found.centre[1] == pytest.approx((y + 6.5) * PIXEL, abs=0.4 * SIZE)
    assert SIZE <= found.height <= 1.6 * SIZE


def test_only_the_region_is_searched() -> None:
    page = sheet(TEXTS)
    (found,) = unseen_lines(Prepared(page), Box(0, 118 * PIXEL, page.shape[1], 136 * PIXEL), [], SIZE)
    assert found.centre[1] == pytest.approx((120 + 6.5) * PIXEL, abs=0.4 * SIZE)


def test_nothing_is_found_where_boxes_cover_all_or_the_paper_is_bare() -> None:
    page = sheet(TEXTS)
    assert unseen_lines(Prepared(page), whole(page), [box_of(*text) for text in TEXTS], SIZE) == []
    assert unseen_lines(Prepared(page), Box(0, 500, 800, 900), [], SIZE) == []
    assert unseen_lines(Prepared(page), Box(10, 10, 12, 400), [], SIZE) == []


def test_specks_rulings_and_a_black_bar_are_no_lines() -> None:
    page = sheet([])
    rule(page, 80, 100, 400, 100)
    dice = np.random.default_rng(5)
    for x, y in dice.integers((200, 400), (1400, 1000), (60, 2)):
        cv2.circle(page, (int(x), int(y)), 1, (0, 0, 0), -1)
    cv2.rectangle(page, (250, 1200), (700, 1230), (0, 0, 0), -1)
    assert unseen_lines(Prepared(page), whole(page), [], SIZE) == []


def test_two_lost_lines_set_close_are_found_each_on_its_own() -> None:
    lines = [(80.0, 100.0 + 11.0 * i, PROSE[i]) for i in range(4)]
    lines[2] = (80.0, lines[2][1], "人均增收")
    page = sheet(lines)
    seen = [box_of(*lines[0]), box_of(*lines[3])]
    found = sorted(unseen_lines(Prepared(page), whole(page), seen, SIZE), key=lambda box: box.y0)
    assert [box.centre[1] / PIXEL for box in found] == pytest.approx([117.5, 128.5], abs=3.5)
    assert found[0].width > 4 * found[1].width
    assert all(box.height <= 1.6 * SIZE for box in found)


def test_the_rim_of_a_line_whose_box_lies_a_little_off_is_no_line() -> None:
    page = sheet(TEXTS)
    seen = [box_of(*text) for text in TEXTS]
    low = seen[1]._replace(y0=seen[1].y0 + 0.45 * SIZE, y1=seen[1].y1 + 0.2 * SIZE)
    assert unseen_lines(Prepared(page), whole(page), [seen[0], low, seen[2]], SIZE) == []


def pieces(x: float, y: float, text: str, share: float) -> list[Box]:
    """The box of each character of a line, as wide as a share of it."""
    edge = 10.5 * (1 - share) / 2
    lefts = [x + 10.5 * i for i in range(len(text))]
    return [Box(*(v * PIXEL for v in (left + edge, y - 1, left + 10.5 - edge, y + 14))) for left in lefts]


def test_a_line_that_was_seen_character_by_character_is_not_found_again_between_them() -> None:
    page = sheet(TEXTS)
    seen = [*pieces(*TEXTS[1], 0.4), box_of(*TEXTS[0]), box_of(*TEXTS[2])]
    assert unseen_lines(Prepared(page), whole(page), seen, SIZE) == []


def test_what_was_lost_between_two_boxes_of_a_line_is_found() -> None:
    page = sheet(TEXTS)
    x, y, text = TEXTS[1]
    seen = [box_of(*TEXTS[0]), box_of(*TEXTS[2]), box_of(x, y, text[:5]), box_of(x + 10.5 * 15, y, text[15:])]
    (found,) = unseen_lines(Prepared(page), whole(page), seen, SIZE)
    assert (found.x0, found.x1) == pytest.approx(((x + 10.5 * 5) * PIXEL, (x + 10.5 * 15) * PIXEL), abs=1.5 * SIZE)

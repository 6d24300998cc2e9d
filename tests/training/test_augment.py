"""The scanner's effects: each does what its name says, and a scan is the same for the same seed."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import cv2
import numpy as np
import pymupdf
import pytest

from tests.corpus import documents
from training import augment
from training.augment import Image, Level

DPI = 100
WHITE = 255


@pytest.fixture(scope="module")
def pdf() -> bytes:
    """Two pages of a form."""
    return next(sample for sample in documents() if sample.name == "anhui_flood").pdf()


@pytest.fixture(scope="module")
def page(pdf: bytes) -> Image:
    """The first page as it is printed, unharmed."""
    with pymupdf.open(stream=pdf) as document:
        return augment.raster(document, 0, DPI)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def ink(image: Image) -> np.ndarray:
    return np.asarray(image.min(axis=2) < augment.INK_BELOW)


def red(image: Image) -> np.ndarray:
    blue, green, red = (image[:, :, channel].astype(int) for channel in range(3))
    return np.asarray(red - np.maximum(blue, green) > 60)


def grain(image: Image) -> float:
    """How rough the paper is, at the page's lower edge where nothing is printed."""
    paper = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)[-image.shape[0] // 12 : -10, image.shape[1] // 4 : -20].astype(
        float
    )
    return float((paper - cv2.GaussianBlur(paper, (0, 0), 3)).std())


@pytest.mark.parametrize("level", get_args(Level))
def test_a_scan_has_the_same_pages_as_images_without_text(pdf: bytes, level: Level) -> None:
    with pymupdf.open(stream=pdf) as before, pymupdf.open(stream=augment.scan(pdf, level, 3, DPI)) as after:
        assert after.page_count == before.page_count
        for printed, scanned in zip(before, after, strict=True):
            assert not scanned.get_text().strip()
            assert [image[8] for image in scanned.get_images()] == ["DCTDecode"]
            sides = sorted((scanned.rect.width, scanned.rect.height))
            assert sides == pytest.approx(sorted((printed.rect.width, printed.rect.height)), abs=1)


@pytest.mark.parametrize("level", get_args(Level))
def test_a_seed_gives_the_same_bytes_each_time_and_another_seed_others(pdf: bytes, level: Level) -> None:
    first = augment.scan(pdf, level, 3, DPI)
    assert augment.scan(pdf, level, 3, DPI) == first
    assert augment.scan(pdf, level, 4, DPI) != first


def test_each_page_has_its_own_damage(page: Image) -> None:
    once = augment.as_pdf([page], DPI / 72, 95)
    with pymupdf.open(stream=once) as single, pymupdf.open() as twice:
        twice.insert_pdf(single)
        twice.insert_pdf(single)
        first, second = augment.pages(bytes(twice.tobytes()), "mild", 3, DPI)
    assert not np.array_equal(first, second)


def test_levels_grow_rougher(pdf: bytes) -> None:
    roughness = [
        np.median([grain(next(augment.pages(pdf, level, seed, DPI))) for seed in range(6)]) for level in get_args(Level)
    ]
    assert roughness == sorted(roughness)
    assert roughness[2] > 2 * roughness[1]


@pytest.mark.parametrize("degrees", [-2.0, 0.7])
def test_skew_turns_a_ruling_by_its_angle(degrees: float) -> None:
    sheet = np.full((400, 600, 3), WHITE, np.uint8)
    cv2.line(sheet, (100, 200), (500, 200), (0, 0, 0), 2)
    ys, xs = np.nonzero(ink(augment.skewed(sheet, degrees)))
    slope = np.polyfit(xs, ys, 1)[0]
    assert np.degrees(np.arctan(-slope)) == pytest.approx(degrees, abs=0.1)


@pytest.mark.parametrize(("degrees", "corner"), [(90, (0, -1)), (180, (-1, -1)), (270, (-1, 0))])
def test_a_turned_page_has_its_top_left_corner_elsewhere(degrees: int, corner: tuple[int, int]) -> None:
    sheet = np.full((30, 20, 3), WHITE, np.uint8)
    sheet[0, 0] = 0
    turned = augment.turned(sheet, degrees)
    assert turned[corner].max() == 0
    assert turned.shape[:2] == ((20, 30) if degrees != 180 else (30, 20))


def test_perspective_moves_corners_inwards_only(page: Image, rng: np.random.Generator) -> None:
    moved = augment.in_perspective(page, rng, 0.05, ground=0)
    assert moved.shape == page.shape
    edge = np.concatenate([moved[0], moved[-1], moved[:, 0], moved[:, -1]])
    assert (edge.max(axis=1) == 0).mean() > 0.5
    assert moved[page.shape[0] // 2, page.shape[1] // 20 :].max() == WHITE


def test_light_falls_off_to_the_given_share_and_no_further(rng: np.random.Generator) -> None:
    lit = augment.unevenly_lit(np.full((300, 200, 3), 200, np.uint8), rng, 0.6)
    assert 200 * 0.55 < lit.min() < 200 * 0.7
    assert lit.max() > 190


def test_a_seal_is_red_lies_on_ink_and_leaves_black_black(page: Image, rng: np.random.Generator) -> None:
    sealed = augment.sealed(page, rng, DPI, opacity=0.8, name="云岫县财政局")
    assert not red(page).any()
    ys, xs = np.nonzero(red(sealed))
    assert len(ys) > 2000
    side = augment.SEAL_MM / augment.MM_PER_INCH * DPI
    assert max(np.ptp(ys), np.ptp(xs)) <= side + 2
    under = ink(page)[ys.min() : ys.max(), xs.min() : xs.max()]
    assert under.any()
    assert ink(sealed)[ink(page)].all()
    assert np.array_equal(sealed[: ys.min() - 2], page[: ys.min() - 2])


def test_a_seal_finds_a_place_on_an_empty_page_and_leaves_a_small_one_alone(rng: np.random.Generator) -> None:
    assert red(augment.sealed(np.full((800, 600, 3), WHITE, np.uint8), rng, DPI, 0.8)).any()
    slip = np.full((50, 50, 3), WHITE, np.uint8)
    assert np.array_equal(augment.sealed(slip, rng, DPI, 0.8), slip)


def test_toner_dropout_pales_ink_and_leaves_paper(page: Image, rng: np.random.Generator) -> None:
    pale = augment.toner_dropout(page, rng, 0.6)
    assert pale[ink(page)].mean() > page[ink(page)].mean() + 3
    paper = page.min(axis=2) == WHITE
    assert (pale[paper] == WHITE).all()


def test_what_bleeds_through_is_faint_and_mirrored(page: Image) -> None:
    reverse = np.full_like(page, WHITE)
    reverse[:, : page.shape[1] // 4] = 0
    ghost = augment.bled_through(np.full_like(page, WHITE), reverse, 0.1)
    assert ghost[:, -20:].mean() == pytest.approx(WHITE * 0.9, abs=2)
    assert ghost[:, :20].min() == WHITE


def test_holes_are_two_and_dark_near_the_left_edge(page: Image) -> None:
    dark = augment.punched(np.full_like(page, WHITE), DPI).max(axis=2) < 100
    holes = np.asarray(dark, np.uint8)
    count, _, boxes, _ = cv2.connectedComponentsWithStats(holes)
    assert count - 1 == 2
    assert all(box[0] + box[2] < 20 / augment.MM_PER_INCH * DPI for box in boxes[1:])


@pytest.mark.parametrize(
    "effect",
    [
        lambda page, _: augment.stapled(page, DPI),
        lambda page, rng: augment.folded(page, rng, 0.3),
        lambda page, _: augment.vignetted(page, 0.6),
        lambda page, _: augment.tinted(page, (230, 245, 254)),
        lambda page, rng: augment.photographed(page, rng),
    ],
    ids=["staple", "fold", "vignette", "tint", "photograph"],
)
def test_damage_to_paper_darkens_it_and_keeps_its_size(
    page: Image, rng: np.random.Generator, effect: Callable[[Image, np.random.Generator], Image]
) -> None:
    before = page.copy()
    damaged = effect(page, rng)
    assert damaged.shape == page.shape
    assert damaged.dtype == np.uint8
    assert damaged.mean() < page.mean()
    assert np.array_equal(page, before)


def test_blur_and_jpeg_leave_the_page_recognisable(page: Image) -> None:
    for worn in (augment.blurred(page, 0.5), augment.jpeg_blocks(page, 40)):
        assert not np.array_equal(worn, page)
        assert np.corrcoef(worn.ravel(), page.ravel())[0, 1] > 0.9
    assert augment.blurred(page, 0) is page

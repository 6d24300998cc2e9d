from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.markup import parse
from models.spans import Entity
from training.baseline import by_chance, by_patterns
from training.calibration import expected_calibration_error, fit
from training.scoring import compare, match, overlap

GOLD = (
    "⟦T1 INDICATOR|检查餐饮单位⟧⟦T2 ACHIEVEMENT>achievement_of:T1|36家⟧，"
    "⟦T3 INDICATOR|罚款⟧⟦T4 AMOUNT>amount_of:T3|2万元⟧。"
)


def test_a_copy_scores_one() -> None:
    figures = compare([parse(GOLD)], [parse(GOLD)])
    assert set(figures.headline().values()) == {1.0}


def test_a_wrong_edge_costs_strict_points_and_not_relaxed_ones() -> None:
    near = GOLD.replace("⟦T1 INDICATOR|检查餐饮单位⟧", "检查⟦T1 INDICATOR|餐饮单位⟧")
    figures = compare([parse(GOLD)], [parse(near)])
    assert figures.entities.f1 == pytest.approx(3 / 4)
    assert figures.entities_relaxed.f1 == 1
    assert figures.value_links.f1 == pytest.approx(1 / 2)
    assert figures.value_links_relaxed.f1 == 1
    assert figures.confusions["INDICATOR", "INDICATOR (edges)"] == 1


def test_a_wrong_label_is_a_confusion() -> None:
    other = GOLD.replace("ACHIEVEMENT>achievement_of", "TARGET>target_of")
    figures = compare([parse(GOLD)], [parse(other)])
    assert figures.confusions["ACHIEVEMENT", "TARGET"] == 1
    assert figures.types["achievement_of"].recall == 0
    assert figures.labels["TARGET"].precision == 0


def test_different_texts_are_refused() -> None:
    with pytest.raises(ValueError, match="not the same sentence"):
        compare([parse("甲")], [parse("乙")])


@given(st.integers(0, 9), st.integers(1, 9), st.integers(0, 9), st.integers(1, 9))
def test_overlap_is_symmetric_and_one_only_for_equals(a: int, la: int, b: int, lb: int) -> None:
    x, y = Entity("T1", a, a + la, "ORG"), Entity("T2", b, b + lb, "ORG")
    assert overlap(x, y) == overlap(y, x)
    assert (overlap(x, y) == 1) == ((a, la) == (b, lb))


def test_matching_is_one_to_one() -> None:
    gold = [Entity("G1", 0, 4, "ORG")]
    twice = [Entity("P1", 0, 3, "ORG"), Entity("P2", 1, 4, "ORG")]
    assert match(gold, twice, relaxed=True) == {"P1": "G1"}


def test_the_pattern_baseline_finds_the_plain_case() -> None:
    figures = compare([parse(GOLD)], [by_patterns(parse(GOLD).text)])
    assert figures.labels["AMOUNT"].f1 == 1
    assert figures.entities.f1 > compare([parse(GOLD)], by_chance([parse(GOLD)])).entities.f1


def test_calibration_learns_how_often_scores_are_right() -> None:
    outcomes = [(0.9, i % 2 == 0) for i in range(200)] + [(0.99, i % 10 != 0) for i in range(200)]
    scaling = fit(outcomes)
    mended = [(scaling.apply(score), hit) for score, hit in outcomes]
    assert expected_calibration_error(mended) < 0.03 < expected_calibration_error(outcomes)

from __future__ import annotations

import math
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.decoding import WANTED_TO_TELL, Calibration, Candidate, Stretch, best_set, candidates, decode, marginals
from models.spans import LABELS

WIDEST = 6


@st.composite
def candidate_lists(draw: st.DrawFn) -> list[Candidate]:
    found = []
    for _ in range(draw(st.integers(0, 7))):
        start = draw(st.integers(0, 9))
        end = draw(st.integers(start + 1, 10))
        label = draw(st.sampled_from(LABELS))
        found.append(Candidate(start, end, label, draw(st.floats(-3, 6))))
    return sorted(set(found), key=lambda c: (c.end, c.start))


def _disjoint(chosen: tuple[Candidate, ...]) -> bool:
    ordered = sorted(chosen)
    return all(a.end <= b.start for a, b in pairwise(ordered))


def _all_sets(found: list[Candidate]) -> list[tuple[Candidate, ...]]:
    return [s for size in range(len(found) + 1) for s in combinations(found, size) if _disjoint(s)]


@given(candidate_lists())
def test_best_set_is_the_heaviest_of_all_disjoint_sets(found: list[Candidate]) -> None:
    odds = {candidate: 1 / (1 + math.exp(-candidate.score)) for candidate in found}
    chosen = best_set(found, odds)
    assert _disjoint(tuple(chosen))
    heaviest = max(sum(odds[c] - 0.4 for c in s) for s in _all_sets(found))
    assert sum(odds[c] - 0.4 for c in chosen) == pytest.approx(heaviest, abs=1e-9)


@given(candidate_lists())
def test_marginals_equal_enumeration(found: list[Candidate]) -> None:
    sets = _all_sets(found)
    total = sum(math.exp(sum(c.score for c in s)) for s in sets)
    for candidate, probability in marginals(found).items():
        share = sum(math.exp(sum(c.score for c in s)) for s in sets if candidate in s) / total
        assert probability == pytest.approx(share, abs=1e-9)


def _stretch(start: int, length: int, spans: dict[tuple[str, int, int], float]) -> Stretch:
    scores = np.full((len(LABELS), length, WIDEST), -9.0, np.float32)
    for (label, first, last), value in spans.items():
        scores[LABELS.index(label), first, last - first - 1] = value  # type: ignore[arg-type]
    return Stretch(start, scores, np.full((4, length, length), -5.0, np.float32), np.zeros((length, 4), np.float32))


def test_spans_never_start_or_end_with_punctuation_or_space() -> None:
    text = "拆除 ，违建"
    scored = {("INDICATOR", a, b): 3.0 for a in range(5) for b in range(a + 1, 6)}
    spans = {text[c.start : c.end] for c in candidates(text, [_stretch(0, len(text), scored)])}
    assert "拆除" in spans
    assert all(span[0] not in " ，" and span[-1] not in " ，" for span in spans)


@pytest.mark.parametrize(
    ("text", "indicator"),
    [
        ("开展专项检查", "专项检查"),
        ("共检查企业", "检查企业"),
        ("完成率", "完成率"),
        ("共享车位", "共享车位"),
        ("组织开展联合巡查", "联合巡查"),
        ("累计支出", "累计支出"),
        ("进行标准化改造", "标准化改造"),
        ("发生火灾", "火灾"),
        ("发生率", "发生率"),
        ("辖区内绿地", "绿地"),
        ("辖区面积", "辖区面积"),
    ],
)
def test_light_verbs_stay_outside_an_indicator(text: str, indicator: str) -> None:
    (found,) = candidates(text, [_wide(text, "INDICATOR")])
    assert text[found.start : found.end] == indicator


def test_expressions_that_never_date_a_value_are_no_period() -> None:
    assert candidates("每月", [_wide("每月", "PERIOD")]) == []
    assert len(candidates("今年", [_wide("今年", "PERIOD")])) == 1


def test_the_year_in_the_name_of_an_item_is_no_period() -> None:
    for text, count in (("全年预算数", 0), ("全年年初预算", 0), ("全年检查", 1)):
        scores = _stretch(0, len(text), {("PERIOD", 0, 2): 5.0})
        assert len(candidates(text, [scores])) == count


@pytest.mark.parametrize(
    ("text", "given", "label"),
    [
        ("36.5吨/日", "AMOUNT", "ACHIEVEMENT"),
        ("36.5万元", "AMOUNT", "AMOUNT"),
        ("12月", "ACHIEVEMENT", "PERIOD"),
        ("2023年12月31日", "ACHIEVEMENT", "PERIOD"),
        ("12个月", "ACHIEVEMENT", "ACHIEVEMENT"),
    ],
)
def test_money_has_its_unit_and_a_bare_date_is_a_period(text: str, given: str, label: str) -> None:
    (found,) = candidates(text, [_wide(text, given)])
    assert found.label == label


@pytest.mark.parametrize(
    ("text", "first", "found"),
    [("节约12万元", 1, "12万元"), ("约12万元", 0, "约12万元"), ("为-6.8%", 2, "-6.8%"), ("1-10万元", 2, "10万元")],
)
def test_values_keep_their_sign_and_leave_words_whole(text: str, first: int, found: str) -> None:
    stretch = _stretch(0, len(text), {("AMOUNT" if "元" in text else "CHANGE", first, len(text)): 3.0})
    assert [text[c.start : c.end] for c in candidates(text, [stretch])] == [found]


def test_an_indicator_without_a_value_is_no_fact_even_where_it_is_dated() -> None:
    text = "今年甲乙12丙丁"
    scored = {("PERIOD", 0, 2): 5.0, ("INDICATOR", 2, 4): 5.0, ("ACHIEVEMENT", 4, 6): 5.0, ("INDICATOR", 6, 8): 5.0}
    stretch = _stretch(0, 8, scored)
    stretch.links[0, 4, 2] = stretch.links[1, 5, 3] = stretch.links[2, 0, 2] = stretch.links[2, 0, 6] = 9
    tagged = decode(text, [stretch])
    assert [tagged.span(e) for e in tagged.entities] == ["今年", "甲乙", "12"]
    assert sorted(r.type for r in tagged.relations) == ["achievement_of", "period_of"]


def _wide(text: str, label: str) -> Stretch:
    scores = np.full((len(LABELS), len(text), 12), -9.0, np.float32)
    scores[LABELS.index(label), 0, len(text) - 1] = 3.0  # type: ignore[arg-type]
    size = len(text)
    return Stretch(0, scores, np.zeros((4, size, size), np.float32), np.zeros((size, 4), np.float32))


def test_a_value_goes_to_the_indicator_with_the_strongest_arc_and_to_one_only() -> None:
    text = "甲乙12丙丁"
    stretch = _stretch(0, 6, {("INDICATOR", 0, 2): 5, ("ACHIEVEMENT", 2, 4): 5, ("INDICATOR", 4, 6): 5})
    stretch.links[0, 2, 0], stretch.links[0, 2, 4] = 4, 3
    stretch.links[1, 3, 1], stretch.links[1, 3, 5] = 4, 9
    tagged = decode(text, [stretch])
    assert [(r.type, r.head) for r in tagged.relations] == [("achievement_of", "T2")]
    assert tagged.relations[0].tail == "T3"
    assert [tagged.span(e) for e in tagged.entities] == ["12", "丙丁"], "an indicator without a value is no fact"


def test_money_is_an_achievement_only_beside_a_target() -> None:
    text = "甲乙12万元"
    stretch = _stretch(0, 6, {("INDICATOR", 0, 2): 5, ("AMOUNT", 2, 6): 5})
    stretch.links[0, 2, 0] = stretch.links[1, 5, 1] = 9
    stretch.amounts[2, 2] = 9
    assert [r.type for r in decode(text, [stretch]).relations] == ["amount_of"]


@pytest.mark.parametrize(("indicator", "kind"), [("部门预算", "amount_of"), ("营业收入", "target_of")])
def test_the_money_of_a_budget_is_no_target(indicator: str, kind: str) -> None:
    stretch = _stretch(0, 8, {("INDICATOR", 0, 4): 5, ("AMOUNT", 4, 8): 5})
    stretch.links[0, 4, 0] = stretch.links[1, 7, 3] = 9
    stretch.amounts[4, 1] = 9
    assert [r.type for r in decode(f"{indicator}12万元", [stretch]).relations] == [kind]


def test_a_period_reaches_forward_only() -> None:
    text = "甲乙12今年丙丁34"
    scored = {("INDICATOR", 0, 2): 5.0, ("ACHIEVEMENT", 2, 4): 5.0, ("PERIOD", 4, 6): 5.0}
    scored |= {("INDICATOR", 6, 8): 5.0, ("ACHIEVEMENT", 8, 10): 5.0}
    stretch = _stretch(0, 10, scored)
    for value, indicator in ((2, 0), (8, 6)):
        stretch.links[0, value, indicator] = stretch.links[1, value + 1, indicator + 1] = 9
    stretch.links[2, 4, 0] = stretch.links[2, 4, 6] = 9
    tagged = decode(text, [stretch])
    assert [(r.head, r.tail) for r in tagged.relations if r.type == "period_of"] == [("T3", "T4")]


@given(st.floats(0, 1), st.floats(0, 1))
def test_calibration_keeps_the_order(a: float, b: float) -> None:
    scaling = Calibration(0.7, -0.4)
    low, high = sorted((a, b))
    assert 0 <= scaling.apply(low) <= scaling.apply(high) <= 1


def _doubtful_name(score: float, starts: tuple[int, ...] = (0, 1)) -> Stretch:
    """ "整治河道12处" whose indicator may begin at any of `starts`, each reading with the same score."""
    scored = {("ACHIEVEMENT", 4, 7): 5.0} | {("INDICATOR", start, 4): score for start in starts}
    stretch = _stretch(0, 7, scored)
    for start in starts:
        stretch.links[0, 4, start] = stretch.links[1, 6, 3] = 5
    return stretch


@pytest.mark.parametrize("score", [-0.6, -0.9])
def test_a_value_gets_the_phrase_whose_edge_alone_is_in_doubt(score: float) -> None:
    found = decode("整治河道12处", [_doubtful_name(score)])
    (relation,) = found.relations
    assert next(found.span(e) for e in found.entities if e.id == relation.tail) in ("整治河道", "治河道")


def test_a_phrase_that_is_unlikely_as_a_whole_is_left_unmarked_unless_it_is_to_be_told() -> None:
    text, scores = "整治河道12处", [_doubtful_name(-1.6, starts=(0,))]
    assert [found.span(e) for found in [decode(text, scores)] for e in found.entities] == ["12处"]
    told = decode(text, scores, wanted=WANTED_TO_TELL)
    assert [told.span(e) for e in told.entities] == ["整治河道", "12处"]
    unlikely = decode(text, [_doubtful_name(-2.4, starts=(0,))], wanted=WANTED_TO_TELL)
    assert [unlikely.span(e) for e in unlikely.entities] == ["12处"]

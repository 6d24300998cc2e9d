"""Relations close at the precision printed, and the one changed figure that mends all of them is named."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from service.assembling.relations import Figure, Graph, Interval, Product, Rate, Scored, Sum

PLACES = st.integers(0, 4)


def figure(name: str, value: float, places: int = 2, *, exact: bool = False) -> Figure:
    return Figure(name, f"{value:.{places}f}", round(value, places), 10.0**-places, exact=exact)


@given(st.lists(st.floats(0, 1e6), min_size=2, max_size=6), PLACES)
def test_a_sum_of_rounded_parts_closes(parts: list[float], places: int) -> None:
    printed = [figure(str(i), part, places) for i, part in enumerate(parts)]
    assert Sum("F3", figure("total", math.fsum(parts), places), printed).holds()


@given(st.floats(1, 1e6), st.floats(0, 1), PLACES, PLACES)
def test_a_rounded_rate_closes(whole: float, share: float, places: int, rate_places: int) -> None:
    relation = Rate(
        "F1",
        figure("rate", share * 100, rate_places),
        [figure("executed", whole * share, places), figure("budget", whole, places)],
    )
    assert relation.holds()


@given(st.floats(1, 1e6), st.floats(0, 1), PLACES)
def test_a_rate_that_was_cut_off_closes(whole: float, share: float, places: int) -> None:
    cut = math.floor(share * 100 * 10**places) / 10**places
    relation = Rate(
        "F1", figure("rate", cut, places), [figure("executed", whole * share, 6), figure("budget", whole, 6)]
    )
    assert relation.holds()


@given(st.integers(1, 40), st.floats(0, 150), PLACES)
def test_a_rounded_score_closes(weight: int, rate: float, places: int) -> None:
    score = weight * min(rate, 100) / 100
    relation = Product(
        "F2", figure("score", score, places), [figure("weight", weight, 0, exact=True), figure("rate", rate, 2)]
    )
    assert relation.holds()


def test_a_rate_beyond_rounding_is_broken() -> None:
    relation = Rate("F1", figure("rate", 95.01), [figure("executed", 94.90), figure("budget", 100.00)])
    assert not relation.holds()


def test_nothing_is_said_of_a_budget_of_zero() -> None:
    assert Rate("F1", figure("rate", 0.0), [figure("executed", 12.5), figure("budget", 0.0)]).holds()


def budget() -> tuple[Graph, dict[str, Figure]]:
    """Basic and project spending, their totals and rates: all of it closes."""
    f = {
        "basic budget": figure("basic budget", 512.40),
        "project budget": figure("project budget", 1487.60),
        "total budget": figure("total budget", 2000.00),
        "basic": figure("basic", 509.84),
        "project": figure("project", 1402.15),
        "total": figure("total", 1911.99),
        "basic rate": figure("basic rate", 99.50),
        "project rate": figure("project rate", 94.26),
        "total rate": figure("total rate", 95.60),
    }
    graph = Graph()
    graph.add(Sum("F3", f["total budget"], [f["basic budget"], f["project budget"]]))
    graph.add(Sum("F3", f["total"], [f["basic"], f["project"]]))
    for kind in ("basic", "project", "total"):
        graph.add(Rate("F1", f[f"{kind} rate"], [f[kind], f[f"{kind} budget"]]))
    return graph, f


def test_the_clean_graph_is_not_broken() -> None:
    graph, _ = budget()
    assert graph.broken() == []
    assert graph.corrections() == []


def test_a_changed_part_is_named_from_its_sum_and_its_rate() -> None:
    graph, f = budget()
    f["basic"].value, f["basic"].text = 506.84, "506.84"
    found = graph.corrections()
    assert len(found) == 2
    for _, correction in found:
        assert correction is not None
        assert correction.figure is f["basic"]
        assert correction.text == "509.84"


def test_a_changed_total_is_named() -> None:
    graph, f = budget()
    f["total"].value, f["total"].text = 1991.99, "1991.99"
    assert {c.text for _, c in graph.corrections() if c} == {"1911.99"}


def test_a_changed_rate_among_figures_that_sums_confirm_is_named() -> None:
    graph, f = budget()
    f["project rate"].value, f["project rate"].text = 49.26, "49.26"
    ((relation, correction),) = graph.corrections()
    assert relation.result is f["project rate"]
    assert correction is not None
    assert correction.figure is f["project rate"]
    assert correction.value == 94.26


def test_none_is_named_where_several_could_be_wrong() -> None:
    graph = Graph()
    graph.add(Sum("F3", figure("total", 100.0), [figure("one", 30.0), figure("two", 60.0)]))
    assert [correction for _, correction in graph.corrections()] == [None]


def test_two_errors_far_apart_are_both_named() -> None:
    graph, f = budget()
    f["basic"].value, f["basic"].text = 506.84, "506.84"
    f["project budget"].value, f["project budget"].text = 1478.60, "1478.60"
    named = {(c.figure.name, c.text) for _, c in graph.corrections() if c}
    assert named == {("basic", "509.84"), ("project budget", "1487.60")}


def test_a_score_that_breaks_its_rule_and_the_total_is_named() -> None:
    weights = [figure(f"w{i}", 10, 0, exact=True) for i in range(3)]
    scores = [figure("s0", 10), figure("s1", 9.71), figure("s2", 8.20)]
    graph = Graph()
    graph.add(Sum("S2", figure("total", 27.37), scores))
    graph.add(Scored("S3", scores[1], weights[1], Interval(0.9165, 0.9169)))
    graph.add(Scored("S3", scores[2], weights[2], Interval(0.82, 0.82)))
    assert {(c.figure.name, c.text) for _, c in graph.corrections() if c} == {("s1", "9.17")}


def test_a_correction_is_written_as_the_figure_is() -> None:
    assert Figure("a", "1,250", 1250.0, 1.0).write(13071.0) == "13,071"
    assert Figure("b", "62", 62.0, 0.1).write(58.9) == "58.9"
    assert Figure("b", "62", 62.0, 0.1).write(61.0) == "61"
    assert Figure("c", "9.50", 9.5, 0.01).write(9.6) == "9.60"

"""What the pages show of a report, and how a click finds its value."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import BaseModel

from service.schema import Evidence, Quantity, Report, Text
from service.web.views.fields import (
    Claim,
    Field,
    Kind,
    doubtful,
    fields,
    money_unit,
    pointer_of,
)
from service.web.views.findings import failed, findings
from service.web.views.places import outlines, pages_of, spots
from tests.web.reports import ROW_X, report


@pytest.fixture
def items() -> list[Field]:
    return fields(report())


def _at(items: list[Field], pointer: str) -> Field:
    return next(item for item in items if item.pointer == f"/evaluations/0/{pointer}")


def _lookup(value: object, pointer: str) -> object:
    for part in pointer.split("/")[1:]:
        value = value[int(part)] if isinstance(value, list) else getattr(value, part)
    return value


def _values(value: object) -> Iterator[Text | Quantity]:
    if isinstance(value, Text | Quantity):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _values(getattr(value, name))
    elif isinstance(value, list):
        for item in value:
            yield from _values(item)


def test_every_pointer_names_the_value_that_is_shown(items: list[Field]) -> None:
    made = report()
    for item in items:
        value = _lookup(made, item.pointer)
        shown = value.text if isinstance(value, Text | Quantity) else value
        if item.kind is Kind.STATUS:
            assert item.text == "达成"
        elif isinstance(shown, float):
            assert float(item.text) == shown
        else:
            assert item.text == ("" if shown is None else str(shown))


def test_every_read_value_of_the_report_is_shown_once(items: list[Field]) -> None:
    pointers = [item.pointer for item in items]
    assert len(set(pointers)) == len(pointers)
    made = report()
    shown = [id(_lookup(made, pointer)) for pointer in pointers]
    assert {id(value) for value in _values(made)} <= set(shown)


def test_accepting_a_value_is_about_that_value(items: list[Field]) -> None:
    for item in items:
        if item.confidence is not None:
            assert pointer_of(item.confidence_pointer) == item.pointer
            assert _lookup(report(), item.confidence_pointer) == item.confidence
    assert pointer_of("/evaluations/0/year") == "/evaluations/0/year"


def test_money_is_shown_as_printed_under_its_unit(items: list[Field]) -> None:
    assert _at(items, "funds/0/executed").text == "441.60"
    assert money_unit(report().evaluations[0].funds) == "万元"


def test_a_row_number_points_to_its_row(items: list[Field]) -> None:
    score = _at(items, "indicators/0/score")
    assert score.claim is Claim.IN_ROW
    assert len(score.places) == len(ROW_X)


def _under(items: list[Field], x: float, y: float) -> list[Field]:
    """The values whose boxes lie at a point of the first page, as the browser goes through them."""
    inside = [s for s in spots(items, 1) if s.box[0] <= x <= s.box[2] and s.box[1] <= y <= s.box[3]]
    return [next(item for item in items if item.pointer == p) for p in dict.fromkeys(s.pointer for s in inside)]


def test_a_spot_means_the_value_in_the_cell_before_its_row(items: list[Field]) -> None:
    found = _under(items, ROW_X["actual"] + 5, 310)
    assert found[:2] == [_at(items, "indicators/0/actual"), _at(items, "indicators/0/level3")]
    assert _at(items, "indicators/0/score") in found[2:]


def test_a_spot_of_a_rows_number_means_the_row_by_its_name(items: list[Field]) -> None:
    assert _under(items, ROW_X["score"] + 5, 310)[0] == _at(items, "indicators/0/level3")


def test_all_that_is_printed_in_one_place_has_its_spot(items: list[Field]) -> None:
    assert {item.name for item in _under(items, 130.0, 95.0)} == {"名称", "评价对象"}


def test_a_page_has_the_spots_of_what_it_prints(items: list[Field]) -> None:
    printed = {item.pointer for item in items if item.text and any(place.page == 2 for place in item.places)}
    assert printed
    assert {spot.pointer for spot in spots(items, 2)} == printed
    assert spots(items, 3) == []


def test_each_box_is_outlined_once_and_its_click_finds_what_it_names(items: list[Field]) -> None:
    drawn = outlines(items, 1)
    assert len({outline.box for outline in drawn}) == len(drawn)
    for outline in drawn:
        middle = ((outline.box[0] + outline.box[2]) / 2, (outline.box[1] + outline.box[3]) / 2)
        assert outline.pointer in [item.pointer for item in _under(items, *middle)]


def test_doubtful_cells_are_outlined_as_such(items: list[Field]) -> None:
    marked = {outline.pointer for outline in outlines(items, 1) if outline.doubtful}
    assert marked == {f"/evaluations/0/indicators/1/{name}" for name in ("target", "actual")}


def test_a_suggestion_names_the_value_that_it_changes() -> None:
    rate, score, vague = findings(report())
    assert rate.remedy == score.remedy == "/evaluations/0/funds/0/execution_rate"
    assert vague.remedy is None


def test_a_finding_knows_the_values_that_it_is_about() -> None:
    rate, _, vague = findings(report())
    assert rate.pointers == ("/evaluations/0/funds/0/annual_budget", "/evaluations/0/funds/0/executed")
    assert vague.pointers == ("/evaluations/0/indicators/1/target",)
    assert failed([rate, vague]) == {"/evaluations/0/funds/0/execution_rate"}


def test_values_at_fault_are_looked_at_like_doubtful_ones(items: list[Field]) -> None:
    wanted = doubtful(items, failed(findings(report())))
    assert "/evaluations/0/funds/0/execution_rate" in [item.pointer for item in wanted]


def test_a_suggestion_for_a_figure_that_is_not_kept_has_no_target() -> None:
    made: Report = report()
    check = made.evaluations[0].checks[0]
    assert check.message.endswith("若将年度资金总额执行率由82改为92，相关数据均可对上。")
    check.message = "若将“产出指标”标注的分值由82改为92，相关数据均可对上。"
    assert findings(made)[0].remedy is None


def test_a_total_without_a_box_is_told_by_its_name_and_number() -> None:
    made: Report = report()
    check = made.evaluations[0].checks[0]
    check.message, check.found, check.suggestion = "各项得分合计95.2，与总分99.2不一致。", "99.2", None
    found = findings(made)[0]
    assert "/evaluations/0/total_score" in found.pointers
    assert "/evaluations/0/total_score" in failed([found])


def test_the_pages_of_boxes_are_in_order() -> None:
    boxes = [Evidence(page=n, bbox=(1, 2, 3, 4), source="cell") for n in (2, 1, 2)]
    assert pages_of(boxes) == [1, 2]

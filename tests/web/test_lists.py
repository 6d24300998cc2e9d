"""Lists, their filters, and the overview's charts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from service.store.evaluations import RATE_BARS, SCORE_BARS, EvaluationFilters
from service.store.models import Document, Evaluation
from service.web.views import filters
from service.web.views.listing import moment, progress, row
from service.web.views.overview import charts, numbers, percent, shortened, wan

BEIJING = timezone(timedelta(hours=8))
NOON = datetime(2031, 5, 6, 12, 30, tzinfo=BEIJING)


def document(**values: Any) -> Document:
    known = {
        "id": "d1", "file_name": "湿地.pdf", "status": "done", "pages_done": 0, "page_count": None, "created_at": NOON,
        "uploaded_by": "user:li", "error_message": None,
    }  # fmt: skip
    return Document(**known | values)


def evaluation(**values: Any) -> Evaluation:
    known = {
        "subject": "湿地巡护", "title": None, "unit": "青川市林业局", "year": 2031, "score": 91.0, "grade": "优",
        "errors": 1, "warnings": 0, "doubtful": 2,
    }  # fmt: skip
    return Evaluation(**known | values)


@pytest.mark.parametrize(
    ("values", "label", "share"),
    [
        ({"status": "queued"}, "排队中", 0.0),
        ({"status": "running"}, "识别中", 0.0),
        ({"status": "running", "page_count": 8, "pages_done": 2}, "识别中：已读 2／8 页", 0.25),
        ({"status": "running", "page_count": 8, "pages_done": 8}, "正在汇总", 1.0),
        ({"status": "done", "page_count": 8, "pages_done": 8}, "已完成", 1.0),
        ({"status": "failed", "page_count": 8, "pages_done": 3}, "未读成", 0.0),
    ],
)
def test_progress_is_told_by_page(values: dict[str, Any], label: str, share: float) -> None:
    shown = progress(document(**values))
    assert (shown.label, shown.share) == (label, share)


def test_who_waits_is_told_for_how_many() -> None:
    assert progress(document(status="queued"), 3).label == "排队中，前面还有 3 份"
    assert progress(document(status="running"), 3).label == "识别中"


def test_a_row_sums_up_the_evaluations_of_its_document() -> None:
    several = [evaluation(), evaluation(subject="堤防", year=2030, score=80.0, grade="良"), evaluation(subject="灌区")]
    shown = row(document(evaluations=several), NOON)
    assert shown.subjects == ("湿地巡护", "堤防", "等 3 项")
    assert (shown.units, shown.years, shown.scores, shown.grades) == ("青川市林业局", "2031、2030", "80–91", "优、良")
    assert (shown.errors, shown.doubtful) == (3, 6)


def test_a_row_of_a_failed_document_says_why() -> None:
    shown = row(document(status="failed", error_message="文件已损坏。", evaluations=[]), NOON)
    assert shown.error == "文件已损坏。"
    assert shown.scores == shown.units == ""


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        (NOON, "5月6日 12:30"),
        (datetime(2031, 5, 6, 20, 0, tzinfo=UTC), "5月7日 04:00"),
        (datetime(2030, 12, 31, 23, 59, tzinfo=BEIJING), "2030-12-31 23:59"),
    ],
)
def test_times_are_told_in_the_readers_zone(at: datetime, shown: str) -> None:
    assert moment(at, NOON) == shown


OFFERED = {"text": filters.TEXT, "year": filters.YEAR, "grade": filters.GRADE, "has_errors": filters.ERRORS}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"year": "2031", "grade": "优", "text": " 湿地 "}, {"year": 2031, "grade": "优", "text": "湿地"}),
        ({"has_errors": "true"}, {"has_errors": True}),
        ({"has_errors": "false", "min_score": "90"}, {"has_errors": False, "min_score": 90.0}),
        ({"year": "今年", "grade": "一般", "has_errors": "1", "below_score": "x", "other": "1"}, {}),
        ({"year": ""}, {}),
    ],
)
def test_filters_are_read_from_the_address_and_nonsense_is_left_out(
    asked: dict[str, str], found: dict[str, object]
) -> None:
    assert filters.values(OFFERED, asked) == found


def test_an_address_leads_back_to_its_filters() -> None:
    address = filters.address("/", {"text": "湿地 & 100%", "year": 2031, "grade": None})
    query = {name: value for name, (value,) in parse_qs(urlsplit(address).query).items()}
    assert filters.values(OFFERED, query) == {"text": "湿地 & 100%", "year": 2031}
    assert filters.address("/", {"year": None}) == "/"


def test_ranges_are_told_in_words() -> None:
    assert filters.ranges({"min_score": 80.0, "below_score": 90.0, "year": 2031}) == "得分 ≥ 80，得分 < 90"


def test_filters_are_told_in_words() -> None:
    asked = {"text": "湿地", "year": 2031, "has_errors": True, "min_score": 80.0}
    assert filters.told(OFFERED, asked) == ["搜索：湿地", "年度：2031", "问题：有错误", "得分 ≥ 80"]
    assert filters.told(OFFERED, {}) == []


def figures(**more: Any) -> dict[str, Any]:
    def bars(starts: tuple[int, ...]) -> list[dict[str, Any]]:
        return [{"from": s, "below": e, "count": s} for s, e in zip(starts, [*starts[1:], None], strict=True)]

    known = {
        "documents": [{"status": s, "count": n} for s, n in (("done", 3), ("queued", 2), ("running", 1))],
        "evaluations": 4,
        "execution_rates": bars(RATE_BARS),
        "scores": bars(SCORE_BARS),
        "grades": [{"grade": "中", "count": 3}, {"grade": None, "count": 2}, {"grade": "优", "count": 1}],
        "levels": [{"level": "county", "count": 2, "score": 88.5, "execution_rate": 90.0}],
        "units": [{"unit": None, "score": 1.0}, {"unit": "青川市湿地与候鸟保护管理中心", "score": 90.0}],
        "kinds": [{"kind": "project", "count": 4}],
        "findings": [
            {"rule": "F1", "severity": "warning", "count": 2},
            {"rule": "F1", "severity": "error", "count": 1},
            {"rule": "T1", "severity": "info", "count": 5},
        ],
        "years": [{"year": 2031, "budget": 4_800_000.0, "executed": None, "score": 90.0, "execution_rate": 92.0}],
    }  # fmt: skip
    return known | more


def test_every_bar_of_a_distribution_leads_to_evaluations_of_its_range() -> None:
    asked = {"year": 2031}
    for chart, column in zip(charts(figures(), asked)[:2], ("execution_rate", "score"), strict=True):
        (bars,) = chart.series.values()
        edges = []
        for bar in bars:
            parts = urlsplit(bar.link)
            query = {name: value for name, (value,) in parse_qs(parts.query).items()}
            found = EvaluationFilters(**filters.values({"year": filters.YEAR}, query))
            assert parts.path == "/evaluations"
            assert found.year == 2031
            edges.append((getattr(found, f"min_{column}"), getattr(found, f"below_{column}")))
        assert [low for low, _ in edges[1:]] == [high for _, high in edges[:-1]]  # no gap, no overlap
        assert edges[-1][1] is None


def test_grades_stand_from_best_to_worst_and_rules_from_most_to_least() -> None:
    by_title = {chart.title: chart for chart in charts(figures(), {})}
    assert [bar.name for bar in by_title["等级"].series["自评数"]] == ["优", "中"]
    rules = by_title["问题种类"].series["问题数"]
    assert [(bar.name, bar.value) for bar in rules] == [("T1 指标值", 5), ("F1 预算执行率", 3)]
    assert rules[1].link == "/findings?rule=F1"


def test_a_click_on_a_shortened_unit_asks_for_its_whole_name() -> None:
    chart = next(chart for chart in charts(figures(), {}) if chart.title == "各单位平均得分")
    (bar,) = chart.series["平均得分"]
    assert bar.name == shortened("青川市湿地与候鸟保护管理中心") == "青川市湿地与候鸟保护管…"
    assert parse_qs(urlsplit(chart.link("平均得分", 0)).query)["unit"] == ["青川市湿地与候鸟保护管理中心"]


def test_charts_without_figures_are_empty() -> None:
    nothing = figures(years=[], grades=[], levels=[], units=[], findings=[])
    empty = {chart.title for chart in charts(nothing, {}) if chart.is_empty}
    assert empty == {"等级", "各级平均得分", "各单位平均得分", "问题种类", "逐年预算与执行", "逐年平均得分与执行率"}


def test_the_numbers_at_the_top_add_up() -> None:
    shown = {label: value for label, (value, _) in numbers(figures()).items()}
    assert (shown["材料"], shown["正在处理"], shown["错误"], shown["警告"]) == ("6", "3", "1", "2")


def test_money_is_told_in_wan() -> None:
    assert (wan(12_345_600), wan(None), percent(92.0), percent(None)) == ("1,234.56", "", "92%", "")

"""Questions across documents."""

from __future__ import annotations

import csv
import io
from typing import Any

import openpyxl
import pytest

from service.schema import Report
from tests.api.conftest import Service
from tests.plain_form import form_pdf

Done = tuple[Service, str]


@pytest.fixture
def two(done: Done, planted: Report) -> Service:
    """The planted form, and one that scored lower the year before."""
    service, _ = done
    other = planted.model_copy(deep=True)
    (evaluation,) = other.evaluations
    evaluation.year, evaluation.total_score, evaluation.grade, evaluation.checks = 2022, 71.0, "中", []
    evaluation.funds[0].execution_rate = 60.5
    service.finish(service.upload(form_pdf(2), "去年.pdf"), other)
    return service


def years(service: Service, **params: Any) -> list[int]:
    answer = service.anybody.get("/v1/evaluations", params=params)
    assert answer.status_code == 200, answer.text
    return [each["year"] for each in answer.json()["evaluations"]]


def test_evaluations_are_found_by_what_they_say(two: Service) -> None:
    assert years(two, sort="year") == [2022, 2023]
    assert years(two, year=2022) == [2022]
    assert years(two, level="county", kind="project", unit="河道", sort="-year") == [2023, 2022]
    assert years(two, min_score=90) == [2023]
    assert years(two, max_score=71) == [2022]
    assert years(two, below_score=71) == []
    assert years(two, max_execution_rate=61) == [2022]
    assert years(two, grade="中") == [2022]
    assert years(two, status="done", has_errors=False) == [2022]
    assert years(two, text="清淤", sort="score") == [2022, 2023]
    assert years(two, status="failed") == []


def test_evaluations_come_by_pages(two: Service) -> None:
    page = two.anybody.get("/v1/evaluations", params={"limit": 1, "sort": "score"}).json()
    rest = two.anybody.get(
        "/v1/evaluations", params={"limit": 1, "sort": "score", "cursor": page["next_cursor"]}
    ).json()
    assert [page["evaluations"][0]["score"], rest["evaluations"][0]["score"]] == [71.0, 97.88]
    assert (page["total"], rest["next_cursor"]) == (2, None)


@pytest.mark.parametrize(
    "params", [{"sort": "colour"}, {"cursor": "x"}, {"year": "0"}, {"limit": 1000}, {"level": "moon"}]
)
def test_a_wrong_question_is_refused(service: Service, params: dict[str, Any]) -> None:
    answer = service.anybody.get("/v1/evaluations", params=params)
    assert answer.status_code == 422
    assert answer.json()["detail"]


def test_evaluations_come_as_csv_and_workbook(two: Service) -> None:
    answer = two.anybody.get("/v1/evaluations", params={"format": "csv", "sort": "year"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["年度"], row["执行率（%）"], row["层级"]) for row in rows] == [
        ("2022", "60.5", "县级"),
        ("2023", "98.75", "县级"),
    ]
    answer = two.anybody.get("/v1/evaluations", params={"format": "xlsx", "year": 2023})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content))["评价"]
    assert sheet.max_row == 2


def test_findings_name_their_evaluation(two: Service) -> None:
    found = two.anybody.get("/v1/findings", params={"severity": "error"}).json()
    assert {(f["rule"], f["year"], f["subject"]) for f in found["findings"]} == {("S2", 2023, "河道清淤项目")}
    assert all(f["evidence"] for f in found["findings"])
    assert two.anybody.get("/v1/findings", params={"year": 2022}).json()["total"] == 0
    lines = two.anybody.get("/v1/findings", params={"format": "csv"}).text.strip().splitlines()
    assert len(lines) == 1 + two.anybody.get("/v1/findings").json()["total"]


def test_statistics_count_what_is_listed(two: Service) -> None:
    found = two.anybody.get("/v1/statistics").json()
    assert found["evaluations"] == 2
    assert {"status": "done", "count": 2} in found["documents"]
    assert sum(bar["count"] for bar in found["scores"]) == 2
    assert [each["year"] for each in found["years"]] == [2022, 2023]
    for bar in found["execution_rates"]:
        params = {"min_execution_rate": bar["from"]} | ({"below_execution_rate": bar["below"]} if bar["below"] else {})
        assert two.anybody.get("/v1/evaluations", params=params).json()["total"] == bar["count"]

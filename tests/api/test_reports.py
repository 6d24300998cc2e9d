"""Reports over HTTP: served with corrections laid over them, kept as they were read, exported."""

from __future__ import annotations

import csv
import io
from typing import Any

import openpyxl
import pymupdf
import pytest

from service.schema import Report
from tests.api.conftest import Service

Done = tuple[Service, str]
TOTAL = "/evaluations/0/total_score"
EXECUTED = "/evaluations/0/funds/0/executed"
PATCH = {"Content-Type": "application/json-patch+json"}


def address(done: Done, part: str = "report") -> str:
    return f"/v1/documents/{done[1]}/{part}"


def correct(done: Done, body: Any, **asked: Any) -> Any:
    return done[0].anybody.patch(address(done), json=body, **asked)


def rules(report: dict[str, Any]) -> set[str]:
    return {check["rule"] for check in report["evaluations"][0]["checks"]}


def test_the_report_is_what_was_read(done: Done, planted: Report) -> None:
    answer = done[0].anybody.get(address(done))
    assert Report.model_validate(answer.json()) == planted


def test_a_report_that_did_not_change_is_not_sent_again(done: Done) -> None:
    etag = done[0].anybody.get(address(done)).headers["etag"]
    assert done[0].anybody.get(address(done), headers={"If-None-Match": etag}).status_code == 304
    correct(done, {"corrections": [{"path": TOTAL, "value": 99.88}]})
    assert done[0].anybody.get(address(done), headers={"If-None-Match": etag}).status_code == 200


def test_while_it_is_read_there_is_progress_in_place_of_a_report(service: Service) -> None:
    document_id = service.upload()
    for part in ("report", "report.xlsx", "report.csv", "annotated.pdf"):
        answer = service.anybody.get(f"/v1/documents/{document_id}/{part}")
        assert (answer.status_code, answer.json()["code"]) == (409, "not_ready")
        assert answer.json()["progress"]["status"] == "queued"
        assert answer.headers["retry-after"]


def test_a_correction_is_served_and_its_finding_vanishes(done: Done) -> None:
    answer = correct(done, {"corrections": [{"path": TOTAL, "value": 99.88}]})
    assert answer.status_code == 200
    assert answer.json()["evaluations"][0]["total_score"] == 99.88
    served = done[0].anybody.get(address(done)).json()
    assert served == answer.json()
    read = done[0].anybody.get(address(done), params={"as_read": True}).json()
    assert read["evaluations"][0]["total_score"] == 97.88
    assert rules(read) - rules(served) == {"S2"}
    assert done[0].anybody.get("/v1/findings", params={"rule": "S2"}).json()["total"] == 0


def test_a_printed_amount_is_understood_in_the_units_of_its_block(done: Done) -> None:
    answer = correct(done, {"corrections": [{"path": EXECUTED, "value": "117.5"}]})
    executed = answer.json()["evaluations"][0]["funds"][0]["executed"]
    assert (executed["value"], executed["text"], executed["confidence"]) == (1_175_000.0, "117.5", 1.0)


def test_corrections_are_kept_with_who_and_when_and_can_be_undone(done: Done) -> None:
    correct(done, {"corrections": [{"path": TOTAL, "value": 99.88}]})
    (kept,) = done[0].anybody.get(address(done, "corrections")).json()["corrections"]
    assert (kept["path"], kept["old"], kept["new"], kept["actor"]) == (TOTAL, 97.88, 99.88, "local")
    undone = done[0].anybody.delete(address(done, "corrections/last")).json()
    assert undone["undone_by"] == "local"
    assert done[0].anybody.get(address(done)).json()["evaluations"][0]["total_score"] == 97.88
    nothing = done[0].anybody.delete(address(done, "corrections/last"))
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing_to_undo")


def test_a_json_patch_becomes_corrections(done: Done) -> None:
    patch = [
        {"op": "test", "path": TOTAL, "value": 97.88},
        {"op": "replace", "path": TOTAL, "value": 99.88},
        {"op": "remove", "path": "/evaluations/0/year"},
    ]
    answer = correct(done, patch, headers=PATCH)
    assert answer.status_code == 200, answer.text
    evaluation = answer.json()["evaluations"][0]
    assert (evaluation["total_score"], evaluation["year"]) == (99.88, None)
    kept = done[0].anybody.get(address(done, "corrections")).json()["corrections"]
    assert [each["path"] for each in kept] == [TOTAL, "/evaluations/0/year"]


def test_a_json_patch_can_remove_a_row(done: Done) -> None:
    answer = correct(done, [{"op": "remove", "path": "/evaluations/0/indicators/1"}], headers=PATCH)
    names = [row["level3"] for row in answer.json()["evaluations"][0]["indicators"]]
    assert names == ["清淤河道长度", "群众满意度"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ([{"op": "test", "path": TOTAL, "value": 1}], 409, "patch_refused"),
        ([{"op": "replace", "path": "/evaluations/9/total_score", "value": 1}], 422, "invalid_request"),
        ([{"op": "melt", "path": TOTAL}], 422, "invalid_request"),
        ([{"op": "replace", "path": TOTAL, "value": "viel"}], 422, "bad_value"),
        ([], 422, "invalid_request"),
        ({"corrections": []}, 422, "invalid_request"),
        ({"corrections": [{"path": "/document/id", "value": "x"}]}, 422, "unknown_path"),
        ({"corrections": [{"path": "/evaluations/0/checks", "value": []}]}, 422, "unknown_path"),
        ({"corrections": [{"path": "/evaluations/0/kind", "value": "party"}]}, 422, "bad_value"),
        ({"corrections": [{"path": TOTAL, "value": 1, "more": 1}]}, 422, "invalid_request"),
        ("text", 422, "invalid_request"),
    ],
)
def test_what_cannot_be_corrected_is_refused_and_nothing_changes(done: Done, body: Any, status: int, code: str) -> None:
    before = done[0].anybody.get(address(done)).json()
    answer = correct(done, body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert done[0].anybody.get(address(done)).json() == before


def test_all_corrections_are_made_or_none(done: Done) -> None:
    body = {"corrections": [{"path": TOTAL, "value": 99.88}, {"path": "/evaluations/0/nothing", "value": 1}]}
    assert correct(done, body).status_code == 422
    assert done[0].anybody.get(address(done)).json()["evaluations"][0]["total_score"] == 97.88


def test_a_body_that_is_no_json_is_refused(done: Done) -> None:
    answer = done[0].anybody.patch(address(done), content=b"{", headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request")


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1e999", '"\\u0000"', '"\\ud800"'])
def test_what_no_database_keeps_is_refused(done: Done, value: str) -> None:
    body = f'{{"corrections": [{{"path": "{TOTAL}", "value": {value}}}]}}'
    head = {"Content-Type": "application/json"}
    answer = done[0].anybody.patch(address(done), content=body.encode(), headers=head)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


def test_a_report_that_changed_meanwhile_is_not_overwritten(done: Done) -> None:
    etag = done[0].anybody.get(address(done)).headers["etag"]
    first = correct(done, {"corrections": [{"path": TOTAL, "value": 99.0}]}, headers={"If-Match": etag})
    assert first.status_code == 200
    late = correct(done, {"corrections": [{"path": TOTAL, "value": 98.0}]}, headers={"If-Match": etag})
    assert (late.status_code, late.json()["code"]) == (412, "report_changed")
    fresh = {"If-Match": first.headers["etag"]}
    assert correct(done, {"corrections": [{"path": TOTAL, "value": 98.0}]}, headers=fresh).status_code == 200


def test_the_workbook_holds_the_corrected_value(done: Done) -> None:
    correct(done, {"corrections": [{"path": TOTAL, "value": 99.88}]})
    answer = done[0].anybody.get(address(done, "report.xlsx"))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content))["总览"]
    row = dict(zip((cell.value for cell in sheet[1]), (cell.value for cell in sheet[2]), strict=True))
    assert row["总分"] == 99.88
    assert "filename*=UTF-8''" in answer.headers["content-disposition"]


def test_a_table_comes_as_csv(done: Done) -> None:
    answer = done[0].anybody.get(address(done, "report.csv"), params={"table": "funds"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert row["全年执行数（万元）"] == "118.5"
    assert done[0].anybody.get(address(done, "report.csv"), params={"table": "all"}).status_code == 422


def test_the_annotated_original_follows_corrections(done: Done) -> None:
    def comments() -> list[str]:
        answer = done[0].anybody.get(address(done, "annotated.pdf"))
        assert answer.status_code == 200
        with pymupdf.open(stream=answer.content, filetype="pdf") as document:
            return [note.info["title"] for page in document for note in page.annots()]

    assert any("S2" in title for title in comments())
    correct(done, {"corrections": [{"path": TOTAL, "value": 99.88}]})
    assert not any("S2" in title for title in comments())

"""From an uploaded file to its workbook, through a real server and a real worker, on SQLite and on PostgreSQL."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import openpyxl
import pytest

from service.api import create_app
from service.store import Store
from tests.api.conftest import listening
from tests.broken_files import truncated_pdf
from tests.export.reports import FILE_NAME, planted_pdf
from tests.plain_form import form_pdf
from tests.stores import StartWorker

pytest_plugins = ["tests.store_fixtures"]

# A worker loads its models first, on a machine that may do much else.
PATIENCE = 240.0
DONE = ("done", "failed", "cancelled")


@pytest.fixture(scope="module")
def client(shared_store: Store, start_worker: StartWorker) -> Iterator[httpx.Client]:
    start_worker(shared_store, worker_silence=PATIENCE)
    with (
        listening(create_app(shared_store.settings, store=shared_store)) as address,
        httpx.Client(base_url=address, timeout=PATIENCE) as made,
    ):
        yield made


def upload(client: httpx.Client, data: bytes, name: str = FILE_NAME, **params: Any) -> str:
    answer = client.post("/v1/documents", files={"file": (name, data)}, params=params)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["documents"][0]["id"])


def ended(client: httpx.Client, document_id: str) -> dict[str, Any]:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        document: dict[str, Any] = client.get(f"/v1/documents/{document_id}").json()
        if document["status"] in DONE:
            return document
        time.sleep(0.2)
    raise AssertionError(f"not done: {document}")


def test_an_upload_is_followed_read_corrected_and_downloaded(client: httpx.Client) -> None:
    document_id = upload(client, planted_pdf())
    with client.stream("GET", f"/v1/documents/{document_id}/events") as stream:
        lines = [line for line in stream.iter_lines() if line.startswith("data: ")]
    told = [json.loads(line.removeprefix("data: ")) for line in lines]
    assert told[-1]["status"] == "done"
    assert [each["pages_done"] for each in told] == sorted(each["pages_done"] for each in told)

    document = client.get(f"/v1/documents/{document_id}").json()
    assert (document["pages_done"], document["page_count"], document["error"]) == (1, 1, None)
    assert set(document["timings"]) >= {"queued", "reading", "assembling"}
    assert document["versions"]["pipeline"]

    report = client.get(f"/v1/documents/{document_id}/report").json()
    assert [check["rule"] for check in report["evaluations"][0]["checks"]] == ["S2"]
    change = {"corrections": [{"path": "/evaluations/0/total_score", "value": 99.88}]}
    corrected = client.patch(f"/v1/documents/{document_id}/report", json=change).json()
    assert corrected["evaluations"][0]["checks"] == []

    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/v1/documents/{document_id}/report.xlsx").content))
    head, row = list(book["总览"].values)[:2]
    assert dict(zip(head, row, strict=True))["总分"] == 99.88
    assert client.get("/v1/evaluations", params={"min_score": 99}).json()["total"] == 1
    assert client.get("/v1/statistics").json()["evaluations"] == 1


def test_a_file_that_cannot_be_read_ends_with_its_reason_and_blocks_nobody(client: httpx.Client) -> None:
    broken = upload(client, b"%PDF-1.7\n" + truncated_pdf()[9:400], "坏.pdf")
    good = upload(client, form_pdf(2), "好.pdf")
    document = ended(client, broken)
    assert document["status"] == "failed"
    assert document["error"]["code"] == "damaged_file"
    assert "请" in document["error"]["message"]
    assert ended(client, good)["status"] == "done"
    answer = client.get(f"/v1/documents/{broken}/report")
    assert (answer.status_code, answer.json()["code"]) == (409, "ended_without_report")


def test_reprocessing_keeps_corrections(client: httpx.Client) -> None:
    document_id = upload(client, form_pdf(1), "再.pdf")
    assert ended(client, document_id)["status"] == "done"
    change = {"corrections": [{"path": "/evaluations/0/year", "value": 2021}]}
    assert client.patch(f"/v1/documents/{document_id}/report", json=change).status_code == 200
    assert client.post(f"/v1/documents/{document_id}/retry").status_code == 202
    assert ended(client, document_id)["run"] == 2
    assert client.get(f"/v1/documents/{document_id}/report").json()["evaluations"][0]["year"] == 2021


def test_a_deleted_document_leaves_nothing(client: httpx.Client, shared_store: Store) -> None:
    document_id = upload(client, form_pdf(3), "删.pdf")
    sha256 = ended(client, document_id)["sha256"]
    assert client.get(f"/v1/documents/{document_id}/pages/3.png").status_code == 200
    assert client.delete(f"/v1/documents/{document_id}").status_code == 204
    assert client.get(f"/v1/documents/{document_id}").status_code == 404
    assert not shared_store.files.exists(sha256)
    assert shared_store.files.read_cache(f"{document_id}/page-3-150.png") is None

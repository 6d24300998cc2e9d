"""Documents over HTTP: taken in once, listed, followed, cancelled, deleted."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from PIL import Image

from service.schema import Report
from service.store import documents
from tests.api.conftest import Service, started
from tests.broken_files import encrypted_pdf
from tests.export.reports import FILE_NAME, planted_pdf
from tests.plain_form import form_image, form_pdf


def test_an_upload_is_queued_and_says_where_its_parts_are(service: Service) -> None:
    answer = service.anybody.post("/v1/documents", files=[("file", (FILE_NAME, planted_pdf()))])
    assert answer.status_code == 202
    (document,) = answer.json()["documents"]
    assert document["status"] == "queued"
    assert document["file_name"] == FILE_NAME
    assert document["media_type"] == "application/pdf"
    assert document["links"]["self"] == f"/v1/documents/{document['id']}"
    assert service.anybody.get(document["links"]["self"]).json()["ahead"] == 0


def test_the_same_bytes_are_the_same_document(service: Service) -> None:
    first = service.anybody.post("/v1/documents", files=[("file", ("一.pdf", planted_pdf()))]).json()
    again = service.anybody.post("/v1/documents", files=[("file", ("二.pdf", planted_pdf()))])
    assert again.status_code == 200
    assert again.json()["documents"][0]["id"] == first["documents"][0]["id"]
    assert service.anybody.get("/v1/documents").json()["total"] == 1


@pytest.mark.parametrize("how", ["params", "data"])
def test_reprocess_queues_a_known_file_again(done: tuple[Service, str], how: str) -> None:
    service, document_id = done
    files = [("file", (FILE_NAME, planted_pdf()))]
    answer = service.anybody.post("/v1/documents", files=files, **{how: {"reprocess": "true"}})
    assert answer.status_code == 202
    (document,) = answer.json()["documents"]
    assert (document["id"], document["status"], document["run"]) == (document_id, "queued", 2)


@pytest.mark.parametrize("how", ["params", "data"])
def test_options_come_in_the_address_or_the_form(service: Service, how: str) -> None:
    files = [("file", (FILE_NAME, planted_pdf()))]
    answer = service.anybody.post("/v1/documents", files=files, **{how: {"profile": "hubei", "priority": 2}})
    (document,) = answer.json()["documents"]
    assert (document["profile"], document["priority"]) == ("hubei", 2)


def test_an_unknown_profile_is_refused_before_anything_is_kept(service: Service) -> None:
    files = [("file", (FILE_NAME, planted_pdf()))]
    answer = service.anybody.post("/v1/documents", files=files, params={"profile": "atlantis"})
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_profile")
    assert service.anybody.get("/v1/documents").json()["total"] == 0


def test_of_several_files_the_good_ones_are_taken(service: Service) -> None:
    files = [("file", ("好.pdf", planted_pdf())), ("file", ("坏.docx", b"PK\x03\x04...")), ("file", ("空.pdf", b""))]
    answer = service.anybody.post("/v1/documents", files=files)
    assert answer.status_code == 202
    assert [d["file_name"] for d in answer.json()["documents"]] == ["好.pdf"]
    assert [(r["file_name"], r["code"]) for r in answer.json()["refused"]] == [
        ("坏.docx", "unsupported_file"),
        ("空.pdf", "empty_file"),
    ]


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"", 422, "empty_file"),
        (b"PK\x03\x04 word", 415, "unsupported_file"),
        (b"<html><script>alert(1)</script>", 415, "unsupported_file"),
        (b"GIF89a", 415, "unsupported_file"),
    ],
)
def test_what_is_no_document_is_refused_by_its_bytes(service: Service, data: bytes, status: int, code: str) -> None:
    answer = service.anybody.post("/v1/documents", files=[("file", ("report.pdf", data, "application/pdf"))])
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\报表\\一.pdf", "一.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("..", "未命名"),
        ("长" * 300 + ".pdf", "长" * 196 + ".pdf"),
    ],
)
def test_a_file_name_is_never_a_path(service: Service, given: str, kept: str) -> None:
    service.upload(name=given)
    (document,) = service.anybody.get("/v1/documents").json()["documents"]
    assert document["file_name"] == kept


def test_the_list_filters_sorts_and_pages(done: tuple[Service, str]) -> None:
    service, read = done
    waiting = [service.upload(form_pdf(pages), f"{pages}.pdf") for pages in (1, 2)]
    ask = service.anybody.get

    def ids(**params: object) -> list[str]:
        return [d["id"] for d in ask("/v1/documents", params=params).json()["documents"]]

    assert ids(status="done") == [read]
    assert ids(year=2023, kind="project", unit="河道", has_errors=True) == [read]
    assert ids(year=2022) == []
    assert ids(text="清淤") == [read]
    assert set(ids(status="queued")) == set(waiting)
    page = ask("/v1/documents", params={"limit": 2, "sort": "file_name"}).json()
    assert [d["file_name"] for d in page["documents"]] == ["1.pdf", "2.pdf"]
    rest = ask("/v1/documents", params={"limit": 2, "sort": "file_name", "cursor": page["next_cursor"]}).json()
    assert [d["id"] for d in rest["documents"]] == [read]
    assert (rest["next_cursor"], rest["total"]) == (None, 3)


def test_a_document_shows_times_versions_and_pages(done: tuple[Service, str]) -> None:
    service, document_id = done
    document = service.anybody.get(f"/v1/documents/{document_id}").json()
    assert (document["status"], document["page_count"], document["pages_done"]) == ("done", 1, 1)
    assert document["timings"] == {"reading": 0.1}
    assert document["versions"] == {"pipeline": "0"}
    assert document["error"] is None


def test_a_failed_document_says_why(service: Service) -> None:
    document_id = service.upload()
    with service.store.database.session() as session:
        documents.begin(session, document_id, 1)
        documents.fail(session, document_id, 1, code="damaged_file", message="文件已损坏。", retryable=False)
    document = service.anybody.get(f"/v1/documents/{document_id}").json()
    assert document["error"] == {"code": "damaged_file", "message": "文件已损坏。", "retryable": False}
    answer = service.anybody.get(f"/v1/documents/{document_id}/report")
    assert (answer.status_code, answer.json()["code"]) == (409, "ended_without_report")
    assert "文件已损坏" in answer.json()["detail"]


def test_events_tell_progress_and_end(done: tuple[Service, str]) -> None:
    service, document_id = done
    answer = service.anybody.get(f"/v1/documents/{document_id}/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    fields = dict(line.split(": ", 1) for line in answer.text.strip().splitlines() if ": " in line)
    assert fields["event"] == "end"
    assert json.loads(fields["data"])["status"] == "done"


def test_a_queued_document_can_be_cancelled_once(service: Service) -> None:
    document_id = service.upload()
    assert service.anybody.post(f"/v1/documents/{document_id}/cancel").json()["status"] == "cancelled"
    again = service.anybody.post(f"/v1/documents/{document_id}/cancel")
    assert (again.status_code, again.json()["code"]) == (409, "nothing_to_cancel")
    retried = service.anybody.post(f"/v1/documents/{document_id}/retry")
    assert (retried.status_code, retried.json()["status"]) == (202, "queued")
    assert service.anybody.post(f"/v1/documents/{document_id}/retry").status_code == 409


def test_a_deleted_document_is_gone_with_its_file(done: tuple[Service, str]) -> None:
    service, document_id = done
    sha256 = service.anybody.get(f"/v1/documents/{document_id}").json()["sha256"]
    assert service.anybody.delete(f"/v1/documents/{document_id}").status_code == 204
    assert service.anybody.get(f"/v1/documents/{document_id}").json()["code"] == "no_such_document"
    assert service.anybody.get("/v1/evaluations").json()["total"] == 0
    assert not service.store.files.exists(sha256)


def test_the_original_comes_back_as_a_download(service: Service) -> None:
    document_id = service.upload()
    answer = service.anybody.get(f"/v1/documents/{document_id}/file")
    assert answer.content == planted_pdf()
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].endswith(f"filename*=UTF-8''{quote(FILE_NAME)}")
    assert "sandbox" in answer.headers["content-security-policy"]


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """An open service whose child processes several tests share: starting one takes seconds."""
    yield from started(tmp_path_factory.mktemp("reading"))


def test_a_page_is_a_picture_that_may_be_kept(reading: Service) -> None:
    document_id = reading.upload()
    address = f"/v1/documents/{document_id}/pages/1.png"
    answer = reading.anybody.get(address, params={"dpi": 100})
    assert answer.status_code == 200, answer.text
    assert Image.open(io.BytesIO(answer.content)).size == pytest.approx((595 / 72 * 100, 842 / 72 * 100), abs=1)
    assert "immutable" in answer.headers["cache-control"]
    again = reading.anybody.get(address, params={"dpi": 100}, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    beyond = reading.anybody.get(f"/v1/documents/{document_id}/pages/2.png")
    assert (beyond.status_code, beyond.json()["code"]) == (404, "no_such_page")


def test_a_page_of_an_encrypted_file_is_refused(reading: Service) -> None:
    document_id = reading.upload(encrypted_pdf())
    answer = reading.anybody.get(f"/v1/documents/{document_id}/pages/1.png")
    assert (answer.status_code, answer.json()["code"]) == (422, "encrypted_file")


def test_a_small_file_is_read_at_once_and_not_kept(reading: Service, planted: Report) -> None:
    answer = reading.anybody.post("/v1/extract", files={"file": (FILE_NAME, planted_pdf())})
    assert answer.status_code == 200
    report = Report.model_validate(answer.json())
    assert report.evaluations == planted.evaluations
    assert reading.anybody.get("/v1/documents", params={"status": "done"}).json()["total"] == 0


def test_a_longer_file_is_sent_to_the_queue(reading: Service) -> None:
    answer = reading.anybody.post("/v1/extract", files={"file": (FILE_NAME, form_pdf(6))})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_long_for_one_call")
    assert "6" in answer.json()["detail"]


def test_a_picture_is_told_by_its_bytes(reading: Service) -> None:
    document_id = reading.upload(form_image(dpi=72), "图.png")
    assert reading.anybody.get(f"/v1/documents/{document_id}").json()["media_type"] == "image/png"


def test_more_small_files_than_can_be_read_are_sent_away(service: Service) -> None:
    places = service.anybody.app.state.readers._may_read
    while places.acquire(blocking=False):
        pass
    answer = service.anybody.post("/v1/extract", files={"file": (FILE_NAME, planted_pdf())})
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert answer.headers["retry-after"]

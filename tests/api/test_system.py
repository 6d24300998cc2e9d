"""The service about itself."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from service import __version__
from service.store import executors
from service.store.models import now
from tests.api.conftest import Service
from tests.plain_form import form_pdf


def test_it_is_alive_without_a_login(public: Service) -> None:
    assert public.anybody.get("/healthz").json() == {"status": "ok", "checks": {}}
    assert public.anybody.get("/v1/version").json()["version"] == __version__


def test_it_is_ready_when_database_and_files_are(service: Service) -> None:
    assert service.anybody.get("/readyz").json()["checks"] == {"database": "ok", "files": "ok", "workers": "none"}
    with service.store.database.session() as session:
        executors.enter(session, "w", host="h", pid=1, slots=2, at=now())
    assert service.anybody.get("/readyz").json()["checks"]["workers"] == "ok"
    with service.store.database.session() as session:
        silent = now() - timedelta(seconds=service.settings.worker_silence + 1)
        executors.enter(session, "w", host="h", pid=1, slots=2, at=silent)
    assert service.anybody.get("/readyz").json()["checks"]["workers"] == "none"


def test_it_is_not_ready_with_another_versions_database(service: Service) -> None:
    with service.store.database.session() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    answer = service.anybody.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (503, "failing")
    assert answer.json()["checks"]["database"] == "outdated_database"


def test_metrics_count_requests_by_route_and_documents_by_status(service: Service) -> None:
    document_id = service.upload(form_pdf())
    service.anybody.get(f"/v1/documents/{document_id}")
    service.anybody.get("/v1/nowhere/at/all")
    with service.store.database.session() as session:
        executors.enter(session, "w", host="h", pid=1, slots=2, at=now())
    shown = service.anybody.get("/metrics").text
    assert 'jixiao_http_requests_total{method="GET",path="/v1/documents/{id}",status="200"} 1.0' in shown
    assert 'jixiao_documents{status="queued"} 1.0' in shown
    assert "jixiao_worker_slots 2.0" in shown
    assert document_id not in shown
    assert "nowhere" not in shown


def test_metrics_take_the_right_to_read(public: Service) -> None:
    assert public.anybody.get("/metrics").status_code == 401
    assert public.anybody.get("/metrics", headers=public.key("read")).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/nothing", 404, "no_such_address"),
        ("PUT", "/v1/documents", 405, "no_such_method"),
        ("POST", "/healthz", 405, "no_such_method"),
        ("GET", "/v1/documents?limit=0", 422, "invalid_request"),
        ("GET", "/v1/documents?text=%00", 400, "malformed_request"),
    ],
)
def test_every_refusal_is_a_problem(service: Service, method: str, path: str, status: int, code: str) -> None:
    answer = service.anybody.request(method, path)
    problem = answer.json()
    assert (answer.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["type"] == f"urn:jixiao:error:{code}"
    assert problem["instance"] == path.partition("?")[0]
    assert "请" in problem["detail"]
    if status == 405:
        assert "GET" in answer.headers["allow"]


def test_problems_speak_english_to_those_who_ask(service: Service) -> None:
    answer = service.anybody.get("/v1/nothing", headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert answer.json()["title"] == "Not Found"
    assert answer.json()["detail"].isascii()


def test_a_defect_is_told_without_its_words(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service.store.database, "reading", _blunder)
    browser = service.browser()
    browser._transport.raise_server_exceptions = False  # type: ignore[attr-defined]
    answer = browser.get("/v1/statistics")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "secret" not in answer.text


def test_a_database_that_is_away_may_come_back(service: Service) -> None:
    with service.store.database.session() as session:
        session.execute(text("DROP TABLE audit"))
    answer = service.anybody.get("/v1/audit")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["retry-after"]


def test_the_documentation_needs_no_network(service: Service) -> None:
    page = service.anybody.get("/docs").text
    assert "http://" not in page.replace("http://127.0.0.1", "")
    assert "https://" not in page
    assert service.anybody.get("/static-offline-docs/swagger-ui-bundle.js").status_code == 200


def test_every_answer_carries_its_protection(service: Service) -> None:
    for path in ("/v1/documents", "/docs", "/v1/nothing"):
        headers = service.anybody.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-request-id"]
    assert service.anybody.get("/v1/documents").headers["cache-control"] == "no-store"


def test_every_address_of_the_interface_shows_an_example_or_a_schema(service: Service) -> None:
    document = service.anybody.get("/openapi.json").json()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation.get("summary"), (method, path)
            assert operation.get("description") or path in ("/v1/version",), (method, path)
            if path.startswith("/v1/") and path != "/v1/version":
                assert operation["security"], (method, path)
                assert "401" in operation["responses"], (method, path)


def _blunder() -> None:
    raise ZeroDivisionError("a secret")


def test_every_address_is_documented(service: Service) -> None:
    text = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
    paths = service.anybody.get("/openapi.json").json()["paths"]
    addresses = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}
    assert set(re.findall(r"^\| `([A-Z]+ /\S+)` \|", text, re.MULTILINE)) == addresses

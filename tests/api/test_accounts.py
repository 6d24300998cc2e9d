"""Who may do what: open on one's own machine, by key for programs, by login for browsers; groups see their own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from starlette.requests import HTTPConnection

from service.api import accounts, security, sessions
from service.api.rates import LOGINS_OF_NAME
from service.schema import Report
from service.store import accounts as stored
from service.store.models import ApiKey, User, WebSession, now
from tests.api.conftest import PASSWORD, Service, started
from tests.export.reports import FILE_NAME, planted_pdf
from tests.plain_form import form_pdf

FILES = [("file", (FILE_NAME, planted_pdf()))]


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_on_this_machine_it_runs_open_until_somebody_has_an_account(service: Service) -> None:
    assert service.anybody.get("/v1/me").json()["is_open"] is True
    key = service.key("read")
    service.anybody.app.state.accounts._open = None  # what it remembers for two seconds
    assert code(service.anybody.get("/v1/me")) == (401, "login_needed")
    assert service.anybody.get("/v1/me", headers=key).json()["scopes"] == ["read"]


def test_every_key_may_ask_who_it_is_and_needs_the_right_to_read_for_a_document(public: Service) -> None:
    key = public.key("upload")
    assert public.anybody.get("/v1/me", headers=key).json()["scopes"] == ["upload"]
    document = public.upload(headers=key)
    for method, address in (("get", ""), ("post", "/cancel"), ("post", "/retry"), ("get", "/report")):
        answer = getattr(public.anybody, method)(f"/v1/documents/{document}{address}", headers=key)
        assert code(answer) == (403, "not_allowed"), address


def test_elsewhere_it_is_never_open(public: Service) -> None:
    answer = public.anybody.get("/v1/documents")
    assert code(answer) == (401, "login_needed")
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("host", ["jixiao.example.org", "evil.test:8000", "127.0.0.1.evil.test", "[", ""])
def test_an_open_service_answers_to_no_other_name(service: Service, host: str) -> None:
    assert code(service.anybody.get("/v1/documents", headers={"Host": host})) == (403, "host_refused")
    assert service.anybody.get("/healthz", headers={"Host": "localhost:8000"}).status_code == 200


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.test"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_other_sites_pages_cannot_change_anything(service: Service, headers: dict[str, str]) -> None:
    assert code(service.anybody.post("/v1/documents", files=FILES, headers=headers)) == (403, "csrf_refused")
    own = {"Origin": "http://127.0.0.1", "Sec-Fetch-Site": "same-origin"}
    assert service.anybody.post("/v1/documents", files=FILES, headers=own).status_code == 202


@pytest.mark.parametrize("key", ["x", "jx_00000000_" + "a" * 43, "jx_", "é"])
def test_a_key_that_was_never_made_opens_nothing(public: Service, key: str) -> None:
    answer = public.anybody.get("/v1/me", headers={"Authorization": f"Bearer {key}".encode()})
    assert code(answer) == (401, "key_refused")


def test_a_revoked_key_opens_nothing(public: Service) -> None:
    key = public.key("read")
    assert public.anybody.get("/v1/me", headers=key).status_code == 200
    with public.store.database.session() as session:
        (row,) = stored.keys(session)
        assert row.last_used_at is not None
        stored.revoke_key(session, row.prefix)
    assert code(public.anybody.get("/v1/me", headers=key)) == (401, "key_refused")


def test_a_key_with_another_secret_opens_nothing(public: Service) -> None:
    text = public.key("admin")["Authorization"].split()[1]
    forged = {"Authorization": f"Bearer {text[:-4]}{'AAAA' if not text.endswith('AAAA') else 'BBBB'}"}
    assert code(public.anybody.get("/v1/me", headers=forged)) == (401, "key_refused")


def test_secrets_are_kept_as_hashes_only(public: Service) -> None:
    text = public.key("read")["Authorization"].split()[1]
    public.user("li", "reader")
    token = public.logged_in("li").cookies[accounts.COOKIE]
    with public.store.database.reading() as session:
        key, user, login = (session.scalars(select(model)).one() for model in (ApiKey, User, WebSession))
    assert text not in (key.hash, key.prefix)
    assert key.hash == security.digest(text)
    assert user.password_hash.startswith("$argon2id$")
    assert login.token_hash == security.digest(token) != token


@pytest.mark.parametrize(
    ("scope", "method", "path", "needed"),
    [
        ("read", "POST", "/v1/documents", "upload"),
        ("read", "POST", "/v1/extract", "upload"),
        ("read", "DELETE", "/v1/documents/{id}", "upload"),
        ("read", "POST", "/v1/documents/{id}/cancel", "upload"),
        ("upload", "GET", "/v1/documents", "read"),
        ("read", "PATCH", "/v1/documents/{id}/report", "annotate"),
        ("read", "DELETE", "/v1/documents/{id}/corrections/last", "annotate"),
        ("annotate", "GET", "/v1/audit", "admin"),
    ],
)
def test_a_key_may_do_what_its_scopes_say(
    public: Service, planted: Report, scope: str, method: str, path: str, needed: str
) -> None:
    document_id = public.upload(headers=public.key("upload", "read"))
    public.finish(document_id, planted)
    asked: dict[str, Any] = {"files": FILES} if method == "POST" and path.endswith(("s", "t")) else {}
    asked = {"json": {"corrections": [{"path": "/x", "value": 1}]}} if method == "PATCH" else asked
    answer = public.anybody.request(method, path.format(id=document_id), headers=public.key(scope), **asked)
    assert code(answer) == (403, "not_allowed")
    assert needed in answer.json()["detail"]


def test_groups_see_their_own_documents_and_admins_all(public: Service, planted: Report) -> None:
    water, roads = public.key("read", "upload", group="水利"), public.key("read", "upload", "annotate", group="交通")
    document_id = public.upload(headers=water)
    public.finish(document_id, planted)
    for path in ("", "/report", "/file", "/events", "/pages/1.png", "/report.xlsx", "/annotated.pdf", "/corrections"):
        answer = public.anybody.get(f"/v1/documents/{document_id}{path}", headers=roads)
        assert code(answer) == (404, "no_such_document")
    body = {"corrections": [{"path": "/evaluations/0/year", "value": 2020}]}
    assert public.anybody.patch(f"/v1/documents/{document_id}/report", json=body, headers=roads).status_code == 404
    assert public.anybody.delete(f"/v1/documents/{document_id}", headers=roads).status_code == 404
    for path in ("/v1/documents", "/v1/evaluations", "/v1/findings"):
        assert public.anybody.get(path, headers=roads).json()["total"] == 0
        assert public.anybody.get(path, headers=water).json()["total"] > 0
        assert public.anybody.get(path, headers=public.key("read", "admin", group="交通")).json()["total"] > 0
    assert public.anybody.get("/v1/statistics", headers=roads).json()["evaluations"] == 0


def test_two_groups_with_the_same_file_have_a_document_each(public: Service) -> None:
    water, roads = public.key("read", "upload", group="水利"), public.key("read", "upload", group="交通")
    assert public.upload(headers=water) != public.upload(headers=roads)


def test_others_documents_are_deleted_by_an_admin_only(public: Service) -> None:
    document_id = public.upload(headers=public.key("read", "upload"))
    other = public.key("read", "upload")
    assert code(public.anybody.delete(f"/v1/documents/{document_id}", headers=other)) == (403, "not_allowed")
    admin = public.key("read", "upload", "admin")
    assert public.anybody.delete(f"/v1/documents/{document_id}", headers=admin).status_code == 204


def test_a_login_sets_a_cookie_that_scripts_cannot_read(public: Service) -> None:
    public.user("li", "annotator")
    browser = public.browser()
    answer = browser.post("/session", data={"name": "li", "password": PASSWORD, "next": "/documents/1"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/documents/1")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    me = browser.get("/v1/me").json()
    assert (me["actor"], me["role"], me["scopes"]) == ("user:li", "annotator", ["annotate", "read", "upload"])


@pytest.mark.parametrize(("name", "password"), [("li", "falsch"), ("nobody", PASSWORD), ("li", ""), ("", "")])
def test_a_wrong_login_goes_back_to_the_page(public: Service, name: str, password: str) -> None:
    public.user("li", "reader")
    browser = public.browser()
    answer = browser.post("/session", data={"name": name, "password": password or "x", "next": "/findings"})
    assert answer.headers["location"] == "/login?error=wrong&next=%2Ffindings"
    assert accounts.COOKIE not in browser.cookies


def test_guessing_a_password_is_slowed_down(public: Service) -> None:
    public.user("li", "reader")
    browser = public.browser()
    for _ in range(LOGINS_OF_NAME.amount):
        browser.post("/session", data={"name": "li", "password": "falsch"})
    answer = browser.post("/session", data={"name": "li", "password": PASSWORD})
    assert answer.headers["location"].startswith("/login?error=limited")


@pytest.mark.parametrize(
    "goal", ["//evil.test", "https://evil.test/", "/\\evil.test", "javascript:alert(1)", "/\tx", "/%0d\r\nSet-Cookie:a"]
)
def test_a_login_leads_nowhere_else(goal: str) -> None:
    assert sessions.local_path(goal) == "/"
    assert sessions.local_path("/documents/1?page=2") == "/documents/1?page=2"


def test_a_browsers_changes_need_the_pages_token(public: Service) -> None:
    public.user("li", "uploader")
    browser = public.logged_in("li")
    assert code(browser.post("/v1/documents", files=FILES)) == (403, "csrf_refused")
    assert code(browser.post("/v1/documents", files=FILES, headers={"X-CSRF-Token": "guess"})) == (403, "csrf_refused")
    assert browser.post("/v1/documents", files=FILES, headers={"X-CSRF-Token": _csrf(public)}).status_code == 202


def test_logging_out_ends_the_session(public: Service) -> None:
    public.user("li", "reader")
    browser = public.logged_in("li")
    viewer = _viewer(public, browser.cookies[accounts.COOKIE])
    assert viewer is not None
    assert public.anybody.app.state.accounts.still_valid(viewer)
    assert code(browser.post("/session/end", data={"csrf_token": "guess"})) == (403, "csrf_refused")
    token = browser.cookies[accounts.COOKIE]
    answer = browser.post("/session/end", data={"csrf_token": _csrf(public)})
    assert answer.headers["location"] == "/login"
    assert not public.anybody.app.state.accounts.still_valid(viewer)
    thief = public.browser()
    thief.cookies.set(accounts.COOKIE, token)
    assert thief.get("/v1/me").status_code == 401


def test_a_session_ends_by_itself(public: Service) -> None:
    public.user("li", "reader")
    browser = public.logged_in("li")
    with public.store.database.session() as session:
        session.scalars(select(WebSession)).one().expires_at = now() - timedelta(seconds=1)
    assert browser.get("/v1/me").status_code == 401


def test_a_disabled_user_is_out_at_once(public: Service) -> None:
    public.user("li", "reader")
    browser = public.logged_in("li")
    with public.store.database.session() as session:
        user = stored.user(session, "li")
        assert user is not None
        stored.disable(session, user.id)
    assert browser.get("/v1/me").status_code == 401
    again = public.browser().post("/session", data={"name": "li", "password": PASSWORD})
    assert "error=wrong" in again.headers["location"]


def test_the_audit_trail_tells_who_did_what(public: Service, planted: Report) -> None:
    public.user("li", "admin")
    browser = public.logged_in("li")
    csrf = {"X-CSRF-Token": _csrf(public)}
    document_id = public.upload(headers=public.key("read", "upload"))
    public.finish(document_id, planted)
    body = {"corrections": [{"path": "/evaluations/0/year", "value": 2020}]}
    browser.patch(f"/v1/documents/{document_id}/report", json=body, headers=csrf)
    browser.delete(f"/v1/documents/{document_id}", headers=csrf)
    trail = browser.get("/v1/audit", params={"target": document_id}).json()["entries"]
    assert [entry["action"] for entry in trail] == ["document.delete", "report.correct", "document.upload"]
    assert [entry["actor"].split(":")[0] for entry in trail] == ["user", "user", "key"]
    assert trail[1]["detail"] == {"paths": ["/evaluations/0/year"]}


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[Service]:
    limits = {"rate_per_minute": 5, "uploads_per_minute": 2, "upload_files": 2, "max_bytes": 50_000}
    yield from started(tmp_path, loopback=False, **limits)


def test_too_many_requests_are_told_when_to_come_again(strict: Service) -> None:
    key = strict.key("read")
    answers = [strict.anybody.get("/v1/version") for _ in range(8)]
    answers += [strict.anybody.get("/v1/me", headers=key) for _ in range(6)]
    assert [a.status_code for a in answers] == [200] * 13 + [429]
    assert code(answers[-1]) == (429, "too_fast")
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
    assert strict.anybody.get("/v1/me", headers=strict.key("read")).status_code == 200
    strangers = [strict.anybody.get("/v1/me").status_code for _ in range(6)]
    assert strangers == [401] * 5 + [429]
    forged = {"Authorization": f"Bearer jx_00000000_{'a' * 43}"}
    assert strict.anybody.get("/v1/me", headers=forged).status_code == 429


def test_uploads_have_a_limit_of_their_own(strict: Service) -> None:
    key = strict.key("upload")
    for pages in (1, 2):
        files = [("file", ("a.pdf", form_pdf(pages)))]
        assert strict.anybody.post("/v1/documents", files=files, headers=key).status_code == 202
    assert code(strict.anybody.post("/v1/documents", files=FILES, headers=key)) == (429, "too_fast")


def test_too_many_or_too_large_files_are_refused(strict: Service) -> None:
    key = strict.key("upload")
    assert code(strict.anybody.post("/v1/documents", files=FILES * 3, headers=key)) == (413, "too_many_files")
    large = [("file", ("a.pdf", b"%PDF-" + b"x" * 60_000))]
    assert code(strict.anybody.post("/v1/documents", files=large, headers=key)) == (413, "too_large")


def test_a_body_is_given_up_where_it_outgrows_its_limit(strict: Service) -> None:
    huge = b"x" * 3_000_000
    head = strict.key("upload") | {"Content-Type": "multipart/form-data; boundary=b"}
    assert code(strict.anybody.post("/v1/documents", content=huge, headers=head)) == (413, "too_large")
    endless = (huge[:500_000] for _ in range(6))  # sent in chunks, without a length
    assert code(strict.anybody.post("/v1/documents", content=endless, headers=head)) == (413, "too_large")


def test_alone_on_ones_own_machine_there_are_no_limits(tmp_path: Path) -> None:
    for service in started(tmp_path, rate_per_minute=1, uploads_per_minute=1):
        assert [service.anybody.get("/v1/me").status_code for _ in range(3)] == [200] * 3


def _csrf(service: Service) -> str:
    """What the pages of the one open session know."""
    with service.store.database.reading() as session:
        return session.scalars(select(WebSession)).one().csrf


def _viewer(service: Service, token: str) -> accounts.Viewer | None:
    scope = {"type": "http", "headers": [(b"cookie", f"{accounts.COOKIE}={token}".encode())]}
    connection = HTTPConnection(scope)
    service.anybody.app.state.accounts.remember(connection)
    return accounts.viewer(connection)

"""jixiao keys and jixiao users, as an administrator runs them beside a running service."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from service import cli
from service.store import audit
from service.store.models import AuditEntry
from tests.api.conftest import PASSWORD, Service


@pytest.fixture
def run(public: Service) -> Runner:
    return Runner(public.settings.data)


class Runner:
    """Runs the command line on a service's data."""

    def __init__(self, data: Path) -> None:
        self._data = data

    def __call__(self, *arguments: str, text: str | None = None) -> Result:
        return CliRunner().invoke(cli.app, [*arguments, "--data", str(self._data)], input=text)


def trail(service: Service) -> list[AuditEntry]:
    with service.store.database.reading() as session:
        return list(audit.page(session))


def test_a_key_that_is_made_opens_the_service_until_it_is_revoked(public: Service, run: Runner) -> None:
    text = run("keys", "create", "档案系统", "--scope", "read").stdout.strip()
    headers = {"Authorization": f"Bearer {text}"}
    assert public.anybody.get("/v1/me", headers=headers).json()["scopes"] == ["read"]
    (line,) = run("keys", "list").stdout.splitlines()
    prefix = line.split("\t")[0]
    assert "档案系统" in line
    assert text not in line
    assert run("keys", "revoke", prefix).exit_code == 0
    assert public.anybody.get("/v1/me", headers=headers).status_code == 401
    assert [entry.action for entry in trail(public)] == ["key.revoke", "key.create"]


def test_a_key_may_read_and_upload_unless_told_otherwise(public: Service, run: Runner) -> None:
    text = run("keys", "create", "x").stdout.strip()
    me = public.anybody.get("/v1/me", headers={"Authorization": f"Bearer {text}"}).json()
    assert me["scopes"] == ["read", "upload"]


def test_a_user_that_is_made_can_log_in(public: Service, run: Runner) -> None:
    made = run("users", "create", "li", "--role", "annotator", "--group", "水利", "--password-stdin", text=PASSWORD)
    assert made.exit_code == 0, made.output
    assert public.logged_in("li").get("/v1/me").json()["role"] == "annotator"
    assert run("users", "list").stdout.split("\t")[:3] == ["li", "annotator", "水利"]


def test_a_new_password_ends_open_logins(public: Service, run: Runner) -> None:
    public.user("li", "reader")
    browser = public.logged_in("li")
    assert run("users", "password", "li", "--password-stdin", text="又一个足够长的新密码").exit_code == 0
    assert browser.get("/v1/me").status_code == 401
    again = public.browser().post("/session", data={"name": "li", "password": "又一个足够长的新密码"})
    assert again.headers["location"] == "/"


def test_a_role_changes_at_once_and_a_disabled_user_is_out(public: Service, run: Runner) -> None:
    public.user("li", "reader")
    browser = public.logged_in("li")
    assert run("users", "role", "li", "admin").exit_code == 0
    assert browser.get("/v1/me").json()["role"] == "admin"
    assert run("users", "disable", "li").exit_code == 0
    assert browser.get("/v1/me").status_code == 401


@pytest.mark.parametrize(
    "arguments",
    [
        ("users", "create", "li", "--role", "reader", "--password-stdin"),
        ("users", "password", "nobody", "--password-stdin"),
        ("users", "disable", "nobody"),
        ("users", "role", "nobody", "admin"),
        ("keys", "revoke", "00000000"),
    ],
)
def test_what_cannot_be_done_is_refused(public: Service, run: Runner, arguments: tuple[str, ...]) -> None:
    public.user("li", "reader")
    result = run(*arguments, text=PASSWORD)
    assert result.exit_code == 2
    assert "✗" in result.output


def test_a_short_password_is_refused(run: Runner) -> None:
    result = run("users", "create", "li", "--role", "reader", "--password-stdin", text="kurz")
    assert result.exit_code == 2
    assert "10" in result.output

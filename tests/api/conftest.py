"""The application for real: its own store on SQLite, its own queues, asked through ASGI."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import uvicorn
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from service.api import create_app, security
from service.config import Settings
from service.jobs import Jobs
from service.schema import Report
from service.store import Store, accounts, documents, reports
from service.store.models import Group
from tests.export.conftest import planted  # noqa: F401 - a fixture
from tests.export.reports import FILE_NAME, planted_pdf
from tests.stores import empty_data

LOCAL = "http://127.0.0.1"
PASSWORD = "一个足够长的测试密码"


@dataclass
class Service:
    """An application with its parts, and ways to ask it as somebody."""

    settings: Settings
    store: Store
    jobs: Jobs
    anybody: TestClient

    def key(self, *scopes: str, group: str = "default") -> dict[str, str]:
        """The headers of a program with a new key."""
        new = security.new_key()
        with self.store.database.session() as session:
            of = self.group(session, group)
            accounts.add_key(session, "测试", new.prefix, new.digest, scopes, of.id)
        return {"Authorization": f"Bearer {new.text}"}

    def user(self, name: str, role: str, group: str = "default") -> None:
        with self.store.database.session() as session:
            of = self.group(session, group)
            accounts.add_user(session, name, security.hash_password(PASSWORD), role, of.id)

    def browser(self) -> TestClient:
        """A browser of its own, without any cookies yet."""
        return TestClient(self.anybody.app, base_url=LOCAL, follow_redirects=False)

    def logged_in(self, name: str) -> TestClient:
        browser = self.browser()
        answer = browser.post("/session", data={"name": name, "password": PASSWORD, "next": "/"})
        assert answer.headers["location"] == "/"
        return browser

    def group(self, session: Any, name: str) -> Group:
        return accounts.group(session, name) or accounts.add_group(session, name)

    def upload(self, data: bytes | None = None, name: str = FILE_NAME, **asked: Any) -> str:
        """The id of an uploaded document."""
        answer = self.anybody.post("/v1/documents", files=[("file", (name, data or planted_pdf()))], **asked)
        assert answer.status_code in (200, 202), answer.text
        return str(answer.json()["documents"][0]["id"])

    def finish(self, document_id: str, report: Report) -> None:
        """Do what a worker does with a document, apart from the reading."""
        with self.store.database.session() as session:
            document = documents.begin(session, document_id, documents.need(session, document_id).run)
            assert document is not None
            page = documents.ReadPage(number=1, seconds=0.1, executor="test")
            documents.note(session, document_id, document.run, documents.Progress(1, (page,)))
            reports.save(session, document, report)
            documents.finish(session, document_id, document.run, timings={"reading": 0.1}, versions={"pipeline": "0"})


def started(folder: Path, **changed: Any) -> Iterator[Service]:
    loopback = changed.pop("loopback", True)
    shutil.copytree(empty_data(), folder, dirs_exist_ok=True)
    with Store(Settings(data=folder, **changed)) as store:
        yield from around(store, loopback=loopback)


def around(store: Store, *, loopback: bool = True) -> Iterator[Service]:
    """The application over a store."""
    jobs = Jobs(store)
    app = create_app(store.settings, store=store, jobs=jobs, loopback=loopback)
    with TestClient(app, base_url=LOCAL, follow_redirects=False) as anybody:
        yield Service(store.settings, store, jobs, anybody)
    jobs.close()


@contextmanager
def listening(app: ASGIApp) -> Iterator[str]:
    """The address of a real server for an application, in a thread of this process."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"{LOCAL}:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """Bound to this machine only, so open until it has an account."""
    yield from started(tmp_path)


@pytest.fixture
def public(tmp_path: Path) -> Iterator[Service]:
    """Bound to an address that others can reach."""
    yield from started(tmp_path, loopback=False)


@pytest.fixture
def done(service: Service, planted: Report) -> tuple[Service, str]:  # noqa: F811
    """An open service with a document that was read, and its id."""
    document_id = service.upload()
    service.finish(document_id, planted)
    return service, document_id

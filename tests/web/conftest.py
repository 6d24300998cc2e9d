"""The service as it is served, in a process of its own with a worker, and Debian's Chromium before it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from service.api import security
from service.config import Settings
from service.schema import Report
from service.store import Store, accounts, documents, reports
from tests.web.reports import report as invented

REQUIRED = os.environ.get("JIXIAO_TEST_CHROMIUM") == "required"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
PASSWORD = "足够长的一个测试密码"
START_SECONDS = 120  # on a busy machine
# One reading process; and a busy machine may take its time over a page.
ENVIRONMENT = {"JIXIAO_WORKERS": "1", "JIXIAO_PAGE_SECONDS": "300"}
PATIENCE = 30_000  # milliseconds for anything to appear, likewise
DESK = {"width": 1280, "height": 720}
PHONE = {"width": 390, "height": 844}
Enter = Callable[..., Page]
RATE = "/evaluations/0/funds/0/execution_rate"  # of the invented report; its error has a remedy


@dataclass
class Site:
    """A running service, and its store seen from outside."""

    url: str
    store: Store
    logins: dict[str, Any] = field(default_factory=dict)

    def user(self, name: str, role: str, group: str) -> None:
        with self.store.database.session() as session:
            of = accounts.group(session, group) or accounts.add_group(session, group)
            accounts.add_user(session, name, security.hash_password(PASSWORD), role, of.id)

    def add(self, report: Report, name: str, data: bytes | None = None) -> str:
        """A document that was read, with this report; its id."""
        digest = self.store.files.put(data or name.encode())
        with self.store.database.session() as session:
            group = accounts.default_group(session)
            document, _ = documents.add(
                session, sha256=digest, file_name=name, media_type="application/pdf", size=1, group_id=group.id,
                uploaded_by="user:admin",
            )  # fmt: skip
            document.page_count = report.document.page_count
            session.flush()
            documents.begin(session, document.id, 1)
            reports.save(session, document, report)
            documents.finish(session, document.id, 1, timings={}, versions={})
            return document.id

    def report(self, document_id: str) -> Report:
        with self.store.database.reading() as session:
            found = reports.served(session, document_id)
        assert found is not None
        return found


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A service with one account a role, and one (`stranger`) of another group."""
    settings = Settings(data=tmp_path_factory.mktemp("site"))
    with Store(settings) as store:
        store.database.upgrade()
        made = Site("", store)
        for role in ("reader", "uploader", "annotator", "admin"):
            made.user(role, role, "default")
        made.user("stranger", "uploader", "elsewhere")
        with serving(settings, "--worker") as made.url:
            yield made


class serving:  # noqa: N801 - reads as a statement
    """`jixiao serve` on a free port for as long as the block lasts; gives its address."""

    def __init__(self, settings: Settings, *options: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        command = [sys.executable, "-m", "service", "serve", "--port", str(self.port), "--data", str(settings.data)]
        self.process = subprocess.Popen([*command, *options], env=os.environ | ENVIRONMENT)

    def __enter__(self) -> str:
        url, late = f"http://127.0.0.1:{self.port}", time.monotonic() + START_SECONDS
        while True:
            try:
                with urlopen(f"{url}/healthz", timeout=5):
                    return url
            except (URLError, TimeoutError, ConnectionError):
                assert self.process.poll() is None, "the service ended at its start"
                assert time.monotonic() < late, "the service did not start"
                time.sleep(0.2)

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    if program is None:
        reason = "Chromium is not installed (apt-get install chromium)"
        if REQUIRED:
            pytest.fail(reason)
        pytest.skip(reason)
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def enter(chromium: Browser, site: Site) -> Iterator[Enter]:
    """Opens a window as a user. Errors of the page's own scripts fail the test."""
    contexts, problems = [], []

    def open_window(name: str | None = "annotator", *, phone: bool = False, url: str = "") -> Page:
        context = chromium.new_context(
            base_url=url or site.url,
            viewport=PHONE if phone else DESK,
            is_mobile=phone,
            has_touch=phone,
            locale="zh-CN",
            reduced_motion="reduce",
            storage_state=site.logins.get(name or ""),
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        if name is not None and name not in site.logins:
            log_in(page, name)
            site.logins[name] = context.storage_state()
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert problems == []


@pytest.fixture
def document(site: Site, request: pytest.FixtureRequest) -> str:
    """A document of the test's own that was read: the invented report."""
    return site.add(invented(), f"{request.node.name}.pdf")


def value(page: Page, pointer: str) -> Locator:
    """The element of a value on the desk."""
    return page.locator(f'.panel [data-pointer="{pointer}"]')


def visit(page: Page, address: str) -> None:
    """Open an address. The picture of a page may take long and is not waited for."""
    page.goto(address, wait_until="domcontentloaded")


def log_in(page: Page, name: str, password: str = PASSWORD) -> None:
    visit(page, "/login")
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda address: "/login" not in address)  # not before is the session's cookie there

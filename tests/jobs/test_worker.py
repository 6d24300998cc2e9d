"""Real workers, killed for real."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator

import psutil
import pytest
from dbos import error as dbos_errors

from service.isolation import CHILD_NAME
from service.jobs import Jobs, queue, watch, webhooks
from service.jobs import worker as worker_process
from service.store import Store, deliveries, documents, reports
from service.store.models import Document, Page
from tests import broken_files
from tests.jobs.listener import Listener
from tests.plain_form import form_pdf
from tests.stores import WORKER_SECONDS, StartWorker, add, ended

pytest_plugins = ["tests.store_fixtures"]
pytestmark = pytest.mark.timeout(2 * WORKER_SECONDS)

PAGES = 60  # enough to be killed among: those of a quarter of a second are recorded together
TWO_PAGES = form_pdf(2)  # no two calls give the same bytes


@pytest.fixture(scope="module")
def jobs(shared_store: Store) -> Iterator[Jobs]:
    made = Jobs(shared_store)
    yield made
    made.close()


@pytest.fixture(scope="module")
def worker(shared_store: Store, start_worker: StartWorker) -> subprocess.Popen[bytes]:
    return start_worker(shared_store)


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener() as made:
        yield made


def pages_of(store: Store, document: Document) -> list[Page]:
    with store.database.reading() as session:
        return list(documents.pages(session, document.id, document.run))


def wait_until(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + WORKER_SECONDS
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def wait_for_pages(store: Store, document: Document, count: int) -> None:
    wait_until(lambda: len(pages_of(store, document)) >= count)


def test_an_upload_becomes_a_report(jobs: Jobs, worker: subprocess.Popen[bytes]) -> None:
    document = ended(jobs.store, add(jobs, TWO_PAGES, "../../水利局 自评.pdf").id)
    assert (document.status, document.page_count, document.pages_done) == ("done", 2, 2)
    assert document.file_name == "水利局 自评.pdf"
    assert set(document.timings) == {"queued", "reading", "assembling"}
    assert all(document.versions.values())
    with jobs.store.database.reading() as session:
        report = reports.served(session, document.id)
        listed = documents.page(session, documents.Filters(unit="青禾县河道所", year=2023)).items
    assert report is not None
    assert [e.total_score for e in report.evaluations] == [99.88, 99.88]
    assert report.document.id == document.sha256
    assert [d.id for d in listed] == [document.id]
    assert jobs.store.files.read_cache(f"{document.id}/run-1/1") is None


def test_the_same_bytes_are_read_once_unless_asked(jobs: Jobs, worker: subprocess.Popen[bytes]) -> None:
    document = ended(jobs.store, add(jobs, TWO_PAGES, "../../水利局 自评.pdf").id)
    assert document.run == 1
    again = add(jobs, TWO_PAGES, reprocess=True)
    assert (again.id, again.run, again.status) == (document.id, 2, "queued")
    assert ended(jobs.store, document.id).status == "done"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (broken_files.only_a_header(), "damaged_file"),
        (broken_files.encrypted_pdf(), "encrypted_file"),
        (broken_files.word_file(), "unsupported_file"),
        (broken_files.huge_page(), "page_too_large"),
    ],
    ids=["damaged", "encrypted", "word", "huge"],
)
def test_what_cannot_be_read_fails_with_its_reason(
    jobs: Jobs, worker: subprocess.Popen[bytes], data: bytes, code: str
) -> None:
    document = ended(jobs.store, add(jobs, data).id)
    assert (document.status, document.error_code, document.error_retryable) == ("failed", code, False)
    assert document.error_message


@pytest.mark.slow
def test_a_killed_reading_process_costs_no_page(jobs: Jobs, worker: subprocess.Popen[bytes]) -> None:
    document = add(jobs, form_pdf(PAGES), "long.pdf")
    for count in (1, PAGES // 2):
        wait_for_pages(jobs.store, document, count)
        for child in psutil.Process(worker.pid).children(recursive=True):
            if _runs(child) and child.name() == CHILD_NAME:
                child.kill()
    document = ended(jobs.store, document.id)
    assert document.status == "done"
    assert [page.number for page in pages_of(jobs.store, document)] == list(range(1, PAGES + 1))
    assert {page.error_code for page in pages_of(jobs.store, document)} == {None}


@pytest.mark.slow
def test_a_running_document_is_cancelled_and_deleted(jobs: Jobs, worker: subprocess.Popen[bytes]) -> None:
    document = add(jobs, form_pdf(PAGES + 1), "unwanted.pdf")
    wait_for_pages(jobs.store, document, 1)
    assert jobs.cancel(document.id)
    assert not jobs.cancel(document.id)
    assert ended(jobs.store, document.id).status == "cancelled"
    jobs.delete(document.id)
    assert not jobs.store.files.exists(document.sha256)
    assert ended(jobs.store, add(jobs, form_pdf(1), "after.pdf").id).status == "done"


@pytest.mark.parametrize(
    ("error", "told"),
    [(dbos_errors.DBOSAwaitedWorkflowCancelledError("d1-1"), False), (RuntimeError("disk full"), True)],
)
def test_a_document_that_was_cancelled_is_no_error_of_the_log(error: Exception, told: bool) -> None:
    record = logging.LogRecord(
        "dbos", logging.ERROR, "_core.py", 1, "background workflow", (), (type(error), error, None)
    )
    assert worker_process._is_news(record) is told


@pytest.mark.slow
def test_who_asked_is_called_back(jobs: Jobs, worker: subprocess.Popen[bytes], listener: Listener) -> None:
    listener.answers = [503, 204]
    document = ended(jobs.store, add(jobs, form_pdf(1), "asked.pdf", callback_url=listener.url).id)
    wait_until(lambda: len(listener.calls) == 1)
    with jobs.store.database.reading() as session:
        (delivery,) = deliveries.of_document(session, document.id)
    call = listener.calls[0]
    assert call.path == "/done?x=1"
    assert call.headers["X-Jixiao-Delivery"] == delivery.id
    assert json.loads(call.body)["document"]["id"] == document.id
    assert json.loads(call.body)["event"] == "document.done"
    seconds = int(call.headers["X-Jixiao-Signature"].split(",")[0].removeprefix("t="))
    assert call.headers["X-Jixiao-Signature"] == webhooks.sign(call.body, jobs.store.settings.webhook_secret, seconds)
    wait_until(lambda: _deliveries(jobs, document) == [("delivered", 2)])
    assert listener.calls[1].headers["X-Jixiao-Delivery"] == delivery.id


def _deliveries(jobs: Jobs, document: Document) -> list[tuple[str, int]]:
    with jobs.store.database.reading() as session:
        return [(d.status, d.attempts) for d in deliveries.of_document(session, document.id)]


@pytest.mark.slow
def test_another_worker_goes_on_where_a_killed_one_stopped(
    jobs: Jobs, worker: subprocess.Popen[bytes], start_worker: StartWorker
) -> None:
    processes = {process.pid: process for process in (worker, start_worker(jobs.store))}
    wait_until(lambda: len(watch.living(jobs.store)) == len(processes))
    document = add(jobs, form_pdf(PAGES), "taken-over.pdf")
    wait_for_pages(jobs.store, document, 1)
    first = pages_of(jobs.store, document)[0].executor
    pid = next(executor.pid for executor in watch.living(jobs.store) if executor.id == first)
    children = psutil.Process(pid).children(recursive=True)
    os.kill(pid, signal.SIGKILL)
    processes[pid].wait()
    killed = time.monotonic()
    read = len(pages_of(jobs.store, document))
    assert read < PAGES
    wait_until(lambda: _taken_by(jobs, document) not in (first, None))
    assert time.monotonic() - killed < 60
    document = ended(jobs.store, document.id)
    assert document.status == "done"
    pages = pages_of(jobs.store, document)
    assert [page.number for page in pages] == list(range(1, PAGES + 1))
    assert [page.executor == first for page in pages].count(True) == read
    wait_until(lambda: not any(_runs(child) for child in children))
    with jobs.store.database.reading() as session:
        report = reports.served(session, document.id)
    assert report is not None
    assert len(report.evaluations) == PAGES


def _taken_by(jobs: Jobs, document: Document) -> str | None:
    """The worker that has the document in hand."""
    (run,) = jobs.client.list_workflows(workflow_ids=[queue.workflow_id(document.id, document.run)])
    return None if run.status == "ENQUEUED" else run.executor_id


def _runs(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False

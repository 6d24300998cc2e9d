"""What becomes of a step whose process is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from service.isolation import WorkerCrash, WorkerMemory
from service.jobs import reading
from service.jobs.reading import Pool, Run
from service.store import Store, documents
from service.store.models import Document, Page
from tests import hostile
from tests.plain_form import form_pdf
from tests.stores import default_group

pytest_plugins = ["tests.store_fixtures"]


@pytest.fixture
def store(tmp_path: Path, make_store: Callable[..., Store]) -> Iterator[Store]:
    with make_store("sqlite", tmp_path) as made:
        yield made


@pytest.fixture
def pool(store: Store) -> Iterator[Pool]:
    made = Pool(store.settings)
    yield made
    made.close()


def run_of(store: Store, pool: Pool, starts: int) -> Run:
    """A run of a document in hand, whose workers died so often, less one."""
    sha256 = store.files.put(form_pdf(1))
    with store.database.session() as session:
        document, _ = documents.add(
            session, sha256=sha256, file_name="a.pdf", media_type="application/pdf", size=1,
            group_id=default_group(store), uploaded_by="local",
        )  # fmt: skip
        for _ in range(starts):
            begun = documents.begin(session, document.id, 1)
    assert begun is not None
    with store.files.local(sha256) as path:
        return Run(store, pool, begun, path, "this test")


def only_page(store: Store) -> Page:
    with store.database.reading() as session:
        (document,) = documents.page(session, documents.Filters()).items
        (page,) = documents.pages(session, document.id, 1)
        return page


def test_a_step_whose_process_is_killed_is_done_by_another(store: Store, pool: Pool, tmp_path: Path) -> None:
    run = run_of(store, pool, starts=1)
    assert run._in_child("open", pool.reading, hostile.be_killed_at_first, tmp_path / "mark") == "done"


def test_a_step_that_crashes_its_processes_is_at_fault_sooner_than_one_that_is_killed(store: Store, pool: Pool) -> None:
    run = run_of(store, pool, starts=1)
    with pytest.raises(WorkerCrash, match="SIGSEGV"):
        run._in_child("1", pool.reading, hostile.crash)
    with pytest.raises(WorkerMemory, match="killed"):
        run._in_child("1", pool.reading, hostile.be_killed)


def test_a_page_in_whose_reading_workers_died_is_left_out_and_others_are_not(store: Store, pool: Pool) -> None:
    run = run_of(store, pool, starts=2)
    document: Document = run._document
    with store.database.session() as session:
        before = [documents.attempt(session, document.id, 1, "1") for _ in range(reading.MOST_LOSSES)]
    assert before == list(range(reading.MOST_LOSSES))
    assert run.open().page_count == 1
    run.start([1])
    assert run.wait(1) == "page_crash"
    assert only_page(store).error_code == "page_crash"


def test_what_only_waited_while_workers_died_is_read(store: Store, pool: Pool) -> None:
    run = run_of(store, pool, starts=10)
    assert run.open().page_count == 1
    run.start([1])
    assert run.wait(1) is None
    with store.database.session() as session:
        assert documents.attempt(session, run._document.id, 1, "1") == 1


def test_attempts_are_not_counted_before_a_worker_died(store: Store, pool: Pool) -> None:
    run = run_of(store, pool, starts=1)
    run.open()
    with store.database.session() as session:
        assert documents.attempt(session, run._document.id, 1, "open") == 0


def test_opening_what_was_opened_before_is_not_counted(store: Store, pool: Pool) -> None:
    run_of(store, pool, starts=2).open()
    with store.database.session() as session:
        (document,) = documents.page(session, documents.Filters()).items
        assert documents.attempt(session, document.id, 1, "open") == 1
        again = documents.begin(session, document.id, 1)
    assert again is not None
    with store.files.local(again.sha256) as path:
        Run(store, pool, again, path, "this test").open()
    with store.database.session() as session:
        assert documents.attempt(session, again.id, 1, "open") == 2  # the attempt of above alone

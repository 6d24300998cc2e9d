"""What becomes of a step whose process is lost."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from service import isolation, schema
from service.isolation import WorkerCrash, WorkerMemory
from service.jobs import reading
from service.jobs.reading import GivenUp, Pool, Run
from service.jobs.turns import Turns
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


def run_of(store: Store, pool: Pool, starts: int, pages: int = 1) -> Run:
    """A run of a document in hand, whose workers died so often, less one."""
    sha256 = store.files.put(form_pdf(pages))
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


@pytest.mark.slow
def test_a_step_whose_process_is_killed_is_done_by_another(store: Store, pool: Pool, tmp_path: Path) -> None:
    run = run_of(store, pool, starts=1)
    many = reading.MOST_LOSSES - 2  # two processes a try: one that had done other work may have died of that
    assert run._in_child("1", pool.reading, hostile.be_killed_at_first, tmp_path / "marks", many) == "done"


@pytest.mark.slow
def test_a_step_that_ends_its_processes_is_given_up(store: Store, pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    run = run_of(store, pool, starts=1)
    with pytest.raises(WorkerCrash, match="SIGSEGV"):
        run._in_child("1", pool.reading, hostile.crash)
    with pytest.raises(GivenUp, match=f"lost {reading.MOST_LOSSES} times"):
        run._in_child("2", pool.reading, hostile.be_killed)
    kills = itertools.count()
    monkeypatch.setattr(isolation, "_kills_for_memory", lambda: next(kills))
    with pytest.raises(WorkerMemory, match="out of memory"):
        run._in_child("3", pool.reading, hostile.be_killed)
    with store.database.session() as session:
        assert documents.attempts(session, run._document.id, 1) == {"2": reading.MOST_LOSSES + 1}


def test_what_was_in_work_at_several_deaths_is_done_alone(
    store: Store, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken, turns = [], pool.turns.taken

    def spied(*, alone: bool) -> AbstractContextManager[None]:
        taken.append(alone)
        return turns(alone=alone)

    monkeypatch.setattr(pool.turns, "taken", spied)
    run = run_of(store, pool, starts=2)
    for _ in range(reading.MOST_SHARED_LOSSES):
        with store.database.session() as session:
            documents.attempt(session, run._document.id, 1, "1")
    again = Run(store, pool, run._document, run._file.path, "another")
    again.open()
    again.start([1])
    assert again.wait(1) is None
    assert taken == [False, True]


def test_pages_are_recorded_when_reading_them_again_would_take_a_while(
    store: Store, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def recorded() -> list[int]:
        with store.database.reading() as session:
            return [page.number for page in documents.pages(session, run._document.id, 1)]

    run = run_of(store, pool, starts=1, pages=3)
    monkeypatch.setattr(reading, "RECORD_SECONDS", 1_000.0)
    run.open()
    run.start([1, 2])
    assert (run.wait(1), run.wait(2)) == (None, None)
    assert recorded() == []
    assert [page.number for page in run.unrecorded().pages] == [1, 2]
    monkeypatch.setattr(reading, "RECORD_SECONDS", 0.0)
    run.start([3])
    assert run.wait(3) is None
    assert recorded() == [1, 2, 3]
    assert not run.unrecorded().pages
    assert store.files.read_cache(run._cached(1)) is not None
    run.clear()
    assert store.files.read_cache(run._cached(1)) is None


def test_another_worker_has_what_was_recorded(store: Store, pool: Pool) -> None:
    run = run_of(store, pool, starts=1, pages=2)
    run.open()
    run.start([1])
    run.wait(1)
    run.record()
    with store.database.session() as session:
        again = documents.begin(session, run._document.id, 1)
    assert again is not None
    assert (again.page_count, again.pages_done) == (2, 1)
    taken_over = Run(store, pool, again, run._file.path, "another")
    taken_over.start([1, 2])
    assert (taken_over.wait(1), taken_over.wait(2)) == (None, None)
    assert [page.number for page in taken_over.unrecorded().pages] == [2]
    report = schema.Report.model_validate_json(taken_over.assemble([1, 2], is_repaired=False))
    assert len(report.evaluations) == 2


def test_a_page_in_whose_reading_workers_died_is_left_out_and_others_are_not(store: Store, pool: Pool) -> None:
    run = run_of(store, pool, starts=2)
    document: Document = run._document
    with store.database.session() as session:
        before = [documents.attempt(session, document.id, 1, "1") for _ in range(reading.MOST_LOSSES)]
    assert before == list(range(reading.MOST_LOSSES))
    assert run.open().page_count == 1
    run.start([1])
    assert run.wait(1) == "page_crash"
    run.record()
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


def test_who_is_alone_waits_for_the_others_and_they_for_him() -> None:
    turns, log = Turns(), list[str]()

    def work(name: str, *, alone: bool) -> None:
        with turns.taken(alone=alone):
            log.append(f"{name} begins")
            time.sleep(0.1)
            log.append(f"{name} ends")

    threads = []
    for name, alone in (("a", False), ("b", False), ("suspect", True), ("c", False), ("another", True)):
        threads.append(threading.Thread(target=work, args=(name,), kwargs={"alone": alone}))
        threads[-1].start()
        time.sleep(0.02)
    for thread in threads:
        thread.join(10)
    assert log[:2] == ["a begins", "b begins"]
    for name in ("suspect", "another"):
        began = log.index(f"{name} begins")
        assert log[began + 1] == f"{name} ends"
    assert log[-2:] == ["c begins", "c ends"]


def test_who_is_to_be_alone_lets_others_go_first_for_a_while() -> None:
    turns, seen = Turns(), list[float]()

    def work(times: int) -> None:
        for _ in range(times):
            with turns.taken(alone=False):
                time.sleep(0.05)

    for times, most in ((8, 60.0), (60, 0.5)):
        worker = threading.Thread(target=work, args=(times,))
        worker.start()
        began = time.monotonic()
        turns.after_others(most)
        seen.append(time.monotonic() - began)
        worker.join()
    assert 0.4 < seen[0] < 60
    assert 0.5 <= seen[1] < 3

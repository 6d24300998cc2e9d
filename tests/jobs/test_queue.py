"""Handing in and following documents while no worker runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from service import errors
from service.assembling.profiles import UnknownProfile
from service.jobs import Jobs
from service.jobs.errors import CallbackRefused, NotFinished
from service.store import Store, documents
from tests.stores import add

pytest_plugins = ["tests.store_fixtures"]

PDF = b"%PDF-1.7 handed in"


@pytest.fixture
def jobs(store: Store) -> Iterator[Jobs]:
    made = Jobs(store)
    yield made
    made.close()


def queued(jobs: Jobs) -> list[str]:
    """The documents in the queue, first served first."""
    waiting = jobs.client.list_queued_workflows(load_input=True)
    return [w.input["args"][0] for w in sorted(waiting, key=lambda w: w.priority or 0)]  # type: ignore[index]


def test_a_document_waits_in_the_queue_and_in_the_store(jobs: Jobs) -> None:
    first, second = add(jobs, PDF, "a.pdf"), add(jobs, PDF + b"2", "b.pdf")
    assert queued(jobs) == [first.id, second.id]
    assert jobs.progress(second.id).ahead == 1
    assert jobs.store.files.read(first.sha256) == PDF


def test_priorities_and_turns_order_the_queue(jobs: Jobs) -> None:
    names = [("a1", "user:li", 5), ("a2", "user:li", 5), ("b1", "user:wang", 5), ("c1", "user:li", 1), ("d1", "x", 9)]
    ids = {name: add(jobs, name.encode(), uploaded_by=who, priority=p).id for name, who, p in names}
    assert [next(n for n in ids if ids[n] == i) for i in queued(jobs)] in (
        ["c1", "a1", "b1", "a2", "d1"],
        ["c1", "b1", "a1", "a2", "d1"],
    )


def test_the_same_bytes_are_queued_once(jobs: Jobs) -> None:
    first = jobs.store and add(jobs, PDF)
    assert add(jobs, PDF, "other name.pdf").id == first.id
    jobs.submit(first.id)
    assert queued(jobs) == [first.id]
    with pytest.raises(NotFinished):
        add(jobs, PDF, reprocess=True)


def test_a_cancelled_document_leaves_the_queue_and_may_come_back(jobs: Jobs) -> None:
    document = add(jobs, PDF)
    assert jobs.cancel(document.id)
    assert (jobs.progress(document.id).status, queued(jobs)) == ("cancelled", [])
    assert jobs.retry(document.id).run == 2
    assert queued(jobs) == [document.id]
    with pytest.raises(NotFinished):
        jobs.retry(document.id)


def test_a_deleted_document_is_gone_with_its_file(jobs: Jobs) -> None:
    document = add(jobs, PDF)
    jobs.store.files.write_cache(f"{document.id}/pages/1.png", b"x")
    jobs.delete(document.id)
    assert queued(jobs) == []
    assert not jobs.store.files.exists(document.sha256)
    assert jobs.store.files.read_cache(f"{document.id}/pages/1.png") is None
    for ask in (jobs.progress, jobs.cancel, jobs.delete, jobs.submit, jobs.retry):
        with pytest.raises(documents.NoSuchDocument):
            ask(document.id)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\reports\\自评.pdf", "自评.pdf"),
        ("长" * 400 + ".pdf", "长" * 251 + ".pdf"),
        ("folder/", "folder"),
    ],
)
def test_a_file_name_is_a_name_and_no_path(jobs: Jobs, name: str, kept: str) -> None:
    assert add(jobs, PDF, name).file_name == kept


def test_what_can_never_be_read_is_not_taken(jobs: Jobs) -> None:
    for data, more, error in (
        (b"", {}, errors.EmptyFile),
        (b"x" * 200_000_001, {}, errors.TooLarge),
        (PDF, {"profile": "月球"}, UnknownProfile),
        (PDF, {"callback_url": "http://127.0.0.1/"}, CallbackRefused),
    ):
        with pytest.raises(error):
            add(jobs, data, **more)  # type: ignore[arg-type]
    assert queued(jobs) == []
    assert jobs.store.files.uploads() == []

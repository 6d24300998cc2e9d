"""What a worker does, one piece at a time: this process is the worker, but takes nothing from the queue."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta

import psutil
import pytest
import sqlalchemy as sa
from dbos import DBOS

from service.config import Settings
from service.jobs import Jobs, flow, host, queue, reading, watch, worker
from service.jobs.host import Host
from service.jobs.reading import Pool
from service.store import Store, accounts, audit, deliveries, documents, executors
from service.store.models import Document, now
from tests.plain_form import form_pdf
from tests.stores import add, default_group

pytest_plugins = ["tests.store_fixtures"]

LONG_AGO = timedelta(days=10)


@pytest.fixture
def me(store: Store) -> Iterator[Host]:
    made = Host("this test", store, Pool(store.settings))
    host.enter(made)
    watch.enter(made, 1)
    worker.launch(store.settings, made.name, slots=1, queues=[])
    yield made
    DBOS.destroy()
    made.pool.close()


@pytest.fixture
def jobs(me: Host) -> Iterator[Jobs]:
    made = Jobs(me.store)
    yield made
    made.close()


def backdate(store: Store, document: Document, **values: object) -> None:
    with store.database.session() as session:
        session.execute(
            sa.update(Document)
            .where(Document.id == document.id)
            .values(queued_at=now() - LONG_AGO, finished_at=Document.finished_at, **values)
        )


def state(store: Store, document: Document) -> tuple[str, int]:
    with store.database.reading() as session:
        found = documents.need(session, document.id)
        return found.status, found.run


def waiting() -> list[str]:
    return [workflow.workflow_id for workflow in DBOS.list_workflows(status="ENQUEUED")]


def test_a_document_that_never_reached_the_queue_is_queued(me: Host, jobs: Jobs) -> None:
    with me.store.database.session() as session:
        document, _ = documents.add(
            session, sha256="a" * 64, file_name="a.pdf", media_type="application/pdf", size=1,
            group_id=default_group(me.store), uploaded_by="local",
        )  # fmt: skip
    watch.tidy(me)
    assert waiting() == []
    backdate(me.store, document)
    watch.tidy(me)
    assert waiting() == [queue.workflow_id(document.id, 1)]


def test_a_run_that_ended_without_a_word_fails(me: Host, jobs: Jobs) -> None:
    document = add(jobs, b"%PDF- a")
    backdate(me.store, document)
    DBOS.cancel_workflow(queue.workflow_id(document.id, 1))
    watch.tidy(me)
    assert state(me.store, document) == ("failed", 1)
    assert jobs.progress(document.id).error_code == "document_abandoned"
    assert jobs.retry(document.id).run == 2


def test_a_run_of_another_version_begins_again(me: Host, jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    document = add(jobs, b"%PDF- a")
    backdate(me.store, document)
    monkeypatch.setattr(queue, "STEPS_VERSION", f"{queue.STEPS_VERSION}+")
    watch.tidy(me)
    assert state(me.store, document) == ("queued", 2)
    assert waiting() == [queue.workflow_id(document.id, 2)]


def test_the_runs_of_a_worker_that_nobody_knows_go_back_to_the_queue(me: Host, jobs: Jobs) -> None:
    document = add(jobs, b"%PDF- a")
    name = queue.workflow_id(document.id, 1)
    status = sa.table("workflow_status", sa.column("workflow_uuid"), sa.column("status"), sa.column("executor_id"))
    if me.store.database.is_sqlite:
        engine = sa.create_engine(me.store.settings.jobs_database)
    else:
        engine, status.schema = me.store.database.engine, "dbos"
    taken = sa.update(status).where(status.c.workflow_uuid == name).values(status="PENDING", executor_id="a dead one")
    with engine.begin() as connection:
        connection.execute(taken)
    assert waiting() == []
    assert watch.recover(me) == ["a dead one"]
    assert waiting() == [name]
    assert watch.recover(me) == []


def test_a_worker_of_this_machine_that_runs_no_longer_is_missed_at_once(me: Host) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        gone, unwaited = _gone_and_unwaited(process)
        with me.store.database.session() as session:
            at = me.store.database.clock(session)
            for name, pid, machine in (
                ("gone", gone, watch.machine()),
                ("not asked after", unwaited, watch.machine()),
                ("well", os.getppid(), watch.machine()),
                ("elsewhere", gone, "another machine"),
            ):
                executors.enter(session, name, host=machine, pid=pid, slots=1, at=at)
        watch.recover(me)
    assert {executor.id for executor in watch.living(me.store)} == {me.name, "well", "elsewhere"}


def _gone_and_unwaited(unwaited: subprocess.Popen[bytes]) -> tuple[int, int]:
    """The numbers of a process that is no more, and of one that ended but was not waited for."""
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    while psutil.Process(unwaited.pid).status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)
    return gone.pid, unwaited.pid


def test_a_document_that_keeps_ending_its_worker_is_given_up(me: Host, jobs: Jobs) -> None:
    document = add(jobs, form_pdf(1))
    backdate(me.store, document, starts=flow.MOST_STARTS)
    flow.extract(document.id, 1)
    progress = jobs.progress(document.id)
    assert (progress.status, progress.error_code, progress.pages_done) == ("failed", "document_abandoned", 0)
    with me.store.database.reading() as session:
        assert documents.need(session, document.id).error_retryable


def test_a_document_whose_file_is_gone_says_so_and_calls_back(me: Host) -> None:
    calling = _with(me.store, webhook_hosts="127.0.0.1", webhook_secret="x", webhook_private=True)
    jobs = Jobs(calling)
    document = add(jobs, form_pdf(1), callback_url="http://127.0.0.1:9/")
    calling.files.delete(document.sha256)
    flow.extract(document.id, 1)
    assert jobs.progress(document.id).error_code == "file_gone"
    with calling.database.reading() as session:
        (delivery,) = deliveries.of_document(session, document.id)
    assert json.loads(delivery.body)["document"]["error_code"] == "file_gone"
    assert f"delivery-{delivery.id}" in waiting()
    jobs.close()


def test_a_run_that_is_no_longer_wanted_reads_nothing(me: Host, jobs: Jobs) -> None:
    document = add(jobs, form_pdf(1))
    jobs.cancel(document.id)
    jobs.retry(document.id)
    flow.extract(document.id, 1)
    assert state(me.store, document) == ("queued", 2)


@pytest.mark.parametrize("away", ["begin", "note", "is_running", "finish"])
def test_a_database_that_is_away_for_a_moment_is_waited_for(
    me: Host, jobs: Jobs, monkeypatch: pytest.MonkeyPatch, away: str
) -> None:
    real, failures = getattr(documents, away), [sa.exc.OperationalError("", {}, Exception("away"))] * 2

    def called(*args: object, **more: object) -> object:
        if failures:
            raise failures.pop()
        return real(*args, **more)

    monkeypatch.setattr(documents, away, called)
    monkeypatch.setattr(flow, "_PAUSES", (0.0, 0.0))
    monkeypatch.setattr(reading, "RECORD_SECONDS", 0.0)
    monkeypatch.setattr(reading, "_CHECK_SECONDS", 0.0)
    document = add(jobs, form_pdf(2))
    flow.extract(document.id, 1)
    progress = jobs.progress(document.id)
    assert (progress.status, progress.pages_done, failures) == ("done", 2, [])


def test_old_documents_are_deleted_and_the_trail_says_so(me: Host, jobs: Jobs) -> None:
    old, recent = add(jobs, b"%PDF- a", "old.pdf"), add(jobs, b"%PDF- b", "recent.pdf")
    for document in (old, recent):
        jobs.cancel(document.id)
    with me.store.database.session() as session:
        session.execute(sa.update(Document).where(Document.id == old.id).values(finished_at=now() - LONG_AGO))
    watch.tidy(me)
    assert state(me.store, old)[0] == "cancelled"
    keeping = Host(me.name, _with(me.store, keep_days=7), me.pool)
    watch.tidy(keeping)
    with me.store.database.reading() as session:
        assert documents.get(session, old.id) is None
        assert documents.get(session, recent.id) is not None
        assert [(e.actor, e.action, e.target) for e in audit.page(session)] == [("system", "document.expire", old.id)]
    assert me.store.files.uploads() == [recent.sha256]


def _with(store: Store, **settings: object) -> Store:
    return Store(Settings.model_validate(store.settings.model_dump() | settings))


def test_what_a_deleted_document_left_behind_is_swept(me: Host, jobs: Jobs) -> None:
    document = add(jobs, b"%PDF- a")
    me.store.files.write_cache(f"{document.id}/run-1/1", b"x")
    me.store.files.write_cache("0123456789abcdef0123456789abcdef/run-1/1", b"x")
    watch.tidy(me)
    assert me.store.files.cached() == {document.id}


def test_expired_logins_are_forgotten(me: Host) -> None:
    with me.store.database.session() as session:
        group = accounts.default_group(session).id
        user = accounts.add_user(session, "li", "hash", "reader", group)
        for token, ago in (("old", 1), ("new", -1)):
            accounts.open_session(session, token, user.id, "csrf", now() - timedelta(hours=ago))
    watch.tidy(me)
    with me.store.database.reading() as session:
        assert accounts.web_session(session, "old") is None
        assert accounts.web_session(session, "new") is not None

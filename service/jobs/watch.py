"""What every worker does beside its documents: says that it lives, takes over from those that do not, tidies up.

DBOS leaves it to the operator to have a dead worker's documents taken up again; here every living worker looks for them
every few seconds. Documents of a worker whose process is gone from this machine are given to others at once, those of
one that falls silent elsewhere after JIXIAO_WORKER_SILENCE and one more look.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final
from uuid import uuid4

import structlog
from dbos import DBOS, WorkflowStatus
from sqlalchemy.exc import SQLAlchemyError

from service.jobs import queue
from service.jobs.errors import DocumentAbandoned
from service.jobs.flow import MOST_STARTS, enqueue_delivery
from service.jobs.host import Host
from service.store import Store, accounts, audit, deliveries, documents, executors
from service.store.models import UNFINISHED, Document, Executor

log = structlog.get_logger(__name__)

# Signs of life that a worker gives before its silence counts as death: a busy machine may swallow a few.
_BEATS: Final = 6
_TIDY_PERIOD: Final = 600.0  # seconds
_STOP_SECONDS: Final = 5.0
# Time for the one who added a document or ended a run to put it into the queue.
_GRACE: Final = timedelta(seconds=60)
# Recorded steps of runs that ended serve no one; a day of them helps to find out what went wrong.
_KEEP_STEPS: Final = timedelta(days=1)
_BATCH: Final = 500
_UNDER_WAY: Final = ("PENDING", "ENQUEUED", "DELAYED")


class Watch:
    """A worker's thread of heartbeats and duties. `fence` is called where the others took this worker for dead."""

    def __init__(self, host: Host, fence: Callable[[], None]) -> None:
        self._host = host
        self._fence = fence
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="jixiao-watch", daemon=True)
        self._tidied = 0.0

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(_STOP_SECONDS)

    def _run(self) -> None:
        pause = 0.0  # what a worker before this one left is looked for at once
        while not self._stop.wait(pause):
            pause = self._host.store.settings.worker_silence / _BEATS
            try:
                self._once()
            except SQLAlchemyError as error:  # the database is away for a moment; so it is for the others
                log.warning("the database does not answer", reason=str(error).splitlines()[0])
            except Exception:
                log.exception("a duty failed")

    def _once(self) -> None:
        if not beat(self._host):
            self._fence()
            return
        recover(self._host)
        if time.monotonic() - self._tidied > _TIDY_PERIOD:
            self._tidied = time.monotonic()
            tidy(self._host)


@cache
def machine() -> str:
    """Where process numbers mean what they mean here: this machine since it was started, or one of its containers."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{socket.gethostname()} {boot} {Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:  # elsewhere than on Linux
        return f"{socket.gethostname()} {uuid4().hex}"


def enter(host: Host, slots: int) -> None:
    """Announce this worker, before it takes up anything."""
    database = host.store.database
    with database.session() as session:
        at = database.clock(session)
        executors.enter(session, host.name, host=machine(), pid=os.getpid(), slots=slots, at=at)


def beat(host: Host) -> bool:
    """Say that this worker lives; False where it was declared dead."""
    database = host.store.database
    with database.session() as session:
        return executors.beat(session, host.name, os.getpid(), database.clock)


def leave(host: Host) -> None:
    """Say that this worker ends, so that the others need not wait for its silence."""
    database = host.store.database
    with database.session() as session:
        executors.leave(session, host.name, database.clock(session))


def living(store: Store) -> list[Executor]:
    """The workers that gave a sign of life lately."""
    with store.database.reading() as session:
        silence = timedelta(seconds=store.settings.worker_silence)
        return list(executors.living(session, store.database.clock(session), silence))


def recover(host: Host) -> list[str]:
    """Give the runs of dead workers back to the queue; the workers' names."""
    database = host.store.database
    silence = timedelta(seconds=host.store.settings.worker_silence)
    with database.session() as session:
        executors.bury(session, host.name, silence, database.clock, _is_gone)
        alive = {executor.id for executor in executors.living(session, database.clock(session), silence)}
    pending = DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)
    dead = sorted({w.executor_id for w in pending if w.executor_id is not None} - alive - {host.name})
    if dead:
        log.warning("taking over from dead workers", workers=dead)
        DBOS._recover_pending_workflows(dead)  # no public name; the version of DBOS is pinned for it
    return dead


def _is_gone(executor: Executor) -> bool:
    """Whether a worker of this machine runs no longer. Of others nothing is known."""
    if executor.host != machine():
        return False
    try:
        state = Path(f"/proc/{executor.pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2]
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return state.split()[0] in "ZX"  # it ended, and nobody has asked how


def tidy(host: Host) -> None:
    """Mend what a crash left between two records, and delete what is kept no longer."""
    _queue_overlooked(host)
    _end_lost(host)
    _delete_old(host)
    _sweep(host)
    with host.store.database.session() as session:
        accounts.purge_sessions(session)
    _forget_steps()


def _queue_overlooked(host: Host) -> None:
    """Documents and call-backs that were recorded, but never reached their queue."""
    with host.store.database.reading() as session:
        waiting = documents.queued_before(session, datetime.now(UTC) - _GRACE, _BATCH)
        owed = deliveries.overlooked(session, _GRACE)
    known = _workflows(waiting)
    for document in waiting:
        if queue.workflow_id(document.id, document.run) not in known:
            log.warning("a document was not queued", document=document.id)
            _enqueue(document)
    for delivery in owed:
        enqueue_delivery(delivery.id)


def _end_lost(host: Host) -> None:
    """Documents whose run has ended without saying so fail; those whose run follows other steps begin again."""
    with host.store.database.reading() as session:
        unfinished = documents.unfinished_before(session, datetime.now(UTC) - _GRACE, _BATCH)
    known = _workflows(unfinished)
    for document in unfinished:
        workflow = known.get(queue.workflow_id(document.id, document.run))
        if workflow is None:
            continue
        if workflow.status not in _UNDER_WAY:
            log.warning("a run was lost", document=document.id, status=workflow.status)
            _give_up(host, document)
        elif workflow.app_version != queue.STEPS_VERSION:
            log.warning("a run follows other steps", document=document.id, version=workflow.app_version)
            DBOS.cancel_workflow(workflow.workflow_id)
            _begin_again(host, document)


def _give_up(host: Host, document: Document) -> None:
    error = DocumentAbandoned(starts=MOST_STARTS)
    with host.store.database.session() as session:
        documents.fail(session, document.id, document.run, code=error.code, message=error.message, retryable=True)


def _begin_again(host: Host, document: Document) -> None:
    with host.store.database.session() as session:
        current = documents.get(session, document.id)
        if current is None or current.run != document.run or current.status not in UNFINISHED:
            return
        documents.queue_again(session, current)
    _enqueue(current)


def _enqueue(document: Document) -> None:
    DBOS.enqueue_workflow_with_options(queue.options(document), document.id, document.run)


def _workflows(of: list[Document]) -> dict[str, WorkflowStatus]:
    if not of:
        return {}
    names = [queue.workflow_id(document.id, document.run) for document in of]
    found = DBOS.list_workflows(workflow_ids=names, load_input=False, load_output=False)
    return {workflow.workflow_id: workflow for workflow in found}


def _delete_old(host: Host) -> None:
    days = host.store.settings.keep_days
    if not days:
        return
    with host.store.database.reading() as session:
        old = documents.finished_before(session, datetime.now(UTC) - timedelta(days=days), _BATCH)
    for document in old:
        with host.store.database.session() as session:
            detail = {"file_name": document.file_name, "days": days}
            audit.record(session, "system", "document.expire", document.id, detail, document.group_id)
        queue.remove(host.store, document.id)
    if old:
        log.info("deleted old documents", count=len(old), days=days)


def _sweep(host: Host) -> None:
    """What a page that was still being read wrote after its document was deleted."""
    cached = host.store.files.cached()
    with host.store.database.reading() as session:
        gone = documents.missing(session, cached)
    for document_id in gone:
        host.store.files.clear_cache(document_id)


def _forget_steps() -> None:
    ended = DBOS.list_workflows(
        status=["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"],
        completed_before=(datetime.now(UTC) - _KEEP_STEPS).isoformat(),
        limit=_BATCH,
        load_input=False,
        load_output=False,
    )
    if ended:
        DBOS.delete_workflows([workflow.workflow_id for workflow in ended])

"""A worker: one process that takes documents from the queue and has their pages read by processes of its own."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Sequence
from types import FrameType
from typing import Final
from uuid import uuid4

import structlog
from dbos import DBOS
from dbos import error as dbos_errors

from service.config import Settings
from service.jobs import flow, host, queue, watch
from service.jobs.host import Host
from service.jobs.reading import Pool
from service.store import Store

log = structlog.get_logger(__name__)

# So many documents for each reader keep it busy while the last pages of others are being put together and until the
# queue is next looked at.
DOCUMENTS_PER_READER: Final = 3
_CALLS_AT_ONCE: Final = 50
# A look costs some milliseconds of a processor; those who call back can wait longer than those who read.
_POLLING_SECONDS: Final = 0.3
_CALLS_POLLING_SECONDS: Final = 2.0
_LOOK_SECONDS: Final = 1.0
# Connections for what DBOS records; a document holds one for a moment at each step.
_POOL_SIZE: Final = 20


def run(settings: Settings, name: str | None = None, parent: int | None = None) -> None:
    """Work until SIGTERM, SIGINT or the end of the process `parent`, where one is given. What is under way then goes
    to other workers, or waits for the next.

    `name` is kept over restarts by who restarts the process, and only by them: a worker takes up at once what an
    earlier one of its name left. Raises OutdatedDatabase, StorageUnusable.
    """
    store = Store(settings)
    store.database.check()
    store.files.check()
    me = Host(name or f"{socket.gethostname()}-{uuid4().hex[:8]}", store, Pool(settings))
    host.enter(me)
    slots = settings.worker_count * DOCUMENTS_PER_READER
    watch.enter(me, slots)
    me.pool.warm()
    launch(settings, me.name, slots)
    duties = watch.Watch(me, _fence)
    duties.start()
    log.info("worker started", name=me.name, readers=settings.worker_count)
    _wait_for_end(parent)
    duties.stop()
    watch.leave(me)
    log.info("worker ended", name=me.name)
    # Runs under way must not come to an end that is none; their processes die with this one.
    os._exit(0)


def launch(settings: Settings, name: str, slots: int, queues: Sequence[str] | None = None) -> None:
    """Connect this process to the queues and take runs from them, from `queues` alone where they are given."""
    logging.getLogger("dbos").propagate = False
    logging.getLogger("dbos").addFilter(_is_news)
    assert flow.extract is not None, "importing the module registers its workflows"
    queue.prepare_database(settings.jobs_database)
    DBOS(
        config={
            "name": queue.APPLICATION,
            "system_database_url": settings.jobs_database,
            "executor_id": name,
            "application_version": queue.STEPS_VERSION,
            "log_level": "ERROR",
            "sys_db_pool_size": _POOL_SIZE,
            "run_migrations": False,
        }
    )
    if queues is not None:
        DBOS.listen_queues(queues)
    DBOS.launch()
    DBOS.register_queue(
        queue.DOCUMENTS,
        worker_concurrency=slots,
        polling_interval_sec=_POLLING_SECONDS,
        on_conflict="always_update",
    )
    DBOS.register_queue(
        queue.WEBHOOKS,
        worker_concurrency=_CALLS_AT_ONCE,
        polling_interval_sec=_CALLS_POLLING_SECONDS,
        on_conflict="always_update",
    )


def _is_news(record: logging.LogRecord) -> bool:
    """Whether a line of the queue's log is: a document that was cancelled ends its run by an error, which is none."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, dbos_errors.DBOSAwaitedWorkflowCancelledError)


def _fence() -> None:
    """The others took this worker for dead, and its documents with it: begin again, with nothing under way."""
    log.error("this worker was silent for too long, lost its documents to others and begins again")
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 - the command that started it


def _wait_for_end(parent: int | None) -> None:
    ended = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    while not ended.wait(_LOOK_SECONDS):
        if parent is not None and os.getppid() != parent:
            return

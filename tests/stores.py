"""What tests of stores and workers share besides their fixtures."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

from service.config import Settings
from service.jobs import Jobs, queue
from service.store import Store, accounts, documents
from service.store.models import UNFINISHED, Document
from tests import once

WORKER_SECONDS = 600  # that a document of a test may take on a busy machine, the worker's start included
StartWorker = Callable[..., "subprocess.Popen[bytes]"]


def environment(settings: Settings, **more: object) -> dict[str, str]:
    """The environment of a process that works with these settings, those in `more` in their place."""
    chosen = {name: getattr(settings, name) for name in settings.model_fields_set} | more
    return os.environ | {f"JIXIAO_{name.upper()}": str(value) for name, value in chosen.items()}


def make_tables(settings: Settings) -> None:
    """The tables of a store and of its queues, empty."""
    with Store(settings) as store:
        store.database.upgrade()
    queue.prepare_database(settings.jobs_database)


@cache
def empty_data() -> Path:
    """A data folder with empty tables on SQLite, made once a session; to be copied."""
    data = once.folder() / "empty-data"
    with once.alone(data.name):
        if not data.exists():
            making = once.folder() / "empty-data.new"
            make_tables(Settings(data=making))
            making.rename(data)
    return data


def default_group(store: Store) -> str:
    with store.database.reading() as session:
        return accounts.default_group(session).id


def add(jobs: Jobs, data: bytes, file_name: str = "report.pdf", **more: object) -> Document:
    """Hand in a file for the default group."""
    values = {"media_type": "application/pdf", "group_id": default_group(jobs.store), "uploaded_by": "local"} | more
    return jobs.add(data, file_name, **values).document  # type: ignore[arg-type]


def ended(store: Store, document_id: str, seconds: float = WORKER_SECONDS) -> Document:
    """The document once it is done, failed or cancelled."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with store.database.reading() as session:
            document = documents.need(session, document_id)
        if document.status not in UNFINISHED:
            return document
        time.sleep(0.1)
    raise AssertionError(f"{document.status} after {seconds:g} s, {document.pages_done} of {document.page_count} pages")

"""The queues as those who hand in work see them: adding, cancelling, following documents."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, EnqueueOptions
from sqlalchemy.orm import Session

from service.config import MEGABYTE
from service.errors import EmptyFile, TooLarge
from service.jobs.errors import NotFinished
from service.jobs.webhooks import check_callback
from service.store import Store, documents
from service.store.models import (
    FIRST_PRIORITY,
    LAST_PRIORITY,
    NORMAL_PRIORITY,
    QUEUED,
    RUNNING,
    UNFINISHED,
    Document,
)
from service.store.texts import cleaned

APPLICATION: Final = "jixiao"
# Runs begun by one version of the steps are not taken up by another: raise it when the steps change.
STEPS_VERSION: Final = "3"
DOCUMENTS: Final = "documents"
WEBHOOKS: Final = "webhooks"
EXTRACT: Final = "extract"
DELIVER: Final = "deliver"
# Turns of one priority before the next priority's numbers begin; DBOS sorts by one number below 2^31.
_TURNS: Final = 100_000_000
_LONGEST_NAME: Final = 255


@dataclass(frozen=True, slots=True)
class Added:
    """A document that was handed in. `is_new` is false for bytes that were there; `is_queued` says whether it will be
    read (again)."""

    document: Document
    is_new: bool
    is_queued: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a document is. `ahead` counts the documents that are served before it."""

    status: str
    pages_done: int
    page_count: int | None
    ahead: int
    error_code: str | None
    error_message: str | None


class Jobs:
    """Hands documents to the workers that share a store; to be closed after use. Safe to share between threads."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._client: DBOSClient | None = None
        self._connecting = threading.Lock()

    def add(
        self,
        data: bytes,
        file_name: str,
        *,
        media_type: str,
        group_id: str,
        uploaded_by: str,
        profile: str | None = None,
        priority: int = NORMAL_PRIORITY,
        callback_url: str | None = None,
        reprocess: bool = False,
    ) -> Added:
        """Keep a file and have it read. The same bytes in the same group are the same document; `reprocess` has it
        read again.

        Raises EmptyFile, TooLarge, UnknownProfile, CallbackRefused; NotFinished where `reprocess` meets a running run.
        """
        self._check(data, profile, callback_url)
        sha256 = self.store.files.put(data)
        priority = min(max(priority, FIRST_PRIORITY), LAST_PRIORITY)
        with self.store.database.session() as session:
            document, is_new = documents.add(
                session,
                sha256=sha256,
                file_name=_name_of(file_name) or sha256[:12],
                media_type=media_type,
                size=len(data),
                group_id=group_id,
                uploaded_by=uploaded_by,
                priority=priority,
                profile=profile,
                callback_url=callback_url,
            )
            again = reprocess and not is_new
            if again:
                document.profile, document.callback_url, document.priority = profile, callback_url, priority
                _again(session, document)
        if is_new or again:
            self._enqueue(document)
        return Added(document, is_new, is_new or again)

    def retry(self, document_id: str) -> Document:
        """Read a document again. Raises NoSuchDocument, NotFinished."""
        with self.store.database.session() as session:
            document = documents.need(session, document_id)
            _again(session, document)
        self._enqueue(document)
        return document

    def submit(self, document_id: str) -> None:
        """Put a queued document before the workers. Doing so twice does no harm. Raises NoSuchDocument."""
        with self.store.database.reading() as session:
            document = documents.need(session, document_id)
        if document.status in UNFINISHED:
            self._enqueue(document)

    def cancel(self, document_id: str) -> bool:
        """Stop what has not ended: at once while it waits, else after the pages being read. False where it has ended.
        Raises NoSuchDocument."""
        with self.store.database.session() as session:
            document = documents.need(session, document_id)
            is_stopped = documents.cancel(session, document_id)
        if is_stopped:
            self.client.cancel_workflow(workflow_id(document.id, document.run))
        return is_stopped

    def delete(self, document_id: str) -> None:
        """Remove a document with its file, reports and corrections. Raises NoSuchDocument."""
        self.cancel(document_id)
        remove(self.store, document_id)

    def progress(self, document_id: str) -> Progress:
        """Raises NoSuchDocument."""
        with self.store.database.reading() as session:
            found = documents.need(session, document_id)
            ahead = documents.ahead(session, found) if found.status == QUEUED else 0
        return Progress(found.status, found.pages_done, found.page_count, ahead, found.error_code, found.error_message)

    @property
    def client(self) -> DBOSClient:
        """The connection to the queues, made when first needed."""
        with self._connecting:
            if self._client is None:
                url = self.store.settings.jobs_database
                prepare_database(url)
                self._client = DBOSClient(system_database_url=url, application_name=APPLICATION)
            return self._client

    def close(self) -> None:
        if self._client is not None:
            self._client.destroy()
            self._client = None

    def _check(self, data: bytes, profile: str | None, callback_url: str | None) -> None:
        from service.assembling import profiles

        limit = self.store.settings.max_bytes
        if not data:
            raise EmptyFile
        if len(data) > limit:
            raise TooLarge(megabytes=len(data) // MEGABYTE, limit=limit // MEGABYTE)
        if profile:
            profiles.choose(profile, None)
        if callback_url:
            check_callback(callback_url, self.store.settings)

    def _enqueue(self, document: Document) -> None:
        self.client.enqueue(options(document), document.id, document.run)


def _name_of(file_name: str) -> str:
    """The last part of what a client calls its file."""
    return Path(str(cleaned(file_name)).replace("\\", "/")).name[-_LONGEST_NAME:]


def _again(session: Session, document: Document) -> None:
    if document.status in UNFINISHED:
        raise NotFinished(status={QUEUED: "queued", RUNNING: "running"}[document.status])
    documents.queue_again(session, document)


def remove(store: Store, document_id: str) -> None:
    """Delete an ended document: its rows first, so that nothing points at a file that is gone."""
    with store.database.session() as session:
        document = documents.need(session, document_id)
        is_last = documents.remove(session, document)
    store.files.clear_cache(document.id)
    if is_last:
        store.files.delete(document.sha256)


def workflow_id(document_id: str, run: int) -> str:
    """A run's name in the queue: asking for it twice queues it once."""
    return f"{document_id}-{run}"


def options(document: Document) -> EnqueueOptions:
    """Where and when a document's run is served: by priority, and within one by its turn."""
    return {
        "workflow_name": EXTRACT,
        "queue_name": DOCUMENTS,
        "workflow_id": workflow_id(document.id, document.run),
        "app_version": STEPS_VERSION,
        "priority": (document.priority - FIRST_PRIORITY) * _TURNS + min(document.turn, _TURNS - 1) + 1,
    }


def prepare_database(url: str) -> None:
    """Make or migrate the tables of the queues."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        with sqlite3.connect(parsed.database) as connection:
            connection.execute("PRAGMA journal_mode=WAL")  # kept in the file: readers do not wait for writers
        connection.close()
    DBOS.migrate(url)

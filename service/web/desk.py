"""One document on the desk: what is known of it, and what its reader may do to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from nicegui import run

from service.assembling.quantities import number
from service.schema import Report
from service.store import audit, corrections, documents, reports
from service.store.corrections import Change
from service.store.models import QUEUED
from service.web import backstage
from service.web.views.fields import Field, Kind

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from service.api.accounts import Scope, Viewer
    from service.store.models import Correction, Document


@dataclass(frozen=True, slots=True)
class State:
    """A document with its report, if there is one yet: as it is served and as it was read.

    `ahead` is how many documents are served before one that is queued."""

    document: Document
    report: Report | None
    as_read: Report | None
    history: Sequence[Correction]
    ahead: int = 0


class Desk:
    """The document `document_id` before `who`."""

    def __init__(self, document_id: str, who: Viewer) -> None:
        self.document_id = document_id
        self.who = who

    @property
    def may_annotate(self) -> bool:
        return self.who.may("annotate")

    async def state(self) -> State:
        """Raises NoSuchDocument, LoggedOut."""
        await backstage.still_there(self.who)
        return await backstage.read(self._state)

    def _state(self, session: Session) -> State:
        document = self._document(session)
        served, as_read = reports.served(session, document.id), reports.as_read(session, document.id)
        ahead = documents.ahead(session, document) if document.status == QUEUED else 0
        return State(document, served, as_read, corrections.history(session, document.id), ahead)

    def _document(self, session: Session) -> Document:
        return documents.need(session, self.document_id, self.who.sees)

    async def correct(self, field: Field, typed: str) -> None:
        """Put what was typed in a value's place. Raises BadValue."""
        await self._record(Change(field.pointer, meant(field.kind, typed)))

    async def accept(self, field: Field) -> None:
        """Vouch for a value as it was read."""
        await self._record(Change(field.confidence_pointer, 1.0))

    async def _record(self, change: Change) -> None:
        await self._need("annotate")

        def work(session: Session) -> None:
            document = self._document(session)
            corrections.record(session, document, [change], self.who.actor)
            self._audit(session, "report.correct", document, {"paths": [change.path]})

        await backstage.write(work)

    async def undo(self) -> str:
        """Take back the last correction; the path of what it had changed. Raises NothingToUndo."""
        await self._need("annotate")

        def work(session: Session) -> str:
            document = self._document(session)
            undone = corrections.undo(session, document, self.who.actor)
            self._audit(session, "report.undo", document, {"path": undone.path})
            return undone.path

        return await backstage.write(work)

    async def cancel(self) -> None:
        await self._job("cancel")

    async def retry(self) -> None:
        await self._job("retry")

    async def delete(self) -> None:
        await self._job("delete")

    async def _job(self, action: Literal["cancel", "retry", "delete"]) -> None:
        """Have the document's job cancelled, done again, or removed with all that belongs to it."""
        await self._need("upload")
        document = await backstage.read(self._document)
        if action == "delete" and not may_delete(self.who, document.uploaded_by):
            self.who.need("admin")
        detail = {"file_name": document.file_name}
        await run.io_bound(getattr(backstage.jobs(), action), self.document_id)
        await backstage.write(lambda session: self._audit(session, f"document.{action}", document, detail))

    async def _need(self, scope: Scope) -> None:
        """Raises LoggedOut, NotAllowed."""
        await backstage.still_there(self.who)
        self.who.need(scope)

    def _audit(self, session: Session, action: str, document: Document, detail: dict[str, Any]) -> None:
        audit.record(session, self.who.actor, action, document.id, detail, document.group_id)


def may_delete(who: Viewer, uploaded_by: str) -> bool:
    """Others' documents take an administrator."""
    return who.may("admin") or (who.may("upload") and uploaded_by == who.actor)


def meant(kind: Kind, typed: str) -> str | float | None:
    """The value that a typed text stands for; what is no number stays a text, which the store refuses by name."""
    plain = typed.strip()
    if not plain:
        return None
    value = number(plain) if kind in (Kind.NUMBER, Kind.YEAR) else None
    return plain if value is None else value

"""One document on the desk: what is known of it, and what its reader may do to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nicegui import run

from service.assembling.quantities import number
from service.schema import Report
from service.store import audit, corrections, documents, reports
from service.store.corrections import Change
from service.web import backstage
from service.web.views.fields import Field, Kind

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from service.api.accounts import Viewer
    from service.store.models import Correction, Document


@dataclass(frozen=True, slots=True)
class State:
    """A document with its report, if there is one yet: as it is served and as it was read."""

    document: Document
    report: Report | None
    as_read: Report | None
    history: Sequence[Correction]


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
        return State(document, served, as_read, corrections.history(session, document.id))

    def _document(self, session: Session) -> Document:
        return documents.need(session, self.document_id, self.who.sees)

    async def correct(self, field: Field, typed: str) -> None:
        """Put what was typed in a value's place. Raises BadValue."""
        await self._record(Change(field.pointer, meant(field.kind, typed)), "correct")

    async def accept(self, field: Field) -> None:
        """Vouch for a value as it was read."""
        await self._record(Change(field.confidence_pointer, 1.0), "accept")

    async def _record(self, change: Change, action: str) -> None:
        await backstage.still_there(self.who)

        def work(session: Session) -> None:
            document = self._document(session)
            corrections.record(session, document, [change], self.who.actor)
            self._audit(session, action, {"path": change.path})

        await backstage.write(work)

    async def undo(self) -> str:
        """Take back the last correction; the path of what it had changed. Raises NothingToUndo."""
        await backstage.still_there(self.who)

        def work(session: Session) -> str:
            undone = corrections.undo(session, self._document(session), self.who.actor)
            self._audit(session, "undo", {"path": undone.path})
            return undone.path

        return await backstage.write(work)

    async def cancel(self) -> None:
        await self._job("cancel")

    async def retry(self) -> None:
        await self._job("retry")

    async def delete(self) -> None:
        await self._job("delete")

    async def _job(self, action: str) -> None:
        await backstage.still_there(self.who)
        await backstage.read(self._document)
        await run.io_bound(getattr(backstage.jobs(), action), self.document_id)
        await backstage.write(lambda session: self._audit(session, action, {}))

    def _audit(self, session: Session, action: str, detail: dict[str, str]) -> None:
        audit.record(session, self.who.actor, action, self.document_id, detail, self.who.group_id)


def meant(kind: Kind, typed: str) -> str | float | None:
    """The value that a typed text stands for; what is no number stays a text, which the store refuses by name."""
    plain = typed.strip()
    if not plain:
        return None
    value = number(plain) if kind in (Kind.NUMBER, Kind.YEAR) else None
    return plain if value is None else value

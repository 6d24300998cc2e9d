"""Documents: adding, finding, listing, and what a run does to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload

from service.errors import InputError
from service.store.models import (
    CANCELLED,
    DONE,
    FAILED,
    NORMAL_PRIORITY,
    QUEUED,
    RUNNING,
    UNFINISHED,
    Attempt,
    Document,
    Evaluation,
    EvaluationWords,
    Page,
    Report,
    new_id,
    now,
)
from service.store.paging import Listing, contains, paged

SORTS: Final[dict[str, InstrumentedAttribute[Any]]] = {
    "created_at": Document.created_at,
    "file_name": Document.file_name,
    "status": Document.status,
    "finished_at": Document.finished_at,
    "page_count": Document.page_count,
}

_MOST_PARAMETERS: Final = 500  # of one query


class NoSuchDocument(InputError):
    code = "no_such_document"
    http_status = 404
    zh = "没有编号为 {id} 的文件。请核对编号；文件可能已被删除。"
    en = "There is no document {id}. Check its id; it may have been deleted."


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which documents to list; None leaves a filter out. Those on evaluations hold where one evaluation fits all."""

    status: str | None = None
    text: str | None = None
    year: int | None = None
    kind: str | None = None
    unit: str | None = None
    grade: str | None = None
    has_errors: bool | None = None
    group_id: str | None = None


def add(
    session: Session,
    *,
    sha256: str,
    file_name: str,
    media_type: str,
    size: int,
    group_id: str,
    uploaded_by: str,
    priority: int = NORMAL_PRIORITY,
    profile: str | None = None,
    callback_url: str | None = None,
) -> tuple[Document, bool]:
    """The document of these bytes in the group, and whether it is new."""
    values = {
        "id": new_id(), "sha256": sha256, "group_id": group_id, "file_name": file_name, "media_type": media_type,
        "size": size, "status": QUEUED, "error_retryable": False, "priority": priority, "profile": profile,
        "callback_url": callback_url, "run": 1, "starts": 0, "pages_done": 0, "uploaded_by": uploaded_by,
        "created_at": now(), "queued_at": now(), "timings": {}, "versions": {},
        "turn": _next_turn(session, uploaded_by, priority),
    }  # fmt: skip
    made = insert_once(session, Document, values)
    return by_sha256(session, sha256, group_id), made


def insert_once(session: Session, table: type[Document] | type[Page], values: dict[str, Any]) -> bool:
    """Insert a row unless one with its unique columns is there; whether it was inserted."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    row = dialect.insert(table).values(**values).on_conflict_do_nothing().returning(*table.__table__.primary_key)
    return session.execute(row).first() is not None  # not every driver counts the rows of an INSERT


def by_sha256(session: Session, sha256: str, group_id: str) -> Document:
    return session.scalars(select(Document).where(Document.sha256 == sha256, Document.group_id == group_id)).one()


def get(session: Session, document_id: str, group_id: str | None = None) -> Document | None:
    """A document that the group may see; every group's without `group_id`."""
    found = session.get(Document, document_id)
    return found if found is not None and group_id in (None, found.group_id) else None


def need(session: Session, document_id: str, group_id: str | None = None) -> Document:
    """A document that the group may see. Raises NoSuchDocument."""
    found = get(session, document_id, group_id)
    if found is None:
        raise NoSuchDocument(id=document_id)
    return found


def page(
    session: Session, filters: Filters, sort: str = "-created_at", cursor: str | None = None, limit: int = 50
) -> Listing[Document]:
    """A page of documents, their evaluations loaded. Raises paging.BadSort, paging.BadCursor."""
    query = _filtered(select(Document), filters)
    return paged(
        session,
        query,
        sorts=SORTS,
        key=Document.id,
        sort=sort,
        cursor=cursor,
        limit=limit,
        load=[selectinload(Document.evaluations)],
        is_costly=bool(filters.text or filters.has_errors is not None or _of_evaluation(filters)),
    )


def _filtered(query: Select[Document], filters: Filters) -> Select[Document]:
    if filters.group_id is not None:
        query = query.where(Document.group_id == filters.group_id)
    if filters.status is not None:
        query = query.where(Document.status == filters.status)
    if filters.text:
        named = contains(func.lower(Document.file_name), filters.text)
        query = query.where(or_(named, _with_evaluation(holds_text(filters.text))))
    wanted = _of_evaluation(filters)
    if wanted:
        query = query.where(_with_evaluation(*wanted))
    if filters.has_errors is not None:
        faulty = _with_evaluation(Evaluation.errors > 0)
        query = query.where(faulty if filters.has_errors else ~faulty)
    return query


def _of_evaluation(filters: Filters) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if filters.year is not None:
        wanted.append(Evaluation.year == filters.year)
    if filters.kind is not None:
        wanted.append(Evaluation.kind == filters.kind)
    if filters.grade is not None:
        wanted.append(Evaluation.grade == filters.grade)
    if filters.unit:
        wanted.append(of_unit(filters.unit))
    return wanted


def _with_evaluation(*wanted: ColumnElement[bool]) -> ColumnElement[bool]:
    """Documents of which one evaluation fits all. Asked once for all documents: SQLite would else ask for each, by
    the year."""
    return Document.id.in_(select(Evaluation.document_id).where(*wanted))


def holds_text(text: str) -> ColumnElement[bool]:
    """Evaluations that a search for a text finds."""
    return Evaluation.id.in_(select(EvaluationWords.evaluation_id).where(contains(EvaluationWords.words, text)))


def of_unit(name: str) -> ColumnElement[bool]:
    """Evaluations by a part of their unit's or department's name."""
    return or_(*(contains(func.lower(column), name) for column in (Evaluation.unit, Evaluation.department)))


def _next_turn(session: Session, uploaded_by: str, priority: int) -> int:
    """The turn of a user's next document.

    Users of one priority take turns: each of a user's documents comes one turn after the last, and a user who comes
    later begins at the turn that is being served, so that nobody waits behind all of another's.
    """
    waiting = (Document.status == QUEUED, Document.priority == priority)
    served = session.scalar(select(func.min(Document.turn)).where(*waiting))
    last = session.scalar(select(func.max(Document.turn)).where(*waiting, Document.uploaded_by == uploaded_by))
    return max(served or 0, (last + 1) if last is not None else 0)


def queue_again(session: Session, document: Document) -> None:
    """Ask for a new run. What was read stays until the run has ended."""
    document.turn = _next_turn(session, document.uploaded_by, document.priority)
    document.run += 1
    document.status = QUEUED
    document.queued_at = now()
    document.starts = document.pages_done = 0
    document.started_at = document.finished_at = document.page_count = None
    document.error_code = document.error_message = None
    document.error_retryable = False
    document.timings = {}


def ahead(session: Session, document: Document) -> int:
    """How many queued documents are served before this one."""
    earlier = or_(
        Document.priority < document.priority,
        (Document.priority == document.priority) & (Document.turn < document.turn),
        (Document.priority == document.priority)
        & (Document.turn == document.turn)
        & (Document.queued_at < document.queued_at),
    )
    return session.scalars(select(func.count()).select_from(Document).where(Document.status == QUEUED, earlier)).one()


def _batched(items: Sequence[str], size: int) -> Iterable[Sequence[str]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def missing(session: Session, ids: Iterable[str]) -> set[str]:
    """Those of some ids that are no document's."""
    unknown = set(ids)
    for some in _batched(sorted(unknown), _MOST_PARAMETERS):
        unknown -= set(session.scalars(select(Document.id).where(Document.id.in_(some))))
    return unknown


def queued_before(session: Session, before: datetime, limit: int) -> list[Document]:
    """Documents that have been queued for a while, first come first."""
    query = select(Document).where(Document.status == QUEUED, Document.queued_at < before)
    return list(session.scalars(query.order_by(Document.queued_at).limit(limit)))


def unfinished_before(session: Session, before: datetime, limit: int) -> list[Document]:
    """Documents that were queued a while ago and have not ended."""
    query = select(Document).where(Document.status.in_(UNFINISHED), Document.queued_at < before)
    return list(session.scalars(query.order_by(Document.queued_at).limit(limit)))


def finished_before(session: Session, before: datetime, limit: int) -> list[Document]:
    """Documents that ended a while ago."""
    query = select(Document).where(Document.finished_at < before)
    return list(session.scalars(query.order_by(Document.finished_at).limit(limit)))


def begin(session: Session, document_id: str, run: int) -> Document | None:
    """Mark a run as running and count the start; None where it was cancelled, deleted, or is another run's."""
    changed = session.execute(
        update(Document)
        .where(Document.id == document_id, Document.run == run, Document.status.in_(UNFINISHED))
        .values(status=RUNNING, starts=Document.starts + 1, started_at=func.coalesce(Document.started_at, now()))
    )
    return session.get(Document, document_id) if changed.rowcount else None  # type: ignore[attr-defined]


def is_running(session: Session, document_id: str, run: int) -> bool:
    """Whether the run still wants its pages."""
    row = session.execute(select(Document.status, Document.run).where(Document.id == document_id)).one_or_none()
    return row is not None and row.status == RUNNING and row.run == run


def set_page_count(session: Session, document_id: str, run: int, count: int) -> None:
    session.execute(_own(document_id, run).values(page_count=count))


def add_page(
    session: Session,
    document_id: str,
    run: int,
    number: int,
    *,
    seconds: float,
    executor: str,
    error_code: str | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    """Note a page as dealt with, once. Progress forgives earlier starts that came to nothing."""
    if not is_running(session, document_id, run):
        return
    row = {
        "document_id": document_id, "run": run, "number": number, "error_code": error_code, "details": details or {},
        "seconds": seconds, "executor": executor, "at": now(),
    }  # fmt: skip
    if insert_once(session, Page, row):
        session.execute(_own(document_id, run).values(pages_done=Document.pages_done + 1, starts=1))


def attempt(session: Session, document_id: str, run: int, step: str) -> int:
    """Record that a step of a run is begun; how often it had been."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    row = dialect.insert(Attempt).values(document_id=document_id, run=run, step=step, count=1)
    again = row.on_conflict_do_update(index_elements=Attempt.__table__.primary_key, set_={"count": Attempt.count + 1})
    count: int = session.scalars(again.returning(Attempt.count)).one()
    return count - 1


def pages(session: Session, document_id: str, run: int) -> Sequence[Page]:
    """The pages that a run has dealt with, in order."""
    query = select(Page).where(Page.document_id == document_id, Page.run == run).order_by(Page.number)
    return session.scalars(query).all()


def finish(session: Session, document_id: str, run: int, *, timings: dict[str, Any], versions: dict[str, Any]) -> bool:
    """Mark a run as done; False where it is no longer wanted, or has ended already."""
    values = {"status": DONE, "finished_at": now(), "timings": timings, "versions": versions}
    return bool(session.execute(_own(document_id, run).values(**values)).rowcount)  # type: ignore[attr-defined]


def fail(session: Session, document_id: str, run: int, *, code: str, message: str, retryable: bool) -> bool:
    """Mark a run as failed; False where it has ended already."""
    values = {
        "status": FAILED, "finished_at": now(), "error_code": code, "error_message": message,
        "error_retryable": retryable,
    }  # fmt: skip
    wanted = (Document.id == document_id, Document.run == run, Document.status.in_(UNFINISHED))
    return bool(session.execute(update(Document).where(*wanted).values(**values)).rowcount)  # type: ignore[attr-defined]


def cancel(session: Session, document_id: str) -> bool:
    """Mark as cancelled what has not ended; False where it has."""
    wanted = (Document.id == document_id, Document.status.in_(UNFINISHED))
    values = {"status": CANCELLED, "finished_at": now()}
    return bool(session.execute(update(Document).where(*wanted).values(**values)).rowcount)  # type: ignore[attr-defined]


def remove(session: Session, document: Document) -> bool:
    """Delete a document and all that belongs to it; whether its file is no other group's as well."""
    session.execute(delete(Document).where(Document.id == document.id))
    others = select(func.count()).select_from(Document).where(Document.sha256 == document.sha256)
    return session.scalars(others).one() == 0


def has_report(session: Session, document_id: str) -> bool:
    return session.get(Report, document_id) is not None


def _own(document_id: str, run: int) -> Any:
    mine = update(Document).where(Document.id == document_id, Document.run == run, Document.status == RUNNING)
    # Nobody has loaded the document before: looking for what it would change in memory costs more than the change.
    return mine.execution_options(synchronize_session=False)

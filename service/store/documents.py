"""Documents: adding, finding, listing, and what a run does to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Executable,
    Integer,
    Select,
    Update,
    bindparam,
    case,
    delete,
    func,
    or_,
    select,
    update,
)
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
    Utc,
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPage:
    """A page that a run has dealt with. `details` holds the fields of the error `error_code`."""

    number: int
    seconds: float
    executor: str
    error_code: str | None = None
    details: dict[str, Any] = field(default_factory=dict)
    at: datetime = field(default_factory=now)


@dataclass(frozen=True, slots=True)
class Progress:
    """What a run has come to know: how many pages there are, and those that it has dealt with."""

    page_count: int | None = None
    pages: Sequence[ReadPage] = ()


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
    made: Document | None = session.scalars(_adding(session.get_bind().dialect.name), values).one_or_none()
    return made or by_sha256(session, sha256, group_id), made is not None


@cache
def _adding(dialect: str) -> Executable:
    statement: Executable = _insert(dialect)(Document).on_conflict_do_nothing().returning(Document)
    return statement


def _insert_pages(session: Session, rows: Sequence[dict[str, Any]]) -> int:
    """Insert the pages that are not there yet; how many were inserted."""
    if not rows:
        return 0
    # Not every driver counts the rows of an INSERT.
    return len(session.execute(_inserting_pages(session.get_bind().dialect.name), rows).all())


@cache
def _inserting_pages(dialect: str) -> Executable:
    statement: Executable = _insert(dialect)(Page.table()).on_conflict_do_nothing().returning(Page.table().c.number)
    return statement


def _insert(dialect: str) -> Any:
    """The database's own INSERT, which knows of conflicts."""
    return (sqlite if dialect == "sqlite" else postgresql).insert


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


_WAITING: Final = (Document.status == QUEUED, Document.priority == bindparam("of_priority"))
_TURNS: Final = select(
    select(func.min(Document.turn)).where(*_WAITING).scalar_subquery(),
    select(func.max(Document.turn)).where(*_WAITING, Document.uploaded_by == bindparam("by")).scalar_subquery(),
)


def _next_turn(session: Session, uploaded_by: str, priority: int) -> int:
    """The turn of a user's next document.

    Users of one priority take turns: each of a user's documents comes one turn after the last, and a user who comes
    later begins at the turn that is being served, so that nobody waits behind all of another's.
    """
    served, last = session.execute(_TURNS, {"of_priority": priority, "by": uploaded_by}).one()
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


# Statements that every document takes, made once: to put one together takes as long as to run it. They change rows
# that the session has not loaded, and need not look for them.
_UNSEEN: Final[dict[str, Any]] = {"synchronize_session": False, "populate_existing": True}
_MINE: Final = (Document.id == bindparam("document"), Document.run == bindparam("of_run"))
_BEGIN: Final = (
    update(Document)
    .where(*_MINE, Document.status.in_(UNFINISHED))
    .values(
        status=RUNNING,
        starts=Document.starts + 1,
        started_at=func.coalesce(Document.started_at, bindparam("at", type_=Utc)),
    )
    .returning(Document)
    .execution_options(**_UNSEEN)
)
_ADVANCE: Final = (
    update(Document)
    .where(*_MINE, Document.status == RUNNING)
    .values(
        page_count=func.coalesce(bindparam("pages", type_=Integer), Document.page_count),
        pages_done=Document.pages_done + bindparam("more"),
        starts=case((bindparam("more") > 0, 1), else_=Document.starts),
    )
    .execution_options(**_UNSEEN)
)
_FINISH: Final = _ADVANCE.values(
    status=DONE, finished_at=bindparam("at"), timings=bindparam("took"), versions=bindparam("by")
)


def begin(session: Session, document_id: str, run: int) -> Document | None:
    """Mark a run as running and count the start; None where it was cancelled, deleted, or is another run's."""
    return session.scalars(_BEGIN, {"document": document_id, "of_run": run, "at": now()}).one_or_none()


def is_running(session: Session, document_id: str, run: int) -> bool:
    """Whether the run still wants its pages."""
    row = session.execute(select(Document.status, Document.run).where(Document.id == document_id)).one_or_none()
    return row is not None and row.status == RUNNING and row.run == run


def note(session: Session, document_id: str, run: int, progress: Progress) -> None:
    """Record how far a run is, each page once. Progress forgives earlier starts that came to nothing."""
    _advance(session, document_id, run, progress, _ADVANCE, {})


def _advance(
    session: Session, document_id: str, run: int, progress: Progress, statement: Update, values: dict[str, Any]
) -> bool:
    """Record a run's progress, and more of its document; False where the run is no longer wanted."""
    mine: dict[str, Any] = {"document": document_id, "of_run": run}
    values |= mine | {"pages": progress.page_count, "more": len(progress.pages)}
    if not session.execute(statement, values).rowcount:  # type: ignore[attr-defined]
        return False
    rows = [{"document_id": document_id, "run": run, **asdict(page)} for page in progress.pages]
    known = len(rows) - _insert_pages(session, rows)
    if known:
        session.execute(_ADVANCE, mine | {"pages": None, "more": -known})
    return True


def attempt(session: Session, document_id: str, run: int, step: str) -> int:
    """Record that a step of a run is begun; how often it had been."""
    row = _insert(session.get_bind().dialect.name)(Attempt).values(document_id=document_id, run=run, step=step, count=1)
    again = row.on_conflict_do_update(index_elements=Attempt.table().primary_key, set_={"count": Attempt.count + 1})
    count: int = session.scalars(again.returning(Attempt.count)).one()
    return count - 1


def attempts(session: Session, document_id: str, run: int) -> dict[str, int]:
    """How often each step of a run was begun since one was lost."""
    wanted = select(Attempt.step, Attempt.count).where(Attempt.document_id == document_id, Attempt.run == run)
    return {row.step: row.count for row in session.execute(wanted)}  # type: ignore[misc] # a tuple has a count() too


def pages(session: Session, document_id: str, run: int) -> Sequence[Page]:
    """The pages that a run has dealt with, in order."""
    query = select(Page).where(Page.document_id == document_id, Page.run == run).order_by(Page.number)
    return session.scalars(query).all()


def finish(
    session: Session,
    document_id: str,
    run: int,
    *,
    timings: dict[str, Any],
    versions: dict[str, Any],
    progress: Progress = Progress(),
) -> bool:
    """Mark a run as done; False where it is no longer wanted, or has ended already."""
    values = {"at": now(), "took": timings, "by": versions}
    return _advance(session, document_id, run, progress, _FINISH, values)


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

"""Evaluations and findings across documents: lists, and figures for an overview."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from service.store.documents import holds_text, of_unit
from service.store.models import STATUSES, Document, Evaluation, Finding
from service.store.paging import Listing, paged

SORTS: Final[dict[str, InstrumentedAttribute[Any]]] = {
    "id": Evaluation.id,
    "year": Evaluation.year,
    "unit": Evaluation.unit,
    "title": Evaluation.title,
    "subject": Evaluation.subject,
    "score": Evaluation.score,
    "grade": Evaluation.grade,
    "budget": Evaluation.budget,
    "executed": Evaluation.executed,
    "execution_rate": Evaluation.execution_rate,
    "errors": Evaluation.errors,
    "doubtful": Evaluation.doubtful,
}
FINDING_SORTS: Final[dict[str, InstrumentedAttribute[Any]]] = {
    "id": Finding.id,
    "rule": Finding.rule,
    "severity": Finding.severity,
}
# Lower ends of the bars of an overview: execution rates in percent, scores of 100.
RATE_BARS: Final = (0, 50, 60, 70, 80, 90, 95, 100)
SCORE_BARS: Final = (0, 60, 70, 80, 90, 95)
MOST_UNITS: Final = 20

Figures = Mapping[str, ColumnElement[Any]]
Query = TypeVar("Query", bound=Select[Any, *tuple[Any, ...]])


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationFilters:
    """Which evaluations; None leaves a filter out. `status` is the document's. Rates in percent, both ends included,
    but `below_…`, which are not: so the bars of an overview do not overlap."""

    year: int | None = None
    kind: str | None = None
    unit: str | None = None
    level: str | None = None
    grade: str | None = None
    text: str | None = None
    status: str | None = None
    has_errors: bool | None = None
    min_score: float | None = None
    max_score: float | None = None
    below_score: float | None = None
    min_execution_rate: float | None = None
    max_execution_rate: float | None = None
    below_execution_rate: float | None = None
    document_id: str | None = None
    group_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingFilters:
    """Which findings; None leaves a filter out."""

    rule: str | None = None
    severity: str | None = None
    year: int | None = None
    unit: str | None = None
    document_id: str | None = None
    group_id: str | None = None


def page(
    session: Session, filters: EvaluationFilters, sort: str = "-id", cursor: str | None = None, limit: int = 50
) -> Listing[Evaluation]:
    """A page of evaluations, each with its document loaded. Raises paging.BadSort, paging.BadCursor."""
    query, load = _filtered(select(Evaluation), filters), [joinedload(Evaluation.document)]
    return paged(
        session,
        query,
        sorts=SORTS,
        key=Evaluation.id,
        sort=sort,
        cursor=cursor,
        limit=limit,
        load=load,
        is_costly=bool(filters.text or filters.unit),
    )


def findings(
    session: Session, filters: FindingFilters, sort: str = "-id", cursor: str | None = None, limit: int = 50
) -> Listing[Finding]:
    """A page of findings, each with its evaluation loaded. Raises paging.BadSort, paging.BadCursor."""
    query, load = select(Finding), [joinedload(Finding.evaluation).joinedload(Evaluation.document)]
    for column, wanted in (
        (Finding.rule, filters.rule),
        (Finding.severity, filters.severity),
        (Finding.document_id, filters.document_id),
        (Finding.group_id, filters.group_id),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    if filters.year is not None or filters.unit:
        query = query.join(Evaluation, Evaluation.id == Finding.evaluation_id)
        query = query.where(*_of_unit(filters.year, filters.unit))
    return paged(session, query, sorts=FINDING_SORTS, key=Finding.id, sort=sort, cursor=cursor, limit=limit, load=load)


def statistics(
    session: Session,
    *,
    group_id: str | None = None,
    year: int | None = None,
    kind: str | None = None,
    unit: str | None = None,
) -> dict[str, Any]:
    """Figures for an overview, as plain lists of dicts: documents by status, execution rates and scores in bars,
    scores by level and by unit, findings by rule, and the years side by side. Money in 元, rates in percent."""
    filters = EvaluationFilters(group_id=group_id, year=year, kind=kind, unit=unit)
    mean: Figures = {"score": func.avg(Evaluation.score), "execution_rate": func.avg(Evaluation.execution_rate)}
    return {
        "documents": _by_status(session, group_id),
        "evaluations": session.scalars(_filtered(select(func.count(Evaluation.id)), filters)).one(),
        "execution_rates": _bars(session, Evaluation.execution_rate, RATE_BARS, filters),
        "scores": _bars(session, Evaluation.score, SCORE_BARS, filters),
        "grades": _grouped(session, Evaluation.grade, filters),
        "levels": _grouped(session, Evaluation.level, filters, figures=mean),
        "units": _grouped(session, Evaluation.unit, filters, figures=mean, limit=MOST_UNITS),
        "kinds": _grouped(session, Evaluation.kind, filters),
        "findings": _findings_by_rule(session, filters),
        "years": _by_year(session, filters, mean),
    }


def _by_status(session: Session, group_id: str | None) -> list[dict[str, Any]]:
    query = select(Document.status, func.count()).group_by(Document.status)
    if group_id is not None:
        query = query.where(Document.group_id == group_id)
    counts = {row[0]: row[1] for row in session.execute(query)}
    return [{"status": status, "count": counts.get(status, 0)} for status in STATUSES]


def _bars(
    session: Session, column: InstrumentedAttribute[Any], starts: Sequence[int], filters: EvaluationFilters
) -> list[dict[str, Any]]:
    """How many evaluations lie in each bar: from `from` to below `below`, the last without an end."""
    ends = [*starts[1:], None]
    bars = [_between(column, start, end) for start, end in zip(starts, ends, strict=True)]
    counted = [func.count(case((bar, 1))) for bar in bars]
    row = session.execute(_filtered(select(*counted), filters)).one()
    return [{"from": s, "below": e, "count": c} for s, e, c in zip(starts, ends, row, strict=True)]


def _between(column: InstrumentedAttribute[Any], start: int, end: int | None) -> ColumnElement[bool]:
    return column >= start if end is None else (column >= start) & (column < end)


def _grouped(
    session: Session,
    column: InstrumentedAttribute[Any],
    filters: EvaluationFilters,
    *,
    figures: Figures | None = None,
    limit: int | None = None,
) -> list[dict[str, Any]]:
    """Counts by the values of a column, most first; None stands for evaluations that do not tell."""
    count, figures = func.count(Evaluation.id), figures or {}
    query = _filtered(select(column, count, *figures.values()), filters)
    query = query.group_by(column).order_by(count.desc(), column).limit(limit)
    return [_named(column.key, figures, row) for row in session.execute(query)]


def _named(name: str, figures: Figures, row: Any) -> dict[str, Any]:
    value, count, *rest = row
    shown = {key: None if figure is None else round(figure, 2) for key, figure in zip(figures, rest, strict=True)}
    return {name: value, "count": count, **shown}


def _findings_by_rule(session: Session, filters: EvaluationFilters) -> list[dict[str, Any]]:
    count = func.count(Finding.id)
    query = select(Finding.rule, Finding.severity, count).join(Evaluation, Evaluation.id == Finding.evaluation_id)
    query = _filtered(query, filters).group_by(Finding.rule, Finding.severity)
    rows = session.execute(query.order_by(count.desc(), Finding.rule))
    return [dict(zip(("rule", "severity", "count"), row, strict=True)) for row in rows]


def _by_year(session: Session, filters: EvaluationFilters, mean: Figures) -> list[dict[str, Any]]:
    figures: Figures = {"budget": func.sum(Evaluation.budget), "executed": func.sum(Evaluation.executed), **mean}
    query = _filtered(select(Evaluation.year, func.count(Evaluation.id), *figures.values()), filters)
    rows = session.execute(query.group_by(Evaluation.year).order_by(Evaluation.year))
    return [_named("year", figures, row) for row in rows if row[0] is not None]


def _of_unit(year: int | None, unit: str | None) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if year is not None:
        wanted.append(Evaluation.year == year)
    if unit:
        wanted.append(of_unit(unit))
    return wanted


def _filtered(query: Query, filters: EvaluationFilters) -> Query:
    exact = (
        (Evaluation.kind, filters.kind),
        (Evaluation.level, filters.level),
        (Evaluation.grade, filters.grade),
        (Evaluation.document_id, filters.document_id),
        (Evaluation.group_id, filters.group_id),
    )
    query = query.where(*(column == wanted for column, wanted in exact if wanted is not None))
    query = query.where(*_of_unit(filters.year, filters.unit), *_within(filters))
    if filters.text:
        query = query.where(holds_text(filters.text))
    if filters.has_errors is not None:
        query = query.where(Evaluation.errors > 0 if filters.has_errors else Evaluation.errors == 0)
    if filters.status is not None:
        query = query.where(Evaluation.document.has(Document.status == filters.status))
    return query


def _within(filters: EvaluationFilters) -> list[ColumnElement[bool]]:
    score, rate = Evaluation.score, Evaluation.execution_rate
    bounds = (
        (filters.min_score, score.__ge__),
        (filters.max_score, score.__le__),
        (filters.below_score, score.__lt__),
        (filters.min_execution_rate, rate.__ge__),
        (filters.max_execution_rate, rate.__le__),
        (filters.below_execution_rate, rate.__lt__),
    )
    return [holds(bound) for bound, holds in bounds if bound is not None]

"""Evaluations and findings across documents: lists, and figures for an overview."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Select, case, func, literal_column, select
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

# What can be added up of evaluations; means are made of it last.
_SUMS: Final = {
    "count": func.count(),
    "scores": func.count(Evaluation.score),
    "score": func.sum(Evaluation.score),
    "rates": func.count(Evaluation.execution_rate),
    "rate": func.sum(Evaluation.execution_rate),
    "budget": func.sum(Evaluation.budget),
    "executed": func.sum(Evaluation.executed),
}
_KEYS: Final = (Evaluation.kind, Evaluation.year, Evaluation.level, Evaluation.grade)

Figures = Mapping[str, ColumnElement[Any]]
Part = Mapping[str, Any]
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
    parts = _parts(session, filters)
    rates, scores = _bars(session, filters)
    years = [row for row in _rolled(parts, "year", money=True, means=True) if row["year"] is not None]
    return {
        "documents": _by_status(session, group_id),
        "evaluations": sum(part["count"] for part in parts),
        "execution_rates": rates,
        "scores": scores,
        "grades": _rolled(parts, "grade"),
        "levels": _rolled(parts, "level", means=True),
        "units": _units(session, filters),
        "kinds": _rolled(parts, "kind"),
        "findings": _findings_by_rule(session, filters),
        "years": sorted(years, key=lambda row: row["year"]),
    }


def _by_status(session: Session, group_id: str | None) -> list[dict[str, Any]]:
    query = select(Document.status, func.count()).group_by(Document.status)
    if group_id is not None:
        query = query.where(Document.group_id == group_id)
    counts = {row[0]: row[1] for row in session.execute(query)}
    return [{"status": status, "count": counts.get(status, 0)} for status in STATUSES]


def _parts(session: Session, filters: EvaluationFilters) -> list[Part]:
    """The evaluations by all that the overview groups them by at once: hundreds of rows, read in one go."""
    rows = session.execute(_filtered(select(*_KEYS, *_SUMS.values()), filters).group_by(*_KEYS))
    names = [*(column.key for column in _KEYS), *_SUMS]
    return [dict(zip(names, row, strict=True)) for row in rows]


def _rolled(parts: Sequence[Part], key: str, *, money: bool = False, means: bool = False) -> list[dict[str, Any]]:
    """The parts added up by the values of `key`, most first; None stands for evaluations that do not tell."""
    sums: dict[Any, dict[str, Any]] = {}
    for part in parts:
        into = sums.setdefault(part[key], dict.fromkeys(_SUMS))
        for name in _SUMS:
            if part[name] is not None:
                into[name] = (into[name] or 0) + part[name]
    rows = []
    for value, of in sums.items():
        row = {key: value, "count": of["count"]}
        if money:
            row |= {name: _rounded(of[name]) for name in ("budget", "executed")}
        if means:
            row |= {
                "score": _rounded(of["score"], of["scores"]),
                "execution_rate": _rounded(of["rate"], of["rates"]),
            }
        rows.append(row)
    return sorted(rows, key=lambda row: (-row["count"], row[key] is not None, row[key]))


def _rounded(total: float | None, count: int = 1) -> float | None:
    return None if total is None else round(total / count, 2)


def _bars(session: Session, filters: EvaluationFilters) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """How many evaluations lie in each bar of execution rates and of scores: from `from` to below `below`, the last
    without an end."""
    rate, score = _bar(Evaluation.execution_rate, RATE_BARS), _bar(Evaluation.score, SCORE_BARS)
    rates, scores = Counter[int | None](), Counter[int | None]()
    for of_rate, of_score, count in session.execute(
        _filtered(select(rate, score, func.count()), filters).group_by(rate, score)
    ):
        rates[of_rate] += count
        scores[of_score] += count
    return _counted(RATE_BARS, rates), _counted(SCORE_BARS, scores)


def _bar(column: InstrumentedAttribute[Any], starts: Sequence[int]) -> ColumnElement[int | None]:
    """Where the bar begins that a value lies in."""
    return case(*((column >= start, literal_column(str(start))) for start in reversed(starts)))


def _counted(starts: Sequence[int], counts: Mapping[int | None, int]) -> list[dict[str, Any]]:
    ends = [*starts[1:], None]
    return [{"from": s, "below": e, "count": counts.get(s, 0)} for s, e in zip(starts, ends, strict=True)]


def _units(session: Session, filters: EvaluationFilters) -> list[dict[str, Any]]:
    """The units with most evaluations."""
    count = func.count()
    figures: Figures = {"score": func.avg(Evaluation.score), "execution_rate": func.avg(Evaluation.execution_rate)}
    query = _filtered(select(Evaluation.unit, count, *figures.values()), filters).group_by(Evaluation.unit)
    rows = session.execute(query.order_by(count.desc(), Evaluation.unit).limit(MOST_UNITS))
    return [_named("unit", figures, row) for row in rows]


def _named(name: str, figures: Figures, row: Any) -> dict[str, Any]:
    value, count, *rest = row
    shown = {key: None if figure is None else round(figure, 2) for key, figure in zip(figures, rest, strict=True)}
    return {name: value, "count": count, **shown}


def _findings_by_rule(session: Session, filters: EvaluationFilters) -> list[dict[str, Any]]:
    count = func.count()
    query = select(Finding.rule, Finding.severity, count).group_by(Finding.rule, Finding.severity)
    if (filters.year, filters.kind, filters.unit) != (None, None, None):
        query = _filtered(query.join(Evaluation, Evaluation.id == Finding.evaluation_id), filters)
    elif filters.group_id is not None:
        # Not by the index on groups, which would look up each row: the one on rules holds all that is asked.
        query = query.where(case((Finding.group_id == filters.group_id, 1)) == 1)
    rows = session.execute(query.order_by(count.desc(), Finding.rule))
    return [dict(zip(("rule", "severity", "count"), row, strict=True)) for row in rows]


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

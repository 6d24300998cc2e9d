"""Reports: as they were read, as they are served, and their evaluations in columns for queries."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from pydantic_core import PydanticSerializationError
from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from service import schema
from service.store.models import Document, Evaluation, EvaluationWords, Finding, Report
from service.store.texts import Written, cleaned

# Below this a value deserves a look at the page.
DOUBTFUL: Final = 0.8
# The first of these that a unit's name tells, from its end: 青禾市青禾县水利局 is a county's.
_LEVELS: Final = (
    ("township", re.compile(r"(?<!城)(?:乡|镇|街道)(?![村企振])")),
    ("county", re.compile(r"(?<![社学园景库灾校片])[县区旗](?![域块])")),
    ("city", re.compile(r"[市州盟](?!场|容|政|民|辖)")),
    ("province", re.compile(r"省|自治区")),
)
_AUTONOMOUS: Final = re.compile(r"自治区")
# What a place's name ends with stands within so many characters of a unit's name.
_PLACE: Final = 18
_NUL: Final = "\\u0000"  # as JSON has it
# Made once, and for rows, not objects: a short document's would take the worker half of its time.
_REPORT: Final = insert(Report.table())
_EVALUATIONS: Final = insert(Evaluation.table()).returning(Evaluation.table().c.id, sort_by_parameter_order=True)
_WORDS: Final = insert(EvaluationWords.table())
_FINDINGS: Final = insert(Finding.table())


def served(session: Session, document_id: str) -> schema.Report | None:
    """The report with its corrections; None where there is none yet."""
    kept = session.get(Report, document_id)
    return None if kept is None else schema.Report.model_validate(kept.corrected or kept.as_read)


def as_read(session: Session, document_id: str) -> schema.Report | None:
    """The report as the machine read it; None where there is none yet."""
    kept = session.get(Report, document_id)
    return None if kept is None else schema.Report.model_validate(kept.as_read)


def version(session: Session, document_id: str) -> str | None:
    """A mark that changes whenever the served report does."""
    kept = session.get(Report, document_id)
    return None if kept is None else f"{kept.run}.{kept.version}"


def save(session: Session, document: Document, report: schema.Report) -> None:
    """Keep what a run has read, in the place of what an earlier one did."""
    report, written = _keepable(report)
    kept = session.get(Report, document.id) if document.run > 1 else None
    if kept is None:
        values = {"document_id": document.id, "run": document.run, "version": 1, "as_read": Written(written)}
        session.execute(_REPORT, values)
        _add(session, document, report)
    else:
        kept.run, kept.as_read, kept.corrected = document.run, json.loads(written), None
        kept.version += 1
        index(session, document, report)


def _keepable(report: schema.Report) -> tuple[schema.Report, str]:
    """The report without signs that no database keeps, and as JSON."""
    try:
        written = report.model_dump_json()
        if _NUL not in written:
            return report, written
    except PydanticSerializationError:  # half of a surrogate pair
        pass
    clean = schema.Report.model_validate(cleaned(report.model_dump()))
    return clean, clean.model_dump_json()


def index(session: Session, document: Document, report: schema.Report) -> None:
    """Put the evaluations and findings of a report into their tables, in the place of those that are there."""
    session.execute(delete(Finding).where(Finding.document_id == document.id))
    session.execute(delete(Evaluation).where(Evaluation.document_id == document.id))
    _add(session, document, report)


def _add(session: Session, document: Document, report: schema.Report) -> None:
    if not report.evaluations:
        return
    rows = [_row(document, position, evaluation) for position, evaluation in enumerate(report.evaluations)]
    ids = session.scalars(_EVALUATIONS, rows).all()
    of = list(zip(ids, report.evaluations, strict=True))
    session.execute(_WORDS, [{"evaluation_id": key, "words": _words(evaluation)} for key, evaluation in of])
    findings = [row for key, evaluation in of for row in _findings(document, key, evaluation)]
    if findings:
        session.execute(_FINDINGS, findings)


def _row(document: Document, position: int, evaluation: schema.Evaluation) -> dict[str, Any]:
    """The row of `evaluations`."""
    total = _total(evaluation.funds)
    department, unit = _plain(evaluation.competent_department), _plain(evaluation.implementing_unit)
    severities = [check.severity for check in evaluation.checks]
    return {
        "document_id": document.id,
        "group_id": document.group_id,
        "position": position,
        "kind": evaluation.kind,
        "year": evaluation.year,
        "title": _plain(evaluation.title),
        "subject": _plain(evaluation.subject),
        "department": department,
        "unit": unit or department or (_plain(evaluation.subject) if evaluation.kind == "department" else None),
        "level": _level_of(evaluation),
        "grade": evaluation.grade,
        "score": evaluation.total_score,
        "initial_budget": _amount(total, "initial_budget"),
        "budget": _amount(total, "annual_budget"),
        "executed": _amount(total, "executed"),
        "execution_rate": _execution_rate(total),
        "indicators": len(evaluation.indicators),
        "unmet": sum(row.status in ("unmet", "partly_met") for row in evaluation.indicators),
        "doubtful": sum(confidence < DOUBTFUL for confidence in _confidences(evaluation)),
        "errors": severities.count("error"),
        "warnings": severities.count("warning"),
    }


def _words(evaluation: schema.Evaluation) -> str:
    named = (evaluation.title, evaluation.subject, evaluation.competent_department, evaluation.implementing_unit)
    return "\n".join(text for text in (*map(_plain, named), *_texts(evaluation)) if text).lower()


def _findings(document: Document, evaluation_id: int, evaluation: schema.Evaluation) -> Iterator[dict[str, Any]]:
    """The rows of `findings`."""
    for position, check in enumerate(evaluation.checks):
        yield {
            "document_id": document.id,
            "evaluation_id": evaluation_id,
            "group_id": document.group_id,
            "position": position,
            "rule": check.rule,
            "severity": check.severity,
            "message": check.message,
            "expected": check.expected,
            "found": check.found,
            "suggestion": check.suggestion,
            "evidence": [shown.model_dump(mode="json") for shown in check.evidence],
        }


def _plain(text: schema.Text | None) -> str | None:
    return text.text or None if text is not None else None


def _texts(evaluation: schema.Evaluation) -> Iterator[str | None]:
    yield _plain(evaluation.goal.expected)
    yield _plain(evaluation.goal.actual)
    yield from (indicator.level3 for indicator in evaluation.indicators)
    yield from (_plain(text) for text in (*evaluation.problems, *evaluation.improvements))


def _total(funds: Iterable[schema.FundLine]) -> schema.FundLine | None:
    return next((line for line in funds if line.category == "total"), None)


def _amount(line: schema.FundLine | None, name: str) -> float | None:
    quantity: schema.Quantity | None = getattr(line, name, None)
    return None if quantity is None else quantity.value


def _execution_rate(total: schema.FundLine | None) -> float | None:
    """The printed rate, else that of the amounts, in percent."""
    if total is None or total.execution_rate is not None:
        return None if total is None else total.execution_rate
    budget, executed = _amount(total, "annual_budget"), _amount(total, "executed")
    return None if not budget or executed is None else round(executed / budget * 100, 2)


def _confidences(evaluation: schema.Evaluation) -> Iterator[float]:
    texts = (evaluation.subject, evaluation.competent_department, evaluation.implementing_unit)
    yield from (text.confidence for text in texts if text is not None)
    for line in evaluation.funds:
        amounts = (line.initial_budget, line.annual_budget, line.executed)
        yield from (amount.confidence for amount in amounts if amount is not None)
    yield from (indicator.confidence for indicator in evaluation.indicators)


def _level_of(evaluation: schema.Evaluation) -> str | None:
    texts = (evaluation.implementing_unit, evaluation.competent_department, evaluation.subject, evaluation.title)
    return next((found for text in texts if text is not None and (found := level(text.text))), None)


def level(unit: str) -> str | None:
    """The administrative level that a unit's name tells: province, city, county, township, or None."""
    place = _AUTONOMOUS.sub("省", unit[:_PLACE])
    return next((name for name, ending in _LEVELS if ending.search(place, 1)), None)

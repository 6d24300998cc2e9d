"""Corrections of a report, kept beside what was read.

A correction names a place in the report by JSON Pointer (RFC 6901) and gives the value that belongs there. Texts and
quantities may be given as they are printed. The served report is what was read with the corrections laid over it in
their order; statuses and checks follow from the corrected values.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import NoneType
from typing import Annotated, Any, Final, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from service import schema
from service.assembling.quantities import LARGEST, number, parse
from service.assembling.status import status_of
from service.errors import InputError
from service.store import reports
from service.store.models import Correction, Document, Report, now
from service.store.texts import cleaned

# What the machine says of its own work, or what follows from the values.
_NOT_CORRECTED: Final = frozenset({"id", "evidence", "bbox", "page", "source", "checks", "status", "document"})
YEARS: Final = range(1900, 2200)
_MONEY_UNITS: Final = {1.0: "元", 1e3: "千元", 1e4: "万元", 1e8: "亿元"}


class UnknownPath(InputError):
    code = "unknown_path"
    zh = "报告中没有可更正的位置“{path}”。请核对路径（JSON Pointer，例如 /evaluations/0/total_score）。"
    en = "There is nothing to correct at {path}. Check the path (a JSON Pointer, such as /evaluations/0/total_score)."


class BadValue(InputError):
    code = "bad_value"
    zh = "“{path}”不能改为这个值（{reason}）。请按该字段的类型填写。"
    en = "{path} cannot take this value ({reason}). Give one of the field's type."


class NothingToUndo(InputError):
    code = "nothing_to_undo"
    http_status = 409
    zh = "没有可以撤销的更正。请刷新页面查看现状。"
    en = "There is no correction to undo. Reload to see what stands."


class NoReport(InputError):
    code = "no_report"
    http_status = 409
    zh = "文件尚无报告（状态：{status}）。请等处理完成后再试。"
    en = "The document has no report yet (status {status}). Try again when it is done."


@dataclass(frozen=True, slots=True)
class Change:
    """A value for a place in the report."""

    path: str
    value: Any


def record(session: Session, document: Document, changes: Sequence[Change], actor: str) -> schema.Report:
    """Keep corrections and serve them; all of them or none. Raises NoReport, UnknownPath, BadValue."""
    kept = _kept(session, document)
    content = copy.deepcopy(kept.corrected or kept.as_read)
    for change in changes:
        old, new = _set(content, change)
        session.add(
            Correction(document_id=document.id, run=document.run, path=change.path, old=old, new=new, actor=actor)
        )
    session.flush()
    return _serve(session, document, kept)


def undo(session: Session, document: Document, actor: str) -> Correction:
    """Take back the last correction that stands. Raises NoReport, NothingToUndo."""
    kept = _kept(session, document)
    standing = _standing(session, document)
    if not standing:
        raise NothingToUndo
    last = standing[-1]
    last.undone_by, last.undone_at = actor, now()
    session.flush()
    _serve(session, document, kept)
    return last


def history(session: Session, document_id: str) -> Sequence[Correction]:
    """All corrections of a document, those undone included, oldest first."""
    query = select(Correction).where(Correction.document_id == document_id).order_by(Correction.id)
    return session.scalars(query).all()


def carry_over(session: Session, document: Document) -> None:
    """After a new run: keep the corrections of earlier ones where the same was read again."""
    if document.run == 1:
        return
    kept = _kept(session, document)
    content = copy.deepcopy(kept.as_read)
    for correction in history(session, document.id):
        if correction.undone_at is not None or correction.run == document.run:
            continue
        try:
            if _get(content, correction.path) == correction.old:
                _set(content, Change(correction.path, correction.new))
                correction.run = document.run
        except (UnknownPath, BadValue):
            continue  # the new run read another form there
    session.flush()
    if _standing(session, document):
        _serve(session, document, kept)


def _kept(session: Session, document: Document) -> Report:
    kept = session.get(Report, document.id, with_for_update=True)
    if kept is None:
        raise NoReport(status=document.status)
    return kept


def _standing(session: Session, document: Document) -> list[Correction]:
    return [c for c in history(session, document.id) if c.run == document.run and c.undone_at is None]


def _serve(session: Session, document: Document, kept: Report) -> schema.Report:
    """Lay the corrections over what was read, and keep the outcome."""
    report = corrected(kept.as_read, _standing(session, document), document.profile)
    kept.corrected = report.model_dump(mode="json") if _standing(session, document) else None
    kept.version += 1
    reports.index(session, document, report)
    return report


def corrected(as_read: dict[str, Any], standing: Iterable[Correction], profile: str | None) -> schema.Report:
    """What was read with corrections over it, statuses and checks made anew where something was corrected."""
    content, touched = copy.deepcopy(as_read), set()
    for correction in standing:
        _put(content, correction.path, correction.new)
        touched.add(int(_steps(correction.path)[1]))
    report = schema.Report.model_validate(content)
    for position in touched:
        _follow(report.evaluations[position], profile)
    return report


def _follow(evaluation: schema.Evaluation, profile: str | None) -> None:
    """What follows from the values: the indicators' statuses, and the findings. Findings on running text stay."""
    from service.assembling import checks, profiles

    for row in evaluation.indicators:
        row.status = status_of(row.target, row.actual, cost="成本" in f"{row.level1 or ''}{row.level2 or ''}")
    before = {_mark(check): check for check in evaluation.checks}
    again = checks.run(evaluation, None, profiles.choose(profile, evaluation))
    # Without the pages the boxes are fewer: a finding that was there before keeps its own.
    forms = [before.get(_mark(check), check) for check in again if check.rule not in checks.OF_TEXT]
    evaluation.checks = checks.ordered([*forms, *(c for c in evaluation.checks if _is_of_text(c))])


def _mark(check: schema.Check) -> tuple[str, str]:
    return check.rule, check.message


def _is_of_text(check: schema.Check) -> bool:
    from service.assembling import checks

    spans = bool(check.evidence) and all(shown.source == "span" for shown in check.evidence)
    return check.rule in checks.OF_TEXT or (check.rule == "F4" and spans)


def _set(content: dict[str, Any], change: Change) -> tuple[Any, Any]:
    """Put a value into a report; what stood there, and what stands there now."""
    kind = _kind(change.path)
    old = copy.deepcopy(_get(content, change.path))
    new = _value(content, change, kind, old)
    _put(content, change.path, new)
    try:
        schema.Report.model_validate(content)
    except ValidationError as error:
        raise BadValue(path=change.path, reason=error.errors()[0]["msg"]) from None
    return old, new


def _value(content: dict[str, Any], change: Change, kind: Any, old: Any) -> Any:
    """The JSON value that a change means: what is printed becomes a text or a quantity."""
    if cleaned(change.value) != change.value:
        raise BadValue(path=change.path, reason="含有无法保存的字符")
    printed = change.value.strip() if isinstance(change.value, str) else None
    if printed is not None and _model_in(kind) is schema.Quantity:
        return _quantity(content, change.path, printed, old)
    if printed is not None and _model_in(kind) is schema.Text:
        return {"evidence": []} | (old or {}) | {"text": printed, "confidence": 1.0}
    if printed == "" and NoneType in _options(kind):
        return None
    try:
        adapter = TypeAdapter(kind)
        value = adapter.dump_python(adapter.validate_python(change.value), mode="json")
    except ValidationError as error:
        raise BadValue(path=change.path, reason=error.errors()[0]["msg"]) from None
    if change.path.endswith("/year") and value is not None and value not in YEARS:
        raise BadValue(path=change.path, reason=f"{YEARS.start}–{YEARS.stop - 1}")
    if isinstance(value, float) and not abs(value) < LARGEST:
        raise BadValue(path=change.path, reason="数值过大")
    return value


def _quantity(content: dict[str, Any], path: str, printed: str, old: dict[str, Any] | None) -> dict[str, Any]:
    parsed = parse(printed, unit_hint=_hint(content, path, old))
    return {
        "text": printed,
        "comparator": parsed.comparator,
        "value": parsed.value,
        "upper": parsed.upper,
        "unit": parsed.unit,
        "evidence": old["evidence"] if old else _evidence_around(content, path),
        "confidence": 1.0,
    }


def _hint(content: dict[str, Any], path: str, old: dict[str, Any] | None) -> str | None:
    """The unit that a bare number takes: the old value's, and in the funds block that of its figures."""
    steps = _steps(path)
    if steps[2] != "funds":
        return old["unit"] if old else None
    lines = content["evaluations"][int(steps[1])]["funds"]
    amounts = [old, *(line[name] for line in lines for name in ("initial_budget", "annual_budget", "executed"))]
    return next((unit for amount in amounts if amount and (unit := _money_unit(amount))), None)


def _money_unit(amount: dict[str, Any]) -> str | None:
    """The unit that an amount in 元 was printed in."""
    printed = number(amount["text"])
    if not printed or amount["value"] is None:
        return None
    ratio = amount["value"] / printed
    return next((unit for scale, unit in _MONEY_UNITS.items() if abs(ratio / scale - 1) < 1e-6), None)


def _evidence_around(content: dict[str, Any], path: str) -> list[Any]:
    steps = _steps(path)
    row = _walk(content, steps[:4], path) if steps[2] == "indicators" else {}
    return copy.deepcopy(row.get("evidence", []))


def _steps(path: str) -> list[str]:
    return [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")[1:]]


def _kind(path: str) -> Any:
    """The type of the field that a path names. Raises UnknownPath where it may not be corrected."""
    steps = _steps(path)
    if not path.startswith("/evaluations/") or len(steps) < 3 or set(steps) & _NOT_CORRECTED:
        raise UnknownPath(path=path)
    kind: Any = schema.Report
    for step in steps:
        model = _model_in(kind)
        item = next((get_args(option)[0] for option in _options(kind) if get_origin(option) is list), None)
        if model is not None and step in model.model_fields:
            field = model.model_fields[step]
            kind = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
        elif item is not None and step.isdecimal():
            kind = item
        else:
            raise UnknownPath(path=path)
    return kind


def _options(kind: Any) -> Iterator[Any]:
    """The types that a union is made of; any other type alone."""
    if get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    arguments = get_args(kind) if NoneType in get_args(kind) else (kind,)
    yield from arguments


def _model_in(kind: Any) -> type[BaseModel] | None:
    return next((o for o in _options(kind) if isinstance(o, type) and issubclass(o, BaseModel)), None)


def _walk(content: Any, steps: Sequence[str], path: str) -> Any:
    for step in steps:
        try:
            content = content[int(step)] if isinstance(content, list) else content[step]
        except (KeyError, IndexError, ValueError, TypeError):
            raise UnknownPath(path=path) from None
    return content


def _get(content: Any, path: str) -> Any:
    return _walk(content, _steps(path), path)


def _put(content: Any, path: str, value: Any) -> None:
    *above, last = _steps(path)
    parent = _walk(content, above, path)
    parent[int(last) if isinstance(parent, list) else last] = copy.deepcopy(value)

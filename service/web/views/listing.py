"""Documents as the list shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from service.store.models import CANCELLED, DONE, FAILED, QUEUED, RUNNING
from service.web.views.fields import plain

if TYPE_CHECKING:
    from service.store.models import Document, Evaluation

STATUSES: Final = {QUEUED: "排队中", RUNNING: "识别中", DONE: "已完成", FAILED: "未读成", CANCELLED: "已取消"}
# Evaluations of one document that its row names; a collection of fifty projects is told by number.
MOST_NAMED: Final = 2


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a document is: in words, and from 0 to 1."""

    label: str
    share: float


def progress(document: Document, ahead: int = 0) -> Progress:
    """`ahead` is how many documents are served before one that is queued, where that is told."""
    label = STATUSES.get(document.status, document.status)
    if document.status == RUNNING and document.page_count:
        share = document.pages_done / document.page_count
        if document.pages_done == document.page_count:
            return Progress("正在汇总", share)
        return Progress(f"{label}：已读 {document.pages_done}／{document.page_count} 页", share)
    if document.status == QUEUED and ahead:
        label += f"，前面还有 {ahead} 份"
    return Progress(label, 1.0 if document.status == DONE else 0.0)


@dataclass(frozen=True, slots=True)
class Row:
    """One document in the list, in words."""

    id: str
    name: str
    status: str
    progress: Progress
    subjects: tuple[str, ...]
    units: str
    years: str
    scores: str
    grades: str
    errors: int
    warnings: int
    doubtful: int
    uploaded: str
    uploaded_by: str
    error: str


def row(document: Document, here: datetime | None = None) -> Row:
    """`here` is any time with the zone to show times in; the machine's own by default."""
    evaluations = document.evaluations
    names = [e.subject or e.title or "（未命名）" for e in evaluations]
    more = (f"等 {len(names)} 项",) if len(names) > MOST_NAMED else ()
    return Row(
        id=document.id,
        name=document.file_name,
        status=document.status,
        progress=progress(document),
        subjects=(*names[:MOST_NAMED], *more),
        units="、".join(_distinct(e.unit for e in evaluations)[:MOST_NAMED]),
        years="、".join(_distinct(plain(e.year) for e in evaluations)[:MOST_NAMED]),
        scores=_span([e.score for e in evaluations if e.score is not None]),
        grades="、".join(_distinct(e.grade for e in evaluations)),
        errors=_sum(evaluations, "errors"),
        warnings=_sum(evaluations, "warnings"),
        doubtful=_sum(evaluations, "doubtful"),
        uploaded=moment(document.created_at, here),
        uploaded_by=document.uploaded_by,
        error=document.error_message or "" if document.status == FAILED else "",
    )


def _distinct(texts: object) -> list[str]:
    return list(dict.fromkeys(text for text in texts if text))  # type: ignore[attr-defined]


def _sum(evaluations: Sequence[Evaluation], column: str) -> int:
    return sum(getattr(evaluation, column) for evaluation in evaluations)


def _span(values: Sequence[float]) -> str:
    if not values:
        return ""
    low, high = min(values), max(values)
    return plain(float(low)) if low == high else f"{plain(float(low))}–{plain(float(high))}"


def moment(at: datetime, here: datetime | None = None) -> str:
    """A time as a clerk writes it, in the zone of `here`; without the year in the year of `here`."""
    here = here or datetime.now(UTC).astimezone()
    local = at.astimezone(here.tzinfo)
    clock = local.strftime("%H:%M")
    return f"{local.month}月{local.day}日 {clock}" if local.year == here.year else local.strftime("%Y-%m-%d ") + clock

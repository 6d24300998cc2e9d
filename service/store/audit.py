"""The audit trail: entries are added, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from service.store.models import AuditEntry

_ENTRY: Final = insert(AuditEntry.table())


def record(
    session: Session,
    actor: str,
    action: str,
    target: str,
    detail: dict[str, Any] | None = None,
    group_id: str | None = None,
) -> None:
    """Note that `actor` did `action` (for example "document.delete") to `target`."""
    entry = {"actor": actor, "action": action, "target": target, "detail": detail or {}, "group_id": group_id}
    session.execute(_ENTRY, entry)


def page(
    session: Session,
    *,
    target: str | None = None,
    actor: str | None = None,
    group_id: str | None = None,
    before: int | None = None,
    limit: int = 100,
) -> Sequence[AuditEntry]:
    """Entries, newest first; `before` is the id of the last entry of the page before."""
    query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
    for column, wanted in ((AuditEntry.target, target), (AuditEntry.actor, actor), (AuditEntry.group_id, group_id)):
        if wanted is not None:
            query = query.where(column == wanted)
    if before is not None:
        query = query.where(AuditEntry.id < before)
    return session.scalars(query).all()

"""Heartbeats of the workers, on the database's clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.store.models import Executor

Clock = Callable[[Session], datetime]


def enter(session: Session, name: str, *, host: str, pid: int, slots: int, at: datetime) -> None:
    """A worker begins, or begins again after it died."""
    values = {"host": host, "pid": pid, "slots": slots, "started_at": at, "seen_at": at, "ended_at": None}
    session.merge(Executor(id=name, **values))


def beat(session: Session, name: str, pid: int, clock: Clock) -> bool:
    """A worker lives; False where it was declared dead, or its name is another process's now."""
    own = session.get(Executor, name, with_for_update=True)
    if own is None or own.pid != pid or own.ended_at is not None:
        return False
    own.seen_at = clock(session)  # read now: the way into the database may have been long
    return True


def leave(session: Session, name: str, at: datetime) -> None:
    own = session.get(Executor, name)
    if own is not None:
        own.ended_at = at


def living(session: Session, at: datetime, silence: timedelta) -> Sequence[Executor]:
    """The workers that have not left and were heard of lately."""
    query = select(Executor).where(Executor.ended_at.is_(None), Executor.seen_at >= at - silence)
    return session.scalars(query.order_by(Executor.started_at)).all()


def bury(
    session: Session, by: str, silence: timedelta, clock: Clock, is_gone: Callable[[Executor], bool] = lambda _: False
) -> Sequence[str]:
    """Declare dead who left, fell silent or is known to be gone, so that they notice should they wake; their names.
    Nobody buries themselves."""
    others = session.scalars(select(Executor).where(Executor.id != by).with_for_update()).all()
    at = clock(session)
    dead = [one for one in others if one.ended_at is not None or one.seen_at < at - silence or is_gone(one)]
    for executor in dead:
        session.delete(executor)
    return [executor.id for executor in dead]

from __future__ import annotations

from datetime import timedelta

from service.store import Store, executors
from service.store.models import Executor

pytest_plugins = ["tests.store_fixtures"]

SILENCE = timedelta(seconds=30)


def enter(store: Store, name: str, pid: int, ago: float = 0.0) -> None:
    with store.database.session() as session:
        at = store.database.clock(session) - timedelta(seconds=ago)
        executors.enter(session, name, host="here", pid=pid, slots=2, at=at)


def beats(store: Store, name: str, pid: int) -> bool:
    with store.database.session() as session:
        return executors.beat(session, name, pid, store.database.clock)


def test_the_silent_and_the_gone_are_declared_dead_by_another(store: Store) -> None:
    for name, pid, ago in (("well", 1, 0), ("silent", 2, 31), ("gone", 3, 0)):
        enter(store, name, pid, ago)
    with store.database.session() as session:
        executors.leave(session, "gone", store.database.clock(session))
    with store.database.session() as session:
        assert set(executors.bury(session, "well", SILENCE, store.database.clock)) == {"silent", "gone"}
    with store.database.reading() as session:
        assert [e.id for e in executors.living(session, store.database.clock(session), SILENCE)] == ["well"]
    assert [beats(store, name, pid) for name, pid in (("well", 1), ("silent", 2), ("gone", 3))] == [True, False, False]


def test_nobody_buries_themselves(store: Store) -> None:
    enter(store, "late", 1, ago=100)
    with store.database.session() as session:
        assert executors.bury(session, "late", SILENCE, store.database.clock) == []
    assert beats(store, "late", 1)


def test_a_name_belongs_to_one_process(store: Store) -> None:
    enter(store, "serve-1", 1)
    enter(store, "serve-1", 2)
    assert [beats(store, "serve-1", pid) for pid in (1, 2)] == [False, True]
    with store.database.reading() as session:
        assert session.get(Executor, "serve-1") is not None

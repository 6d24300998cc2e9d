"""The worker's own process: what its documents share."""

from __future__ import annotations

from dataclasses import dataclass

from service.jobs.reading import Pool
from service.store import Store


@dataclass(frozen=True, slots=True)
class Host:
    """A worker. `name` is its executor's id in the queues and in the table of heartbeats."""

    name: str
    store: Store
    pool: Pool


_current: Host | None = None


def enter(host: Host) -> None:
    """Make this process the worker `host`."""
    global _current
    _current = host


def current() -> Host:
    """The worker that this process is."""
    assert _current is not None, "workflows run in workers only"
    return _current

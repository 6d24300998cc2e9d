"""Many at work at once, or one alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """Lets threads work side by side; one that asks to be alone begins when those at work have ended, and others wait
    until it has."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._at_work = 0
        self._asking = 0  # to be alone, or alone

    @contextmanager
    def taken(self, *, alone: bool) -> Iterator[None]:
        with self._changed:
            self._asking += alone
            self._changed.wait_for(lambda: not self._at_work if alone else not self._asking)
            self._at_work += 1
        try:
            yield
        finally:
            with self._changed:
                self._at_work -= 1
                self._asking -= alone
                self._changed.notify_all()

"""Many at work at once, or one alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

# Between two steps of others there is a moment in which nobody is at work.
_QUIET_SECONDS: Final = 0.3
_LOOK_SECONDS: Final = 0.05


class Turns:
    """Lets threads work side by side; one that asks to be alone begins when those at work have ended, and others wait
    until it has."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._at_work = 0
        self._asking = 0  # to be alone, or alone
        self._last = time.monotonic()

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
                self._last = time.monotonic()
                self._changed.notify_all()

    def after_others(self, seconds: float) -> None:
        """Wait until there seems to be nothing else to do, at most for so long."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and (self._at_work or time.monotonic() - self._last < _QUIET_SECONDS):
            time.sleep(_LOOK_SECONDS)

"""Keeps one worker process running beside the web server, and starts it again when it dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from typing import Final
from uuid import uuid4

import structlog

log = structlog.get_logger(__name__)

_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.5, 10.0  # seconds
# A worker that lived so long did not die of its start.
_STEADY_SECONDS: Final = 15.0
# Signals by which others end a process; a worker does not send them to itself.
_FROM_OUTSIDE: Final = frozenset((-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP))
_STOP_SECONDS: Final = 10.0


def pause_before_restart(status: int, seconds: float, last: float) -> float:
    """How long to wait, in seconds, before a worker is started again that ended with `status` after `seconds`: ever
    longer for one that cannot start, but not for one that was killed. `last` is the pause before it."""
    if status in _FROM_OUTSIDE or seconds > _STEADY_SECONDS:
        return _SHORTEST_PAUSE
    return min(last * 2, _LONGEST_PAUSE)


class Keeper:
    """A worker process with `environment`; `process_id` changes when it is started again.

    The worker keeps its name, so a new one takes up at once what the last one left.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = dict(environment)
        self._name = f"serve-{uuid4().hex[:12]}"
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, name="jixiao-keeper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the worker. What it was reading waits for the next start."""
        self._stopping.set()
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
        self._thread.join(_STOP_SECONDS)

    @property
    def process_id(self) -> int | None:
        return None if self._process is None else self._process.pid

    def _keep(self) -> None:
        pause = _SHORTEST_PAUSE
        while not self._stopping.is_set():
            began = time.monotonic()
            command = [sys.executable, "-m", "service", "worker", "--name", self._name, "--parent", str(os.getpid())]
            self._process = subprocess.Popen(command, env=self._environment)  # noqa: S603 - our own program
            status = self._process.wait()
            if self._stopping.is_set():
                return
            pause = pause_before_restart(status, time.monotonic() - began, pause)
            log.warning("the worker ended and is started again", status=status, pause=pause)
            self._stopping.wait(pause)

"""What takes long to make and never changes: made by one process of a test session, used by all of them."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

VARIABLE = "JIXIAO_TEST_FOLDER"


def begin(at_the_end: Callable[[Callable[[], None]], object]) -> None:
    """Make the session's folder, and see that it goes at the end. Processes started from now on find it."""
    folder = tempfile.mkdtemp(prefix="jixiao-tests-")
    os.environ[VARIABLE] = folder
    at_the_end(lambda: shutil.rmtree(folder, ignore_errors=True))


@cache
def folder() -> Path:
    """The session's folder; outside of a test session one that goes with the process."""
    if VARIABLE not in os.environ:
        import atexit

        begin(atexit.register)
    return Path(os.environ[VARIABLE])


def content(name: str, make: Callable[[], bytes]) -> bytes:
    """What `make` gives, kept under a name of its own for the session."""
    path = folder() / name
    if not path.exists():
        with alone(name):
            if not path.exists():
                written(path, make())
    return path.read_bytes()


@contextmanager
def alone(name: str) -> Iterator[None]:
    """No two processes of the session are in here at once under the same name."""
    with (folder() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def written(path: Path, data: bytes) -> Path:
    """The file, there as a whole or not at all."""
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(data)
    return Path(file.name).replace(path)

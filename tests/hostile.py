"""What a hostile file may do to the process that reads it, for real: run in child processes by the tests."""

from __future__ import annotations

import ctypes
import itertools
import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

from service import errors

if TYPE_CHECKING:  # a child that only crashes need not load the reader
    from service.pipeline import Spilled
    from service.reading import PageContent


def crash(*_: object) -> None:
    """Read address 0, as a bug in a C library would."""
    ctypes.string_at(0)


def hang(*_: object) -> None:
    time.sleep(600)


def spin(*_: object) -> None:
    """Never come back from C, with Python's lock held."""
    sum(itertools.repeat(0))


def devour(*_: object) -> int:
    """Touch memory until there is no more."""
    blocks = []
    while True:
        blocks.append(bytearray(100_000_000))


def end(code: int) -> None:
    os._exit(code)


def be_killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def be_killed_at_first(marks: Path, times: int = 1) -> str:
    """Killed by someone else while it works, the first `times` times."""
    marks.mkdir(exist_ok=True)
    count = len(list(marks.iterdir()))
    if count < times:
        (marks / str(count)).touch()
        be_killed()
    return "done"


def refuse() -> None:
    raise errors.TooManyPages(pages=3000, limit=500)


def blunder() -> None:
    raise ZeroDivisionError("a figure over nothing")


def variable(name: str) -> str | None:
    return os.environ.get(name)


def process_id() -> int:
    return os.getpid()


def meet(folder: Path, expected: int) -> int:
    """Wait until `expected` processes are in here at the same time; how many came."""
    (folder / str(os.getpid())).touch()
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if (met := len(list(folder.iterdir()))) >= expected:
            return met
        time.sleep(0.01)
    return met


def crash_on_page_2(file: Spilled, number: int) -> PageContent:
    if number == 2:
        crash()
    return _read(file, number)


def hang_on_page_2(file: Spilled, number: int) -> PageContent:
    if number == 2:
        hang()
    return _read(file, number)


def devour_on_page_2(file: Spilled, number: int) -> PageContent:
    if number == 2:
        devour()
    return _read(file, number)


def blunder_on_page_2(file: Spilled, number: int) -> PageContent:
    if number == 2:
        blunder()
    return _read(file, number)


def crash_after_page_1(file: Spilled, number: int) -> PageContent:
    if number > 1:
        crash()
    return _read(file, number)


def _read(file: Spilled, number: int) -> PageContent:
    from service.pipeline import read_in_child

    return read_in_child(file, number)

"""Processes that parse, so that a crash, a hang or a hunger for memory takes only one of them down.

A `Workers` holds up to N child processes. Each call runs in one of them alone: whatever kills the child ends that
call with a `WorkerError`, and the next call gets a fresh child. No lock or pipe is shared between children, so a
child may be killed at any moment.

On Linux the children are forked from a server of their own (multiprocessing's "forkserver"): a process without threads
that has imported what they need (`preload`), so that a child is there in milliseconds and shares that memory.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import queue
import re
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from multiprocessing import forkserver, spawn
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from service.config import MEGABYTE, Limits

# Forking this process, which runs threads, would be unsafe, and children must not inherit its memory.
_IS_LINUX = sys.platform == "linux"
_CONTEXT: Any = multiprocessing.get_context("forkserver" if _IS_LINUX else "spawn")
# What this kind of process shows in `ps` and `top`; 15 characters at most.
CHILD_NAME = "jixiao-reader"
_PR_SET_PDEATHSIG, _PR_SET_NAME = 1, 15  # linux/prctl.h
# A child that holds more than this between calls is replaced: libraries keep pools that never shrink.
RECYCLE_BYTES = 1_300 * MEGABYTE
_SERVER_SECONDS, _SERVER_PAUSE = 2.0, 0.05  # for a killed server to be gone
_STOP_SECONDS = 2.0
# What is known of a child's end when the server, which would know, ended with it.
_SERVER_LOST = 255
# The reason of a WorkerMemory that the system, not our limit, brought about.
OUT_OF_MEMORY = "killed by the system, which was out of memory"
# How many processes Linux has ended for want of memory since it was started, on this machine or in this container's.
_KILLS = re.compile(rb"^oom_kill (\d+)$", re.MULTILINE)
# Loading libraries from a cold, slow disk; not counted as reading.
_START_SECONDS = 180.0
# How OpenCV, ONNX Runtime and C++ say what Python calls a MemoryError.
_OUT_OF_MEMORY = re.compile(r"insufficient memory|bad[_ ]alloc|failed to allocate|malloc", re.IGNORECASE)
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

if _IS_LINUX:
    # By default it would import the program itself, which children do not need.
    _CONTEXT.set_forkserver_preload(["service.preloads.reading"])

_STARTING = threading.Lock()

Outcome = tuple[Literal["value", "error", "memory", "late"], Any, int]
Around = Callable[[], AbstractContextManager[object]]


class WorkerError(Exception):
    """The child did not answer. `reason` says why, in a few words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class WorkerTimeout(WorkerError):
    """The call took longer than allowed and was ended."""


class WorkerMemory(WorkerError):
    """The call needed more memory than a child may have."""


class WorkerCrash(WorkerError):
    """The child died, of a signal as a rule."""


class WorkerKilled(WorkerCrash):
    """Somebody ended the child, or it died together with the server that knew of what."""


class WorkerNotStarted(WorkerCrash):
    """The child died before it took a call, or there was none: whatever was to be done is not at fault."""


class WorkerFailure(WorkerError):
    """The call raised an exception that cannot be sent over; the child lives on."""


class _Child:
    """One child process with its own pipe; started when first needed."""

    def __init__(self, limits: Limits, threads: int, prepare: Callable[[], object] | None) -> None:
        self._limits = limits
        self._threads = threads
        self._prepare = prepare
        self.closed = False  # killed on purpose, which looks like a shortage of memory
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None

    def call(
        self,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        seconds: float,
        around: Around,
    ) -> Any:
        """What `function(*args)` returns or raises in the child; `around` is entered here when the child is ready."""
        if self.closed:
            raise WorkerCrash("closed")
        is_new = self._process is None or not self._process.is_alive()
        if is_new:
            self.stop()
            self._begin()
        try:
            with around():
                return self._ask(function, args, seconds)
        except (WorkerMemory, WorkerKilled):
            if is_new or self.closed:
                raise
        return self.call(function, args, seconds, around)  # what earlier calls left behind may have been the trouble

    def _begin(self) -> None:
        """Start the process and have it load what it needs."""
        self._start()
        try:
            self._ask(self._prepare or os.getpid, (), _START_SECONDS, recycle=False)
        except (WorkerMemory, WorkerKilled):
            raise
        except WorkerCrash as error:
            raise WorkerNotStarted(f"no reading process could be started: {error.reason}") from None

    def _ask(self, function: Callable[..., Any], args: tuple[Any, ...], seconds: float, *, recycle: bool = True) -> Any:
        pipe = self._pipe
        if pipe is None:
            raise WorkerCrash("closed")
        kills = _kills_for_memory()
        try:
            pipe.send((function, args))
            answer: Outcome = pipe.recv() if pipe.poll(seconds) else ("late", None, 0)
        except (EOFError, OSError):
            raise self._crash(kills) from None
        kind, value, memory = answer
        if (recycle and memory > RECYCLE_BYTES) or kind in ("late", "memory"):
            self.stop()
        if kind == "late":
            raise WorkerTimeout(f"{seconds:g} s")
        if kind == "memory":
            raise WorkerMemory(f"{self._limits.memory_mb} MB")
        if kind == "error":
            raise value
        return value

    def _start(self) -> None:
        deadline = time.monotonic() + _SERVER_SECONDS
        while True:
            try:
                return self._fork()
            except (EOFError, OSError) as error:
                # The server was killed meanwhile; a new one begins only when it is gone, some moments later.
                if time.monotonic() > deadline:
                    raise WorkerNotStarted(f"no reading process could be started: {error}") from error
            time.sleep(_SERVER_PAUSE)

    def _fork(self) -> None:
        self._pipe, theirs = _CONTEXT.Pipe()
        values = (theirs, self._limits.memory_mb, self._threads, dict(os.environ))
        process = _CONTEXT.Process(target=_serve, args=values, name=CHILD_NAME, daemon=True)
        try:
            if _IS_LINUX:
                _start_server()
            with _STARTING, _without_program():
                process.start()
        except (EOFError, OSError):
            self.stop()
            raise
        finally:
            theirs.close()  # so that the child's death shows as the end of the pipe
        self._process = process

    def _crash(self, kills: int | None) -> WorkerError:
        """What the process died of in a call before which the system had ended `kills` others for want of memory."""
        process = self._process
        if process is not None:
            process.join(_STOP_SECONDS)
        code = process.exitcode if process is not None else None
        self.stop()
        if code in (-signal.SIGKILL, _SERVER_LOST):
            return WorkerMemory(OUT_OF_MEMORY) if _kills_for_memory() != kills else WorkerKilled("killed from outside")
        return WorkerCrash(signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}")

    def stop(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
        if self._process is not None:
            if self._process.is_alive():  # a number may be another's by now
                self._process.kill()
            self._process.join(_STOP_SECONDS)
        self._pipe = self._process = None


class Workers:
    """Up to `count` child processes, each with `threads` threads; calls are served in the order they come.

    A new child runs `prepare` first, outside the time of the calls. Each call has `limits.page_seconds`.
    """

    def __init__(
        self,
        count: int = 1,
        *,
        limits: Limits | None = None,
        threads: int = 1,
        prepare: Callable[[], object] | None = None,
    ) -> None:
        self.count = count
        self.limits = limits or Limits()
        self._children = [_Child(self.limits, threads, prepare) for _ in range(count)]
        self._idle: queue.LifoQueue[_Child] = queue.LifoQueue()
        for child in reversed(self._children):
            self._idle.put(child)
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="jixiao-reader")

    def submit(self, function: Callable[..., Any], *args: Any, around: Around = nullcontext) -> Future[Any]:
        """Run `function(*args)` in a child; both must be picklable. The future raises what the function raises, or
        a `WorkerError`. The call is made within the context `around()`, which may raise instead."""
        return self._threads.submit(self._run, function, args, around)

    def _run(self, function: Callable[..., Any], args: tuple[Any, ...], around: Around) -> Any:
        child = self._idle.get()
        try:
            return child.call(function, args, self.limits.page_seconds, around)
        finally:
            self._idle.put(child)

    def close(self) -> None:
        """End the children, also in the middle of a call."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for child in self._children:
            child.closed = True
            child.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


def preload(module: str) -> None:
    """Begin to import a module for the children of this process, while it does other things. Call it before the first
    of them starts."""
    if _IS_LINUX:
        _CONTEXT.set_forkserver_preload([module])
        _start_server()


def _start_server() -> None:
    """Have the server of the children running. It must import what this process would, nothing from the folder that the
    user happens to be in; children are given that path by themselves, but the server is not."""
    path = os.pathsep.join(entry for entry in sys.path if entry)
    with _STARTING, _changed_environment({"PYTHONPATH": path, "PYTHONSAFEPATH": "1"}):
        forkserver.ensure_running()


@contextmanager
def _without_program() -> Iterator[None]:
    """Start children without the program that started them. They take nothing from it, and a script that is not
    guarded by `if __name__ == "__main__"` would begin again in each of them."""
    before = spawn.get_preparation_data

    def prepared(name: str) -> dict[str, Any]:
        data: dict[str, Any] = before(name)
        return {key: value for key, value in data.items() if name != CHILD_NAME or not key.startswith("init_main_")}

    spawn.get_preparation_data = prepared
    try:
        yield
    finally:
        spawn.get_preparation_data = before


@contextmanager
def _changed_environment(values: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _serve(pipe: Connection, memory_mb: int, threads: int, environment: dict[str, str]) -> None:
    """The child: answer calls until the parent closes the pipe or dies."""
    os.environ.clear()
    os.environ.update(environment)  # the server's is of the time when it started
    _settle_in()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    for name in THREAD_VARIABLES:
        os.environ.setdefault(name, str(threads))
    _limit_memory(memory_mb * MEGABYTE)
    while True:
        try:
            function, args = pipe.recv()
            pipe.send(_outcome(function, args))
        except (EOFError, ConnectionError):
            return


def _kills_for_memory() -> int | None:
    """How many processes the system has ended for want of memory so far; None where it does not tell."""
    try:
        found = _KILLS.search(Path("/proc/vmstat").read_bytes())
    except OSError:
        return None
    return None if found is None else int(found[1])


def _settle_in() -> None:
    """Take a name, and end at once when the parent does, also in the middle of a call. Elsewhere than on Linux a child
    ends when it next looks at its pipe."""
    if not _IS_LINUX:
        return
    ctypes.CDLL(None).prctl(_PR_SET_NAME, CHILD_NAME.encode())
    end_with_parent()  # the server, which ends with the last who holds this:
    held = forkserver._forkserver._forkserver_alive_fd  # type: ignore[attr-defined] # no public name
    if held is not None:
        os.close(held)
        forkserver._forkserver._forkserver_alive_fd = None  # type: ignore[attr-defined]


def end_with_parent() -> None:
    """Have the system kill this process as soon as the thread that started it is gone. Linux only."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _outcome(function: Callable[..., Any], args: tuple[Any, ...]) -> Outcome:
    try:
        return "value", function(*args), resident_bytes()
    except MemoryError:
        return "memory", None, 0
    except Exception as error:
        if _OUT_OF_MEMORY.search(str(error)):
            return "memory", None, 0
        return "error", _sendable(error), resident_bytes()


def _sendable(error: Exception) -> Exception:
    """`error` if it can cross a pipe, else its description."""
    from service.errors import JixiaoError

    if isinstance(error, JixiaoError):
        return error
    last = traceback.extract_tb(error.__traceback__)[-1]
    return WorkerFailure(f"{type(error).__name__}: {error} ({last.name}, line {last.lineno})")


def _limit_memory(size: int) -> None:
    """Let allocations beyond `size` bytes fail. Only Linux counts them; elsewhere nothing is limited."""
    if sys.platform != "linux":  # as mypy knows it
        return
    import resource

    # The address space would also count what libraries map and never touch; private writable memory does not.
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    limit = size if hard == resource.RLIM_INFINITY else min(size, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))


def resident_bytes() -> int:
    """Memory that this process holds; 0 where the system does not tell."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - opened after every page
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0

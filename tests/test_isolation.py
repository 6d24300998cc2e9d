from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psutil
import pytest

from service import errors, isolation, pipeline
from service.config import Limits
from service.isolation import (
    WorkerCrash,
    WorkerError,
    WorkerFailure,
    WorkerKilled,
    WorkerMemory,
    WorkerNotStarted,
    Workers,
    WorkerTimeout,
)
from service.pipeline import Spilled
from tests import hostile
from tests.plain_form import form_pdf


@pytest.fixture
def worker() -> Iterator[Workers]:
    with Workers(1, limits=Limits(page_seconds=30, memory_mb=1000)) as workers:
        yield workers


def test_a_call_runs_in_another_process(worker: Workers) -> None:
    assert worker.submit(hostile.process_id).result() != os.getpid()


def test_calls_share_a_process(worker: Workers) -> None:
    first, second = (worker.submit(hostile.process_id).result() for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("function", "args", "error", "reason"),
    [
        (hostile.crash, (), WorkerCrash, "SIGSEGV"),
        (hostile.end, (3,), WorkerCrash, "exit code 3"),
        (hostile.devour, (), WorkerMemory, "1000 MB"),
        (hostile.be_killed, (), WorkerKilled, "killed from outside"),
        (hostile.blunder, (), WorkerFailure, "ZeroDivisionError: a figure over nothing"),
    ],
)
def test_what_kills_a_call_leaves_the_next_one_whole(
    worker: Workers, function: object, args: tuple[object, ...], error: type[WorkerError], reason: str
) -> None:
    with pytest.raises(error) as caught:
        worker.submit(function, *args).result()  # type: ignore[arg-type]
    assert reason in caught.value.reason
    assert worker.submit(hostile.process_id).result() > 0


def test_what_the_system_kills_for_want_of_memory_is_told_from_what_others_kill(
    worker: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    kills = iter(range(100))
    monkeypatch.setattr(isolation, "_kills_for_memory", lambda: next(kills))
    with pytest.raises(WorkerMemory, match="out of memory"):
        worker.submit(hostile.be_killed).result()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system does not tell")
def test_the_system_tells_how_often_it_was_out_of_memory() -> None:
    assert isolation._kills_for_memory() is not None


def test_a_process_that_cannot_start_is_not_the_files_fault() -> None:
    with (
        Workers(1, limits=Limits(), prepare=partial(hostile.end, 3)) as workers,
        pytest.raises(WorkerNotStarted) as caught,
    ):
        workers.submit(hostile.process_id).result()
    assert "exit code 3" in caught.value.reason
    assert isinstance(
        pipeline.opening_error(caught.value, Spilled(Path(), "a.pdf", None, Limits())), errors.InternalError
    )


def test_a_script_without_a_guard_reads_a_file(tmp_path: Path) -> None:
    (tmp_path / "form.pdf").write_bytes(form_pdf(1))
    script = tmp_path / "script.py"
    script.write_text(
        "from pathlib import Path\n"
        "from service import pipeline\n"
        f"data = Path({str(tmp_path / 'form.pdf')!r}).read_bytes()\n"
        "print(len(pipeline.extract(data, 'form.pdf').evaluations))\n"
    )
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, env=environment, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "1\n", "")


def test_a_hanging_call_is_ended_in_time() -> None:
    with Workers(1, limits=Limits(page_seconds=3)) as workers:
        workers.submit(hostile.process_id).result()
        began = time.monotonic()
        with pytest.raises(WorkerTimeout):
            workers.submit(hostile.hang).result()
        assert time.monotonic() - began < 3 + 5
        assert workers.submit(hostile.process_id).result() > 0


def test_documented_errors_arrive_as_they_were_raised(worker: Workers) -> None:
    with pytest.raises(errors.TooManyPages) as caught:
        worker.submit(hostile.refuse).result()
    assert caught.value.details == {"pages": 3000, "limit": 500}
    assert "3000" in caught.value.message


def test_a_process_that_died_while_idle_is_replaced(worker: Workers) -> None:
    pid = worker.submit(hostile.process_id).result()
    os.kill(pid, signal.SIGKILL)
    time.sleep(0.5)
    assert worker.submit(hostile.process_id).result() != pid


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is no such server")
def test_children_are_started_again_after_their_server_died(worker: Workers) -> None:
    pid = worker.submit(hostile.process_id).result()
    server = psutil.Process(pid).parent()
    assert server is not None
    assert server.pid != os.getpid()
    server.kill()
    until = time.monotonic() + 10
    while (_alive(server.pid) or _alive(pid)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _alive(pid)
    assert worker.submit(hostile.process_id).result() != pid


def test_children_see_the_environment_and_the_path_of_their_parent(
    worker: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert worker.submit(hostile.variable, "JIXIAO_TEST").result() is None
    monkeypatch.setenv("JIXIAO_TEST", "known")
    with Workers(1, limits=Limits()) as later:
        assert later.submit(hostile.variable, "JIXIAO_TEST").result() == "known"
        assert later.submit(hostile.variable, "PYTHONPATH").result() == os.environ.get("PYTHONPATH")


def test_a_server_that_dies_at_the_start_of_a_child_is_replaced(
    worker: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = isolation._start_server
    lost = iter([EOFError("unexpected EOF")])

    def start() -> None:
        begin()
        for error in lost:
            raise error

    monkeypatch.setattr(isolation, "_start_server", start)
    assert worker.submit(hostile.process_id).result() > 0


def test_a_server_that_takes_its_time_to_die_is_waited_for(worker: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    refusals, fork = [ConnectionRefusedError(), EOFError(), ConnectionRefusedError()], isolation._Child._fork

    def refuse(child: isolation._Child) -> None:
        if refusals:
            raise refusals.pop()
        fork(child)

    monkeypatch.setattr(isolation._Child, "_fork", refuse)
    assert worker.submit(hostile.process_id).result() != os.getpid()


def test_two_workers_run_at_the_same_time(tmp_path: Path) -> None:
    with Workers(2, limits=Limits()) as workers:
        calls = [workers.submit(hostile.meet, tmp_path, 2) for _ in range(2)]
        assert [call.result() for call in calls] == [2, 2]


def test_a_process_that_grew_is_replaced(worker: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation, "RECYCLE_BYTES", 1)
    first, second = (worker.submit(hostile.process_id).result() for _ in range(2))
    assert first != second


def test_closing_ends_calls_that_run() -> None:
    workers = Workers(1, limits=Limits())
    pid = workers.submit(hostile.process_id).result()
    call = workers.submit(hostile.hang)
    while not call.running():
        time.sleep(0.01)
    workers.close()
    with pytest.raises(WorkerError):
        call.result(timeout=10)
    assert not _alive(pid)


@pytest.mark.parametrize("busy", ["", "workers.submit(spin)"], ids=["idle", "in the middle of a call"])
def test_children_do_not_outlive_a_killed_parent(tmp_path: Path, busy: str) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        "import time\n"
        "from service.config import Limits\n"
        "from service.isolation import Workers\n"
        "from tests.hostile import process_id, spin\n"
        "if __name__ == '__main__':\n"
        "    workers = Workers(1, limits=Limits())\n"
        "    pid = workers.submit(process_id).result()\n"
        f"    {busy}\n"
        "    time.sleep(1)\n"
        "    print(pid, flush=True)\n"
        "    time.sleep(600)\n"
    )
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)}
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, env=environment) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()
    until = time.monotonic() + 10
    while _alive(pid) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _alive(pid)


def _alive(pid: int) -> bool:
    """Whether a process runs; one that ended and waits for its parent does not."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False

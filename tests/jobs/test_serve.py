"""The commands of the service, as an administrator types them."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil
import pytest
from typer.testing import CliRunner

from service.cli import app
from service.config import Settings
from service.jobs import Jobs
from service.jobs.keeper import pause_before_restart
from service.store import Store, documents
from service.store.database import newest_revision
from tests.plain_form import form_pdf
from tests.stores import WORKER_SECONDS, add, environment

runner = CliRunner()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_nobody_else_is_let_in_before_there_is_a_user(tmp_path: Path) -> None:
    result = runner.invoke(app, ["serve", "--host", "0.0.0.0", "--data", str(tmp_path)])
    assert result.exit_code == 2
    assert "open_to_all" in result.stderr


def test_a_worker_without_tables_says_what_to_do(tmp_path: Path) -> None:
    result = runner.invoke(app, ["worker", "--data", str(tmp_path)])
    assert result.exit_code == 2
    assert "jixiao db upgrade" in result.stderr


def test_only_a_worker_that_cannot_start_is_waited_for_ever_longer() -> None:
    killed, crashed, refused = -signal.SIGKILL, -signal.SIGSEGV, 2
    assert pause_before_restart(killed, 1.0, 10.0) == pause_before_restart(refused, 60.0, 10.0) == 0.5
    assert [pause_before_restart(status, 1.0, 4.0) for status in (crashed, refused)] == [8.0, 8.0]
    assert pause_before_restart(refused, 1.0, 10.0) == 10.0


def test_the_database_is_upgraded_backed_up_and_restored(tmp_path: Path) -> None:
    data, restored, copy = tmp_path / "data", tmp_path / "restored", tmp_path / "copy.zip"
    for command, said in (
        (["db", "upgrade", "--data", str(data)], f"— → {newest_revision()}"),
        (["db", "backup", str(copy), "--data", str(data)], "0 documents"),
        (["db", "restore", str(copy), "--data", str(restored)], "0 documents"),
        (["db", "restore", str(tmp_path / "none.zip"), "--data", str(restored)], "bad_backup"),
        (["db", "backup", str(tmp_path / "none" / "copy.zip"), "--data", str(data)], "backup_not_written"),
        (["db", "backup", str(copy), "--data", str(tmp_path / "mistyped")], "nothing_to_back_up"),
    ):
        assert said in runner.invoke(app, command).output


@pytest.mark.slow
@pytest.mark.timeout(3 * WORKER_SECONDS)
def test_serve_reads_what_it_loads_and_starts_a_killed_worker_again(tmp_path: Path) -> None:
    file, port = tmp_path / "loaded.pdf", free_port()
    file.write_bytes(form_pdf(1))
    settings = Settings(data=tmp_path / "data", workers=1)
    command = [sys.executable, "-m", "service", "serve", "--port", str(port), "--load", str(file)]
    with subprocess.Popen(command, env=environment(settings)) as server:
        try:
            assert _status_of_first(port) == "done"
            (worker,) = (child for child in psutil.Process(server.pid).children() if "worker" in child.cmdline())
            worker.kill()
            worker.wait()
            with Store(settings) as store:
                jobs = Jobs(store)
                document = add(jobs, form_pdf(2), "second.pdf")
                jobs.close()
            _wait(port, document.id)
        finally:
            began = time.monotonic()
            server.send_signal(signal.SIGTERM)
            server.wait(60)
    assert time.monotonic() - began < 30
    with Store(settings) as store, store.database.reading() as session:
        assert {d.status for d in documents.page(session, documents.Filters()).items} == {"done"}


@pytest.mark.timeout(2 * WORKER_SECONDS)
def test_serve_ends_without_a_word_while_a_document_is_followed(tmp_path: Path) -> None:
    file, port = tmp_path / "loaded.pdf", free_port()
    file.write_bytes(form_pdf(1))
    command = [sys.executable, "-m", "service", "serve", "--no-worker", "--port", str(port), "--load", str(file)]
    settings = Settings(data=tmp_path / "data", language="en")
    with subprocess.Popen(command, env=environment(settings), stderr=subprocess.PIPE, text=True) as server:
        url = f"http://127.0.0.1:{port}/v1/documents"
        _wait_for_answer(url)
        with urllib.request.urlopen(url) as answer:
            (only,) = json.load(answer)["documents"]
        with urllib.request.urlopen(f"{url}/{only['id']}/events") as events:
            assert events.readline()
            server.send_signal(signal.SIGTERM)
            assert b"event: end" not in events.read()
        _, said = server.communicate(timeout=60)
    assert "Traceback" not in said
    assert "ERROR" not in said


def _wait_for_answer(url: str) -> None:
    until = time.monotonic() + WORKER_SECONDS
    while True:
        try:
            urllib.request.urlopen(url).close()
            return
        except OSError:
            assert time.monotonic() < until, "the service did not start"
            time.sleep(0.2)


def _status_of_first(port: int) -> str:
    until = time.monotonic() + WORKER_SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/documents") as answer:
                (only,) = json.load(answer)["documents"]
            if only["status"] not in ("queued", "running"):
                return str(only["status"])
        except OSError:
            pass  # not listening yet
        time.sleep(0.2)
    raise AssertionError("the loaded file was not read")


def _wait(port: int, document_id: str) -> None:
    until = time.monotonic() + WORKER_SECONDS
    while time.monotonic() < until:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/documents/{document_id}") as answer:
            if json.load(answer)["status"] == "done":
                return
        time.sleep(0.2)
    raise AssertionError("the document was not read")

"""The service under load: many clients upload at once while its workers are killed.

    python -m benchmarks.service [--uploads 200] [--clients 20] [--workers 2] [--database-url postgresql+psycopg://…]

Uploads are forms with text, scans, the same bytes again, and broken files. Every `--kill-seconds` a process of a worker
is killed: a reading process and a whole worker in turn. Meanwhile documents are listed and fetched, as people do, and
timed. Then every document must be done, or failed with a reason, with each of its pages once. Without --database-url
one `jixiao serve` runs on SQLite; with it, `jixiao serve --no-worker` and two `jixiao worker`.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil

from service.config import Settings
from service.store import Store, documents
from service.store.models import DONE, FAILED, Document
from tests import broken_files
from tests.plain_form import form_image, form_pdf

SHARE_REPEATED, SHARE_BROKEN, SHARE_SCANNED = 0.15, 0.1, 0.1
WAIT_SECONDS = 3_600
START_SECONDS = 300
NO_ANSWER = 599  # counted among the statuses


@dataclass
class Outcome:
    """What was seen from outside. Times in seconds, memory in bytes."""

    uploads: Counter[int] = field(default_factory=Counter)
    ids: set[str] = field(default_factory=set)
    answers: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    memory: list[int] = field(default_factory=list)
    killed: Counter[str] = field(default_factory=Counter)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--uploads", type=int, default=200)
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--workers", type=int, default=2, help="reading processes of each worker")
    parser.add_argument("--kill-seconds", type=float, default=10.0, help="0 kills nothing")
    parser.add_argument("--database-url", default="")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="jixiao-bench-") as folder:
        bench = Bench(arguments, Path(folder))
        try:
            bench.run()
        finally:
            bench.stop()


class Bench:
    """One run. Everything it starts is ended by `stop`."""

    def __init__(self, arguments: argparse.Namespace, folder: Path) -> None:
        self.arguments = arguments
        self.settings = Settings(data=folder, database_url=arguments.database_url)
        self.outcome = Outcome()
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.processes: list[subprocess.Popen[bytes]] = []
        self.ended = threading.Event()

    def run(self) -> None:
        self._start()
        watchers = [threading.Thread(target=watch) for watch in (self._browse, self._measure, self._kill)]
        for thread in watchers:
            thread.start()
        began = time.monotonic()
        files = _files(self.arguments.uploads)
        with ThreadPoolExecutor(self.arguments.clients) as clients:
            list(clients.map(self._upload, files))
        uploaded = time.monotonic() - began
        self._wait()
        seconds = time.monotonic() - began
        self.ended.set()
        for thread in watchers:
            thread.join()
        self._report(files, uploaded, seconds)

    def stop(self) -> None:
        self.ended.set()
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()

    def _start(self) -> None:
        serve = ["serve", "--port", str(self.port)]
        self._begin([*serve, "--no-worker"] if self.settings.database_url else serve)
        until = time.monotonic() + START_SECONDS
        while not self._answers():
            if time.monotonic() > until:
                raise SystemExit("the service did not start")
            time.sleep(0.2)
        for _ in range(2 if self.settings.database_url else 0):
            self._begin(["worker"])

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz").is_success
        except httpx.HTTPError:
            return False

    def _begin(self, command: list[str]) -> None:
        environment = os.environ | {
            "JIXIAO_DATA": str(self.settings.data),
            "JIXIAO_DATABASE_URL": self.settings.database_url,
            "JIXIAO_WORKERS": str(self.arguments.workers),
            "JIXIAO_RATE_PER_MINUTE": "0",
            "JIXIAO_UPLOADS_PER_MINUTE": "0",
            "JIXIAO_LOG_LEVEL": "error",
        }
        self.processes.append(subprocess.Popen([sys.executable, "-m", "service", *command], env=environment))

    def _upload(self, file: tuple[str, bytes]) -> None:
        answer = httpx.post(f"{self.url}/v1/documents", files={"file": file}, timeout=120)
        self.outcome.uploads[answer.status_code] += 1
        if answer.is_success:
            self.outcome.ids.update(document["id"] for document in answer.json()["documents"])

    def _browse(self) -> None:
        """Look at the list and at documents, five times a second."""
        with httpx.Client(base_url=self.url, timeout=60) as client:
            while not self.ended.wait(0.2):
                known = random.sample(sorted(self.outcome.ids), 1) if self.outcome.ids else []
                for path in ("/v1/documents?limit=20", *(f"/v1/documents/{i}" for i in known), "/v1/evaluations"):
                    began = time.perf_counter()
                    try:
                        status = client.get(path).status_code
                    except httpx.HTTPError:
                        status = NO_ANSWER
                    self.outcome.answers.append(time.perf_counter() - began)
                    self.outcome.statuses[status] += 1

    def _measure(self) -> None:
        """The memory of the web server, and of all processes."""
        while not self.ended.wait(1.0):
            self.outcome.memory.append(psutil.Process(self.processes[0].pid).memory_info().rss)

    def _kill(self) -> None:
        """A reading process, a worker, a reading process, …"""
        pause = self.arguments.kill_seconds
        whole = False
        while pause and not self.ended.wait(pause):
            workers = self._workers()
            if not workers:
                continue
            victim = random.choice(workers)
            if not whole:
                readers = [child for child in victim.children() if "spawn_main" in " ".join(child.cmdline())]
                victim = random.choice(readers) if readers else victim
            self.outcome.killed["worker" if whole else "reading process"] += 1
            os.kill(victim.pid, signal.SIGKILL)
            if whole and self.settings.database_url:
                self._begin(["worker"])
            whole = not whole

    def _workers(self) -> list[psutil.Process]:
        found = [child for process in self.processes if process.poll() is None for child in _family(process.pid)]
        return [process for process in found if "worker" in process.cmdline()[-6:]]

    def _wait(self) -> None:
        until = time.monotonic() + WAIT_SECONDS
        with httpx.Client(base_url=self.url, timeout=60) as client:
            while time.monotonic() < until:
                left = sum(
                    client.get("/v1/documents", params={"status": status, "limit": 1}).json()["total"]
                    for status in ("queued", "running")
                )
                if not left:
                    return
                time.sleep(0.5)
        raise SystemExit("some documents never ended")

    def _report(self, files: list[tuple[str, bytes]], uploaded: float, seconds: float) -> None:
        with Store(self.settings) as store, store.database.reading() as session:
            kept = documents.page(session, documents.Filters(), limit=1_000).items
            read = {document.id: documents.pages(session, document.id, document.run) for document in kept}
        distinct = len({data for _, data in files})
        pages = sum(len(of) for of in read.values())
        faults = [
            *(f"{d.id}: {d.status}" for d in kept if d.status not in (DONE, FAILED)),
            *(f"{d.id}: failed without a reason" for d in kept if d.status == FAILED and not d.error_code),
            *(f"{d.id}: not each page once" for d in kept if d.status == DONE and not _whole(d, read)),
            *([f"{len(kept)} documents of {distinct} files"] if len(kept) != distinct else []),
            *(f"{count} answers {status}" for status, count in self.outcome.uploads.items() if status >= 300),
            *(f"{count} GET answers {status}" for status, count in self.outcome.statuses.items() if status >= 300),
        ]
        for name, value in self._figures(kept, pages, uploaded, seconds).items():
            print(f"{name:32} {value}")
        for fault in faults:
            print(f"FAULT {fault}")
        raise SystemExit(1 if faults else 0)

    def _figures(self, kept: Any, pages: int, uploaded: float, seconds: float) -> dict[str, str]:
        answers = sorted(self.outcome.answers)
        memory = self.outcome.memory
        half = len(memory) // 2
        ended = Counter(f"{d.status} {d.error_code or ''}".strip() for d in kept)
        return {
            "uploads (status: count)": str(dict(self.outcome.uploads)),
            "documents": str(dict(ended)),
            "killed": str(dict(self.outcome.killed)),
            "uploaded in, s": f"{uploaded:.1f}",
            "all ended in, s": f"{seconds:.1f}",
            "pages a second": f"{pages / seconds:.2f}",
            "GET median, ms": f"{statistics.median(answers) * 1000:.1f}",
            "GET 95th percentile, ms": f"{answers[int(len(answers) * 0.95)] * 1000:.1f}",
            "web server, MB, 1st / 2nd half": f"{max(memory[:half]) / 1e6:.0f} / {max(memory[half:]) / 1e6:.0f}",
        }


def _whole(document: Document, read: Any) -> bool:
    return [page.number for page in read[document.id]] == list(range(1, (document.page_count or 0) + 1))


def _family(pid: int) -> list[psutil.Process]:
    process = psutil.Process(pid)
    return [process, *process.children()]


def _files(count: int) -> list[tuple[str, bytes]]:
    """Names and bytes of uploads, the same mixture every time."""
    random.seed(5)
    broken = (broken_files.only_a_header, broken_files.encrypted_pdf, broken_files.truncated_pdf, broken_files.no_pages)
    files: list[tuple[str, bytes]] = []
    for number in range(count):
        chance = random.random()
        if files and chance < SHARE_REPEATED:
            files.append((f"again-{number}.pdf", random.choice(files)[1]))
        elif chance < SHARE_REPEATED + SHARE_BROKEN:
            files.append((f"broken-{number}.pdf", random.choice(broken)()))
        elif chance < SHARE_REPEATED + SHARE_BROKEN + SHARE_SCANNED:
            files.append((f"scan-{number}.png", form_image(dpi=random.randint(100, 160))))
        else:
            files.append((f"form-{number}.pdf", form_pdf(random.randint(1, 6))))
    return files


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()

"""The service under load: python -m benchmarks.service [--write] [--only sqlite,postgresql,throughput] [--uploads 200]

`sqlite`: one `jixiao serve`. `postgresql`: `jixiao serve --no-worker` and two `jixiao worker` on one database (Debian's
server, started for the run). Twenty clients upload at once: forms with text, scans, the same bytes again, broken and
locked files. Every `--kill-seconds` a process is killed: a whole worker and a reading process in turn. Meanwhile
documents are listed and fetched, as people do, and timed. In the end every document must be what it was made to be:
done, with each of its pages and reports once, or failed for its own reason. On PostgreSQL a further worker is then
killed for good with all its processes, as if its machine had lost power: the others must finish its documents within a
minute. `throughput`: the same files through the service and through `jixiao extract`, nothing killed.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

import httpx
import psutil
import psycopg
import pymupdf
from sqlalchemy import func, select

from service.config import MEGABYTE, Settings, cores
from service.isolation import CHILD_NAME
from service.jobs import Jobs, queue, watch
from service.store import Store, documents
from service.store.models import DONE, FAILED, UNFINISHED, Document, Page
from tests import broken_files
from tests.plain_form import form_image, form_pdf
from tests.store_fixtures import postgresql_server

PAGE = Path(__file__).parent / "service.md"
SHARE_REPEATED, SHARE_BROKEN, SHARE_SCANNED, SHARE_LONG = 0.15, 0.1, 0.05, 0.1
LONGEST_FORM = 5  # pages
SCAN_DPI = (100, 160)
READERS = 2  # reading processes, of all workers together
WAIT_SECONDS = 1_500
START_SECONDS = 300
LONG_DOCUMENTS, LONG_PAGES = 6, 6  # scans, among which a worker is lost
CLIENTS = 20
SEED = 5
THROUGHPUT_FORMS, THROUGHPUT_SCANS = 120, 30
TURNS = 2
NO_ANSWER = 599  # counted among the statuses

MOST_GET = 100.0  # ms, 95 of 100
MOST_GROWTH = 1.1  # of memory, second half ÷ first
MOST_TAKEOVER = 60.0  # seconds
LEAST_THROUGHPUT = 0.95

Row = tuple[str, str, str]
Result = TypeVar("Result")


@dataclass(frozen=True)
class File:
    """An upload and what must become of it: `pages` forms, or the error `code`."""

    name: str
    data: bytes
    pages: int = 0
    code: str | None = None


@dataclass
class Seen:
    """What was seen from outside. Times in seconds; memory in bytes, by kind of process."""

    uploads: Counter[int] = field(default_factory=Counter)
    ids: set[str] = field(default_factory=set)
    answers: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    memory: dict[str, list[int]] = field(default_factory=dict)
    killed: Counter[str] = field(default_factory=Counter)


class Service:
    """A running service with its data in `folder`. Everything that it starts is ended by `stop`."""

    def __init__(self, folder: Path, database_url: str = "") -> None:
        self.settings = Settings(
            data=folder, database_url=database_url, workers=READERS // 2 if database_url else READERS
        )
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.processes: list[subprocess.Popen[bytes]] = []
        self._client = httpx.Client(base_url=self.url, timeout=120)

    def start(self) -> None:
        serve = ["serve", "--port", str(self.port)]
        self._begin([*serve, "--no-worker"] if self.settings.database_url else serve)
        until = time.monotonic() + START_SECONDS
        while not self._answers():
            if time.monotonic() > until:
                raise SystemExit("the service did not start")
            time.sleep(0.2)
        for _ in range(2 if self.settings.database_url else 0):
            self.start_worker()

    def start_worker(self, *, elsewhere: bool = False) -> psutil.Process:
        """Start a worker of its own; `elsewhere` with process numbers of its own, as on another machine."""
        return self._begin(["worker"], [*_ELSEWHERE] if elsewhere else [])

    def workers(self) -> list[psutil.Process]:
        """The workers that live."""
        running = [psutil.Process(process.pid) for process in self.processes if process.poll() is None]
        found = [process for each in running for process in (each, *each.children())]
        return [process for process in found if "worker" in _command(process)[-6:]]

    def memory(self) -> dict[str, int]:
        """Of the web server and of all that the workers run."""
        workers = [child for worker in self.workers() for child in (worker, *worker.children(recursive=True))]
        return {"web server": _resident(psutil.Process(self.processes[0].pid)), "workers": sum(map(_resident, workers))}

    def upload(self, file: File) -> httpx.Response:
        return self._client.post("/v1/documents", files={"file": (file.name, file.data)})

    def wait(self, seconds: float = WAIT_SECONDS) -> None:
        """Until nothing is queued or read. The store is asked, not the web server, whose answers would be its work."""
        until = time.monotonic() + seconds
        with Store(self.settings) as store:
            while time.monotonic() < until:
                with store.database.reading() as session:
                    left = session.scalar(select(func.count()).where(Document.status.in_(UNFINISHED)))
                if not left:
                    return
                time.sleep(1.0)
        raise SystemExit(f"{left} documents never ended")

    def stop(self) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz").is_success
        except httpx.HTTPError:
            return False

    def _begin(self, command: list[str], prefix: Sequence[str] = ()) -> psutil.Process:
        own = {"DATA": self.settings.data, "DATABASE_URL": self.settings.database_url, "WORKERS": self.settings.workers}
        unlimited = {"RATE_PER_MINUTE": 0, "UPLOADS_PER_MINUTE": 0, "LOG_LEVEL": "error"}
        environment = os.environ | {f"JIXIAO_{name}": str(value) for name, value in (own | unlimited).items()}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # what is installed has been compiled
        process = subprocess.Popen([*prefix, sys.executable, "-m", "service", *command], env=environment)
        self.processes.append(process)
        return psutil.Process(process.pid)


class Load:
    """Uploads, people who look, and kills, all at once."""

    def __init__(self, service: Service, clients: int, kill_seconds: float) -> None:
        self.service, self.clients, self.kill_seconds = service, clients, kill_seconds
        self.seen = Seen()
        self._ended = threading.Event()

    def run(self, files: Sequence[File]) -> tuple[float, float]:
        """Seconds until all were uploaded, and until all had ended."""
        watchers = [threading.Thread(target=watch, daemon=True) for watch in (self._browse, self._measure, self._kill)]
        for thread in watchers:
            thread.start()
        began = time.monotonic()
        try:
            with ThreadPoolExecutor(self.clients) as clients:
                list(clients.map(self._upload, files))
            uploaded = time.monotonic() - began
            self.service.wait()
            return uploaded, time.monotonic() - began
        finally:
            self._ended.set()
            for thread in watchers:
                thread.join()

    def _upload(self, file: File) -> None:
        answer = self.service.upload(file)
        self.seen.uploads[answer.status_code] += 1
        if answer.is_success:
            self.seen.ids.update(document["id"] for document in answer.json()["documents"])

    def _browse(self) -> None:
        """Look at the list and at documents, five times a second."""
        with httpx.Client(base_url=self.service.url, timeout=60) as client:
            while not self._ended.wait(0.2):
                known = random.sample(sorted(self.seen.ids), 1) if self.seen.ids else []
                for path in ("/v1/documents?limit=20", *(f"/v1/documents/{i}" for i in known), "/v1/evaluations"):
                    began = time.perf_counter()
                    try:
                        status = client.get(path).status_code
                    except httpx.HTTPError:
                        status = NO_ANSWER
                    self.seen.answers.append(time.perf_counter() - began)
                    self.seen.statuses[status] += 1

    def _measure(self) -> None:
        while not self._ended.wait(2.0):
            with contextlib.suppress(psutil.Error):
                for kind, size in self.service.memory().items():
                    self.seen.memory.setdefault(kind, []).append(size)

    def _kill(self) -> None:
        """A worker, a reading process, a worker, …"""
        whole = True
        while self.kill_seconds and not self._ended.wait(self.kill_seconds):
            with contextlib.suppress(psutil.Error):
                self._kill_one(whole=whole)
            whole = not whole

    def _kill_one(self, *, whole: bool) -> None:
        worker = random.choice(self.service.workers() or [None])
        if worker is None:
            return
        readers = [child for child in worker.children(recursive=True) if child.name() == CHILD_NAME]
        victim = worker if whole or not readers else random.choice(readers)
        victim.kill()
        self.seen.killed["worker" if victim == worker else "reading process"] += 1
        if victim == worker and self.service.settings.database_url:
            self.service.start_worker()  # what systemd or Docker does


def under_load(arguments: argparse.Namespace, database_url: str = "") -> Iterator[Row]:
    """Uploads while workers are killed. Raises SystemExit with what is wrong where a document was not treated well."""
    files = _files(arguments.uploads)
    with tempfile.TemporaryDirectory(prefix="jixiao-bench-") as folder:
        service = Service(Path(folder), database_url)
        try:
            service.start()
            load = Load(service, arguments.clients, arguments.kill_seconds)
            uploaded, seconds = load.run(files)
            kept, pages = _kept(service.settings)
            faults = [*_faults(files, kept, pages), *_refusals(files, load.seen)]
            if faults:
                raise SystemExit("\n".join(faults))
            yield from _figures(load.seen, kept, pages, uploaded, seconds)
            if database_url and _ELSEWHERE:
                yield from _power_cut(service)
        finally:
            service.stop()


def _kept(settings: Settings) -> tuple[Sequence[Document], dict[str, list[int]]]:
    """The documents and the numbers of the pages that were read of them."""
    with Store(settings) as store, store.database.reading() as session:
        kept = documents.page(session, documents.Filters(), limit=1_000).items
        return kept, {d.id: [page.number for page in documents.pages(session, d.id, d.run)] for d in kept}


def _faults(files: Sequence[File], kept: Sequence[Document], pages: dict[str, list[int]]) -> Iterator[str]:
    wanted = {hashlib.sha256(file.data).hexdigest(): file for file in files}
    if len(kept) != len(wanted) or {d.sha256 for d in kept} != set(wanted):
        yield f"{len(kept)} documents of {len(wanted)} files"
    for document in kept:
        file = wanted[document.sha256]
        shown = f"{file.name} ({document.id})"
        if document.status not in (DONE, FAILED) or (document.status == FAILED) != (file.code is not None):
            yield f"{shown}: {document.status} {document.error_code} {document.error_message}"
        elif file.code is not None and document.error_code != file.code:
            yield f"{shown}: failed as {document.error_code}, not {file.code}"
        elif file.code is None and pages[document.id] != list(range(1, file.pages + 1)):
            yield f"{shown}: of {file.pages} pages there are {pages[document.id]}"
        elif file.code is None and sorted(e.position for e in document.evaluations) != list(range(file.pages)):
            yield f"{shown}: {len(document.evaluations)} reports of {file.pages} forms"


def _refusals(files: Sequence[File], seen: Seen) -> Iterator[str]:
    new = len({file.data for file in files})
    if seen.uploads != Counter({202: new, 200: len(files) - new}) and new < len(files):
        yield f"uploads were answered {dict(seen.uploads)}: {new} of {len(files)} are new"
    for status, count in seen.statuses.items():
        if status >= 300:
            yield f"{count} GET answers {status}"


def _figures(
    seen: Seen, kept: Sequence[Document], pages: dict[str, list[int]], uploaded: float, seconds: float
) -> Iterator[Row]:
    answers = [answer * 1_000 for answer in sorted(seen.answers)]
    ended = Counter(f"{d.status} {d.error_code or ''}".strip() for d in kept)
    read = sum(map(len, pages.values()))
    yield "uploads, of which new", f"{sum(seen.uploads.values())}, {seen.uploads[202]}", ""
    yield "documents", ", ".join(f"{count} {name}" for name, count in sorted(ended.items())), "none left"
    yield "killed meanwhile", ", ".join(f"{count} × {name}" for name, count in sorted(seen.killed.items())), ""
    yield "uploaded in, seconds", f"{uploaded:.1f}", ""
    yield "all ended in, seconds", f"{seconds:.0f}", ""
    yield "pages, each once", f"{read} ({read / seconds:.2f} a second)", ""
    yield "GET, median, ms", f"{statistics.median(answers):.0f}", ""
    yield "GET, 95 of 100 within, ms", f"{answers[int(len(answers) * 0.95)]:.0f}", f"< {MOST_GET:g}"
    for kind, sizes in seen.memory.items():
        half = max(1, len(sizes) // 2)
        first, second = max(sizes[:half]), max(sizes[half:] or sizes)
        shown = f"{first / MEGABYTE:.0f} → {second / MEGABYTE:.0f} ({second / first:.2f})"
        yield f"memory of the {kind}, MB, most in the 1st → 2nd half", shown, f"≤ {MOST_GROWTH}"


# A process sees itself in numbers of its own: the other worker cannot look whether it lives, only wait for its silence.
_ELSEWHERE: tuple[str, ...] = ()
if os.getuid() == 0 and shutil.which("unshare"):
    _ELSEWHERE = ("unshare", "--pid", "--fork", "--kill-child", "--mount-proc")


def _power_cut(service: Service) -> Iterator[Row]:
    """A worker on another machine is lost with all its processes while it reads."""
    lost = service.start_worker(elsewhere=True)
    with contextlib.closing(Jobs(Store(service.settings))) as jobs:
        name = _until(lambda: _name_elsewhere(jobs.store))
        for number in range(LONG_DOCUMENTS):
            service.upload(File(f"long-{number}.pdf", _long_scan(number))).raise_for_status()
        _until(lambda: any(page.executor == name for each in _held(jobs, name) for page in _pages(jobs.store, each)))
        held = _held(jobs, name)
        read = sum(len(_pages(jobs.store, each)) for each in held)
        lost.kill()
        began = time.monotonic()
        _until(lambda: all(_state(jobs.store, each) == DONE for each in held))
        seconds = time.monotonic() - began
        for each in held:
            if [page.number for page in _pages(jobs.store, each)] != list(range(1, LONG_PAGES + 1)):
                raise SystemExit(f"{each}: not each page once")
    kept = f"{len(held)} documents, {read} of {len(held) * LONG_PAGES} pages read"
    yield f"a machine lost with {kept}: done by another after, seconds", f"{seconds:.0f}", f"< {MOST_TAKEOVER:g}"


def _long_scan(number: int) -> bytes:
    """A scan whose pages take a second or two each; `number` makes it another file."""
    with pymupdf.open() as document:
        for page in range(LONG_PAGES):
            picture = form_image(dpi=120 + LONG_PAGES * number + page)
            sheet = document.new_page(width=595, height=842)
            sheet.insert_image(sheet.rect, stream=picture)
        return bytes(document.tobytes())


def _name_elsewhere(store: Store) -> str | None:
    """The worker that runs elsewhere."""
    return next((executor.id for executor in watch.living(store) if executor.host != watch.machine()), None)


def _held(jobs: Jobs, worker: str) -> list[str]:
    """The documents that a worker has in hand."""
    runs = jobs.client.list_workflows(status="PENDING", executor_id=worker, name=queue.EXTRACT)
    return [run.workflow_id.rpartition("-")[0] for run in runs]


def _pages(store: Store, document_id: str) -> Sequence[Page]:
    with store.database.reading() as session:
        return documents.pages(session, document_id, 1)


def _state(store: Store, document_id: str) -> str:
    with store.database.reading() as session:
        return documents.need(session, document_id).status


def _until(found: Callable[[], Result | None]) -> Result:
    """What `found` gives, as soon as that is something."""
    until = time.monotonic() + START_SECONDS
    while not (result := found()):
        if time.monotonic() > until:
            raise SystemExit("a worker did not do its work")
        time.sleep(0.1)
    return result


def throughput() -> Iterator[Row]:
    """The same files through the service and through `jixiao extract`, each with two reading processes, by turns:
    whatever else the machine does meets both. Of each the time that it takes to get going is left out: until every
    process has read a form and a scan, so that what only scans need is loaded."""
    files = [File(f"form-{n}.pdf", form_pdf(2), 2) for n in range(THROUGHPUT_FORMS)]
    files += [File(f"scan-{n}.png", form_image(dpi=120 + n), 1) for n in range(THROUGHPUT_SCANS)]
    random.Random(SEED).shuffle(files)
    # Forms first: while scans are read, the command loads what assembling needs, as it does with more files to come.
    first = [File(f"first-{n}.pdf", form_pdf(2), 2) for n in range(READERS)]
    first += [File(f"first-scan-{n}.png", form_image(dpi=150 + n), 1) for n in range(READERS)]
    pages = sum(file.pages for file in files)
    command, service = Cost(), Cost()
    for turn in range(TURNS):
        command += _by_command(first, files[turn::TURNS])
        service += _by_service(first, files[turn::TURNS])
    yield "pages, forms with text and scans", f"{pages - THROUGHPUT_SCANS} and {THROUGHPUT_SCANS}", ""
    for name, cost in (("jixiao extract --workers 2", command), ("the service, 2 reading processes", service)):
        yield f"{name}, pages a second", f"{pages / cost.seconds:.2f}", ""
        yield f"{name}, processor seconds a page", f"{cost.processor / pages:.3f}", ""
    yield "the service, 2 reading processes, cores that had nothing to do", f"{service.idle / service.seconds:.2f}", ""
    yield "processor seconds, command ÷ service", f"{command.processor / service.processor:.2f}", ""
    yield "pages a second, service ÷ command", f"{command.seconds / service.seconds:.2f}", f"≥ {LEAST_THROUGHPUT}"


@dataclass(frozen=True)
class Cost:
    """Seconds that passed, those that processors worked, and those that they had nothing to do."""

    seconds: float = 0.0
    processor: float = 0.0
    idle: float = 0.0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.seconds + other.seconds, self.processor + other.processor, self.idle + other.idle)


class Work:
    """What processors do for some processes and their children, from here on: looked at often, for they may end."""

    def __init__(self, processes: Sequence[subprocess.Popen[bytes]]) -> None:
        self._roots = [psutil.Process(process.pid) for process in processes]
        self._seen: dict[int, float] = {}
        self._ended = threading.Event()
        self._look()
        self._before = dict(self._seen)
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def end(self) -> float:
        """Seconds."""
        self._ended.set()
        self._thread.join()
        return sum(seconds - self._before.get(pid, 0.0) for pid, seconds in self._seen.items())

    def _watch(self) -> None:
        while not self._ended.wait(0.5):
            self._look()
        self._look()

    def _look(self) -> None:
        for root in self._roots:
            with contextlib.suppress(psutil.Error):
                for process in (root, *root.children(recursive=True)):
                    with contextlib.suppress(psutil.Error):
                        used = process.cpu_times()
                        self._seen[process.pid] = used.user + used.system


def _by_command(first: Sequence[File], files: Sequence[File]) -> Cost:
    """What `jixiao extract` takes for the files, from when it has read the first ones: it takes them in order."""
    with tempfile.TemporaryDirectory(prefix="jixiao-bench-") as folder:
        paths = [Path(folder) / file.name for file in (*first, *files)]
        for path, file in zip(paths, (*first, *files), strict=True):
            path.write_bytes(file.data)
        command = [sys.executable, "-m", "service", "extract", "-q", "--workers", str(READERS), "--out", folder]
        process = subprocess.Popen([*command, *map(str, paths)])
        reports = [path.with_suffix(".json") for path in paths]
        _until(lambda: all(report.exists() for report in reports[: len(first)]) or process.poll() is not None)
        if process.poll():
            raise SystemExit(f"jixiao extract ended with {process.returncode}")
        began, work = max(report.stat().st_mtime for report in reports[: len(first)]), Work([process])
        if process.wait():
            raise SystemExit(f"jixiao extract ended with {process.returncode}")
        used = work.end()
        return Cost(max(report.stat().st_mtime for report in reports) - began, used)


def _by_service(first: Sequence[File], files: Sequence[File]) -> Cost:
    """From the first upload to the last document's end, in a service that has read something before."""
    with tempfile.TemporaryDirectory(prefix="jixiao-bench-") as folder:
        service = Service(Path(folder))
        try:
            service.start()
            for file in first:
                service.upload(file).raise_for_status()
            service.wait()
            began, work, idle = time.time(), Work(service.processes), psutil.cpu_times().idle
            with ThreadPoolExecutor(CLIENTS) as clients:
                for answer in clients.map(service.upload, files):
                    answer.raise_for_status()
            service.wait()
            used, late, idle = work.end(), time.time(), psutil.cpu_times().idle - idle
            kept, _ = _kept(service.settings)
            ended = max(d.finished_at.timestamp() for d in kept if d.finished_at is not None)
            return Cost(ended - began, used, idle - (late - ended) * cores())
        finally:
            service.stop()


def _files(count: int) -> list[File]:
    """The same mixture every time: a fixed number of each kind, in a mixed order."""
    chance = random.Random(SEED)
    repeated, broken, scanned = (round(count * share) for share in (SHARE_REPEATED, SHARE_BROKEN, SHARE_SCANNED))
    kinds = (
        ("header", broken_files.only_a_header, "damaged_file"),
        ("locked", broken_files.encrypted_pdf, "encrypted_file"),
        ("rubbish", broken_files.rubbish_after_header, "damaged_file"),
        ("empty", broken_files.no_pages, "no_pages"),
    )
    files = []
    for number in range(broken):
        name, make, code = kinds[number % len(kinds)]
        # Bytes after a PDF's end mean nothing, but make it another file.
        files.append(File(f"{name}-{number}.pdf", make() + b"\n%% %d" % number, code=code))
    files += [File(f"scan-{n}.png", form_image(dpi=chance.randint(*SCAN_DPI)), 1) for n in range(scanned)]
    for number in range(count - repeated - broken - scanned):
        pages = chance.randint(2, LONGEST_FORM) if chance.random() < SHARE_LONG else 1
        files.append(File(f"form-{number}.pdf", form_pdf(pages), pages))
    files += [replace(chance.choice(files), name=f"again-{n}.pdf") for n in range(repeated)]
    chance.shuffle(files)
    return files


def _command(process: psutil.Process) -> list[str]:
    try:
        line: list[str] = process.cmdline()
    except psutil.Error:  # it ended meanwhile
        return []
    return line


def _resident(process: psutil.Process) -> int:
    """Bytes that a process holds; of what several share, its part."""
    try:
        return int(process.memory_full_info().pss)
    except (psutil.Error, OSError):
        return 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _on_postgresql(arguments: argparse.Namespace) -> Iterator[Row]:
    with postgresql_server() as url:
        with psycopg.connect(url.replace("+psycopg", "") + "/postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE jixiao")
        yield from under_load(arguments, f"{url}/jixiao")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--uploads", type=int, default=200)
    parser.add_argument("--clients", type=int, default=CLIENTS)
    parser.add_argument("--kill-seconds", type=float, default=10.0, help="0 kills nothing")
    parser.add_argument("--only", default="sqlite,postgresql,throughput", help="which parts, separated by commas")
    parser.add_argument("--write", action="store_true", help="put the figures into service.md")
    arguments = parser.parse_args()
    parts: dict[str, Callable[[], Iterator[Row]]] = {
        "sqlite": lambda: under_load(arguments),
        "postgresql": lambda: _on_postgresql(arguments),
        "throughput": throughput,
    }
    for name in arguments.only.split(","):
        rows = []
        for row in parts[name]():
            print(f"{name}: {row[0]}: {row[1]}  {row[2]}", flush=True)
            rows.append(row)
        if arguments.write:
            _write(name, rows)


def _write(name: str, rows: Sequence[Row]) -> None:
    table = "".join(f"| {what} | {figure} | {goal} |\n" for what, figure, goal in rows)
    figures = f"On {cores()} cores.\n\n| | figure | goal |\n|---|---|---|\n{table}"
    mark = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(mark.sub(lambda found: f"{found[1]}\n{figures}\n{found[2]}", page), encoding="utf-8")


if __name__ == "__main__":
    main()

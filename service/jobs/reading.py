"""Reading one document in a worker: its pages in reading processes, its report in another.

What pages gave is kept in the store's cache until the report is made, so that whoever takes the document over goes on
from there. Pages are recorded when reading them took more than `RECORD_SECONDS` together: most documents with text end
sooner, and are recorded once, with their report.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

import structlog
from sqlalchemy.exc import OperationalError

from service import errors, packing, pipeline
from service.config import Settings
from service.isolation import OUT_OF_MEMORY, WorkerCrash, WorkerError, WorkerKilled, WorkerMemory, Workers
from service.jobs.errors import AssemblyFailed, DocumentTimeout
from service.jobs.turns import Turns
from service.packing import Assembly
from service.pipeline import Opened, Spilled
from service.store import Store, documents
from service.store.documents import Progress, ReadPage
from service.store.models import Document, Page

log = structlog.get_logger(__name__)

# A page whose reading ends three processes, by itself or for want of memory, is at fault.
MOST_CRASHES: Final = 3
# A process that was killed from outside, alone or with its worker, was hardly killed for its page. But nobody sees what
# a page does to a whole machine. What was in work at so many deaths is from then on done alone, so that nothing else
# comes under suspicion, and sooner; what was in work at most is given up.
MOST_SHARED_LOSSES: Final = 3
MOST_LOSSES: Final = 20
# What is done alone lets others go first for so many seconds: should it end the worker again, they have moved on.
AFTER_OTHERS: Final = 5.0
# Reading that may have to be done again when a worker dies.
RECORD_SECONDS: Final = 0.25
# How often a run looks whether it is still wanted, at most.
_CHECK_SECONDS: Final = 1.0
_OPENING, _ASSEMBLING = "open", "assemble"
# Assembling is one process's work for many readers: it takes a fraction of the time of the pages.
READERS_PER_ASSEMBLER: Final = 4


class NoLongerWanted(Exception):
    """The document was cancelled, deleted or queued again while it was read."""


class GivenUp(WorkerCrash):
    """Processes and workers died too often with this in work."""


class Pool:
    """The processes of one worker: some that read pages, one or more that assemble."""

    def __init__(self, config: Settings) -> None:
        count = config.worker_count
        self.reading = pipeline.new_workers(count)
        # What is left of a hopeless document's time is not worth more than a few pages' worth of others.
        limits = replace(config.limits, page_seconds=config.document_seconds)
        self.assembling = Workers(
            max(1, count // READERS_PER_ASSEMBLER),
            limits=limits,
            threads=config.threads,
            prepare=packing.load_assembler,
        )
        self.turns = Turns()

    def warm(self) -> None:
        """Start the processes and load what they need, while nothing waits for them."""
        for workers in (self.reading, self.assembling):
            for _ in range(workers.count):
                workers.submit(os.getpid)

    def close(self) -> None:
        self.reading.close()
        self.assembling.close()


class Run:
    """One run of one document in this worker. To be closed when the document is left."""

    def __init__(self, store: Store, pool: Pool, document: Document, path: Path, executor: str) -> None:
        self._store, self._pool, self._document, self._executor = store, pool, document, executor
        self._file = Spilled(path, document.file_name, None, pool.reading.limits)
        # So many pages of one document at once keep every reading process busy, and leave the next document its turn.
        self._threads = ThreadPoolExecutor(pool.reading.count, thread_name_prefix="jixiao-page")
        self._reading: dict[int, Future[str | None]] = {}
        self._page_count = document.page_count
        self._recorded: dict[int, errors.PageError | None] = {}  # their content is in the cache
        self._fresh: dict[int, tuple[ReadPage, bytes | errors.PageError]] = {}
        self._recording = threading.Lock()
        self._losses: dict[str, int] = {}
        self._began = self._checked_at = time.monotonic()
        if document.starts > 1:
            self._take_over()

    def _take_over(self) -> None:
        """Learn what earlier workers have done of the run."""
        with self._store.database.reading() as session:
            pages = documents.pages(session, self._document.id, self._document.run)
            self._losses = documents.attempts(session, self._document.id, self._document.run)
        self._recorded = {page.number: _error_of(page) for page in pages}

    def open(self) -> Opened:
        """Open the file. Raises an `errors.InputError` where it cannot be read."""
        try:
            opened: Opened = self._in_child(
                _OPENING,
                self._pool.reading,
                pipeline.open_in_child,
                self._file,
                # What an earlier worker could open ends nobody.
                is_recorded=self._document.page_count is None,
            )
        except WorkerError as error:
            raise pipeline.opening_error(error, self._file) from error
        pipeline.choose_pages(opened.page_count, None, self._file.limits)
        self._page_count = opened.page_count
        if self._document.starts > 1 and self._document.page_count is None:
            self._note(Progress(opened.page_count))  # the next worker is to know that it can be opened
        return opened

    def start(self, numbers: Sequence[int]) -> None:
        """Begin to read the pages that no earlier worker has."""
        self._reading = {n: self._threads.submit(self._read, n) for n in numbers if n not in self._recorded}

    def wait(self, number: int) -> str | None:
        """Wait for a page; its error's code where it failed. Raises NoLongerWanted, DocumentTimeout."""
        if number in self._reading:
            return self._reading[number].result()
        return _code_of(self._recorded[number])

    def assemble(self, numbers: Sequence[int], is_repaired: bool) -> str:
        """The report as JSON. Raises what the pages died of where none was read, AssemblyFailed."""
        contents = {number: self._content(number) for number in numbers}
        assembly = Assembly(
            pages=tuple(content for content in contents.values() if isinstance(content, bytes)),
            failed=tuple(content for content in contents.values() if isinstance(content, errors.PageError)),
            sha256=self._document.sha256,
            file_name=self._document.file_name,
            is_repaired=is_repaired,
            profile=self._document.profile,
        )
        try:
            made: str = self._in_child(_ASSEMBLING, self._pool.assembling, packing.assemble, assembly)
        except WorkerError as error:
            raise AssemblyFailed(reason=error.reason) from error
        return made

    def unrecorded(self) -> Progress:
        """What the store does not know yet, to be recorded with the run's end."""
        return Progress(self._page_count, tuple(page for page, _ in list(self._fresh.values())))

    def close(self) -> None:
        """Begin no further page, and wait for those being read."""
        self._threads.shutdown(cancel_futures=True)

    def clear(self) -> None:
        """Remove the contents of the pages that were kept for a worker that would take over."""
        if self._recorded or self._document.starts > 1:
            self._store.files.clear_cache(f"{self._document.id}/run-{self._document.run}")

    def _read(self, number: int) -> str | None:
        """Read a page; its error's code where it failed."""
        self._check()
        began = time.monotonic()
        gave: bytes | errors.PageError
        try:
            seconds, gave = self._in_child(str(number), self._pool.reading, packing.read_and_pack, self._file, number)
        except (WorkerError, errors.DamagedFile, errors.PageError) as failure:
            seconds = time.monotonic() - began
            gave = pipeline.page_error(failure, number, self._file.limits)
            log.info("page failed", document=self._document.id, page=number, reason=str(failure))
        error = gave if isinstance(gave, errors.PageError) else None
        page = ReadPage(
            number=number,
            seconds=seconds,
            executor=self._executor,
            error_code=_code_of(error),
            details={} if error is None else error.details,
        )
        self._fresh[number] = page, gave
        if sum(page.seconds for page, _ in list(self._fresh.values())) > RECORD_SECONDS:
            self.record()
        return page.error_code

    def record(self) -> None:
        """Keep what was read since the last record. A database that is away gets it with the next page, or the end."""
        with self._recording:
            progress = self.unrecorded()
            if not progress.pages:
                return
            for page in progress.pages:
                gave = self._fresh[page.number][1]
                if isinstance(gave, bytes):
                    self._store.files.write_cache(self._cached(page.number), gave)
            if not self._note(progress):
                return
            for page in progress.pages:
                gave = self._fresh[page.number][1]
                self._recorded[page.number] = gave if isinstance(gave, errors.PageError) else None
                del self._fresh[page.number]

    def _note(self, progress: Progress) -> bool:
        """Record progress; False where the database is away."""
        try:
            with self._store.database.session() as session:
                documents.note(session, self._document.id, self._document.run, progress)
        except OperationalError as error:
            log.warning("the database does not answer", reason=str(error).splitlines()[0])
            return False
        return True

    def _content(self, number: int) -> bytes | errors.PageError:
        """What a page gave, or what it died of. No page is read meanwhile."""
        if number in self._fresh:
            return self._fresh[number][1]
        if number not in self._recorded:
            return errors.PageSkipped(page=number, failures=pipeline.MOST_FAILURES)
        return self._recorded[number] or self._kept(number)

    def _check(self) -> None:
        """Raise NoLongerWanted, DocumentTimeout where the run is to stop. A database that is away stops nothing."""
        at = time.monotonic()
        limit = self._store.settings.document_seconds
        if at - self._began > limit:
            raise DocumentTimeout(seconds=f"{limit:g}")
        if at - self._checked_at < _CHECK_SECONDS:
            return
        self._checked_at = at
        try:
            with self._store.database.reading() as session:
                if not documents.is_running(session, self._document.id, self._document.run):
                    raise NoLongerWanted
        except OperationalError as error:
            log.warning("the database does not answer", reason=str(error).splitlines()[0])

    def _in_child(
        self, step: str, workers: Workers, function: Callable[..., Any], *args: Any, is_recorded: bool = True
    ) -> Any:
        """What `function(*args)` returns in a child process. Where the process is lost, it is tried again, by this
        worker or, if that `is_recorded`, by the next, until there is no doubt that this step is what ends them."""
        crashes, losses, is_short = 0, self._losses.get(step, 0), False
        while True:
            alone = losses >= MOST_SHARED_LOSSES or is_short
            has_losses = losses > 0 or self._document.starts > 1
            around = partial(self._turn, step, alone=alone, is_recorded=is_recorded and has_losses)
            if alone:
                self._pool.turns.after_others(AFTER_OTHERS)
            try:
                return workers.submit(function, *args, around=around).result()
            except GivenUp:
                raise
            except WorkerKilled as error:
                losses, reason = losses + 1, error.reason
            except (WorkerCrash, WorkerMemory) as error:
                crashes, reason, is_short = crashes + 1, error.reason, isinstance(error, WorkerMemory)
                if crashes == MOST_CRASHES or (is_short and reason != OUT_OF_MEMORY):
                    raise
            log.info("a process was lost", document=self._document.id, step=step, reason=reason)
            self._check()

    @contextmanager
    def _turn(self, step: str, *, alone: bool, is_recorded: bool) -> Iterator[None]:
        """The time in which a process has the step in work. Once a process or a worker has died with the document in
        hand this is recorded: what waited meanwhile did not do it."""
        with self._pool.turns.taken(alone=alone):
            if is_recorded and (before := self._attempt(step)) >= MOST_LOSSES:
                raise GivenUp(f"lost {before} times")
            yield

    def _attempt(self, step: str) -> int:
        """Record that a step is begun; how often it had been."""
        try:
            with self._store.database.session() as session:
                return documents.attempt(session, self._document.id, self._document.run, step)
        except OperationalError as error:
            log.warning("the database does not answer", reason=str(error).splitlines()[0])
            return 0

    def _kept(self, number: int) -> bytes:
        packed = self._store.files.read_cache(self._cached(number))
        if packed is None:
            raise errors.InternalError(reason="a page that was read is missing from the storage")
        return packed

    def _cached(self, number: int) -> str:
        return f"{self._document.id}/run-{self._document.run}/{number}"


def _code_of(error: errors.PageError | None) -> str | None:
    return None if error is None else error.code


def _error_of(page: Page) -> errors.PageError | None:
    """How a page failed, as it is recorded; None where it was read."""
    if page.error_code is None:
        return None
    kinds = {kind.code: kind for kind in errors.catalogue() if issubclass(kind, errors.PageError)}
    return kinds[page.error_code](**page.details)


@cache
def versions() -> dict[str, str]:
    """What read a document: the program, the report's schema, the tagger's weights."""
    from service import __version__
    from service.schema import SCHEMA_VERSION

    return {"pipeline": __version__, "schema": SCHEMA_VERSION, "tagger": pipeline.tagger_version()}

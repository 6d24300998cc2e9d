"""Reading one document in a worker: its pages in reading processes, its report in another.

What a page gave is kept in the store's cache until the report is made, so that whoever takes the document over goes on
from there.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import structlog
from sqlalchemy.exc import OperationalError

from service import errors, packing, pipeline
from service.config import Settings
from service.isolation import KILLED, WorkerCrash, WorkerError, WorkerMemory, Workers
from service.jobs.errors import AssemblyFailed, DocumentTimeout
from service.packing import Assembly
from service.pipeline import Opened, Spilled
from service.store import Store, documents
from service.store.models import Document, Page

log = structlog.get_logger(__name__)

# A page that crashes three processes is at fault.
MOST_CRASHES: Final = 3
# A process that was killed, alone or with its worker, may have been killed for no fault of its page: where kills come
# every few seconds a page that takes as long meets some. One that was in work each time is at fault.
MOST_LOSSES: Final = 8
_OPENING, _ASSEMBLING = "open", "assemble"
# Assembling is one process's work for many readers: it takes a fraction of the time of the pages.
READERS_PER_ASSEMBLER: Final = 4


class NoLongerWanted(Exception):
    """The document was cancelled, deleted or queued again while it was read."""


class GivenUp(WorkerCrash):
    """Earlier workers died too often with this in work."""


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
        self._pages: dict[int, Future[str | None]] = {}
        self._earlier: dict[int, str | None] = {}
        self._began = time.monotonic()

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
        with self._store.database.session() as session:
            documents.set_page_count(session, self._document.id, self._document.run, opened.page_count)
        return opened

    def start(self, numbers: Sequence[int]) -> None:
        """Begin to read the pages that no earlier worker has. Doing so twice does no harm."""
        if self._pages:
            return
        self._earlier = {page.number: page.error_code for page in self._known()}
        self._pages = {n: self._threads.submit(self._read, n) for n in numbers if n not in self._earlier}

    def wait(self, number: int) -> str | None:
        """Wait for a page; its error's code where it failed. Raises NoLongerWanted, DocumentTimeout; where the database
        was away, waiting again tries the page again."""
        if number not in self._pages:
            return self._earlier[number]
        try:
            return self._pages[number].result()
        except OperationalError:
            self._pages[number] = self._threads.submit(self._read, number)
            raise

    def assemble(self, numbers: Sequence[int], is_repaired: bool) -> str:
        """The report as JSON. Raises what the pages died of where none was read, AssemblyFailed."""
        known = {page.number: page for page in self._known()}
        failed = [_error_of(known[n]) for n in numbers if n in known and known[n].error_code is not None]
        failed += [errors.PageSkipped(page=n, failures=pipeline.MOST_FAILURES) for n in numbers if n not in known]
        assembly = Assembly(
            pages=tuple(self._kept(n) for n in numbers if n in known and known[n].error_code is None),
            failed=tuple(sorted(failed, key=lambda error: error.details["page"])),
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

    def close(self) -> None:
        """Begin no further page, and wait for those being read."""
        self._threads.shutdown(cancel_futures=True)

    def _known(self) -> Sequence[Page]:
        with self._store.database.reading() as session:
            return documents.pages(session, self._document.id, self._document.run)

    def _read(self, number: int) -> str | None:
        """Read a page and keep what it gave, or how it failed; then the error's code."""
        self._check()
        began = time.monotonic()
        error: errors.PageError | None = None
        try:
            seconds, packed = self._in_child(str(number), self._pool.reading, packing.read_and_pack, self._file, number)
            self._store.files.write_cache(self._cached(number), packed)
        except (WorkerError, errors.DamagedFile, errors.PageError) as failure:
            seconds = time.monotonic() - began
            error = pipeline.page_error(failure, number, self._file.limits)
            log.info("page failed", document=self._document.id, page=number, reason=str(failure))
        code = None if error is None else error.code
        with self._store.database.session() as session:
            documents.add_page(
                session,
                self._document.id,
                self._document.run,
                number,
                seconds=seconds,
                executor=self._executor,
                error_code=code,
                details=None if error is None else error.details,
            )
        return code

    def _check(self) -> None:
        with self._store.database.reading() as session:
            if not documents.is_running(session, self._document.id, self._document.run):
                raise NoLongerWanted
        limit = self._store.settings.document_seconds
        if time.monotonic() - self._began > limit:
            raise DocumentTimeout(seconds=f"{limit:g}")

    def _in_child(
        self, step: str, workers: Workers, function: Callable[..., Any], *args: Any, is_recorded: bool = True
    ) -> Any:
        """What `function(*args)` returns in a child process. Where the process is lost, it is tried again, by this
        worker or, if that `is_recorded`, by the next, until there is no doubt that this step is what ends them."""
        before = partial(self._begin, step) if is_recorded else None
        crashes = losses = 0
        while True:
            try:
                return workers.submit(function, *args, before=before).result()
            except GivenUp:
                raise
            except WorkerCrash as error:
                crashes, reason = crashes + 1, error.reason
                if crashes == MOST_CRASHES:
                    raise
            except WorkerMemory as error:
                losses, reason = losses + 1, error.reason
                if reason != KILLED or losses == MOST_LOSSES:
                    raise
            log.info("a process was lost", document=self._document.id, step=step, reason=reason)
            self._check()

    def _begin(self, step: str) -> None:
        """A process begins with a step now. Once a worker has died of the document, or with it, this is recorded:
        what waited meanwhile did not do it."""
        if self._document.starts == 1:
            return
        with self._store.database.session() as session:
            before = documents.attempt(session, self._document.id, self._document.run, step)
        if before >= MOST_LOSSES:
            raise GivenUp(f"lost {before} times")

    def _kept(self, number: int) -> bytes:
        packed = self._store.files.read_cache(self._cached(number))
        if packed is None:
            raise errors.InternalError(reason="a page that was read is missing from the storage")
        return packed

    def _cached(self, number: int) -> str:
        return f"{self._document.id}/run-{self._document.run}/{number}"


def _error_of(page: Page) -> errors.PageError:
    kinds = {kind.code: kind for kind in errors.catalogue() if issubclass(kind, errors.PageError)}
    return kinds[page.error_code or ""](**page.details)


def versions() -> dict[str, str]:
    """What read a document: the program, the report's schema, the tagger's weights."""
    from service import __version__
    from service.schema import SCHEMA_VERSION

    return {"pipeline": __version__, "schema": SCHEMA_VERSION, "tagger": pipeline.tagger_version()}

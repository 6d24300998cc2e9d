"""Reading one document in a worker: its pages in reading processes, its report in another.

What a page gave is kept in the store's cache until the report is made, so that whoever takes the document over goes on
from there.
"""

from __future__ import annotations

import os
import pickle
import time
import zlib
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import structlog
from sqlalchemy.exc import OperationalError

from service import errors, pipeline
from service.config import Settings
from service.isolation import KILLED, WorkerCrash, WorkerError, WorkerMemory, Workers
from service.jobs.errors import AssemblyFailed, DocumentTimeout
from service.pipeline import Opened, Spilled
from service.store import Files, Store, documents
from service.store.models import Document, Page, now

if TYPE_CHECKING:
    from service.reading import PageContent

log = structlog.get_logger(__name__)

# A reading process may be killed for no fault of the page; a page that kills three is at fault.
MOST_CRASHES: Final = 3
# Assembling is one process's work for many readers: it takes a fraction of the time of the pages.
READERS_PER_ASSEMBLER: Final = 4


class NoLongerWanted(Exception):
    """The document was cancelled, deleted or queued again while it was read."""


@dataclass(frozen=True, slots=True)
class Assembly:
    """What a report is made of, as it crosses to the assembling process. `failed` pairs pages with their errors."""

    storage_url: str
    pages: tuple[str, ...]
    failed: tuple[errors.PageError, ...]
    sha256: str
    file_name: str
    is_repaired: bool
    profile: str | None


class Pool:
    """The processes of one worker: some that read pages, one or more that assemble."""

    def __init__(self, config: Settings) -> None:
        count = config.worker_count
        self.reading = pipeline.new_workers(count)
        # What is left of a hopeless document's time is not worth more than a few pages' worth of others.
        limits = replace(config.limits, page_seconds=config.document_seconds)
        self.assembling = Workers(
            max(1, count // READERS_PER_ASSEMBLER), limits=limits, threads=config.threads, prepare=_load_assembler
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
        self._pages: dict[int, Future[None]] = {}

    def open(self) -> Opened:
        """Open the file. Raises an `errors.InputError` where it cannot be read."""
        opened: Opened = self._patiently(lambda: pipeline.open_file(self._file, self._pool.reading))
        pipeline.choose_pages(opened.page_count, None, self._file.limits)
        with self._store.database.session() as session:
            documents.set_page_count(session, self._document.id, self._document.run, opened.page_count)
        return opened

    def start(self, numbers: Sequence[int]) -> None:
        """Begin to read the pages that no earlier worker has."""
        known = {page.number for page in self._known()}
        self._pages = {n: self._threads.submit(self._read, n) for n in numbers if n not in known}

    def wait(self, number: int) -> str | None:
        """Wait for a page; its error's code where it failed. Raises NoLongerWanted, DocumentTimeout; where the database
        was away, waiting again tries the page again."""
        if number in self._pages:
            try:
                self._pages[number].result()
            except OperationalError:
                self._pages[number] = self._threads.submit(self._read, number)
                raise
        with self._store.database.reading() as session:
            page = session.get(Page, (self._document.id, self._document.run, number))
            return None if page is None else page.error_code

    def assemble(self, numbers: Sequence[int], is_repaired: bool) -> str:
        """The report as JSON. Raises what the pages died of where none was read, AssemblyFailed."""
        known = {page.number: page for page in self._known()}
        failed = [_error_of(known[n]) for n in numbers if n in known and known[n].error_code is not None]
        failed += [errors.PageSkipped(page=n, failures=pipeline.MOST_FAILURES) for n in numbers if n not in known]
        assembly = Assembly(
            storage_url=self._store.files.url,
            pages=tuple(self._cached(n) for n in numbers if n in known and known[n].error_code is None),
            failed=tuple(sorted(failed, key=lambda error: error.details["page"])),
            sha256=self._document.sha256,
            file_name=self._document.file_name,
            is_repaired=is_repaired,
            profile=self._document.profile,
        )
        try:
            made: str = self._patiently(lambda: self._pool.assembling.submit(assemble_in_child, assembly).result())
        except WorkerError as error:
            raise AssemblyFailed(reason=error.reason) from error
        return made

    def close(self) -> None:
        """Begin no further page, and wait for those being read."""
        self._threads.shutdown(cancel_futures=True)

    def _known(self) -> Sequence[Page]:
        with self._store.database.reading() as session:
            return documents.pages(session, self._document.id, self._document.run)

    def _read(self, number: int) -> None:
        """Read a page and keep what it gave, or how it failed."""
        self._check()
        began, error = time.monotonic(), None
        try:
            seconds, packed = self._patiently(
                lambda: self._pool.reading.submit(read_and_pack, self._file, number).result()
            )
            self._store.files.write_cache(self._cached(number), packed)
        except (WorkerError, errors.DamagedFile, errors.PageError) as failure:
            seconds = time.monotonic() - began
            error = pipeline.page_error(failure, number, self._file.limits)
            log.info("page failed", document=self._document.id, page=number, reason=str(failure))
        with self._store.database.session() as session:
            documents.add_page(
                session,
                self._document.id,
                self._document.run,
                number,
                seconds=seconds,
                executor=self._executor,
                error_code=None if error is None else error.code,
                details=None if error is None else error.details,
            )

    def _check(self) -> None:
        with self._store.database.reading() as session:
            if not documents.is_running(session, self._document.id, self._document.run):
                raise NoLongerWanted
        limit, started = self._store.settings.document_seconds, self._document.started_at
        if started is not None and (now() - started).total_seconds() > limit:
            raise DocumentTimeout(seconds=f"{limit:g}")

    def _patiently(self, work: Any) -> Any:
        """What `work` returns, tried again where its process was killed or crashed."""
        for _ in range(MOST_CRASHES - 1):
            try:
                return work()
            except (WorkerCrash, WorkerMemory) as error:
                if isinstance(error, WorkerMemory) and error.reason != KILLED:
                    raise
                log.info("a process was lost", document=self._document.id, reason=error.reason)
                self._check()
        return work()

    def _cached(self, number: int) -> str:
        return f"{self._document.id}/run-{self._document.run}/{number}"


def _error_of(page: Page) -> errors.PageError:
    kinds = {kind.code: kind for kind in errors.catalogue() if issubclass(kind, errors.PageError)}
    return kinds[page.error_code or ""](**page.details)


def read_and_pack(file: Spilled, number: int) -> tuple[float, bytes]:
    """Runs in a child process: the seconds that the page took, and its content as bytes."""
    began = time.monotonic()
    content = pipeline.read_in_child(file, number)
    packed = zlib.compress(pickle.dumps(content, pickle.HIGHEST_PROTOCOL), 1)
    return time.monotonic() - began, packed


def _unpack(packed: bytes) -> PageContent:
    # Our own bytes: whoever can write to the storage can write the uploads as well.
    content: PageContent = pickle.loads(zlib.decompress(packed))  # noqa: S301
    return content


def _load_assembler() -> None:
    """Runs in a child process: load what assembling needs, the tagger included."""
    pipeline.load()
    pipeline.load_tagger()


def assemble_in_child(assembly: Assembly) -> str:
    """Runs in a child process: the report as JSON."""
    files = Files(assembly.storage_url)
    packed = [files.read_cache(name) for name in assembly.pages]
    if None in packed:
        raise errors.InternalError(reason="a page that was read is missing from the storage")
    document = pipeline.put_together(
        [_unpack(data) for data in packed if data is not None],
        assembly.failed,
        sha256=assembly.sha256,
        file_name=assembly.file_name,
        is_repaired=assembly.is_repaired,
    )
    return pipeline.assemble(document, assembly.profile).model_dump_json()


def versions() -> dict[str, str]:
    """What read a document: the program, the report's schema, the tagger's weights."""
    from service import __version__
    from service.schema import SCHEMA_VERSION

    return {"pipeline": __version__, "schema": SCHEMA_VERSION, "tagger": pipeline.tagger_version()}

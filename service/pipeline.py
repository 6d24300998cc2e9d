"""From a file's bytes to its report: the one path that the command line and the service walk.

Parsing happens in child processes, page by page (`service.isolation`); joining the pages and assembling the
evaluations happens here.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import structlog

from service import errors
from service.config import MEGABYTE, Limits, settings
from service.isolation import WorkerError, WorkerFailure, WorkerMemory, WorkerNotStarted, Workers, WorkerTimeout
from service.schema import DocumentInfo, Evaluation, PageInfo, Report, ReportWarning

if TYPE_CHECKING:
    from models.tagger import Tagger
    from service.reading import Document, Notice, PageContent, Source
    from service.reading.document import Page
    from service.reading.ocr import Engine

log = structlog.get_logger(__name__)

OnPage = Callable[[int, int], None]

# A file that makes its reader fail this often is given up: at a minute a page, a hostile one would take hours.
MOST_FAILURES = 3
# Sources that a child keeps open: reopening a large or damaged file for each of its pages would cost more than reading.
OPEN_SOURCES = 2
# Libraries that others load when they find them and that reading never calls. PaddleX's model hub client loads torch:
# 490 MB; PyMuPDF loads its layout models: 50 MB and most of a second.
UNUSED_LIBRARIES = ("torch", "pymupdf.layout")


@dataclass(frozen=True, slots=True)
class Options:
    """What a user asks of one file. `pages` counts from 1; None reads all."""

    password: str | None = None
    pages: Sequence[int] | None = None
    profile: str | None = None


@dataclass(frozen=True, slots=True)
class Spilled:
    """A file laid down where child processes can open it."""

    path: Path
    file_name: str
    password: str | None = field(repr=False)
    limits: Limits


@dataclass(frozen=True, slots=True)
class Opened:
    """What opening a file told."""

    page_count: int
    is_repaired: bool


def extract(
    data: bytes,
    file_name: str,
    *,
    options: Options | None = None,
    workers: Workers | None = None,
    on_page: OnPage | None = None,
) -> Report:
    """Read a file and say what it reports.

    `on_page(done, total)` is told of every page that is done. Raises an `errors.InputError` where the file cannot be
    read, an `errors.PageError` where none of its pages can; a page that fails among others becomes a warning.
    Without `workers`, one child process serves this file alone.
    """
    from service.assembling import profiles

    options = options or Options()
    if options.profile:
        profiles.choose(options.profile, None)  # a wrong name shows at once, not after minutes of reading
    if workers is None:
        with new_workers(1) as own:
            return extract(data, file_name, options=options, workers=own, on_page=on_page)
    document = read(data, file_name, options=options, workers=workers, on_page=on_page)
    return assemble(document, options.profile)


def new_workers(count: int | None = None, limits: Limits | None = None) -> Workers:
    """Child processes for `extract` and `read`, as the settings say; to be closed after use."""
    return Workers(
        count or settings().worker_count, limits=limits or settings().limits, threads=settings().threads, prepare=load
    )


def load() -> None:
    """Runs in a child process: load what every page needs, outside the time that a page may take."""
    for name in UNUSED_LIBRARIES:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type] # what Python's import system takes for "not there"
    import service.reading.page
    import service.reading.source  # noqa: F401


def read(data: bytes, file_name: str, *, options: Options, workers: Workers, on_page: OnPage | None = None) -> Document:
    """The file's pages, read in `workers` and joined. Raises as `extract` does."""
    from service.reading import document_id

    limits = workers.limits
    if not data:
        raise errors.EmptyFile
    if len(data) > limits.max_bytes:
        raise errors.TooLarge(megabytes=len(data) // MEGABYTE, limit=limits.max_bytes // MEGABYTE)
    with _spilled(data, file_name, options.password, limits) as file:
        opened = open_file(file, workers)
        numbers = choose_pages(opened.page_count, options.pages, limits)
        contents, failed = _read_pages(file, numbers, workers, on_page)
    return put_together(contents, failed, sha256=document_id(data), file_name=file_name, is_repaired=opened.is_repaired)


def put_together(
    contents: Sequence[PageContent],
    failed: Sequence[errors.PageError],
    *,
    sha256: str,
    file_name: str,
    is_repaired: bool,
) -> Document:
    """The document of the pages that were read; those that failed become notices. Raises what the first of them died
    of where none was read."""
    from service.reading import join
    from service.reading.document import Notice

    if not contents:
        raise _whole_file(failed[0])
    document = join(contents, sha256=sha256, file_name=file_name)
    document.pages = sorted(document.pages + [_unread(error) for error in failed], key=lambda page: page.number)
    document.notices += [Notice(error.code, error.message, error.details["page"]) for error in failed]
    if is_repaired:
        document.notices.append(Notice("repaired_file", "文件结构有损坏，已修复后读取。请核对页数和内容是否完整。"))
    return document


def page_image(
    data: bytes, file_name: str, page: int, *, dpi: int, workers: Workers, password: str | None = None
) -> bytes:
    """Page `page` as a viewer shows it, as PNG. Raises as `extract` does."""
    with _spilled(data, file_name, password, workers.limits) as file:
        choose_pages(open_file(file, workers).page_count, (page,), workers.limits)
        try:
            png: bytes = workers.submit(image_in_child, file, page, dpi).result()
        except WorkerError as error:
            raise page_error(error, page, workers.limits) from error
        return png


def assemble(document: Document, profile: str | None = None) -> Report:
    """The report of a document that was read, checked by the rules named `profile`, else by the unit's province's."""
    from service import assembling

    evaluations, notices = assembling.assemble(document, profile, _tagger())
    return report(document, evaluations, notices)


def load_tagger() -> None:
    """Load what `assemble` needs, so that the first document does not wait for it."""
    import service.assembling  # noqa: F401

    _tagger()


def tagger_version() -> str:
    """The beginning of the checksum of the tagger's weights; "" where there are none."""
    from models.tagger import MANIFEST_FILE, WEIGHTS

    try:
        manifest = json.loads((WEIGHTS / MANIFEST_FILE).read_text(encoding="utf-8"))
    except OSError:
        return ""
    return str(manifest["sha256"])[:12]


@cache
def _tagger() -> Tagger | None:
    """The tagger with the weights that ship; None where they are missing, which the report then says."""
    from models.decoding import WANTED_TO_TELL
    from models.tagger import Tagger, WeightsError

    try:
        return Tagger.load(threads=settings().threads, wanted=WANTED_TO_TELL)
    except WeightsError as error:
        log.warning("the tagger cannot be loaded", reason=str(error))
        return None


def report(document: Document, evaluations: Sequence[Evaluation], notices: Sequence[Notice]) -> Report:
    """A document's description, its evaluations and its warnings in one."""
    return Report(
        document=DocumentInfo(
            id=document.id,
            file_name=document.file_name,
            page_count=len(document.pages),
            origin=_origin(document.pages),
            pages=[_page_info(page) for page in document.pages],
        ),
        evaluations=list(evaluations),
        warnings=[ReportWarning(code=n.code, message=n.message, page=n.page) for n in (*document.notices, *notices)],
    )


def _origin(pages: Sequence[Page]) -> Literal["text", "scan", "mixed"]:
    kinds = {page.origin.value for page in pages}
    if "scan" not in kinds:
        return "text"
    return "mixed" if "text" in kinds else "scan"


def _page_info(page: Page) -> PageInfo:
    return PageInfo(
        page=page.number,
        width=page.width,
        height=page.height,
        origin=page.origin.value,
        rotation=page.rotation,
        confidence=page.confidence,
    )


def _unread(error: errors.PageError) -> Page:
    """A page that could not be read; nothing is known of its size."""
    from service.reading.document import Origin, Page

    return Page(error.details["page"], 0.0, 0.0, Origin.BLANK)


def choose_pages(page_count: int, wanted: Sequence[int] | None, limits: Limits) -> list[int]:
    """The numbers of the pages to read. Raises NoSuchPages, TooManyPages."""
    numbers = list(range(1, page_count + 1)) if wanted is None else [n for n in wanted if n <= page_count]
    if not numbers:
        raise errors.NoSuchPages(wanted=f"{wanted[0]}–{wanted[-1]}" if wanted else "", pages=page_count)
    if len(numbers) > limits.max_pages:
        raise errors.TooManyPages(pages=len(numbers), limit=limits.max_pages)
    return numbers


@contextmanager
def _spilled(data: bytes, file_name: str, password: str | None, limits: Limits) -> Iterator[Spilled]:
    """The file on disk, readable by this user alone, for as long as it is read."""
    with tempfile.TemporaryDirectory(prefix="jixiao-") as folder:
        path = Path(folder) / "source"
        path.write_bytes(data)
        yield Spilled(path, file_name, password, limits)


def open_file(file: Spilled, workers: Workers) -> Opened:
    """Open a file in a child process. Raises an `errors.InputError` where it cannot be read."""
    try:
        opened: Opened = workers.submit(open_in_child, file).result()
    except WorkerError as error:
        raise opening_error(error, file) from error
    return opened


def opening_error(error: WorkerError, file: Spilled) -> errors.JixiaoError:
    """What a reader is told of a file that brought down whoever opened it."""
    if isinstance(error, WorkerFailure | WorkerNotStarted):
        return errors.InternalError(reason=error.reason)
    log.info("opening failed", file=file.file_name, reason=error.reason)
    return errors.DamagedFile(reason=error.reason)


def _read_pages(
    file: Spilled, numbers: Sequence[int], workers: Workers, on_page: OnPage | None
) -> tuple[list[PageContent], list[errors.PageError]]:
    """What was read, and an error for each page that was not."""
    futures: dict[Future[PageContent], int] = {workers.submit(read_in_child, file, n): n for n in numbers}
    contents: list[PageContent] = []
    failed: dict[int, errors.PageError] = {}
    for done, future in enumerate(as_completed(futures), 1):
        number = futures[future]
        try:
            if not future.cancelled():
                contents.append(future.result())
        except (WorkerError, errors.DamagedFile, errors.PageError) as error:
            log.info("page failed", file=file.file_name, page=number, reason=str(error))
            failed[number] = page_error(error, number, file.limits)
            if len(failed) == MOST_FAILURES:
                for waiting in futures:
                    waiting.cancel()
        if on_page is not None:
            on_page(done, len(numbers))
    skipped = sorted(futures[f] for f in futures if f.cancelled())
    failed |= {n: errors.PageSkipped(page=n, failures=MOST_FAILURES) for n in skipped}
    return contents, [failed[n] for n in sorted(failed)]


def page_error(
    error: WorkerError | errors.DamagedFile | errors.PageError, page: int, limits: Limits
) -> errors.PageError:
    """What a reader is told of a page that could not be read."""
    match error:
        case errors.PageError():
            return error
        case errors.DamagedFile():
            return errors.PageDamaged(page=page, reason=error.details["reason"])
        case WorkerTimeout():
            return errors.PageTimeout(page=page, seconds=f"{limits.page_seconds:g}")
        case WorkerMemory():
            return errors.PageMemory(page=page, limit=limits.memory_mb)
        case WorkerFailure() | WorkerNotStarted():
            return errors.PageFailed(page=page, reason=error.reason)
        case _:
            return errors.PageCrash(page=page, reason=error.reason)


def _whole_file(error: errors.PageError) -> errors.JixiaoError:
    """What to raise where every page failed like this."""
    match error:
        case errors.PageFailed():
            return errors.InternalError(reason=error.details["reason"])
        case errors.PageDamaged():
            return errors.DamagedFile(reason=error.details["reason"])
        case _:
            return error


def open_in_child(file: Spilled) -> Opened:
    """Runs in a child process."""
    source = _source(file)
    return Opened(source.page_count, source.is_repaired)


def read_in_child(file: Spilled, number: int) -> PageContent:
    """Runs in a child process."""
    import pymupdf

    from service.reading import read_page

    with _damage_on(number):
        content = read_page(_source(file), number, engine=_engine(settings().threads))
    if content.page.origin == "scan":
        pymupdf.TOOLS.store_shrink(100)  # MuPDF would keep the page's decoded image
    return content


def image_in_child(file: Spilled, number: int, dpi: int) -> bytes:
    """Runs in a child process."""
    from service.export.images import page_png

    with _damage_on(number):
        return page_png(_source(file), number, dpi)


@contextmanager
def _damage_on(number: int) -> Iterator[None]:
    """MuPDF's complaints about page `number` as documented errors."""
    from pymupdf import mupdf

    try:
        yield
    except mupdf.FzErrorSystem as error:  # an allocation was refused
        raise MemoryError from error
    except mupdf.FzErrorBase as error:
        raise errors.PageDamaged(page=number, reason=error.what()) from error


@lru_cache(OPEN_SOURCES)
def _source(file: Spilled) -> Source:
    from service.reading import Source

    return Source(file.path.read_bytes(), file.file_name, password=file.password, limits=file.limits)


@cache
def _engine(threads: int) -> Engine:
    from service.reading.ocr import Engine

    return Engine(threads=threads)

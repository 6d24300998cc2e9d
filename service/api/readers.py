"""Child processes of the interface: pictures of pages, annotated originals, and small files read while one waits."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import BoundedSemaphore
from typing import Final

from service import pipeline
from service.api.errors import Busy, NoSuchPage, TooLongForOneCall
from service.config import Settings
from service.errors import InternalError, NoSuchPages, TooManyPages
from service.export import annotated
from service.isolation import WorkerError, Workers
from service.schema import Report

# Of each kind, in work and waiting; more would wait longer than a browser does.
MOST_DRAWING: Final = 24
MOST_READING: Final = 4


class Readers:
    """Children start when first needed. To be closed after use."""

    def __init__(self, settings: Settings) -> None:
        self._drawing = Workers(1, limits=settings.limits, prepare=prepare_drawing)
        once = replace(settings.limits, max_pages=settings.extract_pages)
        self._reading = pipeline.new_workers(1, once)
        self._may_draw = BoundedSemaphore(MOST_DRAWING)
        self._may_read = BoundedSemaphore(MOST_READING)

    def page_png(self, data: bytes, file_name: str, page: int, dpi: int) -> bytes:
        """A page as a viewer shows it. Raises Busy, NoSuchPage and what opening the file raises."""
        with _place(self._may_draw):
            try:
                return pipeline.page_image(data, file_name, page, dpi=dpi, workers=self._drawing)
            except NoSuchPages as error:
                raise NoSuchPage(page=page, pages=error.details["pages"]) from None

    def annotated(self, data: bytes, file_name: str, report: Report) -> bytes:
        """The original with what was read on it. Raises Busy and what `annotated.annotated` raises."""
        with _place(self._may_draw):
            return annotated.annotated(data, file_name, report, self._drawing)

    def extract(self, data: bytes, file_name: str, profile: str | None) -> Report:
        """The report of a small file. Raises Busy, TooLongForOneCall and what `pipeline.extract` raises."""
        options = pipeline.Options(profile=profile)
        with _place(self._may_read):
            try:
                document = pipeline.read(data, file_name, options=options, workers=self._reading)
                # In the child too: assembling would hold up the answers of this process.
                made: Report = self._reading.submit(pipeline.assemble, document, profile).result()
            except TooManyPages as error:
                raise TooLongForOneCall(**error.details) from None
            except WorkerError as error:
                raise InternalError(reason=error.reason) from error
            return made

    def close(self) -> None:
        self._drawing.close()
        self._reading.close()


def prepare_drawing() -> None:
    """Runs in a child process: load what every picture needs, and nothing that only reading needs."""
    for name in pipeline.UNUSED_LIBRARIES:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type] # what the import system takes for "not there"
    import service.export.annotated
    import service.export.drawing
    import service.export.images  # noqa: F401


@contextmanager
def _place(semaphore: BoundedSemaphore) -> Iterator[None]:
    if not semaphore.acquire(blocking=False):
        raise Busy
    try:
        yield
    finally:
        semaphore.release()

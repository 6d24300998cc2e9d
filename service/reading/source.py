"""An uploaded file as a sequence of pages: PDFs through PyMuPDF, images through Pillow."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pymupdf
from PIL import Image, ImageOps, UnidentifiedImageError

from service.config import Limits
from service.errors import (
    DamagedFile,
    EmptyFile,
    EncryptedFile,
    NoPages,
    PageTooLarge,
    TooLarge,
    UnsupportedFile,
    WrongPassword,
)
from service.reading import pdf

PDF_MARK = b"%PDF-"
PDF_MARK_WITHIN = 1024  # bytes of rubbish that readers tolerate before the mark
IMAGE_FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "WEBP")  # JPEG opens multi-picture files too
STORE_PAGES = 20  # pages after which MuPDF's store is emptied
LONG_SIDE = 842.0  # points of A4: the size taken for an image that does not tell its resolution
PLAUSIBLE_DPI = (72, 1200)
PLAUSIBLE_SIDE = (200.0, 2000.0)  # points; 96 dpi written into a phone's photograph gives metres

pymupdf.TOOLS.mupdf_display_errors(False)
pymupdf.TOOLS.mupdf_display_warnings(False)
Image.MAX_IMAGE_PIXELS = None  # our own limit speaks first, with a message that says what to do


class Source:
    """A file opened for reading. `page_count` is at least 1.

    Raises the errors of `service.errors` for what cannot be opened. Not safe to share between threads.
    """

    def __init__(self, data: bytes, file_name: str, *, password: str | None = None, limits: Limits) -> None:
        if not data:
            raise EmptyFile()
        if len(data) > limits.max_bytes:
            raise TooLarge(megabytes=round(len(data) / 1e6), limit=round(limits.max_bytes / 1e6))
        self.file_name = file_name
        self.limits = limits
        self._pdf: pymupdf.Document | None = None
        self._image: Image.Image | None = None
        if PDF_MARK in data[:PDF_MARK_WITHIN]:
            self._pdf = _open_pdf(data, password)
            self.page_count = self._pdf.page_count
        else:
            self._image = _open_image(data)
            self.page_count = int(getattr(self._image, "n_frames", 1))
        if self.page_count < 1:
            raise NoPages()

    @property
    def is_repaired(self) -> bool:
        """Whether the PDF's structure was damaged and had to be mended to open it."""
        return bool(self._pdf is not None and self._pdf.is_repaired)

    def close(self) -> None:
        for opened in (self._pdf, self._image):
            if opened is not None:
                opened.close()

    def __enter__(self) -> Source:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def pdf_page(self, number: int) -> Iterator[pymupdf.Page | None]:
        """Page `number` (from 1) of a PDF; None for an image. Its memory is given back on leaving."""
        if self._pdf is None:
            yield None
            return
        page = self._pdf.load_page(number - 1)
        try:
            size = max(page.rect.width, page.rect.height)
            if size > self.limits.max_page_points:
                raise PageTooLarge(page=number, size=_metres(size), limit=_metres(self.limits.max_page_points))
            yield page
        finally:
            del page
            if number % STORE_PAGES == 0:  # in between fonts stay loaded: most pages of a file share them
                pymupdf.TOOLS.store_shrink(100)

    def picture(self, number: int) -> tuple[np.ndarray, float, float]:
        """Frame `number` (from 1) of an image file: BGR uint8 (height, width, 3), and its size in points."""
        assert self._image is not None
        image = self._image
        width, height = image.size
        if width * height > self.limits.max_pixels:
            raise PageTooLarge(
                page=number, size=f"{width} × {height} 像素", limit=f"{round(self.limits.max_pixels / 1e6)} 百万像素"
            )
        try:
            image.seek(number - 1)
            dpi = image.info.get("dpi", (0, 0))
            frame = ImageOps.exif_transpose(image).convert("RGBA")
        except (OSError, EOFError, ValueError, SyntaxError) as error:
            raise DamagedFile(reason=str(error)) from error
        paper = Image.new("RGB", frame.size, "white")
        paper.paste(frame, mask=frame.getchannel("A"))
        bgr = np.ascontiguousarray(np.asarray(paper)[:, :, ::-1])
        return bgr, *_points(paper.size, dpi)


def _open_pdf(data: bytes, password: str | None) -> pymupdf.Document:
    try:
        document = pymupdf.open(stream=data, filetype="pdf")
    except (pymupdf.FileDataError, pymupdf.EmptyFileError, RuntimeError, ValueError) as error:
        raise DamagedFile(reason=str(error)) from error
    if document.needs_pass:
        if not password:
            raise EncryptedFile()
        if not document.authenticate(password):
            raise WrongPassword()
    return document


def _open_image(data: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(data), formats=IMAGE_FORMATS)
    except UnidentifiedImageError as error:
        raise UnsupportedFile(found="") from error
    except (OSError, ValueError, SyntaxError) as error:
        raise DamagedFile(reason=str(error)) from error


def _points(size: tuple[int, int], dpi: tuple[float, float]) -> tuple[float, float]:
    """An image's size in points, from its resolution where that is plausible."""
    low, high = PLAUSIBLE_DPI
    if all(low <= d <= high for d in dpi):
        width, height = (float(s) * pdf.POINTS_PER_INCH / float(d) for s, d in zip(size, dpi, strict=True))
        if PLAUSIBLE_SIDE[0] <= max(width, height) <= PLAUSIBLE_SIDE[1]:
            return width, height
    scale = LONG_SIDE / max(size)
    return size[0] * scale, size[1] * scale


def _metres(points: float) -> str:
    return f"{points / pdf.POINTS_PER_INCH * 0.0254:.2f} 米"

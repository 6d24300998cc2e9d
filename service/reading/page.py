"""One page of a file → its lines and tables: from the text layer where that can be trusted, else by OCR."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pymupdf

from service.reading import pdf
from service.reading.document import Box, Line, Notice, Origin, Page
from service.reading.joining import PageContent
from service.reading.source import Source
from service.reading.tables import find_tables

if TYPE_CHECKING:
    from service.reading.ocr import Engine

OCR_DPI = 200.0  # accuracy on forms grows no further above
PICTURE_SHARE = 0.1  # of the page: a smaller picture is a logo or a stamp


def read_page(source: Source, number: int, *, engine: Engine) -> PageContent:
    """Read page `number` (from 1). Raises PageTooLarge; whatever else goes wrong on the page is a defect."""
    with source.pdf_page(number) as page:
        if page is None:
            picture, width, height = source.picture(number)
            return _read_picture(picture, number, width, height, engine)
        layer = pdf.text_layer(page)
        if layer is not None:
            return _read_text(page, number, layer)
        if not page.get_images() and not page.get_drawings() and not page.get_text().strip():
            return PageContent(Page(number, page.rect.width, page.rect.height, Origin.BLANK))
        return _read_picture(pdf.raster(page, _dpi(page)), number, page.rect.width, page.rect.height, engine)


def _dpi(page: pymupdf.Page) -> float:
    """OCR's resolution, lower on sheets larger than A3 so that a page's cost stays bounded."""
    a3 = 1191.0
    longer = float(max(page.rect.width, page.rect.height))
    return OCR_DPI * min(1.0, a3 / longer)


def _read_text(page: pymupdf.Page, number: int, layer: pdf.TextLayer) -> PageContent:
    tables, loose = find_tables(layer.rules, layer.lines, number)
    read = Page(
        number,
        page.rect.width,
        page.rect.height,
        Origin.TEXT,
        lines=layer.lines,
        rotation=layer.rotation,
        to_original=layer.to_original,
    )
    return PageContent(read, tables, loose, _unread_pictures(layer.pictures, layer.lines, read))


def _unread_pictures(pictures: list[Box], lines: list[Line], page: Page) -> list[Notice]:
    """Pictures on a text page may hold text that nobody read: say so."""
    area = page.width * page.height
    for box in pictures:
        under = sum(box.contains(*line.box.centre) for line in lines)
        if box.area > PICTURE_SHARE * area and not under:
            return [Notice("picture_not_read", f"第 {page.number} 页有一幅图片，其中的文字没有读取。", page.number)]
    return []


def _read_picture(bgr: np.ndarray, number: int, width: float, height: float, engine: Engine) -> PageContent:
    from service.reading.scan import read_scan  # OCR's libraries load only where a page needs them

    return read_scan(bgr, number, width, height, engine)

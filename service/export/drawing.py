"""A page with what was read drawn on it: lines, cells and values, each in its colour."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

import pymupdf
from pydantic import BaseModel

from service.reading.document import Box, Document
from service.schema import Evaluation, Evidence, Report

LEGEND_HEIGHT = 16.0  # points below the page
LEGEND_FONT = "china-s"  # ships with PyMuPDF
LEGEND_SIZE = 8.0  # points


class Layer(StrEnum):
    """What a box stands for."""

    LINE = "line"
    CELL = "cell"
    HEADER = "header"
    FUNDS = "funds"
    GOAL = "goal"
    INDICATOR = "indicator"
    STATEMENT = "statement"
    FINDING = "finding"


class Style(NamedTuple):
    """`stroke` and `fill` are RGB from 0 to 1; `width` in points; `label` stands in the legend."""

    label: str
    stroke: tuple[float, float, float]
    fill: tuple[float, float, float] | None
    width: float


STYLES = {
    Layer.LINE: Style("文字行", (0.55, 0.65, 0.95), None, 0.4),
    Layer.CELL: Style("单元格", (0.35, 0.35, 0.35), None, 0.7),
    Layer.HEADER: Style("表头", (0.55, 0.25, 0.75), (0.80, 0.65, 0.95), 0.8),
    Layer.FUNDS: Style("资金", (0.85, 0.50, 0.05), (1.00, 0.82, 0.50), 0.8),
    Layer.GOAL: Style("目标", (0.05, 0.50, 0.60), (0.60, 0.90, 0.95), 0.8),
    Layer.INDICATOR: Style("指标", (0.10, 0.55, 0.20), (0.65, 0.92, 0.70), 0.8),
    Layer.STATEMENT: Style("陈述", (0.15, 0.35, 0.80), (0.70, 0.80, 1.00), 0.8),
    Layer.FINDING: Style("问题", (0.85, 0.10, 0.10), None, 1.4),
}
FILL_OPACITY = 0.35  # the print below must stay legible
FIELD_LAYERS = {
    "funds": Layer.FUNDS,
    "goal": Layer.GOAL,
    "indicators": Layer.INDICATOR,
    "statements": Layer.STATEMENT,
    "checks": Layer.FINDING,
}


class Mark(NamedTuple):
    """A box on the page as a viewer shows it, in points."""

    layer: Layer
    box: Box


def marks(document: Document, report: Report, page: int) -> list[Mark]:
    """All that was read on page `page`: lines and cells of `document`, values of `report`."""
    read = document.page(page)
    lines = [Mark(Layer.LINE, read.original(line.box)) for line in read.lines]
    places = (place for table in document.tables for cell in table.cells for place in cell.places)
    cells = [Mark(Layer.CELL, read.original(place.box)) for place in places if place.page == page]
    found = [mark for evaluation in report.evaluations for mark in values(evaluation, page)]
    return lines + cells + sorted(set(found))


def values(evaluation: Evaluation, page: int) -> Iterator[Mark]:
    """What `evaluation` has on page `page`: its values and its findings."""
    for name in type(evaluation).model_fields:
        layer = FIELD_LAYERS.get(name, Layer.HEADER)
        for evidence in _evidence(getattr(evaluation, name)):
            if evidence.page == page:
                yield Mark(layer, Box(*evidence.bbox))


def _evidence(value: object) -> Iterator[Evidence]:
    """Every evidence below `value`, at any depth."""
    if isinstance(value, Evidence):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _evidence(getattr(value, name))
    elif isinstance(value, list):
        for item in value:
            yield from _evidence(item)


def draw(png: bytes, width: float, height: float, boxes: Sequence[Mark], *, dpi: int) -> bytes:
    """`boxes` drawn over the image of a page of `width` × `height` points, with a legend below, as PNG."""
    with pymupdf.open() as canvas:
        page = canvas.new_page(width=width, height=height + LEGEND_HEIGHT)
        page.insert_image(pymupdf.Rect(0, 0, width, height), stream=png)
        for mark in boxes:
            _draw_box(page, mark)
        _draw_legend(page, {mark.layer for mark in boxes}, height)
        drawn: bytes = page.get_pixmap(dpi=dpi, alpha=False).tobytes("png")
        return drawn


def _draw_box(page: pymupdf.Page, mark: Mark) -> None:
    style = STYLES[mark.layer]
    page.draw_rect(
        pymupdf.Rect(*mark.box), color=style.stroke, fill=style.fill, width=style.width, fill_opacity=FILL_OPACITY
    )


def _draw_legend(page: pymupdf.Page, layers: Iterable[Layer], top: float) -> None:
    shown = set(layers)
    x = 8.0
    for layer, style in STYLES.items():
        if layer not in shown:
            continue
        _draw_box(page, Mark(layer, Box(x, top + 4, x + 14, top + 12)))
        page.insert_text((x + 18, top + 11), style.label, fontname=LEGEND_FONT, fontsize=LEGEND_SIZE)
        x += 18 + LEGEND_SIZE * (len(style.label) + 1.5)

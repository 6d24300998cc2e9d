"""Scanned pages through the real recogniser: text, cells, marks, and where they stand on the page as shown."""

from __future__ import annotations

from unicodedata import normalize

import cv2
import numpy as np
import pymupdf
import pytest

from service.config import Limits
from service.reading import PageContent, Source, pdf, read_page
from service.reading.document import Origin
from service.reading.image import Prepared
from service.reading.ocr import Engine, OcrLine
from tests.reading.drawing import Sheet

XS = [60.0, 150.0, 260.0, 370.0, 450.0, 530.0]
YS = [100.0, 130.0, 160.0, 190.0]
CELLS = {
    (0, 0, 1, 1): "指标类别",
    (0, 1, 1, 1): "指标名称",
    (0, 2, 1, 1): "年度指标值",
    (0, 3, 1, 1): "分值",
    (0, 4, 1, 1): "得分",
    (1, 0, 2, 1): "产出指标",
    (1, 1, 1, 1): "培训期数",
    (1, 2, 1, 1): "12期",
    (1, 3, 1, 1): "10.00",
    (1, 4, 1, 1): "-",
    (2, 1, 1, 1): "合格率",
    (2, 2, 1, 1): "96%",
    (2, 3, 1, 1): "",
    (2, 4, 1, 1): "9.50",
}


def sheet() -> Sheet:
    drawn = Sheet()
    drawn.text(200, 60, "项目支出绩效自评表", size=16)
    drawn.table(XS, YS, CELLS)
    return drawn


def image_of(data: bytes, dpi: int = 200) -> np.ndarray:
    with pymupdf.open(stream=data) as document:
        return pdf.raster(document[0], dpi)


def as_pdf(image: np.ndarray, width: float, height: float) -> bytes:
    """A PDF whose only page is the image."""
    with pymupdf.open() as document:
        page = document.new_page(width=width, height=height)
        page.insert_image(page.rect, stream=cv2.imencode(".png", image)[1].tobytes())
        return bytes(document.tobytes())


def read(data: bytes, engine: Engine, name: str = "scan.pdf") -> PageContent:
    with Source(data, name, limits=Limits()) as source:
        return read_page(source, 1, engine=engine)


def grid(content: PageContent) -> dict[tuple[int, int, int, int], str]:
    (found,) = content.tables
    # The built-in font sets figures a whole hanzi apart.
    texts = {id(c): normalize("NFKC", c.text).replace(" ", "") for c in found.table.cells}
    return {(c.row, c.column, c.row_span, c.column_span): texts[id(c)] for c in found.table.cells}


def turned(image: np.ndarray, degrees: float) -> np.ndarray:
    """Turned clockwise, on a sheet large enough."""
    if degrees % 90 == 0:
        return np.ascontiguousarray(np.rot90(image, -degrees // 90))
    height, width = image.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    return cv2.warpAffine(image, matrix, (width, height), borderValue=(255, 255, 255))


@pytest.mark.parametrize("degrees", [0, 90, 180, 270, 3, -8])
def test_a_scan_is_read_however_it_lies(engine: Engine, degrees: float) -> None:
    image = turned(image_of(sheet().pdf()), degrees)
    height, width = image.shape[:2]
    content = read(as_pdf(image, width * 0.36, height * 0.36), engine)
    assert content.page.origin is Origin.SCAN
    assert grid(content) == CELLS
    assert content.page.rotation % 360 == pytest.approx(degrees % 360, abs=0.3)


@pytest.mark.parametrize("degrees", [0, 90, 5])
def test_boxes_lie_on_the_page_as_shown(engine: Engine, degrees: float) -> None:
    image = turned(image_of(sheet().pdf()), degrees)
    height, width = image.shape[:2]
    content = read(as_pdf(image, width * 0.36, height * 0.36), engine)
    cell = content.tables[0].table.at(2, 4)
    assert cell is not None
    x0, y0, x1, y1 = (v / 0.36 for v in content.page.original(cell.lines[0].box))
    inside = image[round(y0) : round(y1), round(x0) : round(x1)]
    assert (inside < 128).any(axis=2).sum() > 60, "the box of 9.50 holds its ink"
    assert (x1 - x0) * (y1 - y0) < 12_000, "and hardly more"


def test_a_lone_dash_is_found_by_its_ink(engine: Engine) -> None:
    content = read(as_pdf(image_of(sheet().pdf()), 595, 842), engine)
    cell = content.tables[0].table.at(1, 4)
    assert cell is not None
    assert (cell.text, cell.repaired) == ("-", True)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".webp", ".tiff"])
def test_image_files_are_read(engine: Engine, suffix: str) -> None:
    data = cv2.imencode(suffix, image_of(sheet().pdf(), 150))[1].tobytes()
    content = read(data, engine, f"scan{suffix}")
    assert grid(content) == CELLS
    assert (content.page.width, content.page.height) == pytest.approx((595, 842), abs=2)


def test_a_hidden_text_layer_over_a_scan_is_not_trusted(engine: Engine) -> None:
    scan = as_pdf(image_of(sheet().pdf()), 595, 842)
    with pymupdf.open(stream=scan) as document:
        document[0].insert_text((60, 120), "错误的文字层" * 8, fontname="china-s", render_mode=3)
        data = bytes(document.tobytes())
    content = read(data, engine)
    assert content.page.origin is Origin.SCAN
    assert grid(content) == CELLS


def test_a_white_page_is_blank_and_says_so(engine: Engine) -> None:
    content = read(as_pdf(np.full((600, 400, 3), 255, np.uint8), 400, 600), engine)
    assert content.page.origin is Origin.BLANK
    assert [n.code for n in content.notices] == ["no_text"]


def test_lines_that_the_detector_missed_are_read_into_their_cells_and_beside_the_table(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    goal, below = "完成全部水闸的改造\n渠道清淤十五公里\n以及农户培训两期", "填表说明见通知附件"
    dropped: list[OcrLine] = []
    found = engine.read

    def overlook(prepared: Prepared) -> list[OcrLine]:
        lines = found(prepared)
        dropped.extend(line for line in lines if line.text.startswith(("渠道清淤", "填表说明")))
        return [line for line in lines if line not in dropped]

    monkeypatch.setattr(engine, "read", overlook)
    drawn = Sheet()
    drawn.text(60, 60, "项目支出绩效自评表")
    drawn.table(XS, [100.0, 170.0, 200.0], {(0, 0, 1, 1): "年度目标", (0, 1, 1, 4): goal, (1, 0, 1, 5): "完成"})
    drawn.text(60, 240, below)
    content = read(as_pdf(image_of(drawn.pdf()), 595, 842), engine)
    assert len(dropped) == 2, "the lines were there to be missed"
    assert goal.replace("\n", "") in grid(content).values()
    assert [line.text for line in content.loose] == ["项目支出绩效自评表", below]

"""The original with what was read on it: values outlined, findings as PDF comments.

The outlines are one layer that a viewer can switch off; only findings are comments, so that a viewer's list of
comments is the list of findings. Parsing the original happens in a child process, as reading does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from service import errors
from service.isolation import WorkerError, WorkerFailure, Workers
from service.schema import Check, Evidence, Report, Severity

if TYPE_CHECKING:
    import pymupdf

    from service.config import Limits
    from service.export.drawing import Mark
    from service.reading import Source

Colour = tuple[float, float, float]

LAYER_NAME: Final = "识别结果"
SEVERITY_COLOURS: Final[dict[Severity, Colour]] = {
    "error": (0.85, 0.10, 0.10),
    "warning": (0.90, 0.55, 0.00),
    "info": (0.15, 0.35, 0.80),
}
SEVERITY_NAMES: Final = {"error": "错误", "warning": "警告", "info": "提示"}
OUTLINE_OPACITY: Final = 0.6
FINDING_WIDTH: Final = 1.4  # points
NOTE_AT: Final = (12.0, 12.0)  # points: where a finding goes that stands nowhere on the pages
NOTE_STEP: Final = 22.0  # points between two of these
JPEG_QUALITY: Final = 90


class NotDrawn(errors.PageError):
    code = "not_drawn"
    zh = "带批注的原件没有生成（{reason}）。请下载 Excel 结果，或把原件重新导出为 PDF 后再上传。"
    en = "The annotated original could not be made ({reason}). Take the workbook, or export the original as PDF again."


class Comment(NamedTuple):
    """A finding on one of its boxes; the first box of a finding carries its text."""

    check: Check
    evidence: Evidence
    text: str


def annotated(data: bytes, file_name: str, report: Report, workers: Workers) -> bytes:
    """The original as PDF, annotated with `report`.

    Raises an `errors.InputError` where the original cannot be opened, NotDrawn where drawing fails.
    """
    try:
        drawn: bytes = workers.submit(annotate_in_child, data, file_name, workers.limits, report).result()
    except WorkerFailure as error:
        raise errors.InternalError(reason=error.reason) from error
    except WorkerError as error:
        raise NotDrawn(reason=error.reason) from error
    return drawn


def annotate_in_child(data: bytes, file_name: str, limits: Limits, report: Report) -> bytes:
    """Runs in a child process."""
    from pymupdf import mupdf

    try:
        with _as_pdf(data, file_name, limits) as document:
            _annotate(document, report)
            drawn: bytes = document.tobytes(deflate=True)
            return drawn
    except mupdf.FzErrorSystem as error:  # an allocation was refused
        raise MemoryError from error
    except mupdf.FzErrorBase as error:
        raise NotDrawn(reason=error.what()) from error


def comments(report: Report) -> list[Comment]:
    """Every finding on each of its boxes."""
    checks = [check for evaluation in report.evaluations for check in evaluation.checks]
    return [comment for check in checks for comment in _comments(check)]


def _comments(check: Check) -> Iterable[Comment]:
    for number, evidence in enumerate(check.evidence):
        first = check.evidence[0]
        yield Comment(check, evidence, _text(check) if number == 0 else f"{check.rule}：见第 {first.page} 页的批注。")


def _text(check: Check) -> str:
    named = (("应为", check.expected), ("现为", check.found), ("建议", check.suggestion))
    return "\n".join([check.message, *(f"{name}：{value}" for name, value in named if value)])


def _as_pdf(data: bytes, file_name: str, limits: Limits) -> pymupdf.Document:
    """The original, or a PDF of its pictures."""
    import pymupdf

    from service.reading import source

    with source.Source(data, file_name, limits=limits) as opened:  # refuses what cannot be opened
        if source.PDF_MARK in data[: source.PDF_MARK_WITHIN]:
            return pymupdf.open(stream=data, filetype="pdf")
        document = pymupdf.open()
        for number in range(1, min(opened.page_count, limits.max_pages) + 1):
            _add_picture(document, opened, number)
        return document


def _add_picture(document: pymupdf.Document, opened: Source, number: int) -> None:
    import cv2

    pixels, width, height = opened.picture(number)
    done, jpeg = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    assert done
    page = document.new_page(width=width, height=height)
    page.insert_image(page.rect, stream=jpeg.tobytes())


def _annotate(document: pymupdf.Document, report: Report) -> None:
    from service.export import drawing

    layer = document.add_ocg(LAYER_NAME)
    made = comments(report)
    loose = [check for e in report.evaluations for check in e.checks if not check.evidence]
    for number in range(1, document.page_count + 1):
        values = [m for e in report.evaluations for m in drawing.values(e, number) if m.layer != drawing.Layer.FINDING]
        here = [comment for comment in made if comment.evidence.page == number]
        if values or here or (loose and number == 1):
            page = document.load_page(number - 1)
            _outline(page, sorted(set(values)), layer)
            for comment in here:
                _add_comment(page, comment)
            if number == 1:
                _add_notes(page, loose)


def _outline(page: pymupdf.Page, marks: Sequence[Mark], layer: int) -> None:
    """Boxes in the colours of `drawing.STYLES`, on a layer of their own."""
    import pymupdf

    from service.export import drawing

    if not marks:
        return
    page.wrap_contents()  # what the page's own content leaves set would move the outlines
    shape = page.new_shape()
    for mark in marks:
        style = drawing.STYLES[mark.layer]
        shape.draw_rect(pymupdf.Rect(*mark.box) * page.derotation_matrix)
        shape.finish(color=style.stroke, width=style.width, stroke_opacity=OUTLINE_OPACITY, oc=layer)
    shape.commit()


def _add_comment(page: pymupdf.Page, comment: Comment) -> None:
    import pymupdf

    box = pymupdf.Rect(*comment.evidence.bbox) & page.rect
    if box.is_empty:
        return
    note = page.add_rect_annot(box * page.derotation_matrix)
    note.set_border(width=FINDING_WIDTH)
    _describe(note, comment.check, comment.text)


def _add_notes(page: pymupdf.Page, checks: Sequence[Check]) -> None:
    """Findings that stand nowhere on the pages, in the first page's corner."""
    import pymupdf

    x, y = NOTE_AT
    for number, check in enumerate(checks):
        note = page.add_text_annot(pymupdf.Point(x, y + number * NOTE_STEP) * page.derotation_matrix, "")
        _describe(note, check, _text(check))


def _describe(note: pymupdf.Annot, check: Check, text: str) -> None:
    note.set_info(title=f"核对 {check.rule}（{SEVERITY_NAMES[check.severity]}）", content=text)
    note.set_colors(stroke=SEVERITY_COLOURS[check.severity])
    note.update()

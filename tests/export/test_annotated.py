"""The annotated original: findings as comments where they were found, values outlined, the pages as they were."""

from __future__ import annotations

import io

import numpy as np
import pymupdf
import pytest
from PIL import Image

from service import errors
from service.export import annotated
from service.isolation import Workers
from service.pipeline import extract
from service.schema import Check, Report
from tests.broken_files import encrypted_pdf
from tests.export.reports import FILE_NAME, planted_pdf
from tests.hostile import crash
from tests.plain_form import form_image


def opened(data: bytes) -> pymupdf.Document:
    return pymupdf.open(stream=data, filetype="pdf")


def comments(page: pymupdf.Page) -> list[tuple[str, str, pymupdf.Rect]]:
    return [(note.info["title"], note.info["content"], note.rect) for note in page.annots()]


@pytest.fixture(scope="module")
def made(planted: Report, workers: Workers) -> bytes:
    return annotated.annotated(planted_pdf(), FILE_NAME, planted, workers)


def test_each_finding_is_a_comment_with_its_text(planted: Report, made: bytes) -> None:
    check = planted.evaluations[0].checks[0]
    with opened(made) as document:
        found = comments(document[0])
    titles = {title for title, _, _ in found}
    assert f"核对 {check.rule}（错误）" in titles
    assert any(content.startswith(check.message) for _, content, _ in found)


def test_a_comment_lies_where_the_finding_was_read(planted: Report, made: bytes) -> None:
    boxes = [pymupdf.Rect(*e.bbox) for check in planted.evaluations[0].checks for e in check.evidence]
    with opened(made) as document:
        for _, _, rect in comments(document[0]):
            assert any((rect & box).get_area() > 0.6 * box.get_area() for box in boxes)


def test_the_text_of_the_original_stays(made: bytes) -> None:
    with opened(planted_pdf()) as before, opened(made) as after:
        assert after.page_count == before.page_count
        assert after[0].get_text() == before[0].get_text()


def test_values_are_outlined_on_a_layer_of_their_own(made: bytes) -> None:
    with opened(made) as document:
        assert [layer["name"] for layer in document.get_ocgs().values()] == [annotated.LAYER_NAME]
        shown = _pixels(document[0])
        (layer,) = document.get_ocgs()
        document.set_layer(-1, off=[layer])
        hidden = _pixels(opened(document.tobytes())[0])
    assert (shown != hidden).any(axis=2).sum() > 1000


def test_a_turned_page_is_annotated_where_its_viewer_sees_it(planted: Report, workers: Workers) -> None:
    with opened(planted_pdf()) as document:
        document[0].set_rotation(90)
        turned = document.tobytes()
    report = extract(turned, FILE_NAME, workers=workers)
    assert report.evaluations[0].checks
    with opened(annotated.annotated(turned, FILE_NAME, report, workers)) as after:
        page = after[0]
        boxes = [pymupdf.Rect(*e.bbox) for check in report.evaluations[0].checks for e in check.evidence]
        for _, _, rect in comments(page):
            seen = rect * page.rotation_matrix
            assert any((seen.normalize() & box).get_area() > 0.6 * box.get_area() for box in boxes)


def test_a_picture_becomes_an_annotated_pdf(planted: Report, workers: Workers) -> None:
    picture = form_image(dpi=100)
    width, height = Image.open(io.BytesIO(picture)).size
    with opened(annotated.annotated(picture, "表.png", planted, workers)) as document:
        assert document.page_count == 1
        assert document[0].rect.width / document[0].rect.height == pytest.approx(width / height, rel=0.01)
        assert comments(document[0])


def test_a_finding_without_a_place_goes_to_the_first_page(planted: Report, workers: Workers) -> None:
    report = planted.model_copy(deep=True)
    report.evaluations[0].checks = [Check(rule="S1", severity="warning", message="分值合计不是 100。", evidence=[])]
    with opened(annotated.annotated(planted_pdf(), FILE_NAME, report, workers)) as document:
        ((title, content, _),) = comments(document[0])
    assert (title, content) == ("核对 S1（警告）", "分值合计不是 100。")


def test_an_encrypted_original_is_refused(planted: Report, workers: Workers) -> None:
    with pytest.raises(errors.EncryptedFile):
        annotated.annotated(encrypted_pdf(), FILE_NAME, planted, workers)


def test_a_crash_while_drawing_is_told(planted: Report, workers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(annotated, "annotate_in_child", crash)
    with pytest.raises(annotated.NotDrawn):
        annotated.annotated(planted_pdf(), FILE_NAME, planted, workers)


def _pixels(page: pymupdf.Page) -> np.ndarray:
    picture = page.get_pixmap(dpi=72, alpha=False)
    return np.frombuffer(picture.samples, np.uint8).reshape(picture.height, picture.width, 3)

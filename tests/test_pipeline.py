from __future__ import annotations

import hashlib
from collections.abc import Callable

import pymupdf
import pytest

from service import errors, pipeline
from service.config import Limits
from service.isolation import Workers
from service.pipeline import Options
from service.schema import Report
from tests import hostile
from tests.plain_form import SUBJECT, form_image, form_pdf


def page_warnings(report: Report) -> list[tuple[str, int]]:
    """Warnings about pages, which is what this room adds."""
    return [(w.code, w.page) for w in report.warnings if w.page is not None]


def test_a_form_becomes_a_report(workers: Workers) -> None:
    data = form_pdf()
    report = pipeline.extract(data, "清淤.pdf", workers=workers)
    (evaluation,) = report.evaluations
    assert report.document.id == hashlib.sha256(data).hexdigest()
    assert report.document.file_name == "清淤.pdf"
    assert report.document.origin == "text"
    assert evaluation.subject is not None
    assert evaluation.subject.text == SUBJECT
    assert [row.level3 for row in evaluation.indicators] == ["清淤河道长度", "受益村庄数", "群众满意度"]
    assert evaluation.total_score == 99.88
    assert page_warnings(report) == []


def test_a_picture_of_a_form_is_read(workers: Workers) -> None:
    report = pipeline.extract(form_image(), "form.png", workers=workers)
    assert report.document.origin == "scan"
    (page,) = report.document.pages
    assert page.confidence is not None
    assert page.confidence > 0.8
    assert [e.subject.text for e in report.evaluations if e.subject] == [SUBJECT]


def test_every_page_is_told_of(workers: Workers) -> None:
    told: list[tuple[int, int]] = []
    pipeline.extract(form_pdf(3), "f.pdf", workers=workers, on_page=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_chosen_pages_keep_their_numbers(workers: Workers) -> None:
    report = pipeline.extract(form_pdf(5), "f.pdf", options=Options(pages=(2, 4)), workers=workers)
    assert [page.page for page in report.document.pages] == [2, 4]
    assert {e.page for row in report.evaluations for i in row.indicators for e in i.evidence} == {2, 4}


def test_pages_that_do_not_exist_are_refused(workers: Workers) -> None:
    with pytest.raises(errors.NoSuchPages) as caught:
        pipeline.extract(form_pdf(2), "f.pdf", options=Options(pages=(7, 8)), workers=workers)
    assert "2" in caught.value.message


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (hostile.crash_on_page_2, "page_crash"),
        (hostile.hang_on_page_2, "page_timeout"),
        (hostile.devour_on_page_2, "page_memory"),
        (hostile.blunder_on_page_2, "page_failed"),
    ],
)
def test_a_page_that_fails_is_a_warning_and_the_others_are_read(
    monkeypatch: pytest.MonkeyPatch, fault: Callable[..., object], code: str
) -> None:
    monkeypatch.setattr(pipeline, "read_in_child", fault)
    limits = Limits(page_seconds=8 if fault is hostile.hang_on_page_2 else 60, memory_mb=1000)
    with pipeline.new_workers(1, limits) as workers:
        report = pipeline.extract(form_pdf(3), "f.pdf", workers=workers)
    assert page_warnings(report) == [(code, 2)]
    assert [page.page for page in report.document.pages] == [1, 2, 3]
    assert {e.page for row in report.evaluations for i in row.indicators for e in i.evidence} == {1, 3}


def test_a_file_that_keeps_crashing_its_reader_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "read_in_child", hostile.crash_after_page_1)
    with pipeline.new_workers(1) as workers:
        report = pipeline.extract(form_pdf(9), "f.pdf", workers=workers)
    codes = [code for code, _ in page_warnings(report)]
    crashes = codes.count("page_crash")
    assert crashes in (
        pipeline.MOST_FAILURES,
        pipeline.MOST_FAILURES + 1,
    )  # one more may be running when it is given up
    assert codes == ["page_crash"] * crashes + ["page_skipped"] * (8 - crashes)
    assert len(report.evaluations) == 1


def test_a_file_without_a_readable_page_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "read_in_child", hostile.crash)
    with pipeline.new_workers(1) as workers, pytest.raises(errors.PageCrash):
        pipeline.extract(form_pdf(2), "f.pdf", workers=workers)


def test_a_defect_on_every_page_is_called_a_defect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "read_in_child", hostile.blunder_on_page_2)
    with pipeline.new_workers(1) as workers, pytest.raises(errors.InternalError, match="ZeroDivisionError"):
        pipeline.extract(form_pdf(2), "f.pdf", options=Options(pages=(2,)), workers=workers)


def test_two_workers_give_what_one_gives(workers: Workers) -> None:
    data = form_pdf(4)
    with pipeline.new_workers(2) as two:
        assert pipeline.extract(data, "f.pdf", workers=two) == pipeline.extract(data, "f.pdf", workers=workers)


def test_nothing_of_a_file_stays_on_disk(
    workers: Workers, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("spill")
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    pipeline.extract(form_pdf(), "f.pdf", workers=workers)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("kind", ["pdf", "png", "jpeg", "tiff", "bmp", "webp"])
def test_a_page_of_every_kind_of_file_can_be_had_as_a_picture(workers: Workers, kind: str) -> None:
    data = form_pdf(2) if kind == "pdf" else form_image(form=kind)
    png = pipeline.page_image(data, f"f.{kind}", 1, dpi=72, workers=workers)
    pixels = pymupdf.Pixmap(png)
    assert (pixels.width, pixels.height) == pytest.approx((595, 842), abs=1)

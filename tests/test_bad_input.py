"""Files as users should never send them, and as they do."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from service import errors, pipeline
from service.config import Limits
from service.isolation import Workers
from service.pipeline import Options
from tests import broken_files as broken
from tests.plain_form import SUBJECT, form_pdf

PATIENCE = 90.0  # seconds: nothing here may come near the minute that a page has, loaded machines apart


@pytest.fixture(scope="module")
def careful() -> Iterator[Workers]:
    """A reading process with less memory and time than usual."""
    with pipeline.new_workers(1, Limits(page_seconds=60, memory_mb=1500)) as workers:
        yield workers


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (bytes, errors.EmptyFile),
        (broken.word_file, errors.UnsupportedFile),
        (broken.text_in_a_strange_encoding, errors.UnsupportedFile),
        (broken.only_a_header, errors.DamagedFile),
        (broken.rubbish_after_header, errors.DamagedFile),
        (broken.pages_that_contain_themselves, errors.DamagedFile),
        (broken.broken_jpeg, errors.DamagedFile),
        (broken.no_pages, errors.NoPages),
        (broken.encrypted_pdf, errors.EncryptedFile),
        (broken.many_pages, errors.TooManyPages),
        (broken.huge_page, errors.PageTooLarge),
        (broken.huge_image, errors.PageTooLarge),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_documented_error(
    careful: Workers, make: Callable[[], bytes], error: type[errors.JixiaoError]
) -> None:
    data = make()
    began = time.monotonic()
    with pytest.raises(error):
        pipeline.extract(data, "file.pdf", workers=careful)
    assert time.monotonic() - began < PATIENCE
    assert _subjects(careful, form_pdf()) == [SUBJECT], "the next file must be read"


@pytest.mark.parametrize(
    ("make", "warning", "forms"),
    [
        (broken.truncated_pdf, "repaired_file", 3),
        (broken.pdf_without_index, "repaired_file", 2),
        (broken.huge_page_among_others, "page_too_large", 1),
        (broken.blank_page, "no_evaluation", 0),
        (broken.page_of_no_size, "no_evaluation", 0),
        (broken.form_with_a_huge_table, "no_evaluation", 0),
        (broken.empty_form, "form_without_subject", 1),
    ],
)
def test_what_can_be_read_is_read_and_the_rest_is_warned_of(
    careful: Workers, make: Callable[[], bytes], warning: str, forms: int
) -> None:
    report = pipeline.extract(make(), "file.pdf", workers=careful)
    assert warning in [w.code for w in report.warnings]
    assert len(report.evaluations) == forms


@pytest.mark.slow
@pytest.mark.parametrize("make", [broken.many_drawings, broken.huge_image_in_a_pdf])
def test_monstrous_pages_end_in_bounded_time_and_memory(careful: Workers, make: Callable[[], bytes]) -> None:
    began = time.monotonic()
    report = pipeline.extract(make(), "file.pdf", workers=careful)
    assert time.monotonic() - began < PATIENCE
    assert report.document.page_count == 1


def test_a_form_under_a_plan_of_strokes_is_still_found(careful: Workers) -> None:
    assert _subjects(careful, broken.many_drawings(3_000)) == [SUBJECT]


@pytest.mark.slow
def test_content_that_unpacks_without_end_runs_into_the_time_limit() -> None:
    with pipeline.new_workers(1, Limits(page_seconds=3)) as workers:
        with pytest.raises(errors.PageTimeout):
            pipeline.extract(broken.inflating_content(400_000_000), "file.pdf", workers=workers)
        workers.limits = Limits()
        assert _subjects(workers, form_pdf()) == [SUBJECT]


def test_an_encrypted_file_opens_with_its_password(careful: Workers) -> None:
    data = broken.encrypted_pdf()
    with pytest.raises(errors.WrongPassword):
        pipeline.extract(data, "file.pdf", options=Options(password="1234"), workers=careful)
    assert _subjects(careful, data, Options(password=broken.PASSWORD)) == [SUBJECT]


def test_some_pages_of_a_file_with_too_many_can_be_read(careful: Workers) -> None:
    report = pipeline.extract(broken.many_pages(600), "f.pdf", options=Options(pages=(1, 600)), workers=careful)
    assert [page.page for page in report.document.pages] == [1, 600]


def test_a_file_over_the_size_limit_is_refused_unread() -> None:
    with Workers(1, limits=Limits(max_bytes=1000)) as workers, pytest.raises(errors.TooLarge):
        pipeline.extract(form_pdf(), "file.pdf", workers=workers)


def test_a_broken_page_of_a_tiff_leaves_the_others(careful: Workers) -> None:
    report = pipeline.extract(broken.tiff_with_a_broken_page(), "file.tiff", workers=careful)
    assert ("page_damaged", 2) in [(w.code, w.page) for w in report.warnings]
    assert len(report.evaluations) == 1


def _subjects(workers: Workers, data: bytes, options: Options | None = None) -> list[str]:
    report = pipeline.extract(data, "file.pdf", options=options, workers=workers)
    return [e.subject.text for e in report.evaluations if e.subject]

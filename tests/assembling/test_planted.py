"""Errors planted into printed samples are found, and samples without one are let be."""

from __future__ import annotations

import pytest

from service.assembling import assemble
from service.config import settings
from service.reading import Source, document_id, join, read_page
from service.reading.document import Document
from service.reading.ocr import Engine
from service.schema import Check
from tests.assembling.planting import Planted, plant
from tests.corpus import Sample, documents
from tests.corpus.paper import html, print_pdf, turned

CLEAN = [sample for sample in documents() if not any(gold["planted"] for gold in sample.gold)]
# Two layouts that between them can hold errors of every rule.
LAYOUTS = ("sichuan_school", "ningxia_lamps")
PLANTED = [planted for sample in CLEAN if sample.name in LAYOUTS for planted in plant(sample.source)]


def read(pdf: bytes, engine: Engine) -> Document:
    source = Source(pdf, "样表.pdf", password=None, limits=settings().limits)
    pages = [read_page(source, number, engine=engine) for number in range(1, source.page_count + 1)]
    return join(pages, sha256=document_id(pdf), file_name="样表.pdf")


def findings(pdf: bytes, engine: Engine) -> list[Check]:
    evaluations, _ = assemble(read(pdf, engine))
    return [check for evaluation in evaluations for check in evaluation.checks]


@pytest.mark.parametrize("sample", CLEAN, ids=lambda sample: sample.name)
def test_a_sample_without_error_has_no_findings(sample: Sample, engine: Engine) -> None:
    assert [check.message for check in findings(sample.pdf(), engine) if check.severity != "info"] == []


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: f"{planted.document.name}")
def test_a_planted_error_is_found(planted: Planted, engine: Engine) -> None:
    source = planted.document
    pdf = turned(print_pdf(html(source.template, source.css, source.forms)), source.turn)
    assert planted.rule in {check.rule for check in findings(pdf, engine)}, planted.what


def test_all_rules_are_planted() -> None:
    assert {planted.rule for planted in PLANTED} == {
        "F1", "F2", "F3", "F4", "S1", "S2", "S3", "S4", "T1", "T2", "N1", "N2", "N3", "N4",
    }  # fmt: skip


@pytest.mark.parametrize(
    "sample", [s for s in documents() if any(gold["planted"] for gold in s.gold)], ids=lambda sample: sample.name
)
def test_what_an_author_planted_is_found(sample: Sample, engine: Engine) -> None:
    wanted = {item["rule"] for gold in sample.gold for item in gold["planted"]}
    assert wanted <= {check.rule for check in findings(sample.pdf(), engine)}

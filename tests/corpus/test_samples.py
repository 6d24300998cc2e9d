"""The sample documents themselves: their gold is printed on their pages, and their figures hang together.

Where a figure does not, the gold says so under "planted".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pymupdf
import pytest

from tests.corpus import Sample, documents
from tests.corpus.model import Gold, number, rows

RULES = {"F1", "F2", "F3", "F4", "S1", "S2", "S3", "S4", "T1", "T2", "N1", "N2", "N3", "N4"}
SAMPLES = documents()
FORMS = [pytest.param(form, id=f"{sample.name}-{form['subject']}") for sample in SAMPLES for form in sample.gold]

each_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
each_form = pytest.mark.parametrize("form", FORMS)


def planted(form: Gold) -> set[str]:
    return {error["rule"] for error in form["planted"]}


def printed_decimals(value: float) -> int:
    return len(str(value).partition(".")[2].rstrip("0"))


def texts(form: Gold) -> Iterator[str]:
    yield from filter(None, (form[key] for key in ("title", "subject", "competent_department", "implementing_unit")))
    yield from filter(None, form["goal"].values())
    yield from (fund["label"] for fund in form["funds"])
    for row in form["indicators"]:
        yield from filter(None, (row[key] for key in ("level1", "level2", "level3", "actual", "deviation")))
    yield from form["problems"] + form["improvements"]


def test_there_are_enough_forms_layouts_and_reports() -> None:
    forms = [form for sample in SAMPLES for form in sample.gold]
    assert len(forms) >= 18
    assert len({sample.layout for sample in SAMPLES if sample.kind != "report"}) >= 14
    assert sum(sample.kind == "report" for sample in SAMPLES) >= 2


def test_every_check_has_an_error_to_find() -> None:
    assert set().union(*(planted(form) for sample in SAMPLES for form in sample.gold)) == RULES


@each_sample
def test_every_character_of_the_gold_is_on_the_pages(sample: Sample) -> None:
    with pymupdf.open(stream=sample.pdf()) as document:
        words = "".join(page.get_text() for page in document)
    on_pages = set(words)
    missing = {character for form in sample.gold for text in texts(form) for character in text} - on_pages
    assert not missing - set(" ")


@each_sample
def test_a_cell_on_one_line_stands_on_the_pages_as_in_the_gold(sample: Sample) -> None:
    with pymupdf.open(stream=sample.pdf()) as document:
        words = re.sub(r"\s", "", "".join(page.get_text() for page in document))
    names = [row["level3"] for form in sample.gold for row in form["indicators"]]
    found = sum(re.sub(r"\s", "", name) in words for name in names)
    assert found >= 0.9 * len(names)


@each_sample
def test_every_chinese_character_of_the_first_page_is_painted(sample: Sample) -> None:
    with pymupdf.open(stream=sample.pdf()) as document:
        page = document[0]
        pixels = page.get_pixmap(dpi=72, colorspace="gray")
        grey = np.frombuffer(pixels.samples, np.uint8).reshape(pixels.height, pixels.width)
        boxes = [
            pymupdf.Rect(character["bbox"]) * page.rotation_matrix
            for block in page.get_text("rawdict")["blocks"]
            for line in block.get("lines", [])
            for span in line["spans"]
            for character in span["chars"]
            if "\u4e00" < character["c"] < "\u9fff"  # 一 and what is wider than a stroke
        ]
    unpainted = [box for box in boxes if grey[int(box.y0) : int(box.y1) + 1, int(box.x0) : int(box.x1) + 1].min() > 200]
    assert len(boxes) > 100
    assert len(unpainted) <= 0.01 * len(boxes)


@each_form
def test_the_weights_add_up_to_the_printed_total(form: Gold) -> None:
    if form["total_weight"] is None:
        pytest.skip("no total weight on the form")
    weights = [row["weight"] or 0 for row in form["indicators"]] + [fund["weight"] or 0 for fund in form["funds"]]
    assert (sum(weights) == pytest.approx(form["total_weight"])) is ("S1" not in planted(form))


@each_form
def test_the_scores_add_up_to_the_printed_total(form: Gold) -> None:
    if form["total_score"] is None:
        pytest.skip("no total score on the form")
    scores = [row["score"] or 0 for row in form["indicators"]] + [fund["score"] or 0 for fund in form["funds"]]
    assert (sum(scores) == pytest.approx(form["total_score"], abs=0.005)) is ("S2" not in planted(form))


@each_form
def test_no_score_is_above_its_weight(form: Gold) -> None:
    above = [row["level3"] for row in form["indicators"] if row["weight"] and row["score"] > row["weight"]]
    assert not above or "S3" in planted(form)


@each_form
def test_the_rates_are_what_budget_and_spending_give(form: Gold) -> None:
    wrong = []
    for fund in form["funds"]:
        if fund["execution_rate"] and fund["annual_budget"]:
            rate = fund["executed"] / fund["annual_budget"] * 100
            if round(rate, printed_decimals(fund["execution_rate"])) != fund["execution_rate"]:
                wrong.append(fund["label"])
    assert bool(wrong) is ("F1" in planted(form))


@each_form
def test_the_fund_scores_are_weight_times_rate(form: Gold) -> None:
    wrong = []
    for fund in form["funds"]:
        if fund["score"] and fund["annual_budget"]:
            score = fund["weight"] * min(fund["executed"] / fund["annual_budget"], 1)
            if abs(score - fund["score"]) > 0.5 * 10 ** -printed_decimals(fund["score"]):
                wrong.append(fund["label"])
    # A wrong amount takes its score with it, where the score was worked out from the right one.
    assert not wrong or planted(form) & {"F2", "F3"}
    assert wrong or "F2" not in planted(form)


@each_form
@pytest.mark.parametrize("column", ["initial_budget", "annual_budget", "executed"])
def test_the_parts_of_the_funds_add_up(form: Gold, column: str) -> None:
    def amounts(*categories: str) -> list[float]:
        return [fund[column] for fund in form["funds"] if fund["category"] in categories and fund[column] is not None]

    total, parts = amounts("total"), [amounts("fiscal", "carryover", "other"), amounts("basic", "project")]
    checked = [sum(part) == pytest.approx(total[0]) for part in parts if total and len(part) > 1]
    assert all(checked) or "F3" in planted(form)


@each_form
def test_a_reached_quantity_has_its_full_score(form: Gold) -> None:
    short = []
    for row in form["indicators"]:
        match = re.fullmatch(r"(≥|>=|＞=)([\d.]+)\D*", row["target"] or "")
        actual = re.match(r"[\d.]+", row["actual"] or "")
        if match and actual and row["weight"]:
            share = min(float(actual.group()) / float(match[2]), 1)
            if abs(row["weight"] * share - row["score"]) > 0.006:
                short.append(row["level3"])
    assert not short or planted(form) & {"S3", "S4"}, short


@pytest.mark.parametrize(
    ("printed", "value"),
    [("1,653.33", 1653.33), ("95.00%", 95.0), ("-", None), ("", None), ("—", None), ("200分", 200)],
)
def test_a_printed_cell_gives_its_number(printed: str, value: float | None) -> None:
    assert number(printed) == value


def test_an_empty_level_is_the_one_above_and_a_new_block_starts_anew() -> None:
    table = rows(
        "level1 | level2 | level3 | target\n产出指标 | 数量指标 | 甲 | 1个\n| | 乙 | 2个\n效益指标 | | 丙 | 3个"
    )
    assert [(row.level1, row.level2) for row in table] == [
        ("产出指标", "数量指标"),
        ("产出指标", "数量指标"),
        ("效益指标", ""),
    ]

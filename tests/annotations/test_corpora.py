from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from annotations.agreement import AgreementError, measure_folders
from annotations.checks import check_files, leaks
from annotations.corpus import CORPORA, CorpusError, Report, fingerprint, read_corpora, read_report
from annotations.markup import parse

HEADER = "# doc: a\n# field: 水利\n# style: 湖北\n# agency: 某局\n# split: train\n"
LONG = "⟦T1 INDICATOR|除险加固水库⟧⟦T2 ACHIEVEMENT>achievement_of:T1|{}座⟧，全面完成年度建设任务并通过验收。"


def _report(name: str, split: str, line: str) -> Report:
    return Report(name, "水利", "湖北", f"{name}局", split, "", [parse(line)])  # type: ignore[arg-type]


def test_every_corpus_keeps_the_guide_and_no_split_leaks() -> None:
    assert check_files() == []


def test_the_corpora_are_as_wide_as_promised() -> None:
    reports = read_corpora()
    sentences = [sentence for report in reports for sentence in report.sentences]
    assert len(reports) >= 40
    assert len(sentences) >= 3000
    assert len({report.field for report in reports}) >= 14
    assert len({report.style for report in reports}) >= 8
    unmarked = sum(not sentence.entities for sentence in sentences) / len(sentences)
    assert 0.4 < unmarked < 0.6
    assert set(Counter(report.split for report in reports)) >= {"train", "dev", "test"}


def test_a_changed_figure_does_not_hide_a_leak() -> None:
    found = list(leaks([_report("甲", "train", LONG.format(12)), _report("乙", "test", LONG.format(9))]))
    assert len(found) == 1
    assert "甲 (train) and 乙 (test)" in found[0]


def test_the_same_sentence_within_one_split_is_no_leak() -> None:
    assert not list(leaks([_report("甲", "train", LONG.format(12)), _report("乙", "train", LONG.format(9))]))


def test_an_agency_has_one_report() -> None:
    one = _report("甲", "train", LONG.format(1))
    other = Report("丙", "水利", "湖北", "甲局", "train", "", [])
    assert "two reports" in next(iter(leaks([one, other])))


def test_headers_are_required(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("# doc: a\n检查。\n", encoding="utf8")
    with pytest.raises(CorpusError, match="lacks field, style, agency, split"):
        read_report(path)


def test_agreement_counts_what_two_hands_mark_alike(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.txt").write_text(HEADER + LONG.format(12) + "\n", encoding="utf8")
    same = measure_folders(tmp_path / "one", tmp_path / "two")
    assert same.figures.entities.f1 == same.figures.relations.f1 == 1
    moved = LONG.format(12).replace("⟦T1 INDICATOR|除险加固水库⟧", "除险加固⟦T1 INDICATOR|水库⟧")
    (tmp_path / "two" / "a.txt").write_text(HEADER + moved + "\n", encoding="utf8")
    apart = measure_folders(tmp_path / "one", tmp_path / "two")
    assert apart.figures.entities.f1 == 0.5
    assert apart.figures.value_links.f1 == 0
    (tmp_path / "two" / "a.txt").write_text(HEADER + "检查。\n", encoding="utf8")
    with pytest.raises(AgreementError, match="sentence 1 differs"):
        measure_folders(tmp_path / "one", tmp_path / "two")


def test_the_fingerprint_follows_the_annotation() -> None:
    reports = [read_report(path) for path in sorted(CORPORA.glob("*.txt"))[:2]]
    assert fingerprint(reports) == fingerprint(reports[::-1])
    assert fingerprint(reports) != fingerprint(reports[:1])

"""Formal checks of the corpora: markup, span edges, relation signatures, and leaks between splits."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from annotations.corpus import CORPORA, CorpusError, Report, read_plain, read_report
from annotations.markup import problems

_FIGURES: Final = re.compile(r"[\d.,，%％\s〇零一二三四五六七八九十百千万亿]+")
# Stock phrases (headings, fixed official sentences) are shared by honest reports; what is longer is a copy.
SHORTEST: Final = 16
# Two sentences that share this share of their character 3-grams differ in little but figures.
NEAR: Final = 0.8
_GRAM: Final = 3


def check_files(paths: Sequence[Path] | None = None) -> list[str]:
    """Every finding, each with file and line; by default of all corpora, the texts without annotation among them."""
    findings: list[str] = []
    reports: list[Report] = [] if paths else read_plain()
    for path in paths or sorted(CORPORA.glob("*.txt")):
        try:
            report = read_report(path)
        except CorpusError as error:
            findings.append(str(error))
            continue
        reports.append(report)
        for sentence in report.sentences:
            findings += [f"{path.name}: {problem}: {sentence.text[:40]}" for problem in problems(sentence)]
    return findings + list(leaks(reports))


def leaks(reports: Sequence[Report]) -> Iterator[str]:
    """Agencies in two reports, and sentences or near duplicates that stand in two splits."""
    agencies: dict[str, str] = {}
    for report in reports:
        other = agencies.setdefault(report.agency, report.name)
        if other != report.name:
            yield f"the agency {report.agency} has two reports: {other} and {report.name}"
    yield from _shared_sentences(reports)


def skeleton(text: str) -> str:
    """A sentence without figures and spaces: what stays when only numbers are changed."""
    return _FIGURES.sub("", text)


def _shared_sentences(reports: Sequence[Report]) -> Iterator[str]:
    index: dict[str, list[int]] = defaultdict(list)
    held: list[tuple[Report, str, frozenset[str]]] = []
    for report in reports:
        for sentence in report.sentences:
            bare = skeleton(sentence.text)
            if len(bare) < SHORTEST:
                continue
            grams = frozenset(bare[i : i + _GRAM] for i in range(len(bare) - _GRAM + 1))
            shared: dict[int, int] = defaultdict(int)
            for gram in grams:
                for number in index[gram]:
                    shared[number] += 1
            for number, count in shared.items():
                other, text, theirs = held[number]
                if other.split != report.split and count / len(grams | theirs) >= NEAR:
                    yield f"{other.name} ({other.split}) and {report.name} ({report.split}) share: {text[:50]}"
            for gram in grams:
                index[gram].append(len(held))
            held.append((report, sentence.text, grams))

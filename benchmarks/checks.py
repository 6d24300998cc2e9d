"""How well the checks find errors: python -m benchmarks.checks [--scans] [--write] [--only NAME] [--misses]

Every authored sample is printed once more for each kind of error that it can hold, with that one error in it, read and
checked as a user's file would be. Recall is the share of errors found under their rule, by a finding that the sample
did not have before; a false alarm is an error or warning on a sample that nothing was planted in.

--scans instead corrupts single characters of figures on hard scans and says what arithmetic made of them, and counts
the figures that are right on these scans, and on real ones in ../shared where these are there, before and after repair.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.scorer import Gold, figures
from service.assembling import assemble, forms, prose
from service.config import settings
from service.reading import Source, document_id, join, read_page
from service.reading.document import Char, Document, Line
from service.reading.ocr import Engine
from service.schema import Check, Evaluation
from tests.assembling.planting import Planted, plant, plant_in_prose
from tests.corpus import Sample, documents
from tests.corpus.paper import html, print_pdf, turned

PAGE = Path(__file__).parent / "checks.md"
SHARED = Path(__file__).parent.parent.parent / "shared"
LEAST_EXACT = 0.99  # of the figures on hard scans
LEAST_RECALL = 0.95
MOST_FALSE_ALARMS = 0.2  # in a clean document
SEED = 1
# A character that recognition was unsure of, and what its runner-up may then have been given.
DOUBT, RUNNER_UP = 0.55, 0.3
RESULTS = MENDED, LEFT, STILL_WRONG, WORSE = "mended", "left", "changed, still wrong", "a right figure spoilt"
CORRUPTIONS = 40  # for each scanned sample
LOSSES = 40  # characters that recognition lost, for each scanned sample
NEARLY_SEEN = 0.3  # what the recogniser may have given to a character that it lost to the blank


def read(pdf: bytes, name: str) -> Document:
    """A born-digital file as read."""
    source = Source(pdf, f"{name}.pdf", password=None, limits=settings().limits)
    pages = [read_page(source, number, engine=_no_engine()) for number in range(1, source.page_count + 1)]
    return join(pages, sha256=document_id(pdf), file_name=f"{name}.pdf")


_ENGINES: list[Engine] = []


def _no_engine() -> Engine:
    if not _ENGINES:
        _ENGINES.append(Engine(threads=settings().threads))
    return _ENGINES[0]


def findings(document: Document) -> list[Check]:
    evaluations, _ = assemble(document)
    return [check for evaluation in evaluations for check in evaluation.checks]


def _pdf(planted: Planted) -> bytes:
    source = planted.document
    return turned(print_pdf(html(source.template, source.css, source.forms)), source.turn)


@dataclass
class Tally:
    found: Counter[str]
    planted: Counter[str]
    misses: list[str]

    @property
    def recall(self) -> float:
        return sum(self.found.values()) / max(1, sum(self.planted.values()))


def errors(samples: Sequence[Sample]) -> Tally:
    """What was planted and what was found of it, by rule."""
    tally = Tally(Counter(), Counter(), [])
    for sample in samples:
        before = {check.message for check in findings(read(sample.pdf(), sample.name))}
        for planted in (*plant(sample.source, SEED), *plant_in_prose(sample.source)):
            after = findings(read(_pdf(planted), planted.document.name))
            tally.planted[planted.rule] += 1
            if any(check.rule == planted.rule and check.message not in before for check in after):
                tally.found[planted.rule] += 1
            else:
                tally.misses.append(f"{sample.name} {planted.what}")
    return tally


def alarms(samples: Sequence[Sample]) -> Iterator[tuple[str, Check]]:
    """Errors and warnings on samples that nothing was planted in, and rules that were not planted in the others."""
    for sample in samples:
        rules = {item["rule"] for gold in sample.gold for item in gold["planted"]}
        for check in findings(read(sample.pdf(), sample.name)):
            if check.severity != "info" and check.rule not in rules:
                yield sample.name, check


def clean(samples: Sequence[Sample]) -> list[Sample]:
    return [sample for sample in samples if not any(gold["planted"] for gold in sample.gold)]


def report(samples: Sequence[Sample], *, misses: bool) -> tuple[list[str], bool]:
    """Recall by rule and false alarms as lines of a table; whether both reach what they should."""
    tally = errors(samples)
    lines = ["| rule | planted | found |", "|---|--:|--:|"]
    lines += [f"| {rule} | {tally.planted[rule]} | {tally.found[rule]} |" for rule in sorted(tally.planted)]
    total, found = sum(tally.planted.values()), sum(tally.found.values())
    lines.append(f"| all, in {len(samples)} documents | {total} | {found} ({tally.recall:.3f}) |")
    free = {sample.name for sample in clean(samples)}
    false = [item for item in alarms(samples) if item[0] in free]
    lines += ["", f"False alarms: {len(false)} in {len(free)} documents without an error."]
    if misses:
        for line in tally.misses:
            print("missed", line, file=sys.stderr)
        for name, check in alarms(samples):
            print("beside what was planted", name, check.rule, check.message, file=sys.stderr)
    return lines, tally.recall >= LEAST_RECALL and len(false) <= MOST_FALSE_ALARMS * len(free)


def scans(samples: Sequence[Sample], *, misses: bool, only: str) -> tuple[list[str], bool]:
    """What arithmetic made of figures with one corrupted character, as lines of a table; whether it spoilt none."""
    outcome: Counter[tuple[str, str]] = Counter()
    exact = Exactness()
    for sample in samples:
        document = read(sample.scan("hard", SEED), sample.name)
        exact.add("authored samples", sample.name, document, sample.gold)
        right, _ = assemble(document)
        for line, kind, other in _corrupted(document, sample.name):
            with _Swapped(document, line, other):
                wrong, _ = _plain(document)
                mended, notices = assemble(document)
            before, true, after = _figures(wrong), _figures(right), _figures(mended)
            if before == true or len(before) != len(true):
                continue  # the character stood in no figure that an evaluation holds, or in one that frames the form
            result = _result(before, true, after)
            outcome[kind, result] += 1
            if result == WORSE and misses:
                told = "; ".join(notice.message for notice in notices if notice.code == "repaired")
                print(sample.name, line.text, other.text, told, file=sys.stderr)
    lines = [
        "| one character of a figure | mended | left | changed, still wrong | a right figure spoilt |",
        "|---|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {kind} | " + " | ".join(str(outcome[kind, result]) for result in RESULTS) + " |"
        for kind in sorted({kind for kind, _ in outcome})
    ]
    for name, data, gold in real_scans(only):
        exact.add("real forms and reports", name, read(data, name), gold)
    if misses:
        print("\n".join(exact.mistakes), file=sys.stderr)
    is_reached = exact.is_reached and not any(result == WORSE for _, result in outcome)
    return [*lines, "", *exact.table()], is_reached


@dataclass
class Exactness:
    """Figures of hard scans that are right without repair and with it, and those that only repair made wrong."""

    right: Counter[tuple[str, str]] = field(default_factory=Counter)
    total: Counter[str] = field(default_factory=Counter)
    mistakes: list[str] = field(default_factory=list)

    def add(self, group: str, name: str, document: Document, gold: Sequence[Gold]) -> None:
        before = figures(_dumped(prose.enrich(document, forms.assemble(document)[0], None)[0]), gold)
        after = figures(_dumped(assemble(document)[0]), gold)
        self.total[group] += len(after)
        for (where, was), (_, is_right) in zip(before, after, strict=True):
            self.right[group, "before"] += was
            self.right[group, "after"] += is_right
            self.right[group, "spoilt"] += was and not is_right
            if not is_right:
                self.mistakes.append(f"{name} {where}: wrong{' by repair' if was else ''}")

    @property
    def is_reached(self) -> bool:
        exact = all(self.right[group, "after"] >= LEAST_EXACT * total for group, total in self.total.items())
        return exact and not any(self.right[group, "spoilt"] for group in self.total)

    def table(self) -> list[str]:
        lines = [
            "| hard scans | figures | right without repair | right with it | a right figure spoilt |",
            "|---|--:|--:|--:|--:|",
        ]
        for group, total in self.total.items():
            before, after = (self.right[group, when] / total for when in ("before", "after"))
            goal = "" if after >= LEAST_EXACT else f" (goal {LEAST_EXACT})"
            lines.append(f"| {group} | {total} | {before:.4f} | {after:.4f}{goal} | {self.right[group, 'spoilt']} |")
        return lines


def _dumped(evaluations: Sequence[Evaluation]) -> list[dict[str, object]]:
    return [evaluation.model_dump(mode="json") for evaluation in evaluations]


def real_scans(only: str) -> Iterator[tuple[str, bytes, Sequence[Gold]]]:
    """Hard scans of real files with their gold; pages of a file have theirs in one list."""
    for path in sorted((SHARED / "pdf").glob("*.hard.pdf")):
        name, _, page = path.name.removesuffix(".hard.pdf").partition("-")
        if only in path.name:
            (gold_file,) = (SHARED / "gold").glob(f"{name}*.json")
            gold = json.loads(gold_file.read_text(encoding="utf-8"))
            yield path.stem, path.read_bytes(), [gold[int(page) - 1]] if page else gold


def _result(before: Sequence[object], true: Sequence[object], after: Sequence[object]) -> str:
    """What repair made of one wrong figure."""
    if any(b == t != a for b, t, a in zip(before, true, after, strict=True)):
        return WORSE
    if after == true:
        return MENDED
    return LEFT if after == before else STILL_WRONG


def _plain(document: Document) -> tuple[list[Evaluation], object]:
    return forms.assemble(document)


def _figures(evaluations: Sequence[Evaluation]) -> list[object]:
    found: list[object] = []
    for evaluation in evaluations:
        for line in evaluation.funds:
            found += [q.value if q else None for q in (line.initial_budget, line.annual_budget, line.executed)]
            found += [line.weight, line.execution_rate, line.score]
        found += [(row.weight, row.score) for row in evaluation.indicators]
        found += [evaluation.total_weight, evaluation.total_score]
    return found


def _corrupted(document: Document, name: str) -> Iterator[tuple[Line, str, Line]]:
    """Lines of figures, what becomes of one character of each, and the line that it leaves."""
    rng = random.Random(f"{SEED} {name}")  # noqa: S311
    for line, index in _chosen(document, rng, CORRUPTIONS):
        kind, chars = _corrupt(line.chars, index, rng)
        yield line, kind, replace(line, chars=chars)
    rng = random.Random(f"{SEED} {name} lost")  # noqa: S311
    for line, index in _chosen(document, rng, LOSSES):
        if len(line.chars) > 1:
            yield line, *_lose(line, index, rng)


def _lose(line: Line, index: int, rng: random.Random) -> tuple[str, Line]:
    """A character lost without a trace but the room that it had, beside doubtful ones, or nearly seen."""
    lost, chars = line.chars[index], list(line.chars)
    kind = "point lost" if lost.text == "." else "digit lost"
    middle = (lost.x0 + lost.x1) / 2
    if index:
        chars[index - 1] = replace(chars[index - 1], x1=middle)
    if index + 1 < len(chars):
        chars[index + 1] = replace(chars[index + 1], x0=middle)
    del chars[index]
    how = rng.choice(("a gap left", "neighbour doubtful", "nearly seen"))
    if how == "neighbour doubtful":
        at = max(0, index - 1)
        chars[at] = replace(chars[at], confidence=DOUBT)
    seen = (replace(lost, confidence=NEARLY_SEEN, alternatives=(("", 1 - NEARLY_SEEN),)),)
    return f"{kind}, {how}", replace(line, chars=tuple(chars), dropped=seen if how == "nearly seen" else ())


def _chosen(document: Document, rng: random.Random, count: int) -> list[tuple[Line, int]]:
    """Characters of figures in table cells."""
    found = [
        (line, index)
        for table in document.tables
        for cell in table.cells
        for line in cell.lines
        if line.text.strip().replace(",", "").replace("%", "").replace(".", "", 1).isdigit()
        for index, char in enumerate(line.chars)
        if char.text.isdigit() or char.text == "."
    ]
    return rng.sample(found, min(len(found), count))


def _corrupt(chars: Sequence[Char], index: int, rng: random.Random) -> tuple[str, tuple[Char, ...]]:
    """A point lost, a digit doubled, or a digit misread with the right one as its runner-up."""
    char = chars[index]
    if char.text == ".":
        near = replace(chars[index - 1], confidence=DOUBT)
        return "point lost", (*chars[: index - 1], near, *chars[index + 1 :])
    if rng.random() < 0.2:
        twin = replace(char, confidence=DOUBT, alternatives=(("", RUNNER_UP),))
        return "digit doubled", (*chars[: index + 1], twin, *chars[index + 1 :])
    other = rng.choice([d for d in "0123456789" if d != char.text])
    third = rng.choice([d for d in "0123456789" if d not in (char.text, other)])
    runners = ((char.text, RUNNER_UP), (third, RUNNER_UP / 3))
    wrong = replace(char, text=other, confidence=DOUBT, alternatives=runners)
    return "digit misread", (*chars[:index], wrong, *chars[index + 1 :])


class _Swapped:
    """A line of a document replaced for as long as the block runs."""

    def __init__(self, document: Document, old: Line, new: Line) -> None:
        self.cell = next(c for t in document.tables for c in t.cells if any(line is old for line in c.lines))
        self.before = self.cell.lines
        self.after = [new if line is old else line for line in self.before]

    def __enter__(self) -> None:
        self.cell.lines = self.after

    def __exit__(self, *_: object) -> None:
        self.cell.lines = self.before


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure what the checks find, and what they find that is not there.")
    parser.add_argument("--only", default="", metavar="NAME", help="only samples with NAME in their name")
    parser.add_argument("--misses", action="store_true", help="print what was missed on stderr")
    parser.add_argument("--scans", action="store_true", help="measure the repair of figures on scans instead")
    parser.add_argument("--write", action="store_true", help="put the figures into checks.md")
    arguments = parser.parse_args()
    samples = [sample for sample in documents() if arguments.only in sample.name]
    if arguments.scans:
        lines, is_reached = scans(samples, misses=arguments.misses, only=arguments.only)
    else:
        lines, is_reached = report(samples, misses=arguments.misses)
    print("\n".join(lines))
    if arguments.write:
        mark = "repair" if arguments.scans else "planted"
        pattern = re.compile(rf"(<!-- {mark} -->\n).*?(<!-- end -->)", re.DOTALL)
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(pattern.sub(lambda m: f"{m[1]}{chr(10).join(lines)}\n{m[2]}", page), encoding="utf-8")
    sys.exit(0 if is_reached else 1)


__all__ = ["alarms", "errors", "findings", "read"]

if __name__ == "__main__":
    main()

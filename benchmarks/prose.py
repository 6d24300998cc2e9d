"""What is made of a report's prose: python -m benchmarks.prose [--scans] [--write] [--misses]

Scores the authored sample reports always, and real ones in ../shared where these are there: funds, problems and
improvements, statements (with the gold spans given, and tagged), and what assembling, with tagger and checks, takes
beside reading. Times are those of the processor, whatever else runs. With --write the table goes into prose.md.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from models.decoding import WANTED_TO_TELL
from models.spans import VALUE_LABELS, VALUE_RELATIONS, Entity, TaggedSentence
from models.tagger import Tagger, WeightsError
from service.assembling import assemble
from service.assembling.prose import SentenceTagger
from service.assembling.quantities import parse
from service.config import settings
from service.reading import Source, document_id, join, read_page
from service.reading.document import Document
from service.reading.ocr import Engine
from service.schema import Evaluation, Goal
from tests.corpus import documents

SHARED = Path(__file__).parent.parent.parent / "shared"
PAGE = Path(__file__).parent / "prose.md"
MARK = re.compile(r"(<!-- figures -->\n).*?(<!-- end -->)", re.DOTALL)
REAL = ("000", "003")
SEED = 1  # of the scans of authored samples
GOALS = {"funds": (1.0, 1.0, 0.95), "items": (0.99, 0.99, 0.95), "statements": (0.90, 0.0, 0.0)}
MOST_SHARE = 0.05  # that assembling a page may take of what reading a scanned page takes
CONDITIONS = ("born digital", "mild", "hard")
ROLES = {
    "amount_of": "amount", "target_of": "target", "achievement_of": "achievement", "change_of": "change",
    "AMOUNT": "amount", "TARGET": "target", "ACHIEVEMENT": "achievement", "CHANGE": "change",
}  # fmt: skip
LEAST_OVERLAP = 0.5
YUAN_PER_WAN = 10_000
NOT_FOUND = Evaluation(
    id="", kind="department", year=None, title=None, subject=None, competent_department=None, implementing_unit=None,
    funds=[], goal=Goal(), indicators=[], total_weight=None, total_score=None, grade=None, statements=[], problems=[],
    improvements=[], checks=[],
)  # fmt: skip
Gold = dict[str, Any]
Fact = tuple[str | None, str, str, str]  # indicator, role, value, sentence


@dataclass(frozen=True)
class Case:
    """A report with its gold, and its gold spans where there are any."""

    name: str
    condition: str
    data: bytes
    gold: Gold
    scan: bytes
    """The same report as a mild scan, whose reading times are compared with."""
    spans: tuple[TaggedSentence, ...] = ()


@dataclass
class Figures:
    """Shares of what is right, 0 to 1, and processor milliseconds a page; None where nothing can be compared."""

    funds: float
    items: float
    given: float | None
    tagged: float | None
    reading_ms: float
    """A page of the scan; of a born-digital report, the middle page of its mild scan."""
    assembling_ms: float

    @property
    def share(self) -> float:
        """Of the time that reading a scanned page takes."""
        return self.assembling_ms / self.reading_ms


class Given:
    """Tags sentences by looking them up in gold spans, white space aside."""

    def __init__(self, spans: Sequence[TaggedSentence]) -> None:
        self.known = {folded(sentence.text): sentence for sentence in spans}

    def tag(
        self,
        sentences: Sequence[str],
        headings: Sequence[str | None] | None = None,  # noqa: ARG002 - as the tagger's
    ) -> list[TaggedSentence]:
        return [self._moved(sentence) for sentence in sentences]

    def _moved(self, text: str) -> TaggedSentence:
        """The gold spans of a sentence at the offsets of `text`, which may have other blanks."""
        gold = self.known.get(folded(text))
        if gold is None:
            return TaggedSentence(text)
        here = [i for i, char in enumerate(text) if not char.isspace()]
        there = {i: n for n, i in enumerate(i for i, char in enumerate(gold.text) if not char.isspace())}
        entities = []
        for entity in gold.entities:
            places = [here[there[i]] for i in range(entity.start, entity.end) if i in there]
            entities.append(Entity(entity.id, places[0], places[-1] + 1, entity.label))
        return TaggedSentence(text, entities, gold.relations)


def folded(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def facts_of(spans: Sequence[TaggedSentence]) -> list[Fact]:
    """The statements that gold spans amount to."""
    facts: list[Fact] = []
    for sentence in spans:
        by_id = {entity.id: entity for entity in sentence.entities}
        linked = {r.head: r for r in sentence.relations if r.type in VALUE_RELATIONS}
        for entity in sentence.entities:
            if entity.label not in VALUE_LABELS:
                continue
            relation = linked.get(entity.id)
            indicator = None if relation is None else folded(sentence.span(by_id[relation.tail]))
            role = ROLES[entity.label if relation is None else relation.type]
            facts.append((indicator, role, folded(sentence.span(entity)), folded(sentence.text)))
    return facts


def facts_in(evaluation: Evaluation) -> list[Fact]:
    return [
        (s.indicator and folded(s.indicator), v.role, folded(v.quantity.text), folded(s.sentence))
        for s in evaluation.statements
        if s.section not in ("goal", "deviation")
        for v in s.values
    ]


def agree(gold: Fact, found: Fact) -> bool:
    if gold[1] != found[1] or gold[3] != found[3]:
        return False
    return _same_value(gold[2], found[2]) and _overlap(gold[0], found[0]) >= LEAST_OVERLAP


def _same_value(left: str, right: str) -> bool:
    one, other = parse(left), parse(right)
    return left == right or (one.value is not None and (one.value, one.unit) == (other.value, other.unit))


def _overlap(left: str | None, right: str | None) -> float:
    if left is None or right is None:
        return float(left == right)
    match = SequenceMatcher(None, left, right, autojunk=False).find_longest_match()
    return match.size / (len(left) + len(right) - match.size)


def f1(gold: Sequence[Fact], found: Sequence[Fact], misses: list[str] | None = None) -> float:
    """F1 of statements matched one to one."""
    left = list(gold)
    right = 0
    for fact in found:
        match = next((g for g in left if agree(g, fact)), None)
        if match is not None:
            left.remove(match)
            right += 1
        elif misses is not None:
            misses.append(f"not in gold: {fact[0]} {fact[1]} {fact[2]}")
    if misses is not None:
        misses += [f"not found: {fact[0]} {fact[1]} {fact[2]}" for fact in left]
    return 2 * right / (len(gold) + len(found)) if gold or found else 1.0


def cases(scans: bool) -> Iterator[Case]:
    for sample in documents():
        if sample.kind == "report":
            mild = sample.scan("mild", SEED)
            yield Case(sample.name, "born digital", sample.pdf(), sample.gold[0], mild)
            if scans:
                yield Case(sample.name, "mild", mild, sample.gold[0], mild)
                yield Case(sample.name, "hard", sample.scan("hard", SEED), sample.gold[0], mild)
    for name in REAL:
        gold = SHARED / "gold" / f"{name}.json"
        if not gold.exists():
            continue
        rows = (SHARED / "gold" / f"{name}.jsonl").read_text(encoding="utf8").splitlines()
        spans = tuple(TaggedSentence.from_row(json.loads(row)) for row in rows)
        mild = (SHARED / "pdf" / f"{name}.mild.pdf").read_bytes()
        for suffix, condition in (("", "born digital"), (".mild", "mild"), (".hard", "hard")):
            if condition == "born digital" or scans:
                data = (SHARED / "pdf" / f"{name}{suffix}.pdf").read_bytes()
                yield Case(name, condition, data, json.loads(gold.read_text(encoding="utf8"))[0], mild, spans)


def read(case: Case, engine: Engine) -> tuple[Document, float]:
    """The report as read, and processor milliseconds that a page took."""
    source = Source(case.data, f"{case.name}.pdf", limits=settings().limits)
    start = time.process_time()
    pages = [read_page(source, number, engine=engine) for number in range(1, source.page_count + 1)]
    spent = (time.process_time() - start) * 1000 / len(pages)
    return join(pages, sha256=document_id(case.data), file_name=f"{case.name}.pdf"), spent


def scanned_page_ms(case: Case, engine: Engine) -> float:
    """Processor milliseconds that the middle page of the report's scan takes to read."""
    source = Source(case.scan, f"{case.name}.pdf", limits=settings().limits)
    start = time.process_time()
    read_page(source, (source.page_count + 1) // 2, engine=engine)
    return (time.process_time() - start) * 1000


def measure(case: Case, engine: Engine, tagger: Tagger | None, misses: list[str]) -> Figures:
    document, reading_ms = read(case, engine)
    if case.condition == "born digital":
        reading_ms = scanned_page_ms(case, engine)
    start = time.process_time()
    evaluation = _department(document, tagger)
    assembling_ms = (time.process_time() - start) * 1000 / len(document.pages)
    given = tagged = None
    if case.spans:
        gold = facts_of(case.spans)
        given = f1(gold, facts_in(_department(document, Given(case.spans))))
        if tagger is not None:
            tagged = f1(gold, facts_in(evaluation), misses)
    funds, items = _funds(case.gold, evaluation, misses), _items(case.gold, evaluation)
    return Figures(funds, items, given, tagged, reading_ms, assembling_ms)


def _department(document: Document, tagger: SentenceTagger | None) -> Evaluation:
    """The department's evaluation; where its title was not read there is none, and all of it counts as missing."""
    evaluations, _ = assemble(document, tagger=tagger)
    return next((e for e in evaluations if e.kind == "department"), NOT_FOUND)


def _funds(gold: Gold, evaluation: Evaluation, misses: list[str]) -> float:
    right: list[bool] = []
    for wanted in gold["funds"]:
        line = next((f for f in evaluation.funds if f.category == wanted["category"]), None)
        for name in ("initial_budget", "annual_budget", "executed"):
            quantity = getattr(line, name, None)
            value = None if quantity is None or quantity.value is None else round(quantity.value / YUAN_PER_WAN, 6)
            right.append(value == wanted[name])
        right.append(getattr(line, "execution_rate", None) == wanted["execution_rate"])
        if not all(right[-4:]):
            misses.append(f"funds: {wanted['category']}")
    return sum(right) / len(right) if right else 1.0


def _items(gold: Gold, evaluation: Evaluation) -> float:
    """Characters right of all problems and improvements, their separation included."""
    wanted = "\n".join(folded(text) for name in ("problems", "improvements") for text in gold[name])
    found = "\n".join(folded(text.text) for text in (*evaluation.problems, *evaluation.improvements))
    blocks = SequenceMatcher(None, wanted, found, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) / max(1, len(wanted), len(found))


def table(rows: Sequence[tuple[Case, Figures]]) -> tuple[list[str], bool]:
    """The figures as a table, and whether every one of them reaches its goal."""
    lines = [
        "| report | condition | funds | items | statements, spans given | tagged | reading a scanned page, ms"
        " | assembling a page, ms | share |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    reached = True
    for case, figures in rows:
        at = CONDITIONS.index(case.condition)
        cells = [_cell(figures.funds, GOALS["funds"][at]), _cell(figures.items, GOALS["items"][at])]
        cells += [_cell(figures.given, 0.0), _cell(figures.tagged, GOALS["statements"][at])]
        cells += [f"{figures.reading_ms:.0f}", f"{figures.assembling_ms:.0f}"]
        cells.append(f"{figures.share:.3f}" + (f" (goal {MOST_SHARE:g})" if figures.share > MOST_SHARE else ""))
        reached &= not any("goal" in cell for cell in cells)
        lines.append(f"| {case.name} | {case.condition} | " + " | ".join(cells) + " |")
    return lines, reached


def _cell(share: float | None, goal: float) -> str:
    if share is None:
        return "–"
    return f"{share:.4f}" + (f" (goal {goal:g})" if share < goal else "")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="How well prose is put together.")
    parser.add_argument("--scans", action="store_true", help="scans too, read by OCR")
    parser.add_argument("--write", action="store_true", help="put the table into prose.md")
    parser.add_argument("--misses", action="store_true", help="list what is wrong")
    chosen = parser.parse_args(arguments)
    engine = Engine(threads=settings().threads)
    try:
        tagger: Tagger | None = Tagger.load(wanted=WANTED_TO_TELL)
    except WeightsError as error:
        tagger = None
        print(f"statements are not tagged: {error}", file=sys.stderr)
    if tagger is not None:
        tagger.tag(["预算执行率98%。"])  # what the first sentence of a process costs is no part of a page
    rows = []
    for case in cases(chosen.scans):
        misses: list[str] = []
        rows.append((case, measure(case, engine, tagger, misses)))
        if chosen.misses:
            print("\n".join(f"{case.name} {case.condition} {miss}" for miss in misses))
    lines, reached = table(rows)
    print("\n".join(lines))
    if chosen.write:
        text = "\n".join(lines) + "\n"
        PAGE.write_text(
            MARK.sub(lambda m: m.group(1) + text + m.group(2), PAGE.read_text(encoding="utf8")), encoding="utf8"
        )
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())

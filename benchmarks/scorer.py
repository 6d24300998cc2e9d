"""How much of a gold evaluation was read right.

A text is right when it equals gold after NFKC, without white space, with look-alike punctuation folded; a figure when
it equals gold as a number. Gold has the shape of a Report's evaluations, with plain texts and money in 万元.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

Gold = Mapping[str, Any]
Read = Mapping[str, Any]

TEXT_HEADERS = ("subject", "competent_department", "implementing_unit")
PLAIN_HEADERS = ("year", "kind", "grade")
NUMBER_HEADERS = ("total_weight", "total_score")
FUND_AMOUNTS = ("initial_budget", "annual_budget", "executed")
FUND_NUMBERS = ("weight", "execution_rate", "score")
ROW_TEXTS = ("level1", "level2", "level3", "target", "actual", "deviation")
ROW_NUMBERS = ("weight", "score")
_NUMBER_ENDS = tuple(f" {name}" for name in ROW_NUMBERS)
ROW_VALUES = ("target", "actual")  # columns whose confidence the report gives one by one

SAME_SUBJECT = 0.6  # likeness from which two subjects or two row names are taken for the same
SAME_TARGET = 0.3  # what an equal target adds where several rows bear one name
YUAN_PER_WAN = 10_000
HALF_YUAN = 0.5
LOOKALIKES = str.maketrans(
    {"“": '"', "”": '"', "‘": "'", "’": "'", "。": ".", "、": ",", "—": "-", "–": "-", "→": "->", "≥": ">=", "≤": "<="}
)


@dataclass(slots=True)
class Scores:
    """Counts of what was right; `mistakes` tells what was not, `judged` how sure the reader was of each value."""

    right: Counter[str] = field(default_factory=Counter)
    total: Counter[str] = field(default_factory=Counter)
    extra_rows: int = 0
    mistakes: list[str] = field(default_factory=list)
    judged: list[tuple[float, bool]] = field(default_factory=list)

    def add(self, other: Scores) -> None:
        self.right += other.right
        self.total += other.total
        self.extra_rows += other.extra_rows
        self.mistakes += other.mistakes
        self.judged += other.judged

    def share(self, name: str) -> float | None:
        return self.right[name] / self.total[name] if self.total[name] else None

    def count(self, name: str, right: float, total: float = 1) -> None:
        # Counter's += drops zeros, which is why both are counted by hand.
        self.right[name] = self.right[name] + right  # type: ignore[assignment]
        self.total[name] = self.total[name] + total  # type: ignore[assignment]


def plain(value: object) -> str:
    """A value's text in the form in which texts are compared."""
    if value is None:
        return ""
    text = unicodedata.normalize("NFKC", str(value)).replace("＞=", ">=").translate(LOOKALIKES)
    return re.sub(r"\s+", "", text)


def text_of(value: object) -> object:
    """The text of a Text or Quantity of a report, or the value itself."""
    return value["text"] if isinstance(value, Mapping) else value


def likeness(left: str, right: str) -> float:
    """From 0 to 1."""
    return SequenceMatcher(None, left, right, autojunk=False).ratio()


def score(evaluations: Sequence[Read], gold: Sequence[Gold]) -> Scores:
    """The scores of a file's evaluations, as dumped by the report, against its gold."""
    scores = Scores()
    for wanted, found in _matched(evaluations, gold):
        scores.count("found", found is not None)
        if found is None:
            scores.mistakes.append(f"not found: {wanted['subject']}")
        _score_evaluation(found or {}, wanted, scores)
    return scores


def figures(evaluations: Sequence[Read], gold: Sequence[Gold]) -> list[tuple[str, bool]]:
    """Every figure (of funds, weights, scores, totals) by what it is, in gold's order, and whether it is right."""
    found: list[tuple[str, bool]] = []
    for wanted, read in _matched(evaluations, gold):
        own = read or {}
        numbers = [v for v in _headers(own, wanted) if v[3] in NUMBER_HEADERS]
        numbers += [*_funds(own, wanted), *(v for v in _rows(own, wanted, Scores()) if v[3].endswith(_NUMBER_ENDS))]
        found += [(f"{wanted['subject']} · {where}", right) for _, right, _, where, _, _ in numbers]
    return found


def _matched(evaluations: Sequence[Read], gold: Sequence[Gold]) -> Iterator[tuple[Gold, Read | None]]:
    """Gold's evaluations, each with the one that was read for it."""
    left = list(evaluations)
    for wanted in gold:
        found = _best(left, lambda e, w=wanted: likeness(plain(text_of(e["subject"])), plain(w["subject"])))  # type: ignore[misc]
        if found is not None:
            left.remove(found)
        yield wanted, found


def _best(candidates: Iterable[Read], value: Callable[[Read], float]) -> Read | None:
    """The candidate of the highest value, if that suffices."""
    rated = [(value(candidate), -place, candidate) for place, candidate in enumerate(candidates)]
    top = max(rated, default=None, key=lambda item: item[:2])
    return top[2] if top and top[0] >= SAME_SUBJECT else None


def _score_evaluation(found: Read, wanted: Gold, scores: Scores) -> None:
    name = str(wanted["subject"])
    for part, right, confidence, where, expected, read in (
        *_headers(found, wanted),
        *_funds(found, wanted),
        *_goal(found, wanted, scores),
        *_rows(found, wanted, scores),
    ):
        if part:
            scores.count(part, right)
            if not right:
                scores.mistakes.append(f"{name} · {where}: {expected!r} read as {read!r}")
        if confidence is not None:
            scores.judged.append((confidence, right))


# What is judged: the figure it counts for ("" for none), right or not, confidence if known, where, gold, read.
Verdict = tuple[str, bool, float | None, str, object, object]


def _headers(found: Read, wanted: Gold) -> Iterator[Verdict]:
    for name in TEXT_HEADERS:
        if wanted.get(name):
            read = found.get(name)
            right = plain(text_of(read)) == plain(wanted[name])
            yield "header", right, _confidence(read), name, wanted[name], text_of(read)
    for name in PLAIN_HEADERS:
        yield "header", found.get(name) == wanted.get(name), None, name, wanted.get(name), found.get(name)
    for name in NUMBER_HEADERS:
        right = _same_number(wanted.get(name), found.get(name))
        yield "header", right, None, name, wanted.get(name), found.get(name)


def _funds(found: Read, wanted: Gold) -> Iterator[Verdict]:
    lines = list(found.get("funds", []))
    for line in wanted["funds"]:
        match = next((x for x in lines if x["category"] == line["category"]), None)
        if match is not None:
            lines.remove(match)
        read = match or {}
        for name in FUND_AMOUNTS:
            amount = read.get(name)
            right = match is not None and _same_money(line[name], amount)
            yield "funds", right, _confidence(amount), f"{line['label']} {name}", line[name], text_of(amount)
        for name in FUND_NUMBERS:
            right = match is not None and _same_number(line[name], read.get(name))
            yield "funds", right, None, f"{line['label']} {name}", line[name], read.get(name)


def _goal(found: Read, wanted: Gold, scores: Scores) -> Iterator[Verdict]:
    for name in ("expected", "actual"):
        expected = plain(wanted["goal"][name])
        value = found.get("goal", {}).get(name)
        read = plain(text_of(value))
        if expected:
            scores.count("goal", len(expected) * likeness(expected, read), len(expected))
            yield "", expected == read, _confidence(value), f"goal {name}", expected, read
            if expected != read:
                scores.mistakes.append(f"{wanted['subject']} · goal {name}: {_difference(expected, read)}")


def _rows(found: Read, wanted: Gold, scores: Scores) -> Iterator[Verdict]:
    left = list(found.get("indicators", []))
    for row in wanted["indicators"]:
        match = _best(left, lambda candidate, row=row: _row_likeness(candidate, row))  # type: ignore[misc]
        if match is not None:
            left.remove(match)
        yield "rows", match is not None, None, str(row["level3"]), "row", None
        yield from _cells(match or {}, row)
    scores.extra_rows += len(left)
    scores.mistakes += [f"{wanted['subject']} · extra row {text_of(row['level3'])!r}" for row in left]


def _row_likeness(candidate: Read, row: Gold) -> float:
    same = plain(text_of(candidate["target"])) == plain(row["target"])
    alike = likeness(plain(candidate["level3"]), plain(row["level3"]))
    return alike + SAME_TARGET * same if alike >= SAME_SUBJECT else 0.0


def _cells(match: Read, row: Gold) -> Iterator[Verdict]:
    rest = True
    for name in (*ROW_TEXTS, *ROW_NUMBERS):
        read = match.get(name)
        numeric = name in ROW_NUMBERS
        right = bool(match) and (_same_number(row[name], read) if numeric else plain(text_of(read)) == plain(row[name]))
        confidence = _confidence(read) if name in ROW_VALUES else None
        yield "cells", right, confidence, f"{row['level3']} {name}", row[name], text_of(read)
        rest &= right or name in ROW_VALUES
    if match:
        yield "", rest, match["confidence"], f"{row['level3']} other columns", None, None


def _confidence(value: object) -> float | None:
    return value["confidence"] if isinstance(value, Mapping) else None


def _same_number(expected: float | None, read: float | None) -> bool:
    if expected is None or read is None:
        return expected is None and read is None
    return abs(float(expected) - float(read)) < 1e-6


def _same_money(expected: float | None, amount: Read | None) -> bool:
    """Gold in 万元, the report in 元."""
    value = amount["value"] if amount else None
    if expected is None or value is None:
        return expected is None and value is None
    return bool(abs(value - expected * YUAN_PER_WAN) < HALF_YUAN)


def _difference(expected: str, read: str) -> str:
    """Where two texts part, in a few characters."""
    blocks = SequenceMatcher(None, expected, read, autojunk=False).get_opcodes()
    return ", ".join(f"{expected[a:b]!r} read as {read[c:d]!r}" for kind, a, b, c, d in blocks if kind != "equal")[:200]

"""Accuracy of the reading: python -m benchmarks.accuracy [--write] [--mistakes] [--only TEXT]

Scores real files in ../shared/pdf against ../shared/gold where these are there, and the authored samples of
tests/corpus always, each born digital and as mild and hard scans. Prints the table, and with --write puts it into
accuracy.md.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from benchmarks.scorer import Gold, Scores, score
from service import pipeline
from service.errors import JixiaoError
from service.isolation import Workers

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
PAGE = Path(__file__).parent / "accuracy.md"
MARK = re.compile(r"(<!-- figures -->\n).*?(<!-- end -->)", re.DOTALL)

CONDITIONS = ("born digital", "mild", "hard")
SUFFIXES = {"": "born digital", ".mild": "mild", ".hard": "hard"}
SEED = 1  # of the scans of authored samples
GOALS = {  # figure: least value, born digital, mild and hard
    "cells": (0.998, 0.985, 0.95),
    "funds": (1.0, 0.995, 0.97),
    "header": (1.0, 0.99, 0.96),
    "rows": (1.0, 1.0, 0.99),
    "goal": (0.999, 0.99, 0.97),
}
LABELS = {
    "cells": "indicator cells exact",
    "funds": "funds figures",
    "header": "header fields",
    "rows": "rows found",
    "goal": "goal text, characters right",
}
MOST_EXTRA_ROWS = (0, 0, 1)
BINS = (0.0, 0.5, 0.8, 0.9, 0.95, 1.0)  # of confidence
DOUBTFUL, SURE = 0.8, 0.95
TIMES_AS_OFTEN = 5.0  # that doubtful values must be wrong, compared with sure ones


@dataclass(frozen=True, slots=True)
class Case:
    """A file with its gold."""

    group: str
    condition: str
    file_name: str
    data: bytes
    gold: Sequence[Gold]


def shared_cases() -> Iterator[Case]:
    """Files 000 and 003, and the pages 004-1 … 004-8, whose gold stands in one list."""
    if not (SHARED / "pdf").is_dir():
        return
    for path in sorted((SHARED / "pdf").glob("*.pdf")):
        name, suffix = re.fullmatch(r"(.+?)(\.mild|\.hard)?", path.stem).groups("")  # type: ignore[union-attr]
        number, _, page = name.partition("-")
        (gold_file,) = (SHARED / "gold").glob(f"{number}*.json")
        gold = json.loads(gold_file.read_text(encoding="utf-8"))
        wanted = [gold[int(page) - 1]] if page else gold
        yield Case("real reports", SUFFIXES[suffix], path.name, path.read_bytes(), wanted)


def authored_cases() -> Iterator[Case]:
    from tests.corpus import documents

    for sample in documents():
        yield Case("authored samples", "born digital", f"{sample.name}.pdf", sample.pdf(), sample.gold)
        for level in ("mild", "hard"):
            scanned = sample.scan(level, SEED)
            yield Case("authored samples", level, f"{sample.name}.{level}.pdf", scanned, sample.gold)


def measure(case: Case, workers: Workers) -> Scores:
    try:
        report = pipeline.extract(case.data, case.file_name, workers=workers)
        evaluations = report.model_dump(mode="json")["evaluations"]
    except JixiaoError as error:
        evaluations = []
        print(f"{case.file_name}: {error}", file=sys.stderr)
    scores = score(evaluations, case.gold)
    scores.mistakes = [f"{case.file_name} · {mistake}" for mistake in scores.mistakes]
    return scores


def table(results: dict[str, Scores]) -> str:
    """The figures of one group by condition, with what is asked of them."""
    head = f"| | {' | '.join(CONDITIONS)} |\n|---|{'---|' * len(CONDITIONS)}\n"
    lines = [
        f"| {LABELS[name]} | {' | '.join(_shown(results.get(c), name, least[i]) for i, c in enumerate(CONDITIONS))} |"
        for name, least in GOALS.items()
    ]
    extra = (_extra(results.get(c), MOST_EXTRA_ROWS[i]) for i, c in enumerate(CONDITIONS))
    return head + "\n".join([*lines, f"| extra rows | {' | '.join(extra)} |"]) + "\n"


def _shown(scores: Scores | None, name: str, least: float) -> str:
    share = scores.share(name) if scores else None
    if scores is None or share is None:
        return "–"
    verdict = "" if share >= least else f", goal {least:g}"
    return f"{share:.4f} of {round(scores.total[name]):,}{verdict}"


def _extra(scores: Scores | None, most: int) -> str:
    if scores is None:
        return "–"
    return f"{scores.extra_rows}" + ("" if scores.extra_rows <= most else f", goal {most}")


def reliability(judged: Sequence[tuple[float, bool]]) -> str:
    """Share of wrong values by how sure the reader was of them."""
    lines = ["| confidence | values | wrong | share |", "|---|---|---|---|"]
    for low, high in pairwise(BINS):
        held = [right for confidence, right in judged if low <= confidence < high or confidence == high == 1.0]
        lines.append(f"| {low:g} to {high:g} | {len(held)} | {held.count(False)} | {_percent(held)} |")
    doubtful = [right for confidence, right in judged if confidence < DOUBTFUL]
    sure = [right for confidence, right in judged if confidence >= SURE]
    return "\n".join(lines) + f"\n\n{_ratio(doubtful, sure)}\n"


def _percent(held: Sequence[bool]) -> str:
    return f"{held.count(False) / len(held):.1%}" if held else "–"


def _ratio(doubtful: Sequence[bool], sure: Sequence[bool]) -> str:
    below = f"Below {DOUBTFUL:g}, {_percent(doubtful)} of values are wrong; from {SURE:g} on, {_percent(sure)}"
    if not doubtful or not sure.count(False):
        return f"{below}."
    times = doubtful.count(False) / len(doubtful) / (sure.count(False) / len(sure))
    verdict = "" if times >= TIMES_AS_OFTEN else f" (goal {TIMES_AS_OFTEN:g})"
    return f"{below}: {times:.1f} times as often{verdict}."


def run(only: str, show_mistakes: bool) -> str:
    """The whole page of figures."""
    cases = [c for cases in (shared_cases(), authored_cases()) for c in cases if only in f"{c.group} {c.file_name}"]
    results: dict[str, dict[str, Scores]] = {}
    with pipeline.new_workers() as workers, ThreadPoolExecutor(workers.count + 1) as threads:
        for case, scores in zip(cases, threads.map(lambda c: measure(c, workers), cases), strict=True):
            results.setdefault(case.group, {}).setdefault(case.condition, Scores()).add(scores)
            if show_mistakes and scores.mistakes:
                print("\n".join(scores.mistakes), file=sys.stderr)
    return "\n".join(_group(name, found) for name, found in results.items())


def _group(name: str, results: dict[str, Scores]) -> str:
    scans = [pair for condition in CONDITIONS[1:] if condition in results for pair in results[condition].judged]
    title = name[0].upper() + name[1:]
    parts = [f"## {title}\n", table(results)]
    if scans:
        parts += [f"### {title}: how sure, and how often wrong (scans)\n", reliability(scans)]
    return "\n".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description="Score the reading against gold.")
    parser.add_argument("--write", action="store_true", help="put the figures into accuracy.md")
    parser.add_argument("--mistakes", action="store_true", help="print every mistake on stderr")
    parser.add_argument("--only", default="", metavar="TEXT", help="only files (or a group) with TEXT in their name")
    arguments = parser.parse_args()
    figures = run(arguments.only, arguments.mistakes)
    print(figures)
    if arguments.write:
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(MARK.sub(lambda m: f"{m[1]}\n{figures}\n{m[2]}", page), encoding="utf-8")


if __name__ == "__main__":
    main()

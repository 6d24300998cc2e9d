"""Accuracy, robustness and speed of the shipped tagger.

    python -m benchmarks.tagger [--weights runs/tagger/best.pt] [--model DIR] [--no-speed]

Measures the project's development and test splits, blind texts where there are any, and, where they lie beside the
project, the annotated reports of ../shared/gold (never trained on). With --weights the torch form is measured beside
the served one.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from annotations.corpus import BLIND, CORPORA, read_corpora
from models.spans import TaggedSentence
from models.tagger import Tagger
from training.baseline import by_chance, by_patterns
from training.calibration import expected_calibration_error, scored_outcomes
from training.evaluate import Documents, load_tagger, read_gold, tag_documents
from training.scoring import Figures, compare
from training.synthesis.noise import recognised

GOLD: Final = Path(__file__).resolve().parents[2] / "shared" / "gold"
NOISE_RATE: Final = 0.02
SPEED_SECONDS: Final = 10.0

_COLUMNS: Final = (
    "entity_f1_strict",
    "entity_f1_relaxed",
    "value_link_f1_strict",
    "relation_f1_strict",
)


def texts(folder: Path = GOLD) -> dict[str, Documents]:
    """What is measured, by name."""
    found = {"development split": read_gold(CORPORA, "dev"), "test split": read_gold(CORPORA, "test")}
    if BLIND.is_dir() and list(BLIND.glob("*.txt")):
        found["blind"] = read_gold(BLIND)
    for path in sorted(folder.glob("*.jsonl")):
        found[f"shared/gold/{path.name}"] = read_gold(path)
    if folder.is_dir():
        found["shared/gold"] = [document for path in sorted(folder.glob("*.jsonl")) for document in read_gold(path)]
    return found


def with_noise(documents: Documents, seed: int = 0) -> Documents:
    """The documents as recognition at a character error of 2 % would give them."""
    chance = random.Random(seed)  # noqa: S311
    return [[recognised(sentence, chance, NOISE_RATE) for sentence in document] for document in documents]


def score(tagger: Tagger, documents: Documents) -> Figures:
    """Compare the tagger's output with the gold."""
    return compare([s for document in documents for s in document], tag_documents(tagger, documents))


def row(name: str, figures: Figures) -> str:
    """One line of the table of headline figures."""
    line = figures.headline()
    return f"| {name} | " + " | ".join(f"{line[column]:.4f}" for column in _COLUMNS) + " |"


def accuracy(tagger: Tagger, torch_form: Tagger | None) -> None:
    """Headline figures of every text, the baselines, noise and the torch form."""
    show("| | entities strict | entities relaxed | value links strict | all relations strict |\n|---|---|---|---|---|")
    for name, documents in texts().items():
        gold = [sentence for document in documents for sentence in document]
        show(row(name, score(tagger, documents)))
        show(row(f"{name}, 2 % noise", score(tagger, with_noise(documents))))
        if torch_form is not None:
            show(row(f"{name}, torch", score(torch_form, documents)))
        show(row(f"{name}, regular expressions", compare(gold, [by_patterns(s.text) for s in gold])))
        show(row(f"{name}, chance", compare(gold, by_chance(gold))))


def labels(tagger: Tagger) -> None:
    """F1 by label and relation."""
    found = {name: score(tagger, documents) for name, documents in texts().items() if not name.endswith(".jsonl")}
    show("\n| | " + " | ".join(found) + " |\n|---" + "|---" * len(found) + "|")
    for kind in ("labels", "types"):
        for name in sorted({name for figures in found.values() for name in getattr(figures, kind)}):
            cells = (getattr(figures, kind).get(name) for figures in found.values())
            show(f"| {name} | " + " | ".join(f"{c.f1:.3f} ({c.gold})" if c else "–" for c in cells) + " |")


def calibration(tagger: Tagger) -> None:
    """How far stated scores lie from the share of hits, on the test split."""
    entities, relations = scored_outcomes(tagger, read_gold(CORPORA, "test"))
    show(
        f"\nExpected calibration error on the test split: entities {expected_calibration_error(entities):.3f}, "
        f"relations {expected_calibration_error(relations):.3f}"
    )


def speed(model: Path | None) -> None:
    """Characters a second on two threads with decoding, resident memory, and the time to the first sentence."""
    sentences = [s.text for report in read_corpora() for s in report.sentences]
    tagger = Tagger.load(model, threads=2)
    tagger.tag(sentences[:100])
    best, begun = 0.0, time.perf_counter()
    while time.perf_counter() - begun < SPEED_SECONDS:
        started = time.perf_counter()
        tagger.tag(sentences[:1000])
        best = max(best, sum(map(len, sentences[:1000])) / (time.perf_counter() - started))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    show(f"\nSpeed, two threads, decoding included: {best:,.0f} characters a second; peak memory {memory:.0f} MB")
    started = time.perf_counter()
    command = "from models.tagger import Tagger; Tagger.load().tag(['预算执行率98%。'])"
    subprocess.run([sys.executable, "-c", command], check=True)  # noqa: S603
    show(f"From process start to the first tagged sentence: {time.perf_counter() - started:.2f} s")


def size(documents: Sequence[Sequence[TaggedSentence]]) -> int:
    """Sentences of some documents."""
    return sum(map(len, documents))


def show(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, help="folder of exported weights, by default the shipped ones")
    parser.add_argument("--weights", type=Path, help="torch weights to measure beside them")
    parser.add_argument("--no-speed", action="store_true")
    arguments = parser.parse_args()
    if not arguments.no_speed:
        # First: peak memory is a figure of the whole process.
        speed(arguments.model)
    tagger = Tagger.load(arguments.model, threads=2)
    accuracy(tagger, load_tagger(arguments.weights) if arguments.weights else None)
    labels(tagger)
    calibration(tagger)


if __name__ == "__main__":
    main()

"""Measure a model on a corpus: scores by label and relation, confusions, baselines, the worst sentences."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from annotations.corpus import Split, read_corpora, read_report
from annotations.markup import MarkupError, render
from models.spans import TaggedSentence
from models.tagger import Tagger
from training.baseline import by_chance, by_patterns
from training.scoring import Figures, Tally, compare

_WORST: Final = 10

Documents = list[list[TaggedSentence]]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures of a model beside those of the baselines, and where it fails most."""

    model: Figures
    patterns: Figures
    chance: Figures
    worst: list[tuple[TaggedSentence, TaggedSentence]]
    sentences: int


def read_gold(path: Path, split: Split | None = None) -> Documents:
    """Annotated documents from a JSONL file, a corpus file, or a folder of corpus files (of one split, if named)."""
    if path.is_dir():
        return [report.sentences for report in read_corpora(path, None if split is None else (split,))]
    if path.suffix == ".txt":
        return [read_report(path).sentences]
    with path.open(encoding="utf8") as lines:
        return [[TaggedSentence.from_row(json.loads(line)) for line in lines if line.strip()]]


def load_tagger(path: Path | None, threads: int = 1) -> Tagger:
    """Exported weights from a folder, or a torch checkpoint (`.pt`) for a look during training."""
    if path is not None and path.suffix == ".pt":
        from training.train import load_weights, runner

        network, vocabulary, _ = load_weights(path)
        return Tagger(runner(network), vocabulary)
    return Tagger.load(path, threads)


def evaluate(tagger: Tagger, documents: Documents) -> Evaluation:
    """Tag the documents and compare."""
    gold = [sentence for document in documents for sentence in document]
    predicted = tag_documents(tagger, documents)
    patterns = [by_patterns(sentence.text) for sentence in gold]
    pairs = sorted(zip(gold, predicted, strict=True), key=lambda pair: -_errors(*pair))
    worst = [pair for pair in pairs[:_WORST] if _errors(*pair)]
    return Evaluation(
        compare(gold, predicted), compare(gold, patterns), compare(gold, by_chance(gold)), worst, len(gold)
    )


def tag_documents(tagger: Tagger, documents: Documents) -> list[TaggedSentence]:
    """All sentences in order, each document tagged by itself so that context does not cross documents."""
    return [tagged for document in documents for tagged in tagger.tag([sentence.text for sentence in document])]


def _errors(gold: TaggedSentence, predicted: TaggedSentence) -> int:
    def facts(sentence: TaggedSentence) -> set[tuple[Any, ...]]:
        spans = {e.id: (e.start, e.end, e.label) for e in sentence.entities}
        return set(spans.values()) | {(r.type, spans[r.head], spans[r.tail]) for r in sentence.relations}

    return len(facts(gold) ^ facts(predicted))


def to_text(evaluation: Evaluation) -> str:
    """The evaluation as Markdown."""
    return "\n\n".join(
        (_headlines(evaluation), _details(evaluation.model), _confusions(evaluation.model), _worst(evaluation))
    )


def _headlines(evaluation: Evaluation) -> str:
    columns = evaluation.model.headline()
    head = (
        "| | " + " | ".join(name.replace("_", " ") for name in columns) + " |\n|---" * 1 + "|---" * len(columns) + "|"
    )
    rows = [
        f"| {name} | " + " | ".join(f"{value:.4f}" for value in figures.headline().values()) + " |"
        for name, figures in (
            ("model", evaluation.model),
            ("regular expressions", evaluation.patterns),
            ("chance", evaluation.chance),
        )
    ]
    return "\n".join([f"{evaluation.sentences} sentences", "", head, *rows])


def _details(figures: Figures) -> str:
    lines = ["| | precision | recall | F1 | gold |", "|---|---|---|---|---|"]
    for name, tally in [*sorted(figures.labels.items()), *sorted(figures.types.items())]:
        lines.append(_row(name, tally))
    return "\n".join(lines)


def _row(name: str, tally: Tally) -> str:
    return f"| {name} | {tally.precision:.4f} | {tally.recall:.4f} | {tally.f1:.4f} | {tally.gold} |"


def _confusions(figures: Figures) -> str:
    wrong = [(pair, count) for pair, count in figures.confusions.most_common() if pair[0] != pair[1]]
    lines = ["| gold | predicted | count |", "|---|---|---|"]
    return "\n".join(lines + [f"| {gold} | {predicted} | {count} |" for (gold, predicted), count in wrong])


def _worst(evaluation: Evaluation) -> str:
    lines = ["Sentences with most errors (gold, then predicted):"]
    for gold, predicted in evaluation.worst:
        lines += ["", f"- {_shown(gold)}", f"  {_shown(predicted)}"]
    return "\n".join(lines)


def _shown(sentence: TaggedSentence) -> str:
    try:
        return render(sentence)
    except MarkupError:
        return repr(sentence.to_row())

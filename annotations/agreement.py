"""Agreement of two independent annotations of the same text, as F1 of one against the other."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from annotations.corpus import read_report
from training.scoring import Figures, compare


class AgreementError(ValueError):
    """Two annotations that are not of the same text."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two annotations agree."""

    documents: int
    sentences: int
    share: float
    """Doubly annotated sentences among all of the first folder, 0..1."""
    figures: Figures


def measure_folders(first: Path, second: Path) -> Agreement:
    """Compare files of equal names. Raises AgreementError where none are, or where texts differ."""
    names = sorted(path.name for path in second.glob("*.txt") if (first / path.name).exists())
    if not names:
        raise AgreementError(f"no file stands both in {first} and in {second}")
    ours, theirs = [], []
    for name in names:
        a, b = read_report(first / name).sentences, read_report(second / name).sentences
        for number, (x, y) in enumerate(zip(a, b, strict=False), 1):
            if x.text != y.text:
                raise AgreementError(f"{name}: sentence {number} differs: {x.text[:40]!r} and {y.text[:40]!r}")
        if len(a) != len(b):
            raise AgreementError(f"{name}: {len(a)} sentences against {len(b)}")
        ours += a
        theirs += b
    total = sum(len(read_report(path).sentences) for path in first.glob("*.txt"))
    return Agreement(len(names), len(ours), len(ours) / total, compare(ours, theirs))


def to_text(agreement: Agreement) -> str:
    """The agreement as Markdown."""
    head = (
        f"{agreement.documents} reports, {agreement.sentences} sentences annotated twice "
        f"({agreement.share:.1%} of the corpora)"
    )
    lines = [head, "", "| | F1 |", "|---|---|"]
    lines += [f"| {name.replace('_', ' ')} | {value:.4f} |" for name, value in agreement.figures.headline().items()]
    lines += [f"| {label} | {tally.f1:.4f} |" for label, tally in sorted(agreement.figures.labels.items())]
    lines += [f"| {kind} | {tally.f1:.4f} |" for kind, tally in sorted(agreement.figures.types.items())]
    return "\n".join(lines)

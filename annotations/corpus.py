"""Authored reports: files of marked sentences under a header of `# key: value` lines."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, cast, get_args

from annotations.markup import MarkupError, parse
from models.spans import TaggedSentence

Split = Literal["train", "dev", "test", "blind"]

CORPORA: Final = Path(__file__).parent / "corpora"
DOUBLE: Final = Path(__file__).parent / "double"
BLIND: Final = Path(__file__).parent / "blind"
PLAIN: Final = Path(__file__).parent / "plain"
_REQUIRED: Final = ("doc", "field", "style", "agency", "split")


class CorpusError(ValueError):
    """A corpus file that breaks the format; the message names file and line."""


@dataclass(frozen=True, slots=True)
class Report:
    """One fictional report, in reading order."""

    name: str
    field: str
    style: str
    agency: str
    split: Split
    author: str
    sentences: list[TaggedSentence]


def read_report(path: Path) -> Report:
    """Read one corpus file. Raises CorpusError on a missing header field or a line that cannot be parsed."""
    header: dict[str, str] = {}
    sentences: list[TaggedSentence] = []
    for number, line in enumerate(path.read_text(encoding="utf8").splitlines(), 1):
        if line.startswith("#"):
            key, _, value = line[1:].partition(":")
            header[key.strip()] = value.strip()
        elif line.strip():
            try:
                sentences.append(parse(line))
            except MarkupError as error:
                raise CorpusError(f"{path.name}:{number}: {error}") from error
    missing = [key for key in _REQUIRED if not header.get(key)]
    if missing:
        raise CorpusError(f"{path.name}: the header lacks {', '.join(missing)}")
    if header["split"] not in get_args(Split):
        raise CorpusError(f"{path.name}: unknown split {header['split']}")
    split = cast("Split", header["split"])
    author = header.get("author", "")
    return Report(header["doc"], header["field"], header["style"], header["agency"], split, author, sentences)


def read_corpora(folder: Path = CORPORA, splits: Iterable[Split] | None = None) -> list[Report]:
    """All reports of a folder, by file name, of the wanted splits."""
    wanted = set(splits) if splits is not None else set(get_args(Split))
    reports = [read_report(path) for path in sorted(folder.glob("*.txt"))]
    return [report for report in reports if report.split in wanted]


def read_plain(folder: Path = PLAIN) -> list[Report]:
    """Reports without annotation, by file name, one sentence a line; they belong to the train split."""
    return [_plain(path.stem, path.read_text(encoding="utf8")) for path in sorted(folder.glob("*.txt"))]


def _plain(name: str, text: str) -> Report:
    sentences = [TaggedSentence(line.strip(), [], []) for line in text.splitlines() if line.strip()]
    return Report(name, "", "", name, "train", "", sentences)


def fingerprint(reports: Sequence[Report]) -> str:
    """A hash over texts, spans and relations, to say which data a model was trained on."""
    digest = hashlib.sha256()
    for report in sorted(reports, key=lambda r: r.name):
        for sentence in report.sentences:
            digest.update(repr((report.name, sentence)).encode())
    return digest.hexdigest()

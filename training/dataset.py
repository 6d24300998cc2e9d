"""Sentences to batches of tensors. Needs torch."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import torch
from torch import Tensor

from models.network import AMOUNT_KINDS, MAX_SPAN
from models.spans import LABELS, VALUE_LABELS, VALUE_RELATIONS, TaggedSentence
from models.vocabulary import Vocabulary
from models.windows import Window, pack, pad

Document = Sequence[TaggedSentence]
Change = Callable[[TaggedSentence, random.Random], TaggedSentence]
Drawn = tuple[Window, Document, int]
"""A window, the document that its piece indices point into, and that document's origin."""

_LIMITS: Final = (160, 224, 256)
# Sorting within chunks of windows gives batches of like length without fixing which windows meet.
_CHUNK: Final = 256
_HEADING_SHARE: Final = 0.3
_HEADING: Final = re.compile(r"^(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十\d]+[)）]|\d+[.、．])")
_HEADING_LENGTH: Final = 30
_NOT_MARKED: Final = -1

SYNTHETIC: Final = -1
"""The origin of sentences that no report holds."""
UNMARKED: Final = -2
"""The origin of text without annotation: it has no gold, teachers mark it."""


class Batch(NamedTuple):
    """One step's input and gold."""

    ids: Tensor
    """(batch, length)"""
    origins: Tensor
    """(batch,): the fold of the report that a row was taken from, or SYNTHETIC or UNMARKED."""
    sentences: Tensor
    """(batch, length): which sentence of its window a position belongs to; -1 for special positions and headings."""
    spans: Tensor
    """(n, 4): row, label, start, width - 1 of every gold entity."""
    values: Tensor
    """(n, 4): row, first and last position of a value, index of its indicator among `choices`, 0 for none."""
    choices: Tensor
    """(n, k, 2): first and last position of the indicators a value may belong to; -1 pads; index 0 stands for none."""
    forward: Tensor
    """(n, 5): row, kind (0 period, 1 organisation), its first position, the indicator's, 1 where linked."""
    amounts: Tensor
    """(n, 4): row, first and last position, index of the relation type of a linked amount."""
    count: int  # type: ignore[assignment]
    """Sentences in the batch."""

    def to(self, device: str) -> Batch:
        """The batch with its tensors on a device."""
        moved: dict[str, Any] = {
            name: part.to(device) for name, part in self._asdict().items() if isinstance(part, Tensor)
        }
        return self._replace(**moved)


@dataclass(frozen=True, slots=True)
class Settings:
    """How batches are drawn."""

    budget: int = 2048
    """Positions of a batch."""
    seed: int = 0


def headings(document: Document) -> list[str | None]:
    """The nearest heading above each sentence."""
    found: list[str | None] = []
    last: str | None = None
    for sentence in document:
        found.append(last)
        if len(sentence.text) <= _HEADING_LENGTH and _HEADING.match(sentence.text) and not sentence.entities:
            last = sentence.text
    return found


def draw(
    documents: Sequence[Document],
    vocabulary: Vocabulary,
    change: Change | None,
    settings: Settings,
    origins: Sequence[int] | None = None,
) -> Iterator[Batch]:
    """One pass over the documents in random windows, order and noise; `origins` says where each comes from."""
    chance = random.Random(settings.seed)
    windows: list[Drawn] = []
    for document, origin in zip(documents, origins or [SYNTHETIC] * len(documents), strict=True):
        changed = [change(sentence, chance) for sentence in document] if change else list(document)
        encoded = [vocabulary.encode(sentence.text) for sentence in changed]
        above = None
        if chance.random() < _HEADING_SHARE:
            above = [None if h is None else vocabulary.encode(h) for h in headings(document)]
        windows += [(window, changed, origin) for window in pack(encoded, above, chance.choice(_LIMITS))]
    chance.shuffle(windows)
    batches: list[list[Drawn]] = []
    for first in range(0, len(windows), _CHUNK):
        batch: list[Drawn] = []
        for window in sorted(windows[first : first + _CHUNK], key=lambda w: len(w[0].ids)):
            if batch and (len(batch) + 1) * len(window[0].ids) > settings.budget:
                batches.append(batch)
                batch = []
            batch.append(window)
        batches.append(batch)
    chance.shuffle(batches)
    for batch in batches:
        yield collate(batch)


def collate(windows: Sequence[Drawn]) -> Batch:
    """Gold tensors of some windows."""
    ids = torch.from_numpy(pad([window.ids for window, _, _ in windows]))
    sentences = torch.full(ids.shape, -1, dtype=torch.long)
    gold = _Gold()
    for row, (window, document, _) in enumerate(windows):
        for number, piece in enumerate(window.pieces):
            sentences[row, piece.at : piece.at + piece.length] = number
            gold.add(row, document[piece.sentence], piece.at - piece.start, piece.start, piece.start + piece.length)
    origins = torch.tensor([origin for _, _, origin in windows])
    return Batch(ids, origins, sentences, *gold.tensors(), sum(len(window.pieces) for window, _, _ in windows))


class _Gold:
    def __init__(self) -> None:
        self.spans: list[tuple[int, int, int, int]] = []
        self.values: list[tuple[int, int, int, int]] = []
        self.choices: list[list[tuple[int, int]]] = []
        self.forward: list[tuple[int, int, int, int, int]] = []
        self.amounts: list[tuple[int, int, int, int]] = []

    def add(self, row: int, sentence: TaggedSentence, shift: int, first: int, last: int) -> None:
        entities = [e for e in sentence.entities if first <= e.start and e.end <= last]
        places = {e.id: (e.start + shift, e.end - 1 + shift) for e in entities}
        indicators = [e.id for e in entities if e.label == "INDICATOR"]
        choices = [places[name] for name in indicators]
        linked = {(r.head, r.tail) for r in sentence.relations}
        kinds = {r.head: r.type for r in sentence.relations if r.type in VALUE_RELATIONS}
        for e in entities:
            start, end = places[e.id]
            if e.end - e.start <= MAX_SPAN:
                self.spans.append((row, LABELS.index(e.label), start, end - start))
            if e.label in VALUE_LABELS and indicators:
                answer = next((i for i, name in enumerate(indicators, 1) if (e.id, name) in linked), 0)
                self.values.append((row, start, end, answer))
                self.choices.append(choices)
            elif e.label in ("PERIOD", "ORG"):
                kind = int(e.label == "ORG")
                self.forward += [
                    (row, kind, start, places[name][0], int((e.id, name) in linked)) for name in indicators
                ]
            if e.label == "AMOUNT" and e.id in kinds:
                self.amounts.append((row, start, end, AMOUNT_KINDS.index(kinds[e.id])))

    def tensors(self) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        widest = max(map(len, self.choices), default=1)
        absent = (_NOT_MARKED, _NOT_MARKED)
        choices = [[*row, *[absent] * (widest - len(row))] for row in self.choices]
        return (
            torch.tensor(self.spans, dtype=torch.long).view(-1, 4),
            torch.tensor(self.values, dtype=torch.long).view(-1, 4),
            torch.tensor(choices, dtype=torch.long).view(-1, widest, 2),
            torch.tensor(self.forward, dtype=torch.long).view(-1, 5),
            torch.tensor(self.amounts, dtype=torch.long).view(-1, 4),
        )

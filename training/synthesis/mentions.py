"""Mention replacement (Dai & Adel 2020, arXiv:2010.11683): a span gives way to another of its kind from the corpora."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from models.spans import VALUE_LABELS, VALUE_RELATIONS, Entity, TaggedSentence
from training.synthesis.noise import Edit, apply

_FIGURE: Final = re.compile(r"[\d.,，．\s约近余多几〇零一二三四五六七八九十百千]+")
_LONGEST: Final = 30

Kind = tuple[str, ...]


class Mentions:
    """The mentions of some sentences, by kind: what may stand for what without making the annotation untrue."""

    def __init__(self, sentences: Iterable[TaggedSentence]) -> None:
        found: dict[Kind, dict[str, None]] = defaultdict(dict)
        for sentence in sentences:
            for entity, kind in _kinds(sentence):
                if entity.end - entity.start <= _LONGEST:
                    found[kind][sentence.span(entity)] = None
        self._found: dict[Kind, Sequence[str]] = {kind: list(texts) for kind, texts in found.items()}

    def swap(self, sentence: TaggedSentence, chance: random.Random, share: float = 0.4) -> TaggedSentence:
        """The sentence with about `share` of its spans replaced; links stay as they are."""
        edits = []
        for entity, kind in _kinds(sentence):
            options = self._found.get(kind)
            if options and chance.random() < share:
                edits.append(Edit(entity.start, entity.end, chance.choice(options)))
        return apply(sentence, edits)


def _kinds(sentence: TaggedSentence) -> list[tuple[Entity, Kind]]:
    """Entities with what a replacement must share: label and unit; for an indicator, side and unit of its value.

    An indicator without a value of its own is left out: nothing says what it could be replaced by.
    """
    by_id = {entity.id: entity for entity in sentence.entities}
    valued: dict[str, Entity] = {}
    for relation in sentence.relations:
        if relation.type in VALUE_RELATIONS:
            valued.setdefault(relation.tail, by_id[relation.head])
    kinds: list[tuple[Entity, Kind]] = []
    for entity in sentence.entities:
        if entity.label in VALUE_LABELS:
            kinds.append((entity, (entity.label, _unit(sentence.span(entity)))))
        elif entity.label != "INDICATOR":
            kinds.append((entity, (entity.label, "dated" if _FIGURE.search(sentence.span(entity)) else "")))
        elif entity.id in valued:
            value = valued[entity.id]
            side = "after" if value.start < entity.start else "before"
            kinds.append((entity, (entity.label, side, _unit(sentence.span(value)))))
    return kinds


def _unit(value: str) -> str:
    return _FIGURE.sub("", value)

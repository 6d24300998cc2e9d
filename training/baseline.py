"""What the tagger must beat: regular expressions, and chance."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import Final

from models.spans import Entity, Label, Relation, RelationType, TaggedSentence

_NUMBER: Final = r"[≥≤]?(?:约|近|不少于|不低于)?\s?\d[\d,，.]*\s?[余多]?"
_PATTERNS: Final[tuple[tuple[Label, re.Pattern[str]], ...]] = (
    (
        "PERIOD",
        re.compile(r"20\d\d\s?年(?:度|末|底)?(?:\s?\d{1,2}\s?月(?:\s?\d{1,2}\s?日)?)?|上半年|下半年|今年|本年度|年内"),
    ),
    (
        "CHANGE",
        re.compile(rf"(?:增加|增长|减少|下降|提高|提升|上升|降低)了?{_NUMBER}\s?(?:%|％|个百分点|[件人个户次起])"),
    ),
    ("AMOUNT", re.compile(rf"{_NUMBER}\s?[万亿]?元")),
    (
        "ACHIEVEMENT",
        re.compile(rf"{_NUMBER}\s?(?:%|％|万?[\u4e00-\u9fff]次|万?[个件处人户家次起名座条项辆吨亩所套台份场])"),
    ),
)
_PHRASE: Final = re.compile(r"[\u4e00-\u9fff“”A-Za-z]{2,12}$")
_FILLER: Final = re.compile(r"(?:共计?|累计|为|达到?|合计|约)$")
_TYPES: Final[dict[Label, RelationType]] = {
    "AMOUNT": "amount_of",
    "ACHIEVEMENT": "achievement_of",
    "CHANGE": "change_of",
    "TARGET": "target_of",
}


def by_patterns(text: str) -> TaggedSentence:
    """Numbers with units are values, the words before a value its indicator, dates the period of all that follow."""
    entities: list[Entity] = []
    relations: list[Relation] = []
    taken = [False] * len(text)
    found: list[tuple[int, int, Label]] = []
    for label, pattern in _PATTERNS:
        for hit in pattern.finditer(text):
            if not any(taken[hit.start() : hit.end()]):
                taken[hit.start() : hit.end()] = [True] * (hit.end() - hit.start())
                found.append((hit.start(), hit.end(), label))
    period, last, previous_end = "", "", 0
    for start, end, label in sorted(found):
        if label == "PERIOD":
            period = _add(entities, start, end, label)
        else:
            phrase = _indicator_before(text, previous_end, start) if label != "CHANGE" else None
            if phrase:
                last = _add(entities, *phrase, "INDICATOR")
                if period:
                    relations.append(Relation("period_of", period, last))
            value = _add(entities, start, end, label)
            if last:
                relations.append(Relation(_TYPES[label], value, last))
        previous_end = end
    linked = {r.head for r in relations}
    return TaggedSentence(text, [e for e in entities if e.label != "PERIOD" or e.id in linked], relations)


def _add(entities: list[Entity], start: int, end: int, label: Label) -> str:
    entities.append(Entity(f"T{len(entities) + 1}", start, end, label))
    return entities[-1].id


def _indicator_before(text: str, floor: int, start: int) -> tuple[int, int] | None:
    before = text[floor:start].rstrip()
    before = _FILLER.sub("", before).rstrip()
    hit = _PHRASE.search(before)
    return (floor + hit.start(), floor + hit.end()) if hit else None


def by_chance(gold: Sequence[TaggedSentence], seed: int = 0) -> list[TaggedSentence]:
    """As many spans as the gold has, of the same labels and lengths, at random places; links at random."""
    chance = random.Random(seed)
    return [_scatter(sentence, chance) for sentence in gold]


def _scatter(sentence: TaggedSentence, chance: random.Random) -> TaggedSentence:
    entities = []
    for entity in sentence.entities:
        length = entity.end - entity.start
        start = chance.randint(0, len(sentence.text) - length)
        entities.append(Entity(entity.id, start, start + length, entity.label))
    indicators = [entity.id for entity in entities if entity.label == "INDICATOR"]
    relations = [Relation(r.type, r.head, chance.choice(indicators)) for r in sentence.relations if indicators]
    return TaggedSentence(sentence.text, entities, relations)

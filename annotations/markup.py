"""Inline markup of one sentence a line: `⟦T2 ACHIEVEMENT>achievement_of:T1|24 处⟧⟦T1 INDICATOR|拆除存量违建⟧`.

Ids count within a line; a span with several relations lists them with commas (`>period_of:T1,period_of:T4|`).
"""

from __future__ import annotations

import re
from typing import Final, cast, get_args

from models.spans import SIGNATURES, Entity, Label, Relation, RelationType, TaggedSentence

_TAG: Final = re.compile(r"⟦(T\d+) ([A-Z]+)(?:>([^|⟧]*))?\|([^⟧]*)⟧")
_BRACKETS: Final = ("⟦", "⟧")

# What a span may neither start nor end with (quoted names keep their marks).
OUTER_PUNCTUATION: Final = "，。；：、"
_LABELS: Final = frozenset(get_args(Label))


class MarkupError(ValueError):
    """A line whose markup cannot be read, or a sentence that cannot be written as markup."""


def parse(line: str) -> TaggedSentence:
    """Read a marked line. Raises MarkupError when a tag is broken, a label unknown or an id used twice."""
    text, position = "", 0
    entities: list[Entity] = []
    relations: list[Relation] = []
    for tag in _TAG.finditer(line):
        name, label, links, covered = tag.groups()
        text += line[position : tag.start()]
        if label not in _LABELS:
            raise MarkupError(f"unknown label {label}: {line[:60]}")
        if any(entity.id == name for entity in entities):
            raise MarkupError(f"the id {name} is used twice: {line[:60]}")
        entities.append(Entity(name, len(text), len(text) + len(covered), cast("Label", label)))
        relations.extend(_parse_link(name, link) for link in (links or "").split(",") if link.strip())
        text += covered
        position = tag.end()
    text += line[position:]
    if any(bracket in text for bracket in _BRACKETS):
        raise MarkupError(f"a broken tag: {line[:60]}")
    return TaggedSentence(text, entities, relations)


def _parse_link(head: str, link: str) -> Relation:
    kind, _, tail = link.strip().partition(":")
    if kind not in SIGNATURES or not tail:
        raise MarkupError(f"unknown relation {link!r}")
    return Relation(cast("RelationType", kind), head, tail)


def render(sentence: TaggedSentence) -> str:
    """Write a sentence as one marked line, the inverse of `parse`.

    Raises MarkupError where the text holds markup brackets or line breaks, or spans overlap.
    """
    if any(mark in sentence.text for mark in (*_BRACKETS, "\n", "\r")):
        raise MarkupError("markup brackets and line breaks cannot stand in a marked sentence")
    out, position = "", 0
    for entity in sorted(sentence.entities, key=lambda e: (e.start, e.end)):
        if entity.start < position or entity.end <= entity.start or entity.end > len(sentence.text):
            raise MarkupError(f"span {entity.start}:{entity.end} overlaps another or leaves the text")
        links = ",".join(f"{r.type}:{r.tail}" for r in sentence.relations if r.head == entity.id)
        tag = f"{entity.id} {entity.label}" + (f">{links}" if links else "")
        out += f"{sentence.text[position : entity.start]}⟦{tag}|{sentence.span(entity)}⟧"
        position = entity.end
    return out + sentence.text[position:]


def problems(sentence: TaggedSentence) -> list[str]:
    """What in a sentence breaks the guide: span edges, relation signatures, more than one indicator for a value."""
    found = [f"span {sentence.span(e)!r}" for e in sentence.entities if _bad_edges(sentence.span(e))]
    labels: dict[str, Label] = {entity.id: entity.label for entity in sentence.entities}
    seen: dict[str, str] = {}
    for relation in sentence.relations:
        if labels.get(relation.tail) != "INDICATOR":
            found.append(f"{relation.type} of {relation.head} does not end in an INDICATOR")
        if labels.get(relation.head) not in SIGNATURES[relation.type]:
            found.append(f"{relation.type} cannot start from {labels.get(relation.head)}")
        of_value = relation.type not in ("period_of", "org_of")
        if of_value and seen.setdefault(relation.head, relation.tail) != relation.tail:
            found.append(f"the value {relation.head} has more than one indicator")
    linked = {relation.head for relation in sentence.relations}
    found += [
        f"{entity.label} {sentence.span(entity)!r} qualifies nothing"
        for entity in sentence.entities
        if entity.label in ("PERIOD", "ORG") and entity.id not in linked
    ]
    return found


def _bad_edges(span: str) -> bool:
    opened = span[:1] == "“" and "”" not in span
    closed = span[-1:] == "”" and "“" not in span
    bracketed = (span[:1] in "（(" and span[-1:] not in "）)" and not set("）)") & set(span)) or span[-1:] in "（("
    edge = span[:1] in OUTER_PUNCTUATION + "）)" or span[-1:] in OUTER_PUNCTUATION
    return not span or span != span.strip() or edge or opened or closed or bracketed

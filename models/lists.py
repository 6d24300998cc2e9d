"""What a list says by its form alone: values told "respectively", roles that a list keeps, a result behind its plan.

    sentence = settle(sentence)

A list of values belongs to the list of names before it, one to one, whatever the scores of single pairs are, and its
values are all of one kind.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from models.spans import VALUE_LABELS, VALUE_RELATIONS, Entity, Label, Relation, RelationType, TaggedSentence

_RESPECTIVELY: Final = re.compile(r"分别|依次")
_JOINT: Final = re.compile(r"\s*(?:、|，|,|和|与|及|以及)\s*")
# What stands between the names of a list; 和, 与 and 及 also stand inside of names.
_BETWEEN_NAMES: Final = re.compile(r"\s*(?:、|和|与|及|以及)\s*")
_LEAST_NAME: Final = 2
# A result right behind its plan: 计划改造5座，完成5座.
_DONE: Final = re.compile(
    r"(?:^|[，、；（(\s])(?:[已均全共年]|实际|全部|累计)*(?:完成|建成|达到|实现|到位|实际)(?:了|值?为)?\s*$"
)
# 目标97%、实绩99%: the second names what came of the first.
_OF_RESULT: Final = re.compile(r"实际|实绩|完成|到位|达到|已")
_TYPES: Final[dict[Label, RelationType]] = {
    "AMOUNT": "amount_of", "TARGET": "target_of", "ACHIEVEMENT": "achievement_of", "CHANGE": "change_of",
}  # fmt: skip


def settle(sentence: TaggedSentence) -> TaggedSentence:
    """The sentence with its lists paired and its roles made to agree; entities stay in text order."""
    for step in (_pair_lists, _keep_role, _tell_result, _numbered):
        sentence = step(sentence)
    return sentence


def _pair_lists(sentence: TaggedSentence) -> TaggedSentence:
    """Values told respectively, each given to its name: the first to the first, and so on."""
    if not _RESPECTIVELY.search(sentence.text):
        return sentence
    for run in list(_runs(sentence)):
        since = max((e.end for e in sentence.entities if e.label == "INDICATOR" and e.end <= run[0].start), default=0)
        if not _RESPECTIVELY.search(sentence.text, since, run[0].end):
            continue
        sentence = _relabelled(sentence, _common_label(run))
        names = _names(sentence, run)
        if names is not None:
            ids = {value.id for value in run}
            sentence = _paired(sentence, names, [e for e in sentence.entities if e.id in ids])
    return sentence


def _common_label(run: Sequence[Entity]) -> dict[str, Label]:
    """The label of most values of a list, by id; the word that makes it one of changes stands at its head."""
    labels = [value.label for value in run]
    label = labels[0] if labels[0] == "CHANGE" else Counter(labels).most_common(1)[0][0]
    return {value.id: label for value in run if "AMOUNT" not in (label, value.label) and value.label != label}


def _runs(sentence: TaggedSentence) -> Iterator[list[Entity]]:
    """Two and more values that only the marks of a list keep apart."""
    run: list[Entity] = []
    for entity in sentence.entities:
        is_next = run and _JOINT.fullmatch(sentence.text, run[-1].end, entity.start)
        if entity.label in VALUE_LABELS and is_next:
            run.append(entity)
            continue
        if len(run) > 1:
            yield run
        run = [entity] if entity.label in VALUE_LABELS else []
    if len(run) > 1:
        yield run


def _names(sentence: TaggedSentence, run: Sequence[Entity]) -> list[Entity] | None:
    """The indicators that a run of values is told of, as many as there are values; one span may list them all."""
    before = [e for e in sentence.entities if e.label == "INDICATOR" and e.end <= run[0].start]
    if not before:
        return None
    chain = [before[-1]]
    for entity in reversed(before[:-1]):
        if not _BETWEEN_NAMES.fullmatch(sentence.text, entity.end, chain[0].start):
            break
        chain.insert(0, entity)
    if len(chain) == len(run):
        return chain
    return _split(sentence, chain[0], len(run)) if len(chain) == 1 else None


def _split(sentence: TaggedSentence, name: Entity, count: int) -> list[Entity] | None:
    """A span that lists `count` names, cut at the marks between them."""
    parts: list[Entity] = []
    position = name.start
    for mark in _BETWEEN_NAMES.finditer(sentence.text, name.start, name.end):
        parts.append(replace(name, id=f"{name.id}.{len(parts) + 1}", start=position, end=mark.start()))
        position = mark.end()
    parts.append(replace(name, id=f"{name.id}.{len(parts) + 1}", start=position))
    return parts if len(parts) == count and all(p.end - p.start >= _LEAST_NAME for p in parts) else None


def _paired(sentence: TaggedSentence, names: Sequence[Entity], values: Sequence[Entity]) -> TaggedSentence:
    changed = {value.id: value for value in values}
    known = {r.head: r for r in sentence.relations if r.type in VALUE_RELATIONS}
    whole = names[0].id.partition(".")[0]
    is_cut = all(entity.id != names[0].id for entity in sentence.entities)
    entities = [changed.get(e.id, e) for e in sentence.entities if not (is_cut and e.id == whole)]
    relations: list[Relation] = []
    for relation in sentence.relations:
        if relation.head in changed:
            continue
        if is_cut and relation.tail == whole:
            tails = names if relation.type not in VALUE_RELATIONS else names[:1]
            relations += [replace(relation, tail=name.id) for name in tails]
        else:
            relations.append(relation)
    for name, value in zip(names, values, strict=True):
        old = known.get(value.id)
        kind = old.type if old is not None and value.label == "AMOUNT" else _TYPES[value.label]
        score = old.score if old is not None else min(name.score, value.score)
        relations.append(Relation(kind, value.id, name.id, score))
    entities = sorted([*entities, *names] if is_cut else entities, key=lambda e: e.start)
    return TaggedSentence(sentence.text, entities, relations)


def _keep_role(sentence: TaggedSentence) -> TaggedSentence:
    """What is listed right behind a target (口袋公园3个、绿道2条) is a target too."""
    by_id = {entity.id: entity for entity in sentence.entities}
    named = {r.head: by_id[r.tail] for r in sentence.relations if r.type in VALUE_RELATIONS}
    changed: dict[str, Label] = {}
    before: Entity | None = None
    for value in (e for e in sentence.entities if e.label in VALUE_LABELS):
        name = named.get(value.id)
        label = value.label
        if before is not None and name is not None and label == "ACHIEVEMENT" and before.label == "TARGET":
            listed = before.end <= name.start and sentence.text[before.end : name.start].strip() == "、"
            listed = listed and not _OF_RESULT.search(sentence.span(name))
            if listed and not sentence.text[name.end : value.start].strip():
                changed[value.id] = label = "TARGET"
        before = replace(value, label=label)
    return _relabelled(sentence, changed)


def _tell_result(sentence: TaggedSentence) -> TaggedSentence:
    """A second target of one indicator that stands behind 完成 is what was reached."""
    by_id = {entity.id: entity for entity in sentence.entities}
    planned: set[str] = set()
    changed: dict[str, Label] = {}
    for relation in sorted((r for r in sentence.relations if r.type == "target_of"), key=lambda r: by_id[r.head].start):
        value = by_id[relation.head]
        last = max((e.end for e in sentence.entities if e.end <= value.start), default=0)
        if relation.tail in planned and value.label == "TARGET" and _DONE.search(sentence.text[last : value.start]):
            changed[value.id] = "ACHIEVEMENT"
        planned.add(relation.tail)
    return _relabelled(sentence, changed)


def _numbered(sentence: TaggedSentence) -> TaggedSentence:
    """The sentence with the ids of names that were cut out of one span made plain again."""
    if all("." not in entity.id for entity in sentence.entities):
        return sentence
    ids = {entity.id: f"T{n}" for n, entity in enumerate(sentence.entities, 1)}
    return TaggedSentence(
        sentence.text,
        [replace(entity, id=ids[entity.id]) for entity in sentence.entities],
        [replace(r, head=ids[r.head], tail=ids[r.tail]) for r in sentence.relations],
    )


def _relabelled(sentence: TaggedSentence, changed: Mapping[str, Label]) -> TaggedSentence:
    if not changed:
        return sentence
    entities = [replace(e, label=changed.get(e.id, e.label)) for e in sentence.entities]
    relations = [
        replace(r, type=_TYPES[changed[r.head]]) if r.head in changed and r.type in VALUE_RELATIONS else r
        for r in sentence.relations
    ]
    return TaggedSentence(sentence.text, entities, relations)


__all__ = ["settle"]

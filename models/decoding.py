"""Scores to annotations that keep the guide's rules. Needs numpy alone.

Spans: the set without overlaps that promises most hits, by the marginal probabilities of the semi-Markov field. Values:
the best indicator of the sentence, or none; one without gets the likeliest phrase left. Periods and organisations reach
forward only. An indicator without a value marks no measurable fact and is dropped, as is a period or organisation that
is left without an indicator.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.lists import settle
from models.spans import LABELS, VALUE_LABELS, VALUE_RELATIONS, Entity, Label, Relation, RelationType, TaggedSentence

Scores = NDArray[np.float32]

# Candidates below this score cannot win and carry little mass beside an empty span.
_FLOOR: Final = -2.5
# What a span must be likelier than, chosen on the development split: a miss costs as much as an error, so below a half.
_DOUBT: Final = 0.4
# What the readings of an indicator that a value lacks must add up to. The development split does not tell 0.1 from 0.4,
# and texts of other authors do hardly; this is what they are linked best with, both ends to the character.
WANTED: Final = 0.3
# Who is told a value is better served with the phrase that it is most likely of, its edges in doubt, than with none.
WANTED_TO_TELL: Final = 0.1
# Readings that share this much of what they cover are of one phrase: only where it begins or ends is in doubt.
_SAME_PHRASE: Final = 0.5
# The guide leaves light verbs, bare counters and the ground of the actor outside; 完成率 and 共享车位 are words.
_LIGHT: Final = re.compile(
    r"(?:组织开展|开展|组织|落实|实现|产生|进行|发生(?!率)|完成(?![率量数情度比任])|共计|共(?![享建同有管性产通])"
    r"|(?:累计|合计)(?=.{4})|辖区?内的?)\s*(?=.{2})"
)
# The guide: no white space and none of this punctuation at the edges of a span.
_FORBIDDEN_EDGE: Final = frozenset("，。；：、,;:！？!?")
_OPENING: Final = frozenset("（(“")
_CLOSING: Final = frozenset("）)”")
# The guide: these never date a value, and 全年预算 is the name of an item.
_UNDATED: Final = re.compile(r"目前|期间|每")
_ITEM: Final = re.compile(r"全年(?:年初|调整后?)?预算")

_DATE: Final = re.compile(r"(?:\d{4}\s?年)?\s?\d{1,2}\s?月(?:份|底|末|\s?\d{1,2}\s?日)?|(?:19|20)\d\d\s?年[度底末]?")
_MONEY: Final = re.compile(r"[元万亿币]")
# 约 is no approximation in 节约12万元 or 签约70台.
_AFTER_WORD: Final = re.compile(r"(?<=[节签契合预])约")
# A minus before a figure, not the dash of a range (1-10, 3月-5月).
_SIGN: Final = re.compile(r"(?<![\dA-Za-z年月日号时%％\-－−])[-－−]$")

_VALUE_TYPE: Final[dict[Label, RelationType]] = {
    "TARGET": "target_of",
    "ACHIEVEMENT": "achievement_of",
    "CHANGE": "change_of",
}
_BUDGET: Final = re.compile(r"预算(?:数|额|总额|金额|安排)?$")  # ends an indicator that is a budget itself
_AMOUNT_TYPES: Final[tuple[RelationType, ...]] = ("amount_of", "target_of", "achievement_of", "change_of")
_HALF: Final = 0.5
_VALUE_START, _VALUE_END, _PERIOD, _ORG = range(4)


@dataclass(frozen=True, slots=True)
class Calibration:
    """Platt scaling of log odds (Platt 1999): probability = sigmoid(slope · log odds + offset)."""

    slope: float = 1.0
    offset: float = 0.0

    def apply(self, probability: float) -> float:
        """The calibrated probability, 0..1."""
        inner = min(max(probability, 1e-6), 1 - 1e-6)
        return _sigmoid(self.slope * math.log(inner / (1 - inner)) + self.offset)


@dataclass(frozen=True, slots=True)
class Calibrations:
    """One scaling for entities and one for relations, fitted on the development split."""

    entities: Calibration = Calibration()
    relations: Calibration = Calibration()


class Stretch(NamedTuple):
    """The scores of one stretch of a sentence: the whole sentence, or a piece of a long one."""

    start: int
    spans: Scores
    """(labels, length, widths)"""
    links: Scores
    """(kinds, length, length)"""
    amounts: Scores
    """(length, kinds)"""

    @property
    def length(self) -> int:
        return int(self.amounts.shape[0])


class Candidate(NamedTuple):
    """A span that may be an entity; `score` is its log potential beside leaving the characters unmarked."""

    start: int
    end: int
    label: Label
    score: float


def decode(
    text: str, stretches: Sequence[Stretch], calibrations: Calibrations = Calibrations(), wanted: float = WANTED
) -> TaggedSentence:
    """Turn the scores of a sentence into entities in text order and their relations.

    `wanted`, 0 to 1, is what the readings of an indicator that a value lacks must promise to be taken.
    """
    found = candidates(text, stretches)
    odds = marginals(found)
    chosen = with_wanted(best_set(found, odds), found, odds, stretches, wanted)
    entities = [
        Entity(f"T{n}", c.start, c.end, c.label, calibrations.entities.apply(odds[c])) for n, c in enumerate(chosen, 1)
    ]
    relations = _facts(_settle_amounts(text, entities, _link(entities, stretches, calibrations.relations)))
    linked = {relation.head for relation in relations} | {relation.tail for relation in relations}
    kept = [entity for entity in entities if entity.label in VALUE_LABELS or entity.id in linked]
    return settle(TaggedSentence(text, kept, relations))


def candidates(text: str, stretches: Sequence[Stretch]) -> list[Candidate]:
    """Every span whose score lies above the floor, by end; of two stretches the one with more context speaks."""
    best: dict[tuple[int, int, Label], tuple[int, float]] = {}
    for stretch in stretches:
        labels, starts, widths = np.nonzero(stretch.spans > _FLOOR)
        scores = stretch.spans[labels, starts, widths]
        last = len(text) - stretch.start - stretch.length
        for label, start, width, score in zip(
            labels.tolist(), starts.tolist(), widths.tolist(), scores.tolist(), strict=True
        ):
            end = start + width + 1
            if end > stretch.length or not _may_stand(text, stretch.start + start, stretch.start + end):
                continue
            context = min(start if stretch.start else end, stretch.length - end if last else end)
            key = (stretch.start + start, stretch.start + end, LABELS[label])
            if key not in best or best[key][0] < context:
                best[key] = (context, score)
    merged: dict[tuple[int, int, Label], float] = {}
    for (start, end, label), (_, score) in best.items():
        if label == "PERIOD" and (_UNDATED.match(text, start, end) or _ITEM.match(text, start)):
            continue
        opening = _opening(text, start, end, label)
        key = (opening, end, _settled(label, text[opening:end]))
        merged[key] = float(np.logaddexp(score, merged[key])) if key in merged else score
    found = [Candidate(*key, score) for key, score in merged.items()]
    return sorted(found, key=lambda c: (c.end, c.start))


def _settled(label: Label, covered: str) -> Label:
    """The label that the form of a value leaves open: money has a unit of money, a bare date is a period."""
    if label == "AMOUNT" and not _MONEY.search(covered):
        return "ACHIEVEMENT"
    return "PERIOD" if label in VALUE_LABELS and _DATE.fullmatch(covered) else label


def _opening(text: str, start: int, end: int, label: Label) -> int:
    """Where a span opens by the guide: after a light verb, with a figure's sign, without half of a word."""
    if label == "INDICATOR" and (light := _LIGHT.match(text, start, end)):
        return light.end()
    if label in VALUE_LABELS and (half := _AFTER_WORD.match(text, start, end - 1)):
        return half.end()
    if label in VALUE_LABELS and text[start].isdigit() and start and _SIGN.search(text, start - 1, start):
        return start - 1
    return start


def _may_stand(text: str, start: int, end: int) -> bool:
    first, last = text[start], text[end - 1]
    if first.isspace() or last.isspace() or first in _FORBIDDEN_EDGE or last in _FORBIDDEN_EDGE:
        return False
    if first in _CLOSING or last in _OPENING:
        return False
    covered = text[start:end]
    opened = first not in _OPENING or any(mark in _CLOSING for mark in covered)
    closed = last not in _CLOSING or any(mark in _OPENING for mark in covered)
    return opened and closed


def best_set(found: Sequence[Candidate], odds: Mapping[Candidate, float]) -> list[Candidate]:
    """The non-overlapping candidates of greatest summed probability beyond doubt, in text order; `found` by end.

    Minimum risk beats the likeliest path (Viterbi) by what it spares where several edges of one span compete.
    """
    positive = [candidate for candidate in found if odds[candidate] > _DOUBT]
    totals, ends = [0.0], [0]
    back: list[tuple[Candidate | None, int]] = [(None, -1)]
    for candidate in positive:
        before = _latest(ends, candidate.start)
        taken = totals[before] + odds[candidate] - _DOUBT
        if taken > totals[-1]:
            totals.append(taken)
            ends.append(candidate.end)
            back.append((candidate, before))
    chosen: list[Candidate] = []
    at = len(back) - 1
    while at > 0:
        candidate_at, before = back[at]
        assert candidate_at is not None
        chosen.append(candidate_at)
        at = before
    return chosen[::-1]


def _latest(ends: Sequence[int], position: int) -> int:
    """The last index whose end lies at or before `position`; `ends` never falls and starts at 0."""
    index = len(ends) - 1
    while ends[index] > position:
        index -= 1
    return index


def with_wanted(
    chosen: Sequence[Candidate],
    found: Sequence[Candidate],
    odds: Mapping[Candidate, float],
    stretches: Sequence[Stretch],
    least: float,
) -> list[Candidate]:
    """The chosen spans with an indicator for each value that has none, where the readings of one phrase promise it.

    Where the edges of a phrase are in doubt no one reading is likely, though the phrase is: their sum is what counts.
    """
    result = list(chosen)
    while True:
        taken = sorted(result)
        free = [c for c in found if c.label == "INDICATOR" and _is_free(c, taken)]
        known = [c for c in result if c.label == "INDICATOR"]
        loose = [c for c in result if c.label in VALUE_LABELS] if free else []
        wanted = [w for value in loose for w in _wanted(value, known, free, odds, stretches, least)]
        if not wanted:
            return taken
        result.append(max(wanted, key=lambda c: odds[c]))


def _wanted(
    value: Candidate,
    known: Sequence[Candidate],
    free: Sequence[Candidate],
    odds: Mapping[Candidate, float],
    stretches: Sequence[Stretch],
    least: float,
) -> Iterator[Candidate]:
    """The free indicators that a value without one most likely belongs to."""
    arcs = [_arc(value, other, stretches, (_VALUE_START, _VALUE_END)) for other in known]
    if max(arcs, default=0.0) > 0:
        return
    for candidate in free:
        arc = _arc(value, candidate, stretches, (_VALUE_START, _VALUE_END))
        if arc <= 0:
            continue
        linked = math.exp(arc - _log_sum([0.0, arc, *arcs]))
        phrase = sum(odds[other] for other in free if _shared(candidate, other) >= _SAME_PHRASE)
        if phrase * linked > least:
            yield candidate


def _is_free(candidate: Candidate, taken: Sequence[Candidate]) -> bool:
    return all(candidate.end <= other.start or candidate.start >= other.end for other in taken)


def _shared(left: Candidate, right: Candidate) -> float:
    """Characters that two spans share, of all that they cover."""
    shared = min(left.end, right.end) - max(left.start, right.start)
    return max(0, shared) / (max(left.end, right.end) - min(left.start, right.start))


def marginals(found: Sequence[Candidate]) -> dict[Candidate, float]:
    """The probability of each candidate under the field restricted to `found` (forward–backward, in logs)."""
    if not found:
        return {}
    places = sorted({0} | {c.start for c in found} | {c.end for c in found})
    index = {place: i for i, place in enumerate(places)}
    arriving: list[list[Candidate]] = [[] for _ in places]
    leaving: list[list[Candidate]] = [[] for _ in places]
    for candidate in found:
        arriving[index[candidate.end]].append(candidate)
        leaving[index[candidate.start]].append(candidate)
    before = [0.0] * len(places)
    for i in range(1, len(places)):
        before[i] = _log_sum([before[i - 1], *(before[index[c.start]] + c.score for c in arriving[i])])
    after = [0.0] * len(places)
    for i in range(len(places) - 2, -1, -1):
        after[i] = _log_sum([after[i + 1], *(after[index[c.end]] + c.score for c in leaving[i])])
    return {c: min(1.0, math.exp(before[index[c.start]] + c.score + after[index[c.end]] - before[-1])) for c in found}


def _log_sum(values: Sequence[float]) -> float:
    top = max(values)
    return top + math.log(sum(math.exp(value - top) for value in values))


def _link(entities: Sequence[Entity], stretches: Sequence[Stretch], calibration: Calibration) -> list[Relation]:
    indicators = [entity for entity in entities if entity.label == "INDICATOR"]
    relations: list[Relation] = []
    for entity in entities if indicators else ():
        if entity.label in VALUE_LABELS:
            relations += _link_value(entity, indicators, stretches, calibration)
        elif entity.label != "INDICATOR":
            relations += _link_forward(entity, entities, stretches, calibration)
    return relations


def _facts(relations: Sequence[Relation]) -> list[Relation]:
    """The relations of indicators that have a value."""
    valued = {relation.tail for relation in relations if relation.type in VALUE_RELATIONS}
    return [relation for relation in relations if relation.tail in valued]


def _link_value(
    value: Entity, indicators: Sequence[Entity], stretches: Sequence[Stretch], calibration: Calibration
) -> list[Relation]:
    scores = [0.0, *(_arc(value, indicator, stretches, (_VALUE_START, _VALUE_END)) for indicator in indicators)]
    best = int(np.argmax(scores))
    if best == 0:
        return []
    sure = math.exp(scores[best] - _log_sum(scores))
    tail = indicators[best - 1]
    score = calibration.apply(sure * value.score * tail.score)
    return [Relation(_value_type(value, stretches), value.id, tail.id, score)]


def _value_type(value: Entity, stretches: Sequence[Stretch]) -> RelationType:
    if value.label != "AMOUNT":
        return _VALUE_TYPE[value.label]
    stretch = _holding(stretches, value.start, value.end)
    if stretch is None:
        return "amount_of"
    evidence = stretch.amounts[value.start - stretch.start] + stretch.amounts[value.end - 1 - stretch.start]
    return _AMOUNT_TYPES[int(np.argmax(evidence))]


_FORWARD: Final[dict[Label, tuple[int, RelationType]]] = {"PERIOD": (_PERIOD, "period_of"), "ORG": (_ORG, "org_of")}


def _link_forward(
    head: Entity, entities: Sequence[Entity], stretches: Sequence[Stretch], calibration: Calibration
) -> list[Relation]:
    """A period or organisation to the indicators after it that the arcs name; it never reaches backward."""
    kind, relation_type = _FORWARD[head.label]
    relations = []
    for entity in entities:
        if entity.label == "INDICATOR" and entity.start > head.start:
            probability = _sigmoid(_arc(head, entity, stretches, (kind,)))
            if probability > _HALF:
                score = calibration.apply(probability * head.score * entity.score)
                relations.append(Relation(relation_type, head.id, entity.id, score))
    return relations


def _settle_amounts(text: str, entities: Sequence[Entity], relations: Sequence[Relation]) -> list[Relation]:
    """The money of a budget is a plain amount, and so is an achievement whose indicator has no target beside it."""
    amounts = {entity.id for entity in entities if entity.label == "AMOUNT"}
    budgets = {entity.id for entity in entities if _BUDGET.search(text[entity.start : entity.end])}

    def is_plain(relation: Relation) -> bool:
        if relation.head not in amounts:
            return False
        if relation.type == "target_of":
            return relation.tail in budgets
        return relation.type == "achievement_of" and relation.tail not in aimed

    aimed = {r.tail for r in relations if r.type == "target_of" and not is_plain(r)}
    return [replace(r, type="amount_of") if is_plain(r) else r for r in relations]


def _arc(
    head: Entity | Candidate, tail: Entity | Candidate, stretches: Sequence[Stretch], kinds: tuple[int, ...]
) -> float:
    stretch = _holding(stretches, min(head.start, tail.start), max(head.end, tail.end))
    if stretch is None:
        return -math.inf
    first = float(stretch.links[kinds[0], head.start - stretch.start, tail.start - stretch.start])
    if len(kinds) == 1:
        return first
    return first + float(stretch.links[kinds[1], head.end - 1 - stretch.start, tail.end - 1 - stretch.start])


def _holding(stretches: Sequence[Stretch], start: int, end: int) -> Stretch | None:
    """The stretch that holds the range with the most room on its narrower side."""
    holding = [s for s in stretches if s.start <= start and end <= s.start + s.length]
    return max(holding, key=lambda s: min(start - s.start, s.start + s.length - end), default=None)


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))

"""Noise that leaves the annotation true: new figures, other spacing and widths, recognition errors, joined lines."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from models.spans import TaggedSentence

CONFUSIONS: Final = Path(__file__).parent / "confusions.json"

_DIGITS: Final = re.compile(r"\d+")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_SPACED: Final = re.compile(r"(?<=\S) +(?=\S)")
_FIGURE_EDGE: Final = re.compile(r"(?<=[\u4e00-\u9fff])(?=\d)|(?<=[\d%％])(?=[\u4e00-\u9fff])")
_FULL_WIDTH: Final = str.maketrans("0123456789%,.()", "０１２３４５６７８９％，．（）")
_HALF_WIDTH: Final = str.maketrans("，；：（）％", ",;:()%")
_FULL_PERCENT: Final = str.maketrans("%", "％")
_OTHER_WIDTHS: Final = (_HALF_WIDTH, _FULL_PERCENT)
_RECOGNITION_RATES: Final = (0.01, 0.02, 0.04)


class Edit(NamedTuple):
    """Replace text[start:end]."""

    start: int
    end: int
    text: str


def apply(sentence: TaggedSentence, edits: Sequence[Edit]) -> TaggedSentence:
    """Make edits that do not overlap; spans keep what they cover, insertions at a span's edge stay outside it."""
    ordered = sorted(edits)
    out: list[str] = []
    position = 0
    for edit in ordered:
        out += [sentence.text[position : edit.start], edit.text]
        position = edit.end
    text = "".join(out) + sentence.text[position:]
    entities = []
    for entity in sentence.entities:
        start = entity.start + _shift(ordered, entity.start, opening=True)
        end = entity.end + _shift(ordered, entity.end, opening=False)
        entities.append(replace(entity, start=start, end=end))
    if any(entity.end <= entity.start for entity in entities):
        return sentence
    return replace(sentence, text=text, entities=entities)


def _shift(edits: Sequence[Edit], place: int, *, opening: bool) -> int:
    """How far a boundary moves: by all edits before it, and by an insertion at it when it opens a span."""
    moved = 0
    for edit in edits:
        inserted_here = edit.start == edit.end == place
        if edit.end < place or (edit.end == place and not inserted_here) or (inserted_here and opening):
            moved += len(edit.text) - (edit.end - edit.start)
    return moved


def new_figures(sentence: TaggedSentence, chance: random.Random) -> TaggedSentence:
    """Draw new digits for figures that are no years, each as long as the old one."""
    edits = []
    for found in _DIGITS.finditer(sentence.text):
        if _YEAR.fullmatch(found.group()):
            continue
        first = chance.choice("123456789") if found.group()[0] != "0" else "0"
        digits = first + "".join(chance.choice("0123456789") for _ in found.group()[1:])
        edits.append(Edit(found.start(), found.end(), digits))
    return apply(sentence, edits)


def without_spaces(sentence: TaggedSentence) -> TaggedSentence:
    """Drop the spaces between words and figures."""
    return apply(sentence, [Edit(f.start(), f.end(), "") for f in _SPACED.finditer(sentence.text)])


def with_spaces(sentence: TaggedSentence, chance: random.Random) -> TaggedSentence:
    """Set figures off by spaces, throughout or here and there."""
    share = chance.choice((0.5, 1.0, 1.0))
    edges = [f.start() for f in _FIGURE_EDGE.finditer(sentence.text) if chance.random() < share]
    return apply(sentence, [Edit(edge, edge, " ") for edge in edges])


def other_width(sentence: TaggedSentence, chance: random.Random) -> TaggedSentence:
    """Half width punctuation or full width percent signs."""
    return replace(sentence, text=sentence.text.translate(chance.choice(_OTHER_WIDTHS)))


def missing_punctuation(sentence: TaggedSentence, chance: random.Random) -> TaggedSentence:
    """Lose one comma between clauses, as poor scans do."""
    inside = {i for e in sentence.entities for i in range(e.start, e.end)}
    commas = [i for i, c in enumerate(sentence.text) if c in "，、" and i not in inside]
    if not commas:
        return sentence
    comma = chance.choice(commas)
    return apply(sentence, [Edit(comma, comma + 1, "")])


def line_break(sentence: TaggedSentence, chance: random.Random) -> TaggedSentence:
    """A space where a line ended in the middle of the sentence."""
    if len(sentence.text) < 20:
        return sentence
    place = chance.randrange(8, len(sentence.text) - 4)
    return apply(sentence, [Edit(place, place, " ")])


@cache
def confusions(path: Path = CONFUSIONS) -> dict[str, list[tuple[str, int]]]:
    """What recognition reads for a character, with counts; '' is a lost one."""
    if not path.exists():
        return {}
    return {
        key: [(text, count) for text, count in found.items()]
        for key, found in json.loads(path.read_text("utf8")).items()
    }


def recognised(sentence: TaggedSentence, chance: random.Random, rate: float) -> TaggedSentence:
    """Misread a share of the characters: a confusion of the character where one is known, else any common one."""
    known = confusions()
    edits = []
    for place, character in enumerate(sentence.text):
        if chance.random() >= rate or character.isspace():
            continue
        options = known.get(character)
        if options:
            text = chance.choices([o[0] for o in options], [o[1] for o in options])[0]
        else:
            text = chance.choice(sentence.text)
        edits.append(Edit(place, place + 1, "" if text.isspace() else text))
    return apply(sentence, edits)


def disturb(sentence: TaggedSentence, chance: random.Random) -> TaggedSentence:
    """One random mix of changes."""
    if chance.random() < 0.7:
        sentence = new_figures(sentence, chance)
    spacing = chance.random()
    if spacing < 0.3:
        sentence = without_spaces(sentence)
    elif spacing < 0.55:
        sentence = with_spaces(without_spaces(sentence), chance)
    if chance.random() < 0.1:
        sentence = other_width(sentence, chance)
    if chance.random() < 0.05:
        sentence = missing_punctuation(sentence, chance)
    if chance.random() < 0.07:
        sentence = line_break(sentence, chance)
    if chance.random() < 0.2:
        sentence = recognised(sentence, chance, chance.choice(_RECOGNITION_RATES))
    return _trimmed(sentence)


def _trimmed(sentence: TaggedSentence) -> TaggedSentence:
    """Spans without white space at their edges, whatever a change put there."""
    entities = []
    for entity in sentence.entities:
        covered = sentence.text[entity.start : entity.end]
        start = entity.start + len(covered) - len(covered.lstrip())
        entities.append(
            replace(entity, start=start, end=max(start + 1, entity.end - len(covered) + len(covered.rstrip())))
        )
    return replace(sentence, entities=entities)

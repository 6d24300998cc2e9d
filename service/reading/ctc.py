"""The recogniser's output, time step by time step, decoded into placed characters with their runners-up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from service.reading.document import Char

BLANK = 0
ALTERNATIVES = 3
LEAST_ALTERNATIVE = 0.01
LEAST_DROPPED = 0.1  # a character that lost to the blank is named from this probability on


@dataclass(frozen=True, slots=True)
class Reading:
    """What the recogniser sees in one crop; x runs from 0 to 1 along it.

    `dropped` are characters that it nearly saw: each lost to the blank, which stands first among its alternatives.
    """

    chars: tuple[Char, ...] = ()
    dropped: tuple[Char, ...] = ()

    @property
    def text(self) -> str:
        return "".join(c.text for c in self.chars)

    @property
    def mean(self) -> float:
        """Mean probability of the characters, as PaddleOCR scores a line; 0 for none."""
        return sum(c.confidence for c in self.chars) / len(self.chars) if self.chars else 0.0


class _Peak(NamedTuple):
    """A run of time steps with one character; `step` is where it is most probable."""

    character: int
    first: int
    last: int
    step: int


def decode(steps: np.ndarray, used: float, characters: Sequence[str]) -> Reading:
    """Greedy CTC decoding of (time, characters) probabilities whose first column is the blank.

    `used` is the share of the time steps that the crop fills; the rest is padding.
    """
    best = steps.argmax(axis=1)
    peaks = list(_peaks(best, steps))
    filled = used * len(steps)
    chars = _placed([_char(p, steps, characters) for p in peaks], peaks, filled)
    return Reading(tuple(chars), tuple(_dropped(best, steps, peaks, filled, characters)))


def _peaks(best: np.ndarray, steps: np.ndarray) -> Iterator[_Peak]:
    bounds = [0, *(np.flatnonzero(np.diff(best)) + 1), len(best)]
    for first, end in pairwise(bounds):
        character = int(best[first])
        if character != BLANK:
            step = int(first + steps[first:end, character].argmax())
            yield _Peak(character, int(first), int(end) - 1, step)


def _char(peak: _Peak, steps: np.ndarray, characters: Sequence[str]) -> Char:
    """The character of a peak with its runners-up, not yet placed."""
    row = steps[peak.step]
    likely = np.flatnonzero(row >= LEAST_ALTERNATIVE)
    ranked = sorted((int(i) for i in likely if i != peak.character), key=lambda i: -row[i])
    others = tuple(("" if i == BLANK else characters[i], float(row[i])) for i in ranked[:ALTERNATIVES])
    return Char(characters[peak.character], 0.0, 0.0, float(row[peak.character]), others)


def _placed(chars: list[Char], peaks: list[_Peak], filled: float) -> list[Char]:
    """Characters with their extents: from half way to the one before to half way to the one after.

    The first and the last reach out as far as in; a character alone fills the crop.
    """
    centres = [min(1.0, (p.first + p.last + 1) / 2 / filled) for p in peaks]
    if len(chars) == 1:
        return [replace(chars[0], x0=0.0, x1=1.0)]
    halves = [(b - a) / 2 for a, b in pairwise(centres)]
    return [
        replace(char, x0=max(0.0, centre - before), x1=min(1.0, centre + after))
        for char, centre, before, after in zip(chars, centres, halves[:1] + halves, halves + halves[-1:], strict=True)
    ]


def _dropped(
    best: np.ndarray, steps: np.ndarray, peaks: list[_Peak], filled: float, characters: Sequence[str]
) -> Iterator[Char]:
    """Characters that came second to a blank, away from the steps where they were read."""
    doubtful = np.flatnonzero((best == BLANK) & (1.0 - steps[:, BLANK] >= LEAST_DROPPED))
    for step in doubtful:
        row = steps[step]
        second = int(row[1:].argmax()) + 1
        read = any(p.character == second and p.first - 1 <= step <= p.last + 1 for p in peaks)
        if row[second] >= LEAST_DROPPED and not read and step < filled:
            blank = ("", float(row[BLANK]))
            yield Char(characters[second], step / filled, (step + 1) / filled, float(row[second]), (blank,))

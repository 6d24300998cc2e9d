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
# ！ to ～ repeat ! to ~ for Chinese text.
_FULL_WIDTH = range(0xFF01, 0xFF5F)
_TO_HALF_WIDTH = 0xFEE0


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


class Decoder:
    """Greedy CTC decoding over a fixed list of characters, the first of which is the blank.

    The recogniser is seldom sure whether a comma is half or full width, and then neither may win although a comma
    surely stands there. So the two widths of a character count as one; the likelier form is the one printed.
    """

    def __init__(self, characters: Sequence[str]) -> None:
        self.characters = list(characters)
        index = {text: i for i, text in enumerate(self.characters) if i != BLANK}
        pairs = [(index.get(chr(c - _TO_HALF_WIDTH)), index.get(chr(c))) for c in _FULL_WIDTH]
        known = [(half, full) for half, full in pairs if half is not None and full is not None]
        self._half = np.array([half for half, _ in known], np.int64)
        self._full = np.array([full for _, full in known], np.int64)
        self._other = {a: b for pair in known for a, b in (pair, pair[::-1])}

    def decode(self, steps: np.ndarray, used: float) -> Reading:
        """Decode the (time, characters) probabilities of one crop, which fills the share `used` of the time."""
        best = self._best(steps)
        peaks = list(self._peaks(best, steps))
        filled = used * len(steps)
        chars = _placed([self._char(p, steps) for p in peaks], peaks, filled)
        return Reading(tuple(chars), tuple(self._dropped(best, steps, peaks, filled)))

    def _best(self, steps: np.ndarray) -> np.ndarray:
        """The likeliest character of each step; of two widths always the half."""
        best: np.ndarray = steps.argmax(axis=1)
        if not len(self._half):
            return best
        both = steps[:, self._half] + steps[:, self._full]
        pair = both.argmax(axis=1)
        rows = np.arange(len(steps))
        return np.where(both[rows, pair] >= steps[rows, best], self._half[pair], best)

    def _probability(self, row: np.ndarray, character: int) -> float:
        other = self._other.get(character)
        return float(row[character] + (0.0 if other is None else row[other]))

    def _peaks(self, best: np.ndarray, steps: np.ndarray) -> Iterator[_Peak]:
        bounds = [0, *(np.flatnonzero(np.diff(best)) + 1), len(best)]
        for first, end in pairwise(bounds):
            character = int(best[first])
            if character != BLANK:
                run = [self._probability(steps[i], character) for i in range(first, end)]
                yield _Peak(character, int(first), int(end) - 1, int(first) + int(np.argmax(run)))

    def _char(self, peak: _Peak, steps: np.ndarray) -> Char:
        """The character of a peak with its runners-up, not yet placed."""
        row = steps[peak.step]
        same = {peak.character, self._other.get(peak.character, peak.character)}
        form = max(same, key=lambda i: float(row[i]))
        likely = [int(i) for i in np.flatnonzero(row >= LEAST_ALTERNATIVE) if int(i) not in same]
        ranked = sorted(likely, key=lambda i: -float(row[i]))[:ALTERNATIVES]
        others = tuple(("" if i == BLANK else self.characters[i], float(row[i])) for i in ranked)
        return Char(self.characters[form], 0.0, 0.0, min(1.0, self._probability(row, form)), others)

    def _dropped(self, best: np.ndarray, steps: np.ndarray, peaks: list[_Peak], filled: float) -> Iterator[Char]:
        """Characters that came second to a blank, away from the steps where they were read."""
        doubtful = np.flatnonzero((best == BLANK) & (1.0 - steps[:, BLANK] >= LEAST_DROPPED))
        for step in doubtful:
            row = steps[step]
            second = int(row[1:].argmax()) + 1
            forms = {second, self._other.get(second, second)}
            read = any(p.character in forms and p.first - 1 <= step <= p.last + 1 for p in peaks)
            weight = self._probability(row, second)
            if weight >= LEAST_DROPPED and not read and step < filled:
                blank = ("", float(row[BLANK]))
                yield Char(self.characters[second], step / filled, (step + 1) / filled, weight, (blank,))


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

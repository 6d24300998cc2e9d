"""Sentences to windows of the encoder's length: neighbours share a window, so that each sees the others.

A window is `start, [heading, end,] sentence, end, sentence, end, …`. A sentence longer than a window is cut into pieces
that overlap; every span is read from the piece in which it stands farthest from a cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.vocabulary import END, PAD, START

WINDOW: Final = 256
"""Longest window in positions; longer ones cost quadratic time and helped nothing."""

HEADING: Final = 32
"""Characters of a heading that are fed in."""

# Twice the longest entity: a span at a cut stands whole, and with context, in one of the two pieces.
OVERLAP: Final = 96

Ids = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one sentence inside a window."""

    sentence: int
    start: int
    """First character of the stretch, in the sentence."""
    length: int
    at: int
    """Position of that character in the window."""


@dataclass(slots=True)
class Window:
    """The ids of a window and where its pieces lie."""

    ids: list[int] = field(default_factory=lambda: [START])
    pieces: list[Piece] = field(default_factory=list)

    def append(self, sentence: int, start: int, ids: Sequence[int]) -> None:
        self.pieces.append(Piece(sentence, start, len(ids), len(self.ids)))
        self.ids += [*ids, END]


def cut(length: int, room: int, overlap: int = OVERLAP) -> Iterator[tuple[int, int]]:
    """Ranges that cover `length` characters, each at most `room` wide, with `overlap` shared between neighbours."""
    overlap = min(overlap, room // 2)
    start = 0
    while length - start > room:
        yield start, start + room
        start += room - overlap
    yield start, length


def pack(sentences: Sequence[Ids], headings: Sequence[Ids | None] | None = None, limit: int = WINDOW) -> list[Window]:
    """Fill windows with consecutive sentences in order; empty sentences are left out."""
    windows: list[Window] = []
    current: Window | None = None
    last_heading: tuple[int, ...] = ()
    for index, ids in enumerate(sentences):
        heading = _heading(headings, index)
        for start, end in cut(len(ids), limit - 3 - HEADING):
            if end == start:
                continue
            fits = current is not None and len(current.ids) + end - start + 1 <= limit
            if current is None or not fits or heading != last_heading:
                current = Window()
                windows.append(current)
                if heading:
                    current.ids += [*heading, END]
                last_heading = heading
            current.append(index, start, ids[start:end].tolist())
    return windows


def _heading(headings: Sequence[Ids | None] | None, index: int) -> tuple[int, ...]:
    given = headings[index] if headings is not None else None
    return () if given is None else tuple(given[:HEADING].tolist())


def batches(windows: Sequence[Window], budget: int) -> Iterator[tuple[list[int], NDArray[np.int64]]]:
    """Windows of like length together: indices and padded ids (batch, length), at most `budget` positions each."""
    order = sorted(range(len(windows)), key=lambda i: len(windows[i].ids))
    batch: list[int] = []
    for index in order:
        if batch and (len(batch) + 1) * len(windows[index].ids) > budget:
            yield batch, pad([windows[i].ids for i in batch])
            batch = []
        batch.append(index)
    if batch:
        yield batch, pad([windows[i].ids for i in batch])


def pad(rows: Sequence[Sequence[int]]) -> NDArray[np.int64]:
    """Rows of ids to a matrix as wide as the longest."""
    padded = np.full((len(rows), max(map(len, rows))), PAD, np.int64)
    for row, ids in zip(padded, rows, strict=True):
        row[: len(ids)] = ids
    return padded

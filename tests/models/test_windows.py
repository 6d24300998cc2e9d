from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from models.vocabulary import UNKNOWN, Vocabulary
from models.windows import HEADING, OVERLAP, WINDOW, batches, cut, pack

ODD = "中文123，。 \u3000\t\x00\x7f😀𠮷發ａ①㎡é"


@given(st.integers(0, 6000), st.integers(2, 400))
def test_cuts_cover_every_character_and_overlap(length: int, room: int) -> None:
    ranges = list(cut(length, room))
    assert ranges[0][0] == 0
    assert ranges[-1][1] == length
    assert all(end - start <= room for start, end in ranges)
    shared = min(OVERLAP, room // 2)
    assert all(a[1] - b[0] == shared for a, b in itertools.pairwise(ranges))


@settings(max_examples=40)
@given(st.lists(st.integers(0, 700), max_size=8), st.booleans())
def test_windows_hold_every_character_within_the_limit(lengths: list[int], with_headings: bool) -> None:
    sentences = [np.full(length, 9, np.int32) for length in lengths]
    headings = [np.full(HEADING + 5, 7, np.int32)] * len(lengths) if with_headings else None
    windows = pack(sentences, headings)
    seen = [set() for _ in lengths]
    for window in windows:
        assert len(window.ids) <= WINDOW
        for piece in window.pieces:
            assert window.ids[piece.at : piece.at + piece.length] == [9] * piece.length
            seen[piece.sentence] |= set(range(piece.start, piece.start + piece.length))
    assert [len(places) for places in seen] == lengths
    batched = sorted(i for members, _ in batches(windows, 1024) for i in members)
    assert batched == list(range(len(windows)))


@given(st.text(alphabet=ODD, max_size=60) | st.text(max_size=40))
def test_one_id_a_character_whatever_the_text(text: str) -> None:
    vocabulary = Vocabulary("中文123,。①㎡")
    ids = vocabulary.encode(text)
    assert ids.shape == (len(text),)
    assert ids.min(initial=UNKNOWN) >= 0
    assert ids.max(initial=0) < len(vocabulary)


def test_widths_share_an_id_and_enclosed_numbers_do_not() -> None:
    vocabulary = Vocabulary("1,①")
    assert vocabulary.encode("１，")[0] == vocabulary.encode("1")[0]
    assert vocabulary.encode("，")[0] == vocabulary.encode(",")[0]
    assert vocabulary.encode("①")[0] != vocabulary.encode("1")[0]
    assert vocabulary.coverage(["1 ①", "囍"]) == 2 / 3

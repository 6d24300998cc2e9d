from __future__ import annotations

import numpy as np
import pytest

from service.reading.ctc import Decoder

CHARACTERS = ["", "一", "二", "三", "级", ",", "，", "."]
DECODER = Decoder(CHARACTERS)


def steps(*rows: dict[str, float]) -> np.ndarray:
    """Probabilities by time step; what is not given is the blank's."""
    result = np.zeros((len(rows), len(CHARACTERS)), np.float32)
    for row, given in zip(result, rows, strict=True):
        row[0] = 1 - sum(given.values())
        for text, probability in given.items():
            row[CHARACTERS.index(text)] += probability
    return result


def test_repeats_are_one_character_and_a_blank_parts_two() -> None:
    reading = DECODER.decode(steps({"一": 0.9}, {"一": 0.8}, {}, {"一": 0.7}, {"级": 0.9}), 1.0)
    assert reading.text == "一一级"
    assert [round(c.confidence, 3) for c in reading.chars] == [0.9, 0.7, 0.9]
    assert reading.mean == pytest.approx((0.9 + 0.7 + 0.9) / 3)


def test_the_runners_up_of_the_best_step_are_kept_best_first() -> None:
    (char,) = DECODER.decode(steps({}, {"二": 0.6, "三": 0.25, "一": 0.1}, {}), 1.0).chars
    assert [text for text, _ in char.alternatives] == ["三", "一", ""]
    assert [p for _, p in char.alternatives] == pytest.approx([0.25, 0.1, 0.05], abs=1e-6)


def test_a_character_that_lost_to_the_blank_is_named() -> None:
    reading = DECODER.decode(steps({}, {"一": 0.4}, {}, {"级": 0.95}, {"级": 0.3}), 1.0)
    assert reading.text == "级"
    (dropped,) = reading.dropped  # the tail of 级 is no second 级
    assert (dropped.text, dropped.alternatives[0][0]) == ("一", "")
    assert dropped.confidence == pytest.approx(0.4, abs=1e-6)
    assert (dropped.x0, dropped.x1) == (pytest.approx(0.2), pytest.approx(0.4))


def test_characters_meet_half_way_and_padding_is_left_out() -> None:
    reading = DECODER.decode(steps({"一": 0.9}, {}, {"二": 0.9}, {}, {}, {}, {}, {}), 0.5)
    first, second = reading.chars
    assert (first.x0, first.x1) == (pytest.approx(0.0), pytest.approx(0.375))
    assert (second.x0, second.x1) == (pytest.approx(0.375), pytest.approx(0.875))


def test_nothing_read_is_an_empty_reading() -> None:
    reading = DECODER.decode(steps({}, {}, {}), 1.0)
    assert (reading.text, reading.chars, reading.dropped, reading.mean) == ("", (), (), 0.0)


def test_the_two_widths_of_a_comma_outweigh_what_neither_does_alone() -> None:
    for rival in ("", "."):
        given = {",": 0.28, "，": 0.31} | ({rival: 0.35} if rival else {})
        (char,) = DECODER.decode(steps({}, given, {}), 1.0).chars
        assert char.text == "，"
        assert char.confidence == pytest.approx(0.59, abs=1e-6)
        assert "," not in [text for text, _ in char.alternatives]


def test_a_comma_whose_width_wavers_is_one_comma() -> None:
    assert DECODER.decode(steps({"，": 0.6, ",": 0.3}, {",": 0.6, "，": 0.3}), 1.0).text in (",", "，")

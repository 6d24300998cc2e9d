from __future__ import annotations

import pytest

from service.reading.document import Box, Char, Line
from service.reading.repair import (
    repair_comparator,
    repair_figures,
    repair_line,
    repair_punctuation,
    repair_rivals,
    repair_script,
)


def line(text: str) -> Line:
    return Line(1, Box(0, 0, 10, 1), tuple(Char(c, i, i + 1, 0.9) for i, c in enumerate(text)))


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("1O0.00", "100.00"),
        ("O.50", "0.50"),
        ("10O%", "100%"),
        ("l00.5", "100.5"),
        ("12，345.67", "12,345.67"),
        ("1.653.33", "1,653.33"),
        ("98，5%", "98.5%"),
        ("98。5", "98.5"),
        ("１２．５％", "12.5%"),
        ("≥9l.5（个）", "≥91.5（个）"),
    ],
)
def test_slips_inside_figures_are_mended(read: str, meant: str) -> None:
    assert repair_figures(read) == meant


@pytest.mark.parametrize(
    "text",
    [
        "CO2排放",
        "O2",
        "S201线",
        "A4纸",
        "第1，2项",
        "100，200",
        "1OO%",
        "2023，全年",
        "l",
        "OA系统",
        "PM2.5",
        "100.00",
        "1:2",
        "IPv6",
    ],
)
def test_words_codes_and_lists_are_not_figures(text: str) -> None:
    assert repair_figures(text) == text


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("加强协作.提高效率", "加强协作，提高效率"),
        ("一.总体情况", "一.总体情况"),
        ("完成率98.5.达到目标", "完成率98.5.达到目标"),
        ("共12.5万元", "共12.5万元"),
    ],
)
def test_a_stop_between_hanzi_was_a_comma(read: str, meant: str) -> None:
    assert repair_punctuation(read) == meant


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("%0", "‰"),
        ("％O", "‰"),
        ("5%0", "5‰"),
        ("降至2.1%o，低于4%0", "降至2.1‰，低于4‰"),
        ("率%0", "率%0"),
        ("5%0.3", "5%0.3"),
    ],
)
def test_a_per_mille_sign_that_was_read_as_two(read: str, meant: str) -> None:
    mended = repair_line(line(read))
    assert mended.text == meant
    assert mended.chars[-1].x1 == line(read).chars[-1].x1


def test_a_mended_line_keeps_its_characters_in_place() -> None:
    mended = repair_line(line("共1O0.00元.其中"))
    assert (mended.text, mended.repaired) == ("共100.00元，其中", True)
    assert [(c.x0, c.confidence) for c in mended.chars] == [(i, 0.9) for i in range(11)]
    plain = line("共100.00元")
    assert repair_line(plain) is plain


@pytest.mark.parametrize(
    ("read", "nearly", "meant"),
    [(">", "≥", "≥"), ("<", "≤", "≤"), ("＞", "≥", "≥"), (">", "2", ">"), ("<", "", "<")],
)
def test_a_bar_that_was_nearly_seen_makes_the_comparator(read: str, nearly: str, meant: str) -> None:
    char = repair_comparator(Char(read, 0, 1, 0.9, ((nearly, 0.08),)))
    assert char.text == meant
    assert (read in dict(char.alternatives)) == (read != meant)


@pytest.mark.parametrize(
    ("read", "place", "nearly", "meant"),
    [
        ("≥958", 3, "%", "≥95%"),
        ("≥98", 2, "%", "≥98"),
        ("1288户", 3, "户", "1288户"),
        ("≥1.500块", 2, ",", "≥1,500块"),
        ("89.974", 2, "", "89.974"),
        ("19,8万人次", 2, ".", "19.8万人次"),
    ],
)
def test_what_was_nearly_read_wins_where_figures_have_it(read: str, place: int, nearly: str, meant: str) -> None:
    chars = [Char(c, i, i + 1, 0.7, ((nearly, 0.2),) if i == place else ()) for i, c in enumerate(read)]
    assert "".join(c.text for c in repair_rivals(chars)) == meant


def test_traditional_characters_are_slips() -> None:
    assert repair_script("年初預算數 調整後 執行率 內部控制 團隊") == "年初预算数 调整后 执行率 内部控制 团队"

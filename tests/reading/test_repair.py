from __future__ import annotations

import pytest

from service.reading.document import Box, Char, Line
from service.reading.repair import repair_figures, repair_line, repair_punctuation, repair_row, repair_word

HEADERS = ["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施"]
KINDS = ["数量指标", "质量指标", "时效指标", "成本指标", "经济效益指标", "满意度指标"]


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("实际宗成值", "实际完成值"),
        ("年度指标直", "年度指标值"),
        ("年度指标值|", "年度指标值"),
        ("偏差原困分析及改进措施", "偏差原因分析及改进措施"),
        ("偏差原因分析及改进措", "偏差原因分析及改进措施"),
        ("得份", "得分"),
    ],
)
def test_a_misread_header_word_becomes_the_only_word_it_can_be(read: str, meant: str) -> None:
    assert repair_word(read, HEADERS) == meant


@pytest.mark.parametrize("read", ["分值", "实际完成值", "", "分", "10", "得10分", "备注", "完成情况", "指标"])
def test_words_figures_and_strangers_stay(read: str) -> None:
    assert repair_word(read, HEADERS) is None


def test_a_word_between_two_words_stays_in_doubt() -> None:
    assert repair_word("级指标", HEADERS) is None
    assert repair_word("X量指标", KINDS) is None


def test_what_the_recogniser_nearly_read_counts() -> None:
    plain = repair_word("得兮", ["得分", "得数"])
    informed = repair_word("得兮", ["得分", "得数"], [(), ("分",)])
    assert (plain, informed) == (None, "得分")


def test_the_other_words_of_a_header_row_tell_which_one_lost_its_stroke() -> None:
    row = ["级指标", "二级指标", "三级指标", "年度指标值", "得分"]
    assert repair_row(row, HEADERS) == ["一级指标", None, None, None, None]


def test_equal_remains_are_told_apart_by_their_order() -> None:
    assert repair_row(["级指标", "级指标", "三级指标"], HEADERS) == ["一级指标", "二级指标", None]


def test_remains_stay_where_the_row_does_not_tell_them_apart() -> None:
    assert repair_row(["级指标", "分值", "得分"], HEADERS) == [None, None, None]


def test_a_row_of_words_stays() -> None:
    assert repair_row(HEADERS, HEADERS) == [None] * len(HEADERS)


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


def test_a_mended_line_keeps_its_characters_in_place() -> None:
    def line(text: str) -> Line:
        return Line(1, Box(0, 0, 10, 1), tuple(Char(c, i, i + 1, 0.9) for i, c in enumerate(text)))

    mended = repair_line(line("共1O0.00元.其中"))
    assert (mended.text, mended.repaired) == ("共100.00元，其中", True)
    assert [(c.x0, c.confidence) for c in mended.chars] == [(i, 0.9) for i in range(11)]
    plain = line("共100.00元")
    assert repair_line(plain) is plain

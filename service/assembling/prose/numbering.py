"""The numbers that head sections and items: 一、 （一） 1. 1 1.1 （1） ① A. 一是 第一， 首先，"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final, NamedTuple

from service.assembling.prose.plain import plain
from service.assembling.quantities import chinese_number
from service.reading.running import NO_UNIT


class Style(StrEnum):
    """A way of numbering."""

    PART = "第一部分"
    CAPITAL = "壹、"
    COMMA = "一、"
    BRACKET = "（一）"
    PLAIN = "1"
    DECIMAL = "1.1"
    DECIMALS = "1.1.1"
    DIGIT = "1."
    BRACKET_DIGIT = "（1）"
    HALF_BRACKET = "1）"
    CIRCLE = "①"
    LETTER = "A."
    ORDINAL = "一是"
    RANKED = "第一，"
    FIRST = "首先"
    NAMED = "问题一："


RANK: Final = {
    Style.PART: 0, Style.CAPITAL: 0, Style.COMMA: 1, Style.PLAIN: 1, Style.BRACKET: 2, Style.DECIMAL: 2, Style.DIGIT: 3,
    Style.DECIMALS: 3, Style.BRACKET_DIGIT: 4, Style.HALF_BRACKET: 5, Style.CIRCLE: 6, Style.LETTER: 7,
}  # fmt: skip
"""How deep a heading of each style lies; the others number sentences, not headings."""
NESTING: Final = frozenset({Style.PLAIN, Style.DECIMAL, Style.DECIMALS})
"""Outlines in which any other style of number lies deeper."""


class Marker(NamedTuple):
    """A number at `start`, its text ending at `end`."""

    style: Style
    ordinal: int
    start: int
    end: int


_CN: Final = r"[一二三四五六七八九十]{1,3}"
_WORD: Final = r"(?=[\u3400-\u9fff“])"
_CIRCLES: Final = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_CAPITALS: Final = "壹贰叁肆伍陆柒捌玖拾"
_FIRSTS: Final = ("首先", "其次", "再次", "最后")
# A dash before the mark is a 一 misread, a bare mark one that was lost; "1.5" is a figure, "1.2024年" an item.
_PATTERNS: Final = (
    (Style.PART, re.compile(rf"第\s*(?P<n>{_CN})\s*(?:部分|章)\s*[:、.]?\s*")),
    (Style.CAPITAL, re.compile(rf"(?P<n>[{_CAPITALS}]{{1,3}})\s*[、.,]\s*")),
    (Style.RANKED, re.compile(rf"第\s*(?P<n>{_CN})\s*(?:是|,|、|:)\s*")),
    (Style.ORDINAL, re.compile(rf"(?P<n>{_CN})\s*[是要]\s*")),
    (Style.COMMA, re.compile(rf"(?P<n>{_CN}|-)?\s*、\s*|(?P<m>{_CN})\s*[.,]\s*")),
    (Style.BRACKET, re.compile(rf"[(\[]\s*(?P<n>{_CN}|-)\s*[)\]〉>]\s*[、.]?\s*")),
    (Style.BRACKET_DIGIT, re.compile(r"[(\[]\s*(?P<n>\d{1,2})\s*[)\]]\s*[、.]?\s*")),
    (Style.DECIMALS, re.compile(rf"\d{{1,2}}\.\d{{1,2}}\.(?P<n>\d{{1,2}})(?![.\d]){NO_UNIT}\s*{_WORD}")),
    (Style.DECIMAL, re.compile(rf"\d{{1,2}}\.(?P<n>\d{{1,2}})(?![.\d]){NO_UNIT}\s*{_WORD}")),
    (Style.PLAIN, re.compile(rf"(?P<n>\d{{1,2}}){NO_UNIT}\s+{_WORD}")),
    (Style.DIGIT, re.compile(r"(?P<n>\d{1,2})\s*(?:[、]|[.,](?!\d)|[.](?=20\d\d\s*年))\s*")),
    (Style.HALF_BRACKET, re.compile(r"(?P<n>\d{1,2})\s*\)\s*[、.]?\s*")),
    (Style.CIRCLE, re.compile(rf"(?P<n>[{_CIRCLES}])\s*[、.]?\s*")),
    (Style.LETTER, re.compile(r"(?P<n>[A-H])\s*[.、:)]\s*(?!\d)")),
    (Style.FIRST, re.compile(rf"(?P<n>{'|'.join(_FIRSTS)})\s*[,是]\s*")),
    (Style.NAMED, re.compile(rf"(?:问题|措施|建议|针对问题)\s*(?P<n>{_CN}|\d{{1,2}})\s*[:、,是]\s*")),
)
_STARTS: Final = re.compile(r"^\s*|(?<=[。;!?:])[”’」)]?\s*")


def marker_at(text: str, start: int = 0) -> Marker | None:
    """The number that stands at `start` of `text`, blanks before it skipped."""
    even = plain(text)
    while start < len(even) and even[start].isspace():
        start += 1
    for style, pattern in _PATTERNS:
        match = pattern.match(even, start)
        if match is not None:
            ordinal = _ordinal(match.groupdict())
            return None if ordinal is None else Marker(style, ordinal, start, match.end())
    return None


def markers(text: str) -> list[Marker]:
    """Every number at the start of `text` or of a sentence in it, nested ones ("2.（1）") one after the other."""
    found: list[Marker] = []
    for match in _STARTS.finditer(plain(text)):
        position = match.end()
        if found and position < found[-1].end:
            continue
        while (marker := marker_at(text, position)) is not None and marker.end > position:
            found.append(marker)
            position = marker.end
    return found


def _ordinal(groups: dict[str, str | None]) -> int | None:
    text = groups.get("n") or groups.get("m") or "-"
    if text == "-":
        return 1
    if text in _FIRSTS:
        return _FIRSTS.index(text) + 1
    if text in _CIRCLES:
        return _CIRCLES.index(text) + 1
    text = text.translate(str.maketrans(_CAPITALS, "一二三四五六七八九十"))
    if text.isdigit():
        return int(text)
    if text.isascii():
        return ord(text) - ord("A") + 1
    value = chinese_number(text)
    return None if value is None else int(value)

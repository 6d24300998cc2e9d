"""Expressions of time, resolved against the year that a report is about.

Notation: "2023年", "2023年三季度", "2023年上半年", "2023年9月", "2023年1–11月" (also for 截至11月),
"2023年末", "截至2023年10月18日". What names neither a year nor a part of one ("近三年", "“十四五”期间")
stays as printed, without blanks.
"""

from __future__ import annotations

import re
from typing import Final

from service.assembling.prose.plain import plain

_UNTIL: Final = re.compile(r"(?:截至|截止到?至?|截止|至|到)\s*$")
_THIS: Final = re.compile(
    r"^(?:今年以来|今年|本年度|本年|当年度|当年|全年度?|年度|年内|本年内|报告年度|评价年度|自评年度)"
)
_OTHER: Final = (
    (re.compile(r"^(?:上一?年度?|去年度?)"), -1),
    (re.compile(r"^前年"), -2),
    (re.compile(r"^(?:明年度?|次年度?|下一?年度?|来年)"), 1),
)
_EDGE: Final = re.compile(r"^年[初中末底终]")
_PART: Final = re.compile(
    r"^(?:第?[一二三四1-4](?:、[一二三四1-4])*季度|[上下]半年|前[一二三1-3]个?季度|前三季度|\d{1,2}(?:[、,]\d{1,2})*月|\d{1,2}(?:月(?:份)?)?[-~至到]+\d{1,2}月"
    r"|[一二三四五六七八九十]{1,2}月|[春夏秋冬]季|暑期|寒假)"
)
_MONTHS: Final = re.compile(r"^(\d{1,2})(?:月(?:份)?)?[-~至到]+(\d{1,2})月(?:份)?(?P<rest>.*)$")
_MONTH: Final = re.compile(r"^(\d{1,2})月(?:份)?(?:底|末)?$")
_YEAR: Final = re.compile(r"^(?P<year>20\d{2})年(?:度)?(?P<rest>.*)$")
_DASHES: Final = re.compile(r"(?<=\d)[-~](?=\d)|(?<=[年月日])[-~至](?=\d)")


def resolve(text: str, year: int | None, before: str = "") -> str:
    """The time that `text` names, in a report about `year`; `before` is the text in front of it (截至 …)."""
    words = re.sub(r"\s+", "", plain(text))
    until = _UNTIL.search(plain(before)) is not None
    own, rest = _own_year(words, year)
    if own is None:
        return words
    if months := _MONTHS.match(rest):
        return f"{own}年{months.group(1)}–{months.group(2)}月{months.group('rest')}"
    if until and (month := _MONTH.match(rest)):
        return f"{own}年1–{month.group(1)}月"
    rest = re.sub(r"^(?:年)?[底终]", "末", rest)
    rest = _DASHES.sub("–", rest)
    whole = f"{own}年{rest}"
    return f"截至{whole}" if until and rest else whole


def _own_year(words: str, year: int | None) -> tuple[int | None, str]:
    """The year meant and what is left of the expression; no year where it names none."""
    if match := _YEAR.match(words):
        return int(match.group("year")), match.group("rest")
    if year is None:
        return None, words
    if match := _THIS.match(words):
        return year, words[match.end() :]
    for pattern, shift in _OTHER:
        if match := pattern.match(words):
            return year + shift, re.sub(r"^年", "", words[match.end() :])
    if _EDGE.match(words):
        return year, words[1:]
    if _PART.match(words):
        return year, words
    return None, words

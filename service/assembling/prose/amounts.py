"""The sums of money and percentages of a text, with what recognition does to their marks undone."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from service.assembling.quantities import money

_AMOUNT: Final = re.compile(
    r"(?P<number>-?\d[\d,.。]*\d|\d)(?P<scale>[亿万千百]{0,2})(?:余|多)?(?P<scale2>[亿万]?)(?P<unit>元|%)?(?P<per>/)?"
)
_SCALES: Final = {"亿": 1e8, "万": 1e4, "千": 1e3, "百": 1e2}
_ANEW: Final = re.compile(r"[,(]?(?:即|合计|折合|约合|也就是|具体为)?[,(]?")
ENUMERATION: Final = re.compile(r"^(?:、|,|和|与|及|以及|,?其中)$")
"""What stands between the figures of an enumeration."""


class Value(NamedTuple):
    """A sum in 元, or a percentage, at `text[start:end]`; `step` is one unit of the last place printed.

    `lead` is where the words end that say what it is.
    """

    start: int
    end: int
    value: float
    step: float
    percent: bool
    lead: int


def values(text: str) -> list[Value]:
    """The sums and percentages of a text without blanks; bare numbers of an enumeration take the unit of its last."""
    raw = list(_AMOUNT.finditer(text))
    found: list[Value] = []
    for index, match in enumerate(raw):
        unit, scale = match.group("unit"), _scale(match)
        if unit is None:
            unit, scale = _unit_ahead(text, raw, index)
        digits = None if unit is None or match.group("per") else number(match.group("number"))
        if digits is None:
            continue
        value, step = digits
        if unit == "%":
            found.append(Value(match.start(), match.end(), value, step, True, match.start()))
        else:
            factor = math.prod(_SCALES[c] for c in scale)
            exact = Value(match.start(), match.end(), money(value, factor), step * factor, False, match.start())
            if found and _says_anew(text, found[-1], exact):
                exact = exact._replace(lead=found.pop().lead)
            found.append(exact)
    return found


def _says_anew(text: str, before: Value, value: Value) -> bool:
    """Whether a sum says the one before it to more places ("1.19亿元，即11,935.42万元")."""
    if before.percent or value.step >= before.step or _ANEW.fullmatch(text[before.end : value.start]) is None:
        return False
    return abs(value.value - before.value) <= before.step


def enumerated(text: str, found: Sequence[Value], index: int) -> list[Value]:
    """The figures from `index` on that only 、 and 和 keep apart."""
    group = [found[index]]
    for value in found[index + 1 :]:
        if not ENUMERATION.match(text[group[-1].end : value.start]) or value.percent != group[0].percent:
            break
        group.append(value)
    return group


def _scale(match: re.Match[str]) -> str:
    return (match.group("scale") or "") + (match.group("scale2") or "")


def _unit_ahead(text: str, raw: Sequence[re.Match[str]], index: int) -> tuple[str | None, str]:
    for left, right in zip(raw[index:], raw[index + 1 :], strict=False):
        if text[left.end() : right.start()] not in ("、", "和", "与", "及", "以及", ","):
            return None, ""
        if right.group("unit"):
            return right.group("unit"), _scale(right)
    return None, ""


def number(text: str) -> tuple[float, float] | None:
    """A printed number and one unit of its last place; grouping and decimal marks are told by what follows them."""
    parts = re.split(r"[,.]", text.replace("。", "."))
    marks = re.findall(r"[,.。]", text)
    if any(not part for part in parts):
        return None
    grouped = len(parts[-1]) == 3 and (marks[-1:] == [","] or (len(marks) > 1 and set(marks) == {"."}))
    if not marks or grouped:
        return float("".join(parts)), 1.0
    return float(f"{''.join(parts[:-1])}.{parts[-1]}"), 10.0 ** -len(parts[-1])

"""Funds said in lines of labels and figures instead of a table ("财政拨款 年初预算数：300万元；执行数：270万元")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from service.assembling.vocabulary import FUNDS, Fund, canonical, category
from service.reading.document import Line

LEAST_FIGURES = 2  # that such lines have; one alone may be any sentence's
_TOKEN = re.compile(
    r"(?P<figure>-?\d[\d,]*(?:\.\d+)?\s*(?:亿元|万元|元|%|％|分)?)|(?P<word>[^\s\d：:；;，,。、（）()]+)"
)
_FILLER = frozenset({"其中", "为", "是", "和", "及"})


class Said(NamedTuple):
    """A figure: what it is of which money, and the piece of its line that prints it."""

    label: str
    role: Fund
    line: Line


def said(lines: Sequence[Line], label: str = "") -> list[Said]:
    """The figures of lines that hold nothing but funds' labels and figures; nothing of any other text.

    `label` is the money of which they speak, where that stands beside them.
    """
    least = 1 if label else LEAST_FIGURES
    role: Fund | None = None
    found: list[Said] = []
    for line in lines:
        for token in _TOKEN.finditer(line.text):
            if token.group("figure"):
                if role is None or not label:
                    return []
                found.append(Said(label, role, line.piece(*token.span("figure"))))
                role = None
            elif (meant := _meant(token.group("word"))) is None:
                return []
            else:
                label, role = meant[0] or label, meant[1] or role
    return found if len(found) >= least else []


def _meant(word: str) -> tuple[str, Fund | None] | None:
    """The money and the kind of figure that a word names, either or both; None for any other word."""
    if canonical(word) in _FILLER:
        return "", None
    if (role := FUNDS.role(word)) is not None:
        return "", role
    for cut in range(2, len(word) - 1):
        if category(word[:cut]) is not None and (role := FUNDS.exact(word[cut:])) is not None:
            return word[:cut], role
    return (word, None) if category(word) is not None else None


__all__ = ["Said", "said"]

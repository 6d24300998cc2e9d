"""How large the text of a row is set, as far as its characters tell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median

from service.reading.document import Line

HANZI = re.compile(r"[\u3400-\u9fff]")
FEW_HANZI = 3  # characters; fewer do not tell a row's text size
OTHER_SIZE = 0.22  # relative difference of text size between a heading and its text


def text_size(row: Sequence[Line]) -> float:
    """The text size of a row, in points: the width of its hanzi; its height where it has too few of them."""
    widths = _hanzi_widths(row)
    return median(widths) if len(widths) >= FEW_HANZI else max(line.box.height for line in row)


def is_other_size(a: Sequence[Line], b: Sequence[Line]) -> bool:
    """Whether two rows are set in different sizes; rows that have too few hanzi to tell are taken for alike.

    Their heights do not tell either: the box of a slanting line is the higher the longer the line is.
    """
    if not (tells_size(a) and tells_size(b)):
        return False
    return abs(text_size(a) - text_size(b)) > OTHER_SIZE * max(text_size(a), text_size(b))


def tells_size(row: Sequence[Line]) -> bool:
    """Whether a row has hanzi enough to tell its size."""
    return len(_hanzi_widths(row)) > FEW_HANZI


def _hanzi_widths(row: Sequence[Line]) -> list[float]:
    return [c.x1 - c.x0 for line in row for c in line.chars if HANZI.match(c.text)]

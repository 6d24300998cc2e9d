"""Running text → sentences, as the annotation guide splits it: at 。！？； and at the ends of paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

ENDS: Final = "。！？；"
_SENTENCE: Final = re.compile(rf"[^{ENDS}]+[{ENDS}]?[”’」）]?")


def sentences(text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """The ranges of the sentences in `text[start:end]`, outer blanks left out."""
    for match in _SENTENCE.finditer(text, start, len(text) if end is None else end):
        found = match.group()
        first = match.start() + len(found) - len(found.lstrip())
        last = match.end() - (len(found) - len(found.rstrip()))
        if first < last:
            yield first, last

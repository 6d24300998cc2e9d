"""Titles that are set over several lines, put together: paragraphs tell them apart by their layout alone."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from service.assembling.forms.rows import is_title
from service.assembling.forms.segment import MAX_CAPTION, is_report_title
from service.reading.document import Document, Paragraph, Table
from service.reading.sizes import is_other_size

# What a title's line ends with that goes on in the next one; a year alone above a title is a line of its own.
_OPEN: Final = re.compile(
    r"(?:关于|(?<=\D.{4})年度?|部门|单位|整体|支出|预算|绩效|项目|自评|评价|资金|财政|的|及|和|[（(])$"
)
_LONGEST_END: Final = 14  # characters of the last line of a title that neither line is alone
_SENTENCE: Final = re.compile(r"[。；;，,：:]")


def with_whole_titles(document: Document) -> Document:
    """The document, lines that make up one title joined to one paragraph."""
    blocks: list[Paragraph | Table] = []
    for block in document.blocks:
        above = blocks[-1] if blocks else None
        if isinstance(block, Paragraph) and isinstance(above, Paragraph) and _goes_on(above, block):
            blocks[-1] = Paragraph([*above.lines, *block.lines])
        else:
            blocks.append(block)
    return replace(document, blocks=blocks)


def _goes_on(above: Paragraph, below: Paragraph) -> bool:
    first, last = above.lines[-1], below.lines[0]
    if first.page != last.page or is_other_size([first], [last]) or len(above.text + below.text) > MAX_CAPTION:
        return False
    if _SENTENCE.search(above.text) or _SENTENCE.search(below.text):
        return False
    upper, lower = above.text.strip(), below.text.strip()
    if _is_title(lower):
        return _OPEN.search(upper) is not None
    return len(lower) <= _LONGEST_END and not _is_title(upper) and _is_title(upper + lower)


def _is_title(text: str) -> bool:
    return is_report_title(text) or is_title(text)

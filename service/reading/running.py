"""What only decorates a page: its number, and the header and footer that run through the report."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from itertools import groupby
from statistics import median
from typing import TYPE_CHECKING

from service.reading.document import Box, Line, Page, join_lines
from service.reading.sizes import is_other_size, text_size
from service.reading.tables import text_rows

if TYPE_CHECKING:
    from service.reading.joining import PageContent

PAGE_MARK = re.compile(
    r"^\W{0,3}(第?\s*\d{1,4}\s*页?|[ivxIVX]{1,5})(\s*[/／,，]?\s*(共|of|/)?\s*\d{1,4}\s*页?)?\W{0,3}$", re.IGNORECASE
)
# "1.2 机构设置" is a heading; "1.2万元", with which a wrapped line may begin, is a figure.
NO_UNIT = (
    r"(?!\s*(?:[万亿千百元倍吨亩米辆件份套天册例起宗张幅块栋棵株只盏轮艘架眼枚间余多%％‰]|以[内上下]|个(?![人别])|人(?![员事才大])|年(?!度)|月|日(?!常)"
    r"|项(?!目)|公(?:里|顷|斤|吨)|平|立方|分(?![析配])|家(?!庭)|次|小时|处(?!理)|所(?!属)|台(?!账)|座(?!谈)|户(?!籍)|名(?!称)|位(?!置)"
    r"|期(?![间初末])|场(?![所地])|部(?![门分])|种(?!类)|类(?!别)|批(?![复准])|本(?![单部年级])|组(?![织成])|支(?![出付持])|条(?!件)|级(?!次)|页|篇))"
)
PLAIN_NUMBER = re.compile(rf"^\s*[1-9]\d?{NO_UNIT}\s+(?=[\u3400-\u9fff])")
_DECIMALS = rf"[1-9]\d?(?:[.．][1-9]\d?){{1,3}}{NO_UNIT}[\s、．.]*(?=[\u3400-\u9fff])"
HEADING = re.compile(
    rf"^\s*({_DECIMALS}|"
    r"第[一二三四五六七八九十百]+[章节条部]|附件|附表|附|备注|注[:：]|[一二三四五六七八九十]{1,3}[、．.]|"
    r"[（(][一二三四五六七八九十]{1,3}[）)]|(?!\d{1,2}[．.]\s*\d+\s*[%％])(\d{1,2}[、．]|\d{1,2}\.(?!\d)|\d{1,2}\.(?=20\d\d年))|[（(]\d{1,2}[）)]|[①-⑳]|[A-Z][.、．])"
)
SENTENCE_END = "。！？；：!?;:"
MARGIN = 0.1  # of the page's height in which page marks stand, and the running lines of an upright page
EDGE = 0.15  # of the page's height in which running lines stand on a sheet that lay askew on the scanner
MOST_SHIFT = 60.0  # points by which a scanner shifts a page against the one before
SAME_HEIGHT = 6.0  # points by which a running line's place may differ on upright pages
RUNNING_PAGES = 3  # a line that stands on this many pages is a running header or footer
SMALL_RUNNING_PAGES = 2  # pages, where it is set smaller than the text
TITLE_SIZE = 1.3  # times the size of the page's usual text
SMALL = 0.92  # of the usual text size: a line below is set smaller
OUTERMOST = 2  # rows of a page's head and foot that may be running lines, page marks aside
LEAST_CHARACTERS = 6  # of a running line that is known by likeness
LIKENESS = 0.8  # share of the characters that two readings of one running line have in common
SMALL_LIKENESS = 0.6  # where both are set smaller than the text: such lines are read worst
LEAST_SHARED = 0.4  # of the different characters; two lines that share fewer need no closer look
NEAR = 2  # pages from one showing of a running line to the next, where left and right pages have lines of their own
PROSE_ROWS = 4  # rows of text between a running line and a table: a form's captions are fewer


def furniture(contents: Sequence[PageContent]) -> set[int]:
    """The ids of the loose lines that are page marks or running headers and footers; `contents` in page order.

    A running line is known by standing at the same height of several pages, as it does on upright pages, or by its
    likeness to lines at the same edge of other pages or to the report's title, as scans show it: shifted and
    misread here and there.
    """
    running = _running_lines(contents)
    found = {id(x) for content in contents for x in content.loose if _is_furniture(x, content.page, running)}
    return found | _alike_at_the_edges(contents, found)


# -- at the same height


def _running_lines(contents: Sequence[PageContent]) -> list[tuple[str, float]]:
    """Texts, digits aside, that stand at the same height in the margin of several pages."""
    seen: Counter[tuple[str, int]] = Counter()
    for content in contents:
        height = content.page.upright.height
        seen.update(
            {
                (_pattern(line.text), round(line.box.centre[1] / SAME_HEIGHT))
                for line in content.loose
                if _in_margin(line.box, height)
            }
        )
    needed = max(RUNNING_PAGES, len(contents) // 3)
    return [(text, place * SAME_HEIGHT) for (text, place), count in seen.items() if count >= needed]


def _pattern(text: str) -> str:
    return re.sub(r"[\d\s]+", "#", text.strip())


def _in_margin(box: Box, height: float) -> bool:
    return box.centre[1] < MARGIN * height or box.centre[1] > (1 - MARGIN) * height


def _is_furniture(line: Line, page: Page, running: Sequence[tuple[str, float]]) -> bool:
    if not _in_margin(line.box, page.upright.height):
        return False
    if PAGE_MARK.match(line.text.strip()):
        return True
    if _is_title_size([line], page):
        return False
    pattern = _pattern(line.text)
    return any(pattern == text and abs(line.box.centre[1] - y) <= SAME_HEIGHT for text, y in running)


def _is_title_size(row: Sequence[Line], page: Page) -> bool:
    """Forms that fill a page each repeat their title at its head; unlike a running header it is large."""
    sizes = [text_size([other]) for other in page.lines]
    return text_size(row) > TITLE_SIZE * median(sizes)


# -- by likeness


@dataclass(eq=False)
class _EdgeRow:
    """A row at the head or foot of a page, `distance` points from that edge.

    `is_small` says that it is set smaller than the page's text, `is_first` that it stands on the first page,
    `meets_text` that running text, not a form, stands next to it.
    """

    lines: list[Line]
    page: int
    at_head: bool
    distance: float
    is_small: bool
    is_first: bool
    meets_text: bool

    @cached_property
    def pattern(self) -> str:
        """The text, digits and blanks aside."""
        return _pattern(unicodedata.normalize("NFKC", join_lines(line.text for line in self.lines)))

    @cached_property
    def characters(self) -> frozenset[str]:
        return frozenset(self.pattern)


def _alike_at_the_edges(contents: Sequence[PageContent], known: set[int]) -> set[int]:
    rows = [row for content in contents for row in _edge_rows(content, contents[0].page, known)]
    titles = _titles(contents[0].page) if contents else []
    found: set[int] = set()
    for row in rows:
        if row.is_first and not row.is_small:
            continue  # this may be the title itself
        pages = {other.page for other in rows if other.page != row.page and _is_same(row, other)}
        needed = SMALL_RUNNING_PAGES if row.is_small else max(RUNNING_PAGES, len(contents) // 3)
        is_title = row.is_small and row.at_head and any(_likeness(row.pattern, title) >= LIKENESS for title in titles)
        runs = len(pages) + 1 >= needed and any(abs(page - row.page) <= NEAR for page in pages)
        if runs or (is_title and row.meets_text):
            found.update(id(line) for line in row.lines)
    return found


def _edge_rows(content: PageContent, first: Page, known: set[int]) -> Iterator[_EdgeRow]:
    """The outermost rows of a page's head and foot that may be running lines."""
    page, sheet = content.page, content.page.upright
    rows = text_rows([line for line in content.loose if id(line) not in known])
    usual = median([text_size([line]) for line in page.lines]) if page.lines else 0.0
    for at_head, outermost in ((True, rows[:OUTERMOST]), (False, rows[: -OUTERMOST - 1 : -1])):
        for row in outermost:
            y = row[0].box.centre[1]
            distance = y - sheet.y0 if at_head else sheet.y1 - y
            if distance > EDGE * sheet.height or _is_title_size(row, page):
                continue
            is_small = text_size(row) < SMALL * usual
            meets = _meets_text(content, rows, y, at_head=at_head)
            edge_row = _EdgeRow(row, page.number, at_head, distance, is_small, page is first, meets)
            if _may_run(edge_row):
                yield edge_row


def _may_run(row: _EdgeRow) -> bool:
    """Whether a row's words may run through a report: numbered headings and ends of sentences are its text."""
    text = join_lines(line.text for line in row.lines)
    return (
        len(row.pattern) >= LEAST_CHARACTERS
        and not HEADING.match(text)
        and text[-1:] not in tuple(SENTENCE_END + "，、")
    )


def _meets_text(content: PageContent, rows: Sequence[Sequence[Line]], y: float, *, at_head: bool) -> bool:
    """Whether running text, not a form, stands next to the row at height `y` on the page's inner side."""
    tables = [place for table in content.tables for place in table.table.places]
    if at_head:
        end = min((place.box.y0 for place in tables if place.box.y0 > y), default=None)
        between = sum(y < row[0].box.centre[1] < end for row in rows) if end is not None else PROSE_ROWS
    else:
        end = max((place.box.y1 for place in tables if place.box.y1 < y), default=None)
        between = sum(end < row[0].box.centre[1] < y for row in rows) if end is not None else PROSE_ROWS
    return between >= PROSE_ROWS


def _is_same(row: _EdgeRow, other: _EdgeRow) -> bool:
    """Whether two pages show one running line, however the sheets lay and whatever was misread.

    Above a form, where captions and titles are much alike too, it has to read the same as above running text.
    """
    if row.at_head != other.at_head or abs(row.distance - other.distance) > MOST_SHIFT:
        return False
    shared = len(row.characters & other.characters)
    if shared < LEAST_SHARED * max(len(row.characters), len(other.characters)):
        return False
    if is_other_size(row.lines, other.lines):
        return False
    if not (row.meets_text and other.meets_text):
        return (row.meets_text or other.meets_text) and row.pattern == other.pattern
    return _likeness(row.pattern, other.pattern) >= (SMALL_LIKENESS if row.is_small else LIKENESS)


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _titles(page: Page) -> list[str]:
    """The titles of a page: its large rows, those that follow each other joined, digits and blanks aside."""
    runs = groupby(text_rows(page.lines), lambda row: _is_title_size(row, page))
    texts = [join_lines(line.text for row in rows for line in row) for is_large, rows in runs if is_large]
    return [_pattern(unicodedata.normalize("NFKC", text)) for text in texts if len(text) >= LEAST_CHARACTERS]

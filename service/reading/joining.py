"""Pages → one Document: running headers left out, tables and paragraphs carried over page breaks.

Everything here works on what single pages gave, so that pages can be read apart from each other, in any order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

from service.reading.document import Box, Cell, Line, Notice, Page, Paragraph, Place, Table
from service.reading.running import HEADING, MOST_SHIFT, PLAIN_NUMBER, SENTENCE_END, TITLE_SIZE, furniture
from service.reading.sizes import is_other_size, tells_size, text_size
from service.reading.tables import PageTable, crosses, cut_at_borders, text_rows

SAME_EDGE = 6.0  # points by which the ends of lines that share an edge may differ
SAME_COLUMN = 8.0  # points by which a column's border may move from page to page
SHARED_COLUMNS = 0.6  # of a page's borders that the page before has too
MOST_STRETCH = 0.05
LABELS = re.compile(r"[^\s：:]{2,10}[：:]")
CONTENTS = re.compile(r"[.．…⋯·]{4,}\s*\d{0,3}$")  # a line of a table of contents
CLOSING = "”’」』）)】》"
INDENT = 1.2  # of the text size: a line that begins this far right of the margin begins a paragraph
NARROWEST_TEXT = 0.75  # of the page's width: full lines end no further left than this
SHORT_LINE = 2.5  # of the text size: a line that ends this far left of the margin ends its paragraph
LONGEST_HEADING = 25  # characters; a longer text without an end mark is no heading
RAGGED = 0.75  # of the text's width that a line fills whose last word was moved to the next
LOOSE_SPACING = 1.9  # of the usual distance between lines
CENTRED = 2.5  # of the text size: a line that begins and ends this far from the margins, alike on both sides
NO_ROOM = 1.5  # of the text size: a title that ends this near to its room's edge wraps
FOOT = 0.8  # of the page's height, below which a short text stands that goes on overleaf
REPEATED_CELLS = 3  # filled cells that a repeated header row has in common with the first one
CARRIED_CELLS = 0.5  # a row that goes on over the break fills at most this share of its columns


@dataclass(slots=True)
class PageContent:
    """What reading one page gave, before pages are joined; can be pickled."""

    page: Page
    tables: list[PageTable] = field(default_factory=list)
    loose: list[Line] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)


def join(contents: Iterable[PageContent]) -> tuple[list[Page], list[Paragraph | Table], list[Notice]]:
    """Pages in order, blocks in reading order, and all notices."""
    ordered = sorted(contents, key=lambda content: content.page.number)
    left_out = furniture(ordered)
    pages = {content.page.number: content.page for content in ordered}
    blocks: list[Paragraph | Table] = []
    last_table: PageTable | None = None
    for content in ordered:
        body = [line for line in content.loose if id(line) not in left_out]
        for i, item in enumerate(_page_blocks(body, content.tables, content.page.upright.width)):
            previous = blocks[-1] if blocks else None
            if isinstance(item, PageTable):
                broken = i == 0 and last_table is not None and previous is last_table.table
                if broken and last_table is not None and continues(last_table, item):
                    append(last_table, item)
                else:
                    blocks.append(item.table)
                    last_table = item
            elif (
                i == 0
                and isinstance(previous, Paragraph)
                and _may_break(previous, pages)
                and _carries_on(previous, item)
            ):
                previous.lines.extend(item.lines)
            else:
                blocks.append(item)
    return [c.page for c in ordered], blocks, [n for c in ordered for n in c.notices]


# -- paragraphs


def _page_blocks(lines: list[Line], tables: list[PageTable], width: float) -> list[PageTable | Paragraph]:
    """A page's tables and paragraphs, top to bottom."""
    bands: list[list[Line]] = [[] for _ in range(len(tables) + 1)]
    tops = [t.table.places[0].box.y0 for t in tables]
    for line in lines:
        bands[sum(line.box.centre[1] > top for top in tops)].append(line)
    blocks: list[PageTable | Paragraph] = []
    for i, band in enumerate(bands):
        blocks.extend(paragraphs(band, width))
        if i < len(tables):
            blocks.append(tables[i])
    return blocks


def paragraphs(lines: Sequence[Line], page_width: float) -> list[Paragraph]:
    """Lines of one page's running text joined to paragraphs by indents, short lines, spacing, size and numbering."""
    rows = text_rows(lines)
    if not rows:
        return []
    layout = _layout(rows, page_width)
    result = [Paragraph(list(rows[0]))]
    for above, row in pairwise(rows):
        goes_on = _wraps_title(above, row, layout) or (
            not layout.is_heading(above) and _goes_on_anyway(result[-1], row[0])
        )
        if _begins_paragraph(above, row, layout) and not goes_on:
            result.append(Paragraph(list(row)))
        else:
            result[-1].lines.extend(row)
    return result


@dataclass(frozen=True)
class _Layout:
    """How a page's running text is set: its margins, the usual distance of its lines and their size, in points."""

    left: float
    right: float
    step: float
    size: float

    def is_title(self, row: Sequence[Line]) -> bool:
        return tells_size(row) and text_size(row) > TITLE_SIZE * self.size

    def is_heading(self, row: Sequence[Line]) -> bool:
        """Whether a row is set as a heading: large, or in the middle."""
        before, behind = row[0].box.x0 - self.left, self.right - row[-1].box.x1
        size = text_size(row)
        return self.is_title(row) or (min(before, behind) > CENTRED * size and abs(before - behind) < size)


def _layout(rows: Sequence[Sequence[Line]], page_width: float) -> _Layout:
    left = _usual_edge([row[0].box.x0 for row in rows], min)
    right = max(_usual_edge([row[-1].box.x1 for row in rows], max), NARROWEST_TEXT * page_width)
    steps = [b[0].box.centre[1] - a[0].box.centre[1] for a, b in pairwise(rows)]
    return _Layout(left, right, median(steps) if steps else 0.0, median(text_size(row) for row in rows))


def _wraps_title(above: Sequence[Line], row: Sequence[Line], layout: _Layout) -> bool:
    """Whether a title goes on in the next line for want of room."""
    if not (layout.is_title(above) and layout.is_title(row)) or is_other_size(above, row):
        return False
    return above[-1].box.x1 - above[0].box.x0 > layout.right - layout.left - NO_ROOM * text_size(above)


def _goes_on_anyway(paragraph: Paragraph, line: Line) -> bool:
    """A long sentence that stops in its middle goes on in what follows, whatever the layout says."""
    text = paragraph.text
    alike = not is_other_size(paragraph.lines[-1:], [line])
    sentence = len(text) > LONGEST_HEADING and not _is_labels(text) and not _is_long_heading(text)
    return alike and sentence and not _is_ended(text) and not HEADING.match(line.text)


def _is_long_heading(text: str) -> bool:
    """Whether a numbered text has no mark that parts a sentence: a heading, however long."""
    return HEADING.match(text) is not None and not re.search("[，；：:;,]", text)


def _is_labels(text: str) -> bool:
    """Whether a line holds labels and values ("填表人：…  日期：…"), as stand above and below a form."""
    return len(LABELS.findall(text)) >= 2 and "，" not in text


def _is_ended(text: str) -> bool:
    return text.rstrip(CLOSING)[-1:] in tuple(SENTENCE_END) or CONTENTS.search(text) is not None


def _usual_edge(values: list[float], outermost: Callable[[list[float]], float]) -> float:
    """The outermost edge that two lines share; a single line's own edge otherwise."""
    shared = [v for v in values if sum(abs(v - other) < SAME_EDGE for other in values) >= 2]
    return outermost(shared or values)


def _begins_paragraph(above: list[Line], row: list[Line], layout: _Layout) -> bool:
    size = text_size(row)
    left, right = layout.left, layout.right
    if HEADING.match(row[0].text) and row[0].box.x0 > left - size:
        return True
    if CONTENTS.search("".join(line.text for line in above)):
        return True
    if is_other_size(above, row) or layout.is_title(above) != layout.is_title(row):
        return True
    if layout.step and row[0].box.centre[1] - above[0].box.centre[1] > LOOSE_SPACING * max(layout.step, size):
        return True
    moved_word = not layout.is_heading(above) and _moved_word(above, left, right)
    if PLAIN_NUMBER.match(row[0].text) and _is_ended(above[-1].text):
        return True
    ended_short = above[-1].box.x1 < right - SHORT_LINE * size and not moved_word
    indented = row[0].box.x0 > left + INDENT * size
    return ended_short or indented


def _moved_word(row: Sequence[Line], left: float, right: float) -> bool:
    """A ragged line in mid-sentence: its last word or figure did not fit and stands at the head of the next."""
    return not _is_ended(row[-1].text) and row[-1].box.x1 > left + RAGGED * (right - left)


def _may_break(paragraph: Paragraph, pages: Mapping[int, Page]) -> bool:
    """Whether a paragraph may go on overleaf: it is long, or reaches the foot of its page (a cover's lines do not)."""
    last = paragraph.lines[-1]
    return len(paragraph.text) > LONGEST_HEADING or last.box.y1 > FOOT * pages[last.page].upright.height


def _carries_on(above: Paragraph, below: Paragraph) -> bool:
    """Whether a paragraph that begins a page goes on from the one that ended the page before."""
    first, last = below.lines[0], above.lines[-1]
    if _goes_on_anyway(above, first):
        return True
    if HEADING.match(first.text) or _is_ended(above.text) or _is_labels(last.text):
        return False
    if is_other_size([last], [first]):
        return False
    size = text_size([first])
    left = min((line.box.x0 for line in above.lines[1:] + below.lines[1:]), default=first.box.x0)
    right = max(line.box.x1 for line in above.lines + below.lines)
    return _moved_word([last], left, right) and first.box.x0 <= left + INDENT * size


# -- tables


def continues(above: PageTable, below: PageTable) -> bool:
    """Whether a table that begins a page goes on from the one that ended the page before: same columns."""
    shift = below.xs[0] - above.xs[0]
    stretch = (below.xs[-1] - below.xs[0]) / (above.xs[-1] - above.xs[0])
    if abs(shift) > MOST_SHIFT or abs(stretch - 1) > MOST_STRETCH:
        return False
    moved = _moved(above, below)
    shared = sum(any(abs(x - known) <= SAME_COLUMN for known in above.xs) for x in moved)
    return shared >= SHARED_COLUMNS * len(moved)


def _moved(above: PageTable, below: PageTable) -> list[float]:
    """Column borders of the second page where they would lie on the first: a scanner takes no two pages alike.

    Where no ruling shows a border it stands anywhere in the white between two texts: where the first page has it.
    """
    moved = [_carried(x, below, above) for x in below.xs]
    if below.table.ruled:
        return moved
    texts = [line.box for cell in below.table.cells for line in cell.lines]
    spans = [(_carried(box.x0, below, above), _carried(box.x1, below, above)) for box in texts]

    def is_white(a: float, b: float) -> bool:
        return not any(x0 + SAME_EDGE < max(a, b) and x1 - SAME_EDGE > min(a, b) for x0, x1 in spans)

    return [
        min((x for x in above.xs if is_white(x, border)), key=lambda x: abs(x - border), default=border)
        for border in moved
    ]


def append(above: PageTable, below: PageTable) -> None:
    """Add the rows of `below` to `above`, in place: the grids are merged and what the break cut is put together."""
    _align_columns(above, below)
    rows = _without_repeated_header(above.table, below)
    if rows and _goes_on(above, below, rows[0]):
        _carry_row(above, below, rows.pop(0))
    if rows:
        offset = above.table.row_count - rows[0]
        carried = _carry_levels(above, below, rows[0])
        for cell in below.table.cells:
            if cell.row >= rows[0] and id(cell) not in carried:
                cell.row += offset
                above.table.cells.append(cell)
    above.table.places.extend(below.table.places)
    above.table.cells.sort(key=lambda c: (c.row, c.column))
    above.open_bottom = below.open_bottom


def _align_columns(above: PageTable, below: PageTable) -> None:
    """Give both tables one common set of columns."""
    moved = _moved(above, below)
    xs = sorted(above.xs + [x for x in moved if all(abs(x - known) > SAME_COLUMN for known in above.xs)])
    for piece, borders in ((above, above.xs), (below, moved)):
        mapped = [_nearest(xs, x) for x in borders]
        for cell in piece.table.cells:
            start, end = mapped[cell.column], mapped[cell.column + cell.column_span]
            cell.column, cell.column_span = start, max(1, end - start)
        piece.open_top = _mapped_columns(piece.open_top, mapped)
        piece.open_bottom = _mapped_columns(piece.open_bottom, mapped)
    above.xs = xs
    if not below.table.ruled:
        there = [_carried(x, above, below) for x in xs]
        below.table.cells = [part for cell in below.table.cells for part in _parted(cell, there)]


def _carried(x: float, page: PageTable, other: PageTable) -> float:
    """Where a position on one page would lie on the other."""
    stretch = (other.xs[-1] - other.xs[0]) / (page.xs[-1] - page.xs[0])
    return other.xs[0] + (x - page.xs[0]) * stretch


def _parted(cell: Cell, xs: Sequence[float]) -> list[Cell]:
    """A cell without rulings, parted at the borders that other pages show in it and that no text of it crosses."""
    if cell.column_span == 1 or not cell.lines:
        return [cell]
    inner = range(cell.column + 1, cell.column + cell.column_span)
    pieces = [piece for line in cell.lines for piece in cut_at_borders(line, xs)]
    borders = [c for c in inner if not any(crosses(piece, xs[c]) for piece in pieces)]
    parts = []
    for first, end in pairwise([cell.column, *borders, cell.column + cell.column_span]):
        own = [piece for piece in pieces if first == _column_at(piece, xs, [cell.column, *borders])]
        places = [Place(p.page, Box(xs[first], p.box.y0, xs[end], p.box.y1)) for p in cell.places]
        parts.append(Cell(cell.row, first, places, own, cell.row_span, end - first))
    return parts


def _column_at(line: Line, xs: Sequence[float], starts: Sequence[int]) -> int:
    """The last of the columns `starts` that begins left of the middle of a line."""
    return max((c for c in starts if xs[c] <= line.box.centre[0]), default=starts[0])


def _nearest(positions: Sequence[float], x: float) -> int:
    return min(range(len(positions)), key=lambda i: abs(positions[i] - x))


def _mapped_columns(columns: set[int], mapped: list[int]) -> set[int]:
    return {k for c in columns if c + 1 < len(mapped) for k in range(mapped[c], mapped[c + 1])}


def _without_repeated_header(table: Table, below: PageTable) -> list[int]:
    """The rows of `below` that are not header rows printed again at the top of its page."""
    texts = [_row_texts(table, r) for r in range(table.row_count)]
    rows = list(range(below.table.row_count))
    repeated = 0
    while repeated < len(rows):
        row = _row_texts(below.table, repeated)
        if len(row) < REPEATED_CELLS or row not in texts:
            break
        repeated += 1
    if repeated == len(rows):  # nothing but known rows: values that repeat, not a header
        return rows
    return rows[repeated:]


def _row_texts(table: Table, row: int) -> list[str]:
    return [re.sub(r"\s", "", c.text) for c in table.row(row) if c.text and c.row == row]


def _goes_on(above: PageTable, below: PageTable, row: int) -> bool:
    """Whether the first row of a page is the rest of the row that the page before ended with.

    Either no ruling parts the two in any column, or the row holds only the rest of a long text.
    """
    last = above.table.row_count - 1
    first_cells = below.table.row(row)
    if row == 0 and _all_open(above.open_bottom, above.table) and _all_open(below.open_top, below.table):
        return True
    filled = [c for c in first_cells if c.text]
    if not filled or len(filled) > CARRIED_CELLS * len(first_cells) or any(c.row_span > 1 for c in first_cells):
        return False
    return all(_breaks_off(above.table.at(last, c.column), c) for c in filled)


def _all_open(columns: set[int], table: Table) -> bool:
    return len(columns) >= table.column_count > 0


def _breaks_off(above: Cell | None, below: Cell) -> bool:
    """A text that ends mid-sentence at the foot of a page and goes on at the head of the next."""
    if above is None or not above.text or above.column != below.column:
        return False
    return not _is_ended(above.text) and not HEADING.match(below.text) and len(above.text) > 6


def _carry_row(above: PageTable, below: PageTable, row: int) -> None:
    last = above.table.row_count - 1
    for cell in below.table.row(row):
        owner = above.table.at(last, cell.column)
        if owner is not None and cell.row == row:
            owner.lines.extend(cell.lines)
            owner.places.extend(cell.places)
            owner.row_span += cell.row_span - 1


def _carry_levels(above: PageTable, below: PageTable, row: int) -> set[int]:
    """Merge cells that the break cut: no ruling at the foot of the one nor at the head of the other.

    Returns the ids of the cells that became part of one above.
    """
    last = above.table.row_count - 1
    carried: set[int] = set()
    for cell in [c for c in below.table.cells if c.row == row]:
        owner = above.table.at(last, cell.column)
        if owner is None or (owner.column, owner.column_span) != (cell.column, cell.column_span):
            continue
        columns = set(range(cell.column, cell.column + cell.column_span))
        is_open = row == 0 and columns <= above.open_bottom and columns <= below.open_top
        # The name of rows that the break divides stands with the other part of them: no row goes without one.
        is_named_below = cell.column == 0 and cell.text and not owner.text
        if is_open or is_named_below:
            owner.row_span += cell.row_span
            owner.lines.extend(cell.lines)
            owner.places.extend(cell.places)
            carried.add(id(cell))
    return carried

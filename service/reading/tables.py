"""Rulings and lines of text → tables with true spans.

A table is understood from its rulings: where horizontal and vertical ones meet they span a grid, and neighbouring grid
positions without a ruling between them are one cell. Tables without vertical rulings get their columns from the white
space that their rows share. All lengths are points of upright space.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from math import inf
from statistics import median
from typing import NamedTuple

from service.reading.document import Box, Cell, Line, Place, Table, union

SAME_LINE = 2.5  # rulings closer than this are one, drawn twice or bent by the scanner
GAP = 4.0  # a broken or dotted ruling goes on after a gap of this
TOUCH = 5.0  # how far a ruling may end from the one it should meet
NARROWEST_COLUMN = 5.0
LOWEST_ROW = 5.0
NARROWEST_TABLE = 100.0  # the strokes of a scanned title cross like rulings
SHORTEST = 10.0  # a ruling shorter than this bounds no cell
STROKES = 45.0  # no row of strokes in text makes a ruling longer than this
GRID_RULES = 4  # horizontal and vertical ones that make a grid, not a frame around one
WALL_SHARE = 0.5  # of a cell's side that must be ruled to part it from its neighbour
OPEN_EDGE = 7.0  # verticals that run this far past the last horizontal leave the table open there
SAME_EXTENT = 12.0  # horizontals of a table without verticals begin and end together
TALLEST_ROW = 260.0  # and lie no further apart
COLUMN_GAP = 4.0  # least white space between two columns that no ruling parts
TOUCHING = 0.5  # points by which the boxes of two texts side by side may overlap
OWN_GAP = 12.0  # white between two texts that is a border though no other row shows it
OWN_TEXT = 3  # characters that each of them has at least
CROSSED_SHARE = 0.25  # of the rows may cross the white space between two columns (merged cells)
WORD_STEP = 1.2  # of the usual step from character to character: where a column border falls, a gap between words
FIGURE_STEP = 1.9  # the same between two digits
LEAST_WHITE = 2.0  # points before a text that begins where others below it do
WHITE_BESIDE = 0.5  # of that step: white beside a punctuation mark that is none of its own
SLIP = 4.0  # points by which recognition errs in where a character stands
NEAR_ROWS = 45.0  # points to the lines that tell where columns begin
WIDE_STEP = 1.35  # of a line's usual step, to where others begin
PUNCTUATION = frozenset("，。、；：！？,;:）)”")
FIGURE = re.compile(r"[-+]?[\d,，.]*\d[\d,，.]*[%％]?")
LEAST_FIGURES = 2
# The headings of a form's parts.
NUMBERED = re.compile(r"[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[）)]|[■▪●◆]")
LONGEST_HEADING = 24
LOOSE = 1.3  # of the usual step between text lines: another part begins
LEAST_STEPS = 3  # that tell what is usual
HIGHEST_HEAD = 24.0  # points above the first ruling in which a row of headings stands
LEAST_HEADS = 3
NO_HEADING = re.compile(r"[:：]|\d{2}")
LEAST_UNRULED = 5  # texts side by side in the head of a table without rulings
LEAST_UNRULED_ROWS = 3  # below it, filled much as it is
LOOSEST_ROW = 2.5  # times the height of its text: white between rows of one table
MARKS = ("，", "。", "；", "：", "、")
BLOCK_SHARE = 0.6  # of the texts side by side in the fullest row that the rows of its block have
SAME_START = 3.0  # points between the starts of texts one below the other
FILLED_SHARE = 0.6  # of the fullest text row: a text line as full begins a row of its own
VERTICAL = 1.4  # times as high as wide: a line of two characters or more that runs down
SAME_BASELINE = 0.5  # of the lower height that two pieces of one text line share


class Rule(NamedTuple):
    """A straight ruling: its position across, and where it starts and ends along."""

    at: float
    start: float
    end: float

    @property
    def length(self) -> float:
        return self.end - self.start


class Rules(NamedTuple):
    """The rulings of a page: horizontal ones by y, vertical ones by x; `dashed` where broken ones are among them.

    `lettered` are stretches of vertical ones that only a text's box shows: what is dark there may be its strokes.
    `guessed_level` and `guessed_upright` are the stretches that are ruled because little speaks for it: a single row's,
    or one that other rows' borders suggest.
    """

    horizontal: list[Rule]
    vertical: list[Rule]
    dashed: bool = False
    lettered: Sequence[Rule] = ()
    guessed_level: Sequence[Rule] = ()
    guessed_upright: Sequence[Rule] = ()


@dataclass(slots=True)
class PageTable:
    """A table as one page shows it.

    `xs` are the positions of its column borders, one more than it has columns. `open_top` and `open_bottom` hold the
    columns whose outermost cell has no ruling there: it may go on over the page break.
    """

    table: Table
    xs: list[float]
    open_top: set[int] = field(default_factory=set)
    open_bottom: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Grid:
    """Positions of the grid lines, and the rulings that lie on them."""

    xs: list[float]
    ys: list[float]
    horizontal: dict[int, list[Rule]]
    vertical: dict[int, list[Rule]]

    def wall_below(self, row: int, column: int) -> bool:
        """Whether the lower side of a grid position is ruled; row -1 asks for the table's top."""
        return _covered(self.horizontal.get(row + 1, []), self.xs[column], self.xs[column + 1]) >= WALL_SHARE

    def wall_right(self, row: int, column: int) -> bool:
        return _covered(self.vertical.get(column + 1, []), self.ys[row], self.ys[row + 1]) >= WALL_SHARE

    def box(self, row: int, column: int, row_span: int, column_span: int) -> Box:
        return Box(self.xs[column], self.ys[row], self.xs[column + column_span], self.ys[row + row_span])


def find_tables(rules: Rules, lines: Sequence[Line], page: int) -> tuple[list[PageTable], list[Line]]:
    """The tables of a page with their text, and the lines that stand outside of them."""
    horizontal = [r for r in merge_rules(rules.horizontal) if r.length >= SHORTEST]
    vertical = [r for r in merge_rules(rules.vertical) if r.length >= SHORTEST]
    tables: list[PageTable] = []
    loose = list(lines)
    groups = sorted(_groups(horizontal, vertical), key=lambda g: _extent(*g).area)
    groups = [g for i, g in enumerate(groups) if not any(_is_inside(g, other) for other in groups[i + 1 :])]
    for h, v in groups:  # the smaller first: a frame around a table takes only what the table leaves
        found, loose = _ruled_table(h, v, loose, page) if v else _rowed_table(h, loose, page)
        if found is not None:
            tables.append(found)
    for stack in _unruled(loose):
        found, loose = _rowed_table(stack, loose, page)
        tables += [found] if found is not None else []
    tables.sort(key=lambda t: t.table.places[0].box.y0)
    return tables, loose


def _is_inside(group: tuple[list[Rule], list[Rule]], other: tuple[list[Rule], list[Rule]]) -> bool:
    """Whether rulings lie within the grid of a table that they do not touch: strokes of its texts."""
    if len(other[0]) < GRID_RULES or len(other[1]) < GRID_RULES or len(group[0]) >= len(other[0]):
        return False
    inner, outer = _extent(*group), _extent(*other)
    return inner.intersection(outer) > 0.9 * inner.area


def merge_rules(rules: Iterable[Rule]) -> list[Rule]:
    """Join pieces that lie on one line and touch or nearly touch."""
    merged: list[Rule] = []
    for band in bands(sorted(rules)):
        at = sum(r.at * (r.length + 1) for r in band) / sum(r.length + 1 for r in band)
        start, end = None, 0.0
        for rule in sorted(band, key=lambda r: r.start):
            if start is None:
                start, end = rule.start, rule.end
            elif rule.start - end <= GAP:
                end = max(end, rule.end)
            else:
                merged.append(Rule(at, start, end))
                start, end = rule.start, rule.end
        if start is not None:
            merged.append(Rule(at, start, end))
    return merged


def bands(rules: list[Rule]) -> Iterable[list[Rule]]:
    """Runs of rulings, sorted by position, of which each lies close to the run's first."""
    band: list[Rule] = []
    for rule in rules:
        if band and rule.at - band[0].at > SAME_LINE:
            yield band
            band = []
        band.append(rule)
    if band:
        yield band


def _groups(horizontal: list[Rule], vertical: list[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Rulings that touch each other belong to one table; horizontals left alone are grouped by common extent."""
    parent = list(range(len(horizontal) + len(vertical)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for i, h in enumerate(horizontal):
        for j, v in enumerate(vertical):
            if h.start - TOUCH <= v.at <= h.end + TOUCH and v.start - TOUCH <= h.at <= v.end + TOUCH:
                parent[root(i)] = root(len(horizontal) + j)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = defaultdict(lambda: ([], []))
    for i, h in enumerate(horizontal):
        groups[root(i)][0].append(h)
    for j, v in enumerate(vertical):
        groups[root(len(horizontal) + j)][1].append(v)
    crossing = [(h, v) for h, v in groups.values() if h and v]
    alone = sorted(h for hs, v in groups.values() if not v for h in hs)
    return _with_outer_rows(crossing, alone)


def _with_outer_rows(
    crossing: list[tuple[list[Rule], list[Rule]]], alone: list[Rule]
) -> list[tuple[list[Rule], list[Rule]]]:
    """Give horizontals that touch no vertical to the table they continue, else make tables of their own of them."""
    left: list[Rule] = []
    for rule in alone:
        for hs, _ in crossing:
            low, high = min(hs), max(hs)
            near = low.at - TALLEST_ROW / 4 < rule.at < high.at + TALLEST_ROW / 4
            if near and any(_same_extent(rule, h) for h in (low, high)):
                hs.append(rule)
                break
        else:
            left.append(rule)
    return crossing + [(run, []) for run in _stacks(left) if len(run) >= 3]


def _stacks(rules: list[Rule]) -> list[list[Rule]]:
    """Horizontals that lie one below the other within the extent of the widest of them."""
    stacks: list[list[Rule]] = []
    for rule in rules:
        for stack in stacks:
            widest = max(stack, key=lambda r: r.length)
            inner, outer = sorted((rule, widest), key=lambda r: r.length)
            within = outer.start - SAME_EXTENT < inner.start and inner.end < outer.end + SAME_EXTENT
            if within and rule.at - stack[-1].at < TALLEST_ROW:
                stack.append(rule)
                break
        else:
            stacks.append([rule])
    return [_between_full_rules(stack) for stack in stacks]


def _between_full_rules(stack: list[Rule]) -> list[Rule]:
    """A table begins and ends with a ruling over its whole width; the line under a heading is no part of it."""
    full = [i for i, rule in enumerate(stack) if sum(_same_extent(rule, other) for other in stack) >= 2]
    return stack[full[0] : full[-1] + 1] if full else []


def _same_extent(a: Rule, b: Rule) -> bool:
    return abs(a.start - b.start) < SAME_EXTENT and abs(a.end - b.end) < SAME_EXTENT


def _extent(horizontal: Sequence[Rule], vertical: Sequence[Rule]) -> Box:
    xs = [x for r in horizontal for x in (r.start, r.end)] + [r.at for r in vertical]
    ys = [y for r in vertical for y in (r.start, r.end)] + [r.at for r in horizontal]
    return Box(min(xs), min(ys), max(xs), max(ys))


# -- ruled tables


def _ruled_table(
    horizontal: list[Rule], vertical: list[Rule], lines: list[Line], page: int
) -> tuple[PageTable | None, list[Line]]:
    horizontal, vertical = _trusted(horizontal, vertical), _trusted(vertical, horizontal)
    if not horizontal or not vertical:
        return None, lines
    grid = _grid(horizontal, vertical, lines)
    if len(grid.xs) < 2 or len(grid.ys) < 2:
        return None, lines
    cells = [
        Cell(r, c, [Place(page, grid.box(r, c, rs, cs))], row_span=rs, column_span=cs) for r, c, rs, cs in _merged(grid)
    ]
    if len(grid.xs) == 2 and len(cells) < 3:  # a frame around text
        return None, lines
    place = Place(page, union(c.places[0].box for c in cells))
    if place.box.width < NARROWEST_TABLE:
        return None, lines
    rest = place_lines(lines, cells)
    table = Table(cells, [place])
    last = len(grid.ys) - 2
    columns = range(len(grid.xs) - 1)
    found = PageTable(
        table,
        grid.xs,
        open_top={c for c in columns if not grid.wall_below(-1, c)},
        open_bottom={c for c in columns if not grid.wall_below(last, c)},
    )
    return found, rest


def _trusted(rules: list[Rule], crossing: list[Rule]) -> list[Rule]:
    """Without the strokes of text that a scan shows as short rulings: a ruling ends where it meets another one."""
    start, end = _common_end([r.start for r in rules], min), _common_end([r.end for r in rules], max)

    def meets(rule: Rule, at: float) -> bool:
        outer = abs(at - start) < TOUCH or abs(at - end) < TOUCH
        return outer or any(abs(c.at - at) < TOUCH and c.start - TOUCH < rule.at < c.end + TOUCH for c in crossing)

    trusted = [r for r in rules if (meets(r, r.start) and meets(r, r.end)) or r.length > 2 * STROKES]
    pieces = [r for r in rules if r not in trusted and (meets(r, r.start) or meets(r, r.end))]
    # A ruling broken by a seal or a fold leaves pieces with a free end: they lie in line with a whole one.
    return trusted + [r for r in pieces if r.length > STROKES or any(abs(t.at - r.at) < SAME_LINE for t in trusted)]


def _grid(horizontal: list[Rule], vertical: list[Rule], lines: list[Line]) -> Grid:
    """The grid lines: each ruling's position, and the table's outer sides where no ruling marks them."""
    xs = _positions([r.at for r in vertical], NARROWEST_COLUMN)
    ys = _positions([r.at for r in horizontal], LOWEST_ROW)
    left, right = _common_end([r.start for r in horizontal], min), _common_end([r.end for r in horizontal], max)
    far_left, far_right = min(r.start for r in horizontal), max(r.end for r in horizontal)
    if _holds_text(Box(far_left, ys[0], xs[0], ys[-1]), lines):
        left = far_left
    if _holds_text(Box(xs[-1], ys[0], far_right, ys[-1]), lines):
        right = far_right
    unruled_left = xs[0] - left > 2 * OPEN_EDGE
    unruled_right = right - xs[-1] > 2 * OPEN_EDGE
    xs = [left] * unruled_left + xs + [right] * unruled_right
    top, bottom = _common_end([r.start for r in vertical], min), _common_end([r.end for r in vertical], max)
    ys = [top] * (ys[0] - top > OPEN_EDGE) + ys + [bottom] * (bottom - ys[-1] > OPEN_EDGE)
    by_row, by_column = _on_lines(horizontal, ys), _on_lines(vertical, xs)
    if unruled_left:
        by_column[0] = [Rule(left, ys[0], ys[-1])]
    if unruled_right:
        by_column[len(xs) - 1] = [Rule(right, ys[0], ys[-1])]
    return Grid(xs, ys, by_row, by_column)


def _holds_text(box: Box, lines: list[Line]) -> bool:
    return any(box.contains(*line.box.centre) for line in lines)


def _common_end(ends: list[float], outermost: Callable[[list[float]], float]) -> float:
    """The outermost end that at least two rulings share; one ruling that sticks out makes no column."""
    shared = [e for e in ends if sum(abs(e - other) < TOUCH for other in ends) >= 2]
    return outermost(shared or ends)


def _positions(values: list[float], least: float) -> list[float]:
    """Distinct positions at least `least` apart, each the mean of the values it stands for."""
    groups: list[list[float]] = []
    for value in sorted(values):
        if groups and value - groups[-1][-1] < least:
            groups[-1].append(value)
        else:
            groups.append([value])
    return [sum(g) / len(g) for g in groups]


def _on_lines(rules: list[Rule], positions: list[float]) -> dict[int, list[Rule]]:
    """Rulings by the index of the grid line nearest to them."""
    result: dict[int, list[Rule]] = defaultdict(list)
    for rule in rules:
        nearest = min(range(len(positions)), key=lambda i: abs(positions[i] - rule.at))
        result[nearest].append(rule)
    return result


def _covered(rules: list[Rule], start: float, end: float) -> float:
    """The share of start..end that the rulings cover."""
    pieces = sorted((max(r.start, start), min(r.end, end)) for r in rules)
    covered, reached = 0.0, start
    for a, b in pieces:
        if b > max(a, reached):
            covered += b - max(a, reached)
            reached = b
    return covered / (end - start) if end > start else 0.0


def _merged(grid: Grid) -> list[tuple[int, int, int, int]]:
    """Cells as (row, column, row_span, column_span) that cover the grid: positions with no wall between are one.

    Where a missing stretch of ruling leaves a shape that is no rectangle, the largest rectangles at its top left
    are taken one after the other.
    """
    rows, columns = len(grid.ys) - 1, len(grid.xs) - 1
    right = [[c + 1 < columns and not grid.wall_right(r, c) for c in range(columns)] for r in range(rows)]
    below = [[r + 1 < rows and not grid.wall_below(r, c) for c in range(columns)] for r in range(rows)]
    taken = [[False] * columns for _ in range(rows)]
    cells = []
    for r in range(rows):
        for c in range(columns):
            if taken[r][c]:
                continue
            row_span, column_span = _rectangle(r, c, right, below, taken)
            for i in range(r, r + row_span):
                for j in range(c, c + column_span):
                    taken[i][j] = True
            cells.append((r, c, row_span, column_span))
    return cells


def _rectangle(
    r: int, c: int, right: list[list[bool]], below: list[list[bool]], taken: list[list[bool]]
) -> tuple[int, int]:
    """The spans of the cell that begins at (r, c): as wide as its first row is open, then as tall as all of it is."""
    column_span = 1
    while right[r][c + column_span - 1] and not taken[r][c + column_span]:
        column_span += 1
    row_span = 1
    while all(below[r + row_span - 1][j] for j in range(c, c + column_span)) and all(
        right[r + row_span][j] for j in range(c, c + column_span - 1)
    ):
        row_span += 1
    return row_span, column_span


# -- tables without vertical rulings


def _rowed_table(horizontal: list[Rule], lines: list[Line], page: int) -> tuple[PageTable | None, list[Line]]:
    """Rows between the rulings, columns from the white space that the rows share.

    A text that crosses a column border joins the cells on both sides; a ruling that leaves columns out joins the cells
    above and below there.
    """
    ys = _positions([r.at for r in horizontal], LOWEST_ROW)
    left, right = min(r.start for r in horizontal), max(r.end for r in horizontal)
    region = Box(left - GAP, ys[0], right + GAP, ys[-1])
    lines = _cut_where_others_begin(lines, region)
    if (head := _head_above(ys[0], lines, region)) is not None:
        ys = [head, *ys]
        horizontal = [Rule(head, left, right), *horizontal]
        region = Box(region.x0, head, region.x1, region.y1)
    inside = [line for line in lines if region.contains(*line.box.centre)]
    split = _with_text_rows(ys, inside, horizontal)
    stack = horizontal
    horizontal = horizontal + [Rule(y, left, right) for y in split if y not in ys]
    ys = split
    if len(ys) < 3:
        return None, lines
    borders = _borders(_in_bands(inside, ys), ys, stack, left, right)
    if not borders:
        return None, lines
    borders = _apart(sorted([*borders, *_own_borders(_in_bands(inside, ys), borders, ys)]))
    xs = [left, *(border.at for border in borders), right]
    parted = _in_bands(lines, [-inf, *ys, inf])
    parted = [[piece for line in band for piece in cut_at_borders(line, xs, band)] for band in parted]
    lines = [piece for band in parted for piece in _without_stragglers(band, borders)]
    rows = _in_bands([line for line in lines if region.contains(*line.box.centre)], ys)
    grid = Grid(xs, ys, _on_lines(horizontal, ys), _walls_beside_text(rows, borders, xs, ys))
    cells = [
        Cell(r, c, [Place(page, grid.box(r, c, rs, cs))], row_span=rs, column_span=cs) for r, c, rs, cs in _merged(grid)
    ]
    rest = place_lines(lines, cells, whole=True)
    table = Table(cells, [Place(page, Box(left, ys[0], right, ys[-1]))], ruled=False)
    return PageTable(table, xs), rest


def _head_above(top: float, lines: Sequence[Line], region: Box) -> float | None:
    """The top of a row of headings that stands right above the first ruling, over the texts of the row below it."""
    near = Box(region.x0, top - HIGHEST_HEAD, region.x1, top)
    rows = text_rows([line for line in lines if near.contains(*line.box.centre)])
    below = text_rows([line for line in lines if region.contains(*line.box.centre)])
    if not rows or not below or len(rows[-1]) < max(LEAST_HEADS, BLOCK_SHARE * len(below[0])):
        return None
    if any(NO_HEADING.search(line.text) for line in rows[-1]):  # a running head
        return None
    over = sum(any(h.box.x0 - GAP < b.box.x1 and b.box.x0 < h.box.x1 + GAP for b in below[0]) for h in rows[-1])
    return _head(rows[-1]) - 1.0 if over >= LEAST_HEADS and top - _foot(rows[-1]) < HIGHEST_HEAD / 2 else None


def _cut_where_others_begin(lines: Sequence[Line], region: Box) -> list[Line]:
    """Cut the lines of a region at a wide step to where others begin, twice or beside a line that begins as they do: a
    label and its value, read as one."""
    inside = [line for line in lines if region.contains(*line.box.centre)]
    beside = [(a.box, b.box) for row in text_rows(inside) for a, b in pairwise(row)]

    def begin(line: Line, x: float) -> bool:
        y = line.box.centre[1]
        near = sum(abs(o.box.x0 - x) < SLIP for o in inside if o is not line and abs(o.box.centre[1] - y) < NEAR_ROWS)
        pairs = ((a, b) for a, b in beside if abs(b.centre[1] - y) < NEAR_ROWS and abs(a.x0 - line.box.x0) < SLIP)
        return near >= 2 or any(abs(b.x0 - x) < SLIP for _, b in pairs)

    found: list[Line] = []
    for line in lines:
        steps = steps_of(line) if region.contains(*line.box.centre) else []
        usual = median(s.length for s in steps) if steps else 0.0
        wide = [s for s in steps if s.length > WIDE_STEP * usual and not _in_figure(line, s)]
        cuts = [s.end_char for s in wide if not _is_marked(line, s) and begin(line, s.end - usual / 2)]
        found += cut(line, cuts)
    return found


def _is_marked(line: Line, step: Step) -> bool:
    """Whether a step leads from or to a punctuation mark, which leaves white beside it."""
    return bool({line.chars[step.start_char].text, line.chars[step.end_char].text} & PUNCTUATION)


def _unruled(lines: Sequence[Line]) -> list[list[Rule]]:
    """Rulings that would stand around tables without any: below and above rows of many texts, and below their head."""
    rows = text_rows(lines)
    stacks: list[list[Rule]] = []
    at = 0
    while at < len(rows):
        end = at + 1
        if len(rows[at]) >= LEAST_UNRULED:
            while end < len(rows) and _is_row_below(rows[at:end], rows[end]):
                end += 1
            full = [row for row in rows[at:end] if len(row) >= BLOCK_SHARE * len(rows[at])]
            if len(full) > LEAST_UNRULED_ROWS:
                box = union(line.box for row in rows[at:end] for line in row)
                ys = (box.y0 - 1.0, (_foot(rows[at]) + _head(rows[at + 1])) / 2, box.y1 + 1.0)
                stacks.append([Rule(y, box.x0 - GAP, box.x1 + GAP) for y in ys])
        at = end
    return stacks


def _is_row_below(rows: Sequence[list[Line]], row: list[Line]) -> bool:
    """Whether a text line goes on with a table without rulings: near, and no text over several of the head's."""
    near = _head(row) - _foot(rows[-1]) < LOOSEST_ROW * max(line.box.height for line in rows[0])
    crossed = (sum(line.box.x0 < h.box.centre[0] < line.box.x1 for h in rows[0]) for line in row)
    return near and max(crossed) <= 1


def _in_bands(lines: list[Line], ys: list[float]) -> list[list[Line]]:
    return [[line for line in lines if a <= line.box.centre[1] < b] for a, b in pairwise(ys)]


def _borders(rows: list[list[Line]], ys: list[float], stack: list[Rule], left: float, right: float) -> list[Rule]:
    """Column borders without rulings, each with the stretch of rows that it parts, left to right.

    Where several horizontals begin or end stands a border. White space that hardly any row crosses is one too: of the
    whole table, of its rows from the fullest one down, or of those above it, since a form's head has its own columns;
    or of the rows around the fullest, such as the amounts between a form's head and its goal, and of those below.
    """
    fullest = max(range(len(rows)), key=lambda r: (_columns_of(rows[r]), -r))
    top, bottom = _block(rows, fullest)
    found = _rule_ends(rows, ys, stack)
    for first, last in ((0, len(rows)), (fullest, len(rows)), (0, fullest), (top, bottom), (bottom, len(rows))):
        for a, b in _column_gaps(rows[first:last], left, right):
            here = [k for k in found if a - GAP < k.at < b + GAP and k.start <= ys[last] and ys[first] <= k.end]
            if here:
                found = [k._replace(end=max(k.end, ys[last])) if k in here else k for k in found]
            else:
                found.append(Rule((a + b) / 2, ys[first], ys[last]))
    return _apart(sorted(found))


def _own_borders(rows: list[list[Line]], borders: list[Rule], ys: list[float]) -> list[Rule]:
    """Borders that a single row has in wide white between two texts of some length, where no other row shows any."""
    found = []
    for row, (top, bottom) in zip(rows, pairwise(ys), strict=True):
        for texts in text_rows(row):
            for left, right in pairwise(texts):
                a, b = left.box.x1, right.box.x0
                wide = b - a >= OWN_GAP and min(len(left.text), len(right.text)) >= OWN_TEXT
                if wide and not any(a - COLUMN_GAP < known.at < b + COLUMN_GAP for known in borders):
                    found.append(Rule((a + b) / 2, top, bottom))
    return found


def _columns_of(row: list[Line]) -> int:
    """How many texts stand side by side in a row."""
    return max((len(texts) for texts in text_rows(row)), default=0)


def _block(rows: list[list[Line]], fullest: int) -> tuple[int, int]:
    """The rows around the fullest (from, to) that are filled much as it is, or hold a single text."""
    least = BLOCK_SHARE * _columns_of(rows[fullest])

    def alike(row: list[Line]) -> bool:
        return _columns_of(row) >= least or len(row) <= 1

    top = bottom = fullest
    while top > 0 and alike(rows[top - 1]):
        top -= 1
    while bottom < len(rows) and alike(rows[bottom]):
        bottom += 1
    return top, bottom


def _rule_ends(rows: list[list[Line]], ys: list[float], stack: list[Rule]) -> list[Rule]:
    """Positions inside a table at which horizontals begin or end: twice at least, or once between texts."""
    left, right = min(r.start for r in stack), max(r.end for r in stack)
    ends = [(x, rule.at) for rule in stack for x in (rule.start, rule.end) if left + TOUCH < x < right - TOUCH]
    found = []
    for x in _positions([x for x, _ in ends], NARROWEST_COLUMN):
        own = [y for other, y in ends if abs(other - x) < NARROWEST_COLUMN]
        if len(own) >= 2:
            found.append(Rule(x, min(own) - TALLEST_ROW / 2, max(own) + TALLEST_ROW / 2))
            continue
        beside = [i for i, (top, bottom) in enumerate(pairwise(ys)) if top - TOUCH < own[0] < bottom + TOUCH]
        if any(_parts(x, rows[i]) for i in beside) and not any(crosses(line, x) for i in beside for line in rows[i]):
            found.append(Rule(x, ys[beside[0]], ys[beside[-1] + 1]))
    return found


def _parts(x: float, row: list[Line]) -> bool:
    return any(a - COLUMN_GAP < x < b + COLUMN_GAP for a, b in _white_between(row))


def _apart(borders: list[Rule]) -> list[Rule]:
    """Borders at least a narrow column apart; of two too close the one that parts more rows."""
    kept: list[Rule] = []
    for border in borders:
        if kept and border.at - kept[-1].at < 2 * NARROWEST_COLUMN:
            kept[-1] = max(kept[-1], border, key=lambda r: r.length)
        else:
            kept.append(border)
    return kept


def cut_at_borders(line: Line, xs: Sequence[float], row: Sequence[Line] = ()) -> list[Line]:
    """Cut a line at column borders that fall into a gap between its words, or where another line of its row begins."""
    steps = steps_of(line)
    usual = median(s.length for s in steps) if steps else 0.0
    starts = [other.box.x0 for other in row if other.box.x0 > line.box.x0 + usual]
    cuts = [
        s.end_char
        for s in steps
        if any(s.start < x < s.end for x in xs[1:-1]) and (_is_gap(line, s, usual) or _is_start(line, s, starts))
    ]
    return cut(line, cuts)


def _is_gap(line: Line, step: Step, usual: float) -> bool:
    """Whether a step leads from one word to another; `usual` is that of the line's characters."""
    return not _is_punctuated(line, step, usual) and step.length > _word_step(line, step, usual)


def _is_start(line: Line, step: Step, starts: Sequence[float]) -> bool:
    """Whether a step leads over some white to where the lines below begin."""
    end, start = line.chars[step.start_char].x1, line.chars[step.end_char].x0
    return start - end > LEAST_WHITE and any(abs(start - x) < LEAST_WHITE for x in starts)


def _is_punctuated(line: Line, step: Step, usual: float) -> bool:
    """Whether a step is wide for the white of a punctuation mark alone."""
    first, second = line.chars[step.start_char], line.chars[step.end_char]
    return _is_marked(line, step) and second.x0 - first.x1 <= WHITE_BESIDE * usual


def _word_step(line: Line, step: Step, usual: float) -> float:
    """How long a step between two words is at least; `usual` is that of the line's characters."""
    if step.end_char - step.start_char == 1 and _in_figure(line, step):
        return FIGURE_STEP * usual
    first, second = line.chars[step.start_char], line.chars[step.end_char]
    printed = first.confidence == second.confidence == 1.0  # its width is known
    own = (first.x1 - first.x0 + second.x1 - second.x0) / 2 if printed else 0.0
    return WORD_STEP * max(usual, own)


def _in_figure(line: Line, step: Step) -> bool:
    """Whether a step leads from a digit or its separator to another, where columns part no figure."""
    return all(line.chars[i].text in "0123456789.,%" for i in (step.start_char, step.end_char))


def _without_stragglers(row: list[Line], borders: list[Rule]) -> list[Line]:
    """Cut the few lines of a row that cross a border on both sides of which its other text lines stand."""
    for border in borders:
        parting = [line for line in row if border.start < line.box.centre[1] < border.end]
        crossing = [line for line in parting if crosses(line, border.at)]
        sides = [{line.box.centre[0] < border.at for line in texts} for texts in text_rows(parting)]
        if crossing and len(crossing) <= CROSSED_SHARE * sum(len(found) == 2 for found in sides):
            row = [piece for line in row for piece in (_cut_at(line, border.at) if line in crossing else [line])]
    return row


def _cut_at(line: Line, x: float) -> list[Line]:
    return cut(line, [s.end_char for s in steps_of(line) if s.start <= x < s.end])


class Step(NamedTuple):
    """From the middle of a character to the middle of the next, blanks left out; characters by their index."""

    start_char: int
    end_char: int
    start: float
    end: float

    @property
    def length(self) -> float:
        return self.end - self.start


def steps_of(line: Line) -> list[Step]:
    """The steps along a line, left to right."""
    places = [(i, (c.x0 + c.x1) / 2) for i, c in enumerate(line.chars) if not c.text.isspace()]
    return [Step(i, j, x, y) for (i, x), (j, y) in pairwise(places)]


def cut(line: Line, cuts: Sequence[int]) -> list[Line]:
    """The pieces of a line between the characters where it is cut, without blanks at their ends."""
    pieces = []
    for a, b in pairwise([0, *cuts, len(line.chars)]) if cuts else ():
        written = [i for i in range(a, b) if not line.chars[i].text.isspace()]
        pieces += [line.piece(written[0], written[-1] + 1)] if written else []
    return pieces or [line]


def _walls_beside_text(
    rows: list[list[Line]], borders: list[Rule], xs: list[float], ys: list[float]
) -> dict[int, list[Rule]]:
    """The vertical walls of each row, by column border.

    A border parts the rows of its stretch, but where a text crosses it; and two texts side by side in any other row.
    """
    sides = [Rule(xs[0], ys[0], ys[-1]), *borders, Rule(xs[-1], ys[0], ys[-1])]
    walls: dict[int, list[Rule]] = defaultdict(list)
    for row, (top, bottom) in zip(rows, pairwise(ys), strict=True):
        free = [i for i, side in enumerate(sides) if not any(crosses(line, side.at) for line in row)]
        parting = {i for i in free if sides[i].start < (top + bottom) / 2 < sides[i].end}
        for a, b in _white_between(row):
            between = [i for i in free if a - COLUMN_GAP <= sides[i].at <= b + COLUMN_GAP]
            if between and not parting.intersection(between):
                parting.add(between[-1])
        for i in parting:
            walls[i].append(Rule(sides[i].at, top, bottom))
    for i in range(1, len(xs) - 1):
        stray = _between_head_and_figures(rows, i, xs, walls, ys)
        walls[i] = [wall for wall in walls[i] if not any(ys[r] <= wall.start < ys[r + 1] for r in stray)]
    return walls


def _between_head_and_figures(
    rows: list[list[Line]], border: int, xs: list[float], walls: dict[int, list[Rule]], ys: list[float]
) -> set[int]:
    """Rows in which a border parts a head from its figures, which are set to one side below it: its head stands alone
    beside the border, and so do two figures or more on the other side."""
    texts = [_at_sides(row, border, xs, walls, top) for row, top in zip(rows, ys[:-1], strict=True)]
    found: set[int] = set()
    for head, (left, right) in enumerate(texts):
        own = int(bool(right))
        if bool(left) == bool(right) or FIGURE.fullmatch(left or right):
            continue
        below = head + 1
        while below < len(rows) and not texts[below][own] and FIGURE.fullmatch(texts[below][1 - own]):
            below += 1
        if below - head > LEAST_FIGURES:
            found.update(range(head, below))
    return found


def _at_sides(
    row: list[Line], border: int, xs: list[float], walls: dict[int, list[Rule]], top: float
) -> tuple[str, str]:
    """The text of a row left and right of a border, each up to the next wall of the row."""
    standing = [i for i in range(len(xs)) if any(wall.start == top for wall in walls[i])]
    left = xs[max((i for i in standing if i < border), default=0)]
    right = xs[min((i for i in standing if i > border), default=len(xs) - 1)]
    before, behind = (
        "".join(line.text for line in row if a <= line.box.centre[0] < b).replace(" ", "")
        for a, b in ((left, xs[border]), (xs[border], right))
    )
    return before, behind


def crosses(line: Line, x: float) -> bool:
    """Whether a line goes on beyond a column border, by more than the margin of its box."""
    return line.box.x0 + COLUMN_GAP < x < line.box.x1 - COLUMN_GAP


def _white_between(row: list[Line]) -> list[tuple[float, float]]:
    """The white stretches between texts that stand side by side; of no width where a line was cut."""
    found: list[tuple[float, float]] = []
    ordered = sorted((line.box.x0, line.box.x1) for line in row)
    reached = ordered[0][1] if ordered else 0.0
    for start, end in ordered[1:]:
        if start > reached - TOUCHING:
            found.append((reached, start))
        reached = max(reached, end)
    return found


def _with_text_rows(ys: list[float], lines: list[Line], rulings: list[Rule]) -> list[float]:
    """Split rows that hold several text lines, each filled across: only the table's head and foot are ruled there."""
    inside = _in_bands(lines, ys)
    bands = [text_rows(band) for band in inside]
    # A head of several lines is fuller than any of them.
    counts = [len(_white_between(band)) + 1 for band in inside] + [len(row) for band in bands for row in band]
    fullest = max(counts, default=0)
    result = [ys[0]]
    for band, (top, bottom) in zip(bands, pairwise(ys), strict=True):
        around = [rule for rule in rulings if min(abs(rule.at - top), abs(rule.at - bottom)) < LOWEST_ROW]
        for part in _parted_by_headings(band, around):
            if part is not band and part[0] is not band[0]:
                result.append(_between(band[band.index(part[0]) - 1], part[0]))
            full = [] if _is_list(part) else [row for row in part if len(row) >= max(3, FILLED_SHARE * fullest)]
            if full:  # texts of several lines reach as far above as below the one that all columns fill
                for above, row in pairwise(full):
                    result.append((max(_foot(above), result[-1]) + _head(row)) / 2)
            else:
                starts = part[:] if _is_list(part) else _entries(part)
                result += [_between(part[part.index(row) - 1], row) for row in starts[1:]]
        result.append(bottom)
    return result


def _foot(row: list[Line]) -> float:
    return max(line.box.y1 for line in row)


def _head(row: list[Line]) -> float:
    return min(line.box.y0 for line in row)


def _between(above: list[Line], row: list[Line]) -> float:
    return (_foot(above) + _head(row)) / 2


def _parted_by_headings(band: list[list[Line]], around: Sequence[Rule]) -> list[list[list[Line]]]:
    """The text lines of a row without rulings, those that head a part of the form on their own. `around` are the
    rulings above and below: a level's name stands beside those that part its indicators."""
    middles = [median(line.box.centre[1] for line in row) for row in band]
    steps = [b - a for a, b in pairwise(middles)]
    wide = [step > LOOSE * median(steps) for step in steps] if len(steps) >= LEAST_STEPS else [False] * len(steps)
    parts: list[list[list[Line]]] = [[]]
    for at, row in enumerate(band):
        # Within a row what is set apart must stand before texts side by side; the last line may be any heading.
        before_texts = at + 1 >= len(band) or len(band[at + 1]) > 1
        apart = wide[at - 1] and before_texts if at else bool(wide) and wide[0]
        ruled = all(rule.start <= row[0].box.x0 + TOUCH for rule in around)
        if len(band) > 1 and ruled and _is_heading(row, band, apart=apart):
            parts += [[row], []]
        else:
            parts[-1].append(row)
    return [part for part in parts if part] or [band]


def _is_heading(row: list[Line], band: list[list[Line]], *, apart: bool) -> bool:
    """Whether a text line stands alone at the left, and is numbered or `apart`, further from the others than these are
    from each other."""
    if len(row) > 1 or row[0].box.x0 > min(line.box.x0 for texts in band for line in texts) + SAME_START:
        return False
    text = row[0].text.strip()
    return len(text) <= LONGEST_HEADING and (NUMBERED.match(text) is not None or apart) and not text.endswith(MARKS)


def _is_list(band: list[list[Line]]) -> bool:
    """Whether the text lines of a row without rulings are labels with their values, pair below pair, and headings: the
    lines of wrapped texts do not begin at the same places four abreast and stand alone else."""
    pairs = [row for row in band if len(row) > 1]
    starts = [[line.box.x0 for line in row] for row in pairs]
    return (
        len(pairs) >= 2
        and len(starts[0]) in (4, 6)
        and all(len(row) == len(starts[0]) for row in starts)
        and all(abs(a - b) < 2 * SLIP for row in starts for a, b in zip(row, starts[0], strict=True))
    )


def _entries(band: list[list[Line]]) -> list[list[Line]]:
    """The text lines of a row without rulings that begin with a label, of which each stands before several lines."""
    if not band or len(band[0]) != 2:
        return []
    first = [line.box.x0 for line in band[0]]
    if first[0] > min(line.box.x0 for row in band for line in row) + SAME_START:
        return []
    labelled = [
        len(row) == 2 and all(abs(line.box.x0 - x) < 2 * SLIP for line, x in zip(row, first, strict=True))
        for row in band
    ]
    starts = [row for row, here, before in zip(band, labelled, [False, *labelled], strict=False) if here and not before]
    return starts if len(starts) >= 2 else []


def _column_gaps(rows: list[list[Line]], left: float, right: float) -> list[tuple[float, float]]:
    """White stretches between left and right that hardly any row crosses.

    Beside a column that few rows fill a stretch is the part that the fewest rows cross. The heading of a part tells no
    columns.
    """
    filled = [row for row in rows if len(row) > 1 or any(len(line.text) > LONGEST_HEADING for line in row)]
    allowed = CROSSED_SHARE * len(filled)
    edges = sorted({left, right, *(x for row in filled for line in row for x in (line.box.x0, line.box.x1))})
    stretches = [(a, b, _crossings(filled, (a + b) / 2)) for a, b in pairwise(edges)]
    gaps: list[tuple[float, float]] = []
    for is_gap, run in groupby(stretches, key=lambda stretch: stretch[2] <= allowed):
        if is_gap:
            gaps.append(_emptiest(list(run)))
    return [(a, b) for a, b in gaps if b - a >= COLUMN_GAP and a > left + COLUMN_GAP and b < right - COLUMN_GAP]


def _crossings(rows: list[list[Line]], x: float) -> int:
    return sum(any(line.box.x0 < x < line.box.x1 for line in row) for row in rows)


def _emptiest(stretches: list[tuple[float, float, int]]) -> tuple[float, float]:
    """All of a stretch where no part is emptier than its middle, else the widest part that the fewest rows cross."""
    left, right = stretches[0][0], stretches[-1][1]
    middle = next(n for a, b, n in stretches if a <= (left + right) / 2 <= b)
    parts = [
        (crossings, run[0][0], run[-1][1])
        for crossings, run in ((n, list(g)) for n, g in groupby(stretches, key=lambda stretch: stretch[2]))
    ]
    wide = [part for part in parts if part[2] - part[1] >= COLUMN_GAP and part[0] < middle]
    _, start, end = min(wide, key=lambda part: (part[0], part[1] - part[2]), default=(middle, left, right))
    return start, end


# -- text into cells


def place_lines(lines: Sequence[Line], cells: Sequence[Cell], *, whole: bool = False) -> list[Line]:
    """Put each piece of text into the cell that holds its middle; returns what stands outside of all cells.

    A line is cut between cells, but where it is to stay `whole`: between guessed borders it was cut before.
    """
    rest: list[Line] = []
    filled: dict[int, list[Line]] = defaultdict(list)
    boxes = [cell.places[0].box for cell in cells]
    extent = union(boxes)
    for line in lines:
        if extent.intersection(line.box) == 0:
            rest.append(line)
            continue
        y = line.box.centre[1]
        across = [i for i, b in enumerate(boxes) if b.y0 <= y < b.y1]
        for owner, piece in [(_owner(line, across, boxes), line)] if whole else _pieces(line, across, boxes):
            if owner is None:
                rest.append(piece)
            else:
                filled[owner].append(piece)
    for i, pieces in filled.items():
        cells[i].lines = in_reading_order(pieces)
    return rest


def _owner(line: Line, across: list[int], boxes: list[Box]) -> int | None:
    """The cell that holds the middle of a line."""
    return next((i for i in across if boxes[i].x0 <= line.box.centre[0] < boxes[i].x1), None)


def _pieces(line: Line, across: list[int], boxes: list[Box]) -> Iterable[tuple[int | None, Line]]:
    """Cut a line where its characters pass from one cell into the next."""
    across = sorted(across, key=lambda i: boxes[i].x0)
    starts = [boxes[i].x0 for i in across]
    owners: list[int | None] = []
    for char in line.chars:
        x = (char.x0 + char.x1) / 2
        k = bisect_right(starts, x) - 1
        owners.append(across[k] if k >= 0 and x < boxes[across[k]].x1 else None)
    begin = 0
    for end in range(1, len(owners) + 1):
        if end == len(owners) or owners[end] != owners[begin]:
            piece = line.piece(begin, end)
            if piece.text.strip():
                yield owners[begin], piece
            begin = end


def in_reading_order(lines: Sequence[Line]) -> list[Line]:
    """Top to bottom, and left to right within a text line; text set vertically runs down columns from the right."""
    if any(_is_vertical(line) for line in lines):
        return [line for column in _text_columns(lines) for line in column]
    return [line for row in text_rows(lines) for line in row]


def _is_vertical(line: Line) -> bool:
    """Whether a line's characters stand one below the other."""
    return sum(not c.text.isspace() for c in line.chars) >= 2 and line.box.height > VERTICAL * line.box.width


def _text_columns(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines grouped into the columns of vertical text, right to left, each top to bottom."""
    columns: list[list[Line]] = []
    for line in sorted(lines, key=lambda item: -item.box.centre[0]):
        if columns and line.box.x1 > columns[-1][0].box.centre[0]:
            columns[-1].append(line)
        else:
            columns.append([line])
    return [sorted(column, key=lambda item: item.box.y0) for column in columns]


def text_rows(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines grouped into text lines that share a baseline, top to bottom, each left to right."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda item: item.box.centre[1]):
        if rows and _same_baseline(rows[-1], line):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda item: item.box.x0) for row in rows]


def _same_baseline(row: list[Line], line: Line) -> bool:
    last = row[-1].box
    shared = min(last.y1, line.box.y1) - max(last.y0, line.box.y0)
    beside = all(min(o.box.x1, line.box.x1) - max(o.box.x0, line.box.x0) <= 0.5 * line.box.height for o in row)
    return beside and shared > SAME_BASELINE * min(last.height, line.box.height)

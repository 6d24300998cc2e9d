"""The indicator block: columns by what the header says, levels carried by merged cells, one indicator a row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from service.assembling.confidence import MENDED, Figure, Ledger, of_cells
from service.assembling.evidence import cell_evidence
from service.assembling.forms.funds import Funds
from service.assembling.forms.grid import Sheet, blank, columns
from service.assembling.forms.levels import LevelRow, names_over_breaks, other_page
from service.assembling.forms.rows import LEVELS_HEADING, Kind, Row, across, column_heads, indicator_roles
from service.assembling.forms.values import figure_of, joined, mended, quantity_of, strip_weight
from service.assembling.quantities import is_blank, normalise, parse
from service.assembling.status import status_of
from service.assembling.vocabulary import (
    ACTUALS,
    COLUMNS,
    LEVEL_NAMES,
    PLACEHOLDER,
    SECOND_LEVELS,
    Column,
    canonical,
    compact,
)
from service.reading.document import Cell, Document, Notice, join_lines, union
from service.schema import Indicator, Quantity

_SIGN = re.compile(r"(?:>=|<=|=>|=<|[<>=~≈])|不?(?:大于|小于|等于|低于|少于|超过|高于)(?:等于)?")
# What recognition takes lone comparators for.
_SIGN_SLIPS = {"2": "≥", "Z": "≥", "C": "≤", "c": "≤", "二": "=", "一": "="}
_DOTS = re.compile(r"[a-zA-Z.…·]{1,6}")
_TICK = re.compile(r"[√✓✔☑■●]")
_LOST_WEIGHT = re.compile(r"(?<=..)[(（]?\d*分[)）]?$")  # what recognition leaves of the weight behind a level's name
_TARGETS = (Column.SIGN, Column.TARGET_INITIAL, Column.TARGET_ADJUSTED, Column.TARGET, Column.UNIT)
_AROUND_VALUE = (Column.SIGN, Column.UNIT)
_MAIN = (Column.LEVEL3, Column.LEVEL4, Column.ACTUAL, Column.WEIGHT, Column.SCORE)
_FIGURES = frozenset({Column.WEIGHT, Column.SCORE})
_LEVELS = (Column.LEVEL1, Column.LEVEL2, Column.LEVEL3, Column.LEVEL4)
# A table in which fewer of the header's columns are found is not its continuation.
LEAST_COLUMNS = 3
_PAIR = (Column.TARGET, Column.ACTUAL)
_ROLE_NAMES = {Column.TARGET: "指标值", Column.ACTUAL: "实际完成值"}
LONGEST_HEADING = 10
GUESSED = 0.7  # at most, of a value whose column only its place names
_BESIDE_VALUES = frozenset(
    {
        Column.SIGN,
        Column.UNIT,
        Column.TARGET_INITIAL,
        Column.TARGET_ADJUSTED,
        Column.ACTUAL,
        Column.WEIGHT,
        Column.SCORE,
    }
)
# Several columns of reasons stand side by side where a form asks for each kind of cause.
_MANY = frozenset({Column.DEVIATION})


@dataclass
class Layout:
    """Which grid columns play which role; `boxes` are their left and right edges in points."""

    columns: dict[Column, list[range]]
    edges: list[tuple[float, float] | None]
    header_rows: int = 1
    guessed: dict[Column, str] = field(default_factory=dict)  # the headings of columns that only their place names

    def has(self, *roles: Column) -> bool:
        return any(role in self.columns for role in roles)


@dataclass
class Draft:
    """An indicator while its row is read; `weighed` is the level cell that prints its block's weight."""

    row: Row
    level1: str | None
    level2: str | None
    cells: dict[Column, list[Cell]]
    figures: dict[Column, Figure] = field(default_factory=dict)
    block_weight: float | None = None
    weighed: Cell | None = None
    level_confidence: float = 1.0
    guessed: frozenset[Column] = frozenset()
    extra: dict[Column, list[Cell]] = field(default_factory=dict)

    def texts(self, role: Column) -> str:
        return joined([*self.cells.get(role, []), *self.extra.get(role, [])])

    @property
    def unit(self) -> str | None:
        """What the row's own unit column prints."""
        text = self.texts(Column.UNIT)
        return None if is_blank(text) else text

    @property
    def deviation(self) -> str | None:
        """The printed reasons; those of several columns are set apart by a semicolon."""
        text = ""
        shown_cells = self.cells.get(Column.DEVIATION, [])
        said = [cell for cell in shown_cells if not _TICK.fullmatch(cell.text.strip())]  # ticks only say of which kind
        for cell in said or shown_cells:
            shown = joined([cell])
            if not text or not is_blank(shown):
                text += "；" if text and text[-1] not in "。；;.，," else ""
                text += shown
        return join_lines([text, joined(self.extra.get(Column.DEVIATION, []))]) or None


@dataclass
class Indicators:
    drafts: list[Draft] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    layout: Layout | None = None


def layout_of(rows: Sequence[Row]) -> Layout:
    """The roles of the columns under a header of one or more storeys; a lower cell is more exact than the one above."""
    sheet = rows[0].sheet
    roles: dict[int, Column] = {}
    leaves: dict[int, Cell] = {}
    whole: set[int] = set()
    last = rows[-1].index
    for row in rows:
        for role, cell, within in _headings([c for c in column_heads(sheet, row.index, last) if not blank(c)]):
            for column in within:
                if role in _AROUND_VALUE and roles.get(column) is Column.ACTUAL:
                    whole.add(id(leaves[column]))  # sign, value and unit of what was reached are read together
                    continue
                # Under a heading of targets or reasons a column holds the thing itself, but for what has its own name.
                inherited = roles.get(column) in (Column.TARGET, Column.DEVIATION) and role not in _BESIDE_VALUES
                roles[column] = roles[column] if inherited else role
                leaves[column] = cell
        _part(sheet, row, leaves, whole)
    found: dict[Column, list[range]] = {}
    for column in sorted(roles):
        spans = found.setdefault(roles[column], [])
        if spans and spans[-1].stop == column and leaves[column] is leaves[column - 1]:
            spans[-1] = range(spans[-1].start, column + 1)
        else:
            spans.append(range(column, column + 1))
    unknown = [c for c in sheet.covering(last) if not blank(c) and not set(columns(c)) & set(roles)]
    _first_level_by_names(found, sheet, last)
    _part_targets(found, leaves, sheet, last)
    _name_by_place(found, unknown)
    _prefer(found)
    guessed = _by_place(found, unknown)
    return Layout(found, _edges(sheet), len(rows), guessed)


def _first_level_by_names(found: dict[Column, list[range]], sheet: Sheet, last: int) -> None:
    """The column left of the second level holds the first, its heading lost, where it names levels."""
    second = found.get(Column.LEVEL2)
    if Column.LEVEL1 in found or not second or second[0].start == 0:
        return
    place = range(second[0].start - 1, second[0].start)
    below = [c for c in sheet.table.cells if c.row > last and columns(c) == place]
    if any(strip_weight(c.text)[0] in LEVEL_NAMES for c in below):
        found[Column.LEVEL1] = [place]


def _part_targets(found: dict[Column, list[range]], leaves: dict[int, Cell], sheet: Sheet, last: int) -> None:
    """Of several columns under one heading of targets, those of no known name come last; one may hold comparators."""
    spans = found.get(Column.TARGET, [])
    named = [span for span in spans if COLUMNS.role(leaves[span.start].text) is not None]
    if not named or len(named) == len(spans):
        return
    others = [span for span in spans if span not in named]
    signs = [span for span in others if _compares(sheet, span, last)]
    if signs and Column.SIGN not in found:
        found[Column.SIGN] = signs[:1]
        others.remove(signs[0])
    found[Column.TARGET] = [*named, *others]


def _compares(sheet: Sheet, span: range, last: int) -> bool:
    """Whether most of what stands in a column are comparators."""
    texts = [c.text for c in sheet.table.cells if c.row > last and columns(c) == span and not is_blank(c.text)]
    return 2 * sum(_SIGN.fullmatch(normalise(text)) is not None for text in texts) > len(texts)


def _name_by_place(found: dict[Column, list[range]], unknown: list[Cell]) -> None:
    """绩效指标 heads the names where it stands behind the levels, and not over them."""
    levels = [span for role in _LEVELS[:2] for span in found.get(role, [])]
    named = [
        c for c in unknown if levels and c.column >= levels[-1].stop and LEVELS_HEADING.fullmatch(canonical(c.text))
    ]
    if named and not set(found) & set(_LEVELS[2:]):
        found[Column.LEVEL3] = [columns(named[0])]
        unknown.remove(named[0])


def _by_place(found: dict[Column, list[range]], unknown: list[Cell]) -> dict[Column, str]:
    """Give columns of unknown headings the role of target or actual that no heading names: they stand in this order
    behind the indicator's name. Returns their headings."""
    names, actual = found.get(Column.LEVEL3), found.get(Column.ACTUAL)
    targets = [span for role in _TARGETS for span in found.get(role, [])]
    if not names:
        return {}
    behind = [c for c in unknown if c.column >= names[0].stop and len(canonical(c.text)) <= LONGEST_HEADING]
    taken: list[tuple[Column, Cell]] = []
    if targets and not actual:
        taken = [(Column.ACTUAL, c) for c in behind if c.column >= max(span.stop for span in targets)][:1]
    elif actual and not targets:
        taken = [(Column.TARGET, c) for c in behind if c.column < actual[0].start][-1:]
    elif not actual and len(behind) == len(_PAIR):
        taken = list(zip(_PAIR, behind, strict=True))
    for role, cell in taken:
        found[role] = [columns(cell)]
    return {role: "".join(cell.text.split()) for role, cell in taken}


def _headings(cells: list[Cell]) -> list[tuple[Column, Cell, range]]:
    """The header cells with their roles and columns; a cell of two headings, its inner border lost, counts as both."""
    found: list[tuple[Column, Cell, range]] = []
    for role, cell in indicator_roles(cells):
        both = _two_headings(cell.text) if cell.column_span == 2 else None
        if both is None:
            found.append((role, cell, columns(cell)))
        else:
            found += [(part, cell, range(cell.column + i, cell.column + i + 1)) for i, part in enumerate(both)]
    return found


def _two_headings(text: str) -> tuple[Column, Column] | None:
    word = compact(text)
    for cut in range(2, len(word) - 1):
        left, right = COLUMNS.exact(word[:cut]), COLUMNS.exact(word[cut:])
        if left in _FIGURES and right is not None and right is not left:
            return left, right
    return None


def _part(sheet: Sheet, row: Row, leaves: dict[int, Cell], whole: set[int]) -> None:
    """A lower header cell of no known name (内容 under 年度指标值) is a column of its own, in its parent's role, unless
    the parent's columns are one (`whole`)."""
    for cell in sheet.starting(row.index):
        for column in columns(cell):
            above = leaves.get(column)
            if above is not None and id(above) not in whole and above.row < cell.row and not blank(cell):
                leaves[column] = cell


def _prefer(found: dict[Column, list[range]]) -> None:
    """Settle which of two columns is meant where a form prints both."""
    if Column.SCORE not in found and Column.SCORE_REVIEW in found:
        found[Column.SCORE] = found.pop(Column.SCORE_REVIEW)
    if Column.DEVIATION not in found and Column.NOTE in found:
        found[Column.DEVIATION] = found.pop(Column.NOTE)
    if Column.LEVEL3 not in found:
        lower = next((role for role in (Column.LEVEL4, Column.LEVEL2, Column.LEVEL1) if role in found), None)
        if lower is not None:
            found[Column.LEVEL3] = found.pop(lower)
    _part_weights(found)


def _part_weights(found: dict[Column, list[range]]) -> None:
    """A weight column before the indicator's name is that of its block; the row's own stands behind the name."""
    names, weights = found.get(Column.LEVEL3), found.get(Column.WEIGHT)
    if not names or not weights:
        return
    own = [span for span in weights if span.start > names[0].start]
    blocks = [span for span in weights if span.start < names[0].start]
    if blocks:
        found[Column.BLOCK_WEIGHT] = blocks[-1:]
        found.pop(Column.WEIGHT)
    if own:
        found[Column.WEIGHT] = own


def _edges(sheet: Sheet) -> list[tuple[float, float] | None]:
    edges: list[tuple[float, float] | None] = [None] * sheet.width
    for cell in sheet.table.cells:
        if cell.column_span == 1 and edges[cell.column] is None:
            box = union(place.box for place in cell.places)
            edges[cell.column] = (box.x0, box.x1)
    return edges


def carried(layout: Layout, sheet: Sheet) -> Layout:
    """The layout for a table that continues without a header: by column number, or by where the columns lie."""
    if sheet.width == len(layout.edges):
        return layout
    moved: dict[Column, list[range]] = {}
    edges = _edges(sheet)
    for role, spans in layout.columns.items():
        for span in spans:
            known = [layout.edges[c] for c in span if layout.edges[c] is not None]
            if not known:
                continue
            left, right = min(e[0] for e in known if e), max(e[1] for e in known if e)
            inside = [c for c, e in enumerate(edges) if e and left <= (e[0] + e[1]) / 2 <= right]
            if inside:
                moved.setdefault(role, []).append(range(inside[0], inside[-1] + 1))
    return Layout(moved, edges, guessed=layout.guessed)


def read_indicators(rows: Iterable[Row]) -> Indicators:
    """The indicator rows of a form as drafts."""
    listed = list(rows)
    reader = _read(listed, {})
    if joined_names := names_over_breaks(reader.seen):
        reader = _read(listed, joined_names)
    _lower_single_level(reader.result.drafts)
    return reader.result


def _read(rows: Sequence[Row], names: dict[int, list[Cell]]) -> _Reader:
    reader = _Reader(names)
    for row in rows:
        reader.take(row)
    return reader


class _Reader:
    """Goes down a form's rows: headers give the layout, indicator rows a draft each.

    `names` are the cells that name a level cell which a page break cut, by its id; `seen` the level cells of each row.
    """

    def __init__(self, names: dict[int, list[Cell]]) -> None:
        self.seen: list[LevelRow] = []
        self.result = Indicators()
        self._header: list[Row] = []
        self._named: Layout | None = None  # as the last header names the columns, before any table continued it
        self._sheet: Sheet | None = None
        self._levels = _Levels(names)

    def take(self, row: Row) -> None:
        if row.kind is Kind.INDICATOR_HEADER:
            self._take_header(row)
            return
        self._header = []
        if row.kind is not Kind.INDICATOR or self._named is None:
            return
        if row.sheet is not self._sheet:
            self._enter(row)
        layout = self.result.layout
        if layout is None or row.sheet is not self._sheet:
            return
        if Column.LEVEL1 not in layout.columns and (heading := _block_heading(row)) is not None:
            self._levels.take(heading, None)
            return
        if not all(blank(cell) for cell in row.sheet.covering(row.index)):
            levels = [_cells(row.sheet, row.index, layout, role) for role in _LEVELS[:2]]
            self.seen.append(LevelRow(row, levels))
        if self.result.drafts and _goes_on(row, layout):
            _extend(self.result.drafts[-1], _roles(row, layout))
            return
        draft = _draft(row, layout, self._levels)
        if draft is not None:
            self._tell_guessed(row)
            _append(self.result, draft)

    def _take_header(self, row: Row) -> None:
        if self._header and (row.sheet is not self._header[-1].sheet or row.index != self._header[-1].index + 1):
            self._header = []
        self._header.append(row)
        self.result.layout = self._named = layout_of(self._header)
        self._sheet = row.sheet

    def _tell_guessed(self, row: Row) -> None:
        assert self._named is not None
        for role, heading in self._named.guessed.items():
            message = f"指标表“{heading}”一栏的含义是按位置推断的，按{_ROLE_NAMES[role]}读取，请核对"
            notice = Notice("column_guessed", message, row.sheet.starting(row.index)[0].places[0].page)
            if notice not in self.result.notices:
                self.result.notices.append(notice)

    def _enter(self, row: Row) -> None:
        """Go on in another table, where enough of its columns lie under the header's; else tell and leave it out."""
        assert self._named is not None
        layout = carried(self._named, row.sheet)
        if Column.LEVEL3 in layout.columns and len(layout.columns) >= LEAST_COLUMNS:
            self.result.layout, self._sheet = layout, row.sheet
            return
        page = row.sheet.table.places[0].page
        notice = Notice("table_left_out", "指标表中夹有列数不符的表格，未计入指标", page)
        if notice not in self.result.notices:
            self.result.notices.append(notice)


def _lower_single_level(drafts: list[Draft]) -> None:
    """A form with one level column may print the second level in it (数量指标, 质量指标 …): its names tell."""
    names = {draft.level1 for draft in drafts}
    if any(draft.level2 for draft in drafts) or len(names & set(SECOND_LEVELS)) < 2:
        return
    for draft in drafts:
        draft.level1, draft.level2 = None, draft.level1


class _Level(NamedTuple):
    """A level's name, the weight behind it, how sure the reading is, and its first cell."""

    name: str
    weight: float | None
    confidence: float
    cell: Cell


def _level(cells: list[Cell]) -> _Level | None:
    text = re.sub(r"\s+", "", joined(cells))
    if is_blank(text):
        return None
    word = mended(cells, LEVEL_NAMES)
    name, weight = strip_weight(word or text)
    if word is None and of_cells(cells) < 1.0:
        name = _LOST_WEIGHT.sub("", name)
    if name.endswith("指"):
        # The last character stands alone on its line in a narrow column, where recognition loses it.
        name, word = name + "标", name
    return _Level(name, weight, of_cells(cells) if word is None else max(of_cells(cells), MENDED), cells[0])


def _block_heading(row: Row) -> _Level | None:
    """The first level that a row across the form names for the rows below it ("产出指标（40分）")."""
    cell = across(row.sheet, row.index)
    level = None if cell is None else _level([cell])
    return level if level is not None and (level.name in LEVEL_NAMES or level.weight is not None) else None


class _Levels:
    """The levels in force; a blank level cell continues what stood above it."""

    def __init__(self, names: dict[int, list[Cell]]) -> None:
        self._names = names
        self.first: _Level | None = None
        self.second: _Level | None = None

    def named(self, cells: list[Cell]) -> _Level | None:
        shown = self._names.get(id(cells[0]), cells) if cells else cells
        return _level([cell for cell in shown if not blank(cell)])

    def take(self, first: _Level | None, second: _Level | None) -> None:
        if first is not None and (self.first is None or first.cell is not self.first.cell):
            if self.first is None or first.name != self.first.name or second is not None:
                self.second = None
            self.first = first
        if second is not None and (self.second is None or second.cell is not self.second.cell):
            self.second = second

    @property
    def weighed(self) -> _Level | None:
        """The level that prints its block's weight behind its name: the lower one, else the upper."""
        named = (level for level in (self.second, self.first) if level is not None)
        return next((level for level in named if level.weight is not None), None)

    @property
    def confidence(self) -> float:
        return min((level.confidence for level in (self.first, self.second) if level is not None), default=1.0)


def _cells(sheet: Sheet, row: int, layout: Layout, role: Column) -> list[Cell]:
    """The cells of a row that play a role. A cell over several roles plays the one that it is most part of."""
    spans = layout.columns.get(role, [])
    if role not in _MANY:
        spans = spans[:1]
    found: list[Cell] = []
    for span in spans:
        for cell in sheet.within(row, span):
            if _owner(cell, layout) is role and all(cell is not other for other in found):
                found.append(cell)
    return found


def _owner(cell: Cell, layout: Layout) -> Column | None:
    touched = []
    for role, spans in layout.columns.items():
        for span in spans[: None if role in _MANY else 1]:
            shared = len(set(span) & set(columns(cell)))
            if shared:
                touched.append((role, shared))
    roles = {role for role, _ in touched}
    if len(roles & set(_LEVELS)) > 1:
        # A cell across all levels names the indicator; one across the upper two names the first level.
        return Column.LEVEL3 if Column.LEVEL3 in roles else Column.LEVEL1
    return max(touched, key=lambda item: item[1])[0] if touched else None


def _roles(row: Row, layout: Layout) -> dict[Column, list[Cell]]:
    return {role: _cells(row.sheet, row.index, layout, role) for role in layout.columns}


def _goes_on(row: Row, layout: Layout) -> bool:
    """Whether a row only continues the one above, whose name and values reach down into it."""
    own = [c for role in (*_MAIN, *_TARGETS) for c in _cells(row.sheet, row.index, layout, role)]
    return any(c.row < row.index and not blank(c) for c in own) and all(c.row < row.index or blank(c) for c in own)


def _extend(draft: Draft, cells: dict[Column, list[Cell]]) -> None:
    """Add what a continuing row prints to the texts of the row before."""
    for role, found in cells.items():
        if role not in _LEVELS:
            known = [*draft.cells.get(role, []), *draft.extra.get(role, [])]
            new = [c for c in found if not blank(c) and all(c is not k for k in known)]
            draft.extra.setdefault(role, []).extend(new)


def _draft(row: Row, layout: Layout, levels: _Levels) -> Draft | None:
    cells = _roles(row, layout)
    levels.take(*(levels.named(cells.get(role, [])) for role in _LEVELS[:2]))
    if Column.LEVEL4 in cells:
        lowest = [c for c in cells[Column.LEVEL4] if not blank(c)]
        cells[Column.LEVEL3] = lowest or cells.get(Column.LEVEL3, [])
    for role in (Column.WEIGHT, Column.SCORE, Column.DEVIATION, Column.BLOCK_WEIGHT):
        # A merged figure or reason counts once: for the row it begins in.
        cells[role] = [c for c in cells.get(role, []) if c.row == row.index]
    draft = Draft(row, levels.first and levels.first.name, levels.second and levels.second.name, cells)
    draft.level_confidence = levels.confidence
    draft.guessed = frozenset(layout.guessed)
    return None if _placeholder(draft) else _measured(draft, levels)


def _measured(draft: Draft, levels: _Levels) -> Draft:
    for role in (Column.WEIGHT, Column.SCORE):
        figure = figure_of(draft.cells[role])
        if figure is not None:
            draft.figures[role] = figure
    if levels.weighed is not None:
        draft.block_weight, draft.weighed = levels.weighed.weight, levels.weighed.cell
    in_column = figure_of(draft.cells[Column.BLOCK_WEIGHT])
    if draft.block_weight is None and in_column is not None:
        draft.block_weight = in_column.value
    return draft


def _placeholder(draft: Draft) -> bool:
    """Whether a row is printed but empty: no name, or the form's own "指标2…", with nothing beside it."""
    name = compact(joined(draft.cells.get(Column.LEVEL3, [])))
    values = [
        draft.texts(role)
        for role in (Column.TARGET, Column.TARGET_INITIAL, Column.TARGET_ADJUSTED, Column.ACTUAL, Column.DEVIATION)
    ]
    filled = any(not is_blank(v) and not PLACEHOLDER.fullmatch(compact(v)) for v in values)
    if is_blank(name):
        return not filled
    return not filled and (PLACEHOLDER.fullmatch(name) is not None or _misread_dots(draft))


def _misread_dots(draft: Draft) -> bool:
    """Whether the name is what recognition makes of a row of dots ("mm"): no word, no digit."""
    names = draft.cells.get(Column.LEVEL3, [])
    return of_cells(names) < 1 and _DOTS.fullmatch(compact(joined(names))) is not None


def _append(result: Indicators, draft: Draft) -> None:
    """Add a row; one without name and figures that continues over a page break is part of the row before."""
    nameless = is_blank(joined(draft.cells.get(Column.LEVEL3, [])))
    figureless = not draft.figures
    if nameless and figureless and result.drafts and other_page(result.drafts[-1].row, draft.row):
        _extend(result.drafts[-1], draft.cells)
        return
    if nameless:
        page = draft.row.sheet.starting(draft.row.index)[0].places[0].page
        result.notices.append(
            Notice("indicator_unnamed", f"有一行指标没有三级指标名称（{draft.level2 or draft.level1}）", page)
        )
    result.drafts.append(draft)


def finish(document: Document, draft: Draft) -> Indicator:
    """The public indicator of a row."""
    target, actual = _target_quantity(document, draft), _actual_quantity(document, draft)
    weight, score = draft.figures.get(Column.WEIGHT), draft.figures.get(Column.SCORE)
    texts = _shown(draft, Column.LEVEL3, Column.DEVIATION)
    sure = [of_cells(texts), draft.level_confidence]
    sure += [value.confidence for value in (target, actual, weight, score) if value is not None]
    shown = [*texts, *_shown(draft, *_TARGETS, Column.ACTUAL, Column.WEIGHT, Column.SCORE)]
    return Indicator(
        level1=draft.level1,
        level2=draft.level2,
        level3=joined(draft.cells.get(Column.LEVEL3, [])),
        target=target,
        actual=actual,
        weight=None if weight is None else weight.value,
        score=None if score is None else score.value,
        deviation=draft.deviation,
        status=status_of(target, actual, cost="成本" in f"{draft.level1}{draft.level2}"),
        evidence=cell_evidence(document, *sorted(shown, key=lambda cell: cell.column)),
        confidence=round(min(sure), 4),
    )


def _shown(draft: Draft, *roles: Column) -> list[Cell]:
    """The filled cells that play the roles."""
    cells = [c for role in roles for c in (*draft.cells.get(role, []), *draft.extra.get(role, []))]
    return [cell for cell in cells if not blank(cell)]


def _target_quantity(document: Document, draft: Draft) -> Quantity | None:
    cells, text = _target(draft)
    if not text.strip():
        return None
    found = quantity_of(document, cells, parse(text, unit_hint=draft.unit))
    found.confidence = min(found.confidence, GUESSED) if Column.TARGET in draft.guessed else found.confidence
    return found


def _actual_quantity(document: Document, draft: Draft) -> Quantity | None:
    cells = [*draft.cells.get(Column.ACTUAL, []), *draft.extra.get(Column.ACTUAL, [])]
    word = mended(cells, ACTUALS)
    target = _target(draft)[1]
    text = word or _signed(cells)
    if not text.strip():
        return None
    per_mille = of_cells(cells) < 1 and target.rstrip().endswith("‰") and text.rstrip().endswith(("%", "％"))
    text = f"{text.rstrip()[:-1]}‰" if per_mille else text  # recognition sees one ring of the two
    found = quantity_of(document, cells, parse(text, unit_hint=draft.unit or _shared_unit(target)))
    found.confidence = found.confidence if word is None else max(found.confidence, MENDED)
    found.confidence = min(found.confidence, GUESSED) if per_mille else found.confidence
    found.confidence = min(found.confidence, GUESSED) if Column.ACTUAL in draft.guessed else found.confidence
    return found


def _shared_unit(target: str) -> str | None:
    """The actual's unit where only the target prints one and it is a percentage or money."""
    if re.search(r"[%％]", target):
        return "%"
    money = re.search(r"\d\s*([百千万亿]*元)\s*$", target)
    return money.group(1) if money is not None else None


def _target(draft: Draft) -> tuple[list[Cell], str]:
    """The target's cells and text: the adjusted one before the initial, with sign and unit of their own columns."""
    cells: list[Cell] = []
    for role in (Column.TARGET_ADJUSTED, Column.TARGET, Column.TARGET_INITIAL):
        cells = [*draft.cells.get(role, []), *draft.extra.get(role, [])]
        if not all(blank(c) for c in cells):
            break
    else:
        cells = next(
            (
                found
                for role in (Column.TARGET, Column.TARGET_INITIAL, Column.TARGET_ADJUSTED)
                if (found := draft.cells.get(role, []))
            ),
            [],
        )
    text = joined(cells)
    if not text.strip():
        return cells, ""
    sign_cells, unit_cells = draft.cells.get(Column.SIGN, []), draft.cells.get(Column.UNIT, [])
    sign, unit = _sign(joined(sign_cells)), joined(unit_cells)
    if not is_blank(sign) and _SIGN.fullmatch(normalise(sign)):
        text, cells = sign + text, [*sign_cells, *cells]
    if not is_blank(unit) and not is_blank(joined(cells)) and not normalise(text).endswith(normalise(unit)):
        text, cells = text + unit, [*cells, *unit_cells]
    return cells, text


def _signed(cells: list[Cell]) -> str:
    """The text of cells of which the first may be a comparator's."""
    sign = _sign(joined(cells[:1]))
    is_sign = len(cells) > 1 and _SIGN.fullmatch(normalise(sign)) is not None
    return sign + joined(cells[1:]) if is_sign else joined(cells)


def _sign(text: str) -> str:
    """The comparator in a column of comparators, in which no digits or hanzi stand."""
    return _SIGN_SLIPS.get(text.strip(), text)


def take_block_weights(drafts: list[Draft]) -> None:
    """A weight in a block's heading is the row's own where the block has but one row and the row prints none."""
    if any(Column.WEIGHT in draft.figures for draft in drafts):
        return
    for draft in drafts:
        alone = sum(_same_block(other, draft) for other in drafts) == 1
        if alone and draft.block_weight is not None:
            draft.figures[Column.WEIGHT] = Figure(draft.block_weight, 0, of_cells(draft.cells.get(Column.LEVEL2, [])))


def _same_block(one: Draft, other: Draft) -> bool:
    """Whether two rows share the weight that a heading prints."""
    if one.weighed is not None:
        return one.weighed is other.weighed
    return one.level1 == other.level1 and one.level2 == other.level2


def relate(
    drafts: list[Draft], funds: Funds, total_weight: Figure | None, total_score: Figure | None, ledger: Ledger
) -> None:
    """Note what the rows' weights and scores add up to, with the funds block's own where it has them."""
    for role, total, extra in (
        (Column.WEIGHT, total_weight, funds.weight),
        (Column.SCORE, total_score, funds.score),
    ):
        parts = [ledger.add(d.figures.get(role)) for d in drafts]
        alone = ledger.closes(parts, total)
        ledger.sum(parts if alone else [*parts, extra], total)


__all__ = ["Draft", "Indicators", "Layout", "finish", "read_indicators", "relate", "take_block_weights"]

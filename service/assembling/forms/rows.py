"""What each row of a form is: header, funds, goal, indicators or one of the closing rows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from service.assembling.forms.grid import Sheet, Strip, blank, columns, figure
from service.assembling.vocabulary import (
    CLOSINGS,
    COLUMNS,
    FUNDS,
    GOALS,
    HEADS,
    LOST_LEVEL,
    MAX_HEADER,
    TITLE,
    Category,
    Closing,
    Column,
    Fund,
    Goal,
    Head,
    canonical,
    category,
    compact,
)
from service.reading.document import Cell, join_lines


class Kind(StrEnum):
    TITLE = "title"
    HEAD = "head"
    FUND_HEADER = "fund_header"
    FUND = "fund"
    GOAL = "goal"
    INDICATOR_HEADER = "indicator_header"
    INDICATOR = "indicator"
    SUBTOTAL = "subtotal"
    TOTAL = "total"
    GRADE = "grade"
    REASONS = "reasons"
    PROBLEMS = "problems"
    IMPROVEMENTS = "improvements"
    OTHER = "other"


_CLOSING_KINDS = {
    Closing.SUBTOTAL: Kind.SUBTOTAL,
    Closing.TOTAL: Kind.TOTAL,
    Closing.GRADE: Kind.GRADE,
    Closing.REASONS: Kind.REASONS,
    Closing.PROBLEMS: Kind.PROBLEMS,
    Closing.IMPROVEMENTS: Kind.IMPROVEMENTS,
    Closing.OTHER: Kind.OTHER,
}
_MONEY_COLUMNS = frozenset({Fund.INITIAL, Fund.ANNUAL, Fund.RECEIVED, Fund.EXECUTED, Fund.RATE})
_SPENDING = frozenset({Category.BASIC, Category.PROJECT})
# What stands over the level columns where the header has two storeys.
LEVELS_HEADING = re.compile(r".{0,2}(?:绩效|评价|考核)指标(?:体系)?")
# A department's tasks are listed with money of their own, which is no source of funds.
_TASKS = re.compile(r".{0,4}(?:任务|工作)(?:名称|内容)?|主要内容|对应项目")
_TASK_LIST = re.compile(r"(?:年度|全年|本年|主要|重点)+(?:履职|工作|专项)*任务.{0,6}")
_NAMES = frozenset({Column.LEVEL1, Column.LEVEL2, Column.LEVEL3, Column.LEVEL4})
_VALUES = frozenset(
    {Column.TARGET, Column.TARGET_INITIAL, Column.TARGET_ADJUSTED, Column.ACTUAL, Column.WEIGHT, Column.SCORE}
)
# A title is a short line; a sentence that mentions the form is longer.
MAX_TITLE = 60
MAX_TOTAL_LABEL = 6
WIDE_LABEL = 4  # columns; from the levels over the values only the label of a total reaches
# A row that is nothing but the heading of the next part of the form.
_PART = re.compile(r"(?:[一二三四五六七八九]、|[(][一二三四五六七八九][)]).{2,20}|.{0,8}绩效指标.{0,8}(?:\(\d+分\))?")
# A label of few words; a goal's text ends its sentence or names figures.
_NEXT_LABEL = re.compile(r"[\u4e00-\u9fff、]{3,16}")
_UPPER = frozenset({Kind.FUND_HEADER, Kind.FUND, Kind.HEAD, Kind.TITLE})


@dataclass(frozen=True)
class Row:
    """One row of a form and what it is."""

    strip: Strip
    index: int
    kind: Kind

    @property
    def sheet(self) -> Sheet:
        return self.strip.sheet


def is_title(text: str) -> bool:
    """Whether a line is a form's title."""
    return len(text) <= MAX_TITLE and TITLE.search("".join(text.split())) is not None and "。" not in text


def title_cell(sheet: Sheet, row: int) -> Cell | None:
    """The cell of a row that holds nothing but a form's title."""
    shown = [cell for cell in sheet.starting(row) if not blank(cell)]
    if len(shown) == 1 and shown[0].column_span * 2 > sheet.width and is_title(shown[0].text):
        return shown[0]
    return None


def indicator_roles(cells: list[Cell]) -> list[tuple[Column, Cell]]:
    """The indicator columns that a row of header cells names; a level whose number was lost is told by its place."""
    roles: list[tuple[Column, Cell]] = []
    for cell in cells:
        role = COLUMNS.role(cell.text)
        if role is None and LOST_LEVEL.fullmatch(canonical(cell.text)):
            seen = {known for known, _ in roles}
            role = next((level for level in (Column.LEVEL1, Column.LEVEL2, Column.LEVEL3) if level not in seen), None)
        if role is not None:
            roles.append((role, cell))
    return roles


def column_heads(sheet: Sheet, row: int, last: int) -> list[Cell]:
    """The cells of a header row that head a column. A label at the side, in front of the names and down along the
    rows below the header's `last`, names the part of the form ("绩效指标完成情况") whatever its word."""
    cells = sheet.starting(row)
    first = next((at for at, cell in enumerate(cells) if COLUMNS.role(cell.text) in _NAMES), 0)
    lowest = max((cell.row + cell.row_span for cell in cells[first:]), default=0)
    return [c for at, c in enumerate(cells) if at >= first or c.row + c.row_span <= max(lowest, last + 1)]


def is_indicator_header(sheet: Sheet, row: int) -> bool:
    cells = [cell for cell in sheet.starting(row) if not blank(cell)]
    if any(figure(cell) or len(canonical(cell.text)) > MAX_HEADER for cell in cells):
        return False
    roles = {role for role, _ in indicator_roles(cells)}
    if any(LEVELS_HEADING.fullmatch(canonical(cell.text)) for cell in cells):
        roles.add(Column.LEVEL1)
    return len(roles) >= 3 and bool(roles & _NAMES) and bool(roles & _VALUES)


def fund_roles(cells: list[Cell]) -> dict[Fund, Cell]:
    roles: dict[Fund, Cell] = {}
    for cell in cells:
        role = FUNDS.role(cell.text)
        if role is not None:
            roles.setdefault(role, cell)
    return roles


def is_fund_header(sheet: Sheet, row: int) -> bool:
    """Whether a row names the columns of the funds block: kinds of figures, or kinds of money over rows of figures."""
    cells = [cell for cell in sheet.starting(row) if not blank(cell)]
    if any(figure(cell) or _TASKS.fullmatch(canonical(cell.text)) for cell in cells):
        return False
    if len(set(fund_roles(cells)) & _MONEY_COLUMNS) >= 2:
        return True
    kinds = {category(cell.text) for cell in cells} - {None}
    below = sheet.covering(row + 1) if row + 1 < sheet.height else []
    return len(kinds) >= 2 and (any(FUNDS.role(c.text) in _MONEY_COLUMNS for c in below) or any(map(figure, below)))


_INLINE_FUND = re.compile(r"(?:其中[:：])?(?P<label>[^:：]{2,16})[:：](?P<value>-?\d[\d,]*(?:\.\d+)?(?:万?元)?)")


_MONEY_NAME = re.compile(r".{2,}(?:资金|拨款|收入|补助|经费|贷款)")


def inline_fund(text: str) -> tuple[str, str] | None:
    """The label and figure of a cell that holds both ("其中：基本支出：100"), or None."""
    match = _INLINE_FUND.fullmatch(compact(text))
    if match is None:
        return None
    label = match.group("label")
    named = category(label) is not None or (_MONEY_NAME.fullmatch(label) and FUNDS.role(label) is None)
    return (label, match.group("value")) if named else None


def is_fund_pairs(sheet: Sheet, row: int) -> bool:
    """Whether a row holds kinds of figures each with its figure to the right ("预算数 | 100 | 执行数 | 98")."""
    pairs = [
        label.text
        for label, value in pairwise(cell for cell in sheet.starting(row) if not blank(cell))
        if figure(value) and (FUNDS.role(label.text) in _MONEY_COLUMNS or category(label.text) in _SPENDING)
    ]
    return len(pairs) >= 2


def goal_cells(sheet: Sheet, row: int) -> dict[Goal, Cell]:
    """The goal labels that begin in a row, told apart by their neighbours where one word serves for two."""
    found = [(role, cell) for cell in sheet.starting(row) if (role := _goal_role(cell)) is not None]
    kinds = {role for role, _ in found}
    lowest = min((cell.row_span for _, cell in found), default=1)
    result: dict[Goal, Cell] = {}
    for position, (role, cell) in enumerate(found):
        # The block's own heading is taller than the headings it stands before.
        heads_block = position == 0 and cell.row_span > lowest
        if role is Goal.BLOCK and len(found) > 1 and not heads_block:
            if "情况" in cell.text:
                role = Goal.ACTUAL if position else role
            elif not kinds & {Goal.EXPECTED, Goal.ADJUSTED}:
                role = Goal.EXPECTED
        result.setdefault(role, cell)
    return result


class InlineGoal(NamedTuple):
    """A goal's text in one cell with its label."""

    role: Goal
    label: str
    text: str
    cell: Cell


def inline_goals(sheet: Sheet, row: int) -> list[InlineGoal]:
    """The goal texts of a row that stand in a cell with their label, behind it ("预期目标：…") or in lines below it."""
    found = []
    for cell in sheet.starting(row):
        for label, text in (inline_label(cell.text), _below_label(cell)):
            role = _goal_in(label, cell) if canonical(text) else None
            if role is not None and role is not Goal.RATE:
                found.append(InlineGoal(role, label, text, cell))
                break
    return found


def is_goal_label(cell: Cell) -> bool:
    """Whether a cell is a goal label for sure, or one that recognition spoilt a little."""
    return _goal_in(cell.text, cell) is not None


def _goal_in(text: str, cell: Cell) -> Goal | None:
    return GOALS.exact(text) if cell.confidence == 1.0 else GOALS.role(text)


def _below_label(cell: Cell) -> tuple[str, str]:
    """The first line of a cell, and the text of the lines below it where that is long."""
    first, *rest = [line.text for line in cell.lines] or [""]
    text = join_lines(rest)
    return (first, text) if len(text) > MAX_HEADER else (first, "")


def _goal_role(cell: Cell) -> Goal | None:
    role = GOALS.role(cell.text)
    return Goal.ADJUSTED if role is Goal.BLOCK and "调整" in compact(cell.text) else role


def head_labels(sheet: Sheet, row: int) -> list[tuple[Head, Cell]]:
    found = []
    for cell in sheet.starting(row):
        role = HEADS.role(inline_label(cell.text)[0])
        if role is not None:
            found.append((role, cell))
    return found


_RUN_ON = re.compile(
    r"(项目名称|主管部门|实施单位|项目单位|部门名称|单位名称|预算部门)((?!名称|及|和|代码|编码|[（(、/]).{3,})"
)


def inline_label(text: str) -> tuple[str, str]:
    """A cell that holds its label and its value ("项目名称：甲") as the two; ("whole", "") otherwise.

    Where a scan lost the ruling between them no colon parts them.
    """
    for mark in ("：", ":"):
        label, found, value = text.partition(mark)
        if found and value.strip() and len(label.strip()) <= MAX_HEADER:
            return label.strip(), value.strip()
    run_on = _RUN_ON.fullmatch(text.strip())
    return (run_on.group(1), run_on.group(2)) if run_on else (text, "")


def _closing(sheet: Sheet, row: int, in_indicators: bool) -> Kind | None:
    cells = [cell for cell in sheet.starting(row) if not blank(cell)]
    if not cells:
        return None
    label, value = inline_label(cells[0].text)
    role = CLOSINGS.role(label)
    if role is None:
        return Kind.TOTAL if in_indicators and _is_damaged_total(sheet.starting(row)) else None
    if role in (Closing.TOTAL, Closing.SUBTOTAL):
        figures = [c for c in cells[1:] if figure(c)]
        if not in_indicators and canonical(label) in ("合计", "总计", "小计"):
            return None
        return _CLOSING_KINDS[role] if figures or value or in_indicators else None
    # Beside many filled cells the word is an indicator's name, not the label of a closing row.
    return _CLOSING_KINDS[role] if len(cells) <= 4 else None


def _is_damaged_total(cells: list[Cell]) -> bool:
    """Whether a row under the indicators is their total with a label that recognition or a seal has spoilt."""
    label, others = cells[0], [cell for cell in cells[1:] if not blank(cell)]
    if len(compact(label.text)) > MAX_TOTAL_LABEL or not others or not all(figure(cell) for cell in others[:2]):
        return False
    whole = re.search(r"总分|合计|总计|总得分", compact(label.text)) is not None
    worded = re.search(r"[总合计分]", label.text) is not None
    across = label.column == 0 and label.column_span >= (3 if worded else WIDE_LABEL)
    return (whole and len(others) <= 3) or across


def classify(strips: list[Strip]) -> list[Row]:
    """The rows of a form in order, each with its kind."""
    found: list[Row] = []
    before: Kind | None = None
    header: Row | None = None
    total: Strip | None = None
    for strip in strips:
        for index in strip:
            kind = _kind(strip, index, before, header)
            if kind is Kind.INDICATOR and total is not None and total is not strip:
                # Behind the total no further table goes on with the indicators.
                kind = Kind.OTHER
            row = Row(strip, index, kind)
            if kind is Kind.INDICATOR_HEADER and (header is None or not _storey(header, strip, index)):
                header, total = row, None
            total = strip if kind is Kind.TOTAL else total
            found.append(row)
            before = kind
    return found


def _storey(header: Row, strip: Strip, index: int) -> bool:
    """Whether a row is a lower storey of an indicator header: cells of the header's first row still cover it, and it
    holds no figure."""
    if header.strip is not strip:
        return False
    cells = strip.sheet.covering(index)
    tall = [c for c in cells if c.row == header.index and c.row_span > 1 and COLUMNS.role(c.text) is not None]
    return len(tall) >= 2 and not any(figure(c) for c in strip.sheet.starting(index))


def _kind(strip: Strip, index: int, before: Kind | None, header: Row | None) -> Kind:
    sheet = strip.sheet
    in_indicators = header is not None and before not in _UPPER
    if title_cell(sheet, index) is not None and before in (None, Kind.TITLE):
        return Kind.TITLE
    if is_indicator_header(sheet, index):
        return Kind.INDICATOR_HEADER
    if before is Kind.INDICATOR_HEADER and header is not None and _storey(header, strip, index):
        return Kind.INDICATOR_HEADER
    closing = _closing(sheet, index, in_indicators)
    if in_indicators:
        if closing is not None:
            return closing
        if len(fund_roles([c for c in sheet.starting(index) if not blank(c)]).keys() & _MONEY_COLUMNS) >= 3:
            return Kind.FUND_HEADER
        if _is_further_goal(sheet, index):
            return Kind.GOAL
        if is_part_heading(sheet, index) and index + 1 < strip.last and is_indicator_header(sheet, index + 1):
            return Kind.OTHER  # the part's heading, printed again on the next page
        return Kind.OTHER if before is not None and _is_tail(before) and not _levelled(sheet, index) else Kind.INDICATOR
    if _is_task(sheet, index):
        return Kind.OTHER
    if is_fund_header(sheet, index):
        return Kind.FUND_HEADER
    heads = {role for role, _ in head_labels(sheet, index)}
    if heads & {Head.SUBJECT, Head.DEPARTMENT_SUBJECT, Head.COMPETENT, Head.IMPLEMENTING}:
        return Kind.HEAD
    return _upper_kind(sheet, index, before, heads, closing)


def across(sheet: Sheet, row: int) -> Cell | None:
    """The cell of a row that alone says something, over most of its width; where no vertical rulings say how wide the
    cells are, at its left."""
    shown = [cell for cell in sheet.starting(row) if not blank(cell)]
    if len(shown) != 1:
        return None
    wide = shown[0].column_span * 2 > sheet.width or (not sheet.table.ruled and shown[0].column == 0)
    return shown[0] if wide else None


def is_part_heading(sheet: Sheet, row: int) -> bool:
    cell = across(sheet, row)
    return cell is not None and _PART.fullmatch(compact(cell.text)) is not None


def _is_task_header(sheet: Sheet, row: int) -> bool:
    return any(_TASKS.fullmatch(canonical(cell.text)) for cell in sheet.starting(row)) and len(sheet.starting(row)) >= 3


def _is_task(sheet: Sheet, row: int) -> bool:
    """Whether the label beside which a department lists its tasks, with money and results of their own, goes on."""
    side = sheet.at(row, 0)
    return side is not None and side.row < row and _TASK_LIST.fullmatch(canonical(side.text)) is not None


def _is_further_goal(sheet: Sheet, row: int) -> bool:
    """Whether a row among the indicators sets a further goal ("年度目标2：…")."""
    shown = [cell for cell in sheet.starting(row) if not blank(cell)]
    return 2 <= len(shown) <= 3 and GOALS.exact(shown[0].text) is not None


def _is_tail(before: Kind) -> bool:
    return before in (Kind.GRADE, Kind.REASONS, Kind.PROBLEMS, Kind.IMPROVEMENTS, Kind.OTHER)


def _levelled(sheet: Sheet, index: int) -> bool:
    """Whether a row has as many filled cells as an indicator has."""
    return sum(not blank(cell) for cell in sheet.starting(index)) >= 4


def _upper_kind(sheet: Sheet, index: int, before: Kind | None, heads: set[Head], closing: Kind | None) -> Kind:
    if is_fund_pairs(sheet, index):
        return Kind.FUND
    if is_part_heading(sheet, index) or _is_task_header(sheet, index):
        return Kind.OTHER
    goals = goal_cells(sheet, index) or inline_goals(sheet, index)
    if goals and not any(figure(cell) for cell in sheet.starting(index)):
        return Kind.GOAL
    if closing in (Kind.TOTAL, Kind.GRADE) and before not in (Kind.FUND_HEADER, Kind.FUND):
        return Kind.HEAD if heads & {Head.TOTAL_SCORE, Head.GRADE} else closing
    if before in (Kind.FUND_HEADER, Kind.FUND) and _is_fund(sheet, index):
        return Kind.FUND
    if heads:
        return Kind.HEAD
    if before is Kind.GOAL:
        if _next_part(sheet, index):
            return closing or Kind.OTHER
        return closing if closing is not None and closing is not Kind.TOTAL else Kind.GOAL
    if closing is not None:
        return closing
    return Kind.HEAD if before in (None, Kind.TITLE, Kind.HEAD) else Kind.OTHER


def _next_part(sheet: Sheet, index: int) -> bool:
    """Whether a row below the goal has a label of its own where the goal's label stood above it ("主要做法 | …")."""
    shown = [cell for cell in sheet.starting(index) if not blank(cell)]
    if len(shown) < 2 or not _NEXT_LABEL.fullmatch(canonical(shown[0].text)):
        return False
    above = sheet.at(index - 1, shown[0].column)
    if above is None or columns(above) != columns(shown[0]) or _goal_role(above) is None:
        return False
    beside = sheet.within(index - 1, range(above.column + above.column_span, sheet.width))
    return any(not blank(cell) for cell in beside if _goal_role(cell) is None)


def _is_fund(sheet: Sheet, index: int) -> bool:
    """Whether a row below the funds header still belongs to the block."""
    cells = sheet.starting(index)
    if all(blank(cell) for cell in cells):
        return True
    block = sheet.at(index, 0)
    if block is not None and block.row < index and not blank(block):
        return True
    if any(category(cell.text) or FUNDS.role(cell.text) in _MONEY_COLUMNS or inline_fund(cell.text) for cell in cells):
        return True
    if FUNDS.role(next(cell.text for cell in cells if not blank(cell))) in (Fund.WEIGHT, Fund.SCORE):
        return True
    return any(figure(cell) for cell in cells) and not any(len(cell.text) > MAX_HEADER * 2 for cell in cells)

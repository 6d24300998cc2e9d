"""The funds block: kinds of money × kinds of figures, in whatever order and direction the form prints them.

Every figure of the block takes its kind from the header cells above it and the labels to its left, and the kind of
money from the other direction; so rows and columns may be swapped, stacked or written as pairs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from service.assembling.confidence import Figure, Ledger, of_cells
from service.assembling.evidence import cell_evidence
from service.assembling.forms.grid import Sheet, cell_of, columns, rows
from service.assembling.forms.rows import Kind, Row, inline_fund
from service.assembling.forms.said import Said, said
from service.assembling.quantities import is_blank, money, money_scale, number
from service.assembling.vocabulary import FUNDS, Category, Fund, canonical, category, compact
from service.reading.document import Cell, Document, Line, Notice, Paragraph
from service.reading.tables import text_rows
from service.schema import FundCategory, FundLine, Quantity

WAN = 10_000.0
_MONEY = (Fund.INITIAL, Fund.ANNUAL, Fund.RECEIVED, Fund.EXECUTED)
# "（20分）", "(20分*执行率)" in a heading.
_POINTS = re.compile(r"[(](\d+(?:\.\d+)?)分(?:[)×*xX✕乘]|$)")
# "预算执行率分值10分，得分9.81分"
_WEIGHT_SAID = re.compile(r"(?:分值|权重|满分)[为是]?:?(\d+(?:\.\d+)?)(?:分|[,，;；。]|$)")
_SCORE_SAID = re.compile(r"得分[为是]?:?(\d+(?:\.\d+)?)(?:分|[,，;；。]|$)")
# "9.57（满分10）"
_OF_FULL = re.compile(r"(\d+(?:\.\d+)?)分?[(](?:满分|分值|权重)[:为]?(\d+(?:\.\d+)?)分?[)]")
_SPENDING = frozenset({Category.BASIC, Category.PROJECT})
# What tells the budget that was in force at the year's end from the one that it began with.
_ADJUSTED = re.compile(r"调整|变更|追加|调剂|最终|全年")
# A share printed where percent is meant ("0.98"): only taken so where the amounts themselves say so.
_SHARE_TOLERANCE = 0.006
_LARGEST_SHARE = 2
# The unit by its label or in brackets; an amount in a header cell ("总投资500万元") names none.
_UNIT_NAMED = re.compile(r"单位:?(?:人民币)?[亿百十万千]*元|[(](?:人民币)?[亿百十万千]*元[)]")
_CHANGE = re.compile(r"(?:预算)?(?:调整|调剂|追加|变更|增减)(?:数|额|金额|情况|增减)?")
_OF_THE_BLOCK = frozenset({Fund.WEIGHT, Fund.SCORE})
_LONGEST_BAND = 40
_NAMES_UNIT = re.compile(r"单位|[（(][^（()）]{0,4}元[)）]")
# In the block's own unit: a cent of 万元.
_SUM_TOLERANCE = 0.0101


class _Amount(NamedTuple):
    cell: Cell
    text: str
    scale: float


@dataclass
class _Line:
    kind: Category | None
    label: str
    explicit: bool = True
    amounts: dict[Fund, _Amount] = field(default_factory=dict)
    # A figure beside its kind of money, where nothing says whether it was planned or spent.
    bare: _Amount | None = None

    def add(self, role: Fund | None, amount: _Amount) -> None:
        if role is None:
            self.bare = self.bare or amount
        elif role not in self.amounts or is_blank(self.amounts[role].text):
            self.amounts[role] = amount


@dataclass
class Funds:
    """The lines of a form's funds block and whether the block was printed at all."""

    lines: list[FundLine] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    figures: list[tuple[Figure, Quantity]] = field(default_factory=list)
    weight: Figure | None = None
    score: Figure | None = None


def read_funds(document: Document, rows: Iterable[Row], captions: Sequence[Paragraph], ledger: Ledger) -> Funds:
    """The funds block of a form. `captions` are the lines around its tables, which may name the money's unit, or hold
    the funds themselves."""
    listed = list(rows)
    found = [row for row in listed if row.kind in (Kind.FUND, Kind.FUND_HEADER)]
    funds = Funds()
    around = "；".join(p.text for p in captions if _NAMES_UNIT.search(p.text))
    block = _Block(found, [*_bands(listed[: listed.index(found[0])] if found else listed), around])
    lines = block.lines()
    if not _hold_money(lines):
        lines = block.told([*captions, *_cells_of(listed)]) or lines
    if not lines:
        return funds
    if block.unit_assumed and _hold_money(lines):
        page = next(iter(lines[0].amounts.values())).cell.places[0].page
        funds.notices.append(Notice("money_unit_assumed", "资金栏未注明金额单位，按万元计", page))
    _settle_bare(lines)
    _settle_project_total(lines)
    for line in lines:
        _part_full_marks(line)
        funds.lines.append(_fund_line(document, line, funds, ledger))
    _relate(lines, funds, ledger)
    _said_points(lines, funds, block)
    return funds


def _hold_money(lines: Sequence[_Line]) -> bool:
    return any(line.amounts.keys() & set(_MONEY) for line in lines)


def _said_by_row(lines: Sequence[Line]) -> list[Said]:
    """The figures of the rows of text that hold nothing but funds, among others that do not."""
    found: list[Said] = []
    for row in text_rows(lines):
        found += said(row, found[-1].label if found else "")
    return found


def _cells_of(rows: list[Row]) -> list[Cell]:
    return [cell for row in rows for cell in row.sheet.starting(row.index)]


def _bands(rows: list[Row]) -> list[str]:
    """What cells above the block say of the money's unit ("资金情况（单位：元）", "金额单位：元"), nearest first."""
    above = [row for row in reversed(rows) if row.kind in (Kind.HEAD, Kind.TITLE, Kind.OTHER)]
    texts = (c.text for row in above for c in row.sheet.starting(row.index) if len(c.text) <= _LONGEST_BAND)
    return [match.group() for text in texts if (match := _UNIT_NAMED.search(compact(text)))]


class _Block:
    """The rows of the block; `around` are texts near it that may name its unit, the nearest first."""

    def __init__(self, found: list[Row], around: list[str]) -> None:
        self.rows = found
        self.around = around
        self.unit_assumed = False
        self._lines: dict[tuple[str, int], _Line] = {}

    def lines(self) -> list[_Line]:
        for row in self.rows:
            first = min(r.index for r in self.rows if r.sheet is row.sheet)
            for cell in row.sheet.starting(row.index):
                if row.kind is not Kind.FUND_HEADER or number(cell.text) is not None:
                    self._place(row.sheet, cell, first)
        self._join_totals()
        return list(self._lines.values())

    def told(self, texts: Sequence[Paragraph | Cell]) -> list[_Line]:
        """What lines of labels and figures say, where no table holds the funds."""
        found: dict[str, _Line] = {}
        for text in texts:
            for label, role, piece in said(text.lines) or _said_by_row(text.lines):
                cell = cell_of(piece)
                line = found.setdefault(canonical(label), _Line(category(label), label))
                if role in _OF_THE_BLOCK:
                    line = next((other for other in found.values() if other.kind is Category.TOTAL), line)
                line.add(role, _Amount(cell, piece.text, self._scale([cell])))
        return list(found.values())

    def _place(self, sheet: Sheet, cell: Cell, first: int) -> None:
        inline = inline_fund(cell.text)
        if inline is not None:
            self._note(_Line(category(inline[0]), inline[0]), (canonical(inline[0]), -1), None, cell, inline[1], [cell])
            return
        if _is_label(cell):
            self._place_said(sheet, cell)
            return
        left = next((c for c in sheet.left(cell, cell.row) if _is_label(c)), None)
        if left is not None and inline_fund(left.text) is not None:
            return
        stack = [c for c in sheet.above(cell, first) if _is_label(c)]
        role, role_cell = self._meant(*_role(sheet, left, stack, first))
        percentage = re.fullmatch(r"[\d.]+[%％]", compact(cell.text)) is not None
        if role is None and percentage and not self._names_rate:
            role = Fund.RATE  # its heading was lost, under a seal perhaps
        if role is Fund.REASON or (role is None and not (left is not None and category(left.text) in _SPENDING)):
            return
        if role in _MONEY and percentage:
            # "执行" is what recognition leaves of 执行率; a percentage is no amount.
            role = Fund.RATE
        if left is not None and left is role_cell and _leads_pairs(sheet, left):
            stack = [c for c in sheet.left(left, cell.row) if _is_label(c)]  # what heads the columns says nothing here
        kind, named = _kind(left, stack, role_cell)
        row = cell.row
        if role in _OF_THE_BLOCK and (whole := self._total_beside(sheet, cell)) is not None:
            kind, named, left, row = Category.TOTAL, whole, whole, whole.row
        if is_blank(cell.text) and (named is None or kind is None or category(named.text) is None):
            return
        near = [c for c in (cell, role_cell, *stack, named, left) if c is not None]
        if named is None:
            key, label = ("", -1), self._heading(sheet, cell)
        else:
            key, label = (canonical(named.text), row if named is left else -1), named.text
        self._note(_Line(kind, label, explicit=named is not None), key, role, cell, cell.text, near)

    def _place_said(self, sheet: Sheet, cell: Cell) -> None:
        """Figures with their own labels in one cell of a line ("执行率：95.30% 分值：10 得分：9.53")."""
        money = next((c for c in sheet.left(cell, cell.row) if _is_label(c)), None)
        kind = None if money is None else category(money.text)
        if money is None or kind is None or _role_of(cell) is not None:
            return
        for _, role, piece in said(cell.lines, money.text):
            own = cell_of(piece, cell.row, cell.column)
            line = _Line(kind, money.text)
            self._note(line, (canonical(money.text), cell.row), role, own, piece.text, [own, money])

    def _meant(self, role: Fund | None, head: Cell | None) -> tuple[Fund | None, Cell | None]:
        """The kind of figure that a heading names beside the others of the block."""
        if role is Fund.ANNUAL and any(head is change for change in self._changes):
            return None, head
        if role is Fund.ANNUAL and any(head is plain for plain in self._before_adjustment):
            return Fund.INITIAL, head
        return role, head

    def _note(
        self, line: _Line, key: tuple[str, int], role: Fund | None, cell: Cell, text: str, near: list[Cell]
    ) -> None:
        line = self._lines.setdefault(key, line)
        line.add(role, _Amount(cell, text, self._scale(near)))

    def _join_totals(self) -> None:
        """Figures of the block as a whole (its rate, its score) belong to the line that is named the total."""
        loose = self._lines.get(("", -1))
        named = next((x for x in self._lines.values() if x.explicit and x.kind is Category.TOTAL), None)
        if loose is None or named is None or loose.amounts.keys() & named.amounts.keys():
            return
        named.amounts.update(loose.amounts)
        del self._lines["", -1]

    @staticmethod
    def _heading(sheet: Sheet, cell: Cell) -> str:
        """The block's own label: the leftmost cell of the row that holds text."""
        return next((c.text for c in sheet.covering(cell.row) if _is_label(c)), "")

    def _scale(self, near: list[Cell]) -> float:
        """元 in one printed unit: named by the figure itself, its headings, the block or the form's captions."""
        named = next((s for c in near if (s := money_scale(c.text)) is not None), None) or self._block_scale
        self.unit_assumed = self.unit_assumed or named is None
        return WAN if named is None else named

    @cached_property
    def _before_adjustment(self) -> list[Cell]:
        """Budgets with no more to their name than that, printed beside the adjusted one: they were there before it."""
        found: list[Cell] = []
        for row in self.rows:
            for cell in row.sheet.starting(row.index):
                if _role_of(cell) is Fund.ANNUAL and not _ADJUSTED.search(compact(cell.text)):
                    found += [cell] if any(_beside(row.sheet, cell, other) for other in self._adjusted) else []
        return found

    @cached_property
    def _adjusted(self) -> list[Cell]:
        cells = (cell for row in self.rows for cell in row.sheet.starting(row.index))
        return [c for c in cells if _role_of(c) is Fund.ANNUAL and _ADJUSTED.search(compact(c.text))]

    @cached_property
    def _changes(self) -> list[Cell]:
        """What a budget was changed by, printed beside what it became ("年初预算 | 调整 | 全年预算")."""
        cells = ((row.sheet, c) for row in self.rows for c in row.sheet.starting(row.index))
        annual = [(sheet, c) for sheet, c in cells if _role_of(c) is Fund.ANNUAL]
        changes = [(sheet, c) for sheet, c in annual if _CHANGE.fullmatch(canonical(c.text))]
        budgets = [c for _, c in annual if all(c is not change for _, change in changes)]
        return [c for sheet, c in changes if any(_beside(sheet, c, budget) for budget in budgets)]

    @staticmethod
    def _total_beside(sheet: Sheet, cell: Cell) -> Cell | None:
        """The label of the total's line, where a cell over several lines reaches it."""
        if cell.row_span == 1:
            return None
        labels = (next((c for c in sheet.left(cell, row) if _is_label(c)), None) for row in rows(cell))
        return next((c for c in labels if c is not None and category(c.text) is Category.TOTAL), None)

    @cached_property
    def _names_rate(self) -> bool:
        cells = (cell for row in self.rows for cell in row.sheet.starting(row.index))
        return any(FUNDS.role(cell.text) is Fund.RATE for cell in cells)

    @cached_property
    def _block_scale(self) -> float | None:
        cells = (c.text for row in self.rows for c in row.sheet.covering(row.index))
        return next((s for text in (*cells, *self.around) if (s := money_scale(text)) is not None), None)


def _settle_project_total(lines: list[_Line]) -> None:
    """In a project's form 项目支出合计 is the total of its sources; beside 基本支出 it is one of two parts."""
    kinds = {line.kind for line in lines}
    if kinds & {Category.TOTAL, Category.BASIC}:
        return
    for line in lines:
        if line.kind is Category.PROJECT and re.search(r"合计|总计|总额", line.label) and len(lines) > 1:
            line.kind = Category.TOTAL


def _is_label(cell: Cell) -> bool:
    """Whether a cell holds words; a figure that recognition spoilt ("9.2I5") is none."""
    return not _is_value(cell) and re.search(r"[\u4e00-\u9fff]|B/A", cell.text) is not None


def _is_value(cell: Cell) -> bool:
    return is_blank(cell.text) or number(cell.text) is not None or _OF_FULL.fullmatch(compact(cell.text)) is not None


def _role(sheet: Sheet, left: Cell | None, stack: list[Cell], first: int) -> tuple[Fund | None, Cell | None]:
    """The kind of figure: from the header above, the label beside, or the label above that label."""
    beside = _role_of(left)
    if beside is not None and left is not None and _leads_pairs(sheet, left):
        return beside, left
    for cell in stack:
        if (role := _role_of(cell)) is not None:
            return role, cell
    if beside is not None:
        return beside, left
    if left is not None:
        for cell in sheet.above(left, first):
            if (role := _role_of(cell)) is not None:
                return role, cell
    return None, None


def _role_of(cell: Cell | None) -> Fund | None:
    if cell is None or category(cell.text) in _SPENDING:
        return None
    return FUNDS.role(cell.text)


def _beside(sheet: Sheet, cell: Cell, other: Cell) -> bool:
    """Whether two labels head columns side by side, or rows of figures one below the other."""
    if cell.row == other.row:
        return True
    after = [sheet.at(c.row, c.column + c.column_span) for c in (cell, other)]
    return columns(cell) == columns(other) and all(c is not None and _is_value(c) for c in after)


def _leads_pairs(sheet: Sheet, left: Cell) -> bool:
    """Whether a label stands among others in its row, each before its own figure."""
    labels = [c for c in sheet.starting(left.row) if _role_of(c) is not None]
    return len(labels) >= 2 and any(_is_value(c) for c in sheet.starting(left.row))


def _kind(left: Cell | None, stack: list[Cell], role_cell: Cell | None) -> tuple[Category | None, Cell | None]:
    """The kind of money and the cell that names it; (total, None) for a figure of the block as a whole."""
    beside = left if left is not role_cell else None
    for cell in ([beside] if beside is not None else []) + [c for c in stack if c is not role_cell]:
        if (kind := category(cell.text)) is not None:
            return kind, cell
    if beside is None or _role_of(beside) is not None or (role_cell is not None and beside.row <= role_cell.row):
        return Category.TOTAL, None
    return None, beside


def _settle_bare(lines: list[_Line]) -> None:
    """Give figures without a kind the one that their sum has in the total's line; without such a sum, the budget."""
    bare = [line for line in lines if line.bare is not None]
    total = next((line for line in lines if line.kind is Category.TOTAL), None)
    values = [number(line.bare.text) or 0.0 for line in bare if line.bare is not None]
    role = Fund.ANNUAL
    for candidate in (Fund.ANNUAL, Fund.EXECUTED, Fund.INITIAL):
        whole = total.amounts.get(candidate) if total is not None else None
        if whole is not None and abs(sum(values) - (number(whole.text) or 0.0)) < _SUM_TOLERANCE:
            role = candidate
            break
    for line in bare:
        if line.bare is not None:
            line.add(role, line.bare)


def _fund_line(document: Document, line: _Line, funds: Funds, ledger: Ledger) -> FundLine:
    money_of = {role: _quantity(document, line, role, funds, ledger) for role in _MONEY}
    annual = money_of[Fund.ANNUAL] or money_of[Fund.RECEIVED]
    kind: FundCategory = line.kind.value if line.kind is not None else "unknown"
    return FundLine(
        category=kind,
        label="".join(line.label.split()),
        initial_budget=money_of[Fund.INITIAL],
        annual_budget=annual,
        executed=money_of[Fund.EXECUTED],
        weight=_number(line, Fund.WEIGHT),
        execution_rate=_rate(line, annual, money_of[Fund.EXECUTED]),
        score=_number(line, Fund.SCORE),
    )


def _quantity(document: Document, line: _Line, role: Fund, funds: Funds, ledger: Ledger) -> Quantity | None:
    amount = line.amounts.get(role)
    if amount is None or is_blank(amount.text):
        return None
    value = number(amount.text)
    sure = of_cells([amount.cell])
    quantity = Quantity(
        text=amount.text,
        comparator=None,
        value=None if value is None else money(value, amount.scale),
        unit="元",
        evidence=cell_evidence(document, amount.cell),
        confidence=round(sure, 4),
    )
    if value is not None:
        figure = Figure.read(amount.text, value, sure)
        ledger.add(figure)
        funds.figures.append((figure, quantity))
    return quantity


def _number(line: _Line, role: Fund) -> float | None:
    amount = line.amounts.get(role)
    return None if amount is None else number(amount.text)


def _part_full_marks(line: _Line) -> None:
    """A score with the weight behind it ("9.57（满分10）") as the two."""
    score = line.amounts.get(Fund.SCORE)
    match = _OF_FULL.fullmatch(compact(score.text)) if score is not None else None
    if score is not None and match is not None:
        line.amounts[Fund.SCORE] = score._replace(text=match.group(1))
        line.amounts.setdefault(Fund.WEIGHT, score._replace(text=match.group(2)))


def _rate(line: _Line, annual: Quantity | None, executed: Quantity | None) -> float | None:
    """The printed execution rate in percent; a printed share (0.98) is one only where the amounts say so."""
    value = _number(line, Fund.RATE)
    if value is None or "%" in compact(line.amounts[Fund.RATE].text):
        return value
    if annual is None or executed is None or not annual.value or executed.value is None:
        return value
    share = executed.value / annual.value
    if 0 < value <= _LARGEST_SHARE and abs(share - value) <= _SHARE_TOLERANCE and abs(share * 100 - value) > 1:
        return round(value * 100, 6)
    return value


def _relate(lines: list[_Line], funds: Funds, ledger: Ledger) -> None:
    """Note the relations among the block's figures: rates, their scores, and parts that make up the total."""
    by_cell = {id(quantity): figure for figure, quantity in funds.figures}
    for line, printed in zip(lines, funds.lines, strict=True):
        amounts = (by_cell.get(id(printed.executed)), by_cell.get(id(printed.annual_budget)))
        rate = _extra(line, Fund.RATE, ledger)
        if rate is not None and printed.execution_rate is not None and rate.value != printed.execution_rate:
            rate = Figure(printed.execution_rate, max(0, rate.places - 2), rate.confidence)
        ledger.rate(amounts[0], amounts[1], rate)
        weight, score = _extra(line, Fund.WEIGHT, ledger), _extra(line, Fund.SCORE, ledger)
        ledger.product(weight, rate, score)
        if printed.category == "total":
            funds.weight, funds.score = weight, score
    _relate_parts(funds, by_cell, ledger)


def _said_points(lines: list[_Line], funds: Funds, block: _Block) -> None:
    """The block's weight and score from its heading ("预算执行情况（20分）") or a line of text: no column has them."""
    total = next((line for line in funds.lines if line.category == "total"), None)
    if total is None:
        return
    printed = {role for line in lines for role in line.amounts}
    if total.weight is None and Fund.WEIGHT not in printed:
        funds.weight = _said(block, _POINTS) or _said(block, _WEIGHT_SAID)
        total.weight = None if funds.weight is None else funds.weight.value
    if total.score is None and Fund.SCORE not in printed:
        funds.score = _said(block, _SCORE_SAID)
        total.score = None if funds.score is None else funds.score.value


def _said(block: _Block, pattern: re.Pattern[str]) -> Figure | None:
    cells = (c for row in block.rows for c in row.sheet.covering(row.index) if not _is_value(c))
    for cell in cells:
        if match := pattern.search(compact(cell.text)):
            return Figure.read(match.group(1), float(match.group(1)), of_cells([cell]))
    return None


def _extra(line: _Line, role: Fund, ledger: Ledger) -> Figure | None:
    amount = line.amounts.get(role)
    value = None if amount is None else number(amount.text)
    return (
        None
        if amount is None or value is None
        else ledger.add(Figure.read(amount.text, value, of_cells([amount.cell])))
    )


def _relate_parts(funds: Funds, by_cell: dict[int, Figure], ledger: Ledger) -> None:
    total = next((line for line in funds.lines if line.category == "total"), None)
    if total is None:
        return
    for group in (("fiscal", "carryover", "other"), ("basic", "project")):
        parts = [line for line in funds.lines if line.category in group]
        for attribute in ("initial_budget", "annual_budget", "executed"):
            whole = by_cell.get(id(getattr(total, attribute)))
            ledger.sum((by_cell.get(id(getattr(part, attribute))) for part in parts), whole)


def settle_funds(funds: Funds) -> None:
    """Write the settled confidences of the figures back to the quantities."""
    for figure, quantity in funds.figures:
        quantity.confidence = round(figure.confidence, 4)


__all__ = ["WAN", "Funds", "read_funds", "settle_funds"]

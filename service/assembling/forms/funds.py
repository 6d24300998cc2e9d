"""The funds block: kinds of money × kinds of figures, in whatever order and direction the form prints them.

Every figure of the block takes its kind from the header cells above it and the labels to its left, and the kind of
money from the other direction; so rows and columns may be swapped, stacked or written as pairs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from service.assembling.confidence import Figure, Ledger, of_cells
from service.assembling.evidence import cell_evidence
from service.assembling.forms.grid import Sheet
from service.assembling.forms.rows import Kind, Row, inline_label
from service.assembling.quantities import is_blank, money, money_scale, number
from service.assembling.vocabulary import FUNDS, Category, Fund, canonical, category
from service.reading.document import Cell, Document, Notice
from service.schema import FundCategory, FundLine, Quantity

WAN = 10_000.0
_MONEY = (Fund.INITIAL, Fund.ANNUAL, Fund.RECEIVED, Fund.EXECUTED)
_KINDS_FIRST = frozenset({Category.BASIC, Category.PROJECT})
# A share printed where percent is meant ("0.98"): only taken so where the amounts themselves say so.
_SHARE_TOLERANCE = 0.006


@dataclass
class _Line:
    kind: Category | None
    label: str
    cells: dict[Fund, Cell] = field(default_factory=dict)
    scales: dict[Fund, float] = field(default_factory=dict)
    texts: dict[Fund, str] = field(default_factory=dict)


@dataclass
class Funds:
    """The lines of a form's funds block and whether the block was printed at all."""

    lines: list[FundLine] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    figures: list[tuple[Figure, Quantity]] = field(default_factory=list)
    weight: Figure | None = None
    score: Figure | None = None


def read_funds(document: Document, rows: Iterable[Row], captions: str, ledger: Ledger) -> Funds:
    """The funds block of a form. `captions` is the text around its tables, which may name the money's unit."""
    found = [row for row in rows if row.kind in (Kind.FUND, Kind.FUND_HEADER)]
    funds = Funds()
    if not found:
        return funds
    block = _Block(found, captions)
    lines = block.lines()
    if lines and block.unit_assumed and any(line.cells.keys() & set(_MONEY) for line in lines):
        page = found[0].sheet.table.places[0].page
        funds.notices.append(Notice("money_unit_assumed", "资金栏未注明金额单位，按万元计", page))
    for line in lines:
        funds.lines.append(_fund_line(document, line, funds, ledger))
    _relate(lines, funds, ledger)
    return funds


class _Block:
    def __init__(self, found: list[Row], captions: str) -> None:
        self.rows = found
        self.captions = captions
        self.unit_assumed = False

    def lines(self) -> list[_Line]:
        lines: dict[tuple[str, int], _Line] = {}
        for row in self.rows:
            sheet = row.sheet
            first = min(r.index for r in self.rows if r.sheet is sheet)
            for cell in sheet.starting(row.index):
                if row.kind is Kind.FUND_HEADER and not _is_value(cell):
                    continue
                self._place(lines, sheet, cell, first)
        return [line for line in lines.values() if line.cells or line.kind is not None]

    def _place(self, lines: dict[tuple[str, int], _Line], sheet: Sheet, cell: Cell, first: int) -> None:
        label, inline = inline_label(cell.text)
        if inline and number(inline) is not None and category(label):
            self._inline(lines, sheet, cell, first, label, inline)
            return
        if not _is_value(cell):
            return
        left = next((c for c in sheet.left(cell, cell.row) if not _is_value(c)), None)
        stack = [c for c in sheet.above(cell, first) if not _is_value(c)]
        role, role_cell = _role(sheet, left, stack, first)
        if role is None or role is Fund.REASON:
            return
        kind, label_cell = _kind(left, stack, role_cell)
        from_left = label_cell is left and left is not None
        key_text = canonical(label_cell.text) if label_cell is not None else ""
        key = (key_text, cell.row if from_left and label_cell is not role_cell else -1)
        line = lines.setdefault(key, _Line(kind, label_cell.text if label_cell is not None else ""))
        if role not in line.cells:
            line.cells[role] = cell
            line.texts[role] = cell.text
            line.scales[role] = self._scale(cell, role_cell, label_cell, stack, left)

    def _inline(
        self, lines: dict[tuple[str, int], _Line], sheet: Sheet, cell: Cell, first: int, label: str, value: str
    ) -> None:
        """A cell with its label and figure in one ("其中：基本支出：100")."""
        stack = [c for c in sheet.above(cell, first) if not _is_value(c)]
        role = next((r for r in (FUNDS.role(c.text) for c in stack) if r is not None), Fund.ANNUAL)
        line = lines.setdefault((canonical(label), -1), _Line(category(label), label))
        if role not in line.cells:
            line.cells[role], line.texts[role] = cell, value
            line.scales[role] = self._scale(cell, None, None, stack, None)

    def _scale(
        self, cell: Cell, role_cell: Cell | None, label_cell: Cell | None, stack: list[Cell], left: Cell | None
    ) -> float:
        """元 in one printed unit: named by the figure itself, its headings, the block or the form's captions."""
        near = [c.text for c in (cell, role_cell, *stack, label_cell, left) if c is not None]
        block = [c.text for row in self.rows for c in row.sheet.covering(row.index)]
        for text in (*near, *block, self.captions):
            scale = money_scale(text)
            if scale is not None:
                return scale
        self.unit_assumed = True
        return WAN


def _is_value(cell: Cell) -> bool:
    return is_blank(cell.text) or number(cell.text) is not None


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
    if cell is None or category(cell.text) in _KINDS_FIRST:
        return None
    return FUNDS.role(cell.text)


def _leads_pairs(sheet: Sheet, left: Cell) -> bool:
    """Whether a label stands among others in its row, each before its own figure."""
    labels = [c for c in sheet.starting(left.row) if _role_of(c) is not None]
    return len(labels) >= 2 and any(_is_value(c) for c in sheet.starting(left.row))


def _kind(left: Cell | None, stack: list[Cell], role_cell: Cell | None) -> tuple[Category | None, Cell | None]:
    """The kind of money and the cell that names it. Without a name it is the block's total."""
    if left is not None and left is not role_cell:
        kind = category(left.text)
        if kind is not None:
            return kind, left
    for cell in stack:
        if cell is not role_cell and (kind := category(cell.text)) is not None:
            return kind, cell
    if left is not None and left is not role_cell and _role_of(left) is None:
        covers_header = role_cell is not None and left.row <= role_cell.row
        return (Category.TOTAL if covers_header else None), left
    return Category.TOTAL, role_cell if left is None else left


def _fund_line(document: Document, line: _Line, funds: Funds, ledger: Ledger) -> FundLine:
    money_of: dict[Fund, Quantity | None] = {}
    for role in _MONEY:
        money_of[role] = _quantity(document, line, role, funds, ledger)
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
    cell = line.cells.get(role)
    if cell is None or is_blank(line.texts[role]):
        return None
    text = line.texts[role]
    value = number(text)
    sure = of_cells([cell])
    quantity = Quantity(
        text=text,
        comparator=None,
        value=None if value is None else money(value, line.scales[role]),
        unit="元",
        evidence=cell_evidence(document, cell),
        confidence=round(sure, 4),
    )
    if value is not None:
        figure = ledger.add(Figure.read(text, value, sure))
        if figure is not None:
            funds.figures.append((figure, quantity))
    return quantity


def _number(line: _Line, role: Fund) -> float | None:
    return number(line.texts[role]) if role in line.texts else None


def _rate(line: _Line, annual: Quantity | None, executed: Quantity | None) -> float | None:
    """The printed execution rate in percent; a printed share (0.98) is one only where the amounts say so."""
    value = _number(line, Fund.RATE)
    if value is None or "%" in line.texts[Fund.RATE] or "％" in line.texts[Fund.RATE]:
        return value
    if annual is None or executed is None or not annual.value or executed.value is None:
        return value
    share = executed.value / annual.value
    if 0 < value <= 2 and abs(share - value) <= _SHARE_TOLERANCE and abs(share * 100 - value) > 1:
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


def _extra(line: _Line, role: Fund, ledger: Ledger) -> Figure | None:
    if role not in line.cells:
        return None
    value = number(line.texts[role])
    return None if value is None else ledger.add(Figure.read(line.texts[role], value, of_cells([line.cells[role]])))


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

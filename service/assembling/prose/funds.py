"""The figures of budget paragraphs → fund lines: total, basic and project expenditure, and where the money came from.

What only arithmetic can tell is settled here, when all figures are known: whose rate a bare 执行率 is, which column
"基本支出 A、项目支出 B" speaks of, whether an income is the budget that the rate was taken of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from service.assembling.evidence import line_evidence
from service.assembling.prose.budget import SOURCES, Found, Reader, is_total_rate
from service.assembling.prose.budget_words import CHANGES, Column
from service.assembling.prose.headings import Kind
from service.assembling.prose.plain import plain
from service.assembling.prose.sections import Section
from service.assembling.quantities import sum_slips
from service.reading.document import Document, Notice
from service.schema import FundCategory, FundLine, Quantity

_LABELS: Final[dict[str, str]] = {"total": "部门预算", "basic": "基本支出", "project": "项目支出"}
_CATEGORIES: Final[tuple[FundCategory, ...]] = ("total", "basic", "project")
_SOURCES: Final[dict[str, FundCategory]] = {"fiscal": "fiscal", "carryover": "carryover", "other": "other"}
_BUDGETS: Final = (Column.ANNUAL, Column.BUDGET, Column.INITIAL)
_ELSEWHERE: Final = (Kind.OVERVIEW, Kind.RESULTS, Kind.MANAGEMENT, None)
# A figure whose words come from the figure before it, or from arithmetic, is a little less sure than one that is named.
_INFERRED: Final = 0.9
# A shorter figure is one digit away from too many others to tell a slip from a part left out.
_LONG: Final = 1e5


def read_funds(
    document: Document, sections: Sequence[Section], *, subject: str | None, year: int | None
) -> tuple[list[FundLine], list[Notice]]:
    """The fund lines that a report's budget paragraphs state, amounts in 元, and what had to be worked out."""
    reader = Reader(subject, year)
    own = [s for s in sections if s.kind is Kind.BUDGET]
    found = [figure for section in own for figure in reader.section(section)]
    if not _has_total(found):
        rest = [s for s in sections if s.kind in _ELSEWHERE]
        found += [figure for section in rest for part in _by_part(reader.section(section)) for figure in part]
    return _Settled(document, found).lines()


def _has_total(found: Iterable[Found]) -> bool:
    columns = {f.column for f in found if f.category == "total"}
    return bool(columns & set(_BUDGETS)) and bool(columns & {Column.EXECUTED, Column.RATE})


def _by_part(figures: Iterable[Found]) -> Iterator[list[Found]]:
    """Figures of paragraphs outside the budget sections: those that give the department's budget and its execution."""
    parts: dict[int, list[Found]] = {}
    for figure in figures:
        parts.setdefault(id(figure.part.paragraph), []).append(figure)
    for part in parts.values():
        total = {f.column: f for f in part if f.category == "total" and f.named}
        budget = next((total[c] for c in _BUDGETS if c in total), None)
        executed, rate = total.get(Column.EXECUTED), total.get(Column.RATE)
        if rate is not None and is_total_rate(_before(rate)) and (budget is None or executed is None):
            yield [rate]
        if budget is None or executed is None:
            continue
        if rate is not None and _is_rate(executed, budget, rate):
            yield part
        elif budget.column is not Column.BUDGET:
            yield [f for f in part if f.column is not Column.RATE]


class _Settled:
    """Figures → lines: the budget columns told apart, rates given to whom they fit, changes worked in."""

    def __init__(self, document: Document, found: Sequence[Found]) -> None:
        self.document = document
        self.found = list(found)
        self.notices: list[Notice] = []
        self.cells: dict[tuple[str, Column], Found] = {}

    def lines(self) -> tuple[list[FundLine], list[Notice]]:
        self._budgets()
        self._spending()
        for figure in sorted(self.found, key=lambda f: not f.named):
            if figure.column in (Column.INITIAL, Column.ANNUAL, Column.EXECUTED) and figure.category not in SOURCES:
                self.cells.setdefault((figure.category, figure.column), figure)
        self._income()
        self._appropriated()
        self._rates()
        computed = self._changes()
        lines = [line for category in _CATEGORIES if (line := self._line(category, computed)) is not None]
        return [*lines, *self._sources()], self.notices

    def _budgets(self) -> None:
        """A budget without 年初 or 全年 is the one of the two that the report does not name."""
        named = {f.column for f in self.found if f.category == "total" and f.named}
        change = any(f.column in CHANGES and f.category == "total" and f.named for f in self.found)
        as_initial = Column.ANNUAL in named or (
            change and Column.INITIAL not in named and not self._has_rate_of_budget()
        )
        meant = Column.INITIAL if as_initial else Column.ANNUAL
        self.found = [f._replace(column=meant) if f.column is Column.BUDGET else f for f in self.found]

    def _has_rate_of_budget(self) -> bool:
        """Whether the printed rate is that of a budget without 年初 or 全年: then it is the full-year one."""
        total = [f for f in self.found if f.category == "total"]
        executed, budgets, rates = (
            [f for f in total if f.column is c] for c in (Column.EXECUTED, Column.BUDGET, Column.RATE)
        )
        return any(_is_rate(e, b, r) for e in executed[:1] for b in budgets for r in rates)

    def _spending(self) -> None:
        """Basic and project figures without a column of their own belong to the total that they add up to best."""
        loose = [
            f for f in self.found if f.category in ("basic", "project") and not f.named and f.column is not Column.RATE
        ]
        for one, other in pairwise(loose):
            if {one.category, other.category} != {"basic", "project"} or one.column is not other.column:
                continue
            whole = one.value + other.value
            totals = [
                f
                for f in self.found
                if f.category == "total"
                and f.column in (Column.INITIAL, Column.ANNUAL, Column.EXECUTED)
                and abs(whole - f.value) <= one.step + other.step + f.step
            ]
            if totals:
                self._move((one, other), min(totals, key=lambda f: abs(whole - f.value)).column)

    def _move(self, figures: Sequence[Found], column: Column) -> None:
        self.found = [f._replace(column=column) if any(f is g for g in figures) else f for f in self.found]

    def _income(self) -> None:
        """An income is the full-year budget only where the printed rate is of it; where it is, so are its parts."""
        total = ("total", Column.ANNUAL)
        executed = self.cells.get(("total", Column.EXECUTED))
        incomes = [f for f in self.found if f.column is Column.INCOME]
        if total in self.cells:
            if any(f.category == "total" and f.value == self.cells[total].value for f in incomes):
                self._move([f for f in incomes if f.category in SOURCES], Column.ANNUAL)
            return
        if executed is None:
            return
        rates = [f for f in self.found if f.column is Column.RATE and f.category == "total"]
        for income in (f for f in self.found if f.column is Column.INCOME and f.category == "total"):
            if any(_is_rate(executed, income, rate) for rate in rates):
                self.cells[total] = income

    def _appropriated(self) -> None:
        """Spending out of appropriations is the whole of it where basic and project expenditure add up to it."""
        basic, project = (self.cells.get((c, Column.EXECUTED)) for c in ("basic", "project"))
        if ("total", Column.EXECUTED) in self.cells or basic is None or project is None:
            return
        for figure in (f for f in self.found if f.category == "fiscal" and f.column is Column.EXECUTED):
            if abs(basic.value + project.value - figure.value) <= basic.step + project.step + figure.step:
                self.cells["total", Column.EXECUTED] = figure
                self.found = [
                    f._replace(category="total") if f.column is Column.RATE and f.category == "fiscal" else f
                    for f in self.found
                ]
                return

    def _rates(self) -> None:
        for rate in (f for f in self.found if f.column is Column.RATE):
            owners = [rate.category, *rate.others]
            fitting = [c for c in owners if self._fits(c, rate)]
            if not fitting and self._is_of_income(rate):
                continue
            taken = (rate.category, Column.RATE) in self.cells
            owner = rate.category if rate.category in fitting or not fitting else fitting[0]
            if taken and not fitting:
                owner = next((c for c in rate.others if (c, Column.RATE) not in self.cells), owner)
            if owner not in SOURCES:
                self.cells.setdefault((owner, Column.RATE), rate)

    def _is_of_income(self, rate: Found) -> bool:
        """Whether a rate is that of what came in, not of the budget that stands beside it."""
        executed = self.cells.get(("total", Column.EXECUTED))
        incomes = [f for f in self.found if f.column is Column.INCOME and f.category == "total"]
        return rate.category == "total" and executed is not None and any(_is_rate(executed, i, rate) for i in incomes)

    def _fits(self, category: str, rate: Found) -> bool:
        executed, annual = (self.cells.get((category, c)) for c in (Column.EXECUTED, Column.ANNUAL))
        return executed is not None and annual is not None and _is_rate(executed, annual, rate)

    def _changes(self) -> dict[str, Quantity]:
        """Full-year budgets that the text gives only as an initial budget and what was added to it and taken away."""
        computed = {}
        for category in ("total", "basic", "project"):
            initial = self.cells.get((category, Column.INITIAL))
            changes = [f for f in self.found if f.column in CHANGES and f.category == category]
            changes = [f for f in changes if initial and (f.named or f.part.paragraph is initial.part.paragraph)]
            if initial is None or not changes or (category, Column.ANNUAL) in self.cells:
                continue
            netted = (
                [f for f in changes if "净" in _before(f)] or [f for f in changes if "合计" in _before(f)] or changes
            )
            value = initial.value + sum(f.value if f.column is Column.PLUS else -f.value for f in netted)
            words = "".join(f"{'＋' if f.column is Column.PLUS else '－'}{f.text.strip()}" for f in netted)
            quantity = self._quantity(initial, *netted)
            computed[category] = quantity.model_copy(
                update={"text": initial.text.strip() + words, "value": round(value, 2)}
            )
            self.notices.append(
                Notice(
                    "budget_computed",
                    f"正文没有写明{_LABELS[category]}的全年预算数，按年初预算和追加、调减金额计算得出：{computed[category].text}",
                    netted[0].part.paragraph.lines[0].page,
                )
            )
        return computed

    def _line(self, category: FundCategory, computed: dict[str, Quantity]) -> FundLine | None:
        cells = {
            c: self.cells.get((category, c)) for c in (Column.INITIAL, Column.ANNUAL, Column.EXECUTED, Column.RATE)
        }
        if not any(cells.values()):
            return None
        amounts = {c: self._quantity(f) if f is not None else None for c, f in cells.items()}
        rate = cells[Column.RATE]
        return FundLine(
            category=category,
            label=_LABELS.get(category, category),
            initial_budget=amounts[Column.INITIAL],
            annual_budget=amounts[Column.ANNUAL] or computed.get(category),
            executed=amounts[Column.EXECUTED],
            weight=None,
            execution_rate=None if rate is None else rate.value,
            score=None,
        )

    def _sources(self) -> list[FundLine]:
        """Appropriations, carried-over and other money.

        A composition that is only partly given would read as a contradiction with its total: of it only a single kind
        is taken. One that misses its total by a digit is no part of it, but printed wrong.
        """
        kinds: dict[tuple[str, str | None], dict[Column, Found]] = {}
        for column in (Column.INITIAL, Column.ANNUAL, Column.EXECUTED):
            parts = self._composition(column)
            several = {f.category for f in parts if sum(p.category == f.category for p in parts) > 1}
            for figure in parts:
                key = figure.category, figure.label if figure.category in several else None
                kinds.setdefault(key, {})[column] = figure
        return [self._source(columns) for columns in kinds.values()]

    def _composition(self, column: Column) -> list[Found]:
        """The kinds of money that a total is said to be made of, or the one kind that a budget names."""
        total = self.cells.get(("total", column))
        parts = [f for f in self.found if f.category in SOURCES and f.column is column]
        parts = _without_details([f for i, f in enumerate(parts) if not any(_is_again(f, p) for p in parts[:i])])
        if len(parts) < 2:
            return parts if column is not Column.EXECUTED else []
        without = [f for f in parts if f.category != "carryover"]
        if total is not None and any(_adds_up(total, some) or _slips(total, some) for some in (parts, without)):
            return parts
        return []

    def _source(self, columns: dict[Column, Found]) -> FundLine:
        first = next(iter(columns.values()))
        amounts = {column: self._quantity(figure) for column, figure in columns.items()}
        return FundLine(
            category=_SOURCES[first.category],
            label=first.label or str(first.category),
            initial_budget=amounts.get(Column.INITIAL),
            annual_budget=amounts.get(Column.ANNUAL),
            executed=amounts.get(Column.EXECUTED),
            weight=None,
            execution_rate=None,
            score=None,
        )

    def _quantity(self, *figures: Found) -> Quantity:
        pieces = [line for f in figures for line in f.part.paragraph.span(f.start, f.end)]
        sure = min((piece.confidence for piece in pieces), default=0.0)
        about = any(re.search(r"余|多", f.text) for f in figures)
        return Quantity(
            text=figures[0].text.strip(),
            comparator="~" if about else None,
            value=figures[0].value,
            unit="元",
            evidence=line_evidence(self.document, pieces, "span"),
            confidence=round(sure * (1.0 if all(f.named for f in figures) else _INFERRED), 4),
        )


def _is_again(figure: Found, earlier: Found) -> bool:
    """Whether a kind of money was told before: under the same words, or to the same sum."""
    return figure.label == earlier.label or (figure.category, figure.value) == (earlier.category, earlier.value)


def _without_details(parts: Sequence[Found]) -> list[Found]:
    """Kinds of money without those that split up the one before them ("财政拨款9（一般公共预算6、政府性基金3）")."""
    kept: list[Found] = []
    rest = list(parts)
    while rest:
        whole = rest.pop(0)
        kept.append(whole)
        ends = (n for n in range(2, len(rest) + 1) if _adds_up(whole, rest[:n]))
        rest = rest[next(ends, 0) :]
    return kept


def _adds_up(total: Found, parts: Sequence[Found]) -> bool:
    slack = total.step + sum(part.step for part in parts)
    return bool(parts) and abs(sum(part.value for part in parts) - total.value) <= slack


def _slips(total: Found, parts: Sequence[Found]) -> bool:
    """Whether parts would make up a total but for a slip in one of the figures."""
    step = min([total.step, *(part.step for part in parts)])
    if len(parts) < 2 or total.value / step < _LONG:
        return False
    return sum_slips(total.value / step, [part.value / step for part in parts], 0)


def _before(figure: Found) -> str:
    return plain(figure.part.paragraph.text[max(0, figure.start - 12) : figure.start])


def _is_rate(executed: Found, budget: Found, rate: Found) -> bool:
    if budget.value <= 0:
        return False
    value = executed.value / budget.value * 100
    slack = 100 * (executed.step + value / 100 * budget.step) / 2 / budget.value
    return abs(value - rate.value) <= rate.step + slack

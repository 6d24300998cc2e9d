"""The figures of one evaluation, each with where it is printed, and the relations that tie them together.

An evaluation keeps weights, scores and rates as plain numbers. Their printed text, box and confidence are found again
in the document's tables, beside the cells that the evaluation does keep; without a document (a report read back from
JSON) a number's own decimals stand for what was printed.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from service.assembling.confidence import MENDED, of_cell
from service.assembling.evidence import cell_evidence, evidence, line_evidence
from service.assembling.forms.grid import Sheet, rows
from service.assembling.forms.values import strip_weight
from service.assembling.profiles import Profile
from service.assembling.quantities import decimals, is_blank, money, number
from service.assembling.relations import Figure, Graph, Interval, Product, Rate, Scored, Sum
from service.assembling.status import conversion
from service.assembling.vocabulary import CLOSINGS, COLUMNS, FUNDS, HEADS, Closing, Column, Fund, Head, compact
from service.reading.document import Cell, Document, Origin, Paragraph
from service.schema import Evaluation, Evidence, FundLine, Indicator, Quantity

AMOUNTS = {"initial_budget": "年初预算数", "annual_budget": "全年预算数", "executed": "全年执行数"}
_SOURCES = ("fiscal", "carryover", "other")
_SPENDING = ("basic", "project")
_UNITS = {1.0: "元", 1e3: "千元", 1e4: "万元", 1e8: "亿元"}
# What joins the terms of an amount that was worked out.
_COMPUTED = re.compile(r"[＋－]")
# What floats add of their own.
_CLOSE = 1e-6
# A weight with two decimals is a share of its block (16.67 of 50); with fewer it was set.
_COMPUTED_PLACES = 2
_NAMES = {
    "total": "资金总额", "fiscal": "财政拨款", "carryover": "上年结转", "other": "其他资金", "basic": "基本支出",
    "project": "项目支出", "unknown": "资金",
}  # fmt: skip


class Found(NamedTuple):
    """A cell and the sheet that it lies in."""

    sheet: Sheet
    cell: Cell


class Sources:
    """Cells and lines of a document by the boxes that evidence gives."""

    def __init__(self, document: Document | None) -> None:
        self.document = document
        self._read: dict[tuple[int, tuple[float, ...]], float] = {}

    @cached_property
    def sheets(self) -> list[Sheet]:
        return [] if self.document is None else [Sheet(table) for table in self.document.tables]

    @cached_property
    def _cells(self) -> dict[tuple[int, tuple[float, ...]], Found]:
        known: dict[tuple[int, tuple[float, ...]], Found] = {}
        for sheet in self.sheets:
            for cell in sheet.table.cells:
                for shown in self.evidence(cell):
                    known.setdefault((shown.page, shown.bbox), Found(sheet, cell))
        return known

    def evidence(self, *cells: Cell) -> list[Evidence]:
        return [] if self.document is None else cell_evidence(self.document, *cells)

    def cells(self, shown: Iterable[Evidence]) -> list[Found]:
        """The cells that evidence points to, in its order, each once."""
        found: list[Found] = []
        for item in shown:
            place = self._cells.get((item.page, item.bbox))
            if place is not None and all(place.cell is not known.cell for known in found):
                found.append(place)
        return found

    def origin(self, cell: Cell) -> Origin:
        """Where a cell's text comes from."""
        assert self.document is not None
        return self.document.page(cell.places[0].page).origin

    @cached_property
    def _paragraphs(self) -> list[tuple[Paragraph, list[Evidence]]]:
        document = self.document
        if document is None:
            return []
        return [(p, evidence(document, p.places, "span")) for p in document.paragraphs]

    def paragraph(self, shown: Sequence[Evidence]) -> Paragraph | None:
        """The paragraph around a piece of running text."""
        for paragraph, boxes in self._paragraphs:
            if any(inside(item, box) for item in shown for box in boxes):
                return paragraph
        return None

    def pieces(self, paragraph: Paragraph, start: int, end: int) -> list[Evidence]:
        """The boxes of a piece of running text, one a line."""
        lines = paragraph.span(start, end)
        found = [] if self.document is None else line_evidence(self.document, lines, "span")
        self._read |= {(e.page, e.bbox): line.confidence for e, line in zip(found, lines, strict=False)}
        return found

    def confidence(self, shown: Evidence) -> float:
        """How surely the text in a box of a finding was read, 0 to 1."""
        key = (shown.page, shown.bbox)
        return of_cell(self._cells[key].cell) if key in self._cells else self._read.get(key, 1.0)


def inside(inner: Evidence, outer: Evidence) -> bool:
    """Whether the middle of a box lies in another one of its page."""
    x, y = (inner.bbox[0] + inner.bbox[2]) / 2, (inner.bbox[1] + inner.bbox[3]) / 2
    return inner.page == outer.page and outer.bbox[0] <= x <= outer.bbox[2] and outer.bbox[1] <= y <= outer.bbox[3]


@dataclass
class FundFigures:
    """The figures of one fund line."""

    line: FundLine
    name: str
    amounts: dict[str, Figure] = field(default_factory=dict)
    weight: Figure | None = None
    rate: Figure | None = None
    score: Figure | None = None


@dataclass
class RowFigures:
    """The figures and cells of one indicator row."""

    row: Indicator
    found: list[Found]
    weight: Figure | None = None
    score: Figure | None = None

    @property
    def name(self) -> str:
        return self.row.level3 or "（未命名指标）"


@dataclass
class Block:
    """Indicators under one printed heading, and the weight that it prints."""

    name: str
    weight: Figure
    rows: list[RowFigures]


class Book:
    """All figures of an evaluation.

    With `unread`, cells that should hold a figure and print none that can be read stand in with a value of NaN, so that
    the relations that they belong to are there, and broken.
    """

    def __init__(
        self,
        evaluation: Evaluation,
        document: Document | None,
        profile: Profile,
        sources: Sources | None = None,
        *,
        unread: bool = False,
    ) -> None:
        self.evaluation = evaluation
        self.unread = unread
        self.document = document
        self.profile = profile
        self.sources = sources if sources is not None else Sources(document)
        self.funds = self._funds()
        self.rows = self._rows()

    # Figures ---------------------------------------------------------------------------------------------------

    def _funds(self) -> list[FundFigures]:
        found = []
        for line in self.evaluation.funds:
            figures = FundFigures(line, fund_name(line))
            for attribute, label in AMOUNTS.items():
                quantity: Quantity | None = getattr(line, attribute)
                figure = None if quantity is None else self._amount(f"{figures.name}{label}", quantity)
                if figure is not None:
                    figures.amounts[attribute] = figure
            found.append(figures)
        _even(f for figures in found for f in figures.amounts.values() if f.evidence and f.evidence[0].source == "cell")
        for figures in found:
            self._extras(figures)
            _settle(figures)
        return found

    @cached_property
    def _scale(self) -> float:
        """元 in one unit of the funds block: that of most of its amounts."""
        amounts = (getattr(line, attribute) for line in self.evaluation.funds for attribute in AMOUNTS)
        scales = Counter(scale for quantity in amounts if quantity and (scale := _scale_of(quantity)) is not None)
        return scales.most_common(1)[0][0] if scales else 1.0

    def _amount(self, name: str, quantity: Quantity) -> Figure | None:
        """An amount in the unit of the funds block. An approximate one takes part in no relation."""
        if quantity.comparator is not None or re.search(r"[余多约近]", quantity.text):
            return None
        value = _leading_number(quantity.text) if quantity.value is not None else None
        if value is None and not self.unread:
            return None
        if value is not None and _COMPUTED.search(quantity.text):
            return self._worked_out(name, quantity)
        own = _scale_of(quantity)
        scale = self._scale if own is None else own

        def apply(text: str, new: float) -> None:
            quantity.text, quantity.value, quantity.confidence = text, money(new, scale), MENDED

        step = 10.0 ** -(decimals(quantity.text) or 0) if value is not None else math.inf
        shown, sure, unit = quantity.evidence, quantity.confidence, _UNITS.get(self._scale, "")
        figure = Figure(name, _plain(quantity.text), math.nan if value is None else value, step, shown, sure, unit=unit)
        if scale == self._scale:
            figure.apply = apply
        elif value is not None:  # 0.52亿元 among 万元: the text is that of the converted figure, which no cell prints
            factor = scale / self._scale
            figure.value, figure.step = round(value * factor, 9), step * factor
            figure.text, figure.restated = f"{figure.value:.{figure.places}f}", True
        return figure

    def _worked_out(self, name: str, quantity: Quantity) -> Figure:
        """An amount given as a sum (9,318万元＋12,425.65万元), in the unit of the funds block."""
        assert quantity.value is not None
        places = max(decimals(term) or 0 for term in _COMPUTED.split(quantity.text))
        value = round(quantity.value / self._scale, 9)
        shown, sure, unit = quantity.evidence, quantity.confidence, _UNITS.get(self._scale, "")
        return Figure(name, f"{value:.{places}f}", value, 10.0**-places, shown, sure, unit=unit, restated=True)

    def _extras(self, figures: FundFigures) -> None:
        """A fund line's weight, rate and score, found beside its amounts."""
        line = figures.line
        money = [q for q in (line.executed, line.annual_budget, line.initial_budget) if q is not None]
        near = self._beside([e for quantity in money for e in quantity.evidence])
        shown = [e for quantity in money[:2] for e in quantity.evidence]
        taken: list[Cell] = [f.cell for f in self.sources.cells(shown)]
        for attribute, role, label in (
            ("execution_rate", Fund.RATE, "执行率"),
            ("score", Fund.SCORE, "得分"),
            ("weight", Fund.WEIGHT, "分值"),
        ):
            value = getattr(line, attribute)
            if value is None:
                continue
            cell = _pick(near, value, taken, _under(_fund_role, role))
            if cell is not None:
                taken.append(cell)
            name = f"{figures.name}{label}"
            figure = self._number(name, value, cell, shown, _setter(line, attribute))
            if cell is None and attribute == "execution_rate":
                self._rate_in_text(figure, money)
            setattr(figures, {"execution_rate": "rate"}.get(attribute, attribute), figure)

    def _rate_in_text(self, figure: Figure, money: Sequence[Quantity]) -> None:
        """Where a rate of running text is printed: the first such percentage behind its amounts."""
        for quantity in money:
            paragraph = self.sources.paragraph(quantity.evidence)
            if paragraph is None:
                continue
            text = paragraph.text
            start = max(0, text.find(quantity.text))
            for match in re.finditer(r"(\d+(?:\.\d+)?)\s*[%％]", text[start:]):
                if abs(float(match.group(1)) - figure.value) < _CLOSE:
                    figure.text = match.group(1)
                    figure.step = 10.0 ** -(decimals(figure.text) or 0)
                    figure.evidence = self.sources.pieces(paragraph, start + match.start(), start + match.end())
                    return

    def _beside(self, shown: Sequence[Evidence]) -> list[Found]:
        """The cells in the rows of the given ones, and those below them in their columns."""
        found = self.sources.cells(shown)
        near: list[Found] = []
        for sheet, cell in found:
            for row in rows(cell):
                near.extend(Found(sheet, other) for other in sheet.covering(row))
        return near

    def _number(
        self, name: str, value: float, cell: Cell | None, shown: list[Evidence], apply: Callable[[str, float], None]
    ) -> Figure:
        """A plain number of the evaluation with what its cell prints; `shown` stands in where there is no cell."""
        if cell is None:
            text = f"{value:g}"
            return Figure(name, text, value, 10.0 ** -(decimals(text) or 0), list(shown), apply=apply)
        plain = _plain(cell.text)
        places = decimals(plain) or 0
        as_share = abs((number(plain) or value) - value) > _CLOSE
        step = 10.0 ** -(places - 2 if as_share else places)
        return Figure(
            name,
            f"{value:g}" if as_share else plain,
            value,
            step,
            self.sources.evidence(cell),
            of_cell(cell),
            apply=apply,
        )

    def _rows(self) -> list[RowFigures]:
        found = []
        for row in self.evaluation.indicators:
            figures = RowFigures(row, self.sources.cells(row.evidence))
            taken: list[Cell] = []
            for attribute, role, label in (("score", Column.SCORE, "得分"), ("weight", Column.WEIGHT, "分值")):
                name, value, apply = f"“{figures.name}”{label}", getattr(row, attribute), _setter(row, attribute)
                if value is None:
                    continue
                cell = _pick(figures.found, value, taken, _under(_row_role, role), last=True)
                if cell is not None:
                    taken.append(cell)
                setattr(figures, attribute, self._number(name, value, cell, row.evidence, apply))
            found.append(figures)
        for attribute, label in (("score", "得分"), ("weight", "分值")) if self.unread else ():
            self._add_unread(found, attribute, label)
        for attribute in ("weight", "score"):
            _even(figure for f in found if (figure := getattr(f, attribute)) is not None)
        for figures in found:
            _settle(figures)
        return found

    def _add_unread(self, found: Sequence[RowFigures], attribute: str, label: str) -> None:
        """Stand-ins for the cells of a column that print something which is no number."""
        column: Counter[int] = Counter()
        for figures in found:
            figure: Figure | None = getattr(figures, attribute)
            column.update(f.cell.column for f in self.sources.cells(figure.evidence if figure is not None else []))
        for figures in found:
            if getattr(figures, attribute) is not None or not column or not figures.found:
                continue
            sheet, name = figures.found[0]
            cell = sheet.at(name.row, column.most_common(1)[0][0])
            if cell is not None and cell.row == name.row and not is_blank(cell.text):
                apply = _setter(figures.row, attribute)
                shown, sure = self.sources.evidence(cell), of_cell(cell)
                unread = Figure(f"“{figures.name}”{label}", cell.text, math.nan, math.inf, shown, sure, apply=apply)
                setattr(figures, attribute, unread)

    @cached_property
    def tables(self) -> list[Sheet]:
        """The sheets that the evaluation's funds and indicators stand in."""
        shown = [e for row in self.evaluation.indicators for e in row.evidence]
        for line in self.evaluation.funds:
            shown += [e for a in AMOUNTS if (q := getattr(line, a)) is not None for e in q.evidence]
        found: list[Sheet] = []
        for sheet, _ in self.sources.cells(shown):
            if all(sheet is not known for known in found):
                found.append(sheet)
        return found

    @cached_property
    def total_score(self) -> Figure | None:
        value = self.evaluation.total_score
        if value is None:
            return None
        return self._total(value, "总分", Column.SCORE, _setter(self.evaluation, "total_score"))

    @cached_property
    def total_weight(self) -> Figure | None:
        value = self.evaluation.total_weight
        if value is None:
            return None
        figure = self._total(value, "总分值", Column.WEIGHT, _setter(self.evaluation, "total_weight"))
        figure.exact = figure.places < _COMPUTED_PLACES
        return figure

    def _total(self, value: float, name: str, role: Column, apply: Callable[[str, float], None]) -> Figure:
        below = self._own_rows()
        found: list[Found] = []
        for sheet in self.tables:
            for index in below.get(id(sheet), range(sheet.height)):
                cells = sheet.starting(index)
                if any(CLOSINGS.role(c.text) is Closing.TOTAL or HEADS.role(c.text) is Head.TOTAL_SCORE for c in cells):
                    found.extend(Found(sheet, c) for c in cells)
        cell = _pick(found, value, [], _under(_row_role, role), last=role is Column.SCORE)
        shown = [] if cell is not None or not found else self.sources.evidence(found[0].cell)
        return self._number(name, value, cell, shown, apply)

    def _own_rows(self) -> dict[int, range]:
        """The rows of each sheet that can hold this evaluation's closing lines: up to the next form's in the sheet."""
        spans: dict[int, range] = {}
        for sheet in self.tables:
            own = [c.row for f in self.rows for s, c in f.found if s is sheet]
            own += [
                c.row
                for line in self.evaluation.funds
                for a in AMOUNTS
                if (q := getattr(line, a)) is not None
                for s, c in self.sources.cells(q.evidence)
                if s is sheet
            ]
            if not own:
                continue
            last = max(own)
            heads = [
                r
                for r in range(last + 1, sheet.height)
                if any(HEADS.role(c.text) is Head.SUBJECT for c in sheet.starting(r))
            ]
            before = [r for r in range(min(own)) if any(HEADS.role(c.text) is Head.SUBJECT for c in sheet.starting(r))]
            spans[id(sheet)] = range(before[-1] if before else 0, heads[0] if heads else sheet.height)
        return spans

    def fund(self, category: str) -> FundFigures | None:
        return next((f for f in self.funds if f.line.category == category), None)

    # Headings --------------------------------------------------------------------------------------------------

    def blocks(self) -> Iterator[Block]:
        """Level-1 and level-2 headings that print the weight of their rows."""
        for level in ("level1", "level2"):
            for group in _groups(self.rows, level):
                weight = self._heading_weight(group, level)
                if weight is not None and all(f.weight is not None for f in group):
                    yield Block(getattr(group[0].row, level), weight, group)

    def _heading_weight(self, group: list[RowFigures], level: str) -> Figure | None:
        name = compact(getattr(group[0].row, level) or "")
        for sheet, cell in group[0].found[:1]:
            heading = None
            for other in sheet.left(cell, cell.row):
                plain, weight = strip_weight(compact(other.text))
                if plain != name and not (heading is None and number(other.text) is not None):
                    continue
                if plain == name and weight is not None:
                    return Figure(
                        f"“{name}”标注的分值",
                        f"{weight:g}",
                        weight,
                        10.0 ** -(decimals(f"{weight:g}") or 0),
                        self.sources.evidence(other),
                        of_cell(other),
                    )
                heading = other if plain == name else heading
            if heading is not None and level == "level1":
                return self._weight_beside(sheet, heading, cell, name, group)
        return None

    def _weight_beside(
        self, sheet: Sheet, heading: Cell, cell: Cell, name: str, group: list[RowFigures]
    ) -> Figure | None:
        """The weight in a column between a heading and its rows, where its cell spans what the heading spans."""
        for other in sheet.left(cell, cell.row):
            value = number(other.text)
            if other is heading:
                return None
            if value is not None and rows(other) == rows(heading) and len(rows(other)) >= len(group) > 1:
                return Figure(
                    f"“{name}”的权重",
                    _plain(other.text),
                    value,
                    10.0 ** -(decimals(other.text) or 0),
                    self.sources.evidence(other),
                    of_cell(other),
                )
        return None

    # Relations -------------------------------------------------------------------------------------------------

    @cached_property
    def graph(self) -> Graph:
        """Every relation among the figures, by the check that it serves."""
        graph = Graph()
        for figures in self.funds:
            self._fund_relations(graph, figures)
        self._fund_sums(graph)
        self._weight_sums(graph)
        self._score_sum(graph)
        for row in self.rows:
            graph.add(self._scored(row))
        return graph

    def _fund_relations(self, graph: Graph, figures: FundFigures) -> None:
        annual, executed = figures.amounts.get("annual_budget"), figures.amounts.get("executed")
        if annual and executed and figures.rate and not self._unit_rate_of_nothing(figures):
            graph.add(Rate("F1", figures.rate, [executed, annual], figures.name))
        if figures.weight and figures.score and figures.weight.value > 0:
            if figures.rate is not None:
                graph.add(Product("F2", figures.score, [figures.weight, figures.rate], figures.name))
            elif annual and executed and annual.value > 0:
                share = executed.value / annual.value * 100
                derived = Figure(f"{figures.name}执行率", f"{share:.2f}", share, 0.01)
                graph.add(Product("F2", figures.score, [figures.weight, derived], figures.name))

    @staticmethod
    def _unit_rate_of_nothing(figures: FundFigures) -> bool:
        """A line without any money prints 0 or 100 as it likes."""
        annual, executed = figures.amounts["annual_budget"], figures.amounts["executed"]
        return annual.value == 0 or (executed.value == 0 and annual.value == 0)

    def _fund_sums(self, graph: Graph) -> None:
        total = self.fund("total")
        if total is None:
            return
        for group in (_SOURCES, _SPENDING):
            lines = _top_level([f for f in self.funds if f.line.category in group])
            for attribute in AMOUNTS:
                whole = total.amounts.get(attribute)
                parts = [f.amounts[attribute] for f in lines if attribute in f.amounts]
                if whole is None or not parts or (group is _SPENDING and len(parts) < 2):
                    continue
                if len(parts) == 1 and len({f.line.category for f in lines}) < len(_SOURCES):
                    continue  # one kind of money alone need not be all of it
                aside = [f.amounts[attribute] for f in lines if attribute in f.amounts and not _carried_in_prose(f)]
                sums = [Sum("F3", whole, some, AMOUNTS[attribute]) for some in (parts, aside) if some]
                graph.add(next((s for s in sums if s.holds()), sums[0]))

    def _weight_sums(self, graph: Graph) -> None:
        for block in self.blocks():
            graph.add(Sum("S1", block.weight, [f.weight for f in block.rows if f.weight], f"“{block.name}”各项分值"))
        weights = [f.weight for f in self.rows if f.weight is not None]
        if not weights or len(weights) < len(self.rows) or self._lacks_funds:
            return
        funds = self.fund_weight
        total = self.total_weight
        accepted = [total.value] if total is not None else self.profile.level3_sums(funds is not None)
        whole = total if total is not None else Figure("总分值", f"{accepted[0]:g}", accepted[0], 0.0)
        with_funds = [*weights, funds] if funds is not None else weights
        sums = [Sum("S1", whole, parts, "各项分值") for parts in (with_funds, weights)]
        if total is None:
            sums += [Sum("S1", Figure("总分值", f"{v:g}", v, 0.0), weights, "各项分值") for v in accepted]
        graph.add(next((s for s in sums if s.holds()), sums[0]))
        if total is not None and total.value != self.profile.total:
            if funds is None and total.value == self.profile.without_funds and self.evaluation.kind == "department":
                return  # the text around the table adds the points of the funds
            graph.add(
                Sum("S1", Figure("规定的满分", f"{self.profile.total:g}", self.profile.total, 0.0), [total], "总分值")
            )

    @property
    def fund_weight(self) -> Figure | None:
        total = self.fund("total")
        return None if total is None else total.weight

    @cached_property
    def _lacks_funds(self) -> bool:
        """Whether the funds were not read and the weights lack just theirs: no sum can be told from the rest."""
        weights = [f.weight.value for f in self.rows if f.weight is not None]
        lacking = (self.evaluation.total_weight or self.profile.total) - math.fsum(weights)
        return not self.evaluation.funds and abs(lacking - (self.profile.funds_weight or 0.0)) < _CLOSE < lacking

    def _score_sum(self, graph: Graph) -> None:
        total = self.total_score
        scores = [f.score for f in self.rows if f.score is not None]
        if total is None or not scores or self._lacks_funds:
            return
        missing = [f for f in self.rows if f.score is None]
        fund = self.fund("total")
        extra = fund.score if fund is not None else None
        _even([*scores, total] if extra is None else [*scores, extra, total])
        sums = [Sum("S2", total, [*scores, extra] if extra is not None else scores, "各项得分")]
        if extra is not None:
            sums.append(Sum("S2", total, scores, "各项得分"))
        closed = next((s for s in sums if s.holds()), None)
        if closed is not None or not missing:
            graph.add(closed or sums[0])

    def _scored(self, figures: RowFigures) -> Scored | None:
        if figures.weight is None or figures.score is None or figures.weight.value <= 0:
            return None
        # Where no rule says what a row earns, it is at most its weight.
        share = share_of(figures.row, self.profile) or Interval(0.0, 1.0)
        return Scored("S3", figures.score, figures.weight, share, f"“{figures.name}”")


def share_of(row: Indicator, profile: Profile) -> Interval | None:
    """The part of its weight that an indicator earns by the rules, 0 to 1; None where they do not say."""
    target, actual = row.target, row.actual
    if target is None or actual is None:
        return None
    if target.value is None or actual.value is None:
        return _worded(actual.text, profile) if target.value is None and actual.value is None else None
    factor = conversion(actual.unit, target.unit)
    if factor is None or actual.comparator not in (None, "=") or actual.upper is not None or target.upper is not None:
        return None
    got = _interval(actual, factor)
    return _reached(target, got, cost="成本" in f"{row.level1}{row.level2}")


def _interval(quantity: Quantity, factor: float) -> Interval:
    """What a printed value may stand for. Counts are exact; a value with decimals is known to its last one."""
    assert quantity.value is not None
    printed = _plain(quantity.text)
    shown = number(printed)
    scale = abs(quantity.value / shown) if shown else 1.0
    slack = scale * 10.0 ** -(decimals(printed) or 0) / 2 if "." in printed else 0.0
    return Interval((quantity.value - slack) * factor, (quantity.value + slack) * factor)


def _reached(target: Quantity, got: Interval, *, cost: bool) -> Interval | None:
    wanted = target.value
    assert wanted is not None
    if target.comparator in ("<=", "<") or (cost and target.comparator in (None, "~")):
        if got.low <= wanted + _CLOSE:
            return Interval(1.0, 1.0)
        if wanted <= 0:
            return Interval(0.0, 0.0)
        return Interval(max(0.0, 1 - (got.high - wanted) / wanted), max(0.0, 1 - (got.low - wanted) / wanted))
    if wanted == 0:
        return Interval(1.0, 1.0) if abs(got.middle) <= _CLOSE else Interval(0.0, 0.0)
    if target.comparator == "~" or wanted < 0:
        return None
    return Interval(max(0.0, min(1.0, got.low / wanted)), max(0.0, min(1.0, got.high / wanted)))


def _worded(text: str, profile: Profile) -> Interval | None:
    """The band of a qualitative actual that uses the rules' own words."""
    plain = re.sub(r"[\s,，、]+", "", text)
    for phrase, band in profile.bands:
        if re.fullmatch(phrase, plain):
            return Interval(band[0] / 100, band[1] / 100)
    return None


def fund_name(line: FundLine) -> str:
    """A fund line's label for a reader: as printed, without 其中 and colons."""
    plain = re.sub(r"^(?:其中)?[:：]?\s*", "", line.label).strip("：: ")
    return plain or _NAMES[line.category]


def _top_level(lines: list[FundFigures]) -> list[FundFigures]:
    """Without lines that split up another of the same kind (中央, 省级 under 财政拨款)."""
    if any(re.match(r"其中", f.line.label) for f in lines[1:]):
        first = next(i for i, f in enumerate(lines) if i and re.match(r"其中", f.line.label))
        kind = lines[first].line.category
        if any(f.line.category == kind for f in lines[:first]):
            return [f for i, f in enumerate(lines) if i < first or f.line.category != kind]
    return lines


def _scale_of(quantity: Quantity) -> float | None:
    """元 in one unit that an amount prints, a power of ten; None for an amount of nothing."""
    printed = None if _COMPUTED.search(quantity.text) else _leading_number(quantity.text)
    if not printed or not quantity.value:
        return None
    return float(10.0 ** round(math.log10(abs(quantity.value / printed))))


def _even(figures: Iterable[Figure]) -> None:
    """Give the figures of one column one precision: those that print fewer decimals dropped their zeros."""
    column = list(figures)
    step = min((figure.step for figure in column if math.isfinite(figure.step)), default=1.0)
    for figure in column:
        figure.step = step


def _settle(figures: RowFigures | FundFigures) -> None:
    """Weights and full scores are set, not computed; so are an indicator's scores in whole points."""
    weight, score = figures.weight, figures.score
    if weight is not None:
        weight.exact = weight.places < _COMPUTED_PLACES
    if score is not None:
        by_hand = isinstance(figures, RowFigures) and score.places == 0
        score.exact = by_hand or (weight is not None and score.value == weight.value)


def _groups(rows_: Sequence[RowFigures], level: str) -> Iterator[list[RowFigures]]:
    """Consecutive rows with the same heading."""
    group: list[RowFigures] = []
    for figures in rows_:
        key = (figures.row.level1, getattr(figures.row, level))
        if group and (group[0].row.level1, getattr(group[0].row, level)) != key:
            yield group
            group = []
        if key[1]:
            group.append(figures)
    if group:
        yield group


def _pick(
    near: Sequence[Found],
    value: float,
    taken: Sequence[Cell],
    fits: Callable[[Cell, Sheet], bool],
    *,
    last: bool = False,
) -> Cell | None:
    """The cell that prints `value`: one under the right heading before any other."""
    printing = [f for f in near if _prints(f.cell, value) and all(f.cell is not t for t in taken)]
    best = [f for f in printing if fits(f.cell, f.sheet)] or printing
    return None if not best else best[-1 if last else 0].cell


def _prints(cell: Cell, value: float) -> bool:
    shown = number(cell.text)
    if shown is None:
        match = re.match(r"\d+(?:\.\d+)?", compact(cell.text))
        shown = float(match.group()) if match and len(compact(cell.text)) <= len(match.group()) + 12 else None
    return shown is not None and (abs(shown - value) < _CLOSE or abs(shown * 100 - value) < _CLOSE)


def _carried_in_prose(figures: FundFigures) -> bool:
    """Whether money carried over is told in running text, where it may stand beside the year's budget."""
    shown = [e for figure in figures.amounts.values() for e in figure.evidence]
    return figures.line.category == "carryover" and all(e.source == "span" for e in shown)


def _fund_role(cell: Cell, sheet: Sheet) -> Fund | None:
    return next((role for c in sheet.above(cell, 0) if (role := FUNDS.role(c.text)) is not None), None)


def _row_role(cell: Cell, sheet: Sheet) -> Column | None:
    return next((role for c in sheet.above(cell, 0) if (role := COLUMNS.role(c.text)) is not None), None)


def _under(role_of: Callable[[Cell, Sheet], StrEnum | None], role: StrEnum) -> Callable[[Cell, Sheet], bool]:
    """Whether a cell stands under the heading of a role."""
    return lambda cell, sheet: role_of(cell, sheet) is role


def _leading_number(text: str) -> float | None:
    """The number that a printed amount shows, whatever stands behind it."""
    value = number(text)
    if value is not None:
        return value
    match = re.search(r"-?\d[\d,]*(?:\.\d+)?", compact(text))
    return float(match.group().replace(",", "")) if match else None


def _plain(text: str) -> str:
    """The number in a printed text, with its separators."""
    match = re.search(r"-?\d[\d,]*(?:\.\d+)?", compact(text))
    return match.group() if match else text


def _setter(owner: object, attribute: str) -> Callable[[str, float], None]:
    def apply(_: str, value: float) -> None:
        setattr(owner, attribute, value)

    return apply


__all__ = [
    "AMOUNTS",
    "Block",
    "Book",
    "Found",
    "FundFigures",
    "RowFigures",
    "Sources",
    "fund_name",
    "share_of",
]

"""A report as tables: what workbook and CSV write, and what a list of evaluations is written by too.

Money stands in 万元, as officials count; rates in percent.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from service.errors import InputError
from service.schema import Check, Evaluation, Evidence, FundLine, Indicator, Quantity, Report, Statement, Text

Value = str | float | int | None
Kind = Literal["text", "number", "money"]

YUAN_PER_WAN: Final = 10_000
# A value less sure than this is marked, for a person to compare with the page.
DOUBTFUL: Final = 0.8
# Excel takes a text that begins so for a formula, also out of a CSV file, and would run it.
_FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r")
# Excel for Windows reads a CSV file as UTF-8 only with this at its start.
_BYTE_ORDER_MARK: Final = "\ufeff"

KINDS: Final = {"project": "项目", "department": "部门整体"}
STATUSES: Final = {
    "exceeded": "超额完成",
    "met": "达成",
    "partly_met": "部分达成",
    "unmet": "未达成",
    "undetermined": "无法判断",
}
SEVERITIES: Final = {"error": "错误", "warning": "警告", "info": "提示"}
FUND_CATEGORIES: Final = {
    "total": "总额",
    "fiscal": "财政拨款",
    "carryover": "结转",
    "other": "其他资金",
    "basic": "基本支出",
    "project": "项目支出",
    "unknown": "未分类",
}
ROLES: Final = {"amount": "数额", "target": "目标", "achievement": "完成", "change": "变化"}


class UnknownTable(InputError):
    code = "unknown_table"
    zh = "没有名为“{name}”的表。可用：{known}。"
    en = "There is no table named {name}. Known: {known}."


class Column(NamedTuple):
    """`width` in characters of a sheet's column."""

    title: str
    width: int = 12
    kind: Kind = "text"


class Cell(NamedTuple):
    """A value and whether a person should compare it with the page."""

    value: Value
    doubtful: bool = False


Row = Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Table:
    """`name` is how the table is asked for, `title` how a sheet of it is called."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Row]


AMOUNTS: Final = (
    Column("年初预算数（万元）", 16, "money"),
    Column("全年预算数（万元）", 16, "money"),
    Column("全年执行数（万元）", 16, "money"),
)

_WHOSE: Final = (Column("序号", 6, "number"), Column("评价对象", 28))

_EVALUATIONS: Final = (
    *_WHOSE,
    Column("类型", 10),
    Column("年度", 8, "number"),
    Column("标题", 36),
    Column("主管部门", 22),
    Column("实施单位", 22),
    *AMOUNTS,
    Column("执行率（%）", 11, "number"),
    Column("总分", 8, "number"),
    Column("等级", 6),
    Column("预期目标", 50),
    Column("实际完成情况", 50),
    Column("错误", 6, "number"),
    Column("警告", 6, "number"),
)
_FUNDS: Final = (
    *_WHOSE,
    Column("资金类别", 10),
    Column("名称", 24),
    *AMOUNTS,
    Column("分值", 8, "number"),
    Column("执行率（%）", 11, "number"),
    Column("得分", 8, "number"),
    Column("页", 6),
)
_INDICATORS: Final = (
    *_WHOSE,
    Column("一级指标", 14),
    Column("二级指标", 14),
    Column("三级指标", 30),
    Column("年度指标值", 18),
    Column("实际完成值", 18),
    Column("分值", 8, "number"),
    Column("得分", 8, "number"),
    Column("完成情况", 10),
    Column("偏差原因分析及改进措施", 40),
    Column("页", 6),
)
_STATEMENTS: Final = (
    *_WHOSE,
    Column("指标", 24),
    Column("取值", 30),
    Column("时期", 14),
    Column("单位", 20),
    Column("章节", 24),
    Column("原句", 70),
    Column("页", 6),
)
_ITEMS: Final = (*_WHOSE, Column("类别", 10), Column("内容", 90), Column("页", 6))
_FINDINGS: Final = (
    *_WHOSE,
    Column("规则", 6),
    Column("级别", 8),
    Column("页", 6),
    Column("问题", 70),
    Column("应为", 18),
    Column("现为", 18),
    Column("建议", 18),
)
_WARNINGS: Final = (Column("页", 6, "number"), Column("代码", 24), Column("说明", 90))


def evaluations(report: Report) -> Table:
    """One row an evaluation."""
    rows = [[*_whose(n, e), *_evaluation(e)] for n, e in enumerate(report.evaluations, 1)]
    return Table("evaluations", "总览", _EVALUATIONS, rows)


def funds(report: Report) -> Table:
    """One row a line of the funds blocks."""
    rows = [[*_whose(n, e), *_fund(f)] for n, e in enumerate(report.evaluations, 1) for f in e.funds]
    return Table("funds", "资金", _FUNDS, rows)


def indicators(report: Report) -> Table:
    """One row a level-3 indicator."""
    rows = [[*_whose(n, e), *_indicator(i)] for n, e in enumerate(report.evaluations, 1) for i in e.indicators]
    return Table("indicators", "指标", _INDICATORS, rows)


def statements(report: Report) -> Table:
    """One row a fact of the running text."""
    rows = [[*_whose(n, e), *_statement(s)] for n, e in enumerate(report.evaluations, 1) for s in e.statements]
    return Table("statements", "正文陈述", _STATEMENTS, rows)


def items(report: Report) -> Table:
    """One row a problem or an improvement."""
    return Table("items", "问题与改进", _ITEMS, list(_items(report)))


def findings(report: Report) -> Table:
    """One row a finding, in the order of the report."""
    rows = [[*_whose(n, e), *_finding(c)] for n, e in enumerate(report.evaluations, 1) for c in e.checks]
    return Table("findings", "核对发现", _FINDINGS, rows)


def warnings(report: Report) -> Table:
    """One row a warning on the reading itself."""
    rows = [[Cell(w.page), Cell(w.code), Cell(w.message)] for w in report.warnings]
    return Table("warnings", "注意事项", _WARNINGS, rows)


TABLES: Final[dict[str, Callable[[Report], Table]]] = {
    "evaluations": evaluations,
    "funds": funds,
    "indicators": indicators,
    "statements": statements,
    "items": items,
    "findings": findings,
    "warnings": warnings,
}


def table(report: Report, name: str) -> Table:
    """The report's table `name`. Raises UnknownTable."""
    if name not in TABLES:
        raise UnknownTable(name=name, known="、".join(TABLES))
    return TABLES[name](report)


def all_tables(report: Report) -> list[Table]:
    """Every table that has rows, and the overview and the findings in any case."""
    made = [make(report) for make in TABLES.values()]
    return [t for t in made if t.rows or t.name in ("evaluations", "findings")]


def to_csv(made: Table) -> bytes:
    """The table as CSV that Excel opens as it is: UTF-8 with its mark, CRLF, no text that runs as a formula."""
    target = io.StringIO(newline="")
    target.write(_BYTE_ORDER_MARK)
    writer = csv.writer(target)
    writer.writerow([column.title for column in made.columns])
    writer.writerows([_csv_value(cell.value) for cell in row] for row in made.rows)
    return target.getvalue().encode()


def _csv_value(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA_SIGNS) and not is_number(value) else value
    return f"{value:.10g}"


def is_number(text: str) -> bool:
    """Whether a text is nothing but a number, a sign before it allowed."""
    try:
        float(text.replace(",", ""))
    except ValueError:
        return False
    return True


def subject(evaluation: Evaluation) -> str:
    """What an evaluation is about, as its reader names it."""
    text = evaluation.subject or evaluation.title
    return evaluation.id if text is None else text.text


def _whose(number: int, evaluation: Evaluation) -> Row:
    name = evaluation.subject or evaluation.title
    return Cell(number), Cell(subject(evaluation), name is not None and name.confidence < DOUBTFUL)


def _evaluation(evaluation: Evaluation) -> Iterator[Cell]:
    total = next((f for f in evaluation.funds if f.category == "total"), None)
    yield Cell(KINDS[evaluation.kind])
    yield Cell(evaluation.year)
    yield from map(_text, (evaluation.title, evaluation.competent_department, evaluation.implementing_unit))
    yield from _amounts(total)
    yield Cell(None if total is None else total.execution_rate)
    yield Cell(evaluation.total_score)
    yield Cell(evaluation.grade)
    yield from map(_text, (evaluation.goal.expected, evaluation.goal.actual))
    yield from (Cell(sum(c.severity == severity for c in evaluation.checks)) for severity in ("error", "warning"))


def _fund(fund: FundLine) -> Iterator[Cell]:
    yield Cell(FUND_CATEGORIES[fund.category])
    yield Cell(fund.label)
    yield from _amounts(fund)
    yield from map(Cell, (fund.weight, fund.execution_rate, fund.score))
    read = (fund.initial_budget, fund.annual_budget, fund.executed)
    yield _pages(e for amount in read if amount is not None for e in amount.evidence)


def _indicator(row: Indicator) -> Iterator[Cell]:
    yield from map(Cell, (row.level1, row.level2))
    yield Cell(row.level3, row.confidence < DOUBTFUL)
    yield from map(_as_printed, (row.target, row.actual))
    yield from map(Cell, (row.weight, row.score, STATUSES[row.status], row.deviation))
    yield _pages(row.evidence)


def _statement(statement: Statement) -> Iterator[Cell]:
    values = "；".join(f"{ROLES[value.role]}：{value.quantity.text}" for value in statement.values)
    yield from map(Cell, (statement.indicator, values, statement.period, statement.organisation, statement.section))
    yield Cell(statement.sentence, statement.confidence < DOUBTFUL)
    yield _pages(statement.evidence)


def _items(report: Report) -> Iterator[Row]:
    for number, evaluation in enumerate(report.evaluations, 1):
        for name, texts in (("问题", evaluation.problems), ("改进措施", evaluation.improvements)):
            yield from ([*_whose(number, evaluation), Cell(name), _text(t), _pages(t.evidence)] for t in texts)


def _finding(check: Check) -> Iterator[Cell]:
    yield from map(Cell, (check.rule, SEVERITIES[check.severity]))
    yield _pages(check.evidence)
    yield from map(Cell, (check.message, check.expected, check.found, check.suggestion))


def _amounts(fund: FundLine | None) -> Iterator[Cell]:
    if fund is None:
        yield from (Cell(None),) * 3
        return
    yield from map(_money, (fund.initial_budget, fund.annual_budget, fund.executed))


def _money(amount: Quantity | None) -> Cell:
    """In 万元; as printed where it was not understood."""
    if amount is None or amount.value is None:
        return _as_printed(amount)
    return Cell(round(amount.value / YUAN_PER_WAN, 6), amount.confidence < DOUBTFUL)


def _as_printed(value: Quantity | None) -> Cell:
    return Cell(None) if value is None else Cell(value.text, value.confidence < DOUBTFUL)


def _text(value: Text | None) -> Cell:
    return Cell(None) if value is None else Cell(value.text, value.confidence < DOUBTFUL)


def _pages(evidence: Iterable[Evidence]) -> Cell:
    return Cell("、".join(str(page) for page in sorted({e.page for e in evidence})))


__all__ = ["TABLES", "Cell", "Column", "Table", "UnknownTable", "all_tables", "subject", "table", "to_csv"]

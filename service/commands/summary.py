"""A report for people at a terminal: header, funds, indicators, findings, warnings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from service.errors import Language
from service.schema import Check, Evaluation, FundLine, Indicator, Quantity, Report
from service.schema import Text as SchemaText

DOUBTFUL = 0.8  # a value less sure than this is marked, for a person to compare with the page
WAN = 10_000  # officials think in 万元

STATUS_STYLES = {"exceeded": "cyan", "met": "green", "partly_met": "yellow", "unmet": "red", "undetermined": "dim"}
SEVERITY_STYLES = {"error": "red", "warning": "yellow", "info": "cyan"}

LABELS: dict[Language, dict[str, str]] = {
    "zh": {
        "project": "项目支出绩效自评",
        "department": "部门整体支出绩效自评",
        "competent_department": "主管部门",
        "implementing_unit": "实施单位",
        "year": "年度",
        "score": "得分",
        "grade": "等级",
        "funds": "资金（万元）",
        "initial_budget": "年初预算",
        "annual_budget": "全年预算",
        "executed": "全年执行",
        "execution_rate": "执行率",
        "weight": "分值",
        "indicators": "指标",
        "level3": "三级指标",
        "target": "年度指标值",
        "actual": "实际完成值",
        "status": "状态",
        "goal_expected": "预期目标",
        "goal_actual": "实际完成情况",
        "checks": "核对发现",
        "problems": "存在的问题",
        "improvements": "改进措施",
        "statements": "正文陈述",
        "warnings": "注意",
        "nothing": "没有找到绩效自评表。",
        "doubtful": "? 识别把握不足 80%，请对照原件核对。",
        "page": "第 {page} 页：",
        "pages": "页",
        "suggestion": "建议：",
        "text": "电子版",
        "scan": "扫描件",
        "mixed": "电子版和扫描页混合",
        "exceeded": "超额完成",
        "met": "达成",
        "partly_met": "部分达成",
        "unmet": "未达成",
        "undetermined": "无法判断",
    },
    "en": {
        "project": "Project self-evaluation",
        "department": "Department self-evaluation",
        "competent_department": "Department",
        "implementing_unit": "Unit",
        "year": "Year",
        "score": "Score",
        "grade": "Grade",
        "funds": "Funds (10,000 yuan)",
        "initial_budget": "Initial budget",
        "annual_budget": "Annual budget",
        "executed": "Executed",
        "execution_rate": "Rate",
        "weight": "Weight",
        "indicators": "Indicators",
        "level3": "Indicator",
        "target": "Target",
        "actual": "Actual",
        "status": "Status",
        "goal_expected": "Goal, expected",
        "goal_actual": "Goal, achieved",
        "checks": "Findings",
        "problems": "Problems",
        "improvements": "Improvements",
        "statements": "Statements in the text",
        "warnings": "Warnings",
        "nothing": "No self-evaluation form was found.",
        "doubtful": "? less than 80 % sure: compare with the page.",
        "page": "page {page}: ",
        "pages": "pages",
        "suggestion": "suggestion: ",
        "text": "born digital",
        "scan": "scanned",
        "mixed": "born digital and scanned",
        "exceeded": "exceeded",
        "met": "met",
        "partly_met": "partly met",
        "unmet": "unmet",
        "undetermined": "undetermined",
    },
}


def summarise(report: Report, language: Language = "zh") -> RenderableType:
    """What one reads at a terminal of `report`."""
    words = LABELS[language]
    document = report.document
    parts: list[RenderableType] = [
        Text.assemble(
            (document.file_name, "bold"), f"  {document.page_count} {words['pages']}, {words[document.origin]}"
        )
    ]
    for evaluation in report.evaluations:
        parts += [Text(), *_evaluation(evaluation, words)]
    if not report.evaluations:
        parts += [Text(words["nothing"], "yellow")]
    if report.warnings:
        parts.append(Text(f"\n{words['warnings']}", "bold yellow"))
    for warning in report.warnings:
        place = words["page"].format(page=warning.page) if warning.page else ""
        parts.append(Text(f"  {place}{warning.message} [{warning.code}]"))
    return Group(*parts)


def _evaluation(evaluation: Evaluation, words: dict[str, str]) -> Iterator[RenderableType]:
    yield from _header(evaluation, words)
    if evaluation.funds:
        yield Text()
        yield _funds(evaluation.funds, words)
    if evaluation.goal.expected or evaluation.goal.actual:
        yield Text()
    for label, text in (("goal_expected", evaluation.goal.expected), ("goal_actual", evaluation.goal.actual)):
        if text:
            yield Text.assemble((f"{words[label]}  ", "bold"), _marked(text))
    if evaluation.indicators:
        yield Text()
        yield _indicators(evaluation.indicators, words)
        yield Text()
    if evaluation.statements:
        yield Text(f"{words['statements']}  {len(evaluation.statements)}", "bold")
    for label, items in (("problems", evaluation.problems), ("improvements", evaluation.improvements)):
        if items:
            yield Text(words[label], "bold")
            yield from (Text(f"  {number}. {item.text}") for number, item in enumerate(items, 1))
    yield from _checks(evaluation.checks, words)
    if any(value.confidence < DOUBTFUL for value in _values(evaluation)):
        yield Text(words["doubtful"], "dim")


def _header(evaluation: Evaluation, words: dict[str, str]) -> Iterator[Text]:
    subject = evaluation.subject or evaluation.title
    yield Text.assemble((f"■ {words[evaluation.kind]}  ", "bold"), _marked(subject) if subject else "—")
    line = Text("  ")
    for name in ("competent_department", "implementing_unit"):
        value: SchemaText | None = getattr(evaluation, name)
        if value:
            line.append_text(Text.assemble((f"{words[name]} ", "dim"), _marked(value), "   "))
    yield line
    line = Text("  ")
    numbers = {"year": evaluation.year, "score": evaluation.total_score, "grade": evaluation.grade}
    for name, number in numbers.items():
        if number is not None:
            shown = str(number) if isinstance(number, str | int) else _number(number)
            line.append_text(Text.assemble((f"{words[name]} ", "dim"), (shown, "bold"), "   "))
    yield line


def _funds(funds: Iterable[FundLine], words: dict[str, str]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(words["funds"])
    for name in ("initial_budget", "annual_budget", "executed", "execution_rate", "weight", "score"):
        table.add_column(words[name], justify="right")
    for fund in funds:
        rate = "" if fund.execution_rate is None else f"{_number(fund.execution_rate)}%"
        amounts = (_money(amount) for amount in (fund.initial_budget, fund.annual_budget, fund.executed))
        table.add_row(fund.label, *amounts, rate, _number(fund.weight), _number(fund.score))
    return table


def _indicators(indicators: Iterable[Indicator], words: dict[str, str]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(words["indicators"], style="dim", overflow="fold")
    for name in ("level3", "target", "actual"):
        table.add_column(words[name], overflow="fold")
    table.add_column(words["weight"], justify="right")
    table.add_column(words["score"], justify="right")
    table.add_column(words["status"], no_wrap=True)
    previous: str | None = None
    for row in indicators:
        levels = "/".join(level for level in (row.level1, row.level2) if level)
        table.add_row(
            "" if levels == previous else levels,
            row.level3,
            _marked(row.target),
            _marked(row.actual),
            _number(row.weight),
            _number(row.score),
            Text(words[row.status], STATUS_STYLES[row.status]),
        )
        previous = levels
    return table


def _checks(checks: Iterable[Check], words: dict[str, str]) -> Iterator[RenderableType]:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for check in checks:
        message = Text(check.message)
        if check.suggestion:
            message.append(f" {words['suggestion']}{check.suggestion}", "bold")
        table.add_row(Text(f"  {check.rule}", SEVERITY_STYLES[check.severity]), message)
    if table.row_count:
        yield Text(words["checks"], "bold")
        yield table


def _values(evaluation: Evaluation) -> Iterator[SchemaText | Quantity]:
    header = (evaluation.subject, evaluation.competent_department, evaluation.implementing_unit)
    goal = (evaluation.goal.expected, evaluation.goal.actual)
    funds = (q for fund in evaluation.funds for q in (fund.initial_budget, fund.annual_budget, fund.executed))
    rows = (q for row in evaluation.indicators for q in (row.target, row.actual))
    yield from (value for value in (*header, *goal, *funds, *rows) if value)


def _marked(value: SchemaText | Quantity | None) -> Text:
    if value is None:
        return Text()
    return Text(value.text) if value.confidence >= DOUBTFUL else Text.assemble(value.text, ("?", "yellow"))


def _money(amount: Quantity | None) -> Text:
    if amount is None:
        return Text()
    if amount.value is None:
        return _marked(amount)
    shown = f"{amount.value / WAN:,.6f}".rstrip("0").rstrip(".")
    return Text(shown) if amount.confidence >= DOUBTFUL else Text.assemble(shown, ("?", "yellow"))


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.10g}"

"""N3: the same figure given differently in prose and in the form."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from service.assembling.checks.context import Context, Passage, finding
from service.assembling.checks.prose.sentences import Count, Sentence, any_of, around, sentences
from service.assembling.figures import AMOUNTS, RowFigures, fund_name
from service.assembling.quantities import decimals
from service.assembling.status import conversion
from service.assembling.vocabulary import compact
from service.schema import Check, Evidence, FundLine, Quantity

_SELF_SCORE = re.compile(
    r"(?:自评|综合|评价|绩效)(?:综合)?(?:总)?(?:得分|总分|评分)(?:为|是|：|:)?\s*(?P<number>\d{1,3}(?:\.\d+)?)\s*分"
)
_FUND_WORDS: Final = {
    "initial_budget": r"年初(?:部门)?(?:预算|安排)",
    "annual_budget": r"(?:调整后|全年|年度|调整)(?:的)?预算",
    "executed": r"(?:预算)?(?:执行|实际支出|支出|决算)(?:数|金额|总额)?",
}
# A name of this many characters is told by them in any order ("特种设备作业人员培训", "培训特种设备作业人员").
MANY_WORDS: Final = 5
# Shorter names are words of the language (绿地, 培训).
SHORTEST_NAME: Final = 4
# A count beyond twice the other is of another thing.
_OF_ITS_SIZE: Final = 2.0
_OTHER_MATTER = any_of("目标 计划 不少于 年初 上年 去年 每 同比 比 较 增 减少 剩余 其中 另 第[一二三四]")
_STATED = r"(?:数量?|为|达到?|共计?|了|：|:)?\s*(?P<number>\d[\d,]*(?:\.\d+)?)"
_THOUSANDS: Final = {"万": 1e4, "亿": 1e8}
_FUND_KINDS: Final = {"basic": "基本支出", "project": "项目支出"}
# Money of one purpose, which no line of the form holds.
_PARTIAL = any_of("三公 项目资金 专项 其他 人员 公用 经费 工资 培训 会议 采购 补助 上年 同比 比 结转 财政拨款 一般公共")
_EXECUTION = any_of("执行率 支出率 支付率")
_DEPARTMENT = any_of("部门 单位 整体 全年 我局 本年 预算")
# What stands between a plan and its result, and nothing else: "目标8座，实际完成7座".
_RESULT = re.compile(
    r"[，,；;（(]?(?:全年|年度|本年|截至年底|年底)?(?:实际|已|共|累计|均)*(?:完成|达到|建成|实现)?(?:值|数)?(?:为|了)?[：:]?"
)
_PLAN = any_of("目标 计划 任务 指标值")
# A thousandth of 万元 in 元, below what either prints.
_PENNIES: Final = 1.0
_ADDRESS = re.compile(
    r"^指标\d+[:：]|[“”\"（(].*?[)）”\"]|(?:数量?|人数|次数|场次|面积|情况|个数|株数|件数|数目|批次|户数|家数|台数|座数)$"
)


def n3(context: Context) -> Iterator[Check]:
    """The same figure given differently in prose and in the form."""
    yield from _own_rate(context)
    yield from _own_score(context)
    named = [(row, _keys(row.row.level3)) for row in context.book.rows]
    for passage in (*context.prose, *(p for p in context.cells if p.kind != "expected")):
        for sentence in sentences(passage.text):
            yield from _told_otherwise(passage, sentence, named)
    if any(e.source == "cell" for line in context.evaluation.funds for e in _money_evidence(line)):
        for passage in context.prose:
            yield from _funds_otherwise(context, passage)
            yield from _rates_otherwise(context, passage)


def _money_evidence(line: FundLine) -> list[Evidence]:
    return [e for a in AMOUNTS if (q := getattr(line, a)) is not None for e in q.evidence]


def _own_rate(context: Context) -> Iterator[Check]:
    """An indicator 预算执行率 beside the funds block's own rate."""
    total = context.book.fund("total")
    if total is None or total.rate is None:
        return
    for row in context.book.rows:
        actual = row.row.actual
        if not re.fullmatch(
            r"(?:指标\d+[:：])?(?:项目|资金|部门|全年|年度)?(?:预算|资金)(?:执行|支出)率", compact(row.row.level3)
        ):
            continue
        if actual is None or actual.value is None or actual.unit not in ("%", None) or actual.comparator is not None:
            continue
        step = max(total.rate.step, 10.0 ** -(decimals(actual.text) or 0))
        if abs(actual.value - total.rate.value) > step + 1e-9 and not _by_amounts(context, actual.value, step):
            message = f"指标“{row.name}”实际完成值为{actual.text}，资金情况栏的执行率为{total.rate.text}%。"
            yield finding(
                "N3",
                "error",
                message,
                [*actual.evidence, *total.rate.evidence],
                expected=f"{total.rate.text}%",
                found=actual.text,
            )


def _by_amounts(context: Context, value: float, step: float) -> bool:
    total = context.book.fund("total")
    annual, executed = (total.amounts.get(a) if total else None for a in ("annual_budget", "executed"))
    return bool(annual and executed and annual.value and abs(executed.value / annual.value * 100 - value) <= step)


def _own_score(context: Context) -> Iterator[Check]:
    """A self-score in running text beside the form's total."""
    total = context.book.total_score
    if total is None or _leaves_funds_out(context):
        return
    for passage in (*context.prose, *context.cells):
        for match in _SELF_SCORE.finditer(passage.text):
            said = float(match.group("number"))
            if abs(said - total.value) > total.step / 2 + 1e-9:
                message = f"文中自评得分为{match.group('number')}分，表中总分为{total.text}。"
                shown = [*passage.evidence((match.start(), match.end())), *total.evidence]
                yield finding("N3", "error", message, shown, expected=total.text, found=match.group("number"))


def _leaves_funds_out(context: Context) -> bool:
    """Whether a form's weights add up to all but the funds' points, which the text adds."""
    weight, profile = context.book.total_weight, context.profile
    return weight is not None and weight.value == profile.without_funds != profile.total


def _keys(name: str) -> str:
    return _ADDRESS.sub("", _ADDRESS.sub("", compact(name)))


def _told_otherwise(passage: Passage, sentence: Sentence, named: Sequence[tuple[RowFigures, str]]) -> Iterator[Check]:
    """A count of running text that an indicator of the same name and unit gives otherwise."""
    seen: set[int] = set()
    for count in sentence.counts:
        words = compact(around(count, sentence))
        rows = [(row, key) for row, key in named if _speaks_of(words, key)]
        if len(rows) == 1 and not count.rough and not _OTHER_MATTER.search(_without(words, rows[0][1])):
            factor = conversion(count.unit, _unit(rows[0][0]))
            if factor is not None and _differs(rows[0][0], count.value * factor, count.step):
                seen.add(id(rows[0][0]))
                yield _told_finding(passage, rows[0][0], count.text, count.start, count.end)
    for planned, done in pairwise(sentence.counts):
        row = _planned_row(compact(planned.clause), named)
        between = sentence.text[planned.end - sentence.start : done.start - sentence.start]
        factor = None if row is None or not _RESULT.fullmatch(compact(between)) else conversion(done.unit, _unit(row))
        if row is None or factor is None or done.rough or id(row) in seen or planned.unit != done.unit:
            continue
        if _differs(row, done.value * factor, done.step, from_target=False):
            seen.add(id(row))
            yield _told_finding(passage, row, done.text, done.start, done.end)
    for row, key in named:
        match = re.search(re.escape(key) + _STATED, sentence.text) if len(key) >= SHORTEST_NAME else None
        factor = None if match is None else _factor(sentence.text[match.end() :], _unit(row))
        if match is None or factor is None or id(row) in seen:
            continue
        if _differs(row, float(match.group("number").replace(",", "")) * factor, 0.0):
            end = match.end() + (factor != 1) + len(_unit(row) or "")
            text = sentence.text[match.start("number") : end]
            yield _told_finding(passage, row, text, sentence.start + match.start("number"), sentence.start + end)


def _planned_row(words: str, named: Sequence[tuple[RowFigures, str]]) -> RowFigures | None:
    """The one indicator whose target a clause gives ("危桥改造目标")."""
    rows = [(row, key) for row, key in named if _speaks_of(words, key)]
    if len(rows) != 1 or not _PLAN.search(words) or _OTHER_MATTER.search(_PLAN.sub("", _without(words, rows[0][1]))):
        return None
    return rows[0][0]


def _factor(behind: str, unit: str | None) -> float | None:
    """What a number is to be multiplied by to be in `unit`, by what stands behind it; None where that is another."""
    if unit is None:
        return None
    if behind.startswith(unit):
        return 1.0
    return _THOUSANDS.get(behind[:1]) if behind[1:].startswith(unit) else None


def _unit(row: RowFigures) -> str | None:
    return row.row.actual.unit if row.row.actual is not None else None


def _differs(row: RowFigures, said: float, step: float, *, from_target: bool = True) -> bool:
    """Whether a count is another than the row's actual (and, where it may be meant, its target), but of their size."""
    actual, target = row.row.actual, row.row.target
    if actual is None or not actual.value or actual.comparator not in (None, "=") or actual.upper is not None:
        return False
    known = [q.value for q in (actual, *([target] if from_target else [])) if q is not None and q.value is not None]
    if any(abs(said - value) <= step / 2 + 1e-6 for value in known) or actual.unit is None:
        return False
    return 1 / _OF_ITS_SIZE <= said / actual.value <= _OF_ITS_SIZE


def _told_finding(passage: Passage, row: RowFigures, text: str, start: int, end: int) -> Check:
    assert row.row.actual is not None
    message = f"“{row.name}”文中为{text}，指标表中实际完成值为{row.row.actual.text}。"
    shown = [*passage.evidence((start, end)), *row.row.actual.evidence]
    return finding("N3", "error", message, shown, expected=row.row.actual.text, found=text)


def _without(words: str, key: str) -> str:
    """A clause without the characters of the indicator's name."""
    rest = Counter(key)
    left = []
    for c in words:
        if rest[c] > 0:
            rest[c] -= 1
        else:
            left.append(c)
    return "".join(left)


def _speaks_of(words: str, key: str) -> bool:
    """Whether a clause names an indicator: its name as it stands, or a longer one in another order of words."""
    if len(key) < SHORTEST_NAME:
        return False
    if key in words:
        return True
    rest = Counter(words)
    return len(key) >= MANY_WORDS and len(words) <= 2 * len(key) and not Counter(key) - rest


def _funds_otherwise(context: Context, passage: Passage) -> Iterator[Check]:
    """Amounts of the budget paragraph that the form's funds block gives otherwise."""
    for sentence in sentences(passage.text):
        for count in sentence.counts:
            if count.unit != "元" or count.rough or count.step == 0:
                continue
            named = _named_fund(context, count, sentence)
            quantity: Quantity | None = None if named is None else getattr(named[0], named[1])
            if named is None or quantity is None or quantity.value is None or not _in_form(quantity):
                continue
            if abs(count.value - quantity.value) > (count.step + _step(context, *named)) / 2 + _PENNIES:
                message = f"{fund_name(named[0])}{AMOUNTS[named[1]]}文中为{count.text}，表中为{quantity.text}。"
                shown = [*passage.evidence((count.start, count.end)), *quantity.evidence]
                yield finding("N3", "error", message, shown, expected=quantity.text, found=count.text)


def _step(context: Context, line: FundLine, attribute: str) -> float:
    """One unit of the last place that a form prints of an amount, in 元."""
    figures = next((f for f in context.book.funds if f.line is line), None)
    figure = None if figures is None else figures.amounts.get(attribute)
    return 0.0 if figure is None else figure.step * _THOUSANDS["万"]


def _rates_otherwise(context: Context, passage: Passage) -> Iterator[Check]:
    """The execution rate printed behind an executed amount of the form, where the form gives that line another."""
    for sentence in sentences(passage.text):
        for percent in sentence.percents:
            spent = [c for c in sentence.counts if c.end <= percent.start and c.unit == "元"]
            if not spent or not _EXECUTION.search(percent.name):
                continue
            for figures in context.book.funds:
                executed, rate = figures.line.executed, figures.rate
                if executed is None or executed.value is None or rate is None or not _in_form(executed):
                    continue
                same = abs(executed.value - spent[-1].value) <= spent[-1].step / 2 + _PENNIES
                if same and abs(rate.value - percent.value) > max(rate.step, percent.step) + 1e-9:
                    message = f"{figures.name}执行率文中为{percent.text}，表中为{rate.text}%。"
                    shown = [*passage.evidence((percent.start, percent.end)), *rate.evidence]
                    yield finding("N3", "error", message, shown, expected=f"{rate.text}%", found=percent.text)


def _in_form(quantity: Quantity) -> bool:
    """Whether an amount was read from a cell, not from the prose itself."""
    return any(e.source == "cell" for e in quantity.evidence)


def _named_fund(context: Context, count: Count, sentence: Sentence) -> tuple[FundLine, str] | None:
    """The fund line and figure that a clause names; only full names count ("年初预算", "基本支出…执行")."""
    words = compact(count.clause)
    bare = re.sub(r"基本支出|项目支出", "", words)
    roles = [a for a, pattern in _FUND_WORDS.items() if re.search(pattern + r"[^\d]{0,3}$", bare)]
    if "initial_budget" in roles:
        roles = ["initial_budget"]
    if len(roles) != 1 or _PARTIAL.search(words):
        return None
    kind = next((k for k, word in _FUND_KINDS.items() if word in words), None)
    if kind is None:
        before = sentence.text[: count.start - sentence.start]
        if "项目" in before or "基本支出" in before or not _DEPARTMENT.search(before):
            return None
        kind = "total"
    line = next((f for f in context.evaluation.funds if f.category == kind), None)
    return None if line is None else (line, roles[0])

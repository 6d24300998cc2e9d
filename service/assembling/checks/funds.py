"""F1 to F4: the funds block's rates, scores, sums, and spending against budget."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from service.assembling.checks.context import Context, Passage, finding, plain, shown
from service.assembling.checks.prose.sentences import BLANK, bare
from service.assembling.figures import FundFigures
from service.assembling.quantities import decimals
from service.assembling.relations import Correction, Figure, Product, Rate, Relation, Sum
from service.schema import Check, Evidence

# The words that name an adjustment of the budget in running text, and its sign.
_DOWN = r"调减|核减|压减|减少|收回|追减|调出|缩减|削减"
_UP = r"追加|调增|增加|增拨|追增|调入|新增"
_MONEY = rf"(?P<{{0}}>\d[\d,]*(?:{BLANK}\d{{{{3}}}})*(?:\.\d+)?)\s*(?P<{{0}}_unit>万|亿)?元"
_INITIAL = re.compile(r"(?:年初|期初)(?![^，。；,;\d]{0,6}(?:结转|结余))[^，。；,;]{0,14}?" + _MONEY.format("money"))
_CARRIED = re.compile(
    r"(?:上年|年初|以前年度|历年)[^，。；,;\d]{0,4}(?:结转|结余)[^，。；,;\d]{0,8}?" + _MONEY.format("money")
)
_ADJUST = re.compile(rf"(?P<word>{_DOWN}|{_UP})[^，。；,;\d]{{0,12}}?" + _MONEY.format("money"))
_ANNUAL = re.compile(
    r"(?:调整后|变更后|调整为|追加后|调减后)[^，。；,;\d]{0,12}?"
    + _MONEY.format("money")
    + r"|(?:全年|年度)(?:总)?预算(?:总额|数|金额|资金)?(?:为|合计|总计|共计|达|达到|：|:)?\s*"
    + _MONEY.format("other")
)
_MANY = re.compile(r"分别|其中")
_SPENT = re.compile(
    r"(?P<name>[^，。；,;：:、（(\d]{0,16})(?<!年初)预算(?:数|金额|安排|总额)?(?:为|是)?\s*"
    + _MONEY.format("money")
    + r"[，,]\s*(?:全年|年度|本年)?(?:实际|累计)?(?:支出|执行|列支|开支|使用)(?:数|金额)?(?:为|了)?\s*"
    + _MONEY.format("spent")
)
_COMPARED = re.compile(r"(?:比|较|同比|环比)[^，。；,;]{0,10}$")
_REACH = 6  # sentences from an initial budget to the one that it became
_NEAR = 4  # paragraphs in which both stand
_IN_WAN = {"元": 1e-4, "万元": 1.0, "亿元": 1e4}


def f1(context: Context) -> Iterator[Check]:
    """执行率 = 执行数 / 全年预算数, within what rounding allows."""
    for relation, correction in _broken(context, "F1", Rate):
        executed, annual = relation.inputs
        computed = relation.computed()
        assert computed is not None
        expected = plain(executed.value / annual.value * 100, max(2, relation.result.places))
        message = (
            f"{relation.subject}的执行率印作{relation.result.text}%，而{executed.name}{executed.told}除以"
            f"{annual.name}{annual.told}得{expected}%。"
        )
        yield finding("F1", "error", message, shown([relation.result, executed, annual]),
                      expected=f"{expected}%", found=f"{relation.result.text}%", correction=correction)  # fmt: skip


def f2(context: Context) -> Iterator[Check]:
    """Funds score = weight × min(rate, 1)."""
    for relation, correction in _broken(context, "F2", Product):
        weight, rate = relation.inputs
        expected = plain(weight.value * min(rate.value, 100) / 100, max(2, relation.result.places))
        message = (
            f"{relation.subject}得分印作{relation.result.text}，按分值{weight.text}×执行率{rate.text}%应为{expected}。"
        )
        yield finding("F2", "error", message, shown([relation.result, weight, rate]),
                      expected=expected, found=relation.result.text, correction=correction)  # fmt: skip


def f3(context: Context) -> Iterator[Check]:
    """财政拨款 + 结转 + 其他 = 总额; 基本支出 + 项目支出 = 总额."""
    for relation, correction in _broken(context, "F3", Sum):
        names = "、".join(f"{part.name}{part.told}" for part in relation.inputs)
        result = relation.result
        finest = max(relation.figures, key=lambda figure: figure.places)
        expected = finest.write(sum(part.value for part in relation.inputs))
        message = f"{names}合计{expected}{result.unit}，与{result.name}{result.told}不一致。"
        yield finding("F3", "error", message, shown(relation.figures),
                      expected=expected, found=relation.result.text, correction=correction)  # fmt: skip


def f4(context: Context) -> Iterator[Check]:
    """年初预算 ± 调整 = 全年预算 (prose); spending without budget; spending above budget."""
    yield from _spending(context)
    for passage in context.prose:
        yield from _overspent(context, passage)
    told: set[str] = set()
    for number, passage in enumerate(context.prose):
        for check in _adjusted(_joined(context.prose[number : number + _NEAR]), len(passage.text)):
            if check.message not in told:
                told.add(check.message)
                yield check


def _joined(passages: Sequence[Passage]) -> Passage:
    """Paragraphs that follow each other as one text."""
    starts = [0]
    for passage in passages:
        starts.append(starts[-1] + len(passage.text) + 1)

    def locate(start: int, end: int) -> list[Evidence]:
        index = max(i for i, begin in enumerate(starts[:-1]) if begin <= start)
        return passages[index].locate(start - starts[index], end - starts[index])

    return Passage("\n".join(passage.text for passage in passages), locate)


def _spending(context: Context) -> Iterator[Check]:
    without = [f for f in context.book.funds if _without_budget(f)]
    parts = [f for f in without if f.line.category != "total"]
    for figures in parts or without:
        executed = figures.amounts["executed"]
        message = f"{figures.name}没有全年预算（为0），却执行了{executed.told}。"
        yield finding("F4", "warning", message, shown([executed, figures.amounts.get("annual_budget")]),
                      expected="0", found=executed.text)  # fmt: skip
    above = [f for f in context.book.funds if _above_budget(f)]
    over = [f for f in above if f.line.category != "total"]
    for figures in over or above:
        executed, annual = figures.amounts["executed"], figures.amounts["annual_budget"]
        message = f"{figures.name}执行数{executed.told}超过全年预算数{annual.told}。"
        correction = context.correction_of(executed) or context.correction_of(annual)
        yield finding("F4", "warning", message, shown([executed, annual]), expected=f"≤{annual.text}",
                      found=executed.text, correction=correction)  # fmt: skip


def _without_budget(figures: FundFigures) -> bool:
    annual, executed = figures.amounts.get("annual_budget"), figures.amounts.get("executed")
    return annual is not None and executed is not None and annual.value == 0 and executed.value > executed.step / 2


def _above_budget(figures: FundFigures) -> bool:
    annual, executed = figures.amounts.get("annual_budget"), figures.amounts.get("executed")
    if annual is None or executed is None or annual.value <= 0:
        return False
    return executed.value - annual.value > (annual.step + executed.step) / 2


def _overspent(context: Context, passage: Passage) -> Iterator[Check]:
    """A budget and more than it spent, told side by side, of money that has no line of its own."""
    known = {figure.value for funds in context.book.funds for figure in funds.amounts.values()}
    for match in _SPENT.finditer(passage.text):
        name = match.group("name").strip() or "文中"
        budget = _figure(passage, 0, match, "money", f"{name}预算")
        spent = _figure(passage, 0, match, "spent", f"{name}支出")
        if budget.value <= 0 or spent.value - budget.value <= (budget.step + spent.step) / 2 or spent.value in known:
            continue
        message = f"{name}支出{spent.told}超过预算{budget.told}。"
        yield finding("F4", "warning", message, shown([spent, budget]), expected=f"≤{budget.text}", found=spent.text)


def _adjusted(passage: Passage, end: int) -> Iterator[Check]:
    """An initial budget said before `end`, what was added or taken away, and the budget that it became."""
    for start, text in _reaches(passage.text, end):
        first = _INITIAL.search(text)
        if first is None or re.search(r"[。；;\n]", text[: first.start()]):
            continue  # a later reach begins with it
        last = next((m for m in _ANNUAL.finditer(text, first.end())), None)
        changes = list(_ADJUST.finditer(text, first.end(), last.start() if last else len(text)))
        if last is None or not changes or _MANY.search(text[first.end() : last.start()]):
            continue
        if any(_COMPARED.search(text[: change.start()]) for change in changes):
            continue
        group = "money" if last.group("money") else "other"
        figures = [
            _figure(passage, start, m, "money", name)
            for m, name in ((first, "年初预算"), *((c, c.group("word")) for c in changes))
        ]
        result = _figure(passage, start, last, group, "调整后预算")
        signs = [1, *(-1 if re.fullmatch(_DOWN, c.group("word")) else 1 for c in changes)]
        relation = Sum("F4", result, figures, signs=signs)
        if not relation.holds() and not _holds_with_carried(passage, start, text[: last.start()], relation):
            expected = plain(relation.computed().middle / _IN_WAN[result.unit], decimals(result.text) or 0)
            terms = "".join(f"{f.name}{f.told}，" for f in figures)
            message = f"文中{terms}算得{expected}{result.unit}，而调整后预算印作{result.told}。"
            yield finding("F4", "error", message, shown(relation.figures), expected=expected, found=result.text)


def _holds_with_carried(passage: Passage, start: int, text: str, relation: Sum) -> bool:
    """Whether the budget that was carried over from the year before makes up the difference."""
    return any(
        Sum(
            "F4",
            relation.result,
            [*relation.inputs, _figure(passage, start, match, "money", "上年结转")],
            signs=[*relation.signs, 1],
        ).holds()
        for match in _CARRIED.finditer(text)
    )


def _reaches(text: str, end: int) -> Iterator[tuple[int, str]]:
    """Some sentences from each before `end` on: an adjustment is told behind the budget, its result behind that."""
    bounds = sorted({0, *(m.end() for m in re.finditer(r"[。；;]\n?|\n", text)), len(text)})
    for index, start in enumerate(bounds[:-1]):
        if start >= end:
            return
        yield start, text[start : bounds[min(index + _REACH, len(bounds) - 1)]]


def _figure(passage: Passage, offset: int, match: re.Match[str], group: str, name: str) -> Figure:
    """An amount of running text in 万元."""
    printed = match.group(group)
    unit = f"{match.group(f'{group}_unit') or ''}元"
    factor = _IN_WAN[unit]
    step = 10.0 ** -(decimals(printed) or 0) * factor
    evidence = passage.evidence((offset + match.start(group), offset + match.end(group)))
    return Figure(name, printed, float(bare(printed)) * factor, step, evidence, unit=unit)


def _broken(context: Context, rule: str, kind: type[Relation]) -> Iterator[tuple[Relation, Correction | None]]:
    for relation, correction in context.corrections:
        if relation.rule == rule and isinstance(relation, kind):
            yield relation, correction

"""Errors planted into the authored samples: one changed figure or text a document, under the rule that should find it.

for planted in plant(sample.source): planted.rule, planted.what, planted.document
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from tests.corpus.model import Document, Form, Fund, Row, number
from tests.corpus.paper import html

Planter = Callable[[Form, random.Random], tuple[Form, str] | None]

COUNTS = re.compile(r"^(?:[≥>＝=]|>=|不少于|不低于)?\s*(\d[\d,]*(?:\.\d+)?)\s*\(?([^\d%％.()]{1,3})\)?$")
PASSAGES_N1 = (
    "全年受理群众诉求{whole}件，已办结{part}件，办结率为{rate}%。",
    "排查隐患{whole}处，整改完成{part}处，整改率{rate}%。",
    "共抽检样品{whole}批次，其中合格{part}批次，合格率为{rate}%。",
    "回访服务对象{whole}人，其中给予好评{part}人，占{rate}%。",
    "应签订协议{whole}户，实际签约{part}户，签约率达到{rate}%。",
)
PASSAGES_N2 = (
    "全年组织培训{whole}人次，其中线上{one}人次、线下{two}人次。",
    "发放宣传资料{whole}份，其中手册{one}份、折页{two}份、海报{three}份。",
    "完成改造{whole}户，其中东片{one}户、西片{two}户、北片{three}户。",
    "检查一类点位{one}处、二类点位{two}处，合计{whole}处。",
)


@dataclass(frozen=True)
class Planted:
    """A document with one error in it; `where` is what the finding has to speak of, "" where any will do."""

    rule: str
    what: str
    document: Document


def plant(source: Document, seed: int = 1) -> Iterator[Planted]:
    """The document once for every kind of error that it can hold, each with one error."""
    for name, planter in PLANTERS.items():
        rng = random.Random(f"{seed} {source.name} {name}")
        for index in rng.sample(range(len(source.forms)), len(source.forms)):
            form = source.forms[index]
            made = planter(form, rng)
            if made is None:
                continue
            forms = [*source.forms[:index], made[0], *source.forms[index + 1 :]]
            planted = replace(source, name=f"{source.name}-{name}", forms=forms)
            if _printed(planted) != _printed(source):  # a report in prose does not print all that its form holds
                yield Planted(name[:2], f"{name}: {made[1]}", planted)
                break


def _printed(source: Document) -> str:
    return html(source.template, source.css, source.forms)


def another_digit(printed: str, rng: random.Random) -> str:
    """`printed` with one of its leading digits changed, so that the value differs by more than rounding."""
    places = [i for i, c in enumerate(printed) if c.isdigit()]
    at = rng.choice(places[: max(1, min(3, len(places) - 1))])
    digits = [d for d in "123456789" if d != printed[at]]
    return printed[:at] + rng.choice(digits) + printed[at + 1 :]


def _total(form: Form) -> int | None:
    return next((i for i, fund in enumerate(form.funds) if fund.category == "total"), None)


def _with_fund(form: Form, index: int, **changes: str) -> Form:
    funds = list(form.funds)
    funds[index] = replace(funds[index], **changes)
    return replace(form, funds=funds)


def _with_row(form: Form, index: int, **changes: str) -> Form:
    rows = list(form.rows)
    rows[index] = replace(rows[index], **changes)
    return replace(form, rows=rows)


def _has(*printed: str) -> bool:
    return all(bool(text) and number(text) for text in printed)


def _rows(form: Form, test: Callable[[Row], bool], rng: random.Random) -> list[int]:
    found = [i for i, row in enumerate(form.rows) if not row.placeholder and test(row)]
    return rng.sample(found, len(found))


def _any(row: Row) -> bool:
    return bool(row.actual)


def _count(row: Row) -> tuple[float, str] | None:
    """The actual of a count row, met and without a reason, and its unit."""
    match = COUNTS.match(row.actual)
    target = COUNTS.match(row.sign.replace("定性", "") + row.target + row.unit)
    if match is None or target is None or row.deviation or float(target.group(1).replace(",", "")) < 4:
        return None
    return float(match.group(1).replace(",", "")), match.group(2)


def rate(form: Form, rng: random.Random) -> tuple[Form, str] | None:
    lines = [i for i, f in enumerate(form.funds) if _has(f.budget, f.executed, f.rate)]
    if not lines:
        return None
    index = rng.choice(lines)
    old = form.funds[index].rate
    new = another_digit(old, rng)
    return _with_fund(form, index, rate=new), f"{old} → {new}"


def executed(form: Form, rng: random.Random) -> tuple[Form, str] | None:
    index = _total(form)
    if index is None or not _has(form.funds[index].budget, form.funds[index].executed, form.funds[index].rate):
        return None
    old = form.funds[index].executed
    new = another_digit(old, rng)
    return _with_fund(form, index, executed=new), f"{old} → {new}"


def fund_score(form: Form, rng: random.Random) -> tuple[Form, str] | None:
    index = _total(form)
    if index is None or not _has(form.funds[index].weight, form.funds[index].score, form.funds[index].rate):
        return None
    old = form.funds[index].score
    value = (number(old) or 0) - rng.choice([0.3, 0.5, 1.2])
    return _with_fund(form, index, score=f"{value:.2f}"), f"{old} → {value:.2f}"


def part(form: Form, rng: random.Random) -> tuple[Form, str] | None:
    for kinds in (("fiscal", "carryover", "other"), ("basic", "project")):
        lines = [i for i, f in enumerate(form.funds) if f.category in kinds]
        for attribute in rng.sample(["initial", "budget", "executed"], 3):
            whole = _total(form)
            holders = [i for i in lines if _has(getattr(form.funds[i], attribute))]
            known = [i for i in lines if getattr(form.funds[i], attribute)]
            if whole is None or not holders or len(known) < 2 or not _has(getattr(form.funds[whole], attribute)):
                continue
            index = rng.choice(holders)
            old = getattr(form.funds[index], attribute)
            new = another_digit(old, rng)
            return _with_fund(form, index, **{attribute: new}), f"{attribute} {old} → {new}"
    return None


def without_budget(form: Form, rng: random.Random) -> tuple[Form, str] | None:
    lines = [i for i, f in enumerate(form.funds) if f.category in ("other", "carryover") and _zero(f)]
    if not lines:
        return None
    index = rng.choice(lines)
    new = "35200" if form.in_yuan else "3.52"
    return _with_fund(form, index, executed=new), f"executed 0 → {new}"


def _zero(fund: Fund) -> bool:
    return fund.budget != "" and number(fund.budget) == 0 and fund.executed != "" and number(fund.executed) == 0


def above_budget(form: Form, rng: random.Random) -> tuple[Form, str] | None:
    lines = [i for i, f in enumerate(form.funds) if _has(f.budget, f.executed) and f.category != "total"]
    if not lines:
        return None
    index = rng.choice(lines)
    fund = form.funds[index]
    new = f"{(number(fund.budget) or 0) * 1.07:.2f}"
    return _with_fund(form, index, executed=new), f"executed {fund.executed} → {new} of {fund.budget}"


def weight(form: Form, rng: random.Random) -> tuple[Form, str] | None:
    found = _rows(form, lambda row: _has(row.weight), rng)
    if not found:
        return None
    old = form.rows[found[0]].weight
    new = f"{(number(old) or 0) + rng.choice([1, 2, 5]):g}"
    return _with_row(form, found[0], weight=new), f"{form.rows[found[0]].level3} {old} → {new}"


def total_score(form: Form, rng: random.Random) -> tuple[Form, str] | None:
    if not _has(form.total_score) or not any(_has(row.score) for row in form.rows):
        return None
    new = f"{(number(form.total_score) or 0) - rng.choice([0.5, 1, 1.8]):g}"
    return replace(form, total_score=new), f"{form.total_score} → {new}"


def grade(form: Form, rng: random.Random) -> tuple[Form, str] | None:
    if form.grade is None or not _has(form.total_score):
        return None
    new = rng.choice([g for g in "良中差" if g != form.grade])
    return replace(form, grade=new), f"{form.grade} → {new}"


def score_above(form: Form, rng: random.Random) -> tuple[Form, str] | None:
    found = _rows(form, lambda row: _has(row.weight, row.score), rng)
    if not found:
        return None
    row = form.rows[found[0]]
    new = f"{(number(row.weight) or 0) + 1:g}"
    return _with_row(form, found[0], score=new), f"{row.level3} {row.score} → {new} of {row.weight}"


def score_kept(form: Form, rng: random.Random) -> tuple[Form, str] | None:
    """A target clearly missed with all its points."""
    found = [i for i in _rows(form, lambda row: _has(row.weight, row.score), rng) if _count(form.rows[i])]
    if not found:
        return None
    row = form.rows[found[0]]
    if not re.match(r"[≥＝=>]|不少于|\d", row.sign + row.target):
        return None
    match = COUNTS.match(row.sign + row.target + row.unit)
    assert match is not None
    new = row.actual.replace(_digits(row.actual), f"{round(float(match.group(1).replace(',', '')) * 0.7, 2):g}", 1)
    return _with_row(form, found[0], actual=new, deviation="部分工作跨年实施。"), f"{row.level3} {row.actual} → {new}"


def _digits(text: str) -> str:
    match = re.search(r"\d[\d,]*(?:\.\d+)?", text)
    assert match is not None
    return match.group()


def no_reason(form: Form, rng: random.Random) -> tuple[Form, str] | None:
    found = _rows(form, lambda row: bool(row.deviation) and _has(row.weight, row.score), rng)
    found = [i for i in found if (number(form.rows[i].score) or 0) < (number(form.rows[i].weight) or 0)]
    if not found:
        return None
    return _with_row(form, found[0], deviation=""), form.rows[found[0]].level3


def docked(form: Form, rng: random.Random) -> tuple[Form, str] | None:
    if not any(row.deviation for row in form.rows):
        return None
    found = _rows(form, lambda row: not row.deviation and _has(row.weight, row.score), rng)
    if not found:
        return None
    row = form.rows[found[0]]
    new = f"{(number(row.score) or 0) * 0.8:g}"
    return _with_row(form, found[0], score=new), f"{row.level3} {row.score} → {new}"


def other_reason(form: Form, rng: random.Random) -> tuple[Form, str] | None:
    if not any(row.deviation for row in form.rows):
        return None
    found = [i for i in _rows(form, _any, rng) if _count(form.rows[i])]
    if not found:
        return None
    value, unit = _count(form.rows[found[0]]) or (0, "")
    return _with_row(form, found[0], deviation=f"实际完成{value - 1:g}{unit}。"), form.rows[found[0]].level3


def far_above(form: Form, rng: random.Random) -> tuple[Form, str] | None:
    found = [i for i in _rows(form, _any, rng) if _count(form.rows[i])]
    if not found:
        return None
    row = form.rows[found[0]]
    value, _ = _count(row) or (0, "")
    new = row.actual.replace(_digits(row.actual), f"{value * rng.choice([1.8, 2.4, 3.1]):.0f}", 1)
    return _with_row(form, found[0], actual=new), f"{row.level3} {row.actual} → {new}"


def copied(form: Form, rng: random.Random) -> tuple[Form, str] | None:
    del rng
    if not any(row.target[:1] in "≥≤＝=>" for row in form.rows if row.target):
        return None
    return replace(form, rows=[replace(row, actual=row.target, deviation="") for row in form.rows]), "every row"


def other_unit(form: Form, rng: random.Random) -> tuple[Form, str] | None:
    found = [i for i in _rows(form, lambda row: not row.unit, rng) if _count(form.rows[i])]
    if not found:
        return None
    row = form.rows[found[0]]
    _, unit = _count(row) or (0, "")
    new = row.actual.replace(unit, "公里" if unit != "公里" else "人次")
    return _with_row(form, found[0], actual=new), f"{row.level3} {row.actual} → {new}"


def vague(form: Form, rng: random.Random) -> tuple[Form, str] | None:
    found = _rows(form, lambda row: "数量" in row.level2, rng)
    if not found:
        return None
    row = form.rows[found[0]]
    new = rng.choice(["若干", "较多", "适量"])
    return _with_row(form, found[0], target=new, sign="定性" if row.sign else "", unit=""), f"{row.level3} → {new}"


def comparator(form: Form, rng: random.Random) -> tuple[Form, str] | None:
    signs = {"≥": "≤", ">=": "<=", "＞": "＜"}
    found = _rows(form, lambda row: "数量" in row.level2 or "满意" in row.level1, rng)
    for index in found:
        row = form.rows[index]
        for old, new in signs.items():
            if row.sign == old:
                return _with_row(form, index, sign=new), f"{row.level3} {old} → {new}"
            if row.target.startswith(old):
                return _with_row(form, index, target=new + row.target[len(old) :]), f"{row.level3} {old} → {new}"
    return None


def floor(form: Form, rng: random.Random) -> tuple[Form, str] | None:
    found = _rows(form, lambda row: (row.sign == "≤" or row.target[:1] == "≤") and number(row.target) != 0, rng)
    if not found:
        return None
    row = form.rows[found[0]]
    changes = {"sign": "≥"} if row.sign == "≤" else {"target": "≥" + row.target[1:]}
    return _with_row(form, found[0], **changes), f"{row.level3} ≤ → ≥"


def wrong_rate(form: Form, rng: random.Random) -> tuple[Form, str] | None:
    if not form.actual:
        return None
    whole = rng.randint(150, 4000)
    done = rng.randint(int(whole * 0.6), int(whole * 0.97))
    said = f"{done / whole * 100 + rng.choice([-4.2, -2.3, 1.9, 2.6]):.{rng.choice([1, 2])}f}"
    text = rng.choice(PASSAGES_N1).format(whole=whole, part=done, rate=said)
    return replace(form, actual=form.actual + text), text


def wrong_parts(form: Form, rng: random.Random) -> tuple[Form, str] | None:
    if not form.actual:
        return None
    parts = [rng.randint(120, 900) for _ in range(3)]
    template = rng.choice(PASSAGES_N2)
    used = parts if "{three}" in template else parts[:2]
    text = template.format(whole=sum(used) - rng.choice([10, 30, 100]), one=parts[0], two=parts[1], three=parts[2])
    return replace(form, actual=form.actual + text), text


def told_otherwise(form: Form, rng: random.Random) -> tuple[Form, str] | None:
    """A count of the goal's text that its own indicator row gives otherwise."""
    for index in _rows(form, _any, rng):
        row = form.rows[index]
        found = _count(row)
        if found is None or found[0] < 10:
            continue
        name = re.sub(r"^指标\d+[:：]|数量?$|数$", "", row.level3)
        said = f"{name}{found[0] * 0.9 - 1:.0f}{found[1]}"
        return replace(form, actual=form.actual.rstrip("。") + f"；{said}。"), f"{said}, {row.actual}"
    return None


def other_year(form: Form, rng: random.Random) -> tuple[Form, str] | None:
    found = _rows(form, lambda row: str(form.year) in row.target, rng)
    if not found:
        return None
    row = form.rows[found[0]]
    new = row.target.replace(str(form.year), str(form.year - 1))
    return _with_row(form, found[0], target=new), f"{row.level3} {row.target} → {new}"


PLANTERS: dict[str, Planter] = {
    "F1 rate": rate, "F1 executed": executed, "F2 score": fund_score, "F3 part": part,
    "F4 without budget": without_budget, "F4 above budget": above_budget,
    "S1 weight": weight, "S2 total": total_score, "S2 grade": grade, "S3 above": score_above, "S3 kept": score_kept,
    "S4 no reason": no_reason, "S4 docked": docked, "S4 other reason": other_reason,
    "T1 far above": far_above, "T1 copied": copied, "T1 unit": other_unit, "T1 vague": vague,
    "T2 ceiling": comparator, "T2 floor": floor,
    "N1 rate": wrong_rate, "N2 parts": wrong_parts, "N3 otherwise": told_otherwise, "N4 year": other_year,
}  # fmt: skip

# Errors in the running text of the reports: (document, rule, what stands there, what is put in its place).
IN_PROSE: Sequence[tuple[str, str, str, str]] = (
    ("report_market", "N3", "预算执行率为97.00%", "预算执行率为98.30%"),
    ("report_market", "N1", "占70.88%", "占74.88%"),
    ("report_market", "N2", "项目支出1,354.87万元，执行率", "项目支出1,534.87万元，执行率"),
    ("report_market", "N4", "2023年年初部门预算", "2022年年初部门预算"),
    ("report_market", "F4", "调增242.45万元", "调增224.45万元"),
    ("report_market", "N2", "其中行政编制152名、事业编制84名", "其中行政编制125名、事业编制84名"),
    ("report_market", "N3", "绩效自评得分为98.13分", "绩效自评得分为96.13分"),
    ("report_disabled", "F1", "执行率为99.27%", "执行率为97.27%"),
    ("report_disabled", "F1", "执行率为95.06%", "执行率为96.05%"),
    ("report_disabled", "N2", "其中新办628本、换证446本", "其中新办682本、换证446本"),
    ("report_disabled", "N2", "37人、集中就业52人、个体及灵活", "37人、集中就业62人、个体及灵活"),
    ("report_disabled", "N2", "其中机构托养86人、居家托养241人", "其中机构托养96人、居家托养241人"),
    ("report_disabled", "F1", "预算执行率为96.70%", "预算执行率为93.70%"),
)  # fmt: skip


def plant_in_prose(source: Document) -> Iterator[Planted]:
    """A report once for every listed error in its text."""
    for name, rule, old, new in IN_PROSE:
        if name == source.name and old in source.template:
            template = source.template.replace(old, new, 1)
            label = f"{source.name}-{rule} {len(old)}{old[:6]}"
            yield Planted(rule, f"{rule}: {old} → {new}", replace(source, name=label, template=template))

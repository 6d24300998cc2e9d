"""S1 to S4: weights, scores, grades, and the reasons that lost points need."""

from __future__ import annotations

import re
from collections.abc import Iterator

from service.assembling.checks.context import Context, finding, plain, shown
from service.assembling.checks.targets import wrong_way
from service.assembling.figures import Found, RowFigures, share_of
from service.assembling.forms.grid import rows
from service.assembling.forms.reasons import points
from service.assembling.quantities import is_blank, parse
from service.assembling.relations import Correction, Figure, Relation, Scored, Sum
from service.assembling.status import conversion
from service.assembling.vocabulary import COLUMNS, Column, compact
from service.schema import Check, Evidence, Quantity, Severity

# What is said of the actual inside a reason ("实际完成7项").
_DONE = re.compile(
    r"(?:实际|全年|共计?|累计|仅|只|已)(?:完成|开展|实施|达到|达|举办|组织|建成|购置|发放|培训)(?:了|值?为)?\s*(?P<figure>\d[\d,]*(?:\.\d+)?\s*[^\d\s，。；,;、（(]{0,4})"
)
# Counters that forms use for one another without meaning another thing.
_LOOSE = frozenset({"个", "项", "次", "件", "处"})
# What an indicator's name says beside the thing that it measures, which alone a reason names.
_MEASURE = re.compile(
    r"(?:完成)?(?:面积|数量|个数|人数|人次|次数|场次|户数|里程|长度|规模|金额|比例|程度|情况|水平|[及准]时率|完成率|率|数)$"
)
_BARE = re.compile(r"[≥≤=<>]*\s*[\d.,]+")
_NUMBERED = re.compile(r"^指标\d+[:：]")
LEAST_NAMED = 3
_NOTHING = re.compile(r"[(（]?(?:无|暂无|没有|不适用|无偏差|已完成|全部完成)[)）]?[。.]?")


def s1(context: Context) -> Iterator[Check]:
    """Weights add up to 100, and per level-1 block to the printed weight."""
    for relation, correction in _broken(context, "S1"):
        total = plain(sum(f.value for f in relation.inputs), 2)
        result = relation.result
        is_printed = bool(result.evidence)
        told = f"与{result.name}{result.text}不一致" if is_printed else f"应为{result.text}"
        severity: Severity = "error" if is_printed else "warning"
        message = f"{relation.subject}合计{total}，{told}。"
        yield finding("S1", severity, message, shown(relation.figures), expected=relation.result.text, found=total,
                      correction=correction)  # fmt: skip
    yield from _prescribed(context)


def _prescribed(context: Context) -> Iterator[Check]:
    """Weights that the rules of the unit's province set."""
    profile, book = context.profile, context.book
    if not profile.settled:
        return
    funds = book.fund_weight
    if funds is not None and profile.funds_weight and abs(funds.value - profile.funds_weight) > funds.step / 2:
        message = f"预算执行率分值为{funds.text}，{profile.title}的规定为{profile.funds_weight:g}。"
        yield finding("S1", "info", message, funds.evidence, expected=f"{profile.funds_weight:g}", found=funds.text)
    blocks: dict[str, list[RowFigures]] = {}
    for row in book.rows:
        blocks.setdefault(compact(row.row.level1 or ""), []).append(row)
    if not profile.blocks or "" in blocks or any(r.weight is None for r in book.rows):
        return
    sums = {name: sum(r.weight.value for r in group if r.weight) for name, group in blocks.items()}
    if sums and not any(_fits(sums, wanted) for wanted in profile.blocks):
        named = "、".join(f"{name}{plain(value, 2)}" for name, value in sums.items())
        wanted = "或".join("、".join(f"{n}{v:g}" for n, v in block.items()) for block in profile.blocks)
        yield finding("S1", "info", f"各级指标分值为{named}，{profile.title}的规定为{wanted}。",
                      shown([r.weight for r in book.rows]), expected=wanted, found=named)  # fmt: skip


def _fits(sums: dict[str, float], wanted: dict[str, float]) -> bool:
    got = dict.fromkeys(wanted, 0.0)
    for name, value in sums.items():
        key = next((k for k in wanted if name.startswith(k)), None)
        if key is None:
            return False
        got[key] += value
    return all(abs(got[key] - value) < 0.01 for key, value in wanted.items())


def s2(context: Context) -> Iterator[Check]:
    """Scores add up to 总分; 总分 agrees with 等级."""
    for relation, correction in _broken(context, "S2"):
        total = plain(sum(f.value for f in relation.inputs), 2)
        message = f"各项得分合计{total}，与总分{relation.result.text}不一致。"
        yield finding("S2", "error", message, shown([relation.result, *relation.inputs]), expected=total,
                      found=relation.result.text, correction=correction)  # fmt: skip
    yield from _graded(context)


def _graded(context: Context) -> Iterator[Check]:
    evaluation, total = context.evaluation, context.book.total_score
    if evaluation.grade is None or total is None:
        return
    weight = evaluation.total_weight or context.profile.total
    wanted = context.profile.grades.of(total.value * context.profile.total / weight)
    if wanted != evaluation.grade:
        message = f"总分{total.text}对应的等级是“{wanted}”，印作“{evaluation.grade}”。"
        yield finding("S2", "error", message, total.evidence, expected=wanted, found=evaluation.grade)


def s3(context: Context) -> Iterator[Check]:
    """Score ≤ weight; quantitative scores recomputed; qualitative scores within their band."""
    book = context.book
    for row in book.rows:
        if row.weight and row.score and row.score.value > row.weight.value + row.score.step / 2:
            correction = context.correction_of(row.score) or context.correction_of(row.weight)
            message = f"“{row.name}”得分{row.score.text}高于分值{row.weight.text}。"
            yield finding("S3", "error", message, shown([row.score, row.weight]), expected=f"≤{row.weight.text}",
                          found=row.score.text, correction=correction)  # fmt: skip
    for relation, correction in _broken(context, "S3"):
        if isinstance(relation, Scored):
            yield from _recomputed(context, relation, correction)


def _recomputed(context: Context, relation: Scored, correction: Correction | None) -> Iterator[Check]:
    row = next(r for r in context.book.rows if r.score is relation.result)
    weight, score = relation.inputs[0], relation.result
    target = row.row.target
    # More than its weight is told apart; and what a turned sign asks for, which T2 names, is not what was meant.
    if score.value > weight.value + score.step / 2 or (target is not None and wrong_way(row.row, target)):
        return
    computed = relation.computed()
    places = max(2, score.places)
    shown_boxes = _row_evidence(row)
    expected = plain(computed.middle, places)
    if target is not None and target.value is None:
        low, high = (plain(v, places) for v in computed)
        message = f"“{row.name}”为“{_text(row)}”，得分应在{low}至{high}之间，印作{score.text}（分值{weight.text}）。"
        yield finding(
            "S3", "warning", message, shown_boxes, expected=f"{low}–{high}", found=score.text, correction=correction
        )
        return
    above = score.value > computed.high
    if not above and relation.share.low >= 1 and not is_blank(row.row.deviation or ""):
        return  # points given up with a reason beside them
    severity: Severity = "warning" if above or correction is not None else "info"
    told = f"目标{_target(row)}、实际{_text(row)}"
    message = f"“{row.name}”{told}，按比例应得{expected}，印作{score.text}（分值{weight.text}）。"
    yield finding("S3", severity, message, shown_boxes, expected=expected, found=score.text, correction=correction)


def _row_evidence(row: RowFigures) -> list[Evidence]:
    quantities = [q for q in (row.row.target, row.row.actual) if q is not None]
    return [*(e for q in quantities for e in q.evidence), *shown([row.weight, row.score])]


def _text(row: RowFigures) -> str:
    return _told(row.row.actual)


def _target(row: RowFigures) -> str:
    return _told(row.row.target)


def _told(quantity: Quantity | None) -> str:
    """A value as printed, a bare number with the unit that its column or row names."""
    if quantity is None:
        return ""
    return quantity.text + (quantity.unit or "" if _BARE.fullmatch(quantity.text.strip()) else "")


def s4(context: Context) -> Iterator[Check]:
    """Unmet or docked without a reason; a reason that contradicts the printed actual."""
    reasons = _Reasons(context)
    rows = [row for row in context.book.rows if reasons.wanted and not reasons.has(row)]
    unexplained = [check for row in rows for check in _unexplained(context, row)]
    # As many points that name no row as rows in want of one: they speak of these in other words.
    yield from unexplained if len(unexplained) > reasons.points else ()
    for row in context.book.rows:
        yield from _contradicted(row)
    yield from _slow_spending(context)


class _Reasons:
    """Whether a form has a place for reasons, and whether a row's is filled."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.wanted = context.document is None or self._has_column()
        self.merged = [found for row in context.book.rows if not _no_reason(row) for found in self._cells(row)]
        common = list(self._common())
        self.common = "".join(common)
        listed = [found for text in common if len(found := points(text)) > 1]
        names = [_thing(row) for row in context.book.rows]
        self.points = sum(not any(n in point for n in names if len(n) >= LEAST_NAMED) for p in listed for point in p)

    def _has_column(self) -> bool:
        if any(not _no_reason(row) for row in self.context.book.rows):
            return True
        return any(
            COLUMNS.role(cell.text) in (Column.DEVIATION, Column.NOTE)
            for sheet in self.context.book.tables
            for cell in sheet.table.cells
        )

    def _common(self) -> Iterator[str]:
        """Reasons for the whole form, beside their heading at the head of a row."""
        for sheet in self.context.book.tables:
            for cell in sheet.table.cells:
                if cell.column == 0 and COLUMNS.role(cell.text) is Column.DEVIATION:
                    beside = [compact(other.text) for other in sheet.starting(cell.row) if other is not cell]
                    yield from (text for text in beside if COLUMNS.role(text) is None)

    @staticmethod
    def _cells(row: RowFigures) -> list[Found]:
        text = compact(row.row.deviation or "")
        return [f for f in row.found if len(rows(f.cell)) > 1 and compact(f.cell.text) in text and compact(f.cell.text)]

    def has(self, row: RowFigures) -> bool:
        """Whether a reason stands beside the row, in a merged cell that covers it too, or names it for the form."""
        if not _no_reason(row):
            return True
        thing = _thing(row)
        if len(thing) >= LEAST_NAMED and thing in self.common:
            return True
        own = {(id(f.sheet), f.cell.row) for f in row.found}
        return any((id(f.sheet), r) in own for f in self.merged for r in rows(f.cell))


def _thing(row: RowFigures) -> str:
    """What an indicator is about: its name without number and measure."""
    return _MEASURE.sub("", _NUMBERED.sub("", compact(row.row.level3)))


def _no_reason(row: RowFigures) -> bool:
    text = row.row.deviation or ""
    return is_blank(text) or _NOTHING.fullmatch(text.strip()) is not None


def _unexplained(context: Context, row: RowFigures) -> Iterator[Check]:
    score, weight = row.score, row.weight
    if score is not None and weight is not None:
        if score.value < weight.value - score.step / 2:
            message = f"“{row.name}”得分{score.text}低于分值{weight.text}，没有说明原因。"
            yield finding("S4", "warning", message, [*shown([score, weight]), *row.row.evidence[:1]],
                          expected="偏差原因", found="空白")  # fmt: skip
        return
    share = share_of(row.row, context.profile)
    if row.row.status == "unmet" or (share is not None and share.high < 1 and row.row.status == "partly_met"):
        message = f"“{row.name}”目标{_target(row)}、实际{_text(row)}，未达目标而没有说明原因。"
        yield finding("S4", "warning", message, row.row.evidence, expected="偏差原因", found="空白")


def _contradicted(row: RowFigures) -> Iterator[Check]:
    """A reason that states another actual than the row."""
    actual = row.row.actual
    if _no_reason(row) or actual is None or actual.value is None:
        return
    for match in _DONE.finditer(row.row.deviation or ""):
        said = parse(match.group("figure"), unit_hint=actual.unit)
        if said.value is None or abs(said.value - actual.value) < 1e-6:
            continue
        same = conversion(said.unit, actual.unit)
        loose = {said.unit, actual.unit} <= _LOOSE
        if (same is None and not loose) or (same is not None and abs(said.value * same - actual.value) < 1e-6):
            continue
        message = f"“{row.name}”实际完成值印作{actual.text}，原因栏却说“{match.group().strip()}”。"
        yield finding("S4", "warning", message, [*actual.evidence, *row.row.evidence], expected=actual.text,
                      found=match.group().strip())  # fmt: skip
        return


def _slow_spending(context: Context) -> Iterator[Check]:
    """An execution rate so low that the province asks for a reason, with none anywhere on the form."""
    total, limit = context.book.fund("total"), context.profile.reason_below
    if total is None or total.rate is None or limit is None or total.rate.value >= limit:
        return
    told = [*(i.deviation or "" for i in context.evaluation.indicators), *(p.text for p in context.evaluation.problems)]
    if not any(re.search(r"执行|支付|资金|预算|结算|尾款", text) for text in told):
        message = f"执行率{total.rate.text}%低于{limit:g}%，没有说明原因。"
        yield finding("S4", "warning", message, total.rate.evidence, expected="偏差原因", found="空白")


def _broken(context: Context, rule: str) -> Iterator[tuple[Sum | Scored, Correction | None]]:
    for relation, correction in context.corrections:
        if relation.rule == rule and isinstance(relation, Sum | Scored):
            yield relation, correction


__all__ = ["Figure", "Relation", "s1", "s2", "s3", "s4"]

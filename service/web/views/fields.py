"""A report as a reader goes through it: every value with its name, its text, where it stands and how sure it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final

from service.assembling.checks import DOUBTFUL
from service.assembling.figures import AMOUNTS, fund_name
from service.assembling.quantities import decimals, number
from service.schema import Evaluation, Evidence, FundLine, Indicator, Quantity, Report, Statement, Text

KINDS: Final = {"project": "项目支出自评", "department": "部门整体支出自评"}
STATUSES: Final = {
    "exceeded": "超额完成", "met": "达成", "partly_met": "部分达成", "unmet": "未达成", "undetermined": "无法判断",
}  # fmt: skip
ROLES: Final = {"amount": "金额", "target": "目标", "achievement": "完成", "change": "变化"}
HEADER: Final = {
    "title": "名称", "subject": "评价对象", "competent_department": "主管部门", "implementing_unit": "实施单位",
    "year": "年度", "total_score": "总分", "grade": "等级", "total_weight": "总分值",
}  # fmt: skip
FUND_NUMBERS: Final = {"weight": "分值", "execution_rate": "执行率", "score": "得分"}
INDICATOR_COLUMNS: Final = {
    "level1": "一级指标", "level2": "二级指标", "level3": "三级指标", "target": "年度指标值", "actual": "实际完成值",
    "weight": "分值", "score": "得分", "status": "状态", "deviation": "偏差原因分析及改进措施",
}  # fmt: skip
GOALS: Final = {"expected": "预期目标", "actual": "实际完成情况"}
# Names of 元 in one printed unit.
MONEY_UNITS: Final = {1.0: "元", 1e3: "千元", 1e4: "万元", 1e6: "百万元", 1e8: "亿元"}


class Section(StrEnum):
    """The parts of an evaluation, in the order in which a page shows them; also the colours of their outlines."""

    HEADER = "header"
    FUNDS = "funds"
    GOAL = "goal"
    INDICATOR = "indicator"
    STATEMENT = "statement"
    PROBLEM = "problem"


class Claim(IntEnum):
    """How closely boxes belong to a value: its own, or those of a row that it names or stands in."""

    OWN = 0
    NAMES_ROW = 1
    IN_ROW = 2


class Kind(StrEnum):
    """How a value is corrected: what may be typed."""

    TEXT = "text"
    NUMBER = "number"
    YEAR = "year"
    GRADE = "grade"
    STATUS = "status"


@dataclass(frozen=True, slots=True)
class Field:
    """One value. `pointer` is its JSON Pointer in the report; `text` is empty where nothing was read.

    `places` are the boxes that print it; for plain numbers and names of a row, those of the row. `confidence` is None
    where none is kept.
    """

    pointer: str
    section: Section
    name: str
    text: str
    kind: Kind = Kind.TEXT
    confidence: float | None = None
    places: tuple[Evidence, ...] = ()
    claim: Claim = Claim.OWN

    @property
    def doubtful(self) -> bool:
        return self.confidence is not None and self.confidence < DOUBTFUL

    @property
    def confidence_pointer(self) -> str:
        """Where the report keeps how sure the value is."""
        owner = self.pointer.rpartition("/")[0] if self.claim is Claim.NAMES_ROW else self.pointer
        return f"{owner}/confidence"

    @property
    def evaluation(self) -> int:
        """Which evaluation of the report it belongs to, from 0."""
        return int(self.pointer.split("/")[2])


def pointer_of(path: str) -> str:
    """The pointer of the value that a correction at `path` is about; of a row's confidence, that of the row's name."""
    owner = path.removesuffix("/confidence")
    return f"{owner}/level3" if owner != path and owner.split("/")[-2] == "indicators" else owner


def fields(report: Report) -> list[Field]:
    """Every value of a report, in reading order."""
    return [f for i, evaluation in enumerate(report.evaluations) for f in of_evaluation(evaluation, i)]


def of_evaluation(evaluation: Evaluation, index: int) -> list[Field]:
    base = f"/evaluations/{index}"
    return [
        *_header(evaluation, base),
        *(f for i, line in enumerate(evaluation.funds) for f in _fund(line, f"{base}/funds/{i}")),
        *(_text(getattr(evaluation.goal, n), f"{base}/goal/{n}", Section.GOAL, label) for n, label in GOALS.items()),
        *(f for i, row in enumerate(evaluation.indicators) for f in _indicator(row, f"{base}/indicators/{i}")),
        *(f for i, item in enumerate(evaluation.statements) for f in _statement(item, f"{base}/statements/{i}")),
        *_items(evaluation.problems, f"{base}/problems", "存在的问题"),
        *_items(evaluation.improvements, f"{base}/improvements", "改进措施"),
    ]


def _header(evaluation: Evaluation, base: str) -> Iterator[Field]:
    kinds = {"year": Kind.YEAR, "grade": Kind.GRADE, "total_score": Kind.NUMBER, "total_weight": Kind.NUMBER}
    for name, label in HEADER.items():
        value = getattr(evaluation, name)
        pointer = f"{base}/{name}"
        if name in kinds:
            yield Field(pointer, Section.HEADER, label, plain(value), kinds[name])
        else:
            yield _text(value, pointer, Section.HEADER, label)


def _text(value: Text | None, pointer: str, section: Section, name: str) -> Field:
    if value is None:
        return Field(pointer, section, name, "")
    return Field(pointer, section, name, value.text, confidence=value.confidence, places=tuple(value.evidence))


def _items(texts: Sequence[Text], base: str, name: str) -> Iterator[Field]:
    for index, text in enumerate(texts):
        yield _text(text, f"{base}/{index}", Section.PROBLEM, f"{name}{index + 1}")


def _quantity(value: Quantity | None, pointer: str, section: Section, name: str) -> Field:
    if value is None:
        return Field(pointer, section, name, "")
    return Field(pointer, section, name, value.text, confidence=value.confidence, places=tuple(value.evidence))


def _fund(line: FundLine, base: str) -> Iterator[Field]:
    name = fund_name(line)
    amounts = [_quantity(getattr(line, a), f"{base}/{a}", Section.FUNDS, name + label) for a, label in AMOUNTS.items()]
    yield from amounts
    row = _distinct(place for amount in amounts for place in amount.places)
    for attribute, label in FUND_NUMBERS.items():
        text = plain(getattr(line, attribute))
        yield Field(
            f"{base}/{attribute}", Section.FUNDS, name + label, text, Kind.NUMBER, places=row, claim=Claim.IN_ROW
        )


def _indicator(row: Indicator, base: str) -> Iterator[Field]:
    kinds = {"weight": Kind.NUMBER, "score": Kind.NUMBER, "status": Kind.STATUS}
    places = tuple(row.evidence)
    for attribute, label in INDICATOR_COLUMNS.items():
        value = getattr(row, attribute)
        name = f"“{row.level3 or '（未命名指标）'}”{label}"
        pointer = f"{base}/{attribute}"
        if attribute in ("target", "actual"):
            yield _quantity(value, pointer, Section.INDICATOR, name)
            continue
        text = STATUSES[value] if attribute == "status" else plain(value)
        names = attribute == "level3"
        confidence = row.confidence if names else None
        claim = Claim.NAMES_ROW if names else Claim.IN_ROW
        yield Field(pointer, Section.INDICATOR, name, text, kinds.get(attribute, Kind.TEXT), confidence, places, claim)


def _statement(statement: Statement, base: str) -> Iterator[Field]:
    subject = statement.indicator or statement.organisation or "正文"
    for index, value in enumerate(statement.values):
        name = f"{subject} · {ROLES[value.role]}"
        yield _quantity(value.quantity, f"{base}/values/{index}/quantity", Section.STATEMENT, name)


def _distinct(places: Iterable[Evidence]) -> tuple[Evidence, ...]:
    found: list[Evidence] = []
    for place in places:
        if place not in found:
            found.append(place)
    return tuple(found)


def plain(value: str | float | None) -> str:
    """A plain value as a reader writes it: 8 for 8.0, nothing for None."""
    if value is None:
        return ""
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def money_unit(funds: Iterable[FundLine]) -> str:
    """The unit that the funds block prints, told by any of its amounts; empty where none tells."""
    for line in funds:
        for quantity in (getattr(line, attribute) for attribute in AMOUNTS):
            printed = _printed(quantity.text) if quantity is not None else None
            if printed and quantity.value:
                return MONEY_UNITS.get(round(quantity.value / printed, 6), "")
    return ""


def _printed(text: str) -> float | None:
    match = re.match(r"\s*[\d,]+(?:\.\d+)?", text)
    return number(match.group()) if match and decimals(text) is not None else None


def doubtful(items: Iterable[Field], failed: Iterable[str] = ()) -> list[Field]:
    """The values that a person should look at: read with little confidence, or at fault in a finding of error."""
    wanted = set(failed)
    return [item for item in items if item.doubtful or item.pointer in wanted]

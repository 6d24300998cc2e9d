"""Filters of a list, as they stand in a page's address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from service.web.views.fields import KINDS, plain
from service.web.views.findings import RULES, SEVERITIES
from service.web.views.listing import STATUSES

LEVELS: Final = {"province": "省级", "city": "市级", "county": "县级", "township": "乡级"}
GRADES: Final = {grade: grade for grade in "优良中差"}
YES_NO: Final = {"true": "有错误", "false": "没有错误"}
RULE_NAMES: Final = {rule: f"{rule} {name}" for rule, name in RULES.items()}


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter: `choices` from value to label, or free text where there are none. `read` raises ValueError."""

    label: str
    choices: Mapping[str, str] | None = None
    read: Callable[[str], Any] = str
    width: str = "narrow"


def _boolean(text: str) -> bool:
    if text not in YES_NO:
        raise ValueError(text)
    return text == "true"


def _chosen(choices: Mapping[str, str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in choices:
            raise ValueError(text)
        return text

    return read


def _among(label: str, choices: Mapping[str, str]) -> Filter:
    return Filter(label, choices, _chosen(choices))


TEXT: Final = Filter("搜索文件名、单位、项目、指标…", width="search")
UNIT: Final = Filter("单位")
YEAR: Final = Filter("年度", read=int)
STATUS: Final = _among("状态", STATUSES)
KIND: Final = _among("类型", {name: label.removesuffix("自评") for name, label in KINDS.items()})
GRADE: Final = _among("等级", GRADES)
LEVEL: Final = _among("级次", LEVELS)
ERRORS: Final = Filter("问题", YES_NO, _boolean)
RULE: Final = _among("规则", RULE_NAMES)
SEVERITY: Final = _among("级别", SEVERITIES)

# Ranges come from the bars of the overview; they are told, and taken away, but not typed.
RANGES: Final = {
    "min_score": "得分 ≥ {}", "below_score": "得分 < {}", "min_execution_rate": "执行率 ≥ {}%",
    "below_execution_rate": "执行率 < {}%",
}  # fmt: skip


def values(filters: Mapping[str, Filter], asked: Mapping[str, str]) -> dict[str, Any]:
    """What an address asks for, as the store takes it; what makes no sense is left out."""
    found: dict[str, Any] = {}
    for name, read in [*((n, f.read) for n, f in filters.items()), *((n, float) for n in RANGES)]:
        text = asked.get(name, "").strip()
        try:
            found |= {name: read(text)} if text else {}
        except ValueError:
            continue
    return found


def ranges(asked: Mapping[str, Any]) -> str:
    """The ranges among filters, in words."""
    return "，".join(told.format(plain(asked[name])) for name, told in RANGES.items() if name in asked)


def told(filters: Mapping[str, Filter], asked: Mapping[str, Any]) -> list[str]:
    """What is asked for, in words."""
    found = []
    for name, offered in filters.items():
        if name in asked:
            shown = str(asked[name]).lower() if isinstance(asked[name], bool) else str(asked[name])
            label = offered.label if offered is not TEXT else "搜索"
            found.append(f"{label}：{(offered.choices or {}).get(shown, shown)}")
    return [*found, *filter(None, [ranges(asked)])]


def address(path: str, asked: Mapping[str, object]) -> str:
    """A page's address with its filters; empty ones are left out."""
    kept = {name: str(value) for name, value in asked.items() if value not in (None, "")}
    return f"{path}?{urlencode(kept)}" if kept else path

"""Charts across documents: what each shows, and where each of its bars leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from service.web.views.fields import KINDS, plain
from service.web.views.filters import LEVELS, address
from service.web.views.findings import RULES

WAN: Final = 10_000
EVALUATIONS: Final = "/evaluations"
# Units of a chart; more would have no room for their names.
MOST_BARS: Final = 10
# Characters of a unit's name under its bar.
NAME_ROOM: Final = 12
# Pixels of a chart in which names side by side would run into each other: they stand aslant there.
NARROW: Final = 460

ACCENT, GOOD, AMBER, RED, GREY = "#1c5d99", "#2e9e57", "#e0a100", "#c0392b", "#9aa5b1"
_SEVERITY_COLOURS: Final = {"error": RED, "warning": AMBER, "info": ACCENT}
_GRADE_COLOURS: Final = {"优": GOOD, "良": ACCENT, "中": AMBER, "差": RED}

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar or point: its name, its value, where a click leads."""

    name: str
    value: float | None
    link: str
    colour: str | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """`series` by name; all have the same bars' names. `lying` bars have their names at left."""

    title: str
    series: Mapping[str, Sequence[Bar]]
    unit: str = ""
    lying: bool = False
    lines: frozenset[str] = field(default_factory=frozenset)

    @property
    def is_empty(self) -> bool:
        return not any(bar.value for bars in self.series.values() for bar in bars)

    def link(self, series: str, index: int) -> str:
        """Where a click on a bar leads."""
        return self.series[series][index].link

    @property
    def options(self) -> dict[str, Any]:
        """The chart as ECharts takes it."""
        first = next(iter(self.series.values()))
        names: dict[str, Any] = {
            "type": "category",
            "data": [bar.name for bar in first],
            "axisTick": {"show": False},
            "axisLabel": {"interval": 0},
        }
        values: dict[str, Any] = {"type": "value", "name": self.unit, "minInterval": 1 if not self.unit else 0}
        if self.lying:
            names |= {"inverse": True, "axisLabel": {"width": 150, "overflow": "truncate"}}
        aslant = {"query": {"maxWidth": NARROW}, "option": {"xAxis": {"axisLabel": {"rotate": 40}}}}
        return {
            "media": [] if self.lying else [aslant],
            "animationDuration": 300,
            "color": [ACCENT, "#79b4e0"],
            "aria": {"enabled": True},
            "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}},
            "legend": {"show": len(self.series) > 1, "top": 0, "right": 0},
            "grid": {"left": 8, "right": 24, "top": 36, "bottom": 4, "containLabel": True},
            "xAxis": values if self.lying else names,
            "yAxis": names if self.lying else values,
            "series": [self._series(name, bars) for name, bars in self.series.items()],
        }

    def _series(self, name: str, bars: Sequence[Bar]) -> dict[str, Any]:
        data = [{"value": b.value, "itemStyle": {"color": b.colour}} if b.colour else {"value": b.value} for b in bars]
        shape = {"type": "line", "symbolSize": 9} if name in self.lines else {"type": "bar", "barMaxWidth": 34}
        label = {"show": len(self.series) == 1, "position": "right" if self.lying else "top"}
        return {"name": name, "data": data, "cursor": "pointer", "label": label, **shape}


def charts(figures: Mapping[str, Any], asked: Mapping[str, Any]) -> list[Chart]:
    """The overview's charts of the store's figures; links keep the filters that are `asked` for."""

    def to(path: str = EVALUATIONS, **more: object) -> str:
        return address(path, {**asked, **more})

    return [
        Chart("预算执行率分布", {"自评数": _bars(figures["execution_rates"], "execution_rate", "%", to)}),
        Chart("得分分布", {"自评数": _bars(figures["scores"], "score", "", to)}),
        Chart("等级", {"自评数": _grades(figures["grades"], to)}),
        Chart("各级平均得分", _means(figures["levels"], "level", LEVELS, to)),
        Chart("各单位平均得分", _units(figures["units"], to), lying=True),
        Chart("问题种类", {"问题数": _rules(figures["findings"], to)}, lying=True),
        Chart(
            "逐年预算与执行",
            {
                "预算": [_year(row, "budget", to) for row in figures["years"]],
                "执行": [_year(row, "executed", to) for row in figures["years"]],
            },
            unit="万元",
        ),
        Chart("逐年平均得分与执行率", {
            "平均得分": [_year(row, "score", to) for row in figures["years"]],
            "平均执行率": [_year(row, "execution_rate", to) for row in figures["years"]],
        }, unit="分、%", lines=frozenset({"平均得分", "平均执行率"})),
    ]  # fmt: skip


def _bars(rows: Rows, name: str, unit: str, to: Any) -> list[Bar]:
    bars = []
    for row in rows:
        low, high = row["from"], row["below"]
        shown = f"{low}{unit}及以上" if high is None else f"{low}–{high}{unit}"
        bounds = {f"min_{name}": low or None, f"below_{name}": high}
        bars.append(Bar(shown, row["count"], to(**bounds)))
    return bars


def _grades(rows: Rows, to: Any) -> list[Bar]:
    """From the best to the worst, whatever their counts."""
    known = {row["grade"]: row for row in rows}
    return [_grade(known[grade], to) for grade in _GRADE_COLOURS if grade in known]


def _grade(row: Mapping[str, Any], to: Any) -> Bar:
    return Bar(row["grade"], row["count"], to(grade=row["grade"]), _GRADE_COLOURS[row["grade"]])


def _means(rows: Rows, name: str, labels: Mapping[str, str], to: Any) -> dict[str, list[Bar]]:
    known = {row[name]: row for row in rows}
    shown = [(value, label) for value, label in labels.items() if value in known]
    bars = [Bar(label, known[value]["score"], to(**{name: value})) for value, label in shown]
    return {"平均得分": bars}


def _units(rows: Rows, to: Any) -> dict[str, list[Bar]]:
    named = [row for row in rows if row["unit"] and row["score"] is not None][:MOST_BARS]
    return {"平均得分": [Bar(shortened(row["unit"]), row["score"], to(unit=row["unit"])) for row in named]}


def _rules(rows: Rows, to: Any) -> list[Bar]:
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["rule"]] = counts.get(row["rule"], 0) + row["count"]
    worst = {row["rule"]: row["severity"] for row in sorted(rows, key=lambda r: r["severity"] != "error", reverse=True)}
    ordered = sorted(counts.items(), key=lambda item: -item[1])[:MOST_BARS]
    return [
        Bar(f"{rule} {RULES.get(rule, '')}", count, to("/findings", rule=rule), _SEVERITY_COLOURS[worst[rule]])
        for rule, count in ordered
    ]


def _year(row: Mapping[str, Any], name: str, to: Any) -> Bar:
    value = row[name]
    if value is not None and name in ("budget", "executed"):
        value = round(value / WAN, 2)
    return Bar(str(row["year"]), value, to(year=row["year"]))


def shortened(name: str) -> str:
    return name if len(name) <= NAME_ROOM else name[: NAME_ROOM - 1] + "…"


def numbers(figures: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """The figures at the top: by label, what is shown and where it leads."""
    documents = {row["status"]: row["count"] for row in figures["documents"]}
    kinds = {row["kind"]: row["count"] for row in figures["kinds"]}
    severities: dict[str, int] = {}
    for row in figures["findings"]:
        severities[row["severity"]] = severities.get(row["severity"], 0) + row["count"]
    waiting = documents.get("queued", 0) + documents.get("running", 0)
    return {
        "材料": (str(sum(documents.values())), "/"),
        "正在处理": (str(waiting), "/?status=queued" if documents.get("queued") else "/?status=running"),
        "未读成": (str(documents.get("failed", 0)), "/?status=failed"),
        KINDS["project"]: (str(kinds.get("project", 0)), "/evaluations?kind=project"),
        KINDS["department"]: (str(kinds.get("department", 0)), "/evaluations?kind=department"),
        "错误": (str(severities.get("error", 0)), "/findings?severity=error"),
        "警告": (str(severities.get("warning", 0)), "/findings?severity=warning"),
    }


def wan(amount: float | None) -> str:
    """An amount in 元 as 万元."""
    return "" if amount is None else f"{amount / WAN:,.2f}"


def percent(value: float | None) -> str:
    return "" if value is None else f"{plain(float(value))}%"

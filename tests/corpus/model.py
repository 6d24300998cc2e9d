"""What an authored evaluation form says, and the gold that follows from it.

A document's source holds the printed strings ("1,653.33", "-", ""), so that what is rendered and what is expected
of a reader come from the same words. Gold follows the shape of a Report's evaluations with texts in place of
text objects, money in 万元 and a blank as null.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal

Kind = Literal["project", "department"]
Turn = Literal["none", "flag", "sideways"]
Gold = dict[str, Any]

# What a form prints in a cell that has no value.
BLANKS = frozenset({"", "-", "—", "——", "/", "／"})
YUAN_PER_WAN = 10_000


def number(printed: str) -> float | None:
    """The number that a cell shows, or None where it shows a dash or nothing."""
    if printed.strip() in BLANKS:
        return None
    match = re.search(r"-?\d[\d,]*\.?\d*", printed)
    if match is None:
        raise ValueError(f"no number in {printed!r}")
    return float(match.group().replace(",", ""))


def one_line(printed: str) -> str:
    """Text as a reader should give it: line breaks of the print removed."""
    return re.sub(r"\s*\n\s*", "", printed).strip()


@dataclass(frozen=True)
class Fund:
    """One printed row (or column) of the funds block; cells as printed, "" where blank or where there is no cell."""

    category: Literal["total", "fiscal", "carryover", "other", "basic", "project"]
    label: str
    initial: str = ""
    budget: str = ""
    executed: str = ""
    weight: str = ""
    rate: str = ""
    score: str = ""

    def gold(self, in_yuan: bool) -> Gold:
        def money(printed: str) -> float | None:
            value = number(printed)
            return round(value / YUAN_PER_WAN, 6) if value is not None and in_yuan else value

        return {
            "category": self.category,
            "label": one_line(self.label),
            "initial_budget": money(self.initial),
            "annual_budget": money(self.budget),
            "executed": money(self.executed),
            "weight": number(self.weight),
            "execution_rate": number(self.rate),
            "score": number(self.score),
        }


@dataclass(frozen=True)
class Row:
    """One indicator row, cells as printed.

    `sign` and `unit` are filled where they stand in columns of their own; the target is then sign + value + unit (定性
    in the sign column is a kind of indicator, no part of the value). `more` holds columns of one layout only. `placeholder` rows are printed but are no indicators.
    """

    level1: str
    level2: str
    level3: str
    target: str = ""
    actual: str = ""
    weight: str = ""
    score: str = ""
    deviation: str = ""
    sign: str = ""
    unit: str = ""
    more: dict[str, str] = field(default_factory=dict)
    placeholder: bool = False

    def gold(self) -> Gold:
        return {
            "level1": one_line(self.level1) or None,
            "level2": one_line(self.level2) or None,
            "level3": one_line(self.level3),
            "target": one_line(self.sign.replace("定性", "") + self.target + self.unit) or None,
            "actual": one_line(self.actual) or None,
            "weight": number(self.weight),
            "score": number(self.score),
            "deviation": one_line(self.deviation) or None,
        }


def funds(table: str) -> list[Fund]:
    """Fund lines from a table of text: a line of field names, then a printed row a line, cells between "|"."""
    return [Fund(**cells) for cells in _records(table)]  # type: ignore[arg-type]


def rows(table: str) -> list[Row]:
    """Indicator rows from a table of text as for `funds`.

    An empty level1 or level2 is the one above. Columns that are no field of Row go to `more`. In a cell, "⏎" is a line
    break of the print. A row whose level3 begins with "~" is a placeholder ("~" is not printed).
    """
    found: list[Row] = []
    known = {known.name for known in fields(Row)}
    for cells in _records(table):
        above = found[-1] if found else None
        level1 = cells.get("level1") or (above.level1 if above else "")
        level2 = cells.get("level2") or (above.level2 if above and level1 == above.level1 else "")
        given = {name: cell for name, cell in cells.items() if name in known}
        given |= {"level1": level1, "level2": level2, "level3": cells["level3"].removeprefix("~")}
        more = {name: cell for name, cell in cells.items() if name not in known}
        found.append(Row(**given, more=more, placeholder=cells["level3"].startswith("~")))
    return found


def _records(table: str) -> list[dict[str, str]]:
    head, *body = ([cell.strip() for cell in line.split("|")] for line in table.strip().splitlines())
    for line in body:
        if len(line) > len(head):
            raise ValueError(f"more cells than columns: {line}")
    return [{name: cell.replace("⏎", "\n") for name, cell in zip(head, line, strict=False)} for line in body]


@dataclass(frozen=True)
class Level:
    """A level-1 or level-2 cell: its text and how many rows it spans."""

    text: str
    span: int


@dataclass(frozen=True)
class Form:
    """A self-evaluation form: what its cells say, and the errors that were put in on purpose."""

    kind: Kind
    year: int
    title: str
    subject: str
    competent_department: str | None = None
    implementing_unit: str | None = None
    funds: Sequence[Fund] = ()
    expected: str = ""
    actual: str = ""
    rows: Sequence[Row] = ()
    total_weight: str = ""
    total_score: str = ""
    grade: str | None = None
    problems: Sequence[str] = ()
    improvements: Sequence[str] = ()
    in_yuan: bool = False
    planted: Sequence[tuple[str, str]] = ()
    more: dict[str, str] = field(default_factory=dict)

    def level1(self, index: int) -> Level | None:
        """The level-1 cell that starts at row `index`, or None where one above covers it."""
        return self._level(index, lambda row: row.level1)

    def level2(self, index: int) -> Level | None:
        """The level-2 cell that starts at row `index`, or None where one above covers it."""
        return self._level(index, lambda row: (row.level1, row.level2))

    def _level(self, index: int, key: Any) -> Level | None:
        here = key(self.rows[index])
        if index and key(self.rows[index - 1]) == here:
            return None
        span = 1
        while index + span < len(self.rows) and key(self.rows[index + span]) == here:
            span += 1
        return Level(here if isinstance(here, str) else here[-1], span)

    def block_weight(self, level1: str) -> str:
        """The printed weights of a level-1 block added up, as "50"."""
        total = sum(number(row.weight) or 0 for row in self.rows if row.level1 == level1)
        return f"{total:g}"

    def gold(self) -> Gold:
        return {
            "kind": self.kind,
            "year": self.year,
            "title": one_line(self.title),
            "subject": self.subject,
            "competent_department": self.competent_department,
            "implementing_unit": self.implementing_unit,
            "funds": [fund.gold(self.in_yuan) for fund in self.funds],
            "goal": {"expected": one_line(self.expected), "actual": one_line(self.actual)},
            "indicators": [row.gold() for row in self.rows if not row.placeholder],
            "total_weight": number(self.total_weight),
            "total_score": number(self.total_score),
            "grade": self.grade,
            "problems": [one_line(text) for text in self.problems],
            "improvements": [one_line(text) for text in self.improvements],
            "planted": [{"rule": rule, "where": where} for rule, where in self.planted],
        }


@dataclass(frozen=True)
class Document:
    """One file's source: its forms, how they are laid out, and how its pages lie on the paper.

    `template` is Jinja HTML over `forms` (and `form`, the first of them); `css` may name the font stacks of paper.py
    as $song, $kai …
    """

    name: str
    kind: Literal["project", "department", "report"]
    layout: str
    forms: Sequence[Form]
    template: str
    css: str = ""
    turn: Turn = "none"

"""One evaluation as a reader sees it: findings, header, funds, goal, indicators, statements, problems."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from service.assembling.figures import AMOUNTS, fund_name
from service.schema import Evaluation, Statement
from service.web.tags import Tag
from service.web.views.fields import (
    FUND_NUMBERS,
    GOALS,
    HEADER,
    KINDS,
    ROLES,
    Field,
    money_unit,
    pointer_of,
)
from service.web.views.findings import Finding
from service.web.views.listing import moment

if TYPE_CHECKING:
    from service.web.workbench import Workbench

ROW_COLUMNS: Final = {
    "level3": "三级指标", "target": "指标值", "actual": "完成值", "weight": "分值", "score": "得分", "status": "状态",
}  # fmt: skip
# Header fields whose text may be long take a line of their own.
WIDE_FIELDS: Final = ("title", "subject", "competent_department", "implementing_unit")
# Statements of a long report that are shown before one asks for the rest.
FIRST_STATEMENTS: Final = 12


class Panel:
    """What was read of the evaluation that the workbench shows."""

    def __init__(self, bench: Workbench) -> None:
        self.bench = bench
        self.base = f"/evaluations/{bench.evaluation}"
        self.values: dict[str, Tag] = {}
        self.findings: list[tuple[int, Finding]] | None = None

    @property
    def evaluation(self) -> Evaluation:
        return self.bench.shown

    def build(self) -> None:
        with Tag("div", "values"):
            self.findings_place = Tag("div", "findings")
            self._fill_findings()
            self._header()
            self._funds()
            self._goal()
            self._indicators()
            self._statements()
            self._problems()
        self.history_place = Tag("div", "history")
        self._fill_history()

    # Values --------------------------------------------------------------------------------------------------------

    def value(self, pointer: str) -> Tag:
        """The element of one value: click or Enter takes it in hand, which the browser does by its pointer."""
        field = self.bench.by[self.base + pointer]
        shown = Tag("span", "value", role="button", tabindex=0, data_pointer=field.pointer)
        self.values[field.pointer] = shown
        self._dress(shown, field)
        return shown

    def _dress(self, shown: Tag, field: Field) -> None:
        shown.say(field.text or "—")
        shown.mark_as(
            doubtful=field.doubtful,
            faulty=field.pointer in self.bench.faulty,
            changed=self.bench.is_changed(field),
            blank=not field.text,
        )
        shown.attribute("title", self.bench.doubts(field) or None)
        shown.attribute("aria-label", f"{field.name}：{field.text or '空'}")

    def update(self) -> None:
        """Show the values and findings as they stand now."""
        for pointer, shown in self.values.items():
            self._dress(shown, self.bench.by[pointer])
        self._fill_findings()
        self._fill_history()

    # Sections ------------------------------------------------------------------------------------------------------

    def _fill_findings(self) -> None:
        own = [(i, f) for i, f in enumerate(self.bench.findings) if f.evaluation == self.bench.evaluation]
        if own == self.findings:  # a button that is being clicked stays
            return
        self.findings = own
        self.findings_place.clear()
        with self.findings_place:
            Tag("h2", "", f"核对发现（{len(own)}）" if own else "核对发现")
            if not own:
                Tag("p", "fine good", "没有发现问题。")
            with Tag("ol", ""):
                for index, finding in own:
                    self._finding(index, finding)

    def _finding(self, index: int, finding: Finding) -> None:
        check = finding.check
        with Tag("li", f"finding {check.severity}"):
            with Tag("div", "finding-head"):
                Tag("span", "chip", finding.severity)
                Tag("span", "fine", finding.rule)
                Tag("span", "gap")
                if check.evidence:
                    Tag("button", "link no-print", "看原件", type="button", data_finding=index)
            Tag("p", "", check.message)
            if check.expected is not None and check.suggestion is None:
                Tag("p", "fine", f"应为 {check.expected}" + (f"，现为 {check.found}" if check.found else ""))
            self._suggestion(finding)

    def _suggestion(self, finding: Finding) -> None:
        suggestion = finding.check.suggestion
        if suggestion is None:
            return
        if finding.remedy is not None and self.bench.desk.may_annotate:
            take = Tag(
                "button", "suggestion no-print", f"改为 {suggestion}", type="button", data_remedy=finding.remedy,
                data_suggestion=suggestion,
            )  # fmt: skip
            take.attribute("title", f"把{self.bench.by[finding.remedy].name}由 {finding.check.found} 改为 {suggestion}")
        else:
            Tag("p", "fine", f"建议值：{suggestion}")

    def _header(self) -> None:
        Tag("h2", "", "基本信息")
        with Tag("dl", "facts"):
            with Tag("div", "fact"):
                Tag("dt", "", "类型")
                Tag("dd", "", KINDS[self.evaluation.kind])
            for name, label in HEADER.items():
                with Tag("div", "fact wide" if name in WIDE_FIELDS else "fact"):
                    Tag("dt", "", label)
                    with Tag("dd", ""):
                        self.value(f"/{name}")

    def _funds(self) -> None:
        lines = self.evaluation.funds
        if not lines:
            return
        unit = money_unit(lines)
        Tag("h2", "", f"资金（{unit}）" if unit else "资金")
        with Tag("div", "table-frame"), Tag("table", "grid funds"):
            with Tag("thead"), Tag("tr"):
                for label in ("资金", *(short(label) for label in AMOUNTS.values()), *FUND_NUMBERS.values()):
                    Tag("th", "" if label == "资金" else "number", label, scope="col")
            with Tag("tbody"):
                for index, line in enumerate(lines):
                    with Tag("tr"):
                        Tag("th", "", fund_name(line), scope="row")
                        for name in (*AMOUNTS, *FUND_NUMBERS):
                            with Tag("td", "number"):
                                self.value(f"/funds/{index}/{name}")

    def _goal(self) -> None:
        goal = self.evaluation.goal
        if goal.expected is None and goal.actual is None:
            return
        Tag("h2", "", "年度总体目标")
        with Tag("dl", "facts"):
            for name, label in GOALS.items():
                with Tag("div", "fact wide"):
                    Tag("dt", "", label)
                    with Tag("dd", ""):
                        self.value(f"/goal/{name}")

    def _indicators(self) -> None:
        rows = self.evaluation.indicators
        if not rows:
            return
        Tag("h2", "", f"绩效指标（{len(rows)}）")
        with Tag("div", "table-frame"), Tag("table", "grid indicators"):
            with Tag("thead"), Tag("tr"):
                for name, label in ROW_COLUMNS.items():
                    Tag("th", "number" if name in ("weight", "score") else "", label, scope="col")
            with Tag("tbody"):
                before: tuple[str | None, str | None] | None = None
                for index, row in enumerate(rows):
                    if (row.level1, row.level2) != before:
                        before = (row.level1, row.level2)
                        self._group(index)
                    self._indicator(index)

    def _group(self, index: int) -> None:
        """The heading over rows of one level-2 indicator."""
        row = self.evaluation.indicators[index]
        if not (row.level1 or row.level2):
            return
        with Tag("tr", "group"), Tag("th", "", colspan=len(ROW_COLUMNS), scope="rowgroup"):
            self.value(f"/indicators/{index}/level1")
            Tag("span", "", " › ")
            self.value(f"/indicators/{index}/level2")

    def _indicator(self, index: int) -> None:
        row = self.evaluation.indicators[index]
        with Tag("tr", row.status):
            for name in ROW_COLUMNS:
                with Tag("td", "number" if name in ("weight", "score") else name):
                    self.value(f"/indicators/{index}/{name}")
        if row.deviation:
            with Tag("tr", "deviation"), Tag("td", "", colspan=len(ROW_COLUMNS)):
                Tag("span", "fine", "偏差原因及改进：")
                self.value(f"/indicators/{index}/deviation")

    def _statements(self) -> None:
        statements = self.evaluation.statements
        if not statements:
            return
        Tag("h2", "", f"正文陈述（{len(statements)}）")
        with Tag("ul", "statements"):
            for index, statement in enumerate(statements[:FIRST_STATEMENTS]):
                self._statement(index, statement)
        if len(statements) > FIRST_STATEMENTS:
            with Tag("details", "more"):
                Tag("summary", "", f"其余 {len(statements) - FIRST_STATEMENTS} 条")
                with Tag("ul", "statements"):
                    for index, statement in enumerate(statements[FIRST_STATEMENTS:], FIRST_STATEMENTS):
                        self._statement(index, statement)

    def _statement(self, index: int, statement: Statement) -> None:
        with Tag("li"):
            with Tag("div", "statement-head"):
                Tag("b", "", statement.indicator or "（未指明）")
                about = "，".join(text for text in (statement.period, statement.organisation) if text)
                if about:
                    Tag("span", "fine", about)
                for position, value in enumerate(statement.values):
                    Tag("span", "role", ROLES[value.role])
                    self.value(f"/statements/{index}/values/{position}/quantity")
            Tag("p", "fine", statement.sentence)

    def _problems(self) -> None:
        for name, title in (("problems", "存在的问题"), ("improvements", "改进措施")):
            texts = getattr(self.evaluation, name)
            if texts:
                Tag("h2", "", title)
                with Tag("ol", "texts"):
                    for index in range(len(texts)):
                        with Tag("li"):
                            self.value(f"/{name}/{index}")

    def _fill_history(self) -> None:
        """Who changed what, the latest first."""
        entries = [c for c in reversed(self.bench.state.history) if c.path.startswith(f"{self.base}/")]
        self.history_place.clear()
        if not entries:
            return
        with self.history_place, Tag("details", "more"):
            Tag("summary", "", f"修改记录（{len(entries)}）")
            with Tag("ul", "changes"):
                for entry in entries:
                    field = self.bench.by.get(pointer_of(entry.path))
                    name = field.name if field is not None else entry.path
                    what = "认可" if entry.path.endswith("/confidence") else f"{said(entry.old)} → {said(entry.new)}"
                    taken_back = f"（{entry.undone_by} 已撤销）" if entry.undone_at is not None else ""
                    Tag("li", "", f"{moment(entry.at)} {entry.actor}：{name}，{what}{taken_back}")


def short(label: str) -> str:
    """A column's name without what all of them say."""
    return label.removesuffix("数")


def said(value: object) -> str:
    """A corrected value in words: the text of a text or quantity, else the plain value."""
    text = value.get("text") if isinstance(value, dict) else value
    return "空" if text in (None, "") else str(text)

"""The original at left, what was read at right, and the bar in which a value is accepted or corrected."""

from __future__ import annotations

from typing import Any, Final

from nicegui import ui

from service.schema import Evaluation, Report
from service.store.corrections import NothingToUndo
from service.web.desk import Desk, State
from service.web.elements.page_view import PageView
from service.web.elements.shortcuts import Shortcuts
from service.web.frame import told
from service.web.inspector import EDITOR, Inspector
from service.web.reading_panel import Panel
from service.web.tags import Tag
from service.web.views import places
from service.web.views.fields import KINDS, Field, Kind, doubtful, fields, next_doubtful, pointer_of
from service.web.views.findings import Finding, failed, findings

ZOOM_STEP: Final = 1.25
EXPORTS: Final = {
    "report.xlsx": "Excel 工作簿", "report.csv": "CSV 表格", "annotated.pdf": "带批注的 PDF", "report": "JSON 数据",
    "file": "原文件",
}  # fmt: skip
ORIGINS: Final = {"text": "电子版", "scan": "扫描件", "mixed": "电子版与扫描页混合"}
KEYS: Final = {
    "n / p": "下一处、上一处待核", "Enter": "认可当前值", "直接输入": "改正当前值，回车保存，Esc 放弃",
    "F2": "在原文上修改",
    "u / Ctrl+Z": "撤销上一次修改", "[ / ]": "上一页、下一页", "Tab": "逐个走过各值，回车选中",
    "Ctrl+滚轮": "缩放原件，按住鼠标拖动", "?": "显示本说明",
}  # fmt: skip


class Workbench:
    """All that happens on the page of a document that was read."""

    def __init__(self, desk: Desk, state: State) -> None:
        self.desk = desk
        self.evaluation = 0
        self.current: str | None = None
        self.alarm: Finding | None = None
        self._take(state)

    def _take(self, state: State) -> None:
        """Keep a new state of the document."""
        assert state.report is not None
        self.state = state
        self.report: Report = state.report
        self.items: list[Field] = fields(self.report)
        self.by: dict[str, Field] = {item.pointer: item for item in self.items}
        self.original: dict[str, Field] = {f.pointer: f for f in fields(state.as_read or self.report)}
        self.findings = findings(self.report, self.items)
        self.faulty = failed(self.findings)
        self.wanted = doubtful(self.items, self.faulty)

    @property
    def document(self) -> Any:
        return self.state.document

    @property
    def field(self) -> Field | None:
        return self.by.get(self.current or "")

    @property
    def has_corrections(self) -> bool:
        """Whether there is anything to undo."""
        return any(correction.undone_at is None for correction in self.state.history)

    @property
    def shown(self) -> Evaluation:
        return self.report.evaluations[self.evaluation]

    # Building ------------------------------------------------------------------------------------------------------

    def build(self) -> None:
        self.keys = Shortcuts(self._act, EDITOR if self.desk.may_annotate else "")
        with Tag("div", "bench"):
            with Tag("section", "viewer", aria_label="原件"):
                self._viewer_bar()
                self.view = PageView(self._picked)
            with Tag("section", "reading", aria_label="读出的内容"):
                with Tag("div", "reading-scroll"):
                    self._summary()
                    self.panel_place = Tag("div", "panel")
                self.inspector = Inspector(self)
                self.inspector.build()
        self.help = self._help()
        self._show_evaluation()
        self.go_to_page(self._first_page())

    def open(self, evaluation: int, finding: int | None = None) -> None:
        """Begin at an evaluation, and at one of its findings; what is not there is left out."""
        if evaluation < len(self.report.evaluations) and evaluation != self.evaluation:
            self._turn_to(evaluation)
            self.go_to_page(self._first_page())
        own = [f for f in self.findings if f.evaluation == self.evaluation]
        if finding is not None and finding < len(own):
            self.show_finding(own[finding])

    def _viewer_bar(self) -> None:
        count = self.report.document.page_count
        with Tag("div", "bar viewer-bar"):
            self._tool("chevron_left", "上一页（[）", lambda: self.go_to_page(self.view.page - 1))
            numbers = {n: f"第 {n} 页，共 {count} 页" for n in range(1, count + 1)}
            self.pager = ui.select(numbers, value=1, on_change=lambda e: self.go_to_page(e.value))
            self.pager.props("dense borderless options-dense aria-label=页码").classes("pager")
            self._tool("chevron_right", "下一页（]）", lambda: self.go_to_page(self.view.page + 1))
            Tag("span", "gap")
            self._tool("remove", "缩小", lambda: self.view.zoom(1 / ZOOM_STEP))
            self._tool("add", "放大", lambda: self.view.zoom(ZOOM_STEP))
            self._tool("fit_screen", "适合宽度", lambda: self.view.zoom(None))
            ui.checkbox("显示方框", value=True, on_change=lambda e: self.view.show_outlines(e.value)).props("dense")

    @staticmethod
    def _tool(icon: str, label: str, work: Any) -> ui.button:
        button = ui.button(icon=icon, on_click=work).props("flat round dense")
        button.props["aria-label"] = button.props["title"] = label
        return button

    def _summary(self) -> None:
        """What is seen first: whose report, how good, how much is left to look at."""
        about = self.report.document
        self.title = Tag("h1", "")
        origin = ORIGINS[about.origin]
        Tag("p", "fine", f"{about.file_name} · {about.page_count} 页 · {origin}")
        if len(self.report.evaluations) > 1:
            names = {i: f"{i + 1}. {self._name(e)}" for i, e in enumerate(self.report.evaluations)}
            choice = ui.select(names, value=0, label=f"共 {len(names)} 份自评", on_change=self._chosen)
            choice.props("dense outlined options-dense").classes("evaluation-choice")
            self.choice: ui.select | None = choice
        else:
            self.choice = None
        with Tag("div", "row actions"):
            self.walk = Tag("button", "primary", type="button", title="跳到下一处待核（n）")
            self.walk.on("click", lambda: self.go_on(1))
            with ui.button("导出", icon="download").props("flat no-caps dense").classes("no-print"), ui.menu():
                for address, label in EXPORTS.items():
                    href = f"/v1/documents/{self.document.id}/{address}"
                    Tag("a", "menu-link", label, href=href, target="_blank" if address == "report" else None)
            printing = ui.button("打印", icon="print").props("flat no-caps dense").classes("no-print")
            printing.on("click", js_handler="() => window.print()")
            ui.button("按键", icon="keyboard", on_click=lambda: self.help.open()).props("flat no-caps dense").classes(
                "no-print wide-only"
            )
        for warning in self.report.warnings:
            where = f"第 {warning.page} 页：" if warning.page else ""
            Tag("p", "notice", f"{where}{warning.message}", role="note")

    def _help(self) -> ui.dialog:
        with ui.dialog() as dialog, Tag("div", "card keys"):
            Tag("h2", "", "按键")
            with Tag("dl", ""):
                for key, meaning in KEYS.items():
                    Tag("dt", "", key)
                    Tag("dd", "", meaning)
            ui.button("知道了", on_click=dialog.close).props("unelevated no-caps")
        return dialog

    # Showing -------------------------------------------------------------------------------------------------------

    @staticmethod
    def _name(evaluation: Evaluation) -> str:
        text = evaluation.subject or evaluation.title
        return text.text if text is not None and text.text else KINDS[evaluation.kind]

    def _show_evaluation(self) -> None:
        self.panel_place.clear()
        with self.panel_place:
            self.panel = Panel(self)
            if self.report.evaluations:
                self.panel.build()
            else:
                with Tag("div", "empty-state"):
                    Tag("p", "empty-title", "没有找到绩效自评表")
                    Tag("p", "", "请对照左侧原件，确认上传的是自评表或自评报告；扫描不清时请重新扫描后上传。")
        self._tell()

    def _tell(self) -> None:
        """Say what has changed with the state: title, counts, buttons."""
        named = self.report.evaluations and self._name(self.shown)
        self.title.say(named or self.report.document.file_name)
        left = len(self.wanted)
        self.walk.say(f"还有 {left} 处待核 →" if left else "没有待核的值")
        self.walk.mark_as(quiet=not left)

    def _first_page(self) -> int:
        own = [item.places for item in self.items if item.evaluation == self.evaluation]
        return min(places.pages_of(p for found in own for p in found), default=1)

    def go_to_page(self, number: int) -> None:
        count = self.report.document.page_count
        number = min(max(1, number), count)
        if number == self.view.page:
            return
        info = next((p for p in self.report.document.pages if p.page == number), None)
        width, height = (info.width, info.height) if info is not None else (0.0, 0.0)
        self.view.show_page(number, f"/v1/documents/{self.document.id}/pages/{number}.png", width, height)
        self.pager.set_value(number)
        self._outline()

    def _outline(self) -> None:
        drawn = places.outlines(self.items, self.view.page)
        self.view.outline(
            [
                {
                    "x": o.box[0], "y": o.box[1], "width": o.box[2] - o.box[0], "height": o.box[3] - o.box[1],
                    "section": o.section, "doubtful": o.doubtful, "faulty": o.pointer in self.faulty,
                    "name": f"{self.by[o.pointer].name}：{self.by[o.pointer].text}",
                }
                for o in drawn
            ]
        )  # fmt: skip

    def _point_out(self) -> None:
        """Show the value or the finding in hand on its page."""
        own = list(self.field.places) if self.field is not None else []
        alarmed = list(self.alarm.check.evidence) if self.alarm is not None else []
        pages = places.pages_of(own or alarmed)
        if pages and self.view.page not in pages:
            self.go_to_page(pages[0])
        page = self.view.page
        self.view.select(places.on_page(own, page), places.on_page(alarmed, page))

    # Acting --------------------------------------------------------------------------------------------------------

    def select(self, pointer: str, *, scroll: bool = True) -> None:
        """Take a value in hand."""
        before, self.current = self.current, pointer
        field = self.by[pointer]
        self.alarm = next((f for f in self.findings if concerns(f, pointer)), None) if pointer in self.faulty else None
        if field.evaluation != self.evaluation:
            self._turn_to(field.evaluation)
        self.panel.choose(before, pointer)
        self._point_out()
        self._fill()
        if scroll:
            self.panel.reveal(pointer)

    def _turn_to(self, evaluation: int) -> None:
        self.evaluation = evaluation
        if self.choice is not None:
            self.choice.set_value(evaluation)
        self._show_evaluation()

    def _chosen(self, event: Any) -> None:
        if event.value == self.evaluation:
            return
        self.evaluation, self.current, self.alarm = event.value, None, None
        self._show_evaluation()
        self._fill()
        self.go_to_page(self._first_page())

    def show_finding(self, finding: Finding) -> None:
        """Point out what a finding is about; its remedy, where it has one, comes to hand."""
        before, self.alarm = self.current, finding
        self.current = finding.remedy or (finding.pointers[0] if finding.pointers else None)
        self.panel.choose(before, self.current)
        self._point_out()
        self._fill()

    def _picked(self, x: float, y: float) -> None:
        found = places.pick(self.items, self.view.page, x, y, self.current)
        if found is not None:
            self.select(found.pointer)
        else:
            self.keys.ready()

    def go_on(self, step: int) -> None:
        """To the next or the previous doubtful value."""
        found = next_doubtful(self.items, self.wanted, self.current, step)
        if found is None:
            ui.notify("没有待核的值了", type="positive", position="top")
            self.keys.ready()
        else:
            self.select(found.pointer)

    async def accept(self) -> None:
        """Vouch for the value in hand."""
        field = self.field
        if field is None or not self.desk.may_annotate:
            return
        if not field.doubtful:
            ui.notify("这个值不需要认可；有误请直接输入改正", position="top")
            return
        await self.desk.accept(field)
        await self._renew(f"已认可：{field.name}")

    async def commit(self) -> None:
        """Save what was typed in place of the value in hand."""
        field = self.field
        if field is None or not self.desk.may_annotate:
            return
        typed = self.inspector.typed
        if typed == field.text:
            if field.doubtful:
                await self.accept()
            return
        await self.change(field, typed)

    async def change(self, field: Field, typed: str) -> None:
        """Put what was typed in a value's place, and say what it mended."""
        before = self._standing()
        await self.desk.correct(field, typed)
        await self._renew(f"已改正：{field.name}", before)

    def _standing(self) -> set[tuple[int, str, str]]:
        """The findings as they stand, comparable."""
        return {(f.evaluation, f.check.rule, f.check.message) for f in self.findings}

    async def take_suggestion(self, finding: Finding) -> None:
        """Put a finding's suggestion in place."""
        if finding.remedy is None or finding.check.suggestion is None:
            return
        self.show_finding(finding)
        await self.change(self.by[finding.remedy], finding.check.suggestion)

    async def undo(self) -> None:
        if not self.desk.may_annotate:
            return
        try:
            path = await self.desk.undo()
        except NothingToUndo as error:
            ui.notify(error.message, position="top")
            return
        await self._renew("已撤销上一次修改")
        if pointer_of(path) in self.by:
            self.select(pointer_of(path))

    async def _renew(self, said: str, before: set[tuple[int, str, str]] | None = None) -> None:
        """Show the document as it stands now; `before` are the findings that stood."""
        self._take(await self.desk.state())
        gone = len((before or set()) - self._standing())
        said += f"，消除 {gone} 个问题" if gone else ""
        self.alarm = None
        self.panel.update()
        self._tell()
        self._outline()
        self._point_out()
        self._fill()
        ui.notify(said, type="positive" if gone else None, position="top", timeout=2500)

    async def _act(self, name: str) -> None:
        """A key was pressed."""
        turns = {"earlier": -1, "later": 1}
        if name in ("next", "previous"):
            self.go_on(1 if name == "next" else -1)
        elif name in turns:
            self.go_to_page(self.view.page + turns[name])
        elif name == "help":
            self.help.open()
        elif name in ("accept", "undo"):
            await told(self.accept if name == "accept" else self.undo)()

    def _fill(self) -> None:
        """Show the value in hand in the bar at the foot."""
        self.inspector.fill()
        self.keys.ready()

    def doubts(self, field: Field) -> str:
        """Why a value wants a look, or what became of it."""
        said = []
        read = self.original.get(field.pointer)
        if read is not None and read.text != field.text:
            said.append(f"识别为“{read.text}”，已人工改正" if read.text else "人工补填")
        elif read is not None and read.doubtful and not field.doubtful:
            said.append("已人工认可")
        if field.doubtful and field.confidence is not None:
            said.append(f"识别把握 {field.confidence:.0%}，请对照原件")
        if field.pointer in self.faulty:
            said.append("与其他数据对不上")
        if field.kind is Kind.STATUS:
            said.append("由指标值和完成值得出")
        return "；".join(said)

    def is_changed(self, field: Field) -> bool:
        read = self.original.get(field.pointer)
        return read is not None and (read.text != field.text or (read.doubtful and not field.doubtful))


def concerns(finding: Finding, pointer: str) -> bool:
    """Whether a finding is about a value: by its remedy, else by its boxes."""
    return finding.remedy == pointer or (finding.remedy is None and pointer in finding.pointers)

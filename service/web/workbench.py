"""The original at left, what was read at right, and the bar in which a value is accepted or corrected."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, Final

from nicegui import ui

from service.schema import Evaluation, Evidence, Report
from service.store.corrections import NothingToUndo, UnknownPath
from service.store.models import DONE
from service.web.desk import Desk, State
from service.web.elements.in_hand import Answer, Decision, InHand, Told
from service.web.elements.page_view import PageView
from service.web.frame import tell
from service.web.reading_panel import Panel
from service.web.tags import Tag
from service.web.views import places
from service.web.views.fields import KINDS, Field, Kind, doubtful, fields, pointer_of
from service.web.views.findings import Finding, failed, findings
from service.web.views.listing import STATUSES

EXPORTS: Final = {
    "report.xlsx": "Excel 工作簿", "report.csv": "CSV 表格", "annotated.pdf": "带批注的 PDF", "report": "JSON 数据",
    "file": "原文件",
}  # fmt: skip
# What the colours of a printed report mean; on the screen each value says it.
MARKS: Final = "黄色的值识别把握不足 80%，请对照原件；红色的值与其他数据对不上；✎ 为人工改正或认可。"
ORIGINS: Final = {"text": "电子版", "scan": "扫描件", "mixed": "电子版与扫描页混合"}
KEYS: Final = {
    "n / p": "下一处、上一处待核", "Enter": "认可当前值", "直接输入": "改正当前值，回车保存，Esc 放弃",
    "F2": "在原文上修改",
    "u / Ctrl+Z": "撤销上一次修改", "[ / ]": "上一页、下一页", "Tab": "逐个走过各值，回车选中",
    "Ctrl+滚轮": "缩放原件，按住鼠标拖动", "?": "显示本说明",
}  # fmt: skip


class Workbench:
    """All that happens on the page of a document that was read."""

    def __init__(self, desk: Desk, state: State, evaluation: int = 0, finding: int | None = None) -> None:
        """Begins at an evaluation, and at one of its findings; what is not there is left out."""
        self.desk = desk
        self.turned = 0
        self.visited: set[int] = set()
        self.order = asyncio.Lock()  # decisions are carried out one by one
        self.answer = Answer(0, True)  # the last
        self._take(state)
        self.evaluation = evaluation if evaluation < len(self.report.evaluations) else 0
        own = [i for i, f in enumerate(self.findings) if f.evaluation == self.evaluation]
        self.opening = own[finding] if finding is not None and finding < len(own) else None

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
    def has_corrections(self) -> bool:
        """Whether there is anything to undo."""
        return any(correction.undone_at is None for correction in self.state.history)

    @property
    def shown(self) -> Evaluation:
        return self.report.evaluations[self.evaluation]

    # Building ------------------------------------------------------------------------------------------------------

    def build(self) -> None:
        about = self.report.document
        with Tag("div", "bench"):
            with Tag("section", "viewer", aria_label="原件"):
                images = f"/v1/documents/{self.document.id}/pages/"
                self.view = PageView(images, about.pages, about.page_count, self._first_page(), self._visit)
            with Tag("section", "reading", aria_label="读出的内容"):
                with Tag("div", "reading-scroll"):
                    self._summary()
                    self.panel_place = Tag("div", "panel")
                told = Told(self._decided, self._turn, lambda: self.help.open())
                keeps = f"{self.desk.who.actor} {self.document.id}"
                self.hand = InHand(told, annotates=self.desk.may_annotate, keeps=keeps, opening=self.opening)
        self.help = self._help()
        self._show_evaluation()

    def _summary(self) -> None:
        """What is seen first: whose report, how good, how much is left to look at."""
        about = self.report.document
        self.title = Tag("h1", "")
        origin = ORIGINS[about.origin]
        Tag("p", "fine", f"{about.file_name} · {about.page_count} 页 · {origin}")
        if len(self.report.evaluations) > 1:
            names = {i: f"{i + 1}. {self._name(e)}" for i, e in enumerate(self.report.evaluations)}
            choice = ui.select(names, value=self.evaluation, label=f"共 {len(names)} 份自评", on_change=self._chosen)
            choice.props("dense outlined options-dense").classes("evaluation-choice")
            self.choice: ui.select | None = choice
        else:
            self.choice = None
        with Tag("div", "row actions"):
            self.walk = Tag("button", "primary", type="button", title="跳到下一处待核（n）", data_act="next")
            with ui.button("导出", icon="download").props("flat no-caps dense").classes("no-print"), ui.menu():
                for address, label in EXPORTS.items():
                    href = f"/v1/documents/{self.document.id}/{address}"
                    Tag("a", "menu-link", label, href=href, target="_blank" if address == "report" else None)
            printing = ui.button("打印", icon="print").props("flat no-caps dense").classes("no-print")
            printing.on("click", js_handler="() => window.print()")
            ui.button("按键", icon="keyboard", on_click=lambda: self.help.open()).props("flat no-caps dense").classes(
                "no-print wide-only"
            )
        Tag("p", "fine print-only", MARKS)
        if self.document.status != DONE:
            why = f"：{self.document.error_message}" if self.document.error_message else ""
            Tag("p", "notice", f"重新处理{STATUSES[self.document.status]}{why}。这里是以前读出的内容。", role="note")
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
                    Tag("p", "", "请对照原件，确认上传的是自评表或自评报告；扫描不清时请重新扫描后上传。")
        self._tell()

    def _tell(self) -> None:
        """Say what has changed with the state: title, counts, values, outlines."""
        named = self.report.evaluations and self._name(self.shown)
        self.title.say(named or self.report.document.file_name)
        left = len(self.wanted)
        self.walk.say(f"还有 {left} 处待核 →" if left else "没有待核的值")
        self.walk.mark_as(quiet=not left)
        pages = self._own_pages() | self.visited | {self._first_page()}
        self.view.draw({page: self._drawing(page) for page in sorted(pages)})
        self._hand_over(pages)

    def _own_pages(self) -> set[int]:
        """The pages that print the evaluation."""
        own = [item.places for item in self.items if item.evaluation == self.evaluation]
        return set(places.pages_of(place for found in own for place in found))

    def _first_page(self) -> int:
        return min(self._own_pages(), default=1)

    def _drawing(self, page: int) -> dict[str, Any]:
        """What is drawn and can be clicked on a page."""
        drawn = [
            {
                "x": o.box[0], "y": o.box[1], "width": o.box[2] - o.box[0], "height": o.box[3] - o.box[1],
                "section": o.section, "doubtful": o.doubtful, "faulty": o.pointer in self.faulty,
                "name": f"{self.by[o.pointer].name}：{self.by[o.pointer].text}",
            }
            for o in places.outlines(self.items, page)
        ]  # fmt: skip
        spots = [{"box": list(spot.box), "pointer": spot.pointer} for spot in places.spots(self.items, page)]
        return {"outlines": drawn, "spots": spots}

    def _hand_over(self, pages: set[int]) -> None:
        """Let the browser know the values that may be chosen: of the evaluation and of `pages`, and the wanted."""
        wanted = {item.pointer for item in self.wanted}
        known = {
            item.pointer: self._value(item, order)
            for order, item in enumerate(self.items)
            if item.evaluation == self.evaluation
            or item.pointer in wanted
            or any(place.page in pages for place in item.places)
        }
        pointers = [finding.remedy or next(iter(finding.pointers), None) for finding in self.findings]
        self.hand.know(
            values=known, wanted=[item.pointer for item in self.wanted], evaluation=self.evaluation, turned=self.turned,
            findings=[
                {"places": _boxes(finding.check.evidence), "pointer": pointer}
                for finding, pointer in zip(self.findings, pointers, strict=True)
            ],
            start=self._first_page(), undoable=self.has_corrections,
        )  # fmt: skip

    def _value(self, item: Field, order: int) -> dict[str, Any]:
        finding = None
        if item.pointer in self.faulty:
            finding = next((i for i, f in enumerate(self.findings) if concerns(f, item.pointer)), None)
        return {
            "name": item.name, "text": item.text, "doubt": self.doubts(item), "doubtful": item.doubtful,
            "fixed": item.kind is Kind.STATUS, "order": order, "places": _boxes(item.places), "finding": finding,
        }  # fmt: skip

    # Turning -------------------------------------------------------------------------------------------------------

    def _visit(self, page: int) -> None:
        """A page is seen of which nothing was drawn yet."""
        self.visited.add(page)
        self._tell()

    def _turn(self, evaluation: int, number: int) -> None:
        """A value of another evaluation came to hand."""
        if number > self.turned:  # not one that was overtaken
            self.turned = number
            self._turn_to(evaluation)

    def _chosen(self, event: Any) -> None:
        """Another evaluation was asked for."""
        if event.value is not None and event.value != self.evaluation:
            self._turn_to(event.value)

    def _turn_to(self, evaluation: int) -> None:
        turns = evaluation != self.evaluation and 0 <= evaluation < len(self.report.evaluations)
        if not turns:
            self._tell()
            return
        self.evaluation = evaluation
        if self.choice is not None:
            self.choice.set_value(evaluation)
        self._show_evaluation()

    # Acting --------------------------------------------------------------------------------------------------------

    async def _decided(self, decision: Decision) -> None:
        """Carry out what the reader decided, once."""
        carry_out = {"accept": self._accept, "correct": self._correct, "undo": self._undo}[decision.name]
        async with self.order:
            with ui.context.client:
                if decision.number > self.answer.number:
                    try:
                        self.answer = Answer(decision.number, True, await carry_out(decision))
                    except Exception as error:
                        tell(error)
                        self.answer = Answer(decision.number, False)
                self.hand.answer(self.answer)

    async def _accept(self, decision: Decision) -> None:
        """Vouch for a value as it was read."""
        field = self._field(decision)
        if field.doubtful:
            await self.desk.accept(field)
            await self._renew(f"已认可：{field.name}")

    async def _correct(self, decision: Decision) -> None:
        """Put what was typed in a value's place, and say what it mended."""
        field = self._field(decision)
        if decision.typed == field.text:
            return
        before = self._standing()
        await self.desk.correct(field, decision.typed)
        await self._renew(f"已改正：{field.name}", before)

    def _field(self, decision: Decision) -> Field:
        """The value that was decided of. Raises UnknownPath."""
        field = self.by.get(decision.pointer)
        if field is None:
            raise UnknownPath(path=decision.pointer)
        return field

    def _standing(self) -> set[tuple[int, str, str]]:
        """The findings as they stand, comparable."""
        return {(f.evaluation, f.check.rule, f.check.message) for f in self.findings}

    async def _undo(self, _: Decision) -> str | None:
        """Take back the last correction; the value that it had changed."""
        try:
            pointer = pointer_of(await self.desk.undo())
        except NothingToUndo as error:
            ui.notify(error.message, position="top")
            return None
        await self._renew("已撤销上一次修改")
        return pointer if pointer in self.by else None

    async def _renew(self, said: str, before: set[tuple[int, str, str]] | None = None) -> None:
        """Show the document as it stands now; `before` are the findings that stood."""
        self._take(await self.desk.state())
        gone = len((before or set()) - self._standing())
        said += f"，消除 {gone} 个问题" if gone else ""
        self.panel.update()
        self._tell()
        ui.notify(said, type="positive" if gone else None, position="top", timeout=2500)

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


def _boxes(evidence: Iterable[Evidence]) -> list[dict[str, Any]]:
    """Places as the browser takes them."""
    return [{"page": place.page, "bbox": list(place.bbox)} for place in evidence]

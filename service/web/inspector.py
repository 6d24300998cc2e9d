"""The bar at the foot of the desk: the value in hand, and what may be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from nicegui import ui
from nicegui.events import GenericEventArguments

from service.web.frame import told
from service.web.tags import Tag
from service.web.views.fields import Kind

if TYPE_CHECKING:
    from service.web.workbench import Workbench

# A CSS selector of the field that takes corrections.
EDITOR: Final = ".inspector textarea"
# Enter saves and Escape gives up, but not while an input method is composing a word.
_TELL_KEY: Final = """(e) => {
    if (e.isComposing || !['Enter', 'Escape'].includes(e.key)) return;
    e.preventDefault(); e.stopPropagation(); e.target.blur(); emit(e.key);
}"""


class Inspector:
    """Shows the workbench's value; a reader who may annotate accepts or corrects it here."""

    def __init__(self, bench: Workbench) -> None:
        self.bench = bench
        self.may_annotate = bench.desk.may_annotate

    @property
    def typed(self) -> str:
        """What stands in the field."""
        return str(self.editor.value or "").strip()

    def build(self) -> None:
        with Tag("div", "inspector", role="region", aria_label="当前值"):
            with Tag("div", "inspector-head"):
                self.name = Tag("span", "inspector-name", "点选一个值，或按 n 跳到下一处待核")
                self.doubt = Tag("span", "inspector-doubt")
                Tag("span", "gap")
                Tag("button", "link", "下一处待核 ›", type="button").on("click", lambda: self.bench.go_on(1))
            with Tag("div", "inspector-body"):
                self.editor = ui.textarea().props("dense outlined autogrow rows=1 spellcheck=false")
                self.editor.props["aria-label"] = "当前值的内容"
                if self.may_annotate:
                    self._build_actions()
                else:
                    self.editor.props("readonly")
        self.fill()

    def _build_actions(self) -> None:
        self.editor.on("keydown", self._key, js_handler=_TELL_KEY)
        self.editor.on_value_change(self._offer)
        self.keep = ui.button("认可", on_click=told(self.bench.accept)).props("unelevated no-caps dense title=Enter")
        self.save = ui.button("保存修改", on_click=told(self.bench.commit)).props("unelevated no-caps dense")
        self.back = ui.button("撤销", on_click=told(self.bench.undo)).props("flat no-caps dense")
        self.back.props["title"] = "u 或 Ctrl+Z"

    def fill(self) -> None:
        """Show the value in hand as it stands."""
        field = self.bench.field
        self.editor.set_value(field.text if field is not None else "")
        self.editor.set_enabled(field is not None)
        if field is not None:
            self.name.say(field.name)
        self.doubt.say(self.bench.doubts(field) if field is not None else "")
        self._offer()

    def _offer(self) -> None:
        """Enable what can be done with the value in hand."""
        if not self.may_annotate:
            return
        field = self.bench.field
        changeable = field is not None and field.kind is not Kind.STATUS
        changed = field is not None and self.typed != field.text
        self.editor.props("" if changeable else "readonly", remove="readonly" if changeable else "")
        self.keep.set_enabled(field is not None and field.doubtful and not changed)
        self.save.set_enabled(changeable and changed)
        self.back.set_enabled(self.bench.has_corrections)

    async def _key(self, event: GenericEventArguments) -> None:
        if event.args == "Escape":
            self.fill()
        else:
            await told(self.bench.commit)()

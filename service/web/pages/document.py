"""The page of one document: progress while it is read, then the original beside what was read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nicegui import ui
from starlette.requests import Request
from starlette.responses import Response

from service.errors import JixiaoError
from service.store.models import CANCELLED, FAILED, UNFINISHED
from service.web import backstage
from service.web.desk import Desk, State
from service.web.frame import empty, failure, frame, looking, page, told
from service.web.tags import Tag
from service.web.views.listing import progress
from service.web.workbench import Workbench

if TYPE_CHECKING:
    from service.api.accounts import Viewer

# Seconds between looks at a document that is being read.
LOOK_EVERY = 1.0


@page("/documents/{document_id}", title="材料")
async def document_page(request: Request, document_id: str) -> Response | None:
    who = await backstage.viewer(request)
    if who is None:
        return backstage.to_login(request)
    desk = Desk(document_id, who)
    try:
        state = await desk.state()
    except JixiaoError as error:
        ui.context.client.status_code = error.http_status
        with frame("没有这份材料", who):
            failure(error)
        return None
    # One whose second reading failed or was cancelled still has the report of the first.
    is_read = state.report is not None and state.document.status not in UNFINISHED
    with frame(state.document.file_name, who, fills=is_read):
        if is_read:
            Workbench(desk, state, _number(request, "evaluation") or 0, _number(request, "finding")).build()
        else:
            _Waiting(desk, state, who).build()
    return None


def _number(request: Request, name: str) -> int | None:
    text = request.query_params.get(name, "")
    return int(text) if text.isdecimal() else None


class _Waiting:
    """A document without a report yet: how far it is, or why there will be none."""

    def __init__(self, desk: Desk, state: State, who: Viewer) -> None:
        self.desk = desk
        self.state = state
        self.who = who

    def build(self) -> None:
        document = self.state.document
        Tag("h1", "", document.file_name)
        if document.status in UNFINISHED:
            self._progress()
        elif document.status == FAILED:
            self._ended("没有读成", document.error_message or "原因不明，请重试。", "failed")
        elif document.status == CANCELLED:
            self._ended("已取消", "这份材料没有读完就取消了。需要时可以重新处理。", "")
        else:
            empty("没有结果", "处理已结束但没有留下结果。请重新处理。")

    def _progress(self) -> None:
        shown = progress(self.state.document, self.state.ahead)
        with Tag("div", "waiting card"):
            self.label = Tag("p", "waiting-label", shown.label, aria_live="polite")
            self.bar = Tag("progress", "", max=1, value=shown.share)
            Tag("p", "fine", "可以离开或关闭这一页，处理会继续；完成后这里自动显示结果。")
            if self.who.may("upload"):
                ui.button("取消处理", on_click=told(self._cancel)).props("flat no-caps")
        ui.timer(LOOK_EVERY, looking(self._look))

    async def _look(self) -> None:
        state = await self.desk.state()
        if state.document.status not in UNFINISHED:
            ui.navigate.reload()
            return
        shown = progress(state.document, state.ahead)
        self.label.say(shown.label)
        self.bar.attribute("value", str(shown.share))

    async def _cancel(self) -> None:
        await self.desk.cancel()
        ui.navigate.reload()

    def _ended(self, title: str, advice: str, kind: str) -> None:
        document = self.state.document
        with Tag("div", f"empty-state {kind}", role="alert"):
            Tag("p", "empty-title", title)
            Tag("p", "", advice)
            if document.error_code:
                Tag("p", "fine", f"错误代码：{document.error_code}")
            with Tag("div", "row"):
                if self.who.may("upload"):
                    ui.button("重新处理", on_click=told(self._retry)).props("unelevated no-caps")
                Tag("a", "button", "查看原文件", href=f"/v1/documents/{document.id}/file", target="_blank")
                Tag("a", "button", "回到材料列表", href="/")

    async def _retry(self) -> None:
        await self.desk.retry()
        ui.navigate.reload()

"""The first page: upload files, and find those that were uploaded."""

from __future__ import annotations

from typing import Any, Final

from nicegui import ui
from starlette.requests import Request
from starlette.responses import Response

from service.assembling import profiles
from service.store import documents
from service.store.models import DONE, UNFINISHED, Document
from service.store.paging import Listing
from service.web import backstage
from service.web.desk import Desk, may_delete
from service.web.elements.drop_zone import DropZone
from service.web.frame import frame, looking, page, told
from service.web.pages.results import PAGE_SIZE, Results
from service.web.tags import Tag
from service.web.views import filters
from service.web.views.listing import Row, row

# Seconds between looks at the list: while something is read, and otherwise.
LOOK_EVERY: Final = 1.5
IDLE_LOOKS: Final = 8
OWN_PROFILE: Final = ""


@page("/", title="材料")
async def home_page(request: Request) -> Response | None:
    who = await backstage.viewer(request)
    if who is None:
        return backstage.to_login(request)
    with frame("材料", who, "/"):
        listing = _Documents(who, dict(request.query_params))
        if who.may("upload"):
            _upload(listing)
        await listing.build()
        ui.timer(LOOK_EVERY, looking(listing.look))
    return None


def _upload(listing: _Documents) -> None:
    async def added(_document_id: str) -> None:
        await listing.show()

    zone = DropZone(
        "/v1/documents", csrf=listing.who.csrf, most_bytes=backstage.settings().max_bytes, on_added=told(added)
    )
    choices = {OWN_PROFILE: "按单位所在地自动选择", **profile_names()}

    def chosen(event: Any) -> None:
        zone.set_options({"profile": event.value} if event.value else {})

    with zone.add_slot("rules"):
        select = ui.select(choices, value=OWN_PROFILE, label="核对规则", on_change=chosen)
        select.props("dense options-dense borderless").classes("rules")


def profile_names() -> dict[str, str]:
    """The profiles by name, each with its title."""
    return {name: profiles.load(name).title for name in profiles.names()}


class _Documents(Results):
    path = "/"
    title = "材料"
    kind = "documents"
    offered = {  # noqa: RUF012 - never changed
        "text": filters.TEXT, "status": filters.STATUS, "year": filters.YEAR, "kind": filters.KIND,
        "grade": filters.GRADE, "has_errors": filters.ERRORS,
    }  # fmt: skip
    columns = ("材料", "单位", "年度", "得分", "等级", "核对", "状态", "")

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.rows: dict[str, _Line] = {}
        self.looks = 0

    async def load(self) -> Listing[Document]:
        await self.check()
        wanted = documents.Filters(**self.asked, group_id=self.who.sees)
        cursor = self.cursor
        return await backstage.read(lambda s: documents.page(s, wanted, cursor=cursor, limit=PAGE_SIZE))

    async def show(self) -> None:
        self.rows = {}
        await super().show()

    def row(self, item: Document) -> None:
        self.rows[item.id] = _Line(row(item), self)

    def nothing(self) -> tuple[str, str]:
        if self.who.may("upload"):
            return "还没有材料", "在上面选择或拖入绩效自评表、自评报告的 PDF 或扫描件，识别完成后在这里打开核对。"
        return "还没有材料", "有上传权限的同事上传后，会显示在这里。"

    async def look(self) -> None:
        """See how far the documents are; rows that came or went bring a new list."""
        self.looks += 1
        busy = any(line.shown.status in UNFINISHED for line in self.rows.values())
        if not busy and self.looks % IDLE_LOOKS:
            return
        held, self.cursor = self.cursor, None
        listing = await self.load()
        self.cursor = held
        has_more = len(self.rows) > PAGE_SIZE  # further pages were opened: a new list would close them
        if not has_more and [item.id for item in listing.items] != list(self.rows):
            await self.show()
            return
        for item in listing.items:
            if item.id in self.rows:
                self.rows[item.id].update(row(item))


class _Line:
    """One row; only what changes is sent again."""

    def __init__(self, shown: Row, listing: _Documents) -> None:
        self.shown = shown
        self.listing = listing
        with Tag("div", "list-row", role="listitem") as self.root:
            self._fill()

    def update(self, shown: Row) -> None:
        if shown == self.shown:
            return
        goes_on = shown.status == self.shown.status and shown.status in UNFINISHED
        self.shown = shown
        if goes_on:  # a menu that is open stays
            self.state.clear()
            with self.state:
                self._progress()
            return
        self.root.clear()
        with self.root:
            self._fill()

    def _fill(self) -> None:
        shown = self.shown
        with Tag("div", "name"):
            Tag("a", "", shown.name, href=f"/documents/{shown.id}")
            if shown.error:
                Tag("span", "fine trouble", shown.error)
            else:
                Tag("span", "fine", "；".join(shown.subjects) or f"{shown.uploaded} 上传")
        Tag("span", "unit fine", shown.units, title=shown.units)
        Tag("span", "", shown.years, data_label="年度")
        Tag("span", "", shown.scores, data_label="得分")
        Tag("span", "", shown.grades, data_label="等级")
        with Tag("span", "chips"):
            _counts(shown)
        with Tag("div", "state", title=f"{shown.uploaded} 上传") as self.state:
            self._progress()
        self._menu()

    def _progress(self) -> None:
        shown = self.shown
        Tag("span", "fine trouble" if shown.error else "fine", shown.progress.label)
        if shown.status in UNFINISHED:
            Tag("progress", max=1, value=shown.progress.share, aria_label=f"{shown.name}的进度")

    def _menu(self) -> None:
        if not self.listing.who.may("upload"):
            Tag("span")
            return
        with ui.button(icon="more_vert").props("flat round dense size=sm") as button, ui.menu():
            button.props["aria-label"] = f"{self.shown.name}的操作"
            if self.shown.status in UNFINISHED:
                ui.menu_item("取消处理", told(self._act("cancel")))
            else:
                ui.menu_item("重新处理", told(self._act("retry")))
            if may_delete(self.listing.who, self.shown.uploaded_by):
                ui.menu_item("删除", told(self._delete))

    def _act(self, action: str) -> Any:
        async def act() -> None:
            await getattr(Desk(self.shown.id, self.listing.who), action)()
            await self.listing.show()

        return act

    async def _delete(self) -> None:
        with self.listing.place, ui.dialog() as dialog, Tag("div", "card"):
            Tag("h2", "", "删除这份材料？")
            Tag("p", "", f"“{self.shown.name}”的原件、识别结果和修改记录都会删除，不能恢复。")
            with Tag("div", "row"):
                ui.button("删除", on_click=lambda: dialog.submit(True)).props("unelevated no-caps color=negative")
                ui.button("保留", on_click=lambda: dialog.submit(False)).props("flat no-caps")
        if await dialog:
            await self._act("delete")()


def _counts(shown: Row) -> None:
    if shown.errors:
        Tag("span", "chip error", f"错误 {shown.errors}")
    if shown.warnings:
        Tag("span", "chip warning", f"警告 {shown.warnings}")
    if shown.doubtful:
        Tag("span", "chip doubtful", f"待核 {shown.doubtful}")
    if shown.status == DONE and not shown.subjects:
        Tag("span", "chip warning", "未找到自评")
    elif shown.subjects and not (shown.errors or shown.warnings or shown.doubtful):
        Tag("span", "chip good", "无问题")

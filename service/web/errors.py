"""What the pages answer where there is no page, or where one fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from nicegui import Client, ui
from starlette.requests import Request
from starlette.responses import Response

from service.web import backstage
from service.web.frame import failure, frame, head, known
from service.web.tags import Tag

if TYPE_CHECKING:
    from nicegui import App


NOWHERE: Final = "没有这个页面"


def install(pages: App) -> None:
    """Put the error pages on NiceGUI's app."""
    pages.exception_handlers[404] = _no_page
    pages.on_page_exception(_failed)


def _failed(error: Exception) -> None:
    head("出错了")
    with Tag("div", "page"):
        failure(known(error))


async def _no_page(request: Request, _error: Exception) -> Response:
    who = await backstage.viewer(request)
    with Client(ui.page(""), request=request) as client:
        if who is None:
            head(NOWHERE)
            with Tag("div", "page"):
                _nothing_there()
        else:
            with frame(NOWHERE, who):
                _nothing_there()
        return client.build_response(request, 404)


def _nothing_there() -> None:
    with Tag("div", "empty-state"):
        Tag("p", "empty-title", NOWHERE)
        Tag("p", "", "地址可能输错了，或材料已被删除。")
        Tag("a", "button", "回到材料列表", href="/")

"""What all pages share: head, navigation, banner, and how errors are told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import structlog
from nicegui import ui

from service import __version__
from service.errors import InternalError, JixiaoError
from service.web.backstage import LoggedOut
from service.web.tags import Tag

if TYPE_CHECKING:
    from service.api.accounts import Viewer

log = structlog.get_logger(__name__)

NAME: Final = "绩校"
STATIC: Final = Path(__file__).parent / "static"
ASSETS: Final = "/assets"
ACCENT: Final = "#1c5d99"  # as in the style sheet
STYLE: Final = "jixiao.css"
NAVIGATION: Final = {"/": "材料", "/evaluations": "自评", "/findings": "问题", "/overview": "总览"}
ROLES: Final = {"reader": "查阅", "uploader": "上传", "annotator": "核对", "admin": "管理员"}
BUILD_SECONDS: Final = 30.0  # a page that a busy machine builds slowly is still better than an error

page = partial(ui.page, response_timeout=BUILD_SECONDS)


def head(title: str) -> None:
    """The page's title and style sheet, whose address changes with its content."""
    ui.page_title(f"{title} · {NAME}")
    ui.colors(primary=ACCENT)
    stamp = f"{__version__}-{(STATIC / STYLE).stat().st_mtime_ns:x}"
    ui.add_head_html(f'<link rel="stylesheet" href="{ASSETS}/{STYLE}?{stamp}">')


@contextmanager
def frame(title: str, who: Viewer, here: str = "", *, fills: bool = False) -> Iterator[Tag]:
    """A page of someone who is logged in; `here` is its address in the navigation. One that `fills` the window scrolls
    in its parts, not as a whole."""
    head(title)
    if fills:
        ui.context.client.content.classes("filled")
    with Tag("header", "top"):
        Tag("a", "brand", NAME, href="/", title="预算绩效自评核对")
        with Tag("nav", "", aria_label="主导航"):
            for address, label in NAVIGATION.items():
                Tag("a", "here" if address == here else "", label, href=address,
                    aria_current="page" if address == here else None)  # fmt: skip
        Tag("span", "gap")
        _account(who)
    if who.is_open:
        Tag("p", "banner", "本机单人模式：未设账号，只接受本机访问。对外提供服务前，请由管理员创建账号。", role="note")
    with Tag("div", "page wide" if fills else "page") as main:
        yield main


def _account(who: Viewer) -> None:
    if who.is_open:
        Tag("span", "who", "本机")
        return
    Tag("span", "who", f"{who.name}（{ROLES.get(who.role, who.role)}）")
    with Tag("form", "logout", method="post", action="/session/end"):
        Tag("input", type="hidden", name="csrf_token", value=who.csrf)
        Tag("button", "quiet", "退出", type="submit")


def empty(title: str, advice: str) -> None:
    """An empty state: what is missing, and what to do."""
    with Tag("div", "empty-state"):
        Tag("p", "empty-title", title)
        Tag("p", "", advice)


def failure(error: JixiaoError) -> None:
    """An error state: what went wrong, and what to do."""
    with Tag("div", "empty-state failed", role="alert"):
        Tag("p", "empty-title", "页面没有打开")
        Tag("p", "", error.message)
        Tag("p", "fine", f"错误代码：{error.code}")
        Tag("a", "button", "回到材料列表", href="/")


def known(error: Exception) -> JixiaoError:
    """An error that can be shown; defects are logged and told as such."""
    if isinstance(error, JixiaoError):
        return error
    log.error("a page failed", exc_info=error)
    return InternalError(reason=type(error).__name__)


def looking(work: Callable[[], Awaitable[Any]]) -> Callable[[], Awaitable[Any]]:
    """A timer's callback. Where the session has ended the page is loaded anew, which leads to the login and back."""

    async def look() -> None:
        try:
            await work()
        except LoggedOut:
            ui.navigate.reload()
        except Exception as error:
            known(error)  # said in the log; the next look may succeed

    return look


def told(work: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """An event handler whose errors are shown to the user. What caused the event may go away while it is handled."""

    @wraps(work)
    async def handler(*arguments: Any, **named: Any) -> Any:
        with ui.context.client:
            try:
                return await work(*arguments, **named)
            except Exception as error:
                tell(error)
                return None

    return handler


def tell(error: Exception) -> None:
    """Show an error to the user, over whatever else is shown."""
    ui.notify(known(error).message, type="negative", position="top", timeout=8000, close_button="知道了")

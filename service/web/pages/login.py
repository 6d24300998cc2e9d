"""Where users log in."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from service.web import backstage
from service.web.frame import NAME, head, page
from service.web.tags import Tag

PROBLEMS: Final = {
    "wrong": "用户名或密码不正确，请核对后重试。",
    "limited": "尝试次数过多，请几分钟后再试。",
}


@page("/login", title="登录")
async def login_page(request: Request) -> Response | None:
    wanted = local(request.query_params.get("next", "/"))
    if await backstage.viewer(request) is not None:
        return RedirectResponse(wanted, status_code=303)
    head("登录")
    with Tag("div", "login card"):
        Tag("h1", "", NAME)
        Tag("p", "fine", "预算绩效自评核对")
        problem = PROBLEMS.get(request.query_params.get("error", ""))
        if problem:
            Tag("p", "problem", problem, role="alert")
        with Tag("form", method="post", action="/session"):
            Tag("input", type="hidden", name="next", value=wanted)
            with Tag("label"):
                Tag("span", "", "用户名")
                Tag("input", name="name", autocomplete="username", required=True, autofocus=True)
            with Tag("label"):
                Tag("span", "", "密码")
                Tag("input", name="password", type="password", autocomplete="current-password", required=True)
            Tag("button", "primary", "登录", type="submit")
    return None


def local(address: str) -> str:
    """An address of this service; anything else becomes the first page."""
    safe = address.startswith("/") and not address.startswith(("//", "/\\")) and "\\" not in address
    return address if safe else "/"

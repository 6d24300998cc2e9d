"""The web pages, in Chinese: NiceGUI mounted in the service's own app."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import FastAPI


def mount(app: FastAPI) -> None:
    """Serve the pages from `app`, at every address that it does not serve itself.

    They take `store`, `jobs`, `settings` and `accounts` from `app.state` when a page is opened. NiceGUI has one app a
    process: where several apps mount the pages, they belong to the last.
    """
    import nicegui
    from nicegui import ui

    from service.web import errors
    from service.web.frame import ASSETS, NAME, STATIC
    from service.web.pages import document, evaluations, findings, home, login, overview

    assert all((document, evaluations, findings, home, login, overview))  # importing a page puts it on NiceGUI's app
    pages = nicegui.app
    # What an earlier mount added would be there twice, and nothing may be added once requests were served.
    pages.user_middleware.clear()
    pages.middleware_stack = None
    pages.state = app.state
    if not any(getattr(route, "path", None) == ASSETS for route in pages.routes):
        pages.add_static_files(ASSETS, STATIC)
        errors.install(pages)
    ui.run_with(
        app,
        title=NAME,
        favicon=STATIC / "favicon.svg",
        language="zh-CN",
        tailwind=False,
        binding_refresh_interval=None,
        show_welcome_message=False,
        reconnect_timeout=15.0,
    )

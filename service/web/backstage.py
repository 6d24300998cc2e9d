"""What the pages take from the service: its store, its jobs and who is looking."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar, cast
from urllib.parse import quote

from nicegui import app, run
from starlette.requests import Request
from starlette.responses import RedirectResponse

from service.errors import InternalError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from service.api.accounts import Viewer
    from service.config import Settings
    from service.jobs import Jobs
    from service.store import Store

Result = TypeVar("Result")


def store() -> Store:
    """The store of the app that the pages are mounted in."""
    found: Store = app.state.store
    return found


def jobs() -> Jobs:
    found: Jobs = app.state.jobs
    return found


def settings() -> Settings:
    found: Settings = app.state.settings
    return found


async def read(work: Callable[[Session], Result]) -> Result:
    """`work` in a reading transaction, off the event loop."""

    def transaction() -> Result:
        with store().database.reading() as session:
            return work(session)

    return await _off_loop(transaction)


async def write(work: Callable[[Session], Result]) -> Result:
    """`work` in a writing transaction, off the event loop."""

    def transaction() -> Result:
        with store().database.session() as session:
            return work(session)

    return await _off_loop(transaction)


async def _off_loop(work: Callable[[], Result]) -> Result:
    """`work` in a thread."""
    return cast(Result, await run.io_bound(work))  # None only while the service stops


class LoggedOut(InternalError):
    """The session that opened a page has ended since."""

    code = "logged_out"
    http_status = 401
    retryable = False
    zh = "登录已过期。请重新登录，已保存的内容不会丢失。"
    en = "The session has ended. Log in again; what was saved is kept."


async def viewer(request: Request) -> Viewer | None:
    """Who opens a page; None for nobody."""
    from service.api import accounts

    return await run.io_bound(accounts.viewer, request)


async def still_there(who: Viewer) -> None:
    """Raises LoggedOut where the session of a page has ended: a page's connection outlives its cookie."""
    if not await run.io_bound(app.state.accounts.still_valid, who):
        raise LoggedOut


def to_login(request: Request) -> RedirectResponse:
    """Send to the login page, and back here after it."""
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/login?next={quote(here)}", status_code=303)

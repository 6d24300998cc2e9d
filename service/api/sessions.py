"""Logging in and out: plain HTML forms, so that they work before any script has loaded."""

from __future__ import annotations

from typing import Annotated, Final
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse

from service.api import accounts, errors
from service.api.dependencies import RatesOf

router = APIRouter(include_in_schema=False)

LOGIN_PAGE: Final = "/login"
HOME: Final = "/"
# Go on with GET, whatever method this was.
SEE_OTHER: Final = 303


@router.post("/session")
def log_in(
    request: Request,
    rates: RatesOf,
    name: Annotated[str, Form(max_length=100)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    goal: Annotated[str, Form(alias="next", max_length=2000)] = HOME,
) -> RedirectResponse:
    """Set the session's cookie and go on to `next`; back to the login page where that fails."""
    goal = local_path(goal)
    try:
        name = name.replace("\0", "")  # which databases refuse
        rates.check_login(name, request.client.host if request.client else "")
        login = accounts.of(request).log_in(name, password)
    except errors.LoginRefused:
        return _back("wrong", goal)
    except errors.TooFast:
        return _back("limited", goal)
    answer = RedirectResponse(goal, SEE_OTHER)
    answer.set_cookie(
        accounts.COOKIE,
        login.token,
        max_age=login.seconds,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    return answer


@router.post("/session/end")
def log_out(request: Request, csrf_token: Annotated[str, Form(max_length=200)] = "") -> RedirectResponse:
    """End the session, for every page that is open with it."""
    viewer = accounts.viewer(request)
    if viewer is not None and viewer.session_id is not None:
        if not viewer.knows(csrf_token):
            raise errors.CsrfRefused
        accounts.of(request).log_out(viewer)
    answer = RedirectResponse(LOGIN_PAGE, SEE_OTHER)
    answer.delete_cookie(accounts.COOKIE, httponly=True, samesite="lax")
    return answer


def local_path(goal: str) -> str:
    """`goal` where it is a path of this service, else the first page: a link must not log people in elsewhere."""
    is_plain = goal.isprintable() and "\\" not in goal and goal.startswith("/") and not goal.startswith("//")
    try:
        parts = urlsplit(goal)
    except ValueError:
        return HOME
    return goal if is_plain and not parts.scheme and not parts.netloc else HOME


def _back(error: str, goal: str) -> RedirectResponse:
    return RedirectResponse(f"{LOGIN_PAGE}?{urlencode({'error': error, 'next': goal})}", SEE_OTHER)

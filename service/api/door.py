"""What every request passes before anything else looks at it: whether it may come in, who sends it, how large it is.

It stands before the framework, so that a body is not even received from someone who may not send it. It also counts
and times requests, and gives every answer its security headers.
"""

from __future__ import annotations

import asyncio
import time
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit
from uuid import uuid4

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api import errors, problems
from service.api.accounts import Accounts, Viewer
from service.api.metrics import Metrics
from service.api.rates import Rates
from service.config import MEGABYTE, Settings
from service.errors import JixiaoError, TooLarge

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
API: Final = "/v1/"
# Addresses of the interface that tell nothing about anybody's documents.
PUBLIC: Final = frozenset({"/v1/version"})
LOCAL_NAMES: Final = frozenset({"127.0.0.1", "localhost", "::1"})
CSRF_HEADER: Final = "x-csrf-token"
# A body that carries no file: corrections of the largest report are below.
PLAIN_BODY: Final = 4 * MEGABYTE
# Of a multipart body beside its files.
FORM_ROOM: Final = MEGABYTE
# What one upload of several files may hold, in largest files: it lies in temporary space while it is received.
FILES_ROOM: Final = 2

_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# NiceGUI's pages carry inline scripts and templates that are compiled in the browser.
_PAGE_POLICY: Final = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ws: wss:; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
_DATA_POLICY: Final = "default-src 'none'; frame-ancestors 'none'; sandbox"


class Door:
    """ASGI middleware around `app`."""

    def __init__(self, app: ASGIApp, accounts: Accounts, rates: Rates, metrics: Metrics, settings: Settings) -> None:
        self._app = app
        self._accounts = accounts
        self._rates = rates
        self._metrics = metrics
        self._max_bytes = settings.max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match scope["type"]:
            case "http":
                await self._serve(scope, receive, send)
            case "websocket":
                await self._connect(scope, receive, send)
            case _:
                await self._app(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        answer = _Answer(scope, send, request_id=uuid4().hex[:16])
        structlog.contextvars.bind_contextvars(request=answer.request_id)
        try:
            limit = await self._admitted(scope)
            await self._app(scope, _counted(receive, limit), answer.send)
        except JixiaoError as error:
            await problems.response(Request(scope), error)(scope, receive, answer.send)
        except asyncio.CancelledError:
            # The service ends and has waited for long enough. Raised further, this would fill the log.
            if not answer.is_begun:
                await problems.response(Request(scope), errors.Stopping())(scope, receive, answer.send)
        finally:
            structlog.contextvars.unbind_contextvars("request")
            self._metrics.request(scope, answer.status, time.perf_counter() - started)

    async def _admitted(self, scope: Scope) -> int:
        """How large the request's body may be. Raises a RequestError for one that is not let in."""
        if "\0" in scope["path"] or b"%00" in scope["query_string"]:
            raise errors.MalformedRequest(reason="NUL")  # no name or text of ours holds one, and databases refuse it
        connection = HTTPConnection(scope)
        await self._check_source(connection, is_safe=scope["method"] in SAFE_METHODS)
        path: str = scope["path"]
        if path.startswith(API) and path not in PUBLIC:
            viewer = await self._sender(connection)
            self._rates.check_request(viewer)
            _check_csrf(connection, viewer)
        limit = self._body_limit(path)
        length = connection.headers.get("content-length", "0")
        if length.isdecimal() and int(length) > limit:
            raise _too_large(int(length), limit)
        return limit

    async def _sender(self, connection: HTTPConnection) -> Viewer:
        """Raises KeyRefused, LoginNeeded; TooFast for an address that goes on trying."""
        try:
            viewer = await run_in_threadpool(self._accounts.viewer, connection)
            if viewer is None:
                raise errors.LoginNeeded
        except (errors.KeyRefused, errors.LoginNeeded):
            self._rates.check_request(_address(connection))
            raise
        return viewer

    def _body_limit(self, path: str) -> int:
        match path:
            case "/v1/documents":
                return FILES_ROOM * self._max_bytes + FORM_ROOM
            case "/v1/extract":
                return self._max_bytes + FORM_ROOM
            case _:
                return PLAIN_BODY

    async def _connect(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = HTTPConnection(scope)
        try:
            await self._check_source(connection, is_safe=False)
        except errors.RequestError:
            await send({"type": "websocket.close", "code": 1008})  # "policy violation"
            return
        await self._app(scope, receive, send)

    async def _check_source(self, connection: HTTPConnection, *, is_safe: bool) -> None:
        """Refuse what another site's page makes a browser send, and other names for an open service."""
        self._accounts.remember(connection)
        host = connection.headers.get("host", "")
        is_local = (urlsplit(f"//{host}").hostname or "") in LOCAL_NAMES if _is_plain(host) else False
        if not is_local and await run_in_threadpool(self._accounts.is_open):
            raise errors.HostRefused  # a name that was made to point here (DNS rebinding), or a proxy before us
        if not is_safe and _is_foreign(connection.headers, host):
            raise errors.CsrfRefused


class _Answer:
    """What goes back: its status is kept, its headers completed."""

    def __init__(self, scope: Scope, send: Send, *, request_id: str) -> None:
        self._scope = scope
        self._send = send
        self.request_id = request_id
        self.status = int(HTTPStatus.INTERNAL_SERVER_ERROR)
        self.is_begun = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.is_begun = message["status"], True
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            is_page = headers.get("content-type", "").startswith("text/html")
            headers.setdefault("Content-Security-Policy", _PAGE_POLICY if is_page else _DATA_POLICY)
            headers["X-Request-ID"] = self.request_id
            if self._scope["path"].startswith(API):
                headers.setdefault("Cache-Control", "no-store")
        await self._send(message)


def _counted(receive: Receive, limit: int) -> Receive:
    """`receive` that gives up a body beyond `limit` bytes, whatever length it was announced with."""
    total = 0

    async def counted() -> Message:
        nonlocal total
        message = await receive()
        total += len(message.get("body", b""))
        if total > limit:
            raise problems.Refused(_too_large(total, limit))
        return message

    return counted


def _too_large(size: int, limit: int) -> TooLarge:
    return TooLarge(megabytes=max(1, size // MEGABYTE), limit=max(1, limit // MEGABYTE))


def _check_csrf(connection: HTTPConnection, viewer: Viewer) -> None:
    """Another site's page can make a browser send its cookie, but cannot know what our pages know."""
    if connection.scope["method"] in SAFE_METHODS or viewer.session_id is None:
        return
    if not viewer.knows(connection.headers.get(CSRF_HEADER, "")):
        raise errors.CsrfRefused


def _is_foreign(headers: Headers, host: str) -> bool:
    """Whether a browser says that another site's page sent this; programs say nothing."""
    if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return True
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc.lower() != host.lower() if _is_plain(origin or "") else True


def _is_plain(name: str) -> bool:
    """Whether splitting an address with this name cannot fail."""
    return name.count("[") == name.count("]") <= 1 and name.isascii()


def _address(connection: HTTPConnection) -> str:
    return connection.client.host if connection.client else "unknown"

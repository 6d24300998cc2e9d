"""Who sends a request: a program with a key, a browser with a login, or anybody where the service runs open."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock
from typing import Final, Literal

from starlette.requests import HTTPConnection

from service.api import errors, security
from service.config import Settings
from service.store import Store, accounts, audit
from service.store.models import User, now

Scope = Literal["read", "upload", "annotate", "admin"]

COOKIE: Final = "jixiao_session"
ALL_SCOPES: Final = security.ROLE_SCOPES["admin"]
# How long this process may not notice that the first account was made.
OPEN_SECONDS: Final = 2.0
# A key's last use is noted so often at most: a write for each read would queue behind the workers' writes.
TOUCH_SECONDS: Final = 60.0

_ACCOUNTS: Final = "jixiao.accounts"
_VIEWER: Final = "jixiao.viewer"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is asking and what they may do.

    `actor` is how the audit trail names them; `group_id` is where their uploads go; `session_id` is set for a login
    in a browser; `csrf` is what its pages must send along with every change.
    """

    name: str
    actor: str
    role: str
    scopes: frozenset[str]
    group_id: str
    user_id: str | None = None
    session_id: str | None = None
    csrf: str = field(default="", repr=False)
    is_open: bool = False

    def may(self, scope: Scope) -> bool:
        return scope in self.scopes

    def need(self, scope: Scope) -> None:
        """Raises NotAllowed."""
        if scope not in self.scopes:
            raise errors.NotAllowed(scope=scope)

    @property
    def sees(self) -> str | None:
        """The group whose documents are seen; None sees all."""
        return None if self.is_open or self.may("admin") else self.group_id

    def knows(self, csrf: str) -> bool:
        return security.same(csrf, self.csrf)


@dataclass(frozen=True, slots=True)
class Login:
    """A new login; `token` goes into the cookie and is kept nowhere else."""

    viewer: Viewer
    token: str = field(repr=False)
    seconds: int


class Accounts:
    """Finds out who sends a request. Safe to share between threads."""

    def __init__(self, store: Store, settings: Settings, *, loopback: bool) -> None:
        self._store = store
        self._loopback = loopback
        self._session_time = timedelta(hours=settings.session_hours)
        self._lock = Lock()
        self._open: tuple[float, bool] | None = None
        self._touched: dict[str, float] = {}
        self._local: Viewer | None = None

    def remember(self, connection: HTTPConnection) -> None:
        """Let `viewer(connection)` find these accounts, in mounted apps too."""
        connection.scope[_ACCOUNTS] = self

    def is_open(self) -> bool:
        """Whether anybody may do everything: only this machine can reach the service, and nobody has an account."""
        if not self._loopback:
            return False
        with self._lock:
            known = self._open
        if known is not None and (not known[1] or time.monotonic() - known[0] < OPEN_SECONDS):
            return known[1]
        is_open = nobody(self._store)
        with self._lock:
            self._open = (time.monotonic(), is_open)
        return is_open

    def viewer(self, connection: HTTPConnection) -> Viewer | None:
        """Who sends this, or None where nothing says so. Raises KeyRefused."""
        if _VIEWER not in connection.scope:
            connection.scope[_VIEWER] = self._find(connection)
        found: Viewer | None = connection.scope[_VIEWER]
        return found

    def _find(self, connection: HTTPConnection) -> Viewer | None:
        kind, _, secret = connection.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return self._by_key(secret.strip())
        if self.is_open():
            return self._anybody()
        token = connection.cookies.get(COOKIE)
        return self._by_session(security.digest(token)) if token else None

    def _by_key(self, text: str) -> Viewer:
        prefix = security.key_prefix(text)
        if prefix is None:
            raise errors.KeyRefused
        with self._store.database.reading() as session:
            found = accounts.key(session, prefix)
        if found is None or found.revoked_at is not None or not security.same(found.hash, security.digest(text)):
            raise errors.KeyRefused
        self._touch(found.id)
        return Viewer(found.name, f"key:{prefix}", "key", frozenset(found.scopes), found.group_id)

    def _touch(self, key_id: str) -> None:
        with self._lock:
            if time.monotonic() - self._touched.get(key_id, -TOUCH_SECONDS) < TOUCH_SECONDS:
                return
            self._touched[key_id] = time.monotonic()
        with self._store.database.session() as session:
            accounts.touch_key(session, key_id)

    def _by_session(self, token_hash: str) -> Viewer | None:
        with self._store.database.reading() as session:
            found = accounts.web_session(session, token_hash)
        return None if found is None else _of_user(found[1], token_hash, found[0].csrf)

    def _anybody(self) -> Viewer:
        """The one who sits at this machine. What its pages must send is new with every start of the service."""
        with self._lock:
            if self._local is None:
                with self._store.database.reading() as session:
                    group = accounts.default_group(session)
                self._local = Viewer(
                    "本机", "local", "admin", ALL_SCOPES, group.id, csrf=security.new_token(), is_open=True
                )
            return self._local

    def still_valid(self, viewer: Viewer) -> bool:
        """Whether the viewer may go on: logged in still, in the same role."""
        if viewer.is_open:
            return self.is_open()
        return viewer.session_id is not None and self._by_session(viewer.session_id) == viewer

    def log_in(self, name: str, password: str) -> Login:
        """Raises LoginRefused."""
        with self._store.database.reading() as session:
            user = accounts.user(session, name)
        usable = user is not None and user.disabled_at is None
        if not security.password_fits(password, user.password_hash if user and usable else None) or user is None:
            raise errors.LoginRefused
        token, csrf = security.new_token(), security.new_token()
        viewer = _of_user(user, security.digest(token), csrf)
        with self._store.database.session() as session:
            accounts.open_session(session, security.digest(token), user.id, csrf, now() + self._session_time)
            audit.record(session, viewer.actor, "session.open", user.name, group_id=user.group_id)
        return Login(viewer, token, int(self._session_time.total_seconds()))

    def log_out(self, viewer: Viewer) -> None:
        if viewer.session_id is None:
            return
        with self._store.database.session() as session:
            accounts.close_session(session, viewer.session_id)
            audit.record(session, viewer.actor, "session.close", viewer.name, group_id=viewer.group_id)


def _of_user(user: User, token_hash: str, csrf: str) -> Viewer:
    return Viewer(
        user.name,
        f"user:{user.name}",
        user.role,
        security.ROLE_SCOPES[user.role],
        user.group_id,
        user_id=user.id,
        session_id=token_hash,
        csrf=csrf,
    )


def nobody(store: Store) -> bool:
    """Whether the store knows no user and no valid key."""
    with store.database.reading() as session:
        return accounts.nobody(session)


def of(connection: HTTPConnection) -> Accounts:
    """The accounts of the service that received `connection`."""
    found: Accounts = connection.scope[_ACCOUNTS]
    return found


def viewer(connection: HTTPConnection) -> Viewer | None:
    """Who sends a request or opened a websocket, or None. Asks the store: not for the event loop."""
    try:
        return of(connection).viewer(connection)
    except errors.KeyRefused:
        return None

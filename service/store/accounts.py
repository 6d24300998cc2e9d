"""Groups, users, keys and logins. Secrets come in as hashes: how they are made is the interface's concern."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, TypeVar

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.errors import InputError
from service.store.models import ROLES, SCOPES, ApiKey, Group, User, WebSession, now

DEFAULT_GROUP: Final = "default"
Row = TypeVar("Row", Group, User, ApiKey)


class NameTaken(InputError):
    code = "name_taken"
    http_status = 409
    zh = "名称“{name}”已被使用。请换一个名称。"
    en = "The name {name} is taken. Choose another."


class NoSuchName(InputError):
    code = "no_such_name"
    http_status = 404
    zh = "没有名为“{name}”的{what}。请核对名称。"
    en = "There is no {what} named {name}. Check the name."


def default_group(session: Session) -> Group:
    """The group of those who were given no other; made by the first migration."""
    return session.scalars(select(Group).where(Group.name == DEFAULT_GROUP)).one()


def group(session: Session, name: str) -> Group | None:
    return session.scalars(select(Group).where(Group.name == name)).one_or_none()


def groups(session: Session) -> Sequence[Group]:
    return session.scalars(select(Group).order_by(Group.name)).all()


def add_group(session: Session, name: str) -> Group:
    """Raises NameTaken."""
    return _added(session, Group(name=name), name)


def add_user(session: Session, name: str, password_hash: str, role: str, group_id: str) -> User:
    """Raises NameTaken."""
    assert role in ROLES
    return _added(session, User(name=name, password_hash=password_hash, role=role, group_id=group_id), name)


def user(session: Session, name: str) -> User | None:
    return session.scalars(select(User).where(User.name == name)).one_or_none()


def user_by_id(session: Session, user_id: str) -> User | None:
    return session.get(User, user_id)


def set_password(session: Session, user_id: str, password_hash: str) -> None:
    """Change a password; every login of the user ends."""
    session.execute(update(User).where(User.id == user_id).values(password_hash=password_hash))
    close_sessions_of(session, user_id)


def set_role(session: Session, user_id: str, role: str) -> None:
    assert role in ROLES
    session.execute(update(User).where(User.id == user_id).values(role=role))


def disable(session: Session, user_id: str) -> None:
    """Let a user log in no more, and end their logins."""
    session.execute(update(User).where(User.id == user_id).values(disabled_at=now()))
    close_sessions_of(session, user_id)


def users(session: Session) -> Sequence[User]:
    return session.scalars(select(User).order_by(User.name)).all()


def add_key(session: Session, name: str, prefix: str, hashed: str, scopes: Sequence[str], group_id: str) -> ApiKey:
    """Raises NameTaken where the prefix is taken."""
    assert set(scopes) <= set(SCOPES)
    return _added(
        session, ApiKey(name=name, prefix=prefix, hash=hashed, scopes=list(scopes), group_id=group_id), prefix
    )


def key(session: Session, prefix: str) -> ApiKey | None:
    """A key by its prefix, revoked ones included."""
    return session.scalars(select(ApiKey).where(ApiKey.prefix == prefix)).one_or_none()


def keys(session: Session) -> Sequence[ApiKey]:
    return session.scalars(select(ApiKey).order_by(ApiKey.created_at, ApiKey.prefix)).all()


def revoke_key(session: Session, prefix: str) -> ApiKey:
    """Raises NoSuchName."""
    found = key(session, prefix)
    if found is None:
        raise NoSuchName(what="密钥", name=prefix)
    found.revoked_at = found.revoked_at or now()
    return found


def touch_key(session: Session, key_id: str) -> None:
    """Note that a key was used."""
    found = session.get(ApiKey, key_id)
    if found is not None:
        found.last_used_at = now()


def nobody(session: Session) -> bool:
    """Whether nobody can prove who they are: there is no user, and no key that is not revoked."""
    able = select(User.id).where(User.disabled_at.is_(None)).exists()
    valid = select(ApiKey.id).where(ApiKey.revoked_at.is_(None)).exists()
    return not session.scalar(select(able | valid))


def open_session(session: Session, token_hash: str, user_id: str, csrf: str, expires_at: datetime) -> WebSession:
    opened = WebSession(token_hash=token_hash, user_id=user_id, csrf=csrf, expires_at=expires_at)
    session.add(opened)
    session.flush()
    return opened


def web_session(session: Session, token_hash: str) -> tuple[WebSession, User] | None:
    """A login that has not expired, and whose it is."""
    found = session.execute(
        select(WebSession, User)
        .join(User, User.id == WebSession.user_id)
        .where(WebSession.token_hash == token_hash, WebSession.expires_at > now(), User.disabled_at.is_(None))
    ).one_or_none()
    return None if found is None else (found[0], found[1])


def purge_sessions(session: Session) -> None:
    """Forget the logins that have expired."""
    session.execute(delete(WebSession).where(WebSession.expires_at < now()))


def close_session(session: Session, token_hash: str) -> None:
    session.execute(delete(WebSession).where(WebSession.token_hash == token_hash))


def close_sessions_of(session: Session, user_id: str) -> None:
    session.execute(delete(WebSession).where(WebSession.user_id == user_id))


def _added(session: Session, row: Row, name: str) -> Row:
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise NameTaken(name=name) from None
    return row

"""jixiao keys, jixiao users: who may use the service. Both work on the store that the settings name."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from service.store.models import Group, User

# How the audit trail names who sits at the server itself.
ACTOR: Final = "cli"
REFUSED: Final = 2

keys = typer.Typer(help="Keys for programs that use the service.", no_args_is_help=True)
users = typer.Typer(help="Users who log in to the web pages.", no_args_is_help=True)


class Scope(StrEnum):
    READ = "read"
    UPLOAD = "upload"
    ANNOTATE = "annotate"
    ADMIN = "admin"


class Role(StrEnum):
    READER = "reader"
    UPLOADER = "uploader"
    ANNOTATOR = "annotator"
    ADMIN = "admin"


Name = Annotated[str, typer.Argument(metavar="NAME", help="How the user logs in.")]
GroupName = Annotated[
    str, typer.Option("--group", help="Whose documents are seen; made where there is no such group yet.")
]
DataFolder = Annotated[Path | None, typer.Option(help="Folder of the database and the files (JIXIAO_DATA).")]
PasswordIn = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from stdin in place of asking for it.")
]


def register(app: typer.Typer) -> None:
    app.add_typer(keys, name="keys")
    app.add_typer(users, name="users")


@keys.command("create")
def create_key(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the key is for, for example the program's name.")],
    scope: Annotated[
        list[Scope] | None, typer.Option(help="What the key may do; may be repeated. By default read and upload.")
    ] = None,
    group: GroupName = "default",
    data: DataFolder = None,
) -> None:
    """Make a key and print it. It is shown this once: only its hash is kept."""
    from service.api import security
    from service.store import accounts, audit

    scopes = sorted(set(scope or (Scope.READ, Scope.UPLOAD)))
    new = security.new_key()
    with _session(data) as session:
        of = _group(session, group)
        accounts.add_key(session, name, new.prefix, new.digest, scopes, of.id)
        audit.record(session, ACTOR, "key.create", new.prefix, {"name": name, "scopes": scopes}, of.id)
    typer.echo(new.text)


@keys.command("list")
def list_keys(data: DataFolder = None) -> None:
    """List the keys: name, prefix, rights, group, when last used, whether revoked."""
    from service.store import accounts

    with _session(data) as session:
        groups = {group.id: group.name for group in accounts.groups(session)}
        rows = [
            (
                key.prefix,
                key.name,
                ",".join(key.scopes),
                groups[key.group_id],
                _shown(key.created_at),
                _shown(key.last_used_at),
                _shown(key.revoked_at),
            )
            for key in accounts.keys(session)
        ]
    _print(("prefix", "name", "scopes", "group", "created", "last used", "revoked"), rows)


@keys.command("revoke")
def revoke_key(
    prefix: Annotated[str, typer.Argument(metavar="PREFIX", help="The key's prefix, as `jixiao keys list` shows it.")],
    data: DataFolder = None,
) -> None:
    """Revoke a key: from now on it opens nothing."""
    from service.store import accounts, audit

    with _session(data) as session:
        revoked = accounts.revoke_key(session, prefix.removeprefix("jx_").partition("_")[0])
        audit.record(session, ACTOR, "key.revoke", revoked.prefix, {"name": revoked.name}, revoked.group_id)
        name = revoked.name
    typer.echo(f"revoked: {name}")


@users.command("create")
def create_user(
    name: Name,
    role: Annotated[Role, typer.Option(help="What the user may do; each role may do what those before it may.")],
    group: GroupName = "default",
    password_stdin: PasswordIn = False,
    data: DataFolder = None,
) -> None:
    """Make a user who logs in with a password."""
    from service.store import accounts, audit

    hashed = _hashed(password_stdin)
    with _session(data) as session:
        of = _group(session, group)
        accounts.add_user(session, name, hashed, role, of.id)
        audit.record(session, ACTOR, "user.create", name, {"role": role.value}, of.id)
    typer.echo(f"created: {name} ({role.value}, {group})")


@users.command("list")
def list_users(data: DataFolder = None) -> None:
    """List the users: name, role, group, whether disabled."""
    from service.store import accounts

    with _session(data) as session:
        groups = {group.id: group.name for group in accounts.groups(session)}
        rows = [
            (user.name, user.role, groups[user.group_id], _shown(user.created_at), _shown(user.disabled_at))
            for user in accounts.users(session)
        ]
    _print(("name", "role", "group", "created", "disabled"), rows)


@users.command("password")
def set_password(name: Name, password_stdin: PasswordIn = False, data: DataFolder = None) -> None:
    """Set a user's password anew; logins that are open end."""
    from service.store import accounts, audit

    hashed = _hashed(password_stdin)
    with _session(data) as session:
        user = _user(session, name)
        accounts.set_password(session, user.id, hashed)
        accounts.close_sessions_of(session, user.id)
        audit.record(session, ACTOR, "user.password", name, group_id=user.group_id)
    typer.echo(f"changed: {name}")


@users.command("role")
def set_role(
    name: Name,
    role: Annotated[Role, typer.Argument(metavar="ROLE", help="reader, uploader, annotator or admin.")],
    data: DataFolder = None,
) -> None:
    """Give a user another role."""
    from service.store import accounts, audit

    with _session(data) as session:
        user = _user(session, name)
        accounts.set_role(session, user.id, role)
        audit.record(session, ACTOR, "user.role", name, {"role": role.value}, user.group_id)
    typer.echo(f"changed: {name} ({role.value})")


@users.command("disable")
def disable_user(name: Name, data: DataFolder = None) -> None:
    """Shut a user out; what they did stays in the audit trail."""
    from service.store import accounts, audit

    with _session(data) as session:
        user = _user(session, name)
        accounts.disable(session, user.id)
        audit.record(session, ACTOR, "user.disable", name, group_id=user.group_id)
    typer.echo(f"disabled: {name}")


@contextmanager
def _session(data: Path | None) -> Iterator[Session]:
    """A transaction on the store; documented errors end the command with their text."""
    from service.commands.serve import chosen, complain
    from service.errors import JixiaoError
    from service.store import Store

    try:
        with Store(chosen(data)) as store:
            if store.database.is_sqlite or store.database.revision() is None:
                store.database.upgrade()  # keys are made before the service first runs
            store.database.check()
            with store.database.session() as session:
                yield session
    except JixiaoError as error:
        complain(error)


def _group(session: Session, name: str) -> Group:
    from service.store import accounts

    return accounts.group(session, name) or accounts.add_group(session, name)


def _user(session: Session, name: str) -> User:
    from service.store import accounts

    user = accounts.user(session, name)
    if user is None:
        raise accounts.NoSuchName(what="用户", name=name)
    return user


def _hashed(from_stdin: bool) -> str:
    from service.api import security

    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = typer.prompt("password", hide_input=True, confirmation_prompt=True)
    try:
        return security.hash_password(password)
    except ValueError as error:
        typer.secho(f"✗ {error}", fg="red", err=True)
        raise typer.Exit(REFUSED) from None


def _shown(time: datetime | None) -> str:
    return "" if time is None else time.astimezone().strftime("%Y-%m-%d %H:%M")


def _print(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """A table on a terminal; lines of fields elsewhere, for scripts."""
    if not sys.stdout.isatty():
        for row in rows:
            typer.echo("\t".join(row))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(*head, box=None)
    for row in rows:
        table.add_row(*row)
    Console().print(table)

"""jixiao serve: the API and the web pages, with a worker beside them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import typer

from service.errors import ConfigurationError, JixiaoError

if TYPE_CHECKING:
    from service.config import Settings
    from service.store import Store

GRACE_SECONDS: Final = 5  # for answers under way; a followed progress would never end by itself
NOT_STARTED: Final = 3  # uvicorn's
LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


class OpenToAll(ConfigurationError):
    code = "open_to_all"
    zh = "没有任何用户或密钥，不能监听 {host}。请先运行 jixiao users create 或 jixiao keys create，或改用 127.0.0.1。"
    en = (
        "There is no user and no key, so {host} cannot be listened on. Run jixiao users create or jixiao keys create "
        "first, or listen on 127.0.0.1."
    )


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; others than 127.0.0.1 need keys.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on.")] = 8000,
    data: Annotated[Path | None, typer.Option(help="Folder of the database and the files (JIXIAO_DATA).")] = None,
    worker: Annotated[bool, typer.Option(help="Read documents here too; without, jixiao worker must run.")] = True,
    load: Annotated[list[Path] | None, typer.Option(metavar="FILE", help="A file to hand in at the start.")] = None,
) -> None:
    """Serve the API and the pages, and read what is uploaded.

    Without settings everything lies in one folder. On 127.0.0.1 anyone on this machine may use it until the first user
    or key is made.
    """
    import uvicorn

    from service import logs
    from service.api import create_app
    from service.jobs.keeper import Keeper
    from service.store import Store

    settings = chosen(data)
    logs.to_stderr(settings.log_level)
    try:
        store = Store(settings)
        prepare(store)
        refuse_strangers(store, host)
    except ConfigurationError as error:
        complain(error)
    _load(store, load or [])
    keeper = Keeper(os.environ | {"JIXIAO_DATA": str(settings.data.absolute())}) if worker else None
    server: uvicorn.Server
    app = create_app(settings, store=store, loopback=host in LOOPBACK, is_ending=lambda: server.should_exit)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            log_level=settings.log_level,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
    )
    _announce(host, port, settings, is_open=host in LOOPBACK and _nobody(store))
    if keeper is not None:
        keeper.start()
    try:
        server.run()
    except KeyboardInterrupt:
        pass
    finally:
        if keeper is not None:
            keeper.stop()
        store.close()
    if not server.started:
        raise typer.Exit(NOT_STARTED)


def chosen(data: Path | None) -> Settings:
    """The settings with the folder that the command line names."""
    from service.config import settings

    return settings() if data is None else settings().model_copy(update={"data": data})


def prepare(store: Store) -> None:
    """Make the tables where there are none; bring those of SQLite up to date, which nobody else uses meanwhile.

    Raises OutdatedDatabase where an administrator should decide when to upgrade.
    """
    from service.jobs.queue import prepare_database

    if store.database.is_sqlite or store.database.revision() is None:
        store.database.upgrade()
    store.database.check()
    prepare_database(store.settings.jobs_database)
    store.files.check()


def refuse_strangers(store: Store, host: str) -> None:
    """Raise OpenToAll where others could connect and nobody would be asked who they are."""
    if host not in LOOPBACK and _nobody(store):
        raise OpenToAll(host=host)


def complain(error: JixiaoError) -> NoReturn:
    """Say what is wrong and end with 2."""
    from service.commands.extract import REFUSED, describe

    typer.echo(f"✗ {describe(error)}", err=True)
    raise typer.Exit(REFUSED)


def _load(store: Store, files: list[Path]) -> None:
    """Hand in files; those that are there already are not read again."""
    from service.api.uploads import media_type
    from service.commands.extract import read_file
    from service.jobs import Jobs
    from service.store import accounts

    jobs = Jobs(store)
    for file in files:
        data = read_file(file)
        with store.database.reading() as session:
            group = accounts.default_group(session).id
        jobs.add(data, file.name, media_type=media_type(data), group_id=group, uploaded_by="local")
    jobs.close()


def _nobody(store: Store) -> bool:
    from service.store import accounts

    with store.database.reading() as session:
        return accounts.nobody(session)


def _announce(host: str, port: int, settings: Settings, *, is_open: bool) -> None:
    shown = f"[{host}]" if ":" in host else host
    typer.echo(f"http://{shown}:{port}/  ({settings.data.absolute()})", err=True)
    if is_open:
        typer.echo("还没有用户和密钥：本机任何人都可以使用。请用 jixiao users create 建立用户。", err=True)

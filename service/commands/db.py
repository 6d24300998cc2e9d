"""jixiao db: the database's tables, backups."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from service.store import Store

Data = Annotated[Path | None, typer.Option(help="Folder of the database and the files (JIXIAO_DATA).")]

app = typer.Typer(help="The service's database: upgrade, backup, restore.", no_args_is_help=True)


@app.command()
def upgrade(data: Data = None) -> None:
    """Bring the tables to this version of the program. Stop the service and make a backup first."""
    from service.jobs.queue import prepare_database

    store = _store(data)
    before = store.database.revision()
    store.database.upgrade()
    prepare_database(store.settings.jobs_database)
    typer.echo(f"{before or '—'} → {store.database.revision()}")


@app.command()
def backup(
    target: Annotated[Path, typer.Argument(metavar="BACKUP.zip", help="File to write.")], data: Data = None
) -> None:
    """Write database and files into one zip file. The service may go on meanwhile."""
    from service.commands.serve import complain
    from service.errors import ConfigurationError
    from service.store import backup as archive

    store = _store(data)
    try:
        counts = archive.backup(store, target)
    except ConfigurationError as error:
        complain(error)
    typer.echo(f"{target}: {counts['documents']} documents, {counts['files']} files")


@app.command()
def restore(source: Annotated[Path, typer.Argument(metavar="BACKUP.zip", help="A backup.")], data: Data = None) -> None:
    """Fill an empty database and storage from a backup; from SQLite to PostgreSQL too."""
    from service.commands.serve import complain
    from service.errors import ConfigurationError
    from service.store import backup as archive

    store = _store(data)
    try:
        counts = archive.restore(store, source)
    except ConfigurationError as error:
        complain(error)
    typer.echo(f"{source}: {counts['documents']} documents, {counts['files']} files")


def _store(data: Path | None) -> Store:
    from service.commands.serve import chosen, complain
    from service.errors import ConfigurationError
    from service.store import Store

    try:
        return Store(chosen(data))
    except ConfigurationError as error:
        complain(error)

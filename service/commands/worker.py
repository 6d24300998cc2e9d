"""jixiao worker: read what is queued."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Final

import typer

# Beside a web server or a database, reading gives way to whoever waits for an answer; alone it makes no difference.
NICENESS: Final = 5


def worker(
    data: Annotated[Path | None, typer.Option(help="Folder of the database and the files (JIXIAO_DATA).")] = None,
    name: Annotated[str | None, typer.Option(hidden=True, help="Kept over restarts by who restarts this.")] = None,
    parent: Annotated[int | None, typer.Option(hidden=True, help="End when this process does.")] = None,
) -> None:
    """Read queued documents until stopped; any number of workers may share a database.

    Several machines need PostgreSQL (JIXIAO_DATABASE_URL) and a storage that all of them reach (JIXIAO_STORAGE_URL).
    """
    from service import isolation

    if hasattr(os, "nice"):
        os.nice(max(0, NICENESS - os.nice(0)))
    isolation.preload("service.preloads.worker")  # first: it takes as long as what follows, and another core

    from service import logs
    from service.commands.serve import chosen, complain
    from service.errors import ConfigurationError
    from service.jobs import worker as process

    settings = chosen(data)
    logs.to_stderr(settings.log_level)
    try:
        process.run(settings, name, parent)
    except ConfigurationError as error:
        complain(error)

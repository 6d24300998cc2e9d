"""The command line: one verb a command. What a verb does stands in service/commands/."""

from __future__ import annotations

from typing import Annotated

import typer

from service import __version__
from service.commands import check, db, doctor, extract, keys, render, serve, tagging, worker

app = typer.Typer(
    name="jixiao",
    help="Reads budget performance self-evaluation reports (绩效自评): PDF or scan in, structured evaluation out.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"jixiao {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    pass


app.command()(extract.extract)
app.command()(check.check)
app.command()(render.render)
app.command()(doctor.doctor)
tagging.register(app)
app.command()(serve.serve)
app.command()(worker.worker)
app.add_typer(db.app, name="db")
keys.register(app)

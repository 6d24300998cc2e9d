"""jixiao render: a page as the reader saw it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DPI = 150


def render(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="PDF or image.")],
    out: Annotated[Path, typer.Option(help="Write the picture to this PNG file.")],
    page: Annotated[int, typer.Option(min=1, help="Number of the page.")] = 1,
    password: Annotated[str | None, typer.Option(help="Password of an encrypted file.")] = None,
) -> None:
    """Draw a page with the lines, cells and values that were read on it.

    Exits with 2 where the file or the page is refused.
    """
    from service import logs
    from service.commands.extract import REFUSED, describe, read_file, write_atomically
    from service.config import settings
    from service.errors import InputError, PageError

    logs.to_stderr(settings().log_level)
    try:
        picture = _picture(read_file(file), file.name, page, password)
    except (InputError, PageError) as error:
        typer.secho(f"✗ {file}: {describe(error)}", fg="red", err=True)
        raise typer.Exit(REFUSED) from error
    write_atomically(out, picture)


def _picture(data: bytes, file_name: str, page: int, password: str | None) -> bytes:
    from service import pipeline
    from service.export import drawing

    options = pipeline.Options(password=password, pages=(page,))
    with pipeline.new_workers(1) as workers:
        document = pipeline.read(data, file_name, options=options, workers=workers)
        png = pipeline.page_image(data, file_name, page, password=password, dpi=DPI, workers=workers)
    report = pipeline.assemble(document)
    read = document.page(page)
    return drawing.draw(png, read.width, read.height, drawing.marks(document, report, page), dpi=DPI)

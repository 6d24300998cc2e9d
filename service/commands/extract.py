"""jixiao extract: files in, reports out."""

from __future__ import annotations

import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.progress import Progress

    from service.isolation import Workers
    from service.pipeline import Options
    from service.schema import Report

ALL_GOOD, DEFECT, REFUSED = 0, 1, 2


def extract(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="PDF, PNG, JPEG, TIFF, BMP or WebP.")],
    out: Annotated[
        Path | None, typer.Option(help="Write the report to this .json file, or one NAME.json a file into this folder.")
    ] = None,
    password: Annotated[str | None, typer.Option(help="Password of encrypted files.")] = None,
    pages: Annotated[str | None, typer.Option(metavar="1-5", help="Read only these pages, for example 1-5,8.")] = None,
    profile: Annotated[str | None, typer.Option(help="Rules to check by; told from the document by default.")] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Reading processes; one a core by default (JIXIAO_WORKERS).")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar and no notes on stderr.")] = False,
    summary: Annotated[
        bool, typer.Option("--summary", help="Print the readable summary also where stdout is not a terminal.")
    ] = False,
) -> None:
    """Read performance self-evaluation reports.

    Without --out, prints a summary on a terminal and JSON elsewhere (one report a line where there are several files).
    Exits with 0 when all files were read, 2 when some input was refused, 1 after a defect of the program.
    """
    from service import logs
    from service.config import settings
    from service.pipeline import Options, new_workers

    logs.to_stderr(settings().log_level)
    options = Options(password=password, pages=parse_pages(pages) if pages else None, profile=profile)
    targets = _targets(files, out)
    outcomes: Counter[int] = Counter()
    with new_workers(workers) as pool, _progress(quiet) as progress:
        for file, target, result in _extract_all(files, targets, options, pool, progress):
            outcomes[_outcome(result)] += 1
            if isinstance(result, Exception):
                _complain(progress, file, result)
            elif target is None:
                _print_report(progress, result, as_summary=summary or sys.stdout.isatty(), several=len(files) > 1)
            elif not quiet:
                progress.console.print(f"{file} → {target}", highlight=False, markup=False, soft_wrap=True)
    raise typer.Exit(DEFECT if outcomes[DEFECT] else REFUSED if outcomes[REFUSED] else ALL_GOOD)


def parse_pages(text: str) -> tuple[int, ...]:
    """The page numbers that "1-5,8" names, in order, each once."""
    numbers: set[int] = set()
    for part in text.replace("，", ",").split(","):
        first, dash, last = part.strip().partition("-")
        if not first.isdecimal() or (dash and not last.isdecimal()):
            raise typer.BadParameter(f"{text!r} names no pages; write for example 1-5,8", param_hint="--pages")
        start, end = int(first), int(last or first)
        if not 1 <= start <= end or end - start > 100_000:
            raise typer.BadParameter(f"{part.strip()!r} is no range of pages", param_hint="--pages")
        numbers.update(range(start, end + 1))
    return tuple(sorted(numbers))


def _targets(files: list[Path], out: Path | None) -> list[Path | None]:
    """Where each file's report goes; None is stdout. No two files share a target."""
    if out is None:
        return [None] * len(files)
    if out.suffix.lower() == ".json" and not out.is_dir():
        if len(files) > 1:
            raise typer.BadParameter("several files need a folder", param_hint="--out")
        return [out]
    stems = Counter(file.stem for file in files)
    targets: list[Path | None] = []
    for file in files:
        name = file.stem if stems[file.stem] == 1 else file.name
        target, copy = out / f"{name}.json", 2
        while target in targets:
            target, copy = out / f"{name}-{copy}.json", copy + 1
        targets.append(target)
    return targets


def _extract_all(
    files: list[Path], targets: list[Path | None], options: Options, pool: Workers, progress: Progress
) -> Iterator[tuple[Path, Path | None, Report | Exception]]:
    """The files' reports or errors, in the order of the files."""
    # One file more than there are children keeps them busy while the last pages of a file are being joined.
    with ThreadPoolExecutor(pool.count + 1) as threads:
        futures = [
            threads.submit(_extract_one, file, target, options, pool, progress)
            for file, target in zip(files, targets, strict=True)
        ]
        for file, target, future in zip(files, targets, futures, strict=True):
            try:
                yield file, target, future.result()
            except Exception as error:
                yield file, target, error
            except BaseException:  # Ctrl-C: do not wait for the files that have not begun
                threads.shutdown(wait=False, cancel_futures=True)
                pool.close()
                raise


def _extract_one(file: Path, target: Path | None, options: Options, pool: Workers, progress: Progress) -> Report:
    from service import pipeline

    bar = progress.add_task(file.name, total=None)
    try:
        report = pipeline.extract(
            read_file(file),
            file.name,
            options=options,
            workers=pool,
            on_page=lambda done, total: progress.update(bar, completed=done, total=total),
        )
        if target is not None:
            write_atomically(target, (report.model_dump_json(indent=2) + "\n").encode())
        return report
    finally:
        progress.remove_task(bar)


def read_file(file: Path) -> bytes:
    """The bytes of a file that the user named."""
    from service.config import settings
    from service.errors import TooLarge, UnreadableFile

    try:
        size = file.stat().st_size
        if size > settings().max_bytes:  # refused before it fills the memory
            raise TooLarge(megabytes=size // 1_000_000, limit=settings().max_bytes // 1_000_000)
        return file.read_bytes()
    except OSError as error:
        raise UnreadableFile(reason=error.strerror or str(error)) from None


def write_atomically(target: Path, content: bytes) -> None:
    """Write a file that appears whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _progress(quiet: bool) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    hidden = quiet or not console.is_terminal
    return Progress(*columns, console=console, transient=True, disable=hidden, redirect_stdout=False)


def _outcome(result: Report | Exception) -> int:
    from service.errors import InputError, PageError

    if not isinstance(result, Exception):
        return ALL_GOOD
    return REFUSED if isinstance(result, InputError | PageError) else DEFECT


def _complain(progress: Progress, file: Path, error: Exception) -> None:
    progress.console.print(f"✗ {file}: {describe(error)}", style="red", markup=False, highlight=False, soft_wrap=True)


def describe(error: Exception) -> str:
    """An error in the language of the command line, with its code."""
    from service.config import settings
    from service.errors import InternalError, JixiaoError

    known = error if isinstance(error, JixiaoError) else InternalError(reason=repr(error))
    return f"{known.text(settings().language)} [{known.code}]"


def _print_report(progress: Progress, report: Report, *, as_summary: bool, several: bool) -> None:
    progress.stop()  # the bar and the report may share a terminal
    if as_summary:
        from rich.console import Console

        from service.commands.summary import summarise
        from service.config import settings

        Console().print(summarise(report, settings().language))
    else:
        text = report.model_dump_json(indent=None if several else 2) + "\n"
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode())  # UTF-8, whatever the locale
        sys.stdout.buffer.flush()
    progress.start()

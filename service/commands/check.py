"""jixiao check: the findings on a report, most severe first."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple

import typer

from service.commands.extract import ALL_GOOD, DEFECT, REFUSED, describe, read_file, write_atomically

if TYPE_CHECKING:
    from service.export.tables import Table
    from service.schema import Check, Evaluation, Report

# Apart from 0, 1 and 2, which say how reading went, so that scripts can gate on findings.
ERRORS_FOUND: Final = 3

_STYLE: Final = {"error": "bold red", "warning": "yellow", "info": "dim"}


class Format(StrEnum):
    TABLE = "table"
    JSON = "json"
    XLSX = "xlsx"


class Row(NamedTuple):
    """A finding with the evaluation that it is about."""

    evaluation: str
    subject: str
    check: Check

    @property
    def pages(self) -> str:
        return "、".join(str(page) for page in sorted({e.page for e in self.check.evidence}))


def check(
    file: Annotated[
        Path, typer.Argument(metavar="REPORT.json|FILE", help="A report that extract wrote, or a file to read.")
    ],
    profile: Annotated[
        str | None, typer.Option(help="Rules to check by; told from the unit's province by default.")
    ] = None,
    output: Annotated[Format, typer.Option("--format", help="How to print the findings.")] = Format.TABLE,
    out: Annotated[
        Path | None, typer.Option(help="Write the findings to this file; needed on a terminal for xlsx.")
    ] = None,
    password: Annotated[str | None, typer.Option(help="Password of an encrypted file.")] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Reading processes; one a core by default (JIXIAO_WORKERS).")
    ] = None,
) -> None:
    """Check a self-evaluation: what contradicts itself, where, and the one figure that would mend it.

    Exits with 3 when there are errors among the findings, 0 when there are none, 2 when the input was refused, 1 after
    a defect of the program.
    """
    from service import logs
    from service.config import settings
    from service.errors import InputError, PageError

    logs.to_stderr(settings().log_level)
    if output is Format.XLSX and out is None and sys.stdout.isatty():
        raise typer.BadParameter("a sheet needs a file", param_hint="--out")
    try:
        report = _report(file, profile, password, workers)
    except Exception as error:
        typer.secho(f"✗ {file}: {describe(error)}", fg="red", err=True)
        raise typer.Exit(REFUSED if isinstance(error, InputError | PageError) else DEFECT) from None
    _give(report, output, out)
    has_errors = any(row.check.severity == "error" for row in findings(report))
    raise typer.Exit(ERRORS_FOUND if has_errors else ALL_GOOD)


def findings(report: Report) -> list[Row]:
    """A report's findings, most severe first."""
    from service.assembling.checks import SEVERITIES

    rows = [Row(e.id, _subject(e), c) for e in report.evaluations for c in e.checks]
    return sorted(rows, key=lambda row: SEVERITIES.index(row.check.severity))


def _subject(evaluation: Evaluation) -> str:
    text = evaluation.subject or evaluation.title
    return text.text if text is not None else evaluation.id


def _report(file: Path, profile: str | None, password: str | None, workers: int | None) -> Report:
    """The report in a JSON file, checked anew where a profile is asked for; or that of a file to read."""
    data = read_file(file)
    if file.suffix.lower() == ".json":
        report = _parsed(data)
        return _rechecked(report, profile) if profile else report
    from service.pipeline import Options, extract, new_workers

    with new_workers(workers) as pool:
        return extract(data, file.name, options=Options(password=password, profile=profile), workers=pool)


def _parsed(data: bytes) -> Report:
    from pydantic import ValidationError

    from service.errors import DamagedFile
    from service.schema import Report

    try:
        return Report.model_validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        raise DamagedFile(reason=f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}") from None


def _rechecked(report: Report, profile: str) -> Report:
    """The report with its forms checked by other rules. Findings on running text hold for every profile and stay."""

    def of_text(found: Check) -> bool:
        return found.rule in checks.OF_TEXT or (found.rule == "F4" and all(e.source == "span" for e in found.evidence))

    from service.assembling import checks, profiles

    rules = profiles.choose(profile, None)
    for evaluation in report.evaluations:
        kept = [c for c in evaluation.checks if of_text(c)]
        again = [c for c in checks.run(evaluation, None, rules) if c.rule not in checks.OF_TEXT]
        evaluation.checks = checks.ordered([*again, *kept])
    return report


def _give(report: Report, output: Format, out: Path | None) -> None:
    if output is Format.TABLE and out is None:
        _print_table(findings(report))
        return
    content = {Format.TABLE: _text, Format.JSON: _json, Format.XLSX: _sheet}[output](report)
    if out is not None:
        write_atomically(out, content)
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def _json(report: Report) -> bytes:
    rows = findings(report)
    found = [{"evaluation": r.evaluation, "subject": r.subject} | r.check.model_dump(mode="json") for r in rows]
    return (json.dumps(found, ensure_ascii=False, indent=2) + "\n").encode()


def _table(report: Report) -> Table:
    """The table of findings that a report's workbook has too, most severe first."""
    from service.export import tables

    made = tables.findings(report)
    at = [column.title for column in made.columns].index("级别")
    worst = list(tables.SEVERITIES.values())
    return replace(made, rows=sorted(made.rows, key=lambda row: worst.index(str(row[at].value))))


def _text(report: Report) -> bytes:
    made = _table(report)
    lines = [[c.title for c in made.columns]]
    lines += [["" if cell.value is None else str(cell.value) for cell in row] for row in made.rows]
    return "".join("\t".join(line) + os.linesep for line in lines).encode()


def _sheet(report: Report) -> bytes:
    from service.export import workbook

    return workbook.workbook([_table(report)], title=report.document.file_name)


def _print_table(rows: Sequence[Row]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from service.export.tables import SEVERITIES

    console = Console()
    if not rows:
        console.print("没有发现问题。")
        return
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1))
    for name in ("规则", "级别", "页", "问题", "建议"):
        table.add_column(name, ratio=1 if name == "问题" else None, overflow="fold", no_wrap=name in ("规则", "级别"))
    for subject in dict.fromkeys(row.subject for row in rows):
        table.add_row("", "", "", Text(subject, style="bold"), "")
        for row in (r for r in rows if r.subject == subject):
            c = row.check
            style = _STYLE[c.severity]
            table.add_row(
                c.rule, Text(SEVERITIES[c.severity], style=style), row.pages, Text(c.message), c.suggestion or ""
            )
    console.print(table)
    counts = {name: sum(row.check.severity == name for row in rows) for name in SEVERITIES}
    console.print("，".join(f"{SEVERITIES[name]} {count} 项" for name, count in counts.items() if count))

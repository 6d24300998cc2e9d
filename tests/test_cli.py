"""The command line as a user runs it: in a process of its own."""

from __future__ import annotations

import json
import os
import pty
import re
import resource
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pymupdf
import pytest
import typer

from service import __version__, cli
from service.commands import extract
from service.schema import Report
from tests.broken_files import PASSWORD, encrypted_pdf, truncated_pdf
from tests.plain_form import SUBJECT, form_pdf

ROOT = Path(__file__).parent.parent
MOST_BESIDE_TYPER = 3.0  # times what loading Typer takes; both grow alike where cores share their units
JIXIAO = (sys.executable, "-c", "from service.cli import app; app()")


def jixiao(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*JIXIAO, *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        check=False,
        stdin=subprocess.DEVNULL,
    )


@pytest.fixture
def form(tmp_path: Path) -> Path:
    path = tmp_path / "清淤 自评表.pdf"
    path.write_bytes(form_pdf())
    return path


def test_a_file_becomes_json_where_stdout_is_no_terminal(form: Path) -> None:
    done = jixiao("extract", form)
    report = Report.model_validate_json(done.stdout)
    assert done.returncode == 0
    assert done.stderr == ""
    assert [e.subject.text for e in report.evaluations if e.subject] == [SUBJECT]


def test_a_terminal_gets_the_summary_and_a_progress_bar(form: Path) -> None:
    shown = _on_a_terminal("extract", form)
    for text in (SUBJECT, "清淤河道长度", "≥12公里", "达成", "99.88", "1/1"):
        assert text in shown
    assert "schema_version" not in shown


def test_a_quiet_run_shows_no_progress_bar(form: Path) -> None:
    shown = _on_a_terminal("extract", form, "--quiet")
    assert SUBJECT in shown
    assert "1/1" not in shown


def test_the_summary_speaks_english_on_request(form: Path) -> None:
    done = jixiao("extract", form, "--summary", JIXIAO_LANGUAGE="en")
    assert "Project self-evaluation" in done.stdout
    assert SUBJECT in done.stdout


def test_several_files_go_on_after_a_bad_one(form: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(b"no PDF at all")
    done = jixiao("extract", form, bad, tmp_path / "missing.pdf", form, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["清淤 自评表.pdf-2.json", "清淤 自评表.pdf.json"]
    assert "bad.pdf: 不支持的文件类型" in done.stderr
    assert "[unsupported_file]" in done.stderr
    assert "missing.pdf: 文件打不开" in done.stderr


def test_several_files_give_one_report_a_line(form: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.pdf"
    other.write_bytes(truncated_pdf())
    done = jixiao("extract", form, other)
    assert [json.loads(line)["document"]["file_name"] for line in done.stdout.splitlines()] == [form.name, "other.pdf"]
    assert done.returncode == 0


def test_out_may_name_a_file(form: Path, tmp_path: Path) -> None:
    target = tmp_path / "new" / "report.json"
    done = jixiao("extract", form, "--out", target)
    assert done.returncode == 0
    assert Report.model_validate_json(target.read_text(encoding="utf-8")).document.file_name == form.name
    assert list(target.parent.iterdir()) == [target], "nothing but the report"
    assert str(target) in done.stderr


def test_a_refused_file_leaves_the_old_report_alone(tmp_path: Path) -> None:
    source, target = tmp_path / "locked.pdf", tmp_path / "report.json"
    source.write_bytes(encrypted_pdf())
    target.write_text("old")
    assert jixiao("extract", source, "--out", target).returncode == 2
    assert target.read_text() == "old"
    assert jixiao("extract", source, "--password", PASSWORD, "--out", target).returncode == 0
    assert Report.model_validate_json(target.read_text(encoding="utf-8")).evaluations


def test_pages_can_be_chosen(tmp_path: Path) -> None:
    source = tmp_path / "form.pdf"
    source.write_bytes(form_pdf(5))
    report = json.loads(jixiao("extract", source, "--pages", "2-3,5", "--workers", "2").stdout)
    assert [page["page"] for page in report["document"]["pages"]] == [2, 3, 5]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("extract",), "FILE"),
        (("extract", "a.pdf", "--pages", "5-1"), "5-1"),
        (("extract", "a.pdf", "b.pdf", "--out", "x.json"), "folder"),
        (("extract", "a.pdf", "--workers", "0"), "workers"),
        (("polish", "a.pdf"), "polish"),
    ],
)
def test_wrong_usage_is_explained(arguments: tuple[str, ...], complaint: str) -> None:
    done = jixiao(*arguments)
    assert done.returncode == 2
    assert complaint in done.stderr


@pytest.mark.parametrize(
    ("text", "pages"), [("3", (3,)), ("1-3", (1, 2, 3)), ("4,1-2，2", (1, 2, 4)), (" 7 - 8 ".replace(" ", ""), (7, 8))]
)
def test_page_ranges_are_understood(text: str, pages: tuple[int, ...]) -> None:
    assert extract.parse_pages(text) == pages


@pytest.mark.parametrize("text", ["", "0", "a", "1-", "-3", "3-1", "1--2", "1-999999999", "²"])
def test_what_is_no_page_range_is_refused(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        extract.parse_pages(text)


def test_a_setting_that_makes_no_sense_is_refused(form: Path) -> None:
    done = jixiao("extract", form, JIXIAO_MAX_PAGES="many")
    assert done.returncode != 0
    assert "max_pages" in done.stderr


def test_limits_come_from_the_settings(tmp_path: Path) -> None:
    source = tmp_path / "form.pdf"
    source.write_bytes(form_pdf(3))
    done = jixiao("extract", source, JIXIAO_MAX_PAGES="2")
    assert done.returncode == 2
    assert "[too_many_pages]" in done.stderr


def test_a_page_is_drawn_with_what_was_read(form: Path, tmp_path: Path) -> None:
    target = tmp_path / "page.png"
    assert jixiao("render", form, "--page", "1", "--out", target).returncode == 0
    drawn = pymupdf.Pixmap(target.read_bytes())
    assert drawn.width == pytest.approx(595 / 72 * 150, abs=2)
    values = {drawn.pixel(x, y) for x in range(0, drawn.width, 3) for y in range(0, drawn.height, 3)}
    coloured = [colour for colour in values if max(colour) - min(colour) > 20]
    assert coloured, "boxes are drawn in colour on a black and white page"


def test_a_page_that_does_not_exist_is_refused(form: Path, tmp_path: Path) -> None:
    done = jixiao("render", form, "--page", "9", "--out", tmp_path / "page.png")
    assert done.returncode == 2
    assert "[no_such_pages]" in done.stderr
    assert not (tmp_path / "page.png").exists()


def test_the_doctor_finds_what_reading_needs(tmp_path: Path) -> None:
    done = jixiao("doctor", TMPDIR=str(tmp_path))
    assert list(tmp_path.iterdir()) == [], "ONNX Runtime's telemetry would leave its identifier here"
    for line in ("✓ pymupdf", "✓ model PP-OCRv6_rec_small.onnx: found", "✓ reading process: reads '2023' for '2023'"):
        assert line in done.stdout


def test_the_version_is_told_at_once() -> None:
    assert jixiao("--version").stdout == f"jixiao {__version__}\n"
    ours = (*JIXIAO, "--version")
    bare = (sys.executable, "-c", "import typer, rich")
    assert min(_processor_seconds(*ours) for _ in range(5)) < MOST_BESIDE_TYPER * min(
        _processor_seconds(*bare) for _ in range(5)
    )


@pytest.mark.parametrize("library", ["torch", "numpy", "pymupdf", "paddleocr", "onnxruntime", "spacy", "pydantic"])
def test_help_loads_no_heavy_library(library: str) -> None:
    assert library not in _loaded_by("service.cli")


def test_only_children_load_what_opens_files() -> None:
    assert "pymupdf" not in _loaded_by("service.reading", "service.assembling")


def test_the_program_is_installed_under_its_name() -> None:
    from importlib.metadata import entry_points

    (entry,) = entry_points(group="console_scripts", name="jixiao")
    assert entry.load() is cli.app


@cache
def _loaded_by(*modules: str) -> frozenset[str]:
    """What a fresh interpreter has loaded when it has imported these."""
    code = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    return frozenset(done.stdout.split())


def _processor_seconds(*command: str) -> float:
    """Processor time, which a loaded machine stretches little."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _on_a_terminal(*arguments: Any) -> str:
    """What the command prints where stdout and stderr are a terminal of 120 columns, without colours."""
    ours, theirs = pty.openpty()
    environment = os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "120", "TERM": "xterm-256color"}
    command = [*JIXIAO, *map(str, arguments)]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment):
        os.close(theirs)
        output = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # Linux: the other side is closed
                break
            if not piece:
                break
            output += piece
    os.close(ours)
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", output.decode())

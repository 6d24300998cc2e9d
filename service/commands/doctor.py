"""jixiao doctor: what this installation has, what it lacks, and how to get it."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path

import typer

from service.errors import JixiaoError

PACKAGES = ("pymupdf", "onnxruntime", "opencv-contrib-python", "paddleocr", "paddlex", "rapidocr", "numpy", "pydantic")
OPENCV_DISTRIBUTIONS = (
    "opencv-contrib-python",
    "opencv-contrib-python-headless",
    "opencv-python",
    "opencv-python-headless",
)
MODELS = ("PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx")
TRIAL_TEXT = "2023"
LEAST_DISK = 2_000_000_000  # bytes; a file of the largest size is spilled to disk while it is read
LEAST_MEMORY = 2_000_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the examination. `remedy` is what to do where `good` is false; `needed` says whether that matters
    for reading at all."""

    name: str
    value: str
    good: bool = True
    remedy: str = ""
    needed: bool = True


def doctor() -> None:
    """Examine the installation: packages, models, a reading process, fonts, memory, settings.

    Exits with 0 when everything needed is there, else with 1.
    """
    from rich.console import Console

    console = Console()
    bad = False
    for finding in examine():
        mark, style = ("✓", "green") if finding.good else ("✗", "red") if finding.needed else ("!", "yellow")
        console.print(
            f"{mark} {finding.name}: {finding.value}", style=style, markup=False, highlight=False, soft_wrap=True
        )
        if not finding.good:
            console.print(f"  → {finding.remedy}", markup=False, highlight=False, soft_wrap=True)
        bad |= finding.needed and not finding.good
    raise typer.Exit(1 if bad else 0)


def examine() -> list[Finding]:
    """Everything that `jixiao doctor` prints, in its order."""
    parts: tuple[Callable[[], list[Finding]], ...] = (
        _python,
        _packages,
        _opencv,
        _models,
        _reading,
        _fonts,
        _resources,
        _settings,
    )
    return [finding for part in parts for finding in part()]


def _python() -> list[Finding]:
    supported = (3, 11) <= sys.version_info[:2] <= (3, 13)
    shown = f"{platform.python_version()} on {platform.platform()}"
    return [Finding("Python", shown, supported, "use Python 3.11, 3.12 or 3.13")]


def _packages() -> list[Finding]:
    return [_package(name) for name in PACKAGES]


def _package(name: str) -> Finding:
    try:
        return Finding(name, version(name))
    except PackageNotFoundError:
        return Finding(name, "missing", False, f"pip install {name}, or make install")


def _opencv() -> list[Finding]:
    found = [name for name in OPENCV_DISTRIBUTIONS if _package(name).good]
    remedy = "these overwrite each other's files: pip uninstall all of them, then make install"
    return [Finding("OpenCV", ", ".join(found) or "missing", len(found) == 1, remedy)]


def _models() -> list[Finding]:
    try:
        folder = files("rapidocr") / "models"
    except ModuleNotFoundError:
        return []  # said above
    remedy = "pip install --force-reinstall --no-deps rapidocr"
    found = [(name, (folder / name).is_file()) for name in MODELS]
    return [Finding(f"model {name}", "found" if there else "missing", there, remedy) for name, there in found]


def _reading() -> list[Finding]:
    """Let a reading process recognise a line: what fails there fails for every file."""
    from service.isolation import WorkerError
    from service.pipeline import new_workers

    with new_workers(1) as workers:
        try:
            text, megabytes = workers.submit(recognised).result()
        except (WorkerError, JixiaoError, OSError) as error:
            remedy = "install OpenGL's library: apt-get install libgl1 libglib2.0-0"
            if "libGL" not in str(error):
                remedy = "make install; if that does not help, send this line to the maintainers"
            return [Finding("reading process", f"fails: {error}", False, remedy)]
    right = text == TRIAL_TEXT
    remedy = "pip install --force-reinstall --no-deps rapidocr onnxruntime"
    return [Finding("reading process", f"reads {text!r} for {TRIAL_TEXT!r}, {megabytes} MB", right, remedy)]


def recognised() -> tuple[str, int]:
    """Runs in a child process: what the recogniser reads on a drawn line, and megabytes held then."""
    import cv2
    import numpy as np

    from service.isolation import resident_bytes
    from service.reading.ocr import Engine

    line = np.full((48, 160, 3), 255, np.uint8)
    cv2.putText(line, TRIAL_TEXT, (12, 38), cv2.FONT_HERSHEY_SIMPLEX, 1.3, (0, 0, 0), 2, cv2.LINE_AA)
    (reading,) = Engine(threads=1).recognise([line])
    return "".join(char.text for char in reading.chars), resident_bytes() // 1_000_000


def _fonts() -> list[Finding]:
    """Reading needs no fonts; drawing a PDF that embeds none does."""
    tool = shutil.which("fc-list")
    if tool is None:
        return []
    listed = subprocess.run([tool, ":lang=zh", "family"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    families = sorted({line.split(",")[0] for line in listed.splitlines() if line})
    remedy = "only PDFs without embedded fonts look different: apt-get install fonts-noto-cjk"
    shown = f"{len(families)} families" if families else "none"
    return [Finding("Chinese fonts", shown, bool(families), remedy, needed=False)]


def _resources() -> list[Finding]:
    from service.config import cores, settings

    workers, threads = settings().worker_count, settings().threads
    disk = shutil.disk_usage(tempfile.gettempdir()).free
    findings = [
        Finding("cores", f"{cores()}; {workers} reading processes with {threads} thread(s) each"),
        Finding(
            "temporary space",
            f"{disk // 1_000_000_000} GB in {tempfile.gettempdir()}",
            disk >= LEAST_DISK,
            "free 2 GB there, or set TMPDIR to another folder",
        ),
    ]
    memory = _free_memory()
    if memory is not None:
        shown = f"{memory / 1e9:.1f} GB free"
        findings.append(Finding("memory", shown, memory >= LEAST_MEMORY * workers, "set JIXIAO_WORKERS lower", False))
    return findings


def _free_memory() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable")), None)


def _settings() -> list[Finding]:
    from service.config import Settings, settings

    changed = settings().model_dump(exclude_defaults=True)
    shown = ", ".join(f"{Settings.model_config['env_prefix']}{k.upper()}={v}" for k, v in changed.items())
    return [Finding("settings", shown or "defaults")]

"""What every test may use. Fonts for rendered samples come from a wheel, so that no system fonts are needed."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from xml.sax.saxutils import escape

import hypothesis
import pytest

from service.config import settings
from service.isolation import Workers
from service.pipeline import new_workers
from service.reading.ocr import Engine
from tests import once

FONT_PACKAGE = "pylopdf_fonts_zh_cn"
# Families that the samples name, and those of the wheel that take their place where Debian's packages are absent.
SUBSTITUTES = {"Noto Sans CJK SC": "Noto Sans SC", "Noto Serif CJK SC": "Noto Serif SC"}
# The usual examples are the same in every run, so that a change fails by what it changed, and no machine is too slow.
# Others are sought by: pytest --hypothesis-profile thorough
PATIENT = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
hypothesis.settings.register_profile("usual", derandomize=True, **PATIENT)
hypothesis.settings.register_profile("thorough", max_examples=2000, **PATIENT)
hypothesis.settings.load_profile("usual")

SLOW = "JIXIAO_TEST_SLOW"
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "OPENCV_FOR_THREADS_NUM")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what waits long for a machine to die or strains one, unless it is asked for."""
    if os.environ.get(SLOW) == "required":
        return
    for item in items:
        if item.get_closest_marker("slow") is not None:
            item.add_marker(pytest.mark.skip(reason=f"slow: {SLOW}=required make test"))


def pytest_configure(config: pytest.Config) -> None:
    """Set up what the processes of pytest-xdist inherit: a folder for what is made once, fonts, one thread each."""
    sys.modules.setdefault("pymupdf.layout", None)  # type: ignore[arg-type] # takes seconds; reading processes leave it out
    if hasattr(config, "workerinput"):
        return
    once.begin(config.add_cleanup)
    os.environ["FONTCONFIG_FILE"] = str(_font_configuration())
    if getattr(config.option, "numprocesses", None):
        os.environ.update(dict.fromkeys(THREADS, "1"))


def _font_configuration() -> Path:
    """Names the wheel's fonts to fontconfig; must be known before anything loads that."""
    folder = Path(tempfile.gettempdir()) / f"jixiao-fonts-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    aliases = "".join(
        f"<alias binding='same'><family>{name}</family><accept><family>{substitute}</family></accept></alias>"
        for name, substitute in SUBSTITUTES.items()
    )
    text = (
        "<?xml version='1.0'?><!DOCTYPE fontconfig SYSTEM 'fonts.dtd'><fontconfig>"
        "<include ignore_missing='yes'>/etc/fonts/fonts.conf</include>"
        f"<dir>{escape(str(files(FONT_PACKAGE)))}</dir><cachedir>{escape(str(folder))}</cachedir>{aliases}</fontconfig>"
    )
    return once.written(folder / "fonts.conf", text.encode())


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The recogniser, its models loaded once for all tests that read in their own process."""
    return Engine(threads=1)


@pytest.fixture(scope="session")
def workers() -> Iterator[Workers]:
    """One reading process for all tests that only read."""
    with new_workers(1) as shared:
        yield shared


@pytest.fixture(autouse=True)
def _fresh_settings() -> Iterator[None]:
    """Environment variables that a test sets are seen by it, and by no other."""
    settings.cache_clear()
    yield
    settings.cache_clear()

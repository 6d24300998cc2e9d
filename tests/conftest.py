"""What every test may use. Fonts for rendered samples come from a wheel, so that no system fonts are needed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from service.config import settings
from service.isolation import Workers
from service.pipeline import new_workers

FONT_PACKAGE = "pylopdf_fonts_zh_cn"
# Families that the samples name, and those of the wheel that take their place where Debian's packages are absent.
SUBSTITUTES = {"Noto Sans CJK SC": "Noto Sans SC", "Noto Serif CJK SC": "Noto Serif SC"}


def pytest_configure() -> None:
    """Name the wheel's fonts to fontconfig, before anything loads it."""
    folder = Path(tempfile.gettempdir()) / f"jixiao-fonts-{os.getuid()}"
    folder.mkdir(exist_ok=True)
    aliases = "".join(
        f"<alias binding='same'><family>{name}</family><accept><family>{substitute}</family></accept></alias>"
        for name, substitute in SUBSTITUTES.items()
    )
    configuration = folder / "fonts.conf"
    configuration.write_text(
        "<?xml version='1.0'?><!DOCTYPE fontconfig SYSTEM 'fonts.dtd'><fontconfig>"
        "<include ignore_missing='yes'>/etc/fonts/fonts.conf</include>"
        f"<dir>{escape(str(files(FONT_PACKAGE)))}</dir><cachedir>{escape(str(folder))}</cachedir>{aliases}</fontconfig>",
        encoding="utf-8",
    )
    os.environ["FONTCONFIG_FILE"] = str(configuration)


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

"""Settings, read from environment variables that begin with JIXIAO_ (docs/configuration.md lists them all)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file and one page may cost.

    `max_bytes`: of a file. `max_pages`: read of one file. `page_seconds`: for one page, opening the file included.
    `max_page_points`: the longer side of a PDF page (A0 is 3,370; above, no form is meant). `max_pixels`: of one image
    (A3 at 600 dpi has 70 million). `max_drawings`: vector paths of one page that table finding looks at.
    `memory_mb`: of one reading process.
    """

    max_bytes: int = 200 * MEGABYTE
    max_pages: int = 500
    page_seconds: float = 60.0
    max_page_points: float = 5_000.0
    max_pixels: int = 100_000_000
    max_drawings: int = 50_000
    memory_mb: int = 3_000


DEFAULTS = Limits()


class Settings(BaseSettings):
    """All that an administrator may set. Units stand in the names or the descriptions."""

    model_config = SettingsConfigDict(env_prefix="JIXIAO_", extra="ignore")

    language: Literal["zh", "en"] = Field("zh", description="language of the command line's messages")
    log_level: Literal["debug", "info", "warning", "error"] = Field("warning", description="least level logged")
    workers: int = Field(0, ge=0, description="reading processes; 0 takes one a core")
    threads: int = Field(1, ge=1, description="OCR threads of each reading process")
    max_bytes: int = Field(DEFAULTS.max_bytes, gt=0, description="largest file, in bytes")
    max_pages: int = Field(DEFAULTS.max_pages, gt=0, description="most pages read of one file")
    page_seconds: float = Field(DEFAULTS.page_seconds, gt=0, description="longest time for one page, in seconds")
    max_page_points: float = Field(DEFAULTS.max_page_points, gt=0, description="longest side of a PDF page, in points")
    max_pixels: int = Field(DEFAULTS.max_pixels, gt=0, description="most pixels of one image")
    max_drawings: int = Field(DEFAULTS.max_drawings, gt=0, description="most drawing operations of one page")
    memory_mb: int = Field(DEFAULTS.memory_mb, ge=1_000, description="memory of one reading process, in MB (Linux)")

    @property
    def limits(self) -> Limits:
        return Limits(**{name: getattr(self, name) for name in Limits.__dataclass_fields__})

    @property
    def worker_count(self) -> int:
        return self.workers or cores()


def cores() -> int:
    """Cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS and Windows
        return os.cpu_count() or 1


@cache
def settings() -> Settings:
    """The settings of this process."""
    return Settings()

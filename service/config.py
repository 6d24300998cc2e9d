"""Settings, read from environment variables that begin with JIXIAO_ (docs/configuration.md lists them all)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
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

    data: Path = Field(Path("jixiao-data"), description="folder of the database and the files")
    database_url: str = Field("", description="database; empty is an SQLite file in the data folder")
    storage_url: str = Field("", description="where files are kept; empty is a folder in the data folder")
    document_seconds: float = Field(3_600.0, gt=0, description="longest time for one document, in seconds")
    worker_silence: float = Field(15.0, ge=3, description="seconds without a sign of life: a worker is dead")
    keep_days: int = Field(0, ge=0, description="days after which finished documents are deleted; 0 keeps them")
    webhook_hosts: str = Field("", description="hosts that may be called back, separated by commas")
    webhook_private: bool = Field(False, description="whether call-backs into private networks are allowed")
    webhook_secret: str = Field("", repr=False, description="key that signs call-backs; empty sends none")
    session_hours: float = Field(12.0, gt=0, description="how long a login lasts, in hours")
    rate_per_minute: int = Field(1_200, ge=0, description="requests a minute of one user, key or address; 0: any")
    uploads_per_minute: int = Field(300, ge=0, description="files a minute of one user, key or address; 0: any")
    upload_files: int = Field(50, gt=0, description="most files of one upload")
    extract_pages: int = Field(5, gt=0, description="most pages of a file that is read while the caller waits")

    @property
    def limits(self) -> Limits:
        return Limits(**{name: getattr(self, name) for name in Limits.__dataclass_fields__})

    @property
    def worker_count(self) -> int:
        return self.workers or cores()

    @property
    def database(self) -> str:
        """The SQLAlchemy URL of the store."""
        return self.database_url or f"sqlite:///{self.data.absolute() / 'jixiao.db'}"

    @property
    def jobs_database(self) -> str:
        """The URL of the queues: a file of their own beside an SQLite store, else the store's own database."""
        return self.database_url or f"sqlite:///{self.data.absolute() / 'jobs.db'}"

    @property
    def storage(self) -> str:
        """The fsspec URL of the files."""
        return self.storage_url or str(self.data.absolute() / "files")


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

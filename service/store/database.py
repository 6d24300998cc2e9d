"""The database: SQLite in a file, or PostgreSQL by URL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from service.config import MEGABYTE
from service.errors import ConfigurationError
from service.store.models import now
from service.store.texts import to_json

MIGRATIONS: Final = Path(__file__).parent / "migrations"
# A writer waits this long for another one; longer than any transaction of ours lasts on a slow disk.
BUSY_MILLISECONDS: Final = 30_000
# SQLite reads so much of its file from the system's memory without a copy; a search for text reads all of its words.
MAPPED_BYTES: Final = 512 * MEGABYTE
# Connections of one process: API threads, a worker's documents and its heartbeat.
POOL_SIZE, POOL_OVERFLOW = 10, 30
_ENGINE: Final[dict[str, Any]] = {
    "pool_size": POOL_SIZE,
    "max_overflow": POOL_OVERFLOW,
    "json_serializer": to_json,
}
# Any number that no other program on the same server is likely to lock.
_UPGRADE_LOCK: Final = 7_103_522
_WRITES: Final = "jixiao_writes"
_REVISIONS: Final = sa.table("alembic_version", sa.column("version_num", sa.String))


class OutdatedDatabase(ConfigurationError):
    code = "outdated_database"
    zh = "数据库版本（{found}）与程序（{wanted}）不符。请先备份，再运行 jixiao db upgrade。"
    en = "The database is at revision {found}, the program at {wanted}. Back it up, then run jixiao db upgrade."


class Database:
    """The store's tables at a SQLAlchemy URL. Safe to share between threads, not between processes."""

    def __init__(self, url: str) -> None:
        self.url = sa.make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite(self.url) if self.is_sqlite else _server(self.url)
        self._reading = sessionmaker(self.engine, expire_on_commit=False)
        writing = self.engine.execution_options(**{_WRITES: True})
        self._writing = sessionmaker(writing, expire_on_commit=False)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A transaction that may write; committed at the end, rolled back on an exception.

        SQLite lets one in at a time: keep it short.
        """
        with self._writing.begin() as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that only reads: it neither waits for writers nor holds them up."""
        with self._reading() as session:
            yield session

    def upgrade(self, revision: str = "head") -> None:
        """Bring the tables to a revision; several processes may try at once."""
        with self.engine.execution_options(**{_WRITES: True}).begin() as connection:
            if not self.is_sqlite:
                connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_LOCK})
            upgrade(connection, revision)

    def revision(self) -> str | None:
        """The revision that the tables are at; None where there are none."""
        with self.engine.connect() as connection:
            if not sa.inspect(connection).has_table(_REVISIONS.name):
                return None
            return connection.scalar(sa.select(_REVISIONS.c.version_num))

    def check(self) -> None:
        """Raise OutdatedDatabase where the tables are not the program's."""
        found, wanted = self.revision(), newest_revision()
        if found != wanted:
            raise OutdatedDatabase(found=found or "—", wanted=wanted)

    def clock(self, session: Session) -> datetime:
        """The time that all machines on this database share."""
        return now() if self.is_sqlite else session.scalars(sa.select(sa.func.clock_timestamp())).one()

    def close(self) -> None:
        self.engine.dispose()


def upgrade(connection: sa.Connection, revision: str = "head") -> None:
    """Bring the tables to a revision within the connection's transaction."""
    # Half a second, which a process that finds everything in place need not wait.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def newest_revision() -> str:
    """The revision of the program's models: they are numbered, and their files begin with the number."""
    return max(path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def _server(url: sa.URL) -> sa.Engine:
    return sa.create_engine(url, **_ENGINE, pool_pre_ping=True)


def _sqlite(url: sa.URL) -> sa.Engine:
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, **_ENGINE)

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # Python's driver would begin transactions of its own, and too late
        for pragma in (
            "journal_mode=WAL",
            f"busy_timeout={BUSY_MILLISECONDS}",
            "foreign_keys=ON",
            "synchronous=NORMAL",  # in WAL mode a power cut may lose the last commits, never the file
            f"mmap_size={MAPPED_BYTES}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        # A transaction that reads first and writes later fails at once where another wrote in between.
        writes = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine

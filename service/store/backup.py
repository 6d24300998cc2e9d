"""Backups: one zip file with every table as lines of JSON and every upload, for SQLite and PostgreSQL alike.

A backup of one can be restored into the other. Passwords and keys are in it as hashes, documents as they are: keep it
where only administrators can read it.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from service.errors import ConfigurationError
from service.store import Store
from service.store.database import upgrade
from service.store.models import QUEUED, UNFINISHED, ApiKey, Document, Executor, User, Utc, WebSession, now

FORMAT: Final = 1
_MANIFEST: Final = "manifest.json"
# Of no use to whoever restores: processes and logins of another time.
_LEFT_OUT: Final = frozenset({"alembic_version", Executor.__tablename__, WebSession.__tablename__})
_BATCH: Final = 200
_OF_THE_BACKUP: Final = (
    OSError,
    KeyError,
    ValueError,
    zipfile.BadZipFile,
    sa.exc.IntegrityError,
    sa.exc.DataError,
    sa.exc.CompileError,
)


class BadBackup(ConfigurationError):
    code = "bad_backup"
    retryable = False
    zh = "备份文件无法使用（{reason}），没有恢复任何内容。请换用另一份备份。"
    en = "The backup cannot be used ({reason}), and nothing was restored. Take another one."


class BackupNotWritten(ConfigurationError):
    code = "backup_not_written"
    zh = "备份无法写到 {path}（{reason}）。请检查目录、权限和磁盘空间。"
    en = "The backup cannot be written to {path} ({reason}). Check its folder, the right to write there and the room."


class NothingToBackUp(ConfigurationError):
    code = "nothing_to_back_up"
    retryable = False
    zh = "{where} 里没有数据库。请检查 --data 或 JIXIAO_DATA、JIXIAO_DATABASE_URL。"
    en = "There is no database in {where}. Check --data or JIXIAO_DATA, JIXIAO_DATABASE_URL."


class StoreInUse(ConfigurationError):
    code = "store_in_use"
    zh = "目标数据库里已有文件、用户或密钥，不能恢复到其中。请换用新的数据目录或空数据库。"
    en = "The database holds documents, users or keys already. Restore into a new folder or an empty database."


def backup(store: Store, target: Path) -> dict[str, int]:
    """Write all that the store keeps to a zip file, as it is at this moment; rows and files that were written.

    May run while the service does. Raises NothingToBackUp, BackupNotWritten.
    """
    if store.database.revision() is None:
        raise NothingToBackUp(where=(store.settings.database_url and "JIXIAO_DATABASE_URL") or store.settings.data)
    partial = target.with_name(f".{target.name}.part")
    try:
        partial.unlink(missing_ok=True)
        partial.touch(0o600)  # everything is in it
        counts = _write(store, partial)
        partial.replace(target)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise BackupNotWritten(path=target, reason=error.strerror or type(error).__name__) from error
    return counts


def _write(store: Store, target: Path) -> dict[str, int]:
    """Write the zip file itself."""
    counts: dict[str, int] = {}
    engine = store.database.engine
    if not store.database.is_sqlite:  # a reader of SQLite sees one moment anyhow
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with engine.begin() as connection, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=5) as archive:
        for table in _tables(connection):
            with archive.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as lines:
                counts[table.name] = 0
                for row in connection.execute(sa.select(table)).mappings():
                    lines.write((json.dumps(dict(row), ensure_ascii=False, default=_shown) + "\n").encode())
                    counts[table.name] += 1
        wanted = connection.scalars(sa.select(Document.sha256).distinct()).all()
        counts["files"] = _add_files(store, archive, wanted)
        revision = store.database.revision()
        manifest = {"format": FORMAT, "revision": revision, "made_at": now().isoformat(), "counts": counts}
        archive.writestr(_MANIFEST, json.dumps(manifest, indent=2))
    return counts


def restore(store: Store, source: Path) -> dict[str, int]:
    """Fill an empty store from a backup, and bring it up to date; rows and files that were read. All of it or nothing.

    Documents that were being read wait to be read again. Raises BadBackup, StoreInUse.
    """
    new: list[str] = []
    try:
        with zipfile.ZipFile(source) as archive:
            manifest = json.loads(archive.read(_MANIFEST))
            if manifest.get("format") != FORMAT:
                raise BadBackup(reason=f"format {manifest.get('format')}")
            _refuse_used(store, manifest["revision"])
            files = _take_files(store, archive, new)
            return _fill(store, archive, manifest["revision"]) | {"files": files}
    except BaseException as error:
        for sha256 in new:
            store.files.delete(sha256)
        if isinstance(error, _OF_THE_BACKUP):
            raise BadBackup(reason=f"{type(error).__name__}: {error}") from error
        raise


def _tables(connection: sa.Connection) -> list[sa.Table]:
    """The tables as they are in the database, which may be older than the program, in order of their references."""
    metadata = sa.MetaData()

    @sa.event.listens_for(metadata, "column_reflect")
    def _times(_inspector: Any, _table: sa.Table, column: Any) -> None:
        if isinstance(column["type"], sa.DateTime):
            column["type"] = Utc()

    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name not in _LEFT_OUT]


def _shown(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _add_files(store: Store, archive: zipfile.ZipFile, wanted: Any) -> int:
    count = 0
    for sha256 in wanted:
        if store.files.exists(sha256):
            archive.writestr(f"files/{sha256}", store.files.read(sha256), zipfile.ZIP_STORED)
            count += 1
    return count


def _refuse_used(store: Store, revision: str) -> None:
    """Raise BadBackup, StoreInUse where the database holds something, or other tables than the backup."""
    found = store.database.revision()
    if found is None:
        return
    if found != revision:
        raise BadBackup(reason=f"revision {revision}, database {found}")
    with store.database.reading() as session:
        used = sa.select(Document.id).exists() | sa.select(User.id).exists() | sa.select(ApiKey.id).exists()
        if session.scalar(sa.select(used)):
            raise StoreInUse


def _fill(store: Store, archive: zipfile.ZipFile, revision: str) -> dict[str, int]:
    """Make the tables as they were, fill them and bring them up to date, in one transaction."""
    counts: dict[str, int] = {}
    with store.database.session() as session:
        connection = session.connection()
        upgrade(connection, revision)
        tables = _tables(connection)
        for table in reversed(tables):
            connection.execute(sa.delete(table))
        for table in tables:
            counts[table.name] = 0
            for rows in _batches(archive, table):
                connection.execute(sa.insert(table), rows)
                counts[table.name] += len(rows)
            if not store.database.is_sqlite:
                _continue_numbers(connection, table)
        upgrade(connection)
        # Another run's name: the queues may know this one from before.
        again = {
            "status": QUEUED, "run": Document.run + 1, "pages_done": 0, "starts": 0, "queued_at": now(),
            "started_at": None,
        }  # fmt: skip
        session.execute(sa.update(Document).where(Document.status.in_(UNFINISHED)).values(**again))
    return counts


def _batches(archive: zipfile.ZipFile, table: sa.Table) -> Iterator[list[dict[str, Any]]]:
    times = [column.name for column in table.columns if isinstance(column.type, Utc)]
    rows: list[dict[str, Any]] = []
    with archive.open(f"tables/{table.name}.jsonl") as lines:
        for line in lines:
            row = json.loads(line)
            rows.append(row | {name: datetime.fromisoformat(row[name]) for name in times if row[name] is not None})
            if len(rows) == _BATCH:
                yield rows
                rows = []
    if rows:
        yield rows


def _continue_numbers(connection: sa.Connection, table: sa.Table) -> None:
    """Let PostgreSQL count on from the highest number that was restored."""
    for column in table.primary_key.columns:
        if isinstance(column.type, sa.Integer) and column.server_default is not None:
            highest = connection.scalar(sa.select(sa.func.max(column)))
            name = sa.func.pg_get_serial_sequence(table.name, column.name)
            connection.execute(sa.select(sa.func.setval(name, highest or 1, highest is not None)))


def _take_files(store: Store, archive: zipfile.ZipFile, new: list[str]) -> int:
    """Keep the backup's uploads; how many there are. Those that were not there before are added to `new`."""
    count = 0
    for name in archive.namelist():
        if not name.startswith("files/"):
            continue
        data, sha256 = archive.read(name), name.removeprefix("files/")
        if hashlib.sha256(data).hexdigest() != sha256:
            raise BadBackup(reason=f"{name} is damaged")
        if not store.files.exists(sha256):
            new.append(sha256)
            store.files.put(data)
        count += 1
    return count

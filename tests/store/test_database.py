from __future__ import annotations

import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from service.config import Settings
from service.store import Files, Store, accounts, audit, backup, corrections, documents, evaluations, reports
from service.store.backup import BadBackup, StoreInUse
from service.store.corrections import Change
from service.store.database import MIGRATIONS, Database, OutdatedDatabase, newest_revision
from service.store.files import FileGone, StorageUnusable
from service.store.models import Base, Document
from tests.store.reports import evaluation
from tests.store.test_corrections import read
from tests.stores import default_group

pytest_plugins = ["tests.store_fixtures"]


AT = "2024-01-31 08:00:00+00:00"
OLD_DOCUMENT = {
    "id": "d" * 32, "sha256": "a" * 64, "file_name": "a.pdf", "media_type": "application/pdf", "size": 1,
    "status": "done", "error_retryable": False, "priority": 5, "turn": 0, "run": 1, "starts": 1, "pages_done": 1,
    "uploaded_by": "local", "created_at": AT, "queued_at": AT, "timings": "{}", "versions": "{}",
}  # fmt: skip
OLD_EVALUATION = {
    "id": 1, "document_id": "d" * 32, "position": 0, "kind": "project", "year": 2023, "indicators": 1, "unmet": 0,
    "doubtful": 0, "errors": 1, "warnings": 0, "words": "河道清淤项目",
}  # fmt: skip
OLD_FINDING = {
    "id": 1, "document_id": "d" * 32, "evaluation_id": 1, "position": 0, "rule": "S1", "severity": "error",
    "message": "不符", "evidence": "[]",
}  # fmt: skip


def revisions() -> list[str]:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]


@pytest.mark.parametrize("revision", revisions())
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_every_revision_is_upgraded_to_what_the_program_expects(
    make_database: Callable[[str, Path], str], tmp_path: Path, kind: str, revision: str
) -> None:
    database = Database(Settings(data=tmp_path, database_url=make_database(kind, tmp_path)).database)
    database.upgrade(revision)
    database.upgrade()
    database.check()
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    with database.reading() as session:
        assert accounts.default_group(session).name == "default"
    database.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_an_upgrade_keeps_what_was_read(make_database: Callable[[str, Path], str], tmp_path: Path, kind: str) -> None:
    settings = Settings(data=tmp_path, database_url=make_database(kind, tmp_path))
    with Store(settings) as store:
        store.database.upgrade("0001")
        with store.database.session() as session:
            group = session.scalar(sa.text("SELECT id FROM groups"))
            for table, row in (("documents", OLD_DOCUMENT), ("evaluations", OLD_EVALUATION), ("findings", OLD_FINDING)):
                values = row | {"group_id": group}
                names = ", ".join(values)
                insert = f"INSERT INTO {table} ({names}) VALUES ({', '.join(f':{name}' for name in values)})"
                session.execute(sa.text(insert), values)
        store.database.upgrade()
        with store.database.reading() as session:
            (found,) = documents.page(session, documents.Filters(text="清淤")).items
            assert [e.year for e in found.evaluations] == [2023]
            assert evaluations.findings(session, evaluations.FindingFilters(document_id=found.id)).total == 1


def test_tables_of_another_version_are_refused(tmp_path: Path) -> None:
    with Store(Settings(data=tmp_path)) as store, pytest.raises(OutdatedDatabase, match=newest_revision()):
        store.database.check()


def test_many_writers_wait_for_each_other(store: Store) -> None:
    def write() -> None:
        for _ in range(10):
            with store.database.session() as session:
                known = session.scalars(sa.select(sa.func.count()).select_from(Document)).one()
                audit.record(session, "user:li", "count", str(known))

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.database.reading() as session:
        assert len(audit.page(session, limit=1000)) == 80


def test_reading_does_not_wait_for_a_writer(store: Store) -> None:
    with store.database.session() as writing:
        audit.record(writing, "user:li", "write", "x")
        with store.database.reading() as session:
            assert audit.page(session) == []


def test_what_failed_is_rolled_back(store: Store) -> None:
    def write() -> None:
        with store.database.session() as session:
            audit.record(session, "user:li", "write", "x")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write()
    with store.database.reading() as session:
        assert audit.page(session) == []


def test_accounts_are_kept_by_name(store: Store) -> None:
    with store.database.session() as session:
        assert accounts.nobody(session)
        group = accounts.default_group(session)
        user = accounts.add_user(session, "li", "hash", "annotator", group.id)
        key = accounts.add_key(session, "档案系统", "jx_1", "hash", ["read"], group.id)
        with pytest.raises(accounts.NameTaken):
            accounts.add_user(session, "li", "hash", "reader", group.id)
        assert not accounts.nobody(session)
        assert accounts.revoke_key(session, "jx_1").revoked_at is not None
        assert accounts.key(session, "jx_1") is key
        accounts.disable(session, user.id)
        assert accounts.nobody(session)
        with pytest.raises(accounts.NoSuchName):
            accounts.revoke_key(session, "jx_2")


@pytest.mark.parametrize("to", ["sqlite", "postgresql"])
def test_a_backup_restores_everything_into_either_database(
    store: Store, to: str, make_database: Callable[[str, Path], str], tmp_path: Path
) -> None:
    sha256 = store.files.put(b"%PDF-1.7 not much")
    with store.database.session() as session:
        document = read(session, evaluation())
        session.execute(sa.update(Document).values(sha256=sha256))
        corrections.record(session, document, [Change("/evaluations/0/year", 2020)], "user:li")
        group = accounts.default_group(session).id
        accounts.add_user(session, "li", "hash", "admin", group)
        waiting, _ = documents.add(
            session, sha256="f" * 64, file_name="b.pdf", media_type="application/pdf", size=1, group_id=group,
            uploaded_by="user:li",
        )  # fmt: skip
        documents.begin(session, waiting.id, 1)
        audit.record(session, "user:li", "document.upload", document.id)
    made = backup.backup(store, tmp_path / "copy.zip")
    assert (tmp_path / "copy.zip").stat().st_mode & 0o077 == 0
    data = tmp_path / "restored"
    with Store(Settings(data=data, database_url=make_database(to, data))) as other:
        assert backup.restore(other, tmp_path / "copy.zip") == made
        other.database.check()
        with other.database.session() as session:
            found = documents.need(session, document.id)
            served = reports.served(session, found.id)
            assert served is not None
            assert served.evaluations[0].year == 2020
            assert found.created_at == document.created_at
            assert other.files.read(found.sha256) == b"%PDF-1.7 not much"
            again = documents.need(session, waiting.id)
            assert (again.status, again.run, again.started_at) == ("queued", 2, None)
            assert accounts.user(session, "li") is not None
            before = audit.page(session, limit=1)[0].id
            audit.record(session, "user:li", "later", "x")
            assert audit.page(session, limit=1)[0].id > before
        with pytest.raises(StoreInUse):
            backup.restore(other, tmp_path / "copy.zip")


def test_a_database_of_an_earlier_version_is_backed_up_before_its_upgrade(tmp_path: Path) -> None:
    with Store(Settings(data=tmp_path / "old")) as old, Store(Settings(data=tmp_path / "new")) as new:
        old.database.upgrade("0001")
        backup.backup(old, tmp_path / "copy.zip")
        assert old.database.revision() == "0001"
        backup.restore(new, tmp_path / "copy.zip")
        new.database.check()


def test_keys_are_not_restored_over(store: Store, tmp_path: Path) -> None:
    backup.backup(store, tmp_path / "copy.zip")
    with store.database.session() as session:
        accounts.add_key(session, "archive", "jx_1", "hash", ["read"], accounts.default_group(session).id)
    with pytest.raises(StoreInUse):
        backup.restore(store, tmp_path / "copy.zip")


def test_a_damaged_backup_is_refused(store: Store, tmp_path: Path) -> None:
    store.files.put(b"x")
    backup.backup(store, tmp_path / "copy.zip")
    whole = (tmp_path / "copy.zip").read_bytes()
    (tmp_path / "copy.zip").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadBackup):
        backup.restore(store, tmp_path / "copy.zip")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("manifest.json", '{"format": 9}')
    with pytest.raises(BadBackup):
        backup.restore(store, tmp_path / "other.zip")


@pytest.mark.parametrize("damaged", ["files/", "tables/documents.jsonl"])
def test_a_backup_with_a_damaged_part_restores_nothing(
    store: Store, damaged: str, make_database: Callable[[str, Path], str], tmp_path: Path
) -> None:
    with store.database.session() as session:
        group = accounts.default_group(session).id
        for data in (b"one", b"two"):
            documents.add(
                session, sha256=store.files.put(data), file_name="a.pdf", media_type="application/pdf", size=3,
                group_id=group, uploaded_by="user:li",
            )  # fmt: skip
    backup.backup(store, tmp_path / "copy.zip")
    with zipfile.ZipFile(tmp_path / "copy.zip") as whole, zipfile.ZipFile(tmp_path / "bad.zip", "w") as bad:
        last = [name for name in whole.namelist() if name.startswith(damaged)][-1]
        for name in whole.namelist():
            bad.writestr(name, whole.read(name) + (b"{" if name == last else b""))
    data = tmp_path / "restored"
    with Store(Settings(data=data, database_url=_another(store, make_database, data))) as other:
        with pytest.raises(BadBackup):
            backup.restore(other, tmp_path / "bad.zip")
        assert (other.database.revision(), other.files.uploads()) == (None, [])
        assert backup.restore(other, tmp_path / "copy.zip")["files"] == 2


def _another(store: Store, make_database: Callable[[str, Path], str], data: Path) -> str:
    """The URL of an empty database of the store's kind."""
    return make_database("sqlite" if store.database.is_sqlite else "postgresql", data)


@pytest.mark.parametrize("url", ["", "memory://jixiao-test"])
def test_files_are_kept_by_what_they_hold(tmp_path: Path, url: str) -> None:
    files = Files(url or str(tmp_path / "files"))
    files.check()
    sha256 = files.put(b"one")
    assert files.put(b"one") == sha256
    assert files.uploads() == [sha256]
    with files.local(sha256) as path:
        assert path.read_bytes() == b"one"
    files.write_cache("doc/run-1/2", b"two")
    assert files.read_cache("doc/run-1/2") == b"two"
    files.clear_cache("doc")
    assert files.read_cache("doc/run-1/2") is None
    files.delete(sha256)
    files.delete(sha256)
    assert not files.exists(sha256)
    with pytest.raises(FileGone):
        files.read(sha256)


def test_a_storage_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageUnusable):
        Files("nosuchprotocol://x")
    (tmp_path / "plain").write_text("a file")
    with pytest.raises(StorageUnusable):
        Files(str(tmp_path / "plain" / "files"))


def test_the_same_file_may_be_put_by_many_at_once(tmp_path: Path) -> None:
    files = Files(str(tmp_path))
    data = b"x" * 1_000_000
    threads = [threading.Thread(target=files.put, args=(data,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (only,) = files.uploads()
    assert files.read(only) == data


def test_a_group_of_the_migration_is_there(store: Store) -> None:
    assert len(default_group(store)) == 32

"""Fixtures over real stores; a test module asks for them with pytest_plugins = ["tests.store_fixtures"].

`store` runs a test on SQLite and on PostgreSQL. The PostgreSQL server is Debian's, started for the session in a folder
of its own; where it is not installed those tests are skipped, or fail if JIXIAO_TEST_POSTGRESQL is "required".
`start_worker` starts real worker processes.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from service.config import Settings
from service.store import Store
from tests.stores import StartWorker, empty_data, environment, make_tables

SECRET = "known to the tests alone"
SILENCE = 15.0  # seconds; on a busy machine a healthy worker is silent for ten
REQUIRED = os.environ.get("JIXIAO_TEST_POSTGRESQL") == "required"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a PostgreSQL server, without a database."""
    if _programs() is None:
        reason = "PostgreSQL is not installed (apt-get install postgresql)"
        if REQUIRED:
            pytest.fail(reason)
        pytest.skip(reason)
    with postgresql_server("-c fsync=off") as url:
        yield url


@contextlib.contextmanager
def postgresql_server(options: str = "") -> Iterator[str]:
    """Runs a PostgreSQL server in a folder of its own; its URL, without a database. Raises FileNotFoundError where it
    is not installed."""
    programs = _programs()
    if programs is None:
        raise FileNotFoundError("initdb")
    with tempfile.TemporaryDirectory(prefix="jixiao-pg-") as name:
        folder, port = Path(name), _free_port()
        if os.getuid() == 0:
            shutil.chown(folder, "postgres")
        create = ["-U", "jixiao", "--auth=trust", "--no-sync", "-E", "UTF8"]
        _as_postgres([programs / "initdb", "-D", folder / "data", *create])
        chosen = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c max_connections=300 {options}"
        _as_postgres([programs / "pg_ctl", "-D", folder / "data", "-l", folder / "log", "-w", "-o", chosen, "start"])
        try:
            yield f"postgresql+psycopg://jixiao@127.0.0.1:{port}"
        finally:
            _as_postgres([programs / "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop"])


def _programs() -> Path | None:
    """The folder of the newest PostgreSQL server's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parent.parent.name))
    if found:
        return found[-1].parent
    elsewhere = shutil.which("initdb")
    return None if elsewhere is None else Path(elsewhere).parent


def _as_postgres(command: list[Path | str]) -> None:
    """PostgreSQL refuses to run as root."""
    prefix = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
    subprocess.run([*prefix, *map(str, command)], check=True, stdout=subprocess.DEVNULL, cwd="/tmp")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _create_database(server: str, copy_of: str = "template0") -> str:
    """The URL of a new database, empty or a copy of one that nobody is connected to."""
    name = f"jixiao_{uuid4().hex[:12]}"
    with psycopg.connect(server.replace("+psycopg", "") + "/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {copy_of}")  # type: ignore[call-overload]
    return f"{server}/{name}"


@pytest.fixture(scope="session")
def make_database(request: pytest.FixtureRequest) -> Callable[[str, Path], str]:
    """Makes an empty database of a kind ("sqlite", "postgresql"): its URL, "" for the one in the data folder."""

    def make(kind: str, _data: Path) -> str:
        return "" if kind == "sqlite" else _create_database(request.getfixturevalue("postgresql"))

    return make


@pytest.fixture(scope="session")
def postgresql_tables(postgresql: str) -> str:
    """The name of a database with empty tables on the server."""
    url = _create_database(postgresql)
    with tempfile.TemporaryDirectory() as data:
        make_tables(Settings(data=Path(data), database_url=url))
    return url.rpartition("/")[2]


@pytest.fixture(scope="session")
def make_store(request: pytest.FixtureRequest) -> Callable[..., Store]:
    """Makes a store of a kind in a folder, with empty tables: copied, which is faster than making each anew."""

    def make(kind: str, data: Path, **settings: object) -> Store:
        url = ""
        if kind == "sqlite":
            shutil.copytree(empty_data(), data, dirs_exist_ok=True)
        else:
            tables = request.getfixturevalue("postgresql_tables")
            url = _create_database(request.getfixturevalue("postgresql"), tables)
        return Store(Settings(data=data, database_url=url, workers=1, **settings))

    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path, make_store: Callable[..., Store]) -> Iterator[Store]:
    """An empty store of a test's own."""
    with make_store(request.param, tmp_path) as made:
        yield made


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared_store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, make_store: Callable[..., Store]
) -> Iterator[Store]:
    """A store that the tests of a module share. It calls back to this machine; its workers are soon missed."""
    calls = {"webhook_hosts": "127.0.0.1", "webhook_private": True, "webhook_secret": SECRET}
    with make_store(request.param, tmp_path_factory.mktemp("shared"), worker_silence=SILENCE, **calls) as made:
        yield made


@pytest.fixture(scope="module")
def start_worker() -> Iterator[StartWorker]:
    """Starts a worker process on a store, for the length of a module. Keyword arguments are further settings."""
    started: list[subprocess.Popen[bytes]] = []

    def start(store: Store, **more: object) -> subprocess.Popen[bytes]:
        process = subprocess.Popen([sys.executable, "-m", "service", "worker"], env=environment(store.settings, **more))
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()

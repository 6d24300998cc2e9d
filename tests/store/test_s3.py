"""The files in a bucket, on moto's S3 server: for who has moto and s3fs (pip install "moto[server]" s3fs)."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from service.store import Files
from service.store.files import FileGone, StorageUnusable

pytest.importorskip("s3fs")
moto = pytest.importorskip("moto.server")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    made = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    made.start()
    host, port = made.get_host_and_port()
    yield f"http://{host}:{port}"
    made.stop()


@pytest.fixture
def bucket(server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of a folder in a new bucket; the environment is an administrator's."""
    import boto3

    for name, value in (
        ("AWS_ENDPOINT_URL", server),
        ("AWS_ACCESS_KEY_ID", "k"),
        ("AWS_SECRET_ACCESS_KEY", "s"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
    ):
        monkeypatch.setenv(name, value)
    name = f"jixiao-{uuid4().hex}"
    boto3.client("s3").create_bucket(Bucket=name)
    return f"s3://{name}/folder"


def test_files_are_kept_in_a_bucket(bucket: str) -> None:
    files = Files(bucket)
    assert files.cached() == set()
    assert files.uploads() == []
    files.check()
    sha256 = files.put(b"one")
    assert files.put(b"one") == sha256
    assert files.uploads() == [sha256]
    with files.local(sha256) as path:
        assert path.read_bytes() == b"one"
    files.delete(sha256)
    files.delete(sha256)
    assert not files.exists(sha256)
    with pytest.raises(FileGone):
        files.read(sha256)


def test_what_another_process_writes_is_seen(bucket: str) -> None:
    """File systems of fsspec remember listings; each process has its own memory."""
    worker, server = Files(bucket), Files(bucket)
    server._system = type(server._system)(skip_instance_cache=True)
    assert worker.read_cache("doc/run-1/1") is None
    assert worker.cached() == set()
    assert not worker.exists("a" * 64)
    server.write_cache("doc/run-1/1", b"x")
    server.write_cache("doc/run-1/2", b"y")
    sha256 = server.put(b"later")
    assert worker.exists(sha256)
    assert worker.cached() == {"doc"}
    worker.clear_cache("doc/run-1")
    assert server.read_cache("doc/run-1/1") is None
    assert server.cached() == set()
    server.write_cache("doc/run-2/1", b"z")
    assert worker.cached() == {"doc"}
    worker.clear_cache("doc")
    assert server.cached() == set()


def test_a_bucket_that_is_not_there_is_told(bucket: str) -> None:
    with pytest.raises(StorageUnusable):
        Files("s3://no-such-bucket-of-ours/folder").check()

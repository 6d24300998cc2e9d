"""Uploaded files by the sha-256 of their bytes, and what is worked out from them, on any fsspec file system."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from uuid import uuid4

import fsspec
from fsspec.implementations.local import LocalFileSystem

from service.errors import ConfigurationError, JixiaoError

_UPLOADS: Final = "uploads"
_CACHE: Final = "cache"


class StorageUnusable(ConfigurationError):
    code = "storage_unusable"
    zh = "文件存储 {url} 不可用（{reason}）。请检查 JIXIAO_STORAGE_URL 和访问权限。"
    en = "The file storage {url} cannot be used ({reason}). Check JIXIAO_STORAGE_URL and the right to access it."


class FileGone(JixiaoError):
    code = "file_gone"
    http_status = 410
    zh = "原文件已不在存储中。请重新上传。"
    en = "The original file is no longer in the storage. Upload it again."


class Files:
    """A folder or bucket at an fsspec URL. Uploads are never changed, so writing one twice does no harm.

    The cache holds derived files by name, "DOCUMENT/…", and goes with its document.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        try:
            self._system, root = fsspec.core.url_to_fs(url)
            if isinstance(self._system, LocalFileSystem):
                Path(root).mkdir(parents=True, exist_ok=True)
        except (ImportError, OSError, ValueError) as error:
            raise StorageUnusable(url=url, reason=str(error)) from error
        self._root = root.rstrip("/")

    @property
    def _is_local(self) -> bool:
        return isinstance(self._system, LocalFileSystem)

    def put(self, data: bytes) -> str:
        """Keep an upload; its sha-256 in hex."""
        sha256 = hashlib.sha256(data).hexdigest()
        path = self._upload(sha256)
        if not self._system.exists(path):
            self._write(path, data)
        return sha256

    def exists(self, sha256: str) -> bool:
        return bool(self._system.exists(self._upload(sha256)))

    def read(self, sha256: str) -> bytes:
        """An upload's bytes. Raises FileGone."""
        data = self._read(self._upload(sha256))
        if data is None:
            raise FileGone
        return data

    @contextmanager
    def local(self, sha256: str) -> Iterator[Path]:
        """An upload as a file on this machine, for as long as it is read. Raises FileGone."""
        path = self._upload(sha256)
        if self._is_local:
            if not Path(path).is_file():
                raise FileGone
            yield Path(path)
            return
        with tempfile.TemporaryDirectory(prefix="jixiao-") as folder:
            copy = Path(folder) / "source"
            copy.write_bytes(self.read(sha256))
            yield copy

    def delete(self, sha256: str) -> None:
        self._remove(self._upload(sha256), recursive=False)

    def read_cache(self, name: str) -> bytes | None:
        return self._read(self._cached(name))

    def write_cache(self, name: str, data: bytes) -> None:
        self._write(self._cached(name), data)

    def clear_cache(self, folder: str) -> None:
        """Remove all that was derived under a name."""
        self._remove(self._cached(folder), recursive=True)

    def cached(self) -> set[str]:
        """The folders of the cache: ids of documents."""
        try:
            return {Path(path).name for path in self._system.ls(f"{self._root}/{_CACHE}", detail=False)}
        except FileNotFoundError:
            return set()

    def check(self) -> None:
        """Raise StorageUnusable where nothing can be written and read back."""
        path = f"{self._root}/check-{uuid4().hex}"
        try:
            self._write(path, b"jixiao")
            if self._read(path) != b"jixiao":
                raise StorageUnusable(url=self.url, reason="written bytes came back changed")
            self._remove(path, recursive=False)
        except OSError as error:
            raise StorageUnusable(url=self.url, reason=str(error)) from error

    def uploads(self) -> list[str]:
        """The sha-256 of every upload that is kept."""
        return sorted(Path(path).name for path in self._system.find(f"{self._root}/{_UPLOADS}"))

    def _upload(self, sha256: str) -> str:
        # A folder of a million files is slow to list; 256 folders of four thousand are not.
        return f"{self._root}/{_UPLOADS}/{sha256[:2]}/{sha256}"

    def _cached(self, name: str) -> str:
        assert ".." not in name, "names are made of ids and numbers"
        return f"{self._root}/{_CACHE}/{name}"

    def _read(self, path: str) -> bytes | None:
        try:
            data: bytes = self._system.cat_file(path)
        except FileNotFoundError:
            return None
        return data

    def _write(self, path: str, data: bytes) -> None:
        """A file that appears whole or not at all; object stores do so by themselves."""
        if not self._is_local:
            self._system.pipe_file(path, data)
            return
        target = Path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def _remove(self, path: str, *, recursive: bool) -> None:
        try:
            self._system.rm(path, recursive=recursive)
        except FileNotFoundError:
            return

"""Uploaded files: told by what they are, not by what they are called."""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

from fastapi import UploadFile

from service.config import MEGABYTE
from service.errors import EmptyFile, TooLarge, UnsupportedFile

LONGEST_NAME: Final = 200  # characters
NAMELESS: Final = "未命名"
# A PDF may begin with some rubbish; every reader tolerates it within so many bytes.
_PDF_WITHIN: Final = 1024
_MARKS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"II+\x00", "image/tiff"),
    (b"MM\x00+", "image/tiff"),
    (b"BM", "image/bmp"),
)
# What people upload in place of a PDF, to be told by name in the refusal.
_OTHERS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"PK\x03\x04", "Office 文档或压缩包"),
    (b"\xd0\xcf\x11\xe0", "旧版 Office 文档"),
    (b"Rar!", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
    (b"GIF8", "GIF 图片"),
    (b"{\\rtf", "RTF 文档"),
)


class Upload(NamedTuple):
    """A file that may be read. `name` is for people to see, never a path."""

    name: str
    data: bytes
    media_type: str


def take(file: UploadFile, limit: int) -> Upload:
    """An uploaded file of at most `limit` bytes. Raises EmptyFile, TooLarge, UnsupportedFile."""
    if file.size is not None and file.size > limit:
        raise TooLarge(megabytes=file.size // MEGABYTE, limit=limit // MEGABYTE)
    data = file.file.read()
    if not data:
        raise EmptyFile
    return Upload(clean_name(file.filename or ""), data, media_type(data))


def media_type(data: bytes) -> str:
    """What the bytes are. Raises UnsupportedFile for what is not read."""
    if b"%PDF-" in data[:_PDF_WITHIN]:
        return "application/pdf"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    for mark, kind in _MARKS:
        if data.startswith(mark):
            return kind
    other = next((f"（{kind}）" for mark, kind in _OTHERS if data.startswith(mark)), "")
    raise UnsupportedFile(found=other)


def clean_name(name: str) -> str:
    """A file's name without folders, control characters and what turns the reading direction of a text."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(c for c in last if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp")).strip(" .")
    if len(shown) <= LONGEST_NAME:
        return shown or NAMELESS
    stem, dot, suffix = shown.rpartition(".")
    keeps_suffix = bool(dot) and len(suffix) <= 5
    return f"{stem[: LONGEST_NAME - len(suffix) - 1]}.{suffix}" if keeps_suffix else shown[:LONGEST_NAME]

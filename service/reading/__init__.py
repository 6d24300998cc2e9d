"""Reading: bytes → Document.

`Source` opens a file, `read_page` reads one page of it (in any process, in any order), `join` puts the pages together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from service.reading import joining
from service.reading.document import Document, Notice
from service.reading.joining import PageContent

if TYPE_CHECKING:
    from service.reading.page import read_page
    from service.reading.source import Source

__all__ = ["Document", "Notice", "PageContent", "Source", "document_id", "join", "read_page"]


def __getattr__(name: str) -> Any:
    """Opening and reading load PyMuPDF with all that it brings, seconds' worth: not for who only joins or assembles."""
    if name == "Source":
        from service.reading.source import Source

        return Source
    if name == "read_page":
        from service.reading.page import read_page

        return read_page
    raise AttributeError(name)


def document_id(data: bytes) -> str:
    """The file's id: sha-256 of its bytes, hex."""
    return hashlib.sha256(data).hexdigest()


def join(contents: Iterable[PageContent], *, sha256: str, file_name: str) -> Document:
    """One Document of the pages that were read."""
    pages, blocks, notices = joining.join(contents)
    return Document(id=sha256, file_name=file_name, pages=pages, blocks=blocks, notices=notices)

"""What a worker's child processes do: read a page into bytes that keep, and make a report of such bytes.

The workers themselves stay out of it, and their children out of databases and queues, whose libraries take as long to
load as a page takes to be read.
"""

from __future__ import annotations

import pickle
import time
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service import errors, pipeline
from service.pipeline import Spilled

if TYPE_CHECKING:
    from service.reading import PageContent


@dataclass(frozen=True, slots=True)
class Assembly:
    """What a report is made of: the pages as `read_and_pack` packed them, and an error for each that failed."""

    pages: tuple[bytes, ...]
    failed: tuple[errors.PageError, ...]
    sha256: str
    file_name: str
    is_repaired: bool
    profile: str | None


def read_and_pack(file: Spilled, number: int) -> tuple[float, bytes]:
    """The seconds that a page took, and its content as bytes."""
    began = time.monotonic()
    content = pipeline.read_in_child(file, number)
    packed = zlib.compress(pickle.dumps(content, pickle.HIGHEST_PROTOCOL), 1)
    return time.monotonic() - began, packed


def _unpack(packed: bytes) -> PageContent:
    # Our own bytes: whoever can write to the storage can write the uploads as well.
    content: PageContent = pickle.loads(zlib.decompress(packed))  # noqa: S301
    return content


def load_assembler() -> None:
    """Load what assembling needs, the tagger included."""
    pipeline.load()
    pipeline.load_tagger()


def assemble(assembly: Assembly) -> str:
    """The report as JSON. Raises what the pages died of where none was read."""
    document = pipeline.put_together(
        [_unpack(packed) for packed in assembly.pages],
        assembly.failed,
        sha256=assembly.sha256,
        file_name=assembly.file_name,
        is_repaired=assembly.is_repaired,
    )
    return pipeline.assemble(document, assembly.profile).model_dump_json()

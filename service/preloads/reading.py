"""For processes that read pages: the libraries, but not those of OCR, which files with text do without."""

from __future__ import annotations

from service import (
    cli,  # noqa: F401 - the program, which every child imports
    pipeline,
)

pipeline.load()

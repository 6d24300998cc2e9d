"""Sample documents authored for the project: invented units and figures in the layouts that offices use.

for sample in documents():
    sample.pdf(), sample.scan("mild", seed=1), sample.gold
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
import zlib
from dataclasses import dataclass

from tests import once
from tests.corpus import documents as _sources
from tests.corpus.model import Document, Gold
from tests.corpus.paper import html, print_pdf, turned
from training.augment import Level, scan

__all__ = ["Sample", "documents"]


@dataclass(frozen=True)
class Sample:
    """A document with what a reader should get from it.

    `gold` is a list of evaluations in the shape of the accuracy benchmark: texts as strings, money in 万元, blanks as
    null, and under "planted" the errors put in on purpose, as {"rule": check id, "where": words}.
    """

    source: Document
    gold: list[Gold]

    @property
    def name(self) -> str:
        return self.source.name

    @property
    def kind(self) -> str:
        """project, department or report (a department's prose with what is annexed)."""
        return self.source.kind

    @property
    def layout(self) -> str:
        return self.source.layout

    def pdf(self) -> bytes:
        """The document as printed, with a text layer; rendered once a session."""
        return once.content(f"{self.name}.pdf", self._rendered)

    def _rendered(self) -> bytes:
        return turned(print_pdf(html(self.source.template, self.source.css, self.source.forms)), self.source.turn)

    def scan(self, level: Level, seed: int) -> bytes:
        """The document as image-only pages, the same for the same seed; made once a session."""
        # Without the name in it, a seed would do the same damage to every document.
        own = seed + zlib.crc32(self.name.encode())
        return once.content(f"{self.name}.{level}.{seed}.pdf", lambda: scan(self.pdf(), level, own))


@functools.cache
def _load() -> tuple[Sample, ...]:
    modules = sorted(module.name for module in pkgutil.iter_modules(_sources.__path__))
    sources = [importlib.import_module(f"{_sources.__name__}.{name}").DOCUMENT for name in modules]
    return tuple(Sample(source, [form.gold() for form in source.forms]) for source in sources)


def documents() -> list[Sample]:
    """Every sample, by name."""
    return list(_load())

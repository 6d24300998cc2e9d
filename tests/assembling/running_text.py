"""Reports as running text: documents of plain paragraphs, made without a PDF."""

from __future__ import annotations

from service.reading.document import Box, Char, Document, Line, Origin, Page, Paragraph, Table

WIDTH, HEIGHT = 595.0, 842.0


def paragraph(text: str, number: int = 0, confidence: float = 1.0, page: int = 1) -> Paragraph:
    """A paragraph of one line; every `number` has a line of its own on the page."""
    step = 400 / max(1, len(text))
    top = 40.0 + 12 * number
    chars = tuple(Char(c, 90 + i * step, 90 + (i + 1) * step, confidence) for i, c in enumerate(text))
    return Paragraph([Line(page, Box(90, top, 490, top + 10), chars)])


def document(*texts: str, tables: tuple[Table, ...] = (), confidence: float = 1.0) -> Document:
    """A document of one page whose paragraphs are `texts`, tables after them."""
    blocks = [paragraph(text, number, confidence) for number, text in enumerate(texts)]
    return Document("0" * 64, "自评报告.pdf", [Page(1, WIDTH, HEIGHT, Origin.TEXT)], [*blocks, *tables])

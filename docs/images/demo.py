"""Draws demo.jpg, the picture in the README: python docs/images/demo.py (needs Debian's fonts-noto-cjk)."""

from __future__ import annotations

import io
from pathlib import Path

import pymupdf
import weasyprint
from PIL import Image
from rich.console import Console

from service import pipeline
from service.commands.summary import summarise
from service.export import drawing

HERE = Path(__file__).parent
SAMPLE = HERE.parent.parent / "samples" / "demo.pdf"
DPI = 150
HEIGHT = 1300  # pixels of the page
CROP = (70, 100, 1190, 1480)  # the printed part of the page, in pixels
MARGIN = 24
PAPER = "white"
COLUMNS = 88  # of the terminal
QUALITY = 82
PAGE_HTML = """<style>
@page {{ size: 900px 2000px; margin: 12px }}
pre {{ font: 13px/1.45 "Noto Sans Mono CJK SC"; margin: 0 }}
{stylesheet}
</style><body><pre>{code}</pre></body>"""


def main() -> None:
    data = SAMPLE.read_bytes()
    with pipeline.new_workers(1) as workers:
        document = pipeline.read(data, SAMPLE.name, options=pipeline.Options(), workers=workers)
        png = pipeline.page_image(data, SAMPLE.name, 1, dpi=DPI, workers=workers)
    report = pipeline.assemble(document)
    page = document.page(1)
    drawn = Image.open(
        io.BytesIO(drawing.draw(png, page.width, page.height, drawing.marks(document, report, 1), dpi=DPI))
    )
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(summarise(report))
    printed = weasyprint.HTML(string=console.export_html(code_format=PAGE_HTML)).write_pdf()
    with pymupdf.open(stream=printed, filetype="pdf") as sheet:
        shown = Image.open(io.BytesIO(sheet[0].get_pixmap(dpi=DPI).tobytes("png")))
    parts = [_fitted(drawn.crop(CROP)), _trimmed(shown).convert("RGB")]
    width = sum(part.width for part in parts) + 3 * MARGIN
    picture = Image.new("RGB", (width, HEIGHT + 2 * MARGIN), PAPER)
    x = MARGIN
    for part in parts:
        picture.paste(part, (x, (picture.height - part.height) // 2))
        x += part.width + MARGIN
    picture.save(HERE / "demo.jpg", quality=QUALITY, optimize=True, subsampling=0)


def _trimmed(image: Image.Image) -> Image.Image:
    """The picture without its white border."""
    grey = image.convert("L").point(lambda value: 255 if value < 250 else 0)
    return image.crop(grey.getbbox())


def _fitted(image: Image.Image) -> Image.Image:
    return image.convert("RGB").resize((round(image.width * HEIGHT / image.height), HEIGHT), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    main()

"""What other table readers make of the same forms.

    python -m benchmarks.peers prepare FOLDER
        in the program's environment: writes the samples, reads them with jixiao and PyMuPDF's find_tables().extract()
    python -m benchmarks.peers measure FOLDER
        in an environment with benchmarks/peers.txt: reads them with the other three, prints the table

Tables only, no forms: a gold row counts as found where one row of a table holds its name in a cell of its own, and its
other values are right where that row has a cell equal to each. On scans, img2table gets the deskewed images without
seals and the recognised lines that jixiao reads, for it brings no recogniser that knows Chinese.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.scorer import ROW_NUMBERS, plain

Rows = list[list[str | None]]
Gold = Sequence[dict[str, Any]]

CONDITIONS = {"": "born digital", ".mild": "mild", ".hard": "hard"}
SEED = 3
VALUES = ("level3", "target", "actual", "weight", "score")
DPI = 200
READERS = ("jixiao", "PyMuPDF extract()", "pdfplumber", "camelot (lattice)", "img2table")


def prepare(folder: Path) -> None:
    from service import pipeline
    from tests.corpus import documents

    with pipeline.new_workers(1) as workers:
        for sample in documents():
            if not any(form["indicators"] for form in sample.gold):
                continue
            files = {"": sample.pdf()} | {f".{level}": sample.scan(level, SEED) for level in ("mild", "hard")}
            (folder / f"{sample.name}.json").write_text(json.dumps(sample.gold, ensure_ascii=False), encoding="utf-8")
            for suffix, data in files.items():
                stem = folder / f"{sample.name}{suffix}"
                stem.with_name(stem.name + ".pdf").write_bytes(data)
                document = pipeline.read(data, stem.name, options=pipeline.Options(), workers=workers)
                _save(stem, "jixiao", [_grid(table) for table in document.tables])
                if suffix:
                    _write_lines(stem, data)
                else:
                    _save(stem, "PyMuPDF extract()", list(_pymupdf(data)))
            print(sample.name, flush=True)


def _grid(table: Any) -> Rows:
    return [[cell.text for cell in table.row(number)] for number in range(table.row_count)]


def _pymupdf(data: bytes) -> Iterator[Rows]:
    import pymupdf

    with pymupdf.open(stream=data, filetype="pdf") as document:
        for page in document:
            yield from (table.extract() for table in page.find_tables().tables)


def _write_lines(stem: Path, data: bytes) -> None:
    """Deskewed page images and the lines on them, for img2table."""
    import cv2

    from service.config import DEFAULTS
    from service.reading import Source, image, pdf
    from service.reading.ocr import Engine

    engine = Engine(threads=1)
    with Source(data, stem.name, limits=DEFAULTS) as source:
        for number in range(1, source.page_count + 1):
            with source.pdf_page(number) as page:
                assert page is not None
                prepared = image.prepare(pdf.raster(page, DPI))
            lines = [(line.text, *line.box) for line in engine.read(prepared)]
            cv2.imwrite(f"{stem}.{number}.png", prepared.image)
            Path(f"{stem}.{number}.lines").write_text(json.dumps(lines, ensure_ascii=False), encoding="utf-8")


def measure(folder: Path) -> None:
    readers: dict[str, Callable[[Path], Iterable[Rows]]] = {"pdfplumber": _pdfplumber, "camelot (lattice)": _camelot}
    for path in sorted(folder.glob("*.pdf")):
        stem = path.with_suffix("")
        if re.search(r"\.(mild|hard)$", stem.name):
            _save(stem, "img2table", list(_img2table_scan(stem)))
            continue
        _save(stem, "img2table", list(_img2table(path)))
        for name, reader in readers.items():
            _save(stem, name, list(reader(path)))
    print(table(folder))


def _pdfplumber(path: Path) -> Iterator[Rows]:
    import pdfplumber

    with pdfplumber.open(path) as document:
        for page in document.pages:
            yield from page.extract_tables()


def _camelot(path: Path) -> Iterator[Rows]:
    import camelot

    for found in camelot.read_pdf(str(path), pages="all", flavor="lattice"):
        yield found.df.values.tolist()


def _img2table(path: Path) -> Iterator[Rows]:
    from img2table.document import PDF

    for tables in PDF(str(path)).extract_tables().values():
        yield from (_contents(found) for found in tables)


def _img2table_scan(stem: Path) -> Iterator[Rows]:
    from img2table.document import Image
    from img2table.ocr._types import OCRData, OCRInstance

    class Read(OCRInstance):  # type: ignore[misc]
        """Lines that were recognised before."""

        def __init__(self, lines: list[list[Any]]) -> None:
            self.lines = lines

        def of(self, document: object) -> OCRData:  # noqa: ARG002
            records = [
                {"id": f"{i}", "parent": f"{i}", "value": text, "confidence": 99}
                | dict(zip(("x1", "y1", "x2", "y2"), map(int, box), strict=True))
                for i, (text, *box) in enumerate(self.lines)
            ]
            return OCRData(records={0: records})

    for picture in sorted(stem.parent.glob(f"{stem.name}.*.png")):
        lines = json.loads(picture.with_suffix(".lines").read_text(encoding="utf-8"))
        for found in Image(str(picture)).extract_tables(ocr=Read(lines)):
            yield _contents(found)


def _contents(found: Any) -> Rows:
    return [[cell.value for cell in row] for row in found.content.values()]


def _save(stem: Path, reader: str, tables: Sequence[Rows]) -> None:
    target = Path(f"{stem}.tables.json")
    known = json.loads(target.read_text(encoding="utf-8")) if target.exists() else {}
    target.write_text(json.dumps(known | {reader: tables}, ensure_ascii=False), encoding="utf-8")


def table(folder: Path) -> str:
    """Shares of values read exactly, by reader and condition."""
    lines = [f"| | {' | '.join(CONDITIONS.values())} |", "|---|---|---|---|"]
    shares = {reader: [_share(folder, reader, suffix) for suffix in CONDITIONS] for reader in READERS}
    return "\n".join([*lines, *(f"| {reader} | {' | '.join(found)} |" for reader, found in shares.items())])


def _share(folder: Path, reader: str, suffix: str) -> str:
    right = total = 0
    for gold_file in sorted(folder.glob("*.json")):
        tables_file = folder / f"{gold_file.stem}{suffix}.tables.json"
        if gold_file.name.endswith(".tables.json"):
            continue
        tables = json.loads(tables_file.read_text(encoding="utf-8")).get(reader)
        if tables is None:
            return "–"
        got, all_of_them = _right(tables, json.loads(gold_file.read_text(encoding="utf-8")))
        right, total = right + got, total + all_of_them
    return f"{right / total:.3f}"


def _right(tables: Sequence[Rows], gold: Gold) -> tuple[int, int]:
    rows = [[_comparable(cell) for cell in row if cell] for rows in tables for row in rows]
    right = total = 0
    for wanted in (row for form in gold for row in form["indicators"]):
        values = [_comparable(wanted[name], number=name in ROW_NUMBERS) for name in VALUES if wanted[name] is not None]
        total += len(values)
        right += max((_held(row, values) for row in rows if values[0] in row), default=0)
    return right, total


def _held(row: Sequence[str], values: Sequence[str]) -> int:
    """How many of the values stand in the row, each in a cell of its own."""
    left = list(row)
    held = 0
    for value in values:
        if value in left:
            left.remove(value)
            held += 1
    return held


def _comparable(value: object, *, number: bool = False) -> str:
    text = plain(value)
    return f"{float(text):g}" if number or re.fullmatch(r"\d+(\.\d+)?", text) else text


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare with other table readers.")
    parser.add_argument("step", choices=("prepare", "measure"))
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    {"prepare": prepare, "measure": measure}[arguments.step](arguments.folder)


if __name__ == "__main__":
    main()

"""Speed and memory: python -m benchmarks.speed [--write] [--only ratio,digital,workers,memory]

Everything is compared within one run on one machine, so that the ratios mean something on any other. Pages are the
authored samples of tests/corpus. Prints the table, and with --write puts it into speed.md.
"""

from __future__ import annotations

import argparse
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import mean

import numpy as np
import pymupdf

from service import pipeline
from service.config import DEFAULTS, MEGABYTE, cores
from service.isolation import Workers, resident_bytes
from tests.corpus import documents

PAGE = Path(__file__).parent / "speed.md"
MARK = re.compile(r"(<!-- figures -->\n).*?(<!-- end -->)", re.DOTALL)
SEED = 2  # of the scans

RATIO_PAGES = 16
DIGITAL_ROUNDS = 6
BATCH = 16  # scans that one and two workers read
MEMORY_PAGES = 300
HUNDRED = 100
SAMPLE_EVERY = 5  # pages between looks at the worker's memory

MOST_RATIO = 1.15
LEAST_DIGITAL = 8.0  # pages a second, two workers
LEAST_GAIN = 1.7
MOST_GROWTH = 1.05
MOST_MEMORY = 1_500  # MB

Row = tuple[str, str, str]


def ratio() -> Iterator[Row]:
    """Reading scanned pages, against PaddleOCR's own `predict` on the same images; one process, one thread."""
    from service.assembling import forms
    from service.reading import Source, join, pdf, read_page
    from service.reading.ocr import Engine

    pipeline.load()
    engine = Engine(threads=1)
    engine.load()
    predict = bare_paddleocr()
    theirs, ours = 0.0, 0.0
    for number, data in enumerate(_pages("mild", RATIO_PAGES + 1)):
        with Source(data, "scan.pdf", limits=DEFAULTS) as source:
            with source.pdf_page(1) as page:
                assert page is not None
                picture = pdf.raster(page, 200)
            engine_seconds = _seconds(lambda image=picture: predict(image))  # type: ignore[misc]
            read_seconds = _seconds(
                lambda opened=source: forms.assemble(  # type: ignore[misc]
                    join([read_page(opened, 1, engine=engine)], sha256="", file_name="scan.pdf")
                )
            )
        if number:  # the first page loads the models
            theirs, ours = theirs + engine_seconds, ours + read_seconds
    yield "PaddleOCR.predict, seconds a page", f"{theirs / RATIO_PAGES:.2f}", ""
    yield "the whole reading, seconds a page", f"{ours / RATIO_PAGES:.2f}", ""
    yield "reading ÷ PaddleOCR.predict", f"{ours / theirs:.2f}", f"≤ {MOST_RATIO:g}"


def bare_paddleocr() -> Callable[[np.ndarray], object]:
    """PaddleOCR's pipeline as its makers set it up, on the same models, engine and threads."""
    from paddleocr import PaddleOCR

    from service.reading import ocr

    folder = ocr.model_folder()
    engine = PaddleOCR(
        text_detection_model_name=ocr.DETECTOR,
        text_detection_model_dir=str(folder / ocr.DETECTOR),
        text_recognition_model_name=ocr.RECOGNISER,
        text_recognition_model_dir=str(folder / ocr.RECOGNISER),
        engine="onnxruntime",
        engine_config={"intra_op_num_threads": 1},
        device="cpu",
        use_doc_orientation_classify=False,
        use_doc_unwarping=False,
        use_textline_orientation=False,
    )
    return lambda image: engine.predict(image, text_det_limit_side_len=960, text_det_limit_type="max")


def digital() -> Iterator[Row]:
    """Born-digital forms, from bytes to report."""
    files = [sample.pdf() for sample in documents()] * DIGITAL_ROUNDS
    pages = sum(_page_count(data) for data in files)
    for count in (1, 2):
        with _warm(count, files[0]) as workers:
            seconds = _seconds(lambda pool=workers: _extract_all(files, pool))  # type: ignore[misc]
        goal = f"≥ {LEAST_DIGITAL:g}" if count == 2 else ""
        yield f"born-digital pages a second, {count} worker(s)", f"{pages / seconds:.1f}", goal


def workers() -> Iterator[Row]:
    """Scans read by two workers, against one; one OCR thread each."""
    files = list(_pages("mild", BATCH))
    rates = []
    for count in (1, 2):
        with _warm(count, files[0]) as pool:
            rates.append(len(files) / _seconds(lambda pool=pool: _extract_all(files, pool)))  # type: ignore[misc]
        yield f"scanned pages a second, {count} worker(s)", f"{rates[-1]:.2f}", ""
    yield "two workers ÷ one", f"{rates[1] / rates[0]:.2f}", f"≥ {LEAST_GAIN:g}"
    whole = _joined(files)
    with _warm(2, files[0]) as pool:
        rate = len(files) / _seconds(lambda: pipeline.extract(whole, "whole.pdf", workers=pool))
    yield "the same pages as one file, two workers ÷ one", f"{rate / rates[0]:.2f}", f"≥ {LEAST_GAIN:g}"


def memory() -> Iterator[Row]:
    """What one worker holds while it reads a scan of 300 pages."""
    pages = list(_pages("mild", 30))
    whole = _joined([pages[number % len(pages)] for number in range(MEMORY_PAGES)])
    held: list[tuple[int, int]] = []
    with _warm(1, pages[0]) as pool:
        for first in range(1, MEMORY_PAGES + 1, SAMPLE_EVERY):
            numbers = tuple(range(first, first + SAMPLE_EVERY))
            pipeline.extract(whole, "whole.pdf", options=pipeline.Options(pages=numbers), workers=pool)
            held.append((numbers[-1], pool.submit(resident_bytes).result() // MEGABYTE))
    second = mean(mb for number, mb in held if HUNDRED < number <= 2 * HUNDRED)
    last = mean(mb for number, mb in held if number > 2 * HUNDRED)
    yield "memory of a worker, pages 101 to 200, MB", f"{second:.0f}", ""
    yield "memory of a worker, pages 201 to 300, MB", f"{last:.0f}", ""
    yield "last hundred ÷ second hundred", f"{last / second:.3f}", f"≤ {MOST_GROWTH:g}"
    yield "most memory after a page, MB", f"{max(mb for _, mb in held)}", f"< {MOST_MEMORY}"


def _pages(level: str, count: int) -> Iterator[bytes]:
    """`count` one-page scans, as many different ones as there are."""
    files: list[bytes] = []
    for sample in documents():
        if len(files) < count:
            files += _split(sample.scan(level, SEED))  # type: ignore[arg-type]
    for number in range(count):
        yield files[number % len(files)]


def _split(data: bytes) -> list[bytes]:
    pages = []
    with pymupdf.open(stream=data, filetype="pdf") as document:
        for number in range(document.page_count):
            with pymupdf.open() as single:
                single.insert_pdf(document, from_page=number, to_page=number)
                pages.append(single.tobytes())
    return pages


def _joined(files: Sequence[bytes]) -> bytes:
    with pymupdf.open() as whole:
        for data in files:
            with pymupdf.open(stream=data, filetype="pdf") as document:
                whole.insert_pdf(document)
        joined: bytes = whole.tobytes()
        return joined


def _page_count(data: bytes) -> int:
    with pymupdf.open(stream=data, filetype="pdf") as document:
        return int(document.page_count)


def _warm(count: int, data: bytes) -> Workers:
    """Workers whose every process has read a page: starting is not what is measured."""
    pool = pipeline.new_workers(count)
    _extract_all([data] * count * 2, pool)
    return pool


def _extract_all(files: Sequence[bytes], pool: Workers) -> None:
    with ThreadPoolExecutor(pool.count + 1) as threads:
        list(threads.map(lambda data: pipeline.extract(data, "file.pdf", workers=pool), files))


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


PARTS: dict[str, Callable[[], Iterator[Row]]] = {
    "ratio": ratio,
    "digital": digital,
    "workers": workers,
    "memory": memory,
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure speed and memory.")
    parser.add_argument("--write", action="store_true", help="put the figures into speed.md")
    parser.add_argument("--only", default=",".join(PARTS), help=f"some of {', '.join(PARTS)}, with commas between")
    arguments = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = "1"
    lines = [f"On {cores()} cores.\n", "| | figure | goal |", "|---|---|---|"]
    print("\n".join(lines))
    for name in arguments.only.split(","):
        for label, figure, goal in PARTS[name]():
            lines.append(f"| {label} | {figure} | {goal} |")
            print(lines[-1], flush=True)
    if arguments.write:
        figures = "\n".join(lines)
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(MARK.sub(lambda m: f"{m[1]}\n{figures}\n\n{m[2]}", page), encoding="utf-8")


if __name__ == "__main__":
    main()

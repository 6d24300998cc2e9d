"""Writes every sample to a folder: python -m tests.corpus.render OUTDIR [--seed N] [--only NAME]

For each document NAME: NAME.pdf (with text), NAME.clean.pdf, NAME.mild.pdf and NAME.hard.pdf (page images) and NAME.json
(gold: a list of evaluations, money in 万元). With --demo, only the scan that the repository carries for a first try.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import get_args

import numpy as np
import pymupdf

from tests.corpus import Sample, documents
from training import augment
from training.augment import Level

DEMO = "hebei_greening"
# Small enough to carry in the repository, fine enough for 10.5 pt print.
DEMO_DPI = 170
DEMO_SEED = 6


def write(sample: Sample, folder: Path, seed: int) -> list[Path]:
    """The sample's files, written to `folder`."""
    contents = {f"{sample.name}.pdf": sample.pdf()}
    contents |= {f"{sample.name}.{level}.pdf": sample.scan(level, seed) for level in get_args(Level)}
    contents[f"{sample.name}.json"] = json.dumps(sample.gold, ensure_ascii=False, indent=1).encode()
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    return [folder / name for name in contents]


def demo() -> bytes:
    """A one-page form as an office scans it after sealing: mild, the unit's own seal over the lower rows."""
    sample = next(sample for sample in documents() if sample.name == DEMO)
    rng = np.random.default_rng(DEMO_SEED)
    with pymupdf.open(stream=sample.pdf(), filetype="pdf") as document:
        sheets = [augment.raster(document, number, DEMO_DPI) for number in range(document.page_count)]
    sealed = [augment.sealed(sheet, rng, DEMO_DPI, 0.6, sample.gold[0]["implementing_unit"]) for sheet in sheets]
    printed = augment.as_pdf(sealed, DEMO_DPI / augment.POINTS_PER_INCH, quality=95)
    return augment.scan(printed, "mild", DEMO_SEED, DEMO_DPI)


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the sample documents, their scans and their gold to a folder.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1, help="which scans (default 1)")
    parser.add_argument("--only", metavar="NAME", help="one document only")
    parser.add_argument("--demo", action="store_true", help="only the demo scan, as demo.pdf")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    if arguments.demo:
        (arguments.folder / "demo.pdf").write_bytes(demo())
        return
    for sample in documents():
        if arguments.only in (None, sample.name):
            written = write(sample, arguments.folder, arguments.seed)
            print(f"{sample.name}: {len(written)} files")


if __name__ == "__main__":
    main()

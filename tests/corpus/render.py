"""Writes every sample to a folder: python -m tests.corpus.render OUTDIR [--seed N] [--only NAME]

For each document NAME: NAME.pdf (with text), NAME.clean.pdf, NAME.mild.pdf and NAME.hard.pdf (page images) and NAME.json
(gold: a list of evaluations, money in 万元).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import get_args

from tests.corpus import Sample, documents
from training.augment import Level


def write(sample: Sample, folder: Path, seed: int) -> list[Path]:
    """The sample's files, written to `folder`."""
    contents = {f"{sample.name}.pdf": sample.pdf()}
    contents |= {f"{sample.name}.{level}.pdf": sample.scan(level, seed) for level in get_args(Level)}
    contents[f"{sample.name}.json"] = json.dumps(sample.gold, ensure_ascii=False, indent=1).encode()
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    return [folder / name for name in contents]


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the sample documents, their scans and their gold to a folder.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1, help="which scans (default 1)")
    parser.add_argument("--only", metavar="NAME", help="one document only")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for sample in documents():
        if arguments.only in (None, sample.name):
            written = write(sample, arguments.folder, arguments.seed)
            print(f"{sample.name}: {len(written)} files")


if __name__ == "__main__":
    main()

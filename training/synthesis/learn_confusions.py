"""Learns what recognition misreads: renders authored lines, spoils them as poor scans do, reads them, counts.

    python -m training.synthesis.learn_confusions [LINES]

Writes confusions.json: for a character, what was read in its place, with counts ('' for a lost one).
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from difflib import SequenceMatcher
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import onnxruntime
import pymupdf
from numpy.typing import NDArray

from annotations.corpus import read_corpora
from training.synthesis.noise import CONFUSIONS

_HEIGHT: Final = 48
_FONTS: Final = ("china-s", "china-ss")
_CHARACTERS_A_LINE: Final = 36
_MODEL: Final = "models/PP-OCRv6_rec_small.onnx"

# A line that is read worse than this tells of a lost line, not of confusable characters.
_READABLE: Final = 0.7

Image = NDArray[np.uint8]


class Recogniser:
    """The recognition model of the reading room, a line at a time."""

    def __init__(self) -> None:
        found = find_spec("rapidocr")
        assert found is not None
        assert found.submodule_search_locations
        path = Path(found.submodule_search_locations[0]) / _MODEL
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        listed = self.session.get_modelmeta().custom_metadata_map["character"].split("\n")
        self.characters = ["", *listed, " "]

    def read(self, line: Image) -> str:
        """The text of a line image (height, width, 3), greedily decoded (CTC)."""
        width = max(32, round(line.shape[1] * _HEIGHT / line.shape[0]))
        scaled = cv2.resize(line, (width, _HEIGHT)).astype(np.float32).transpose(2, 0, 1) / 127.5 - 1
        best = self.session.run(None, {self.session.get_inputs()[0].name: scaled[None]})[0][0].argmax(-1)
        kept = [c for i, c in enumerate(best) if c and (i == 0 or c != best[i - 1])]
        return "".join(self.characters[c] if c < len(self.characters) else "" for c in kept)


def render_line(text: str, chance: random.Random) -> Image:
    """A line as a poor scan shows it: few pixels, blur, skew, uneven light, grain, JPEG blocks."""
    page = pymupdf.open().new_page(width=12 * len(text) + 24, height=30)
    page.insert_text((10, 20), text, fontname=chance.choice(_FONTS), fontsize=11)
    pixmap = page.get_pixmap(dpi=chance.choice((72, 84, 96, 120)))
    pixels = np.frombuffer(pixmap.samples, np.uint8).reshape(pixmap.height, pixmap.width, 3)
    image: NDArray[Any] = pixels.astype(np.float32)
    image = cv2.GaussianBlur(image, (0, 0), chance.uniform(0.4, 1.3))
    grain = np.random.default_rng(chance.randrange(2**32)).normal(0, chance.uniform(5, 35), image.shape[:2])
    image = image * chance.uniform(0.5, 1) + chance.uniform(20, 90) + grain[..., None]
    coded = cv2.imencode(
        ".jpg", np.clip(image, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, chance.randint(15, 60)]
    )
    return cv2.imdecode(coded[1], cv2.IMREAD_COLOR).astype(np.uint8)


def lines(chance: random.Random) -> Iterator[str]:
    """Stretches of the training reports."""
    texts = [s.text for report in read_corpora(splits=("train",)) for s in report.sentences]
    chance.shuffle(texts)
    for text in texts:
        for start in range(0, len(text), _CHARACTERS_A_LINE):
            if len(text) - start >= 8:
                yield text[start : start + _CHARACTERS_A_LINE]


def learn(count: int, seed: int = 0) -> tuple[dict[str, Counter[str]], float]:
    """Confusions of `count` lines and the share of characters that were misread."""
    chance, recogniser = random.Random(seed), Recogniser()
    found: dict[str, Counter[str]] = defaultdict(Counter)
    wrong = total = 0
    for _, text in zip(range(count), lines(chance), strict=False):
        read = recogniser.read(render_line(text, chance))
        matcher = SequenceMatcher(None, text, read, autojunk=False)
        if matcher.ratio() < _READABLE:
            continue
        total += len(text)
        for kind, a, b, c, d in matcher.get_opcodes():
            if kind == "equal":
                continue
            wrong += max(b - a, d - c)
            if kind == "replace" and b - a == d - c:
                for true, seen in zip(text[a:b], read[c:d], strict=True):
                    found[true][seen] += 1
            elif kind == "delete" and b - a == 1:
                found[text[a]][""] += 1
    return found, wrong / max(total, 1)


def main(arguments: list[str]) -> None:
    found, share = learn(int(arguments[0]) if arguments else 1500)
    kept = {key: dict(counts.most_common(6)) for key, counts in sorted(found.items()) if not key.isspace()}
    CONFUSIONS.write_text(json.dumps(kept, ensure_ascii=False, indent=0) + "\n", encoding="utf8")
    sys.stdout.write(f"{share:.2%} of the characters misread, {len(kept)} with confusions\n")


if __name__ == "__main__":
    main(sys.argv[1:])

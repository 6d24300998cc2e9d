"""The tagger as it is served: ONNX Runtime and numpy, no torch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from models.decoding import WANTED, Calibration, Calibrations, Stretch, decode
from models.spans import TaggedSentence
from models.vocabulary import Vocabulary
from models.windows import Window, pack, pad

WEIGHTS: Final = Path(__file__).parent / "weights"
MODEL_FILE: Final = "tagger.onnx"
MANIFEST_FILE: Final = "manifest.json"

# Sentences scored at a time: bounds the memory of the scores, whatever the length of the input.
_BLOCK: Final = 128

Array = NDArray[np.float32]
Runner = Callable[[NDArray[np.int64]], tuple[Array, Array, Array]]
"""Ids (batch, length) to span, link and amount scores (see models.network.Scores). No row is padded."""


class WeightsError(RuntimeError):
    """The weights are missing, damaged or not of this version; the message says which and what to do."""


class Tagger:
    """Tags sentences with entities and relations."""

    def __init__(
        self,
        runner: Runner,
        vocabulary: Vocabulary,
        calibrations: Calibrations | None = None,
        threads: int = 1,
        wanted: float = WANTED,
    ) -> None:
        self._runner = runner
        self.threads = threads
        self.vocabulary = vocabulary
        self.calibrations = calibrations or Calibrations()
        self.wanted = wanted

    @classmethod
    def load(cls, path: Path | None = None, threads: int = 1, wanted: float = WANTED) -> Tagger:
        """Load exported weights from a folder (by default those that ship with the package) and check their checksum.

        `wanted` is what an indicator must promise that a value lacks: models.decoding.decode tells more.
        Raises WeightsError when a file is missing or its checksum differs from the manifest's.
        """
        import onnxruntime

        folder = path or WEIGHTS
        manifest, model = _read_weights(folder)
        options = onnxruntime.SessionOptions()
        # Batches run side by side, a thread each: that loses nothing to waiting inside a small multiplication.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        # Windows come in many shapes: a plan for each would cost more than it saves. The arena itself keeps memory warm
        # (a third of the time went to fresh pages without it) and stays below 100 MB at this size of batches.
        options.enable_mem_pattern = False
        session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

        def run(ids: NDArray[np.int64]) -> tuple[Array, Array, Array]:
            spans, links, amounts = session.run(None, {"ids": ids})
            return spans, links, amounts

        scaling = {name: Calibration(**values) for name, values in manifest["calibration"].items()}
        return cls(run, Vocabulary(manifest["characters"]), Calibrations(**scaling), threads, wanted)

    def tag(self, sentences: Sequence[str], headings: Sequence[str | None] | None = None) -> list[TaggedSentence]:
        """Tag sentences in reading order; neighbours serve as context. Offsets count characters of each sentence.

        `headings`, as long as `sentences`, names the heading that each stands under, where known. Raises ValueError
        where the lengths differ.
        """
        if headings is not None and len(headings) != len(sentences):
            raise ValueError(f"{len(sentences)} sentences but {len(headings)} headings")
        if not sentences:
            return []
        blocks = [
            (sentences[first : first + _BLOCK], headings[first : first + _BLOCK] if headings is not None else None)
            for first in range(0, len(sentences), _BLOCK)
        ]
        tagged: list[TaggedSentence] = []
        with ThreadPoolExecutor(self.threads) as pool:
            # The next block is scored while this one is decoded.
            running = self._start(*blocks[0], pool)
            for (block, _), following in zip(blocks, [*blocks[1:], None], strict=True):
                ahead = self._start(*following, pool) if following else ([], [])
                tagged += self._finish(block, *running)
                running = ahead
        return tagged

    def _start(
        self, sentences: Sequence[str], headings: Sequence[str | None] | None, pool: ThreadPoolExecutor
    ) -> tuple[list[Window], list[Future[tuple[Array, Array, Array]]]]:
        encoded = [self.vocabulary.encode(sentence) for sentence in sentences]
        context = None
        if headings is not None:
            context = [None if heading is None else self.vocabulary.encode(heading) for heading in headings]
        windows = pack(encoded, context)
        # A window at a time: its scores stay in the cache of a core, and none is padded. Batches were a fifth slower.
        return windows, [pool.submit(self._runner, pad([window.ids])) for window in windows]

    def _finish(
        self,
        sentences: Sequence[str],
        windows: Sequence[Window],
        scored: Sequence[Future[tuple[Array, Array, Array]]],
    ) -> list[TaggedSentence]:
        stretches: list[list[Stretch]] = [[] for _ in sentences]
        for window, future in zip(windows, scored, strict=True):
            spans, links, amounts = future.result()
            _spread(window, spans[0], links[0], amounts[0], stretches)
        return [
            decode(text, parts, self.calibrations, self.wanted)
            for text, parts in zip(sentences, stretches, strict=True)
        ]


def _spread(window: Window, spans: Array, links: Array, amounts: Array, stretches: list[list[Stretch]]) -> None:
    for piece in window.pieces:
        here = slice(piece.at, piece.at + piece.length)
        stretches[piece.sentence].append(Stretch(piece.start, spans[:, here], links[:, here, here], amounts[here]))


def _read_weights(folder: Path) -> tuple[dict[str, Any], bytes]:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf8"))
        model = (folder / MODEL_FILE).read_bytes()
    except FileNotFoundError as error:
        raise WeightsError(
            f"no tagger weights in {folder}: {error.filename} is missing; train or export some"
        ) from error
    checksum = hashlib.sha256(model).hexdigest()
    if checksum != manifest.get("sha256"):
        raise WeightsError(f"{folder / MODEL_FILE} is damaged: its checksum is not the manifest's; restore the file")
    return manifest, model

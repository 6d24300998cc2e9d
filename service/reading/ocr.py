"""PaddleOCR on ONNX Runtime: the lines of a prepared page, character by character.

PaddleOCR finds the text boxes and runs the recogniser; the decoding here keeps what its own throws away: where on the
line each character stands, how sure it is, and what else it might be. The models are PP-OCRv6 small, out of the
installed `rapidocr` wheel; nothing is ever downloaded.
"""

from __future__ import annotations

import json
import logging
import math
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import platformdirs

from service.errors import ModelsMissing
from service.reading.boxes import TextBox, box_of, crop, cut, fitted, in_lines, side_by_side, stacked
from service.reading.ctc import Decoder, Reading
from service.reading.document import Box, Char
from service.reading.image import Prepared

MODEL_PACKAGE = "rapidocr"
DETECTOR = "PP-OCRv6_small_det"
RECOGNISER = "PP-OCRv6_small_rec"
_FILES = {DETECTOR: "PP-OCRv6_det_small.onnx", RECOGNISER: "PP-OCRv6_rec_small.onnx"}
_FOLDER_FORMAT = 1  # raised when what is written into the model folders changes

_DETECTION_SIDE = 960  # longer side in pixels; full resolution costs four times as much and finds no more
_FINE_SIDE = 1536  # for pages of small print: A3 tables, footnotes
_SMALL_PRINT = 12  # pixels of the reduced page; lower boxes run together, and single digits are lost
_LINE_HEIGHT = 48  # pixels, the recogniser's input
_TRAINED_WIDTH = 320
_NARROWEST = 96  # pixels; padding short lines to the trained width changes no character and doubles a table's time
_WIDEST = 3200
_BATCH_WIDTH = 4 * 320  # pixels of line width in one run; more falls out of the processor's cache and takes longer
_SAMPLE_LINES = 4  # lines that tell which way is up
_SAMPLE_RATIO = 8  # characters of such a line: enough to be sure, few enough to cost nothing
_ON_ITS_SIDE = 2.2  # a box this much higher than wide holds more than one narrow character
_CLEARLY_BETTER = 0.15  # in mean probability: less is chance


# ONNX Runtime reads it once, when it starts; its official builds report to their maker by default.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"


@dataclass(frozen=True, slots=True)
class OcrLine:
    """A line as recognised, in pixels of the prepared image.

    `sealed` is the share of the box that lay under a seal. `dropped` are characters that the recogniser nearly saw:
    each lost to the blank, which stands first among its alternatives. `turn` is the clockwise angle in which the text
    runs (0, 90 or 270); the characters of a turned line all span the width of its box.
    """

    box: Box
    chars: tuple[Char, ...]
    sealed: float = 0.0
    dropped: tuple[Char, ...] = ()
    turn: int = 0

    @property
    def text(self) -> str:
        return "".join(c.text for c in self.chars)

    @property
    def confidence(self) -> float:
        return min((c.confidence for c in self.chars), default=0.0)


class Engine:
    """Finds and reads text on `threads` threads. The models load at the first use; not to be shared between threads.

    `models` is the folder to keep the unpacked models in, by default the user's cache.
    Raises ModelsMissing where the `rapidocr` package or one of its models is not there.
    """

    def __init__(self, threads: int = 1, models: Path | None = None) -> None:
        self.threads = threads
        self._models = models

    @cached_property
    def _folder(self) -> Path:
        return model_folder(self._models)

    @cached_property
    def _detector(self) -> Any:
        return _predictor("TextDetection", self._folder, DETECTOR, self.threads)

    @cached_property
    def _recogniser(self) -> Any:
        return _predictor("TextRecognition", self._folder, RECOGNISER, self.threads)

    @cached_property
    def _decoder(self) -> Decoder:
        return Decoder(self._recogniser.post_op.character)

    def load(self) -> None:
        """Load both models now."""
        assert self._detector
        assert self._decoder

    def detect(self, image: np.ndarray) -> list[TextBox]:
        """Boxes around the text of a BGR image, from top to bottom."""
        if min(image.shape[:2]) < 2:
            return []
        boxes = self._detect(image, _DETECTION_SIDE)
        longer = max(image.shape[:2])
        if boxes and longer > _DETECTION_SIDE and _usual_height(boxes) * _DETECTION_SIDE / longer < _SMALL_PRINT:
            boxes = self._detect(image, _FINE_SIDE)
        return sorted(boxes, key=lambda b: (b.bounds.y0, b.bounds.x0))

    def _detect(self, image: np.ndarray, side: int) -> list[TextBox]:
        """Boxes found on the page reduced to `side` pixels on its longer side."""
        (result,) = self._detector.predict([image], limit_side_len=side, limit_type="max")
        boxes = [box_of(quad) for quad in result["dt_polys"]]
        return [b for b in boxes if min(b.width, b.height) >= 1]

    def recognise(self, crops: Sequence[np.ndarray]) -> list[Reading]:
        """Read BGR crops that hold one line each."""
        readings = [Reading()] * len(crops)
        for batch in _batches([_width(c) for c in crops]):
            pixels, used = _stack([crops[i] for i in batch])
            (output,) = self._recogniser.runner(x=[pixels])
            for i, steps, share in zip(batch, output, used, strict=True):
                readings[i] = self._decoder.decode(steps, share)
        return readings

    def certainty(self, image: np.ndarray, boxes: Sequence[TextBox], turn: int) -> float:
        """How readable a few lines are, 0 to 1, if the text runs at `turn` degrees clockwise."""
        lain = [b.turned() if turn in (90, 270) else b for b in boxes]
        lines = sorted(lain, key=lambda b: -min(b.width / b.height, _SAMPLE_RATIO))[:_SAMPLE_LINES]
        pieces = [crop(image, b.part(0, min(b.width, _SAMPLE_RATIO * b.height))) for b in lines]
        readings = self.recognise([np.rot90(p, 2) if turn in (180, 270) else p for p in pieces])
        chars = [c.confidence for r in readings for c in r.chars]
        return sum(chars) / len(chars) if chars else 0.0

    def read(self, prepared: Prepared) -> list[OcrLine]:
        """All lines of a page, from top to bottom."""
        found = self.detect(prepared.image) if prepared.boxes is None else prepared.boxes
        boxes = fitted(in_lines(found, prepared.ink), prepared.ink)
        wide = [b for b in boxes if not b.tall]
        readings = self.recognise([crop(prepared.image, b) for b in wide])
        lines = [_line(b.bounds, reading, prepared) for b, reading in zip(wide, readings, strict=True)]
        lines += [line for b in boxes if b.tall for line in self._read_tall(b, prepared)]
        return sorted((line for line in lines if line.chars), key=lambda line: (line.box.y0, line.box.x0))

    def _read_tall(self, box: TextBox, prepared: Prepared) -> list[OcrLine]:
        """A box higher than wide: a narrow character, characters below each other, or a line on its side."""
        upright = crop(prepared.image, box)
        if box.height < _ON_ITS_SIDE * box.width:
            return [_line(box.bounds, self.recognise([upright])[0], prepared)]
        downwards, upwards = self.recognise([np.rot90(upright), np.rot90(upright, 3)])
        if upwards.mean > downwards.mean + _CLEARLY_BETTER:
            return [_on_its_side(_line(box.bounds, upwards, prepared), 270)]
        pieces = stacked(box, prepared.ink)
        parts = [crop(prepared.image, p) for p in pieces]
        stack = self.recognise([side_by_side(parts)])[0] if parts else Reading()
        # The recogniser knows stacked characters too, lain on their left side: only their number tells them apart.
        if len(stack.chars) == len(parts) > 1 and stack.mean > downwards.mean - _CLEARLY_BETTER:
            return _unstacked(pieces, parts, stack, prepared)
        return [_on_its_side(_line(box.bounds, downwards, prepared), 90)]

    def read_crops(self, prepared: Prepared, boxes: Sequence[Box]) -> list[OcrLine | None]:
        """Read each box as one line, without looking for text in it; None where nothing is read."""
        readings = self.recognise([cut(prepared.image, box) for box in boxes])
        lines = [_line(box, reading, prepared) for box, reading in zip(boxes, readings, strict=True)]
        return [line if line.chars else None for line in lines]


# Models


def packaged_models() -> dict[str, Path]:
    """Where the installed `rapidocr` package keeps the two models. Raises ModelsMissing."""
    spec = find_spec(MODEL_PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelsMissing(name=DETECTOR, package=MODEL_PACKAGE)
    paths = {name: Path(spec.origin).parent / "models" / file for name, file in _FILES.items()}
    for name, path in paths.items():
        if not path.is_file():
            raise ModelsMissing(name=name, package=MODEL_PACKAGE)
    return paths


def model_folder(parent: Path | None = None) -> Path:
    """A folder with both models laid out as PaddleOCR wants them; written once, safe with several processes."""
    sources = packaged_models()
    name = f"ocr-{version(MODEL_PACKAGE)}-{_FOLDER_FORMAT}"
    parents = [parent] if parent else [platformdirs.user_cache_path("jixiao"), Path(tempfile.gettempdir()) / "jixiao"]
    for root in parents:
        try:
            if not _complete(root / name, sources):
                _write_models(root / name, sources)
        except OSError as error:
            logging.getLogger(__name__).warning("models cannot be kept in %s: %s", root, error)
            continue
        return root / name
    raise ModelsMissing(name=DETECTOR, package=MODEL_PACKAGE)


def _complete(folder: Path, sources: dict[str, Path]) -> bool:
    files = [folder / name / "inference.onnx" for name in sources]
    return all(
        file.is_file() and file.stat().st_size == source.stat().st_size and (file.parent / "inference.yml").is_file()
        for file, source in zip(files, sources.values(), strict=True)
    )


def _write_models(folder: Path, sources: dict[str, Path]) -> None:
    """Write beside the target and rename, so that no process ever sees half a folder."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".ocr-"))
    try:
        for name, source in sources.items():
            (draft / name).mkdir()
            shutil.copyfile(source, draft / name / "inference.onnx")
            # JSON is YAML, and its writer escapes what the dictionary holds.
            (draft / name / "inference.yml").write_text(json.dumps(_model_config(name, source)), encoding="utf-8")
        if folder.exists() and not _complete(folder, sources):
            shutil.rmtree(folder, ignore_errors=True)
        try:
            draft.rename(folder)
        except OSError:
            if not _complete(folder, sources):  # else another process was first
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _model_config(name: str, source: Path) -> dict[str, Any]:
    """The `inference.yml` that belongs to a model."""
    decode_image = {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}}
    if name == RECOGNISER:
        steps: list[dict[str, Any]] = [
            decode_image,
            {"RecResizeImg": {"image_shape": [3, _LINE_HEIGHT, _TRAINED_WIDTH]}},
            {"KeepKeys": {"keep_keys": ["image"]}},
        ]
        after: dict[str, Any] = {"name": "CTCLabelDecode", "character_dict": _dictionary(source)}
    else:
        imagenet = {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225], "scale": "1./255.", "order": "hwc"}
        steps = [
            decode_image,
            {"DetResizeForTest": {"resize_long": _DETECTION_SIDE}},
            {"NormalizeImage": imagenet},
            {"ToCHWImage": None},
            {"KeepKeys": {"keep_keys": ["image", "shape"]}},
        ]
        after = {
            "name": "DBPostProcess",
            "thresh": 0.3,
            "box_thresh": 0.6,
            "unclip_ratio": 1.5,
            "max_candidates": 1000,
        }
    return {"Global": {"model_name": name}, "PreProcess": {"transform_ops": steps}, "PostProcess": after}


def _dictionary(model: Path) -> list[str]:
    """The recogniser's characters, which its file carries."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    characters: str = session.get_modelmeta().custom_metadata_map["character"]
    return characters.splitlines()


def _predictor(kind: str, folder: Path, name: str, threads: int) -> Any:
    """PaddleX's predictor behind `paddleocr.TextDetection` or `.TextRecognition`."""
    # Both are read when paddlex is imported: it would look for model hosts, and write into the home folder.
    os.environ.setdefault("PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK", "True")
    os.environ.setdefault("PADDLE_PDX_CACHE_HOME", str(folder.parent / "paddlex"))
    import paddleocr

    logging.getLogger("paddlex").setLevel(logging.WARNING)
    cv2.setNumThreads(threads)
    model = getattr(paddleocr, kind)(
        model_name=name,
        model_dir=str(folder / name),
        device="cpu",
        engine="onnxruntime",
        # Every page brings new shapes; a plan kept for each of them would grow without end.
        engine_config={"intra_op_num_threads": threads, "enable_mem_pattern": False},
    )
    return model.paddlex_predictor


# Recognition


def _width(piece: np.ndarray) -> int:
    """Width of a crop at the recogniser's height; 0 for an empty one."""
    if not piece.size:
        return 0
    height, width = int(piece.shape[0]), int(piece.shape[1])
    return min(_WIDEST, math.ceil(_LINE_HEIGHT * width / height))


def _batches(widths: Sequence[int]) -> Iterator[list[int]]:
    """Indices in groups of like width, so that little is padded; empty crops in none."""
    batch: list[int] = []
    for i in sorted((i for i, w in enumerate(widths) if w), key=lambda i: widths[i]):
        if batch and max(_NARROWEST, widths[i]) * (len(batch) + 1) > _BATCH_WIDTH:
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch


def _stack(pieces: Sequence[np.ndarray]) -> tuple[np.ndarray, list[float]]:
    """The recogniser's input (n, 3, 48, width), float32, and the share of the width that each piece fills."""
    widths = [_width(p) for p in pieces]
    full = max(_NARROWEST, *widths)
    pixels = np.zeros((len(pieces), 3, _LINE_HEIGHT, full), np.float32)
    for row, piece, width in zip(pixels, pieces, widths, strict=True):
        scaled = cv2.resize(piece, (width, _LINE_HEIGHT)).astype(np.float32)
        row[:, :, :width] = (scaled.transpose(2, 0, 1) / 255 - 0.5) / 0.5
    return pixels, [width / full for width in widths]


# Lines


def _usual_height(boxes: Sequence[TextBox]) -> float:
    """The median height of lines, whichever way they run."""
    return float(np.median([min(b.width, b.height) for b in boxes]))


def _line(box: Box, reading: Reading, prepared: Prepared) -> OcrLine:
    def place(char: Char) -> Char:
        return replace(char, x0=box.x0 + char.x0 * box.width, x1=box.x0 + char.x1 * box.width)

    return OcrLine(
        box,
        tuple(place(c) for c in reading.chars),
        prepared.sealed(box),
        tuple(place(c) for c in reading.dropped),
    )


def _on_its_side(line: OcrLine, turn: int) -> OcrLine:
    box = line.box
    return replace(
        line,
        chars=tuple(replace(c, x0=box.x0, x1=box.x1) for c in line.chars),
        dropped=tuple(replace(c, x0=box.x0, x1=box.x1) for c in line.dropped),
        turn=turn,
    )


def _unstacked(
    pieces: Sequence[TextBox], parts: Sequence[np.ndarray], reading: Reading, prepared: Prepared
) -> list[OcrLine]:
    """A line for each character of a stack, at its own place."""
    ends = np.cumsum([p.shape[1] for p in parts]) / sum(p.shape[1] for p in parts)
    lines = []
    for i, piece in enumerate(pieces):
        start = ends[i - 1] if i else 0.0
        chars = [c for c in reading.chars if start <= (c.x0 + c.x1) / 2 < ends[i] or (i + 1 == len(ends) and c.x1 >= 1)]
        box = piece.bounds
        placed = tuple(replace(c, x0=box.x0, x1=box.x1) for c in chars)
        lines.append(OcrLine(box, placed, prepared.sealed(box)))
    return lines

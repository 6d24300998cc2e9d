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
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import platformdirs

from service.errors import ModelsMissing
from service.reading.document import Box, Char
from service.reading.image import Prepared

MODEL_PACKAGE = "rapidocr"
DETECTOR = "PP-OCRv6_small_det"
RECOGNISER = "PP-OCRv6_small_rec"
_FILES = {DETECTOR: "PP-OCRv6_det_small.onnx", RECOGNISER: "PP-OCRv6_rec_small.onnx"}
_FOLDER_FORMAT = 1  # raised when what is written into the model folders changes

_DETECTION_SIDE = 960  # longer side in pixels; full resolution costs four times as much and finds no more
_LINE_HEIGHT = 48  # pixels, the recogniser's input
_NARROWEST = 320  # pixels; the recogniser was trained on lines at least this wide, padded where shorter
_WIDEST = 3200
_BATCH_WIDTH = 6 * 640  # pixels of line width in one run; more costs memory and saves nothing
_BLANK = 0

_ALTERNATIVES = 3
_LEAST_ALTERNATIVE = 0.01
_LEAST_DROPPED = 0.1  # a character that lost to the blank is named from this probability on
_SAMPLE_LINES = 4  # lines that tell which way is up
TALL = 1.5  # PaddleOCR turns a box that is this much higher than wide


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


@dataclass(frozen=True, slots=True)
class Reading:
    """What the recogniser sees in one crop; x runs from 0 to 1 along it."""

    chars: tuple[Char, ...] = ()
    dropped: tuple[Char, ...] = ()

    @property
    def text(self) -> str:
        return "".join(c.text for c in self.chars)

    @property
    def mean(self) -> float:
        """Mean probability of the characters, as PaddleOCR scores a line."""
        return sum(c.confidence for c in self.chars) / len(self.chars) if self.chars else 0.0


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
    def _characters(self) -> list[str]:
        characters: list[str] = self._recogniser.post_op.character
        return characters

    def load(self) -> None:
        """Load both models now."""
        assert self._detector
        assert self._characters

    def detect(self, image: np.ndarray) -> list[np.ndarray]:
        """Quadrilaterals (4 × 2 pixels, clockwise from the top left) around the text of a BGR image, top down."""
        if min(image.shape[:2]) < 2:
            return []
        (result,) = self._detector.predict([image], limit_side_len=_DETECTION_SIDE, limit_type="max")
        return sorted(result["dt_polys"], key=lambda quad: (quad[0][1], quad[0][0]))

    def recognise(self, crops: Sequence[np.ndarray]) -> list[Reading]:
        """Read BGR crops that hold one line each."""
        readings = [Reading()] * len(crops)
        for batch in _batches([_width(c) for c in crops]):
            pixels, used = _stack([crops[i] for i in batch])
            (output,) = self._recogniser.runner(x=[pixels])
            for i, steps, share in zip(batch, output, used, strict=True):
                readings[i] = decode(steps, share, self._characters)
        return readings

    def certainty(self, image: np.ndarray, quads: Sequence[np.ndarray], turn: int) -> float:
        """How readable the longest lines are, 0 to 1, if the text runs at `turn` degrees clockwise."""
        tall = turn in (90, 270)
        along = [q for q in quads if (_bounds(q).height > _bounds(q).width) == tall]
        longest = sorted(along, key=lambda q: -max(_bounds(q).width, _bounds(q).height))[:_SAMPLE_LINES]
        pieces = [crop(image, q) for q in longest]
        readings = self.recognise([np.rot90(p, 2) if turn >= 180 else p for p in pieces])
        chars = [c.confidence for r in readings for c in r.chars]
        return sum(chars) / len(chars) if chars else 0.0

    def read(self, prepared: Prepared) -> list[OcrLine]:
        """All lines of a page, from top to bottom."""
        quads = self.detect(prepared.image) if prepared.quads is None else prepared.quads
        crops = [crop(prepared.image, quad) for quad in quads]
        readings = self.recognise(crops)
        lines = [_line(_bounds(quad), reading, prepared) for quad, reading in zip(quads, readings, strict=True)]
        return [line for line in lines if line.chars]

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
            {"RecResizeImg": {"image_shape": [3, _LINE_HEIGHT, _NARROWEST]}},
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


# Crops


def crop(image: np.ndarray, quad: np.ndarray) -> np.ndarray:
    """The text in a quadrilateral, straightened; a box that stands tall is turned a quarter anticlockwise.

    As PaddleOCR does it, so that the recogniser sees the same pixels.
    """
    corners = _corners(quad)
    width = int(max(np.linalg.norm(corners[0] - corners[1]), np.linalg.norm(corners[2] - corners[3])))
    height = int(max(np.linalg.norm(corners[0] - corners[3]), np.linalg.norm(corners[1] - corners[2])))
    if min(width, height) < 1:
        return np.zeros((0, 0, 3), np.uint8)
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, target)
    piece = cv2.warpPerspective(image, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.rot90(piece) if height >= TALL * width else piece


def _corners(quad: np.ndarray) -> np.ndarray:
    """The corners of the smallest turned rectangle around `quad`, clockwise from the top left."""
    points = sorted(cv2.boxPoints(cv2.minAreaRect(quad.astype(np.int32))), key=lambda p: p[0])
    left = sorted(points[:2], key=lambda p: p[1])
    right = sorted(points[2:], key=lambda p: p[1])
    return np.array([left[0], right[0], right[1], left[1]], np.float32)


def cut(image: np.ndarray, box: Box) -> np.ndarray:
    """The pixels of an axis-parallel box, clipped to the image."""
    height, width = image.shape[:2]
    x0, y0 = max(0, math.floor(box.x0)), max(0, math.floor(box.y0))
    return image[y0 : min(height, math.ceil(box.y1)), x0 : min(width, math.ceil(box.x1))]


def _bounds(quad: np.ndarray) -> Box:
    (x0, y0), (x1, y1) = quad.min(axis=0), quad.max(axis=0)
    return Box(float(x0), float(y0), float(x1), float(y1))


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


class _Peak(NamedTuple):
    """A run of time steps with one character; `step` is where it is most probable."""

    character: int
    first: int
    last: int
    step: int


def decode(steps: np.ndarray, used: float, characters: Sequence[str]) -> Reading:
    """Greedy CTC decoding of (time, characters) probabilities whose first column is the blank.

    `used` is the share of the time steps that the crop fills; the rest is padding.
    """
    best = steps.argmax(axis=1)
    peaks = list(_peaks(best, steps))
    scale = used * len(steps)
    chars = _extents([_char(p, steps, characters) for p in peaks], peaks, scale)
    return Reading(tuple(chars), tuple(_dropped(best, steps, peaks, scale, characters)))


def _peaks(best: np.ndarray, steps: np.ndarray) -> Iterator[_Peak]:
    bounds = [0, *(np.flatnonzero(np.diff(best)) + 1), len(best)]
    for first, end in pairwise(bounds):
        index = int(best[first])
        if index != _BLANK:
            yield _Peak(index, int(first), int(end) - 1, int(first + steps[first:end, index].argmax()))


def _char(peak: _Peak, steps: np.ndarray, characters: Sequence[str]) -> Char:
    """The character of a peak with its runners-up, not yet placed."""
    row = steps[peak.step]
    likely = np.argpartition(row, -_ALTERNATIVES - 1)[-_ALTERNATIVES - 1 :]
    ranked = sorted((int(i) for i in likely if i != peak.character), key=lambda i: -row[i])
    others = [("" if i == _BLANK else characters[i], float(row[i])) for i in ranked[:_ALTERNATIVES]]
    return Char(
        characters[peak.character],
        0.0,
        0.0,
        float(row[peak.character]),
        tuple((text, p) for text, p in others if p >= _LEAST_ALTERNATIVE),
    )


def _extents(chars: list[Char], peaks: list[_Peak], scale: float) -> list[Char]:
    """Characters with their extents: from half way to the one before to half way to the one after."""
    centres = [min(1.0, ((p.first + p.last + 1) / 2) / scale) for p in peaks]
    gaps = [b - a for a, b in pairwise(centres)]
    placed = []
    for i, char in enumerate(chars):
        before = gaps[i - 1] / 2 if i else centres[i]
        after = gaps[i] / 2 if i < len(gaps) else 1.0 - centres[i]
        placed.append(replace(char, x0=centres[i] - before, x1=centres[i] + after))
    return placed


def _dropped(
    best: np.ndarray, steps: np.ndarray, peaks: list[_Peak], scale: float, characters: Sequence[str]
) -> Iterator[Char]:
    """Characters that came second to a blank, away from the steps where they were read."""
    second = steps[:, 1:].argmax(axis=1) + 1
    weight = steps[np.arange(len(steps)), second]
    for step in np.flatnonzero((best == _BLANK) & (weight >= _LEAST_DROPPED)):
        near = [p for p in peaks if p.first - 1 <= step <= p.last + 1]
        if any(p.character == second[step] for p in near) or step >= scale:
            continue
        blank = ("", float(steps[step, _BLANK]))
        yield Char(characters[second[step]], step / scale, (step + 1) / scale, float(weight[step]), (blank,))


# Lines


def _line(box: Box, reading: Reading, prepared: Prepared) -> OcrLine:
    def place(char: Char) -> Char:
        return replace(char, x0=box.x0 + char.x0 * box.width, x1=box.x0 + char.x1 * box.width)

    return OcrLine(
        box,
        tuple(place(c) for c in reading.chars),
        prepared.sealed(box),
        tuple(place(c) for c in reading.dropped),
    )

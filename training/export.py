"""From trained weights to what is served: ONNX, int8, calibration, manifest with checksum. Needs torch and onnx."""

from __future__ import annotations

import hashlib
import json
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import torch

from annotations.corpus import CORPORA, read_corpora
from models.decoding import Calibration, Calibrations
from models.network import Network
from models.tagger import MANIFEST_FILE, MODEL_FILE, Tagger
from models.vocabulary import UNKNOWN
from training.calibration import calibrate
from training.train import load_weights

OPSET: Final = 17
# Weights of every multiplication and the embedding rows; together they are nearly all of the size.
_QUANTISED: Final = ("MatMul", "Gather")


def export(weights: Path, folder: Path, *, corpora: Path = CORPORA, int8: bool = True) -> dict[str, Any]:
    """Write model and manifest to a folder; returns the manifest. Calibrates on the development split of `corpora`."""
    network, vocabulary, held = load_weights(weights)
    folder.mkdir(parents=True, exist_ok=True)
    model = folder / MODEL_FILE
    with tempfile.TemporaryDirectory() as work:
        whole = Path(work) / "whole.onnx"
        _to_onnx(network, whole)
        if int8:
            _quantise(whole, model)
        else:
            model.write_bytes(whole.read_bytes())
    manifest = {
        "sha256": hashlib.sha256(model.read_bytes()).hexdigest(),
        "characters": vocabulary.characters,
        "calibration": {name: asdict(scaling) for name, scaling in _as_items(Calibrations())},
        "config": held["config"],
        "data": held["data"],
        "reports": held["reports"],
        "sentences": held["sentences"],
        "epoch": held["epoch"],
        "precision": "int8" if int8 else "float32",
    }
    _write(folder, manifest)
    development = [report.sentences for report in read_corpora(corpora, ("dev",))]
    if development:
        scaling = calibrate(Tagger.load(folder), development)
        manifest["calibration"] = {name: asdict(value) for name, value in _as_items(scaling)}
        _write(folder, manifest)
    return manifest


def _write(folder: Path, manifest: dict[str, Any]) -> None:
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    (folder / MANIFEST_FILE).write_text(text + "\n", encoding="utf8")


def _as_items(scaling: Calibrations) -> list[tuple[str, Calibration]]:
    return [("entities", scaling.entities), ("relations", scaling.relations)]


def _to_onnx(network: Network, path: Path) -> None:
    example = torch.randint(UNKNOWN + 1, network.vocabulary_size, (2, 64))
    torch.onnx.export(
        network,
        (example,),
        str(path),
        dynamo=False,
        opset_version=OPSET,
        input_names=["ids"],
        output_names=["spans", "links", "amounts"],
        dynamic_axes={
            "ids": {0: "batch", 1: "length"},
            "spans": {0: "batch", 2: "length"},
            "links": {0: "batch", 2: "length", 3: "length"},
            "amounts": {0: "batch", 1: "length"},
        },
    )


def _quantise(source: Path, target: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(
        source, target, op_types_to_quantize=list(_QUANTISED), weight_type=QuantType.QInt8, per_channel=True
    )

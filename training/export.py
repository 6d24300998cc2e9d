"""From trained weights to what is served: ONNX, int8, calibration, manifest with checksum. Needs torch and onnx."""

from __future__ import annotations

import hashlib
import json
import math
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch

from annotations.corpus import CORPORA, read_corpora
from models.decoding import Calibration, Calibrations
from models.network import Network
from models.spans import TaggedSentence
from models.tagger import MANIFEST_FILE, MODEL_FILE, Tagger
from models.vocabulary import UNKNOWN
from training.scoring import match
from training.train import load_weights

OPSET: Final = 17
# Weights of every multiplication and the embedding rows; together they are nearly all of the size.
_QUANTISED: Final = ("MatMul", "Gather")
_STEPS: Final = 400
_RATE: Final = 0.5


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


def calibrate(tagger: Tagger, documents: Sequence[Sequence[TaggedSentence]]) -> Calibrations:
    """Platt scaling of entity and relation scores on annotated documents that were not trained on.

    Relation scores build on entity scores, so the entities come first.
    """
    entities, _ = scored_outcomes(tagger, documents)
    tagger.calibrations = Calibrations(entities=fit(entities))
    _, relations = scored_outcomes(tagger, documents)
    return Calibrations(tagger.calibrations.entities, fit(relations))


Outcomes = list[tuple[float, bool]]


def scored_outcomes(tagger: Tagger, documents: Sequence[Sequence[TaggedSentence]]) -> tuple[Outcomes, Outcomes]:
    """The score of every predicted entity and relation, and whether it is right."""
    entities: Outcomes = []
    relations: Outcomes = []
    for document in documents:
        for gold, predicted in zip(document, tagger.tag([s.text for s in document]), strict=True):
            matched = match(gold.entities, predicted.entities)
            wanted = {(r.type, r.head, r.tail) for r in gold.relations}
            entities += [(e.score, e.id in matched) for e in predicted.entities]
            relations += [
                (r.score, (r.type, matched.get(r.head, ""), matched.get(r.tail, "")) in wanted)
                for r in predicted.relations
            ]
    return entities, relations


def fit(scores: Sequence[tuple[float, bool]]) -> Calibration:
    """Slope and offset of log odds that make the outcomes likeliest; plain gradient descent on two numbers."""
    if not scores:
        return Calibration()
    inner = np.clip(np.array([score for score, _ in scores]), 1e-6, 1 - 1e-6)
    odds, true = np.log(inner / (1 - inner)), np.array([hit for _, hit in scores], float)
    scale = max(float(np.abs(odds).mean()), 1.0)
    slope, offset = 1.0 * scale, 0.0
    for _ in range(_STEPS):
        error = 1 / (1 + np.exp(-(slope * odds / scale + offset))) - true
        slope -= _RATE * float((error * odds / scale).mean())
        offset -= _RATE * float(error.mean())
    return Calibration(slope / scale, offset)


def expected_calibration_error(scores: Sequence[tuple[float, bool]], bins: int = 10) -> float:
    """Mean distance between stated and actual share of hits over equal bins (Guo et al. 2017), 0..1."""
    total = 0.0
    for low in range(bins):
        inside = [(s, hit) for s, hit in scores if math.floor(min(s, 0.999999) * bins) == low]
        if inside:
            stated = sum(s for s, _ in inside) / len(inside)
            total += abs(stated - sum(hit for _, hit in inside) / len(inside)) * len(inside)
    return total / len(scores) if scores else 0.0

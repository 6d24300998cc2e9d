"""Teachers: runs that left reports out say what they make of them, and of text without annotation. Needs torch.

Knowledge distillation (Hinton, Vinyals & Dean 2015, arXiv:1503.02531) of the field over spans, with cross-fitted
teachers: on a report that it was trained on, a network repeats gold, slips of the annotator included.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import torch
from torch import Tensor

from annotations.corpus import Report
from models.network import Network, span_marginals
from training.dataset import SYNTHETIC, UNMARKED, Batch
from training.losses import Lesson, span_potentials


def fold_of(report: Report, folds: int) -> int:
    """The fold of a report; those of one agency share it."""
    return zlib.crc32(report.agency.encode()) % folds


@dataclass(frozen=True, slots=True)
class Teacher:
    """A trained network and the folds that it has not seen."""

    network: Network
    unseen: tuple[int, ...]


class Teachers:
    """Several teachers, asked together."""

    def __init__(self, teachers: list[Teacher], share: float) -> None:
        if not teachers:
            raise ValueError("no teachers: the folder that the settings name holds no weights (*.pt)")
        self.teachers, self.share = teachers, share

    def lesson(self, batch: Batch, bfloat16: bool = False) -> Lesson:
        """The mean field of the teachers that have not seen a row; a row that all have seen is left to gold."""
        asked = torch.stack([self._unseen(teacher, batch.origins) for teacher in self.teachers])
        with torch.no_grad():
            found = [self._field(teacher, batch, bfloat16) for teacher in self.teachers]
            potentials = torch.cat([potential for potential, _ in found])
            marginals = span_marginals(potentials).view(len(found), *found[0][0].shape)
            weights = asked / asked.sum(0).clamp(min=1)
            total = torch.zeros_like(found[0][1])
            for weight, marginal, (_, labels) in zip(weights, marginals, found, strict=True):
                total += weight[:, None, None, None] * marginal[:, None] * labels
        taught = asked.any(0) * self.share
        taught[batch.origins == SYNTHETIC] = 0
        taught[batch.origins == UNMARKED] = 1
        return Lesson(total, taught)

    @staticmethod
    def _unseen(teacher: Teacher, origins: Tensor) -> Tensor:
        unseen = torch.tensor(teacher.unseen, device=origins.device)
        return (torch.isin(origins, unseen) | (origins == UNMARKED)).float()

    @staticmethod
    def _field(teacher: Teacher, batch: Batch, bfloat16: bool) -> tuple[Tensor, Tensor]:
        with torch.autocast(batch.ids.device.type, torch.bfloat16, enabled=bfloat16):
            scores = teacher.network(batch.ids)
        return span_potentials(scores, batch), scores.spans.softmax(1)

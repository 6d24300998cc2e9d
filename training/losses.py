"""The training losses. Needs torch."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from models.network import MAX_SPAN, Scores, log_partition
from training.dataset import Batch

_NEVER = float("-inf")


class Lesson(NamedTuple):
    """What teachers make of a batch."""

    marginals: Tensor
    """(batch, labels, length, MAX_SPAN): how likely each span is."""
    share: Tensor
    """(batch,): how much of gold gives way to it in each row, 0..1."""


def allowed(sentences: Tensor) -> Tensor:
    """Which spans lie inside one sentence; (batch, length) to (batch, length, MAX_SPAN)."""
    _, length = sentences.shape
    device = sentences.device
    reach = torch.arange(length, device=device)[:, None] + torch.arange(MAX_SPAN, device=device)
    closing = sentences[:, reach.flatten().clamp(max=length - 1)].view(-1, length, MAX_SPAN)
    return (closing == sentences[..., None]) & (sentences[..., None] >= 0) & (reach < length)


def span_potentials(scores: Scores, batch: Batch) -> Tensor:
    """Log potential of every span, whatever its label; -inf where none may stand. (batch, length, MAX_SPAN)"""
    return scores.spans.logsumexp(1).masked_fill(~allowed(batch.sentences), _NEVER)


def entity_loss(scores: Scores, batch: Batch, lesson: Lesson | None = None) -> Tensor:
    """Negative log likelihood of the gold spans under the semi-Markov field, a sentence.

    With a lesson, gold gives way to what the teachers expect by the lesson's share in each row: the cross entropy of
    their field and this one, which for a field of spans needs their marginals alone.
    """
    row, label, start, width = batch.spans.unbind(1)
    gold = scores.spans[row, label, start, width]
    partition = log_partition(span_potentials(scores, batch)).sum()
    if lesson is None:
        return (partition - gold.sum()) / max(batch.count, 1)
    taught = (lesson.marginals * scores.spans).sum((1, 2, 3))
    expected = (gold * (1 - lesson.share)[row]).sum() + (taught * lesson.share).sum()
    return (partition - expected) / max(batch.count, 1)


def link_loss(scores: Scores, batch: Batch) -> Tensor:
    """Cross entropy of every value over the indicators of its sentence and none, plus that of forward links."""
    losses = [scores.links.sum() * 0]
    if len(batch.values):
        row, first, last, answer = batch.values.unbind(1)
        starts, ends = batch.choices.unbind(2)
        rows = row[:, None].expand_as(starts)
        absent = starts < 0
        arc = scores.links[rows, 0, first[:, None].expand_as(starts), starts.clamp(min=0)]
        arc = arc + scores.links[rows, 1, last[:, None].expand_as(ends), ends.clamp(min=0)]
        options = torch.cat([arc.new_zeros(len(arc), 1), arc.masked_fill(absent, _NEVER)], 1)
        losses.append(functional.cross_entropy(options, answer, reduction="sum") / max(batch.count, 1))
    if len(batch.forward):
        row, kind, start, target, linked = batch.forward.unbind(1)
        arc = scores.links[row, 2 + kind, start, target]
        loss = functional.binary_cross_entropy_with_logits(arc, linked.float(), reduction="sum")
        losses.append(loss / max(batch.count, 1))
    return torch.stack(losses).sum()


def amount_loss(scores: Scores, batch: Batch) -> Tensor:
    """Cross entropy of the relation type of linked amounts."""
    if not len(batch.amounts):
        return scores.amounts.sum() * 0
    row, first, last, kind = batch.amounts.unbind(1)
    evidence = scores.amounts[row, first] + scores.amounts[row, last]
    return functional.cross_entropy(evidence, kind, reduction="sum") / max(batch.count, 1)

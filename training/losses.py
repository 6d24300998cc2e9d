"""The training losses. Needs torch."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from models.network import MAX_SPAN, Scores, log_partition
from training.dataset import Batch

_NEVER = float("-inf")


def allowed(sentences: Tensor) -> Tensor:
    """Which spans lie inside one sentence; (batch, length) to (batch, length, MAX_SPAN)."""
    _, length = sentences.shape
    device = sentences.device
    reach = torch.arange(length, device=device)[:, None] + torch.arange(MAX_SPAN, device=device)
    closing = sentences[:, reach.flatten().clamp(max=length - 1)].view(-1, length, MAX_SPAN)
    return (closing == sentences[..., None]) & (sentences[..., None] >= 0) & (reach < length)


def entity_loss(scores: Scores, batch: Batch) -> Tensor:
    """Negative log likelihood of the gold spans under the semi-Markov field, a sentence."""
    potentials = scores.spans.logsumexp(1).masked_fill(~allowed(batch.sentences), _NEVER)
    row, label, start, width = batch.spans.unbind(1)
    gold = scores.spans[row, label, start, width].sum()
    return (log_partition(potentials).sum() - gold) / max(batch.count, 1)


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

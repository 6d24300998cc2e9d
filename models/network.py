"""The trained network: one pass over a window of sentences gives span, link and amount scores. Needs torch.

Entities are a semi-Markov conditional field (Sarawagi & Cohen 2004) over spans scored as in Efficient GlobalPointer
(Su et al. 2022, arXiv:2208.03054): a bilinear start–end term with rotary positions (Su et al. 2021, arXiv:2104.09864),
label terms for both ends and the mean of label terms inside. Relations are bilinear arcs between span ends (Dozat &
Manning 2017, arXiv:1611.01734).
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import torch
from torch import Tensor, nn

from models.encoder import Dropout, Encoder, EncoderShape
from models.spans import LABELS

MAX_SPAN: Final = 40
"""The longest entity in characters."""

LINK_KINDS: Final = ("value_start", "value_end", "period", "org")
"""Arc matrices: two for values, whose ends are scored apart, one each for periods and organisations."""

AMOUNT_KINDS: Final = ("amount_of", "target_of", "achievement_of", "change_of")

_ARC: Final = 64
# Nearly all spans are no entity; starting there keeps the first steps from unlearning the encoder.
_EMPTY_BIAS: Final = -6.0


class Scores(NamedTuple):
    """Raw scores; above zero means rather yes than no."""

    spans: Tensor
    """(batch, labels, length, MAX_SPAN): score of the span that starts at i and is w + 1 characters long."""
    links: Tensor
    """(batch, kinds, length, length): score of an arc from position i (value, period, organisation) to indicator j."""
    amounts: Tensor
    """(batch, length, kinds): evidence for the relation of an amount that starts or ends here."""


def _rotate(states: Tensor) -> Tensor:
    """Rotary positions along the second last axis."""
    length, size = states.shape[-2:]
    frequency = 10000.0 ** (-torch.arange(0, size, 2, device=states.device, dtype=torch.float32) / size)
    angle = torch.arange(length, device=states.device, dtype=torch.float32)[:, None] * frequency
    even, odd = states[..., 0::2], states[..., 1::2]
    turned = torch.stack([even * angle.cos() - odd * angle.sin(), even * angle.sin() + odd * angle.cos()], -1)
    return turned.flatten(-2)


class Network(nn.Module):
    """Encoder and heads."""

    def __init__(self, shape: EncoderShape, vocabulary_size: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.shape, self.vocabulary_size = shape, vocabulary_size
        self.encoder = Encoder(shape, vocabulary_size, dropout)
        self.dropout = Dropout(dropout)
        self.span = nn.Linear(shape.hidden, 4 * _ARC)
        self.ends = nn.Linear(shape.hidden, 3 * len(LABELS))
        self.width = nn.Embedding(MAX_SPAN, len(LABELS))
        self.arcs = nn.Linear(shape.hidden, len(LINK_KINDS) * 2 * _ARC)
        self.arc_bias = nn.Parameter(torch.zeros(len(LINK_KINDS)))
        self.amounts = nn.Linear(shape.hidden, len(AMOUNT_KINDS))
        nn.init.normal_(self.width.weight, std=0.02)
        with torch.no_grad():
            self.width.weight += _EMPTY_BIAS

    def forward(self, ids: Tensor) -> Scores:
        """Score a batch of windows, ids of shape (batch, length)."""
        states = self.dropout(self.encoder(ids)).float()
        with torch.autocast(ids.device.type, enabled=False):
            return Scores(self._spans(states), self._links(states), self.amounts(states))

    def _spans(self, states: Tensor) -> Tensor:
        batch, length, _ = states.shape
        start, end, first, last = self.span(states).chunk(4, -1)
        pairs = (_rotate(start) @ _rotate(end).transpose(1, 2) + first @ last.transpose(1, 2)) * _ARC**-0.5
        places = torch.arange(length, device=states.device)
        reach = places[:, None] + torch.arange(MAX_SPAN, device=states.device)
        inside = torch.minimum(reach, places[-1])
        opening, closing, body = self.ends(states).transpose(1, 2).chunk(3, 1)
        total = torch.cat([body.new_zeros(batch, len(LABELS), 1), body.cumsum(-1)], -1)
        widths = torch.arange(1, MAX_SPAN + 1, device=states.device, dtype=torch.float32)
        flat = inside.flatten()
        ahead = total[:, :, 1:].index_select(2, flat).view(batch, len(LABELS), length, MAX_SPAN)
        mean = (ahead - total[:, :, :-1, None]) / widths
        closes = closing.index_select(2, flat).view(batch, len(LABELS), length, MAX_SPAN)
        band = pairs.gather(2, inside.expand(batch, length, MAX_SPAN))
        return band[:, None] + opening[..., None] + closes + mean + self.width.weight.T[:, None, :]

    def _links(self, states: Tensor) -> Tensor:
        batch, length, _ = states.shape
        arcs = self.arcs(states).view(batch, length, len(LINK_KINDS), 2, _ARC).permute(3, 0, 2, 1, 4)
        source, target = _rotate(arcs[0]), _rotate(arcs[1])
        return source @ target.transpose(-1, -2) * _ARC**-0.5 + self.arc_bias[:, None, None]

    def settings(self) -> dict[str, Any]:
        """What rebuilds the same network."""
        return {"shape": self.shape.to_dict(), "vocabulary_size": self.vocabulary_size}

    @classmethod
    def from_settings(cls, settings: dict[str, Any], dropout: float = 0.1) -> Network:
        """The untrained network that `settings` describe."""
        return cls(EncoderShape(**settings["shape"]), settings["vocabulary_size"], dropout)


class _LogPartition(torch.autograd.Function):
    """log Z of the semi-Markov field; its gradient is the marginal probability of every span."""

    @staticmethod
    def forward(ctx: Any, potentials: Tensor) -> Tensor:
        total, marginals = _both_ways(potentials)
        ctx.save_for_backward(marginals)
        return total

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        (marginals,) = ctx.saved_tensors
        return marginals * gradient[:, None, None]


def _both_ways(potentials: Tensor) -> tuple[Tensor, Tensor]:
    """Forward–backward: log Z (batch,) and the marginal of every span (batch, length, MAX_SPAN)."""
    batch, length, widest = potentials.shape
    # The suffixes are the prefixes of the reversed sentences: one loop over both keeps a GPU's launches few.
    by_end = torch.cat([_by_end(potentials), potentials.flip(1)])
    sums = potentials.new_full((2 * batch, widest + length + 1), float("-inf"))
    sums[:, widest] = 0
    for end in range(length):
        # Position widest + p of the buffer holds the prefix that ends before character p; a span of width w + 1
        # that ends at `end` starts where the prefix w places back stopped.
        arriving = torch.logsumexp(sums[:, end + 1 : end + widest + 1].flip(1) + by_end[:, end], 1)
        sums[:, widest + end + 1] = torch.logaddexp(sums[:, widest + end], arriving)
    prefix, suffix = sums[:batch], sums[batch:].flip(1)
    total = prefix[:, -1]
    rest = suffix.unfold(1, widest, 1)[:, 1 : length + 1]
    here = prefix[:, widest:-1, None]
    return total, (here + potentials + rest - total[:, None, None]).exp()


def _by_end(potentials: Tensor) -> Tensor:
    """The potentials sorted by last character instead of first; same shape."""
    _, length, widest = potentials.shape
    start = torch.arange(length, device=potentials.device)[:, None] - torch.arange(widest, device=potentials.device)
    moved = potentials.gather(1, start.clamp(min=0).expand_as(potentials))
    return moved.masked_fill(start < 0, float("-inf"))


def log_partition(potentials: Tensor) -> Tensor:
    """log of the summed weight of all ways to set non-overlapping spans; (batch, length, MAX_SPAN) to (batch,)."""
    return _LogPartition.apply(potentials)  # type: ignore[no-any-return, no-untyped-call]


def span_marginals(potentials: Tensor) -> Tensor:
    """The probability of every span in the field; shape (batch, length, MAX_SPAN), without gradient."""
    with torch.no_grad():
        return _both_ways(potentials)[1]

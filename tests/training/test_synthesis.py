from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.markup import parse, problems
from models.spans import TaggedSentence
from training.synthesis import noise, patterns
from training.synthesis.generator import _Style as Style
from training.synthesis.generator import fill, synthesise
from training.synthesis.mentions import Mentions

MARKED = (
    "截至⟦T1 PERIOD>period_of:T2|2023年12月⟧，⟦T2 INDICATOR|检查企业⟧⟦T3 ACHIEVEMENT>achievement_of:T2|1,836家⟧，"
    "⟦T4 INDICATOR|合格率⟧为⟦T5 ACHIEVEMENT>achievement_of:T4|98.6%⟧。"
)
ALL = [pattern for kind, _ in patterns.KINDS for pattern in kind]


def _covered(sentence: TaggedSentence) -> list[str]:
    return [sentence.span(entity) for entity in sentence.entities]


def test_there_are_enough_patterns() -> None:
    assert len(set(ALL)) == patterns.count() >= 200


@pytest.mark.parametrize("pattern", ALL)
def test_every_pattern_gives_sentences_that_keep_the_guide(pattern: str) -> None:
    for seed in range(5):
        chance = random.Random(seed)
        assert problems(fill(pattern, Style(chance), chance)) == []


def test_synthesis_follows_its_seed() -> None:
    assert synthesise(40, 7) == synthesise(40, 7)
    assert synthesise(40, 7) != synthesise(40, 8)
    assert sum(map(len, synthesise(40, 7))) == 40


def test_every_value_has_one_indicator_and_periods_reach_forward() -> None:
    for sentence in (s for document in synthesise(300, 3) for s in document):
        starts = {entity.id: entity.start for entity in sentence.entities}
        values = [r.head for r in sentence.relations if r.type not in ("period_of", "org_of")]
        assert len(values) == len(set(values))
        assert all(starts[r.head] < starts[r.tail] for r in sentence.relations if r.type in ("period_of", "org_of"))


@given(st.integers(0, 5000))
def test_noise_keeps_spans_on_what_they_named(seed: int) -> None:
    sentence, chance = parse(MARKED), random.Random(seed)
    changed = noise.disturb(sentence, chance)
    assert [e.label for e in changed.entities] == [e.label for e in sentence.entities]
    assert problems(changed) == [] or changed.text.count(",") != sentence.text.count(",")
    end = 0
    for entity in changed.entities:
        assert end <= entity.start < entity.end <= len(changed.text)
        end = entity.end


@given(st.integers(0, 5000))
def test_spacing_changes_nothing_but_spaces(seed: int) -> None:
    sentence = parse(MARKED)
    spaced = noise.with_spaces(sentence, random.Random(seed))
    assert noise.without_spaces(spaced) == sentence
    assert [span.replace(" ", "") for span in _covered(spaced)] == _covered(sentence)


def test_new_figures_leave_years_and_lengths() -> None:
    changed = noise.new_figures(parse(MARKED), random.Random(1))
    assert "2023年" in changed.text
    assert changed.text != parse(MARKED).text
    assert len(changed.text) == len(parse(MARKED).text)


def test_recognition_noise_has_the_rate_asked_for() -> None:
    sentence, chance = parse(MARKED), random.Random(2)
    changed = total = 0
    for _ in range(300):
        spoilt = noise.recognised(sentence, chance, 0.05)
        if len(spoilt.text) == len(sentence.text):
            changed += sum(a != b for a, b in zip(spoilt.text, sentence.text, strict=True))
            total += len(sentence.text)
    assert 0.02 < changed / total < 0.06


def test_confusions_were_learned_from_recognition() -> None:
    learned = noise.confusions()
    assert len(learned) > 100
    assert all(seen != true for true, options in learned.items() for seen, _ in options)


@given(st.integers(0, 5000))
def test_swapped_mentions_are_of_the_same_kind_and_keep_their_links(seed: int) -> None:
    other = parse(
        "⟦T1 PERIOD>period_of:T2|2021年度⟧⟦T2 INDICATOR|走访商户⟧⟦T3 ACHIEVEMENT>achievement_of:T2|约52家⟧，"
        "⟦T4 INDICATOR|结案率⟧⟦T5 ACHIEVEMENT>achievement_of:T4|90%⟧，⟦T6 INDICATOR|罚款⟧⟦T7 AMOUNT>amount_of:T6|3万元⟧"
    )
    sentence = parse(MARKED)
    swapped = Mentions([other]).swap(sentence, random.Random(seed), share=1.0)
    assert _covered(swapped) == ["2021年度", "走访商户", "约52家", "结案率", "90%"]
    assert swapped.relations == sentence.relations
    assert problems(swapped) == []
    assert _covered(Mentions([other]).swap(sentence, random.Random(seed), share=0.0)) == _covered(sentence)

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.convert import from_jsonl, read, to_conll, to_jsonl, write
from annotations.markup import MarkupError, parse, problems, render
from models.spans import LABELS, SIGNATURES, Entity, Relation, TaggedSentence

TEXT = "检查企业36家，预算 12.5万元。“护航”（试行）\u3000😀"
MARKED = "⟦T2 PERIOD>period_of:T1|2023年⟧⟦T1 INDICATOR|检查企业⟧⟦T3 ACHIEVEMENT>achievement_of:T1|36家⟧。"


@st.composite
def sentences(draw: st.DrawFn) -> TaggedSentence:
    text = draw(st.text(alphabet=TEXT, min_size=1, max_size=40))
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    entities = [
        Entity(f"T{n}", a, b, draw(st.sampled_from(LABELS)), draw(st.sampled_from((1.0, 0.5, 0.8125))))
        for n, (a, b) in enumerate(zip(cuts[::2], cuts[1::2], strict=False), 1)
    ]
    indicators = [e.id for e in entities if e.label == "INDICATOR"]
    relations = [
        Relation(kind, e.id, draw(st.sampled_from(indicators)), 0.25)
        for e in entities
        for kind, labels in SIGNATURES.items()
        if indicators and e.label in labels and draw(st.booleans())
    ]
    return TaggedSentence(text, entities, relations)


def _unscored(sentence: TaggedSentence) -> tuple[object, ...]:
    spans = [(e.id, e.start, e.end, e.label) for e in sentence.entities]
    return sentence.text, spans, [(r.type, r.head, r.tail) for r in sentence.relations]


@given(st.lists(sentences(), max_size=4))
def test_jsonl_is_lossless(given_sentences: list[TaggedSentence]) -> None:
    assert from_jsonl(to_jsonl(given_sentences)) == given_sentences


@given(sentences())
def test_markup_keeps_text_spans_and_relations(sentence: TaggedSentence) -> None:
    assert _unscored(parse(render(sentence))) == _unscored(sentence)


@settings(max_examples=25, deadline=None)
@given(st.lists(sentences(), min_size=1, max_size=4))
def test_docbin_is_lossless(given_sentences: list[TaggedSentence]) -> None:
    pytest.importorskip("spacy")
    from annotations.convert import from_docbin, to_docbin

    assert from_docbin(to_docbin(given_sentences)) == given_sentences


@given(sentences())
def test_conll_has_a_line_a_character_and_legal_tags(sentence: TaggedSentence) -> None:
    rows = [line.split("\t") for line in to_conll([sentence]).split("\n") if line]
    assert len(rows) == len(sentence.text)
    before = "O"
    for _, tag in rows:
        assert not tag.startswith("I-") or before[2:] == tag[2:]
        before = tag
    assert sum(tag.startswith("B-") for _, tag in rows) == len(sentence.entities)


def test_files_go_through_every_form(tmp_path: Path) -> None:
    pytest.importorskip("spacy")
    original = [parse(MARKED), TaggedSentence("一、概况")]
    current = original
    for form, name in (("markup", "a.txt"), ("jsonl", "a.jsonl"), ("spacy", "a.spacy")):
        write(current, tmp_path / name, form)
        current = read(tmp_path / name, form)
    assert current == original


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("⟦T1 THING|检查⟧", "unknown label"),
        ("⟦T1 ORG|甲⟧⟦T1 ORG|乙⟧", "used twice"),
        ("⟦T1 ORG|甲", "broken tag"),
        ("⟦T1 ORG>owns:T2|甲⟧", "unknown relation"),
    ],
)
def test_broken_markup_is_named(line: str, message: str) -> None:
    with pytest.raises(MarkupError, match=message):
        parse(line)


@pytest.mark.parametrize(
    ("line", "finding"),
    [
        ("⟦T1 INDICATOR|检查，⟧⟦T2 ACHIEVEMENT>achievement_of:T1|3家⟧", "span"),
        ("⟦T1 INDICATOR|检查⟧⟦T2 TARGET>achievement_of:T1|3家⟧", "cannot start from TARGET"),
        ("⟦T1 PERIOD|今年⟧⟦T2 INDICATOR|检查⟧⟦T3 ACHIEVEMENT>achievement_of:T2|3家⟧", "qualifies nothing"),
        (
            "⟦T1 INDICATOR|甲⟧⟦T2 INDICATOR|乙⟧⟦T3 ACHIEVEMENT>achievement_of:T1,achievement_of:T2|3家⟧",
            "more than one indicator",
        ),
    ],
)
def test_breaches_of_the_guide_are_found(line: str, finding: str) -> None:
    assert any(finding in problem for problem in problems(parse(line)))


def test_a_sound_sentence_has_no_findings() -> None:
    assert problems(parse(MARKED)) == []

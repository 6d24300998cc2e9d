"""Converters between markup, JSONL, spaCy DocBin and CoNLL.

Markup, JSONL and DocBin carry everything there and back; CoNLL (BIO, one character a line) carries the spans only and
is written, not read.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from annotations.markup import parse, render
from models.spans import Entity, Relation, TaggedSentence

if TYPE_CHECKING:
    from spacy.tokens import Doc

SPAN_GROUP: Final = "report"
"""The span group of a Doc that holds the entities."""

RELATIONS: Final = "relations"
"""The extension of a Doc that holds the relations: a list of {type, from, to, score}, ids as in the span group."""


class ConvertError(ValueError):
    """A form that cannot be read or written."""


def read(path: Path, form: str) -> list[TaggedSentence]:
    """Read a file in one of the forms `markup`, `jsonl`, `spacy`. Header lines of corpus files are passed over."""
    if form == "markup":
        lines = path.read_text(encoding="utf8").split("\n")
        return [parse(line) for line in lines if line and not line.startswith("# ")]
    if form == "jsonl":
        return from_jsonl(path.read_text(encoding="utf8"))
    if form == "spacy":
        return from_docbin(path.read_bytes())
    raise ConvertError(f"cannot read {form}")


def write(sentences: Sequence[TaggedSentence], path: Path, form: str) -> None:
    """Write a file in one of the forms `markup`, `jsonl`, `spacy`, `conll`."""
    if form == "markup":
        path.write_text("".join(render(sentence) + "\n" for sentence in sentences), encoding="utf8")
    elif form == "jsonl":
        path.write_text(to_jsonl(sentences), encoding="utf8")
    elif form == "spacy":
        path.write_bytes(to_docbin(sentences))
    elif form == "conll":
        path.write_text(to_conll(sentences), encoding="utf8")
    else:
        raise ConvertError(f"cannot write {form}")


def to_jsonl(sentences: Sequence[TaggedSentence]) -> str:
    """One JSON object a line, as the guide has it."""
    return "".join(json.dumps(sentence.to_row(), ensure_ascii=False) + "\n" for sentence in sentences)


def from_jsonl(text: str) -> list[TaggedSentence]:
    """The inverse of `to_jsonl`; scores are kept to four places."""
    return [TaggedSentence.from_row(json.loads(line)) for line in text.split("\n") if line]


def to_doc(sentence: TaggedSentence, vocab: Any = None) -> Doc:
    """A spaCy Doc with a token a character, entities in `doc.spans["report"]` and relations in `doc._.relations`."""
    import spacy
    from spacy.tokens import Doc, Span

    if not Doc.has_extension(RELATIONS):
        Doc.set_extension(RELATIONS, default=None)
    doc = Doc(vocab or spacy.blank("zh").vocab, words=list(sentence.text), spaces=[False] * len(sentence.text))
    annotate(doc, sentence, Span)
    return doc


def annotate(doc: Doc, sentence: TaggedSentence, span: Any) -> None:
    """Put entities and relations on a Doc whose tokens are single characters."""
    spans = [span(doc, e.start, e.end, label=e.label, span_id=e.id) for e in sentence.entities]
    doc.spans[SPAN_GROUP] = spans
    doc.spans[SPAN_GROUP].attrs["scores"] = [e.score for e in sentence.entities]
    doc._.set(RELATIONS, [{"type": r.type, "from": r.head, "to": r.tail, "score": r.score} for r in sentence.relations])


def from_doc(doc: Doc) -> TaggedSentence:
    """The inverse of `to_doc`."""
    group = doc.spans.get(SPAN_GROUP, None)
    spans = list(group) if group is not None else []
    scores = group.attrs.get("scores", [1.0] * len(spans)) if group is not None else []
    entities = [
        Entity(span.id_, span.start, span.end, span.label_, score) for span, score in zip(spans, scores, strict=True)
    ]
    relations = [Relation(r["type"], r["from"], r["to"], r["score"]) for r in doc._.get(RELATIONS) or []]
    return TaggedSentence("".join(token.text for token in doc), entities, relations)


def to_docbin(sentences: Sequence[TaggedSentence]) -> bytes:
    """A DocBin; relations travel as user data."""
    import spacy
    from spacy.tokens import DocBin

    vocab = spacy.blank("zh").vocab
    return DocBin(store_user_data=True, docs=[to_doc(sentence, vocab) for sentence in sentences]).to_bytes()


def from_docbin(data: bytes) -> list[TaggedSentence]:
    """The inverse of `to_docbin`."""
    import spacy
    from spacy.tokens import Doc, DocBin

    if not Doc.has_extension(RELATIONS):
        Doc.set_extension(RELATIONS, default=None)
    return [from_doc(doc) for doc in DocBin().from_bytes(data).get_docs(spacy.blank("zh").vocab)]


def to_conll(sentences: Sequence[TaggedSentence]) -> str:
    """BIO tags, a character and its tag a line, a blank line after each sentence; white space is written as ␣."""
    blocks = []
    for sentence in sentences:
        tags = ["O"] * len(sentence.text)
        for entity in sentence.entities:
            tags[entity.start : entity.end] = [f"I-{entity.label}"] * (entity.end - entity.start)
            tags[entity.start] = f"B-{entity.label}"
        rows = (f"{'␣' if c.isspace() else c}\t{tag}\n" for c, tag in zip(sentence.text, tags, strict=True))
        blocks.append("".join(rows) + "\n")
    return "".join(blocks)

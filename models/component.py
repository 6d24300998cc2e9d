"""The tagger as a spaCy pipeline component: `nlp.add_pipe("report_tagger")`. Needs spaCy.

Works on any tokenizer: entities are aligned to tokens, widened to whole tokens where they end inside one. The exact
character offsets stay in `doc._.relations` and in the attributes of the span group.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import minibatch

from models.spans import TaggedSentence
from models.tagger import Tagger

SPAN_GROUP: Final = "report"
RELATIONS: Final = "relations"


class ReportTagger:
    """Sets `doc.spans["report"]` (labels, ids; calibrated scores in its attrs) and `doc._.relations`.

    A Doc is one sentence or more: where sentence boundaries are set they are used, else the whole Doc is one sentence.
    """

    def __init__(self, tagger: Tagger) -> None:
        self.tagger = tagger
        if not Doc.has_extension(RELATIONS):
            Doc.set_extension(RELATIONS, default=None)

    def __call__(self, doc: Doc) -> Doc:
        return next(self.pipe([doc], batch_size=1))

    def pipe(self, docs: Iterable[Doc], *, batch_size: int) -> Iterator[Doc]:
        """Tag a stream, `batch_size` Docs at a time; neighbouring Docs serve as context."""
        for batch in minibatch(docs, batch_size):  # type: ignore[no-untyped-call]
            members = list(batch)
            parts = [(doc, *part) for doc in members for part in _sentences(doc)]
            tagged = self.tagger.tag([text for _, text, _ in parts])
            found: dict[int, list[tuple[TaggedSentence, int]]] = {id(doc): [] for doc in members}
            for (doc, _, offset), sentence in zip(parts, tagged, strict=True):
                found[id(doc)].append((sentence, offset))
            for doc in members:
                _annotate(doc, found[id(doc)])
                yield doc


def _sentences(doc: Doc) -> list[tuple[str, int]]:
    if not doc.has_annotation("SENT_START"):
        return [(doc.text, 0)]
    return [(sentence.text, sentence.start_char) for sentence in doc.sents]


def _annotate(doc: Doc, sentences: Iterable[tuple[TaggedSentence, int]]) -> None:
    spans: list[Any] = []
    scores: list[float] = []
    offsets: list[Any] = []
    relations: list[dict[str, Any]] = []
    for sentence, offset in sentences:
        names = {entity.id: f"T{len(spans) + number}" for number, entity in enumerate(sentence.entities, 1)}
        for entity in sentence.entities:
            start, end = offset + entity.start, offset + entity.end
            span = doc.char_span(start, end, label=entity.label, span_id=names[entity.id], alignment_mode="expand")
            assert span is not None
            spans.append(span)
            scores.append(entity.score)
            offsets.append((start, end))
        relations += [
            {"type": r.type, "from": names[r.head], "to": names[r.tail], "score": r.score} for r in sentence.relations
        ]
    doc.spans[SPAN_GROUP] = spans
    doc.spans[SPAN_GROUP].attrs.update(scores=scores, offsets=offsets)
    doc._.set(RELATIONS, relations)


@Language.factory(
    "report_tagger", default_config={"weights": None, "threads": 1}, assigns=["doc.spans", "doc._.relations"]
)
def make_report_tagger(nlp: Language, name: str, weights: str | None, threads: int) -> ReportTagger:  # noqa: ARG001
    """Factory of the component; `weights` names a folder of exported weights, by default the shipped ones."""
    return ReportTagger(Tagger.load(Path(weights) if weights else None, threads))

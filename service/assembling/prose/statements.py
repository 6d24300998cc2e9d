"""Tagged sentences → statements: an indicator with its values, when, whose, where it stands and how sure it is.

Money is in 元. A change is signed: "下降 50%" is −50. Confidence is the least of the tagger's scores for the spans and
relations involved, times the least of the characters read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from models.spans import VALUE_LABELS, VALUE_RELATIONS, Entity, Relation, RelationType, TaggedSentence
from service.assembling.evidence import cell_evidence, line_evidence
from service.assembling.prose.periods import resolve
from service.assembling.prose.plain import plain
from service.assembling.prose.sections import Part, Section
from service.assembling.prose.sentences import sentences
from service.assembling.quantities import parse
from service.reading.document import Box, Cell, Char, Document, Line, Paragraph
from service.schema import Evidence, Quantity, Role, RoleValue, Statement

if TYPE_CHECKING:
    from service.schema import Evaluation

_ROLES: Final[dict[str, Role]] = {
    "amount_of": "amount", "target_of": "target", "achievement_of": "achievement", "change_of": "change",
    "AMOUNT": "amount", "TARGET": "target", "ACHIEVEMENT": "achievement", "CHANGE": "change",
}  # fmt: skip
_DECREASE: Final = re.compile(r"减少|下降|降低|压减|压缩|减|降|缩短|缩减|回落|下滑|收窄|少")
_INCREASE: Final = re.compile(r"增|提高|提升|上升|上涨|多")


# The head of a list of changes, up to the one that is asked about; also a word right before a bare figure (降幅13%).
_LISTED: Final = re.compile(
    rf"(?P<word>{_DECREASE.pattern}|{_INCREASE.pattern})[幅了约为达]*\s*(?:\d[\d,.]*\s*[^\s\d，。；、]{{0,4}}(?:、|，|,|和|与|及|以及)\s*)*$"
)


class SentenceTagger(Protocol):
    """What tags sentences: `models.tagger.Tagger`, or anything shaped like it."""

    def tag(self, sentences: Sequence[str], headings: Sequence[str | None] | None = None) -> list[TaggedSentence]: ...


@dataclass(frozen=True)
class Sentence:
    """A sentence of a paragraph or of a form's cell, and what it stands under."""

    source: Paragraph
    start: int
    end: int
    section: str | None
    heading: str | None
    shown: tuple[Evidence, ...] = ()
    """What to show for every span, where the sentence's own lines are not known."""

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]


def of_sections(sections: Iterable[Section]) -> Iterator[Sentence]:
    """The sentences of a report's sections, headings included, in reading order.

    A heading that is run into its sentence ("人员情况：编制 8 人。") does not end it.
    """
    owners: dict[int, list[tuple[Part, Section]]] = {}
    for section in sections:
        for part in [section.heading, *section.parts] if section.heading is not None else section.parts:
            owners.setdefault(id(part.paragraph), []).append((part, section))
    for parts in owners.values():
        paragraph = parts[0][0].paragraph
        for start, end in sentences(paragraph.text):
            section = next((s for part, s in parts if part.start < end <= part.end), parts[-1][1])
            kind = section.kind.value if section.kind is not None else None
            yield Sentence(paragraph, start, end, kind, section.title)


def of_form(document: Document, evaluation: Evaluation) -> Iterator[Sentence]:
    """The sentences of a form's goal and deviation cells; where a cell is not found, the whole row or text is shown."""
    cells = _cells(document)
    for text in (evaluation.goal.expected, evaluation.goal.actual):
        if text is not None:
            yield from _of_cells(text.text, _among(cells, text.evidence), text.evidence, "goal")
    for row in evaluation.indicators:
        if row.deviation:
            own = [cell for cell in _among(cells, row.evidence) if row.deviation in cell.text]
            yield from _of_cells(row.deviation, own[:1], row.evidence, "deviation")


_Cells = dict[tuple[int, tuple[float, ...]], Cell]


def _among(cells: _Cells, shown: Iterable[Evidence]) -> list[Cell]:
    found = [cell for e in shown if (cell := cells.get((e.page, e.bbox))) is not None]
    return list({id(cell): cell for cell in found}.values())


def _cells(document: Document) -> _Cells:
    known: _Cells = {}
    for table in document.tables:
        for cell in table.cells:
            for shown in cell_evidence(document, cell):
                known.setdefault((shown.page, shown.bbox), cell)
    return known


def _of_cells(text: str, cells: Sequence[Cell], shown: Sequence[Evidence], section: str) -> Iterator[Sentence]:
    paragraph = Paragraph([line for cell in cells for line in cell.lines])
    offset = paragraph.text.find(text)
    fallback: tuple[Evidence, ...] = ()
    if offset < 0:
        chars = tuple(Char(char, 0.0, 0.0) for char in text)
        paragraph, offset, fallback = Paragraph([Line(1, Box(0, 0, 0, 0), chars)]), 0, tuple(shown)
    for start, end in sentences(text):
        yield Sentence(paragraph, offset + start, offset + end, section, None, fallback)


def read_statements(
    document: Document,
    found: Sequence[Sentence],
    tagger: SentenceTagger,
    *,
    year: int | None,
    organisation: str | None,
) -> list[Statement]:
    """The facts that sentences state, in reading order. `organisation` is the unit meant where none is named."""
    tagged = tagger.tag([s.text for s in found], [s.heading for s in found])
    reader = _Reader(document, year, organisation)
    statements: list[Statement] = []
    open_indicator: tuple[Sentence, TaggedSentence, Entity] | None = None
    for sentence, tags in zip(found, tagged, strict=True):
        statements += reader.sentence(sentence, tags, open_indicator)
        open_indicator = _open_indicator(sentence, tags)
    return statements


def _open_indicator(sentence: Sentence, tags: TaggedSentence) -> tuple[Sentence, TaggedSentence, Entity] | None:
    """The one indicator of a sentence that has no value in it: a list that follows may give its values."""
    valued = {r.tail for r in tags.relations if r.type in VALUE_RELATIONS}
    waiting = [e for e in tags.entities if e.label == "INDICATOR" and e.id not in valued]
    return (sentence, tags, waiting[0]) if len(waiting) == 1 else None


@dataclass(frozen=True)
class _Reader:
    document: Document
    year: int | None
    organisation: str | None

    def sentence(
        self,
        sentence: Sentence,
        tags: TaggedSentence,
        before: tuple[Sentence, TaggedSentence, Entity] | None,
    ) -> Iterator[Statement]:
        by_id = {entity.id: entity for entity in tags.entities}
        linked: set[str] = set()
        for indicator in (e for e in tags.entities if e.label == "INDICATOR"):
            relations = [r for r in tags.relations if r.tail == indicator.id and r.head in by_id]
            values = [(r, by_id[r.head]) for r in relations if r.type in VALUE_RELATIONS]
            if values:
                linked.update(value.id for _, value in values)
                yield self._statement(sentence, tags, indicator, values, relations)
        loose = [e for e in tags.entities if e.label in VALUE_LABELS and e.id not in linked]
        for value in loose:
            yield self._loose(sentence, tags, value, before if not linked else None)

    def _statement(
        self,
        sentence: Sentence,
        tags: TaggedSentence,
        indicator: Entity,
        values: Sequence[tuple[Relation, Entity]],
        relations: Sequence[Relation],
    ) -> Statement:
        period = self._qualifier(tags, relations, "period_of")
        owner = self._qualifier(tags, relations, "org_of")
        scores = [indicator.score, *(s for r, v in values for s in (r.score, v.score))]
        spans = sorted([indicator, *(v for _, v in values)], key=lambda e: e.start)
        return Statement(
            indicator=_clean(tags.span(indicator)),
            values=[
                RoleValue(role=_ROLES[r.type], quantity=self._quantity(sentence, tags, v))
                for r, v in sorted(values, key=lambda item: item[1].start)
            ],
            period=None if period is None else self._period(tags, period),
            organisation=self.organisation if owner is None else _clean(tags.span(owner)),
            section=sentence.section,
            sentence=sentence.text,
            evidence=[shown for span in spans for shown in self._evidence(sentence, span)],
            confidence=self._confidence(sentence, spans, scores),
        )

    def _loose(
        self,
        sentence: Sentence,
        tags: TaggedSentence,
        value: Entity,
        before: tuple[Sentence, TaggedSentence, Entity] | None,
    ) -> Statement:
        """A value whose indicator stands in the sentence before, or is not named at all."""
        evidence = self._evidence(sentence, value)
        indicator = None
        if before is not None:
            earlier, earlier_tags, entity = before
            indicator = _clean(earlier_tags.span(entity))
            evidence = self._evidence(earlier, entity) + evidence
        return Statement(
            indicator=indicator,
            values=[RoleValue(role=_ROLES[value.label], quantity=self._quantity(sentence, tags, value))],
            period=None,
            organisation=self.organisation,
            section=sentence.section,
            sentence=sentence.text,
            evidence=evidence,
            confidence=self._confidence(sentence, [value], [value.score]),
        )

    @staticmethod
    def _qualifier(tags: TaggedSentence, relations: Iterable[Relation], kind: RelationType) -> Entity | None:
        """The surest period or organisation of an indicator."""
        heads = [r for r in relations if r.type == kind]
        best = max(heads, key=lambda r: r.score, default=None)
        return None if best is None else next((e for e in tags.entities if e.id == best.head), None)

    def _period(self, tags: TaggedSentence, period: Entity) -> str:
        return resolve(tags.span(period), self.year, tags.text[: period.start])

    def _quantity(self, sentence: Sentence, tags: TaggedSentence, value: Entity) -> Quantity:
        text = tags.span(value)
        parsed = parse(text)
        amount = parsed.value
        if value.label == "CHANGE" and amount is not None and _falls(_directed(tags, value)):
            amount = -abs(amount)
        return Quantity(
            text=text,
            comparator=parsed.comparator,
            value=amount,
            upper=parsed.upper,
            unit=parsed.unit,
            evidence=self._evidence(sentence, value),
            confidence=self._confidence(sentence, [value], [value.score]),
        )

    def _evidence(self, sentence: Sentence, span: Entity) -> list[Evidence]:
        if sentence.shown:
            return list(sentence.shown)
        pieces = sentence.source.span(sentence.start + span.start, sentence.start + span.end)
        return line_evidence(self.document, pieces, "span")

    @staticmethod
    def _confidence(sentence: Sentence, spans: Iterable[Entity], scores: Iterable[float]) -> float:
        pieces = [p for s in spans for p in sentence.source.span(sentence.start + s.start, sentence.start + s.end)]
        return round(min(scores) * min((piece.confidence for piece in pieces), default=0.0), 4)


def _directed(tags: TaggedSentence, value: Entity) -> str:
    """A change as printed, with the word before the list that it stands in (下降6.3%、24%) where it has none itself."""
    text = tags.span(value)
    if _DECREASE.search(plain(text)) or _INCREASE.search(plain(text)):
        return text
    listed = _LISTED.search(plain(tags.text[: value.start]))
    return text if listed is None else listed.group("word") + text


def _falls(text: str) -> bool:
    words = plain(text)
    return _DECREASE.search(words) is not None and _INCREASE.search(words) is None


def _clean(text: str) -> str:
    """A name as printed, without the blanks between Chinese characters that only spread it."""
    return re.sub(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])", "", text)

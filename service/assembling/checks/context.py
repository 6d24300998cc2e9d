"""What a check looks at: one evaluation with its figures, its profile, and the running text that belongs to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from service.assembling.figures import Book, Sources
from service.assembling.forms.segment import is_report_title
from service.assembling.profiles import Profile
from service.assembling.relations import Correction, Figure, Relation
from service.assembling.vocabulary import compact
from service.reading.document import Document, Paragraph
from service.schema import Check, Evaluation, Evidence, Severity, Text

# A finding about a column or a passage shows its figures, not every cell of a long table.
MOST_EVIDENCE: Final = 60


@dataclass
class Passage:
    """A text and where its characters stand. `own` says that it speaks for the evaluation's unit and year."""

    text: str
    locate: Callable[[int, int], list[Evidence]] = field(repr=False)
    kind: str = "prose"

    def evidence(self, *spans: tuple[int, int]) -> list[Evidence]:
        return distinct(e for start, end in spans for e in self.locate(start, end))


@dataclass
class Context:
    """An evaluation under check; `document` is None for a report read back from JSON."""

    evaluation: Evaluation
    document: Document | None
    profile: Profile
    sources: Sources

    @cached_property
    def book(self) -> Book:
        return Book(self.evaluation, self.document, self.profile, self.sources)

    @cached_property
    def corrections(self) -> list[tuple[Relation, Correction | None]]:
        return self.book.graph.corrections()

    def correction_of(self, figure: Figure | None) -> Correction | None:
        """The correction that changes `figure`, where there is one."""
        found = (c for _, c in self.corrections if c is not None and c.figure is figure)
        return next(found, None)

    @cached_property
    def prose(self) -> list[Passage]:
        """The paragraphs of the report that the evaluation was made from; none for a form alone."""
        return [self._passage(paragraph) for paragraph in self._own_paragraphs()]

    def _passage(self, paragraph: Paragraph) -> Passage:
        return Passage(paragraph.text, lambda start, end: self.sources.pieces(paragraph, start, end))

    def _own_paragraphs(self) -> list[Paragraph]:
        if self.document is None or self.evaluation.title is None:
            return []
        title = compact(self.evaluation.title.text)
        paragraphs = self.document.paragraphs
        titles = [i for i, p in enumerate(paragraphs) if is_report_title(p.text.strip())]
        own = [i for i in titles if title in compact(paragraphs[i].text)]
        if not own:
            return []
        # A title printed again (cover and first page) goes on with the same report.
        later = [i for i in titles if i > own[0] and i not in own]
        return paragraphs[own[0] : later[0] if later else None]

    @cached_property
    def cells(self) -> list[Passage]:
        """Running text in the cells of a form: its goals and reasons."""
        goal = self.evaluation.goal
        texts = [("expected", goal.expected), ("actual", goal.actual)]
        found = [_whole(text, kind) for kind, text in texts if text is not None and text.text]
        return [
            *found,
            *(
                _whole(t, "problem")
                for t in (*self.evaluation.problems, *self.evaluation.improvements)
                if not self.prose
            ),
        ]


def _whole(text: Text, kind: str) -> Passage:
    shown = text.evidence
    return Passage(text.text, lambda _start, _end: shown, kind)


def distinct(items: Iterable[Evidence]) -> list[Evidence]:
    """Each box once, in order, no more than a viewer can show."""
    found: list[Evidence] = []
    for item in items:
        if item not in found:
            found.append(item)
    return found[:MOST_EVIDENCE]


def finding(
    rule: str,
    severity: Severity,
    message: str,
    evidence: Iterable[Evidence],
    *,
    expected: str | None = None,
    found: str | None = None,
    correction: Correction | None = None,
) -> Check:
    """A finding. With a correction, what is found and expected are the corrected figure's."""
    if correction is not None and correction.figure.restated:
        correction = None  # what would mend it is in a unit that its place does not print
    if correction is not None:
        message += f"若将{correction.figure.name}由{correction.figure.text}改为{correction.text}，相关数据均可对上。"
        found, expected = correction.figure.text, correction.text
    return Check(
        rule=rule,
        severity=severity,
        message=message,
        expected=expected,
        found=found,
        suggestion=None if correction is None else correction.text,
        evidence=distinct(evidence),
    )


def shown(figures: Sequence[Figure | None]) -> list[Evidence]:
    return [item for figure in figures if figure is not None for item in figure.evidence]


def plain(value: float, places: int) -> str:
    """A number without closing zeros, to `places` decimals."""
    text = f"{value:.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

"""F1 of entities and relations by the annotation guide: strict (same span and label) and relaxed (overlap ≥ 0.5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from models.spans import VALUE_RELATIONS, Entity, TaggedSentence

RELAXED_OVERLAP: Final = 0.5


@dataclass(slots=True)
class Tally:
    """Hits, predictions and gold items of one kind."""

    hits: int = 0
    predicted: int = 0
    gold: int = 0

    def add(self, hits: int, predicted: int, gold: int) -> None:
        self.hits += hits
        self.predicted += predicted
        self.gold += gold

    @property
    def precision(self) -> float:
        return self.hits / self.predicted if self.predicted else 1.0

    @property
    def recall(self) -> float:
        return self.hits / self.gold if self.gold else 1.0

    @property
    def f1(self) -> float:
        """2 · hits / (predicted + gold), 1 where there is neither."""
        return 2 * self.hits / (self.predicted + self.gold) if self.predicted + self.gold else 1.0


@dataclass(slots=True)
class Figures:
    """All tallies of a comparison."""

    entities: Tally = field(default_factory=Tally)
    entities_relaxed: Tally = field(default_factory=Tally)
    relations: Tally = field(default_factory=Tally)
    relations_relaxed: Tally = field(default_factory=Tally)
    value_links: Tally = field(default_factory=Tally)
    value_links_relaxed: Tally = field(default_factory=Tally)
    labels: dict[str, Tally] = field(default_factory=dict)
    types: dict[str, Tally] = field(default_factory=dict)
    confusions: Counter[tuple[str, str]] = field(default_factory=Counter)

    def headline(self) -> dict[str, float]:
        """The F1 scores that the figures to reach are stated in."""
        return {
            "entity_f1_strict": self.entities.f1,
            "entity_f1_relaxed": self.entities_relaxed.f1,
            "value_link_f1_strict": self.value_links.f1,
            "relation_f1_strict": self.relations.f1,
            "value_link_f1_relaxed": self.value_links_relaxed.f1,
            "relation_f1_relaxed": self.relations_relaxed.f1,
        }


def overlap(a: Entity, b: Entity) -> float:
    """Intersection over union of the character ranges, 0..1."""
    shared = max(0, min(a.end, b.end) - max(a.start, b.start))
    return shared / (max(a.end, b.end) - min(a.start, b.start)) if shared else 0.0


def match(gold: Sequence[Entity], predicted: Sequence[Entity], relaxed: bool = False) -> dict[str, str]:
    """Predicted ids to gold ids, one to one, equal labels only, in text order."""
    matched: dict[str, str] = {}
    used: set[str] = set()
    for a in predicted:
        for b in gold:
            same = overlap(a, b) >= RELAXED_OVERLAP if relaxed else (a.start, a.end) == (b.start, b.end)
            if same and a.label == b.label and b.id not in used:
                matched[a.id] = b.id
                used.add(b.id)
                break
    return matched


def compare(gold: Iterable[TaggedSentence], predicted: Iterable[TaggedSentence]) -> Figures:
    """Score predictions against gold, sentence by sentence. Raises ValueError where texts or lengths differ."""
    figures = Figures()
    for g, p in zip(gold, predicted, strict=True):
        if g.text != p.text:
            raise ValueError(f"not the same sentence: {g.text[:40]!r} and {p.text[:40]!r}")
        _count(g, p, figures)
    return figures


def _count(gold: TaggedSentence, predicted: TaggedSentence, figures: Figures) -> None:
    for relaxed in (False, True):
        matched = match(gold.entities, predicted.entities, relaxed)
        entities = figures.entities_relaxed if relaxed else figures.entities
        entities.add(len(matched), len(predicted.entities), len(gold.entities))
        wanted = {(r.type, r.head, r.tail) for r in gold.relations}
        given = [(r.type, matched.get(r.head, ""), matched.get(r.tail, "")) for r in predicted.relations]
        relations = figures.relations_relaxed if relaxed else figures.relations
        relations.add(len(set(given) & wanted), len(given), len(wanted))
        links = figures.value_links_relaxed if relaxed else figures.value_links
        values = [link for link in given if link[0] in VALUE_RELATIONS]
        links.add(len(set(values) & wanted), len(values), sum(w[0] in VALUE_RELATIONS for w in wanted))
        if not relaxed:
            _count_kinds(gold, predicted, matched, given, figures)


def _count_kinds(
    gold: TaggedSentence,
    predicted: TaggedSentence,
    matched: dict[str, str],
    given: Sequence[tuple[str, str, str]],
    figures: Figures,
) -> None:
    for entity in predicted.entities:
        figures.labels.setdefault(entity.label, Tally()).add(entity.id in matched, 1, 0)
    for entity in gold.entities:
        figures.labels.setdefault(entity.label, Tally()).add(0, 0, 1)
    wanted = {(r.type, r.head, r.tail) for r in gold.relations}
    for link in given:
        figures.types.setdefault(link[0], Tally()).add(link in wanted, 1, 0)
    for kind, _, _ in wanted:
        figures.types.setdefault(kind, Tally()).add(0, 0, 1)
    _confuse(gold.entities, predicted.entities, figures.confusions)


def _confuse(gold: Sequence[Entity], predicted: Sequence[Entity], confusions: Counter[tuple[str, str]]) -> None:
    """Pairs of (gold label, predicted label) for overlapping spans; '-' where one side has nothing there."""
    seen = set()
    for b in gold:
        best = max(predicted, key=lambda a: overlap(a, b), default=None)
        if best is None or overlap(best, b) == 0:
            confusions[b.label, "-"] += 1
        else:
            seen.add(best.id)
            exact = (best.start, best.end) == (b.start, b.end)
            confusions[b.label, best.label if exact or best.label != b.label else f"{best.label} (edges)"] += 1
    for a in predicted:
        if a.id not in seen:
            confusions["-", a.label] += 1

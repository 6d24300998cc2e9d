"""What the tagger says of a sentence: entities, and relations from a value, period or organisation to an indicator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

Label = Literal["INDICATOR", "AMOUNT", "TARGET", "ACHIEVEMENT", "CHANGE", "PERIOD", "ORG"]
RelationType = Literal["amount_of", "target_of", "achievement_of", "change_of", "period_of", "org_of"]

LABELS: Final[tuple[Label, ...]] = get_args(Label)
RELATION_TYPES: Final[tuple[RelationType, ...]] = get_args(RelationType)

VALUE_LABELS: Final[frozenset[Label]] = frozenset(("AMOUNT", "TARGET", "ACHIEVEMENT", "CHANGE"))
VALUE_RELATIONS: Final[frozenset[RelationType]] = frozenset(("amount_of", "target_of", "achievement_of", "change_of"))

SIGNATURES: Final[Mapping[RelationType, frozenset[Label]]] = {
    "amount_of": frozenset(("AMOUNT",)),
    "target_of": frozenset(("TARGET", "AMOUNT")),
    "achievement_of": frozenset(("ACHIEVEMENT", "AMOUNT")),
    "change_of": frozenset(("CHANGE", "AMOUNT")),
    "period_of": frozenset(("PERIOD",)),
    "org_of": frozenset(("ORG",)),
}
"""The labels a relation may start from; every relation ends in an INDICATOR."""


@dataclass(frozen=True, slots=True)
class Entity:
    """A span of one sentence: `text[start:end]`, counted in Unicode characters; `score` is a probability in 0..1."""

    id: str
    start: int
    end: int
    label: Label
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Relation:
    """A typed link from entity `head` to the indicator `tail`, both given by id; `score` is a probability in 0..1."""

    type: RelationType
    head: str
    tail: str
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class TaggedSentence:
    """One sentence with its entities in text order and the relations between them."""

    text: str
    entities: list[Entity] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)

    def span(self, entity: Entity) -> str:
        """The text an entity covers."""
        return self.text[entity.start : entity.end]

    def to_row(self) -> dict[str, Any]:
        """The JSONL form of the annotation guide, scores added to entities and relations."""
        return {
            "text": self.text,
            "entities": [
                {"id": e.id, "start": e.start, "end": e.end, "label": e.label, "score": round(e.score, 4)}
                for e in self.entities
            ],
            "relations": [
                {"type": r.type, "from": r.head, "to": r.tail, "score": round(r.score, 4)} for r in self.relations
            ],
        }

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> TaggedSentence:
        """Read a row of the guide's JSONL form; a missing score counts as 1."""
        return cls(
            row["text"],
            [Entity(e["id"], e["start"], e["end"], e["label"], e.get("score", 1.0)) for e in row["entities"]],
            [Relation(r["type"], r["from"], r["to"], r.get("score", 1.0)) for r in row["relations"]],
        )

"""Scores that mean what they say: Platt scaling, fitted on annotated text that was not trained on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from models.decoding import Calibration, Calibrations
from models.spans import TaggedSentence
from models.tagger import Tagger
from training.scoring import match

_STEPS: Final = 400
_RATE: Final = 0.5


def calibrate(tagger: Tagger, documents: Sequence[Sequence[TaggedSentence]]) -> Calibrations:
    """Platt scaling of entity and relation scores on annotated documents that were not trained on.

    Relation scores build on entity scores, so the entities come first.
    """
    entities, _ = scored_outcomes(tagger, documents)
    tagger.calibrations = Calibrations(entities=fit(entities))
    _, relations = scored_outcomes(tagger, documents)
    return Calibrations(tagger.calibrations.entities, fit(relations))


Outcomes = list[tuple[float, bool]]


def scored_outcomes(tagger: Tagger, documents: Sequence[Sequence[TaggedSentence]]) -> tuple[Outcomes, Outcomes]:
    """The score of every predicted entity and relation, and whether it is right."""
    entities: Outcomes = []
    relations: Outcomes = []
    for document in documents:
        for gold, predicted in zip(document, tagger.tag([s.text for s in document]), strict=True):
            matched = match(gold.entities, predicted.entities)
            wanted = {(r.type, r.head, r.tail) for r in gold.relations}
            entities += [(e.score, e.id in matched) for e in predicted.entities]
            relations += [
                (r.score, (r.type, matched.get(r.head, ""), matched.get(r.tail, "")) in wanted)
                for r in predicted.relations
            ]
    return entities, relations


def fit(scores: Sequence[tuple[float, bool]]) -> Calibration:
    """Slope and offset of log odds that make the outcomes likeliest; plain gradient descent on two numbers."""
    if not scores:
        return Calibration()
    inner = np.clip(np.array([score for score, _ in scores]), 1e-6, 1 - 1e-6)
    odds, true = np.log(inner / (1 - inner)), np.array([hit for _, hit in scores], float)
    scale = max(float(np.abs(odds).mean()), 1.0)
    slope, offset = 1.0 * scale, 0.0
    for _ in range(_STEPS):
        error = 1 / (1 + np.exp(-(slope * odds / scale + offset))) - true
        slope -= _RATE * float((error * odds / scale).mean())
        offset -= _RATE * float(error.mean())
    return Calibration(slope / scale, offset)


def expected_calibration_error(scores: Sequence[tuple[float, bool]], bins: int = 10) -> float:
    """Mean distance between stated and actual share of hits over equal bins (Guo et al. 2017), 0..1."""
    total = 0.0
    for low in range(bins):
        inside = [(s, hit) for s, hit in scores if math.floor(min(s, 0.999999) * bins) == low]
        if inside:
            stated = sum(s for s, _ in inside) / len(inside)
            total += abs(stated - sum(hit for _, hit in inside) / len(inside)) * len(inside)
    return total / len(scores) if scores else 0.0

"""The checks that a reviewer makes: one function each, named by its id in the table of rules.

Each takes a Context and yields findings; `run` makes all of them, most severe first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from service.assembling.checks.context import Context
from service.assembling.checks.funds import f1, f2, f3, f4
from service.assembling.checks.prose import n1, n2, n3, n4
from service.assembling.checks.scores import s1, s2, s3, s4
from service.assembling.checks.targets import t1, t2
from service.assembling.figures import Sources, inside
from service.assembling.profiles import Profile
from service.reading.document import Document
from service.schema import Check, Evaluation, Severity

Rule = Callable[[Context], Iterator[Check]]

RULES: Final[dict[str, Rule]] = {
    "F1": f1, "F2": f2, "F3": f3, "F4": f4,
    "S1": s1, "S2": s2, "S3": s3, "S4": s4,
    "T1": t1, "T2": t2,
    "N1": n1, "N2": n2, "N3": n3, "N4": n4,
}  # fmt: skip
# Rules that read running text; they hold for every profile and need the document.
OF_TEXT: Final = frozenset({"N1", "N2", "N3", "N4"})
# Below this, what contradicts itself may be the reading, not the report.
DOUBTFUL: Final = 0.8
SEVERITIES: Final[tuple[Severity, ...]] = ("error", "warning", "info")


def run(
    evaluation: Evaluation, document: Document | None, profile: Profile, *, sources: Sources | None = None
) -> list[Check]:
    """All findings on one evaluation, most severe first, else in the order of the rules.

    A contradiction among figures that were read with little confidence is a warning that says so.

    `document` is where it was read; without it, findings on running text are left out, and boxes are those that the
    evaluation keeps. `sources` may be shared by the evaluations of one document.
    """
    context = Context(evaluation, document, profile, sources if sources is not None else Sources(document))
    found = _once([check for rule in RULES.values() for check in rule(context)])
    for check in found:
        if any(context.sources.confidence(shown) < DOUBTFUL for shown in check.evidence):
            check.severity = "warning" if check.severity == "error" else check.severity
            check.message += "其中有识别不清的文字，请先核对原件。"
    return ordered(found)


def _once(checks: Sequence[Check]) -> list[Check]:
    """Without sums of the text that do not close where a rule of the funds tells of the same figures."""
    known = [shown for check in checks if check.rule == "F3" for shown in check.evidence]
    return [c for c in checks if c.rule != "N2" or not all(any(inside(e, k) for k in known) for e in c.evidence)]


def ordered(checks: Iterable[Check]) -> list[Check]:
    """Findings, most severe first, else as they came."""
    return sorted(checks, key=lambda check: SEVERITIES.index(check.severity))


__all__ = ["OF_TEXT", "RULES", "SEVERITIES", "Context", "Rule", "ordered", "run"]

"""A document as read → its evaluations, checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.reading.document import Document, Notice
    from service.schema import Evaluation


def assemble(document: Document, profile: str | None = None) -> tuple[list[Evaluation], list[Notice]]:
    """The evaluations of a document, checked, and what its reader should know.

    `profile` names the rules to check by; None tells them from the unit's province. Raises `profiles.UnknownProfile`.
    """
    from service.assembling import checks, forms, profiles, repair
    from service.assembling.figures import Sources

    if profile:
        profiles.choose(profile, None)
    evaluations, notices = forms.assemble(document)
    sources = Sources(document)
    for evaluation in evaluations:
        rules = profiles.choose(profile, evaluation)
        notices += repair.repair(evaluation, document, rules, sources)
        evaluation.checks = checks.run(evaluation, document, rules, sources=sources)
    return evaluations, notices


__all__ = ["assemble"]

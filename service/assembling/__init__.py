"""A document as read → its evaluations, checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.assembling.prose.statements import SentenceTagger
    from service.reading.document import Document, Notice
    from service.schema import Evaluation


def assemble(
    document: Document, profile: str | None = None, tagger: SentenceTagger | None = None
) -> tuple[list[Evaluation], list[Notice]]:
    """The evaluations of a document, checked, and what its reader should know.

    `profile` names the rules to check by; None tells them from the unit's province. Without a `tagger`, the statements
    of running text are left out. Raises `profiles.UnknownProfile`.
    """
    from service.assembling import checks, forms, profiles, prose, repair
    from service.assembling.figures import Sources
    from service.assembling.titles import with_whole_titles

    profiles.choose(profile, None)  # a wrong name is told before the work is done
    document = with_whole_titles(document)
    evaluations, notices = forms.assemble(document)
    sources = Sources(document)
    for evaluation in evaluations:
        notices += repair.repair(evaluation, document, profiles.choose(profile, evaluation), sources)
    evaluations, told = prose.enrich(document, evaluations, tagger)
    for evaluation in evaluations:
        rules = profiles.choose(profile, evaluation)
        evaluation.checks = checks.run(evaluation, document, rules, sources=sources)
    return evaluations, notices + told


__all__ = ["assemble"]

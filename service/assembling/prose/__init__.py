"""A report's prose → its evaluation: sections, funds, statements, problems, improvements, goal.

    evaluations, notices = forms.assemble(document)
    evaluations, more = prose.enrich(document, evaluations, tagger)

`enrich` comes after the forms were read and their figures repaired, and before the checks. Without a tagger all but the
statements is read, and a notice says so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from service.assembling.evidence import paragraph_text
from service.assembling.forms.segment import is_report_title, segment
from service.assembling.prose.funds import read_funds
from service.assembling.prose.goal import read_goal
from service.assembling.prose.items import read_items
from service.assembling.prose.merge import adopt, is_own_form, merge_funds, merge_items
from service.assembling.prose.sections import Section, outline
from service.assembling.prose.statements import SentenceTagger, of_form, of_sections, read_statements
from service.reading.document import Document, Notice, Paragraph
from service.schema import Evaluation

# Three headings of known kinds make a text a report, where its title could not be read.
_LEAST_SECTIONS: Final = 3
# Short lines of a report (headings) stand around its tables too: a caption is known by its words.
_CAPTION: Final = re.compile(
    r"(?:附件|附表|续?表\s*[\d一二三四五六七八九十]|[(（]?(?:金额|计量)?单位\s*[:：]|[(（]\s*20\d{2}\s*年度?\s*[)）]|填[报表]|联系|审核人|负责人)"
)


def enrich(
    document: Document, evaluations: Sequence[Evaluation], tagger: SentenceTagger | None
) -> tuple[list[Evaluation], list[Notice]]:
    """The evaluations with what the document's prose adds to them, and what the reader should know.

    A report's evaluation takes in its sections and a department form annexed to it; forms get the statements of their
    goal and deviation cells. The evaluations are changed in place; one taken into another is left out.
    """
    result = list(evaluations)
    notices: list[Notice] = []
    reports = _reports(document, result)
    for report, _ in reports:
        for form in [e for e in result if is_own_form(report, e)][:1]:
            adopt(report, form)
            result = [e for e in result if e is not form]
    for evaluation in result:
        own = next((paragraphs for report, paragraphs in reports if report is evaluation), [])
        sections = outline(own)
        if tagger is not None:
            _add_statements(document, evaluation, sections, tagger)
        if own:
            notices += _add_prose(document, evaluation, sections)
    if tagger is None and result:
        notices.append(Notice("statements_left_out", "标注模型不可用，正文中的指标陈述没有提取"))
    return result, notices


def _add_prose(document: Document, evaluation: Evaluation, sections: Sequence[Section]) -> list[Notice]:
    subject = evaluation.subject.text if evaluation.subject is not None else None
    lines, notices = read_funds(document, sections, subject=subject, year=evaluation.year)
    notices += merge_funds(evaluation, lines)
    problems, improvements = read_items(document, sections)
    evaluation.problems = merge_items(evaluation.problems, problems)
    evaluation.improvements = merge_items(evaluation.improvements, improvements)
    if evaluation.goal.expected is None:
        evaluation.goal.expected = read_goal(document, sections)
    return notices


def _add_statements(
    document: Document, evaluation: Evaluation, sections: Sequence[Section], tagger: SentenceTagger
) -> None:
    unit = evaluation.subject if evaluation.kind == "department" else evaluation.implementing_unit
    found = [*of_sections(sections), *of_form(document, evaluation)]
    if found:
        evaluation.statements += read_statements(
            document, found, tagger, year=evaluation.year, organisation=None if unit is None else unit.text
        )


def _reports(document: Document, evaluations: Sequence[Evaluation]) -> list[tuple[Evaluation, list[Paragraph]]]:
    """The evaluations that stand for reports in prose, each with the report's paragraphs."""
    titles = [(position, e) for e in evaluations if (position := _title_position(document, e)) is not None]
    titles.sort(key=lambda item: item[0])
    if not titles:
        return _untitled(document, evaluations)
    found = []
    for number, (position, evaluation) in enumerate(titles):
        start = position if number else 0
        end = titles[number + 1][0] if number + 1 < len(titles) else len(document.blocks)
        found.append((evaluation, _prose(document, start, end)))
    return found


def _untitled(document: Document, evaluations: Sequence[Evaluation]) -> list[tuple[Evaluation, list[Paragraph]]]:
    """A text with sections but without a readable title belongs to the one department form beside it."""
    departments = [e for e in evaluations if e.kind == "department"]
    paragraphs = _prose(document, 0, len(document.blocks))
    if len(departments) != 1 or len([s for s in outline(paragraphs) if s.own is not None]) < _LEAST_SECTIONS:
        return []
    return [(departments[0], paragraphs)]


def _title_position(document: Document, evaluation: Evaluation) -> int | None:
    """The block that holds the title of a report's evaluation; None for a form's."""
    title = evaluation.title
    if title is None:
        return None
    for position, block in enumerate(document.blocks):
        if not isinstance(block, Paragraph) or not block.text.startswith(title.text) or not is_report_title(block.text):
            continue
        if paragraph_text(document, block, 0, len(title.text)).evidence == title.evidence:
            return position
    return None


def _prose(document: Document, start: int, end: int) -> list[Paragraph]:
    """The paragraphs of a stretch of blocks that are no form's title, caption or closing line."""
    taken = {
        id(paragraph)
        for region in segment(document).regions
        for paragraph in (region.title, *region.captions, *region.tail)
        if isinstance(paragraph, Paragraph) and (paragraph is region.title or _CAPTION.match(paragraph.text.strip()))
    }
    blocks = document.blocks[start:end]
    return [block for block in blocks if isinstance(block, Paragraph) and id(block) not in taken]


__all__ = ["SentenceTagger", "enrich"]

"""The year's goal as prose gives it: the text under a heading that names the year's or the unit's performance goal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from service.assembling.evidence import line_evidence
from service.assembling.prose.headings import Kind, bare
from service.assembling.prose.sections import Part, Section
from service.reading.document import Document, join_lines
from service.schema import Text

# From the plainest name of the year's goal to the vaguest that still says year and goal.
_NAMES: Final = (
    re.compile(r"(?:年度|当年|部门|整体|全年)?(?:整体|总体)?(?:支出)?绩效(?:总体)?目标"),
    re.compile(r"(?:年度|当年|全年|部门)(?:整体|总体|履职|工作)*目标|(?:履职)?总体目标"),
)
_NOT_THE_GOAL: Final = re.compile(r"战略|中长期|阶段性|分项|完成|实现|管理|制定")
_PLANS: Final = re.compile(r"计划|任务|思路|举措|安排|重点工作")


def read_goal(document: Document, sections: Sequence[Section]) -> Text | None:
    """The goal that a report states under such a heading, or None where none is plainly the year's."""
    goals = [s for s in sections if s.kind is Kind.GOALS and s.title is not None and s.own is Kind.GOALS]
    for name in _NAMES:
        named = [s for s in goals if name.search(bare(s.title or "")) and not _NOT_THE_GOAL.search(bare(s.title or ""))]
        for section in sorted(named, key=lambda s: _PLANS.search(s.title or "") is not None):
            text = _text(document, _parts(section, sections))
            if text is not None:
                return text
    return None


def _parts(section: Section, sections: Sequence[Section]) -> list[Part]:
    """What stands under the heading itself and under its sub-headings, plans of work left out."""
    parts = list(section.parts)
    for other in sections:
        is_inside = other is not section and other.is_under(section)
        if is_inside and not any(_is_plan(s.title or "") for s in _path(other, section)):
            parts += _with_run_in_heading(other)
    return parts


def _with_run_in_heading(section: Section) -> list[Part]:
    """A sub-section's text; "1.数量目标：" at its head belongs to it where both stand in one paragraph."""
    heading = section.heading
    if heading is not None and section.parts and section.parts[0].paragraph is heading.paragraph:
        return [heading, *section.parts]
    return section.parts


def _is_plan(title: str) -> bool:
    return _PLANS.search(title) is not None and "目标" not in title


def _path(section: Section, top: Section) -> Iterator[Section]:
    """A section and those around it, up to but without `top`."""
    current: Section | None = section
    while current is not None and current is not top:
        yield current
        current = current.parent


def _text(document: Document, parts: Sequence[Part]) -> Text | None:
    text = join_lines(part.text for part in parts)
    if not text:
        return None
    lines = [line for part in parts for line in part.paragraph.span(part.start, part.end)]
    confidence = min((line.confidence for line in lines), default=0.0)
    return Text(text=text, evidence=line_evidence(document, lines, "span"), confidence=confidence)

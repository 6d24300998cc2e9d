"""A report in prose: its title, subject and year."""

from __future__ import annotations

import re
from dataclasses import dataclass

from service.assembling.evidence import paragraph_text
from service.assembling.forms.header import SEAL_HINT
from service.assembling.forms.rows import inline_label
from service.assembling.forms.segment import MAX_CAPTION, is_report_title
from service.assembling.vocabulary import DEPARTMENT_TITLE, HEADS, Head, compact, year
from service.reading.document import Document, Paragraph
from service.schema import Text

# How far around its title a report's cover names the subject and the year, in paragraphs.
AROUND = 6
BELOW = 2  # how far below its title a name without a label is the subject's
_LEAD = re.compile(
    r"^(?P<subject>.*?)(?:关于(?:报送|呈报|上报|印发|开展|做好)?)?(?:20\d{2}年度?|[二两][〇零○0-9一二三四五六七八九]{3}年度?)?(?:预算|财政)?"
    r"(?:部门|单位)?(?:[(（](?:单位|部门)[)）])?(?:预算)?(?:整体支出|整体|项目支出|支出|项目)?(?:预算)?绩效.*$"
)
_ORGANISATION = re.compile(
    r"(?:局|委|委员会|办|办公室|中心|厅|院|校|学校|大学|学院|处|所|站|队|街道|政府|镇|乡|会|部|馆|社|公司|支队|大队|总队|法院|检察院|社区|医院|园|库|场)$"
)
_NAME = re.compile(r"\s*[（(]?(?P<name>[\u4e00-\u9fff（）()]{4,30}?)[)）]?\s*")
_NO_SUBJECT = re.compile(r"^(?:附件|附表|目录|\d|[(（]?20\d{2}|第|报告|编制|二〇)|[:：]$")


_SUBJECT_IN_TITLE = re.compile(
    r"^(?:附件\d*[:：]?)?(?:20\d{2}年度?)?(?P<subject>[^（(\d]{3,30}?)(?:20\d{2}年度?)?(?:部门|单位)?(?:预算)?(?:整体|项目)?(?:支出)?"
    r"(?:预算)?绩效(?:目标)?(?:自评|自我评价|评价).{0,6}表"
)


def subject_in_title(text: str) -> tuple[int, int] | None:
    """Where a form's title names the organisation it speaks of ("某局2023年度部门整体支出绩效自评表")."""
    match = _SUBJECT_IN_TITLE.match(text)
    if match is None or not _ORGANISATION.search(match.group("subject")):
        return None
    return match.span("subject")


@dataclass(frozen=True)
class Report:
    """The frame of a report in prose; `block` is the index of its title among the document's blocks."""

    block: int
    title: Text
    subject: Text | None
    year: int | None
    department: bool


def read_report(document: Document, block: int) -> Report:
    paragraph = document.blocks[block]
    assert isinstance(paragraph, Paragraph)
    text = paragraph.text
    title, subject = _split_title(document, paragraph)
    return Report(
        block,
        title,
        subject or _subject_around(document, block),
        year(text) or _year_around(document, block),
        DEPARTMENT_TITLE.search(compact(text)) is not None or "项目" not in text,
    )


def _split_title(document: Document, paragraph: Paragraph) -> tuple[Text, Text | None]:
    """The title without the year behind it, and the subject where the title begins with it."""
    text = paragraph.text
    closing = re.search(r"\s*[（(]\s*20\d{2}\s*年度?\s*[)）]\s*$", text)
    end = closing.start() if closing else len(text)
    match = _LEAD.match(text[:end])
    lead = match.group("subject").strip() if match else ""
    subject = None
    if match and len(lead) >= 3 and not _NO_SUBJECT.search(lead):
        start = text.index(lead)
        subject = paragraph_text(document, paragraph, start, start + len(lead))
    return paragraph_text(document, paragraph, 0, end), subject


def _subject_around(document: Document, block: int) -> Text | None:
    """The name above the title or right below it, else a labelled name below."""
    for other in reversed(document.blocks[max(0, block - AROUND) : block]):
        if isinstance(other, Paragraph):
            text = SEAL_HINT.sub("", other.text.strip())
            if _is_unit(text):
                start = other.text.index(text)
                return paragraph_text(document, other, start, start + len(text))
    for other in document.blocks[block + 1 : block + 1 + BELOW]:
        if isinstance(other, Paragraph) and (name := _NAME.fullmatch(other.text)) and _is_unit(name.group("name")):
            return paragraph_text(document, other, *name.span("name"))
    for other in document.blocks[block + 1 : block + 1 + AROUND]:
        if isinstance(other, Paragraph):
            label, value = inline_label(other.text)
            value = SEAL_HINT.sub("", value or "")
            if value and HEADS.role(label) in (Head.DEPARTMENT_SUBJECT, Head.SUBJECT, Head.IMPLEMENTING):
                start = other.text.index(value)
                return paragraph_text(document, other, start, start + len(value))
    return None


def _is_unit(text: str) -> bool:
    """Whether a line is nothing but an organisation's name."""
    return _ORGANISATION.search(text) is not None and len(text) <= MAX_CAPTION and _NO_SUBJECT.search(text) is None


def _year_around(document: Document, block: int) -> int | None:
    near = [
        *document.blocks[block + 1 : block + 1 + AROUND],
        *reversed(document.blocks[max(0, block - AROUND) : block]),
    ]
    for other in near:
        if isinstance(other, Paragraph) and len(other.text) <= MAX_CAPTION:
            found = year(other.text)
            if found is not None:
                return found
    return year(document.file_name)


__all__ = ["Report", "is_report_title", "read_report", "subject_in_title"]

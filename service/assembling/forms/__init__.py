"""A document's forms and report frames → evaluations, by what the header cells say."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Literal

from service.assembling.confidence import Ledger
from service.assembling.evidence import paragraph_text
from service.assembling.forms.closing import Closings, grade_of, read_closings, read_lines
from service.assembling.forms.funds import Funds, read_funds, settle_funds
from service.assembling.forms.goal import read_goal
from service.assembling.forms.grid import Region
from service.assembling.forms.header import Header, read_header
from service.assembling.forms.indicators import Draft, finish, read_indicators, relate, take_block_weights
from service.assembling.forms.reasons import assign
from service.assembling.forms.report import Report, read_report, subject_in_title
from service.assembling.forms.rows import classify
from service.assembling.forms.segment import MAX_CAPTION, segment
from service.assembling.forms.values import text_of
from service.assembling.vocabulary import DEPARTMENT_TITLE, Head, compact, year
from service.reading.document import Cell, Document, Notice, Paragraph
from service.schema import Evaluation, Goal, Grade, Indicator, Text

# Enough of a file's hash to keep its evaluations apart from every other file's.
ID_LENGTH = 16
# A title inside a table takes its first rows.
TITLE_ROWS = 3
# The day on which a form was filled in is no year of its figures.
_DATE = re.compile(r"20\d{2}\s*[年./-]\s*\d{1,2}\s*[月./-]\s*\d{1,2}\s*日?")
_YEAR_BEHIND = re.compile(r"\s*[（(]\s*20\d{2}\s*年?度?\s*[)）]\s*$")


def assemble(document: Document) -> tuple[list[Evaluation], list[Notice]]:
    """The evaluations that a document's forms and reports hold, in reading order, and what the reader should know.

    Statements, problems and improvements of prose, and checks, are left for the later steps.
    """
    cut = segment(document)
    reports = _reports(document, cut.reports)
    evaluations: list[tuple[int, Evaluation]] = []
    notices: list[Notice] = []
    owners = {report.block: _frame(report) for report in reports}
    evaluations.extend((report.block, owners[report.block]) for report in reports)
    last_year: int | None = None
    for region in cut.regions:
        position = _position(document, region)
        owner = _owner(reports, position)
        found, told = _evaluation(document, region, owner, last_year)
        if found is None:
            continue
        last_year = found.year or last_year
        home = owners[owner.block] if owner is not None else None
        if home is not None and _belongs(home, found):
            _absorb(home, found)
            notices.extend(n for n in told if not n.code.startswith("form_without"))
            continue
        evaluations.append((position, found))
        notices.extend(told)
    evaluations.sort(key=lambda item: item[0])
    for number, (_, evaluation) in enumerate(evaluations, 1):
        evaluation.id = f"{document.id[:ID_LENGTH]}-{number}"
    if not evaluations:
        notices.append(Notice("no_evaluation", "未在文件中识别到绩效自评表或绩效自评报告"))
    return [evaluation for _, evaluation in evaluations], notices


def _reports(document: Document, blocks: list[int]) -> list[Report]:
    """The reports of a document; a title printed again (cover and first page) begins no second one."""
    found: list[Report] = []
    for block in blocks:
        report = read_report(document, block)
        if found and (report.subject is None or _same(report.subject, found[-1].subject) or found[-1].subject is None):
            if found[-1].subject is None and report.subject is not None:
                found[-1] = Report(found[-1].block, report.title, report.subject, report.year, report.department)
            continue
        found.append(report)
    return found


def _same(left: Text | None, right: Text | None) -> bool:
    return left is not None and right is not None and compact(left.text) == compact(right.text)


def _position(document: Document, region: Region) -> int:
    table = region.strips[0].sheet.table if region.strips else None
    return next((i for i, block in enumerate(document.blocks) if block is table), 0)


def _owner(reports: list[Report], position: int) -> Report | None:
    """The report that a table at this place stands in."""
    index = bisect_right([report.block for report in reports], position)
    return reports[index - 1] if index else None


def _frame(report: Report) -> Evaluation:
    return Evaluation(
        id="",
        kind="department" if report.department else "project",
        year=report.year,
        title=report.title,
        subject=report.subject,
        competent_department=None,
        implementing_unit=None,
        funds=[],
        goal=Goal(),
        indicators=[],
        total_weight=None,
        total_score=None,
        grade=None,
        statements=[],
        problems=[],
        improvements=[],
        checks=[],
    )


def _belongs(report: Evaluation, found: Evaluation) -> bool:
    """Whether a form is part of its report: it names no subject of its own, or the same one."""
    if found.subject is None:
        return True
    return found.kind == report.kind and _same(found.subject, report.subject)


def _absorb(report: Evaluation, found: Evaluation) -> None:
    """Take into a report's evaluation what its own table or annexed form says; what stands there already stays."""
    report.indicators.extend(found.indicators)
    report.funds = report.funds or found.funds
    report.goal.expected = report.goal.expected or found.goal.expected
    report.goal.actual = report.goal.actual or found.goal.actual
    for name in ("competent_department", "implementing_unit", "total_weight", "total_score", "grade", "year"):
        if getattr(report, name) is None:
            setattr(report, name, getattr(found, name))
    report.problems.extend(found.problems)
    report.improvements.extend(found.improvements)


def _evaluation(
    document: Document, region: Region, owner: Report | None, last_year: int | None
) -> tuple[Evaluation | None, list[Notice]]:
    """The evaluation of one form; None for tables that hold neither funds nor indicators of a form."""
    rows = classify(region.strips)
    ledger = Ledger()
    header = read_header(document, rows, region.captions)
    funds = read_funds(document, rows, [*region.captions, *region.tail], ledger)
    block = read_indicators(rows)
    closings = read_closings(document, rows, block.layout)
    read_lines(closings, (*region.captions, *region.tail))
    title = _title(document, region)
    named = bool(header.labels) or title is not None
    in_report = owner is not None and any(line.category != "unknown" for line in funds.lines)
    if not block.drafts and not (funds.lines and (named or in_report)) and not (title and header.labels):
        return None, []
    indicators = _indicators(document, block.drafts, funds, closings, ledger)
    notices = [*funds.notices, *block.notices]
    settled = owner.year if owner is not None else last_year
    kind = _kind(title, header)
    competent = header.values.get(Head.COMPETENT)
    # A department's own form may name it by its place in the budget alone ("预算部门").
    subject = header.subject or _subject_in_title(document, region) or (competent if kind == "department" else None)
    evaluation = Evaluation(
        id="",
        kind=kind,
        year=_year(document, region, header, settled),
        title=title,
        subject=subject,
        competent_department=competent if subject is not competent else None,
        implementing_unit=header.implementing,
        funds=funds.lines,
        goal=read_goal(document, rows, region.captions),
        indicators=indicators,
        total_weight=None if closings.weight is None else closings.weight.value,
        total_score=header.total_score if closings.score is None else closings.score.value,
        grade=closings.grade or _grade_in(header),
        statements=[],
        problems=closings.problems,
        improvements=closings.improvements,
        checks=[],
    )
    notices.extend(assign(evaluation, closings.reasons, region.page))
    notices.extend(_missing(evaluation, region))
    return evaluation, notices


def _indicators(
    document: Document, drafts: list[Draft], funds: Funds, closings: Closings, ledger: Ledger
) -> list[Indicator]:
    ledger.add(closings.weight)
    ledger.add(closings.score)
    take_block_weights(drafts)
    relate(drafts, funds, closings.weight, closings.score, ledger)
    ledger.settle()
    settle_funds(funds)
    return [finish(document, draft) for draft in drafts]


def _title(document: Document, region: Region) -> Text | None:
    if isinstance(region.title, Cell):
        return text_of(document, [region.title], _YEAR_BEHIND.sub("", region.title.text))
    if isinstance(region.title, Paragraph):
        text = region.title.text
        closing = _YEAR_BEHIND.search(text)
        return paragraph_text(document, region.title, 0, closing.start() if closing else len(text))
    return None


def _subject_in_title(document: Document, region: Region) -> Text | None:
    span = subject_in_title(region.title.text) if region.title is not None else None
    if span is None or region.title is None:
        return None
    if isinstance(region.title, Cell):
        return text_of(document, [region.title], region.title.text[slice(*span)])
    return paragraph_text(document, region.title, *span)


def _kind(title: Text | None, header: Header) -> Literal["project", "department"]:
    text = compact(title.text) if title is not None else ""
    if DEPARTMENT_TITLE.search(text):
        return "department"
    if "项目" in text or Head.SUBJECT in header.labels:
        return "project"
    return "department" if Head.DEPARTMENT_SUBJECT in header.labels else "project"


def _year(document: Document, region: Region, header: Header, settled: int | None) -> int | None:
    """The form's year: from its title, the lines around it, its first rows, the form before it, or the file's name."""
    texts = [region.title.text if region.title is not None else ""]
    texts += [paragraph.text for paragraph in reversed(region.captions)]
    if Head.YEAR in header.values:
        texts.append(header.values[Head.YEAR].text)
    for strip in region.strips[:1]:
        for row in range(strip.first, min(strip.first + TITLE_ROWS, strip.last)):
            texts += [cell.text for cell in strip.sheet.starting(row)]
    short = [_DATE.sub("", text) for text in texts if len(text) <= MAX_CAPTION]
    found = next((y for text in short if (y := year(text)) is not None), None)
    return found or settled or year(document.file_name)


def _grade_in(header: Header) -> Grade | None:
    found = header.values.get(Head.GRADE)
    return None if found is None else grade_of(found.text)


def _missing(evaluation: Evaluation, region: Region) -> list[Notice]:
    """Required parts that the form does not have."""
    name = evaluation.subject.text if evaluation.subject else "（未命名）"
    told = []
    if evaluation.subject is None:
        told.append(Notice("form_without_subject", "自评表没有读到项目或部门名称", region.page))
    if not evaluation.indicators:
        told.append(Notice("form_without_indicators", f"自评表“{name}”没有读到绩效指标", region.page))
    if not evaluation.funds:
        told.append(Notice("form_without_funds", f"自评表“{name}”没有读到资金情况", region.page))
    if evaluation.year is None:
        told.append(Notice("form_without_year", f"自评表“{name}”没有读到年度", region.page))
    return told


__all__ = ["assemble"]

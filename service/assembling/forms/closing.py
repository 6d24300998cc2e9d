"""The rows that close a form: totals, grade, reasons, problems, improvements."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, get_args

from service.assembling.confidence import Figure
from service.assembling.forms.grid import Sheet, blank, columns, figure
from service.assembling.forms.indicators import Layout
from service.assembling.forms.rows import Kind, Row, inline_label
from service.assembling.forms.values import figure_of, text_of
from service.assembling.quantities import is_blank
from service.assembling.vocabulary import CLOSINGS, HEADS, Closing, Column, Head, canonical, compact
from service.reading.document import Cell, Document, Paragraph
from service.schema import Grade, Text

_TICKED: Final = "☑✓✔√☒■▣◉●⊙V√ν"
_EMPTY_BOX: Final = "□○◯☐口囗▢0O"
_GRADES: Final[tuple[Grade, ...]] = get_args(Grade)
_GRADE_WORDS: Final[dict[str, Grade]] = {
    "优秀": "优",
    "优": "优",
    "良好": "良",
    "良": "良",
    "中等": "中",
    "一般": "中",
    "中": "中",
    "较差": "差",
    "差": "差",
}
_LABELLED_GRADE = re.compile(
    r"[(]?(?:自评|评价|评分|绩效|评定)?(?:等级|等次|级别)[)]?(?:为|是)?[:]?(优秀?|良好?|中等?|较?差)"
)
# A conclusion is a grade only where it is nothing but one.
_ONLY_GRADE = re.compile(
    r"(?:评(?:价|分)?(?:等级|结果|结论)?(?:为)?[:：]?)?[\"“「]?(优秀?|良好?|中等?|较?差|一般)[\"”」]?(?:等次?|级)?[。.]?"
)
# "☑优（90分以上） □良（80（含）-90分）": what a grade asks for, behind its word.
_BOUNDS = re.compile(rf"[(](?:[^(){_TICKED}]|[(][^()]*[)])*\d(?:[^(){_TICKED}]|[(][^()]*[)])*[)]")
# "优（90（含）-100分为优、80（含）-90分为良…）": what the grades mean, behind the one that was given.
_SCALE = re.compile(r"(?<=[优良中差秀好等])[(]\D{0,4}\d.*分.*[)]$")
_SENTENCE_GRADE = re.compile(
    r"(?:等级|等次|级别|结果|结论)(?:评定)?(?:均)?(?:为|是|:|：)[\"“「]?(优秀?|良好?|中等?|较?差)[\"”」]?"
)
_LONGEST_LINE = 80
_SCORE_SAID = re.compile(r"(?:自评|评价|综合|总)?得分(?:合计)?[为是]?:?(\d+(?:\.\d+)?)(?!\d*%)")
_FULL_SAID = re.compile(r"(?:总分值?|满分)[为是]?:?(\d+(?:\.\d+)?)(?!\d*%)")
_GRADE_SAID = re.compile(r"(?:等级|等次|级别|结论|结果):?(.+?)(?=[;,]?(?:自评|评价|综合)?(?:总?得分|总分|满分)|$)")


@dataclass
class Closings:
    weight: Figure | None = None
    score: Figure | None = None
    grade: Grade | None = None
    reasons: list[Text] = field(default_factory=list)
    problems: list[Text] = field(default_factory=list)
    improvements: list[Text] = field(default_factory=list)


def read_closings(document: Document, rows: Iterable[Row], layout: Layout | None) -> Closings:
    found = Closings()
    for row in rows:
        if row.kind is Kind.TOTAL:
            _total(found, row, layout)
        if row.kind in (Kind.TOTAL, Kind.GRADE, Kind.HEAD):
            found.grade = found.grade or _grade(row.sheet, row.index)
        if row.kind is Kind.TOTAL:
            found.grade = found.grade or _bare_grade(row.sheet, row.index)
        if row.kind in (Kind.REASONS, Kind.PROBLEMS, Kind.IMPROVEMENTS):
            _texts(document, found, row)
    return found


def read_lines(found: Closings, paragraphs: Iterable[Paragraph]) -> None:
    """Take from lines around the tables what no row has ("总分100分，自评得分：95.81分　自评等级：☑优 □良")."""
    for paragraph in paragraphs:
        _take_said(found, paragraph)


def _take_said(found: Closings, text: Paragraph | Cell) -> None:
    """Take what one text says of score, full marks and grade and no row has."""
    plain = compact(text.text)
    if len(plain) > _LONGEST_LINE or "。" in plain:
        return
    score, full = _SCORE_SAID.search(plain), _FULL_SAID.search(plain)
    if score is None and full is not None:  # alone it is what the form scored
        score, full = full, None
    if found.score is None and score is not None:
        found.score = Figure.read(score.group(1), float(score.group(1)), text.confidence)
        if found.weight is None and full is not None:
            found.weight = Figure.read(full.group(1), float(full.group(1)), text.confidence)
    said = _GRADE_SAID.search(plain)
    found.grade = found.grade or (grade_of(said.group(1)) if said is not None else None)


def _total(found: Closings, row: Row, layout: Layout | None) -> None:
    """A total row's weight and score: by the columns they stand in, else by the labels before them, else by order."""
    cells = row.sheet.starting(row.index)
    labelled = _labelled(cells)
    by_role = {
        role: next((c for c in cells if figure(c) and _under(c, layout, role)), None)
        for role in (Column.WEIGHT, Column.SCORE)
    }
    if by_role[Column.WEIGHT] is by_role[Column.SCORE]:
        # One figure across both columns is what the form scored.
        by_role[Column.WEIGHT] = None
    # The columns know better than a label that happens to stand before a figure.
    placed = [id(c) for c in by_role.values() if c is not None]
    labelled = {role: c for role, c in labelled.items() if id(c) not in placed}
    weight = labelled.get(Column.WEIGHT) or by_role[Column.WEIGHT]
    score = labelled.get(Column.SCORE) or by_role[Column.SCORE]
    loose = [c for c in cells if figure(c) and not _placed(c, layout) and c is not weight and c is not score]
    if weight is None and score is None and loose:
        weight, score = (loose[0], loose[1]) if len(loose) > 1 else (None, loose[0])
    elif score is None and loose and weight is not None:
        score = loose[-1] if loose[-1].column > weight.column else None
    if found.weight is None and weight is not None:
        found.weight = figure_of([weight])
    if found.score is None and score is not None:
        found.score = figure_of([score])
    for cell in cells:
        if _SCORE_SAID.search(compact(cell.text)):  # a label may say the full marks alone ("总分（满分100分）")
            _take_said(found, cell)
    if found.score is None:
        found.score = _inline(cells)


def _labelled(cells: Sequence[Cell]) -> dict[Column, Cell]:
    """Figures that stand right after a label of their own ("总分值 | 100 | 总得分 | 98")."""
    pairs: dict[Column, Cell] = {}
    loose: Cell | None = None
    following = [*cells[2:], None]
    for (label, value), after in zip(pairwise(cells), following, strict=True):
        word = canonical(label.text)
        if not figure(value) or not word:
            continue
        if re.fullmatch(r"总?分值(?:合计)?|总权重|满分", word):
            pairs.setdefault(Column.WEIGHT, value)
        elif re.fullmatch(r"(?:自评)?总?得分(?:合计)?|自评总分|自评得分", word):
            pairs.setdefault(Column.SCORE, value)
        elif word == "总分" and not (after is not None and figure(after)):
            # Two figures behind one label are what could be had and what was.
            loose = loose or value
    if loose is not None:
        # "总分 | 100 | 自评得分 | 98": beside a score of its own name it is what could be had.
        pairs.setdefault(Column.WEIGHT if Column.SCORE in pairs else Column.SCORE, loose)
    return pairs


def _inline(cells: Sequence[Cell]) -> Figure | None:
    for cell in cells:
        label, value = inline_label(cell.text)
        if value and CLOSINGS.role(label) is Closing.TOTAL:
            match = re.search(r"\d+(?:\.\d+)?", compact(value))
            if match:
                return Figure.read(match.group(), float(match.group()), cell.confidence)
    return None


def _under(cell: Cell, layout: Layout | None, role: Column) -> bool:
    spans = layout.columns.get(role, [])[:1] if layout else []
    return any(set(span) & set(columns(cell)) for span in spans)


def _placed(cell: Cell, layout: Layout | None) -> bool:
    """Whether a figure stands in a column of another meaning (a completion rate, a review's score)."""
    others = (Column.COEFFICIENT, Column.SCORE_REVIEW)
    return any(_under(cell, layout, role) for role in others) and not any(
        _under(cell, layout, role) for role in (Column.WEIGHT, Column.SCORE)
    )


def _grade(sheet: Sheet, row: int) -> Grade | None:
    cells = sheet.starting(row)
    for position, cell in enumerate(cells):
        if match := _LABELLED_GRADE.fullmatch(compact(cell.text)):
            return _GRADE_WORDS[match.group(1)]
        label, value = inline_label(cell.text)
        label = label if canonical(label) else compact(label).strip("()")
        if CLOSINGS.role(label) is not Closing.GRADE and HEADS.role(label) is not Head.GRADE:
            continue
        texts = [value] if value else [c.text for c in cells[position + 1 :] if not blank(c)][:4]
        found = grade_of("".join(texts)) or next((g for t in texts if (g := grade_of(t))), None)
        if found:
            return found
    return None


def _bare_grade(sheet: Sheet, row: int) -> Grade | None:
    """A grade without a label beside the total."""
    words = [compact(cell.text) for cell in sheet.starting(row)]
    return next((_GRADE_WORDS[word] for word in words if word in _GRADE_WORDS), None)


def grade_of(text: str) -> Grade | None:
    """The grade that a text names: a word, a ticked box, or a sentence that says so. None where nothing is chosen."""
    plain = _SCALE.sub("", compact(text))
    if match := _ONLY_GRADE.fullmatch(plain):
        return _GRADE_WORDS[match.group(1)]
    ticked = _ticked(_BOUNDS.sub("", compact(text)))
    if ticked is not None:
        return ticked
    match = _SENTENCE_GRADE.search(plain)
    return _GRADE_WORDS[match.group(1)] if match else None


def _ticked(plain: str) -> Grade | None:
    """The grade whose box is ticked, before or after its word ("☑优□良□中□差", "优(√)良()")."""
    word = r"(优秀?|良好?|中等?|较?差|一般)"
    if plain[:1] in _GRADE_WORDS or plain[:2] in _GRADE_WORDS:
        marks = [
            (w, inside or after)
            for w, inside, after in re.findall(word + r"(?:[(]([^()]*)[)]|([^优良中差一较、,/]))?", plain)
        ]
    else:
        marks = [(w, before) for before, w in re.findall(r"([^优良中差一较、,/]|[(][^()]*[)])?" + word, plain)]
    if len({_GRADE_WORDS[w] for w, _ in marks}) < 2:
        return None
    chosen = {_GRADE_WORDS[w] for w, mark in marks if any(c in _TICKED for c in mark)}
    if not chosen:
        # A tick that recognition took for some other sign still differs from the empty boxes.
        odd = {_GRADE_WORDS[w] for w, mark in marks if mark and not any(c in _EMPTY_BOX for c in mark)}
        chosen = odd if any(c in _EMPTY_BOX for _, mark in marks for c in mark) else set()
    return chosen.pop() if len(chosen) == 1 else None


def _texts(document: Document, found: Closings, row: Row) -> None:
    into = {
        Kind.REASONS: found.reasons,
        Kind.PROBLEMS: found.problems,
        Kind.IMPROVEMENTS: found.improvements,
    }[row.kind]
    cells = row.sheet.starting(row.index)
    label, value = inline_label(cells[0].text) if cells else ("", "")
    if value and CLOSINGS.role(label) is not None:
        into.append(text_of(document, [cells[0]], value))
        return
    for cell in cells:
        if not is_blank(cell.text) and CLOSINGS.role(cell.text) is None:
            into.append(text_of(document, [cell]))

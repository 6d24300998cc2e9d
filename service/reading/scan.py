"""A page image → lines, rulings, tables: OCR, then a second look at the cells where the first saw too little."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise
from statistics import median

import numpy as np

from service.reading.boxes import TextBox
from service.reading.document import Box, Cell, Char, Line, Notice, Origin, Page, Projection
from service.reading.image import Ink, Prepared, ink, prepare, unseen_lines
from service.reading.joining import PageContent
from service.reading.ocr import Engine, OcrLine
from service.reading.pdf import POINTS_PER_INCH
from service.reading.repair import repair_line
from service.reading.rulings import erased, erased_in, find_rules
from service.reading.tables import PageTable, Rule, Rules, cut, find_tables, in_reading_order, steps_of

INSET = 2.5  # points inside a cell's rulings: what lies further out is ruling, not text
LEAST_INK = 0.03  # squares of the text size; less is dirt
LEAST_CONFIDENCE = 0.6  # what noise is read as stays below
LEAST_LOOSE = 0.9  # the same outside of tables, where pictures and the table under the sheet are
STROKES = (*"-—–一二=＝_.·/\\1丨、,'", "")  # what a lone stroke, or two, are read as
SMALL_MARK = 0.12  # squares of the text size; so little ink that nothing can be read in it is a hyphen
MARK_CONFIDENCE = 0.9
MOST_SEALED = 0.3  # of a lone mark's place; further under a seal it is not looked at again
LEAST_TEXT = 2.2  # points of a box's width that hold ink; what an erased ruling leaves is narrower
LEAST_PIECE = 4  # pixels; a ruling at the very edge of a text box cuts nothing off
CHECK_MARKS = frozenset("☑☒☐□■✓√")  # the recogniser sees them in blank margins
BOX_INK = 0.15  # share of a printed check box's place that is dark: about 0.4, of a blank below 0.1
TEXT_HEIGHT = 0.85  # of a detected box, which has a margin
ERASED_CONFIDENCE = 0.75  # at most, of a character on which a ruling was erased: it may have lost a stroke
ERASED_BESIDE = 1.0  # points between a character and such a ruling
GUESSED_CONFIDENCE = 0.85  # at most, in a cell with a border that little speaks for
GUESSED_SHARE = 0.5  # of a cell's side
SAME_SIDE = 2.5  # points
COLUMN_STEP = 1.55  # ems from one character's middle to the next; a full stop or comma leaves at most 1.4
LEAST_EM = 0.6  # of the line's height: figures stand closer than hanzi


def read_scan(bgr: np.ndarray, number: int, width: float, height: float, engine: Engine) -> PageContent:
    """Read a page image of `width` × `height` points. `number` is the page's, from 1."""
    scale = bgr.shape[1] / width  # pixels a point
    prepared, slanted = _without_slanted(prepare(bgr, engine), engine)
    prepared, rules, erasures = _with_rules(prepared, scale)
    lines = [_doubted(line, erasures) for line in _lines(engine.read(prepared), prepared, number, scale)]
    tables, loose = find_tables(rules, lines, number)
    loose = _read_unseen(tables, loose, prepared, scale, engine, number)
    unread = sum(_look_again(table, prepared, scale, engine, number) for table in tables)
    for cell in (cell for table in tables for cell in table.table.cells if rules.dashed):
        if _is_guessed(cell.places[0].box, rules):
            cell.lines = [_at_most(line, GUESSED_CONFIDENCE) for line in cell.lines]
    upright = Projection(scale, 0, 0, 0, scale, 0)
    to_points = Projection(width / bgr.shape[1], 0, 0, 0, height / bgr.shape[0], 0)
    page = Page(
        number,
        width,
        height,
        Origin.SCAN if lines else Origin.BLANK,
        lines=lines,
        rotation=prepared.rotation,
        to_original=to_points.after(prepared.to_source).after(upright),
    )
    notices = _notices(page, unread, guessed=rules.dashed and bool(tables), slanted=slanted)
    return PageContent(page, tables, loose, notices)


def _without_slanted(page: Prepared, engine: Engine) -> tuple[Prepared, bool]:
    """The page with its text boxes but for those that run across it, and whether there were any."""
    boxes = engine.detect(page.image) if page.boxes is None else page.boxes
    level = [box for box in boxes if not box.slanted]
    return replace(page, boxes=level), len(level) < len(boxes)


def _with_rules(page: Prepared, scale: float) -> tuple[Prepared, Rules, list[Rule]]:
    """The page ready for recognition: text boxes cut at broken rulings, and these erased; the page's rulings; and what
    was erased of them in texts' boxes."""
    assert page.boxes is not None
    dpi = scale * POINTS_PER_INCH
    texts = [Box(*(v / scale for v in box.bounds)) for box in page.boxes]
    rules = find_rules(page.image, dpi, texts)
    if not rules.dashed:
        return page, rules, []
    bare = replace(page, image=erased(page.image, rules, dpi))
    pieces = [piece for box in page.boxes for piece in _cut_at_rules(box, rules, scale)]
    inked = [piece for piece in pieces if _still_inked(bare, piece, scale)]
    return replace(bare, boxes=inked), rules, erased_in(rules, texts)


def _doubted(line: Line, erasures: list[Rule]) -> Line:
    """A line whose characters on which a ruling was erased are less sure than they were read."""
    crossing = [r.at for r in erasures if r.start < line.box.centre[1] < r.end]
    chars = [
        replace(c, confidence=min(c.confidence, ERASED_CONFIDENCE))
        if any(c.x0 - ERASED_BESIDE < at < c.x1 + ERASED_BESIDE for at in crossing)
        else c
        for c in line.chars
    ]
    return replace(line, chars=tuple(chars)) if crossing else line


def _at_most(line: Line, confidence: float) -> Line:
    return replace(line, chars=tuple(replace(c, confidence=min(c.confidence, confidence)) for c in line.chars))


def _is_guessed(box: Box, rules: Rules) -> bool:
    """Whether one of a cell's sides is a guessed ruling."""
    sides = [(r, x, box.y0, box.y1) for r in rules.guessed_upright for x in (box.x0, box.x1)]
    sides += [(r, y, box.x0, box.x1) for r in rules.guessed_level for y in (box.y0, box.y1)]
    return any(
        abs(r.at - at) < SAME_SIDE and min(r.end, end) - max(r.start, start) > GUESSED_SHARE * (end - start)
        for r, at, start, end in sides
    )


def _still_inked(page: Prepared, box: TextBox, scale: float) -> bool:
    """Whether a box holds more than what is left of the ruling that the detector took for text."""
    x0, y0, x1, y1 = (round(v) for v in box.bounds)
    inner = page.ink[max(0, y0) : y1, max(0, x0) : x1]
    columns = np.count_nonzero(np.count_nonzero(inner, axis=0) > 1) / scale
    return bool(columns > LEAST_TEXT)


def _cut_at_rules(box: TextBox, rules: Rules, scale: float) -> list[TextBox]:
    """A text box cut where vertical rulings cross it."""
    bounds = box.bounds
    middle = bounds.centre[1] / scale
    crossing = (r.at * scale - bounds.x0 for r in rules.vertical if r.start < middle < r.end)
    cuts = sorted({round(x) for x in crossing if LEAST_PIECE < x < bounds.width - LEAST_PIECE})
    return [box.part(a, b) for a, b in pairwise([0, *cuts, bounds.width])] if cuts else [box]


def _lines(found: Iterable[OcrLine], prepared: Prepared, page: int, scale: float) -> Iterator[Line]:
    """What was recognised, in points, mended and cut at wide gaps."""
    for line in found:
        chars = tuple(c for c in line.chars if c.text not in CHECK_MARKS or _inked_share(c, line, prepared) >= BOX_INK)
        if any(not c.text.isspace() for c in chars):
            yield from _split_at_gaps(repair_line(_line(replace(line, chars=chars), page, scale)))


def _inked_share(char: Char, line: OcrLine, prepared: Prepared) -> float:
    """The share of a character's place that is dark."""
    y0, y1, x0, x1 = (max(0, round(v)) for v in (line.box.y0, line.box.y1, char.x0, char.x1))
    place = prepared.ink[y0:y1, x0:x1]
    return float(np.count_nonzero(place)) / place.size if place.size else 0.0


def _line(found: OcrLine, page: int, scale: float) -> Line:
    """A recognised line in points."""
    box = Box(*(v / scale for v in found.box))
    chars, dropped = (
        tuple(replace(c, x0=c.x0 / scale, x1=c.x1 / scale) for c in cs) for cs in (found.chars, found.dropped)
    )
    return Line(page, box, chars, found.sealed, dropped=dropped)


def _split_at_gaps(line: Line) -> list[Line]:
    """Cut a line where a wide gap says that the detector took two columns for one text.

    In running text the pieces come together again, since they stand in one row.
    """
    steps = steps_of(line)
    if not steps:
        return [line]
    step = median(s.length for s in steps)
    em = max(step, LEAST_EM * line.box.height)
    return [_trimmed(piece, step) for piece in cut(line, [s.end_char for s in steps if s.length > COLUMN_STEP * em])]


def _trimmed(line: Line, width: float) -> Line:
    """A line without the blanks at its ends, its outer characters as wide as `width`: detected boxes have a margin."""
    kept = [i for i, c in enumerate(line.chars) if not c.text.isspace()]
    chars = list(line.chars[kept[0] : kept[-1] + 1])
    first = chars[0]
    chars[0] = replace(first, x0=max(first.x0, (first.x0 + first.x1 - width) / 2))
    last = chars[-1]
    chars[-1] = replace(last, x1=min(last.x1, (last.x0 + last.x1 + width) / 2))
    return replace(line, chars=tuple(chars)).piece(0, len(chars))


def _look_again(table: PageTable, prepared: Prepared, scale: float, engine: Engine, page: int) -> int:
    """Look at the ink of cells in which the detector saw nothing or only a stroke.

    It misses lone dashes and digits, and sees letters in dirt. Returns how many cells hold ink that cannot be read.
    """
    unread: list[tuple[Cell, Ink]] = []
    for cell in table.table.cells:
        if cell.text not in STROKES:
            continue
        found = ink(prepared, _inside(cell, scale))
        if found.line is not None and prepared.sealed(found.line) > MOST_SEALED:
            continue  # what is left of a seal looks like a dash
        if found.mark == "-" and found.line is not None and not _is_placed(found.line, _inside(cell, scale)):
            cell.lines = []
        elif found.mark is not None:
            cell.lines = [_mark_line(cell, found.mark, page)]
        elif found.amount < LEAST_INK:
            cell.lines = []
        elif not cell.lines:
            unread.append((cell, found))
    readings = engine.read_crops(prepared, [found.line for _, found in unread if found.line is not None])
    for (cell, found), reading in zip(unread, readings, strict=True):
        if reading is not None and reading.confidence >= LEAST_CONFIDENCE:
            cell.lines = [repair_line(_line(reading, page, scale))]
        elif found.amount < SMALL_MARK:
            cell.lines = [_mark_line(cell, "-", page)]
    return sum(not cell.lines for cell, _ in unread)


def _read_unseen(
    tables: list[PageTable], loose: list[Line], prepared: Prepared, scale: float, engine: Engine, page: int
) -> list[Line]:
    """Read the lines that the detector missed: into their cells, or added to the loose lines, which are returned."""
    cells = [cell for table in tables for cell in table.table.cells]
    heights = [line.box.height for lines in (loose, *(cell.lines for cell in cells)) for line in lines]
    if not heights:
        return loose
    usual = median(heights) * TEXT_HEIGHT * scale
    missed: list[tuple[Cell | None, Box]] = []
    for cell in cells:
        seen = [_pixels(line.box, scale) for line in cell.lines]
        size = median(box.height for box in seen) * TEXT_HEIGHT if seen else usual
        missed += [(cell, box) for box in unseen_lines(prepared, _inside(cell, scale), seen, size)]
    taken = [_pixels(line.box, scale) for line in loose] + [_pixels(t.table.places[0].box, scale) for t in tables]
    height, width = prepared.image.shape[:2]
    missed += [(None, box) for box in unseen_lines(prepared, Box(0, 0, width, height), taken, usual)]
    readings = engine.read_crops(prepared, [box for _, box in missed])
    for (owner, _), reading in zip(missed, readings, strict=True):
        if reading is not None and reading.confidence >= (LEAST_CONFIDENCE if owner is not None else LEAST_LOOSE):
            line = repair_line(_line(reading, page, scale))
            if owner is None:
                loose = [*loose, line]
            else:
                owner.lines = in_reading_order([*owner.lines, line])
    return loose


def _pixels(box: Box, scale: float) -> Box:
    return Box(*(v * scale for v in box))


def _is_placed(mark: Box, cell: Box) -> bool:
    """Whether a short dash stands where one is printed: midway down its cell, in the middle or at a side of it. Dirt of
    its size lies anywhere."""
    (x, y), (middle, centre) = mark.centre, cell.centre
    near = mark.height / 2
    aligned = min(abs(x - middle), abs(mark.x0 - cell.x0), abs(cell.x1 - mark.x1))
    return abs(y - centre) < near and aligned < near


def _mark_line(cell: Cell, mark: str, page: int) -> Line:
    """A dash or slash found by its ink, in the middle of its cell."""
    box = cell.lines[0].box if cell.lines else cell.places[0].box
    return Line(page, box, (Char(mark, box.x0, box.x1, MARK_CONFIDENCE),), repaired=True)


def _inside(cell: Cell, scale: float) -> Box:
    """A cell's box in pixels, without its rulings."""
    box = cell.places[0].box
    return Box((box.x0 + INSET) * scale, (box.y0 + INSET) * scale, (box.x1 - INSET) * scale, (box.y1 - INSET) * scale)


def _notices(page: Page, unread: int, *, guessed: bool, slanted: bool) -> list[Notice]:
    if not page.lines:
        message = f"第 {page.number} 页没有识别出文字。如果这一页不是空白页，请重新扫描。"
        return [Notice("no_text", message, page.number)]
    notices = []
    if guessed:
        message = f"第 {page.number} 页的表格线断续或很浅，单元格的边界有推断的成分，请对照原件核对。"
        notices.append(Notice("faint_rulings", message, page.number))
    if slanted:
        message = f"第 {page.number} 页有斜向排列的文字（如水印），未作为内容读取，请对照原件核对。"
        notices.append(Notice("slanted_text", message, page.number))
    if unread:
        message = f"第 {page.number} 页有 {unread} 个单元格留有墨迹但无法辨认，已按空白处理，请对照原件核对。"
        notices.append(Notice("unreadable_cells", message, page.number))
    return notices

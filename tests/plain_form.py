"""A small project form drawn with PyMuPDF alone: for tests of what surrounds the reading."""

from __future__ import annotations

from collections.abc import Sequence

import pymupdf

SUBJECT = "河道清淤项目"
NO_REASON = ("", 1)
WIDTHS = (60, 60, 100, 70, 80, 60, 50, 60)
ROW_HEIGHT = 26.0
LEFT, TOP = 28.0, 60.0
FONT = "china-s"

# (text, columns spanned); a row's spans add up to eight columns
Row = Sequence[tuple[str, int]]
ROWS: tuple[Row, ...] = (
    (("项目名称", 2), (SUBJECT, 6)),
    (("主管部门", 2), ("青禾县水利局", 2), ("实施单位", 2), ("青禾县河道所", 2)),
    (
        ("项目资金（万元）", 2),
        ("", 1),
        ("年初预算数", 1),
        ("全年预算数", 1),
        ("全年执行数", 1),
        ("分值", 1),
        ("得分", 1),
    ),
    (("年度资金总额", 3), ("120", 1), ("120", 1), ("118.5", 1), ("10", 1), ("9.88", 1)),
    (
        ("一级指标", 1),
        ("二级指标", 1),
        ("三级指标", 1),
        ("年度指标值", 1),
        ("实际完成值", 1),
        ("分值", 1),
        ("得分", 1),
        ("偏差原因", 1),
    ),
    (
        ("产出指标", 1),
        ("数量指标", 1),
        ("清淤河道长度", 1),
        ("≥12公里", 1),
        ("12.6公里", 1),
        ("50", 1),
        ("50", 1),
        ("", 1),
    ),
    (("效益指标", 1), ("社会效益", 1), ("受益村庄数", 1), ("≥8个", 1), ("8个", 1), ("30", 1), ("30", 1), NO_REASON),
    (("满意度指标", 1), ("服务对象", 1), ("群众满意度", 1), ("≥90%", 1), ("95%", 1), ("10", 1), ("10", 1), NO_REASON),
    (("总分", 5), ("100", 1), ("99.88", 1), ("", 1)),
)


def form_pdf(pages: int = 1, rows: Sequence[Row] = ROWS, **saving: object) -> bytes:
    """A PDF of `pages` forms, each a page; `saving` goes to PyMuPDF's `tobytes` (encryption)."""
    with pymupdf.open() as document:
        for number in range(1, pages + 1):
            page = document.new_page(width=595, height=842)
            page.insert_text((180, 40), f"2023年度项目支出绩效自评表（{number}）", fontname=FONT, fontsize=14)
            draw_form(page, rows)
        data: bytes = document.tobytes(**saving)
        return data


def draw_form(page: pymupdf.Page, rows: Sequence[Row] = ROWS) -> None:
    for number, row in enumerate(rows):
        x, column, y = LEFT, 0, TOP + number * ROW_HEIGHT
        for text, span in row:
            width = sum(WIDTHS[column : column + span])
            box = pymupdf.Rect(x, y, x + width, y + ROW_HEIGHT)
            page.draw_rect(box, width=0.6)
            page.insert_textbox(
                pymupdf.Rect(box.x0 + 3, box.y0 + 6, box.x1 - 1, box.y1), text, fontname=FONT, fontsize=9
            )
            x, column = x + width, column + span


def form_image(dpi: int = 150, form: str = "png") -> bytes:
    """The form as a picture."""
    with pymupdf.open(stream=form_pdf(), filetype="pdf") as document:
        pixels = document[0].get_pixmap(dpi=dpi, alpha=False)
        picture: bytes = pixels.pil_tobytes(format=form, dpi=(dpi, dpi))
        return picture

"""Turns a document's source (Jinja HTML over its forms) into a PDF, and turns pages sideways after printing."""

from __future__ import annotations

import io
import string
from collections.abc import Sequence

import jinja2
import pymupdf
import weasyprint
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from weasyprint.text.fonts import FontConfiguration

from tests.corpus.model import Form, Turn

# Families as Debian names them; each falls back to one that any machine with fonts-noto-cjk has.
FONT_STACKS = {
    "song": "'AR PL SungtiL GB', 'AR PL UMing CN', 'Noto Serif CJK SC'",
    "ming": "'AR PL UMing CN', 'Noto Serif CJK SC'",
    "serif": "'Noto Serif CJK SC'",
    "hei": "'Noto Sans CJK SC'",
    "zenhei": "'WenQuanYi Zen Hei', 'Noto Sans CJK SC'",
    "microhei": "'WenQuanYi Micro Hei', 'Noto Sans CJK SC'",
    "kai": "'AR PL KaitiM GB', 'AR PL UKai CN', 'Noto Serif CJK SC'",
}

BASE_CSS = """
@page { size: A4; margin: 22mm 16mm 20mm 16mm }
body { font-size: 10pt; line-height: 1.35; margin: 0; color: #000; text-align: center }
table { border-collapse: collapse; width: 100%; table-layout: fixed }
td, th { border: 0.6pt solid #000; padding: 2pt 3pt; vertical-align: middle; font-weight: normal;
         overflow-wrap: anywhere; white-space: pre-line }
h1 { font-size: 18pt; font-weight: normal; margin: 0 0 6pt }
p { margin: 0 }
.l { text-align: left } .r { text-align: right } .c { text-align: center } .t { vertical-align: top }
.form { break-before: page } .form:first-child { break-before: auto }
.whole tr { break-inside: avoid }
"""

MACROS = """
{%- macro levels(form, i) -%}
{%- set one = form.level1(i) -%}{%- set two = form.level2(i) -%}
{%- if one %}<td class="l1" rowspan="{{ one.span }}">{{ one.text }}</td>{% endif -%}
{%- if two %}<td class="l2" rowspan="{{ two.span }}">{{ two.text }}</td>{% endif -%}
{%- endmacro -%}
{%- macro cols() -%}<colgroup>{% for w in varargs %}<col style="width:{{ w }}%">{% endfor %}</colgroup>{%- endmacro -%}
"""

_environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=True, trim_blocks=True)
_fonts = FontConfiguration()


def html(template: str, css: str, forms: Sequence[Form]) -> str:
    """The document's HTML. In `css`, $song, $hei … stand for font stacks; `forms` and `form` are the template's data."""
    style = string.Template(BASE_CSS + css).substitute(FONT_STACKS)
    body = _environment.from_string(MACROS + template).render(forms=forms, form=forms[0] if forms else None)
    return f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><style>{style}</style><body>{body}</body></html>'


def print_pdf(markup: str) -> bytes:
    """Renders HTML to a PDF."""
    printed = weasyprint.HTML(string=markup).write_pdf(font_config=_fonts)
    assert isinstance(printed, bytes)
    return _with_plain_cids(printed)


def _with_plain_cids(pdf: bytes) -> bytes:
    """The PDF with fonts whose character ids are their glyph numbers.

    WeasyPrint names glyphs by their number also where the font is CID-keyed and a viewer will take that for a character
    id; in cut-down fonts such as the region-specific Noto ones the two differ, and the page would stay blank.
    """
    document = pymupdf.open(stream=pdf, filetype="pdf")
    changed = False
    for xref in range(1, document.xref_length()):
        if document.xref_get_key(xref, "Subtype")[1] != "/OpenType" or not document.xref_is_stream(xref):
            continue
        font = TTFont(io.BytesIO(document.xref_stream(xref)))
        top = font["CFF "].cff.topDictIndex[0] if "CFF " in font else None
        plain = [".notdef"] + [f"cid{glyph:05d}" for glyph in range(1, font["maxp"].numGlyphs)]
        if top is None or not hasattr(top, "ROS") or top.charset == plain:
            continue
        strings = top.CharStrings
        strings.charStrings = {name: strings.charStrings[old] for name, old in zip(plain, top.charset, strict=True)}
        top.charset = plain
        font.setGlyphOrder(plain)
        buffer = io.BytesIO()
        font.save(buffer)
        document.update_stream(xref, buffer.getvalue())
        changed = True
    return bytes(document.tobytes(garbage=1, deflate=True)) if changed else pdf


def turned(pdf: bytes, turn: Turn) -> bytes:
    """Landscape pages put on portrait paper.

    "flag": the text runs sideways and /Rotate 90 sets the page upright in a viewer. "sideways": there is no flag, so
    that the reader has to find the direction of the text.
    """
    if turn == "none":
        return pdf
    source = pymupdf.open(stream=pdf, filetype="pdf")
    target = pymupdf.open()
    for number in range(source.page_count):
        upright = source[number].rect
        sheet = target.new_page(width=upright.height, height=upright.width)
        sheet.show_pdf_page(sheet.rect, source, number, rotate=90)
        if turn == "flag":
            sheet.set_rotation(90)
    return bytes(target.tobytes(garbage=3, deflate=True))

"""Files as they should not be, made for real: cut short, locked, monstrous, empty."""

from __future__ import annotations

import io
import zlib

import pymupdf
from PIL import Image

from tests.plain_form import FONT, ROWS, Row, draw_form, form_image, form_pdf

PASSWORD = "青禾2023"
FIVE_METRES = 5 / 0.0254 * 72  # points
LABELS = frozenset(("项目名称", "主管部门", "实施单位", "年度资金总额", "总分"))


def truncated_pdf() -> bytes:
    data = form_pdf(3)
    return data[: len(data) * 9 // 10]


def pdf_without_index() -> bytes:
    """The cross-reference table overwritten, as by a broken transfer."""
    data = form_pdf(2)
    return data[: data.rindex(b"xref")] + b"\0" * 200


def only_a_header() -> bytes:
    return b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


def rubbish_after_header() -> bytes:
    return b"%PDF-1.4\n" + bytes(range(256)) * 40


def no_pages() -> bytes:
    return _pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"])


def encrypted_pdf() -> bytes:
    return form_pdf(encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw=PASSWORD, owner_pw="x" + PASSWORD)


def huge_page() -> bytes:
    with pymupdf.open() as document:
        document.new_page(width=FIVE_METRES, height=FIVE_METRES).insert_text((100, 100), "2023", fontsize=40)
        data: bytes = document.tobytes()
        return data


def huge_page_among_others() -> bytes:
    with pymupdf.open(stream=form_pdf(), filetype="pdf") as document:
        document.new_page(width=FIVE_METRES, height=FIVE_METRES)
        data: bytes = document.tobytes()
        return data


def many_drawings(count: int = 100_000) -> bytes:
    """The form under a plan with `count` strokes."""
    with pymupdf.open(stream=form_pdf(), filetype="pdf") as document:
        strokes = (f"{i % 590} {i * 7 % 840} m {i * 3 % 590} {i * 11 % 840} l S" for i in range(count))
        content = "0.2 w\n" + "\n".join(strokes)
        xref = document[0].get_contents()[-1]
        document.update_stream(xref, document.xref_stream(xref) + b"\n" + content.encode())
        data: bytes = document.tobytes(deflate=True)
        return data


def huge_image(side: int = 20_000) -> bytes:
    file = io.BytesIO()
    Image.new("1", (side, side), 1).save(file, "PNG")
    return file.getvalue()


def huge_image_in_a_pdf(side: int = 20_000) -> bytes:
    """An A4 page that shows a picture of 400 million pixels."""
    pixels = zlib.compress(b"\xff" * (side * side), 1)
    head = f"/Type /XObject /Subtype /Image /Width {side} /Height {side} /ColorSpace /DeviceGray /BitsPerComponent 8"
    return _pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
            b" /Resources << /XObject << /I 5 0 R >> >> >>",
            _stream(b"595 0 0 842 0 0 cm /I Do"),
            _stream(pixels, head + " /Filter /FlateDecode"),
        ]
    )


def inflating_content(size: int = 2_000_000_000) -> bytes:
    """A page whose few kilobytes of content unpack to `size` bytes."""
    packer = zlib.compressobj(9)
    block = b"q Q " * 250_000
    packed = b"".join(packer.compress(block) for _ in range(size // len(block))) + packer.flush()
    return _pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
            _stream(packed, "/Filter /FlateDecode"),
        ]
    )


def many_pages(count: int = 3_000) -> bytes:
    kids = " ".join(f"{number} 0 R" for number in range(4, 4 + count))
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R"
        b" /Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"
    )
    return _pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            f"<< /Type /Pages /Kids [{kids}] /Count {count} >>".encode(),
            _stream(b"BT /F 11 Tf 250 20 Td (2023) Tj ET"),
            *[page] * count,
        ]
    )


def empty_form() -> bytes:
    """The form as it is handed out, with nothing filled in."""
    blank: list[Row] = []
    for row in ROWS:
        filled = {"水利", "河道", "≥", "%", "个", "公里", "村庄", "满意度", "1", "0", "9"}
        blank.append([("" if any(mark in text for mark in filled) else text, span) for text, span in row])
    return form_pdf(rows=blank)


def blank_page() -> bytes:
    with pymupdf.open() as document:
        document.new_page()
        data: bytes = document.tobytes()
        return data


def broken_jpeg() -> bytes:
    data = form_image(form="jpeg")
    return data[: len(data) // 3]


def tiff_with_a_broken_page() -> bytes:
    """Two pages; the strips of the second lie outside the file."""
    pages = [Image.open(io.BytesIO(form_image(dpi=100))).convert("L") for _ in range(2)]
    file = io.BytesIO()
    pages[0].save(file, "TIFF", save_all=True, append_images=pages[1:])
    data = file.getvalue()
    return data[: len(data) - len(pages[1].tobytes()) // 2]


def word_file() -> bytes:
    import zipfile

    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
    return file.getvalue()


def text_in_a_strange_encoding() -> bytes:
    return "项目支出绩效自评表".encode("gb18030") * 50


def page_of_no_size() -> bytes:
    return _pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 0 0] >>",
        ]
    )


def pages_that_contain_themselves() -> bytes:
    return _pdf(
        [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 /Parent 2 0 R >>"]
    )


def form_with_a_huge_table(rows: int = 2_000) -> bytes:
    """One page with more cells than anyone prints."""
    with pymupdf.open() as document:
        page = document.new_page(width=1190, height=1684)
        shape = page.new_shape()
        for row in range(rows):
            y = 20 + row * 1640 / rows
            for column in range(20):
                shape.draw_rect(pymupdf.Rect(20 + column * 57, y, 77 + column * 57, y + 1640 / rows))
        shape.finish(width=0.1)
        shape.commit()
        page.insert_text((100, 15), "绩效自评表", fontname=FONT)
        data: bytes = document.tobytes(deflate=True)
        return data


def form_on_a_rotated_page() -> bytes:
    with pymupdf.open() as document:
        page = document.new_page(width=595, height=842)
        draw_form(page)
        page.set_rotation(90)
        data: bytes = document.tobytes()
        return data


def _stream(data: bytes, head: str = "") -> bytes:
    return f"<< {head} /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"


def _pdf(objects: list[bytes]) -> bytes:
    """A PDF of these objects, numbered from 1; the first is the catalogue."""
    out, places = io.BytesIO(), []
    out.write(b"%PDF-1.7\n")
    for number, content in enumerate(objects, 1):
        places.append(out.tell())
        out.write(f"{number} 0 obj\n".encode() + content + b"\nendobj\n")
    start = out.tell()
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode())
    out.writelines(f"{place:010d} 00000 n \n".encode() for place in places)
    out.write(f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode())
    return out.getvalue()

"""Pictures and PDFs with text that tests read, drawn when asked for."""

from __future__ import annotations

import io
import zipfile

from PIL import Image, ImageDraw, ImageFont

from extraction.engine.raw import Pixels
from extraction.engine.read.fonts import installed_fonts

LINES = ("GALLEY STATIONERS LTD", "Invoice number 20417", "Date 14 March 2026", "Paper 3 boxes 27.60", "Total 27.60")


def receipt(lines: tuple[str, ...] = LINES) -> Image.Image:
    """A white page with black lines of text."""
    picture = Image.new("RGB", (800, 120 + 90 * len(lines)), "white")
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(42)
    for row, line in enumerate(lines):
        draw.text((60, 60 + 90 * row), line, fill="black", font=font)
    return picture


def chinese(text: str) -> Image.Image | None:
    """A line of Chinese text; None where the machine has no font for it."""
    path = installed_fonts().sans
    if path is None:
        return None
    picture = Image.new("RGB", (900, 160), "white")
    ImageDraw.Draw(picture).text((40, 50), text, fill="black", font=ImageFont.truetype(path, 48, index=2))
    return picture


def pixels(picture: Image.Image) -> Pixels:
    return Pixels(picture.width, picture.height, picture.convert("RGB").tobytes())


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def scanned_pdf(picture: Image.Image) -> bytes:
    """A PDF whose one page is the picture."""
    return encoded(picture, "PDF", resolution=100)


def pdf(objects: list[bytes]) -> bytes:
    """The objects, numbered from 1, as a file; the first is the catalogue."""
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def stream(data: bytes) -> bytes:
    return b"<< /Length %d >>\nstream\n" % len(data) + data + b"\nendstream"


def pdf_without_its_chinese_font(text: str) -> bytes:
    """A page of 300 x 200 that names the font STSong-Light and does not bring it."""
    return pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            (
                b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R"
                b" /Resources << /Font << /F 5 0 R >> >> >>"
            ),
            stream(b"BT /F 24 Tf 20 100 Td <" + text.encode("utf-16-be").hex().encode() + b"> Tj ET"),
            (
                b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H"
                b" /DescendantFonts [6 0 R] >>"
            ),
            (
                b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 7 0 R /DW 1000"
                b" /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> >>"
            ),
            (
                b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880]"
                b" /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>"
            ),
        ]
    )


def docx(*paragraphs: str) -> bytes:
    out = io.BytesIO()
    body = "".join(f"<w:p><w:r><w:t>{paragraph}</w:t></w:r></w:p>" for paragraph in paragraphs)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("_rels/.rels", RELATIONSHIPS)
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>')
    return out.getvalue()


WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
RELATION_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
CONTENT_TYPES = (
    f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="{RELATION_TYPE}"/>'
    f'<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{MAIN_TYPE}"/></Types>'
)
RELATIONSHIPS = (
    f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{OFFICE}" Target="word/document.xml"/></Relationships>'
)

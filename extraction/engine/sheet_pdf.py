"""A PDF of pictures, one a page: written by hand, since each is a stream as it came from the child."""

from __future__ import annotations

from collections.abc import Iterable

from extraction.engine.raw import Sheet

POINTS_PER_INCH = 72


def sheets_to_pdf(sheets: Iterable[Sheet], file: bytes) -> bytes:
    """The sheets as pages in their order; `file` is the stream of those that have none of their own."""
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets: list[int] = []
    pages = 0
    for pages, sheet in enumerate(sheets, start=1):
        for number, body in enumerate(_page(sheet, file, 3 * pages), start=3 * pages):
            offsets.append(len(out))
            out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    kids = b" ".join(b"%d 0 R" % (3 * page) for page in range(1, pages + 1))
    head = [len(out)]
    out += b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    head.append(len(out))
    out += b"2 0 obj\n<< /Type /Pages /Kids [%b] /Count %d >>\nendobj\n" % (kids, pages)
    return bytes(out + _ending([*head, *offsets], len(out)))


def _page(sheet: Sheet, file: bytes, number: int) -> tuple[bytes, bytes, bytes]:
    """Page, picture and contents, numbered from `number` on."""
    width, height = (side * POINTS_PER_INCH / sheet.dpi for side in (sheet.width, sheet.height))
    data = file if sheet.data is None else sheet.data
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %.3f %.3f] /Rotate %d /Contents %d 0 R"
        b" /Resources << /XObject << /I %d 0 R >> >> >>" % (width, height, sheet.turn, number + 2, number + 1)
    )
    picture = (
        b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /%b /BitsPerComponent %d /Filter /%b"
        % (
            sheet.width,
            sheet.height,
            b"DeviceGray" if sheet.is_grey else b"DeviceRGB",
            sheet.bits,
            b"FlateDecode" if sheet.bits == 1 else b"DCTDecode",
        )
    )
    return page, _stream(picture, data), _stream(b"", b"q %.3f 0 0 %.3f 0 0 cm /I Do Q" % (width, height))


def _stream(entries: bytes, data: bytes) -> bytes:
    return b"<< %b /Length %d >>\nstream\n%b\nendstream" % (entries, len(data), data)


def _ending(offsets: list[int], start: int) -> bytes:
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(offsets) + 1, start)
    return b"xref\n0 %d\n0000000000 65535 f \n" % (len(offsets) + 1) + table + trailer

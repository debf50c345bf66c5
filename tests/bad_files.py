"""Files that must be refused, made when a test asks for them."""

from __future__ import annotations

import hashlib
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Sequence
from functools import cache

LONG_NAME = "很长的名字-" + "a" * 290 + ".pdf"
CLIMBING_NAMES = ("../../outside.pdf", "..\\..\\outside.pdf", "/etc/outside.pdf", "folder/../../outside.pdf")

MEGABYTE = 1 << 20
PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")


def empty() -> bytes:
    return b""


def renamed_executable() -> bytes:
    """The start of a 64-bit ELF program, to be named like a document."""
    return b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHI", 2, 62, 1) + bytes(4096)


def plain_text() -> bytes:
    return b"Dear all,\nthis is no document that we read.\n"


def page_pdf(pages: int = 1) -> bytes:
    """A sound PDF with a line of text on each page."""
    return lines_pdf([[f"Page {number} of {pages}"] for number in range(1, pages + 1)])


def lines_pdf(pages: Sequence[Sequence[str]]) -> bytes:
    """A sound PDF with lines of text, from the top of each page."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, lines in enumerate(pages):
        words = " ".join(f"BT /F1 18 Tf 72 {700 - 30 * at} Td ({line}) Tj ET" for at, line in enumerate(lines))
        objects += [_page(contents=5 + 2 * number), _stream(words.encode())]
    return _pdf(objects)


def without_page(whole: bytes, number: int) -> bytes:
    """A PDF of ours, as long in bytes, of which one page is none: the tree of pages names a text there."""
    at = [found.start() for found in re.finditer(rb"<< /Type /Page ", whole)][number - 1]
    end = whole.index(b"endobj", at)
    return whole[:at] + b"(lost)".ljust(end - at - 1) + b"\n" + whole[end:]


def pdf_with_301_pages() -> bytes:
    return page_pdf(301)


def truncated_pdf() -> bytes:
    """A PDF that ends inside its first page, so that no page can be found again."""
    whole = page_pdf(3)
    return whole[: whole.index(b"/MediaBox")]


def encrypted_pdf(password: str = "granite") -> bytes:
    """Encrypted with RC4 and 40 bits, as revision 2 of the standard handler has it; the password opens it."""
    identity = bytes(range(16))
    secret = (password.encode("latin-1") + PADDING)[:32]
    owner = _rc4(hashlib.md5(secret).digest()[:5], secret)
    key = hashlib.md5(secret + owner + struct.pack("<i", -4) + identity).digest()[:5]
    words = b"BT /F1 18 Tf 72 700 Td (Opened with a password) Tj ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        _page(contents=5),
        _stream(_rc4(hashlib.md5(key + b"\x05\x00\x00\x00\x00").digest()[:10], words)),
        f"<< /Filter /Standard /V 1 /R 2 /P -4 /O <{owner.hex()}> /U <{_rc4(key, PADDING).hex()}> >>".encode(),
    ]
    return _pdf(objects, trailer=f"/Encrypt 6 0 R /ID [<{identity.hex()}> <{identity.hex()}>]")


@cache
def pdf_bomb() -> bytes:
    """Less than 1 kB of which one page's contents inflate to 3 GB."""
    squeezed = zlib.compress(zlib.compress(_deflated_zeros(megabytes=3072), 9), 9)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        _page(contents=5),
        _stream(squeezed, "/Filter [/FlateDecode /FlateDecode /FlateDecode]"),
    ]
    return _pdf(objects)


@cache
def docx_bomb() -> bytes:
    """A DOCX of about half a megabyte whose text inflates to 512 MB."""
    squeezed, checksum, size = _deflated_document(megabytes=512)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", _CONTENT_TYPES)
        archive.writestr("_rels/.rels", _RELATIONSHIPS)
        archive.writestr("word/document.xml", squeezed)
        # written as stored; here it is made known as what it is, in the directory and in its own header
        member = archive.getinfo("word/document.xml")
        member.compress_type, member.CRC, member.file_size = zipfile.ZIP_DEFLATED, checksum, size
    whole = bytearray(out.getvalue())
    struct.pack_into("<H", whole, member.header_offset + 8, zipfile.ZIP_DEFLATED)
    struct.pack_into("<III", whole, member.header_offset + 14, checksum, len(squeezed), size)
    return bytes(whole)


def huge_png() -> bytes:
    """A PNG that says 30,000 x 30,000 and holds a few bytes."""
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + _chunk(b"IDAT", zlib.compress(bytes(64))) + _chunk(b"IEND", b"")


def small_png() -> bytes:
    """A sound grey PNG of 8 x 8, for a wrong extension."""
    rows = b"".join(b"\x00" + b"\x80" * 8 for _ in range(8))
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


def zip_without_document() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.txt", "nothing to read here")
    return out.getvalue()


def _page(*, contents: int) -> bytes:
    resources = "/Resources << /Font << /F1 3 0 R >> >>"
    return f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] {resources} /Contents {contents} 0 R >>".encode()


def _stream(data: bytes, entries: str = "") -> bytes:
    return f"<< /Length {len(data)} {entries} >>\nstream\n".encode() + data + b"\nendstream"


def _pdf(objects: list[bytes], trailer: str = "") -> bytes:
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{offset:010d} 00000 n \n".encode() for offset in offsets)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def _deflated_zeros(*, megabytes: int) -> bytes:
    """Zlib data of that many zeros without compressing them all: a fully flushed megabyte, repeated."""
    squeezer = zlib.compressobj(9)
    head = squeezer.compress(bytes(MEGABYTE)) + squeezer.flush(zlib.Z_FULL_FLUSH)
    again = squeezer.compress(bytes(MEGABYTE)) + squeezer.flush(zlib.Z_FULL_FLUSH)
    checksum = struct.pack(">HH", megabytes * MEGABYTE % 65521, 1)
    return head + again * (megabytes - 1) + b"\x03\x00" + checksum


def _deflated_document(*, megabytes: int) -> tuple[bytes, int, int]:
    """A Word document's text of that many megabytes of spaces: deflated, its checksum and its size."""
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
    start = squeezer.compress(_DOCUMENT_START) + squeezer.flush(zlib.Z_FULL_FLUSH)
    again = squeezer.compress(b" " * MEGABYTE) + squeezer.flush(zlib.Z_FULL_FLUSH)
    end = squeezer.compress(_DOCUMENT_END) + squeezer.flush()
    checksum = zlib.crc32(_DOCUMENT_START)
    for _ in range(megabytes):
        checksum = zlib.crc32(b" " * MEGABYTE, checksum)
    size = len(_DOCUMENT_START) + megabytes * MEGABYTE + len(_DOCUMENT_END)
    return start + again * megabytes + end, zlib.crc32(_DOCUMENT_END, checksum), size


def _rc4(key: bytes, data: bytes) -> bytes:
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


_CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONSHIPS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
    'officeDocument" Target="word/document.xml"/></Relationships>'
)
_DOCUMENT_START = (
    b'<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    b'<w:body><w:p><w:r><w:t xml:space="preserve">'
)
_DOCUMENT_END = b"</w:t></w:r></w:p></w:body></w:document>"

"""PDFs whose pages are hard to read, made when a test asks for them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping

from PIL import Image, ImageDraw, ImageFont

from tests import bad_files
from tests.engine.pictures import encoded, pdf, stream

HELVETICA = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
PROSE = (
    "The tenant pays the rent on the first day of every month to the account that the landlord names",
    "and keeps the rooms in the state in which they were handed over when the lease began in spring",
    "Repairs that cost less than one hundred euros are for the tenant and all others for the landlord",
)


def pages(
    *contents: bytes,
    box: str = "0 0 595 842",
    font: bytes = HELVETICA,
    entries: str = "",
    resources: str = "",
    others: Iterable[bytes] = (),
) -> bytes:
    """A page for each content stream; /F is the font, `others` are objects that `resources` may name from 4 on."""
    kept = list(others)
    first = 4 + len(kept)
    kids = " ".join(f"{first + 2 * number} 0 R" for number in range(len(contents)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(contents)} >>".encode(),
        font,
        *kept,
    ]
    for number, content in enumerate(contents):
        named = resources if "/Font" in resources else f"/Font << /F 3 0 R >> {resources}"
        page = f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] {entries} /Contents {first + 2 * number + 1} 0 R"
        objects.append(f"{page} /Resources << {named} >> >>".encode())
        objects.append(stream(content))
    return pdf(objects)


def text(printed: str, *, x: float = 72, y: float = 700, size: float = 11, mode: int = 0) -> bytes:
    """Operators that print a line; mode 3 prints nothing that shows."""
    return f"BT {mode} Tr /F {size} Tf {x} {y} Td ({printed}) Tj ET\n".encode("cp1252")


def prose(
    lines: Iterable[str] = PROSE * 4, *, x: float = 72, top: float = 760, size: float = 11, mode: int = 0
) -> bytes:
    return b"".join(text(line, x=x, y=top - 1.4 * size * row, size=size, mode=mode) for row, line in enumerate(lines))


def shifted(lines: Iterable[str], by: int) -> list[str]:
    """What a font says that calls every letter by another's name: "this is" becomes "wklv lv"."""
    return ["".join(_shifted(sign, by) for sign in line) for line in lines]


def _shifted(sign: str, by: int) -> str:
    start = ord("A") if sign.isupper() else ord("a")
    return chr(start + (ord(sign) - start + by) % 26) if sign.isalpha() else sign


def without_cross_references(data: bytes) -> bytes:
    """The same file; its table of objects points anywhere."""
    start = data.rindex(b"xref\n0 ")
    return data[:start] + data[start:].replace(b"00000 n", b"00007 n").replace(b"0000000", b"0004711")


def cut_short(data: bytes, share: float) -> bytes:
    return data[: int(share * len(data))]


def million_characters() -> bytes:
    """10,000 lines of 100 characters in small print on a sheet of about a metre."""
    line = "Every word of this line is printed once and again until there are one hundred characters of it all. "
    rows = (text(line, x=10 + 200 * (row % 13), y=10 + 4 * (row // 13), size=3) for row in range(10_000))
    return pages(b"".join(rows), box="0 0 2620 3100")


def dense_page(words: int = 30_000) -> bytes:
    """Small print over a wide sheet, four words to a piece, 40 pieces to a row."""
    rows = words // 160
    pieces = (
        text("some small printed words", x=10 + 65 * column, y=10 + 6 * row, size=5)
        for row in range(rows)
        for column in range(40)
    )
    return pages(b"".join(pieces), box=f"0 0 2620 {6 * rows + 20}")


def scattered_words(count: int) -> bytes:
    """Words of many sizes anywhere on the page, over one another."""
    chance = random.Random(5)
    pieces = (
        text("word", x=chance.uniform(0, 560), y=chance.uniform(0, 830), size=chance.choice((2, 4, 8, 12, 30)))
        for _ in range(count)
    )
    return pages(b"".join(pieces))


def many_lines(count: int = 100_000) -> bytes:
    """A heading over a page full of hatching."""
    chance = random.Random(7)
    ends = ((chance.uniform(0, 595), chance.uniform(0, 780), chance.uniform(1, 90)) for _ in range(count))
    strokes = "".join(
        f"{x:.1f} {y:.1f} m {x + long:.1f} {y:.1f} l S\n"
        if row % 2
        else f"{x:.1f} {y:.1f} m {x:.1f} {y - long:.1f} l S\n"
        for row, (x, y, long) in enumerate(ends)
    )
    return pages(text("Plan of the ground floor", y=810) + strokes.encode())


def many_pictures(count: int = 5_000) -> bytes:
    picture = b"<< /Type /XObject /Subtype /Image /Width 2 /Height 2 /ColorSpace /DeviceGray /BitsPerComponent 8"
    placed = "".join(f"q 6 0 0 6 {7 * (n % 80)} {10 * (n // 80)} cm /P Do Q\n" for n in range(count))
    return pages(
        text("Swatches of the season", y=810) + placed.encode(),
        resources="/XObject << /P 4 0 R >>",
        others=[picture + b" /Length 4 >>\nstream\n\x10\x80\xc0\xf0\nendstream"],
    )


def nested_forms(depth: int = 300) -> bytes:
    """A form in a form, and so on; the innermost prints a line."""

    def form(number: int) -> bytes:
        content = b"q 1 0 0 1 0 0 cm /X Do Q\n" if number < depth - 1 else text("Printed in the innermost form")
        return _form(content, inner=5 + number)

    others = [form(number) for number in range(depth)]
    return pages(
        text("Printed on the page", y=800) + b"/X Do\n", resources="/XObject << /X 4 0 R >>", others=[*others, b"null"]
    )


def form_that_holds_itself() -> bytes:
    form = _form(text("Printed in the form") + b"/X Do\n", inner=4)
    return pages(b"/X Do\n", resources="/XObject << /X 4 0 R >>", others=[form])


def _form(content: bytes, *, inner: int) -> bytes:
    return (
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 595 842] /Length %d"
        b" /Resources << /Font << /F 3 0 R >> /XObject << /X %d 0 R >> >> >>\nstream\n"
        % (len(content), inner)
        + content
        + b"\nendstream"
    )


def right_to_left(printed: str) -> bytes:
    """A line of a script that runs to the left, its signs in the order in which they are drawn: from the left."""
    signs = "".join(reversed(printed))
    codes = [ord("a") + place for place in range(len(signs))]
    said = dict(zip(codes, signs, strict=True))
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 4 0 R >>"
    return pages(text("".join(map(chr, codes)), size=16), font=font, others=[stream(_to_unicode(said))])


def drawn_font_pages(lines: Iterable[str], *, says: Mapping[str, str] | None, more: bytes = b"") -> bytes:
    """Lines in a font whose signs are pictures; it says of each what `says` holds, or nothing at all for None."""
    kept = list(lines)
    signs = sorted({sign for line in kept for sign in line})
    code = {sign: 33 + place for place, sign in enumerate(signs)}
    drawn = [_drawn_sign(sign) for sign in signs]
    content = "".join(
        f"BT /D 15 Tf 60 {740 - 30 * row} Td <{''.join(f'{code[sign]:02x}' for sign in line)}> Tj ET\n"
        for row, line in enumerate(kept)
    )
    names = " ".join(f"/g{place}" for place in range(len(signs)))
    procs = " ".join(f"/g{place} {6 + place} 0 R" for place in range(len(signs)))
    widths = " ".join(str(width) for width, _ in drawn)
    named = "/ToUnicode 5 0 R" if says is not None else ""
    font = (
        "<< /Type /Font /Subtype /Type3 /FontBBox [0 -300 1500 1100] /FontMatrix [0.001 0 0 0.001 0 0]"
        f" /FirstChar 33 /LastChar {32 + len(signs)} /Widths [{widths}] /CharProcs << {procs} >> /Resources << >>"
        f" /Encoding << /Type /Encoding /Differences [33 {names}] >> {named} >>"
    )
    said = {code[sign]: (says or {}).get(sign, sign) for sign in signs}
    others = [font.encode(), stream(_to_unicode(said)), *(stream(proc) for _, proc in drawn)]
    return pages(more + content.encode(), resources="/Font << /F 3 0 R /D 4 0 R >>", others=others)


def _drawn_sign(sign: str) -> tuple[int, bytes]:
    """Width and content of a sign's picture, in thousandths of its size."""
    face = ImageFont.load_default(64)
    width = max(1, round(face.getlength(sign)))
    picture = Image.new("1", (width + 8, 90), 0)
    ImageDraw.Draw(picture).text((0, 0), sign, fill=1, font=face)
    across, down = picture.width * 1000 // 64, picture.height * 1000 // 64
    mask = (
        f"BI /IM true /W {picture.width} /H {picture.height} /BPC 1 /D [1 0] /F /AHx ID {picture.tobytes().hex()}> EI"
    )
    advance = width * 1000 // 64
    proc = f"{advance} 0 0 -300 {across} 1100 d1 q {across} 0 0 {down} 0 {1000 - down} cm {mask} Q"
    return advance, proc.encode()


def _to_unicode(said: Mapping[int, str]) -> bytes:
    rows = "".join(f"<{code:02x}> <{text.encode('utf-16-be').hex()}>\n" for code, text in said.items())
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Own def /CMapType 2 def\n"
        f"1 begincodespacerange <00> <ff> endcodespacerange {len(said)} beginbfchar\n{rows}endbfchar endcmap end end"
    ).encode()


def outlined(lines: Iterable[str]) -> bytes:
    """Lines whose letters are drawn as paths, as printers ask for them: a row of little squares for each stroke."""
    return pages(b"".join(_squares(line, top=60 + 60 * row) for row, line in enumerate(lines)))


def _squares(line: str, *, top: float) -> bytes:
    face = ImageFont.load_default(32)
    picture = Image.new("L", (round(face.getlength(line)) + 4, 44), 0)
    ImageDraw.Draw(picture).text((0, 0), line, fill=255, font=face)
    shown = (divmod(place, picture.width) for place, shade in enumerate(picture.tobytes()) if shade > 127)
    return "".join(f"{50 + 0.8 * x:.1f} {842 - top - 0.8 * y:.1f} .8 .8 re f\n" for y, x in shown).encode()


def with_bombs(plan: str) -> bytes:
    """A page for each letter: "b" kills the child that opens it, any other is printed."""
    bomb = bad_files.pdf_bomb()
    start = bomb.index(b"<< /Length")
    squeezed = bomb[start : bomb.index(b"endobj", start)]
    kids = " ".join(f"{5 + 2 * number} 0 R" for number in range(len(plan)))
    page = (
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents {} 0 R /Resources << /Font << /F 3 0 R >> >> >>"
    )
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(plan)} >>".encode(),
        HELVETICA,
        squeezed,
    ]
    for number, letter in enumerate(plan):
        objects += [page.format(4 if letter == "b" else 6 + 2 * number).encode(), stream(text(letter, x=20, y=90))]
    return pdf(objects)


def scan(
    picture: Image.Image, *, place: str = "595 0 0 842 0 0", under: bytes = b"", over: bytes = b"", entries: str = ""
) -> bytes:
    """A page with a picture on it at `place`, its matrix, and text printed before and after it."""
    data = encoded(picture.convert("L"), "JPEG", quality=85)
    head = (
        f"<< /Type /XObject /Subtype /Image /Width {picture.width} /Height {picture.height} /ColorSpace /DeviceGray"
        f" /BitsPerComponent 8 /Filter /DCTDecode /Length {len(data)} >>\nstream\n"
    )
    content = under + f"q {place} cm /P Do Q\n".encode() + over
    return pages(
        content,
        entries=entries,
        resources="/XObject << /P 4 0 R >>",
        others=[head.encode() + data + b"\nendstream"],
    )

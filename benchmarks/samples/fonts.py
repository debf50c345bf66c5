"""Subsets of Noto CJK SC as TrueType, which the PDF writer needs."""

from __future__ import annotations

import io
import os
from pathlib import Path

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont, newTable
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont as PdfFont

FOLDER = Path(os.environ.get("NOTO_CJK", "/usr/share/fonts/opentype/noto"))
REGULAR = FOLDER / "NotoSansCJK-Regular.ttc"
BOLD = FOLDER / "NotoSansCJK-Bold.ttc"
FACES = {
    "Sans": REGULAR,
    "Sans-Bold": BOLD,
    "Serif": FOLDER / "NotoSerifCJK-Regular.ttc",
    "Serif-Bold": FOLDER / "NotoSerifCJK-Bold.ttc",
}


def register(*sources: Path, faces: tuple[str, ...] = ("Sans", "Sans-Bold")) -> None:
    """Register the faces with the characters that the source files hold."""
    texts = "".join(map(chr, range(32, 127))) + "".join(source.read_text("utf-8") for source in sources)
    for name in faces:
        pdfmetrics.registerFont(PdfFont(name, io.BytesIO(_truetype(FACES[name], texts))))


def _truetype(path: Path, texts: str) -> bytes:
    font = _face(path)
    font.recalcTimestamp = False
    options = subset.Options(layout_features=[], hinting=False, notdef_outline=True)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=texts + " ")
    subsetter.subset(font)
    _curves_to_truetype(font)
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def _face(path: Path) -> TTFont:
    for font in TTCollection(path).fonts:
        if str(font["name"].getDebugName(1)).startswith(("Noto Sans CJK SC", "Noto Serif CJK SC")):
            return font
    raise SystemExit(f"{path} holds no simplified Chinese face")


def _curves_to_truetype(font: TTFont) -> None:
    glyphs = font.getGlyphSet()
    order = font.getGlyphOrder()
    outlines = {}
    for name in order:
        pen = TTGlyphPen(glyphs)
        glyphs[name].draw(Cu2QuPen(pen, max_err=1.0, reverse_direction=True))
        outlines[name] = pen.glyph()
    font["loca"] = newTable("loca")
    font["glyf"] = glyf = newTable("glyf")
    glyf.glyphOrder, glyf.glyphs = order, outlines
    _describe(font)


def _describe(font: TTFont) -> None:
    """Tables that TrueType has instead of CFF's."""
    maxp = font["maxp"]
    maxp.tableVersion = 0x00010000
    zero = "maxTwilightPoints maxStorage maxFunctionDefs maxInstructionDefs maxStackElements maxSizeOfInstructions"
    for key in f"{zero} maxComponentElements".split():
        setattr(maxp, key, 0)
    maxp.maxZones = 1
    font["post"].formatType = 3.0
    for tag in ("CFF ", "VORG"):
        if tag in font:
            del font[tag]
    font.sfntVersion = "\000\001\000\000"

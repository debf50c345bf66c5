"""QR codes and stamps as blocks of their own."""

from __future__ import annotations

from collections.abc import Sequence

from extraction.engine.page.drafts import Draft
from extraction.engine.page.lines import Token, lines_of, segments_of
from extraction.engine.raw import RawMark, RawPage
from extraction.types import BlockType

KINDS = {"qrcode": BlockType.QRCODE, "stamp": BlockType.STAMP}


def marked_blocks(raw: RawPage, tokens: Sequence[Token]) -> tuple[list[Draft], list[Token]]:
    """QR codes with what they say, stamps with the words stamped, and the tokens that are left."""
    drafts: list[Draft] = []
    rest = list(tokens)
    for mark in raw.marks:
        if mark.kind not in KINDS:
            continue
        inside = [token for token in rest if _holds(mark, token) and _is_its_own(mark, token)]
        lines = lines_of(segments_of(inside)) if inside else []
        text = mark.text if mark.kind == "qrcode" else "\n".join(line.text for line in lines)
        drafts.append(Draft(KINDS[mark.kind], mark.bbox, lines, text=text))
        taken = {token.index for token in inside}
        rest = [token for token in rest if token.index not in taken]
    return drafts, rest


def _holds(mark: RawMark, token: Token) -> bool:
    box = mark.bbox
    return box.x0 <= (token.x0 + token.x1) / 2 <= box.x1 and box.y0 <= (token.y0 + token.y1) / 2 <= box.y1


def _is_its_own(mark: RawMark, token: Token) -> bool:
    """Tell the stamp's print from the page's text under it; on a QR code nothing can be read."""
    return mark.kind == "qrcode" or token.text in mark.text

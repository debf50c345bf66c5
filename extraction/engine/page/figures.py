"""Pictures and drawings that stand on a page as figures, with the words printed inside them."""

from __future__ import annotations

from collections.abc import Sequence

from extraction.engine.page.drafts import Draft
from extraction.engine.page.kinds import is_caption_start
from extraction.engine.page.lines import Segment, Token, common_size, lines_of, make_line, segments_of
from extraction.engine.raw import RawPage
from extraction.types import BBox, BlockType

MAX_SHARE, MIN_SHARE, MIN_SIDE = 0.6, 0.0015, 12.0
LABEL_REACH = 1.2  # of the size
MOST_CUT = 3
RUNNING_WORDS = 5  # so many ordinary words in a line are running text


def page_figures(raw: RawPage, tokens: Sequence[Token]) -> tuple[list[Draft], list[Token]]:
    """Figures, and the tokens outside them; a picture under running text is the page's background."""
    page = raw.width * raw.height
    drafts: list[Draft] = []
    rest = list(tokens)
    body = common_size(tokens)
    for box in _merged([box for box in raw.pictures if not _is_backdrop(box, raw)]):
        if not MIN_SHARE * page < box.area < MAX_SHARE * page or min(box.width, box.height) < MIN_SIDE:
            continue
        inside = [token for token in rest if _holds(box, token)]
        if _has_running_text(inside, box, body) or _cuts_lines(box, rest):
            continue
        inside = _with_labels(box, inside, rest, body)
        drafts.append(_figure(box, inside))
        taken = {token.index for token in inside}
        rest = [token for token in rest if token.index not in taken]
    return drafts, rest


def outside_figures(upended: Sequence[Draft], figures: Sequence[Draft]) -> list[Draft]:
    """Drafts of text that runs up or down; what lies in a figure, as the names of axes do, becomes part of it."""
    result = []
    for draft in upended:
        x, y = draft.bbox.centre
        home = next((f for f in figures if f.bbox.x0 <= x <= f.bbox.x1 and f.bbox.y0 <= y <= f.bbox.y1), None)
        if home is None:
            result.append(draft)
        else:
            home.lines += draft.lines
            home.text = "\n".join(line.text for line in home.lines)
    return result


def _is_backdrop(box: BBox, raw: RawPage) -> bool:
    """Tell bands and sheets that reach over the page from pictures in the text."""
    return box.width > 0.92 * raw.width or box.height > 0.92 * raw.height


def _with_labels(box: BBox, inside: list[Token], tokens: Sequence[Token], body: float) -> list[Token]:
    """Add the small print right beside a figure: the numbers of axes, the names of parts."""
    taken = {token.index for token in inside}
    small = [token for token in tokens if token.index not in taken and token.size < 0.93 * body]
    result = list(inside)
    for segment in segments_of(small):
        gap = max(box.x0 - segment.x1, segment.x0 - box.x1, box.y0 - segment.y1, segment.y0 - box.y1)
        words = sum(token.wordy for token in segment.tokens)
        if gap <= LABEL_REACH * segment.size and words <= 3 and not is_caption_start(make_line([segment])):
            result += segment.tokens
    return result


def _figure(box: BBox, inside: Sequence[Token]) -> Draft:
    lines = lines_of(segments_of(inside)) if inside else []
    whole = BBox.around(box, *(line.bbox for line in lines))
    return Draft(BlockType.FIGURE, whole, lines, text="\n".join(line.text for line in lines))


def _holds(box: BBox, token: Token) -> bool:
    return box.x0 <= (token.x0 + token.x1) / 2 <= box.x1 and box.y0 <= (token.y0 + token.y1) / 2 <= box.y1


def _has_running_text(inside: Sequence[Token], box: BBox, body: float) -> bool:
    covered = sum((token.x1 - token.x0) * (token.y1 - token.y0) for token in inside)
    if covered > 0.3 * box.area:
        return True
    lines = lines_of(segments_of(inside))
    running = [line for line in lines if sum(token.wordy for token in line.tokens) >= RUNNING_WORDS]
    return len(running) >= 3 and sum(1 for line in running if line.size >= 0.95 * body) >= 2


def _cuts_lines(box: BBox, tokens: Sequence[Token]) -> bool:
    """Tell a shade behind the print from a picture: lines of words run over its edge."""
    near = [token for token in tokens if box.y0 < (token.y0 + token.y1) / 2 < box.y1]
    over = [segment for segment in segments_of(near) if len(segment.tokens) > 1 and _runs_over(segment, box)]
    return len(over) >= MOST_CUT


def _runs_over(segment: Segment, box: BBox) -> bool:
    inside = sum(_holds(box, token) for token in segment.tokens)
    return 0 < inside < len(segment.tokens)


def _merged(pictures: Sequence[BBox]) -> list[BBox]:
    """Join pictures that overlap or touch, as the strips of one image do; the largest come first."""
    result: list[BBox] = []
    for picture in sorted(pictures[:500], key=lambda box: -box.area):
        grown = picture
        while mates := [other for other in result if _touch(grown, other)]:
            result = [other for other in result if other not in mates]
            grown = BBox.around(grown, *mates)
        result.append(grown)
    return sorted(result, key=lambda box: -box.area)


def _touch(first: BBox, second: BBox) -> bool:
    return (
        first.x0 <= second.x1 + 2
        and second.x0 <= first.x1 + 2
        and first.y0 <= second.y1 + 2
        and second.y0 <= first.y1 + 2
    )

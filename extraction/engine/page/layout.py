"""A page's structure: words to blocks in reading order."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter

from extraction.engine.page.assemble import assemble
from extraction.engine.page.captions import bind_captions
from extraction.engine.page.choices import choice_runs
from extraction.engine.page.code import code_runs, mark_fixed
from extraction.engine.page.document import finish_document
from extraction.engine.page.drafts import Area, Column, Draft, column_of, make_area
from extraction.engine.page.drawn_ticks import with_ticks
from extraction.engine.page.figures import outside_figures, page_figures
from extraction.engine.page.lines import Line, Segment, body_size, lines_of, segments_of, tokens_of
from extraction.engine.page.margins import mark_margins
from extraction.engine.page.marks import marked_blocks
from extraction.engine.page.order import reading_regions
from extraction.engine.page.outlined import Outline, outlined
from extraction.engine.page.paragraphs import cluster_drafts, drafts_of
from extraction.engine.page.references import mark_references
from extraction.engine.page.scanned import in_points, resized_reading
from extraction.engine.page.scatter import clusters_of, scattered_runs
from extraction.engine.page.siders import set_aside, sider_drafts
from extraction.engine.page.tables import ruled_tables
from extraction.engine.page.tilting import tilted
from extraction.engine.page.titles import settle_titles
from extraction.engine.page.toc import contents_runs
from extraction.engine.page.torn import mended
from extraction.engine.page.unruled import aligned_tables
from extraction.engine.page.upended import upended_drafts
from extraction.engine.page.vertical import is_vertical, laid_down, stood_up
from extraction.engine.raw import RawPage
from extraction.types import PageReading

__all__ = ["build_page", "finish_document"]


def build_page(raw: RawPage, outline: Outline | None = None) -> PageReading:
    """Find the page's blocks and set every word's line and block; `outline` is the file's own, where it has one."""
    if raw.source != "ocr" or not raw.words:
        return stood_up(_build(laid_down(raw), outline)) if is_vertical(raw) else _build(raw, outline)
    page, factor = in_points(raw)
    return resized_reading(_build(page, outline), factor, width=raw.width, height=raw.height)


def _build(raw: RawPage, outline: Outline | None) -> PageReading:
    raw = with_ticks(raw)
    tokens = tokens_of(raw)
    mark_fixed(tokens)
    body = body_size(tokens)
    marks, rest = marked_blocks(raw, tokens)
    figures, rest = page_figures(raw, rest)
    tables, rest = ruled_tables(raw, rest)
    areas = [make_area(draft) for draft in [*tables, *figures, *marks]]
    segments = mended(segments_of(rest))
    own, aside = set_aside(segments, raw.width) if raw.source == "text" else (segments, [])
    parts: list[Segment] = [*own, *areas]
    drafts: list[Draft] = []
    for region in reading_regions(parts):
        drafts.extend(_region_drafts(region, body))
    drafts += sider_drafts(aside, raw.width, body)
    drafts += outside_figures(upended_drafts(tokens_of(raw, vertical=True)), figures)
    mark_margins(raw, drafts, body)
    settle_titles(drafts, body)
    drafts = outlined(drafts, outline)
    mark_references(drafts)
    bind_captions(drafts, body)
    return tilted(assemble(raw, drafts), raw.skew)


def _region_drafts(region: Sequence[Segment], body: float) -> list[Draft]:
    areas = sorted((part for part in region if isinstance(part, Area)), key=lambda part: part.y0 + part.y1)
    rest = lines_of(part for part in region if not isinstance(part, Area))
    result: list[Draft] = []
    for area in areas:
        before = [line for line in rest if line.y0 + line.y1 <= area.y0 + area.y1]
        rest = rest[len(before) :]
        result.extend(_line_drafts(before, body))
        result.append(area.draft)
    return [*result, *_line_drafts(rest, body)]


def _line_drafts(lines: Sequence[Line], body: float) -> list[Draft]:
    """Lines of one column to blocks: contents and listings, then what stands between them."""
    if not lines:
        return []
    column = column_of(lines, body)
    result: list[Draft] = []
    done = 0
    for first, end, drafts in sorted([*contents_runs(lines, column), *code_runs(lines, column)], key=itemgetter(0)):
        if first >= done:
            result += [*_choice_drafts(lines[done:first], body), *drafts]
            done = end
    return [*result, *_choice_drafts(lines[done:], body)]


def _choice_drafts(lines: Sequence[Line], body: float) -> list[Draft]:
    """Lines without contents and listings to blocks, the choices among them first."""
    if not lines:
        return []
    result: list[Draft] = []
    done = 0
    for run in choice_runs(lines, column_of(lines, body)):
        result.extend(_plain_drafts([*lines[done : run.first], *run.before], body))
        result.append(run.draft)
        result.extend(_plain_drafts(run.behind, body))
        done = run.end
    return [*result, *_plain_drafts(lines[done:], body)]


def _plain_drafts(lines: Sequence[Line], body: float) -> list[Draft]:
    """Lines without choices to blocks, the tables among them first."""
    if not lines:
        return []
    column = column_of(lines, body)
    result: list[Draft] = []
    done = 0
    for first, end, table in aligned_tables(lines, column):
        result.extend(_text_drafts(lines[done:first], column))
        result.append(table)
        done = end
    return [*result, *_text_drafts(lines[done:], column)]


def _text_drafts(lines: Sequence[Line], column: Column) -> list[Draft]:
    """Running text as paragraphs, texts side by side as small blocks."""
    result: list[Draft] = []
    done = 0
    for first, end in scattered_runs(lines, column):
        result.extend(drafts_of(lines[done:first], column.body))
        for cluster in clusters_of(lines[first:end], column):
            result.extend(cluster_drafts(cluster, column.body))
        done = end
    return [*result, *drafts_of(lines[done:], column.body)]

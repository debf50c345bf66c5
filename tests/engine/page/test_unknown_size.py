from __future__ import annotations

from extraction.engine.page.underlay import lay_under
from extraction.types import BBox, Block, PageReading, Word
from extraction.wire.somark import load

OWN = PageReading(1, 842.0, 595.0, words=(Word("Lease", BBox(40, 30, 90, 45), line=0),))
REPLY = {"pages": [{"page_num": 0, "page_size": {}, "blocks": [{"idx": 4, "type": "title", "content": "Lease"}]}]}


def test_a_page_whose_size_is_not_told_has_ours() -> None:
    (page,) = load(REPLY).pages

    laid = lay_under(page, OWN)
    without_words = lay_under(page, PageReading(1, 842.0, 595.0))

    assert (laid.width, laid.height, laid.rotation) == (842.0, 595.0, 0)
    assert laid.blocks == (Block(4, "title", BBox(40, 30, 90, 45), "Lease"),)
    assert [word.bbox for word in laid.words] == [BBox(40, 30, 90, 45)]
    assert (without_words.width, without_words.height) == (842.0, 595.0)

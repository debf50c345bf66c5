from __future__ import annotations

import json

import pytest

from extraction.types import BBox, Block, PageReading, Word
from extraction.wire.somark import Asked, digest_text, dump_asked, in_pixels, kept_asked, load_asked, passed_on


def test_wishes_are_kept_as_they_were_sent() -> None:
    asked = load_asked(
        {
            "output_formats": ["zip", "json"],
            "element_formats": ['{"image": "file", "table": null}'],
            "extract_config": ['{"keep_header_footer": true, "enable_inline_image": true}'],
            "feature_config": ['{"enable_inline_image": "false"}'],
        }
    )

    assert asked == Asked(
        outputs=("json", "zip"),
        formats={"image": "file"},
        features={"keep_header_footer": True, "enable_inline_image": False},
    )
    assert kept_asked(json.loads(json.dumps(dump_asked(asked)))) == asked
    assert (asked.format("image"), asked.format("table")) == ("file", "html")
    assert (asked.has("keep_header_footer"), asked.has("enable_table_image")) == (True, True)
    assert kept_asked({}) == Asked()


def test_digest_tells_wishes_apart_and_not_their_words() -> None:
    said = load_asked({"output_formats": ["json,markdown"], "element_formats": ['{"table": "html"}']})
    other = load_asked({"element_formats": ['{"table": "image"}']})

    assert digest_text(said) == digest_text(Asked())
    assert digest_text(other) != digest_text(Asked())


def test_wishes_stand_above_a_templates_options() -> None:
    template = {"element_formats": {"table": "html", "formula": "latex"}, "feature_config": None}

    told = passed_on(template, dump_asked(load_asked({"element_formats": ['{"table": "markdown"}']})))

    assert told == {"element_formats": {"table": "markdown", "formula": "latex"}, "feature_config": {}}


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        (BBox(0, 0, 595.3, 841.9), BBox(0, 0, 1240, 1754)),
        (BBox(-3, 840, 2, 900), BBox(0, 1750, 5, 1754)),
        (BBox(10, 20, 10.1, 20.1), BBox(20, 41, 22, 42)),
        (BBox(596, 10, 700, 20), None),
        (None, None),
    ],
)
def test_boxes_become_whole_pixels_inside_the_page(box: BBox | None, expected: BBox | None) -> None:
    page = PageReading(1, 595.3, 841.9, (Block(0, "text", box, "x"),), (Word("x", BBox(0, 0, 1, 1)),))

    told = in_pixels(page)

    assert told == PageReading(1, 1240, 1754, (Block(0, "text", expected, "x"),))

from __future__ import annotations

import pytest

from extraction.engine.read.outline import NoOutline, paragraphs_of
from tests.engine.office_files import STYLES, styled, table
from tests.engine.pictures import WORD


def outline(body: str, styles: str = "") -> list[tuple[str, int | None, bool]]:
    document = f'<w:document xmlns:w="{WORD}" xmlns:mc="{COMPATIBLE}"><w:body>{body}</w:body></w:document>'
    paragraphs = paragraphs_of(document.encode(), (styles or STYLES).encode())
    return [(paragraph.text, paragraph.level, paragraph.in_table) for paragraph in paragraphs]


def test_headings_have_the_levels_of_their_styles() -> None:
    body = [styled("Contract", "a0"), styled("Scope", "a1"), styled("Clause", "mine"), styled("范围", "a3")]
    body += [styled("Running text"), styled("By itself", "plain", '<w:outlineLvl w:val="3"/>')]
    body += [styled("Not any more", "a1", '<w:outlineLvl w:val="9"/>')]

    assert outline("".join(body)) == [
        ("Contract", 1, False),
        ("Scope", 1, False),
        ("Clause", 2, False),
        ("范围", 3, False),
        ("Running text", None, False),
        ("By itself", 4, False),
        ("Not any more", None, False),
    ]


def test_cells_and_boxes_are_paragraphs_of_their_own() -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>in a box</w:t></w:r></w:p></w:txbxContent>"
    twice = f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    around = f"<w:p><w:r><w:t>before</w:t><w:tab/>{twice}<w:t>behind</w:t></w:r></w:p>"

    assert outline(around + table(["Item", "Price"])) == [
        ("in a box", None, False),
        ("before behind", None, False),
        ("Item", None, True),
        ("Price", None, True),
    ]


def test_what_is_deleted_or_computed_is_not_there() -> None:
    run = "<w:r><w:delText>old</w:delText><w:instrText>PAGE</w:instrText><w:t>new</w:t></w:r>"

    assert outline(f"<w:p>{run}</w:p>") == [("new", None, False)]


def test_styles_that_turn_in_circles_end() -> None:
    style = '<w:style w:styleId="{0}"><w:basedOn w:val="{1}"/></w:style>'
    styles = f'<w:styles xmlns:w="{WORD}">{style.format("a", "b")}{style.format("b", "a")}</w:styles>'

    assert outline(styled("Text", "a"), styles) == [("Text", None, False)]


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"<w:document",
        b'<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><d>&b;</d>',
        b'<!DOCTYPE d SYSTEM "file:///etc/passwd"><d/>',
        b"<a>" * 600 + b"</a>" * 600,
    ],
)
def test_xml_that_is_not_safe_is_not_read(document: bytes) -> None:
    with pytest.raises(NoOutline):
        paragraphs_of(document, b"")


def test_too_many_paragraphs_are_no_outline() -> None:
    body = "<w:p><w:r><w:t>x</w:t></w:r></w:p>" * 100_001

    with pytest.raises(NoOutline):
        outline(body)


COMPATIBLE = "http://schemas.openxmlformats.org/markup-compatibility/2006"

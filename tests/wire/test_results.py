from __future__ import annotations

import json
import math
from decimal import Decimal

import pytest

from extraction.errors import InvalidReply
from extraction.types import (
    AbsentReason,
    BBox,
    Block,
    BlockType,
    DocumentReading,
    FieldSpec,
    FieldType,
    PageReading,
    ReadValue,
    Span,
    TableCell,
    TitleHint,
    Word,
)
from extraction.wire.results import (
    dump_page,
    dump_reading,
    dump_result,
    evidence_of,
    extracted_data,
    load_page,
    load_reading,
)

BOX, OTHER = BBox(1, 2, 3, 4), BBox(5, 6, 7, 8)
PAGE = PageReading(
    number=3,
    width=595.5,
    height=842.0,
    blocks=(
        Block(0, BlockType.TITLE, BOX, "Head", title_level=2, confidence=0.5, title_hint=TitleHint(True, 3)),
        Block(
            1,
            BlockType.TABLE,
            OTHER,
            "<table></table>",
            format="html",
            captions=(0,),
            image="b1.png",
            cells=(TableCell(0, 0, "a", BOX, 2, 3, True), TableCell(0, 3, "", None)),
        ),
        Block(2, "their own word", None, ""),
    ),
    words=(Word("Head", BOX, 0.25, 0, 0), Word("two words", OTHER)),
    rotation=90,
    continues_previous=True,
    warnings=("page_turned",),
)


def span(box: BBox = BOX, *, page: int = 1, text: str = "x") -> Span:
    return Span(page, box, text)


def test_a_page_comes_back_as_it_was() -> None:
    assert load_page(json.loads(json.dumps(dump_page(PAGE)))) == PAGE


def test_a_reading_has_somarks_shape_with_our_words() -> None:
    page = PageReading(1, 612.0, 792.0, (Block(0, "text", BOX, "Hi"),), (Word("Hi", BOX, None, 0, 0),))

    assert dump_reading(DocumentReading((page,))) == {
        "pages": [
            {
                "page_num": 0,
                "page_size": {"w": 612.0, "h": 792.0},
                "merge_content_from_pre_page": False,
                "blocks": [
                    {"idx": 0, "type": "text", "bbox": [1, 2, 3, 4], "content": "Hi", "format": "text", "captions": []}
                ],
                "words": [{"text": "Hi", "bbox": [1, 2, 3, 4], "confidence": None, "line": 0, "block": 0}],
            }
        ]
    }


def test_a_reading_keeps_what_failed() -> None:
    reading = DocumentReading((PageReading(1, 10.0, 10.0),), ((2, "page_failed"),), ("odd",))

    assert load_reading(json.loads(json.dumps(dump_reading(reading)))) == reading


def test_a_printed_line_given_as_a_word_is_parted_in_proportion() -> None:
    shape = {
        "pages": [
            {
                "page_num": 0,
                "page_size": {"w": 100, "h": 100},
                "blocks": [],
                "words": [
                    {"text": "TOTAL", "bbox": [0, 0, 30, 5]},
                    {"text": "ab cd", "bbox": [0, 10, 23, 15], "confidence": 0.5},
                ],
            }
        ]
    }

    words = load_reading(shape).pages[0].words

    assert [(word.text, word.line, word.confidence) for word in words] == [
        ("TOTAL", 0, None),
        ("ab", 1, 0.5),
        ("cd", 1, 0.5),
    ]
    assert [[round(edge, 6) for edge in word.bbox] for word in words] == [
        [0, 0, 30, 5],
        [0, 10, 10, 15],
        [13, 10, 23, 15],
    ]


@pytest.mark.parametrize(
    "data",
    [
        [],
        {},
        {"pages": 3},
        {"pages": [{"page_num": 0}]},
        {"pages": [{"page_num": 0, "page_size": {"w": 0, "h": 9}}]},
        {"pages": [{"page_num": 0, "page_size": {"w": 9, "h": 9}, "words": [{"text": "x", "bbox": [1, 2, 3]}]}]},
        {"pages": [{"page_num": 0, "page_size": {"w": 9, "h": 9}, "words": [{"text": "x", "bbox": None}]}]},
        {"pages": [{"page_num": 0, "page_size": {"w": 9, "h": 9}, "blocks": [{"idx": 0}]}]},
        {"pages": [{"page_num": math.inf, "page_size": {"w": 9, "h": 9}}]},
        {"pages": [{"page_num": 0, "page_size": {"w": math.inf, "h": 9}}]},
        {"pages": [{"page_num": 0, "page_size": {"w": 9, "h": 9}}] * 2},
        {
            "pages": [
                {
                    "page_num": 0,
                    "page_size": {"w": 9, "h": 9},
                    "words": [{"text": "a", "bbox": [0, 0, 1, 1], "line": "first"}],
                }
            ]
        },
    ],
)
def test_other_json_is_refused(data: object) -> None:
    with pytest.raises(InvalidReply):
        load_reading(data)  # type: ignore[arg-type]


def test_a_stored_page_of_another_version_is_refused() -> None:
    with pytest.raises(InvalidReply):
        load_page(dump_page(PAGE) | {"version": 99})


TOTAL = FieldSpec("total", FieldType.AMOUNT)
DAY = FieldSpec("day", FieldType.DATE)
ITEMS = FieldSpec("items", FieldType.TABLE, fields=(FieldSpec("name"), FieldSpec("quantity", FieldType.NUMBER)))
TAGS = FieldSpec("tags", FieldType.LIST)


def test_a_result_holds_every_value_with_its_place() -> None:
    values = [
        ReadValue("total", Decimal("12.50"), "12.50", (span(), span(OTHER)), 0.9),
        ReadValue("day", reason=AbsentReason.LABEL_WITHOUT_VALUE, confidence=0.8),
        ReadValue(
            "items",
            rows=(
                (
                    ReadValue("name", "Bolt", "Bolt", (span(page=2),), 0.7),
                    ReadValue("quantity", reason=AbsentReason.NOT_READ),
                ),
                (
                    ReadValue("name", "Nut", "Nut", (span(OTHER, page=2),), 0.6),
                    ReadValue("quantity", Decimal(2), "2", (span(page=3),), 0.95),
                ),
            ),
        ),
        ReadValue("tags", rows=((ReadValue("tags", "red", "red", (span(),)),),)),
    ]
    gone = {"page": None, "bbox": None, "text": None}

    assert dump_result("a.pdf", values, [TOTAL, DAY, ITEMS, TAGS]) == {
        "file": "a.pdf",
        "status": "completed",
        "extractedData": {
            "total": 12.5,
            "day": None,
            "items": [{"name": "Bolt", "quantity": None}, {"name": "Nut", "quantity": 2}],
            "tags": ["red"],
        },
        "evidence": {
            "total": {"page": 1, "bbox": [1, 2, 7, 8], "text": "12.50", "confidence": 0.9},
            "day": gone | {"confidence": 0.8, "reason": "label_without_value"},
            "items": {"page": 2, "bbox": [1, 2, 7, 8], "text": "Bolt\nNut 2", "confidence": 0.6},
            "items[0].name": {"page": 2, "bbox": [1, 2, 3, 4], "text": "Bolt", "confidence": 0.7},
            "items[0].quantity": gone | {"confidence": None, "reason": "not_read"},
            "items[1].name": {"page": 2, "bbox": [5, 6, 7, 8], "text": "Nut", "confidence": 0.6},
            "items[1].quantity": {"page": 3, "bbox": [1, 2, 3, 4], "text": "2", "confidence": 0.95},
            "tags": {"page": 1, "bbox": [1, 2, 3, 4], "text": "red", "confidence": None},
            "tags[0]": {"page": 1, "bbox": [1, 2, 3, 4], "text": "red", "confidence": None},
        },
        "error": None,
    }


def test_a_field_nobody_read_is_absent_too() -> None:
    result = dump_result("a.pdf", [], [TOTAL])

    assert result["evidence"] == {
        "total": {"page": None, "bbox": None, "text": None, "confidence": None, "reason": "not_read"}
    }


def test_a_failed_file_says_why() -> None:
    assert dump_result("a.pdf", [], [TOTAL], error="This file is empty.") == {
        "file": "a.pdf",
        "status": "failed",
        "extractedData": None,
        "evidence": {},
        "error": "This file is empty.",
    }


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("31.00", "31"),
        ("0.1", "0.1"),
        ("-1234567.89", "-1234567.89"),
        ("1234567890123.45", "1234567890123.45"),
        ("12345678901234567890.12", '"12345678901234567890.12"'),
    ],
)
def test_numbers_are_written_without_drift(number: str, written: str) -> None:
    data = extracted_data([ReadValue("total", Decimal(number), number)], [TOTAL])

    assert json.dumps(data["total"]) == written


def test_single_table_is_an_object() -> None:
    seller = FieldSpec(
        "seller", FieldType.TABLE, fields=(FieldSpec("name"), FieldSpec("rank", FieldType.NUMBER)), single=True
    )
    cells = (ReadValue("name", "Haiyue", "Haiyue"), ReadValue("rank", Decimal(2), "2"))
    values = [ReadValue("seller", rows=(cells,))]

    assert extracted_data(values, [seller]) == {"seller": {"name": "Haiyue", "rank": 2}}
    assert extracted_data([], [seller]) == {"seller": None}
    assert list(evidence_of(values, [seller])) == ["seller", "seller.name", "seller.rank"]

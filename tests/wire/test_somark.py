from __future__ import annotations

import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from extraction.errors import InvalidReply
from extraction.types import BBox, Block, BlockType, DocumentReading, PageReading, TableCell, Word
from extraction.wire import somark
from extraction.wire.somark import Quota, Status, Task, TaskHead, dump_pages, load, public_part
from tests.fakes.somark_documents import made_up_pages

REPLIES = Path(__file__).parent.parent / "replies" / "somark"


def reply(name: str) -> Any:
    return json.loads((REPLIES / f"{name}.json").read_text())


def page_with(*blocks: Any, **more: Any) -> dict[str, Any]:
    return {"pages": [{"page_num": 0, "page_size": {"h": 100, "w": 50}, "blocks": [*blocks], **more}]}


def load_block(**shape: Any) -> Block:
    return load(page_with({"idx": 0, "type": "text", "content": "x", **shape})).pages[0].blocks[0]


@pytest.mark.parametrize("name", ["done", "sync"])
def test_a_reply_is_written_again_as_it_came(name: str) -> None:
    assert dump_pages(load(reply(name))) == reply("canonical")


@pytest.mark.parametrize("name", ["done", "odd", "example"])
def test_what_was_written_reads_the_same(name: str) -> None:
    reading = load(reply(name))

    assert load(json.loads(json.dumps(dump_pages(reading)))) == public_part(reading)


def test_all_block_types_are_read_and_others_kept() -> None:
    blocks = load(reply("done")).pages[0].blocks

    assert {block.type for block in blocks} == {*BlockType, "signature_line"}
    assert [(block.content, block.format) for block in blocks][-1] == ("a type of tomorrow", "asciidoc")


def test_a_page_is_read_whole() -> None:
    first, second = load(reply("done")).pages

    assert (first.number, first.width, first.height, first.continues_previous) == (1, 1240, 1754, False)
    assert first.blocks[:4] == (
        Block(0, "title", BBox(118, 96, 770, 148), "Lease 2026-114", title_level=1),
        Block(
            1,
            "table",
            BBox(118, 300, 1120, 610),
            "<table><tr><td>Month</td><td>Rent</td></tr><tr><td>May</td><td>1,240.00</td></tr></table>",
            "html",
            captions=(2,),
        ),
        Block(2, "table_caption", BBox(118, 262, 640, 292), "Table 1: payments"),
        Block(
            5,
            "figure",
            BBox(118, 640, 600.5, 980),
            "",
            captions=(6,),
            image="https://pictures.example/9f0c/5.png?sign=a1",
        ),
    )
    assert (second.number, second.height, second.continues_previous) == (2, 1753.5, True)
    assert [block.idx for block in second.blocks] == [1, 3]


@pytest.mark.parametrize("way", [(), ("data",), ("data", "result"), ("data", "result", "outputs", "json")])
def test_a_reply_is_read_from_any_of_its_parts(way: tuple[str, ...]) -> None:
    part = reply("done")
    for key in way:
        part = part[key]

    assert load(part) == load(reply("done"))


def test_bytes_are_read_too() -> None:
    assert load((REPLIES / "done.json").read_bytes()) == load(reply("done"))


def test_what_is_odd_loses_its_box_and_not_its_text() -> None:
    unknown, odd, numbered, empty = load(reply("odd")).pages

    assert unknown.blocks == (Block(0, "text", None, "a page of unknown size"),)
    assert unknown.warnings == ("page_size_unknown",)
    assert odd.blocks == (
        Block(0, "figure", BBox(118, 640, 600, 980), "", captions=(1, 11)),
        Block(1, "figure_caption", BBox(118, 990, 600, 1020), " Figure 1: the flat "),
        Block(2, "text", None, "no box"),
        Block(3, "text", None, "inverted"),
        Block(4, "text", None, "absurd"),
        Block(5, "text", None, "half a box"),
        Block(6, "text", None, "no number"),
        Block(7, "text", BBox(-4, 20, 1242, 60), "sticks out a little"),
        Block(8, "table", None, "elsewhere", captions=(12,)),
        Block(9, "title", BBox(10, 100, 300, 140), "2026", captions=(7,), title_level=2),
        Block(10, "text", None, "half a character ? and a  NUL"),
        Block(11, "figure_caption", None, "Seen from the yard"),
        Block(12, "table_caption", None, "Table 9"),
    )
    assert numbered.continues_previous
    assert [(block.idx, block.content, block.captions) for block in numbered.blocks] == [
        (0, "unnumbered", ()),
        (1, "first", (1,)),
        (2, "same number", ()),
    ]
    assert empty.blocks == ()


def test_the_documents_own_example_is_read() -> None:
    (page,) = load(reply("example")).pages

    assert page.warnings == ("page_size_unknown",)
    assert page.blocks == (
        Block(0, "string", None, "string", "string", captions=(1,), image="string"),
        Block(1, "figure_caption", None, "string"),
    )


@pytest.mark.parametrize(
    "box", [[1, 2, 1, 4], [1, 2, 3, True], "1,2,3,4", [1, 2, 3, float("nan")], {}, [1, 2, 3, 4, 5]]
)
def test_a_box_that_tells_nothing_is_none(box: Any) -> None:
    assert load_block(bbox=box).bbox is None


def test_boxes_of_a_page_told_as_it_lay_before_a_turn_are_kept() -> None:
    assert load_block(bbox=[60, 10, 98, 48]).bbox == BBox(60, 10, 98, 48)


def test_a_caption_may_name_a_block_that_is_not_there() -> None:
    assert load_block(captions=[7]).captions == (7,)


@pytest.mark.parametrize("level", [None, "second", 1.5, True, [1]])
def test_a_title_level_is_a_whole_number_or_none(level: Any) -> None:
    assert load_block(title_level=level).title_level is None


def test_pages_without_numbers_are_counted() -> None:
    size = {"h": 100, "w": 50}

    pages = load({"pages": [{"page_size": size}, {"page_num": 0, "page_size": size}]}).pages

    assert [page.number for page in pages] == [1, 2]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b'{"data": {"resu',
        b"[" * 100_000,
        "null",
        [],
        None,
        {},
        {"pages": []},
        {"pages": None},
        {"pages": {"0": {}}},
        {"pages": ["page"]},
        page_with("block"),
        {"pages": [{"page_num": 0, "blocks": {}}]},
        {"pages": [{"page_num": 0}] * 2},
        {"pages": [{"page_num": -1}]},
        {"code": 0, "data": {"status": "SUCCESS", "result": None}},
        {"code": 0, "data": {"status": "SUCCESS", "result": {"outputs": {"markdown": "x"}}}},
        {"code": 0, "data": {"status": "SUCCESS", "result": {"outputs": {"json": {"pages": []}}}}},
        pytest.param(reply("waiting"), id="waiting"),
        pytest.param(reply("failed"), id="failed"),
        pytest.param(reply("refused"), id="refused"),
    ],
)
def test_anything_else_is_no_reading(body: Any) -> None:
    with pytest.raises(InvalidReply):
        load(body)


def test_only_the_public_part_is_written() -> None:
    box = BBox(1, 2, 3, 4)
    block = Block(3, BlockType.TABLE, box, "a\0", "html", (4, 4), "t.png", None, 0.5, (TableCell(0, 0, "a", box),))
    page = PageReading(2, 50.0, 100.5, (block, Block(1, "text", BBox(1, 2, 300, 4), "far", "")), rotation=90)
    reading = DocumentReading((page, PageReading(1, 50.0, 100.0, words=(Word("a", box),))), ((3, "odd"),), ("odd",))

    written = dump_pages(reading, address=lambda image: f"https://galley.example/{image}")

    assert public_part(reading) == DocumentReading(
        (
            PageReading(1, 50.0, 100.0),
            PageReading(
                2,
                50.0,
                100.5,
                (Block(1, "text", None, "far"), Block(3, "table", box, "a", "html", (4,), "t.png")),
            ),
        )
    )
    assert written["pages"][1] == {
        "page_num": 1,
        "page_size": {"h": 100.5, "w": 50},
        "merge_content_from_pre_page": False,
        "blocks": [
            {
                "idx": 1,
                "type": "text",
                "bbox": None,
                "content": "far",
                "format": "text",
                "captions": [],
                "img_url": "",
            },
            {
                "idx": 3,
                "type": "table",
                "bbox": [1, 2, 3, 4],
                "content": "a",
                "format": "html",
                "captions": [4],
                "img_url": "https://galley.example/t.png",
            },
        ],
    }
    assert load(dump_pages(reading)) == public_part(reading)
    assert public_part(public_part(reading)) == public_part(reading)


def test_a_reply_of_300_pages_and_30_000_blocks_takes_little_memory() -> None:
    body = json.dumps({"pages": made_up_pages(300, 100)}).encode()

    tracemalloc.start()
    reading = load(body)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert sum(len(page.blocks) for page in reading.pages) == 30_000
    assert peak < 100 * 1024 * 1024


HEAD = TaskHead(4711, "9f0c27", "lease.pdf", ".pdf", 2)


def test_answers_have_the_documented_shapes() -> None:
    assert somark.dump_submitted("9f0c27") == reply("submitted")
    assert somark.dump_waiting(HEAD, Status.PROCESSING) == reply("waiting")
    assert somark.dump_failed("9f0c27", "lease.pdf", "The PDF is damaged") == reply("failed")
    assert somark.dump_unknown_task("9f0c27") == reply("unknown_task")
    assert somark.dump_refused(1107, "Invalid API key") == reply("refused")
    assert somark.dump_quota(Quota(0, 480, 1930, "https://somark.example/dashboard")) == reply("usage")


def test_a_finished_answer_holds_the_formats_that_were_asked_for() -> None:
    done = reply("done")
    reading = load(done)
    pages = reply("canonical")
    markdown = done["data"]["result"]["outputs"]["markdown"]

    result = somark.dump_result(
        "lease.pdf", images=somark.image_addresses(reading), pages=dump_pages(reading), markdown=markdown
    )
    only_zip = somark.dump_result("lease.pdf", zip_url="https://galley.example/a.zip")

    done["data"]["result"]["outputs"]["json"] = pages
    assert somark.dump_done(HEAD, result) == done
    sync = {key: done["data"][key] for key in ("task_id", "error", "metadata", "result")}
    assert somark.dump_sync(HEAD, result) == done | {"data": sync}
    assert only_zip == {"file_name": "lease.pdf", "imgs": [], "outputs": {"zip": "https://galley.example/a.zip"}}
    assert somark.dump_done(HEAD, result, warnings=["odd"])["warnings"] == ["odd"]


def test_a_timed_out_call_names_its_task() -> None:
    assert somark.dump_refused(1102, "Still at work", task_id="9f0c27")["data"] == {
        "error": "Still at work",
        "task_id": "9f0c27",
    }


def task_of(body: Any) -> Task:
    return somark.load_task(somark.load_envelope(body))


@pytest.mark.parametrize("status", [*Status])
@pytest.mark.parametrize("written", [str.upper, str.lower, str.title])
def test_a_status_is_read_in_any_case(status: Status, written: Any) -> None:
    body = {"code": "0", "data": {"task_id": "1", "status": written(status)}}

    assert task_of(body) == Task("1", status)


def test_tasks_are_read() -> None:
    assert task_of(reply("waiting")) == Task("9f0c27", Status.PROCESSING, "", 2)
    assert task_of(reply("failed")) == Task("9f0c27", Status.FAILED, "The PDF is damaged")
    assert task_of(reply("done")) == Task("9f0c27", Status.SUCCESS, "", 2)


@pytest.mark.parametrize("body", [None, [], {}, {"code": None}, {"code": "ok"}, {"error": "bad gateway"}])
def test_json_without_a_code_is_not_somarks(body: Any) -> None:
    with pytest.raises(InvalidReply):
        somark.load_envelope(body)


@pytest.mark.parametrize("data", [None, {}, {"status": None}, {"status": "LOST"}])
def test_a_status_that_is_not_documented_is_refused(data: Any) -> None:
    with pytest.raises(InvalidReply):
        task_of({"code": 0, "data": data})


def test_pictures_are_named_once() -> None:
    assert somark.picture_addresses(somark.load_envelope(reply("done"))) == (
        "https://pictures.example/9f0c/5.png?sign=a1",
        "https://pictures.example/9f0c/stamp.png?sign=b2",
    )


@pytest.mark.parametrize(
    ("quota", "remaining"),
    [(Quota(10, 480, 1930), 490), (Quota(0, 480, 20), 20), (Quota(None, 5), 5), (Quota(7), 7), (Quota(), None)],
)
def test_what_is_left_today(quota: Quota, remaining: int | None) -> None:
    assert quota.remaining == remaining


def test_a_form_names_the_outputs_the_key_and_the_options() -> None:
    options = {
        "element_formats": {"image": "base64", "table": "markdown"},
        "feature_config": {"keep_header_footer": True},
    }

    assert somark.submit_form("", {}) == {"output_formats": ["markdown", "json"]}
    assert somark.submit_form("sk-1", options, older=True) == {
        "output_formats": ["markdown", "json"],
        "api_key": "sk-1",
        "element_formats": '{"image": "url", "table": "markdown"}',
        "feature_config": '{"keep_header_footer": true}',
        "extract_config": '{"keep_header_footer": true}',
    }

from __future__ import annotations

import base64
import io
import json
import zipfile
from contextlib import closing
from typing import Any

import pytest
from django.test import Client
from PIL import Image
from pytest_django.fixtures import Settings

from extraction.choices import PageState, Provider
from extraction.models import Document, Parse, ParsedPage, Team, User
from extraction.providers.embedded import EmbeddedParser
from extraction.services.documents import delete_document
from extraction.services.page_images import image_folder
from extraction.services.somark_results import zip_of
from extraction.wire.somark import load
from tests import bad_files
from tests.api.docmap_calls import work_all
from tests.api.printed import TABLE, lease, long_table
from tests.api.somark_calls import Somark, somark_of, upload
from tests.engine.pictures import encoded, receipt
from tests.fakes.somark import FakeSomark
from tests.fakes.somark_tasks import KEY
from tests.services.remote_steps import finish, make_account

PIPES = "| Month | Rent | Paid |\n| --- | --- | --- |\n| May | 1,240.00 | yes |\n| June | 1,260.00 | no |"


@pytest.fixture
def somark(team: Team, alice: User) -> Somark:
    return somark_of(team, alice)


def read(somark: Somark, engine: EmbeddedParser, content: bytes | None = None, **fields: Any) -> dict[str, Any]:
    """The finished check's body."""
    task_id = somark.task(lease() if content is None else content, **fields)
    work_all(engine)
    body = somark.check(task_id)
    assert body["data"]["status"] == "SUCCESS", body
    return body


def result_of(body: dict[str, Any]) -> dict[str, Any]:
    return body["data"]["result"]


def blocks_of(body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The first page's blocks by type."""
    return {block["type"]: block for block in result_of(body)["outputs"]["json"]["pages"][0]["blocks"]}


def fetched(client: Client, address: str) -> tuple[str, bytes]:
    """Media type and content, without a key."""
    assert address.startswith("http://testserver/api/v1/files/")
    response = client.get(address)
    assert (response.status_code, response["X-Content-Type-Options"]) == (200, "nosniff")
    return response["Content-Type"], b"".join(response.streaming_content)


def test_finished_task_has_all_that_its_reading_gave(somark: Somark, engine: EmbeddedParser) -> None:
    body = read(somark, engine, name="lease.pdf")

    parse = Parse.objects.get()
    data = body["data"]
    assert {key: data[key] for key in data if key != "result"} == {
        "record_id": parse.pk,
        "task_id": str(parse.public_id),
        "status": "SUCCESS",
        "file_name": "lease.pdf",
        "error": None,
        "metadata": {"page_num": 1, "file_type": ".pdf"},
    }
    assert "warnings" not in body
    result = result_of(body)
    assert (set(result), set(result["outputs"])) == ({"file_name", "imgs", "outputs"}, {"markdown", "json"})
    (page,) = result["outputs"]["json"]["pages"]
    assert (page["page_num"], page["page_size"]) == (0, {"h": 1754, "w": 1240})
    assert page["merge_content_from_pre_page"] is False
    assert [(block["type"], block["captions"]) for block in page["blocks"]] == [
        ("title", []),
        ("text", []),
        ("figure", [3]),
        ("figure_caption", []),
        ("table", []),
    ]
    figure = blocks_of(body)["figure"]
    assert figure["bbox"] == [208, 337, 626, 630]
    assert result["imgs"] == [figure["img_url"]]


def test_sizes_and_boxes_are_whole_pixels_inside_the_page(somark: Somark, engine: EmbeddedParser) -> None:
    for page in result_of(read(somark, engine))["outputs"]["json"]["pages"]:
        width, height = page["page_size"]["w"], page["page_size"]["h"]
        for x0, y0, x1, y1 in (block["bbox"] for block in page["blocks"]):
            assert all(isinstance(edge, int) for edge in (x0, y0, x1, y1, width, height))
            assert 0 <= x0 < x1 <= width and 0 <= y0 < y1 <= height


def test_pages_of_a_picture_are_in_its_own_pixels(somark: Somark, engine: EmbeddedParser) -> None:
    picture = receipt()

    body = read(somark, engine, encoded(picture, "PNG"), name="till.png")

    (page,) = result_of(body)["outputs"]["json"]["pages"]
    assert page["page_size"] == {"h": picture.height, "w": picture.width}
    assert body["data"]["metadata"] == {"page_num": 1, "file_type": ".png"}


def test_figure_is_cut_out_of_the_page(somark: Somark, engine: EmbeddedParser, client: Client) -> None:
    address = result_of(read(somark, engine))["imgs"][0]

    media_type, data = fetched(client, address)

    with Image.open(io.BytesIO(data)) as picture:
        assert (media_type, picture.format) == ("image/jpeg", "JPEG")
        # 200 x 140 points of a page whose 595 points are 2000 pixels wide
        assert picture.size == (672, 471)
        left, right = picture.convert("L").getpixel((6, 200)), picture.convert("L").getpixel((660, 200))
    assert (left < 20, right > 160) == (True, True)
    assert fetched(client, address)[1] == data
    with closing(client.head(address)) as head:
        assert head["Content-Length"] == str(len(data))


@pytest.mark.parametrize(
    ("outputs", "given"),
    [
        ("markdown", {"markdown"}),
        ("json", {"json"}),
        ("zip", {"zip"}),
        ("json,zip,markdown", {"json", "zip", "markdown"}),
    ],
)
def test_outputs_are_those_that_were_asked_for(
    somark: Somark, engine: EmbeddedParser, outputs: str, given: set[str]
) -> None:
    assert set(result_of(read(somark, engine, output_formats=outputs))["outputs"]) == given


def test_markdown_has_links_tables_and_no_margins(somark: Somark, engine: EmbeddedParser) -> None:
    result = result_of(read(somark, engine))

    cells = [
        f"<t{'h' if not row else 'd'}>{text}</t{'h' if not row else 'd'}>" for row in range(3) for text in TABLE[row]
    ]
    rows = "".join(f"<tr>{''.join(cells[row * 3 : row * 3 + 3])}</tr>" for row in range(3))
    assert result["outputs"]["markdown"] == "\n\n".join(
        [
            "# Lease 2026-114",
            "The tenant pays the rent of every month on its first day.",
            f"![]({result['imgs'][0]})",
            "Figure 1: the yard in shades of grey",
            f"<table>{rows}</table>\n",
        ]
    )


def test_tables_are_written_as_they_are_wanted(somark: Somark, engine: EmbeddedParser, client: Client) -> None:
    as_markdown = read(somark, engine, element_formats='{"table": "markdown"}')
    as_image = read(somark, engine, element_formats='{"table": "image"}')

    table = blocks_of(as_markdown)["table"]
    assert (table["content"], table["format"], table["img_url"]) == (PIPES, "markdown", "")
    assert result_of(as_markdown)["outputs"]["markdown"].endswith(f"\n\n{PIPES}\n")
    pictured = blocks_of(as_image)["table"]
    assert result_of(as_image)["imgs"] == [blocks_of(as_image)["figure"]["img_url"], pictured["img_url"]]
    assert result_of(as_image)["outputs"]["markdown"].endswith(f"\n\n![]({pictured['img_url']})\n")
    assert fetched(client, pictured["img_url"])[1].startswith(b"\xff\xd8\xff")


def test_tables_are_joined_over_pages_when_asked_for(somark: Somark, engine: EmbeddedParser) -> None:
    plain = read(somark, engine, long_table())
    whole = read(somark, engine, long_table(), feature_config='{"enable_table_cross_page": true}')

    assert "warnings" not in whole
    apart, together = (result_of(body)["outputs"]["json"]["pages"] for body in (plain, whole))
    head, may, june = (
        "<tr><th>Month</th><th>Rent</th></tr>",
        "<tr><td>May</td><td>1,240.00</td></tr>",
        "<tr><td>June</td><td>1,260.00</td></tr>",
    )
    assert [page["merge_content_from_pre_page"] for page in [*apart, *together]] == [False, True, False, True]
    assert [page["blocks"][0]["content"] for page in apart] == [
        f"<table>{head}{may}</table>",
        f"<table>{head}{june}</table>",
    ]
    assert [page["blocks"][0]["content"] for page in together] == [f"<table>{head}{may}{june}</table>", ""]
    assert result_of(whole)["outputs"]["markdown"] == f"<table>{head}{may}{june}</table>\n"


def test_tables_given_as_images_stay_apart(somark: Somark, engine: EmbeddedParser) -> None:
    wanted = {"element_formats": '{"table": "image"}', "feature_config": '{"enable_table_cross_page": true}'}

    submitted = somark.submit(long_table(), **wanted)
    work_all(engine)
    body = somark.check(submitted["data"]["task_id"])

    assert submitted["warnings"] == [
        "Tables that are given as images are not joined across pages (enable_table_cross_page)."
    ]
    assert len(result_of(body)["imgs"]) == 2


def test_images_come_as_they_are_wanted(somark: Somark, engine: EmbeddedParser, client: Client) -> None:
    inside = read(somark, engine, element_formats='{"image": "base64"}')
    none = read(somark, engine, element_formats='{"image": "none"}')

    data = fetched(client, result_of(inside)["imgs"][0])[1]
    address = f"data:image/jpeg;base64,{base64.b64encode(data).decode()}"
    assert blocks_of(inside)["figure"]["img_url"] == address
    assert f"![]({address})" in result_of(inside)["outputs"]["markdown"]
    assert (result_of(none)["imgs"], blocks_of(none)["figure"]["img_url"]) == ([], "")
    assert "![" not in result_of(none)["outputs"]["markdown"]


def test_title_levels_are_told_when_asked_for(somark: Somark, engine: EmbeddedParser) -> None:
    plain = read(somark, engine)
    levelled = read(somark, engine, feature_config='{"enable_title_level_recognition": true}')

    assert "title_level" not in blocks_of(plain)["title"]
    assert blocks_of(levelled)["title"]["title_level"] == 1
    assert "title_level" not in blocks_of(levelled)["text"]


def test_zip_holds_markdown_json_and_images(somark: Somark, engine: EmbeddedParser, client: Client) -> None:
    options = {"output_formats": "zip,markdown,json", "element_formats": '{"image": "file"}'}
    result = result_of(read(somark, engine, name="合同.pdf", **options))

    media_type, data = fetched(client, result["outputs"]["zip"])

    assert media_type == "application/zip"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        markdown, pages, picture = archive.namelist()
        assert (markdown, pages, picture[:7]) == ("合同.md", "合同.json", "images/")
        assert archive.read(markdown).decode() == result["outputs"]["markdown"]
        inside = json.loads(archive.read(pages))["pages"][0]["blocks"][2]
        assert (inside["type"], inside["img_url"]) == ("figure", picture)
        assert archive.read(picture) == fetched(client, result["imgs"][0])[1]
    assert f"![]({picture})" in result["outputs"]["markdown"]
    kept = list((image_folder(Document.objects.get()) / "answers").iterdir())
    assert fetched(client, result["outputs"]["zip"])[1] == data
    assert list((image_folder(Document.objects.get()) / "answers").iterdir()) == kept
    assert [path.suffix for path in kept] == [".zip"]


def test_addresses_cannot_be_guessed_and_end_with_the_document(
    somark: Somark, engine: EmbeddedParser, client: Client
) -> None:
    result = result_of(read(somark, engine, output_formats="zip,json"))
    address, packed = result["imgs"][0], result["outputs"]["zip"]
    others = [address.replace("/1-", "/2-"), address[:-5] + "x.jpg", address.replace(".jpg", ".zip"), f"{address}x"]
    guessed = [client.get(other).status_code for other in (*others[:2], "/api/v1/files/1-2.jpg", "/api/v1/files/~")]
    split = client.get(address + "%0d%0aSet-Cookie:a")

    delete_document(document=Document.objects.get(), by=None)

    assert guessed == [404] * 4
    assert split.status_code == 404
    assert [client.get(gone).status_code for gone in (address, packed)] == [404, 404]
    assert client.get(address)["Content-Type"] == "application/json"
    assert client.post(address).status_code == 405


def test_document_that_is_deleted_meanwhile_leaves_no_files(somark: Somark, engine: EmbeddedParser) -> None:
    read(somark, engine, output_formats="zip")
    parse = Parse.objects.select_related("document__blob").get()

    delete_document(document=Document.objects.get(), by=None)
    zip_of(parse)

    assert not image_folder(parse.document).exists()


def test_addresses_have_the_public_base(somark: Somark, engine: EmbeddedParser, settings: Settings) -> None:
    settings.GALLEY_BASE_URL = "https://galley.example.org"

    result = result_of(read(somark, engine, output_formats="zip,json"))

    assert result["imgs"][0].startswith("https://galley.example.org/api/v1/files/")
    assert result["outputs"]["zip"].startswith("https://galley.example.org/api/v1/files/")


def test_page_that_failed_is_left_out_and_named(somark: Somark, engine: EmbeddedParser) -> None:
    task_id = somark.task(bad_files.page_pdf(3))
    work_all(engine)
    parse = Parse.objects.get()
    failed = {"state": PageState.FAILED, "content": None, "error_class": "page_failed"}
    ParsedPage.objects.filter(parse=parse, number=2).update(**failed)
    Parse.objects.update(warnings=[{"code": "pages_failed", "params": {"pages": "2"}}])

    body = somark.check(task_id)

    assert [page["page_num"] for page in result_of(body)["outputs"]["json"]["pages"]] == [0, 2]
    assert body["data"]["metadata"]["page_num"] == 3
    assert body["warnings"] == ["These pages could not be read: 2. Look at them yourself, or have them read again."]


def test_answers_of_a_somark_that_reads_for_the_team_pass_through(
    somark: Somark, team: Team, engine: EmbeddedParser, settings: Settings, client: Client
) -> None:
    settings.GALLEY_ALLOW_PRIVATE_PROVIDERS = True
    with FakeSomark() as fake:
        team.parse_account = make_account(team, Provider.SOMARK, fake.base_url, KEY)
        team.save()
        wanted = {"table": "html", "formula": "mathml"}
        features = {"enable_text_cross_page": True}
        submitted = somark.submit(
            lease(), element_formats=json.dumps(wanted), feature_config=json.dumps(features), name="lease.pdf"
        )
        finish(engine, Document.objects.get())
        (form,) = fake.forms

    body = somark.check(submitted["data"]["task_id"])

    assert "warnings" not in submitted
    assert json.loads(form["element_formats"][0]) == wanted
    assert json.loads(form["feature_config"][0]) == features
    (page,) = load(body).pages
    assert (page.width, page.height) == (1240, 1754)
    assert page.blocks[0].content == "Lease 2026-114"
    figure = next(block for block in page.blocks if block.type == "figure")
    assert figure.image is not None and figure.image.endswith(".png")
    assert fetched(client, figure.image)[0] == "image/png"


def test_plain_upload_is_named_in_the_answer(somark: Somark, engine: EmbeddedParser) -> None:
    task_id = somark.post("extract/async", file=upload(name="/tmp/x/lease.pdf"))["data"]["task_id"]
    work_all(engine)

    assert result_of(somark.post("extract/async_check", task_id=task_id))["file_name"] == "lease.pdf"

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from extraction.engine.raw import Pixels, Probe
from extraction.engine.read.fonts import OWN_CONFIGURATION, FontPaths, installed_fonts
from extraction.engine.sandbox import parser as parser_module
from extraction.engine.sandbox.parser import Parser
from extraction.errors import InvalidUpload, PasswordNeeded, ReadingFailed
from extraction.types import FileKind
from tests import bad_files
from tests.engine.pictures import docx, encoded, pdf, pdf_without_its_chinese_font, receipt, stream

type Store = Callable[[bytes], Path]

CHINESE = "中文合同发票金额"
needs_chinese = pytest.mark.skipif(not installed_fonts().has_cjk, reason="no Chinese font on this machine")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    def write(data: bytes) -> Path:
        path = tmp_path / "upload"
        path.write_bytes(data)
        return path

    return write


def texts(parser: Parser, number: int = 1) -> list[str]:
    (parsed,) = parser.read_pages([number], image_width=None)
    assert parsed.page is not None, parsed.failure
    return [word.text for word in parsed.page.words]


def ink(pixels: Pixels) -> float:
    """Share of dark pixels."""
    grey = Image.frombytes("RGB", (pixels.width, pixels.height), pixels.data).convert("L")
    return sum(grey.histogram()[:128]) / (pixels.width * pixels.height)


def test_pdf_gives_words_and_pictures_of_its_pages(store: Store) -> None:
    with Parser(store(bad_files.page_pdf(3)), FileKind.PDF) as parser:
        probe = parser.probe()
        pages = list(parser.read_pages(image_width=620))

    assert probe == Probe(FileKind.PDF, 3)
    assert [parsed.number for parsed in pages] == [1, 2, 3]
    assert [[word.text for word in parsed.page.words] for parsed in pages if parsed.page] == [
        ["Page", str(number), "of", "3"] for number in (1, 2, 3)
    ]
    assert {(parsed.image.width, parsed.image.height) for parsed in pages if parsed.image} == {(620, 878)}


@pytest.mark.parametrize(
    ("make", "kind", "code"),
    [
        (bad_files.truncated_pdf, FileKind.PDF, "truncated_pdf"),
        (bad_files.pdf_with_301_pages, FileKind.PDF, "too_many_pages"),
        (bad_files.pdf_bomb, FileKind.PDF, "unreadable_file"),
        (bad_files.huge_png, FileKind.PNG, "image_too_large"),
        (bad_files.docx_bomb, FileKind.DOCX, "bomb"),
        (bad_files.zip_without_document, FileKind.DOCX, "unknown_kind"),
        (lambda: bad_files.small_png()[:40], FileKind.PNG, "corrupt_file"),
        (lambda: encoded(receipt(), "JPEG")[:5000], FileKind.JPEG, "corrupt_file"),
        (lambda: docx("Agreement")[:300], FileKind.DOCX, "corrupt_file"),
        (lambda: docx("Agreement")[20:], FileKind.DOCX, "corrupt_file"),
        (bad_files.plain_text, FileKind.PDF, "truncated_pdf"),
    ],
)
def test_probe_refuses_bad_files(store: Store, make: Callable[[], bytes], kind: FileKind, code: str) -> None:
    with Parser(store(make()), kind) as parser, pytest.raises(InvalidUpload) as caught:
        parser.probe()

    assert caught.value.code == code


def test_too_many_pages_are_counted(store: Store) -> None:
    with Parser(store(bad_files.pdf_with_301_pages()), FileKind.PDF) as parser, pytest.raises(InvalidUpload) as caught:
        parser.probe()

    assert caught.value.params == {"pages": 301, "limit": 300}


@pytest.mark.parametrize(("password", "code"), [(None, "password_needed"), ("marble", "password_wrong")])
def test_encrypted_pdf_asks_for_its_password(store: Store, password: str | None, code: str) -> None:
    path = store(bad_files.encrypted_pdf("granite"))

    with Parser(path, FileKind.PDF, password=password) as parser, pytest.raises(PasswordNeeded) as caught:
        parser.probe()

    assert caught.value.code == code


def test_decrypted_copy_opens_without_password(store: Store) -> None:
    with Parser(store(bad_files.encrypted_pdf("granite")), FileKind.PDF, password="granite") as parser:
        probe = parser.probe()
        copy = parser.decrypted_copy()

    with Parser(store(copy), FileKind.PDF) as parser:
        assert (probe.encrypted, parser.probe().encrypted) == (True, False)
        assert texts(parser) == ["Opened", "with", "a", "password"]


def test_page_that_kills_the_child_fails_alone(store: Store) -> None:
    bomb = bad_files.pdf_bomb()
    squeezed = bomb[bomb.index(b"<< /Length") : bomb.index(b"endobj", bomb.index(b"<< /Length"))]
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents %d 0 R /Resources << >> >>"
    data = pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R 4 0 R 5 0 R] /Count 3 >>",
            *[page % contents for contents in (6, 7, 6)],
            stream(b"0 0 m 9 9 l S"),
            squeezed,
        ]
    )

    with Parser(store(data), FileKind.PDF) as parser:
        pages = [(parsed.number, parsed.failure) for parsed in parser.read_pages(image_width=None)]

    assert pages == [(1, None), (2, "parser_crashed"), (3, None)]


def test_page_that_kills_the_child_while_it_is_drawn_keeps_its_words(store: Store) -> None:
    bomb = bad_files.pdf_bomb()
    squeezed = bomb[bomb.index(b"<< /Length") : bomb.index(b"endobj", bomb.index(b"<< /Length"))]
    tiles = b"<< /Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 9 9] /XStep 9 /YStep 9 "
    tiles += b"/Resources << >> "
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents %d 0 R /Resources "
    page += b"<< /Font << /F 8 0 R >> /Pattern << /P 7 0 R >> >> >>"
    data = pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>",
            *[page % contents for contents in (5, 6)],
            stream(b"BT /F 12 Tf 9 9 Td (heavy) Tj ET /Pattern cs /P scn 0 0 300 200 re f"),
            stream(b"BT /F 12 Tf 9 9 Td (light) Tj ET"),
            squeezed.replace(b"<< ", tiles, 1),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        ]
    )

    with Parser(store(data), FileKind.PDF) as parser:
        pages = list(parser.read_pages(image_width=300))

    assert [[word.text for word in parsed.page.words] for parsed in pages if parsed.page] == [["heavy"], ["light"]]
    assert [parsed.image is None for parsed in pages] == [True, False]


@pytest.mark.parametrize(
    ("corners", "size", "picture"),
    [
        (b"300 200 0 0", (300, 200), (620, 414)),
        (b"0 0 0 0", (612, 792), (620, 803)),
        (b"0 0 20 14400", (20, 14400), (42, 30001)),
    ],
)
def test_odd_page_sizes_are_read_and_drawn(
    store: Store, corners: bytes, size: tuple[int, int], picture: tuple[int, int]
) -> None:
    data = pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>"
            % corners,
            stream(b"BT /F 9 Tf 2 2 Td (odd) Tj ET"),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        ]
    )

    with Parser(store(data), FileKind.PDF) as parser:
        (parsed,) = parser.read_pages(image_width=620)

    assert parsed.page is not None and parsed.image is not None, parsed.failure
    assert [word.text for word in parsed.page.words] == ["odd"]
    assert (parsed.page.width, parsed.page.height) == size
    assert (parsed.image.width, parsed.image.height) == picture


@needs_chinese
def test_chinese_without_its_font_is_drawn_with_the_machines(store: Store) -> None:
    with Parser(store(pdf_without_its_chinese_font(CHINESE)), FileKind.PDF) as parser:
        assert texts(parser) == [CHINESE]
        assert ink(parser.render(1, 600)) > 0.01


def test_chinese_without_any_font_is_warned_of(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parser_module, "installed_fonts", FontPaths)

    with Parser(store(pdf_without_its_chinese_font(CHINESE)), FileKind.PDF) as parser:
        (parsed,) = parser.read_pages()

    assert parsed.page is not None
    assert parsed.page.warnings == ("font_missing",)


def test_docx_becomes_pages(store: Store) -> None:
    with Parser(store(docx("Agreement of sale", "Second line")), FileKind.DOCX) as parser:
        probe = parser.probe()
        words = texts(parser)
        laid_out = parser.to_pdf()

    assert probe == Probe(FileKind.DOCX, None)
    assert words == ["Agreement", "of", "sale", "Second", "line"]
    assert laid_out.startswith(b"%PDF-")


@needs_chinese
def test_docx_keeps_its_chinese(store: Store) -> None:
    with Parser(store(docx("甲方以人民币")), FileKind.DOCX) as parser:
        assert texts(parser) == ["甲方以人民币"]
        assert ink(parser.render(1, 600)) > 0.0001


def test_docx_finds_fonts_by_our_own_configuration(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FONTCONFIG_FILE", OWN_CONFIGURATION)

    with Parser(store(docx("Agreement of sale")), FileKind.DOCX) as parser:
        assert texts(parser) == ["Agreement", "of", "sale"]


def test_docx_without_any_font_is_told(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FONTCONFIG_FILE", "/no/such/file")

    with Parser(store(docx("Agreement")), FileKind.DOCX) as parser, pytest.raises(ReadingFailed) as caught:
        parser.to_pdf()

    assert caught.value.code == "font_missing"


def test_image_turns_upright_by_its_orientation(store: Store) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = receipt()

    with Parser(store(encoded(picture.rotate(90, expand=True), "JPEG", exif=exif)), FileKind.JPEG) as parser:
        (parsed,) = parser.read_pages(image_width=400)

    assert parsed.page is not None
    assert (parsed.page.width, parsed.page.height, parsed.page.source) == (*map(float, picture.size), "none")
    assert parsed.image is not None
    assert (parsed.image.width, parsed.image.height) == (400, 285)


def test_tiff_gives_all_its_frames(store: Store) -> None:
    frames = [Image.new(mode, size) for mode, size in (("1", (300, 200)), ("L", (200, 300)), ("RGBA", (50, 60)))]
    data = encoded(frames[0], "TIFF", save_all=True, append_images=frames[1:])

    with Parser(store(data), FileKind.TIFF) as parser:
        probe = parser.probe()
        pages = [parsed.page for parsed in parser.read_pages()]

    assert probe == Probe(FileKind.TIFF, 3)
    assert [(page.width, page.height) for page in pages if page] == [(300, 200), (200, 300), (50, 60)]


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "LA", "I;16"])
def test_image_modes_become_white_paper(store: Store, mode: str) -> None:
    clear = mode in ("RGBA", "LA")
    picture = (
        Image.new("I;16", (40, 30), 65535) if mode == "I;16" else Image.new("RGBA", (40, 30), "white").convert(mode)
    )
    if clear:
        picture.putalpha(0)

    with Parser(store(encoded(picture, "PNG")), FileKind.PNG) as parser:
        assert parser.pixels_for_ocr(1) == Pixels(40, 30, b"\xff" * 3600)


def test_large_image_is_read_within_its_memory(store: Store) -> None:
    picture = Image.new("L", (10_000, 10_000), "white")

    with Parser(store(encoded(picture, "PNG", compress_level=1)), FileKind.PNG) as parser:
        parser.probe()
        (parsed,) = parser.read_pages()

    assert parsed.page is not None and parsed.image is not None
    assert (parsed.page.width, parsed.image.width) == (10_000, 1240)


def test_subset_of_a_pdf_keeps_its_text(store: Store) -> None:
    with Parser(store(bad_files.page_pdf(5)), FileKind.PDF) as parser:
        part = parser.subset_pdf(2, 4)

    with Parser(store(part), FileKind.PDF) as parser:
        assert parser.probe() == Probe(FileKind.PDF, 3)
        assert [texts(parser, number) for number in (1, 3)] == [["Page", "2", "of", "5"], ["Page", "4", "of", "5"]]


def test_subset_of_an_encrypted_pdf_opens_without_password(store: Store) -> None:
    with Parser(store(bad_files.encrypted_pdf("granite")), FileKind.PDF, password="granite") as parser:
        part = parser.subset_pdf(1, 1)

    with Parser(store(part), FileKind.PDF) as parser:
        assert (parser.probe().encrypted, texts(parser)) == (False, ["Opened", "with", "a", "password"])


def test_subset_of_a_docx_is_of_its_pages(store: Store) -> None:
    with Parser(store(docx("Agreement of sale")), FileKind.DOCX) as parser:
        part = parser.subset_pdf(1, 1)

    with Parser(store(part), FileKind.PDF) as parser:
        assert texts(parser) == ["Agreement", "of", "sale"]


@pytest.mark.parametrize(("first", "last"), [(0, 1), (2, 1), (2, 4)])
def test_subset_of_pages_that_are_not_there_fails(store: Store, first: int, last: int) -> None:
    with Parser(store(bad_files.page_pdf(3)), FileKind.PDF) as parser, pytest.raises(ReadingFailed) as caught:
        parser.subset_pdf(first, last)

    assert caught.value.code == "page_unreadable"


def upright(data: bytes, kind: FileKind, store: Store) -> Image.Image:
    """The first page of the image's PDF, drawn 800 wide."""
    with Parser(store(data), kind) as parser:
        made = parser.image_pdf()
    with Parser(store(made), FileKind.PDF) as parser:
        drawn = parser.render(1, 800)
    return Image.frombytes("RGB", (drawn.width, drawn.height), drawn.data)


def assert_alike(one: Image.Image, other: Image.Image) -> None:
    difference = ImageChops.difference(one, other.convert("RGB").resize(one.size)).convert("L")
    assert sum(difference.histogram()[64:]) < 0.02 * one.width * one.height


@pytest.mark.parametrize("orientation", [1, 2, 3, 6, 7, 8])
def test_photograph_becomes_an_upright_pdf(store: Store, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    back = {2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90}
    back |= {7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_270}
    lying = receipt().transpose(back[orientation]) if orientation in back else receipt()

    assert_alike(upright(encoded(lying, "JPEG", exif=exif, quality=90), FileKind.JPEG, store), receipt())


def test_photograph_is_taken_into_its_pdf_as_it_is(store: Store) -> None:
    data = encoded(receipt(), "JPEG", quality=93, dpi=(200, 200))

    with Parser(store(data), FileKind.JPEG) as parser:
        made = parser.image_pdf()

    assert data in made
    with Parser(store(made), FileKind.PDF) as parser:
        (parsed,) = parser.read_pages(image_width=None)
    assert parsed.page is not None
    assert (parsed.page.width, parsed.page.height) == pytest.approx((800 * 0.36, receipt().height * 0.36), abs=0.01)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA"])
def test_image_of_any_mode_becomes_a_pdf(store: Store, mode: str) -> None:
    assert_alike(upright(encoded(receipt().convert(mode), "PNG"), FileKind.PNG, store), receipt())


def test_all_frames_of_a_tiff_become_pages(store: Store) -> None:
    frames = [
        Image.new(mode, size, "white") for mode, size in (("1", (300, 200)), ("L", (200, 300)), ("RGB", (50, 60)))
    ]

    with Parser(store(encoded(frames[0], "TIFF", save_all=True, append_images=frames[1:])), FileKind.TIFF) as parser:
        made = parser.image_pdf()

    with Parser(store(made), FileKind.PDF) as parser:
        sizes = [
            (parsed.page.width, parsed.page.height) for parsed in parser.read_pages(image_width=None) if parsed.page
        ]
    assert [(round(width / 0.48), round(height / 0.48)) for width, height in sizes] == [
        (300, 200),
        (200, 300),
        (50, 60),
    ]


def test_broken_photograph_becomes_no_pdf(store: Store) -> None:
    data = encoded(receipt(), "JPEG")

    with Parser(store(data[: len(data) // 2]), FileKind.JPEG) as parser, pytest.raises(InvalidUpload) as caught:
        parser.image_pdf()

    assert caught.value.code == "corrupt_file"

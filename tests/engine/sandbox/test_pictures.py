"""Every kind of picture, opened in the locked child."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy
import pytest
from PIL import Image, ImageChops, ImageCms

from extraction.engine.read.kind import sniff
from extraction.engine.sandbox.parser import Parser
from extraction.errors import InvalidUpload
from extraction.types import FileKind
from tests.engine.pictures import encoded, receipt

type Make = Callable[[], bytes]

PHOTOGRAPH = Path(__file__).parents[2] / "files" / "photograph.heic"
QUARTER = Image.Exif()
QUARTER[0x0112] = 6


def lying() -> Image.Image:
    return receipt().rotate(90, expand=True)


def on_glass() -> Image.Image:
    """The receipt's black on nothing, and black behind what is transparent."""
    clear = receipt().convert("L").point(lambda value: 255 - value)
    glass = Image.new("RGBA", clear.size, (0, 0, 0, 0))
    glass.putalpha(clear)
    return glass


def deep() -> Image.Image:
    return Image.fromarray(numpy.asarray(receipt().convert("L")).astype(numpy.uint16) * 257)


def floats() -> Image.Image:
    return Image.fromarray(numpy.asarray(receipt().convert("L")).astype(numpy.float32) / 255)


def two_frames(kind: str) -> bytes:
    return encoded(receipt(), kind, save_all=True, append_images=[Image.new("RGB", receipt().size, "red")])


def profiled() -> bytes:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    screen = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    picture = ImageCms.profileToProfile(receipt(), screen, lab, outputMode="LAB")
    assert picture is not None
    return encoded(picture, "TIFF", icc_profile=lab.tobytes())


def first_page(data: bytes, path: Path) -> Image.Image:
    """The first page's picture, and a check that the file is one page of the receipt's size."""
    path.write_bytes(data)
    with Parser(path, sniff(io.BytesIO(data))) as parser:
        assert parser.probe().pages == 1
        (parsed,) = parser.read_pages(image_width=800)
    assert parsed.page is not None and parsed.image is not None, parsed.failure
    assert (parsed.page.width, parsed.page.height) == receipt().size
    return Image.frombytes("RGB", (parsed.image.width, parsed.image.height), parsed.image.data)


def assert_alike(page: Image.Image) -> None:
    """To the receipt, at a size that forgives the grain of few colours."""
    size = (200, 142)
    difference = ImageChops.difference(page.resize(size), receipt().resize(size)).convert("L")
    assert sum(difference.histogram()[32:]) < 0.012 * size[0] * size[1]


@pytest.mark.parametrize(
    "make",
    [
        lambda: encoded(receipt(), "PNG"),
        lambda: encoded(receipt(), "JPEG"),
        lambda: encoded(receipt(), "WEBP"),
        lambda: encoded(receipt(), "WEBP", lossless=True),
        lambda: encoded(receipt(), "BMP"),
        lambda: encoded(receipt(), "GIF"),
        lambda: encoded(receipt(), "JPEG2000"),
        lambda: encoded(receipt(), "JPEG2000", no_jp2=True, irreversible=True),
        PHOTOGRAPH.read_bytes,
        lambda: encoded(lying(), "JPEG", exif=QUARTER),
        lambda: encoded(lying(), "WEBP", exif=QUARTER),
        lambda: encoded(lying(), "PNG", exif=QUARTER),
        lambda: encoded(lying(), "TIFF", exif=QUARTER),
        lambda: two_frames("GIF"),
        lambda: two_frames("WEBP"),
        lambda: two_frames("MPO"),
        lambda: encoded(on_glass(), "PNG"),
        lambda: encoded(on_glass(), "WEBP", lossless=True),
        lambda: encoded(on_glass(), "JPEG2000"),
        lambda: encoded(on_glass(), "TIFF"),
        lambda: encoded(on_glass().convert("LA"), "PNG"),
        lambda: encoded(on_glass().quantize(8), "PNG"),
        lambda: encoded(on_glass(), "GIF"),
        lambda: encoded(receipt().convert("P"), "BMP"),
        lambda: encoded(receipt().convert("1"), "BMP"),
        lambda: encoded(receipt().convert("CMYK"), "JPEG"),
        lambda: encoded(receipt().convert("CMYK"), "TIFF"),
        profiled,
        lambda: encoded(deep(), "PNG"),
        lambda: encoded(deep(), "TIFF"),
        lambda: encoded(deep(), "JPEG2000"),
        lambda: encoded(floats(), "TIFF"),
    ],
)
def test_picture_of_any_kind_is_its_upright_page_on_white(make: Make, tmp_path: Path) -> None:
    page = first_page(make(), tmp_path / "upload")

    assert_alike(page)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "BMP", "JPEG2000"])
def test_picture_of_any_kind_becomes_a_pdf(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "upload"
    data = encoded(receipt(), kind)
    path.write_bytes(data)
    with Parser(path, sniff(io.BytesIO(data))) as parser:
        path.write_bytes(parser.image_pdf())
    with Parser(path, FileKind.PDF) as parser:
        assert parser.probe().pages == 1
        drawn = parser.render(1, 800)

    assert_alike(Image.frombytes("RGB", (drawn.width, drawn.height), drawn.data))


def test_photograph_of_a_phone_becomes_a_pdf(tmp_path: Path) -> None:
    with Parser(PHOTOGRAPH, FileKind.HEIC) as parser:
        made = parser.image_pdf()
    (tmp_path / "made").write_bytes(made)
    with Parser(tmp_path / "made", FileKind.PDF) as parser:
        (parsed,) = parser.read_pages(image_width=None)

    assert parsed.page is not None
    assert parsed.page.height / parsed.page.width == pytest.approx(receipt().height / receipt().width, abs=0.01)


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (lambda: encoded(receipt(), "WEBP"), FileKind.WEBP),
        (lambda: encoded(receipt(), "BMP"), FileKind.BMP),
        (lambda: encoded(receipt(), "GIF"), FileKind.GIF),
        (lambda: encoded(receipt(), "JPEG2000"), FileKind.JP2),
        (PHOTOGRAPH.read_bytes, FileKind.HEIC),
    ],
)
@pytest.mark.parametrize("share", [0.02, 0.5])
def test_picture_cut_short_is_refused(make: Make, kind: FileKind, share: float, tmp_path: Path) -> None:
    data = make()
    path = tmp_path / "upload"
    path.write_bytes(data[: round(len(data) * share)])

    with Parser(path, kind) as parser, pytest.raises(InvalidUpload) as caught:
        parser.probe()

    assert caught.value.code == "corrupt_file"


def test_picture_that_claims_too_many_pixels_is_refused(tmp_path: Path) -> None:
    data = bytearray(encoded(Image.new("RGB", (8, 8), "white"), "BMP"))
    data[18:26] = (30_000).to_bytes(4, "little") * 2
    path = tmp_path / "upload"
    path.write_bytes(data)

    with Parser(path, FileKind.BMP) as parser, pytest.raises(InvalidUpload) as caught:
        parser.probe()

    assert (caught.value.code, caught.value.params["width"]) == ("image_too_large", 30_000)

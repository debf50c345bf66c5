"""A document of many pages and blocks, written straight into the database, for `review_page.py`."""

from __future__ import annotations

import hashlib
import io

from PIL import Image, ImageDraw

from extraction.choices import JobState, Kind, Role, VersionState
from extraction.models import (
    Blob,
    Document,
    Extraction,
    FieldValue,
    Membership,
    Page,
    Parse,
    ParsedPage,
    Review,
    Span,
    Team,
    Template,
    TemplateField,
    TemplateVersion,
    User,
)
from extraction.services.page_images import image_path
from extraction.services.readings import page_columns
from extraction.services.reviews import open_review
from extraction.types import BBox, Block, PageReading, Word

WIDTH, HEIGHT = 595.0, 842.0
TYPES = ("text", "text", "text", "title", "table", "figure", "footer")
FIELDS = 12


def make_large_review(*, pages: int, blocks: int) -> tuple[Review, User]:
    """The review and who may open it; what an earlier run made is used again."""
    user = User.objects.filter(email="bench@example.org").first()
    if user:
        return Review.objects.get(), user
    user = User.objects.create_user("bench@example.org", "a password that nobody types")
    team = Team.objects.create(name="Bench", slug="bench")
    Membership.objects.create(user=user, team=team, role=Role.ADMIN)
    parse = _parse(team, pages, blocks)
    extraction = Extraction.objects.create(parse=parse, version=_version(team), state=JobState.DONE)
    _values(extraction, pages)
    return open_review(extraction=extraction), user


def _parse(team: Team, pages: int, blocks: int) -> Parse:
    blob = Blob.objects.create(team=team, sha256="f" * 64, size=1, kind="pdf")
    document = Document.objects.create(team=team, blob=blob, name="long.pdf", page_count=pages)
    parse = Parse.objects.create(document=document, state=JobState.DONE)
    readings = (_reading(number, blocks) for number in range(1, pages + 1))
    ParsedPage.objects.bulk_create(
        ParsedPage(parse=parse, number=reading.number, **page_columns(reading)) for reading in readings
    )
    hashes = _pictures(document, blocks)
    Page.objects.bulk_create(Page(document=document, number=number, **hashes) for number in range(1, pages + 1))
    return parse


def _box(number: int, blocks: int) -> BBox:
    row, column = divmod(number, 2)
    high = (HEIGHT - 80) / (blocks / 2)
    return BBox(40 + 265 * column, 40 + high * row, 290 + 265 * column, 40 + high * row + high * 0.7)


def _reading(number: int, blocks: int) -> PageReading:
    made = [
        Block(idx, TYPES[idx % len(TYPES)], _box(idx, blocks), f"Block {idx} of page {number}", confidence=0.9)
        for idx in range(blocks)
    ]
    words = [Word(f"{number}-{block.idx}", block.bbox, line=block.idx, block=block.idx) for block in made if block.bbox]
    return PageReading(number, WIDTH, HEIGHT, tuple(made), tuple(words))


def _pictures(document: Document, blocks: int) -> dict[str, str]:
    """Every page shows the same picture at an address of its own, which the browser cannot know."""
    hashes = {}
    for size, width in (("thumb", 160), ("image", 1240), ("large", 2000)):
        data = _draw(blocks, width)
        hashes[size] = hashlib.sha256(data).hexdigest()
        path = image_path(document, hashes[size])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return hashes


def _draw(blocks: int, width: int) -> bytes:
    scale = width / WIDTH
    picture = Image.new("L", (width, round(HEIGHT * scale)), 255)
    pen = ImageDraw.Draw(picture)
    for idx in range(blocks):
        box = _box(idx, blocks)
        pen.text((box.x0 * scale, box.y0 * scale), f"Block {idx} of the page", fill=20, font_size=8 * scale)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def _version(team: Team) -> TemplateVersion:
    template = Template.objects.create(team=team, slug="bench", name="Bench")
    version = TemplateVersion.objects.create(template=template, number=1, state=VersionState.PUBLISHED)
    for position in range(FIELDS):
        TemplateField.objects.create(
            version=version, position=position, name=f"field_{position}", label=f"Field {position}", type=Kind.STRING
        )
    return version


def _values(extraction: Extraction, pages: int) -> None:
    """Fields that stand all over the document, each on another page."""
    for field in extraction.version.fields.all():
        page = 1 + (field.position * 97) % pages
        value = FieldValue.objects.create(
            extraction=extraction, field=field, key=field.name, value="x", text="x", confidence=0.9
        )
        Span.objects.create(value=value, page=page, x0=60, y0=300, x1=160, y1=310, text="x", block=10)

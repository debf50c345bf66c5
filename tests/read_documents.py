"""Documents that were read already, made without an engine: the pages are drawn from the words that they hold."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from extraction.choices import JobState, Kind, VersionState
from extraction.models import (
    Document,
    Extraction,
    FieldRow,
    FieldValue,
    Page,
    Parse,
    ParsedPage,
    Review,
    Span,
    Team,
    Template,
    TemplateField,
    TemplateVersion,
)
from extraction.services.page_images import image_path
from extraction.services.readings import page_columns
from extraction.services.reviews import open_review
from extraction.types import BBox, Block, BlockType, PageReading, TableCell, Word
from tests.factories import make_document

WIDTH, HEIGHT = 595.0, 842.0
SCALE = 1240 / WIDTH
COLUMNS = ("article", "description", "quantity", "unit_price", "amount")
COLUMN_X = (50, 130, 380, 430, 500)
ITEMS = (
    ("LX-220", "Laser displacement sensor, 220 mm", "12", "184.50", "2,214.00"),
    ("LX-410", "Laser displacement sensor, 410 mm", "6", "246.00", "1,476.00"),
    ("CB-M12-5", "M12 connection cable, 5 m, shielded", "18", "14.20", "255.60"),
    ("CTRL-8", "8-channel controller with Modbus TCP", "2", "612.00", "1,224.00"),
    ("PSU-24-10", "Power supply 24 V / 10 A, DIN rail", "2", "88.90", "177.80"),
    ("BR-90", "Mounting bracket 90°, stainless steel", "18", "9.75", "175.50"),
    ("CAL-STD", "Factory calibration certificate", "18", "22.00", "396.00"),
    ("FRT", "Freight Shenzhen - Hamburg, DAP", "1", "318.00", "318.00"),
)


@dataclass(frozen=True)
class Given:
    """What the machine is to have read of a field: confidence None and value None for an absent one."""

    name: str
    label: str
    group: str
    kind: Kind = Kind.STRING
    value: Any = None
    printed: str = ""
    confidence: float | None = None
    required: bool = False
    alternatives: tuple[str, ...] = ()


SUPPLIER = "Haiyue Precision Instruments Co., Ltd."
FIELDS = (
    Given("invoice_number", "Invoice no.", "Document", Kind.STRING, "HY-2026-004817", "HY-2026-004817", 0.99, True),
    Given("invoice_date", "Issue date", "Document", Kind.DATE, "2026-10-14", "14 October 2026", 0.98, True),
    Given("due_date", "Due date", "Document", Kind.DATE, "2026-11-13", "13 November 2026", 0.97),
    Given("po_number", "PO number", "Document", Kind.STRING, "PO-77120", "PO-77120", 0.71, False, ("PO-77128",)),
    Given("currency", "Currency", "Document", Kind.STRING, "EUR", "EUR", 0.99),
    Given(
        "supplier_name", "Name", "Supplier", Kind.STRING, *["Haiyue Precision Instruments Co., Ltd."] * 2, 0.96, True
    ),
    Given("vat_id", "VAT ID", "Supplier", Kind.STRING, "CN 91440300MA5F", "CN 91440300MA5F", 0.93),
    Given("iban", "IBAN", "Supplier", Kind.STRING, *["DE89 3704 0044 0532 0130 00"] * 2, 0.95),
    Given("subtotal", "Subtotal", "Amounts", Kind.AMOUNT, "6236.90", "6,236.90", 0.99),
    Given("tax_amount", "VAT amount", "Amounts", Kind.AMOUNT, "1185.01", "1,185.01", 0.98),
    Given("total", "Total", "Amounts", Kind.AMOUNT, "7412.91", "7,421.91", 0.88, True),
    Given("discount", "Discount", "Amounts", Kind.AMOUNT),
    Given("incoterm", "Incoterm", "Delivery", Kind.STRING, "DAP Hamburg", "DAP Hamburg", 0.64),
)
LINES = (
    (50, 60, 22, "TAX INVOICE"),
    (50, 130, 9, "Haiyue Precision Instruments Co., Ltd."),
    (50, 144, 9, "Shenzhen 518057, China"),
    (50, 158, 9, "CN 91440300MA5F"),
    (380, 130, 9, "Invoice no."),
    (460, 130, 9, "HY-2026-004817"),
    (380, 144, 9, "Issue date"),
    (460, 144, 9, "14 October 2026"),
    (380, 158, 9, "Due date"),
    (460, 158, 9, "13 November 2026"),
    (380, 172, 9, "PO number"),
    (460, 172, 9, "PO-77120"),
    (380, 186, 9, "Currency"),
    (460, 186, 9, "EUR"),
    (50, 240, 9, "DAP Hamburg"),
    (380, 500, 9, "Subtotal"),
    (500, 500, 9, "6,236.90"),
    (380, 516, 9, "VAT 19 %"),
    (500, 516, 9, "1,185.01"),
    (380, 534, 11, "Total due EUR"),
    (500, 534, 11, "7,421.91"),
    (50, 600, 9, "Please transfer the total to"),
    (180, 600, 9, "DE89 3704 0044 0532 0130 00"),
    (50, 800, 7, "Haiyue Precision Instruments Co., Ltd. - www.haiyue.example"),
)


@dataclass(frozen=True)
class Line:
    text: str
    size: float
    words: tuple[Word, ...]

    @property
    def box(self) -> BBox:
        return BBox.around(*(word.bbox for word in self.words))


def draw_line(x: float, y: float, size: float, text: str) -> Line:
    """Where each word of a line stands when it is set in Pillow's own font."""
    font, words, left = ImageFont.load_default(size), [], x
    for word in text.split(" "):
        right = left + font.getlength(word)
        words.append(Word(word, BBox(round(left, 2), y, round(right, 2), y + size * 1.25)))
        left = right + font.getlength(" ")
    return Line(text, size, tuple(words))


def item_lines() -> Iterator[Line]:
    for row, item in enumerate((COLUMNS, *ITEMS)):
        for x, text in zip(COLUMN_X, item, strict=True):
            yield draw_line(x, 270 + 22 * row, 9, text)


def make_page(number: int, lines: Sequence[Line], *, cells: Sequence[Line] = ()) -> PageReading:
    blocks = [Block(idx, _type(line), line.box, line.text, confidence=0.95) for idx, line in enumerate(lines)]
    if cells:
        blocks.append(_table(len(blocks), cells))
    words = tuple(word for line in (*lines, *cells) for word in line.words)
    return PageReading(number, WIDTH, HEIGHT, tuple(blocks), words)


def _type(line: Line) -> str:
    return BlockType.TITLE if line.size > 15 else BlockType.FOOTER if line.size < 8 else BlockType.TEXT


def _table(idx: int, lines: Sequence[Line]) -> Block:
    cells = tuple(
        TableCell(number // len(COLUMNS), number % len(COLUMNS), line.text, line.box)
        for number, line in enumerate(lines)
    )
    return Block(
        idx, BlockType.TABLE, BBox.around(*(line.box for line in lines)), "", "html", cells=cells, confidence=0.9
    )


def draw_picture(lines: Sequence[Line], *, scale: float = SCALE) -> bytes:
    picture = Image.new("RGB", (round(WIDTH * scale), round(HEIGHT * scale)), "white")
    pen = ImageDraw.Draw(picture)
    for line in lines:
        font = ImageFont.load_default(line.size * scale)
        for word in line.words:
            pen.text((word.bbox.x0 * scale, word.bbox.y0 * scale), word.text, fill="#141a22", font=font)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def keep_picture(document: Document, number: int, lines: Sequence[Line]) -> Page:
    hashes = {}
    for size, width in (("thumb", 160), ("image", 1240), ("large", 2000)):
        data = draw_picture(lines, scale=width / WIDTH)
        hashes[size] = hashlib.sha256(data).hexdigest()
        path = image_path(document, hashes[size])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return Page.objects.create(document=document, number=number, **hashes)


def make_version(team: Team, fields: Sequence[Given] = FIELDS, *, slug: str = "invoice") -> TemplateVersion:
    template, made = Template.objects.get_or_create(team=team, slug=slug, defaults={"name": slug.title()})
    if not made:
        return template.published
    version = TemplateVersion.objects.create(template=template, number=1, state=VersionState.PUBLISHED)
    for position, given in enumerate(fields):
        TemplateField.objects.create(
            version=version,
            position=position,
            name=given.name,
            label=given.label,
            group=given.group,
            type=given.kind,
            required=given.required,
        )
    _add_items(version, position=len(fields))
    return version


def _add_items(version: TemplateVersion, *, position: int) -> None:
    table = TemplateField.objects.create(
        version=version, position=position, name="line_items", label="Line items", type=Kind.TABLE
    )
    kinds = (Kind.STRING, Kind.STRING, Kind.NUMBER, Kind.AMOUNT, Kind.AMOUNT)
    for number, (name, kind) in enumerate(zip(COLUMNS, kinds, strict=True)):
        label = name.replace("_", " ").capitalize()
        TemplateField.objects.create(
            version=version, parent=table, position=position + 1 + number, name=name, label=label, type=kind
        )


def make_read_document(
    team: Team,
    *,
    name: str = "HY-2026-004817.pdf",
    fields: Sequence[Given] = FIELDS,
    rows: int = len(ITEMS),
    pages: int = 2,
    pictures: bool = False,
) -> Review:
    """A document that was read and extracted; its review is open."""
    document = make_document(team, name=name, sha256=hashlib.sha256(name.encode()).hexdigest(), page_count=pages)
    parse = Parse.objects.create(document=document, state=JobState.DONE)
    lines, cells = [draw_line(*line) for line in LINES], list(item_lines())
    readings = [make_page(1, lines, cells=cells), *(make_page(n, lines[:4]) for n in range(2, pages + 1))]
    for reading in readings:
        ParsedPage.objects.create(parse=parse, number=reading.number, **page_columns(reading))
    if pictures:
        keep_picture(document, 1, [*lines, *cells])
        for number in range(2, pages + 1):
            keep_picture(document, number, lines[:4])
    extraction = Extraction.objects.create(
        parse=parse, version=make_version(team, fields, slug=f"invoice-{len(fields)}"), state=JobState.DONE
    )
    _fill(extraction, fields, readings[0], rows=rows)
    return open_review(extraction=extraction)


def _fill(extraction: Extraction, fields: Sequence[Given], page: PageReading, *, rows: int) -> None:
    columns = {field.name: field for field in extraction.version.fields.all()}
    for given in fields:
        value = _value(extraction, None, columns[given.name], given)
        block = next((block for block in page.blocks if given.printed and block.content == given.printed), None)
        if block:
            _span(value, block.bbox, given.printed, block.idx)
    for number, item in enumerate(ITEMS[:rows]):
        row = FieldRow.objects.create(extraction=extraction, field=columns["line_items"], position=number + 1)
        _fill_row(extraction, row, columns, item, page)


def _fill_row(
    extraction: Extraction,
    row: FieldRow,
    columns: dict[str, TemplateField],
    item: Sequence[str],
    page: PageReading,
) -> None:
    for name, text in zip(COLUMNS, item, strict=True):
        plain = text.replace(",", "") if name in ("quantity", "unit_price", "amount") else text
        given = Given(name, name, "", value=plain, printed=text, confidence=0.95)
        if item[0] == "CAL-STD" and name == "amount":
            given = replace(given, value="369.00")
        value = _value(extraction, row, columns[name], given)
        block = page.blocks[-1]
        cell = next(cell for cell in block.cells if cell.text == text)
        _span(value, cell.bbox, text, block.idx)


def _value(extraction: Extraction, row: FieldRow | None, field: TemplateField, given: Given) -> FieldValue:
    return FieldValue.objects.create(
        extraction=extraction,
        row=row,
        field=field,
        key=field.name,
        value=given.value,
        text=given.printed or None,
        confidence=given.confidence,
        reason="" if given.value is not None else "label_not_found",
        alternatives=[{"value": text, "text": text, "confidence": 0.3, "spans": []} for text in given.alternatives],
    )


def _span(value: FieldValue, box: BBox | None, text: str, block: int) -> None:
    if box:
        Span.objects.create(
            value=value, page=1, x0=box.x0, y0=box.y0, x1=box.x1, y1=box.y1, text=text, block=block, precision="line"
        )

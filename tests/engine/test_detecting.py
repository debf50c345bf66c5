from __future__ import annotations

import json
from dataclasses import replace

import pytest

from extraction.engine.detecting import detect
from extraction.engine.fields import learn, lesson_of
from extraction.services.templates import READY_MADE
from extraction.types import (
    BBox,
    Block,
    BlockType,
    DocumentReading,
    FieldSpec,
    FieldType,
    PageReading,
    TemplateCandidate,
    Word,
)
from extraction.wire.template_json import load

LINE = 20.0
INVOICE = (
    "INVOICE",
    "Norwick Tools Ltd",
    "Invoice number: 4711   Invoice date: 2026-03-02",
    "Due date: 2026-04-01   PO number: P-88",
    "Bill to: Harbour Works",
    "Article   Description   Quantity   Unit price   Amount",
    "A-1   Brass valve   2   10.00   20.00",
    "Subtotal: 20.00",
    "Tax: 4.00",
    "Total: 24.00",
)
ORDER = ("PURCHASE ORDER", *INVOICE[1:])
RECEIPT = (
    "CORNER SHOP",
    "TAX INVOICE",
    "Receipt no: 17",
    "Date: 2026-03-02",
    "Total: 9.50",
    "Cash: 10.00",
    "Change: 0.50",
)
LETTER = ("Dear Ms Field,", "thank you for the time that you took last week.", "We would be glad to see you again.")
CHINESE = (
    "增值税专用发票",
    "发票代码: 3100204130   发票号码: 12345678",
    "开票日期: 2026年3月2日",
    "价税合计（大写）: 贰拾肆元整",
    "开票人: 王芳",
)
HARBOUR = tuple(
    FieldSpec(name, FieldType.STRING, label)
    for name, label in (("vessel", "Vessel"), ("port", "Port of loading"), ("berth", "Berth"))
)


def ready_made(*slugs: str) -> list[TemplateCandidate]:
    return [candidate(key, slug) for key, slug in enumerate(slugs)]


def candidate(key: int, slug: str) -> TemplateCandidate:
    template = load(json.loads((READY_MADE / f"{slug}.json").read_text(encoding="utf-8")))
    return TemplateCandidate(key, template.name, template.fields)


def printed(lines: tuple[str, ...], *, width: float = 595.0, pages: int = 1) -> DocumentReading:
    """Lines under each other, parts set apart by three blanks; a first line in capitals is a heading."""
    return DocumentReading(tuple(page(number + 1, lines, width) for number in range(pages)))


def page(number: int, lines: tuple[str, ...], width: float) -> PageReading:
    words, blocks = [], []
    for row, line in enumerate(lines):
        y = 40 + row * LINE
        parts = line.split("   ")
        for column, part in enumerate(parts):
            x = 40 + column * (width - 60) / max(2, len(parts))
            for text in part.split():
                box = BBox(x, y, x + 5 * len(text), y + 9)
                words.append(Word(text, box, line=row))
                x = box.x1 + 4
        if row == 0 and line.isupper():
            blocks.append(Block(0, BlockType.TITLE, BBox(40, y, width - 40, y + 9), line))
    return PageReading(number, width, 842.0, tuple(blocks), tuple(words))


@pytest.mark.parametrize(
    ("lines", "width", "wanted"),
    [(INVOICE, 595.0, "invoice"), (RECEIPT, 200.0, "receipt"), (CHINESE, 595.0, "fapiao")],
)
def test_template_is_found_by_title_and_labels(lines: tuple[str, ...], width: float, wanted: str) -> None:
    slugs = ("contract", "fapiao", "invoice", "receipt")

    found = detect(printed(lines, width=width), ready_made(*slugs))

    assert found.template == slugs.index(wanted)
    assert found.fits[0].key == found.template
    assert len(found.fits) == 4


def test_reasons_are_the_title_and_the_labels_that_were_found() -> None:
    fit = detect(printed(INVOICE), ready_made("invoice")).fits[0]

    assert (fit.title, fit.documents) == ("INVOICE", 0)
    assert fit.labels_found == 13
    assert fit.labels == 14


@pytest.mark.parametrize("lines", [LETTER, (), ("INVOICE",)])
def test_document_that_no_template_fits_is_unfamiliar(lines: tuple[str, ...]) -> None:
    found = detect(printed(lines), ready_made("contract", "invoice", "receipt"))

    assert found.template is None


def test_title_of_another_kind_outweighs_the_labels() -> None:
    found = detect(printed(ORDER), ready_made("invoice"))

    assert (found.template, found.fits[0].title) == (None, "")


def test_receipt_that_calls_itself_an_invoice_is_no_invoice() -> None:
    assert detect(printed(RECEIPT, width=200.0), ready_made("invoice")).template is None


def test_two_templates_that_fit_alike_are_left_to_a_person() -> None:
    found = detect(printed(INVOICE), [candidate(1, "invoice"), candidate(2, "invoice")])

    assert found.template is None
    assert [fit.key for fit in found.fits] == [1, 2]


def test_template_whose_own_labels_are_all_printed_is_not_passed_over() -> None:
    lines = (*INVOICE, "Vessel: Aurora", "Port of loading: Bergen", "Berth: 12")

    found = detect(printed(lines), [candidate(1, "invoice"), TemplateCandidate(5, "Harbour dues", HARBOUR)])

    assert found.template is None


def test_template_is_found_by_its_own_name() -> None:
    lines = ("HARBOUR DUES", "Vessel: Aurora", "Port of loading: Bergen", "Berth: 12")

    found = detect(printed(lines), [candidate(1, "invoice"), TemplateCandidate(5, "Harbour dues", HARBOUR)])

    assert (found.template, found.fits[0].title) == (5, "HARBOUR DUES")


def test_known_layout_says_more_than_the_title() -> None:
    spec = (FieldSpec("vessel", FieldType.STRING, "Vessel"),)
    order = printed(ORDER)
    learned = learn([lesson_of(order, spec, ()), lesson_of(order, spec, ())])

    found = detect(order, [candidate(1, "invoice"), TemplateCandidate(2, "Norwick", spec, learned)])

    assert (found.template, found.fits[0].documents) == (2, 2)


def test_layout_of_a_house_does_not_hide_another_kind_of_its_papers() -> None:
    invoice = candidate(1, "invoice")
    learned = learn([lesson_of(printed(INVOICE), invoice.fields, ())])

    found = detect(printed(ORDER), [replace(invoice, learned=learned)])

    assert (found.template, found.fits[0].documents) == (None, 0)


def test_language_decides_between_templates_of_one_kind() -> None:
    english = TemplateCandidate(1, "Bank statement", lines_of("date", "details", "withdrawal", "deposit", "balance"))
    chinese = TemplateCandidate(2, "银行流水", lines_of("日期", "摘要", "支出", "收入", "余额"))
    lines = ("银行流水", "日期   摘要   支出   收入   余额", "2026-03-02   工资   0.00   5.00   9.00")

    assert detect(printed(lines), [english, chinese]).template == 2
    assert detect(printed(lines), [english]).template == 1


def lines_of(*columns: str) -> tuple[FieldSpec, ...]:
    return (FieldSpec("lines", FieldType.TABLE, fields=tuple(FieldSpec(name, FieldType.STRING) for name in columns)),)


def test_only_the_first_pages_are_looked_at() -> None:
    far = (*(page(number, LETTER, 595.0) for number in (1, 2)), page(3, INVOICE, 595.0))

    assert detect(DocumentReading(far), ready_made("invoice")).template is None


def test_without_templates_everything_is_unfamiliar() -> None:
    found = detect(printed(INVOICE), [])

    assert (found.template, found.fits) == (None, ())


def test_what_every_document_prints_tells_no_template_by_itself() -> None:
    plain = TemplateCandidate(1, "Deliveries", lines_of("article", "description", "quantity", "unit_price", "amount"))
    lines = ("Corner shop", "Article   Description   Quantity   Unit price   Amount", "A-1   Tea   2   1.00   2.00")

    found = detect(printed(lines), [plain])

    assert (found.template, found.fits[0].labels_found) == (None, 5)

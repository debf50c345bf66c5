"""Forms that people filled in: what stands in their fields is read like print."""

from __future__ import annotations

from pathlib import Path

import pytest

from extraction.engine.raw import RawMark
from extraction.engine.reading import read_document
from extraction.engine.sandbox.parser import Parser
from extraction.types import BBox, FileKind, ParseRequest
from tests.engine.printed import form_pdf


def form(tmp_path: Path, *, draws_fields: bool) -> Path:
    path = tmp_path / "form.pdf"
    path.write_bytes(form_pdf(draws_fields=draws_fields))
    return path


@pytest.mark.parametrize("draws_fields", [True, False])
def test_filled_form_is_read_with_its_answers(tmp_path: Path, draws_fields: bool) -> None:
    request = ParseRequest(form(tmp_path, draws_fields=draws_fields), FileKind.PDF, "form.pdf")

    reading = read_document(request, on_page=lambda page: None)

    lines: dict[int | None, list[str]] = {}
    for word in reading.pages[0].words:
        lines.setdefault(word.line, []).append(word.text)
    assert [" ".join(line) for line in lines.values()] == [
        "Applicant name: Greta Lind",
        "☑ Insured",
        "☐ Retired",
        "Paid in full",
    ]


def test_boxes_of_a_form_are_marks_with_their_state(tmp_path: Path) -> None:
    with Parser(form(tmp_path, draws_fields=True), FileKind.PDF) as parser:
        page = next(iter(parser.read_pages(image_width=None))).page

    assert page is not None
    assert page.marks[-2:] == (
        RawMark("box", BBox(30, 143, 42, 155), "checked"),
        RawMark("box", BBox(30, 193, 42, 205), "unchecked"),
    )


def test_picture_of_a_filled_form_shows_its_answers(tmp_path: Path) -> None:
    with Parser(form(tmp_path, draws_fields=False), FileKind.PDF) as parser:
        pixels = parser.render(1, 600)

    # rows and columns of the name's field
    rows = [pixels.data[3 * (600 * y + 320) : 3 * (600 * y + 560)] for y in range(170, 210)]
    assert min(min(row) for row in rows) < 80

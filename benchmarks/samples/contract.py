"""A service contract as a Word document of three pages."""

from __future__ import annotations

import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm, Pt, RGBColor

PARTY_A = "Marlowe Tidal Energy plc"
PARTY_B = "Bracken & Lowe Surveying Ltd"
CLAUSES = """
# Services
The Contractor shall survey the seabed at the three sites named in Schedule 1 and deliver a report for each of them, \
with maps at a scale of 1:5,000.
The Contractor shall carry out the Services with the skill and care to be expected of a competent surveyor.
Changes to the Services need the written consent of both parties.
# Term
This Agreement starts on 1 November 2026 (the Effective Date) and ends on 31 October 2028, unless it is ended \
earlier under clause 6.
The parties may extend the term once, by twelve months, in writing and no later than sixty days before its end.
# Fees and payment
The Client shall pay the Contractor a total fee of GBP 186,400.00, exclusive of value added tax.
The fee is paid in eight equal quarterly instalments, each within 30 days of receiving a proper invoice.
Sums that are overdue bear interest at 4 % a year above the base rate of the Bank of England.
# Confidentiality
Each party shall keep the other's confidential information secret and use it only to perform this Agreement.
This clause continues for five years after the Agreement ends.
# Intellectual property
All reports, maps and data made under this Agreement belong to the Client once they have been paid for.
The Contractor keeps its methods, software and know-how, and grants the Client a licence to use them as far as the \
reports require it.
# Termination
Either party may end this Agreement with ninety days' written notice.
Either party may end it at once if the other is insolvent, or commits a material breach and does not put it right \
within 30 days of being asked to.
# Liability
Neither party excludes liability for death or injury caused by negligence, or for fraud.
Otherwise each party's liability under this Agreement is limited to GBP 500,000.00 in any year.
# Notices
Notices are given in writing and delivered by hand or by recorded post to the address stated above.
A notice is taken to be received on the second working day after posting.
# Governing law
This Agreement is governed by the laws of Scotland, and the courts of Scotland have exclusive jurisdiction.
# General
This Agreement is the whole agreement between the parties about its subject and replaces earlier ones.
If a clause is invalid the others remain in force.
"""
SCHEDULE = (
    ("Site", "Location", "Area (ha)", "Report due"),
    ("A", "Sound of Carra, north", "41.5", "30 April 2027"),
    ("B", "Sound of Carra, south", "36.0", "31 October 2027"),
    ("C", "Inner Minch, Tarbet Bank", "58.2", "30 June 2028"),
)
META = (
    ("Contract no.", "MTE-2026-0391"),
    ("Effective date", "1 November 2026"),
    ("End date", "31 October 2028"),
    ("Contract value", "GBP 186,400.00"),
    ("Payment terms", "30 days after receipt of a proper invoice"),
    ("Governing law", "Scotland"),
)


def truth() -> dict[str, Any]:
    return {
        "title": "Service Agreement",
        "contract_number": "MTE-2026-0391",
        "parties": [PARTY_A, PARTY_B],
        "effective_date": "2026-11-01",
        "end_date": "2028-10-31",
        "amount": 186400,
        "currency": "GBP",
        "payment_terms": "30 days after receipt of a proper invoice",
        "governing_law": "Scotland",
    }


def write(path: Path) -> None:
    document = Document()
    _style(document)
    _head(document)
    for number, section in enumerate(CLAUSES.split("# ")[1:], start=1):
        title, *clauses = section.strip().split("\n")
        document.add_heading(f"{number}. {title}", level=1)
        for part, words in enumerate(clauses, start=1):
            _clause(document, f"{number}.{part}", words)
    _schedule(document)
    _signatures(document)
    document.save(str(path))
    _freeze(path)


def _style(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.top_margin = section.bottom_margin = Cm(2.2)
    for name, size, colour in (("Normal", 10.5, "1d2939"), ("Title", 24, "0f3d5c"), ("Heading 1", 12.5, "0f3d5c")):
        style = document.styles[name]
        style.font.name, style.font.size = "Arial", Pt(size)
        style.font.color.rgb = RGBColor.from_string(colour)
        style.element.rPr.rFonts.attrib.clear()
        style.font.name = "Arial"
    document.styles["Normal"].paragraph_format.space_after = Pt(5)
    document.styles["Normal"].paragraph_format.line_spacing = 1.12
    document.styles["Heading 1"].paragraph_format.space_before = Pt(12)
    document.styles["Heading 1"].paragraph_format.space_after = Pt(4)
    core = document.core_properties
    core.author, core.title, core.comments = "Galley", "Service Agreement", ""
    core.created = core.modified = datetime(2026, 10, 1)
    section.footer.paragraphs[0].text = "Contract no. MTE-2026-0391"
    section.footer.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER


def _head(document: Any) -> None:
    document.add_heading("Service Agreement", level=0)
    table = document.add_table(rows=0, cols=2)
    for label, value in META:
        _fill(table.add_row(), (label, value), (Cm(4.2), Cm(11.8)))
    _columns(table, (Cm(4.2), Cm(11.8)))
    document.add_paragraph()
    document.add_paragraph("This Agreement is made between")
    _party(document, PARTY_A, ", Harbour House, 2 Shore Road, Leith, Edinburgh EH6 7NX", "the Client")
    document.add_paragraph("and")
    _party(document, PARTY_B, ", 61 Fell Lane, Kendal LA9 5RR", "the Contractor")


def _party(document: Any, name: str, address: str, role: str) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.left_indent = Cm(1)
    paragraph.add_run(name).bold = True
    paragraph.add_run(f"{address} (“{role}”)")


def _clause(document: Any, number: str, words: str) -> None:
    paragraph = document.add_paragraph(f"{number}\t{words}")
    paragraph.paragraph_format.left_indent = Cm(1.1)
    paragraph.paragraph_format.first_line_indent = Cm(-1.1)
    paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(1.1))


def _schedule(document: Any) -> None:
    document.add_heading("Schedule 1: Sites", level=1)
    table = document.add_table(rows=0, cols=4, style="Table Grid")
    widths = (Cm(1.6), Cm(7), Cm(3), Cm(4.4))
    for row, cells in enumerate(SCHEDULE):
        _fill(table.add_row(), cells, widths, bold=row == 0)
    _columns(table, widths)


def _signatures(document: Any) -> None:
    document.add_heading("Signatures", level=1)
    table = document.add_table(rows=0, cols=3, style="Table Grid")
    widths = (Cm(4), Cm(6), Cm(6))
    _fill(table.add_row(), ("", "For the Client", "For the Contractor"), widths, bold=True)
    for cells in (
        ("Company", PARTY_A, PARTY_B), ("Name", "Isla Fenwick", "Tobias Harrow"),
        ("Position", "Finance Director", "Partner"),
        ("Date", "19 October 2026", "19 October 2026"), ("Signature", "\n", "\n"),
    ):  # fmt: skip
        _fill(table.add_row(), cells, widths)
    _columns(table, widths)


def _columns(table: Any, widths: tuple[Any, ...]) -> None:
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width


def _fill(row: Any, cells: tuple[str, ...], widths: tuple[Any, ...], *, bold: bool = False) -> None:
    for cell, words, width in zip(row.cells, cells, widths, strict=True):
        cell.width = width
        run = cell.paragraphs[0].add_run(words)
        run.bold = bold


def _freeze(path: Path) -> None:
    """Write the archive again with one date for all members, so that the same input gives the same bytes."""
    with zipfile.ZipFile(path) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name, (2026, 10, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)

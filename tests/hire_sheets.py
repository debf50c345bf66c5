"""Invoices of one supplier with line items, made by the tests: the words over the columns name nothing."""

from __future__ import annotations

import io
from dataclasses import dataclass

from tests.engine.printed import document, shown

HEIGHT = 800
_COLUMNS = (60, 280, 380, 480)


@dataclass(frozen=True)
class HireSheet:
    """`hires` are description, quantity, price and amount as printed; a deposit stands among them and is none."""

    number: str
    hires: tuple[tuple[str, str, str, str], ...]
    deposit: str

    @property
    def rows(self) -> list[dict[str, str]]:
        names = ("description", "quantity", "unit_price", "amount")
        return [dict(zip(names, hire, strict=True)) for hire in self.hires]

    def pdf(self) -> bytes:
        end = 220 + 18 * len(self.hires)
        lines = [
            (60, 50, "Gantry & Sons"), (400, 50, "Hire sheet"), (60, 100, "Our sign"), (230, 100, self.number),
            (60, 140, "Put up at"), (230, 140, f"Yard {self.number[-2:]}"),
            *zip(_COLUMNS, (190,) * 4, ("Kit", "Spell", "Rate", "Fee"), strict=True),
            *((x, 210 + 18 * row, text) for row, hire in enumerate(self.hires)
              for x, text in zip(_COLUMNS, hire, strict=True)),
            *((x, end - 10, text) for x, text in zip(_COLUMNS, ("Pledge kept", "1", *[self.deposit] * 2), strict=True)),
            (60, end + 60, "Sheets are settled within the month"), (60, end + 80, "Kit stays ours at all times"),
        ]  # fmt: skip
        printed = "".join(shown(text, x=x, y=HEIGHT - y) for x, y, text in lines)
        file = io.BytesIO()
        document(printed, boxes=f"/MediaBox [0 0 600 {HEIGHT}]").save(file)
        return file.getvalue()


HIRE_SHEETS = (
    HireSheet("GS/2041", (("Tower, narrow", "2", "40.50", "81.00"), ("Plank set", "6", "3.25", "19.50")), "30.00"),
    HireSheet(
        "GS/2107",
        (
            ("Ladder rack", "3", "12.00", "36.00"),
            ("Tower, wide", "1", "64.00", "64.00"),
            ("Sheeting", "8", "2.10", "16.80"),
        ),
        "45.00",
    ),
    HireSheet("GS/2133", (("Trestle", "4", "5.75", "23.00"),), "10.00"),
    HireSheet("GS/2188", (("Plank set", "9", "3.25", "29.25"), ("Prop", "20", "1.15", "23.00")), "60.00"),
)

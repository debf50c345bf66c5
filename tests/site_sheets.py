"""Invoices of one supplier, made by the tests: no label names what stands beside it."""

from __future__ import annotations

import io
from dataclasses import dataclass

from tests.engine.printed import document, shown

HEIGHT = 800


@dataclass(frozen=True)
class SiteSheet:
    """One invoice: `shown` under "Our sign", its date under "Laid down", its total beside "Balance forward"."""

    number: str
    date: str
    total: str
    site: str
    hires: tuple[str, ...]

    @property
    def values(self) -> dict[str, str]:
        """What a person would say of it."""
        return {"invoice_number": self.number, "invoice_date": self.date, "total": self.total}

    def pdf(self) -> bytes:
        end = 300 + 18 * len(self.hires)
        lines = [
            (60, 50, "Site sheet"), (400, 50, f"Yard {self.site}"),
            (60, 100, "Our sign"), (230, 100, "Your sign"), (420, 100, "Laid down"),
            (60, 116, self.number), (230, 116, self.site), (420, 116, self.date),
            (60, 160, "Gantry & Sons"), (60, 176, "Poles, planks and towers for hire"),
            (60, 280, "Work"), (470, 280, "Sum"),
            *((60, 300 + 18 * at, "Hire of poles and planks") for at in range(len(self.hires))),
            *((470, 300 + 18 * at, price) for at, price in enumerate(self.hires)),
            (60, end + 10, "Balance forward"), (470, end + 10, self.total),
            (60, end + 28, "Total"), (470, end + 28, "0.00"),
            (60, end + 60, "Invoice no. as above, towers are hired by the week"),
        ]  # fmt: skip
        printed = "".join(shown(text, x=x, y=HEIGHT - y) for x, y, text in lines)
        file = io.BytesIO()
        document(printed, boxes=f"/MediaBox [0 0 600 {HEIGHT}]").save(file)
        return file.getvalue()


SHEETS = (
    SiteSheet("GS/2041", "2026-03-04", "1,240.00", "Brackley", ("310.00", "930.00")),
    SiteSheet("GS/2107", "2026-05-11", "88.20", "Towcester", ("44.10", "22.05", "22.05")),
    SiteSheet("GS/2133", "2026-06-02", "412.75", "Silverstone", ("412.75",)),
    SiteSheet("GS/2188", "2026-08-19", "96.40", "Buckingham", ("24.10", "24.10", "24.10", "24.10")),
    SiteSheet("GS/2210", "2026-09-30", "2,018.00", "Deanshanger", ("1,018.00", "1,000.00")),
)

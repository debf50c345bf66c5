"""Write two halves of a set of fictitious Chinese invoices, their truths and their templates.

Run with `uv run benchmarks/samples/fapiao_set.py DIR [--seed N]`; needs Noto CJK as make.py does.
DIR/develop is to work with; DIR/held has other documents of the same layouts, layouts that DIR/develop lacks
(group "layout") and other kinds (group "kind"), and is to be opened once, at the end.
Each half has a folder for every template: files/ and truth.jsonl as the scorer reads it.
"""

# /// script
# requires-python = ">=3.12"
# dependencies = ["reportlab==5.1.0", "fonttools", "pillow", "pypdfium2"]
# ///

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path
from typing import Any, NamedTuple

import fapiao
import fapiao_facts
import fapiao_layouts
import fapiao_sheet
import fapiao_unseen
import fonts
from fapiao_sheet import Sheet, hand, scan

VAT = (
    ("invoice_code", "string", "发票代码"),
    ("invoice_number", "string", "发票号码"),
    ("issue_date", "date", "开票日期"),
    ("check_code", "string", "校验码"),
    ("buyer_name", "string", "购买方名称"),
    ("buyer_tax_id", "string", "购买方纳税人识别号"),
    ("seller_name", "string", "销售方名称"),
    ("seller_tax_id", "string", "销售方纳税人识别号"),
    ("seller_address_phone", "string", "销售方地址、电话"),
    ("seller_bank_account", "string", "销售方开户行及账号"),
    ("net_amount", "number", "合计金额（不含税）"),
    ("tax_amount", "number", "合计税额"),
    ("total", "number", "价税合计（小写）"),
    ("total_in_words", "string", "价税合计（大写）"),
    ("drawer", "string", "开票人"),
    ("payee", "string", "收款人"),
    ("reviewer", "string", "复核人"),
    ("due_date", "date", "付款截止日期"),
    ("passport_number", "string", "护照号码"),
)
TRAVEL = (
    ("invoice_code", "string", "发票代码"),
    ("invoice_number", "string", "发票号码"),
    ("travel_date", "date", "乘车日期"),
    ("issue_date", "date", "开票日期"),
    ("origin", "string", "入口或出发地"),
    ("destination", "string", "出口或目的地"),
    ("plate", "string", "车牌号"),
    ("fare", "number", "金额（票价）"),
    ("buyer_name", "string", "购买方名称"),
    ("buyer_tax_id", "string", "购买方纳税人识别号"),
)
TRADE = (
    ("document_number", "string", "单号"),
    ("document_date", "date", "单据日期"),
    ("customer", "string", "客户名称"),
    ("supplier", "string", "供应商名称"),
    ("contact", "string", "联系人"),
    ("contact_phone", "string", "联系电话"),
    ("valid_until", "date", "有效期至"),
    ("payment_method", "string", "付款方式"),
    ("total", "number", "总金额"),
    ("iban", "string", "IBAN"),
)
TEMPLATES = {"vat": VAT, "travel": TRAVEL, "trade": TRADE}
ROLL, STRIP, FORM, A4 = (215.0, 420.0), (190.0, 230.0), (680.0, 420.0), (595.0, 842.0)


class Kind(NamedTuple):
    """A layout, its page, its template, and how many of it the halves get."""

    draw: Any
    page: tuple[float, float]
    template: str
    develop: int
    held: int
    group: str = "known"


KINDS = (
    Kind(fapiao_layouts.paper, FORM, "vat", 8, 8),
    Kind(fapiao_layouts.electronic, FORM, "vat", 6, 6),
    Kind(fapiao_layouts.digital, (612.0, 396.0), "vat", 8, 8),
    Kind(fapiao_layouts.roll, ROLL, "vat", 4, 4),
    Kind(fapiao_unseen.taxi, STRIP, "travel", 2, 2),
    Kind(fapiao_unseen.train, (390.0, 200.0), "travel", 2, 2),
    Kind(fapiao_unseen.cards, A4, "vat", 0, 6, "layout"),
    Kind(fapiao_unseen.machine, (480.0, 380.0), "vat", 0, 6, "layout"),
    Kind(fapiao_unseen.toll, STRIP, "travel", 0, 4, "kind"),
    Kind(fapiao_unseen.quotation, A4, "trade", 0, 4, "kind"),
    Kind(fapiao_unseen.statement, A4, "trade", 0, 4, "kind"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    sources = (fapiao, fapiao_facts, fapiao_sheet, fapiao_layouts, fapiao_unseen)
    fonts.register(*(Path(source.__file__) for source in sources), faces=tuple(fonts.FACES))
    for half in ("develop", "held"):
        _write_half(given.folder / half, half, given.seed)


def _write_half(folder: Path, half: str, seed: int) -> None:
    truths: dict[str, list[dict[str, Any]]] = {name: [] for name in TEMPLATES}
    for kind in KINDS:
        count = kind.develop if half == "develop" else kind.held
        for at in range(count):
            truths[kind.template].append(_document(folder, kind, at, f"{seed}-{half}-{kind.draw.__name__}-{at}"))
    for name, lines in truths.items():
        if not lines:
            continue
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        (folder / name / "truth.jsonl").write_text(text, encoding="utf-8")
        fields = [{"name": key, "type": kind, "description": said} for key, kind, said in TEMPLATES[name]]
        template = json.dumps({"name": name, "variables": fields}, ensure_ascii=False, indent=1)
        (folder / f"{name}.json").write_text(template, encoding="utf-8")


def _document(folder: Path, kind: Kind, at: int, seed: str) -> dict[str, Any]:
    """Draw one document, every second one as a scan, and return its truth; what it tells as None is not scored."""
    chance = random.Random(seed)
    files = folder / kind.template / "files"
    files.mkdir(parents=True, exist_ok=True)
    pdf = files / f"{kind.draw.__name__}-{at:02}.pdf"
    sheet = Sheet(pdf, *kind.page, hand(chance))
    told = kind.draw(sheet, fapiao_facts.facts(chance), chance)
    sheet.canvas.save()
    name = pdf
    if at % 2:
        name = pdf.with_suffix(".jpg")
        scan(pdf, name, chance)
        pdf.unlink()
    fields = {
        key: {"type": type_, "accept": [told[key]] if key in told else []}
        for key, type_, _ in TEMPLATES[kind.template]
        if told.get(key, "") is not None
    }
    return {"file": name.name, "group": f"{kind.group}-{kind.draw.__name__}", "fields": fields}


if __name__ == "__main__":
    main()

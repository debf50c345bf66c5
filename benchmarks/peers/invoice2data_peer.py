"""invoice2data on files or their text: `invoice2data_peer.py OUT.jsonl TEMPLATE.json FILE…`.

It gets its built-in templates, which know the invoices of some 200 suppliers, and behind them one that a new user
would write for all documents: for each field a pattern of its labels, name and short description followed by a value
of its type. A `.txt` FILE is the text of a picture, and is told by its name without that ending.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

from invoice2data import extract_data
from invoice2data.extract.loader import read_templates
from invoice2data.input import pdftotext, text

DATE = r"(\d{4}[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,2}|\d{1,2}[-/. ]\w{2,9}[-/. ,]+\d{2,4}|[A-Z][a-z]{2,8} \d{1,2},? \d{4})"
VALUES = {"number": r"[$€£¥￥RM ]*(-?\d[\d,.]*)", "date": DATE, "string": r"(\S[^\n]{0,80}?)(?=\s{2,}|\n|$)"}
# what its own templates call things, and what ours may
OWN = {
    "issuer": ("company", "supplier_name", "seller_name"),
    "date": ("date", "invoice_date", "issue_date"),
    "invoice_number": ("invoice_number", "receipt_number", "contract_num"),
    "amount": ("total", "gross_amount"),
    "amount_tax": ("tax", "tax_amount"),
}


def main() -> None:
    out, variables = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))["variables"]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "any.json").write_text(json.dumps(_template(variables)), encoding="utf-8")
        templates = [*read_templates(), *read_templates(folder)]
    with out.open("w", encoding="utf-8") as lines:
        for file in map(Path, sys.argv[3:]):
            lines.write(json.dumps(_line(file, variables, templates), ensure_ascii=False) + "\n")


def _template(variables: list[dict[str, Any]]) -> dict[str, Any]:
    fields = {variable["name"]: _field(variable) for variable in variables if variable["type"] in VALUES}
    # any document has a line break, and none has to have all fields
    return {"issuer": "any", "keywords": ["\n"], "required_fields": ["issuer"], "fields": fields}


def _field(variable: dict[str, Any]) -> dict[str, Any]:
    name = re.sub(r"_+", " ", variable["name"])
    description = re.split(r"[,，。;；(（]", variable.get("description", ""))[0]
    labels = [
        *variable.get("labels", ()),
        variable.get("label", ""),
        description if len(description) < 20 else "",
        name,
    ]
    patterns = [rf"(?i:{re.escape(label)})[\s.:：#]*{VALUES[variable['type']]}" for label in labels if label]
    return {"parser": "regex", "regex": patterns, "group": "first"}


def _line(file: Path, variables: list[dict[str, Any]], templates: list[Any]) -> dict[str, Any]:
    reader = text if file.suffix == ".txt" else pdftotext
    try:
        found = extract_data(str(file), templates=templates, input_module=reader) or {}
    except Exception as exc:  # noqa: BLE001 - the next file may do
        print(f"{file.name}: {exc!r}", file=sys.stderr)
        found = {}
    data = {variable["name"]: _value(variable["name"], found) for variable in variables}
    return {"file": file.name.removesuffix(".txt"), "status": "completed", "extractedData": data, "evidence": {}}


def _value(name: str, found: dict[str, Any]) -> Any:
    own = next((key for key, ours in OWN.items() if name in ours), name)
    value = found.get(name)
    if value is None and found.get("issuer") != "any":
        value = found.get(own)
    value = value[0] if isinstance(value, list) and value else value
    return value if value is None or isinstance(value, (str, int, float)) else str(value)


main()

"""Documents with lists beside their labels, and the truth of them."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import items_words as words
from items_paper import LEFT, Paper

FIELDS = {
    "attendees": ("string", {"en": ("Attendees", "Present", "Participants"), "zh": ("参加人员", "出席人员")},
                  {"en": "Names of the people who attended", "zh": "参加人员"}),
    "serial_numbers": ("string", {"en": ("Serial numbers", "Serial nos."), "zh": ("序列号", "设备序列号")},
                       {"en": "Serial numbers", "zh": "序列号"}),
    "attachments": ("string", {"en": ("Attachments", "Enclosures"), "zh": ("附件", "附件清单")},
                    {"en": "Attachments of the letter", "zh": "附件"}),
    "payment_dates": ("date", {"en": ("Payment dates", "Instalments due"), "zh": ("付款日期", "分期付款日")},
                      {"en": "Dates on which payments are due", "zh": "付款日期"}),
}  # fmt: skip
FORMS = ("commas", "bullets", "numbers", "plain")


def template(lang: str) -> dict[str, Any]:
    variables = [{"name": name, "type": "array", "items": kind, "description": about[lang]}
                 for name, (kind, _, about) in FIELDS.items()]  # fmt: skip
    return {"name": {"en": "Record", "zh": "记录"}[lang], "language": lang, "variables": variables}


def _values(name: str, chance: random.Random, lang: str) -> list[tuple[str, str]]:
    count = chance.randint(2, 5)
    if name == "attendees":
        return [(person, person) for person in chance.sample(words.PEOPLE[lang], count)]
    if name == "attachments":
        return [(paper, paper) for paper in chance.sample(words.PAPERS[lang], count)]
    if name == "serial_numbers":
        codes = [f"SN{chance.randint(100000, 999999)}" for _ in range(count)]
        return [(code, code) for code in codes]
    days = [date(2026, 7, 15) + timedelta(days=30 * step) for step in range(count)]
    return [(day.isoformat(), day.isoformat()) for day in days]


def write(path: Path, chance: random.Random, lang: str) -> dict[str, list[str]]:
    """Print a record with three of the lists and say what stands in all of them."""
    faces = ("Sans", "Sans-Bold") if lang == "zh" else ("Helvetica", "Helvetica-Bold")
    paper = Paper(path, *faces, 10)
    paper.text(LEFT, 60, {"en": "Record of handover", "zh": "交接记录"}[lang], size=16, bold=True)
    paper.text(LEFT, 90, words.PROSE[lang][:80])
    y, truth = 130.0, {name: [] for name in FIELDS}
    for name in chance.sample(list(FIELDS), 3):
        printed = _values(name, chance, lang)
        truth[name] = [value for _, value in printed]
        label = chance.choice(FIELDS[name][1][lang])
        y = _list(paper, y, label, [said for said, _ in printed], chance.choice(FORMS), lang) + 26
    paper.text(LEFT, y + 10, words.STREETS[lang][0])
    paper.canvas.save()
    return truth


def _list(paper: Paper, y: float, label: str, items: list[str], form: str, lang: str) -> float:
    colon = "：" if lang == "zh" else ":"
    paper.text(LEFT, y, label + colon, bold=True)
    if form == "commas":
        glue = "、" if lang == "zh" else ", "
        lines = paper.wrap(glue.join(items), 260, lang)
        for number, line in enumerate(lines):
            paper.text(LEFT + 110, y + 14 * number, line)
        return y + 14 * (len(lines) - 1)
    for number, item in enumerate(items, start=1):
        mark = {"bullets": "- ", "numbers": f"{number}. ", "plain": ""}[form]
        paper.text(LEFT + 12, y + 15 * number, mark + item)
    return y + 15 * len(items)

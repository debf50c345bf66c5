from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tests import bad_files

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "extraction" / "samples"
NAMES = ["invoice-hy-2026-004817.pdf", "receipt-scan.jpg", "fapiao-zh.pdf", "contract.docx"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All samples, read once."""
    out = tmp_path_factory.mktemp("readings")
    call_command("read", *(str(SAMPLES / name) for name in NAMES), out=out)
    return out


def pages_of(folder: Path, name: str) -> list[dict[str, Any]]:
    return json.loads((folder / f"{name}.json").read_text("utf-8"))["pages"]


def letters(page: dict[str, Any]) -> str:
    return "".join(word["text"] for word in page["words"]).replace(" ", "")


def test_read_writes_json_and_markdown_beside_each_other(folder: Path) -> None:
    names = sorted(path.name for path in folder.iterdir())

    assert names == sorted(name + ending for name in NAMES for ending in (".json", ".md"))


@pytest.mark.parametrize(
    ("name", "sizes"),
    [
        ("invoice-hy-2026-004817.pdf", [(595, 842), (595, 842)]),
        ("fapiao-zh.pdf", [(595, 397)]),
        ("contract.docx", [(595, 842), (595, 842)]),
    ],
)
def test_read_gives_every_page_with_its_size(folder: Path, name: str, sizes: list[tuple[int, int]]) -> None:
    pages = pages_of(folder, name)

    assert [page["page_num"] for page in pages] == list(range(len(sizes)))
    assert [(round(page["page_size"]["w"]), round(page["page_size"]["h"])) for page in pages] == sizes


@pytest.mark.parametrize("name", NAMES)
def test_read_keeps_somarks_shape(folder: Path, name: str) -> None:
    for page in pages_of(folder, name):
        assert [block["idx"] for block in page["blocks"]] == list(range(len(page["blocks"])))
        for block in page["blocks"]:
            assert {"idx", "type", "bbox", "content", "format", "captions"} <= set(block)
        for word in page["words"]:
            x0, y0, x1, y1 = word["bbox"]
            assert -1 <= x0 < x1 <= page["page_size"]["w"] + 1
            assert -1 <= y0 < y1 <= page["page_size"]["h"] + 1


@pytest.mark.parametrize(
    ("name", "number", "phrases"),
    [
        (NAMES[0], 0, ["INVOICE", "HY-2026-004817", "Thermalsensorhead,310mmprobe", "SRG-230", "Page1of2"]),
        (NAMES[0], 1, ["LB-SET", "13,242.65", "16,288.46", "IE86HYTB9920410073", "Page2of2"]),
        (NAMES[1], 0, ["CopperLantern", "27WeaverStreet", "18/09/2026", "Mushroomtoast", "38.30"]),
        (NAMES[2], 0, ["26442000000318520746", "杭州澄远智能设备有限公司", "壹万叁仟捌佰伍拾陆圆壹角伍分"]),
        (NAMES[3], 0, ["ServiceAgreement", "MarloweTidalEnergyplc", "GBP186,400.00"]),
        (NAMES[3], 1, ["lawsofScotland", "InnerMinch,TarbetBank", "IslaFenwick"]),
    ],
)  # fmt: skip
def test_read_finds_what_is_printed(folder: Path, name: str, number: int, phrases: list[str]) -> None:
    printed = letters(pages_of(folder, name)[number])

    assert [phrase for phrase in phrases if phrase not in printed] == []


def test_read_writes_headings_as_markdown(folder: Path) -> None:
    text = (folder / "contract.docx.md").read_text("utf-8")

    assert text.startswith("# Service Agreement\n")
    assert re.findall(r"^#+ \d+\. (.*)$", text, re.MULTILINE) == [
        "Services", "Term", "Fees and payment", "Confidentiality", "Intellectual property", "Termination", "Liability",
        "Notices", "Governing law", "General",
    ]  # fmt: skip


BAD: list[tuple[str, Callable[[], bytes], str]] = [
    ("empty.pdf", bad_files.empty, "This file is empty."),
    ("program.pdf", bad_files.renamed_executable, "This is a program, not a document."),
    ("letter.docx", bad_files.plain_text, "This is no PDF, image or Office document that is read here."),
    ("archive.docx", bad_files.zip_without_document, "This is no PDF, image or Office document that is read here."),
    ("cut.pdf", bad_files.truncated_pdf, "This PDF is cut short."),
    ("locked.pdf", bad_files.encrypted_pdf, "This PDF is password-protected."),
    ("long.pdf", bad_files.pdf_with_301_pages, "This document has 301 pages; 300 is the limit."),
    ("bomb.pdf", bad_files.pdf_bomb, "Reading stopped because the file asks for too much memory or time."),
    ("bomb.docx", bad_files.docx_bomb, "This file unpacks to far more than it should."),
    ("huge.png", bad_files.huge_png, "This image is too large (30000 × 30000 pixels)."),
]


def test_read_names_each_bad_file_and_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, make, _ in BAD:
        (tmp_path / name).write_bytes(make())
    (tmp_path / "good.pdf").write_bytes(bad_files.page_pdf())
    files = [*(tmp_path / name for name, _, _ in BAD), tmp_path / "missing.pdf", tmp_path / "good.pdf"]

    with pytest.raises(SystemExit) as stop:
        call_command("read", *map(str, files), out=tmp_path / "out")

    lines = capsys.readouterr().err.splitlines()
    assert stop.value.code == 1
    assert [line.split(": ")[0] for line in lines] == [str(path) for path in files[:-1]]
    for line, (name, _, words) in zip(lines, BAD, strict=False):
        assert line.startswith(f"{tmp_path / name}: {words}")
    assert lines[-1] == f"{tmp_path / 'missing.pdf'}: No such file or directory"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["good.pdf.json", "good.pdf.md"]


def test_read_keeps_files_of_one_name_apart(tmp_path: Path) -> None:
    for folder, pages in (("a", 1), ("b", 2)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.pdf").write_bytes(bad_files.page_pdf(pages))

    call_command("read", str(tmp_path / "a" / "x.pdf"), str(tmp_path / "b" / "x.pdf"), out=tmp_path)

    assert len(pages_of(tmp_path, "x.pdf")) == 1
    assert len(pages_of(tmp_path, "x.pdf-2")) == 2


def test_read_says_when_it_cannot_write(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")

    with pytest.raises(CommandError, match="taken: File exists"):
        call_command("read", "x.pdf", out=tmp_path / "taken")


def test_read_needs_no_database(tmp_path: Path) -> None:
    (tmp_path / "good.pdf").write_bytes(bad_files.page_pdf())
    nowhere = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing", "GALLEY_DATA": str(tmp_path / "data")}

    command = [sys.executable, "manage.py", "read", tmp_path / "good.pdf", "missing.pdf", "--out", tmp_path / "out"]
    run = subprocess.run(command, cwd=ROOT, env={**os.environ, **nowhere}, capture_output=True, text=True, check=False)

    assert (run.returncode, run.stdout, run.stderr) == (1, "", "missing.pdf: No such file or directory\n")
    assert (tmp_path / "out" / "good.pdf.json").exists()
    assert not list(tmp_path.rglob("*.sqlite3"))

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.core.management.base import CommandError

from extraction.management.outputs import labels, output_names, whole_file
from tests.bad_files import LONG_NAME


def test_output_names_number_files_of_the_same_name() -> None:
    paths = [Path("a/x.pdf"), Path("b/x.pdf"), Path("c/X.PDF"), Path("y.pdf")]

    assert output_names(paths, ending=".json") == ["x.pdf.json", "x.pdf-2.json", "X.PDF-3.json", "y.pdf.json"]


def test_output_names_fit_the_file_system(tmp_path: Path) -> None:
    [name] = output_names([Path(LONG_NAME)], ending=".json")

    with whole_file(tmp_path / name) as out:
        out.write("{}")

    assert name.startswith("很长的名字-aaa")
    assert name.endswith("a.json")
    assert len(os.fsencode(name)) == 255


def test_output_names_stay_in_the_folder() -> None:
    assert output_names([Path("../../outside.pdf")], ending=".json") == ["outside.pdf.json"]


def test_labels_give_the_path_where_names_are_equal() -> None:
    paths = [Path("a/x.pdf"), Path("b/x.pdf"), Path("b/y.pdf")]

    assert labels(paths) == ["a/x.pdf", "b/x.pdf", "y.pdf"]


def test_labels_can_be_written_whatever_bytes_a_name_has() -> None:
    assert labels([Path(os.fsdecode(b"\xff.pdf"))]) == ["\N{REPLACEMENT CHARACTER}.pdf"]


def test_whole_file_keeps_the_old_one_when_writing_breaks_off(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    path.write_text("old")

    with pytest.raises(ZeroDivisionError), whole_file(path) as out:
        out.write("half")
        out.write(str(1 / 0))

    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_whole_file_writes_into_a_device() -> None:
    with whole_file(Path(os.devnull)) as out:
        out.write("nothing")

    assert Path(os.devnull).is_char_device()


def test_whole_file_says_which_file_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "missing" / "results.jsonl"

    with pytest.raises(CommandError, match="missing/results.jsonl: No such file"), whole_file(path):
        pass


def test_whole_file_names_a_folder_that_stands_in_its_place(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="directory"), whole_file(tmp_path):
        pass

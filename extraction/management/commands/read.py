from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from extraction.engine.markdown import to_markdown
from extraction.management.batch import Batch
from extraction.management.outputs import make_folder, output_names, whole_file
from extraction.management.sources import read_file
from extraction.providers.embedded import EmbeddedParser
from extraction.types import DocumentReading
from extraction.wire.results import dump_reading


class Command(BaseCommand):
    help = "Read documents with the embedded engine into JSON and Markdown; needs no database."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="gets FILE.json and FILE.md")

    def handle(self, *, files: list[Path], out: Path, **options: Any) -> None:
        make_folder(out)
        targets = [out / name for name in output_names(files, ending=".json")]
        batch = Batch(files, self.stderr)
        with EmbeddedParser() as parser:

            def read(place: int, path: Path) -> None:
                _write(read_file(path, parser=parser, progress=batch.progress), targets[place])

            batch.run(read)
        batch.exit()


def _write(reading: DocumentReading, target: Path) -> None:
    with whole_file(target.with_suffix(".md")) as out:
        out.write(to_markdown(reading))
    with whole_file(target) as out:
        json.dump(dump_reading(reading), out, ensure_ascii=False)

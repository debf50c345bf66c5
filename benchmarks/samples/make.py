"""Make the sample documents and what is true of them.

Run with `uv run benchmarks/samples/make.py`. Needs Noto Sans CJK on the machine (Debian: fonts-noto-cjk);
NOTO_CJK names its folder when it lies elsewhere. Samples go to extraction/samples/, truths to tests/files/truth/.
"""

# /// script
# requires-python = ">=3.12"
# dependencies = ["reportlab==5.1.0", "fonttools", "pillow", "python-docx"]
# ///

from __future__ import annotations

import json
from pathlib import Path

import contract
import fapiao
import fonts
import invoice
import receipt

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = {
    "invoice-hy-2026-004817.pdf": invoice,
    "receipt-scan.jpg": receipt,
    "fapiao-zh.pdf": fapiao,
    "contract.docx": contract,
}


def main() -> None:
    fonts.register(Path(invoice.__file__), Path(fapiao.__file__))
    for name, sample in SAMPLES.items():
        path = ROOT / "extraction" / "samples" / name
        sample.write(path)
        truth = json.dumps(sample.truth(), ensure_ascii=False, indent=1)
        (ROOT / "tests" / "files" / "truth" / f"{Path(name).stem}.json").write_text(truth + "\n")
        print(f"{path}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()

"""What an operator should know before documents come in."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Warning, register

from extraction.engine.read.fonts import installed_fonts
from extraction.engine.sandbox.converter import missing_packages
from extraction.engine.sandbox.lock import protection

TAG = "galley"


@register(TAG)
def check_sandbox(**kwargs: Any) -> list[CheckMessage]:
    """Which protection the children that open files have here."""
    safety = protection()
    if safety["seccomp"]:
        return []
    if safety["parses"]:
        return [
            Warning(
                "Files of strangers are opened without protection: this machine has no system-call filter.",
                hint="GALLEY_ALLOW_UNSANDBOXED is set; run Galley on Linux to be protected.",
                id="galley.W001",
            )
        ]
    return [
        Error(
            "No document will be read: this machine has no system-call filter to open files under.",
            hint="Run Galley on Linux (x86-64 or ARM), or set GALLEY_ALLOW_UNSANDBOXED=1 if you trust every file.",
            id="galley.E001",
        )
    ]


@register(TAG)
def check_fonts(**kwargs: Any) -> list[CheckMessage]:
    if installed_fonts().has_cjk:
        return []
    return [
        Warning(
            "This machine has no Chinese font: DOCX and PDF files that bring none may show blanks.",
            hint="Install one (Debian: fonts-noto-cjk).",
            id="galley.W002",
        )
    ]


@register(TAG)
def check_converter(**kwargs: Any) -> list[CheckMessage]:
    """Whether LibreOffice is here for what only it lays out."""
    missing = missing_packages()
    if not missing:
        return []
    return [
        Info(
            "LibreOffice or a part of it is not installed: of Office documents only DOCX is sure to be read.",
            hint=f"Debian: apt-get install {' '.join(missing)}",
            id="galley.I001",
        )
    ]


@register(TAG)
def check_data_folder(**kwargs: Any) -> list[CheckMessage]:
    if os.access(settings.GALLEY_DATA, os.W_OK | os.X_OK):
        return []
    return [Error(f"The data folder {settings.GALLEY_DATA} cannot be written to.", id="galley.E002")]

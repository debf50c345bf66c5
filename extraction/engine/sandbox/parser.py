"""The parser: opens a file of unknown intent in a locked child, and gives what it says of its pages."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from extraction.engine.raw import Paragraph, Pixels, Probe, RawPage, Sheet
from extraction.engine.read.fonts import installed_fonts
from extraction.engine.sandbox.converter import PARTS, convert, require_converter
from extraction.engine.sandbox.frames import Frame
from extraction.engine.sandbox.process import Child
from extraction.engine.sandbox.shapes import load_outline, load_page, load_pixels, load_sheet
from extraction.engine.sheet_pdf import sheets_to_pdf
from extraction.errors import GalleyError, InvalidUpload, ParserCrashed, PasswordNeeded, ReadingFailed
from extraction.types import FileKind

CHILD_CPU_SECONDS = 8.0  # then a fresh child: a page may still take the rest of its limit of 20
MAX_CRASHES, MOST_CRASHES = 3, 8
CONVERT_SECONDS = 120.0
MODULES = {
    FileKind.PDF: "extraction.engine.sandbox.pdf_child",
    FileKind.HEIC: "extraction.engine.sandbox.heic_child",
}
IMAGE_MODULE = "extraction.engine.sandbox.image_child"
OFFICE_MODULE = "extraction.engine.sandbox.office_child"


@dataclass(frozen=True, slots=True)
class ParsedRaw:
    """A page as the child gave it, with its picture if one was asked for and could be drawn; or why it failed."""

    number: int
    page: RawPage | None = None
    image: Pixels | None = None
    failure: str | None = None


class Parser:
    """One file, open in a child from the first question to `close`; for one thread at a time.

    A file of more than `max_pages` is refused; None for any number.
    """

    def __init__(
        self,
        path: Path,
        kind: FileKind,
        *,
        password: str | None = None,
        max_pages: int | None = 300,
        timeout_seconds: float = 60.0,
    ) -> None:
        self._file: BinaryIO = path.open("rb")
        self._kind = kind
        self._password = password
        self._max_pages = max_pages
        self._timeout_seconds = timeout_seconds
        self._child: Child | None = None
        self._opened: dict[str, Any] = {}
        self._cpu_seconds = 0.0
        self._lacks_font = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the child; the file is closed too."""
        self._end_child()
        self._file.close()

    def probe(self) -> Probe:
        """Look at the file without reading it. Raises InvalidUpload, PasswordNeeded among them."""
        try:
            self._ask("touch")
        except ParserCrashed as exc:
            raise InvalidUpload(str(exc), code="unreadable_file") from exc
        return Probe(self._kind, self._opened["pages"], encrypted=self._opened["encrypted"])

    def read_pages(
        self, numbers: Sequence[int] | None = None, *, image_width: int | None = 1240
    ) -> Iterator[ParsedRaw]:
        """Read the pages one after the other, all for None; a page that fails is told and the others go on.

        A page whose child crashed is read once more without its picture. After MAX_CRASHES such pages in a row, or
        MOST_CRASHES in all, the rest fails untried.
        """
        self.lay_out()
        crashes = in_a_row = undrawn = 0
        for number in numbers if numbers is not None else range(1, self.page_count() + 1):
            if in_a_row >= MAX_CRASHES or crashes >= MOST_CRASHES:
                yield ParsedRaw(number, failure=ParserCrashed.code)
                continue
            parsed = self._read_page(number, image_width if undrawn < MAX_CRASHES else None)
            if parsed.failure == ParserCrashed.code and image_width is not None and undrawn < MAX_CRASHES:
                undrawn += 1
                parsed = self._read_page(number, None)
            has_crashed = parsed.failure == ParserCrashed.code
            crashes, in_a_row = crashes + has_crashed, in_a_row + 1 if has_crashed else 0
            yield parsed

    def render(self, number: int, width: int) -> Pixels:
        self.lay_out()
        return self._pixels(self._ask("render", number=number, width=width))

    def pixels_for_ocr(self, number: int) -> Pixels:
        self.lay_out()
        return self._pixels(self._ask("ocr", number=number))

    def outline(self) -> tuple[Paragraph, ...]:
        """A DOCX's own paragraphs, before it is laid out; none of other kinds."""
        if self._kind is not FileKind.DOCX:
            return ()
        try:
            return load_outline(self._ask("outline").head.get("paragraphs"))
        except (ValueError, TypeError) as exc:
            raise self._distrusted(exc) from exc

    def decrypted_copy(self) -> bytes:
        """The PDF without its password."""
        return self._ask("copy").body

    def subset_pdf(self, first: int, last: int) -> bytes:
        """Pages from 1, both ends included, as a PDF with its text; of an Office document as laid out. Not for images.

        Raises ReadingFailed where there are no such pages.
        """
        pages = self.page_count()
        if not 1 <= first <= last <= pages:
            raise ReadingFailed(f"no pages {first} to {last} of {pages}", code="page_unreadable")
        return self._ask("subset", first=first, last=last).body

    def image_pdf(self) -> bytes:
        """An image, all its frames, as a PDF; a JPEG is taken in as it is. Raises InvalidUpload, ReadingFailed."""
        sheets = [self._sheet(number) for number in range(1, self.page_count() + 1)]
        return sheets_to_pdf(sheets, self._file_bytes())

    def _sheet(self, number: int) -> Sheet:
        frame = self._ask("sheet", number=number)
        try:
            return load_sheet(frame.head, frame.body)
        except (ValueError, TypeError, KeyError) as exc:
            raise self._distrusted(exc) from exc

    def page_count(self) -> int:
        self.lay_out()
        if not self._opened:
            self._start()
        return int(self._opened["pages"])

    def lay_out(self) -> None:
        """Turn an Office document into a PDF, once, and go on with that; nothing to do for other kinds."""
        if not self._kind.is_office:
            return
        pdf = self.to_pdf()
        self._end_child()
        self._lacks_font = bool(self._opened.get("has_cjk")) and not installed_fonts().has_cjk
        self._file.close()
        self._file, self._kind, self._opened = _unnamed_file(pdf), FileKind.PDF, {}

    def to_pdf(self) -> bytes:
        """The Office document laid out as a PDF, or the PDF that it has become."""
        if self._kind is FileKind.DOCX:
            return self._ask("pdf", timeout_seconds=CONVERT_SECONDS).body
        if self._kind.is_office:
            self._ask("touch")
            return convert(self._file.fileno(), self._kind, timeout_seconds=CONVERT_SECONDS)
        return self._file_bytes()

    def _file_bytes(self) -> bytes:
        return os.pread(self._file.fileno(), os.fstat(self._file.fileno()).st_size, 0)

    def _read_page(self, number: int, image_width: int | None) -> ParsedRaw:
        if not 1 <= number <= self.page_count():
            return ParsedRaw(number, failure="page_unreadable")
        try:
            frame = self._ask("read", number=number, width=image_width)
            page = self._page(frame, number)
            is_drawn = image_width is not None and "width" in frame.head
            return ParsedRaw(number, page, self._pixels(frame) if is_drawn else None)
        except PasswordNeeded:
            raise
        except (InvalidUpload, ReadingFailed) as exc:
            if exc.code == "sandbox_unavailable":
                raise
            return ParsedRaw(number, failure=exc.code)

    def _page(self, frame: Frame, number: int) -> RawPage:
        plain = frame.head.get("page")
        try:
            if self._lacks_font:
                plain["warnings"] = ["font_missing"]  # type: ignore[index]
            page = load_page(plain)  # type: ignore[arg-type]
            if page.number != number:
                raise ValueError("another page")
        except (ValueError, TypeError, KeyError, IndexError) as exc:
            raise self._distrusted(exc) from exc
        return page

    def _pixels(self, frame: Frame) -> Pixels:
        try:
            return load_pixels(frame.head, frame.body)
        except (ValueError, TypeError, KeyError) as exc:
            raise self._distrusted(exc) from exc

    def _distrusted(self, exc: Exception) -> ParserCrashed:
        self._end_child()
        return ParserCrashed(f"the child's answer is no page: {exc}")

    def _ask(self, operation: str, *, timeout_seconds: float | None = None, **values: Any) -> Frame:
        if self._cpu_seconds > CHILD_CPU_SECONDS:
            self._end_child()
        child = self._child or self._start()
        try:
            frame = child.ask(operation, timeout_seconds=timeout_seconds or self._timeout_seconds, **values)
        except ParserCrashed:
            self._end_child()
            raise
        cpu = frame.head.get("cpu")
        self._cpu_seconds = cpu if isinstance(cpu, float) else CHILD_CPU_SECONDS
        return frame

    def _start(self) -> Child:
        """Start a child and open the file in it. Raises InvalidUpload or ParserCrashed."""
        if self._kind in PARTS:
            require_converter(self._kind)
        settings = {"kind": self._kind, "fonts": asdict(installed_fonts())}
        self._child = child = Child(self._module(), settings, file=self._file.fileno())
        try:
            opened = child.ask("open", timeout_seconds=self._timeout_seconds, password=self._password).head
            self._opened = self._checked(opened)
        except GalleyError:
            self._end_child()
            raise
        return child

    def _module(self) -> str:
        return MODULES.get(self._kind, OFFICE_MODULE if self._kind.is_office else IMAGE_MODULE)

    def _checked(self, opened: dict[str, Any]) -> dict[str, Any]:
        pages = opened.get("pages")
        if opened.get("kind") != self._kind or not isinstance(opened.get("encrypted"), bool):
            raise ParserCrashed("the child tells of another file")
        if pages is None and self._kind.is_office:
            return opened
        if not isinstance(pages, int) or isinstance(pages, bool) or pages < 1:
            raise ParserCrashed("the child counts no pages")
        if self._max_pages is not None and pages > self._max_pages:
            raise InvalidUpload(code="too_many_pages", pages=pages, limit=self._max_pages)
        return opened

    def _end_child(self) -> None:
        if self._child is not None:
            self._child.close()
        self._child, self._cpu_seconds = None, 0.0


def _unnamed_file(data: bytes) -> BinaryIO:
    file = tempfile.TemporaryFile()  # noqa: SIM115
    file.write(data)
    file.flush()
    return file

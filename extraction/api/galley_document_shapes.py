"""The JSON of documents and their pages, and how it is made of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import Field

from extraction.api.galley_shapes import Box, Problem, Shape, TemplateRef, Time, problem, problems
from extraction.choices import JobState, PageState
from extraction.models import Detection, Document, Template
from extraction.queries.page_states import PageShell
from extraction.queries.progress import DocumentProgress, progress_of
from extraction.queries.suggestions import suggested_templates, suggestions_from
from extraction.types import Block, FileKind, PageReading, TableCell, Word

Work = Literal["waiting", "reading"] | None
WORK = "What is still to be done for the page, also to read it once more: waiting or reading, else null."
Status = Literal["pending", "unfamiliar", "to_review", "approved", "rejected", "read", "failed", "cancelled"]
Step = Literal[
    "stored",
    "waiting",
    "reading",
    "detecting",
    "unfamiliar",
    "extracting",
    "ready",
    "approved",
    "rejected",
    "failed",
    "cancelled",
]
_STATUS = ("unfamiliar", "approved", "rejected", "failed", "cancelled")


class Waiting(Shape):
    """Why it does not go on by itself at the moment."""

    code: str = Field(examples=["provider_unavailable"])
    message: str
    until: Time | None = Field(description="The next try; null where an account or a person is waited for.")


class Progress(Shape):
    step: Step
    pages_done: int = Field(ge=0)
    waiting: Waiting | None = Field(examples=[None])


class TemplateFit(Shape):
    """A template and what speaks for it."""

    template: TemplateRef
    labels_found: int = Field(ge=0, description="How many of its labels are printed.", examples=[12])
    labels: int = Field(ge=0, description="How many of its fields and columns have labels.", examples=[14])
    title: str | None = Field(
        description="The document's title, where that says what the template is for.", examples=["INVOICE"]
    )
    documents: int = Field(ge=0, description="Approved documents that looked the same.", examples=[0])


class DetectionAnswer(Shape):
    """The search for the document's template; an `unfamiliar` one waits until somebody starts an extraction."""

    state: Literal["pending", "found", "unfamiliar", "failed", "cancelled"]
    suggestions: list[TemplateFit] = Field(
        description="The best first: the template that was found, or those that come closest.", examples=[[]]
    )


class DocumentAnswer(Shape):
    """A document and how far it is."""

    id: int
    name: str = Field(examples=["invoice.pdf"])
    kind: str = Field(description=f"By content: {', '.join(FileKind)}.", examples=["pdf"])
    bytes: int = Field(examples=[48213])
    sha256: str = Field(examples=["6fc1a29d0b7755e0" * 4])
    page_count: int | None = Field(description="null until an Office document is laid out.")
    status: Status
    progress: Progress
    error: Problem | None = Field(examples=[None])
    warnings: list[Problem] = Field(examples=[[]])
    template: TemplateRef | None = Field(description="The template that was chosen with the upload, or later.")
    detection: DetectionAnswer | None = Field(description="null where a template was chosen, or none.", examples=[None])
    extraction: str | None = Field(description="Id of the latest extraction.", examples=["extract_6fc1a29d0b77"])
    source: str = Field(description="Where it came from: dashboard, api, somark, docmap or demo.", examples=["api"])
    run_id: str | None = Field(examples=["november"])
    uploaded_by: str | None = Field(examples=["Alice"])
    created_at: Time


class PageProgress(Shape):
    """Whether a page was read."""

    number: int = Field(ge=1)
    state: Literal["done", "failed", "pending"]
    error: Problem | None = Field(examples=[None])
    work: Work = Field(description=WORK, examples=[None])


class DocumentDetail(DocumentAnswer):
    pages: list[PageProgress] = Field(description="Every page in order, read or not.")


class DocumentList(Shape):
    data: list[DocumentAnswer]
    next_cursor: str | None = Field(description="null on the last page.", examples=[None])


class CellAnswer(Shape):
    row: int = Field(ge=0)
    column: int = Field(ge=0)
    row_span: int
    column_span: int
    text: str
    bbox: Box | None
    is_header: bool


class BlockAnswer(Shape):
    """A part of a page, in reading order."""

    idx: int
    type: str = Field(description="One of SoMark's 21 block types, or the provider's own word.", examples=["title"])
    bbox: Box | None
    content: str = Field(examples=["TAX INVOICE"])
    format: str = Field(examples=["text"])
    captions: list[int] = Field(description="`idx` of the blocks that caption this one.", examples=[[]])
    title_level: int | None
    confidence: float | None = Field(description="null where the reader gives none.", examples=[0.97])
    cells: list[CellAnswer] = Field(description="Of a table.", examples=[[]])


class WordAnswer(Shape):
    text: str = Field(examples=["INVOICE"])
    bbox: Box
    confidence: float | None = Field(examples=[0.98])
    line: int | None
    block: int | None


class PageAnswer(Shape):
    """What was read of a page; sizes and boxes are in the page's own units."""

    number: int = Field(ge=1)
    state: Literal["done", "failed", "pending"]
    error: Problem | None = Field(examples=[None])
    work: Work = Field(description=WORK, examples=[None])
    width: float | None = Field(examples=[595])
    height: float | None = Field(examples=[842])
    rotation: int = Field(description="Degrees by which the page was turned to stand upright.", examples=[0])
    continues_previous: bool
    blocks: list[BlockAnswer]
    words: list[WordAnswer]


def documents(rows: Sequence[Document]) -> list[DocumentAnswer]:
    """With `blob`, `template` and `uploaded_by` at hand, in a constant number of queries."""
    progress = progress_of(rows)
    templates = suggested_templates(progress.values())
    return [DocumentAnswer(**_columns(row, progress[row.pk], templates)) for row in rows]


def document_detail(row: Document, progress: DocumentProgress, shells: Sequence[PageShell]) -> DocumentDetail:
    pages = [
        PageProgress(
            number=shell.number,
            state=shell.state,
            error=problem(shell.error_code, shell.error_params),
            work=shell.work or None,
        )
        for shell in shells
    ]
    return DocumentDetail(**_columns(row, progress, suggested_templates([progress])), pages=pages)


def _columns(row: Document, progress: DocumentProgress, templates: Mapping[int, Template]) -> dict[str, object]:
    return {
        "id": row.pk,
        "name": row.name,
        "kind": row.blob.kind,
        "bytes": row.blob.size,
        "sha256": row.blob.sha256,
        "page_count": row.page_count,
        "status": status_of(progress),
        "progress": Progress(step=progress.step, pages_done=progress.pages_done, waiting=_waiting(progress)),
        "error": problem(progress.error_code, progress.error_params) if _has_ended_badly(progress) else None,
        "warnings": problems(progress.warnings),
        "template": template_ref(row.template) if row.template else None,
        "detection": _detection(progress.detection, templates) if progress.detection else None,
        "extraction": progress.extraction.public_id if progress.extraction else None,
        "source": row.source,
        "run_id": row.run_id or None,
        "uploaded_by": str(row.uploaded_by) if row.uploaded_by else None,
        "created_at": row.created_at,
    }


def _detection(detection: Detection, templates: Mapping[int, Template]) -> DetectionAnswer:
    return DetectionAnswer(
        state=_search_state(detection),
        suggestions=[
            TemplateFit(
                template=template_ref(fit.template),
                labels_found=fit.labels_found,
                labels=fit.labels,
                title=fit.title or None,
                documents=fit.documents,
            )
            for fit in suggestions_from(detection, templates)
        ],
    )


def _search_state(detection: Detection) -> str:
    if detection.state != JobState.DONE:
        return "pending" if detection.is_pending else detection.state
    return "found" if detection.has_found else "unfamiliar"


def template_ref(template: Template) -> TemplateRef:
    return TemplateRef(id=template.pk, slug=template.slug, name=template.name)


def status_of(progress: DocumentProgress) -> str:
    """As the list's filter has it."""
    if progress.is_pending or progress.parse is None:
        return "pending"
    if progress.step in _STATUS:
        return progress.step
    return "to_review" if progress.review else "read"


def _has_ended_badly(progress: DocumentProgress) -> bool:
    """A code that is kept while work goes on is told as what it waits for."""
    jobs = (progress.parse, progress.extraction or progress.detection)
    return any(job is not None and job.state in (JobState.FAILED, JobState.CANCELLED) for job in jobs)


def _waiting(progress: DocumentProgress) -> Waiting | None:
    told = problem(progress.waiting_code, progress.waiting_params)
    return Waiting(**told.model_dump(), until=progress.waiting_until) if told else None


def page_answer(shell: PageShell, reading: PageReading | None) -> PageAnswer:
    """Without a reading nothing is known of it but its state."""
    error = problem(shell.error_code, shell.error_params) if shell.state == PageState.FAILED else None
    return PageAnswer(
        number=shell.number,
        state=shell.state,
        error=error,
        work=shell.work or None,
        width=reading.width if reading else None,
        height=reading.height if reading else None,
        rotation=reading.rotation if reading else 0,
        continues_previous=bool(reading and reading.continues_previous),
        blocks=[_block(block) for block in reading.blocks] if reading else [],
        words=[_word(word) for word in reading.words] if reading else [],
    )


def _block(block: Block) -> BlockAnswer:
    return BlockAnswer(
        idx=block.idx,
        type=block.type,
        bbox=[*block.bbox] if block.bbox else None,
        content=block.content,
        format=block.format,
        captions=list(block.captions),
        title_level=block.title_level,
        confidence=block.confidence,
        cells=[_cell(cell) for cell in block.cells],
    )


def _cell(cell: TableCell) -> CellAnswer:
    return CellAnswer(
        row=cell.row,
        column=cell.column,
        row_span=cell.row_span,
        column_span=cell.column_span,
        text=cell.text,
        bbox=[*cell.bbox] if cell.bbox else None,
        is_header=cell.is_header,
    )


def _word(word: Word) -> WordAnswer:
    return WordAnswer(text=word.text, bbox=[*word.bbox], confidence=word.confidence, line=word.line, block=word.block)

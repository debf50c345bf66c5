"""Values that travel between rooms: frozen, and checked when they are made."""

from __future__ import annotations

from extraction.types.answers import Answer, Answers, LinePart, NumberedLine
from extraction.types.boxes import BBox
from extraction.types.calibration import Calibration, Check
from extraction.types.detection import Detection, Fit, TemplateCandidate
from extraction.types.fields import (
    AbsentReason,
    Alternative,
    FieldSpec,
    FieldType,
    Precision,
    ReadValue,
    Signs,
    Span,
    Value,
)
from extraction.types.kinds import FileKind
from extraction.types.learned import (
    Approved,
    LayoutMark,
    Learned,
    LearnedColumn,
    LearnedField,
    LearnedLayout,
    LearnedTable,
    Lesson,
    Option,
    Pointer,
    RankedField,
    Ranking,
    Spot,
    Trial,
)
from extraction.types.months import month_of, next_month
from extraction.types.notation import AS_PRINTED, DateOrder, DecimalMark, Notation
from extraction.types.pages import Block, BlockType, DocumentReading, PageReading, TableCell, TitleHint, Word
from extraction.types.patterns import matches
from extraction.types.references import strange_names
from extraction.types.requests import (
    AccountStatus,
    CallUsage,
    Endpoint,
    ExtractRequest,
    OnPage,
    ParseRequest,
    RawReply,
    Ticket,
)
from extraction.types.rules import Checksum, Comparison, InvalidRule, Limit, Rule, RuleKind, Severity, limit_from

__all__ = [
    "AS_PRINTED",
    "AbsentReason",
    "AccountStatus",
    "Alternative",
    "Answer",
    "Answers",
    "Approved",
    "BBox",
    "Block",
    "BlockType",
    "Calibration",
    "CallUsage",
    "Check",
    "Checksum",
    "Comparison",
    "DateOrder",
    "DecimalMark",
    "Detection",
    "DocumentReading",
    "Endpoint",
    "ExtractRequest",
    "FieldSpec",
    "FieldType",
    "FileKind",
    "Fit",
    "InvalidRule",
    "LayoutMark",
    "Learned",
    "LearnedColumn",
    "LearnedField",
    "LearnedLayout",
    "LearnedTable",
    "Lesson",
    "Limit",
    "LinePart",
    "Notation",
    "NumberedLine",
    "OnPage",
    "Option",
    "PageReading",
    "ParseRequest",
    "Pointer",
    "Precision",
    "RankedField",
    "Ranking",
    "RawReply",
    "ReadValue",
    "Rule",
    "RuleKind",
    "Severity",
    "Signs",
    "Span",
    "Spot",
    "TableCell",
    "TemplateCandidate",
    "Ticket",
    "TitleHint",
    "Trial",
    "Value",
    "Word",
    "limit_from",
    "matches",
    "month_of",
    "next_month",
    "strange_names",
]

"""States, roles and their words; the steps that are allowed between them are data."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class JobState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


JOB_NEXT = {
    # a parse ends with its last range, also while it waits for a person's word on one that is given up
    JobState.WAITING: {JobState.QUEUED, JobState.DONE, JobState.FAILED, JobState.CANCELLED},
    JobState.QUEUED: {JobState.RUNNING, JobState.WAITING, JobState.DONE, JobState.FAILED, JobState.CANCELLED},
    JobState.RUNNING: {JobState.QUEUED, JobState.WAITING, JobState.DONE, JobState.FAILED, JobState.CANCELLED},
    JobState.DONE: set(),
    # a late answer of a provider is looked for, and adopted
    JobState.FAILED: {JobState.DONE, JobState.QUEUED, JobState.RUNNING},
    JobState.CANCELLED: {JobState.QUEUED},
}
JOB_ENDED = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)
JOB_PENDING = (JobState.WAITING, JobState.QUEUED, JobState.RUNNING)


class Lane(models.TextChoices):
    CPU = "cpu", _("This machine")
    REMOTE = "remote", _("A provider")


class PageState(models.TextChoices):
    DONE = "done", _("Read")
    FAILED = "failed", _("Failed")


class Role(models.TextChoices):
    ADMIN = "admin", _("Admin")
    REVIEWER = "reviewer", _("Reviewer")
    UPLOADER = "uploader", _("Uploader")
    READER = "reader", _("Reader")


class Action(models.TextChoices):
    """What a member may ask for; PERMITTED says who may."""

    READ = "read", _("look at documents")
    UPLOAD = "upload", _("upload documents")
    REVIEW = "review", _("review documents")
    TEMPLATES = "templates", _("change templates")
    MANAGE = "manage", _("manage the team")


PERMITTED = {
    Action.READ: {Role.ADMIN, Role.REVIEWER, Role.UPLOADER, Role.READER},
    Action.UPLOAD: {Role.ADMIN, Role.REVIEWER, Role.UPLOADER},
    Action.REVIEW: {Role.ADMIN, Role.REVIEWER},
    Action.TEMPLATES: {Role.ADMIN},
    Action.MANAGE: {Role.ADMIN},
}


class Source(models.TextChoices):
    DASHBOARD = "dashboard", _("Upload form")
    API = "api", _("Interface")
    SOMARK = "somark", _("SoMark interface")
    DOCMAP = "docmap", _("DocMap interface")
    DEMO = "demo", _("Sample")


# documents that a program sent
INTERFACES = (Source.API, Source.SOMARK, Source.DOCMAP)


class Provider(models.TextChoices):
    EMBEDDED = "embedded", _("Embedded engine")
    SOMARK = "somark", _("SoMark")
    DOCMAP = "docmap", _("DocMap")
    CHAT = "chat", _("Language model")


# which of them read documents, and which extract fields
READERS = (Provider.EMBEDDED, Provider.SOMARK)
EXTRACTORS = (Provider.EMBEDDED, Provider.DOCMAP, Provider.CHAT)


class PathFamily(models.TextChoices):
    """SoMark's names for its addresses."""

    PARSE = "parse", _("/parse/… (current)")
    EXTRACT = "extract", _("/extract/… (older, until the end of 2026)")


class Pause(models.TextChoices):
    """Why an account rests: its documents wait until somebody resumes it, or until its `resume_at`."""

    KEY_REFUSED = "key_refused", _("The key was refused")
    QUOTA_USED_UP = "quota_used_up", _("The quota is used up")
    BUDGET_SPENT = "budget_spent", _("The monthly budget is spent")
    BY_PERSON = "paused_by_person", _("Paused by a person")


# the account takes nothing new, but answers for what it has
FINISHING = (Pause.QUOTA_USED_UP, Pause.BUDGET_SPENT)


class VersionState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")


class Kind(models.TextChoices):
    """The types of a field, as `types.FieldType` has them."""

    STRING = "string", _("Text")
    NUMBER = "number", _("Number")
    AMOUNT = "amount", _("Amount")
    DATE = "date", _("Date")
    BOOLEAN = "boolean", _("Yes or no")
    CHOICE = "choice", _("Choice")
    LIST = "list", _("List")
    TABLE = "table", _("Table")


class ReviewState(models.TextChoices):
    OPEN = "open", _("Open")
    POSTPONED = "postponed", _("Postponed")
    ESCALATED = "escalated", _("Escalated")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")


REVIEW_NEXT = {
    ReviewState.OPEN: {ReviewState.POSTPONED, ReviewState.ESCALATED, ReviewState.APPROVED, ReviewState.REJECTED},
    ReviewState.POSTPONED: {ReviewState.OPEN, ReviewState.ESCALATED, ReviewState.APPROVED, ReviewState.REJECTED},
    ReviewState.ESCALATED: {ReviewState.OPEN, ReviewState.POSTPONED, ReviewState.APPROVED, ReviewState.REJECTED},
    ReviewState.APPROVED: {ReviewState.OPEN},
    ReviewState.REJECTED: {ReviewState.OPEN},
}
REVIEW_UNFINISHED = (ReviewState.OPEN, ReviewState.POSTPONED, ReviewState.ESCALATED)


class CorrectionKind(models.TextChoices):
    EDIT = "edit", _("Changed")
    CONFIRM = "confirm", _("Confirmed")
    ABSENT = "absent", _("Confirmed absent")
    RESET = "reset", _("Set back")
    ADD_ROW = "add_row", _("Row added")
    REMOVE_ROW = "remove_row", _("Row removed")
    RESTORE_ROW = "restore_row", _("Row restored")


class Event(models.TextChoices):
    """What the history of a review tells."""

    OPENED = "opened", _("Ready for review")
    CORRECTED = "corrected", _("Changed")
    CONFIRMED = "confirmed", _("Confirmed")
    SET_ABSENT = "set_absent", _("Confirmed absent")
    SET_BACK = "set_back", _("Set back")
    ROW_ADDED = "row_added", _("Row added")
    ROW_REMOVED = "row_removed", _("Row removed")
    UNDONE = "undone", _("Undone")
    TAKEN_OVER = "taken_over", _("Taken over")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    POSTPONED = "postponed", _("Postponed")
    ESCALATED = "escalated", _("Escalated")
    REOPENED = "reopened", _("Reopened")
    ASSIGNED = "assigned", _("Assigned")
    FIELDS_ASKED_AGAIN = "fields_asked_again", _("Asked to read the fields again")
    FIELDS_READ_AGAIN = "fields_read_again", _("Fields read again; changes kept")
    PAGE_READ_AGAIN = "page_read_again", _("Asked to read a page again")
    TRIAL_STARTED = "trial_started", _("Read for comparison")
    TRIAL_ADOPTED = "trial_adopted", _("Taken over from a comparison")
    TRIAL_DISCARDED = "trial_discarded", _("Comparison discarded")


class FieldState(models.TextChoices):
    """How a field stands in a review; shown by icon, bar and text."""

    SURE = "sure", _("Read with certainty")
    CONFIRMED = "confirmed", _("Confirmed by a person")
    DOUBTFUL = "doubtful", _("To check")
    BROKEN = "broken", _("Breaks a rule")
    EMPTY = "empty", _("Empty")
    ABSENT = "absent", _("Confirmed absent")
    SENT = "sent", _("As the provider sent it")


class Precision(models.TextChoices):
    WORD = "word", _("Word")
    CELL = "cell", _("Cell")
    LINE = "line", _("Line")
    BLOCK = "block", _("Block")


class BlockWord(models.TextChoices):
    """The types of a block in people's words, as `types.BlockType` has them."""

    TEXT = "text", _("Text")
    TITLE = "title", _("Heading")
    FIGURE = "figure", _("Figure")
    FIGURE_CAPTION = "figure_caption", _("Figure caption")
    TABLE = "table", _("Table")
    TABLE_CAPTION = "table_caption", _("Table caption")
    HEADER = "header", _("Header")
    FOOTER = "footer", _("Footer")
    SIDER = "sider", _("Margin note")
    FOOTNOTE = "footnote", _("Footnote")
    CATE = "cate", _("Contents")
    CATE_ITEM = "cate_item", _("Entry of the contents")
    CODE = "code", _("Code")
    CHOICE = "choice", _("Tick box")
    BLANK = "blank", _("Blank to fill in")
    QRCODE = "qrcode", _("QR code")
    STAMP = "stamp", _("Stamp")
    REFERENCE = "reference", _("Reference")
    EQUATION = "equation", _("Equation")
    CS = "cs", _("Chemical structure")
    CS_EQUATION = "cs_equation", _("Chemical equation")


class AbsentReason(models.TextChoices):
    LABEL_WITHOUT_VALUE = "label_without_value", _("The label stands there without a value")
    LABEL_NOT_FOUND = "label_not_found", _("No label of this field was found")
    NOT_READ = "not_read", _("This part of the document was not read")


class Scope(models.TextChoices):
    """What an API key opens; each includes the ones before it."""

    READ = "read", _("look at results")
    RUN = "run", _("send documents in")
    ADMIN = "admin", _("manage the team")


class WebhookEvent(models.TextChoices):
    DOCUMENT_READ = "document.read", _("A document was read")
    DOCUMENT_FAILED = "document.failed", _("A document could not be read")
    DOCUMENT_UNFAMILIAR = "document.unfamiliar", _("No template was found for a document")
    EXTRACTION_COMPLETED = "extraction.completed", _("Fields were extracted")
    EXTRACTION_FAILED = "extraction.failed", _("Fields could not be extracted")
    REVIEW_APPROVED = "review.approved", _("A review was approved")
    REVIEW_REJECTED = "review.rejected", _("A review was rejected")
    PING = "ping", _("A test")

from extraction.models.accounts import AccountUsage, ProviderAccount, ProviderChoice
from extraction.models.detections import Detection
from extraction.models.documents import Blob, Document, Page, PageImages
from extraction.models.extractions import Extraction, FieldRow, FieldValue, Span
from extraction.models.jobs import Job, JobQuerySet
from extraction.models.keys import ApiKey, ApiKeyQuerySet, IdempotencyKey
from extraction.models.learning import LearnedExample, LearnedVersion
from extraction.models.parses import PageRange, Parse, ParsedPage
from extraction.models.reviews import Correction, Review, ReviewEvent
from extraction.models.teams import Membership, Team
from extraction.models.templates import Template, TemplateField, TemplateVersion
from extraction.models.usage import CallCount, TeamUsage
from extraction.models.users import SignInFailure, User
from extraction.models.webhooks import Webhook, WebhookDelivery

__all__ = [
    "AccountUsage",
    "ApiKey",
    "ApiKeyQuerySet",
    "Blob",
    "CallCount",
    "Correction",
    "Detection",
    "Document",
    "Extraction",
    "FieldRow",
    "FieldValue",
    "IdempotencyKey",
    "Job",
    "JobQuerySet",
    "LearnedExample",
    "LearnedVersion",
    "Membership",
    "Page",
    "PageImages",
    "PageRange",
    "Parse",
    "ParsedPage",
    "ProviderAccount",
    "ProviderChoice",
    "Review",
    "ReviewEvent",
    "SignInFailure",
    "Span",
    "Team",
    "TeamUsage",
    "Template",
    "TemplateField",
    "TemplateVersion",
    "User",
    "Webhook",
    "WebhookDelivery",
]

"""How a template says that its documents write, and the words of its fields' rules."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class DateOrder(models.TextChoices):
    """Where a template says how its documents write dates; the others are read by what is printed and the language."""

    DAY_FIRST = "day_first", _("Day first: 14/10/2026")
    MONTH_FIRST = "month_first", _("Month first: 10/14/2026")


class DecimalMark(models.TextChoices):
    POINT = "point", _("Point: 1,234.56")
    COMMA = "comma", _("Comma: 1.234,56")


class RuleKind(models.TextChoices):
    """The rules of a field, as `types.RuleKind` has them."""

    REQUIRED = "required", _("Is there")
    CHOICE = "choice", _("Is one of the options")
    PATTERN = "pattern", _("Is written as a pattern")
    RANGE = "range", _("Lies between limits")
    CHECKSUM = "checksum", _("Has valid check digits")
    SUM = "sum", _("Is a sum of fields")
    PRODUCT = "product", _("Is a product of fields")
    COMPARE = "compare", _("Compares with a field")
    WORDS = "words", _("Equals an amount in words")


class Severity(models.TextChoices):
    ERROR = "error", _("Error: stops the approval")
    WARNING = "warning", _("Warning")


class Checksum(models.TextChoices):
    IBAN = "iban", _("IBAN")
    EU_VAT = "eu_vat", _("EU VAT number")
    USCC = "uscc", _("Chinese social credit code (统一社会信用代码)")
    LUHN = "luhn", _("Luhn: cards and many other numbers")
    EAN = "ean", _("EAN, GTIN or UPC")


class Comparison(models.TextChoices):
    LESS = "less", _("less or earlier than")
    AT_MOST = "at_most", _("at most, not later than")
    EQUAL = "equal", _("equal to")
    AT_LEAST = "at_least", _("at least, not earlier than")
    MORE = "more", _("more or later than")

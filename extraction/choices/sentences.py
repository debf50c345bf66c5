"""What people read of an error, by its code."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# code of a GalleyError -> the sentence people read, with what they can do next
SENTENCES: dict[str, str | Promise] = {
    "unexpected": _("Something went wrong here. Try again; if it happens again, tell your administrator."),
    "invalid_upload": _("This file cannot be taken. Upload a PDF, an image or an Office document."),
    "empty_file": _("This file is empty. Choose the file again, or save it anew in the program it comes from."),
    "unknown_kind": _("This is no PDF, image or Office document that is read here. Save it as PDF and upload that."),
    "executable": _("This is a program, not a document. Upload a PDF, an image or an Office document."),
    "wrong_kind": _("The content of this file is not what its name says. Save it as PDF and upload that."),
    "office_locked": _("This Office document is protected by a password. Upload a copy without one."),
    "office_unreadable": _(
        "This Office document could not be laid out: it is damaged, or protected by a password. Save it as PDF and"
        " upload that."
    ),
    "office_too_slow": _("This Office document takes too long to lay out. Save it as PDF and upload that."),
    "office_program_missing": _(
        "Documents of this kind need LibreOffice, which is not installed here. Upload a PDF, or ask your administrator"
        " to run: apt-get install %(package)s"
    ),
    "too_large": _("This file is larger than %(limit)s MB. Split it, or save it with smaller images."),
    "too_many_pages": _("This document has %(pages)s pages; %(limit)s is the limit. Split it and upload the parts."),
    "image_too_large": _(
        "This image is too large (%(width)s × %(height)s pixels). Save it smaller and upload it again."
    ),
    "truncated_pdf": _("This PDF is cut short. Download or export it again and upload that."),
    "unknown_encryption": _("This PDF is locked in a way that is not understood here. Upload an unlocked copy."),
    "corrupt_file": _("This file is damaged or cut short. Export it anew and upload it again."),
    "unreadable_file": _(
        "This file asks for more memory or time than reading allows. Print it to a new PDF and upload that."
    ),
    "bomb": _("This file unpacks to far more than it should. Save it anew and upload it again."),
    "password_needed": _("This PDF is password-protected. Enter its password, or upload an unlocked copy."),
    "password_wrong": _("That is not the password of this PDF. Enter it again, or upload an unlocked copy."),
    "no_pages": _("This document has no pages. Export it anew and upload it again."),
    "disk_full": _("There is no room left to store this file. Ask your administrator to free some, then try again."),
    "too_many_files": _("These are more than %(limit)s files at once. Send them in smaller groups."),
    "signed_out": _("You are signed out. Sign in again in another tab, then choose Retry."),
    "incomplete_upload": _("The upload broke off. Try again."),
    "invalid_template": _("This template is not valid: %(problem)s"),
    "template_unknown": _("This team has no such template. Choose another one."),
    "template_not_json": _("This file is not JSON. Choose a template that was exported as JSON."),
    "template_not_an_object": _("This JSON is not a template: it must be an object with “name” and “variables”."),
    "template_without_name": _("The template needs a name."),
    "template_without_variables": _("The template needs at least one field."),
    "template_language_unknown": _("The template's language must be a short text such as “en” or “zh-hans”."),
    "variable_not_an_object": _("Field %(variable)s must be an object with “name” and “type”."),
    "variable_without_name": _("Field %(variable)s needs a name."),
    "variable_name_twice": _("The name “%(variable)s” is used twice. Give every field a name of its own."),
    "variable_nested_too_deep": _("%(variable)s: a table's column cannot be a list or table itself."),
    "variable_kind_unknown": _("%(variable)s: “%(kind)s” is no kind of field that goes with its type."),
    "variable_type_unknown": _(
        "%(variable)s: “%(type)s” is no type. Use string, number, date, boolean, array or object."
    ),
    "variable_without_options": _("%(variable)s: a choice needs options."),
    "variable_with_fields": _("%(variable)s: only a table has columns."),
    "variable_without_fields": _("%(variable)s: a table needs columns."),
    "variable_items_unknown": _("%(variable)s: “%(items)s” is no type for the items of a list."),
    "variable_key_not_text": _("%(variable)s: “%(key)s” must be text."),
    "variable_key_not_texts": _("%(variable)s: “%(key)s” must be a list of texts."),
    "variable_key_not_flag": _("%(variable)s: “%(key)s” must be true or false."),
    "variable_rules_not_list": _("%(variable)s: “rules” must be a list of at most %(limit)s rules."),
    "template_date_order_unknown": _("The template's date order must be “day_first” or “month_first”."),
    "template_decimal_mark_unknown": _("The template's decimal mark must be “point” or “comma”."),
    "template_name_checks_not_flag": _("The template's “name_checks” must be true or false."),
    "variable_rule_invalid": _("%(variable)s, rule %(rule)s: %(problem)s"),
    "rule_not_understood": _("This is no rule as the documentation of the interface describes them."),
    "rule_key_of_another_kind": _("It has a key that belongs to another kind of rule."),
    "rule_incomplete": _("Something that this kind of rule needs is missing."),
    "rule_of_one_field": _("It names more fields than it can use."),
    "rule_limit_unknown": _("A limit is a number, or a date such as 2026-10-14."),
    "rule_limits_upside_down": _("The lower limit is above the upper one."),
    "rule_pattern_not_understood": _(
        "The pattern cannot be used. Known are characters, . \\d \\w \\s, classes in [ ], groups, | and * + ? {2,4}; it has"
        " at most 200 signs."
    ),
    "rule_not_of_this_type": _("A field of this type cannot have such a rule."),
    "rule_field_unknown": _("“%(field)s” is no field that this rule can use. Write a field's name."),
    "export_without_fields": _("There is nothing to export yet: no fields were extracted from this document."),
    "export_not_approved": _("This document is not approved yet. Review and approve it, then export it."),
    "reading_failed": _("This document could not be read. Choose “Read again”, or upload a new copy."),
    "page_failed": _("This page could not be read. Choose “Read this page again”."),
    "pages_failed": _("These pages could not be read: %(pages)s. Look at them yourself, or have them read again."),
    "parser_crashed": _(
        "Reading stopped because the file asks for too much memory or time. Print it to a new PDF and try that."
    ),
    "page_unreadable": _(
        "This page could not be read. Choose “Read this page again”, or print it to a new PDF and upload that."
    ),
    "page_not_laid_out": _(
        "The words of this page could not be put in order, which is a fault of this program. Tell your administrator."
    ),
    "too_big_for_memory": _("This needs more memory than reading allows. Print it to a new PDF and upload that."),
    "page_timeout": _("This page takes too long to read. Print it to a new PDF and upload that."),
    "page_too_large": _("This page is too large to be drawn. Print it to a smaller paper size and upload that."),
    "page_empty_box": _("This page has no size. Print it to a new PDF and upload that."),
    "poison": _(
        "Reading this document stopped the reader twice. It was put aside; print it to a new PDF and try that."
    ),
    "detection_failed": _("The template could not be found because of an error in Galley. Choose one yourself."),
    "extraction_failed": _("The fields could not be extracted. Choose “Extract again”."),
    "parse_failed": _("No page of this document could be read, so there are no fields. Choose “Read again”."),
    "cancelled": _("Cancelled. Choose “Read again” to go on."),
    "step_not_allowed": _("This has moved on in the meantime. Load the page again."),
    "last_admin": _("A team needs an admin. Make somebody else its admin first."),
    "already_member": _("This person is in the team already."),
    "stale_review": _("Somebody else changed this field. Look at both values and choose one."),
    "review_locked": _("%(who)s is working on this review. Take it over if you want to change it."),
    "review_finished": _("This review is finished. Reopen it to change it."),
    "review_unchecked": _("Some fields are unchecked. Look at them, or approve anyway by Ctrl+Enter once more."),
    "review_incomplete": _("Some fields need you first: correct or confirm them, then approve."),
    "nothing_to_undo": _("There is nothing left to undo."),
    "too_many_trials": _("This document has %(limit)s readings for comparison. Use or discard one of them first."),
    "trial_outdated": _(
        "The document was read or extracted again since. Start this comparison anew to use its result."
    ),
    "document_busy": _("This document is being read or extracted at the moment. Try again when that has ended."),
    "does_not_fit": _(
        "The provider said “%(said)s”, which does not fit this field. Enter the right value, or choose Absent."
    ),
    "not_located": _("Found nowhere in the document. Pick it on the page, or confirm it."),
    "rule_required": _("This field is required. Fill it, or confirm that it is absent."),
    "learned_gone": _("What this version learned is not kept any more. Use another one."),
    "review_overtaken": _(
        "The fields were read again meanwhile. Open the newest review; what was saved here is in it."
    ),
    "rule_choice": _("This is not one of the choices of this field."),
    "rule_not_number": _("This is not a number."),
    "rule_not_date": _("This is not a full date. Write it as in 2026-10-14."),
    "rule_not_boolean": _("Choose yes or no."),
    "rule_total": _("%(parts)s = %(sum)s"),
    "rule_date_order": _("%(start)s is later than %(end)s."),
    "rule_row_product": _("%(quantity)s × %(price)s = %(product)s"),
    "rule_row_sum": _("Σ %(sum)s ≠ %(name)s %(target)s"),
    "rule_said": "%(message)s",
    "rule_pattern": _("This is not written as its pattern says: %(pattern)s"),
    "rule_in_future": _("This date lies in the future."),
    "rule_too_early": _("This is before %(limit)s."),
    "rule_too_late": _("This is after %(limit)s."),
    "rule_too_small": _("This is less than %(limit)s."),
    "rule_too_large": _("This is more than %(limit)s."),
    "rule_iban": _("The check digits of this IBAN are wrong."),
    "rule_eu_vat": _("This is no valid VAT number of an EU country."),
    "rule_uscc": _("The check sign of this social credit code is wrong."),
    "rule_luhn": _("The check digit of this number is wrong."),
    "rule_ean": _("The check digit of this EAN is wrong."),
    "rule_not_less": _("This must be less or earlier than %(name)s (%(value)s)."),
    "rule_not_at_most": _("This must be at most, or not later than, %(name)s (%(value)s)."),
    "rule_not_equal": _("This must be the same as %(name)s (%(value)s)."),
    "rule_not_at_least": _("This must be at least, or not earlier than, %(name)s (%(value)s)."),
    "rule_not_more": _("This must be more or later than %(name)s (%(value)s)."),
    "rule_words": _("%(name)s says %(sum)s."),
    "ocr_unavailable": _("The text recognition did not start. Tell your administrator, then choose “Read again”."),
    "font_missing": _(
        "This machine has no font for the Chinese characters of this document; they may show as blanks. Install one (Debian: fonts-noto-cjk) and read the document again."
    ),
    "page_cut": _(
        "A page of this document holds more words than can be read; those over 200,000 were left out. Split the page."
    ),
    "pictures_unread": _(
        "The text in some pictures of this document could not be read. Look at them yourself, or choose “Read again”."
    ),
    "sandbox_unavailable": _(
        "Documents are not opened because this machine cannot protect itself from them. Tell your administrator."
    ),
    "max_keys_reached": _("This team has %(limit)s active keys, which is the most. Revoke one that is not used."),
    "page_quota": _("This month's %(limit)s pages are used up. Wait for next month, or ask for a larger quota."),
    "extraction_quota": _(
        "This month's %(limit)s extractions are used up. Wait for next month, or ask for a larger quota."
    ),
    "too_many_at_once": _(
        "%(limit)s documents of this team are under way, which is the most. Wait until some are done."
    ),
    "too_many_sync_calls": _(
        "Too many calls wait for their result. Come back in some seconds, or call asynchronously."
    ),
    "call_under_way": _("The first call with this idempotency key is still at work. Come back in some seconds."),
    "key_used_before": _("This idempotency key was used for another request. Choose another one."),
    "invalid_webhook": _("This webhook is not valid. Check its address and its events."),
    "max_webhooks_reached": _("This team has %(limit)s webhooks, which is the most. Delete one that is not used."),
    "webhook_without_events": _("Choose at least one event."),
    "webhook_event_unknown": _("“%(event)s” is no event that a webhook can be told of."),
    "webhook_address_long": _("This address is longer than %(limit)s characters."),
    "webhook_address_invalid": _(
        "This is no address that can be called. Enter one that begins with https:// and has no user name or password in it."
    ),
    "webhook_address_unknown": _("There is no such address: %(host)s. Check the webhook's address."),
    "webhook_address_refused": _("%(host)s is an address at which no receiver can be. Check the webhook's address."),
    "webhook_certificate_refused": _("The certificate of %(host)s cannot be trusted. Check the webhook's address."),
    "webhook_unreachable": _("%(host)s could not be reached. It is tried again by itself for a day."),
    "webhook_silent": _("%(host)s gave no answer within %(seconds)s seconds, or broke off."),
    "webhook_answered": _("The receiver answered with the status %(status)s."),
    "webhook_redirected": _(
        "The receiver answered with a redirect (%(status)s), which is not followed. Enter the address it leads to."
    ),
    "webhook_gone": _("The receiver answered 410 (gone), so the webhook was switched off."),
    "webhook_off": _("Not sent, since the webhook was switched off."),
    "webhook_is_off": _("This webhook is switched off. Switch it on, then send again."),
    "webhook_secret_unreadable": _(
        "The webhook's secret cannot be read, since this Galley's own key has changed. Make a new one, or have the operator set GALLEY_PROVIDER_KEY_OLD."
    ),
    "webhook_failed": _("This could not be sent because of an error in Galley. Choose “Send again”."),
    "database": _("The database does not answer at the moment. It is tried again by itself."),
    "invalid_reading": _("What was read of this document is not stored soundly. Choose “Read again”."),
    "provider_unavailable": _("The provider does not answer at the moment. It is tried again by itself."),
    "answer_lost": _("The provider's answer was lost on the way. It is asked again by itself."),
    "provider_busy": _("The provider asks to wait a little. It is tried again by itself."),
    "fate_unknown": _(
        "Nobody knows whether the provider got this document: the connection broke while it was sent. “Send again” sends it once more, which the provider may charge twice."
    ),
    "key_refused": _("The provider refused the key. Enter the right one in the account's settings."),
    "key_unreadable": _(
        "The stored key cannot be read, since this Galley's own key has changed. Enter it again, or have the operator set GALLEY_PROVIDER_KEY_OLD."
    ),
    "quota_used_up": _("The provider's quota is used up: %(problem)s Resume the account once there is more."),
    "budget_spent": _(
        "This account's monthly budget is spent. Documents wait until next month, or until the budget is raised."
    ),
    "paused_by_person": _("This account is paused. Its documents wait until it is resumed."),
    "account_missing": _(
        "The account that this was to be done with is gone. Choose another provider, then “Read again”."
    ),
    "waited_too_long": _("It waited for 15 minutes, then it was given up: %(why)s Choose “Read again” after that."),
    "took_too_long": _("This took longer than %(seconds)s seconds and was given up. Choose “Read again” to try anew."),
    "private_address": _(
        "%(host)s is a private address, which this Galley does not call. Its operator can allow it (GALLEY_ALLOW_PRIVATE_PROVIDERS)."
    ),
    "address_unknown": _("There is no such address: %(host)s. Check the account's base URL."),
    "address_refused": _("%(host)s is an address at which no provider can be. Check the account's base URL."),
    "address_invalid": _(
        "This is not the address of a provider. Enter one that begins with https:// and has no user name or password in it."
    ),
    "certificate_refused": _("The certificate of %(host)s cannot be trusted. Check the account's base URL."),
    "reply_too_large": _(
        "The provider's answer is larger than %(limit)s MB, which is not taken. Split the document and upload the parts."
    ),
    "download_refused": _(
        "%(host)s did not hand out a file that belongs to the provider's answer (%(status)s). Choose “Read again”."
    ),
    "provider_timed_out": _(
        "The provider took too long to read this document. It is tried once more by itself; after that, choose “Read again”."
    ),
    "provider_too_slow": _(
        "The provider has been at work for more than two minutes. If it finishes later, its fields appear here; or choose “Extract again”."
    ),
    "page_left_out": _("The provider left this page out of its answer. Choose “Read this page again”."),
    "pages_left_over": _(
        "The provider answered with more pages than it was sent; the pages %(pages)s were left aside."
    ),
    "words_missing": _("The words of some pages could not be recognised here; only the provider's blocks are shown."),
    "docmap_template_missing": _("The template names no DocMap template. Enter its id on the template's page."),
    "docmap_template_unknown": _(
        "DocMap has no template “%(template)s” in this account. Enter its id anew on the template's page."
    ),
    "docmap_kind": _("DocMap takes PDF and DOCX files only. Choose another provider, or upload the document as a PDF."),
    "docmap_too_large": _("DocMap takes files of up to %(limit)s MB. Choose another provider, or split the document."),
    "docmap_failed": _("DocMap could not extract the fields: %(problem)s"),
    "not_docmap": _(
        "What answers at the account's address is not DocMap (HTTP %(status)s). Check the account's base URL."
    ),
    "stepped_in": _("%(account)s did this because %(failed)s could not: %(why)s"),
    "embedded_engine": _("The embedded engine"),
    "model_unknown": _("The server knows no model “%(model)s”. Enter another name in the account's settings."),
    "model_address_wrong": _(
        "There is no model at this address. Check the account's base URL: it usually ends with /v1."
    ),
    "model_prompt_too_long": _(
        "A page of this document is longer than the model can read. Choose a model that reads more, or another provider."
    ),
    "model_refused": _("The model refused to read this document. Choose another model or provider."),
    "model_answer_cut": _(
        "The model's answer was cut short, even about a small part of the document. Choose a model that writes more."
    ),
    "model_answer_unreadable": _(
        "The model's answer is not the JSON it was asked for. Choose “Extract again”, or another model."
    ),
    "tokens_unknown": _("The model's server does not say how many tokens were used, so they are not counted."),
    "images_left_out": _("Some page images are too large for the model and were not sent; their text was."),
    "provider_rejected": _("The provider refused this document: %(problem)s"),
    "provider_elsewhere": _(
        "Something answers at the account's base URL, but not as this provider does. Check the base URL and the addresses; documents wait."
    ),
    "check_refused": _("The provider answered: %(problem)s"),
    "kind_not_taken": _("The provider does not take this kind of file. Save it as PDF and upload that."),
    "pictures_missing": _("Some pictures that the provider made of this document could not be fetched."),
    "options_ignored": _("The provider could not follow all reading options; its raw answer names them."),
    "page_size_unknown": _("The provider does not say how large this page is, so it has no boxes."),
    "invalid_reply": _("The provider's answer could not be understood. Choose “Read again”, or another provider."),
}


def sentence_of(code: str, params: dict[str, Any] | None = None) -> str:
    """What people read of an error: what is wrong and what they can do next.

    A value that is itself a code with params is told as its sentence.
    """
    text = str(SENTENCES.get(code, SENTENCES["unexpected"]))
    try:
        return text % {name: _told(value) for name, value in (params or {}).items()}
    except (KeyError, TypeError, ValueError):
        return str(SENTENCES["unexpected"])


def _told(value: Any) -> Any:
    return sentence_of(value["code"], value.get("params")) if isinstance(value, dict) and "code" in value else value

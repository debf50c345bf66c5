"""The pages of a document as places on the screen: in the viewer, in the rail and among its thumbs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from extraction.models import Document
from extraction.queries.page_states import PageShell


def page_words() -> dict[str, str]:
    """Of a page that is not simply read, by `PageShell.seen_as`."""
    return {
        "failed": _("could not be read"),
        "waiting": _("waiting"),
        "reading": _("being read"),
        "left": _("not read"),
    }


@dataclass(frozen=True, slots=True)
class PagePlace:
    """A page in the viewer and the rail; `thumb_height` goes with a width of 160, `word` says what is seen of it."""

    shell: PageShell
    name: str
    thumb: str
    image: str
    thumb_height: int
    to_check: int
    word: str = ""


def page_places(document: Document, shells: Sequence[PageShell], to_check: Mapping[int, int]) -> list[PagePlace]:
    """Addresses are made from one pattern: to reverse 300 of each takes longer than all the rest of the page."""
    thumb, image = (reverse("page-image", args=[document.pk, 0, size]) for size in ("thumb", "image"))
    name = _("Page %(number)s")
    words = page_words()
    return [
        PagePlace(
            shell,
            name % {"number": shell.number},
            thumb.replace("/pages/0/", f"/pages/{shell.number}/"),
            image.replace("/pages/0/", f"/pages/{shell.number}/"),
            round(160 * shell.height / shell.width),
            to_check.get(shell.number, 0),
            words.get(shell.seen_as, ""),
        )
        for shell in shells
    ]

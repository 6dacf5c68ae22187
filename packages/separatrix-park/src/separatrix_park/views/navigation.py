"""The frame of every page: the name of the park, and the reader's navigation.

Each group of pages names its entries, and each role sees its own.

What the query of an address asks for: a year, or a page of a list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from django.urls import reverse

from separatrix import __version__
from separatrix.errors import SeparatrixError
from separatrix_park.reporting.description import park_description
from separatrix_park.scope import PUBLIC

__all__ = ["A_PAGE", "MenuEntry", "Way", "frame", "offer", "page_of_list", "ways", "year_of"]


@dataclass(frozen=True)
class MenuEntry:
    """One entry: the name of a page's address, its title, its roles and its position.

    Among roles, ``public`` means people who are not signed in. Entries of the daily work come before
    `MORE`; later ones are folded away.
    """

    name: str
    title: Any
    roles: tuple[str, ...]
    order: int


@dataclass(frozen=True)
class Way:
    """An entry as a page shows it; ``here`` is what ``aria-current`` says of it."""

    title: str
    address: str
    here: str
    more: bool = False


MORE = 60

_entries: list[MenuEntry] = []


def offer(*entries: MenuEntry) -> None:
    """Put entries into the menu."""
    _entries.extend(e for e in entries if e not in _entries)
    _entries.sort(key=lambda e: e.order)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return what each page's frame shows; a context processor."""
    role = getattr(getattr(request, "user", None), "role", PUBLIC)
    shown = ways(role, request.path)
    daily = [way for way in shown if not way.more] or shown
    return {
        "park": settings.PARK,
        "made_up": _made_up(),
        "program_version": __version__,
        "languages": settings.LANGUAGES,
        "page_address": request.get_full_path(),
        "menu": daily,
        "menu_more": [way for way in shown if way not in daily],
    }


def _made_up() -> bool:
    """Whether the park says of itself that nothing in it was measured."""
    try:
        return park_description(settings.PARK).synthetic
    except SeparatrixError:  # told where reports are checked by it
        return False


def ways(role: str, path: str) -> list[Way]:
    """Return the navigation of a role; the page itself is marked, or the entry that it lies under."""
    shown = [(str(e.title), reverse(e.name), e.order >= MORE) for e in _entries if role in e.roles]
    above = [address for _, address, _ in shown if address != "/" and path.startswith(address)]
    nearest = max(above, key=len, default=path)
    return [
        Way(title, address, "page" if address == path else "true" if address == nearest else "", more)
        for title, address, more in shown
    ]


A_PAGE = 50
"""Rows of a list that a page shows."""


def year_of(text: str | None) -> int | None:
    """Return the year that a text is; None for anything else.

    Examples
    --------
    >>> year_of("2025"), year_of("²⁰²⁵"), year_of("9" * 5000), year_of(None)
    (2025, None, None, None)
    """
    told = text or ""
    # "²" is a digit, but no number: `isdigit` would let it through, and `int` fail.
    return int(told) if told.isdecimal() and len(told) == 4 else None


def page_of_list(request: HttpRequest, rows: Any) -> Page[Any]:
    """Return the requested page of a list, or the nearest one if it does not exist.

    Parameters
    ----------
    request : HttpRequest
    rows : QuerySet or sequence
        In an order of their own.
    """
    return Paginator(rows, A_PAGE).get_page(request.GET.get("page"))

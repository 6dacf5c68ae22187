"""The menu: each group of pages names its entries, and each role sees its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest

__all__ = ["MenuEntry", "frame", "offer"]


@dataclass(frozen=True)
class MenuEntry:
    """One entry: the name of a page's address, its title, whose it is, and where it stands."""

    name: str
    title: Any
    roles: tuple[str, ...]
    order: int


_entries: list[MenuEntry] = []


def offer(*entries: MenuEntry) -> None:
    """Put entries into the menu."""
    _entries.extend(e for e in entries if e not in _entries)
    _entries.sort(key=lambda e: e.order)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return what each page's frame shows: the park and the menu of whoever looks."""
    role = getattr(getattr(request, "user", None), "role", None)
    return {"park": settings.PARK, "menu": [e for e in _entries if role in e.roles]}

"""What the query of an address asks for: a year, or a page of a list."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

__all__ = ["A_PAGE", "page_of_list", "year_of"]

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

"""Long lists, one page at a time, and the numbers of their items."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from django.db.models import QuerySet
from ninja import Field, P, PathEx, Schema

__all__ = ["Number", "Page", "Paging", "SmallNumber", "page_of"]

Item = TypeVar("Item")

Number = PathEx[int, P(ge=1, le=2**63 - 1)]
"""The number of an item in an address."""
SmallNumber = PathEx[int, P(ge=1, le=2**31 - 1)]
"""The same of what is counted in fewer digits."""

FURTHEST = 10**9
"""The largest offset; what databases count with is not much larger."""


class Paging(Schema):
    """The requested part of a list."""

    limit: int = Field(100, ge=1, le=1000, description="How many at most.")
    offset: int = Field(0, ge=0, le=FURTHEST, description="Number of items to skip.")


class Page(Schema, Generic[Item]):
    """A part of a list."""

    items: list[Item]
    count: int = Field(description="How many there are in all.")
    next: int | None = Field(None, description="The offset of the next page, where there is one.")


def page_of(
    rows: QuerySet[Any] | Sequence[Any], paging: Paging, told: Callable[[Any], Item]
) -> dict[str, Any]:
    """Return a page of an ordered query, read now: outside its scope nothing could be read.

    Parameters
    ----------
    rows : QuerySet or sequence
        Ordered, so that consecutive pages do not overlap.
    paging : Paging
    told : callable
        Converts one row to its form in the response.
    """
    count = rows.count() if isinstance(rows, QuerySet) else len(rows)
    end = paging.offset + paging.limit
    items = [told(row) for row in rows[paging.offset : end]]
    return {"items": items, "count": count, "next": end if end < count else None}

"""The ids by which an enterprise identifies itself and its products, in published and calculated
footprints."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from separatrix_park.models.footprints import ProductRollUp, PublishedFootprint

__all__ = ["company_urns", "product_urns", "texts_of"]


def company_urns(enterprise: UUID) -> tuple[str, ...]:
    """Return the ids of an enterprise, its default id first."""
    lists = _published(enterprise).order_by("published").values_list("record__companyIds", flat=True)
    return tuple(dict.fromkeys((enterprise.urn, *_all_of(lists))))


def product_urns(enterprise: UUID, *, proposed: bool = False) -> frozenset[str]:
    """Return the ids of the products of an enterprise, case folded; also of those only proposed, if asked."""
    rows = _published(enterprise, proposed=proposed)
    worked_out = ProductRollUp.objects.filter(enterprise_id=enterprise).values_list("product_id", flat=True)
    named = (*_all_of(rows.values_list("record__productIds", flat=True)), *worked_out.order_by().distinct())
    return frozenset(one.casefold() for one in named)


def _published(enterprise: UUID, *, proposed: bool = False) -> QuerySet[PublishedFootprint]:
    rows: QuerySet[PublishedFootprint] = PublishedFootprint.objects.filter(enterprise_id=enterprise)
    # What is only proposed may yet be another's that somebody mistook.
    return rows if proposed else rows.exclude(state="draft")


def _all_of(lists: Iterable[Any]) -> list[str]:
    return [one for told in lists for one in texts_of(told)]


def texts_of(told: Any) -> list[str]:
    """Return the texts of a list in a record; none if it is not a list.

    Examples
    --------
    >>> texts_of(["urn:gtin:1", None]), texts_of(None)
    (['urn:gtin:1'], [])
    """
    return [one for one in told if isinstance(one, str)] if isinstance(told, list) else []

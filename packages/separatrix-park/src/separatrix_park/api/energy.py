"""Accounts of enterprises: their years, and their energy use by carrier."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Field, Path, Query, Router, Schema

from separatrix_park.answers.energy import as_uses, uses
from separatrix_park.answers.jobs import DataVersion, data_version_for
from separatrix_park.answers.park_totals import year_data
from separatrix_park.api.answers import DataTold
from separatrix_park.api.errors import EVERYBODY, for_roles
from separatrix_park.api.paging import Paging
from separatrix_park.models import AccountYear, Enterprise
from separatrix_park.reporting.description import park_description

__all__ = ["router"]

router = Router(tags=["answers"])


class UseTold(Schema):
    """What an enterprise used of a carrier in a year, or another source of emissions."""

    enterprise: str
    name: str
    year: int
    carrier: str
    kind: str
    scope: int
    inside: bool = Field(description="Whether another enterprise of the park supplied it.")
    energy: float | None = Field(description="tce.")
    carbon: float = Field(description="t CO2e.")
    complete: bool = Field(description="Whether the year of the enterprise is whole, without contradiction.")


class UsesTold(Schema):
    """A page of the energy query, and the version of the data."""

    data: DataTold
    items: list[UseTold]
    count: int
    next: int | None


class UsesAsked(Paging):
    """Filters for energy use."""

    year: int | None = Field(None, ge=1900, le=2200)
    carrier: str = Field("", max_length=60)
    enterprise: str = Field("", max_length=40, description="The key of an enterprise.")


class EnterpriseYear(Schema):
    """A year of an enterprise: tce, t CO2e; value added in the money unit of the park.

    `sign` marks incomplete figures: "≥" is a lower bound, "~" comes from contradictory rows, with a value
    between `low` and `high`.
    """

    year: int
    sign: str
    energy_sign: str
    whole: bool
    total: float | None
    scope_1: float | None
    scope_2: float | None
    energy: float | None
    low: float | None
    high: float | None
    value_added: float | None
    intensity: float | None
    staff: float | None


class EnterpriseYears(Schema):
    """The years of an enterprise, and the version of the data."""

    data: DataTold
    money_unit: str
    years: list[EnterpriseYear]


def _data(found: DataVersion) -> dict[str, Any]:
    return {"version": found.version, "until": found.until, "waiting": found.late}


@router.get(
    "/energy",
    response=UsesTold,
    summary=_("Energy use by carrier"),
    openapi_extra=for_roles(*EVERYBODY),
)
def list_energy(request: HttpRequest, asked: Query[UsesAsked]) -> dict[str, Any]:
    """Return energy and emissions by enterprise, year and carrier; an enterprise sees only its own."""
    data = data_version_for(request.user)
    rows = uses(asked.year, asked.carrier, asked.enterprise)
    count, end = rows.count(), asked.offset + asked.limit
    whole = set(AccountYear.objects.filter(whole=True, low=None).values_list("enterprise__key", "year"))
    items = [
        {
            "enterprise": use.key,
            "name": use.name,
            "year": use.year,
            "carrier": use.carrier,
            "kind": use.kind,
            "scope": use.scope,
            "inside": use.inside,
            "energy": use.energy,
            "carbon": use.carbon,
            "complete": (use.key, use.year) in whole,
        }
        for use in as_uses(rows[asked.offset : end])
    ]
    return {"data": _data(data), "items": items, "count": count, "next": end if end < count else None}


@router.get(
    "/enterprises/{key}/years",
    response=EnterpriseYears,
    summary=_("The years of an enterprise"),
    openapi_extra=for_roles(*EVERYBODY),
)
def list_enterprise_years(request: HttpRequest, key: Path[str]) -> dict[str, Any]:
    """Return emissions, energy and intensity of an enterprise by year, each with its uncertainty."""
    enterprise = get_object_or_404(Enterprise.objects, key=key)
    data = data_version_for(request.user)
    described = park_description(settings.PARK)
    years = AccountYear.objects.filter(enterprise=enterprise).order_by("year")
    return {
        "data": _data(data),
        "money_unit": described.money_unit,
        "years": [year_data(year, described.money_factor) for year in years],
    }

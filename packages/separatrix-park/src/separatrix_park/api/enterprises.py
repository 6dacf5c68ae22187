"""The members of the park, as far as one may see them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Field, Path, Query, Router, Schema, Status

from separatrix_park.api.errors import EVERYBODY, for_roles
from separatrix_park.api.paging import Page, Paging, page_of
from separatrix_park.members import admit, rename
from separatrix_park.models import Enterprise, Role

__all__ = ["router"]

router = Router(tags=["enterprises"])


class EnterpriseTold(Schema):
    """A member of the park."""

    key: str = Field(description="Its id in the tables of the park, and in addresses here.")
    name: str
    sector: str = Field(description="Empty if not set.")
    joined: datetime
    left: datetime | None


class NameGiven(Schema, extra="forbid"):
    """What the office says of a member."""

    name: str = Field(min_length=1, max_length=200)
    sector: str = Field(
        "", max_length=40, description="As the tables name sectors, such as a code of GB/T 4754."
    )


class EnterpriseGiven(NameGiven):
    """A member that the office admits."""

    key: str = Field(min_length=1, max_length=40, pattern=r"^\w[\w.-]{0,39}$")


@router.get(
    "/enterprises",
    response=Page[EnterpriseTold],
    summary=_("The members of the park that you may see"),
    openapi_extra=for_roles(*EVERYBODY),
)
def list_enterprises(request: HttpRequest, paging: Query[Paging]) -> dict[str, Any]:
    """List the enterprises: for the office and auditors all, for an enterprise its own."""
    return page_of(Enterprise.objects.order_by("key"), paging, EnterpriseTold.from_orm)


@router.get(
    "/enterprises/{key}",
    response=EnterpriseTold,
    summary=_("One member"),
    openapi_extra=for_roles(*EVERYBODY),
)
def get_enterprise(request: HttpRequest, key: Path[str]) -> EnterpriseTold:
    """Return one enterprise."""
    return EnterpriseTold.from_orm(get_object_or_404(Enterprise.objects, key=key))


@router.post(
    "/enterprises",
    response={201: EnterpriseTold},
    summary=_("Admit a member"),
    openapi_extra=for_roles(Role.OFFICE),
)
def admit_enterprise(request: HttpRequest, given: EnterpriseGiven) -> Status[EnterpriseTold]:
    """Admit an enterprise to the park; its people come by invitations."""
    member = admit(given.key, given.name, given.sector, request.user)
    return Status(201, EnterpriseTold.from_orm(member))


@router.put(
    "/enterprises/{key}",
    response=EnterpriseTold,
    summary=_("Change the name and the sector of a member"),
    openapi_extra=for_roles(Role.OFFICE),
)
def rename_enterprise(request: HttpRequest, key: Path[str], given: NameGiven) -> EnterpriseTold:
    """Change what the office says of a member; its id stays."""
    member = get_object_or_404(Enterprise.objects, key=key)
    rename(member, given.name, given.sector, request.user)
    return EnterpriseTold.from_orm(member)

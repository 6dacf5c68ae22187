"""What an enterprise lets another read, and what others let it read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from ninja import Field, Router, Schema, Status

from separatrix.sentences import say
from separatrix_park.api.errors import EVERYBODY, Refused, for_roles
from separatrix_park.api.paging import Number
from separatrix_park.models import Role, Sharing
from separatrix_park.reporting.evidence import end_sharing, enterprise_names, recipient_of, share_table
from separatrix_park.reporting.tables import STANDING, reported_tables
from separatrix_park.scope import current

__all__ = ["router"]

router = Router(tags=["reports"])


class SharingTold(Schema):
    """What one enterprise lets another read: approved reports of a table, from a year on."""

    id: int
    enterprise: str = Field(description="The name of the one that shares.")
    recipient: str = Field(
        description="The enterprise that may read: as the sharer typed it, or its name for others."
    )
    table: str
    since: int = Field(description="0 for a table that has no years.")
    made: datetime


class SharingGiven(Schema, extra="forbid"):
    """What is to be shared."""

    recipient: str = Field(
        min_length=1,
        max_length=200,
        description="The id or full name of the recipient; its existence is not confirmed.",
    )
    table: str = Field(max_length=40)
    since: int = Field(STANDING, ge=0, le=2200, description="From which year on; 0 for one without years.")


def _sharing_data(sharings: list[Sharing]) -> list[dict[str, Any]]:
    names = enterprise_names(sharings)
    return [
        {
            "id": one.pk,
            "enterprise": names[one.enterprise_id],
            "recipient": recipient_of(one, names),
            "table": one.table,
            "since": one.since,
            "made": one.made,
        }
        for one in sharings
        if one.enterprise_id in names
    ]


@router.get(
    "/sharings",
    response=list[SharingTold],
    summary=_("Data shared between enterprises"),
    openapi_extra=for_roles(*EVERYBODY),
)
def list_sharings(request: HttpRequest) -> list[dict[str, Any]]:
    """List what one shares and what is shared with one; for the office and auditors everything."""
    return _sharing_data(list(Sharing.objects.order_by("pk")))


@router.post(
    "/sharings",
    response={201: SharingTold},
    summary=_("Share a table with another enterprise"),
    openapi_extra=for_roles(Role.APPROVAL),
)
def post_sharing(request: HttpRequest, given: SharingGiven) -> Status[dict[str, Any]]:
    """Share approved reports of a table; a second time changes from which year on."""
    table = reported_tables().get(given.table)
    if table is None:
        raise Http404
    if table.dated and given.since < 1990:
        raise Refused(422, where="body.since", found=str(given.since), expected=say("a year"))
    made = share_table(request.user, given.recipient, table, given.since if table.dated else STANDING)
    return Status(201, _sharing_data([made])[0])


@router.delete(
    "/sharings/{number}",
    response={204: None},
    summary=_("End sharing"),
    openapi_extra=for_roles(Role.APPROVAL),
)
def delete_sharing(request: HttpRequest, number: Number) -> Status[None]:
    """End a sharing of one's own enterprise: the other reads nothing of it any more."""
    own = get_object_or_404(Sharing.objects, pk=number, enterprise_id=current().enterprise)
    end_sharing(request.user, own)
    return Status(204, None)

"""Who the program speaks for, and an end to that."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import Field, Router, Schema, Status

from separatrix import __version__
from separatrix_park.api.errors import EVERYBODY, for_roles
from separatrix_park.tokens import revoke

__all__ = ["router"]

router = Router(tags=["token"])


class TokenTold(Schema):
    """The token that the request came with."""

    name: str
    beginning: str = Field(description="By which to find it on the page where tokens are listed.")
    reads_only: bool
    expires: datetime


class Me(Schema):
    """Whom the program speaks for, and to whom."""

    park: str
    version: str = Field(description="Of separatrix.")
    clock: datetime = Field(description="The time of the server, which decides what is overdue.")
    email: str
    role: str
    enterprise: str | None = Field(description="The id of the enterprise in the tables of the park.")
    token: TokenTold


@router.get(
    "/me",
    response=Me,
    summary=_("The person and rights behind the token"),
    openapi_extra=for_roles(*EVERYBODY),
)
def who_am_i(request: HttpRequest) -> Me:
    """Return the person, role and enterprise of the token, and the server's time."""
    person, token = request.user, request.token
    return Me(
        park=settings.PARK.name,
        version=__version__,
        clock=timezone.now(),
        email=person.email,
        role=person.role,
        enterprise=person.enterprise.key if person.enterprise else None,
        token=TokenTold.from_orm(token),
    )


@router.delete(
    "/me/token",
    response={204: None},
    summary=_("Revoke this token"),
    openapi_extra=for_roles(*EVERYBODY, reads=True),
)
def revoke_token(request: HttpRequest) -> Status[None]:
    """Revoke the token that the request came with, for instance where it may have leaked."""
    revoke(request.token, request.user)
    return Status(204, None)

"""Who owes what by when: for an enterprise its own, for the office and auditors the park's board."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import Field, Query, Router, Schema, Status
from pydantic import AwareDatetime

from separatrix_park.api.errors import EVERYBODY, for_roles
from separatrix_park.api.paging import Paging, page_of
from separatrix_park.members import current_members
from separatrix_park.models import Deadline, Role
from separatrix_park.reporting.tables import (
    Duty,
    board_of,
    deadlines_of,
    duties_of,
    remove_deadline,
    set_deadline,
    table_and_year,
)

__all__ = ["router"]

router = Router(tags=["deadlines"])


class DutyTold(Schema):
    """One report that is due, and its progress."""

    table: str
    year: int = Field(description="0 for a table that has no years.")
    due: datetime | None
    note: str = Field(description="What the office says with the deadline.")
    state: str = Field(description="Of the newest version; missing where there is none.")
    number: int | None = Field(description="The id of the newest version.")
    version: int
    overdue: bool = Field(description="By the clock of the server.")
    soon: bool
    judgement: str = Field(description="Why it was returned.")


class DeadlineTold(Schema):
    """By when a table of a year is due."""

    table: str
    year: int
    due: datetime
    note: str


class DutiesTold(Schema):
    """The reports that one enterprise owes, the most urgent first."""

    clock: datetime
    duties: list[DutyTold]


class MemberDuties(Schema):
    """The reports that one member owes for a year."""

    enterprise: str
    duties: list[DutyTold]


class BoardTold(Schema):
    """The reports of a year, enterprise by enterprise."""

    clock: datetime
    items: list[MemberDuties]
    count: int
    next: int | None


class BoardAsked(Paging):
    """The year requested."""

    year: int = Field(ge=1900, le=2100)


def _duty_schema(duty: Duty) -> DutyTold:
    return DutyTold.from_orm(duty)


@router.get(
    "/deadlines",
    response=list[DeadlineTold],
    summary=_("The deadlines set by the park office"),
    openapi_extra=for_roles(*EVERYBODY),
)
def list_deadlines(request: HttpRequest) -> list[DeadlineTold]:
    """List the deadlines, the nearest first."""
    return [DeadlineTold.from_orm(deadline) for deadline in deadlines_of()]


class DeadlineGiven(Schema, extra="forbid"):
    """By when a table is due."""

    due: AwareDatetime = Field(ge=datetime(1990, 1, 1, tzinfo=UTC), le=datetime(2200, 1, 1, tzinfo=UTC))
    note: str = Field("", max_length=500, description="What to say with it.")


@router.put(
    "/deadlines/{table}/{year}",
    response=DeadlineTold,
    summary=_("Set a deadline"),
    openapi_extra=for_roles(Role.OFFICE),
)
def put_deadline(request: HttpRequest, table: str, year: int, given: DeadlineGiven) -> DeadlineTold:
    """Set by when a table of a year is due, or change it; `year` is 0 for a table that has no years."""
    asked = table_and_year(table, year)
    return DeadlineTold.from_orm(set_deadline(request.user, asked, year, given.due, given.note))


@router.delete(
    "/deadlines/{table}/{year}",
    response={204: None},
    summary=_("Remove a deadline"),
    openapi_extra=for_roles(Role.OFFICE),
)
def delete_deadline(request: HttpRequest, table: str, year: int) -> Status[None]:
    """Take a deadline back."""
    table_and_year(table, year)
    remove_deadline(request.user, get_object_or_404(Deadline.objects, table=table, year=year))
    return Status(204, None)


@router.get(
    "/duties",
    response=DutiesTold,
    summary=_("Reports that your own enterprise owes"),
    openapi_extra=for_roles(Role.ENTRY, Role.APPROVAL),
)
def list_duties(request: HttpRequest) -> dict[str, Any]:
    """List what the enterprise of the token owes, and what else it has begun."""
    now = timezone.now()
    return {"clock": now, "duties": [_duty_schema(d) for d in duties_of(request.user.enterprise_id, now)]}


@router.get(
    "/board",
    response=BoardTold,
    summary=_("Reports that all members owe for a year"),
    openapi_extra=for_roles(Role.OFFICE, Role.AUDITOR),
)
def get_board(request: HttpRequest, asked: Query[BoardAsked]) -> dict[str, Any]:
    """Return for each enterprise which reports of a year are missing, started, waiting, returned or
    approved."""
    now = timezone.now()
    page = page_of(current_members(), asked, lambda one: one)
    board = board_of(asked.year, page["items"], now)
    members = [
        {"enterprise": one.key, "duties": [_duty_schema(d) for d in board.duties[one.pk]]}
        for one in page["items"]
    ]
    return {**page, "clock": now, "items": members}

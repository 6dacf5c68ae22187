"""The members of a park, admitted and named by the office, with their sectors."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix_park.models.people import Enterprise, Person
from separatrix_park.models.records import LogEntry
from separatrix_park.models.reports import Report
from separatrix_park.scope import whole_park

__all__ = ["admit", "current_members", "forget_sector", "rename", "take_sectors"]

KEY = re.compile(r"\w[\w.-]{0,39}")
"""Allowed characters of an id, which is used in tables and addresses, where `..` would be another one."""


def current_members() -> QuerySet[Enterprise]:
    """Return the enterprises of the park, without those that left; in the order of their ids."""
    found: QuerySet[Enterprise] = Enterprise.objects.filter(left__isnull=True).order_by("key")
    return found


def admit(key: str, name: str, sector: str, by: Person) -> Enterprise:
    """Admit an enterprise to the park.

    Raises
    ------
    InputError
        W294 where the id cannot be one, or another member has it.
    """
    if not KEY.fullmatch(key):
        raise InputError(
            "W294",
            say("`{key}` cannot be the id of an enterprise", key=key),
            hint=say(
                "an id has up to 40 letters, digits, dots, dashes and underscores, and no dot or dash first"
            ),
        )
    try:
        with transaction.atomic():
            member = Enterprise.objects.create(key=key, name=name or key, sector=sector)
            LogEntry.append(str(by.pk), "enterprise admitted", str(member.pk))
    except IntegrityError:
        raise InputError(
            "W294",
            say("another enterprise has the id `{key}`", key=key),
            hint=say("take another, or change the one that is there"),
        ) from None
    return member


def rename(member: Enterprise, name: str, sector: str, by: Person) -> None:
    """Change the name and the sector of a member; its id stays, because reports refer to it."""
    with transaction.atomic():
        member.name, member.sector = name, sector
        member.save(update_fields=["name", "sector"])
        LogEntry.append(str(by.pk), "enterprise renamed", str(member.pk))


def take_sectors(approved: Iterable[Report]) -> None:
    """Set the sectors of enterprises from their approved reports: the last report counts.

    Parameters
    ----------
    approved : iterable of Report
        Of any table; a report without a sector changes nothing.
    """
    told = {report.enterprise_id: sector for report in approved if (sector := _sector_in(report))}
    if not told:
        return
    with whole_park("the sector reported by an enterprise is stored with its membership"):
        members = list(Enterprise.objects.filter(pk__in=told))
        for member in members:
            member.sector = told[member.pk]
        Enterprise.objects.bulk_update(members, ["sector"])


def forget_sector(report: Report) -> None:
    """Remove a sector that comes from a deleted report."""
    if sector := _sector_in(report):
        for member in Enterprise.objects.filter(pk=report.enterprise_id, sector=sector):
            member.sector = ""
            member.save(update_fields=["sector"])


def _sector_in(report: Report) -> str:
    """Return the sector in a report; '' if there is none, or it is too long for a member's row."""
    if report.table != "enterprises":
        return ""
    told = [str(row.get("sector") or "").strip() for row in report.rows]
    most = Enterprise._meta.get_field("sector").max_length or 0
    return next((sector for sector in told if 0 < len(sector) <= most), "")

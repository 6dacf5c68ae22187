"""The members of a park: the office admits them, and tells their names and sectors."""

from __future__ import annotations

import re

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from separatrix.errors import InputError
from separatrix.sentence import say
from separatrix.serve.park.models.log import LogEntry
from separatrix.serve.park.models.people import Enterprise, Person

__all__ = ["admit", "current_members", "rename"]

KEY = re.compile(r"\w[\w.-]{0,39}")
"""What an id may be, for it stands in tables and in addresses, where `..` would be another one."""


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
    """Change the name and the sector of a member; its id stays, for reports stand under it."""
    with transaction.atomic():
        member.name, member.sector = name, sector
        member.save(update_fields=["name", "sector"])
        LogEntry.append(str(by.pk), "enterprise renamed", str(member.pk))

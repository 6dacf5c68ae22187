"""A park filled with the example: its people, what they report, deadlines, and links by which to look.

Whoever reported is a person without a password that works, so that nobody can be them.  People who look at
the example join beside them, by invitations as in any park.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from separatrix.errors import InputError
from separatrix.sentence import say
from separatrix.serve.park.accounts.invitation import invite
from separatrix.serve.park.example.reports import LAST_YEAR, ExampleReport, example_members, example_reports
from separatrix.serve.park.models import Deadline, Enterprise, LogEntry, Person, Report, Role, Sharing
from separatrix.serve.park.scope import whole_park

__all__ = ["ExamplePark", "Guest", "fill_with_example"]

SEEDING = "seeding"
OPEN_TO_GUESTS = ("E05", "E10", "E24")
"""Enterprises that may be joined: one shares its streams, one owes a correction, one reads those streams."""
SHARED = (("E05", "E24", "streams"), ("E12", "E01", "streams"))
DUE = {"energy": -timedelta(days=9), "accounts": timedelta(days=16), "awareness": timedelta(days=44)}
"""When the tables of the last year are due, from now."""


@dataclass(frozen=True)
class Guest:
    """Somebody who may join and look: by which address, as what, for which enterprise, with which secret."""

    email: str
    role: str
    enterprise: str
    token: str


@dataclass(frozen=True)
class ExamplePark:
    """What a park was filled with: how many enterprises, versions of reports by state, and its guests."""

    enterprises: int
    reports: Mapping[str, int]
    guests: tuple[Guest, ...]


def fill_with_example() -> ExamplePark:
    """Fill a park that has no enterprises yet, in one transaction.

    Raises
    ------
    InputError
        W290 where there are some.
    """
    with whole_park("the command line fills a park that has no enterprises yet"), transaction.atomic():
        if Enterprise.objects.exists():
            raise InputError(
                "W290",
                say("this park has enterprises already, and an example would be taken for theirs"),
                hint=say("`separatrix park init DIR` makes another park"),
            )
        members = {
            row["id"]: Enterprise.objects.create(key=row["id"], name=row["name"], sector=row["sector"])
            for row in example_members()
        }
        states = _report(members)
        for giver, recipient, table in SHARED:
            Sharing.objects.create(
                enterprise=members[giver], recipient=members[recipient], table=table, since=0
            )
        for table, after in DUE.items():
            Deadline.objects.create(table=table, year=LAST_YEAR, due=timezone.now() + after)
        return ExamplePark(len(members), states, tuple(_guests(members)))


def _report(members: Mapping[str, Enterprise]) -> Mapping[str, int]:
    """Enter all reports, and return how many versions there are in each state."""
    authors = {key: _authors(key, member) for key, member in members.items()}
    versions, states = Counter[tuple[str, str, int]](), Counter[str]()
    for report in example_reports():
        place = report.enterprise, report.table, report.year
        versions[place] += 1
        _enter(report, versions[place], members[report.enterprise], *authors[report.enterprise])
        states[report.state] += 1
    return states


def _authors(key: str, enterprise: Enterprise) -> tuple[Person, Person]:
    """Return who enters and who approves."""
    return (
        Person.objects.create_user(f"energy@{_host(key)}", Role.ENTRY, enterprise.pk),
        Person.objects.create_user(f"manager@{_host(key)}", Role.APPROVAL, enterprise.pk),
    )


def _host(key: str) -> str:
    return f"{key.lower()}.example"


def _enter(
    report: ExampleReport, version: int, enterprise: Enterprise, author: Person, judge: Person
) -> None:
    """Enter one version, and judge it where it was judged."""
    judged = report.state in ("approved", "returned")
    made = Report.objects.create(
        enterprise=enterprise,
        table=report.table,
        year=report.year,
        version=version,
        state=report.state,
        rows=list(report.rows),
        salt=secrets.token_bytes(32),
        author=author,
        why=report.why,
        judge=judge if judged else None,
        judged=timezone.now() if judged else None,
        judgement=report.reason,
    )
    if report.state != "draft":
        LogEntry.append(str(author.pk), "submitted", made.digest())
    if judged:
        LogEntry.append(str(judge.pk), report.state, made.digest())


def _guests(members: Mapping[str, Enterprise]) -> list[Guest]:
    """Invite people of each role to look at the park."""
    asked: list[tuple[str, str, str]] = [
        ("office@park.example", Role.OFFICE, ""),
        ("auditor@park.example", Role.AUDITOR, ""),
    ]
    for key in OPEN_TO_GUESTS:
        asked += [(f"entry@{_host(key)}", Role.ENTRY, key), (f"approval@{_host(key)}", Role.APPROVAL, key)]
    return [
        Guest(email, role, key, invite(email, role, members.get(key), SEEDING)) for email, role, key in asked
    ]

"""A park filled with the example, as a park would be: history by the office, reports by people, deadlines.

The reporting people have no usable password, so that no one can log in as them. Visitors of the example
join by invitation, as in any park.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from separatrix.errors import InputError
from separatrix.run.files import write_file
from separatrix.sentences import say
from separatrix_cluster.tables.description import DESCRIPTION
from separatrix_cluster.tables.shipped import shipped_cluster
from separatrix_park.accounts.invitations import invite
from separatrix_park.example_footprints import PASSING_ON, pass_on
from separatrix_park.folder import ParkFolder
from separatrix_park.models import (
    Deadline,
    Enterprise,
    LogEntry,
    OfficeTable,
    Person,
    Report,
    Role,
    Sharing,
    YearBudget,
)
from separatrix_park.models.people import scope_of
from separatrix_park.reporting.checks import doubts, examined
from separatrix_park.reporting.evidence import add_evidence, subject_of_sharing
from separatrix_park.reporting.park_import import keep_import, read_import
from separatrix_park.reporting.tables import STANDING, reported_table
from separatrix_park.reporting.versions import (
    background_of,
    judge_report,
    newest_report,
    save_draft,
    submit_report,
)
from separatrix_park.reports import (
    CLUSTER,
    LAST_YEAR,
    ExampleReport,
    example_history,
    example_members,
    example_office_tables,
    example_reports,
)
from separatrix_park.scope import scoped, whole_park

__all__ = ["ExamplePark", "Guest", "fill_with_example"]

SEEDING = "seeding"
OPEN_TO_GUESTS = ("E05", "E10", "E24")
"""Enterprises that may be joined: one shares its streams, one owes a correction, one reads those streams."""
SHARED = (("E05", "E24", "streams"), ("E12", "E01", "streams"))
DUE = {"energy": -timedelta(days=9), "accounts": timedelta(days=16), "awareness": timedelta(days=44)}
"""When the tables of the last year are due, from now."""
BUDGET = 3_816_000.0
"""What the park may emit in the last year, t CO2e: nine tenths of two years before."""
BACKED = {("energy", "E05"), ("energy", "E24")}
"""Reports of the last year with a file that backs them."""
BILL = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 420 595]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)
"""An empty page in the place of a bill."""


@dataclass(frozen=True)
class Guest:
    """A visitor who may join: e-mail address, role, enterprise and secret."""

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


def fill_with_example(park: ParkFolder) -> ExamplePark:
    """Fill a park that has no enterprises yet: all of it, or nothing.

    Raises
    ------
    InputError
        W208 where there are some.
    """
    with whole_park("the command line fills a park that has no enterprises yet"), transaction.atomic():
        if Enterprise.objects.exists():
            raise InputError(
                "W208",
                say("this park has enterprises already, and an example would be taken for theirs"),
                hint=say("`separatrix park init DIR` makes another park"),
            )
        _describe(park)
        members = {
            row["id"]: Enterprise.objects.create(key=row["id"], name=row["name"], sector=row["sector"])
            for row in example_members()
        }
        admitted = [(str(member.pk), member.pk) for member in members.values()]
        LogEntry.append_all(SEEDING, "enterprise admitted", admitted)
        for name, rows in example_office_tables():
            OfficeTable.objects.create(name=name, version=1, rows=rows)
        _take_in_history(park)
        authors = {key: _authors(key, member) for key, member in members.items()}
        for report in example_reports():
            _enter(park, report, *authors[report.enterprise])
        _share(members)
        pass_on(members[PASSING_ON], *authors[PASSING_ON])
        for table, after in DUE.items():
            Deadline.objects.create(table=table, year=LAST_YEAR, due=timezone.now() + after)
        YearBudget.objects.create(
            year=LAST_YEAR, carbon=BUDGET, why=gettext("A tenth less than two years before.")
        )
        states = Counter(Report.objects.values_list("state", flat=True))
        return ExamplePark(len(members), states, tuple(_guests(members)))


def _describe(park: ParkFolder) -> None:
    """Write the park's money, grid and factors from the fictional cluster, under the park's own name."""
    shipped = (shipped_cluster(CLUSTER) / DESCRIPTION).read_text("utf-8")
    told = re.sub(r"(?m)^name: .*$", lambda _: f"name: {json.dumps(park.name, ensure_ascii=False)}", shipped)
    write_file(park.path / DESCRIPTION, told, private=True)


def _take_in_history(park: ParkFolder) -> None:
    """Import earlier reports from spreadsheets, as an office does when it starts with the platform."""
    keeper = Person.objects.create_user("records@park.example", Role.OFFICE)
    why = gettext("Reported on paper before the platform existed.")
    with scoped(scope_of(keeper)):
        for table, text in example_history():
            found = read_import(park, keeper, reported_table(table), f"{table}.csv", text.encode())
            keep_import(keeper, found, history=True, why=why)


def _authors(key: str, enterprise: Enterprise) -> tuple[Person, Person]:
    """Return who enters and who approves."""
    return (
        Person.objects.create_user(f"energy@{_host(key)}", Role.ENTRY, enterprise.pk),
        Person.objects.create_user(f"manager@{_host(key)}", Role.APPROVAL, enterprise.pk),
    )


def _host(key: str) -> str:
    return f"{key.lower()}.example"


def _enter(park: ParkFolder, report: ExampleReport, author: Person, judge: Person) -> None:
    """Enter one report, each step on behalf of the acting person."""
    with scoped(scope_of(author)):
        draft = _drafted(report, author)
        if (report.table, report.enterprise) in BACKED and report.year == LAST_YEAR:
            add_evidence(park, author, draft, gettext("electricity bill") + ".pdf", BILL)
        if report.state == "draft":
            return
        background = background_of(park, draft.enterprise, draft.rows)
        findings = examined(reported_table(report.table), report.year, draft.rows, background)
        told = {
            doubt.key: gettext("Checked again: the bills show these figures.") for doubt in doubts(findings)
        }
        if told:
            draft = save_draft(
                author, draft.table, draft.year, draft.rows, draft.stamp, why=draft.why, reasons=told
            )
        waiting = submit_report(author, draft.pk, draft.stamp, findings)
    if report.state != "submitted":
        with scoped(scope_of(judge)):
            judge_report(
                judge,
                waiting.pk,
                waiting.stamp,
                approve=report.state == "approved",
                reason=report.judgement,
            )


def _drafted(report: ExampleReport, author: Person) -> Report:
    newest = newest_report(author.enterprise_id, report.table, report.year)
    stamp = newest.stamp if newest else ""
    return save_draft(author, report.table, report.year, report.rows, stamp, why=report.why)


def _share(members: Mapping[str, Enterprise]) -> None:
    for giver, recipient, table in SHARED:
        made = Sharing.objects.create(
            enterprise=members[giver],
            recipient=members[recipient],
            called=recipient,
            table=table,
            since=STANDING,
        )
        LogEntry.append(SEEDING, "shared", subject_of_sharing(made), members[giver].pk)


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

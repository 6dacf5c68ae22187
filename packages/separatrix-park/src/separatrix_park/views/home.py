"""The first page of each role: what there is to do, and in a new park the first steps.

A problem of the library as a page, or on a line of one: such as a description that cannot be read.

How the service fares, for the office; programs that watch over it ask `keeping.probes`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db import connection, transaction
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as told
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from separatrix import __version__
from separatrix.errors import SeparatrixError
from separatrix_park.members import current_members
from separatrix_park.models.footprints import FootprintRequest, Partner, PublishedFootprint, SentEvent
from separatrix_park.models.people import Invitation, Person, require
from separatrix_park.models.records import LogEntry
from separatrix_park.models.reports import Deadline, Report
from separatrix_park.records.health import readiness
from separatrix_park.reporting.tables import DONE, SOON, duties_of
from separatrix_park.reporting.versions import has_second_person, may_judge
from separatrix_park.scope import Role, translate_sentence
from separatrix_park.views.navigation import MenuEntry

__all__ = ["MENU", "problem_line", "shows_problems", "status", "urlpatterns"]

MENU: tuple[MenuEntry, ...] = (MenuEntry("home", _("Home"), tuple(Role.values), 0),)

EXPIRES_SOON = timedelta(days=3)
"""Invitations that expire within this time are listed."""

LATELY = timedelta(days=14)
"""Time for which the home page shows messages that could not be sent."""


@dataclass(frozen=True)
class Step:
    """One of the first steps of a new park: what, why, where, and whether it is done."""

    title: str
    why: str
    address: str
    done: bool


@dataclass(frozen=True)
class DeadlineStand:
    """Number of enterprises that have submitted the report of a deadline, and of approved ones."""

    deadline: Deadline
    handed_in: int
    approved: int
    members: int
    overdue: bool
    soon: bool

    @property
    def missing(self) -> int:
        """How many have not."""
        return max(self.members - self.handed_in, 0)


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Show what there is to do."""
    person = require(request.user, *Role.values)
    if person.role in (Role.OFFICE, Role.AUDITOR):
        return render(request, "park/home_park.html", of_the_park(person, timezone.now()))
    return render(request, "park/home_enterprise.html", of_an_enterprise(person))


def of_the_park(person: Person, now: datetime) -> dict[str, Any]:
    """Return what the office, or an auditor, sees first."""
    members = current_members().count()
    joined = Person.objects.filter(enterprise__in=current_members(), is_active=True)
    invited = Invitation.objects.filter(used=None, withdrawn=None, expires__gt=now)
    stands = stands_of_deadlines(members, now)
    approved = Report.objects.filter(state=Report.State.APPROVED)
    # A colleague of the office, or an auditor, is none of an enterprise.
    asked = invited.exclude(enterprise=None).exists()
    steps = first_steps(members, asked, bool(stands), approved.exists())
    return {
        "now": now,
        "members": members,
        "silent": members - joined.values("enterprise").distinct().count(),
        "invited": invited.count(),
        "expiring": invited.filter(expires__lt=now + EXPIRES_SOON).count(),
        "waiting": Report.objects.filter(state=Report.State.SUBMITTED).count(),
        "approved": approved.values("enterprise").distinct().count(),
        "stands": stands,
        "overdue": sum(stand.missing for stand in stands if stand.overdue),
        "steps": steps if person.role == Role.OFFICE and not all(step.done for step in steps) else (),
    }


def stands_of_deadlines(members: int, now: datetime) -> list[DeadlineStand]:
    """Return the deadlines that are open, or past and not met by all: the nearest first."""
    handed = Report.objects.filter(state__in=DONE, enterprise__left=None).values("table", "year").order_by()
    counted = handed.annotate(
        handed_in=Count("enterprise", distinct=True),
        approved=Count("enterprise", distinct=True, filter=Q(state=Report.State.APPROVED)),
    )
    counts = {(row["table"], row["year"]): (row["handed_in"], row["approved"]) for row in counted}
    stands = []
    for deadline in Deadline.objects.order_by("due", "table"):
        handed_in, approved = counts.get((deadline.table, deadline.year), (0, 0))
        late = handed_in < members and deadline.due < now
        if deadline.due >= now or approved < members:
            soon = now <= deadline.due < now + SOON
            stands.append(DeadlineStand(deadline, handed_in, approved, members, late, soon))
    return stands


def first_steps(members: int, invited: bool, deadlines: bool, approved: bool) -> tuple[Step, ...]:
    """Return the first steps of a park, in their order."""
    return (
        Step(
            told("Invite the enterprises"),
            told(
                "Invite two people per enterprise: one enters data, one approves. Each gets a "
                "link that works once; no one else can get an account."
            ),
            reverse("invitations"),
            members > 0 or invited,
        ),
        Step(
            told("Set the reports due and their dates"),
            told(
                "Each enterprise then sees its due reports on its home page; begin with last year's energy."
            ),
            reverse("deadlines"),
            deadlines,
        ),
        Step(
            told("Wait for the first approved reports"),
            told(
                "The table of deadlines shows which reports each enterprise has submitted. You "
                "can import existing spreadsheets for many enterprises at once."
            ),
            reverse("board"),
            approved,
        ),
        Step(
            told("Read the first answers"),
            told(
                "They are based on the data approved so far and list missing data; you do not "
                "need to wait for every enterprise."
            ),
            reverse("answers"),
            approved,
        ),
    )


def of_an_enterprise(person: Person) -> dict[str, Any]:
    """Return what a person of an enterprise sees first."""
    duties = duties_of(person.enterprise_id)
    waiting = Report.objects.filter(enterprise_id=person.enterprise_id, state=Report.State.SUBMITTED)
    waiting = list(waiting.defer("rows", "reasons").select_related("submitter").order_by("submitted", "pk"))
    judged = [report for report in waiting if may_judge(person, report)]
    return {
        "now": timezone.now(),
        "owed": [duty for duty in duties if duty.open],
        "settled": [duty for duty in duties if duty.state == Report.State.APPROVED],
        "to_judge": judged,
        "with_others": [report for report in waiting if report not in judged],
        "colleague": has_second_person(person),
        **of_footprints(person),
        **of_partners(person, timezone.now()),
    }


def of_footprints(person: Person) -> dict[str, Any]:
    """Return how much waits for a person among the footprints that their enterprise passes on."""
    proposed = PublishedFootprint.objects.filter(enterprise_id=person.enterprise_id, state="draft")
    asked = FootprintRequest.objects.filter(
        enterprise_id=person.enterprise_id, ours=False, state="open", partner__state="approved"
    )
    approves = person.role == Role.APPROVAL
    return {
        "proposals": proposed.exclude(proposer=person).count() if approves else 0,
        "asked": asked.count(),
    }


def of_partners(person: Person, now: datetime) -> dict[str, Any]:
    """Return partners that wait for a person's approval, and partners with recent delivery failures."""
    rows = Partner.objects.filter(enterprise_id=person.enterprise_id, state__in=("proposed", "approved"))
    lost = SentEvent.objects.filter(partner__in=rows, state="given up", ended__gt=now - LATELY)
    waiting = [
        row
        for row in rows.order_by("name")
        if (row.state == "proposed" and row.proposer_id != person.pk)
        or (row.pending.get("address") and row.pending.get("by") != person.pk)
    ]
    return {
        "partners_waiting": waiting if person.role == Role.APPROVAL else [],
        "partners_lost": rows.filter(pk__in=lost.values("partner_id")).order_by("name"),
    }


urlpatterns = [path("", home, name="home")]


View = Callable[..., HttpResponse]


def shows_problems(view: View) -> View:
    """Return a view that shows what the library refuses, with what to do; nothing of it is kept."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        # A savepoint, so that what was begun goes back and the page can still ask who looks.  Whoever only
        # looks begins nothing: what is brought up to date for them is kept all or not at all by itself.
        writes = request.method not in ("GET", "HEAD")
        begun = transaction.atomic() if writes and connection.in_atomic_block else nullcontext()
        try:
            with begun:
                return view(request, *args, **named)
        except SeparatrixError as problem:
            return render(request, "park/answers/problem.html", {"problem": problem}, status=503)

    return answered


def problem_line(problem: SeparatrixError) -> str:
    """Return what is wrong, and what to do, in the reader's language, on one line.

    Examples
    --------
    >>> problem_line(SeparatrixError("W302", "there is no reason given", hint="say why"))
    'there is no reason given (say why)'
    """
    hint = f" ({translate_sentence(problem.hint)})" if problem.hint else ""
    return f"{translate_sentence(problem.message)}{hint}"


MENU += (MenuEntry("status", _("Status"), (Role.OFFICE,), 95),)

CHECKS = {
    "database": _("The database responds"),
    "schema": _("The database schema matches this version"),
    "disk": _("The disk has free space"),
}
LATE = timedelta(days=3)
"""After this time without a backup, the office is warned."""


@login_required
@never_cache
def status(request: HttpRequest) -> HttpResponse:
    """Show the office how the service fares."""
    require(request.user, Role.OFFICE)
    backup = LogEntry.objects.filter(action="backed up").order_by("-number").first()
    context = {
        "checks": [(CHECKS[c.name], c) for c in readiness(settings.PARK)],
        "backup": backup,
        "version": __version__,
        "late": backup is not None and timezone.now() - backup.at > LATE,
    }
    return render(request, "park/keeping/status.html", context)


urlpatterns += [
    path("status/", status, name="status"),
]

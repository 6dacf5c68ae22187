"""The log as shown to people: the entries visible to a person, and whether the chain is intact."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from separatrix_park.models import LogEntry, Partner, Person, Publication
from separatrix_park.records.chain import ChainReport, Head, head_of, verified
from separatrix_park.records.log_comparison import compare_with_rows
from separatrix_park.scope import Scope, current, whole_park

__all__ = ["ACTIONS", "ToldEntry", "check_log", "current_head", "entries_for", "told_entries"]

ACTIONS = {
    "accepted": _("joined by invitation"),
    "activated": _("account opened again"),
    "approved": _("report approved"),
    "backed up": _("backup made"),
    "budget set": _("budget set"),
    "deactivated": _("account closed"),
    "deadline removed": _("deadline removed"),
    "deadline set": _("deadline set"),
    "event given up": _("message to a partner given up"),
    "event sent": _("message sent to a partner"),
    "footprint asked for": _("footprints requested from a partner"),
    "footprints fetched": _("list of a partner fetched"),
    "footprints received": _("footprints of a partner received"),
    "office table set": _("office table set"),
    "deleted": _("report deleted"),
    "discarded": _("draft discarded"),
    "enterprise admitted": _("enterprise admitted"),
    "enterprise deleted": _("enterprise deleted"),
    "enterprise renamed": _("enterprise renamed"),
    "evidence added": _("evidence added"),
    "evidence removed": _("evidence removed"),
    "exported": _("data exported"),
    "event received": _("event of a partner received"),
    "footprint discarded": _("proposed footprint discarded"),
    "footprint handed over": _("footprint sent to a partner"),
    "footprint proposed": _("footprint proposed"),
    "footprint published": _("footprint published"),
    "footprint shown": _("footprint made visible to partners"),
    "footprint shown no longer": _("footprint no longer visible to partners"),
    "footprint withdrawn": _("footprint withdrawn"),
    "footprints offered": _("product footprints offered to the park changed"),
    "history taken in": _("historical data imported by the office"),
    "invitation withdrawn": _("invitation withdrawn"),
    "invited": _("person invited"),
    "key changed": _("key of the park changed"),
    "lock-out lifted": _("lock-out lifted"),
    "partner address entered": _("address of a partner's node entered"),
    "partner approved": _("partner approved"),
    "partner proposed": _("partner proposed"),
    "partner rejected": _("partner rejected"),
    "partner removed": _("partner removed"),
    "partner withdrew footprint": _("footprint withdrawn by a partner"),
    "partner secret made": _("new secret created for a partner"),
    "password changed": _("password changed"),
    "password link": _("link for a new password created"),
    "publication withdrawn": _("publication withdrawn"),
    "places told": _("enterprises informed of their positions"),
    "published": _("figures published"),
    "recovery code used": _("recovery code used"),
    "recovery codes made": _("recovery codes made"),
    "request answered": _("partner answered a request"),
    "request fulfilled": _("request of a partner fulfilled"),
    "request rejected": _("request of a partner rejected"),
    "restored": _("park restored from a backup"),
    "restored unauthenticated": _("park restored from an unverified backup"),
    "returned": _("report returned"),
    "role": _("role changed"),
    "role given": _("role given"),
    "saved": _("draft saved"),
    "second factor dropped": _("second factor removed by the office"),
    "second factor off": _("second factor removed"),
    "second factor on": _("second factor set up"),
    "sessions ended": _("sessions ended"),
    "shared": _("report shared"),
    "sharing ended": _("sharing ended"),
    "submitted": _("report submitted"),
    "supplier linked": _("supplier's footprint chosen for a purchase"),
    "supplier unlinked": _("supplier's footprint no longer used for a purchase"),
    "taken in": _("report imported by the office"),
    "token made": _("token created for a program"),
    "token revoked": _("token of a program revoked"),
    "withdrawn": _("report withdrawn from approval"),
}
"""What people call each action; one that is not here is shown by its own name."""

ACTORS = {
    "command line": _("command line"),
    "outbox": _("outbox"),
    "platform": _("platform"),
    "seeding": _("seeding"),
}
"""Names of actors that are not people."""

A_PARTNER = "partner "
"""With what the log begins to call the program of a partner; its id follows."""

BATCH = 500


def entries_for(scope: Scope) -> QuerySet[LogEntry]:
    """Return the entries that a scope may read: all, those of one enterprise, or none."""
    entries: QuerySet[LogEntry] = LogEntry.objects.order_by("-number")
    if scope.sees_all:
        return entries
    return entries.filter(about=scope.enterprise) if scope.enterprise else entries.none()


def current_head() -> Head | None:
    """Return the head of the log."""
    return head_of(LogEntry.objects.order_by("-number").first())


def check_log(heads: Iterable[Head] = ()) -> ChainReport:
    """Go through the whole log: against itself, publications, reports and memberships, and against heads.

    Parameters
    ----------
    heads : iterable of Head
        Heads that were printed, besides those that publications carry.
    """
    with whole_park("the log is compared with all reports and accounts; only their numbers are shown"):
        # One statement sees one moment, so that what is appended meanwhile comes as a whole or not at all.
        last = LogEntry.objects.order_by("-number").values_list("number", flat=True).first() or 0
        published = [Head(p.chain_number, p.chain_head) for p in Publication.objects.all()]
        return verified(
            LogEntry.objects.filter(number__lte=last).order_by("number").iterator(chunk_size=BATCH),
            [*published, *heads],
            compare_with_rows(),
        )


@dataclass(frozen=True)
class ToldEntry:
    """An entry as a page shows it: what was done, and by whom as far as the reader may know that."""

    entry: LogEntry
    action: Any
    actor: Any


def told_entries(entries: Iterable[LogEntry]) -> Sequence[ToldEntry]:
    """Return entries with the names of those who acted.

    People of an enterprise see the names of their colleagues; others are shown by their role.
    """
    rows = list(entries)
    scope = current()
    numbers = {int(e.actor) for e in rows if e.actor.isdecimal()}
    people = {str(p.pk): p for p in Person.objects.filter(pk__in=numbers)}
    partners = _partners_in(rows, scope)

    def actor_name(actor: str) -> Any:
        person = people.get(actor)
        if person is None:
            if actor.isdecimal():
                return _("a former person, number {number}").format(number=actor)
            if actor.startswith(A_PARTNER):
                return partners.get(actor, _("a partner's program"))
            return ACTORS.get(actor, actor)
        if scope.sees_all or (scope.enterprise is not None and person.enterprise_id == scope.enterprise):
            return person.email
        return person.get_role_display()

    return [ToldEntry(e, ACTIONS.get(e.action, e.action), actor_name(e.actor)) for e in rows]


def _partners_in(rows: Iterable[LogEntry], scope: Scope) -> dict[str, Any]:
    """Return an enterprise's names for the partners that acted; other readers do not see them."""
    numbers = {e.actor.removeprefix(A_PARTNER) for e in rows if e.actor.startswith(A_PARTNER)}
    if scope.enterprise is None or not numbers:
        return {}
    found = Partner.objects.filter(enterprise_id=scope.enterprise, pk__in=numbers)
    return {p.actor: _("partner {name}").format(name=p.name) for p in found}

"""The log as shown to people: the entries visible to a person, and whether the chain is intact.

Compare the log with the rows of reports, accounts, publications and means of access, in both directions.

Each entry must have its row, and each row its entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix_park.accounts.invitations import OFFER, VALID_FOR
from separatrix_park.models.footprints import Partner
from separatrix_park.models.people import Enterprise, Invitation, Person, Token
from separatrix_park.models.records import LogEntry, Publication
from separatrix_park.models.reports import Report, Sharing
from separatrix_park.records.chain import Break, ChainReport, Head, Kind, head_of, verified
from separatrix_park.reporting.evidence import subject_of_sharing
from separatrix_park.scope import Scope, current, whole_park
from separatrix_park.tokens import LONGEST_DAYS

__all__ = [
    "ACTIONS",
    "ToldEntry",
    "check_log",
    "compare_with_rows",
    "current_head",
    "entries_for",
    "told_entries",
]

STATES = {
    "saved": "draft",
    "withdrawn": "draft",
    "submitted": "submitted",
    "taken in": "submitted",
    "approved": "approved",
    "history taken in": "approved",
    "returned": "returned",
    "deleted": "deleted",
    "discarded": "deleted",
}
"""In which state each action leaves the version of a report whose hash is its subject."""

SUBMITTING = ("submitted", "taken in", "history taken in")
ENTERING = ("saved", "submitted")
JUDGING = ("approved", "returned")
ON_FACTORS = (
    *("second factor on", "second factor off", "second factor dropped"),
    *("restored", "restored unauthenticated"),
)
ON_PARTNERS = ("partner approved", "partner removed")
ON_PEOPLE = ("accepted", "role given", "role", "activated", "deactivated", "enterprise deleted")
BATCH = 500
CLOCKS = timedelta(hours=1)
"""How far the clocks of the service and of the database may be apart."""

COMPARED = (Report, Enterprise, Person, Authenticator, Invitation, Token, Sharing, Partner, Publication)
"""The tables whose rows are compared; the page of threats names the others, which a test asks for."""


@dataclass(frozen=True)
class _Entry:
    number: int
    action: str
    actor: str
    about: UUID | None
    at: datetime
    detail: str = ""


def compare_with_rows() -> list[Break]:
    """Return where the log and the rows disagree; the caller's scope sees all of them."""
    found = [*_all()]
    if not found:
        return found
    # Rows and log were read one after the other; what somebody did between the two is no disagreement.
    with transaction.atomic():
        LogEntry.hold()
        return [*_all()]


def _all() -> Iterator[Break]:
    for compared in (
        *(_reports, _enterprises, _memberships, _second_factors),
        *(_invitations, _tokens, _sharings, _partners, _publications),
    ):
        yield from compared()


def _entries(actions: tuple[str, ...]) -> Iterator[tuple[str, _Entry]]:
    rows = LogEntry.objects.filter(action__in=actions).order_by("number")
    for row in rows.iterator(chunk_size=BATCH):
        yield row.subject, _Entry(row.number, row.action, row.actor, row.about, row.at)


# --------------------------------------------------------------------------- reports and judgements


def _reports() -> Iterator[Break]:
    last: dict[str, _Entry] = {}
    submitters: dict[str, str] = {}
    entered: dict[str, set[str]] = {}
    for subject, entry in _entries(tuple(STATES)):
        last[subject] = entry
        if entry.action in SUBMITTING:
            submitters[subject] = entry.actor
        if entry.action in ENTERING:
            entered.setdefault(subject, set()).add(entry.actor)
    people = {str(pk) for pk in Person.objects.values_list("pk", flat=True)}

    def acted(person: int | None, actor: str) -> bool:
        """Return whether a row names the actor; a row without a person is right if the actor's account is
        gone."""
        return str(person) == actor if person is not None else actor not in people

    there = set[str]()
    reports = Report.objects.exclude(state=Report.State.DELETED).order_by("pk")
    for report in reports.iterator(chunk_size=BATCH):
        digest, state = report.digest(), str(report.state)
        there.add(digest)
        if digest not in last:
            if state != Report.State.DRAFT:  # a draft counts for nothing before it is submitted
                yield Break(Kind.REPORT, report.pk)
            continue
        entry = last[digest]
        if STATES[entry.action] != state:
            yield Break(Kind.STATE, report.pk, entry.number)
        elif entry.about is not None and entry.about != report.enterprise_id:
            yield Break(Kind.OWNER, report.pk, entry.number)
        elif state in ("approved", "returned") and not acted(report.judge_id, entry.actor):
            yield Break(Kind.JUDGE, report.pk, entry.number)
        elif entry.action in JUDGING and entry.actor in entered.get(digest, ()):
            yield Break(Kind.ALONE, report.pk, entry.number)
        elif state != Report.State.DRAFT and not acted(
            report.submitter_id, submitters.get(digest, str(report.submitter_id))
        ):
            yield Break(Kind.SUBMITTER, report.pk, entry.number)
    for digest, entry in last.items():
        if STATES[entry.action] not in ("draft", "deleted") and digest not in there:
            yield Break(Kind.GONE, entry.number)


# --------------------------------------------------------------------------- members and their people


def _enterprises() -> Iterator[Break]:
    admitted = {subject: entry.number for subject, entry in _entries(("enterprise admitted",))}
    deleted = {str(entry.about) for _, entry in _entries(("enterprise deleted",))}
    there = set[str]()
    for enterprise in Enterprise.objects.order_by("key"):
        there.add(str(enterprise.pk))
        # Where none is admitted they came past all pages, as those of an example that an older version made.
        if admitted and str(enterprise.pk) not in admitted:
            yield Break(Kind.MEMBER, 0, name=str(enterprise.key))
        elif enterprise.left is not None:
            yield Break(Kind.MEMBER_HIDDEN, 0, name=str(enterprise.key))
    for subject, number in admitted.items():
        if subject not in there and subject not in deleted:
            yield Break(Kind.MEMBER_GONE, number)


def _memberships() -> Iterator[Break]:
    roles: dict[int, _Entry] = {}
    active: dict[int, bool] = {}
    deleted = set[UUID | None]()
    for subject, entry in _entries(ON_PEOPLE):
        named = subject.split()
        if entry.action == "enterprise deleted":
            deleted.add(entry.about)
        elif entry.action == "accepted":
            if entry.actor.isdecimal():
                roles[int(entry.actor)] = _Entry(
                    entry.number, entry.action, entry.actor, entry.about, entry.at, _invited(subject)
                )
        elif len(named) >= 2 and named[0] == "person" and named[1].isdecimal():
            number = int(named[1])
            if entry.action in ("role", "role given"):
                role = named[2] if len(named) > 2 else ""  # older versions did not say to which role
                roles[number] = replace(entry, detail=role)
            else:
                active[number] = entry.action == "activated"
    there = set[int]()
    for person in Person.objects.order_by("pk").iterator(chunk_size=BATCH):
        there.add(person.pk)
        if person.pk not in roles:
            if _can_sign_in(person):  # those of an example cannot
                yield Break(Kind.PERSON, person.pk)
            continue
        entry = roles[person.pk]
        if entry.about != person.enterprise_id or (entry.detail and entry.detail != person.role):
            yield Break(Kind.ROLE, person.pk, entry.number)
        elif person.is_active != active.get(person.pk, True):
            yield Break(Kind.ACTIVE, person.pk, entry.number)
    for number, entry in roles.items():
        if number not in there and entry.about not in deleted:
            yield Break(Kind.PERSON_GONE, number, entry.number)


def _second_factors() -> Iterator[Break]:
    on: dict[int, bool] = {}
    left_out = set[int]()
    for subject, entry in _entries(ON_FACTORS):
        if entry.action.startswith("restored"):
            left_out |= {number for number, there in on.items() if there}
        elif subject.startswith("person ") and subject[7:].isdecimal():
            number = int(subject[7:])
            on[number] = entry.action == "second factor on"
            left_out.discard(number)
    there = set(Authenticator.objects.filter(type=Authenticator.Type.TOTP).values_list("user_id", flat=True))
    for number in Person.objects.order_by("pk").values_list("pk", flat=True):
        # A restore without the key of the park leaves second factors out.
        if (number in there) != on.get(number, False) and number not in left_out:
            yield Break(Kind.SECOND_FACTOR, number)


def _can_sign_in(person: Person) -> bool:
    """Return whether an account opens by anything: a provider of sign-ins knows its people by address."""
    return (
        person.has_usable_password()
        or person.last_login is not None
        or settings.PARK.access.sign_on is not None
    )


def _invited(token_hash: str) -> str:
    """Return the role of an invitation, for people without a role entry in the log."""
    role = Invitation.objects.filter(token_hash=token_hash).values_list("role", flat=True).first()
    return str(role or "")


# --------------------------------------------------------------------------- what lets somebody in or read


def _invitations() -> Iterator[Break]:
    offers: dict[str, tuple[_Entry, str]] = {}
    ended = set[str]()
    joined: dict[str, tuple[int, str]] = {}
    for subject, entry in _entries(("invited", "invitation withdrawn", "accepted", "role given")):
        if entry.action == "role given":
            number, offered = joined.pop(entry.actor, (0, ""))
            if offered and offered != subject.rpartition(" ")[2]:
                yield Break(Kind.JOINED, int(entry.actor), number)
            continue
        token, _, role = subject.partition(" ")
        token = token[:OFFER]
        if entry.action == "invited":
            offers[token] = entry, role  # older versions did not say to which role
            continue
        ended.add(token)
        if entry.action == "accepted" and entry.actor.isdecimal():
            offer, role = offers.get(token, (None, ""))
            joined[entry.actor] = entry.number, role
            if offer is None or offer.about != entry.about:
                yield Break(Kind.JOINED, int(entry.actor), entry.number)
    unused = Invitation.objects.filter(used=None, withdrawn=None, expires__gt=timezone.now())
    for one in unused.order_by("pk"):
        token = one.token_hash[:OFFER]
        offer, role = offers.get(token, (None, ""))
        same = offer is not None and offer.about == one.enterprise_id and role in ("", one.role)
        if offer is None or not same or token in ended or one.expires > offer.at + VALID_FOR + CLOCKS:
            yield Break(Kind.INVITATION, one.pk)


def _tokens() -> Iterator[Break]:
    last = dict(_entries(("token made", "token revoked")))
    for token in Token.objects.filter(revoked=None, expires__gt=timezone.now()).order_by("pk"):
        entry = last.get(token.secret_hash)
        longest = timedelta(days=LONGEST_DAYS) + CLOCKS
        if (
            entry is None
            or (entry.action, entry.actor) != ("token made", str(token.person_id))
            or token.expires > entry.at + longest
        ):
            yield Break(Kind.TOKEN, token.pk)


def _sharings() -> Iterator[Break]:
    last = {subject: entry.action for subject, entry in _entries(("shared", "sharing ended"))}
    # Examples share without a word in the log; nobody admits their members either.
    admitted = {subject for subject, _ in _entries(("enterprise admitted",))}
    for sharing in Sharing.objects.exclude(recipient=None).order_by("pk"):
        if str(sharing.enterprise_id) in admitted and last.get(subject_of_sharing(sharing)) != "shared":
            yield Break(Kind.SHARING, sharing.pk)


def _partners() -> Iterator[Break]:
    last = dict(_entries(ON_PARTNERS))
    for partner in Partner.objects.filter(state="approved").order_by("pk"):
        entry = last.get(str(partner.pk))
        if entry is None or (entry.action, entry.about) != ("partner approved", partner.enterprise_id):
            yield Break(Kind.PARTNER, 0, name=str(partner.name))


# --------------------------------------------------------------------------- publications


def _publications() -> Iterator[Break]:
    published = {subject: entry.number for subject, entry in _entries(("published",))}
    withdrawn = {subject for subject, _ in _entries(("publication withdrawn",))}
    for one in Publication.objects.order_by("number"):
        digest = one.digest()
        if published.pop(digest, None) is None:
            yield Break(Kind.PUBLICATION, one.number)
        elif (one.withdrawn is not None) != (digest in withdrawn):
            yield Break(Kind.WITHDRAWAL, one.number)
    for number in published.values():
        yield Break(Kind.PUBLICATION_GONE, number)


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

    Raises
    ------
    InputError
        W207 where a row holds what no version of the program writes, such as an id that is not a UUID.
    """
    with whole_park("the log is compared with all reports and accounts; only their numbers are shown"):
        # One statement sees one moment, so that what is appended meanwhile comes as a whole or not at all.
        last = LogEntry.objects.order_by("-number").values_list("number", flat=True).first() or 0
        try:
            published = [Head(p.chain_number, p.chain_head) for p in Publication.objects.all()]
            return verified(
                LogEntry.objects.filter(number__lte=last).order_by("number").iterator(chunk_size=BATCH),
                [*published, *heads],
                compare_with_rows(),
            )
        except (ValueError, TypeError) as problem:
            raise InputError(
                "W207",
                say("a row of the database cannot be read: {why}", why=str(problem)[:200]),
                hint=say("it was changed or damaged; compare it with a backup"),
            ) from problem


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

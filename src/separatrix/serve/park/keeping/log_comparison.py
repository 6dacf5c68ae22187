"""Compare the log with the rows of reports, accounts, publications and means of access, in both directions.

Each entry must have its row, and each row its entry.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from separatrix.serve.park.accounts.invitation import OFFER
from separatrix.serve.park.keeping.chain import Break, Kind
from separatrix.serve.park.models import (
    Invitation,
    LogEntry,
    Person,
    Publication,
    Report,
    Sharing,
    Token,
)
from separatrix.serve.park.reporting.shared_report import subject_of_sharing

__all__ = ["compare_with_rows"]

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
ON_PEOPLE = ("accepted", "role given", "role", "activated", "deactivated", "enterprise deleted")
BATCH = 500


@dataclass(frozen=True)
class _Entry:
    number: int
    action: str
    actor: str
    about: UUID | None
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
    for compared in (_reports, _memberships, _invitations, _tokens, _sharings, _publications):
        yield from compared()


def _entries(actions: tuple[str, ...]) -> Iterator[tuple[str, _Entry]]:
    rows = LogEntry.objects.filter(action__in=actions).order_by("number")
    for row in rows.iterator(chunk_size=BATCH):
        yield row.subject, _Entry(row.number, row.action, row.actor, row.about)


# --------------------------------------------------------------------------- reports and judgements


def _reports() -> Iterator[Break]:
    last: dict[str, _Entry] = {}
    submitters: dict[str, str] = {}
    for subject, entry in _entries(tuple(STATES)):
        last[subject] = entry
        if entry.action in SUBMITTING:
            submitters[subject] = entry.actor
    people = {str(pk) for pk in Person.objects.values_list("pk", flat=True)}

    def acted(person: int | None, actor: str) -> bool:
        """Return whether a row names who acted; nobody where that account is gone."""
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
        elif state != Report.State.DRAFT and not acted(
            report.submitter_id, submitters.get(digest, str(report.submitter_id))
        ):
            yield Break(Kind.SUBMITTER, report.pk, entry.number)
    for digest, entry in last.items():
        if STATES[entry.action] not in ("draft", "deleted") and digest not in there:
            yield Break(Kind.GONE, entry.number)


# --------------------------------------------------------------------------- memberships


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
                    entry.number, entry.action, entry.actor, entry.about, _invited(subject)
                )
        elif len(named) >= 2 and named[0] == "person" and named[1].isdecimal():
            number = int(named[1])
            if entry.action in ("role", "role given"):
                role = named[2] if len(named) > 2 else ""  # older versions did not say to which role
                roles[number] = _Entry(entry.number, entry.action, entry.actor, entry.about, role)
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


def _can_sign_in(person: Person) -> bool:
    """Return whether an account opens by anything: a provider of sign-ins knows its people by address."""
    return (
        person.has_usable_password()
        or person.last_login is not None
        or settings.PARK.access.sign_on is not None
    )


def _invited(token_hash: str) -> str:
    """Return to which role an invitation was, for people of whom no entry says the role."""
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
        if offer is None or token in ended or offer.about != one.enterprise_id or role not in ("", one.role):
            yield Break(Kind.INVITATION, one.pk)


def _tokens() -> Iterator[Break]:
    last = dict(_entries(("token made", "token revoked")))
    for token in Token.objects.filter(revoked=None, expires__gt=timezone.now()).order_by("pk"):
        entry = last.get(token.secret_hash)
        if entry is None or (entry.action, entry.actor) != ("token made", str(token.person_id)):
            yield Break(Kind.TOKEN, token.pk)


def _sharings() -> Iterator[Break]:
    last = {subject: entry.action for subject, entry in _entries(("shared", "sharing ended"))}
    # Examples share without a word in the log; nobody admits their members either.
    admitted = {subject for subject, _ in _entries(("enterprise admitted",))}
    for sharing in Sharing.objects.exclude(recipient=None).order_by("pk"):
        if str(sharing.enterprise_id) in admitted and last.get(subject_of_sharing(sharing)) != "shared":
            yield Break(Kind.SHARING, sharing.pk)


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

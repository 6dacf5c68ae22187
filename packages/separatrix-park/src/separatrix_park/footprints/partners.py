"""Partners of an enterprise: two of its people want each, and each signs in by a secret of its own.

Whatever opens a way in or out, a partner and the address of its node, is proposed by one person and approved
by another; what closes one takes a single person.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix_park.accounts.key import PARTNERS, KeyFile
from separatrix_park.footprints.cloud_event import node_address, without_records
from separatrix_park.footprints.connection_text import Connection
from separatrix_park.footprints.enterprise_urns import company_urns
from separatrix_park.footprints.node_token import hash_of_secret
from separatrix_park.models.footprints import Partner, SentEvent
from separatrix_park.models.log import LogEntry
from separatrix_park.models.people import Person
from separatrix_park.scope import SPEAK_FOR_ONE, Role

__all__ = [
    "approve",
    "enter_connection",
    "propose",
    "reject",
    "remove",
    "renew_secret",
    "waiting_sign",
]

_CONNECTION = ("address", "token_address", "remote_client", "remote_secret", "company_ids")
"""The fields that say how a partner's node is called."""

SECRET_BYTES = 32
MOST = 500
"""Partners of an enterprise that are proposed or approved."""


def propose(name: str, connection: Connection | None, by: Person) -> Partner:
    """Propose a partner for one's own enterprise.

    Parameters
    ----------
    name : str
        Name used within one's own enterprise.
    connection : Connection or None
        Connection to its node; None if not known yet.
    by : Person

    Raises
    ------
    InputError
        W316 where there are too many, one is there already, or it is the enterprise itself.
    """
    _require(by, *SPEAK_FOR_ONE)
    _require_another(connection, by)
    with transaction.atomic():
        there = Partner.objects.filter(enterprise_id=by.enterprise_id, state__in=("proposed", "approved"))
        if there.count() >= MOST:
            raise _not_now(say("there are {count} partners", count=MOST), say("remove those not needed"))
        called, address = name.strip()[:200], "" if connection is None else connection.address
        for other in there:
            same = other.address == address if address and other.address else other.name == called
            if same:
                raise _not_now(
                    say("{name} is proposed or approved already", name=other.name),
                    say("open its page: there its connection text is entered"),
                )
        made = Partner(enterprise_id=by.enterprise_id, name=called, proposer=by)
        if connection is not None:
            _set(made, _stored_connection(connection))
        made.save()
        LogEntry.append(str(by.pk), "partner proposed", str(made.pk))
    return made


def enter_connection(partner: Partner, connection: Connection, by: Person) -> Partner:
    """Enter how a partner's node is called; until a second person approves that, nothing is sent there.

    Raises
    ------
    InputError
        W316 where the partner was rejected or removed, or it is the enterprise itself.
    """
    _require(by, *SPEAK_FOR_ONE)
    _require_another(connection, by)
    with _locked_partner(partner) as row:
        if row.state == "proposed":
            _set(row, _stored_connection(connection))
            row.proposer = by
        elif row.state == "approved":
            row.pending = {**_stored_connection(connection), "by": by.pk}
        else:
            raise _not_now(say("{name} is no longer a partner", name=row.name), say("propose it again"))
        row.save()
        LogEntry.append(str(by.pk), "partner address entered", str(row.pk))
    return row


def approve(partner: Partner, by: Person, seen: str | None = None) -> tuple[Partner, Connection | None]:
    """Approve a partner, or the new address of its node, that another person proposed.

    Parameters
    ----------
    partner : Partner
    by : Person
    seen : str, optional
        Result of `waiting_sign` for the version that was reviewed; no other version is approved.

    Returns
    -------
    Partner
    Connection or None
        How the partner calls us, to be shown this once: for a new partner of a park that is reached over
        https.

    Raises
    ------
    InputError
        W316 if nothing waits, the person proposed it, or another address waits by now.
    """
    _require(by, Role.APPROVAL)
    made = None
    with _locked_partner(partner) as row:
        waits = row.state == "proposed" or (row.state == "approved" and row.pending.get("address"))
        if seen is not None and waits and seen != waiting_sign(row):
            raise _not_now(
                say("another address waits by now than the one that you looked at"),
                say("look at it again, and approve that"),
            )
        if row.state == "proposed":
            _require_second(row.proposer_id, by)
            row.state = "approved"
            row.judge, row.judged, row.why = by, timezone.now(), ""
            made = _new_secret(row)
        elif row.state == "approved" and row.pending.get("address"):
            _require_second(row.pending.get("by"), by)
            _set(row, row.pending)
            row.judge, row.judged, row.pending, row.trouble = by, timezone.now(), {}, ""
        else:
            raise _not_now(say("nothing of {name} waits for approval", name=row.name))
        row.save()
        LogEntry.append(str(by.pk), "partner approved", str(row.pk))
    return row, made


def waiting_sign(row: Partner) -> str:
    """Return a sign of what waits for approval: its addresses, and how one signs in there."""
    told = row.pending or {name: getattr(row, name) for name in _CONNECTION}
    kept = [row.state, *(str(told.get(name, "")) for name in _CONNECTION)]
    return hashlib.sha256(json.dumps(kept).encode()).hexdigest()


def reject(partner: Partner, why: str, by: Person) -> Partner:
    """Reject a partner, or the new address of its node, that was proposed; one may take one's own back.

    Raises
    ------
    InputError
        W316 where nothing waits.
    """
    _require(by, *SPEAK_FOR_ONE)
    with _locked_partner(partner) as row:
        if row.state == "proposed":
            _require_own_or_approval(row.proposer_id, by)
            _close(row, "rejected", why, by)
        elif row.state == "approved" and row.pending:
            _require_own_or_approval(row.pending.get("by"), by)
            row.pending = {}
        else:
            raise _not_now(say("nothing of {name} waits for approval", name=row.name))
        row.save()
        LogEntry.append(str(by.pk), "partner rejected", str(row.pk))
    return row


def remove(partner: Partner, why: str, by: Person) -> Partner:
    """Remove a partner: at once it reads nothing more, and is called no more.

    What it sent and what it was sent stay where they are; of what was still to be sent the ids stay.
    """
    _require(by, Role.APPROVAL)
    with _locked_partner(partner) as row:
        _require_approved(row)
        _close(row, "removed", why, by)
        row.save()
        # The rows are held: what arrives meanwhile would be noted first, or find nothing that waits.
        for event in SentEvent.objects.select_for_update().filter(partner=row, state="waiting"):
            event.state, event.next_try, event.ended = "given up", None, timezone.now()
            event.content = without_records(event.content)
            event.save(update_fields=["state", "next_try", "ended", "content"])
        LogEntry.append(str(by.pk), "partner removed", str(row.pk))
    return row


def renew_secret(partner: Partner, by: Person) -> Connection:
    """Return how a partner calls us with a new secret, to be shown this once; the one before ends at once.

    Raises
    ------
    InputError
        W316 if the partner is not approved, or park.toml sets no https address.
    """
    _require(by, Role.APPROVAL)
    with _locked_partner(partner) as row:
        _require_approved(row)
        made = _new_secret(row)
        if made is None:
            raise _not_now(
                say("this park is not reached over https"),
                say("set the address for partners in park.toml: [access] address"),
            )
        row.save()
        LogEntry.append(str(by.pk), "partner secret made", str(row.pk))
    return made


@contextmanager
def _locked_partner(partner: Partner) -> Iterator[Partner]:
    """Hold the row of a partner as it is now, so that of two people who decide at once one comes second."""
    with transaction.atomic():
        yield Partner.objects.select_for_update().get(pk=partner.pk)


def _require(by: Person, *roles: str) -> None:
    if by.enterprise_id is None or by.role not in roles:
        raise PermissionDenied


def _require_another(connection: Connection | None, by: Person) -> None:
    """Reject the enterprise's own node, whose text was pasted by mistake."""
    if connection is None or by.enterprise is None:
        return
    if connection.address.rstrip("/") == node_address(by.enterprise):
        raise _not_now(
            say("this is the connection text of your own enterprise"),
            say("hand that one over, and enter the one that the partner gives you"),
        )


def _require_approved(row: Partner) -> None:
    if row.state != "approved":
        raise _not_now(say("{name} is no longer a partner", name=row.name))


def _require_second(first: object, by: Person) -> None:
    if first == by.pk:
        raise _not_now(
            say("you proposed this yourself"), say("a second person of your enterprise approves it")
        )


def _require_own_or_approval(first: object, by: Person) -> None:
    if by.role != Role.APPROVAL and first != by.pk:
        raise PermissionDenied


def _new_secret(row: Partner) -> Connection | None:
    """Create a secret for a partner, of which only the hash is stored; None if the partner could not reach
    us."""
    if not settings.PARK.access.secure:
        return None
    secret = secrets.token_urlsafe(SECRET_BYTES)
    row.client_id = row.client_id or secrets.token_hex(12)
    row.secret_hash = hash_of_secret(secret)
    address = node_address(row.enterprise)
    ids = company_urns(row.enterprise_id)
    return Connection(address, f"{address}/auth/token", row.client_id, secret, row.enterprise.name, ids)


def _stored_connection(connection: Connection) -> dict[str, Any]:
    """Return how a node is called as it is kept: its secret encrypted."""
    return {
        "address": connection.address,
        "token_address": connection.token_address,
        "remote_client": connection.client,
        "remote_secret": KeyFile(settings.PARK.key_file).encrypt(connection.secret, PARTNERS),
        "company_ids": list(connection.company_ids),
    }


def _set(row: Partner, told: dict[str, Any]) -> None:
    for name in _CONNECTION:
        setattr(row, name, told[name])


def _close(row: Partner, state: str, why: str, by: Person) -> None:
    row.state, row.why = state, why.strip()[:2000]
    row.judge, row.judged = by, timezone.now()
    row.client_id, row.secret_hash, row.remote_secret, row.pending = None, "", "", {}


def _not_now(what: str, hint: str | None = None) -> InputError:
    return InputError("W316", what, hint=hint)

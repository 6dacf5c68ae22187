"""Partners of an enterprise: two of its people want each, and each signs in by a secret of its own.

Whatever opens a way in or out, a partner and the address of its node, is proposed by one person and approved
by another; what closes one takes a single person.

The connection text: what the other side needs to call a node, as a small piece of JSON to paste.

It holds a secret.  It is shown once, to the person who approved the partner, who hands it over by a way that
both sides trust.

The ids by which an enterprise identifies itself and its products, in published and calculated
footprints.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix_cluster.footprints.pact_types import is_urn
from separatrix_park.accounts.settings import PARTNERS, KeyFile
from separatrix_park.folder import strict_json
from separatrix_park.footprints.https_client import require_address
from separatrix_park.footprints.pages import hash_of_secret
from separatrix_park.footprints.partner_client import node_address, without_records
from separatrix_park.models.footprints import Partner, ProductRollUp, PublishedFootprint, SentEvent
from separatrix_park.models.people import Person
from separatrix_park.models.records import LogEntry
from separatrix_park.scope import SPEAK_FOR_ONE, Role

__all__ = [
    "Connection",
    "approve",
    "company_urns",
    "enter_connection",
    "product_urns",
    "propose",
    "read_connection",
    "reject",
    "remove",
    "renew_secret",
    "texts_of",
    "waiting_sign",
]

LONGEST = 20_000
"""Maximum length in characters; no generated text is longer."""

_CURLED = dict.fromkeys(map(ord, "\u201c\u201d\u201e\uff02"), '"')

_VISIBLE = re.compile(r"[!-~]+")


@dataclass(frozen=True)
class Connection:
    """How a node is called.

    Attributes
    ----------
    address : str
        Below which ``/3/footprints`` lies.
    token_address : str
        Where it hands out tokens.
    client, secret : str
        How one signs in there.
    company : str
        Whose node it is, as its own people call it; may be empty.
    company_ids : tuple of str
        URNs by which the enterprise is known; may be none.
    """

    address: str
    token_address: str
    client: str
    secret: str
    company: str = ""
    company_ids: tuple[str, ...] = ()

    def __str__(self) -> str:
        return json.dumps(
            {
                "node": self.address,
                "token": self.token_address,
                "client_id": self.client,
                "client_secret": self.secret,
                "company": self.company,
                "company_ids": list(self.company_ids),
            },
            ensure_ascii=False,
            indent=1,
        )


def read_connection(text: str) -> Connection:
    """Return what a connection text says.

    Raises
    ------
    InputError
        W315 where it cannot be read, with what is lacking; W310 where an address of it may not be called.

    Examples
    --------
    >>> made = Connection("https://p.example/pact", "https://p.example/token", "us", "hush", "Partner")
    >>> read_connection(str(made)) == made
    True
    """
    # Mail and chat put words around it, and curl its quotes.
    inner = text[text.find("{") : text.rfind("}") + 1]
    told = _parsed(inner) or _parsed(inner.translate(_CURLED))
    if not isinstance(told, dict):
        raise _unread(say("the connection text is not valid JSON with the four parts of a PACT connection"))
    node, token, client, secret = (_word(told, name, most) for name, most in _WORDS.items())
    require_address(node)
    require_address(token)
    if ":" in client:  # by which the two are joined where one signs in
        raise _lacks("client_id")
    company = told.get("company", "")
    ids = told.get("company_ids", [])
    if not isinstance(company, str):
        raise _lacks("company")
    if not isinstance(ids, list) or any(is_urn(one) for one in ids):
        raise _lacks("company_ids")
    return Connection(node, token, client, secret, " ".join(company.split())[:200], tuple(ids[:50]))


def _parsed(text: str) -> Any:
    try:
        return strict_json(text.encode()) if len(text) <= LONGEST else None
    except ValueError:  # half a character is one as well
        return None


_WORDS = {"node": 500, "token": 500, "client_id": 200, "client_secret": 1000}
"""What it has to hold, and how long each may be."""


def _word(told: dict[str, Any], name: str, most: int) -> str:
    found = told.get(name)
    if not isinstance(found, str) or len(found) > most or not _VISIBLE.fullmatch(found):
        raise _lacks(name)
    return found


def _lacks(name: str) -> InputError:
    return _unread(say("`{name}` is lacking, or cannot be one", name=name))


def _unread(why: str) -> InputError:
    return InputError(
        "W315",
        say("the connection text cannot be read: {why}", why=why),
        hint=say("paste the whole of it, from the first brace to the last"),
    )


def company_urns(enterprise: UUID) -> tuple[str, ...]:
    """Return the ids of an enterprise, its default id first."""
    lists = _published(enterprise).order_by("published").values_list("record__companyIds", flat=True)
    return tuple(dict.fromkeys((enterprise.urn, *_all_of(lists))))


def product_urns(enterprise: UUID, *, proposed: bool = False) -> frozenset[str]:
    """Return the ids of the products of an enterprise, case folded; also of those only proposed, if asked."""
    rows = _published(enterprise, proposed=proposed)
    worked_out = ProductRollUp.objects.filter(enterprise_id=enterprise).values_list("product_id", flat=True)
    named = (*_all_of(rows.values_list("record__productIds", flat=True)), *worked_out.order_by().distinct())
    return frozenset(one.casefold() for one in named)


def _published(enterprise: UUID, *, proposed: bool = False) -> QuerySet[PublishedFootprint]:
    rows: QuerySet[PublishedFootprint] = PublishedFootprint.objects.filter(enterprise_id=enterprise)
    # What is only proposed may yet be another's that somebody mistook.
    return rows if proposed else rows.exclude(state="draft")


def _all_of(lists: Iterable[Any]) -> list[str]:
    return [one for told in lists for one in texts_of(told)]


def texts_of(told: Any) -> list[str]:
    """Return the texts of a list in a record; none if it is not a list.

    Examples
    --------
    >>> texts_of(["urn:gtin:1", None]), texts_of(None)
    (['urn:gtin:1'], [])
    """
    return [one for one in told if isinstance(one, str)] if isinstance(told, list) else []


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
    """Create a secret for a partner, and store only its hash; None if the partner could not reach
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

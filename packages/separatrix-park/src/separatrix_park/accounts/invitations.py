"""Joining without sign-up: a first link or an invitation creates an account, once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, validate_email
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix_park.models.people import Enterprise, Invitation, Person
from separatrix_park.models.records import LogEntry

__all__ = ["OFFER", "accept", "invitation_of", "invite", "open_invitation", "renew", "withdraw"]

VALID_FOR = timedelta(days=14)
OFFER = 54
"""Characters of the hash of an invitation that the log records, before its role."""

LONGEST = 254
"""Characters of an address, as the database keeps it (RFC 5321, 4.5.3.1.3)."""


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def invite(email: str, role: str, enterprise: Enterprise | None, by: str) -> str:
    """Make an invitation and return its secret, which is kept nowhere.

    Parameters
    ----------
    email, role, enterprise
        Of the invited person.
    by : str
        The number of a person, or another actor for the log.

    Raises
    ------
    InputError
        W203 if the address is invalid, or its owner has already joined.
    """
    address = email.strip().lower()
    try:
        validate_email(address)
        MaxLengthValidator(LONGEST)(address)
    except ValidationError:
        raise InputError(
            "W203", say("`{email}` is not a valid e-mail address", email=email[: LONGEST + 1])
        ) from None
    if Person.objects.filter(email__iexact=address).exists():
        raise InputError("W203", say("`{email}` has joined already", email=email))
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        Invitation.objects.create(
            token_hash=_hash(token),
            email=address,
            role=role,
            enterprise=enterprise,
            by=by,
            expires=timezone.now() + VALID_FOR,
        )
        LogEntry.append(by, "invited", _offer(token, role), enterprise.pk if enterprise else None)
    return token


def _offer(token: str, role: str) -> str:
    """Return the subject of an invitation in the log; `verify` compares it with the row."""
    return f"{_hash(token)[:OFFER]} {role}"


def _open() -> QuerySet[Invitation]:
    found: QuerySet[Invitation] = Invitation.objects.filter(
        used__isnull=True, withdrawn__isnull=True, expires__gt=timezone.now()
    )
    return found


def open_invitation(token: str) -> Invitation | None:
    """Return the invitation of a secret, if it is neither used nor withdrawn nor expired."""
    return _open().filter(token_hash=_hash(token)).first()


def invitation_of(address: str) -> Invitation | None:
    """Return the newest open invitation of an e-mail address."""
    return _open().filter(email__iexact=address).order_by("-pk").first()


def withdraw(invitation: Invitation, by: str) -> bool:
    """End an invitation; return whether it was still open."""
    with transaction.atomic():
        ended = _open().filter(pk=invitation.pk).update(withdrawn=timezone.now())
        if ended:
            LogEntry.append(by, "invitation withdrawn", invitation.token_hash, invitation.enterprise_id)
    return bool(ended)


def renew(invitation: Invitation, by: str) -> str | None:
    """Give an invitation a new secret and return it; the old one works no more.  None where it was used."""
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        renewed = Invitation.objects.filter(pk=invitation.pk, used__isnull=True).update(
            token_hash=_hash(token), withdrawn=None, expires=timezone.now() + VALID_FOR
        )
        if renewed:
            LogEntry.append(by, "invited", _offer(token, str(invitation.role)), invitation.enterprise_id)
    return token if renewed else None


def accept(invitation: Invitation, password: str | None, name: str = "") -> Person | None:
    """Create the account of an invitation; None if the person has joined meanwhile.

    Parameters
    ----------
    invitation : Invitation
    password : str or None
        None for a person who logs in through a provider.
    name : str
        Name of the person.
    """
    try:
        return _accept_invitation(invitation, password, name)
    except IntegrityError:  # the address has an account since
        return None


def _accept_invitation(invitation: Invitation, password: str | None, name: str) -> Person | None:
    with transaction.atomic():
        # One statement decides who was first; a look before it would let two in.
        taken = _open().filter(pk=invitation.pk, token_hash=invitation.token_hash).update(used=timezone.now())
        if not taken:
            return None
        person = Person.objects.create_user(invitation.email, invitation.role, invitation.enterprise_id)
        person.name = name
        if password is not None:
            person.set_password(password)
        person.save()
        LogEntry.append(str(person.pk), "accepted", invitation.token_hash, invitation.enterprise_id)
        LogEntry.append(
            str(person.pk), "role given", f"person {person.pk} {person.role}", person.enterprise_id
        )
    return person

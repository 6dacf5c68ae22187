"""How people come in: nobody signs up; a first link or an invitation makes an account, once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from separatrix.errors import InputError
from separatrix.sentence import say
from separatrix.serve.park.models.log import LogEntry
from separatrix.serve.park.models.people import Enterprise, Invitation, Person

__all__ = ["ParkAccounts", "accept", "invite", "open_invitation"]

VALID_FOR = timedelta(days=14)


class ParkAccounts(DefaultAccountAdapter):
    """Accounts come from invitations alone."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse everybody who has no invitation; those have a page of their own."""
        return False


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def invite(email: str, role: str, enterprise: Enterprise | None, by: str) -> str:
    """Make an invitation and return its secret, which is kept nowhere.

    Raises
    ------
    InputError
        W203 where the address is none, or belongs to somebody who has joined already.
    """
    try:
        validate_email(email)
    except ValidationError:
        raise InputError("W203", say("`{email}` is no e-mail address", email=email)) from None
    if Person.objects.filter(email__iexact=email).exists():
        raise InputError("W203", say("`{email}` has joined already", email=email))
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        Invitation.objects.create(
            token_hash=_hash(token),
            email=email,
            role=role,
            enterprise=enterprise,
            expires=timezone.now() + VALID_FOR,
        )
        LogEntry.append(by, "invited", _hash(token))
    return token


def open_invitation(token: str) -> Invitation | None:
    """Return the invitation of a secret, if it is neither used nor expired."""
    known = Invitation.objects.filter(token_hash=_hash(token), used__isnull=True, expires__gt=timezone.now())
    found: Invitation | None = known.first()
    return found


def accept(invitation: Invitation, password: str) -> Person | None:
    """Make the account of an invitation; None where somebody was faster, by this or another invitation."""
    try:
        return _joined(invitation, password)
    except IntegrityError:  # the address has an account since
        return None


def _joined(invitation: Invitation, password: str) -> Person | None:
    with transaction.atomic():
        # One statement decides who was first; a look before it would let two in.
        taken = Invitation.objects.filter(pk=invitation.pk, used__isnull=True).update(used=timezone.now())
        if not taken:
            return None
        person = Person.objects.create_user(invitation.email, invitation.role, invitation.enterprise_id)
        person.set_password(password)
        person.save()
        LogEntry.append(str(person.pk), "accepted", invitation.token_hash)
    return person

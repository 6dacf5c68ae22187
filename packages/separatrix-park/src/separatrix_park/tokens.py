"""Personal access tokens: made once, shown once, and good for no more than their person may do."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, When
from django.utils import timezone

from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix_park.models.people import Person, Token, standing
from separatrix_park.models.records import LogEntry
from separatrix_park.scope import Role

__all__ = ["LONGEST_DAYS", "bearer_of", "count_request", "issue", "revoke", "tokens_for"]

MARK = "park_"
"""What each secret begins with, so that those who search for leaked ones know it."""
LONGEST_DAYS = 366
MOST = 20
"""Valid tokens of one person."""


def issue(person: Person, name: str, days: int, *, reads_only: bool) -> tuple[Token, str]:
    """Make a token and return it with its secret, which is kept nowhere.

    Raises
    ------
    InputError
        W293 where the person has too many, or asks for too long a time.
    """
    if not 1 <= days <= LONGEST_DAYS:
        raise InputError("W293", say("a token holds for 1 to {days} days", days=LONGEST_DAYS))
    secret = MARK + secrets.token_urlsafe(32)
    now = timezone.now()
    with transaction.atomic():
        held = Token.objects.select_for_update().filter(person=person, revoked__isnull=True, expires__gt=now)
        if len(held) >= MOST:
            raise InputError(
                "W293",
                say("you have {count} tokens", count=MOST),
                hint=say("revoke those that no program uses"),
            )
        token = Token.objects.create(
            person=person,
            name=name,
            beginning=secret[: len(MARK) + 6],
            secret_hash=_hash(secret),
            reads_only=reads_only,
            stands_for=standing(person),
            made=now,
            expires=now + timedelta(days=days),
        )
        LogEntry.append(str(person.pk), "token made", token.secret_hash)
    return token, secret


def bearer_of(secret: str) -> Token | None:
    """Return the token of a secret with its person, if both are good today."""
    known = Token.objects.select_related("person")
    found: Token | None = known.filter(secret_hash=_hash(secret)).first()
    if found is None or not found.holds:
        return None
    today = timezone.now().date()
    if found.used_on != today:  # once a day, so that reading does not write
        Token.objects.filter(pk=found.pk).update(used_on=today)
    return found


def count_request(token: Token, most: int) -> int:
    """Count a request of a token; return 0, or after how many seconds the next one is answered.

    One statement counts and refuses, so that processes that answer side by side hold to one limit.

    Parameters
    ----------
    token : Token
    most : int
        Requests in a minute.
    """
    now = int(timezone.now().timestamp())
    minute = now // 60
    room = Token.objects.filter(pk=token.pk).filter(~Q(minute=minute) | Q(requests__lt=most))
    counted = room.update(
        requests=Case(When(minute=minute, then=F("requests") + 1), default=1), minute=minute
    )
    return 0 if counted else 60 - now % 60


def tokens_for(person: Person) -> QuerySet[Token]:
    """Return the tokens that a person may see and revoke: their own, and the office everybody's."""
    seen = Token.objects.select_related("person").order_by("-made", "-pk")
    return seen if person.role == Role.OFFICE else seen.filter(person=person)


def revoke(token: Token, by: Person) -> None:
    """Let a token work no longer; a second time does nothing."""
    with transaction.atomic():
        done = Token.objects.filter(pk=token.pk, revoked__isnull=True).update(revoked=timezone.now())
        if done:
            LogEntry.append(str(by.pk), "token revoked", token.secret_hash)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()

"""Changes of people's own second factors: they are logged, and end the person's other sessions."""

from __future__ import annotations

from typing import Any

from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_used
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.signals import user_logged_in
from django.core.cache import cache
from django.db.models import F
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from separatrix_park.accounts.memberships import subject_of
from separatrix_park.accounts.session import SessionStore
from separatrix_park.models.people import Person
from separatrix_park.models.records import LogEntry

__all__: list[str] = []


@receiver(post_save, sender=Authenticator)
def record_second_factor(instance: Authenticator, created: bool, **_: Any) -> None:
    """Log that a person set up a second factor or created recovery codes."""
    if created:
        _note(instance, "on")


@receiver(post_delete, sender=Authenticator)
def removed(instance: Authenticator, **_: Any) -> None:
    """Log that a person removed their second factor."""
    _note(instance, "off")


@receiver(user_logged_in)
def came(**_: Any) -> None:
    """Forget the sessions that are over, once an hour; nothing else would."""
    if cache.add("park-sessions-forgotten", True, 3600):
        SessionStore.clear_expired()


@receiver(authenticator_used)
def used(authenticator: Authenticator, user: Person, **_: Any) -> None:
    """Note that a recovery code was used: one fewer is left, and it may have been found by another."""
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        LogEntry.append(str(user.pk), "recovery code used", subject_of(user), user.enterprise_id)


def _note(authenticator: Authenticator, how: str) -> None:
    request = context.request
    if request is None or getattr(request.user, "pk", None) != authenticator.user_id:
        return  # the office drops the second factor of another, and notes that itself
    person: Person = request.user
    if authenticator.type == Authenticator.Type.TOTP:
        Person.objects.filter(pk=person.pk).update(epoch=F("epoch") + 1)
        person.refresh_from_db(fields=["epoch"])
        update_session_auth_hash(request, person)
        action = f"second factor {how}"
    elif how == "on":
        action = "recovery codes made"
    else:
        return
    LogEntry.append(str(person.pk), action, subject_of(person), person.enterprise_id)

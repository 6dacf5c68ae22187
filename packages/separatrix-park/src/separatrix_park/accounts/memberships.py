"""Changes by the office to other people's accounts; each change ends the person's sessions."""

from __future__ import annotations

from collections.abc import Callable

from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.urls import reverse

from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix_park.accounts.password import ResetTokens
from separatrix_park.models.people import Enterprise, Person
from separatrix_park.models.records import LogEntry
from separatrix_park.scope import Role

__all__ = [
    "change_role",
    "drop_second_factor",
    "end_sessions",
    "password_link",
    "set_active",
    "subject_of",
    "subject_of_role",
]


def change_role(person: Person, role: str, enterprise: Enterprise | None, by: str) -> None:
    """Give a person another role or enterprise.

    Raises
    ------
    InputError
        W234 if it is one's own account, or the office would have no one left.
    """

    def changed(found: Person) -> None:
        found.role, found.enterprise = role, enterprise

    _changed(person, "role", by, changed)


def set_active(person: Person, active: bool, by: str) -> None:
    """Disable or enable a person's login.

    Raises
    ------
    InputError
        W234 if it is one's own account, or the office would have no one left.
    """

    def changed(found: Person) -> None:
        found.is_active = active

    _changed(person, "activated" if active else "deactivated", by, changed)


def drop_second_factor(person: Person, by: str) -> None:
    """Remove a lost second factor; at the next login the person sets up a new one.

    Raises
    ------
    InputError
        W234 where it is one's own account.
    """

    def changed(found: Person) -> None:
        Authenticator.objects.filter(user_id=found.pk).delete()

    _changed(person, "second factor dropped", by, changed)


def end_sessions(person: Person, by: str) -> None:
    """Sign a person out everywhere, and invalidate the links created for them."""
    with transaction.atomic():
        found = Person.objects.select_for_update().get(pk=person.pk)
        found.epoch += 1
        found.save(update_fields=["epoch"])
        LogEntry.append(by, "sessions ended", subject_of(found), found.enterprise_id)
    person.epoch = found.epoch


def password_link(person: Person, by: str) -> str:
    """Return the path of a link to set a new password once; earlier links become invalid.

    Raises
    ------
    InputError
        W234 where it is one's own account.
    """
    _changed(person, "password link", by, lambda found: None)
    key = f"{user_pk_to_url_str(person)}-{ResetTokens().make_token(person)}"
    return reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"}).replace(
        "UID-KEY", key
    )


def _changed(person: Person, action: str, by: str, change: Callable[[Person], None]) -> None:
    """Change an account with its entry in the log, and end its sessions and links."""
    if by == str(person.pk):
        raise InputError(
            "W234", say("you cannot change your own account this way; ask another person of the office")
        )
    with transaction.atomic():
        # Of two who each take the other's role away the second must see what the first has done.
        office = list(
            Person.objects.select_for_update().filter(role=Role.OFFICE, is_active=True).order_by("pk")
        )
        found = Person.objects.select_for_update().get(pk=person.pk)
        change(found)
        still = [p for p in office if p.pk != found.pk]
        if found.role == Role.OFFICE and found.is_active:
            still.append(found)
        if office and not still:
            raise InputError("W234", say("the park office would have no one left"))
        found.epoch += 1
        found.save()
        subject = subject_of_role(found) if action == "role" else subject_of(found)
        LogEntry.append(by, action, subject, found.enterprise_id)
    person.refresh_from_db()


def subject_of(person: Person) -> str:
    """Return the log's name of an account."""
    return f"person {person.pk}"


def subject_of_role(person: Person) -> str:
    """Return the log's name of an account with its new role: a later change of the row is detected."""
    return f"{subject_of(person)} {person.role}"

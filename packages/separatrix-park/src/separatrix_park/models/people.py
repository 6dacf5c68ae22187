"""People, the enterprises that they speak for, and the invitations by which they come."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac

from separatrix_park.models.tenant import NONE, OfficeRow, Scoped, ScopedManager, TenantRow, one_of
from separatrix_park.scope import DOOR, PUBLIC, SEE_ALL, SYSTEM, Role, Scope, current


class Enterprise(TenantRow):
    """A member of the park; ``key`` is its id in the tables of the cluster.

    It is its own tenant: its people read its row, and the office, which admits members, writes it.
    """

    OWNER = "id"
    WRITERS = frozenset({str(Role.OFFICE)})
    enterprise = None

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    sector = models.CharField(max_length=40, blank=True)
    joined = models.DateTimeField(auto_now_add=True)
    left = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.name)

    @classmethod
    def writable(cls, scope: Scope) -> Q | None:
        """Return all members for the office and the platform."""
        return Q() if scope.role in (*cls.WRITERS, SYSTEM) else None

    @classmethod
    def write_rule(cls) -> str:
        """Return `writable` in SQL."""
        return one_of(cls.WRITERS | {SYSTEM})

    @classmethod
    def require_values(cls, values: dict[str, Any]) -> None:
        """Take any values: a member's row is its own."""

    def require_writable(self) -> None:
        """Refuse everybody but the office and the platform."""
        Scoped.require_writable(self)


class People(ScopedManager, BaseUserManager["Person"]):
    """Makes people; a password is set by themselves through a link, never by another."""

    def create_user(self, email: str, role: str, enterprise: uuid.UUID | None = None) -> Person:
        """Return a new person without a password that works."""
        # Whoever signs in is looked up in small letters; an address kept otherwise would open no door.
        person: Person = self.model(email=email.strip().lower(), role=role, enterprise_id=enterprise)
        person.set_unusable_password()
        person.save(using=self._db)
        return person


class Person(Scoped, AbstractBaseUser):
    """A person with an account: of the office, of one enterprise, or an auditor.

    People of an enterprise see their colleagues and the office's people, and change themselves alone.
    """

    KEEPERS = frozenset({str(Role.OFFICE), SYSTEM, DOOR})

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=10, choices=Role)
    enterprise = models.ForeignKey(Enterprise, null=True, blank=True, on_delete=models.PROTECT)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=10, blank=True)
    made = models.DateTimeField(auto_now_add=True)
    epoch = models.PositiveIntegerField(default=0)
    """Counted up to end all sessions and open links of this person."""
    code_counter = models.BigIntegerField(default=0)
    """The step of time of the last code of a second factor that was used; no earlier one is taken again."""

    objects = People()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ()

    class Meta(Scoped.Meta):
        constraints = (
            models.CheckConstraint(
                name="enterprise_of_its_people_alone",
                condition=models.Q(role__in=["entry", "approval"], enterprise__isnull=False)
                | models.Q(role__in=["office", "auditor"], enterprise__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return str(self.email)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        # Django compares this at each request: what changes here ends every session at once.
        stands_for = [self.password, self.role, str(self.enterprise_id), str(self.is_active), str(self.epoch)]
        found = salted_hmac(
            "separatrix.park.session", "|".join(stands_for), secret=secret, algorithm="sha256"
        )
        return found.hexdigest()

    @classmethod
    def readable(cls, scope: Scope) -> Q:
        """Return everybody, or one's colleagues and the office."""
        if scope.role in SEE_ALL or scope.role == DOOR:
            return Q()
        if scope.enterprise is None:
            return NONE
        return Q(enterprise_id=scope.enterprise) | Q(role=Role.OFFICE)

    @classmethod
    def read_rule(cls) -> str:
        """Return `readable` in SQL."""
        return (
            f'{one_of(SEE_ALL | {DOOR})} OR {{row}}"enterprise_id" = {{own}}'
            """ OR ({own} IS NOT NULL AND {row}"role" = 'office')"""
        )

    @classmethod
    def writable(cls, scope: Scope) -> Q | None:
        """Return everybody for those who keep accounts, oneself for everybody else who is signed in."""
        if scope.role in cls.KEEPERS:
            return Q()
        return None if scope.person is None else Q(pk=scope.person)

    @classmethod
    def write_rule(cls) -> str:
        """Return `writable` in SQL, together with the rule that people cannot change their own role or
        enterprise."""
        return (
            f'{one_of(cls.KEEPERS)} OR ({{row}}"id" = {{person}} AND {{row}}"role" = {{role}}'
            ' AND {row}"enterprise_id" {same} {own})'
        )

    @classmethod
    def require_values(cls, values: dict[str, Any]) -> None:
        """Reject a change of one's own role or enterprise."""
        if current().role not in cls.KEEPERS and values.keys() & {"role", "enterprise", "enterprise_id"}:
            raise PermissionDenied

    def require_writable(self) -> None:
        """Refuse another person's row, and a role or an enterprise that one gives oneself."""
        scope = current()
        if scope.role not in self.KEEPERS and (
            self.pk is None
            or (self.pk, self.role, self.enterprise_id) != (scope.person, scope.role, scope.enterprise)
        ):
            raise PermissionDenied


class Invitation(OfficeRow):
    """A link that works once; only the hash of its secret is kept.

    The office makes it, and it is looked up and used at the door.
    """

    READERS = SEE_ALL | {DOOR}
    KEEPERS = frozenset({str(Role.OFFICE), SYSTEM, DOOR})

    token_hash = models.CharField(max_length=64, unique=True)
    email = models.EmailField()
    role = models.CharField(max_length=10, choices=Role)
    enterprise = models.ForeignKey(Enterprise, null=True, blank=True, on_delete=models.CASCADE)
    expires = models.DateTimeField()
    made = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=64, blank=True)
    used = models.DateTimeField(null=True, blank=True)
    withdrawn = models.DateTimeField(null=True, blank=True)


def scope_of(person: Person) -> Scope:
    """Return the scope of a person who is signed in."""
    if not person.is_active:
        return Scope(PUBLIC)
    return Scope(str(person.role), person.enterprise_id, person.pk)


def require(person: object, *roles: str) -> Person:
    """Return the person if they have one of the roles; raise PermissionDenied otherwise."""
    if not getattr(person, "is_active", False) or getattr(person, "role", None) not in roles:
        raise PermissionDenied
    return cast("Person", person)


def require_for(enterprise: uuid.UUID, person: Person, *roles: str) -> None:
    """Raise PermissionDenied unless the person has one of the roles for this enterprise."""
    require(person, *roles)
    if person.enterprise_id != enterprise:
        raise PermissionDenied

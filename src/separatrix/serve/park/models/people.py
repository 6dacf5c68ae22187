"""People, the enterprises that they speak for, and the invitations by which they come."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac

from separatrix.serve.park.models.tenant import TenantRow
from separatrix.serve.park.scope import SYSTEM, Role, Scope, current


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

    def require_writable(self) -> None:
        """Refuse everybody but the office and the platform."""
        if self.writable(current()) is None:
            raise PermissionDenied


class People(BaseUserManager["Person"]):
    """Makes people; a password is set by themselves through a link, never by another."""

    def create_user(self, email: str, role: str, enterprise: uuid.UUID | None = None) -> Person:
        """Return a new person without a password that works."""
        # Whoever signs in is looked up in small letters; an address kept otherwise would open no door.
        person: Person = self.model(email=email.strip().lower(), role=role, enterprise_id=enterprise)
        person.set_unusable_password()
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """Somebody with an account: of the office, of one enterprise, or an auditor."""

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

    class Meta:
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


class Invitation(models.Model):
    """A link that works once; only the hash of its secret is kept."""

    token_hash = models.CharField(max_length=64, unique=True)
    email = models.EmailField()
    role = models.CharField(max_length=10, choices=Role)
    enterprise = models.ForeignKey(Enterprise, null=True, blank=True, on_delete=models.CASCADE)
    expires = models.DateTimeField()
    made = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=64, blank=True)
    used = models.DateTimeField(null=True, blank=True)
    withdrawn = models.DateTimeField(null=True, blank=True)

"""People, the enterprises that they speak for, and the invitations by which they come.

The carbon accounts of each enterprise, based on its approved data: calculated once, and summed on
request.

Sums are read from rows that the library calculated from complete reports; no figure here is typed in.
`EnterpriseAccount.basis` identifies the approved reports, so that changed data are recalculated.

Requested answers: each for one version of the data, calculated by a job.

What programs come with: personal access tokens, and keys of requests that may be sent twice.
"""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from separatrix_park.models.tenant import (
    NONE,
    OfficeRow,
    PersonalRow,
    Scoped,
    ScopedManager,
    TenantRow,
    one_of,
)
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


class EnterpriseAccount(TenantRow):
    """Of an enterprise: on which reports its accounts rest, and what was said of them.

    ``component`` names the enterprises whose reports are used: its own, and those linked by energy
    transfers. ``told`` contains missing data, remarks on its rows and its measures, in each language.
    """

    WRITERS = frozenset()
    DERIVED = True

    basis = models.CharField(max_length=64)
    component = models.JSONField(default=list)
    told = models.JSONField(default=dict)
    made = models.DateTimeField(auto_now=True)

    class Meta(TenantRow.Meta):
        constraints = (models.UniqueConstraint(name="one_account_an_enterprise", fields=["enterprise"]),)


class AccountYear(TenantRow):
    """A year of an enterprise: GJ, t CO2e by the grid, currency; empty where nothing is known.

    ``inside`` is supplied by other enterprises of the park, and the park's total excludes it. If ``whole``
    is false, data are missing and each number is a lower bound; ``energy_whole`` states the same for
    energy. ``low`` and ``high`` bound a total with contradictory rows. ``months`` contains t CO2e and GJ by
    month, if bills are monthly; months without a bill have no value.
    """

    WRITERS = frozenset()
    DERIVED = True

    year = models.IntegerField()
    energy = models.FloatField(null=True)
    scope_1 = models.FloatField(null=True)
    scope_2 = models.FloatField(null=True)
    scope_2_market = models.FloatField(null=True)
    inside = models.FloatField(default=0.0)
    energy_inside = models.FloatField(default=0.0)
    value_added = models.FloatField(null=True)
    output = models.FloatField(null=True)
    staff = models.FloatField(null=True)
    whole = models.BooleanField(default=False)
    energy_whole = models.BooleanField(default=False)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    months = models.JSONField(default=list)

    class Meta(TenantRow.Meta):
        constraints = (models.UniqueConstraint(name="one_account_a_year", fields=["enterprise", "year"]),)
        indexes = (models.Index(fields=["year"]),)


class AccountLine(TenantRow):
    """What an enterprise used of one carrier in a year: GJ and t CO2e; or another source of emissions."""

    WRITERS = frozenset()
    DERIVED = True

    year = models.IntegerField()
    carrier = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=40)
    scope = models.IntegerField()
    inside = models.BooleanField(default=False)
    energy = models.FloatField(null=True)
    carbon = models.FloatField()

    class Meta(TenantRow.Meta):
        indexes = (models.Index(fields=["year", "carrier"]),)


class Comparison(TenantRow):
    """An enterprise's positions among peers: averages of groups that reveal no single enterprise."""

    WRITERS = frozenset()
    DERIVED = True

    data_version = models.CharField(max_length=64)
    year = models.IntegerField()
    measure = models.CharField(max_length=40)
    unit = models.CharField(max_length=40)
    own = models.FloatField(null=True)
    average = models.FloatField(null=True)
    others = models.IntegerField()
    sectors = models.JSONField(default=list)
    place = models.CharField(max_length=20, blank=True)
    why = models.JSONField(default=dict)
    made = models.DateTimeField(auto_now_add=True)


class OfficeTable(TenantRow):
    """A table of the cluster that the park office keeps: factors, benchmarks, links and the like.

    It belongs to no enterprise, so that none reads it.
    """

    WRITERS = frozenset({"office"})

    enterprise = models.ForeignKey(Enterprise, null=True, editable=False, on_delete=models.CASCADE)
    name = models.CharField(max_length=40)
    version = models.IntegerField()
    rows = models.JSONField(default=list)
    made = models.DateTimeField(auto_now_add=True)

    class Meta(TenantRow.Meta):
        constraints = (
            models.UniqueConstraint(name="one_office_table_a_version", fields=["name", "version"]),
        )


class YearBudget(TenantRow):
    """The most that the park may emit and use in a year, as its office sets it: t CO2e, and GJ."""

    WRITERS = frozenset({"office"})

    enterprise = models.ForeignKey(Enterprise, null=True, editable=False, on_delete=models.CASCADE)
    year = models.IntegerField(unique=True)
    carbon = models.FloatField(null=True)
    energy = models.FloatField(null=True)
    why = models.TextField(blank=True)
    made = models.DateTimeField(auto_now=True)


class Answer(TenantRow):
    """One answer of one kind on one version of the data; without an enterprise it is the office's.

    Jobs write it, on behalf of the platform; the person who requested it reads it. ``seen`` is the time of
    the job's last sign of life: after a server has ended, the job is restarted.
    """

    WRITERS = frozenset()
    DERIVED = True

    class State(models.TextChoices):
        """How far the work has come."""

        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

        @property
        def label(self) -> Any:
            """What people call it, in their language."""
            return {
                "waiting": _("Waiting"),
                "running": _("Running"),
                "done": _("Done"),
                "failed": _("Failed"),
                "cancelled": _("Cancelled"),
            }[self.value]

    enterprise = models.ForeignKey(Enterprise, null=True, blank=True, on_delete=models.CASCADE)
    kind = models.CharField(max_length=40)
    language = models.CharField(max_length=10)
    data_version = models.CharField(max_length=64)
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    progress = models.FloatField(default=0.0)
    cancel = models.BooleanField(default=False)
    result = models.JSONField(null=True)
    asked_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    asked = models.DateTimeField(auto_now_add=True)
    started = models.DateTimeField(null=True)
    seen = models.DateTimeField(null=True)
    tries = models.IntegerField(default=0)
    ended = models.DateTimeField(null=True)

    class Meta(TenantRow.Meta):
        indexes = (models.Index(fields=["kind", "data_version"]),)


class Token(PersonalRow):
    """A secret by which a program acts for a person, with that person's rights or with those to read alone.

    Only the hash of the secret is stored. ``stands_for`` is a hash of the person's state at its creation: a
    new role, enterprise or password, or the end of all sessions, revokes it. Like people, it is looked up
    before any identity is known. ``requests`` counts the requests in the last used ``minute``, a number of
    minutes since 1970.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    beginning = models.CharField(max_length=16)
    secret_hash = models.CharField(max_length=64, unique=True)
    reads_only = models.BooleanField(default=True)
    stands_for = models.CharField(max_length=64)
    made = models.DateTimeField()
    expires = models.DateTimeField()
    used_on = models.DateField(null=True)
    revoked = models.DateTimeField(null=True)
    minute = models.BigIntegerField(default=0)
    requests = models.IntegerField(default=0)

    @property
    def has_expired(self) -> bool:
        """Whether its last day has gone by."""
        return bool(self.expires <= timezone.now())

    @property
    def holds(self) -> bool:
        """Whether it works: neither revoked nor over, and its person is who they were."""
        person = self.person
        same = constant_time_compare(self.stands_for, standing(person))
        return bool(self.revoked is None and not self.has_expired and person.is_active and same)


def standing(person: Person) -> str:
    """Return a hash of the data behind sessions; it does not depend on the park's key, which may change."""
    return str(person._get_session_auth_hash(secret="tokens"))


class RepeatableRequest(PersonalRow):
    """A request that was done, by the key that its program gave it, so that a second one is not done again.

    ``answer`` holds numbers and ids, never what was reported.
    """

    key = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64)
    answer = models.JSONField(null=True)
    made = models.DateTimeField()

    class Meta(PersonalRow.Meta):
        constraints = (models.UniqueConstraint(name="one_request_a_key", fields=["person", "key"]),)

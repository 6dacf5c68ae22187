"""People, the enterprises that they speak for, and the invitations by which they come."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models


class Role(models.TextChoices):
    """What a person may do; the public has no account."""

    OFFICE = "office"
    ENTRY = "entry"
    APPROVAL = "approval"
    AUDITOR = "auditor"


class Enterprise(models.Model):
    """A member of the park; ``key`` is its id in the tables of the cluster."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    sector = models.CharField(max_length=40, blank=True)

    def __str__(self) -> str:
        return str(self.name)


class People(BaseUserManager["Person"]):
    """Makes people; a password is set by themselves through a link, never by another."""

    def create_user(self, email: str, role: str, enterprise: Enterprise | None = None) -> Person:
        """Return a new person without a password that works."""
        person: Person = self.model(email=self.normalize_email(email), role=role, enterprise=enterprise)
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


class Invitation(models.Model):
    """A link that works once; only the hash of its secret is kept."""

    token_hash = models.CharField(max_length=64, unique=True)
    email = models.EmailField()
    role = models.CharField(max_length=10, choices=Role)
    enterprise = models.ForeignKey(Enterprise, null=True, blank=True, on_delete=models.CASCADE)
    expires = models.DateTimeField()
    used = models.DateTimeField(null=True, blank=True)

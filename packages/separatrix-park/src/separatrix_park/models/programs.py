"""What programs come with: personal access tokens, and keys of requests that may be sent twice."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from separatrix_park.models.people import Person
from separatrix_park.models.tenant import PersonalRow


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

"""Passwords: hashing, and links to set a new one."""

from __future__ import annotations

from threading import BoundedSemaphore

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.password_validation import MinimumLengthValidator
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.utils.translation import gettext

from separatrix_park.models.people import Person

__all__ = ["LongEnough", "ParkHasher", "ResetTokens"]

_AT_ONCE = BoundedSemaphore(4)
"""However many try to sign in at once, hashing takes the memory of four."""


class ParkHasher(Argon2PasswordHasher):
    """Argon2id with 64 MiB, three passes and one lane (RFC 9106, second recommendation, on one core)."""

    time_cost = 3
    memory_cost = 65_536
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """Return the hash of a password."""
        with _AT_ONCE:
            return str(super().encode(password, salt))

    def verify(self, password: str, encoded: str) -> bool:
        """Return whether a password is that of a hash."""
        with _AT_ONCE:
            return bool(super().verify(password, encoded))


class LongEnough(MinimumLengthValidator):
    """A password of some length; said in words that have their Chinese."""

    def get_error_message(self) -> str:
        """Return what is wrong with a shorter one."""
        told = gettext("The password is too short: it needs at least %(count)s characters.")
        return told % {"count": self.min_length}

    def get_help_text(self) -> str:
        """Return the requirement."""
        return gettext("Your password must have at least %(count)s characters.") % {"count": self.min_length}


class ResetTokens(PasswordResetTokenGenerator):
    """Links that work once: a new one, a change of the role or any sign-in ends those before."""

    def _make_hash_value(self, user: Person, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.get_session_auth_hash()}"

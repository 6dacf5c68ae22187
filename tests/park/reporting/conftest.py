"""The people of two enterprises and of the office, who are there without having to join."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from separatrix_park.folder import ParkFolder


@dataclass(frozen=True)
class Cast:
    """Who acts in a test; each is a `Person`."""

    park: ParkFolder
    office: Any
    auditor: Any
    enters: Any
    approves: Any
    neighbour: Any

    def browser(self, person: Any) -> Any:
        """Return a browser in which somebody is logged in."""
        from django.test import Client

        from separatrix_park.scope import DOOR, Scope, scoped

        client = Client(SERVER_NAME="localhost")
        with scoped(Scope(DOOR)):
            client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    @contextmanager
    def as_(self, person: Any) -> Iterator[None]:
        """Ask the store on somebody's behalf, as a request does."""
        from separatrix_park.models.people import scope_of
        from separatrix_park.scope import scoped

        with scoped(scope_of(person)):
            yield


@pytest.fixture
def cast(park: ParkFolder) -> Cast:
    """Return the people of a park with two enterprises, E01 and E02."""
    from separatrix_park.models import Enterprise, Person
    from separatrix_park.scope import whole_park

    with whole_park("a test makes its people"):
        one = Enterprise.objects.create(key="E01", name="East Lake Cement", sector="C23")
        two = Enterprise.objects.create(key="E02", name="West Lake Heat", sector="D35")
        people = [
            Person.objects.create_user(email, role, None if home is None else home.pk)
            for email, role, home in (
                ("office@park.example", "office", None),
                ("auditor@park.example", "auditor", None),
                ("enters@e01.example", "entry", one),
                ("approves@e01.example", "approval", one),
                ("approves@e02.example", "approval", two),
            )
        ]
    return Cast(park, *people)

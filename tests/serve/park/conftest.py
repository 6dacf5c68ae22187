"""A park of the tests on each of the two databases, and people who join it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from park_set_up import KINDS, park_on
from separatrix.serve.park.folder import ParkFolder
from serve.park.programs import Park, programs_of

PASSWORD = "a horse that counts batteries"

Join = Callable[..., Any]


@pytest.fixture(params=KINDS)
def park(request: pytest.FixtureRequest) -> Iterator[ParkFolder]:
    """Give each test an empty park, once on each database."""
    with park_on(request.param) as folder:
        yield folder


@pytest.fixture
def join(park: ParkFolder) -> Join:
    """Return how somebody joins: by an invitation of the office, with a browser of their own."""
    from django.test import Client

    from separatrix.serve.park.accounts.invitation import invite
    from separatrix.serve.park.scope import whole_park

    def joined(email: str, role: str, key: str = "", by: Any = None) -> Any:
        client = Client(SERVER_NAME="localhost")
        if by is None:
            with whole_park("nobody has joined yet who could invite"):
                token = invite(email, role, None, "tests")
        else:
            page = by.post("/invitations/", {"email": email, "role": role, "key": key, "name": key})
            found = re.search(r"/join/([^/]+)/", page.content.decode())
            assert found is not None
            token = found[1]
        assert client.post(f"/join/{token}/", {"password": PASSWORD}).status_code == 302
        return client

    return joined


@pytest.fixture
def programs(park: ParkFolder) -> Park:
    """Return programs of the office, an auditor, two people of one enterprise, and one of another."""
    from separatrix.serve.park.models import Enterprise
    from separatrix.serve.park.scope import whole_park

    with whole_park("the tests admit members"):
        one, two = (Enterprise.objects.create(key=key, name=key) for key in ("E01", "E02"))
    return programs_of(one, two)

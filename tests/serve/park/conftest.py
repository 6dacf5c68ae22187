"""A park on SQLite in a folder of the tests; Django is set up once a process."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from park_set_up import park_set_up

PASSWORD = "a horse that counts batteries"

Join = Callable[..., Any]


@pytest.fixture(scope="session")
def _park() -> None:
    park_set_up()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


@pytest.fixture
def park(_park: None) -> Iterator[None]:
    """Give each test a park without people, and leave none."""
    from django.core.management import call_command

    yield
    call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def join(park: None) -> Join:
    """Return how somebody joins: by an invitation of the office, with a browser of their own."""
    from django.test import Client

    from separatrix.serve.park.accounts import invite

    def joined(email: str, role: str, key: str = "", by: Any = None) -> Any:
        client = Client(SERVER_NAME="localhost")
        if by is None:
            token = invite(email, role, None, "tests")
        else:
            page = by.post("/invitations/", {"email": email, "role": role, "key": key, "name": key})
            found = re.search(r"/join/([^/]+)/", page.content.decode())
            assert found is not None
            token = found[1]
        assert client.post(f"/join/{token}/", {"password": PASSWORD}).status_code == 302
        return client

    return joined

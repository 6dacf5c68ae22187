"""A park of the tests on each of the two databases, and people who join it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

from park.programs import Park, programs_of
from park_set_up import KINDS, park_on, park_set_up
from separatrix_park.folder import ParkFolder

park_set_up()  # before the tests import models

OF_DATABASES = frozenset(
    "isolation test_access test_backup test_chain test_deletion test_evidence_file test_guard"
    " test_invitation test_kill test_outbox test_queue_process test_released_schemas test_sqlite_pool"
    " test_two_at_once".split()
)
"""Files and folders whose tests run on both databases each time: of rules, races and copies in them."""

PASSWORD = "a horse that counts batteries"

Join = Callable[..., Any]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run each other test on one of the databases, half of them on each; the soak has the rest."""
    here = Path(__file__).parent
    for item in items:
        kinds = getattr(item, "callspec", None)
        kind = None if kinds is None else kinds.params.get("park")
        if kind not in KINDS or here not in item.path.parents:
            continue
        parts = item.path.relative_to(here).with_suffix("").parts
        name = f"{'/'.join(parts)}::{item.name.replace(kind, '')}"
        if not OF_DATABASES.isdisjoint(parts) or len(_kinds_of(item)) < len(KINDS):
            continue
        if kind != KINDS[crc32(name.encode()) % len(KINDS)]:
            item.add_marker(pytest.mark.soak)


def _kinds_of(item: pytest.Item) -> set[str]:
    """Return on which databases a test can run: `ON_ONE` leaves one."""
    marks = [mark for mark in item.iter_markers("parametrize") if mark.args and mark.args[0] == "park"]
    return set(marks[0].args[1]) if marks else set(KINDS)


@pytest.fixture(params=KINDS)
def park(request: pytest.FixtureRequest) -> Iterator[ParkFolder]:
    """Give each test an empty park, once on each database."""
    with park_on(request.param) as folder:
        yield folder


@pytest.fixture
def join(park: ParkFolder) -> Join:
    """Return how somebody joins: by an invitation of the office, with a browser of their own."""
    from django.test import Client

    from separatrix_park.accounts.invitations import invite
    from separatrix_park.scope import whole_park

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
    from separatrix_park.models import Enterprise
    from separatrix_park.scope import whole_park

    with whole_park("the tests admit members"):
        one, two = (Enterprise.objects.create(key=key, name=key) for key in ("E01", "E02"))
    return programs_of(one, two)

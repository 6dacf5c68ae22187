"""The pages of products: what an enterprise reads of its footprints, chooses, and proposes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from separatrix.serve.park.folder import ParkFolder
from serve.park.footprints.makers import (
    circle,
    described,
    offer,
    person,
    worked_out,
)


@pytest.fixture(autouse=True)
def _described(park: ParkFolder) -> Iterator[None]:
    """Give the park a country."""
    with described(park):
        yield


def browser(enterprise: Any, role: str = "approval") -> Any:
    """Return a browser in which somebody of an enterprise is signed in."""
    from django.test import Client

    from separatrix.serve.park.scope import whole_park

    client, who = Client(SERVER_NAME="localhost"), person(enterprise, role)
    with whole_park("the tests sign somebody in"):
        client.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_an_enterprise_reads_its_footprints_and_what_is_missing(park: ParkFolder) -> None:
    """With a sign that says how sure the figure is, and the way to what would make it whole."""
    a, b = circle()
    client = browser(a, "entry")
    page = client.get("/products/").content.decode()
    assert "≥" in page and "it counts as missing" in page and "Nobody else in the park may use them." in page
    offer(a)
    offer(b)
    page = client.get("/products/").content.decode()
    assert "3.16" in page and "offered by the supplier in the park" in page and "≥\xa03" not in page
    number = worked_out(a)["a"].pk
    page = client.get(f"/products/{number}/").content.decode()
    assert "Footprints that went in" in page and "1.63" in page and "since version 1" in page
    assert browser(b).get(f"/products/{number}/").status_code == 404

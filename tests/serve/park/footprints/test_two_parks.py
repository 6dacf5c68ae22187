"""Two running parks: a footprint goes from one to the other, through a circle, and so does its correction."""

from __future__ import annotations

import ssl
from collections.abc import Iterator

import httpx
import pytest

from park_visitor import Visitor
from two_parks import TwoParks, maker, two_parks

CEMENT = maker("E01", "River Cement", "cement", 3000, lime=(100, 1.2))
LIME = maker("E01", "Hill Lime", "lime", 1000, cement=(200, 0.8))
GLASS = maker("E02", "Pine Glass", "glass", 500, lime=(150, 1.2))


@pytest.fixture(scope="module")
def parks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TwoParks]:
    """Serve two parks: one of them makes cement and glass, the other lime."""
    with two_parks(tmp_path_factory.mktemp("parks"), [CEMENT, GLASS], [LIME]) as running:
        yield running


def test_both_run_and_are_reached_by_whoever_trusts_their_authority(parks: TwoParks) -> None:
    """Each answers over https alone, and whoever does not know the authority does not get through."""
    for park in (parks.one, parks.two):
        assert httpx.get(f"{park.address}healthz", verify=parks.trust()).status_code == 200
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{park.address}healthz", verify=ssl.create_default_context())
    person = Visitor(parks.one.address, parks.trust()).join(parks.one.links["approval@e01.example"])
    assert "River Cement" in person.open("/")

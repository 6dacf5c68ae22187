"""Two running parks as others reach them: over https, by people without a browser, by a partner's program."""

from __future__ import annotations

import html
import json
import re
import ssl
import uuid
from collections.abc import Iterator

import httpx
import pytest

from park_visitor import Visitor
from two_parks import TwoParks, maker, product_id, two_parks

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


def test_a_program_of_another_maker_is_a_partner_until_it_is_removed(parks: TwoParks) -> None:
    """It takes the four parts of the connection text, and needs nothing else of this platform."""
    enters, approves = (
        Visitor(parks.one.address, parks.trust()).join(parks.one.links[f"{role}@e01.example"])
        for role in ("entry", "approval")
    )
    enters.send("/partners/", to="/partners/", name="Another program")
    at = re.findall(r"/partners/[0-9a-f-]{36}/", enters.open("/partners/"))[-1]
    shown = re.search(r'id="connection">(.*?)</pre>', approves.send(at, to="/approve/"), re.DOTALL)
    assert shown is not None
    told = json.loads(html.unescape(shown[1]))
    with httpx.Client(verify=parks.trust()) as program:
        signs_in = (told["client_id"], told["client_secret"])
        answer = program.post(told["token"], data={"grant_type": "client_credentials"}, auth=signs_in)
        program.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        assert program.get(f"{told['node']}/3/footprints").json() == {"data": []}
        event = {
            "type": "org.wbcsd.pact.ProductFootprint.RequestCreatedEvent.3",
            "specversion": "1.0",
            "id": str(uuid.uuid4()),
            "source": "https://partner.example/3/events",
            "time": "2025-05-19T10:30:00Z",
            "data": {"productId": [product_id("cement")]},
        }
        sent = {"content": json.dumps(event), "headers": {"Content-Type": "application/cloudevents+json"}}
        assert program.post(f"{told['node']}/3/events", **sent).status_code == 200
        assert product_id("cement") in approves.open("/footprints/requests/")
        neighbour = told["node"].replace("E01", "E02")
        assert program.get(f"{neighbour}/3/footprints").status_code in (400, 401, 403)
        approves.send(at, to="/remove/", why="It was for a test.")
        assert program.get(f"{told['node']}/3/footprints").status_code in (400, 401, 403)

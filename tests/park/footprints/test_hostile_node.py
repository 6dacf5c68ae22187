"""Partners' programs that mean harm, at the node of an enterprise: what they cost, and what they learn."""

from __future__ import annotations

from typing import Any

import pytest

from park.footprints.nodes import NodeProgram, made_partner, published
from separatrix_park.folder import ParkFolder


@pytest.fixture
def enterprise(park: ParkFolder) -> Any:
    """Return a member."""
    from separatrix_park.models import Enterprise
    from separatrix_park.scope import whole_park

    with whole_park("the tests admit a member"):
        return Enterprise.objects.create(key="E01", name="River Cement")


@pytest.fixture
def program(enterprise: Any) -> NodeProgram:
    """Return the program of an approved partner, which holds a token."""
    partner = made_partner(enterprise)
    return NodeProgram(enterprise.key, partner.client_id, partner.name)


def test_criteria_that_nothing_meets_cost_a_page_and_not_the_whole_list(
    program: NodeProgram, enterprise: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So many are looked at; then the page ends, with fewer than asked for, and another one goes on."""
    from separatrix_park.footprints import pages as footprint_page

    monkeypatch.setattr(footprint_page, "LOOKED_AT", 2)
    made = [published(enterprise, count, companyIds=[f"urn:x:{count % 4}"]) for count in range(7)]
    for query, wanted in (("companyId=urn:x:3&limit=1", [3]), ("companyId=urn:x:0", [0, 4]), ("limit=0", [])):
        answer, seen, pages = program.get(f"?{query}"), [], 1
        while "Link" in answer and pages < 9:
            seen += [record["id"] for record in answer.json()["data"]]
            answer, pages = program.follow(answer["Link"]), pages + 1
        seen += [record["id"] for record in answer.json()["data"]]
        assert seen == [str(made[count].pk) for count in wanted]
        assert pages >= 4 or query == "limit=0"


def _event(number: int, kind: str = "RequestCreated", **data: Any) -> dict[str, Any]:
    return {
        "type": f"org.wbcsd.pact.ProductFootprint.{kind}Event.3",
        "specversion": "1.0",
        "id": str(number),
        "source": "https://partner.example/3/events",
        "time": "2026-01-01T00:00:00Z",
        "data": data,
    }


def _rows(model: str) -> list[Any]:
    from separatrix_park import models
    from separatrix_park.scope import whole_park

    with whole_park("the tests look on"):
        return list(getattr(models, model).objects.order_by("pk"))


def test_an_event_fills_no_disk(program: NodeProgram, enterprise: Any) -> None:
    """What no event needs is not taken in; records that are kept for themselves are not kept twice."""
    footprint = published(enterprise)
    product = footprint.product_id
    for padded in (
        {**_event(1, productId=[product]), "padding": "x" * 60_000},
        _event(1, productId=[product], more=["x" * 60_000]),
        _event(1, "Published", pfIds=[str(footprint.pk)], padding={"x": "y" * 60_000}),
    ):
        answer = program.send(padded)
        assert (answer.status_code, answer.json()["code"]) == (413, "BadRequest"), answer.content
    assert not _rows("ReceivedEvent") and not _rows("SentEvent")
    assert program.send(_event(1, productId=[product])).status_code == 200
    (sent,) = _rows("SentEvent")
    assert sent.content["data"]["pfs"] == [footprint.record]


def test_answers_that_a_node_does_not_take_are_dammed(
    program: NodeProgram, enterprise: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each carries records: whoever only asks, and lets nothing in, gets no further."""
    from separatrix_park.footprints import requests as footprint_requests

    monkeypatch.setattr(footprint_requests, "MOST_OPEN", 2)
    product = published(enterprise).product_id
    assert [program.send(_event(k, productId=[product])).status_code for k in range(4)] == [
        200,
        200,
        429,
        429,
    ]
    assert len(_rows("SentEvent")) == len(_rows("ReceivedEvent")) == 2


def test_what_was_sent_or_given_up_is_not_kept_twice(program: NodeProgram, enterprise: Any) -> None:
    """The ids of the records stay; where we may not call the partner, from the beginning."""
    from separatrix_park.models import Partner
    from separatrix_park.scope import whole_park

    with whole_park("the tests change a partner"):
        Partner.objects.update(address="")
    footprint = published(enterprise)
    assert program.send(_event(1, productId=[footprint.product_id])).status_code == 200
    (sent,) = _rows("SentEvent")
    assert (sent.state, sent.content["data"]["pfs"]) == ("given up", [{"id": str(footprint.pk)}])

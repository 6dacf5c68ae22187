"""Events at the node of an enterprise: their form, ids that come again, and requests that are answered."""

from __future__ import annotations

import json
from typing import Any

import pytest

from park.footprints.nodes import NodeProgram, made_partner, published, record_of
from park_set_up import ON_ONE
from separatrix_park.folder import ParkFolder

KNOWN, OTHER = "urn:gtin:4712345060507", "urn:gtin:4712345060514"
PF = "3a6c14a7-4deb-498a-b5ea-16ce2535b576"


@pytest.fixture
def enterprise(park: ParkFolder) -> Any:
    """Return a member."""
    from separatrix_park.models import Enterprise
    from separatrix_park.scope import whole_park

    with whole_park("the tests admit members"):
        return Enterprise.objects.create(key="E01", name="River Cement")


@pytest.fixture
def partner(enterprise: Any) -> Any:
    """Return an approved partner."""
    return made_partner(enterprise)


@pytest.fixture
def program(partner: Any) -> NodeProgram:
    """Return its program."""
    return NodeProgram("E01", partner.client_id, partner.name)


def event(kind: str, data: Any, **told: Any) -> dict[str, Any]:
    """Return an event."""
    return {
        "type": f"org.wbcsd.pact.ProductFootprint.{kind}Event.3",
        "specversion": "1.0",
        "id": "1",
        "source": "https://evil.example/3/events",
        "time": "2026-03-01T12:00:00Z",
        "data": data,
        **told,
    }


def requested(*products: str, **told: Any) -> dict[str, Any]:
    """Return a request for products."""
    return event("RequestCreated", {"productId": list(products), "comment": "this year's"}, **told)


def kept() -> tuple[list[Any], list[Any], list[Any]]:
    """Return the received events, the requests, and what waits to be sent."""
    from separatrix_park.models import FootprintRequest, ReceivedEvent, SentEvent
    from separatrix_park.scope import whole_park

    with whole_park("the tests look"):
        return tuple(list(m.objects.order_by("pk")) for m in (ReceivedEvent, FootprintRequest, SentEvent))


def test_a_request_for_what_the_partner_sees_is_fulfilled_at_once(
    program: NodeProgram, enterprise: Any
) -> None:
    """With the records; the answer waits in the outbox, and never goes to the event's source."""
    from separatrix_park.models import FootprintDelivery
    from separatrix_park.scope import whole_park

    made = published(enterprise)
    answer = program.send(requested(KNOWN))
    assert (answer.status_code, answer.content) == (200, b"")
    (received,), (request,), (sent,) = kept()
    assert (request.state, request.comment, request.answer) == (
        "fulfilled",
        "this year's",
        {"pfIds": [str(made.pk)]},
    )
    assert sent.kind.endswith("RequestFulfilledEvent.3")
    assert sent.content["data"] == {"requestEventId": "1", "pfs": [made.record]}
    assert "evil" not in json.dumps(sent.content)
    assert (received.source, received.outcome) == ("https://evil.example/3/events", "")
    with whole_park("the tests look"):
        assert [d.footprint_id for d in FootprintDelivery.objects.all()] == [made.pk]


def test_a_request_for_an_unknown_product_is_rejected_at_once(program: NodeProgram, enterprise: Any) -> None:
    """By the protocol's error, once the enterprise has named its products."""
    published(enterprise)
    assert program.send(requested("urn:pact:null")).status_code == 200
    _, (request,), (sent,) = kept()
    assert request.state == "rejected"
    assert sent.kind.endswith("RequestRejectedEvent.3")
    assert sent.content["data"]["requestEventId"] == "1"
    assert sent.content["data"]["error"]["code"] == "NotFound"
    assert sent.content["data"]["error"]["message"]


@pytest.mark.parametrize("case", ["none named", "hidden", "another is hidden", "worked out"])
def test_what_people_have_to_decide_waits_for_them(program: NodeProgram, enterprise: Any, case: str) -> None:
    """A product that is not published for this partner, and any where the enterprise has named none yet."""
    if case == "worked out":
        _worked_out(enterprise, OTHER)
        published(enterprise)
    elif case != "none named":
        published(enterprise, 1, product_id=OTHER, for_all=False)
    if case == "another is hidden":
        published(enterprise)
    program.send(requested(KNOWN, OTHER) if case == "another is hidden" else requested(OTHER))
    _, (request,), sent = kept()
    assert (request.state, sent) == ("open", [])


def _worked_out(enterprise: Any, product_id: str) -> None:
    from separatrix_park.models import ProductRollUp
    from separatrix_park.scope import whole_park

    told = {"product_id": product_id, "product": "slag cement", "version": 1, "basis": "b", "whole": True}
    with whole_park("the tests work out a footprint"):
        ProductRollUp.objects.create(enterprise=enterprise, year=2024, **told)


def test_criteria_of_a_request_are_met(program: NodeProgram, enterprise: Any) -> None:
    """What is sent meets all of them; what was replaced is sent to whoever asks for it."""
    published(enterprise, 0, status="Deprecated")
    new = published(enterprise, 1)
    program.send(
        event("RequestCreated", {"productId": [KNOWN], "validAfter": "2099-01-01T00:00:00Z"}, id="a")
    )
    program.send(event("RequestCreated", {"geography": ["CN"]}, id="b"))
    program.send(event("RequestCreated", {"productId": [KNOWN], "status": ["Deprecated", "Active"]}, id="c"))
    _, requests, sent = kept()
    assert [r.state for r in requests] == ["open", "fulfilled", "fulfilled"]
    assert requests[1].answer == {"pfIds": [str(new.pk)]}
    assert len(sent[1].content["data"]["pfs"]) == 2


def test_an_id_comes_again(program: NodeProgram, enterprise: Any) -> None:
    """With the same content, in whatever order, it is answered the same and nothing is done; else refused."""
    published(enterprise)
    first = requested(KNOWN)
    turned = dict(reversed(first.items()))
    assert [program.send(e).status_code for e in (first, first, turned)] == [200, 200, 200]
    refused = program.send(requested(OTHER))
    assert (refused.status_code, refused.json()["code"]) == (400, "BadRequest")
    assert [len(rows) for rows in kept()] == [1, 1, 1]
    assert kept()[0][0].content == first


def test_two_partners_may_use_the_same_ids(program: NodeProgram, enterprise: Any) -> None:
    """An id is one of its sender's."""
    other = made_partner(enterprise, "another")
    assert program.send(requested(KNOWN)).status_code == 200
    assert NodeProgram("E01", other.client_id, other.name).send(requested(OTHER)).status_code == 200


def test_a_published_notice_is_taken(program: NodeProgram) -> None:
    """Also of footprints that are not known here."""
    assert program.send(event("Published", {"pfIds": [PF]})).status_code == 200
    assert [e.kind for e in kept()[0]] == ["org.wbcsd.pact.ProductFootprint.PublishedEvent.3"]


def test_an_answer_is_taken_for_what_was_asked(program: NodeProgram, partner: Any) -> None:
    """It fulfils or rejects a request of ours, once; one to which nothing was asked is refused."""
    from separatrix_park.models import FootprintRequest, ReceivedFootprint
    from separatrix_park.scope import whole_park

    record = record_of(companyIds=["urn:pact:supplier.example:company:9"])
    with whole_park("the tests ask the partner"):
        for number in ("7", "8"):
            FootprintRequest.objects.create(
                enterprise_id=partner.enterprise_id,
                partner=partner,
                ours=True,
                event_id=number,
                product_ids=[KNOWN],
            )
    sent = event("RequestFulfilled", {"requestEventId": "7", "pfs": [record]}, id="a")
    error = {"code": "NotFound", "message": "none"}
    assert program.send(sent).status_code == 200
    assert (
        program.send(event("RequestRejected", {"requestEventId": "8", "error": error}, id="b")).status_code
        == 200
    )
    for number in ("7", "9"):
        again = event("RequestRejected", {"requestEventId": number, "error": error}, id=f"c{number}")
        assert program.send(again).status_code == 400
    received, requests, _ = kept()
    assert [r.state for r in requests] == ["fulfilled", "rejected"]
    assert [e.event_id for e in received] == ["a", "b"]
    with whole_park("the tests look"):
        assert [str(f.pf_id) for f in ReceivedFootprint.objects.all()] == [record["id"]]


GOOD = event("Published", {"pfIds": [PF]})
BROKEN: list[Any] = [
    b"",
    b"[",
    b"[]",
    b'"text"',
    b'{"id": "1", "id": "2"}',
    b"[" * 100_000,
    b"\xff",
    *(json.dumps({k: v for k, v in GOOD.items() if k != name}).encode() for name in GOOD),
    {**GOOD, "id": ""},
    {**GOOD, "id": 1},
    {**GOOD, "id": "x" * 301},
    {**GOOD, "id": "a\0b"},
    {**GOOD, "specversion": "0.3"},
    {**GOOD, "time": "yesterday"},
    {**GOOD, "data": []},
    {**GOOD, "data": {"pfIds": [float("inf")]}},
    {**GOOD, "type": "org.wbcsd.pathfinder.ProductFootprint.Published.v1"},
    event("Published", {"pfIds": ["urn:gtin:4712345060507"]}),
    event("Published", {"pfIds": []}),
    event("Published", {"pfIds": PF}),
    event("Published", {"pfIds": [PF, PF]}),
    event("Published", {"pfIds": [PF] * 1001}),
    event("RequestCreated", {"productId": KNOWN}),
    event("RequestCreated", {"productId": [1]}),
    event("RequestCreated", {"validOn": "never"}),
    event("RequestCreated", {"comment": "x" * 5001}),
    event("RequestFulfilled", {"requestEventId": "1", "pfs": []}),
    event("RequestFulfilled", {"requestEventId": "1", "pfs": ["x"]}),
    event("RequestFulfilled", {"pfs": [{}]}),
    event("RequestRejected", {"requestEventId": "1"}),
    event("RequestRejected", {"requestEventId": "1", "error": {"code": "NotFound"}}),
    event("RequestRejected", {"error": {"code": "NotFound", "message": "none"}}),
]


@ON_ONE
def test_an_event_that_is_none_is_refused_and_nothing_of_it_kept(program: NodeProgram) -> None:
    """Its form is that of CloudEvents and of PACT, and it says each thing once."""
    for broken in BROKEN:
        answer = program.send(broken)
        assert (str(broken)[:200], answer.status_code) == (str(broken)[:200], 400)
        assert answer.json()["code"] == "BadRequest"
    assert program.send(GOOD, content_type="application/json").status_code == 400
    assert kept() == ([], [], [])


@ON_ONE
def test_events_are_taken_from_partners_over_https_alone(program: NodeProgram) -> None:
    """As everything else at the node."""
    assert program.send(GOOD, secure=False).status_code == 403
    program.token = "very-invalid-access-token"
    assert (program.send(GOOD).status_code, program.send(GOOD).json()["code"]) == (400, "BadRequest")
    assert kept() == ([], [], [])


def test_a_flood_of_events_is_dammed(program: NodeProgram, monkeypatch: pytest.MonkeyPatch) -> None:
    """After many in a day, or many that wait for people; what came before stands and is answered again."""
    from separatrix_park.footprints import node as inbound_event
    from separatrix_park.footprints import requests as footprint_requests

    monkeypatch.setattr(footprint_requests, "MOST_OPEN", 2)
    monkeypatch.setattr(inbound_event, "MOST_A_DAY", 3)
    told = [program.send(requested(KNOWN, id=str(k))).status_code for k in range(4)]
    assert told == [200, 200, 429, 429]
    assert program.send(event("Published", {"pfIds": [PF]}, id="p")).status_code == 200
    assert program.send(event("Published", {"pfIds": [PF]}, id="q")).status_code == 429
    assert program.send(requested(KNOWN, id="0")).status_code == 200
    assert [len(rows) for rows in kept()] == [3, 2, 0]


def test_an_event_and_its_log_entry_stand_together(program: NodeProgram, enterprise: Any) -> None:
    """Each in the log, by its hash, as the enterprise's matter."""
    from separatrix_park.models import LogEntry

    published(enterprise)
    program.send(requested(KNOWN))
    actions = [(e.action, e.about) for e in LogEntry.objects.order_by("number")]
    assert actions == [
        (name, enterprise.pk) for name in ("footprint handed over", "request fulfilled", "event received")
    ]

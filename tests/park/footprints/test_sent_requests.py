"""A partner is asked for footprints, and fulfils that or rejects it by events of its own."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from park.footprints.nodes import record_of
from separatrix.errors import InputError

CEMENT = "urn:gtin:4712345060507"
LIME = "urn:gtin:4712345060514"


def asked(partnered: Any, *product_ids: str, comment: str = "") -> Any:
    """Return a request that somebody made."""
    from separatrix_park.footprints.requests import ask

    with partnered.speaking("entry"):
        return ask(partnered.partner, product_ids or (CEMENT,), comment, partnered.entry)


def now(request: Any, partnered: Any) -> Any:
    """Return a request as it is kept now."""
    with partnered.speaking():
        request.refresh_from_db()
    return request


def answer(partnered: Any, kind: str, **data: Any) -> str:
    """Take an event of the partner, in its own scope, as its node does."""
    from separatrix_park.footprints.requests import take_fulfilled, take_rejected

    take = take_fulfilled if kind == "fulfilled" else take_rejected
    with partnered.program():
        return take(partnered.partner, str(uuid.uuid4()), data)


def test_a_request_is_sent_and_fulfilled(partnered: Any) -> None:
    """What comes is kept with its source, and the request knows it."""
    from separatrix_park.footprints.outbox import send_due
    from separatrix_park.models import LogEntry, ReceivedFootprint

    request = asked(partnered, CEMENT, comment=" for 2024 ")
    assert send_due() == 1
    (event,) = partnered.node.events
    assert event["id"] == request.event_id
    assert event["data"] == {"productId": [CEMENT], "comment": "for 2024"}
    record = record_of(CEMENT)
    assert answer(partnered, "fulfilled", requestEventId=request.event_id, pfs=[record]) == ""
    request = now(request, partnered)
    assert (request.state, request.answer["pfIds"]) == ("fulfilled", [record["id"]])
    with partnered.speaking():
        (kept,) = ReceivedFootprint.objects.all()
    assert (kept.record, kept.way) == (record, "request")
    actions = set(LogEntry.objects.filter(about=partnered.enterprise.pk).values_list("action", flat=True))
    assert {"footprint asked for", "event sent", "footprints received", "request answered"} <= actions


def test_a_request_is_rejected_with_the_partners_words(partnered: Any) -> None:
    """As the protocol has them: a code and a message."""
    request = asked(partnered)
    error = {"code": "NotFound", "message": "we make none"}
    answer(partnered, "rejected", requestEventId=request.event_id, error=error)
    request = now(request, partnered)
    assert (request.state, request.answer) == ("rejected", error)


def test_what_cannot_be_used_leaves_a_request_open(partnered: Any) -> None:
    """And tells why; of several records those that can be used fulfil it."""
    from separatrix_park.footprints.outbox import read_problem

    request = asked(partnered)
    bad, stranger, good = {"pcf": {}}, record_of(LIME), record_of(CEMENT)
    for sent, code in (([bad], "K220"), ([stranger], "W319"), ([bad, stranger], "K220")):
        told = read_problem(answer(partnered, "fulfilled", requestEventId=request.event_id, pfs=sent))
        assert told is not None
        assert told.code == code
        assert now(request, partnered).state == "open"
    answer(partnered, "fulfilled", requestEventId=request.event_id, pfs=[bad, stranger, good])
    request = now(request, partnered)
    assert (request.state, request.answer["pfIds"]) == ("fulfilled", [good["id"]])
    assert read_problem(request.answer["trouble"]) is not None


def test_only_who_was_asked_answers_and_once(partnered: Any) -> None:
    """What was never asked, or of somebody else, or is answered, is refused."""
    from park.footprints.nodes import made_partner
    from separatrix_park.models import ReceivedFootprint

    request = asked(partnered)
    error = {"code": "NotFound", "message": "none"}
    with pytest.raises(InputError, match="W319"):
        answer(partnered, "rejected", requestEventId="never", error=error)
    asker = partnered.partner
    partnered.partner = made_partner(partnered.enterprise, "another")
    with pytest.raises(InputError, match="W319"):
        answer(partnered, "fulfilled", requestEventId=request.event_id, pfs=[record_of()])
    partnered.partner = asker
    answer(partnered, "rejected", requestEventId=request.event_id, error=error)
    with pytest.raises(InputError, match="W319"):
        answer(partnered, "fulfilled", requestEventId=request.event_id, pfs=[record_of()])
    with partnered.speaking():
        assert not ReceivedFootprint.objects.exists()


@pytest.mark.parametrize("text", ["", " ", "cement", "urn:x", "urn:gtin:1 cement", "urn:a:" + "x" * 400])
def test_a_request_names_products_by_their_ids(text: str) -> None:
    """What is none is told."""
    from separatrix_park.footprints.requests import product_ids_of

    with pytest.raises(InputError, match="W319"):
        product_ids_of(text)


def test_a_request_asks_for_few_products_and_few_requests_are_open(
    partnered: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A partner is not flooded either."""
    from separatrix_park.footprints import requests as sent_requests

    with pytest.raises(InputError, match="W319"):
        sent_requests.product_ids_of(" ".join(f"urn:gtin:{k}" for k in range(51)))
    monkeypatch.setattr(sent_requests, "MOST_OPEN_TO_PARTNER", 2)
    asked(partnered)
    asked(partnered)
    with pytest.raises(InputError, match="W319"):
        asked(partnered)


def test_nobody_is_asked_who_may_not_be_called(partnered: Any) -> None:
    """A removed partner, or one whose address nobody knows; and nobody asks for another enterprise."""
    from django.core.exceptions import PermissionDenied

    from separatrix_park.footprints.partners import remove
    from separatrix_park.footprints.requests import ask
    from separatrix_park.models import Partner
    from separatrix_park.scope import whole_park

    with whole_park("the tests make a partner whose address nobody knows"):
        unknown = Partner.objects.create(enterprise=partnered.enterprise, name="x", state="approved")
    with partnered.speaking():
        partnered.partner = remove(partnered.partner, "", partnered.approval)
    for row in (unknown, partnered.partner):
        with partnered.speaking("entry"), pytest.raises(InputError, match="W316"):
            ask(row, (CEMENT,), "", partnered.entry)
    partnered.entry.enterprise_id = uuid.uuid4()
    with partnered.speaking("entry"), pytest.raises(PermissionDenied):
        ask(unknown, (CEMENT,), "", partnered.entry)

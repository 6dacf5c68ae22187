"""The pages on which people propose, publish and show footprints, and answer what partners ask for."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from park.conftest import Join
from park.footprints.nodes import NodeProgram, made_partner, record_of
from park.footprints.test_inbound_event import KNOWN, requested
from park_set_up import ON_ONE
from separatrix_park.folder import ParkFolder


@pytest.fixture
def people(park: ParkFolder, join: Join) -> tuple[Any, Any, Any, Any]:
    """Return who enters and who approves for an enterprise, a partner of it, and the partner's program."""
    from separatrix_park.models import Enterprise
    from separatrix_park.scope import whole_park

    office = join("office@park.example", "office")
    entry = join("entry@e01.example", "entry", "E01", office)
    approval = join("approval@e01.example", "approval", "E01", office)
    with whole_park("the tests look"):
        enterprise = Enterprise.objects.get(key="E01")
    partner = made_partner(enterprise)
    return entry, approval, partner, NodeProgram("E01", partner.client_id, partner.name)


def _words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def _propose(person: Any, **told: Any) -> str:
    """Propose a record on the page, and return the address of the footprint's own page."""
    answer = person.post("/footprints/new/", {"record": json.dumps(record_of(**told)), "why": "new meters"})
    assert answer.status_code == 302, _words(answer)
    return str(answer["Location"])


def test_a_footprint_goes_from_a_record_to_a_partner(people: tuple[Any, Any, Any, Any]) -> None:
    """Proposed by one, published by another, shown to a partner, and withdrawn with a reason."""
    entry, approval, partner, program = people
    assert "No footprint is published yet" in _words(entry.get("/footprints/"))
    address = _propose(entry)
    assert "You proposed this" in _words(entry.get(address))
    assert "1 footprint of a product waits for you" in _words(approval.get("/"))
    assert "waits for you to publish" not in _words(entry.get("/"))
    assert entry.post(f"{address}publish/").status_code == 403
    assert "new meters" in _words(approval.get(address))
    assert approval.post(f"{address}show/", {"partner": str(partner.pk)}).status_code == 302
    assert program.ids() == []
    assert approval.post(f"{address}publish/").status_code == 302
    (pf,) = program.ids()
    assert pf in address
    page = _words(entry.get("/footprints/"))
    assert "1 partner" in page
    assert "0.66" in page
    assert "customer" in _words(entry.get(address)).split("Delivered to")[1]
    newer = _propose(entry, pcf={"pcfExcludingBiogenicUptake": "0.7"})
    assert "before: 0.66" in _words(approval.get(newer))
    approval.post(f"{newer}publish/")
    assert "replaced by a newer one" in _words(entry.get(address))
    refused = approval.post(f"{newer}withdraw/", {"why": ""}, follow=True)
    assert "no reason given" in _words(refused)
    approval.post(f"{newer}withdraw/", {"why": "measured wrongly"})
    assert "measured wrongly" in _words(entry.get(newer))
    assert program.ids() == [pf]


@ON_ONE
def test_a_record_that_is_none_is_told_at_its_field(people: tuple[Any, Any, Any, Any]) -> None:
    """What is no JSON, and what the data model refuses, with the property; a file will do as well."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    entry, *_ = people
    assert entry.post("/footprints/new/", {"record": ""}).status_code == 422
    for record in ("[", "[1]", '{"data": 1}'):
        answer = entry.post("/footprints/new/", {"record": record})
        assert (record, answer.status_code) == (record, 422)
        assert "This is not a JSON record" in _words(answer)
    sent = SimpleUploadedFile("record.json", json.dumps({"data": record_of()}).encode())
    assert entry.post("/footprints/new/", {"file": sent}).status_code == 302
    broken = record_of()
    del broken["pcf"]["declaredUnitAmount"]
    answer = entry.post("/footprints/new/", {"record": json.dumps(broken)})
    assert answer.status_code == 422
    assert "pcf.declaredUnitAmount" in _words(answer)


@ON_ONE
def test_the_page_tells_what_the_protocol_wants_and_the_record_lacks(
    people: tuple[Any, Any, Any, Any],
) -> None:
    """Of periods from 2025 on: a share of primary data, and ratings."""
    entry, *_ = people
    late = {"referencePeriodStart": "2025-01-01T00:00:00Z", "referencePeriodEnd": "2026-01-01T00:00:00Z"}
    page = _words(entry.get(_propose(entry, pcf=late)))
    assert "the share of primary data" in page
    assert "the data quality ratings" in page
    assert "the share of primary data" not in _words(entry.get(_propose(entry)))


def test_a_request_is_answered_on_its_page(people: tuple[Any, Any, Any, Any]) -> None:
    """Fulfilled with what fits, or rejected with a reason; who enters looks on."""
    entry, approval, _, program = people
    assert program.send(requested(KNOWN)).status_code == 200
    assert program.send(requested(KNOWN, id="2")).status_code == 200
    for page in ("/footprints/", "/"):
        assert "2 requests of partners wait" in _words(entry.get(page))
    listed = approval.get("/footprints/requests/").content.decode()
    first, second = dict.fromkeys(re.findall(r"/footprints/requests/\d+/", listed))
    page = _words(approval.get(first))
    assert KNOWN in page
    assert "this year's" in page.replace("&#x27;", "'")
    assert "There are no published footprints to send" in page
    approval.post(f"{_propose(entry)}publish/")
    assert "A person who can approve" in _words(entry.get(first))
    assert entry.post(first, {"verdict": "fulfil"}).status_code == 403
    assert approval.post(first, {"verdict": "fulfil", "footprint": "x"}).status_code == 422
    chosen = re.findall(r'name="footprint" value="([^"]+)"', approval.get(first).content.decode())
    assert approval.post(first, {"verdict": "fulfil", "footprint": chosen}).status_code == 302
    assert program.ids() == chosen
    assert approval.post(second, {"verdict": "reject", "code": "AccessDenied"}).status_code == 422
    sent = {"verdict": "reject", "code": "AccessDenied", "why": "no contract"}
    assert approval.post(second, sent).status_code == 302
    assert "no contract" in _words(entry.get(second))
    assert "this request is answered by now" in _words(approval.post(second, sent))


@ON_ONE
def test_a_request_of_a_partner_that_was_removed_waits_for_nobody(people: tuple[Any, Any, Any, Any]) -> None:
    """Nor is it answered, for nothing is sent there any more."""
    entry, approval, partner, program = people
    approval.post(f"{_propose(entry)}publish/")
    assert program.send(requested(KNOWN)).status_code == 200
    (address,) = set(
        re.findall(r"/footprints/requests/\d+/", entry.get("/footprints/requests/").content.decode())
    )
    chosen = re.findall(r'name="footprint" value="([^"]+)"', approval.get(address).content.decode())
    assert approval.post(f"/partners/{partner.pk}/remove/", {"why": "moved"}).status_code == 302
    for page in ("/", "/footprints/", "/footprints/requests/"):
        told = _words(approval.get(page))
        assert "wait for an answer" not in told and "waits for an answer" not in told
        assert "Waiting for an answer" not in told
    assert "is no longer a partner" in _words(approval.get(address))
    answer = approval.post(address, {"verdict": "fulfil", "footprint": chosen})
    assert answer.status_code == 422 and "is no longer a partner" in _words(answer)


def test_the_pages_are_the_enterprises_own(people: tuple[Any, Any, Any, Any], join: Join) -> None:
    """Neither the office nor another enterprise opens them."""
    entry, _, _, program = people
    address = _propose(entry)
    program.send(requested(KNOWN))
    office = join("office2@park.example", "office")
    other = join("approval@e02.example", "approval", "E02", office)
    assert office.get("/footprints/").status_code == 403
    assert {other.get(address).status_code, other.post(f"{address}publish/").status_code} == {404}
    assert "requests of partners" in _words(entry.get("/footprints/requests/")).lower()
    assert "customer" not in _words(other.get("/footprints/requests/"))

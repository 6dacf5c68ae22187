"""What programs read of products, purchases, partners and footprints: as pages tell it, and of one's own."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from park.footprints.makers import (
    bought,
    circle,
    described,
    link,
    maker,
    offer,
    partner,
    received,
    record,
    worked_out,
)
from park.footprints.nodes import published, record_of
from park.programs import Program, code_of, program
from park_set_up import ON_ONE
from separatrix_park.folder import ParkFolder

ORE = "urn:pact:mine.example:product:ore"


@pytest.fixture(autouse=True)
def _described(park: ParkFolder) -> Iterator[None]:
    """Give the park a country."""
    with described(park):
        yield


def of(enterprise: Any, role: str = "entry") -> Program:
    """Return a program of somebody of an enterprise."""
    return program(f"{role}@{enterprise.key}.example", role, enterprise)


def test_products_are_told_with_all_that_went_in_and_what_is_missing(park: ParkFolder) -> None:
    """The circle of two: 155/49 and 80/49; before both offer it, the least that it can be and why."""
    a, b = circle()
    mine = of(a)
    (before,) = mine.ask("get", "products").json()["items"]
    assert before["sign"] == "≥" and before["carbon"] == pytest.approx(3.0) and before["missing"]
    offer(a)
    offer(b)
    told = mine.ask("get", "products?year=2024").json()
    assert told["years"] == [2024] and not told["working"] and told["problem"] is None
    (one,) = told["items"]
    assert (one["sign"], one["missing"], one["passed_on"]) == ("", [], None)
    assert one["carbon"] == pytest.approx(155 / 49) and one["version"] == 2
    answer = mine.ask("get", f"products/{one['id']}")
    whole = answer.json()
    assert sum(c["carbon"] for c in whole["contributions"]) == pytest.approx(155 / 49)
    (put_in,) = whole["inputs"]
    assert (put_in["partner"], put_in["supplier"], put_in["product"]) == (None, "B", "b")
    assert put_in["amount"] * put_in["carbon"] == pytest.approx(0.1 * 80 / 49)
    assert [v["version"] for v in whole["versions"]] == [2, 1] and whole["newest"]
    again = mine.ask("get", f"products/{one['id']}", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    assert code_of(of(b).ask("get", f"products/{one['id']}")) == (404, "W283")
    assert mine.ask("get", "products/offered").json()["items"] == [
        {"key": "B", "enterprise": "B", "product": "b"}
    ]


@ON_ONE
def test_a_former_year_is_worked_out_once_it_is_asked_for(park: ParkFolder) -> None:
    """Else the last year alone is; on the page too."""
    from park_reports import approve

    a = maker("A", "a", 3000)
    product = {"product": "a", "amount": "10", "unit": "t", "fossil_carbon": "0", "biogenic_carbon": "0"}
    approve("A", "products", 2025, [product])
    mine = of(a)
    assert [p["year"] for p in mine.ask("get", "products").json()["items"]] == [2025]
    (former,) = mine.ask("get", "products?year=2024").json()["items"]
    assert former["carbon"] == pytest.approx(3.0)
    assert [p["year"] for p in mine.ask("get", "products").json()["items"]] == [2025, 2024]
    assert mine.ask("get", "products?year=2023").json()["items"] == []


@ON_ONE
def test_what_is_passed_on_stands_beside_what_is_worked_out_now(park: ParkFolder) -> None:
    """With the change between them where it can be told; nothing becomes no number."""
    a = maker("A", "a", 3000)
    row = worked_out(a)["a"]
    mine = of(a)
    half = published(a, product_id=row.product_id, pcf={"pcfExcludingBiogenicUptake": "2"})
    (one,) = mine.ask("get", "products").json()["items"]
    assert one["passed_on"]["id"] == str(half.pk)
    assert one["passed_on"]["change"] == pytest.approx(0.5) and one["passed_on"]["matters"]
    published(a, 1, product_id=row.product_id, pcf={"pcfExcludingBiogenicUptake": "0"})
    (one,) = mine.ask("get", "products").json()["items"]
    assert one["passed_on"]["change"] is None and one["passed_on"]["matters"]


@ON_ONE
def test_a_product_that_cannot_be_worked_out_says_why(park: ParkFolder) -> None:
    """A circle without an answer has no figure, and no sign that looks like one."""
    from park_reports import approve

    a, b = circle()
    offer(a)
    offer(b)
    approve("A", "purchases", 2024, [bought("b", 6000, "B")])
    mine = of(a)
    (one,) = mine.ask("get", "products").json()["items"]
    assert one["carbon"] is None and one["missing"]
    whole = mine.ask("get", f"products/{one['id']}").json()
    assert whole["circle"] == {"own": ["a"], "suppliers": [["B", "b"]], "others": 0}
    assert whole["refused"]


def test_purchases_tell_what_stands_for_each(park: ParkFolder) -> None:
    """A partner's product, a member's that is not offered, an offer, a factor, or nothing."""
    b = maker("B", "b", 1000)
    rows = [
        bought("ore", 500),
        bought("b", 100, "B"),
        bought("x", 1, "B"),
        {**bought("salt", 10), "factor": "0.2", "source": "tests"},
        {**bought("sand", 10), "factor": "0.2"},
    ]
    a = maker("A", "a", 3000, rows)
    offer(b)
    mine = partner(a)
    sent = received(mine, record("ore", 2.0))
    chosen = link(a, "ore", partner=mine, product_id=sent.product_ids[0])
    other = link(a, "x", "B", member=b, product_id="secret")
    reads = of(a)
    told = {one["input"]: one for one in reads.ask("get", "purchases?year=2024").json()["items"]}
    assert {name: one["stands"] for name, one in told.items()} == {
        "ore": "partner",
        "b": "offer",
        "x": "missing",
        "salt": "factor",
        "sand": "missing",
    }
    assert (told["ore"]["name"], told["ore"]["product"], told["ore"]["link"]) == ("Mine", "ore", chosen.pk)
    assert told["ore"]["amounts"] == [{"amount": 500.0, "unit": "t"}]
    assert (told["x"]["link"], told["x"]["offered"]) == (other.pk, False)
    assert reads.ask("get", "purchases?year=2020").json()["items"] == []
    links = reads.ask("get", "supply-links").json()["items"]
    assert [(one["input"], one["name"], one["product_id"]) for one in links] == [
        ("ore", "Mine", ORE),
        ("x", "B", "secret"),
    ]
    assert "ETag" in reads.ask("get", f"supply-links/{chosen.pk}").headers
    assert code_of(of(b).ask("get", f"supply-links/{chosen.pk}")) == (404, "W283")


def test_what_partners_sent_is_read_as_it_came(park: ParkFolder) -> None:
    """With partner and way; by partner, product and time, and without what is replaced, if so asked."""
    from django.utils import timezone

    from separatrix_park.scope import whole_park

    a = maker("A", "a", 3000)
    mine, yours = partner(a), partner(a, "Yours")
    ore, salt = received(mine, record("ore", 2.0)), received(yours, record("salt", 1.0))
    reads = of(a)
    listed = reads.ask("get", "received").json()
    assert [one["id"] for one in listed["items"]] == [salt.pk, ore.pk]
    assert {one["record"] for one in listed["items"]} == {None}
    one = reads.ask("get", f"received/{ore.pk}").json()
    assert one["record"] == ore.record and (one["partner_name"], one["way"]) == ("Mine", "list")
    with whole_park("the tests replace it"):
        ore.deprecated, ore.replaced_by = timezone.now(), salt.pf_id
        ore.save()
    for query, found in (
        (f"partner={mine.pk}", [ore.pk]),
        (f"product_id={ORE.upper()}", [ore.pk]),
        ("product_id=urn:pact:mine.example:product:or", []),
        ("current=true", [salt.pk]),
        ("since=2100-01-01T00:00:00Z", []),
        ("since=2020-01-01T00:00:00Z&limit=1", [salt.pk]),
        ("records=true&limit=1", [salt.pk]),
    ):
        assert [row["id"] for row in reads.ask("get", f"received?{query}").json()["items"]] == found
    assert reads.ask("get", "received?records=true").json()["items"][0]["record"] == salt.record
    assert code_of(reads.ask("get", "received?since=2024-01-01T00:00:00")) == (422, "W289")


@ON_ONE
def test_partners_are_told_with_their_state_and_without_a_secret(park: ParkFolder) -> None:
    """Neither what they come in by nor what we come in by stands in any answer."""
    from separatrix.errors import InputError
    from separatrix_park.footprints.outbox import text_of
    from separatrix_park.scope import whole_park

    a = maker("A", "a", 3000)
    mine = partner(a)
    secrets = {
        "client_id": "is-no-business",
        "secret_hash": "hash-of-one",
        "remote_client": "how-we-come",
        "remote_secret": "encrypted",
    }
    with whole_park("the tests give it secrets"):
        for name, value in secrets.items():
            setattr(mine, name, value)
        mine.address, mine.trouble = "https://mine.example", text_of(InputError("W311", "no answer"))
        mine.pending = {"address": "https://other.example", "remote_secret": "encrypted", "by": 1}
        mine.save()
    reads = of(a)
    answer = reads.ask("get", f"partners/{mine.pk}")
    assert not [value for value in secrets.values() if value in answer.content.decode()]
    told = answer.json()
    assert (told["state"], told["callable"], told["address_waits"]) == ("approved", True, True)
    assert told["trouble"]["code"] == "W311"
    assert reads.ask("get", "partners?state=removed").json()["count"] == 0
    assert code_of(reads.ask("get", "partners/nobody")) == (422, "W289")
    assert code_of(program("office@example.org", "office").ask("get", "partners")) == (403, "W282")


def test_requests_are_told_in_both_directions(park: ParkFolder) -> None:
    """Ours with how far they have come, partners' with what they ask for; and by what they were answered."""
    from separatrix_park.models import FootprintRequest, SentEvent
    from separatrix_park.scope import whole_park

    a = maker("A", "a", 3000)
    mine = partner(a)
    with whole_park("the tests ask"):
        event = SentEvent.objects.create(enterprise=a, partner=mine, kind="asked", content={})
        ours = FootprintRequest.objects.create(
            enterprise=a, partner=mine, ours=True, event_id=event.event_id, content={"productId": [ORE]}
        )
        error = {"code": "NotFound", "message": "no such product"}
        theirs = FootprintRequest.objects.create(
            enterprise=a, partner=mine, ours=False, event_id="2", state="rejected", answer={"error": error}
        )
    reads = of(a)
    assert [one["id"] for one in reads.ask("get", "requests").json()["items"]] == [theirs.pk, ours.pk]
    (one,) = reads.ask("get", "requests?ours=true").json()["items"]
    assert (one["criteria"], one["state"], one["sending"]) == ({"productId": [ORE]}, "open", "waiting")
    (one,) = reads.ask("get", f"requests?ours=false&partner={mine.pk}&state=rejected").json()["items"]
    assert (one["code"], one["message"], one["sending"]) == ("NotFound", "no such product", None)
    came = str(uuid.uuid4())
    with whole_park("the tests answer"):
        FootprintRequest.objects.filter(pk=ours.pk).update(state="fulfilled", answer={"pfIds": [came]})
        SentEvent.objects.filter(pk=event.pk).update(state="sent")
    one = reads.ask("get", f"requests/{ours.pk}").json()
    assert (one["footprints"], one["sending"], one["trouble"]) == ([came], None, None)


def test_own_footprints_are_told_in_all_versions_with_who_sees_them(park: ParkFolder) -> None:
    """What is deprecated too; with its record and the partners who may see it or have it."""
    from separatrix_park.models import FootprintDelivery, FootprintGrant
    from separatrix_park.scope import whole_park

    a = maker("A", "a", 3000)
    customer, other = partner(a, "Customer"), partner(a, "Other")
    former = published(a, 1, status="Deprecated", for_all=False)
    newer = published(a, 2, for_all=False)
    with whole_park("the tests show it"):
        FootprintGrant.objects.create(enterprise=a, footprint=newer, partner=customer)
        FootprintDelivery.objects.create(enterprise=a, footprint=newer, partner=other)
    reads = of(a, "approval")
    listed = reads.ask("get", "footprints").json()["items"]
    assert [(one["id"], one["state"]) for one in listed] == [
        (str(newer.pk), "published"),
        (str(former.pk), "deprecated"),
    ]
    assert {one["record"] for one in listed} == {None} and {one["whole"] for one in listed} == {None}
    assert reads.ask("get", "footprints?state=deprecated&records=true").json()["items"][0]["record"]
    told = reads.ask("get", f"footprints/{newer.pk}").json()
    assert told["record"] == newer.record
    assert [(one["name"], one["shown"], one["since"] is not None) for one in told["partners"]] == [
        ("Customer", True, False),
        ("Other", False, True),
    ]
    assert code_of(of(maker("B", "b", 1000)).ask("get", f"footprints/{newer.pk}")) == (404, "W283")


def test_a_suppliers_product_stands_for_a_purchase_by_a_program(park: ParkFolder) -> None:
    """It goes in at once; whoever changes it says what they read, and the second of two is told."""
    a = maker("A", "a", 3000, [bought("ore", 500)])
    mine = partner(a)
    received(mine, record("ore", 2.0))
    received(mine, record("slag", 1.0))
    writes = of(a)
    given = {"year": 2024, "input": "ore", "partner": str(mine.pk), "product_id": ORE}
    made = writes.ask("put", "supply-links", given)
    assert made.status_code == 201 and made.json()["name"] == "Mine"
    assert writes.ask("post", "products/roll-up", {}).json()["working"] is False
    assert writes.ask("get", "products").json()["items"][0]["carbon"] == pytest.approx(4.0)
    assert writes.ask("put", "supply-links", given).status_code == 200
    slag = given | {"product_id": ORE.replace("ore", "slag")}
    assert code_of(writes.ask("put", "supply-links", slag)) == (428, "W286")
    assert code_of(writes.ask("put", "supply-links", slag, tag='"of yesterday"')) == (412, "W286")
    assert writes.ask("get", "supply-links").json()["items"][0]["product_id"] == ORE
    changed = writes.ask("put", "supply-links", slag, tag=made["ETag"])
    assert changed.status_code == 200 and changed["ETag"] != made["ETag"]
    address = f"supply-links/{changed.json()['id']}"
    assert code_of(writes.ask("delete", address, tag=made["ETag"])) == (412, "W286")
    assert writes.ask("delete", address, tag=changed["ETag"]).status_code == 204
    assert writes.ask("get", "purchases?year=2024").json()["items"][0]["stands"] == "missing"


@ON_ONE
def test_what_cannot_stand_for_a_purchase_is_refused_with_its_place(park: ParkFolder) -> None:
    """Nobody or two, what was not bought, what was not received, another's partner, oneself."""
    a = maker("A", "a", 3000, [bought("ore", 500), bought("screws", 4, unit="piece")])
    b = maker("B", "b", 1000)
    mine, theirs = partner(a), partner(b)
    received(mine, record("ore", 2.0))
    received(theirs, record("ore", 2.0))
    writes = of(a)
    ore = {"year": 2024, "input": "ore", "product_id": ORE}
    for given, code, where in (
        (ore, "W289", "body.member"),
        (ore | {"partner": str(mine.pk), "member": "B"}, "W289", "body.member"),
        (ore | {"partner": str(mine.pk), "input": "gold"}, "W289", "body.input"),
        (ore | {"partner": str(mine.pk), "year": 2023}, "W289", "body.input"),
        (ore | {"partner": str(theirs.pk)}, "W320", "body.product_id"),
        (ore | {"partner": str(uuid.uuid4())}, "W320", "body.product_id"),
        (ore | {"member": "A"}, "W320", "body.member"),
        (ore | {"member": "nobody"}, "W320", "body.member"),
        (ore | {"partner": str(mine.pk), "input": "screws"}, "W321", "body.product_id"),
        (ore | {"partner": "mine"}, "W289", "body.partner"),
    ):
        refused = writes.ask("put", "supply-links", given)
        assert (given, *code_of(refused)) == (given, 422, code)
        assert refused.json()["errors"][0]["where"] == where
    assert writes.ask("get", "supply-links").json()["count"] == 0
    assert writes.ask("put", "supply-links", ore | {"member": "b", "product_id": "b"}).status_code == 201
    assert code_of(writes.ask("post", "products/roll-up", {"year": 2020})) == (422, "W289")
    assert writes.ask("post", "products/roll-up", {"year": 2024}).json()["years"] == [2024]


def test_a_footprint_is_proposed_once_and_published_by_a_second_person(park: ParkFolder) -> None:
    """With what is said of it, by the rules of the page; a key sent twice proposes once."""
    from separatrix_park.footprints.versions import publish
    from separatrix_park.models import LogEntry, Person, PublishedFootprint
    from separatrix_park.scope import Scope, scoped, whole_park

    a = maker("A", "a", 3000, [bought("ore", 500)])
    writes = of(a)
    (one,) = writes.ask("get", "products").json()["items"]
    address = f"products/{one['id']}/propose"
    said = {"standards": ["PACT-3.0"], "exempted": 0}
    refused = writes.ask("post", address, said).json()["errors"]
    assert [error["where"] for error in refused] == ["body.exempted", "body.left_out"]
    said |= {"exempted": 4, "left_out": "the ore"}
    assert code_of(writes.ask("post", address, said | {"standards": ["mine"]})) == (422, "W289")
    half = writes.ask("post", address, said | {"technology": 2})
    assert half.json()["errors"][0]["where"] == "body.time"
    key = {"headers": {"Idempotency-Key": "1"}}
    made = writes.ask("post", address, said, **key)
    assert made.status_code == 201 and (made.json()["state"], made.json()["whole"]) == ("draft", False)
    pcf = made.json()["record"]["pcf"]
    assert (pcf["exemptedEmissionsPercent"], pcf["exemptedEmissionsDescription"]) == ("4", "the ore")
    assert writes.ask("post", address, said, **key).json() == made.json()
    assert code_of(writes.ask("post", address, said | {"exempted": 5}, **key)) == (409, "W285")
    assert code_of(writes.ask("post", address, said)) == (409, "W301")
    assert writes.ask("get", f"products/{one['id']}").json()["proposal"] == made.json()["id"]
    assert writes.ask("get", f"footprints/{made.json()['id']}").json()["missing"]
    approves = of(a, "approval")
    with whole_park("the tests look"):
        second = Person.objects.get(role="approval")
        row = PublishedFootprint.objects.get()
        told = LogEntry.objects.filter(action="footprint proposed").count()
    with scoped(Scope("approval", enterprise=a.pk, person=second.pk)):
        publish(row, second)
    (one,) = approves.ask("get", "products").json()["items"]
    assert told == 1 and one["passed_on"]["change"] == 0
    assert writes.ask("get", "footprints?state=published").json()["count"] == 1


@ON_ONE
def test_what_was_worked_out_anew_is_not_proposed(park: ParkFolder) -> None:
    """A former version is none to pass on, nor one of another enterprise, nor a circle without answer."""
    from park_reports import approve

    a, b = circle()
    writes = of(a)
    (former,) = writes.ask("get", "products").json()["items"]
    offer(a)
    offer(b)
    writes.ask("get", "products")
    said = {"standards": ["PACT-3.0"], "exempted": 1}
    assert code_of(writes.ask("post", f"products/{former['id']}/propose", said)) == (409, "W301")
    approve("A", "purchases", 2024, [bought("b", 6000, "B")])
    (none,) = writes.ask("get", "products").json()["items"]
    assert code_of(writes.ask("post", f"products/{none['id']}/propose", said)) == (409, "W301")
    assert code_of(of(b).ask("post", f"products/{former['id']}/propose", said)) == (404, "W283")
    assert writes.ask("get", "footprints").json()["count"] == 0


@ON_ONE
def test_a_record_that_was_made_elsewhere_is_proposed(park: ParkFolder) -> None:
    """With an id of its own; what the data model refuses is refused, and what is too large."""
    a = maker("A", "a", 3000)
    writes = of(a)
    sent = record_of()
    made = writes.ask("post", "footprints", {"record": sent, "why": "from our auditor"}).json()
    assert made["id"] != sent["id"] and made["record"]["id"] == made["id"]
    assert (made["product_id"], made["roll_up"], made["why"]) == (
        sent["productIds"][0],
        None,
        "from our auditor",
    )
    wrong = {**sent, "pcf": {**sent["pcf"], "declaredUnitAmount": "-1"}}
    assert code_of(writes.ask("post", "footprints", {"record": wrong})) == (422, "K220")
    large = {**sent, "comment": "x" * 1_000_000}
    assert code_of(writes.ask("post", "footprints", {"record": large})) == (413, "W287")
    assert writes.ask("get", "footprints").json()["count"] == 1


def test_a_partner_is_asked_once_by_a_program(partnered: Any) -> None:
    """For ids that are ones; the request waits for its node, and its list is fetched if it may be called."""
    from separatrix_park.footprints.partners import remove
    from separatrix_park.models import SentEvent
    from separatrix_park.scope import whole_park

    writes = of(partnered.enterprise)
    address = f"partners/{partnered.partner.pk}"
    given = {"product_ids": [ORE, ORE], "comment": "for 2024"}
    key = {"headers": {"Idempotency-Key": "ask"}}
    made = writes.ask("post", f"{address}/requests", given, **key)
    assert made.status_code == 201
    told = made.json()
    assert (told["ours"], told["state"], told["sending"]) == (True, "open", "waiting")
    assert told["criteria"] == {"productId": [ORE]} and told["comment"] == "for 2024"
    assert writes.ask("post", f"{address}/requests", given, **key).json()["id"] == told["id"]
    with whole_park("the tests look"):
        assert SentEvent.objects.count() == 1
    assert code_of(writes.ask("post", f"{address}/requests", {"product_ids": ["ore"]})) == (422, "W319")
    assert code_of(writes.ask("post", f"{address}/requests", {"product_ids": []})) == (422, "W289")
    assert writes.ask("post", f"{address}/fetch").status_code == 202
    with partnered.speaking():
        remove(partnered.partner, "", partnered.approval)
    assert code_of(writes.ask("post", f"{address}/requests", given)) == (409, "W316")
    assert code_of(writes.ask("post", f"{address}/fetch")) == (409, "W316")


@ON_ONE
def test_a_token_that_only_reads_changes_nothing(park: ParkFolder) -> None:
    """Of all operations on footprints those that write are refused to it."""
    from separatrix_park.models import Person
    from separatrix_park.scope import whole_park
    from separatrix_park.tokens import issue

    a = maker("A", "a", 3000)
    mine = partner(a)
    of(a)
    with whole_park("the tests make a token"):
        reads = Program(issue(Person.objects.get(role="entry"), "t", 3, reads_only=True)[1])
    for method, address, body in (
        ("put", "supply-links", {"year": 2024, "input": "x", "product_id": "x"}),
        ("delete", "supply-links/1", None),
        ("post", "products/roll-up", {}),
        ("post", "products/1/propose", {"standards": ["PACT-3.0"], "exempted": 1}),
        ("post", "footprints", {"record": {}}),
        ("post", f"partners/{mine.pk}/requests", {"product_ids": [ORE]}),
        ("post", f"partners/{mine.pk}/fetch", None),
    ):
        assert (address, *code_of(reads.ask(method, address, body))) == (address, 403, "W282")
    assert reads.ask("get", "products").status_code == 200


@ON_ONE
def test_a_request_by_a_program_comes_back_as_a_footprint(partnered: Any) -> None:
    """It reaches the partner's node; what that sends is named by the request, and stands for a purchase."""
    from separatrix_park.footprints.outbox import send_due
    from separatrix_park.footprints.requests import take_fulfilled

    maker("E01", "a", 3000, [bought("ore", 500)])
    writes = of(partnered.enterprise)
    partner_address = f"partners/{partnered.partner.pk}"
    made = writes.ask("post", f"{partner_address}/requests", {"product_ids": [ORE]}).json()
    assert send_due() == 1
    (event,) = partnered.node.events
    assert (event["id"], event["data"]) == (made["event_id"], {"productId": [ORE]})
    assert writes.ask("get", f"requests/{made['id']}").json()["sending"] is None
    sent = record("ore", 2.0).to_record(identifier=str(uuid.uuid4()))
    with partnered.program():
        take_fulfilled(partnered.partner, "2", {"requestEventId": made["event_id"], "pfs": [sent]})
    told = writes.ask("get", f"requests/{made['id']}").json()
    assert (told["state"], told["footprints"]) == ("fulfilled", [sent["id"]])
    (came,) = writes.ask("get", "received?records=true").json()["items"]
    assert (came["pf_id"], came["way"], came["record"]) == (sent["id"], "request", sent)
    given = {"year": 2024, "input": "ore", "partner": came["partner"], "product_id": came["product_ids"][0]}
    assert writes.ask("put", "supply-links", given).status_code == 201
    (one,) = writes.ask("get", "products").json()["items"]
    whole = writes.ask("get", f"products/{one['id']}").json()
    assert one["carbon"] == pytest.approx(4.0) and one["sign"] == ""
    assert [(put_in["pf_id"], put_in["supplier"]) for put_in in whole["inputs"]] == [
        (sent["id"], "Cement works")
    ]

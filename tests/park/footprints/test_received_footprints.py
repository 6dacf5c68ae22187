"""What a partner sends is checked, kept as it came, and never overwritten."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from park.footprints.nodes import published, record_of
from park_set_up import ON_ONE
from separatrix.errors import InputError


def kept(partnered: Any) -> list[Any]:
    """Return what is kept of the partner's records, the oldest first."""
    from separatrix_park.models import ReceivedFootprint

    with partnered.speaking():
        return list(ReceivedFootprint.objects.order_by("pk"))


def refused(partnered: Any, record: Any, code: str) -> None:
    """Hold that a record is refused, by a person's scope and by the partner's own."""
    from separatrix_park.footprints.received_footprints import LIST, receive

    before = [row.record for row in kept(partnered)]
    for scope in (partnered.speaking(), partnered.program()):
        with scope, pytest.raises(InputError, match=code):
            receive(partnered.partner, record, LIST)
    assert [row.record for row in kept(partnered)] == before


def test_a_record_is_kept_as_it_came_with_its_source(partnered: Any) -> None:
    """With its ids and the way by which it came; a second time it is the same."""
    from separatrix_park.footprints.received_footprints import LIST, REQUEST, receive

    record = record_of(extensions=[])
    with partnered.program():
        receive(partnered.partner, record, REQUEST)
    with partnered.speaking("entry"):
        receive(partnered.partner, record, LIST)
    (row,) = kept(partnered)
    assert (row.record, row.way, row.product_ids) == (record, REQUEST, record["productIds"])
    assert (str(row.pf_id), row.partner_id) == (record["id"], partnered.partner.pk)
    assert row.deprecated is None


def test_an_id_that_comes_again_with_other_content_is_refused(partnered: Any) -> None:
    """What came first stays; that it is deprecated is all that may change."""
    from separatrix_park.footprints.received_footprints import LIST, receive

    record = record_of()
    with partnered.speaking():
        receive(partnered.partner, record, LIST)
    refused(partnered, {**record, "pcf": {**record["pcf"], "pcfExcludingBiogenicUptake": "0.1"}}, "W318")
    refused(partnered, {**record, "comment": "a word more"}, "W318")
    with partnered.speaking():
        receive(partnered.partner, {**record, "status": "Deprecated"}, LIST)
    (row,) = kept(partnered)
    assert row.deprecated is not None
    assert row.record == record


def test_a_newer_version_replaces_the_one_that_it_names(partnered: Any) -> None:
    """In whichever order they come, and only of the same product."""
    from separatrix_park.footprints.received_footprints import LIST, receive, receive_all

    first = record_of()
    second = record_of(precedingPfIds=[first["id"]])
    third = record_of(precedingPfIds=[first["id"], second["id"]])
    stranger = record_of("urn:gtin:4712345060514", precedingPfIds=[third["id"]])
    with partnered.speaking():
        receive(partnered.partner, second, LIST)
        receive_all(partnered.partner, [first, third, stranger], LIST)
    by = {str(row.pf_id): row.replaced_by and str(row.replaced_by) for row in kept(partnered)}
    assert by[second["id"]] == third["id"]
    assert by[first["id"]] in (second["id"], third["id"])
    assert by[third["id"]] is None
    assert [row.deprecated is None for row in kept(partnered)].count(True) == 2


@ON_ONE
@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"pcf": {"pcfExcludingBiogenicUptake": "much"}}, "K220"),
        ({"specVersion": "4.0.0"}, "K251"),
        ({"specVersion": "1.0.0"}, "K251"),
        ({"id": "no uuid"}, "K220"),
        ({"comment": "x" * 1_000_001}, "W317"),
    ],
)
def test_what_is_no_record_is_refused(partnered: Any, change: dict[str, Any], code: str) -> None:
    """Also one of another version of the data model, or one without end."""
    refused(partnered, record_of(**change), code)


@ON_ONE
@pytest.mark.parametrize("broken", [None, [], "x", {}, {"pcf": {}}, {"pcf": []}])
def test_what_is_nothing_like_a_record_is_refused(partnered: Any, broken: Any) -> None:
    """Whatever a node writes into its list."""
    refused(partnered, broken, "K220")


def test_a_record_that_names_us_or_itself_is_refused(partnered: Any) -> None:
    """Our own products are worked out from our own reports; nothing replaces itself."""
    from separatrix_park.models import ProductRollUp
    from separatrix_park.scope import whole_park

    own = published(partnered.enterprise, companyIds=["urn:pact:example.com:us"])
    other = "urn:gtin:4712345060521"
    refused(partnered, record_of(own.product_id), "W317")
    refused(partnered, record_of(other, companyIds=["URN:pact:example.com:us"]), "W317")
    refused(partnered, record_of(other, id=str(own.pk)), "W317")
    refused(partnered, record_of(other, companyIds=[partnered.enterprise.pk.urn]), "W317")
    with whole_park("the tests work a product out"):
        ProductRollUp.objects.create(
            enterprise=partnered.enterprise, year=2024, product_id="urn:xy:steel", version=1, whole=True
        )
    refused(partnered, record_of("urn:xy:STEEL"), "W317")
    itself = str(uuid.uuid4())
    refused(partnered, record_of(other, id=itself, precedingPfIds=[itself.upper()]), "W317")


def test_nobody_keeps_a_record_for_another_enterprise(partnered: Any) -> None:
    """Neither another's people nor another partner's program."""
    from django.core.exceptions import PermissionDenied

    from separatrix_park.footprints.received_footprints import LIST, receive
    from separatrix_park.scope import PARTNER, Role, Scope, scoped

    for scope in (Scope(Role.ENTRY, enterprise=uuid.uuid4()), Scope(PARTNER, partner=uuid.uuid4())):
        with scoped(scope), pytest.raises(PermissionDenied):
            receive(partnered.partner, record_of(), LIST)


def test_one_bad_record_of_many_keeps_the_others(partnered: Any) -> None:
    """And the bad one is told."""
    from separatrix_park.footprints.received_footprints import LIST, receive_all

    with partnered.speaking():
        receipt = receive_all(partnered.partner, [record_of(), {"pcf": {}}, record_of()], LIST)
    assert (len(receipt.kept), [problem.code for problem in receipt.refused]) == (2, ["K220"])
    assert len(kept(partnered)) == 2


def test_a_partner_fills_no_park(partnered: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """After so many records of one partner no more are kept."""
    from separatrix_park.footprints import received_footprints

    monkeypatch.setattr(received_footprints, "MOST_KEPT", 2)
    with partnered.speaking():
        receipt = received_footprints.receive_all(
            partnered.partner, [record_of() for _ in range(4)], received_footprints.LIST
        )
    assert [problem.code for problem in receipt.refused] == ["W317", "W317"]
    assert len(kept(partnered)) == 2


def test_the_same_record_by_two_ways_at_once_is_kept_once(partnered: Any) -> None:
    """Neither of the two fails: the second waits, and finds what the first kept."""
    from threading import Thread

    from django.db import connection

    from separatrix_park.footprints.received_footprints import LIST, REQUEST, receive_all

    records = [record_of() for _ in range(5)]
    receipts: list[Any] = []

    def receives(way: str) -> None:
        try:
            with partnered.program():
                receipts.append(receive_all(partnered.partner, records, way))
        finally:
            connection.close()

    threads = [Thread(target=receives, args=(way,)) for way in (LIST, REQUEST) * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [(len(one.kept), one.refused) for one in receipts] == [(5, ())] * 4
    assert len(kept(partnered)) == 5


def test_a_page_of_records_is_looked_up_at_once(partnered: Any) -> None:
    """However many it holds, new ones and such as came before: the statements are as many."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from separatrix_park.footprints.received_footprints import LIST, receive_all

    def statements(records: list[Any]) -> int:
        with partnered.program(), CaptureQueriesContext(connection) as asked:
            assert not receive_all(partnered.partner, records, LIST).refused
        return len(asked)

    few, many = ([record_of() for _ in range(count)] for count in (2, 40))
    assert statements(few) == statements(many)
    assert statements(few) == statements(many)


def test_an_id_that_comes_twice_in_a_page_is_kept_once(partnered: Any) -> None:
    """Its state the later one, as if they had come one after the other; other content of it is refused."""
    from separatrix_park.footprints.received_footprints import LIST, receive_all

    record = record_of()
    over, other = {**record, "status": "Deprecated"}, {**record, "comment": "another"}
    shouted = {**record, "id": record["id"].upper()}
    with partnered.program():
        receipt = receive_all(partnered.partner, [record, over, other, shouted, over], LIST)
    assert [problem.code for problem in receipt.refused] == ["W318", "W318"]
    (row,) = kept(partnered)
    assert row.deprecated is not None
    assert row.record == record

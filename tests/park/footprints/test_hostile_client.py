"""Partners' nodes that mean harm: floods of records, of versions and of words, and what they cost."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from park.footprints.nodes import record_of
from park_set_up import ON_ONE


def _kept(partnered: Any) -> dict[str, Any]:
    """Return what is kept of the partner's records, by their ids."""
    from separatrix_park.models import ReceivedFootprint

    with partnered.speaking():
        return {str(row.pf_id): row for row in ReceivedFootprint.objects.all()}


def test_a_flood_of_older_versions_is_looked_at_within_bounds(
    partnered: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of records that name thousands of others the first names count, and of many such records the newest."""
    from separatrix_park.footprints import received_footprints
    from separatrix_park.footprints.received_footprints import LIST, MOST_BEFORE, receive, receive_all

    looked_at: list[Any] = []

    class Counted(uuid.UUID):
        def __init__(self, *given: Any, **named: Any) -> None:
            looked_at.append(given)
            super().__init__(*given, **named)

    old, late, far = record_of(), record_of(), record_of()
    others = [str(uuid.uuid4()) for _ in range(1500)]
    flood = [record_of(precedingPfIds=others) for _ in range(4)]
    naming = record_of(precedingPfIds=[old["id"], late["id"], *others, far["id"]])
    with partnered.speaking():
        receive_all(partnered.partner, [old, *flood, naming], LIST)
        monkeypatch.setattr(received_footprints, "MOST_NEWER", 2)
        monkeypatch.setattr(received_footprints, "uuid", type("Counting", (), {"UUID": Counted}))
        receive(partnered.partner, late, LIST)
    of_the_record_itself = 3  # its id, looked up, compared and kept
    assert len(looked_at) <= 2 * MOST_BEFORE + of_the_record_itself
    with partnered.speaking():
        receive(partnered.partner, far, LIST)
    kept = _kept(partnered)
    assert [str(kept[one["id"]].replaced_by or "") for one in (old, late, far)] == [naming["id"]] * 2 + [""]


def test_a_record_of_another_product_hides_no_newer_version(partnered: Any) -> None:
    """Whatever else names the older one, before or after."""
    from separatrix_park.footprints.received_footprints import LIST, receive_all

    old = record_of()
    newer = record_of(precedingPfIds=[old["id"]])
    strange = [record_of(f"urn:gtin:471234506051{k}", precedingPfIds=[old["id"]]) for k in (4, 5)]
    with partnered.speaking():
        receive_all(partnered.partner, [old, strange[0], newer, strange[1]], LIST)
    assert str(_kept(partnered)[old["id"]].replaced_by) == newer["id"]


@ON_ONE
def test_a_slow_node_takes_its_turn(partnered: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """However much waits for it, after a while the next partner's turn comes; nothing of its own is lost."""
    from separatrix_park.footprints import outbox
    from separatrix_park.footprints.partner_client import PUBLISHED

    with partnered.speaking():
        for _ in range(3):
            outbox.enqueue(partnered.partner, PUBLISHED, {"pfIds": []})
    monkeypatch.setattr(outbox, "SECONDS", -1.0)
    assert outbox.send_due() == 0
    assert not partnered.node.asked
    monkeypatch.undo()
    assert outbox.send_due() == 3


def test_records_that_arrived_are_not_kept_twice(partnered: Any) -> None:
    """Of an answer to a request its ids stay in the outbox."""
    from separatrix_park.footprints import outbox
    from separatrix_park.footprints.partner_client import REQUEST_FULFILLED
    from separatrix_park.models import SentEvent

    record = record_of()
    with partnered.speaking():
        outbox.enqueue(partnered.partner, REQUEST_FULFILLED, {"requestEventId": "1", "pfs": [record]})
    assert outbox.send_due() == 1
    assert partnered.node.events[0]["data"]["pfs"] == [record]
    with partnered.speaking():
        assert SentEvent.objects.get().content["data"]["pfs"] == [{"id": record["id"]}]


def _waiting() -> list[tuple[list[str], bool]]:
    """Return which footprints wait to be fetched, and whether that is for later."""
    from django.utils import timezone
    from django_tasks_db.models import DBTaskResult, get_date_max

    from separatrix_park.footprints.node import QUEUE

    rows = DBTaskResult.objects.filter(queue_name=QUEUE, status="READY").order_by("enqueued_at")
    now = timezone.now()
    return [(row.args_kwargs["args"][1], now < row.run_after < get_date_max()) for row in rows]


def _notices(partnered: Any, count: int) -> list[list[str]]:
    """Have a partner tell of footprints so many times; return their ids."""
    from separatrix_park.footprints.node import take_published

    named = [[str(uuid.uuid4()), str(uuid.uuid4())] for _ in range(count)]
    with partnered.program():
        for k, ids in enumerate(named):
            take_published(partnered.partner, str(k), {"pfIds": ids})
    return named


def test_notices_of_a_slow_node_wait_and_keep_nobody_waiting(
    partnered: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What there was no time for is fetched later, and so is all else that it told of; nothing is lost."""
    from separatrix_park.answers.workers import do_waiting
    from separatrix_park.footprints import node as collection

    named = _notices(partnered, 3)
    monkeypatch.setattr(collection, "SECONDS_OF_NOTICE", -1.0)
    do_waiting((collection.QUEUE,))
    assert sorted(ids for ids, _ in _waiting()) == sorted(named)
    assert all(later for _, later in _waiting())
    assert [path for _, path in partnered.node.asked] == ["/auth/token"]


@ON_ONE
def test_a_node_that_lets_us_in_no_more_is_asked_once_and_again_later(partnered: Any) -> None:
    """Not once for each footprint; what it told of is not taken for something that is not for us."""
    from park.footprints.partner_server import tell
    from separatrix_park.answers.workers import do_waiting
    from separatrix_park.footprints.node import QUEUE

    named = _notices(partnered, 2)
    partnered.node.answers["/auth/token"] = lambda handler: tell(handler, 401, {"error": "invalid_client"})
    do_waiting((QUEUE,))
    assert len(partnered.node.asked) == 1
    assert sorted(ids for ids, _ in _waiting()) == sorted(named)
    assert all(later for _, later in _waiting())
    assert "W313" in partnered.fresh().trouble

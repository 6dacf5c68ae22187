"""What partners published is fetched from their own addresses, whatever a notice says."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest

from park.footprints.nodes import record_of
from park.footprints.partner_server import tell
from park_set_up import ON_ONE


def fetched() -> None:
    """Do what waits for partners' nodes."""
    from separatrix_park.answers.workers import do_waiting
    from separatrix_park.footprints.node import QUEUE

    do_waiting((QUEUE,))


def kept(partnered: Any) -> list[tuple[str, str]]:
    """Return the ids of what is kept, and the way by which each came."""
    from separatrix_park.models import ReceivedFootprint

    with partnered.speaking():
        rows = ReceivedFootprint.objects.order_by("pk")
        return [(str(row.pf_id), row.way) for row in rows]


def told(partnered: Any, *pf_ids: str) -> None:
    """Take a notice of the partner, in its own scope, as its node does."""
    from separatrix_park.footprints.node import take_published

    with partnered.program():
        take_published(partnered.partner, "1", {"pfIds": list(pf_ids)})


def trouble(partnered: Any) -> str:
    """Return the code of what was wrong with the partner's node at last."""
    from separatrix_park.footprints.outbox import read_problem

    found = read_problem(partnered.fresh().trouble)
    return found.code if found else ""


def waiting() -> list[Any]:
    """Return the jobs that wait for a partner's node."""
    from django_tasks import TaskResultStatus
    from django_tasks_db.models import DBTaskResult

    return list(DBTaskResult.objects.filter(queue_name="partners", status=TaskResultStatus.READY))


def test_a_list_is_fetched_when_somebody_asks(partnered: Any) -> None:
    """All its pages, once, also where it is asked for twice; bad records are told and the others kept."""
    from separatrix_park.footprints.node import ask_for_list

    records = [record_of() for _ in range(3)]
    partnered.node.records = {record["id"]: record for record in records} | {"x": {"pcf": {}}}
    with partnered.speaking("entry"):
        ask_for_list(partnered.partner, partnered.entry)
        ask_for_list(partnered.partner, partnered.entry)
    assert len(waiting()) == 1
    fetched()
    assert kept(partnered) == [(record["id"], "list") for record in records]
    assert trouble(partnered) == "K220"
    assert partnered.fresh().heard is not None


def test_what_a_notice_names_is_fetched_by_its_id(partnered: Any) -> None:
    """From the address that two people approved; what is not for us is told, and the rest kept."""
    records = [record_of() for _ in range(2)]
    partnered.node.records = {record["id"]: record for record in records}
    nobodys = str(uuid.uuid4())
    told(partnered, records[0]["id"], nobodys, records[1]["id"].upper(), records[0]["id"])
    fetched()
    assert kept(partnered) == [(record["id"], "event") for record in records]
    assert trouble(partnered) == "W313"
    asked = [path for _, path in partnered.node.asked if path.startswith("/3/")]
    assert asked == [f"/3/footprints/{one}" for one in (records[0]["id"], nobodys, records[1]["id"])]


def test_what_the_partner_withdrew_is_used_no_longer(partnered: Any) -> None:
    """It tells of a footprint that we have, and its node has that no longer; what came stays as it came."""
    from separatrix_park.models import ReceivedFootprint

    record = record_of()
    partnered.node.records = {record["id"]: record}
    told(partnered, record["id"])
    fetched()
    partnered.node.records = {}
    told(partnered, record["id"])
    fetched()
    with partnered.speaking():
        (row,) = ReceivedFootprint.objects.all()
    assert row.deprecated is not None
    assert row.record == record
    assert trouble(partnered) == ""


@ON_ONE
def test_another_footprint_than_the_one_asked_for_is_not_kept(partnered: Any) -> None:
    """Whatever the node answers to an id."""
    wanted = str(uuid.uuid4())
    partnered.node.records = {wanted: record_of()}
    told(partnered, wanted)
    fetched()
    assert kept(partnered) == []
    assert trouble(partnered) == "W312"


def test_a_node_that_does_not_answer_is_asked_again(partnered: Any) -> None:
    """After a pause; what a list failed of is told, and not asked for again by itself."""
    from django.utils import timezone

    from separatrix_park.footprints.node import ask_for_list

    record = record_of()
    partnered.node.answers["/3/"] = lambda handler: tell(handler, 503)
    told(partnered, record["id"])
    fetched()
    (again,) = waiting()
    assert timedelta(0) < again.run_after - timezone.now() <= timedelta(minutes=1)
    assert again.args_kwargs["args"] == [str(partnered.partner.pk), [record["id"]], 1]
    again.run_after = timezone.now()
    again.save()
    partnered.node.answers.clear()
    partnered.node.records = {record["id"]: record}
    fetched()
    assert kept(partnered) == [(record["id"], "event")]
    assert trouble(partnered) == ""
    partnered.node.answers["/auth"] = lambda handler: tell(handler, 401)
    with partnered.speaking("entry"):
        ask_for_list(partnered.partner, partnered.entry)
    fetched()
    assert waiting() == []
    assert trouble(partnered) == "W313"


def test_a_removed_partner_is_not_called(partnered: Any) -> None:
    """Also where its notice came before."""
    from separatrix_park.footprints.partners import remove

    told(partnered, str(uuid.uuid4()))
    with partnered.speaking():
        remove(partnered.partner, "", partnered.approval)
    fetched()
    assert partnered.node.asked == []
    assert waiting() == []


def test_few_notices_of_a_partner_wait(partnered: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """And another partner's program has none fetched, nor another enterprise a list."""
    from django.core.exceptions import PermissionDenied

    from separatrix.errors import InputError
    from separatrix_park.footprints import node as collection
    from separatrix_park.scope import PARTNER, Scope, scoped

    monkeypatch.setattr(collection, "MOST_WAITING", 2)
    told(partnered, str(uuid.uuid4()))
    told(partnered, str(uuid.uuid4()))
    with pytest.raises(InputError, match="W319"):
        told(partnered, str(uuid.uuid4()))
    with scoped(Scope(PARTNER, partner=uuid.uuid4())), pytest.raises(PermissionDenied):
        collection.take_published(partnered.partner, "1", {"pfIds": [str(uuid.uuid4())]})
    partnered.entry.enterprise_id = uuid.uuid4()
    with partnered.speaking("entry"), pytest.raises(PermissionDenied):
        collection.ask_for_list(partnered.partner, partnered.entry)


def test_a_newer_version_marks_what_rests_on_the_older_one(partnered: Any) -> None:
    """The product's roll-ups are out of date as soon as the newer record is here."""
    from separatrix_park.models import ProductRollUp, RollUpInput
    from separatrix_park.scope import whole_park

    old = record_of()
    new = record_of(precedingPfIds=[old["id"]])
    partnered.node.records = {old["id"]: old, new["id"]: new}
    told(partnered, old["id"])
    fetched()
    with whole_park("the tests work a roll-up out"):
        roll_up = ProductRollUp.objects.create(
            enterprise=partnered.enterprise, year=2024, product_id="urn:x:steel", version=1, whole=True
        )
        RollUpInput.objects.create(
            enterprise=partnered.enterprise,
            roll_up=roll_up,
            partner=partnered.partner,
            pf_id=old["id"],
            product_id=old["productIds"][0],
            amount=1.0,
            carbon=0.66,
        )
    told(partnered, new["id"])
    fetched()
    with partnered.speaking():
        roll_up.refresh_from_db()
    assert roll_up.outdated is not None


@ON_ONE
def test_a_list_that_takes_too_long_is_left_and_what_came_is_kept(
    partnered: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A node may be slow on each of very many pages."""
    from separatrix_park.footprints import node as collection

    records = [record_of() for _ in range(5)]
    partnered.node.records = {record["id"]: record for record in records}
    monkeypatch.setattr(collection, "SECONDS", -1.0)
    with partnered.speaking("entry"):
        collection.ask_for_list(partnered.partner, partnered.entry)
    fetched()
    assert len(kept(partnered)) == 2
    assert trouble(partnered) == "W312"

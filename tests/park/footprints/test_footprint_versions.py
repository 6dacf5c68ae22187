"""Footprints proposed by one person and published by another; corrections, and who hears of them."""

from __future__ import annotations

from typing import Any

import pytest

from park.footprints.nodes import NodeProgram, made_partner, record_of
from park_set_up import ON_ONE
from separatrix.errors import InputError
from separatrix_park.folder import ParkFolder


class Enterprise:
    """A member with two people, each of whom acts in their own scope."""

    def __init__(self) -> None:
        from separatrix_park.models import Enterprise, Person
        from separatrix_park.scope import whole_park

        with whole_park("the tests admit members"):
            self.row = Enterprise.objects.create(key="E01", name="River Cement")
            self.entry = Person.objects.create_user("entry@e01.example", "entry", self.row.pk)
            self.approval = Person.objects.create_user("approval@e01.example", "approval", self.row.pk)
        self.partner = made_partner(self.row)
        self.program = NodeProgram("E01", self.partner.client_id, self.partner.name)

    def does(self, person: Any, work: Any, *args: Any, **named: Any) -> Any:
        """Return what somebody's work returns, in their scope."""
        from separatrix_park.models.people import scope_of
        from separatrix_park.scope import scoped

        with scoped(scope_of(person)):
            return work(*args, **named)

    def proposes(self, carbon: str = "0.66", by: Any = None, **told: Any) -> Any:
        """Propose a footprint."""
        from separatrix_park.footprints.versions import propose

        by, record = by or self.entry, record_of(pcf={"pcfExcludingBiogenicUptake": carbon}, **told)
        return self.does(by, propose, self.row, record, None, by)

    def publishes(self, footprint: Any) -> Any:
        """Publish it."""
        from separatrix_park.footprints.versions import publish

        return self.does(self.approval, publish, footprint, self.approval)

    def shows(self, footprint: Any) -> None:
        """Show it to the partner."""
        from separatrix_park.footprints.versions import grant

        self.does(self.approval, grant, footprint, self.partner, self.approval)

    def told(self) -> list[list[str]]:
        """Return which footprints the partner is told of, event by event."""
        from separatrix_park.models import SentEvent
        from separatrix_park.scope import whole_park

        with whole_park("the tests look"):
            return [e.content["data"]["pfIds"] for e in SentEvent.objects.order_by("pk")]


@pytest.fixture
def one(park: ParkFolder) -> Enterprise:
    """Return a member."""
    return Enterprise()


def test_a_footprint_is_seen_once_two_people_want_it(one: Enterprise) -> None:
    """Not while it is proposed, not by its proposer alone, and by those to whom it is granted."""
    from django.core.exceptions import PermissionDenied

    from separatrix_park.footprints.versions import publish

    draft = one.proposes()
    one.shows(draft)
    assert one.program.ids() == []
    with pytest.raises(PermissionDenied):
        one.does(one.entry, publish, draft, one.entry)
    own = one.proposes(by=one.approval, product_id="urn:gtin:4712345060514")
    with pytest.raises(InputError) as refused:
        one.publishes(own)
    assert refused.value.code == "W300"
    made = one.publishes(draft)
    assert one.program.ids() == [str(draft.pk)]
    assert one.program.get(f"/{made.pk}").json()["data"]["id"] == str(made.pk)
    with pytest.raises(InputError) as again:
        one.publishes(made)
    assert again.value.code == "W301"


def test_a_correction_deprecates_the_former_and_reaches_who_has_it(one: Enterprise) -> None:
    """It names the versions before it, the same partners see it, and nothing else of the former changes."""
    first = one.proposes()
    one.shows(first)
    first = one.publishes(first)
    assert one.told() == []
    one.program.get(f"/{first.pk}")
    second = one.publishes(one.proposes("0.7"))
    third = one.publishes(one.proposes("0.8"))
    assert one.told() == [[str(second.pk), str(first.pk)], [str(third.pk), str(second.pk)]]
    by_id = {r["id"]: r for r in one.program.get().json()["data"]}
    assert by_id[str(first.pk)] == {**first.record, "status": "Deprecated"}
    assert by_id[str(third.pk)]["precedingPfIds"] == [str(second.pk), str(first.pk)]
    assert [r["status"] for r in by_id.values()] == ["Deprecated", "Deprecated", "Active"]
    assert one.program.ids("?status=Active") == [str(third.pk)]


def test_another_period_is_no_correction(one: Enterprise) -> None:
    """The footprint of the year before stays; who has it hears of the new one."""
    first = one.proposes()
    one.shows(first)
    first = one.publishes(first)
    one.program.get(f"/{first.pk}")
    years = {"referencePeriodStart": "2025-01-01T00:00:00Z", "referencePeriodEnd": "2026-01-01T00:00:00Z"}
    from separatrix_park.footprints.versions import propose

    record = record_of(pcf=years)
    second = one.publishes(one.does(one.entry, propose, one.row, record, None, one.entry))
    assert one.program.ids("?status=Active") == [str(first.pk), str(second.pk)]
    assert "precedingPfIds" not in second.record
    assert one.told() == [[str(second.pk)]]
    third = one.publishes(one.proposes("0.7"))
    assert third.record["precedingPfIds"] == [str(first.pk)]
    assert one.program.ids("?status=Active") == [str(second.pk), str(third.pk)]


def test_of_versions_published_at_the_same_time_one_stands(one: Enterprise) -> None:
    """The second one waits for the first and comes after it."""
    import threading

    from django.db import connection

    from separatrix_park.models import PublishedFootprint
    from separatrix_park.scope import whole_park

    one.publishes(one.proposes())

    def publish(draft: Any) -> None:
        try:
            one.publishes(draft)
        finally:
            connection.close()

    work = [threading.Thread(target=publish, args=(one.proposes(f"0.{k}"),)) for k in range(1, 5)]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    with whole_park("the tests look"):
        rows = list(PublishedFootprint.objects.order_by("published"))
    assert [f.state for f in rows] == ["deprecated"] * 4 + ["published"]
    assert [len(f.record.get("precedingPfIds", ())) for f in rows] == [0, 1, 2, 3, 4]


def test_who_never_had_it_or_may_not_see_it_hears_nothing(one: Enterprise) -> None:
    """A notice tells that there is something: it goes to those alone who may have it."""
    from separatrix_park.footprints.versions import end_grant

    made_partner(one.row, "another")
    first = one.proposes()
    one.shows(first)
    first = one.publishes(first)
    one.program.get(f"/{first.pk}")
    second = one.proposes("0.7")
    one.does(one.approval, end_grant, second, one.partner, one.approval)
    one.publishes(second)
    assert one.told() == []
    assert one.program.ids() == [str(first.pk)]


def test_what_is_withdrawn_is_seen_by_no_partner_and_they_are_told(one: Enterprise) -> None:
    """With a reason; the record is kept for the enterprise itself."""
    from separatrix_park.footprints.versions import withdraw

    made = one.proposes()
    one.shows(made)
    made = one.publishes(made)
    one.program.get(f"/{made.pk}")
    with pytest.raises(InputError) as refused:
        one.does(one.approval, withdraw, made, one.approval, " ")
    assert refused.value.code == "W302"
    one.does(one.approval, withdraw, made, one.approval, "measured wrongly")
    assert one.program.get(f"/{made.pk}").status_code == 404
    assert one.program.ids() == []
    assert one.told() == [[str(made.pk)]]


@ON_ONE
def test_a_record_in_a_partners_name_is_not_proposed(one: Enterprise) -> None:
    """Nor is what the partner sends later taken for a record about oneself; one's own is proposed."""
    from separatrix_park.footprints.partners import company_urns
    from separatrix_park.scope import whole_park

    theirs = "urn:pact:supplier.example:company:9"
    made_partner(one.row, "supplier", company_ids=[theirs])
    with pytest.raises(InputError) as refused:
        one.proposes(companyIds=["urn:pact:example.com:company:1", theirs.upper()])
    assert refused.value.code == "W305" and "supplier" in str(refused.value)
    with whole_park("the tests look"):
        assert theirs not in company_urns(one.row.pk)
    assert one.proposes().state == "draft"


@ON_ONE
def test_a_record_that_the_data_model_refuses_is_not_proposed(one: Enterprise) -> None:
    """With the property; and what it says of its own id, state and former versions counts for nothing."""
    with pytest.raises(InputError) as refused:
        one.proposes("many")
    assert refused.value.code == "K220"
    made = one.proposes(status="Deprecated", id="x", precedingPfIds=["y"], specVersion="2.0.0")
    assert (made.record["status"], made.record["id"]) == ("Active", str(made.pk))
    assert made.record["specVersion"].startswith("3.")
    assert "precedingPfIds" not in made.record


def test_another_enterprise_does_nothing_with_it(one: Enterprise) -> None:
    """Neither propose in its name nor publish, show or withdraw."""
    from django.core.exceptions import PermissionDenied

    from separatrix_park.footprints import versions
    from separatrix_park.models import Enterprise, Person
    from separatrix_park.scope import whole_park

    with whole_park("the tests admit members"):
        other = Enterprise.objects.create(key="E02", name="Lime Works")
        stranger = Person.objects.create_user("approval@e02.example", "approval", other.pk)
    draft = one.proposes()
    for work, args in (
        (versions.propose, (one.row, record_of(), None, stranger)),
        (versions.publish, (draft, stranger)),
        (versions.discard, (draft, stranger)),
        (versions.grant, (draft, one.partner, stranger)),
        (versions.end_grant, (draft, one.partner, stranger)),
        (versions.show_to_all, (draft, stranger)),
        (versions.withdraw, (draft, stranger, "why")),
    ):
        with pytest.raises(PermissionDenied):
            one.does(stranger, work, *args)


def test_people_fulfil_or_reject_what_waits(one: Enterprise) -> None:
    """A request is answered once; by fulfilling it the partner comes to see the footprint."""
    from park.footprints.test_inbound_event import requested
    from separatrix_park.footprints.requests import fitting, fulfil, reject
    from separatrix_park.models import FootprintRequest, SentEvent
    from separatrix_park.scope import whole_park

    product = "urn:gtin:4712345060507"
    one.program.send(requested(product))
    one.program.send(requested(product, id="2"))
    made = one.publishes(one.proposes())
    with whole_park("the tests look"):
        first, second = FootprintRequest.objects.order_by("pk")
    assert one.does(one.approval, fitting, first) == [made]
    with pytest.raises(InputError) as refused:
        one.does(one.approval, fulfil, first, [one.proposes("0.7")], one.approval)
    assert refused.value.code == "W304"
    one.does(one.approval, fulfil, first, [made], one.approval)
    one.does(one.approval, reject, second, "AccessDenied", "no contract", one.approval)
    assert one.program.ids() == [str(made.pk)]
    with pytest.raises(InputError) as again:
        one.does(one.approval, reject, first, "NotFound", "too late", one.approval)
    assert again.value.code == "W303"
    with whole_park("the tests look"):
        sent = [e.content["data"] for e in SentEvent.objects.order_by("pk")]
    assert [s["requestEventId"] for s in sent] == ["1", "2"]
    assert sent[0]["pfs"] == [made.record]
    assert sent[1]["error"] == {"code": "AccessDenied", "message": "no contract"}


def test_nobody_is_said_to_have_what_was_sent_to_nobody(one: Enterprise) -> None:
    """To a partner without an address nothing goes, and one that was removed is not shown anything either."""
    from park.footprints.test_inbound_event import requested
    from separatrix_park.footprints.partners import remove
    from separatrix_park.footprints.requests import fulfil
    from separatrix_park.models import FootprintDelivery, FootprintGrant, FootprintRequest, LogEntry, Partner
    from separatrix_park.scope import whole_park

    product = "urn:gtin:4712345060507"
    one.program.send(requested(product))
    one.program.send(requested(product, id="2"))
    made = one.publishes(one.proposes())
    with whole_park("the partner has told no address yet"):
        Partner.objects.update(address="")
        first, second = FootprintRequest.objects.order_by("pk")
    one.does(one.approval, fulfil, first, [made], one.approval)
    with whole_park("the tests look"):
        assert not FootprintDelivery.objects.exists()
        assert not LogEntry.objects.filter(action="footprint handed over").exists()
    assert one.program.ids() == [str(made.pk)]  # fetched
    with whole_park("the tests look"):
        assert FootprintDelivery.objects.count() == 1
        FootprintGrant.objects.all().delete()
    one.does(one.approval, remove, one.partner, "no contract", one.approval)
    with pytest.raises(InputError) as refused:
        one.does(one.approval, fulfil, second, [made], one.approval)
    assert refused.value.code == "W316"
    with whole_park("the tests look"):
        assert not FootprintGrant.objects.exists()


@pytest.mark.parametrize("way", ["grant", "all"])
def test_what_is_shown_no_longer_is_not_shown_by_a_proposal_of_before(one: Enterprise, way: str) -> None:
    """A proposal takes over who sees the former version; who sees that no longer sees neither."""
    from separatrix_park.footprints.versions import end_grant, show_to_all

    first = one.publishes(one.proposes())
    if way == "grant":
        one.shows(first)
    else:
        one.does(one.approval, show_to_all, first, one.approval)
    assert one.program.ids() == [str(first.pk)]
    second = one.proposes("0.61")
    if way == "grant":
        one.does(one.approval, end_grant, first, one.partner, one.approval)
    else:
        one.does(one.approval, show_to_all, first, one.approval, shown=False)
    one.publishes(second)
    assert one.program.ids() == []
    assert one.told() == []

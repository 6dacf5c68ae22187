"""A partner's program reads what one enterprise published for it, and nothing else of the whole park."""

from __future__ import annotations

from typing import Any

import pytest

from separatrix.serve.park.folder import ParkFolder


@pytest.fixture
def rows(park: ParkFolder) -> dict[str, Any]:
    """Return two enterprises with two partners each, and footprints for one of them, for all and for none."""
    from separatrix.serve.park.models import Enterprise, FootprintGrant, Partner, PublishedFootprint, Report
    from separatrix.serve.park.scope import whole_park

    made: dict[str, Any] = {}
    with whole_park("the tests fill a park"):
        for key in ("A", "B"):
            enterprise = Enterprise.objects.create(key=key, name=key)
            Report.objects.create(enterprise=enterprise, table="products", year=2024, version=1, salt=b"")
            for number in (1, 2):
                made[f"{key}{number}"] = Partner.objects.create(
                    enterprise=enterprise, name=f"{key}{number}", client_id=f"{key}{number}", state="approved"
                )
            for name, state, for_all in (
                ("all", "published", True),
                ("one", "published", False),
                ("none", "published", False),
                ("draft", "draft", True),
            ):
                made[f"{key} {name}"] = PublishedFootprint.objects.create(
                    enterprise=enterprise, product_id=name, product=name, state=state, for_all=for_all
                )
            FootprintGrant.objects.create(
                enterprise=enterprise, partner=made[f"{key}1"], footprint=made[f"{key} one"]
            )
    return made


def _seen() -> set[str]:
    from separatrix.serve.park.models import PublishedFootprint

    return set(PublishedFootprint.objects.values_list("product_id", flat=True))


def test_a_partner_reads_what_was_published_for_it(rows: dict[str, Any]) -> None:
    """What is for all approved partners, and what is granted to it: of its enterprise, and no draft."""
    from separatrix.serve.park.models import Enterprise, Partner, Person, PublishedFootprint, Report
    from separatrix.serve.park.scope import PARTNER, Scope, scoped

    with scoped(Scope(PARTNER, partner=rows["A1"].pk)):
        assert _seen() == {"all", "one"}
        assert {f.enterprise_id for f in PublishedFootprint.objects.all()} == {rows["A1"].enterprise_id}
        assert [p.name for p in Partner.objects.all()] == ["A1"]
        for model in (Enterprise, Person, Report):
            assert not model.objects.exists()
    with scoped(Scope(PARTNER, partner=rows["A2"].pk)):
        assert _seen() == {"all"}


@pytest.mark.parametrize("state", ["proposed", "rejected", "removed"])
def test_a_partner_that_is_not_approved_reads_no_footprint(rows: dict[str, Any], state: str) -> None:
    """Neither before two people want it nor after."""
    from separatrix.serve.park.models import Partner
    from separatrix.serve.park.scope import PARTNER, Scope, scoped, whole_park

    with whole_park("the tests change a state"):
        Partner.objects.filter(pk=rows["A1"].pk).update(state=state)
    with scoped(Scope(PARTNER, partner=rows["A1"].pk)):
        assert not _seen()


def test_a_partner_writes_events_between_itself_and_the_enterprise_alone(rows: dict[str, Any]) -> None:
    """Not in another partner's name, not to another enterprise, and no footprint."""
    from django.core.exceptions import PermissionDenied
    from django.db import DatabaseError, connection, transaction

    from separatrix.serve.park.models import FootprintGrant, PublishedFootprint, ReceivedEvent
    from separatrix.serve.park.scope import PARTNER, Scope, scoped

    own, other, neighbour = rows["A1"], rows["A2"], rows["B1"]
    with scoped(Scope(PARTNER, partner=own.pk)):
        ReceivedEvent.objects.create(enterprise_id=own.enterprise_id, partner=own, event_id="1", kind="k")
        with pytest.raises(PermissionDenied):
            ReceivedEvent(enterprise_id=own.enterprise_id, partner=other, event_id="2", kind="k").save()
        with pytest.raises(PermissionDenied):
            FootprintGrant(enterprise_id=own.enterprise_id, partner=own, footprint=rows["A none"]).save()
        with pytest.raises(PermissionDenied):
            PublishedFootprint(enterprise_id=own.enterprise_id, product_id="x").save()
        # The database itself refuses what the managers let by: another enterprise under its own name.
        with pytest.raises(DatabaseError), transaction.atomic():
            ReceivedEvent.objects.create(
                enterprise_id=neighbour.enterprise_id, partner=own, event_id="3", kind="k"
            )
        with connection.cursor() as cursor:
            cursor.execute('SELECT count(*) FROM "park_publishedfootprint"')
            assert cursor.fetchone()[0] == 2


def test_people_of_another_enterprise_see_neither_partners_nor_footprints(rows: dict[str, Any]) -> None:
    """Also by SQL of their own."""
    from separatrix.serve.park.models import Partner
    from separatrix.serve.park.scope import Role, Scope, scoped

    with scoped(Scope(Role.APPROVAL, enterprise=rows["B1"].enterprise_id)):
        assert {p.name for p in Partner.objects.all()} == {"B1", "B2"}
        assert _seen() == {"all", "one", "none", "draft"}

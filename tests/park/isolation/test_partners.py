"""A partner's program reads what one enterprise published for it, and nothing else of the whole park."""

from __future__ import annotations

import secrets
import uuid
from typing import Any

import pytest

from separatrix_park.folder import ParkFolder


@pytest.fixture
def rows(park: ParkFolder) -> dict[str, Any]:
    """Return two enterprises with two partners each, and footprints for one of them, for all and for none."""
    from separatrix_park.models import Enterprise, FootprintGrant, Partner, PublishedFootprint, Report
    from separatrix_park.scope import whole_park

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
    from separatrix_park.models import PublishedFootprint

    return set(PublishedFootprint.objects.values_list("product_id", flat=True))


def test_a_partner_reads_what_was_published_for_it(rows: dict[str, Any]) -> None:
    """What is for all approved partners, and what is granted to it: of its enterprise, and no draft."""
    from separatrix_park.models import Enterprise, Partner, Person, PublishedFootprint, Report
    from separatrix_park.scope import PARTNER, Scope, scoped

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
    from separatrix_park.models import Partner
    from separatrix_park.scope import PARTNER, Scope, scoped, whole_park

    with whole_park("the tests change a state"):
        Partner.objects.filter(pk=rows["A1"].pk).update(state=state)
    with scoped(Scope(PARTNER, partner=rows["A1"].pk)):
        assert not _seen()


def test_a_partner_writes_events_between_itself_and_the_enterprise_alone(rows: dict[str, Any]) -> None:
    """Not in another partner's name, not to another enterprise, and no footprint."""
    from django.core.exceptions import PermissionDenied
    from django.db import DatabaseError, connection, transaction

    from separatrix_park.models import FootprintGrant, PublishedFootprint, ReceivedEvent
    from separatrix_park.scope import PARTNER, Scope, scoped

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
    from separatrix_park.models import Partner
    from separatrix_park.scope import Role, Scope, scoped

    with scoped(Scope(Role.APPROVAL, enterprise=rows["B1"].enterprise_id)):
        assert {p.name for p in Partner.objects.all()} == {"B1", "B2"}
        assert _seen() == {"all", "one", "none", "draft"}


def _attacks(model: Any) -> dict[str, Any]:
    """Return ways past the managers to change one row, or to make another like it."""
    from django.db.models import QuerySet

    fresh = {
        "CharField": lambda: secrets.token_hex(4),
        "UUIDField": uuid.uuid4,
        "AutoField": lambda: None,
        "BigAutoField": lambda: None,
        "IntegerField": lambda: 9,
    }

    def copied(row: Any) -> Any:
        values = {f.attname: getattr(row, f.attname) for f in model._meta.concrete_fields}
        for field in model._meta.concrete_fields:
            if field.get_internal_type() in fresh and not field.choices:
                values[field.attname] = fresh[field.get_internal_type()]()
        return model(**values)

    def changed(row: Any) -> int:
        kept = next(f for f in model._meta.concrete_fields if not f.primary_key and not f.unique)
        return int(QuerySet(model).filter(pk=row.pk).update(**{kept.attname: getattr(row, kept.attname)}))

    return {
        "change": changed,
        "delete": lambda row: QuerySet(model).filter(pk=row.pk)._raw_delete("default"),
        "copy": lambda row: len(QuerySet(model).bulk_create([copied(row)])),
        "save": lambda row: copied(row).save() or 1,
    }


def test_a_partner_finds_and_changes_nothing_of_the_enterprise_itself(park: ParkFolder) -> None:
    """A row of every kind that is the enterprise's own, or another partner's: whatever the ORM offers."""
    from django.db import transaction

    from park.isolation.neighbours import approved_partner, models_of_tenants, settle
    from park.isolation.test_store import _tried, readings
    from separatrix_park.scope import PARTNER, Scope, scoped, whole_park

    made = settle(states=False)
    scope, told = Scope(PARTNER, partner=approved_partner(made, "E01").pk), {}
    for model in models_of_tenants():
        row = made.rows["E01", model][0]
        for name, attack in readings().items():
            with scoped(scope):
                found = _tried(attack, model, row, made)
            if model.__name__ == "Partner" and made.marks["E01"] not in repr(found):
                continue  # itself, which it may know
            if found and name != "a count over members":
                told[model.__name__, name] = found
        for name, change in _attacks(model).items():
            for role in (scope, Scope("system")):  # the platform itself may, so that each is an attack
                with transaction.atomic():
                    if name in ("copy", "save"):  # else the row would stand in the way, and not the rules
                        with whole_park("the tests make room"):
                            model.objects.filter(pk=row.pk).delete()
                    with scoped(role):
                        found = _tried(lambda m, r, n, change=change: change(r), model, row, made)
                    transaction.set_rollback(True)
                if bool(found) != (role.role == "system"):
                    told[model.__name__, name, role.role] = found
    assert told == {}


@pytest.mark.parametrize("state", ["proposed", "rejected", "removed"])
def test_nothing_between_the_two_is_open_to_a_partner_that_is_not_approved(
    rows: dict[str, Any], state: str
) -> None:
    """What was sent to it and what it asked for; it sends nothing more, past the managers too."""
    from django.db import DatabaseError, transaction
    from django.db.models import QuerySet

    from separatrix_park.models import FootprintRequest, Partner, ReceivedEvent, SentEvent
    from separatrix_park.scope import PARTNER, Scope, scoped, whole_park

    own = rows["A1"]
    between: dict[str, Any] = {"enterprise_id": own.enterprise_id, "partner_id": own.pk}
    with whole_park("the tests send something, and change a state"):
        SentEvent.objects.create(kind="k", **between)
        ReceivedEvent.objects.create(event_id="1", kind="k", **between)
        FootprintRequest.objects.create(event_id="1", ours=False, **between)
    models: tuple[Any, ...] = (SentEvent, ReceivedEvent, FootprintRequest)
    scope = Scope(PARTNER, partner=own.pk)
    with scoped(scope):
        assert all(model.objects.count() == 1 for model in models)
    with whole_park("the tests change a state"):
        Partner.objects.filter(pk=own.pk).update(state=state)
    with scoped(scope):
        assert not any(model.objects.exists() or QuerySet(model).exists() for model in models)
        with pytest.raises(DatabaseError), transaction.atomic():
            ReceivedEvent(event_id="2", kind="k", **between).save()
        assert not QuerySet(ReceivedEvent).update(kind="other")


def test_what_is_between_an_enterprise_and_a_partner_is_of_the_two(rows: dict[str, Any]) -> None:
    """Nobody grants, sends or links anything by another enterprise's partner or footprint."""
    from django.db import DatabaseError, transaction
    from django.db.models import QuerySet

    from separatrix_park import models as kept
    from separatrix_park.scope import PARTNER, Role, Scope, scoped

    one, other = rows["A1"], rows["B1"]
    scope = Scope(Role.APPROVAL, enterprise=one.enterprise_id)
    foreign = (
        kept.FootprintGrant(partner=other, footprint=rows["A one"]),
        kept.FootprintDelivery(partner=one, footprint=rows["B all"]),
        kept.SentEvent(partner=other, kind="k"),
        kept.ReceivedFootprint(partner=other, pf_id=one.pk, product="p", digest="d", way="list"),
        kept.FootprintRequest(partner=other, ours=True, event_id="1"),
        kept.SupplyLink(partner=other, input="i", product_id="p"),
    )
    for row in foreign:
        row.enterprise_id = one.enterprise_id
        with scoped(scope), pytest.raises(DatabaseError), transaction.atomic():
            QuerySet(type(row)).bulk_create([row])
    # Of another's footprint something may be claimed, and nothing comes of it.
    with scoped(scope):
        kept.FootprintGrant(enterprise_id=one.enterprise_id, partner=one, footprint=rows["B none"]).save()
    with scoped(Scope(PARTNER, partner=one.pk)):
        assert "none" not in _seen()

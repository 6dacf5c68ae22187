"""The store under attack: whatever the ORM offers, a wrong scope reads and changes nothing of a neighbour."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from park.isolation.neighbours import Neighbours, approved_partner, kept, models_of_tenants, settle
from park_set_up import park_set_up
from separatrix_park.folder import ParkFolder

Attack = Callable[[Any, Any, Neighbours], Any]


@pytest.fixture
def made(park: ParkFolder) -> Neighbours:
    """Return two neighbours with a row of every kind."""
    found = settle(states=False)
    found.partners["E01"] = approved_partner(found, "E01")
    return found


def _raw(sql: str, *values: Any) -> list[Any]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            sql, [v.hex if connection.vendor == "sqlite" and hasattr(v, "hex") else v for v in values]
        )
        return cursor.fetchall() if cursor.description else [cursor.rowcount]


def _table(model: Any) -> str:
    return f'"{model._meta.db_table}"'


def readings() -> dict[str, Attack]:
    """Return ways to read a row of the second enterprise; each gives nothing, or raises."""
    from django.db.models import Count, Exists, OuterRef, Subquery

    from separatrix_park.models import Enterprise, Person

    def reverse(model: Any) -> str:
        return model._meta.get_field("enterprise").remote_field.get_accessor_name() or model._meta.model_name

    def asked(model: Any) -> str:
        return model._meta.get_field("enterprise").related_query_name()

    def prefetched(model: Any, row: Any, made: Neighbours) -> Any:
        (found,) = Enterprise.objects.filter(key="E01").prefetch_related(reverse(model)) or (None,)
        return found and [
            r for r in getattr(found, reverse(model)).all() if r.enterprise_id == row.enterprise_id
        ]

    return {
        "filter": lambda m, r, n: list(m.objects.filter(pk=r.pk)),
        "of the enterprise": lambda m, r, n: list(m.objects.filter(enterprise_id=r.enterprise_id)),
        "get": lambda m, r, n: m.objects.get(pk=r.pk),
        "values": lambda m, r, n: list(m.objects.filter(pk=r.pk).values()),
        "values_list": lambda m, r, n: list(m.objects.filter(pk=r.pk).values_list("pk", "enterprise__name")),
        "count": lambda m, r, n: m.objects.filter(pk=r.pk).count(),
        "exists": lambda m, r, n: m.objects.filter(pk=r.pk).exists(),
        "aggregate": lambda m, r, n: m.objects.filter(pk=r.pk).aggregate(n=Count("pk"))["n"],
        "in_bulk": lambda m, r, n: m.objects.in_bulk([r.pk]),
        "iterator": lambda m, r, n: list(m.objects.filter(pk=r.pk).iterator()),
        "first": lambda m, r, n: m.objects.filter(pk=r.pk).first(),
        "select_related": lambda m, r, n: list(m.objects.select_related("enterprise").filter(pk=r.pk)),
        "defer": lambda m, r, n: list(m.objects.only("pk").filter(pk=r.pk)),
        "union": lambda m, r, n: list(m.objects.none().union(m.objects.filter(pk=r.pk))),
        "excluding the own": lambda m, r, n: list(m.objects.exclude(enterprise=n.members["E01"])),
        "or": lambda m, r, n: list((m.objects.filter(pk=r.pk) | m.objects.all()).filter(pk=r.pk)),
        "base manager": lambda m, r, n: list(m._base_manager.filter(pk=r.pk)),
        "default manager": lambda m, r, n: list(m._default_manager.filter(pk=r.pk)),
        "select_for_update": lambda m, r, n: list(m.objects.select_for_update().filter(pk=r.pk)),
        "extra": lambda m, r, n: list(m.objects.extra(where=["1 = 1 OR 1 = 1"]).filter(pk=r.pk)),
        "raw": lambda m, r, n: list(m.objects.raw(f"SELECT * FROM {_table(m)} WHERE id = %s", [r.pk])),
        "SQL": lambda m, r, n: _raw(f"SELECT * FROM {_table(m)} WHERE enterprise_id = %s", r.enterprise_id),
        "SQL by alias": lambda m, r, n: _raw(f"SELECT t.id FROM {_table(m)} AS t WHERE t.id = %s", r.pk),
        "a bare queryset": lambda m, r, n: list(_bare(m).filter(pk=r.pk)),
        "a bare queryset's count": lambda m, r, n: _bare(m).filter(pk=r.pk).count(),
        "the enterprise's own rows": lambda m, r, n: list(
            getattr(Enterprise(pk=r.enterprise_id), reverse(m)).all()
        ),
        "prefetch": prefetched,
        "refresh": lambda m, r, n: m(pk=r.pk).refresh_from_db(),
        "a join from members": lambda m, r, n: list(
            _bare(Enterprise).filter(**{f"{asked(m)}__pk": r.pk}).values_list("name", f"{asked(m)}__pk")
        ),
        "a count over members": lambda m, r, n: [
            row
            for row in Enterprise.objects.annotate(n=Count(asked(m))).values("key", "n")
            if row["key"] != "E01"
        ],
        "a join from people": lambda m, r, n: list(
            _bare(Person).filter(**{f"enterprise__{asked(m)}__pk": r.pk}).values("email")
        ),
        "a subquery": lambda m, r, n: list(
            Enterprise.objects.annotate(x=Subquery(_bare(m).filter(pk=r.pk).values("pk")[:1])).filter(
                x__isnull=False
            )
        ),
        "exists within": lambda m, r, n: list(
            Enterprise.objects.filter(
                Exists(_bare(m).filter(enterprise_id=r.enterprise_id, pk__gte=OuterRef("pk")))
            )
            if m._meta.pk.get_internal_type() == "UUIDField"
            else Enterprise.objects.filter(Exists(_bare(m).filter(pk=r.pk)))
        ),
        "a foreign key": lambda m, r, n: m(pk=r.pk, enterprise_id=r.enterprise_id).enterprise.name,
    }


def _bare(model: Any) -> Any:
    """Return a queryset that no manager made: as if the code forgot every scope."""
    from django.db.models import QuerySet

    return QuerySet(model)


def changes() -> dict[str, Attack]:
    """Return ways to change a row of the second enterprise, or to put one among its rows."""
    from django.db.models.sql.subqueries import DeleteQuery

    def own(model: Any, made: Neighbours) -> Any:
        return model.objects.get(pk=made.rows["E01", model][0].pk)

    def forged(model: Any, row: Any, made: Neighbours) -> Any:
        values = {f.attname: getattr(row, f.attname) for f in model._meta.concrete_fields}
        return model(**values | {"enterprise_id": made.members["E01"].pk})

    def moved(model: Any, row: Any, made: Neighbours) -> None:
        mine = own(model, made)
        mine.enterprise_id = row.enterprise_id
        mine.save()

    def named(model: Any, row: Any) -> Any:
        values = {
            f.attname: getattr(row, f.attname) for f in model._meta.concrete_fields if not f.primary_key
        }
        return model(**values | {"version": 99} if "version" in values else values)

    def replaced(model: Any, row: Any, made: Neighbours) -> None:
        fields = [f.name for f in model._meta.concrete_fields if not f.primary_key]
        model.objects.bulk_create(
            [forged(model, row, made)], update_conflicts=True, unique_fields=["id"], update_fields=fields
        )

    return {
        "update": lambda m, r, n: m.objects.filter(pk=r.pk).update(enterprise=n.members["E01"]),
        "update of all": lambda m, r, n: m.objects.update(enterprise=n.members["E01"]),
        "a bare update": lambda m, r, n: _bare(m).filter(pk=r.pk).update(enterprise=n.members["E01"]),
        "delete": lambda m, r, n: m.objects.filter(pk=r.pk).delete(),
        "a bare delete": lambda m, r, n: _bare(m).filter(pk=r.pk).delete(),
        "a raw delete": lambda m, r, n: _bare(m).filter(pk=r.pk)._raw_delete("default"),
        "a query that deletes": lambda m, r, n: DeleteQuery(m).delete_batch([r.pk], "default"),
        "save": lambda m, r, n: r.save(),
        "save of some fields": lambda m, r, n: r.save(update_fields=["enterprise"]),
        "delete of the row": lambda m, r, n: r.delete(),
        "save of a forged row": lambda m, r, n: forged(m, r, n).save(),
        "forced save of a forged row": lambda m, r, n: forged(m, r, n).save(force_update=True),
        "base save of a forged row": lambda m, r, n: forged(m, r, n).save_base(force_update=True),
        "delete of a forged row": lambda m, r, n: forged(m, r, n).delete(),
        "bulk update of forged rows": lambda m, r, n: m.objects.bulk_update(
            [forged(m, r, n)], ["enterprise"]
        ),
        "a bare bulk update": lambda m, r, n: _bare(m).bulk_update([forged(m, r, n)], ["enterprise"]),
        "bulk insert over it": replaced,
        "insert in its name": lambda m, r, n: named(m, r).save(),
        "bulk insert in its name": lambda m, r, n: m.objects.bulk_create([named(m, r)]),
        "a bare bulk insert in its name": lambda m, r, n: _bare(m).bulk_create([named(m, r)]),
        "base save in its name": lambda m, r, n: named(m, r).save_base(force_insert=True),
        "moving an own row": moved,
        "moving own rows": lambda m, r, n: m.objects.all().update(enterprise=r.enterprise_id),
        "a bare moving of own rows": lambda m, r, n: _bare(m).update(enterprise=r.enterprise_id),
        "SQL that updates": lambda m, r, n: _raw(
            f"UPDATE {_table(m)} SET enterprise_id = %s WHERE id = %s", n.members["E01"].pk, r.pk
        ),
        "SQL that deletes": lambda m, r, n: _raw(f"DELETE FROM {_table(m)} WHERE id = %s", r.pk),
        "SQL that deletes all": lambda m, r, n: _raw(f"DELETE FROM {_table(m)}"),
    }


def _writings() -> Any:
    """Return what the database counts of writings: other than before where a transaction wrote anything."""
    from django.db import connection

    if connection.vendor == "sqlite":
        return connection.connection.total_changes
    return _raw("SELECT pg_current_xact_id_if_assigned()")  # none until a transaction's first writing


def _scopes(made: Neighbours) -> Iterator[Any]:
    from separatrix_park.scope import Scope

    # Who enters data may write no more than who approves them, as `test_entry_writes_no_more` holds.
    yield Scope("approval", made.members["E01"].pk, made.people["E01", "approval"].pk)
    yield Scope("public")
    yield Scope("door")
    yield Scope("partner", partner=made.partners["E01"].pk)


def _tried(attack: Attack, model: Any, row: Any, made: Neighbours) -> Any:
    """Return what an attack gives; None where it raises, as it may."""
    from django.core.exceptions import FieldError, ObjectDoesNotExist, PermissionDenied
    from django.db import DatabaseError, transaction

    from separatrix_park.scope import NoScope

    # TypeError: Django waits for the number of a row that SQLite passed over.
    refusals = (ObjectDoesNotExist, PermissionDenied, DatabaseError, NoScope, FieldError, TypeError)
    with suppress(*refusals), transaction.atomic():
        return attack(model, row, made)
    return None


def test_entry_writes_no_more() -> None:
    """Whoever enters data reads what whoever approves them does, and may write nothing that they may not."""
    park_set_up()
    for model in models_of_tenants():
        assert not ("entry" in model.WRITERS and "approval" not in model.WRITERS), model.__name__
        rule = model.read_rule()
        assert rule.count("'entry'") == rule.count("'approval'"), model.__name__


def test_no_way_of_reading_tells_a_neighbours_row(made: Neighbours) -> None:
    """Each way to read, each kind of row, each scope that may not: nothing; the owner reads it each way."""
    from separatrix_park.scope import Scope, scoped

    told, seen = {}, set()
    for model in models_of_tenants():
        row = made.rows["E02", model][0]
        for name, attack in readings().items():
            for scope in _scopes(made):
                with scoped(scope):
                    found = _tried(attack, model, row, made)
                if found:
                    told[model.__name__, name, scope.role] = found
            with scoped(Scope("entry", row.enterprise_id, made.people["E02", "entry"].pk)):
                if _tried(attack, model, row, made):
                    seen.add(name)
    assert told == {}
    # The attacks are good for something: whose row it is reads it by each of them.
    assert (
        readings().keys() - seen
        <= {"refresh", "prefetch", "excluding the own", "a count over members", "exists within"} | set()
    )


def test_nothing_is_read_or_written_without_a_scope(made: Neighbours) -> None:
    """Code that forgot to say on whose behalf it asks meets an error, or an empty table."""
    told = {}
    for model in models_of_tenants():
        row = made.rows["E02", model][0]
        for name, attack in {**readings(), **changes()}.items():
            if found := _tried(attack, model, row, made):
                told[model.__name__, name] = found
    before = kept("E02", made)
    assert {k: v for k, v in told.items() if v not in ([0], (0, {}), 0)} == {}
    assert kept("E02", made) == before


def test_no_way_of_writing_changes_a_neighbours_rows(made: Neighbours) -> None:
    """Each way of Django's to write, of each kind of row, from each scope that may not, changes nothing."""
    from django.db import transaction

    from separatrix_park.models import Report
    from separatrix_park.scope import scoped

    before, changed, wrote = kept("E02", made), {}, set()
    for model in models_of_tenants():
        row = made.rows["E02", model][0]
        for name, attack in changes().items():
            for scope in _scopes(made):
                with transaction.atomic():
                    unwritten = _writings()
                    with scoped(scope):
                        _tried(attack, model, row, made)
                    if _writings() != unwritten:
                        wrote.add((model, name))
                        if (now := kept("E02", made)) != before:
                            changed[model.__name__, name, scope.role] = now
                    transaction.set_rollback(True)  # what it did to its own rows is its own affair
    assert changed == {}
    # The count is good for something: whoever deletes all has their own rows deleted.
    assert (Report, "SQL that deletes all") in wrote

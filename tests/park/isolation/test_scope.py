"""A scope ends with its block: no connection, thread, generator or error carries it on."""

from __future__ import annotations

import ast
import threading
from typing import Any

import pytest

from park.isolation.neighbours import Neighbours, settle
from park_set_up import park_on
from separatrix_park.folder import ParkFolder
from source_files import source_files


@pytest.fixture
def made(park: ParkFolder) -> Neighbours:
    """Return two neighbours with a row of every kind."""
    return settle(states=False)


def _seen() -> set[str]:
    from separatrix_park.models import Enterprise

    return set(Enterprise.objects.values_list("key", flat=True))


def _scope(made: Neighbours, key: str) -> Any:
    from separatrix_park.models.people import scope_of

    return scope_of(made.people[key, "entry"])


def test_an_inner_scope_ends_and_the_outer_one_goes_on(made: Neighbours) -> None:
    """Also after an error within, after an aborted statement, and on the same connection."""
    from django.db import DatabaseError, connection, transaction

    from separatrix_park.scope import NoScope, Scope, scoped

    with scoped(_scope(made, "E01")):
        with scoped(_scope(made, "E02")):
            assert _seen() == {"E02"}
        assert _seen() == {"E01"}
        with pytest.raises(ZeroDivisionError), scoped(_scope(made, "E02")):
            _ = 1 / 0
        assert _seen() == {"E01"}
        with pytest.raises(DatabaseError), scoped(_scope(made, "E02")), transaction.atomic():
            connection.cursor().execute("SELECT * FROM nothing_of_this_name")
        assert _seen() == {"E01"}
        with scoped(Scope("public")):
            assert _seen() == set()
        assert _seen() == {"E01"}
    with pytest.raises(NoScope):
        _seen()


def test_whoever_is_found_at_the_door_is_asked_for_from_then_on(made: Neighbours) -> None:
    """The door's look at accounts ends with it, also in one transaction, and an error takes it back."""
    from separatrix_park.models import Person
    from separatrix_park.models.people import scope_of
    from separatrix_park.scope import DOOR, NoScope, Scope, current_scope, scoped, scoped_as_found

    def find() -> Scope:
        assert current_scope() == Scope(DOOR) and Person.objects.count() > 3
        return scope_of(Person.objects.get(pk=made.people["E01", "entry"].pk))

    with scoped_as_found(find) as found:
        assert found == current_scope() == _scope(made, "E01") and _seen() == {"E01"}
        with scoped(_scope(made, "E02")):
            assert _seen() == {"E02"}
        assert _seen() == {"E01"}
    with scoped(_scope(made, "E02")):
        with scoped_as_found(find):
            assert _seen() == {"E01"}
        assert _seen() == {"E02"}
        with pytest.raises(ZeroDivisionError), scoped_as_found(find):
            _ = 1 / 0
        assert _seen() == {"E02"}
    with pytest.raises(NoScope):
        _seen()


def test_a_broken_transaction_that_was_passed_over_is_told(made: Neighbours) -> None:
    """PostgreSQL takes everything back at the end of such a transaction: nobody hears that it was kept."""
    from django.db import DatabaseError, connection

    from separatrix_park.scope import scoped

    if connection.vendor != "postgresql":
        return
    with pytest.raises(DatabaseError), scoped(_scope(made, "E01")):
        with pytest.raises(DatabaseError):
            connection.cursor().execute("SELECT * FROM nothing_of_this_name")


def test_another_thread_has_no_scope(made: Neighbours) -> None:
    """What runs beside a request asks on nobody's behalf, unless it says on whose."""
    from django.db import connection

    from separatrix_park.scope import NoScope, scoped

    found: list[object] = []

    def look() -> None:
        try:
            found.append(_seen())
        except NoScope as refused:
            found.append(refused)
        finally:
            connection.close()

    with scoped(_scope(made, "E01")):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    assert [type(f) for f in found] == [NoScope]


def test_what_is_read_later_is_not_read_at_all(made: Neighbours) -> None:
    """A query that was made within a scope and is asked after it, as by a stream, meets an error."""
    from separatrix_park.models import Report
    from separatrix_park.scope import NoScope, scoped

    with scoped(_scope(made, "E01")):
        later = Report.objects.all()
        rows = later.iterator()
    with pytest.raises(NoScope):
        next(rows)
    with scoped(_scope(made, "E02")):
        assert [row for row in later if row.enterprise_id == made.members["E01"].pk] == []


def test_a_connection_that_is_used_again_has_forgotten_its_scope() -> None:
    """A pool of one connection: after a commit, an error, and a setting for the session, nothing is left."""
    from django.db import connections, transaction

    from separatrix_park.database import pool_connections, settings_of_database

    with park_on("postgresql") as park:
        before = connections.settings["default"]
        connections.settings["default"] = connections.configure_settings(
            {"default": settings_of_database(park)}
        )["default"]
        pool_connections()
        pooled = connections.settings["default"]
        connections.settings["default"] = before
        pooled["OPTIONS"]["pool"] |= {"max_size": 1}
        connections.settings["pooled"] = pooled
        connection = connections["pooled"]
        process = set()
        try:
            for ending in ("commit", "error", "session"):
                try:
                    with transaction.atomic(using="pooled"), connection.cursor() as cursor:
                        cursor.execute("SELECT current_setting('park.role', true), pg_backend_pid()")
                        role, number = cursor.fetchone()
                        process.add(number)
                        assert not role
                        cursor.execute("SELECT set_config('park.role', 'system', %s)", [ending != "session"])
                        if ending == "error":
                            raise ZeroDivisionError
                except ZeroDivisionError:
                    pass
                connection.close()
            with connection.cursor() as cursor:
                cursor.execute("SELECT current_setting('park.role', true), pg_backend_pid()")
                role, number = cursor.fetchone()
            assert (not role, process) == (True, {number})
        finally:
            connection.close()
            connection.close_pool()
            del connections["pooled"], connections.settings["pooled"]


def test_no_generator_yields_within_a_scope() -> None:
    """Between two values of a generator its caller would ask on the generator's behalf."""
    found = []
    for path in source_files("separatrix_park").values():
        for function in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(function, ast.FunctionDef) and "contextmanager" not in ast.dump(
                ast.List(function.decorator_list, ast.Load())
            ):
                found += [
                    f"{path.name}: {function.name}"
                    for block in ast.walk(function)
                    if isinstance(block, ast.With)
                    and any("whole_park" in ast.dump(i) or "scoped" in ast.dump(i) for i in block.items)
                    and any(isinstance(n, ast.Yield | ast.YieldFrom) for n in ast.walk(block))
                ]
    assert found == []

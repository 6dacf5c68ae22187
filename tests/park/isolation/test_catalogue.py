"""A service does not start where the database would let rows be seen or written against the rules."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from park_set_up import park_on, postgresql
from separatrix_park.folder import ParkFolder

ROOT = Path(__file__).resolve().parents[3]
ADMINISTRATOR = "postgres"
UNDONE = {
    "ALTER ROLE park_service SUPERUSER": ("ALTER ROLE park_service NOSUPERUSER", "superuser"),
    "ALTER ROLE park_service BYPASSRLS": ("ALTER ROLE park_service NOBYPASSRLS", "BYPASSRLS"),
    "ALTER ROLE park_service CREATEROLE": ("ALTER ROLE park_service NOCREATEROLE", "CREATEROLE"),
    "ALTER ROLE park_service REPLICATION": ("ALTER ROLE park_service NOREPLICATION", "REPLICATION"),
    "GRANT park_owner TO park_service": ("REVOKE park_owner FROM park_service", "SET ROLE park_owner"),
    "GRANT pg_read_all_data TO park_service": (
        "REVOKE pg_read_all_data FROM park_service",
        "SET ROLE pg_read_all_data",
    ),
    "ALTER TABLE park_report OWNER TO park_service": (
        "ALTER TABLE park_report OWNER TO park_owner;"
        " GRANT SELECT, INSERT, UPDATE, DELETE ON park_report TO park_service",
        "OWNER",
    ),
    "ALTER DATABASE park OWNER TO park_service": ("ALTER DATABASE park OWNER TO park_owner", "OWNER"),
    "GRANT TRUNCATE ON park_report TO park_service": (
        "REVOKE TRUNCATE ON park_report FROM park_service",
        "`park_report`",
    ),
    "GRANT TRIGGER ON park_report TO PUBLIC": ("REVOKE TRIGGER ON park_report FROM PUBLIC", "`park_report`"),
    "GRANT UPDATE ON park_logentry TO park_service": (
        "REVOKE UPDATE ON park_logentry FROM park_service",
        "`park_logentry`",
    ),
    "GRANT CREATE ON SCHEMA public TO park_service": (
        "REVOKE CREATE ON SCHEMA public FROM park_service",
        "CREATE ON SCHEMA public",
    ),
    "ALTER TABLE park_report DISABLE ROW LEVEL SECURITY": (
        "ALTER TABLE park_report ENABLE ROW LEVEL SECURITY",
        "`park_report`",
    ),
    "ALTER TABLE park_report NO FORCE ROW LEVEL SECURITY": (
        "ALTER TABLE park_report FORCE ROW LEVEL SECURITY",
        "`park_report`",
    ),
    "CREATE POLICY open ON park_report USING (true)": ("DROP POLICY open ON park_report", "`park_report`"),
    "CREATE TABLE copies (enterprise_id uuid); GRANT SELECT ON copies TO park_service": (
        "DROP TABLE copies",
        "`copies`",
    ),
    "CREATE VIEW reports AS SELECT * FROM park_report; GRANT SELECT ON reports TO park_service": (
        "DROP VIEW reports",
        "`reports`",
    ),
    "CREATE SCHEMA aside; CREATE TABLE aside.park_report (id int);"
    " GRANT USAGE ON SCHEMA aside TO park_service; GRANT SELECT ON aside.park_report TO park_service": (
        "DROP SCHEMA aside CASCADE",
        "`aside.park_report`",
    ),
    "CREATE FUNCTION peek() RETURNS bigint SECURITY DEFINER LANGUAGE sql"
    " AS 'SELECT count(*) FROM park_report'": ("DROP FUNCTION peek()", "peek"),
    "ALTER ROLE park_service SET park.role = 'system'": ("ALTER ROLE park_service RESET park.role", "park.…"),
    "ALTER DATABASE park SET park.role = 'office'": ("ALTER DATABASE park RESET park.role", "park.…"),
    "ALTER ROLE park_service SET row_security = off": (
        "ALTER ROLE park_service RESET row_security",
        "row_security",
    ),
}
"""What an administrator might do, how it is undone, and what the refusal names."""


@contextmanager
def done(statement: str, undo: str) -> Iterator[None]:
    """Do something to the database as its administrator, and undo it after the block."""
    import psycopg
    from django.db import connection

    address = postgresql()[0].replace("park_owner@", f"{ADMINISTRATOR}@")
    with psycopg.connect(address, autocommit=True) as administrator:
        connection.close()
        administrator.execute(statement)
        try:
            yield
        finally:
            administrator.execute(undo)
            connection.close()


@pytest.fixture
def on_postgresql() -> Iterator[ParkFolder]:
    """Return one park on PostgreSQL."""
    with park_on("postgresql") as park:
        yield park


@pytest.mark.parametrize("statement", UNDONE)
def test_what_would_step_over_the_rules_stops_the_start(on_postgresql: ParkFolder, statement: str) -> None:
    """Each power of the role, each gap in the rules and each preset scope is named, and nothing serves."""
    from separatrix.errors import InputError
    from separatrix_park.database import check_database

    undo, named = UNDONE[statement]
    with done(statement, undo), pytest.raises(InputError, match="W205") as refusal:
        check_database(on_postgresql)
    assert named in str(refusal.value)
    check_database(on_postgresql)


def test_a_policy_that_was_loosened_is_found_out(on_postgresql: ParkFolder) -> None:
    """A policy under its own name that says something else is not this version's; migrating mends it."""
    from separatrix.errors import InputError
    from separatrix_park.database import check_database, migrate

    loosened = "ALTER POLICY park_read ON park_report USING (true)"
    with done(loosened, "SELECT 1"):
        with pytest.raises(InputError, match="policies of the table `park_report`"):
            check_database(on_postgresql)
        migrate(on_postgresql, postgresql()[0])
        check_database(on_postgresql)


def test_rules_are_written_anew_at_once_or_not_at_all(
    on_postgresql: ParkFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reads meanwhile finds each table under its rule; what ends half-way changed nothing."""
    from separatrix_park import row_security as written
    from separatrix_park.database import check_database, migrate

    def half(rule: Any, quote: Any) -> list[str]:
        return ["SELECT 1 / 0"] if rule.table == "park_report" else own(rule, quote)

    own = written._statements
    monkeypatch.setattr(written, "_statements", half)
    with pytest.raises(Exception, match="division by zero"):
        migrate(on_postgresql, postgresql()[0])
    check_database(on_postgresql)


def test_many_faults_are_told_by_the_first(on_postgresql: ParkFolder) -> None:
    """A superuser offends at every table; the refusal names the power, and counts the rest."""
    from separatrix.errors import InputError
    from separatrix_park.database import check_database

    with (
        done("ALTER ROLE park_service SUPERUSER", "ALTER ROLE park_service NOSUPERUSER"),
        pytest.raises(InputError, match=r"superuser.*; and \d+ more") as refusal,
    ):
        check_database(on_postgresql)
    assert len(str(refusal.value)) < 1000


def test_the_owner_and_the_administrator_may_not_serve(on_postgresql: ParkFolder) -> None:
    """A park.toml that names the owner of the tables or a superuser serves nobody."""
    from django.db import connections

    from separatrix_park.database import settings_of_database
    from separatrix_park.row_security import faults

    for role in ("park_owner", ADMINISTRATOR):
        url = on_postgresql.database.replace("park_service@", f"{role}@")
        wrong: dict[str, Any] = settings_of_database(dataclasses.replace(on_postgresql, database=url))
        connections.settings["wrong"] = connections.configure_settings({"default": wrong})["default"]
        try:
            assert any("more than it should" in fault for fault in faults(connections["wrong"]))
        finally:
            connections["wrong"].close()
            del connections["wrong"], connections.settings["wrong"]


def test_a_table_without_a_rule_stops_the_start_on_sqlite() -> None:
    """A table that nobody gave a rule, and one whose rule is not in force, is found there as well."""
    from django.db import connection

    from separatrix.errors import InputError
    from separatrix_park.database import check_database
    from separatrix_park.row_security import unguard

    with park_on("sqlite") as park:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE copies (enterprise_id text)")
        try:
            with pytest.raises(InputError, match="who may read the table `copies`"):
                check_database(park)
        finally:
            with connection.cursor() as cursor:
                cursor.execute("DROP TABLE copies")
        unguard(connection)
        with pytest.raises(InputError, match=r"is not guarded by its rule.*more"):
            check_database(park)
        connection.close()
        check_database(park)


def test_the_roles_of_the_manual_are_those_that_may_serve(on_postgresql: ParkFolder) -> None:
    """What the manual asks the administrator of a database to run makes a park that may serve."""
    import psycopg
    from django.core.management import call_command
    from django.db import connections

    from separatrix_park.database import migrating, settings_of_database
    from separatrix_park.row_security import faults, protect

    manual = (ROOT / "docs" / "how-to" / "run-a-park.md").read_text("utf-8")
    statements = manual.partition("```sql\n")[2].partition("```")[0].replace("park", "manual")
    owner = postgresql()[0]
    with psycopg.connect(owner.replace("park_owner@/park", "postgres@/postgres"), autocommit=True) as server:
        for statement in statements.strip().split("\n"):
            server.execute(statement)
    for alias, role in (("manual owner", "manual_owner"), ("manual", "manual_service")):
        url = owner.replace("park_owner@/park", f"{role}@/manual")
        made = settings_of_database(dataclasses.replace(on_postgresql, database=url))
        connections.settings[alias] = connections.configure_settings({"default": made})["default"]
    try:
        with migrating("manual owner"):
            call_command("migrate", database="manual owner", verbosity=0)
        protect(connections["manual owner"], "manual_service")
        assert faults(connections["manual"]) == []
    finally:
        for alias in ("manual owner", "manual"):
            connections[alias].close()
            del connections[alias], connections.settings[alias]

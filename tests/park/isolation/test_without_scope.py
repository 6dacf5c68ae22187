"""What PostgreSQL itself answers whoever has the service's role, past all code of the platform."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from park.conftest import Join

pytestmark = pytest.mark.parametrize("park", ["postgresql"], indirect=True)


@pytest.fixture
def raw(park: Any, join: Join) -> Iterator[Any]:
    """Give a connection of the service's role to a park in which somebody has joined."""
    import psycopg

    office = join("office@example.org", "office")
    join("a@e1.example", "entry", "E01", office)
    with psycopg.connect(park.database) as connection:
        yield connection


def answering(raw: Any) -> set[str]:
    """Return the tables of which a connection reads at least one row."""
    tables = raw.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return {name for (name,) in tables if raw.execute(f'SELECT 1 FROM "{name}" LIMIT 1').fetchone()}


def test_without_a_scope_nothing_of_an_enterprise_is_answered(raw: Any) -> None:
    """Of the log, which holds hashes alone, and of tables without a rule rows are read; of none else."""
    from separatrix_park.models import LogEntry
    from separatrix_park.row_security import OPEN_TABLES

    log = LogEntry._meta.db_table
    found = answering(raw)
    assert log in found and found <= {log, *OPEN_TABLES}


def test_whoever_has_the_role_of_the_service_gives_itself_a_scope(raw: Any) -> None:
    """Policies hold code to its scope; they are no wall against who speaks SQL as the service."""
    from separatrix_park.models import Person

    table = Person._meta.db_table
    assert table not in answering(raw)
    raw.execute("SELECT set_config('park.role', 'system', true)")
    assert table in answering(raw)
    raw.rollback()
    assert table not in answering(raw)

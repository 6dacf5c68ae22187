"""The rules on SQLite, which has no policies: views and triggers of each connection, seen by no other.

SQLite looks a bare name up among a connection's own temporary things first.  So a temporary view of the
same name stands before each table and lets through what the scope may read, whatever query asks: a join,
a subquery or SQL by hand.  Writes go to the table itself, whose temporary triggers pass over rows that
the scope may not write and refuse what it may not make of them, as policies of PostgreSQL do.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from separatrix_park.rules import NEVER, Rule, rules
from separatrix_park.scope import current_scope

__all__ = ["guard", "guarded", "pass_the_views", "unguard"]

HOLES = {
    # In a query of its own a function is asked once for a statement, and not once for each row.
    "role": "(SELECT park_role())",
    "own": "(SELECT park_enterprise())",
    "person": "(SELECT park_person())",
    "partner": "(SELECT park_partner())",
    "same": "IS",
}
WRITE = re.compile(
    r'\s*(?:INSERT(?:\s+OR\s+\w+)?\s+INTO|REPLACE\s+INTO|UPDATE|DELETE\s+FROM)\s+(?="(\w+)")', re.I
)
REFUSED = "the scope may not write this row"


def guard(connection: Any) -> None:
    """Put the rules before the tables that are there; again after a migration made more of them."""
    connection.ensure_connection()
    raw = connection.connection
    raw.create_function("park_role", 0, _role, deterministic=True)
    raw.create_function("park_enterprise", 0, _enterprise, deterministic=True)
    raw.create_function("park_person", 0, _person, deterministic=True)
    raw.create_function("park_partner", 0, _partner, deterministic=True)
    there = {row[0] for row in raw.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")}
    for rule in rules():
        if rule.table in there:
            for statement in _statements(rule):
                raw.execute(statement)
    pass_the_views(connection)


def pass_the_views(connection: Any) -> None:
    """Let writes by a connection that has the rules go past its views."""
    if _past_the_views not in connection.execute_wrappers:
        connection.execute_wrappers.append(_past_the_views)


def unguard(connection: Any) -> None:
    """Take the rules away from a connection that changes the shape of tables, which views would hinder."""
    connection.ensure_connection()
    raw = connection.connection
    for kind, name in raw.execute("SELECT type, name FROM sqlite_temp_master").fetchall():
        if kind == "view" or name.startswith("park_guard_"):
            raw.execute(f'DROP {kind} IF EXISTS temp."{name}"')
    if _past_the_views in connection.execute_wrappers:
        connection.execute_wrappers.remove(_past_the_views)


def guarded(connection: Any) -> set[str]:
    """Return the tables before which a connection has its rules."""
    connection.ensure_connection()
    found = connection.connection.execute("SELECT name FROM sqlite_temp_master WHERE type = 'view'")
    return {row[0] for row in found}


def _statements(rule: Rule) -> list[str]:
    table, holes = rule.table, HOLES | {"row": f'"{rule.table}".'}
    # What is unknown is no: NULL lets a view's row be left out, but would pass by a trigger's `NOT`.
    old = {**HOLES, "row": "OLD."}
    new = {**HOLES, "row": "NEW."}
    refuse = f"SELECT RAISE(ABORT, '{REFUSED}') WHERE coalesce({{}}, 0) = 0;"
    ignore = "SELECT RAISE(IGNORE) WHERE coalesce({}, 0) = 0;"
    never = f"SELECT RAISE(ABORT, '{REFUSED}');"
    change = ignore.format(f"({rule.change.format_map(old)})") + refuse.format(
        f"({rule.change.format_map(new)})"
    )
    bodies = {
        "insert": refuse.format(f"({rule.add.format_map(new)})"),
        "update": never if rule.change == NEVER else change,
        "delete": never if rule.remove == NEVER else ignore.format(f"({rule.remove.format_map(old)})"),
    }
    made = [
        f'DROP VIEW IF EXISTS temp."{table}"',
        f'CREATE TEMP VIEW "{table}" AS SELECT * FROM main."{table}" WHERE {rule.read.format_map(holes)}',
    ]
    for verb, body in bodies.items():
        name = f'"park_guard_{table}_{verb}"'
        made.append(f"DROP TRIGGER IF EXISTS temp.{name}")
        made.append(f'CREATE TEMP TRIGGER {name} BEFORE {verb} ON main."{table}" BEGIN {body} END')
    return made


def _past_the_views(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    """Send a write to the table itself; a view cannot be written to."""
    verb = WRITE.match(sql)
    if verb and verb[1] in _tables():
        sql = f"{sql[: verb.end()]}main.{sql[verb.end() :]}"
    return execute(sql, params, many, context)


@cache
def _tables() -> frozenset[str]:
    return frozenset(rule.table for rule in rules())


def _role() -> str | None:
    scope = current_scope()
    return None if scope is None else str(scope.role)


def _enterprise() -> str | None:
    scope = current_scope()
    return None if scope is None or scope.enterprise is None else scope.enterprise.hex


def _person() -> int | None:
    scope = current_scope()
    return None if scope is None else scope.person


def _partner() -> str | None:
    scope = current_scope()
    return None if scope is None or scope.partner is None else scope.partner.hex

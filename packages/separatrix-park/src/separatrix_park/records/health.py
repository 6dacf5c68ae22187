"""Whether the service can do its work: its database, the schema of it, and the disk."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix_park.folder import ParkFolder
from separatrix_park.models import LogEntry
from separatrix_park.records.table_rows import applied_steps, unknown_steps
from separatrix_park.scope import whole_park_on

__all__ = [
    "FREE_SPACE",
    "UNDER_WAY",
    "Check",
    "is_migrated",
    "is_under_way",
    "readiness",
    "require_known_schema",
    "require_no_park",
    "require_schema",
]

FREE_SPACE = 200_000_000
"""Bytes that must be free: an upload, the copy of a backup of a small park, and the log of the database."""

UNDER_WAY = "park_restore_under_way"
"""The table that marks a database while a restore fills it."""

_migrated_before: set[str] = set()


@dataclass(frozen=True)
class Check:
    """One thing that has to hold; ``detail`` is for the office alone."""

    name: str
    holds: bool
    detail: str = ""


def readiness(park: ParkFolder) -> tuple[Check, ...]:
    """Return the checks; what cannot be asked does not hold."""
    database = _database()
    # One that does not answer is waited for once: who watches does not wait for long.
    return (database, _schema() if database.holds else Check("schema", False), _disk(park))


def is_migrated() -> bool:
    """Return whether the database has all migrations of this version."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def require_schema() -> None:
    """Refuse to serve a park whose tables are not those of this version.

    Raises
    ------
    InputError
        W266 where migrations are missing, W262 where a newer version has been at the tables.
    """
    require_known_schema()
    if not is_migrated():
        raise InputError(
            "W266",
            say("the tables of this park are not those of this version"),
            hint=say("make a backup, then run `separatrix park admin migrate`"),
        )


def require_known_schema(alias: str = "default") -> None:
    """Refuse to touch tables that a newer version has changed: part of them would be passed over.

    Raises
    ------
    InputError
        W262 where migrations were applied that this version does not have.
    """
    unknown = unknown_steps(applied_steps(alias))
    if unknown:
        raise InputError(
            "W262",
            say("a newer version has changed the tables of this park: {step}", step=".".join(unknown[0])),
            hint=say("install that version or a newer one; nothing was changed"),
        )


def is_under_way(alias: str) -> bool:
    """Return whether a restore into a database began and did not end."""
    return UNDER_WAY in connections[alias].introspection.table_names()


def require_no_park(alias: str) -> None:
    """Reject a database in use: none of its rows and rights are changed.

    A park has a log from its first invitation on; tables of a park without a log are left by an interrupted
    `init` or restore.

    Raises
    ------
    InputError
        W263 where it holds a park, part of one, or tables of another program.
    """
    connection = connections[alias]
    tables = set(connection.introspection.table_names())
    holds: str | None = None
    if UNDER_WAY in tables:
        holds = say("a restore into this database did not end")
    elif LogEntry._meta.db_table in tables:
        with whole_park_on(alias, "whether there is a park already"):
            if LogEntry.objects.using(alias).exists():
                holds = say("the database already holds a park")
    elif tables and MigrationRecorder.Migration._meta.db_table not in tables:
        holds = say("the database holds tables of another program, such as {name}", name=min(tables))
    if holds:
        raise InputError("W263", holds, hint=say("name an empty one; nothing was changed"))


def _database() -> Check:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as problem:
        return Check("database", False, _first_line(problem))
    return Check("database", True, connection.vendor)


def _schema() -> Check:
    # A schema that was there once is not asked for again: to read all migrations takes a while.
    name = str(connection.settings_dict["NAME"])
    try:
        if name not in _migrated_before and not is_migrated():
            return Check("schema", False)
    except DatabaseError as problem:
        return Check("schema", False, _first_line(problem))
    _migrated_before.add(name)
    return Check("schema", True)


def _disk(park: ParkFolder) -> Check:
    try:
        free = shutil.disk_usage(park.path).free
    except OSError as problem:
        return Check("disk", False, str(problem.strerror))
    return Check("disk", free >= FREE_SPACE, f"{free / 1e9:.1f} GB")


def _first_line(problem: Any) -> str:
    return " ".join(str(problem).split())[:200]

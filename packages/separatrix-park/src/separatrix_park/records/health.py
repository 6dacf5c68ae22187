"""Whether the service can do its work: its database, the schema of it, and the disk."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from separatrix.errors import InputError
from separatrix.sentences import say
from separatrix_park.folder import ParkFolder
from separatrix_park.records.table_rows import applied_steps, unknown_steps

__all__ = ["FREE_SPACE", "Check", "is_migrated", "readiness", "require_known_schema", "require_schema"]

FREE_SPACE = 200_000_000
"""Bytes that must be free: an upload, the copy of a backup of a small park, and the log of the database."""

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

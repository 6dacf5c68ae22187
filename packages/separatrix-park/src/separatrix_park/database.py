"""The database of a park: SQLite in its folder, or PostgreSQL under two roles.

One role owns the tables and changes their shape; the service runs as another, which is held to the
policies of `row_security`.  A service that could step over them does not start.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from separatrix.errors import InputError, Place
from separatrix.sentences import say, together
from separatrix_park.folder import DATABASE, DESCRIPTION, SQLITE, ParkFolder, keep_private, read_secret

__all__ = [
    "as_owner",
    "check_database",
    "forget_what_was_overwritten",
    "migrate",
    "migrating",
    "pool_connections",
    "settings_of_database",
]

PASSWORD = "database-password"
OWNER = "owner"
SERVICE = "service"
TOLD = 4
"""Maximum number of database faults shown; the first ones concern its role."""

_migrating: ContextVar[str | None] = ContextVar("migrating", default=None)


def settings_of_database(park: ParkFolder) -> dict[str, Any]:
    """Return Django's settings of the database, as the service uses it."""
    if park.database == SQLITE:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(park.path / DATABASE),
            "OPTIONS": {
                # A write that began as a read could not wait for another one and would fail at once.
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                " PRAGMA secure_delete=ON;",
                "timeout": 20,
            },
        }
    password = park.path / PASSWORD
    return settings_of_url(
        park.database,
        park.path / DESCRIPTION,
        read_secret(password, "W207") if password.exists() else "",
    )


def settings_of_url(url: str, place: Path, password: str = "") -> dict[str, Any]:
    """Return Django's settings of a PostgreSQL database by its address.

    Raises
    ------
    InputError
        W204 where the address is none of PostgreSQL.
    """
    try:
        parts = urlsplit(url)
        port, named = parts.port, parts.path.strip("/")
    except ValueError:  # a port that is no number, a bracket that is not closed
        parts, port, named = urlsplit(""), None, ""
    if parts.scheme not in ("postgresql", "postgres") or not named:
        raise InputError(
            "W204",
            say("the database of a park is `sqlite` or an address postgresql://ROLE@HOST/NAME"),
            where=Place(str(place)),
        )
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(named),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or "") or password,
        "HOST": query.pop("host", None) or parts.hostname or "",
        "PORT": str(port or ""),
        "OPTIONS": query,
    }


def as_owner(park: ParkFolder, owner_url: str | None) -> str:
    """Return the alias of the connection by which the tables of a park are made and changed.

    Raises
    ------
    InputError
        W206 where PostgreSQL is used and the address of the role that owns the tables is missing; W211 where
        that address leads to another database than the service's.
    """
    from django.db import connections

    if park.database == SQLITE:
        return "default"
    if owner_url is None:
        raise InputError(
            "W206",
            say("the tables of this park belong to another role than the service's"),
            where=Place(str(park.path / DESCRIPTION)),
            hint=say(
                "give the address of the role that owns them: --database-owner postgresql://OWNER@HOST/NAME"
            ),
        )
    made = connections.configure_settings(
        {
            "default": {},
            OWNER: settings_of_url(owner_url, park.path / DESCRIPTION),
            SERVICE: settings_of_database(park),
        }
    )
    if connections.settings.get(OWNER, made[OWNER]) != made[OWNER]:  # asked before with another address
        connections[OWNER].close()
        del connections[OWNER]
    connections.settings |= {OWNER: made[OWNER], SERVICE: made[SERVICE]}
    _require_one_database(park)
    return OWNER


def _require_one_database(park: ParkFolder) -> None:
    """Refuse two addresses that lead to different databases: the tables would be another park's.

    Names and addresses say little, since servers have several and copies have the same.  A lock of the owner
    that the service meets is in one database of one server that runs.
    """
    from django.db import connections, transaction

    key = secrets.randbits(63)
    service = connections.create_connection(SERVICE)
    try:
        with transaction.atomic(using=OWNER), connections[OWNER].cursor() as owners:
            owners.execute("SELECT pg_advisory_xact_lock(%s)", [key])
            with service.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [key])
                (is_free,) = cursor.fetchone()
    finally:
        service.close()
    if is_free:
        raise InputError(
            "W211",
            say(
                "the owner's address leads to another database than the service's: {owner}, not {service}",
                owner=_place_of(connections.settings[OWNER]),
                service=_place_of(connections.settings[SERVICE]),
            ),
            where=Place(str(park.path / DESCRIPTION)),
            hint=say("name one database in both addresses; nothing was changed"),
        )


def _place_of(settings: dict[str, Any]) -> str:
    """Return host, port and name of a database, without a role and without a password."""
    port = f":{settings['PORT']}" if settings["PORT"] else ""
    return f"{settings['HOST']}{port}/{settings['NAME']}"


def pool_connections() -> None:
    """Use connections to the database again, for a service; before the first of them is made.

    Each request has its own thread, and its connection would end with it. A pooled connection is checked
    when it is taken out, so that a lost database is found again and no scope remains, not even one set for
    longer than a transaction.
    """
    from django.db import connections

    settings = connections.settings["default"]
    if settings["ENGINE"].endswith("postgresql"):
        settings["CONN_HEALTH_CHECKS"] = True
        settings["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 20, "timeout": 10, "reset": _forget_scope}
    else:
        settings["ENGINE"] = "separatrix_park.sqlite_pool"
        settings["OPTIONS"]["cached_statements"] = 512


def _forget_scope(connection: Any) -> None:
    connection.execute(
        "SELECT set_config('park.role', '', false), set_config('park.enterprise', '', false),"
        " set_config('park.person', '', false), set_config('park.partner', '', false)"
    )
    if not connection.autocommit:
        connection.commit()


class OwnersMigrations:
    """Sends what migrations ask to the role that runs them, also where a migration does not say so."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        """Return the database of the migrations that run, None for the usual one."""
        return _migrating.get()

    def db_for_write(self, model: Any, **hints: Any) -> str | None:
        """Return the same."""
        return _migrating.get()


@contextmanager
def migrating(alias: str) -> Iterator[None]:
    """Let whatever migrations ask go to one connection."""
    token = _migrating.set(alias)
    try:
        yield
    finally:
        _migrating.reset(token)


def migrate(park: ParkFolder, owner_url: str | None = None) -> None:
    """Bring the tables to this version's shape.

    Raises
    ------
    InputError
        As `as_owner`.
    """
    from django.core.management import call_command
    from django.db import connections

    from separatrix_park.append_only import keep_append_only
    from separatrix_park.postgresql import protect

    alias = as_owner(park, owner_url)
    if park.database == SQLITE:
        _keep_from_others(Path(settings_of_database(park)["NAME"]))
    with migrating(alias):
        call_command("migrate", database=alias, verbosity=0)
    keep_append_only(connections[alias])
    if alias == OWNER:
        protect(connections[OWNER], settings_of_database(park)["USER"])
        connections[OWNER].close()


def _keep_from_others(file: Path) -> None:
    """Let other accounts of the machine not read a database; its journals take its mode over."""
    if not file.exists():
        file.touch(mode=0o600)
    keep_private(file.parent)


def check_database(park: ParkFolder) -> None:
    """Refuse to serve where the database would not keep enterprises apart.

    Raises
    ------
    InputError
        W205 with what is wrong.
    """
    from django.db import connection

    from separatrix_park.catalogue import faults

    found = faults(connection)
    if found:
        raise InputError(
            "W205",
            say("the database would not keep enterprises apart: {faults}", faults=_first_of(found)),
            where=Place(str(park.path / DESCRIPTION)),
            hint=say("run `separatrix park admin migrate` as the owner, and serve as a role of its own"),
        )


def _first_of(found: list[str]) -> str:
    """Return the first faults, which show the cause: a role that bypasses policies violates every table."""
    told = together(found[:TOLD], "; ")
    more = len(found) - TOLD
    return say("{faults}; and {count} more", faults=told, count=more) if more > 0 else told


def forget_what_was_overwritten() -> None:
    """Make SQLite empty its journal of what was written, where rows that were deleted may still stand.

    PostgreSQL clears the pages of its tables by itself some time later.
    """
    from django.db import connection

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")

"""Restoring a backup: an older schema is made as it was, filled, compared, and migrated forward.

The database is filled in one transaction and compared with the digests of its tables. The restore is
recorded in the log, so that an older state cannot pass as a continuous one. A PostgreSQL database is marked
until the folder of the park has its name, and empty again if the restore fails. A killed one leaves the mark:
it is not served, and may start again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from functools import partial
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, connections
from django.db.models import Model
from django.db.transaction import atomic

from separatrix.errors import InputError
from separatrix.run.files import replacing, unwritable
from separatrix.sentences import Sentence, say
from separatrix_park.database import as_owner, forget_what_was_overwritten, migrate
from separatrix_park.folder import ParkFolder
from separatrix_park.models import LogEntry
from separatrix_park.records.archive import EVIDENCE, Archive, damaged, newer
from separatrix_park.records.chain import Head
from separatrix_park.records.health import (
    UNDER_WAY,
    RowDigest,
    comparable,
    is_under_way,
    lines_of,
    load,
    migrate_to,
    own_tables,
    require_no_park,
    tables_at,
    unknown_steps,
)
from separatrix_park.scope import whole_park_on

__all__ = ["restore", "restore_evidence", "restore_tables"]

SECOND_FACTORS = "mfa.authenticator"
PARTNERS = "park.partner"
"""The tables of secrets that only the key of the park opens; of partners the rest stays."""

_NO_ROWS = (
    *(AttributeError, LookupError, TypeError, ValueError, ArithmeticError, RecursionError),
    *(DataError, IntegrityError, ValidationError),
)
"""Exceptions raised by a line that is not a row of its table, whatever its checksum."""


def restore(
    found: Archive,
    park: ParkFolder,
    owner_url: str | None,
    by: str,
    until: ExitStack,
    tell: Callable[[Sentence], None],
    *,
    second_factors: bool,
    authentic: bool = True,
) -> Head | None:
    """Fill the database and the folder of a park that holds nothing yet; return the head of the old log.

    Parameters
    ----------
    found : Archive
    park : ParkFolder
    owner_url : str or None
        The address of the role that owns the tables.
    by : str
        Who the log says did it.
    until : ExitStack
        It ends after the folder has its name; if it ends with an error, a PostgreSQL database is emptied.
    tell : callable
        Reports what a failed restore leaves in a PostgreSQL database.
    second_factors : bool
        See `restore_tables`.
    authentic : bool
        Whether the backup carries the park's seal; the log says where it does not.

    Raises
    ------
    InputError
        As `database.as_owner` and `restore_tables`; U903 where the disk is full.
    """
    alias = as_owner(park, owner_url)
    _require_no_park(alias)
    # The files first: where they find no room the database, which may lie elsewhere, is still as it was.
    restore_evidence(found, park.path)
    _begin(alias, until, tell)
    restore_tables(found, alias, second_factors=second_factors)
    migrate(park, owner_url)
    head = found.manifest["head"]
    action = "restored" if authentic else "restored unauthenticated"
    LogEntry.append(by, action, sha256(str(head).encode()).hexdigest())
    forget_what_was_overwritten()  # it would else stand in the journal, and not in the file that people copy
    return Head.read(head) if head else None


def restore_tables(found: Archive, alias: str, *, second_factors: bool = True) -> None:
    """Write the tables of a backup into an empty database, and compare them.

    The schema is that of the backup; `database.migrate` brings it forward.

    Parameters
    ----------
    found : Archive
    alias : str
        The connection, as the role that owns the tables.
    second_factors : bool
        Whether there is the key that opens them; without it they would lock everybody out.  With it the
        secrets by which we sign in at partners' nodes are kept as well.

    Raises
    ------
    InputError
        W261 where its rows are none of its tables; W262 where a newer version made the backup; W263 where the
        database is not empty, or holds something else afterwards.
    """
    if unknown_steps(found.steps):
        raise newer(found.path, str(found.manifest.get("version")))
    _require_no_park(alias)
    models = {str(model._meta.label_lower): model for model in tables_at(alias, found.steps)}
    if set(models) != set(found.manifest["tables"]):
        raise damaged(found.path, say("its tables are not those of its migrations"))
    migrate_to(alias, found.steps)
    try:
        with whole_park_on(alias, "a restore"):
            _fill(found, models, alias, second_factors)
    except IntegrityError as problem:  # a row refers to one that is not there
        raise damaged(found.path, " ".join(str(problem).split())[:200]) from None


def _fill(found: Archive, models: dict[str, type[Model]], alias: str, second_factors: bool) -> None:
    """Write the rows of a backup, and compare them; references are checked after that."""
    # What migrations put there goes from all tables first: rows that refer to it would go with it later.
    for model in models.values():
        model.objects.using(alias).all().delete()
    # References are checked at the end of the transaction, so that the order does not matter.
    for table, model in models.items():
        try:
            load(model, alias, found.lines(table))
        except _NO_ROWS as problem:
            why = " ".join(str(problem).split())[:200]
            raise damaged(
                found.path, say("table {name} contains an invalid row: {why}", name=table, why=why)
            ) from None
    for table, model in models.items():
        if not _is_restored(found, table, model, alias):
            raise InputError(
                "W263",
                say("the table {name} is not what was backed up; nothing was restored", name=table),
            )
    if not second_factors and SECOND_FACTORS in models:
        models[SECOND_FACTORS].objects.using(alias).all().delete()
    if not second_factors and PARTNERS in models:
        models[PARTNERS].objects.using(alias).update(remote_secret="", pending={})


def _is_restored(found: Archive, table: str, model: type[Model], alias: str) -> bool:
    """Return whether a table holds what was backed up, also from the other kind of database."""
    expected = found.manifest["tables"][table]
    if _digest(lines_of(model, alias)).items() <= expected.items():
        return True
    # What the manifest says of the rows has to be true of them, however their numbers are written.
    if not _digest(found.lines(table)).items() <= expected.items():
        return False
    return _digest(map(comparable, lines_of(model, alias))) == _digest(map(comparable, found.lines(table)))


def _digest(lines: Iterable[bytes]) -> dict[str, Any]:
    rows = RowDigest()
    for line in lines:
        rows.add(line)
    return rows.to_dict()


def _require_no_park(alias: str) -> None:
    """Refuse a database that holds more than a restore which did not end.

    Raises
    ------
    InputError
        W263.
    """
    if not is_under_way(alias):
        require_no_park(alias)


def _begin(alias: str, until: ExitStack, tell: Callable[[Sentence], None]) -> None:
    """Mark a database of PostgreSQL until the restore ends; what one that did not end left goes first.

    A database of SQLite lies in the folder that gets its name at the end, and goes with it.
    """
    if connections[alias].vendor != "postgresql":
        return
    # A connection of its own: the lock is held until it ends, also where this process is killed.
    keeper = connections.create_connection(alias)
    until.callback(keeper.close)
    with keeper.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [UNDER_WAY])
        if not cursor.fetchone()[0]:
            raise InputError(
                "W263",
                say("another restore into this database is running"),
                hint=say("wait until it ends, or name another database"),
            )
    if is_under_way(alias):
        _empty(alias, but=UNDER_WAY)
    else:
        with connections[alias].cursor() as cursor:
            cursor.execute(f"CREATE TABLE {UNDER_WAY} (started timestamptz DEFAULT now())")
    until.push(partial(_end, alias, tell))


def _end(
    alias: str,
    tell: Callable[[Sentence], None],
    _kind: type[BaseException] | None,
    problem: BaseException | None,
    _trace: TracebackType | None,
) -> None:
    """Remove the mark of a restore; if it failed, together with everything it put into the database."""
    try:
        if problem is None:
            with connections[alias].cursor() as cursor:
                cursor.execute(f"DROP TABLE {UNDER_WAY}")
            return
        connections[alias].close()  # its transaction may have been broken off
        _empty(alias)
        tell(say("nothing was restored: the database is empty"))
    except (DatabaseError, InterfaceError):
        if problem is None:
            raise
        tell(say("the database holds part of a restore; the same command begins again"))
    finally:
        connections[alias].close()


def _empty(alias: str, but: str = "") -> None:
    """Delete the tables of a park from a PostgreSQL database, and the function of the log's triggers."""
    connection, own = connections[alias], own_tables(alias) - {but}
    with atomic(using=alias), connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table in own:
                cursor.execute(f"DROP TABLE IF EXISTS {connection.ops.quote_name(table)} CASCADE")
        cursor.execute("DROP FUNCTION IF EXISTS park_append_only")


def restore_evidence(found: Archive, folder: Path) -> None:
    """Write the evidence of a backup into the folder of a park."""
    home = folder / EVIDENCE
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    for digest in found.manifest["evidence"]:
        try:
            with replacing(home / digest) as temporary, temporary.open("wb") as file:
                temporary.chmod(0o600)
                for piece in found.evidence(digest):
                    file.write(piece)
        except OSError as problem:
            raise unwritable(home / digest, problem) from None

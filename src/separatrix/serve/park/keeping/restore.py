"""Restoring a backup: an older schema is made as it was, filled, compared, and migrated forward.

The database is filled in one transaction and held against the digests of its tables; what is restored tells
the log, so that nobody takes an older state for one that went on.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import DatabaseError, connections

from separatrix.errors import InputError
from separatrix.run.files import replacing, unwritable
from separatrix.sentence import say
from separatrix.serve.park.database import as_owner, forget_what_was_overwritten, migrate
from separatrix.serve.park.folder import ParkFolder
from separatrix.serve.park.keeping.archive import EVIDENCE, Archive, damaged, newer
from separatrix.serve.park.keeping.chain import Head
from separatrix.serve.park.keeping.table_rows import (
    RowDigest,
    lines_of,
    load,
    migrate_to,
    tables_at,
    unknown_steps,
)
from separatrix.serve.park.models import LogEntry
from separatrix.serve.park.scope import whole_park_on

__all__ = ["restore", "restore_evidence", "restore_tables"]

SECOND_FACTORS = "mfa.authenticator"
PARTNERS = "park.partner"
"""The tables of secrets that only the key of the park opens; of partners the rest stays."""

_NO_ROWS = (
    *(AttributeError, LookupError, TypeError, ValueError, ArithmeticError, RecursionError),
    *(DatabaseError, ValidationError),
)
"""What a line can end in that is not a row of its table, whatever checksum stands beside it."""


def restore(
    found: Archive, park: ParkFolder, owner_url: str | None, by: str, *, second_factors: bool
) -> Head | None:
    """Fill the database and the folder of a park that holds nothing yet; return the head of the old log.

    Raises
    ------
    InputError
        As `restore_tables`; U903 where the disk is full.
    """
    restore_tables(found, as_owner(park, owner_url), second_factors=second_factors)
    restore_evidence(found, park.path)
    migrate(park, owner_url)
    head = found.manifest["head"]
    LogEntry.append(by, "restored", sha256(str(head).encode()).hexdigest())
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
        W262 where a newer version made the backup; W263 where the database is not empty, or holds something
        else afterwards.
    """
    if unknown_steps(found.steps):
        raise newer(found.path, str(found.manifest.get("version")))
    connection = connections[alias]
    with connection.cursor() as cursor:
        if "park_logentry" in connection.introspection.table_names(cursor):
            raise InputError(
                "W263",
                say("the database already holds a park"),
                hint=say("name an empty one; nothing was changed"),
            )
    migrate_to(alias, found.steps)
    models = {str(model._meta.label_lower): model for model in tables_at(alias, found.steps)}
    if set(models) != set(found.manifest["tables"]):
        raise damaged(found.path, say("its tables are not those of its migrations"))
    with whole_park_on(alias, "a restore"):
        # References are checked at the end of the transaction, so that the order does not matter.
        for table, model in models.items():
            try:
                load(model, alias, found.lines(table))
            except _NO_ROWS as problem:
                why = " ".join(str(problem).split())[:200]
                raise damaged(
                    found.path, say("the table {name} holds what is no row: {why}", name=table, why=why)
                ) from None
        for table, model in models.items():
            rows = RowDigest()
            for line in lines_of(model, alias):
                rows.add(line)
            if not rows.to_dict().items() <= found.manifest["tables"][table].items():
                raise InputError(
                    "W263",
                    say("the table {name} is not what was backed up; nothing was restored", name=table),
                )
        if not second_factors and SECOND_FACTORS in models:
            models[SECOND_FACTORS].objects.using(alias).all().delete()
        if not second_factors and PARTNERS in models:
            models[PARTNERS].objects.using(alias).update(remote_secret="", pending={})


def restore_evidence(found: Archive, folder: Path) -> None:
    """Write the evidence of a backup into the folder of a park."""
    home = folder / EVIDENCE
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    for digest in found.manifest["evidence"]:
        try:
            with replacing(home / digest) as temporary, temporary.open("wb") as file:
                for piece in found.evidence(digest):
                    file.write(piece)
        except OSError as problem:
            raise unwritable(home / digest, problem) from None

"""A backup: all that a park keeps in one zip file (`archive`), taken at one moment while the service runs.

On SQLite the pages of the database are copied by its backup interface, which waits for no writer and makes
none wait; on PostgreSQL all tables are read in one transaction that sees one moment (REPEATABLE READ).
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import secrets
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connections
from django.utils import timezone

from separatrix import __version__
from separatrix.errors import InputError, Place
from separatrix.io.files import read_bytes
from separatrix.run.files import replacing, unwritable, working_folder
from separatrix.sentences import say
from separatrix_park.accounts.settings import KeyFile
from separatrix_park.folder import TEXTS, ParkFolder
from separatrix_park.models import LogEntry
from separatrix_park.records.archive import EVIDENCE, FORMAT, LONGEST_LINE, MANIFEST, PIECE, SEAL, seal_of
from separatrix_park.records.chain import Head
from separatrix_park.records.health import RowDigest, applied_steps, lines_of, tables_at
from separatrix_park.scope import whole_park_on

__all__ = ["Backup", "back_up", "older_than_the_newest", "other_database"]

NAME = "park-{:%Y%m%d-%H%M%S-%f}.zip"
PATTERN = "park-????????-??????-??????.zip"


@dataclass(frozen=True)
class Backup:
    """A backup that was written.

    Attributes
    ----------
    path : Path
    digest : str
        The SHA-256 of its manifest, which holds the checksums of everything else.
    rows, files : int
    missing : tuple of str
        Evidence that a report names and the folder does not hold, or not with this content.
    head : Head or None
        Of the log.
    """

    path: Path
    digest: str
    rows: int
    files: int
    missing: tuple[str, ...]
    head: Head | None


def back_up(park: ParkFolder, folder: Path, by: str) -> Backup:
    """Write a backup of a park into a folder, which is created if missing, and record it in the log.

    Raises
    ------
    InputError
        U901 if the folder is that of the park or lies in it; U903 if it cannot be written, for example on a
        full disk; no partial backup remains. W231 if the park has no key for the seal.
    """
    if folder.resolve().is_relative_to(park.path.resolve()):  # both would be lost together
        raise InputError(
            "U901",
            say("a backup cannot be stored in the folder of the park itself"),
            where=Place(str(folder)),
            hint=say("name another folder, preferably on another disk"),
        )
    key = KeyFile(park.key_file).keys()[0]
    made = timezone.now()
    path = folder / NAME.format(made)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Beside the backup, so that a copy of all values lies on no disk on which backups may not lie.
        with (
            working_folder(folder) as working,
            replacing(path, working) as temporary,
            _snapshot(working) as alias,
        ):
            temporary.chmod(0o600)
            with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
                manifest = _write_archive(archive, park, alias)
                manifest |= {"format": FORMAT, "park": park.name, "made": made.isoformat()}
                text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True)
                archive.writestr(MANIFEST, text)
                archive.writestr(SEAL, seal_of(key, text.encode()) + "\n")
    except OSError as problem:
        raise unwritable(path, problem) from None
    head, digest = manifest["head"], hashlib.sha256(text.encode()).hexdigest()
    try:
        LogEntry.append(by, "backed up", digest)
    except BaseException:  # such as a database that may not be written: each backup is in the log
        path.unlink(missing_ok=True)
        raise
    return Backup(
        path,
        digest,
        sum(table["rows"] for table in manifest["tables"].values()),
        len(manifest["evidence"]),
        tuple(manifest["missing"]),
        Head.read(head) if head else None,
    )


def older_than_the_newest(folder: Path, keep: int, newest: Path | None = None) -> list[Path]:
    """Return the backups of a folder but the newest ones.

    Parameters
    ----------
    folder : Path
    keep : int
        How many are not among them.
    newest : Path, optional
        The one made just now: it is the newest, also where a clock that was set back named it otherwise.
    """
    own = newest.name if newest is not None else ""
    return sorted(folder.glob(PATTERN), key=lambda path: (path.name == own, path.name))[: -max(keep, 1)]


def _write_archive(archive: zipfile.ZipFile, park: ParkFolder, alias: str) -> dict[str, Any]:
    texts: dict[str, bytes] = {}
    for name in TEXTS:
        if os.path.lexists(park.path / name):  # a park may say nothing of itself but its name
            texts[name] = read_bytes(park.path / name, LONGEST_LINE, "a description of the park")
    for name, text in texts.items():
        archive.writestr(name, text)
    steps = applied_steps(alias)
    tables: dict[str, Any] = {}
    head, named = None, set[str]()
    for model in tables_at(alias, steps):
        label = model._meta.label_lower
        whole, rows = hashlib.sha256(), RowDigest()
        with archive.open(f"tables/{label}.jsonl", "w", force_zip64=True) as member:
            for line in lines_of(model, alias):
                member.write(line)
                whole.update(line)
                rows.add(line)
                if label == "park.evidence":
                    named.add(json.loads(line)["sha256"])
        tables[label] = {"sha256": whole.hexdigest(), **rows.to_dict()}
        if label == "park.logentry":
            last = model.objects.using(alias).order_by("-number").first()
            head = f"{last.number}:{last.digest}" if last else None
    kept = {name for name in sorted(named) if _copied(archive, park.path / EVIDENCE / name, name)}
    return {
        "version": __version__,
        "engine": connections[alias].vendor,
        "migrations": [list(step) for step in steps],
        "files": {name: hashlib.sha256(text).hexdigest() for name, text in texts.items()},
        "tables": tables,
        "head": head,
        "evidence": sorted(kept),
        "missing": sorted(named - kept),
    }


def _copied(archive: zipfile.ZipFile, source: Path, digest: str) -> bool:
    """Put a file in; say whether it is there and has the content that its name says."""
    found = hashlib.sha256()
    try:
        file = source.open("rb")
    except OSError:  # it is gone, or nobody may read it
        return False
    with file:
        while piece := file.read(PIECE):
            found.update(piece)
        if found.hexdigest() != digest:
            return False
        file.seek(0)
        info = zipfile.ZipInfo(f"{EVIDENCE}/{digest}")
        with archive.open(info, "w", force_zip64=True) as member:
            shutil.copyfileobj(file, member, PIECE)
    return True


@contextlib.contextmanager
def other_database(**changes: Any) -> Iterator[str]:
    """Yield the alias of a further connection with the given differences from the park's own."""
    alias = f"other-{secrets.token_hex(8)}"
    own = connections.settings["default"]
    connections.settings[alias] = {
        **own,
        **changes,
        "OPTIONS": {**own["OPTIONS"], **changes.get("OPTIONS", {})},
    }
    try:
        yield alias
    finally:
        connections[alias].close()
        del connections[alias]
        del connections.settings[alias]


@contextlib.contextmanager
def _snapshot(working: Path) -> Iterator[str]:
    """Yield a connection that sees the database of the park at one moment."""
    if connections["default"].vendor == "sqlite":
        own = connections.settings["default"]["NAME"]
        copy = working / "copy.sqlite3"
        try:
            with (
                contextlib.closing(sqlite3.connect(own, timeout=20)) as source,
                contextlib.closing(sqlite3.connect(copy)) as target,
            ):
                source.backup(target)
        except sqlite3.Error as problem:
            if getattr(problem, "sqlite_errorcode", 0) & 0xFF in (
                sqlite3.SQLITE_FULL,
                sqlite3.SQLITE_IOERR,
            ):
                raise OSError(errno.ENOSPC, str(problem)) from None
            raise DatabaseError(str(problem)) from problem
        with other_database(NAME=str(copy)) as alias, whole_park_on(alias, "a backup"):
            yield alias
        return
    from psycopg import IsolationLevel

    options = {"isolation_level": IsolationLevel.REPEATABLE_READ, "pool": False}
    with other_database(OPTIONS=options) as alias, whole_park_on(alias, "a backup"):
        yield alias

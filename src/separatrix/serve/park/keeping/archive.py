"""The file of a backup, and reading one: everything in it is held against its checksums first.

manifest.json     what is in the file, with checksums; the migrations that were applied; the head of the log
park.toml         the description of the park
tables/*.jsonl    the rows of each table
evidence/*        files that back reports, by the hash of their content

The key is not in it, and so second factors cannot be read from it; nor are sessions.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from separatrix.errors import InputError, Place
from separatrix.run.files import unwritable, write_file
from separatrix.sentence import say
from separatrix.serve.park.folder import DESCRIPTION, KEY, write_key

__all__ = [
    "EVIDENCE",
    "FORMAT",
    "MANIFEST",
    "PIECE",
    "Archive",
    "damaged",
    "newer",
    "read_archive",
    "restored_folder",
]

FORMAT = 1
MANIFEST = "manifest.json"
EVIDENCE = "evidence"
PIECE = 1 << 20
"""Bytes that are read at once."""

LONGEST_LINE = 100_000_000
"""Bytes of one row: a report with all that an upload may hold, several times."""

_DATABASE = re.compile(r"^database\s*=.*$", re.MULTILINE)
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Archive:
    """A backup whose checksums hold.

    Attributes
    ----------
    path : Path
    manifest : dict
    description : str
        The park.toml.
    """

    path: Path
    manifest: dict[str, Any]
    description: str

    @property
    def steps(self) -> list[tuple[str, str]]:
        """The migrations that had been applied: application and name."""
        return [(app, name) for app, name in self.manifest["migrations"]]

    def lines(self, table: str) -> Iterator[bytes]:
        """Yield the rows of a table."""
        with _opened(self.path) as archive:
            yield from _lines(archive, table)

    def evidence(self, digest: str) -> Iterator[bytes]:
        """Yield a file in pieces."""
        with _opened(self.path) as archive:
            yield from _pieces(archive, f"{EVIDENCE}/{digest}")


def read_archive(path: Path) -> Archive:
    """Read a backup and hold all of it against its checksums.

    Raises
    ------
    InputError
        W261 where it is no backup, or is damaged; W262 where its format is newer than this version.
    """
    with _opened(path) as archive:
        manifest = _manifest(path, _whole(archive, MANIFEST))
        description = _whole(archive, DESCRIPTION)
        checksums: dict[str, tuple[Any, Iterable[bytes]]] = {
            DESCRIPTION: (manifest["description"], [description])
        }
        for table, told in manifest["tables"].items():
            checksums[table] = (told["sha256"], _lines(archive, table))
        for digest in manifest["evidence"]:
            if not _HASH.fullmatch(digest):
                raise damaged(path, say("{name} has another checksum", name=str(digest)[:80]))
            checksums[digest] = (digest, _pieces(archive, f"{EVIDENCE}/{digest}"))
        for name, (expected, pieces) in checksums.items():
            found = hashlib.sha256()
            for piece in pieces:
                found.update(piece)
            if found.hexdigest() != expected:
                raise damaged(path, say("{name} has another checksum", name=name[:80]))
        return Archive(path, manifest, description.decode("utf-8"))


def _manifest(path: Path, content: bytes) -> dict[str, Any]:
    """Return a manifest each of whose entries is of the kind that `backup` writes."""
    manifest = json.loads(content)
    if not isinstance(manifest, dict) or type(manifest.get("format")) is not int:
        raise damaged(path, say("its manifest says no format"))
    if manifest["format"] > FORMAT:
        raise newer(path, str(manifest.get("version")))
    tables = manifest.get("tables")
    fits = {
        "description": isinstance(manifest.get("description"), str),
        "head": manifest.get("head", 0) is None or isinstance(manifest.get("head"), str),
        "migrations": _is_list(manifest.get("migrations"), lambda s: _is_list(s, _is_text) and len(s) == 2),
        "tables": isinstance(tables, dict)
        and all(isinstance(table, dict) and _is_text(table.get("sha256")) for table in tables.values()),
        "evidence": _is_list(manifest.get("evidence"), _is_text),
    }
    for name, does in fits.items():
        if not does:
            raise damaged(path, say("`{name}` of its manifest is not what a backup holds there", name=name))
    return manifest


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_list(value: object, fits: Callable[[Any], bool]) -> bool:
    return isinstance(value, list) and all(map(fits, value))


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except OSError as problem:
        raise InputError(
            "W261",
            say("this backup cannot be read: {why}", why=problem.strerror or str(problem)),
            where=Place(str(path)),
        ) from None
    except InputError:
        raise
    except (
        zipfile.BadZipFile,
        zlib.error,
        KeyError,
        ValueError,
        TypeError,
        EOFError,
        RuntimeError,  # a part under a password, JSON nested too deep, a compression that is not read
    ) as problem:
        raise damaged(path, " ".join(str(problem).split())[:200]) from None


def _pieces(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    with archive.open(name) as member:
        while piece := member.read(PIECE):
            yield piece


def _lines(archive: zipfile.ZipFile, table: str) -> Iterator[bytes]:
    with archive.open(f"tables/{table}.jsonl") as member:
        while line := member.readline(LONGEST_LINE):
            yield line


def _whole(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as member:
        return member.read(LONGEST_LINE)


def damaged(path: Path, why: str) -> InputError:
    """Return the error of a backup that does not hold."""
    return InputError(
        "W261",
        say("this is no backup of a park, or it is damaged: {why}", why=why),
        where=Place(str(path)),
        hint=say("take another one; nothing was restored"),
    )


def newer(path: Path, version: str) -> InputError:
    """Return the error of a backup that this version does not know how to read."""
    return InputError(
        "W262",
        say("this backup was made by a newer version, {version}", version=version[:40]),
        where=Place(str(path)),
        hint=say("install that version or a newer one; nothing was restored"),
    )


def _keys(path: Path) -> list[str]:
    """Return what a file of keys holds."""
    why: str = say("it is empty")
    try:
        if keys := path.read_text("utf-8").split():
            return keys
    except (OSError, ValueError) as problem:
        why = getattr(problem, "strerror", None) or str(problem)
    raise InputError(
        "W202",
        say("the key cannot be read: {why}", why=why),
        where=Place(str(path)),
        hint=say("name the file `{file}` of the park that was backed up; nothing was restored", file=KEY),
    )


@contextmanager
def restored_folder(found: Archive, folder: Path, key: Path | None, database: str | None) -> Iterator[Path]:
    """Yield a folder with description and key that gets its name when the block ends without an error.

    Parameters
    ----------
    found : Archive
    folder : Path
        Where the park is to be; nothing may be there.
    key : Path or None
        The key of the park; None for a new one.
    database : str or None
        In place of what the description says.

    Raises
    ------
    InputError
        W201 where something is there already; U903 where it cannot be written.
    """
    try:
        if folder.exists():
            raise InputError("W201", say("this folder is there already"), where=Place(str(folder)))
    except OSError as problem:  # a name that is too long, a folder that may not be looked into
        raise unwritable(folder, problem) from None
    made = folder.with_name(f".{folder.name}-{secrets.token_hex(6)}")
    try:
        made.mkdir(parents=True, mode=0o700)
        description = found.description
        if database is not None:
            description = _DATABASE.sub("", description).rstrip("\n") + "\n"
            description = f'database = "{database}"\n{description.lstrip()}'
        write_file(made / DESCRIPTION, description)
        write_key(made / KEY, *(_keys(key) if key else [secrets.token_urlsafe(48)]))
        yield made
        made.rename(folder)
    except OSError as problem:
        raise unwritable(folder, problem) from None
    finally:
        shutil.rmtree(made, ignore_errors=True)

"""The file of a backup, and reading one: its checksums are verified first.

manifest.json     what is in the file, with checksums; the migrations that were applied; the head of the log
manifest.seal     the HMAC-SHA256 of manifest.json under the park's key, which says who made it
park.toml, cluster.yaml   what the park says of itself
tables/*.jsonl    the rows of each table
evidence/*        files that back reports, by the hash of their content

The key is not in it, and so second factors cannot be read from it; nor are sessions and other secrets.
"""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import json
import os
import re
import secrets
import stat
import tomllib
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter
from typing_extensions import TypedDict

from separatrix.errors import InputError, Place
from separatrix.run.files import unwritable, working_folder, write_file
from separatrix.sentences import say
from separatrix_park.accounts.settings import derived
from separatrix_park.folder import DESCRIPTION, KEY, TEXTS, read_secret, strict_json, write_key

__all__ = [
    "EVIDENCE",
    "FORMAT",
    "MANIFEST",
    "PIECE",
    "SEAL",
    "Archive",
    "damaged",
    "newer",
    "read_archive",
    "read_keys",
    "require_authentic",
    "restored_folder",
    "seal_of",
]

FORMAT = 2
"""1 had no seal, and of what the park says of itself ``park.toml`` alone."""

MANIFEST = "manifest.json"
SEAL = "manifest.seal"
USE = "backups"
"""The use of the park's key that seals."""

EVIDENCE = "evidence"
PIECE = 1 << 20
"""Bytes that are read at once."""

LONGEST_LINE = 100_000_000
"""Bytes of one row: a report with all that an upload may hold, several times."""

_DATABASE = re.compile(r"^database\s*=.*$", re.MULTILINE)

Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Table(TypedDict):
    sha256: Hash
    rows: int
    digest: Hash


class _Manifest(TypedDict):
    format: int
    park: str
    made: Annotated[str, Field(pattern=r"^[0-9T:+.Z-]{1,40}$")]
    version: str
    engine: str
    migrations: list[tuple[str, str]]
    files: dict[str, Hash]
    tables: dict[str, _Table]
    head: Annotated[str, Field(pattern=r"^\d{1,18}:[0-9a-f]{64}$")] | None
    evidence: list[Hash]
    missing: list[Hash]


_SHAPE = TypeAdapter(_Manifest)


@dataclass(frozen=True)
class Archive:
    """A backup whose checksums hold.

    Attributes
    ----------
    path : Path
    manifest : dict
    texts : mapping of str to bytes
        The park's own files, by name: ``park.toml`` and, if it exists, ``cluster.yaml``.
    sealed : bytes
        The manifest as written, to which the seal applies.
    seal : str
        Empty without a seal.
    """

    path: Path
    manifest: dict[str, Any]
    texts: Mapping[str, bytes]
    sealed: bytes = b""
    seal: str = ""

    @property
    def steps(self) -> list[tuple[str, str]]:
        """The migrations that had been applied: application and name."""
        return [(app, name) for app, name in self.manifest["migrations"]]

    def lines(self, table: str) -> Iterator[bytes]:
        """Yield the rows of a table; raise W261 at its end where the file was changed since it was read."""
        with _opened(self.path) as archive:
            expected = self.manifest["tables"][table]["sha256"]
            yield from self._verified(table, expected, _lines(archive, table))

    def evidence(self, digest: str) -> Iterator[bytes]:
        """Yield a file in pieces; raise W261 at its end where it was changed since the backup was read."""
        with _opened(self.path) as archive:
            yield from self._verified(digest, digest, _pieces(archive, f"{EVIDENCE}/{digest}"))

    def _verified(self, name: str, expected: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
        computed = hashlib.sha256()
        for piece in pieces:
            computed.update(piece)
            yield piece
        if computed.hexdigest() != expected:
            raise damaged(self.path, say("{name} has another checksum", name=name[:80]))


def read_archive(path: Path) -> Archive:
    """Read a backup and hold all of it against its checksums.

    Raises
    ------
    InputError
        W261 if it is not a backup, or is damaged; W262 if its format is newer than this version.
    """
    with _opened(path) as archive:
        content = _whole(archive, MANIFEST)
        manifest = _manifest_in(path, content)
        texts = {name: _whole(archive, name) for name in manifest["files"]}
        # What no seal can be is one that no key made.
        seal = _whole(archive, SEAL).decode(errors="replace").strip() if SEAL in archive.namelist() else ""
        made = Archive(path, manifest, texts, content, seal)
        for name, text in texts.items():
            text.decode("utf-8")
            for _ in made._verified(name, manifest["files"][name], [text]):
                pass
        for table in manifest["tables"]:
            for _ in made.lines(table):
                pass
        for digest in manifest["evidence"]:
            for _ in made.evidence(digest):
                pass
        return made


def _manifest_in(path: Path, content: bytes) -> dict[str, Any]:
    """Return a manifest of this version's shape; one of format 1 is brought into it."""
    told = strict_json(content)
    if not isinstance(told, dict) or type(told.get("format")) is not int or told["format"] < 1:
        raise damaged(path, say("its manifest says no format"))
    if told["format"] > FORMAT:
        raise newer(path, str(told.get("version")))
    if told["format"] == 1:
        told["files"] = {DESCRIPTION: told["description"]}
    manifest: dict[str, Any] = dict(_SHAPE.validate_python(told))
    strange = [name for name in manifest["files"] if name not in TEXTS]
    if strange or DESCRIPTION not in manifest["files"]:
        raise damaged(path, say("its manifest names other files than those of a park"))
    return manifest


def seal_of(key: str, manifest: bytes) -> str:
    """Return the seal of a manifest: an HMAC that requires the park's key.

    Examples
    --------
    >>> seal_of("k" * 64, b"{}") == seal_of("j" * 64, b"{}")
    False
    """
    return hmac.new(derived(key, USE), manifest, hashlib.sha256).hexdigest()


def require_authentic(found: Archive, keys: Sequence[str], *, accept: bool) -> bool:
    """Return whether a backup carries a seal of the park's key; refuse one that has another's.

    Parameters
    ----------
    found : Archive
    keys : sequence of str
        The lines of the park's key file; empty if it is not available.
    accept : bool
        Whether to accept an unverified backup: one without a seal, or a sealed one without its key.

    Raises
    ------
    InputError
        W267 otherwise, and for a seal that none of the keys made.
    """
    if found.seal and keys:
        seals = [seal_of(key, found.sealed) for key in keys]
        if any(hmac.compare_digest(seal.encode(), found.seal.encode()) for seal in seals):
            return True
        raise InputError(
            "W267",
            say("this backup was changed, or sealed with another key than the one given"),
            where=Place(str(found.path)),
            hint=say("take another backup, or give the key that the park had when it was made"),
        )
    if accept:
        return False
    if found.seal:
        raise InputError(
            "W267",
            say("whether this backup was changed cannot be checked without the park's key"),
            where=Place(str(found.path)),
            hint=say("give --key FILE; if it is lost and you vouch for the file, --accept-unauthenticated"),
        )
    raise InputError(
        "W267",
        say("this backup has no seal, so it may have been changed"),
        where=Place(str(found.path)),
        hint=say("if an older version made it and you vouch for the file, give --accept-unauthenticated"),
    )


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a device may have no end, and a pipe no writer
            raise damaged(path, say("not a regular file"))
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
    except UnicodeDecodeError:
        raise damaged(path, say("a text in it is not valid UTF-8")) from None
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
        say("the file is not a backup of a park, or it is damaged: {why}", why=why),
        where=Place(str(path)),
        hint=say("take another one; nothing was restored"),
    )


def newer(path: Path, version: str) -> InputError:
    """Return the error of a backup that this version does not know how to read."""
    return InputError(
        "W262",
        say("this backup was made by a newer version, {version}", version=repr(version[:40])[1:-1]),
        where=Place(str(path)),
        hint=say("install that version or a newer one; nothing was restored"),
    )


def read_keys(path: Path) -> list[str]:
    """Return what a file of keys holds."""
    if keys := read_secret(path, "W202").split():
        return keys
    raise InputError(
        "W202",
        say("the key cannot be read: {why}", why=say("it is empty")),
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
        Where the park is to be; nothing may be there but an empty folder.
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
        # An empty folder is replaced; also a link that leads nowhere would be in the way at the end.
        empty = folder.is_dir() and not folder.is_symlink() and not any(folder.iterdir())
        if os.path.lexists(folder) and not empty:
            raise InputError("W201", say("this folder is there already"), where=Place(str(folder)))
    except OSError as problem:  # a name that is too long, a folder that may not be looked into
        raise unwritable(folder, problem) from None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with working_folder(folder.parent, folder) as made, _named_as(made, folder):
            for name, text in found.texts.items():
                write_file(made / name, text, private=True)
            if database is not None:
                write_file(made / DESCRIPTION, _with_database(found, database), private=True)
            write_key(made / KEY, *(read_keys(key) if key else [secrets.token_urlsafe(48)]))
            yield made
    except OSError as problem:
        raise unwritable(folder, problem) from None


@contextmanager
def _named_as(made: Path, folder: Path) -> Iterator[None]:
    """Let errors in a working folder name the folder that it was to become."""
    try:
        yield
    except InputError as problem:
        source = problem.where.source if problem.where else None
        if problem.where and source and Path(source).is_relative_to(made):
            place = str(folder / Path(source).relative_to(made))
            problem.where = dataclasses.replace(problem.where, source=place)
        raise


def _with_database(found: Archive, database: str) -> str:
    """Return the ``park.toml`` of a backup with another database in it, and nothing else changed."""
    text = found.texts[DESCRIPTION].decode("utf-8-sig")
    # A string of JSON is one of TOML as well.
    made = f"database = {json.dumps(database)}\n{_DATABASE.sub('', text).lstrip()}".rstrip("\n") + "\n"
    try:
        same = tomllib.loads(made) == tomllib.loads(text) | {"database": database}
    except ValueError:
        same = False
    if not same:
        raise damaged(found.path, say("its park.toml names the database in a way that cannot be replaced"))
    return made

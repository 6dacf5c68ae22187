"""The folder of a park: what it is called, where its database is, and its key.

park.toml       name, language, addresses, database, time zone; no secret
cluster.yaml    what the park says of itself: place, money, emission factors
key             what encrypts sessions and second factors and seals backups; in none of these
mail-password, single-sign-on-secret   where park.toml names a mail server or a provider of sign-ins
park.sqlite3    the database, unless park.toml names PostgreSQL
database-password   of the service's role in PostgreSQL, unless PGPASSFILE has it; in no backup
evidence/       files that back reports

JSON without what its readers disagree on, and with texts that every database can hold.
"""

from __future__ import annotations

import json
import math
import os
import secrets
import stat
import tomllib
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn
from zoneinfo import available_timezones

from separatrix.errors import InputError, Place
from separatrix.io.files import decode, read_bytes
from separatrix.languages import LANGUAGES
from separatrix.run.files import unwritable, write_file
from separatrix.sentences import say
from separatrix_park.access import (
    REQUESTS_A_MINUTE,
    Access,
    PartnerNetworks,
    Protection,
    access_of,
    partner_networks,
    protection_of,
    refused_word,
    requests_of,
    text_of,
    texts_of,
)

__all__ = [
    "DATABASE",
    "ParkFolder",
    "create_park",
    "holdable",
    "keep_private",
    "open_park",
    "read_secret",
    "require_database",
    "same_number",
    "strict_json",
    "take_back",
    "write_key",
]

DESCRIPTION = "park.toml"
CLUSTER = "cluster.yaml"
TEXTS = (DESCRIPTION, CLUSTER)
"""What the park says of itself, in files; each backup holds them."""

KEY = "key"

LARGEST_SECRET = 1_000_000
"""Bytes of a key or a password; what is larger, such as a device that never ends, is another file."""

SQLITE = "sqlite"
DATABASE = "park.sqlite3"
HOSTS = ("127.0.0.1", "localhost")
OF_ACCESS = ("access", "mail", "single_sign_on", "partners")
WORDS = ("name", "language", "hosts", "database", "time_zone", *OF_ACCESS, "publication", "api")
TIME_ZONES = {"zh": "Asia/Shanghai"}
"""Where a language has one that nearly all its parks share."""


@dataclass(frozen=True)
class ParkFolder:
    """A park's own folder.

    Attributes
    ----------
    path : Path
    name : str
        The name of the park.
    language : str
        Default language of pages, ``en`` or ``zh``.
    hosts : tuple of str
        Host names of the service.
    database : str
        ``sqlite``, or the address of a PostgreSQL database for the service's role, without a password.
    time_zone : str
        Time zone of displayed times and deadlines, such as ``Asia/Shanghai``.
    access : Access
        How people reach it, and who needs a second factor.
    partners : PartnerNetworks
        Networks allowed for the nodes of partners.
    publication : Protection
        Protection of values from readers of figures about several enterprises.
    requests_a_minute : int
        Limit for each token of a program; further requests have to wait.
    """

    path: Path
    name: str
    language: str
    hosts: tuple[str, ...]
    database: str = SQLITE
    time_zone: str = "UTC"
    access: Access = field(default_factory=Access)
    partners: PartnerNetworks = field(default_factory=PartnerNetworks)
    publication: Protection = field(default_factory=Protection)
    requests_a_minute: int = REQUESTS_A_MINUTE

    @property
    def key_file(self) -> Path:
        """The file with the secret from which those of sessions and second factors are derived."""
        return self.path / KEY

    @property
    def names(self) -> tuple[str, ...]:
        """All names by which the service may be called."""
        return tuple(dict.fromkeys((*self.hosts, *((self.access.host,) if self.access.host else ()))))


def create_park(path: Path, name: str, language: str = "en", database: str = SQLITE) -> ParkFolder:
    """Make the folder of a new park.

    Raises
    ------
    InputError
        W201 where the folder already holds one; U903 where it cannot be written.
    """
    # Of a park whose description was lost, too, nothing is replaced, nor taken back later.
    for file in (DESCRIPTION, KEY, DATABASE, f"{DATABASE}-wal", CLUSTER):
        if os.path.lexists(path / file):
            raise InputError("W201", say("this folder already holds a park"), where=Place(str(path / file)))
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise unwritable(path, problem) from None
    keep_private(path)
    # A string of JSON is one of TOML as well.
    told = {"name": name, "language": language, "hosts": list(HOSTS), "database": database}
    told["time_zone"] = TIME_ZONES.get(language, "UTC")
    lines = [f"{k} = {json.dumps(v, ensure_ascii=False)}\n" for k, v in told.items()]
    try:
        write_key(path / KEY, secrets.token_urlsafe(48))
        write_file(path / DESCRIPTION, "".join(lines), private=True)
        return open_park(path)
    except BaseException:
        take_back(path)
        raise


def require_database(park: ParkFolder) -> None:
    """Reject a park whose database is missing: opening it would create an empty one instead.

    Raises
    ------
    InputError
        W209 where park.toml names SQLite and its file is not there.
    """
    place = park.path / DATABASE
    if park.database == SQLITE and not place.exists():
        raise InputError(
            "W209",
            say("the database of this park is not there"),
            where=Place(str(place)),
            hint=say("put the file back, or restore a backup into another folder"),
        )


def keep_private(path: Path) -> None:
    """Let other accounts of the machine read neither a park's folder nor its database.

    Raises
    ------
    InputError
        W210 if the folder is open to everyone, or an open part of it has another owner.
    """
    if os.name == "nt":  # files have no such modes there
        return
    for place in (path, *(path / f"{DATABASE}{end}" for end in ("", "-wal", "-shm"))):
        try:
            mode = stat.S_IMODE(place.stat().st_mode)
            if not mode & 0o077:
                continue
            shared = bool(mode & stat.S_ISVTX)  # such as /tmp, which others need
            if not shared:
                place.chmod(mode & 0o700)
        except FileNotFoundError:  # journals come and go
            continue
        except OSError:
            shared = True
        if shared:
            raise InputError(
                "W210",
                say("other accounts of this machine may read it, and this cannot be changed"),
                where=Place(str(place)),
                hint=say("let the account that runs the platform own a folder of its own for the park"),
            )


def take_back(path: Path) -> None:
    """Take away what `create_park` made, where the park did not come about; what else is there stays."""
    for file in (*TEXTS, KEY, DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm"):
        (path / file).unlink(missing_ok=True)
    with suppress(OSError):  # it holds something
        path.rmdir()


def write_key(path: Path, *lines: str) -> None:
    """Write a park's key, readable by its owner only."""
    write_file(path, "".join(f"{line}\n" for line in lines), private=True)
    path.chmod(0o600)  # one that was there keeps its mode


def read_secret(path: Path, code: str) -> str:
    """Return a key or a password from its file, which is text in UTF-8, with or without a byte order mark.

    Raises
    ------
    InputError
        With this code where it is another kind of file.
    """
    try:
        return decode(read_bytes(path, LARGEST_SECRET, "a key or a password"), path).strip()
    except InputError as problem:
        raise InputError(
            code,
            say("the file {name} holds no key or password: {why}", name=path.name, why=problem.message),
            where=Place(str(path)),
            hint=say("write it into the file as plain text in UTF-8"),
        ) from None


def open_park(path: Path) -> ParkFolder:
    """Read the folder of a park.

    Raises
    ------
    InputError
        W202 where there is none, or its description cannot be read; W230 where a word of it makes no sense.
    """
    place = path / DESCRIPTION
    try:
        told = tomllib.loads(place.read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as problem:  # the last where it is nested too deep
        raise InputError(
            "W202",
            say(
                "this folder holds no park that can be read: {why}",
                why=getattr(problem, "strerror", None) or str(problem),
            ),
            where=Place(str(place)),
            hint=say("`separatrix park init DIR` makes one"),
        ) from None
    for word in told:
        if word not in WORDS:  # it would say nothing, and whoever wrote it would rely on it
            raise refused_word(place, DESCRIPTION, word, ", ".join(WORDS))
    access = access_of(told, place)
    hosts = texts_of(told, "hosts", HOSTS, place)
    if not hosts and not access.host:  # nobody would reach it by any name
        raise refused_word(place, "hosts", "[]", '["park.example.cn"]')
    return ParkFolder(
        path,
        text_of(told, "name", "", place),
        text_of(told, "language", "en", place, LANGUAGES),
        hosts,
        text_of(told, "database", SQLITE, place),
        text_of(told, "time_zone", "UTC", place, available_timezones(), "Asia/Shanghai"),
        access,
        partner_networks(told, place),
        protection_of(told, place),
        requests_of(told, place),
    )


def strict_json(body: bytes) -> Any:
    """Read JSON that says each name once and each number finitely.

    Raises
    ------
    ValueError
        Otherwise, also where it is nested too deep, or holds a text that no database can hold.

    Examples
    --------
    >>> strict_json(b'{"amount": 1.5}')
    {'amount': 1.5}
    >>> strict_json(b'{"amount": 1, "amount": 2}')
    Traceback (most recent call last):
    ValueError: a name stands twice
    """
    try:
        read = json.loads(
            body.decode(), object_pairs_hook=_object, parse_constant=_no_number, parse_float=_finite
        )
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    waiting = [read]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            waiting += [*part, *part.values()]
        elif isinstance(part, list):
            waiting += part
        elif isinstance(part, str) and not holdable(part):
            raise ValueError("a text holds what no database can hold")
    return read


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a name stands twice")
    return made


def _no_number(constant: str) -> NoReturn:
    raise ValueError(constant)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(digits)
    return number


def holdable(text: str) -> bool:
    """Return whether a database can hold a text: none holds half a character, and PostgreSQL no NUL."""
    return "\0" not in text and not any("\ud800" <= c <= "\udfff" for c in text)


def same_number(digits: str) -> int | float:
    """Return a number as each database gives it back: PostgreSQL has no -0.0, and writes 1e16 out.

    Examples
    --------
    >>> [json.loads(text, parse_float=same_number) for text in ("-0.0", "1e+16", "1e-7", "2.0")]
    [0.0, 10000000000000000, 1e-07, 2.0]
    """
    number = float(digits)
    return int(Decimal(digits)) if 1e16 <= abs(number) < math.inf else number + 0.0

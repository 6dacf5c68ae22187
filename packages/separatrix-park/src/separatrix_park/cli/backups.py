"""``separatrix park admin restore``: a park from a backup, in a new folder.

``separatrix park admin backup``: all that a park keeps, in one file, while it serves.

``separatrix park admin verify``: whether the log's chain holds.

``separatrix park admin rotate-key``: another key for sessions and second factors.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from separatrix.cli.options import Lang
from separatrix.errors import InputError
from separatrix.languages import language_of
from separatrix.run.files import folders_left_over, write_file
from separatrix.sentences import Sentence, say
from separatrix_park.cli.opened import COMMAND_LINE, left_over, opened, set_up

__all__ = ["backup", "restore", "rotate_key", "verify"]


def backup(folder: Path, /, *, out: Path, keep: int | None = None, lang: Lang = "en") -> int:
    """Back up a park, also while it is running, and print the name of the file.

    The backup does not contain the key of the park: keep a copy of the key elsewhere. The exit code is 1
    if evidence is missing.

    Parameters
    ----------
    out : Path
        The folder for backups.
    keep : int
        Keep only this many backups in the folder, unless evidence is missing; by default all.
    """
    if keep is not None and keep < 1:
        raise InputError("U901", say("--keep is at least 1, and not {found}", found=keep))
    park = opened(folder)
    from separatrix_park.records.backup import back_up, older_than_the_newest
    from separatrix_park.records.health import require_known_schema

    require_known_schema()
    made = back_up(park, out, COMMAND_LINE)
    print(made.path)
    head = str(made.head)
    told = [
        say(
            "rows: {rows}; files: {files}; head of the log: {head}",
            rows=made.rows,
            files=made.files,
            head=head,
        )
    ]
    told += [say("evidence is missing, or was changed: {name}", name=name) for name in made.missing]
    told += [left_over(name) for name in folders_left_over(out)]
    for sentence in told:
        print(language_of(lang).tell(sentence), file=sys.stderr)
    for old in older_than_the_newest(out, keep, made.path) if keep and not made.missing else ():
        old.unlink()
    return 1 if made.missing else 0


def restore(
    backup: Path,
    folder: Path,
    /,
    *,
    key: Path | None = None,
    database: str | None = None,
    database_owner: str | None = None,
    database_password: Path | None = None,
    accept_unauthenticated: bool = False,
    lang: Lang = "en",
) -> int:
    """Restore a park from a backup and verify it; on failure nothing is restored.

    Parameters
    ----------
    backup : Path
        The file.
    folder : Path
        The folder for the park; it must not exist or must be empty.
    key : Path
        The key of the park, which authenticates the backup. Without it, second factors and partner
        connections must be set up again.
    database : str
        ``sqlite`` or postgresql://ROLE@HOST/NAME of an empty database; by default that of the backup.
    database_owner : str
        The address of the same database with the role that owns the tables.
    database_password : Path
        A file with the password of the service's role; no backup holds it.
    accept_unauthenticated : bool
        Restore a backup that has no seal or whose key is lost, at your own responsibility. The log
        records this.
    """
    from separatrix_park.folder import open_park, read_secret
    from separatrix_park.records.archive import (
        read_archive,
        read_keys,
        require_authentic,
        restored_folder,
    )

    found = read_archive(backup)
    keys = read_keys(key) if key else ()
    authentic = require_authentic(found, keys, accept=accept_unauthenticated)

    def tell(sentence: Sentence) -> None:
        print(language_of(lang).tell(sentence), file=sys.stderr)

    with ExitStack() as until, restored_folder(found, folder, key, database) as made:
        if database_password is not None:
            from separatrix_park.database import PASSWORD

            password = read_secret(database_password, "W207")
            write_file(made / PASSWORD, password + "\n", private=True)
        park = open_park(made)
        lacking = park.access.secrets
        park = set_up(replace(park, access=park.access.without_secrets()))
        from separatrix_park.records import restore as work

        head = work.restore(
            *(found, park, database_owner, COMMAND_LINE, until, tell),
            second_factors=key is not None,
            authentic=authentic,
        )
    print(folder)
    told = [
        say("the backup was made on {time}", time=found.manifest["made"][:40]),
        say("the log of the backup ended with {head}", head=str(head)),
    ]
    if not authentic:
        told.append(say("warning: nothing shows that this backup was not changed; the log records that"))
    told += [say("evidence is missing in the backup: {name}", name=n) for n in found.manifest["missing"]]
    told += [say("put the file {name} into the folder; no backup holds it", name=name) for name in lacking]
    told += [left_over(name) for name in folders_left_over(folder.absolute().parent, also=f".{folder.name}-")]
    if key is None:
        told.append(say("a new key was created: second factors have to be set up again"))
        told.append(say("connection texts of partners have to be entered again"))
    for sentence in told:
        tell(sentence)
    return 0


def verify(
    folder: Path,
    /,
    *,
    head: Annotated[list[str] | None, Parameter(negative="")] = None,
    lang: Lang = "en",
) -> int:
    """Verify the log against reports, publications and printed heads.

    The exit code is 1 if the verification fails.

    Parameters
    ----------
    head : list of str
        NUMBER:HASH, as printed in a publication; repeatable.
    """
    opened(folder)
    from separatrix_park.records.audit_trail import check_log
    from separatrix_park.records.chain import Head

    found = check_log([Head.read(text) for text in head or ()])
    for told in found.to_sentences():
        print(language_of(lang).tell(told))
    return 0 if found.whole else 1


def rotate_key(folder: Path, /, *, lang: Lang = "en") -> int:
    """Replace the key of a park: second factors remain valid, and all users must log in again.

    Keep a copy of the present key first: backups that were made with it can be checked with it alone.
    Keep a copy of the new key in a safe place; backups do not contain it.
    """
    park = opened(folder)
    from separatrix_park.accounts.keys import change_key

    count = change_key(park, COMMAND_LINE)
    print(park.key_file)
    for told in (
        say("{count} second factors were re-encrypted; restart the service", count=count),
        say("keep a copy of the new key: no backup holds it"),
        say("earlier backups need the former key: keep it with them, and make a new backup now"),
    ):
        print(language_of(lang).tell(told), file=sys.stderr)
    return 0

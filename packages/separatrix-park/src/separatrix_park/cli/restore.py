"""``separatrix park admin restore``: a park from a backup, in a new folder."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from separatrix.cli.options import Lang
from separatrix.languages import language_of
from separatrix.run.files import folders_left_over
from separatrix.sentences import say
from separatrix_park.cli.opened import COMMAND_LINE, left_over, set_up

__all__ = ["restore"]


def restore(
    backup: Path,
    folder: Path,
    /,
    *,
    key: Path | None = None,
    database: str | None = None,
    database_owner: str | None = None,
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
    accept_unauthenticated : bool
        Restore a backup that has no seal or whose key is lost, at your own responsibility. The log
        records this.
    """
    from separatrix_park.folder import open_park
    from separatrix_park.records.archive import (
        read_archive,
        read_keys,
        require_authentic,
        restored_folder,
    )

    found = read_archive(backup)
    keys = read_keys(key) if key else ()
    authentic = require_authentic(found, keys, accept=accept_unauthenticated)
    with restored_folder(found, folder, key, database) as made:
        park = open_park(made)
        lacking = park.access.secrets
        park = set_up(replace(park, access=park.access.without_secrets()))
        from separatrix_park.records import restore as work

        head = work.restore(
            found, park, database_owner, COMMAND_LINE, second_factors=key is not None, authentic=authentic
        )
    work.end_restore(park, database_owner)
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
        print(language_of(lang).tell(sentence), file=sys.stderr)
    return 0

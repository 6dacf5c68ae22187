"""``separatrix park admin restore``: a park from a backup, in a new folder."""

from __future__ import annotations

import sys
from pathlib import Path

from separatrix.cli.options import Lang
from separatrix.cli.serve.park.opened import COMMAND_LINE, set_up
from separatrix.present.languages import language_of
from separatrix.sentence import say

__all__ = ["restore"]


def restore(
    backup: Path,
    folder: Path,
    /,
    *,
    key: Path | None = None,
    database: str | None = None,
    database_owner: str | None = None,
    lang: Lang = "en",
) -> int:
    """Make a park from a backup: all of it, compared with what was backed up, or nothing.

    Parameters
    ----------
    backup : Path
        The file.
    folder : Path
        For the park; nothing may be there yet.
    key : Path
        The key of the park that was backed up; without it second factors have to be set up, and
        connection texts of partners entered, anew.
    database : str
        ``sqlite`` or postgresql://ROLE@HOST/NAME, an empty one; by default as the backup says.
    database_owner : str
        The address of the same database as the role that owns its tables.
    """
    from separatrix.serve.park.folder import open_park
    from separatrix.serve.park.keeping.archive import read_archive, restored_folder

    found = read_archive(backup)
    with restored_folder(found, folder, key, database) as made:
        park = set_up(open_park(made))
        from separatrix.serve.park.keeping import restore as work

        head = work.restore(found, park, database_owner, COMMAND_LINE, second_factors=key is not None)
    print(folder)
    told = [say("the log of the backup ended with {head}", head=str(head))]
    if key is None:
        told.append(say("a new key was made: second factors have to be set up anew"))
        told.append(say("connection texts of partners have to be entered anew"))
    for sentence in told:
        print(language_of(lang).tell(sentence), file=sys.stderr)
    return 0

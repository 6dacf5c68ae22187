"""``separatrix park admin backup``: all that a park keeps, in one file, while it serves."""

from __future__ import annotations

import sys
from pathlib import Path

from separatrix.cli.options import Lang
from separatrix.errors import InputError
from separatrix.languages import language_of
from separatrix.run.files import folders_left_over
from separatrix.sentences import say
from separatrix_park.cli.opened import COMMAND_LINE, left_over, opened

__all__ = ["backup"]


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
    told = [say("{rows} rows, {files} files, log {head}", rows=made.rows, files=made.files, head=head)]
    told += [say("evidence is missing, or was changed: {name}", name=name) for name in made.missing]
    told += [left_over(name) for name in folders_left_over(out)]
    for sentence in told:
        print(language_of(lang).tell(sentence), file=sys.stderr)
    for old in older_than_the_newest(out, keep, made.path) if keep and not made.missing else ():
        old.unlink()
    return 1 if made.missing else 0

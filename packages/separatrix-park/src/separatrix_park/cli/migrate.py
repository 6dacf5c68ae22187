"""``separatrix park admin migrate``: the tables of a park in the shape of this version."""

from __future__ import annotations

import sys
from pathlib import Path

from separatrix.cli.options import Lang
from separatrix.languages import language_of
from separatrix.sentences import say
from separatrix_park.cli.opened import bring_forward, opened

__all__ = ["migrate"]


def migrate(folder: Path, /, *, database_owner: str | None = None, lang: Lang = "en") -> int:
    """Migrate the database of a park to this version; make a backup first.

    Parameters
    ----------
    database_owner : str
        On PostgreSQL, the address of the database with the role that owns the tables.
    """
    park = opened(folder)
    bring_forward(park, database_owner)
    print(language_of(lang).tell(say("the tables are those of this version")), file=sys.stderr)
    return 0

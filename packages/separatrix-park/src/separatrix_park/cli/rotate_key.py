"""``separatrix park admin rotate-key``: another key for sessions and second factors."""

from __future__ import annotations

import sys
from pathlib import Path

from separatrix.cli.options import Lang
from separatrix.languages import language_of
from separatrix.sentences import say
from separatrix_park.cli.opened import COMMAND_LINE, opened

__all__ = ["rotate_key"]


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

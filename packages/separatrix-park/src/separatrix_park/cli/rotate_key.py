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
    """Give a park another key: second factors stay, and everybody logs in anew.

    Keep a copy of the new key where you keep the old one; no backup holds it.
    """
    park = opened(folder)
    from separatrix_park.accounts.keys import change_key

    count = change_key(park, COMMAND_LINE)
    print(park.key_file)
    told = say(
        "{count} secrets were encrypted anew; restart the service, and keep a copy of the key", count=count
    )
    print(language_of(lang).tell(told), file=sys.stderr)
    return 0

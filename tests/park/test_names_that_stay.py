"""Names that links, tokens and logs in use rest on: they stay, wherever the code lies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from separatrix_park.plugin import __file__ as PLUGIN

PARK = Path(PLUGIN).parent

STAY = {
    "separatrix.park": "the logger of which administrators' settings speak",
    "separatrix.park.pact page": "continuations of lists that partners hold",
    "separatrix.park.pact token": "tokens that partners hold",
    "separatrix.park.session": "sessions of all who are signed in",
}


def names_of_the_platform() -> Iterator[str]:
    """Yield every string of the platform's code that looks like a name of its own and is no module."""
    for path in PARK.rglob("*.py"):
        yield from re.findall(r'"(separatrix\.park[\w. ]*)"', path.read_text("utf-8"))


def test_salts_and_loggers_keep_their_names() -> None:
    """Each name stands in the code, and no other of its kind."""
    assert set(names_of_the_platform()) == set(STAY)

"""The park of a folder, with Django set up for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from separatrix.errors import InputError, how_to_add
from separatrix.sentence import say

if TYPE_CHECKING:
    from separatrix.serve.park.folder import ParkFolder

__all__ = ["COMMAND_LINE", "first_link", "opened", "set_up"]

COMMAND_LINE = "command line"
"""Who the log says did what was done here."""


def opened(folder: Path, *, secure: bool = False) -> ParkFolder:
    """Return the park of a folder; its models may be imported then.

    Parameters
    ----------
    folder : Path
    secure : bool
        Whether this process serves it over https itself.
    """
    from separatrix.serve.park.folder import open_park

    return set_up(open_park(folder), secure=secure)


def set_up(park: ParkFolder, *, secure: bool = False) -> ParkFolder:
    """Set Django up for a park, or say what to install."""
    try:
        from separatrix.serve.park.configuration import configure

        configure(park, secure=secure)
    except ImportError as problem:
        raise InputError(
            "U905",
            say("the platform needs `{library}`, which is not installed", library=str(problem.name)),
            hint=how_to_add("park"),
        ) from None
    return park


def first_link(park: ParkFolder, email: str, owner: str | None) -> int:
    """Bring the database up to date, and print a link by which somebody of the park office joins."""
    set_up(park)
    from separatrix.serve.park.accounts.invitation import invite
    from separatrix.serve.park.database import migrate
    from separatrix.serve.park.scope import whole_park

    migrate(park, owner)
    with whole_park("whoever has the machine lets the first person of the office in"):
        token = invite(email, "office", None, COMMAND_LINE)
    address = park.access.address or f"http://{park.hosts[0]}:8000"
    print(f"{address}/join/{token}/")
    return 0

"""``separatrix park admin link``: a link to join the park office."""

from __future__ import annotations

from pathlib import Path

from separatrix.cli.options import Lang
from separatrix_park.cli.opened import first_link, opened

__all__ = ["link"]


def link(folder: Path, /, *, email: str, database_owner: str | None = None, lang: Lang = "en") -> int:
    """Print a single-use invitation link for a member of the park office.

    Parameters
    ----------
    email : str
        The email address of that person.
    database_owner : str, optional
        The address of the database with the role that owns the tables.
    """
    return first_link(opened(folder), email, database_owner)

"""``separatrix park init``: a new park in a folder."""

from __future__ import annotations

from pathlib import Path

from separatrix.cli.options import Lang
from separatrix.cli.serve.park.opened import first_link

__all__ = ["init"]


def init(
    folder: Path,
    /,
    *,
    name: str,
    email: str,
    database: str = "sqlite",
    database_owner: str | None = None,
    lang: Lang = "en",
) -> int:
    """Make a park in a folder, and print the link by which the first person of its office joins.

    Parameters
    ----------
    name : str
        What the park is called.
    email : str
        Of the first person of the office.
    database : str
        ``sqlite``, or postgresql://ROLE@HOST/NAME of the role that the service runs as.
    database_owner : str, optional
        The address of the same database as the role that owns its tables.
    """
    from separatrix.serve.park.folder import create_park

    return first_link(create_park(folder, name, lang, database), email, database_owner)

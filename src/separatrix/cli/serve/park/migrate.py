"""``separatrix park admin migrate``: the tables of a park in the shape of this version."""

from __future__ import annotations

from pathlib import Path

from separatrix.cli.serve.park.opened import opened

__all__ = ["migrate"]


def migrate(folder: Path, /, *, database_owner: str | None = None) -> int:
    """Bring the tables of a park forward to this version; make a backup first.

    Parameters
    ----------
    database_owner : str
        On PostgreSQL, the address of the database as the role that owns its tables.
    """
    park = opened(folder)
    from separatrix.serve.park.database import migrate as bring_forward

    bring_forward(park, database_owner)
    return 0

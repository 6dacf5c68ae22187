"""What the park says of itself: `cluster.yaml` in its folder, the same file that a cluster folder has.

It names the place and its grid, the money that amounts are written in, the emission factors; reports are
checked by it and answers rest on it.  Without one everything has its usual meaning.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from separatrix.cluster.tables.description import DESCRIPTION, Description, read_description
from separatrix.serve.park.folder import ParkFolder

__all__ = ["park_description"]


def park_description(park: ParkFolder) -> Description:
    """Return what the park says of itself.

    Raises
    ------
    InputError
        K101, G100 to G110 where `cluster.yaml` makes no sense.
    """
    path = park.path / DESCRIPTION
    try:
        changed = path.stat().st_mtime_ns
    except OSError:
        return Description(park.name)
    return _read(path, changed)


@lru_cache(maxsize=8)
def _read(path: Path, changed: int) -> Description:
    return read_description(path)

"""Django set up for a park of the tests, once a process: its modules cannot be imported before."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from separatrix.serve.park.configuration import configure
from separatrix.serve.park.folder import ParkFolder, create_park

__all__ = ["park_set_up"]


@cache
def park_set_up() -> ParkFolder:
    """Return the park of this process, which is in a folder of its own."""
    park = create_park(Path(tempfile.mkdtemp(prefix="park-")) / "own", "Test park")
    configure(park)
    return park

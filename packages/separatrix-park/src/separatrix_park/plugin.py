"""What the platform of a park adds to the core: its verb."""

from __future__ import annotations

from separatrix.plugins import Plugin
from separatrix_park import __version__

__all__ = ["PLUGIN"]

PLUGIN = Plugin(
    name="separatrix-park",
    version=__version__,
    commands={
        "park": (
            "separatrix_park.cli.app:app",
            "Set up, run and administer the information platform of a park.",
            "Serve",
        ),
    },
)

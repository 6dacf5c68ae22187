"""What the platform of a park adds to the core: its verb."""

from __future__ import annotations

from separatrix.plugins import Plugin

__all__ = ["PLUGIN"]

PLUGIN = Plugin(
    name="separatrix-park",
    commands={
        "park": (
            "separatrix.cli.serve.park.app:app",
            "Run the information platform of a park: init, admin, serve, work.",
        ),
    },
)

"""The command line: one thin file a verb."""

from __future__ import annotations

__all__ = ["main"]


def main() -> int:
    """Run the command line on ``sys.argv`` and return the exit code."""
    from separatrix.cli.app import run

    return run()

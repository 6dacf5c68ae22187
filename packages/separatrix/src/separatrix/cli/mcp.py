"""``separatrix mcp``: the server for programs that write with language models."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from separatrix.errors import InputError, how_to_add

__all__ = ["mcp"]


def mcp(*, folder: Path = Path()) -> int:
    """Serve separatrix as a tool to AI assistants, over the Model Context Protocol on standard input and
    output.

    The assistant starts this command. Its tools are load, analyze, check, basins, sweep, report, examples
    and explain. Files outside the folder cannot be read or written.

    Parameters
    ----------
    folder : Path
        The folder for game files and reports; by default the current folder.
    """
    if importlib.util.find_spec("mcp") is None:
        raise InputError(
            "U905",
            "programs are answered with the library mcp, which is not installed",
            hint=how_to_add("mcp"),
        )
    from separatrix.mcp.server import serve

    if sys.stdin.isatty():
        print("waiting for a program on standard input; Ctrl-D ends it", file=sys.stderr)
    serve(folder)
    return 0

"""``separatrix mcp``: the server for programs that write with language models."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from separatrix.errors import InputError, how_to_add

__all__ = ["mcp"]


def mcp(*, folder: Path = Path()) -> int:
    """Answer a program that writes with a language model, on standard input and output.

    The program starts this command by itself; its tools are load, analyze, check, basins, sweep, report,
    examples and explain. No file outside the folder can be read or written.

    Parameters
    ----------
    folder : Path
        Where game files may be read and reports may be written; by default where the command is started.
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

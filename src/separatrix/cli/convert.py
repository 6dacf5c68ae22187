"""``separatrix convert``: a game from one kind of file to another."""

from __future__ import annotations

import logging
from pathlib import Path

from separatrix.cli.options import Flag, Model

__all__ = ["convert"]


def convert(model: Model, out: Path, /, *, force: Flag = False) -> int:
    """Convert a game to another kind of file, which the ending of its name decides.

    Parameters
    ----------
    out : Path
        The file to write: .yaml, .csv, .xlsx or .nfg.
    force : bool
        Overwrite a file that is there already.
    """
    from separatrix.game.formats.writer import write_game
    from separatrix.game.reader import load

    write_game(load(model), out, force=force)
    logging.getLogger(__name__).info("wrote %s", out)
    return 0

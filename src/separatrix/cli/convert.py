"""``separatrix convert``: a game from one kind of file to another."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

__all__ = ["convert"]

_log = logging.getLogger(__name__)


def convert(model: str, out: Path, /, *, force: Annotated[bool, Parameter(negative="")] = False) -> int:
    """Convert a game to another kind of file, which the ending of its name decides.

    Parameters
    ----------
    model : str
        A game file (.yaml, .csv, .xlsx, .ods, .nfg), or the name of a game in the catalogue.
    out : Path
        The file to write: .yaml, .csv, .xlsx or .nfg.
    force : bool
        Overwrite a file that is there already.
    """
    from separatrix.game.formats.writer import write_game
    from separatrix.game.reader import load

    write_game(load(model), out, force=force)
    _log.info("wrote %s", out)
    return 0

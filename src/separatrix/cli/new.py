"""``separatrix new``: a template to start from."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Literal

from separatrix.cli.options import Flag

__all__ = ["new"]

Kind = Literal["table", "matrix", "group", "dynamic"]


def new(out: Path, /, *, kind: Kind = "table", force: Flag = False) -> int:
    """Write a commented template of a game; it can be analysed as it is.

    Parameters
    ----------
    out : Path
        The file to write: .yaml, or .xlsx for those who prefer a spreadsheet.
    kind : str
        table (two populations), matrix (one population, several strategies), group (groups of several
        players) or dynamic (payoffs that move with the shares).
    force : bool
        Overwrite a file that is there already.
    """
    from separatrix.game.template import write_template

    write_template(out, kind, force=force)
    logging.getLogger(__name__).info("wrote %s", out)
    return 0

"""``separatrix new``: a template to start from."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

__all__ = ["new"]

_log = logging.getLogger(__name__)


Kind = Literal["table", "matrix", "group", "dynamic"]


def new(out: Path, /, *, kind: Kind = "table", force: Annotated[bool, Parameter(negative="")] = False) -> int:
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
    _log.info("wrote %s", out)
    return 0

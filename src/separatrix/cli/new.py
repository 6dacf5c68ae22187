"""``separatrix new``: a template to start from."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

__all__ = ["new"]

_log = logging.getLogger(__name__)


def new(out: Path, /, *, force: Annotated[bool, Parameter(negative="")] = False) -> int:
    """Write a commented template of a game; it can be analysed as it is.

    Parameters
    ----------
    out : Path
        The file to write: .yaml, or .xlsx for those who prefer a spreadsheet.
    force : bool
        Overwrite a file that is there already.
    """
    from separatrix.game.template import write_template

    write_template(out, force=force)
    _log.info("wrote %s", out)
    return 0

"""``separatrix new``: a template to start from."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from separatrix.cli.options import Flag, target
from separatrix.cli.output import emit
from separatrix.errors import InputError

__all__ = ["new"]

Kind = Literal["table", "tripartite", "matrix", "group", "dynamic"]


def new(
    out: Annotated[Path | None, Parameter(converter=target)],
    /,
    *,
    kind: Kind | None = None,
    parties: int | None = None,
    force: Flag = False,
) -> int:
    """Write a commented template of a game file, ready to analyse.

    Parameters
    ----------
    out : Path
        The file to write: .yaml, or .xlsx for a spreadsheet; - prints it.
    kind : str
        table (two populations, the default), tripartite (three), matrix (one population, several
        strategies), group (groups of several players) or dynamic (payoffs that depend on the shares).
    parties : int
        Number of populations, 1 to 8, instead of --kind.
    force : bool
        Overwrite an existing file.
    """
    from separatrix.game.catalogue import (
        BY_PARTIES,
        MOST_PARTIES,
        parties_text,
        template_text,
        write_template,
    )

    if parties is not None and kind is not None:
        raise InputError("U901", "--parties and --kind both say which template", hint="give one of them")
    if parties is not None and not 1 <= parties <= MOST_PARTIES:
        raise InputError(
            "U901",
            f"--parties {parties}: there are templates for 1 to {MOST_PARTIES}",
            hint="a table has a row for each combination of strategies; for more parties write "
            "`payoff_functions` by hand",
        )
    if parties is not None and parties not in BY_PARTIES:
        text = parties_text(parties)
    else:
        text = template_text(kind or ("table" if parties is None else BY_PARTIES[parties]))
    if out is None:
        emit(text, None)
        return 0
    write_template(out, text, force=force)
    logging.getLogger(__name__).info("wrote %s", out)
    return 0

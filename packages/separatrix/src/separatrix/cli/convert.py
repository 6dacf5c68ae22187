"""``separatrix convert``: a game from one kind of file to another, or to a script that integrates it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, get_args

from cyclopts import Parameter

from separatrix.cli.options import (
    Flag,
    Formatted,
    From,
    Lang,
    Model,
    Scenario,
    SetValues,
    assignments,
    game_of,
    starts_in,
    target,
)
from separatrix.cli.output import choose, emit
from separatrix.errors import InputError

if TYPE_CHECKING:
    from separatrix.game.model import Game

__all__ = ["convert"]

Format = Literal["yaml", "csv", "xlsx", "nfg", "matlab", "python"]

SCRIPTS = ("matlab", "python")


def convert(
    model: Model,
    /,
    out: Annotated[Path | None, Parameter(converter=target)],
    *,
    from_: From = None,
    until: float | None = None,
    scenario: Scenario = None,
    set_: SetValues = None,
    format: Formatted[Format] = None,
    lang: Lang = "en",
    externality_price: Flag = False,
    force: Flag = False,
) -> int:
    """Convert a game to another format, chosen by the extension of the output file.

    A MATLAB or Python script integrates the replicator equations from an initial state, for given
    parameters.

    Parameters
    ----------
    out : Path
        The file to write: .yaml, .csv, .xlsx, .nfg, .m (MATLAB, GNU Octave) or .py (scipy); - is standard
        output.
    until : float
        The end time of a script; by default 100 divided by the largest payoff advantage.
    format : str
        yaml, csv, xlsx, nfg, matlab or python; by default that of the file name, else yaml.
    lang : str
        The language of the comments in a script, if the game has translations.
    externality_price : bool
        Add an externality price to the instruments of the game file: each player is paid the effect of
        its choice on all others, and at level 1 welfare never decreases.
    force : bool
        Overwrite an existing file.
    """
    from separatrix.game.formats.table_writer import check_target, game_content
    from separatrix.run.files import write_file

    chosen = choose(format, out, get_args(Format), default="yaml")
    if chosen not in SCRIPTS and (from_ is not None or until is not None or scenario is not None or set_):
        raise InputError(
            "U901",
            "--from, --until, --scenario and --set are for scripts; other files hold the whole game",
            hint="write a .m or a .py file, or leave them out",
        )
    if out is not None:
        check_target(out, force=force)
    game = game_of(model, lang, set_)
    if externality_price:
        from separatrix.policy.externality_price import externality_price as priced

        if chosen != "yaml":
            raise InputError(
                "U901", "--externality-price needs a game file", hint="write a .yaml file: others hold none"
            )
        game = priced(game)
    if chosen in SCRIPTS:
        content: str | bytes = _script(game, chosen, from_, until, scenario, set_)
    else:
        content = game_content(game, chosen)
    if out is None:
        emit(content, None)
        return 0
    write_file(out, content)
    logging.getLogger(__name__).info("wrote %s", out)
    return 0


def _script(
    game: Game,
    chosen: str,
    given: str | None,
    until: float | None,
    scenario: str | None,
    pairs: Sequence[str] | None,
) -> str:
    from separatrix.dynamics.fields.registry import field
    from separatrix.dynamics.integration.trajectory import follow, read_start
    from separatrix.writers.equations import problem_of
    from separatrix.writers.matlab import MATLAB, matlab_script
    from separatrix.writers.python import PYTHON, python_script

    values = assignments(pairs)
    (named,) = starts_in(game, [] if given is None else [given])
    start = read_start(game, named)
    if until is not None and not 0 < until < float("inf"):
        raise InputError(
            "U901", f"--until {until:g}: a script goes forward in time", hint="give a time above 0"
        )
    if game.schedule:
        logging.getLogger(__name__).warning(
            "the script uses constant parameter values; the schedule is ignored"
        )
    if until is None:
        orbit = follow(field(game, values, scenario), start, points=2)
        until = float(orbit.times[-1])
    matlab = chosen == "matlab"
    problem = problem_of(game, MATLAB if matlab else PYTHON, start, until, values, scenario)
    return matlab_script(problem) if matlab else python_script(problem)

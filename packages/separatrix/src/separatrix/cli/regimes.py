"""``separatrix regimes``: which states are stable over two parameters, with the curves between."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from cyclopts import Parameter

from separatrix.cli.completers import parameters
from separatrix.cli.options import (
    Dpi,
    Formatted,
    Lang,
    Model,
    Out,
    Scenario,
    SetValues,
    Width,
    assignments,
    game_of,
    interval_of,
    printed_as,
)
from separatrix.cli.output import PICTURES, choose, emit, emit_document, emit_picture, guard_source
from separatrix.errors import InputError

__all__ = ["regimes"]

Format = Literal["text", "json", "csv", "html", "md", "svg", "png", "pdf"]


def regimes(
    model: Model,
    /,
    *,
    over: Annotated[list[str], Parameter(name="--over", negative="", completer=parameters)],
    scenario: Scenario = None,
    set_: SetValues = None,
    grid: int | None = None,
    budget: float = 120.0,
    width: Width = None,
    dpi: Dpi = 200.0,
    format: Formatted[Format] = None,
    out: Out = None,
    lang: Lang = "en",
) -> int:
    """Draw a map of the stability regimes over two parameters, with the exact boundaries.

    Parameters
    ----------
    over : list of str
        NAME=LOW:HIGH, a parameter and its interval, or NAME for its range in the game file; given twice.
    grid : int
        Number of grid values of each parameter.
    budget : float
        Time limit in seconds.
    """
    import separatrix
    from separatrix.languages import language_of
    from separatrix.reports.regime_maps import (
        regime_map_csv,
        regime_map_document,
        regime_map_json,
    )

    chosen = choose(format, out, get_args(Format))
    game = game_of(model, lang, over, set_)
    guard_source(out, model)
    words, printed = language_of(lang), printed_as(width, dpi)
    spans = {name: (low, high) for name, low, high in (interval_of(game, text) for text in over)}
    if len(over) != 2 or len(spans) != 2:
        raise InputError(
            "U901",
            f"a map goes over two parameters; given are {', '.join(over)}",
            hint="as in --over C1=0:8 --over C2=0:4; `separatrix bifurcation` goes over one",
        )
    found = separatrix.regime_map(
        game,
        spans,
        assignments(set_),
        scenario,
        budget=budget,
        **({} if grid is None else {"grid": (grid, grid)}),
    )
    if chosen == "json":
        emit(regime_map_json(found), out)
    elif chosen == "csv":
        emit(regime_map_csv(found), out)
    elif chosen in PICTURES:
        from separatrix.figures.regime_map import regime_map_picture

        emit_picture(regime_map_picture(found, words), chosen, out, printed)
    else:
        emit_document(regime_map_document(found, words), chosen, out)
    return 0

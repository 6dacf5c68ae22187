"""``separatrix bifurcation``: every rest point over one parameter, and where something happens to it."""

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

__all__ = ["bifurcation"]

Format = Literal["text", "json", "csv", "html", "md", "svg", "png", "pdf"]


def bifurcation(
    model: Model,
    /,
    *,
    over: Annotated[str, Parameter(name="--over", completer=parameters)],
    scenario: Scenario = None,
    set_: SetValues = None,
    method: Literal["exact", "numerical"] | None = None,
    steps: int | None = None,
    budget: float = 60.0,
    width: Width = None,
    dpi: Dpi = 200.0,
    format: Formatted[Format] = None,
    out: Out = None,
    lang: Lang = "en",
) -> int:
    """Follow all rest points along one parameter and locate every bifurcation.

    Parameters
    ----------
    over : str
        NAME=LOW:HIGH, the parameter and the interval, or NAME for its range in the game file.
    method : str
        exact (by elimination) or numerical (on a grid); by default exact where possible.
    steps : int
        Number of grid points of the numerical method.
    budget : float
        Time limit in seconds for the elimination, and for each analysis.
    """
    import separatrix
    from separatrix.languages import language_of
    from separatrix.reports.bifurcations import (
        bifurcation_csv,
        bifurcation_document,
        bifurcation_json,
    )

    chosen = choose(format, out, get_args(Format))
    game = game_of(model, lang, over, set_)
    guard_source(out, model)
    words, printed = language_of(lang), printed_as(width, dpi)
    diagram = separatrix.bifurcation_diagram(
        game,
        interval_of(game, over),
        assignments(set_),
        scenario,
        method=method,
        steps=steps,
        budget=budget,
    )
    if chosen == "json":
        emit(bifurcation_json(diagram), out)
    elif chosen == "csv":
        emit(bifurcation_csv(diagram), out)
    elif chosen in PICTURES:
        from separatrix.figures.bifurcation import bifurcation_picture

        emit_picture(bifurcation_picture(diagram, words), chosen, out, printed)
    else:
        emit_document(bifurcation_document(diagram, words), chosen, out)
    return 0

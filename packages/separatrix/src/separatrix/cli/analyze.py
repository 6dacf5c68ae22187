"""``separatrix analyze``: every rest point of a game, with proof."""

from __future__ import annotations

from typing import Literal, get_args

from separatrix.cli.options import (
    Flag,
    Formatted,
    Lang,
    Model,
    Out,
    Scenario,
    SetValues,
    assignments,
    game_of,
)
from separatrix.cli.output import choose, emit, emit_document, emit_json, guard_source

__all__ = ["analyze"]

Format = Literal["text", "json", "html", "tex", "md", "svg"]


def analyze(
    model: Model,
    /,
    *,
    scenario: Scenario = None,
    set_: SetValues = None,
    symbolic: Flag = False,
    format: Formatted[Format] = None,
    out: Out = None,
    lang: Lang = "en",
    budget: float = 60.0,
) -> int:
    """Find every rest point of a game, prove the list complete, and label each.

    Parameters
    ----------
    symbolic : bool
        Treat parameters as symbols: derive existence and stability conditions and the regimes.
    budget : float
        Time limit in seconds; partial results are returned.
    """
    import separatrix
    from separatrix.languages import language_of

    chosen = choose(format, out, get_args(Format))
    game = game_of(model, lang, set_)
    guard_source(out, model)
    words = language_of(lang)
    analysis = separatrix.analyze(
        game, values=assignments(set_), scenario=scenario, symbolic=symbolic, budget=budget
    )
    if chosen == "json":
        emit_json(analysis.to_dict(), out)
    elif chosen == "svg":
        from separatrix.figures.phase_portrait import portrait_svg

        emit(portrait_svg(analysis, words), out)
    else:
        from separatrix.reports.report import build_report

        emit_document(build_report(analysis, words), chosen, out, pictures=False)
    return 0

"""``separatrix stationary``: where a finite population is found in the long run."""

from __future__ import annotations

from typing import Literal, get_args

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
    printed_as,
)
from separatrix.cli.output import (
    PICTURES,
    choose,
    emit_csv,
    emit_document,
    emit_json,
    emit_picture,
    guard_source,
)
from separatrix.cli.population_options import (
    Beta,
    Explorers,
    Fitness,
    ProcessName,
    SelfMeeting,
    Size,
    exploration_in,
    sizes_in,
)
from separatrix.run.console import progress_of

__all__ = ["stationary"]

Format = Literal["text", "json", "csv", "svg", "png", "pdf"]


def stationary(
    model: Model,
    /,
    *,
    mu: str = "0.01",
    exploration: Explorers = None,
    size: Size = None,
    beta: Beta = "1",
    process: ProcessName = "fermi",
    fitness: Fitness = "exponential",
    self_meeting: SelfMeeting = False,
    scenario: Scenario = None,
    set_: SetValues = None,
    width: Width = None,
    dpi: Dpi = 200.0,
    format: Formatted[Format] = None,
    out: Out = None,
    lang: Lang = "en",
) -> int:
    """Compute the stationary distribution of a finite population, and its drift in each state.

    Parameters
    ----------
    mu : str
        The mutation probability of an update; 0 gives the limit of rare mutation.
    """
    import separatrix
    from separatrix.languages import language_of
    from separatrix.reports.stationary import stationary_csv, stationary_document

    chosen = choose(format, out, get_args(Format))
    game = game_of(model, lang, set_)
    guard_source(out, model)
    words, printed = language_of(lang), printed_as(width, dpi)
    with progress_of("stationary distribution") as advance:
        found = separatrix.stationary_distribution(
            game,
            assignments(set_),
            scenario,
            population_size=sizes_in(game, size),
            beta=beta,
            mu=mu,
            exploration=exploration_in(game, exploration),
            process=process,
            fitness=fitness,
            self_meeting=self_meeting,
            advance=advance,
        )
    if chosen == "csv":
        emit_csv(stationary_csv(found), out, words)
    elif chosen == "json":
        emit_json(found.to_dict(), out)
    elif chosen in PICTURES:
        from separatrix.figures.stationary_states import stationary_picture

        emit_picture(stationary_picture(found, words), chosen, out, printed)
    else:
        emit_document(stationary_document(found, words), chosen, out)
    return 0

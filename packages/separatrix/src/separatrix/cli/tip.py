"""``separatrix tip``: at which level of an instrument a game tips, and whether it tips back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from cyclopts import Parameter

from separatrix.cli.completers import parameters
from separatrix.cli.options import (
    Dpi,
    Flag,
    Formatted,
    From,
    Lang,
    Model,
    Out,
    Scenario,
    SetValues,
    Width,
    assignments,
    chosen_instruments,
    game_of,
    printed_as,
    start_in,
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
from separatrix.cli.population_options import Size, sizes_in
from separatrix.run.console import progress_of

if TYPE_CHECKING:
    from separatrix.figures.canvas import Print
    from separatrix.game.model import Game
    from separatrix.languages import Language

__all__ = ["tip"]

Format = Literal["text", "json", "csv", "html", "md", "svg", "png", "pdf"]


def tip(
    model: Model,
    /,
    *,
    instrument: Annotated[
        list[str] | None, Parameter(name=["--instrument", "-i"], negative="", completer=parameters)
    ] = None,
    target: str | None = None,
    from_: From = None,
    surface: Flag = False,
    points: int = 25,
    noise: Annotated[bool, Parameter(negative="--no-noise")] = True,
    size: Size = None,
    beta: float = 1.0,
    scenario: Scenario = None,
    set_: SetValues = None,
    width: Width = None,
    dpi: Dpi = 200.0,
    format: Formatted[Format] = None,
    out: Out = None,
    lang: Lang = "en",
) -> int:
    """Find the instrument levels at which the target is stable, reached from today's state, and selected
    in finite populations.

    Parameters
    ----------
    instrument : list of str
        NAME=LOW:HIGH, or NAME for its range in the game file: an instrument or parameter, or a strategy
        for all of its instruments: understanding, growth, park or technology; repeatable. By default all
        instruments of the game.
    target : str
        The target state: the strategy of each population, separated by commas, or a state such as E4. By
        default the first strategies.
    surface : bool
        Combine two or three instruments: solve for the last one at given levels of the others.
    points : int
        Number of levels of the second-to-last instrument; the first of three has five levels.
    noise : bool
        Also compute the state selected in finite populations.
    beta : float
        The intensity of selection for --noise.
    """
    import separatrix
    from separatrix.languages import language_of
    from separatrix.reports.tipping import tipping_csv, tipping_document

    chosen = choose(format, out, get_args(Format))
    game = game_of(model, lang, set_)
    instrument = chosen_instruments(game, instrument)
    guard_source(out, model)
    words, printed = language_of(lang), printed_as(width, dpi)
    if surface:
        return _surface(
            game,
            instrument,
            (chosen, out, printed, words),
            points=points,
            target=target,
            start=start_in(game, from_),
            values=assignments(set_),
            scenario=scenario,
            noise=noise,
            population_size=sizes_in(game, size),
            beta=beta,
        )
    with progress_of("tipping values") as advance:
        found = separatrix.tipping_values(
            game,
            instrument,
            target=target,
            start=start_in(game, from_),
            values=assignments(set_),
            scenario=scenario,
            noise=noise,
            population_size=sizes_in(game, size),
            beta=beta,
            advance=advance,
        )
    if chosen == "json":
        emit_json(found.to_dict(), out)
    elif chosen == "csv":
        emit_csv(tipping_csv(found), out, words)
    elif chosen in PICTURES:
        from separatrix.figures.tipping import tipping_picture

        emit_picture(tipping_picture(found, words), chosen, out, printed)
    else:
        emit_document(tipping_document(found, words), chosen, out)
    return 0 if found.tips else 1


def _surface(
    game: Game, instruments: list[str] | None, wanted: tuple[str, Path | None, Print, Language], **asked: Any
) -> int:
    """Answer for several instruments together."""
    import separatrix
    from separatrix.reports.tipping_surface import (
        tipping_surface_csv,
        tipping_surface_document,
    )

    chosen, out, printed, words = wanted
    with progress_of("tipping surface") as advance:
        found = separatrix.tipping_surface(game, instruments, advance=advance, **asked)
    if chosen == "json":
        emit_json(found.to_dict(), out)
    elif chosen == "csv":
        emit_csv(tipping_surface_csv(found), out, words)
    elif chosen in PICTURES:
        from separatrix.figures.tipping_surface import tipping_surface_picture

        emit_picture(tipping_surface_picture(found, words), chosen, out, printed)
    else:
        emit_document(tipping_surface_document(found, words), chosen, out)
    return 0 if found.tips else 1

"""``separatrix pareto``: programmes that no other one dominates, and the weakest that works in most draws.

``separatrix tip``: at which level of an instrument a game tips, and whether it tips back.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from cyclopts import Parameter

from separatrix.cli.options import (
    Dpi,
    Flag,
    Formatted,
    From,
    Lang,
    Model,
    Out,
    Scenario,
    Seed,
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
    parameters,
)
from separatrix.cli.population_options import Size, sizes_in
from separatrix.errors import InputError
from separatrix.run.console import progress_of

if TYPE_CHECKING:
    from separatrix.figures.canvas import Print
    from separatrix.game.model import Game
    from separatrix.languages import Language
    from separatrix.policy.pareto_front import ParetoFront
    from separatrix.policy.robust_programme import RobustProgramme

__all__ = ["pareto", "tip"]

Format = Literal["text", "json", "csv", "svg", "png", "pdf"]
Several = Annotated[list[str] | None, Parameter(negative="")]


def pareto(
    model: Model,
    /,
    *,
    instrument: Several = None,
    objective: Several = None,
    target: str | None = None,
    from_: From = None,
    horizon: float | None = None,
    discount: str = "0",
    budget: float | None = None,
    limit: Several = None,
    samples: int = 80,
    robust: str | None = None,
    vary: Literal["strength", "duration"] = "strength",
    level: Several = None,
    until: float | None = None,
    draws: int | None = None,
    seed: Seed = 0,
    over: Annotated[list[str] | None, Parameter(negative="", completer=parameters)] = None,
    fix: Annotated[list[str] | None, Parameter(negative="", completer=parameters)] = None,
    spread: str | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    scenario: Scenario = None,
    set_: SetValues = None,
    width: Width = None,
    dpi: Dpi = 200.0,
    format: Formatted[Format] = None,
    out: Out = None,
    lang: Lang = "en",
) -> int:
    """Compute the Pareto front of policy programmes, or the weakest robust one.

    The front contains the best of the simulated programmes. The exit code is 1 if no programme reaches
    the target within the budget, or works in the required share of draws.

    Parameters
    ----------
    instrument : list of str
        NAME of an instrument to use, or a strategy for all of its instruments: understanding, growth,
        park or technology; repeatable; by default all instruments of the game file.
    objective : list of str
        public_cost, enterprise_cost, welfare, tonnes_avoided, time, probability or cooperation;
        repeatable; by default one cost and two effects that the game defines.
    target : str
        The target state: STRATEGY,... in the order of the populations, one strategy for all, or the name
        of a state, such as E4; by default the first strategies.
    horizon : float
        The period over which costs and effects count; by default 100 divided by the largest payoff
        advantage.
    discount : str
        The discount rate per unit of time, as in 3%.
    budget : float
        The maximum public expenditure over the horizon.
    limit : list of str
        OBJECTIVE=VALUE, as in probability=95% or time=5: the minimum of an objective to maximize, or the
        maximum of one to minimize; repeatable.
    samples : int
        Number of sampled levels; several programmes are simulated for each.
    robust : str
        SHARE, as in 95%: instead of a front, find the weakest programme that works in this share of the
        draws of the uncertain parameters.
    vary : str
        With --robust: strength (levels from idle to the strongest) or duration (the strongest levels for
        a limited time).
    level : list of str
        With --robust, NAME=LEVEL: the strongest level of an instrument; by default the end of its range.
    until : float
        With --robust, the end of a programme of varied strength (by default never), or the longest
        duration.
    draws : int
        Number of draws of the uncertain parameters; by default 2000, or 10000 with --robust.
    over : list of str
        NAME or NAME=DISTRIBUTION: draw only these parameters, as in --over "C1=triangular(3, 4, 6)".
    fix : list of str
        NAME of a parameter to keep at its value.
    spread : str
        Vary every parameter without a distribution by this share of its value, as in 10%.
    workers : int
        With --robust, number of processes on this machine; by default 1.
    scheduler : str
        With --robust: processes, local (a Dask cluster on this machine), or the address of a Dask scheduler.
    """
    import separatrix
    from separatrix.cli.sweeps import distributions
    from separatrix.languages import language_of
    from separatrix.run.workers import Workers

    chosen = choose(format, out, get_args(Format))
    game = game_of(model, lang, set_)
    instrument = chosen_instruments(game, instrument)
    guard_source(out, model)
    words, printed = language_of(lang), printed_as(width, dpi)
    common: dict[str, Any] = {
        "values": assignments(set_),
        "scenario": scenario,
        "seed": seed,
        "target": target,
        "start": start_in(game, from_),
        "over": distributions(over),
        "fixed": fix or [],
        "spread": spread,
    }
    if robust is not None:
        _refuse_of_fronts(
            {"--objective": objective, "--budget": budget, "--limit": limit, "--horizon": horizon}
        )
        with progress_of("robust programme") as advance:
            programme = separatrix.robust_programme(
                game,
                _strongest(instrument, level),
                vary=vary,
                until=until,
                share=_share(robust, "--robust"),
                draws=10_000 if draws is None else draws,
                workers=Workers.of(workers, scheduler),
                advance=advance,
                **common,
            )
        _show_robust(programme, chosen, out, words, printed)
        return 1 if programme.programme is None else 0
    _refuse_of_robust(level, until, workers, scheduler)
    with progress_of("pareto") as advance:
        front = separatrix.pareto_front(
            game,
            instrument,
            objectives=objective,
            budget=budget,
            limits=_limits(limit),
            horizon=horizon,
            discount=_share(discount, "--discount"),
            samples=samples,
            draws=2_000 if draws is None else draws,
            advance=advance,
            **common,
        )
    _show_front(front, chosen, out, words, printed)
    return 0 if front.front else 1


def _strongest(
    instrument: list[str] | None, level: list[str] | None
) -> dict[str, str | None] | list[str] | None:
    """Return the strongest level of each instrument; None where that is the end of its range."""
    if not level:
        return instrument
    given: dict[str, str | None] = dict.fromkeys(instrument or ())
    for text in level:
        name, separator, value = (part.strip() for part in text.partition("="))
        if not separator or not value:
            raise InputError("U901", f"--level {text}: expected NAME=LEVEL", hint="as in --level subsidy=0.5")
        if given.get(name) is not None:
            raise InputError("U901", f"--level gives `{name}` twice", hint="give each instrument once")
        given[name] = value
    return given


def _share(text: str, option: str) -> float:
    """Return a number that may be written in per cent."""
    number = text.strip()
    number = number[:-1] if number.endswith("%") else number
    try:
        value = float(number)
    except ValueError:
        raise InputError("U901", f"{option} {text}: expected a number", hint=f"as in {option} 5%") from None
    return value / 100 if text.strip().endswith("%") else value


def _limits(given: list[str] | None) -> dict[str, float]:
    """Return OBJECTIVE=VALUE as numbers."""
    result: dict[str, float] = {}
    for text in given or ():
        name, separator, value = (part.strip() for part in text.partition("="))
        if not separator or not value:
            raise InputError(
                "U901", f"--limit {text}: expected OBJECTIVE=VALUE", hint="as in --limit probability=95%"
            )
        result[name] = _share(value, f"--limit {name}")
    return result


def _refuse_of_fronts(given: Mapping[str, object]) -> None:
    for option, value in given.items():
        if value is not None:
            raise InputError(
                "U901", f"{option} goes with a front", hint="leave it out, or leave --robust out"
            )


def _refuse_of_robust(
    level: list[str] | None, until: float | None, workers: int | None, scheduler: str | None
) -> None:
    given = {"--level": level, "--until": until, "--workers": workers, "--scheduler": scheduler}
    for option, value in given.items():
        if value is not None:
            raise InputError("U901", f"{option} goes with --robust", hint=f"as in --robust 95% {option} …")


def _show_front(found: ParetoFront, chosen: str, out: Path | None, words: Language, printed: Print) -> None:
    from separatrix.reports.pareto import pareto_csv, pareto_document

    if chosen == "csv":
        emit_csv(pareto_csv(found), out, words)
    elif chosen == "json":
        emit_json(found.to_dict(), out)
    elif chosen in PICTURES:
        from separatrix.figures.pareto_front import pareto_picture

        emit_picture(pareto_picture(found, words), chosen, out, printed)
    else:
        emit_document(pareto_document(found, words), chosen, out)


def _show_robust(
    found: RobustProgramme, chosen: str, out: Path | None, words: Language, printed: Print
) -> None:
    from separatrix.reports.pareto import robust_csv, robust_document

    if chosen == "csv":
        emit_csv(robust_csv(found), out, words)
    elif chosen == "json":
        emit_json(found.to_dict(), out)
    elif chosen in PICTURES:
        from separatrix.figures.pareto_front import robust_picture

        emit_picture(robust_picture(found, words), chosen, out, printed)
    else:
        emit_document(robust_document(found, words), chosen, out)


TipFormat = Literal["text", "json", "csv", "html", "md", "svg", "png", "pdf"]


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
    format: Formatted[TipFormat] = None,
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

    chosen = choose(format, out, get_args(TipFormat))
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
    from separatrix.reports.tipping import tipping_surface_csv, tipping_surface_document

    chosen, out, printed, words = wanted
    with progress_of("tipping surface") as advance:
        found = separatrix.tipping_surface(game, instruments, advance=advance, **asked)
    if chosen == "json":
        emit_json(found.to_dict(), out)
    elif chosen == "csv":
        emit_csv(tipping_surface_csv(found), out, words)
    elif chosen in PICTURES:
        from separatrix.figures.tipping import tipping_surface_picture

        emit_picture(tipping_surface_picture(found, words), chosen, out, printed)
    else:
        emit_document(tipping_surface_document(found, words), chosen, out)
    return 0 if found.tips else 1

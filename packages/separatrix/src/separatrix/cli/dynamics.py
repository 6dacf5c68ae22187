"""``separatrix trajectory``: where a cluster goes from a start, in time.

``separatrix basins``: which share of all starts ends where.

``separatrix bifurcation``: every rest point over one parameter, and where something happens to it.

``separatrix shock``: the smallest change of the shares that changes where they end.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from cyclopts import Parameter

from separatrix.cli.options import (
    Dpi,
    Field,
    Flag,
    Formatted,
    From,
    Lang,
    Model,
    Option,
    Out,
    Scenario,
    Seed,
    SetValues,
    View,
    Width,
    assignments,
    field_options,
    game_of,
    interval_of,
    printed_as,
    start_in,
    starts_in,
)
from separatrix.cli.output import (
    PICTURES,
    choose,
    emit,
    emit_document,
    emit_json,
    emit_picture,
    guard_source,
    parameters,
)
from separatrix.errors import InputError
from separatrix.run.console import progress_of

if TYPE_CHECKING:
    from separatrix.analysis.results import Analysis
    from separatrix.dynamics.basin_boundaries.surface import SeparatrixSurface
    from separatrix.dynamics.sweeps.trajectory_set import TrajectorySet
    from separatrix.figures.canvas import Print
    from separatrix.game.model import Game
    from separatrix.languages import Language

__all__ = ["basins", "bifurcation", "shock", "trajectory"]

Format = Literal["text", "json", "svg", "ply", "csv"]

PAINTED = 16
"""The cells of the lattice for a figure, where a finer surface would look the same."""


def basins(
    model: Model,
    /,
    *,
    scenario: Scenario = None,
    set_: SetValues = None,
    field: Field = "replicator",
    option: Option = None,
    schedule: Flag = False,
    samples: int = 16_384,
    seed: Seed = 0,
    surface: Flag = False,
    cells: int | None = None,
    budget: float | None = None,
    format: Formatted[Format] = None,
    out: Out = None,
    lang: Lang = "en",
) -> int:
    """Compute the basin of attraction of each rest point and its share of the state space.

    Shares are exact for one population of two strategies, and for two populations of two strategies with
    linear payoffs. Otherwise they are estimated, with confidence intervals.

    Parameters
    ----------
    schedule : bool
        Run the schedule of the game first, then determine the outcome of each initial state.
    samples : int
        Number of initial states to simulate where no closed form is known.
    surface : bool
        Compute the separatrix as a surface, for three-dimensional state spaces.
    cells : int
        Number of grid cells along each share for --surface; by default 24.
    budget : float
        Time limit in seconds, by default none; initial states without an outcome by then are undecided.
    format : str
        text, json, svg (the phase portrait with basins or, in three dimensions, the separatrix), ply (the
        surface as vertices and triangles) or csv (its vertices); by default that of the file name in
        --out, else text.
    """
    import separatrix
    from separatrix.languages import language_of

    chosen = choose(format, out, get_args(Format))
    game = game_of(model, lang, set_)
    guard_source(out, model)
    words = language_of(lang)
    values = assignments(set_)
    static = field == "replicator" and not schedule
    surface = surface or chosen in ("ply", "csv")
    if surface and not static:
        raise InputError(
            "U902",
            "the surface is that of the replicator at the baseline values",
            hint="leave --field and --schedule out",
        )
    if chosen == "svg" and static and game.space.sizes == (2, 2, 2):
        from separatrix.figures.phase_portrait import surface_svg

        # Triangles that are smaller than a dot are not worth their time.
        painted = separatrix.separatrix_surface(game, values, scenario, cells=cells or PAINTED, flatness=1.0)
        emit(surface_svg(painted, words), out)
        return 0
    if chosen == "svg":
        if not static:
            raise InputError(
                "U902",
                "the figure shows the basins of the replicator at the baseline values",
                hint="use --format text or json, or leave --field and --schedule out",
            )
        emit(_figure(separatrix.analyze(game, values, scenario), words), out)
        return 0
    between: SeparatrixSurface | None = None
    if surface:
        between = separatrix.separatrix_surface(
            game, values, scenario, **({} if cells is None else {"cells": cells})
        )
    if between is not None and chosen in ("ply", "csv"):
        from separatrix.reports.dynamics import surface_csv, surface_ply

        emit(surface_ply(between) if chosen == "ply" else surface_csv(between), out)
        return 0
    rule = field_options(option, field)
    with progress_of("basins") as advance:
        found = separatrix.basins(
            game,
            values,
            scenario,
            samples=samples,
            seed=seed,
            field=field,
            scheduled=schedule,
            budget=budget,
            advance=advance,
            **rule,
        )
    if chosen == "json":
        answer = found.to_dict()
        if between is not None:
            answer["surface"] = between.to_dict()
        emit_json(answer, out, None if between else 2)
        return 0
    from separatrix.reports.dynamics import basins_document

    emit_document(basins_document(found, words, between), chosen, out)
    return 0


def _figure(analysis: Analysis, words: Language) -> str:
    from separatrix.figures.phase_portrait import portrait_svg, why_no_figure

    reason = why_no_figure(analysis, words)
    if reason is not None:
        raise InputError("U902", reason, hint="use --format text or json")
    return portrait_svg(analysis, words)


BifurcationFormat = Literal["text", "json", "csv", "html", "md", "svg", "png", "pdf"]


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
    format: Formatted[BifurcationFormat] = None,
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
    from separatrix.reports.portraits import bifurcation_csv, bifurcation_document, bifurcation_json

    chosen = choose(format, out, get_args(BifurcationFormat))
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


ShockFormat = Literal["text", "json", "svg", "png", "pdf"]


def shock(
    model: Model,
    /,
    *,
    from_: From = None,
    scenario: Scenario = None,
    set_: SetValues = None,
    field: Field = "replicator",
    option: Option = None,
    schedule: Flag = False,
    seed: Seed = 0,
    view: View = None,
    width: Width = None,
    dpi: Dpi = 200.0,
    format: Formatted[ShockFormat] = None,
    out: Out = None,
    lang: Lang = "en",
) -> int:
    """Find the smallest shock to today's state that changes the long-run outcome, for all populations
    together and each alone.

    The result is exact where the separatrix has a closed form; otherwise it is the smallest shock found
    by a search.

    Parameters
    ----------
    schedule : bool
        Show the outcome after the schedule of the game, and whether the schedule changes it.
    """
    import separatrix
    from separatrix.figures.cube import view_of
    from separatrix.languages import language_of
    from separatrix.reports.dynamics import shock_document

    chosen = choose(format, out, get_args(ShockFormat))
    game = game_of(model, lang, set_)
    guard_source(out, model)
    words, printed = language_of(lang), printed_as(width, dpi)
    seen = view_of(view)
    found = separatrix.critical_shock(
        game,
        start_in(game, from_),
        assignments(set_),
        scenario,
        seed=seed,
        field=field,
        scheduled=schedule,
        **field_options(option, field),
    )
    if chosen in PICTURES:
        from separatrix.figures.critical_shock import MOST_ROWS, shock_picture

        if found.game.space.shape is None and len(found.start) > MOST_ROWS:
            raise InputError(
                "U902",
                f"{len(found.start)} shares; a figure has room for {MOST_ROWS}",
                hint="use --format text or json",
            )
        emit_picture(shock_picture(found, words, seen), chosen, out, printed)
    elif chosen == "json":
        emit_json(found.to_dict(), out)
    else:
        emit_document(shock_document(found, words), chosen, out)
    return 0


TrajectoryFormat = Literal["text", "csv", "json", "svg", "png", "pdf"]

MOST_NUMBERS = 20_000_000


def trajectory(
    model: Model,
    /,
    *,
    from_: Annotated[list[str] | None, Parameter(name="--from", negative="")] = None,
    vary: Annotated[list[str] | None, Parameter(negative="")] = None,
    until: float | None = None,
    points: int | None = None,
    tolerance: float = 1e-10,
    field: Field = "replicator",
    option: Option = None,
    scenario: Scenario = None,
    set_: SetValues = None,
    width: Width = None,
    dpi: Dpi = 200.0,
    format: Formatted[TrajectoryFormat] = None,
    lang: Lang = "en",
    out: Out = None,
) -> int:
    """Integrate the dynamics of a game from one or several initial states, and print the shares over
    time.

    If the game file has a schedule, parameters change over time.

    Parameters
    ----------
    from_ : list of str
        VALUE,... or SHARE=VALUE,...: an initial state, such as 0.2,0.3; repeatable. By default today's
        state, from the game file.
    vary : list of str
        NAME=V1,V2,... or NAME=LOW:HIGH:COUNT: one trajectory for each value of a parameter, an initial
        share, scenario or start, as in --vary C1=2,3,4, --vary scenario=a,b, --vary start=0.2,0.5 or
        --vary "start=(0.2,0.3),(0.7,0.7)". NAME alone uses all scenarios, or five values. Repeat the
        option for a grid. Figures have one panel for each share and one curve for each value.
    until : float
        The end time, in the time unit of the payoffs; negative for backward integration. By default 100
        divided by the largest payoff advantage; with --vary until the slowest trajectory has converged.
    points : int
        Number of equally spaced times; by default 11 as text, else 401.
    tolerance : float
        The relative error of a step, from 1e-15 to 0.1; errors accumulate over long trajectories.
    """
    import separatrix
    from separatrix.dynamics.fields.registry import field as field_of_kind
    from separatrix.dynamics.integration.trajectory import follow, read_start, warned
    from separatrix.languages import language_of
    from separatrix.reports.dynamics import trajectories_csv, trajectories_json, trajectories_text

    chosen = choose(format, out, get_args(TrajectoryFormat))
    game = game_of(model, lang, vary, set_)
    guard_source(out, model)
    words, printed = language_of(lang), printed_as(width, dpi)
    if vary:
        common: dict[str, Any] = {"until": until, "tolerance": tolerance, "field": field}
        common |= field_options(option, field) | ({} if points is None else {"points": points})
        what, start = _varied(game, vary, from_ or [])
        if chosen in PICTURES:
            _guard_curves(game, what)
        found_set = separatrix.trajectories(game, what, start, assignments(set_), scenario, **common)
        _show_set(found_set, chosen, out, words, printed)
        return 0
    starts = [read_start(game, start) for start in starts_in(game, from_ or [])]
    count = points if points is not None else 11 if chosen == "text" else 401
    _guard_size(game, len(starts), count, chosen)
    values, options = assignments(set_), field_options(option, field)
    if game.schedule:
        from separatrix.dynamics.fields.schedules import scheduled_field

        flow = scheduled_field(game, values, scenario, field, **options)
        found = [follow(flow, start, until=until, points=count, tolerance=tolerance) for start in starts]
    else:
        own = field_of_kind(game, values, scenario, kind=field, **options)
        found = [
            warned(follow(own, start, until=until, points=count, tolerance=tolerance), own, start)
            for start in starts
        ]
    if chosen == "csv":
        emit(trajectories_csv(found), out)
    elif chosen == "json":
        emit(trajectories_json(game, found), out)
    elif chosen in PICTURES:
        from separatrix.figures.time_series import time_series_picture

        emit_picture(time_series_picture(game, found, words), chosen, out, printed)
    else:
        emit(trajectories_text(found, words, game), out)
    return 0


def _guard_curves(game: Game, what: list[str] | dict[str, object]) -> None:
    """Refuse a figure with too many curves before any trajectory is computed."""
    from separatrix.dynamics.sweeps.axes import varied_axes
    from separatrix.figures.trajectory_set import guard_curves

    guard_curves(game, varied_axes(game, what))


def _varied(
    game: Game, vary: list[str], given: list[str]
) -> tuple[list[str] | dict[str, object], dict[str, object] | None]:
    """Return what varies, and the start; several starts vary too."""
    starts = starts_in(game, given) if given else []
    if len(starts) < 2:
        return vary, starts[0] if starts else None
    named: dict[str, object] = {}
    for text in vary:
        name, _, told = (part.strip() for part in text.partition("="))
        if name in named or name == "start":
            raise InputError("D606", f"`{name}` varies twice", hint="give all its values at once")
        named[name] = told or None
    return {**named, "start": starts}, None


def _show_set(found: TrajectorySet, chosen: str, out: Path | None, words: Language, printed: Print) -> None:
    from separatrix.reports.dynamics import trajectory_set_csv, trajectory_set_document

    if chosen == "csv":
        emit(trajectory_set_csv(found), out)
    elif chosen == "json":
        emit_json(found.to_dict(), out)
    elif chosen in PICTURES:
        from separatrix.figures.trajectory_set import trajectory_set_picture

        emit_picture(trajectory_set_picture(found, words), chosen, out, printed)
    else:
        emit_document(trajectory_set_document(found, words), chosen, out)


def _guard_size(game: Game, starts: int, points: int, chosen: str) -> None:
    if chosen in PICTURES:
        from separatrix.figures.time_series import MOST_PANELS

        if starts > MOST_PANELS:
            raise InputError(
                "U901",
                f"{starts} starts; a figure has room for {MOST_PANELS}",
                hint="draw several figures, or ask for csv",
            )
    numbers = starts * points * (len(game.shares) + 1)
    if numbers > MOST_NUMBERS:
        raise InputError(
            "D602",
            f"{points:,} points of {starts} trajectories are {numbers:,} numbers; "
            f"{MOST_NUMBERS:,} are the most",
            hint="ask for fewer points",
        )

"""``separatrix trajectory``: where a cluster goes from a start, in time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from cyclopts import Parameter

from separatrix.cli.options import (
    Dpi,
    Field,
    Formatted,
    Lang,
    Model,
    Option,
    Out,
    Scenario,
    SetValues,
    Width,
    assignments,
    field_options,
    game_of,
    printed_as,
    starts_in,
)
from separatrix.cli.output import PICTURES, choose, emit, emit_document, emit_json, emit_picture, guard_source
from separatrix.errors import InputError

if TYPE_CHECKING:
    from separatrix.dynamics.sweeps.trajectory_set import TrajectorySet
    from separatrix.figures.canvas import Print
    from separatrix.game.model import Game
    from separatrix.languages import Language

__all__ = ["trajectory"]

Format = Literal["text", "csv", "json", "svg", "png", "pdf"]

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
    format: Formatted[Format] = None,
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
    from separatrix.reports.trajectories import (
        trajectories_csv,
        trajectories_json,
        trajectories_text,
    )

    chosen = choose(format, out, get_args(Format))
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
        from separatrix.dynamics.fields.scheduled import scheduled_field

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
    from separatrix.dynamics.sweeps.varied_axes import varied_axes
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
    from separatrix.reports.trajectories import trajectory_set_csv, trajectory_set_document

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

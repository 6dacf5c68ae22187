"""``separatrix trajectory``: where a cluster goes from a start, in time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, get_args

from cyclopts import Parameter

from separatrix.cli.options import (
    Field,
    Formatted,
    Lang,
    Model,
    Option,
    Out,
    Scenario,
    SetValues,
    assignments,
    field_options,
    starts_in,
)
from separatrix.cli.output import choose, emit, guard_source
from separatrix.errors import InputError

if TYPE_CHECKING:
    from separatrix.game.model import Game

__all__ = ["trajectory"]

Format = Literal["text", "csv", "json", "svg"]

MOST_NUMBERS = 20_000_000


def trajectory(
    model: Model,
    /,
    *,
    from_: Annotated[list[str] | None, Parameter(name="--from", negative="")] = None,
    until: float | None = None,
    points: int | None = None,
    tolerance: float = 1e-10,
    field: Field = "replicator",
    option: Option = None,
    scenario: Scenario = None,
    set_: SetValues = None,
    format: Formatted[Format] = None,
    lang: Lang = "en",
    out: Out = None,
) -> int:
    """Follow the dynamics of a game from one start or several, and print the shares in time.

    Where the game file has a schedule, its parameters change on the way.

    Parameters
    ----------
    from_ : list of str
        SHARE=VALUE,...: a start, such as x=0.2,y=0.3; may be given several times. By default where the
        cluster stands today, from the game file.
    until : float
        The last time, in the unit in which payoffs are paid; negative to go back. By default 100 divided by
        the largest advantage.
    points : int
        How many equally spaced times to show; by default 11 as text, else 401.
    tolerance : float
        The relative error of a step, from 1e-15 to 0.1; errors add up over a long trajectory.
    """
    import separatrix
    from separatrix.dynamics.fields.registry import field as field_of_kind
    from separatrix.dynamics.integrate.trajectory import follow, read_start, warned
    from separatrix.present.documents.trajectories import (
        trajectories_csv,
        trajectories_json,
        trajectories_text,
    )
    from separatrix.present.languages import language_of

    chosen = choose(format, out, get_args(Format))
    game = separatrix.translate(separatrix.load(model), lang)
    guard_source(out, model)
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
    elif chosen == "svg":
        from separatrix.present.figures.time_series import time_series_svg

        emit(time_series_svg(game, found, language_of(lang)), out)
    else:
        emit(trajectories_text(found, language_of(lang)), out)
    return 0


def _guard_size(game: Game, starts: int, points: int, chosen: str) -> None:
    if chosen == "svg":
        from separatrix.present.figures.time_series import MOST_PANELS

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

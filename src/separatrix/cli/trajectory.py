"""``separatrix trajectory``: where a cluster goes from a start, in time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from separatrix.cli.assignments import assignments, field_options
from separatrix.errors import InputError, nearest

if TYPE_CHECKING:
    from separatrix.dynamics.integrate.result import Trajectory
    from separatrix.game.model import Game

__all__ = ["start_in", "starts_of", "trajectory"]

Format = Literal["text", "csv", "json", "svg"]
Lang = Literal["en", "zh"]

_SUFFIXES: dict[str, Format] = {".txt": "text", ".csv": "csv", ".json": "json", ".svg": "svg"}

MOST_NUMBERS = 20_000_000


def trajectory(
    model: str,
    /,
    *,
    from_: Annotated[list[str] | None, Parameter(name="--from", negative="")] = None,
    until: float | None = None,
    points: int | None = None,
    tolerance: float = 1e-10,
    field: str = "replicator",
    option: Annotated[list[str] | None, Parameter(negative="")] = None,
    scenario: str | None = None,
    set_: Annotated[list[str] | None, Parameter(name="--set", negative="")] = None,
    format: Annotated[Format | None, Parameter(name=["--format", "-f"])] = None,
    lang: Lang = "en",
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
) -> int:
    """Follow the dynamics of a game from one start or several, and print the shares in time.

    Where the game file has a schedule, its parameters change on the way.

    Parameters
    ----------
    model : str
        A game file (.yaml, .csv, .xlsx, .ods, .nfg), or a name from `separatrix examples`.
    from_ : list of str
        SHARE=VALUE,...: a start, such as x=0.2,y=0.3; may be given several times. By default where the
        cluster stands today, from the game file.
    until : float
        The last time, in the unit in which payoffs are paid; negative to go back. By default 100 divided by
        the largest advantage.
    points : int
        How many equally spaced times to show; by default 11 as text, else 401.
    tolerance : float
        The relative error of a step, from 1e-15 to 0.1; errors add up over a long course.
    field : str
        The dynamics: replicator, payoff-adjusted, replicator-mutator, smith, bnn or logit.
    option : list of str
        NAME=VALUE: an option of the dynamics, such as eta=0.5 for logit; may be given several times.
    scenario : str
        Use the values of this scenario of the game.
    set_ : list of str
        NAME=VALUE: override a parameter; may be given several times.
    format : str
        text, csv, json or svg (the shares drawn over time); by default what --out ends in, else text.
    lang : str
        en or zh: the language of text and figures.
    out : Path
        Write to this file instead of standard output.
    """
    import separatrix
    from separatrix.cli.output import guard_source
    from separatrix.dynamics.fields.factory import field as field_of_kind
    from separatrix.dynamics.integrate.trajectory import follow, read_start, warned
    from separatrix.run.files import write_file

    chosen = format or _format_of(out)
    game = separatrix.told_in(separatrix.load(model), lang)
    if out is not None:
        guard_source(out, model)
    starts = [read_start(game, start) for start in starts_of(game, from_ or [])]
    count = points if points is not None else 11 if chosen == "text" else 401
    _guard_size(game, len(starts), count, chosen)
    values, options = assignments(set_ or []), field_options(option or [], field)
    if game.schedule:
        from separatrix.dynamics.fields.scheduled import scheduled_field

        flow = scheduled_field(game, values, scenario, field, **options)
        courses = [follow(flow, start, until=until, points=count, tolerance=tolerance) for start in starts]
    else:
        chosen_field = field_of_kind(game, values, scenario, kind=field, **options)
        courses = [
            warned(
                follow(chosen_field, start, until=until, points=count, tolerance=tolerance),
                chosen_field,
                start,
            )
            for start in starts
        ]
    told = _render(game, courses, chosen, lang)
    if out is None:
        print(told, end="")
    else:
        write_file(out, told)
    return 0


def starts_of(game: Game, given: Sequence[str]) -> list[dict[str, object]]:
    """Return what --from says; without it where the cluster stands today."""
    if given:
        return [start_in(game, text) for text in given]
    if game.today is None:
        example = example_start(game)
        raise InputError(
            "U901", "no start is given, and the game does not say where the cluster stands today",
            hint=f"give one, as in --from {example}",
        )  # fmt: skip
    return [dict(game.today)]


def example_start(game: Game) -> str:
    """Return a state as --from takes it: every strategy is played, the last one by the rest."""
    parts = []
    for population in game.populations:
        many = len(population.shares)
        own = [f"{0.5**k:g}" for k in range(1, many)] + [f"{0.5 ** max(many - 1, 0):g}"]
        if population.binary:
            own = ["0.5"]
        parts += [f"{share}={value}" for share, value in zip(population.shares, own, strict=True)]
    return ",".join(parts)


def start_in(game: Game, text: str) -> dict[str, object]:
    """Return ``x=0.2,y=0.3`` as a mapping."""
    result: dict[str, object] = {}
    for part in text.split(","):
        name, separator, value = (piece.strip() for piece in part.partition("="))
        if not separator or not name or not value:
            raise InputError(
                "U901", f"--from {text}: expected SHARE=VALUE,...",
                hint="as in --from " + example_start(game),
            )  # fmt: skip
        if name not in game.shares:
            meant = nearest(name, list(game.shares))
            hint = f"did you mean `{meant}`?" if meant else f"the shares are {', '.join(game.shares)}"
            raise InputError("U901", f"--from {text}: the game has no share `{name}`", hint=hint)
        if name in result:
            raise InputError("U901", f"--from {text} gives `{name}` twice", hint="give each share once")
        result[name] = value
    return result


def _guard_size(game: Game, starts: int, points: int, chosen: Format) -> None:
    if chosen == "svg":
        from separatrix.present.figures.time_series import MOST_PANELS

        if starts > MOST_PANELS:
            raise InputError(
                "U901", f"{starts} starts; a figure has room for {MOST_PANELS}",
                hint="draw several figures, or ask for csv",
            )  # fmt: skip
    numbers = starts * points * (len(game.shares) + 1)
    if numbers > MOST_NUMBERS:
        raise InputError(
            "D602",
            f"{points:,} points of {starts} courses are {numbers:,} numbers; {MOST_NUMBERS:,} are the most",
            hint="ask for fewer points",
        )  # fmt: skip


def _format_of(out: Path | None) -> Format:
    if out is None:
        return "text"
    found = _SUFFIXES.get(out.suffix.lower())
    if found is None:
        raise InputError(
            "U902", f"--out {out}: the ending `{out.suffix}` names no format",
            hint=f"use one of {', '.join(_SUFFIXES)}, or give --format",
        )  # fmt: skip
    return found


def _render(game: Game, courses: Sequence[Trajectory], chosen: Format, lang: Lang) -> str:
    from separatrix.present.documents.trajectories import (
        trajectories_csv,
        trajectories_json,
        trajectories_text,
    )
    from separatrix.present.languages import language_of

    words = language_of(lang)
    if chosen == "csv":
        return trajectories_csv(courses)
    if chosen == "json":
        return trajectories_json(game, courses)
    if chosen == "svg":
        from separatrix.present.figures.time_series import time_series_svg

        return time_series_svg(game, courses, words)
    return trajectories_text(courses, words)

"""``separatrix portrait``: field, nullclines, separatrix and trajectories, as data or drawn."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from cyclopts import Parameter

from separatrix.cli.options import (
    Dpi,
    Field,
    Flag,
    Formatted,
    Lang,
    Model,
    Option,
    Out,
    Scenarios,
    View,
    Width,
    assignments,
    field_options,
    game_of,
    printed_as,
    starts_in,
)
from separatrix.cli.output import PICTURES, choose, emit, emit_document, emit_picture, guard_source, settings
from separatrix.errors import InputError

if TYPE_CHECKING:
    from separatrix.document.tree import Draw
    from separatrix.dynamics.integration.results import Trajectory
    from separatrix.dynamics.portraits import PhasePortrait
    from separatrix.figures.cube import View as CubeView
    from separatrix.game.model import Game
    from separatrix.languages import Language

__all__ = ["portrait"]

Format = Literal["text", "json", "csv", "svg", "png", "pdf"]

MOST_CASES = 100
"""Limit on the number of portraits, checked before any computation."""


@dataclass(frozen=True)
class PortraitPanel:
    """One panel: a scenario, values, and what they are called."""

    scenario: str | None
    values: Mapping[str, object]
    name: str


def portrait(
    model: Model,
    /,
    *,
    scenario: Scenarios = None,
    all_scenarios: Flag = False,
    set_: Annotated[list[str] | None, Parameter(name="--set", negative="", completer=settings)] = None,
    field: Field = "replicator",
    option: Option = None,
    grid: int | None = None,
    time: Flag = False,
    from_: Annotated[list[str] | None, Parameter(name="--from", negative="")] = None,
    view: View = None,
    width: Width = None,
    dpi: Dpi = 200.0,
    until: float | None = None,
    format: Formatted[Format] = None,
    out: Out = None,
    lang: Lang = "en",
) -> int:
    """Draw the phase portrait of a game: nullclines, trajectories and the separatrix.

    For one population of two or three strategies, and for two or three populations of two. Several
    scenarios or values become panels with one legend.

    Parameters
    ----------
    scenario : list of str
        Use the values of this scenario; repeatable, one panel each.
    all_scenarios : bool
        One panel for each scenario of the game.
    set_ : list of str
        NAME=VALUE: set a parameter; repeatable. NAME=VALUE,VALUE,... gives one panel for each value.
    grid : int
        Number of sampled states of the vector field along each axis.
    time : bool
        Draw the shares over time, one panel for each scenario or value, for games of any size.
    from_ : list of str
        VALUE,... or SHARE=VALUE,...: an initial state; repeatable. By default trajectories cover the
        state space evenly, and --time starts from today's state.
    until : float
        The end time with --time; by default until all trajectories have converged, otherwise 100 divided
        by the largest payoff advantage.
    """
    from separatrix.figures.cube import view_of
    from separatrix.languages import language_of

    chosen = choose(format, out, get_args(Format))
    game = game_of(model, lang, set_)
    guard_source(out, model)
    words, printed = language_of(lang), printed_as(width, dpi)
    seen = view_of(view)
    cases = _cases(game, scenario or [], all_scenarios, set_ or [], words)
    options = field_options(option, field)
    names = [case.name for case in cases]
    if chosen in PICTURES:
        _guard_panels(len(cases))
    if time:
        draw = _in_time(game, cases, field, options, from_ or [], until, chosen, words)
        emit_picture(draw, chosen, out, printed)
        return 0
    from separatrix.dynamics.portraits import portrait as portrait_at

    starts = starts_in(game, from_) if from_ else []
    portraits: list[PhasePortrait] = [
        portrait_at(
            game,
            c.values,
            c.scenario,
            field=field,
            grid=grid,
            trajectories=chosen != "text",
            starts=starts,
            **options,
        )
        for c in cases
    ]
    if chosen in PICTURES:
        emit_picture(_portrait_writer(portraits, names, words, seen), chosen, out, printed)
    elif chosen == "csv":
        from separatrix.dynamics.portraits import portraits_csv

        emit(portraits_csv(portraits, names if len(cases) > 1 else ()), out)
    else:
        from separatrix.reports.portraits import portraits_document, portraits_json

        if chosen == "json":
            emit(portraits_json(portraits), out)
        else:
            emit_document(portraits_document(portraits, names, words), chosen, out)
    return 0


# --------------------------------------------------------------------------- scenarios and values


def _cases(
    game: Game, scenarios: Sequence[str], every: bool, pairs: Sequence[str], words: Language
) -> list[PortraitPanel]:
    """Return the panels: each scenario with each combination of values."""
    from separatrix.game.populations import scenario_name

    chosen: list[str | None] = list(dict.fromkeys([*scenarios, *(game.scenarios if every else ())])) or [None]
    given = {name: _listed(value) for name, value in assignments(pairs).items()}
    if len(chosen) * math.prod(len(v) for v in given.values()) > MOST_CASES:
        raise InputError(
            "U901", f"the values give more than {MOST_CASES} portraits", hint="give fewer values"
        )
    several = [name for name, values in given.items() if len(values) > 1]
    cases = []
    for scenario, *values in itertools.product(chosen, *given.values()):
        own = dict(zip(given, values, strict=True))
        told = [] if scenario is None else [scenario_name(game, scenario)]
        told += [f"{name} = {own[name]}" for name in (several or own)]
        cases.append(PortraitPanel(scenario, own, words.separators[", "].join(told)))
    return cases


def _listed(text: str) -> list[str]:
    """Return ``1,2,3`` as its values; a comma within brackets belongs to an expression."""
    parts, depth = [""], 0
    for character in text:
        depth += (character in "([") - (character in ")]")
        if character == "," and depth <= 0:
            parts.append("")
        else:
            parts[-1] += character
    values = [part.strip() for part in parts]
    if not all(values):
        raise InputError("U901", f"--set …={text}: a value is missing", hint="as in --set C1=2,3,4")
    return values


# --------------------------------------------------------------------------- answers


def _portrait_writer(
    portraits: Sequence[PhasePortrait], names: Sequence[str], words: Language, view: CubeView
) -> Callable[..., bytes]:
    from separatrix.figures.phase_portrait import Portrait
    from separatrix.figures.small_multiples import Multiples

    if len(portraits) > 1:
        return Multiples(portraits, names, words, view).write
    return Portrait.of(portraits[0], words, view=view).write


def _in_time(
    game: Game,
    cases: Sequence[PortraitPanel],
    field: str,
    options: Mapping[str, Any],
    starts: Sequence[str],
    until: float | None,
    chosen: str,
    words: Language,
) -> Draw:
    """Return the shares over time, one panel for each case, over the same time."""
    from separatrix.dynamics.integration.trajectory import read_start
    from separatrix.dynamics.sweeps.trajectory_set import settled_horizon
    from separatrix.figures.time_series import time_series_picture

    if chosen not in PICTURES:
        raise InputError(
            "U902",
            f"--time draws a figure, and {chosen} is none",
            hint="name one, as in --out shares.svg; `separatrix trajectory` gives text, csv and json",
        )
    if len(starts) > 1:
        raise InputError(
            "U901",
            f"--time draws one start a panel, and {len(starts)} are given",
            hint="`separatrix trajectory --vary start=...` draws several in one panel",
        )
    (named,) = starts_in(game, starts)
    state = read_start(game, named)
    trajectories = [_followed(game, case, field, options, state, until) for case in cases]
    settled = None if until is not None else settled_horizon(trajectories)
    longest = settled or max(trajectories, key=lambda orbit: abs(float(orbit.times[-1]))).times[-1]
    trajectories = [
        orbit if orbit.times[-1] == longest else _followed(game, case, field, options, state, float(longest))
        for case, orbit in zip(cases, trajectories, strict=True)
    ]
    names = [case.name for case in cases] if len(cases) > 1 else None
    return time_series_picture(game, trajectories, words, names)


def _followed(
    game: Game,
    case: PortraitPanel,
    field: str,
    options: Mapping[str, Any],
    start: tuple[float, ...],
    until: float | None,
) -> Trajectory:
    from separatrix.dynamics.integration.trajectory import trajectory

    return trajectory(game, start, case.values, case.scenario, until=until, field=field, **options)


def _guard_panels(count: int) -> None:
    from separatrix.figures.small_multiples import MOST_PANELS

    if count > MOST_PANELS:
        raise InputError(
            "D643",
            f"the values give {count} portraits; a figure has room for {MOST_PANELS}",
            hint="choose fewer scenarios or values, or ask for json or csv",
        )

"""Programmes followed from today's state of the game, each in a parameter draw of its own.

Two populations of two strategies, while the payoffs are those of a table: where a state ends once levels stay
as they are follows from the conserved quantity H (Hofbauer, J. and Sigmund, K. (1998), Evolutionary Games and
Population Dynamics, section 11.2), so that a permanent programme is decided without any step in time; a
temporary one is followed while it lasts, and then decided so.  Other games are followed by machine code into
the box of a strict equilibrium.  A state is handed over in log-odds, so that what a long programme has all
but driven out can still come back.

A programme: the level of each instrument over time.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.analysis.analyze import analyze
from separatrix.analysis.results import Analysis
from separatrix.dynamics.integration.coordinates import motion_of
from separatrix.dynamics.integration.tolerances import ONE
from separatrix.dynamics.observables import start_or_today
from separatrix.dynamics.parameter_uncertainty.drawn_field import DrawnField, drawn_field
from separatrix.dynamics.parameter_uncertainty.drawn_outcomes import Advance, DrawnGame, outcomes_from
from separatrix.dynamics.parameter_uncertainty.drawn_trajectories import followed
from separatrix.dynamics.parameter_uncertainty.uncertainty import Draws, Uncertainty, uncertainty_of
from separatrix.errors import InputError
from separatrix.game.instruments import game_at_idle, instruments_of, with_instruments
from separatrix.game.model import Game, Profile
from separatrix.game.values import exact, missing, no_value_for, resolve
from separatrix.policy.draws import SuccessShare, independent_draws
from separatrix.policy.externality_price import target_of
from separatrix.run.cached_property import cached_property
from separatrix.sentences import Sentence, say, together

__all__ = [
    "IDLE",
    "Lanes",
    "Programme",
    "ProgrammeCase",
    "decided_by_h",
    "lanes_of",
    "outcomes_after",
    "programme_case",
    "programme_of",
    "share_in_draws",
    "stretches",
]


@dataclass(frozen=True)
class Programme:
    """Levels of instruments between two times; otherwise, and where no level is given, these are idle.

    Attributes
    ----------
    levels : mapping of instrument to number
    start : float
    end : float or None
        None for a programme without an end.

    Examples
    --------
    >>> Programme({"subsidy": 0.5}, end=3.0).permanent
    False
    """

    levels: Mapping[str, float]
    start: float = 0.0
    end: float | None = None

    @property
    def permanent(self) -> bool:
        """Whether it never ends."""
        return self.end is None

    @property
    def duration(self) -> float:
        """How long it lasts; infinite where it never ends."""
        return math.inf if self.end is None else self.end - self.start

    @property
    def to_sentence(self) -> Sentence:
        """The programme in words."""
        if not self.levels:
            return say("no instrument")
        levels = together([f"{name} = {value:.5g}" for name, value in self.levels.items()], ", ")
        if self.end is None:
            if self.start:
                return say("{levels} from t = {start} on", levels=levels, start=f"{self.start:.5g}")
            return say("{levels} without an end", levels=levels)
        if self.start:
            return say(
                "{levels} from t = {start} to {end}",
                levels=levels,
                start=f"{self.start:.5g}",
                end=f"{self.end:.5g}",
            )
        return say("{levels} until t = {end}", levels=levels, end=f"{self.end:.5g}")

    def to_dict(self) -> dict[str, Any]:
        """Return the programme as plain data."""
        return {"levels": dict(self.levels), "start": self.start, "end": self.end}


IDLE = Programme({})
"""Doing nothing."""


def programme_of(
    game: Game, levels: Mapping[str, object], start: object = 0, end: object = None
) -> Programme:
    """Return a programme, checked against the instruments of a game.

    Parameters
    ----------
    game : Game
    levels : mapping of instrument to level
    start, end : number
        In the unit of time of the game; without an end the programme is permanent.

    Raises
    ------
    NameProblem
        V308 for an unknown instrument.
    InputError
        P180 for a level outside its range, and for times that do not rise from 0 on; V301 for a value that is
        not a number.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game = load(
    ...     {
    ...         "payoff_matrix": [["4 - C", 1], [2, 2]],
    ...         "parameters": {"C": 3},
    ...         "instruments": {"subsidy": {"range": [0, 1], "changes": {"C": "C*(1 - subsidy)"}}},
    ...     }
    ... )
    >>> str(programme_of(game, {"subsidy": "1/2"}, end=3).to_sentence)
    'subsidy = 0.5 until t = 3'
    """
    given: dict[str, Fraction] = {}
    for instrument in instruments_of(game, levels):
        level = exact(levels[instrument.name], instrument.name)
        if instrument.range is not None and not instrument.range[0] <= level <= instrument.range[1]:
            low, high = instrument.range
            raise InputError(
                "P180",
                say(
                    "the level {level} of {name} lies outside its range, {low} to {high}",
                    level=f"{float(level):.6g}",
                    name=f"`{instrument.name}`",
                    low=f"{float(low):.6g}",
                    high=f"{float(high):.6g}",
                ),
                hint=say("choose a level within the range, or widen `range` in the game file"),
            )
        given[instrument.name] = level
    begin, finish = exact(start, "start"), None if end is None else exact(end, "end")
    if begin < 0 or (finish is not None and finish <= begin):
        raise InputError(
            "P180",
            say("a programme begins at t = 0 or later, and ends after it has begun"),
            hint=say("as in a start of 0 and an end of 3"),
        )
    return Programme(
        {name: float(level) for name, level in given.items()},
        float(begin),
        None if finish is None else float(finish),
    )


def named_levels(names: Sequence[str], levels: Sequence[float], idle: Sequence[float]) -> dict[str, float]:
    """Return levels by the names of their instruments, without those that are idle."""
    return {n: float(v) for n, v, rest in zip(names, levels, idle, strict=True) if v != rest}


Array = NDArray[np.float64]
Names = NDArray[np.str_]

COMPILED_FROM = 1
"""Lanes from which on compiled code follows them: the last bisections have few lanes, when it is loaded
already."""

MOST_STEPS = 100_000
"""Of one stretch of a programme, after which a draw is undecided."""


@dataclass(frozen=True, eq=False)
class ProgrammeCase:
    """A game with instruments, its state today, and the target of its programmes.

    Attributes
    ----------
    game : Game
        As in its file.
    acting : Game
        With the instruments in force: their levels are parameters.
    names : tuple of str
        The instruments.
    uncertainty : Uncertainty
        Of the game in force; nothing need be uncertain in it.
    analysis : Analysis
        At the baseline values and idle levels: it gives the names of states.
    start : tuple of float
        Today's shares, none of them on a face.
    profile : Profile
        The target.
    target : str
        Its name.
    scenario : str or None
    """

    game: Game
    acting: Game
    names: tuple[str, ...]
    uncertainty: Uncertainty
    analysis: Analysis
    start: tuple[float, ...]
    profile: Profile
    target: str
    scenario: str | None

    @cached_property
    def idle(self) -> Array:
        """The idle levels (instruments,)."""
        return np.array([float(i.idle) for i in instruments_of(self.game, self.names)])

    @cached_property
    def ranges(self) -> Array:
        """The lowest and highest level of each instrument (instruments, 2), infinite where no range is
        given."""
        return np.array(
            [
                (-np.inf, np.inf) if i.range is None else tuple(map(float, i.range))
                for i in instruments_of(self.game, self.names)
            ]
        ).reshape(-1, 2)

    @cached_property
    def base(self) -> dict[str, float]:
        """The baseline values of all parameters, levels idle."""
        return {name: float(value) for name, value in self.uncertainty.base.items()}

    def field(self, draws: Draws, levels: Array) -> DrawnField:
        """Return the dynamics of the game in force in each lane."""
        given = {**draws, **dict(zip(self.names, levels.T, strict=True))}
        made = drawn_field(self.uncertainty, given, COMPILED_FROM)
        if made is None:
            raise InputError(
                "P182",
                say("programmes require payoffs, and this game has only equations"),
                hint=say("write its payoffs, or follow one programme with `schedule` and `trajectory`"),
            )
        return made


@dataclass(frozen=True, eq=False)
class Lanes:
    """Programmes, each in a draw of its own: the first axis of every array is the lane.

    Attributes
    ----------
    draws : mapping of uncertain parameter to array (lanes,)
    levels : array (lanes, instruments)
    start, end : array (lanes,)
        An infinite end is that of a permanent programme.
    """

    draws: Draws
    levels: Array
    start: Array
    end: Array

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.levels)

    def select(self, rows: NDArray[np.intp]) -> Lanes:
        """Return some of the lanes."""
        return Lanes(
            {n: v[rows] for n, v in self.draws.items()}, self.levels[rows], self.start[rows], self.end[rows]
        )


def programme_case(
    game: Game,
    instruments: Sequence[str] | None = None,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    *,
    target: str | Mapping[str, str] | Sequence[str] | None = None,
    start: Mapping[str, object] | Sequence[object] | None = None,
    over: Sequence[str] | Mapping[str, object] | None = None,
    fixed: Sequence[str] = (),
    spread: object = None,
    uncertain: bool = True,
) -> ProgrammeCase:
    """Return the case that programmes refer to.

    Parameters
    ----------
    game : Game
    instruments : sequence of str, optional
        By default all of the game.
    values, scenario, over, fixed, spread
        As in `separatrix.sensitivity`.
    target
        As in `separatrix.policy.externality_price.target_of`.
    start : mapping of share to number, or one number for each share, optional
        By default today's state of the game.
    uncertain : bool
        Whether something must be uncertain; else a game without uncertain parameters passes.

    Raises
    ------
    InputError
        P181 for a game without instruments; P183 for a start on a face; D651 where nothing is uncertain and
        something must be; D653 without a start; V304 for a parameter without a value.
    NameProblem
        V308 for an unknown instrument; P120 for an unknown target.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game = load(
    ...     {
    ...         "payoff_matrix": [["4 - C", 1], [2, 2]],
    ...         "parameters": {"C": {"value": 3, "uncertain": "uniform(2, 4)"}},
    ...         "today": {"x": 0.3},
    ...         "instruments": {"subsidy": {"range": [0, 1], "changes": {"C": "C*(1 - subsidy)"}}},
    ...     }
    ... )
    >>> case = programme_case(game)
    >>> case.names, case.target, case.ranges.tolist()
    (('subsidy',), 'E2', [[0.0, 1.0]])
    """
    if not game.instruments:
        raise InputError(
            "P181",
            say("the game has no instruments, so no programme is possible"),
            hint=say(
                "describe them under `instruments` in the game file: what each changes, and what it costs"
            ),
        )
    names = tuple(
        i.name for i in instruments_of(game, game.instruments if instruments is None else instruments)
    )
    acting = with_instruments(game, names)
    profile = target_of(game, target)
    state = start_or_today(game, start)
    if any(share in (0.0, 1.0) for share, size in _shares(game, state) if size > 1):
        raise InputError(
            "P183",
            say("a strategy that is not in use today never spreads by imitation, under any programme"),
            hint=say("begin with a small share of it, such as 0.01"),
        )
    analysis = analyze(game_at_idle(game, names, values, scenario), values, scenario)
    point = next(p for p in analysis.rest_points if _played(p.support, game) == profile)
    drawn = _uncertainty(acting, values, scenario, over, (*fixed, *names), spread, uncertain)
    return ProgrammeCase(game, acting, names, drawn, analysis, state, profile, point.id, scenario)


def _shares(game: Game, state: Sequence[float]) -> list[tuple[float, int]]:
    """Return each share with the number of strategies of its population."""
    sizes = [len(p.strategies) for p in game.populations for _ in p.shares]
    return list(zip(state, sizes, strict=True))


def _played(support: Sequence[Sequence[str]], game: Game) -> Profile | None:
    if any(len(part) != 1 for part in support):
        return None
    return tuple(
        next(k for k, s in enumerate(population.strategies) if s.name == part[0])
        for population, part in zip(game.populations, support, strict=True)
    )


def _uncertainty(
    acting: Game,
    values: Mapping[str, object] | None,
    scenario: str | None,
    over: Sequence[str] | Mapping[str, object] | None,
    fixed: Sequence[str],
    spread: object,
    needed: bool,
) -> Uncertainty:
    try:
        return uncertainty_of(acting, values, scenario, over=over, fixed=fixed, spread=spread)
    except InputError as problem:
        if needed or problem.code != "D651" or over is not None:
            raise
    resolved = resolve(acting, values, scenario)
    lacking = missing(resolved)
    if lacking:
        raise no_value_for(lacking)
    return Uncertainty(acting, {n: v for n, v in resolved.items() if v is not None}, {}, {}, ())


def lanes_of(case: ProgrammeCase, programmes: Sequence[Programme], draws: Draws) -> Lanes:
    """Return every programme in every draw, the draws of one programme next to each other."""
    count = len(next(iter(draws.values()))) if draws else 1
    levels = np.array(
        [[p.levels.get(n, rest) for n, rest in zip(case.names, case.idle, strict=True)] for p in programmes]
    )
    return Lanes(
        {name: np.tile(values, len(programmes)) for name, values in draws.items()},
        np.repeat(levels.reshape(len(programmes), len(case.names)), count, axis=0),
        np.repeat(np.array([p.start for p in programmes]), count),
        np.repeat(np.array([np.inf if p.end is None else p.end for p in programmes]), count),
    )


def stretches(case: ProgrammeCase, lanes: Lanes, until: float = np.inf) -> list[tuple[Array, Array, Array]]:
    """Return the stretches of time on which levels stay: from when, to when (lanes,), and the levels.

    The last one ends at `until`; some may have no length.
    """
    idle = np.broadcast_to(case.idle, lanes.levels.shape)
    first = np.minimum(lanes.start, until)
    last = np.minimum(lanes.end, until)
    zero, end = np.zeros(lanes.count), np.full(lanes.count, until)
    return [(zero, first, idle), (first, last, lanes.levels), (last, end, idle)]


def outcomes_after(case: ProgrammeCase, lanes: Lanes, advance: Advance | None = None) -> Names:
    """Return where today's state ends in each lane (lanes,), as `drawn_outcomes.outcomes_from` names it."""
    at = today(case, lanes)
    for begin, end, levels in stretches(case, lanes)[:2]:
        rows = np.flatnonzero((end > begin) & np.isfinite(end))
        if rows.size:
            at[:, rows] = pushed(case, lanes.select(rows), levels[rows], at[:, rows], (end - begin)[rows])
    permanent = np.isinf(lanes.end)
    left = np.where(permanent[:, None], lanes.levels, case.idle)
    return ends_at(case, lanes.draws, left, at, advance)


def ends_at(
    case: ProgrammeCase, draws: Draws, levels: Array, at: Array, advance: Advance | None = None
) -> Names:
    """Return where coordinates (m, lanes) end while levels (lanes, instruments) stay as they are."""
    given = {**draws, **dict(zip(case.names, levels.T, strict=True))}
    drawn = DrawnGame(case.uncertainty, case.analysis, given, advance, COMPILED_FROM)
    return outcomes_from(drawn, at)


def decided_by_h(case: ProgrammeCase, levels: Array) -> bool:
    """Return whether outcomes while levels (lanes, instruments) stay follow from the conserved quantity H."""
    given = dict(zip(case.names, levels.T, strict=True))
    rates = DrawnGame(case.uncertainty, case.analysis, given, None, COMPILED_FROM).planar_rates
    return rates is not None and not bool(np.isnan(rates).any())


def today(case: ProgrammeCase, lanes: Lanes) -> Array:
    """Return today's state in coordinates of the motion, (m, lanes)."""
    few = lanes.select(np.zeros(1, dtype=np.intp))
    field = case.field(few.draws, few.levels)
    at = motion_of(field).to_coordinates(field.starts(np.asarray(case.start, dtype=float)))[:-1]
    return np.repeat(at, lanes.count, axis=1)


def pushed(case: ProgrammeCase, lanes: Lanes, levels: Array, at: Array, span: Array) -> Array:
    """Return where coordinates (m, lanes) are after spans of time of their own at constant levels.

    A lane that could not be followed is not a number from then on.
    """
    field = case.field(lanes.draws, levels)
    _, ends, whole = followed(
        field, at, 1.0, rows=np.arange(lanes.count), factor=span, tolerance=ONE, most_steps=MOST_STEPS
    )
    return np.where(whole, ends.T, np.nan)


def share_in_draws(
    case: ProgrammeCase, programme: Programme, draws: int, seed: int, stream: str = "fresh"
) -> SuccessShare:
    """Return the share of independent draws in which a programme works.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game = load(
    ...     {
    ...         "payoff_matrix": [["4 - C", "1 - C"], [2, 2]],
    ...         "parameters": {"C": {"value": 3, "uncertain": "uniform(2, 4)"}},
    ...         "today": {"x": 0.5},
    ...         "instruments": {"grant": {"range": [0, 4], "changes": {"C": "C - grant"}}},
    ...     }
    ... )
    >>> share = share_in_draws(programme_case(game), Programme({"grant": 2.5}), 4000, seed=1)
    >>> share.interval_at(0.999)[0] < 0.5 < share.interval_at(0.999)[1]
    True
    """
    drawn, _ = independent_draws(case.uncertainty, draws, seed, 0, stream)
    names = outcomes_after(case, lanes_of(case, [programme], drawn))
    count = len(names)  # one where nothing is uncertain
    return SuccessShare(int((names == case.target).sum()), count, int((names == "undecided").sum()))

"""The tipping values of a game's instruments.

The problem of tipping values, in the terms of a game.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from separatrix.analysis.results import Warning
from separatrix.dynamics.basins.outcomes import start_of
from separatrix.dynamics.fields.registry import at_baseline_values
from separatrix.errors import ComesLater, InputError, NameProblem, nearest
from separatrix.exact.rational_functions import Ratio
from separatrix.game.instruments import cost_of, with_instruments
from separatrix.game.model import Game, Profile, ReplicatorForm
from separatrix.game.values import (
    ParameterInterval,
    evaluate_in,
    exact,
    missing,
    no_value_for,
    parameter_intervals,
    resolve,
    violated,
    with_lets,
)
from separatrix.policy.externality_price import target_of
from separatrix.policy.tipping.initial_basin import Start, TodayBasin
from separatrix.policy.tipping.levels import (
    InstrumentLevel,
    InstrumentLevels,
    LevelSet,
    differing,
    largest_least,
)
from separatrix.policy.tipping.pure_states import PureStates, pure_id
from separatrix.policy.tipping.results import (
    ConditionName,
    Hysteresis,
    InstrumentTipping,
    TippingCondition,
    TippingValues,
)
from separatrix.policy.tipping.stochastic_selection import Selection
from separatrix.population.finite.encounters import population_sizes
from separatrix.sentences import Sentence, say

__all__ = ["TippingProblem", "tipping_problem", "tipping_values"]

WRITTEN = "-i {name}={low}:{high}, in Python {{'{name}': '{low}:{high}'}}"
"""How an instrument and its levels are written, as hints show it."""

MOST_STATES = 64
"""Pure states up to which the chain of finite populations is solved level by level. More: it takes long."""


@dataclass(frozen=True, eq=False)
class TippingProblem:
    """The problem in the terms of a game.

    Attributes
    ----------
    game : Game
        With the instruments in force.
    base : Game
        Without them: costs refer to it.
    resolved : mapping of every parameter to its number, the levels idle
    intervals : tuple of ParameterInterval
        The instruments and their ranges.
    target : Profile
    today : mapping of share to Fraction, or None
    sizes, beta
    """

    game: Game
    base: Game
    resolved: Mapping[str, Fraction]
    intervals: tuple[ParameterInterval, ...]
    target: Profile
    today: Start | None
    sizes: tuple[int, ...] | None
    beta: float | None

    def levels(
        self, interval: ParameterInterval, others: Mapping[str, Fraction] | None = None
    ) -> InstrumentLevels:
        """Return the game along one instrument, the others idle or at the levels that are given."""
        known = {**self.resolved, **(others or {})}
        idle = known.pop(interval.name)
        return InstrumentLevels(self.game, known, interval.name, interval.low, interval.high, idle)


def tipping_problem(
    game: Game,
    instruments: object,
    target: str | Mapping[str, str] | Sequence[str] | None,
    start: Mapping[str, object] | Sequence[object] | None,
    values: Mapping[str, object] | None,
    scenario: str | None,
    population_size: object,
    beta: float,
) -> TippingProblem:
    """Return the problem in the terms of a game.

    Raises
    ------
    InputError, NameProblem
        As `tipping_values` does.
    """
    asked = list(game.instruments) if instruments is None else instruments
    if not asked:
        raise InputError(
            "P101",
            "the game describes no instruments",
            hint="name a parameter with its range, as in C1=0:4, or describe `instruments` in the game file",
        )
    ranges = _ranges(asked)
    names = list(ranges)
    levers = [name for name in names if name in game.instruments and name not in game.in_force]
    unknown = [name for name in names if name not in game.instruments and name not in game.parameters]
    if unknown:
        known = [*game.instruments, *game.parameters]
        close = nearest(unknown[0], known)
        raise NameProblem(
            "V308",
            f"no instrument or parameter `{unknown[0]}`; the game has: {', '.join(known)}",
            hint=f"did you mean `{close}`?" if close else None,
        )
    acting = with_instruments(game, [*game.in_force, *levers]) if levers else game
    intervals = tuple(
        i for name in ranges for i in parameter_intervals(acting, {name: ranges[name]}, "P102", WRITTEN)
    )
    resolved = resolve(acting, values, scenario)
    lacking = missing(resolved)
    if lacking:
        raise no_value_for(lacking)
    if not (isinstance(beta, int | float) and math.isfinite(beta) and beta > 0):
        raise InputError(
            "P103",
            f"an intensity of selection of {beta!r}; it is positive and finite",
            hint="leave it out for 1, or give one such as 0.5",
        )
    states = math.prod(acting.space.sizes)
    without = population_size is None or states > MOST_STATES or isinstance(acting.form, ReplicatorForm)
    return TippingProblem(
        game=acting,
        base=game,
        resolved={name: value for name, value in resolved.items() if value is not None},
        intervals=intervals,
        target=target_of(acting, target),
        today=_today(acting, start),
        sizes=None if without else population_sizes(acting, population_size),
        beta=float(beta),
    )


def _ranges(asked: object) -> dict[str, object]:
    """Return the instruments as names with their ranges, None for that of the game file."""
    if isinstance(asked, str):
        name, separator, span = (part.strip() for part in asked.partition("="))
        return {name: span if separator else None}
    if isinstance(asked, Mapping):
        return {str(name): span for name, span in asked.items()}
    if isinstance(asked, Sequence):
        if len(asked) == 3 and isinstance(asked[0], str) and not isinstance(asked[1], str):
            return {asked[0]: (asked[1], asked[2])}
        return {name: span for part in asked for name, span in _ranges(part).items()}
    raise InputError(
        "P102", f"{asked!r} names no instruments", hint="write ['subsidy'], or {'subsidy': '0:1'}"
    )


def _today(game: Game, start: Mapping[str, object] | Sequence[object] | None) -> Start | None:
    """Return today's state as exact numbers."""
    if start is None:
        return None if game.today is None else {name: game.today[name] for name in game.shares}
    start_of(game, start)  # refuses what is no state
    by_name = start if isinstance(start, Mapping) else dict(zip(game.shares, start, strict=True))
    return {name: exact(by_name[name], name) for name in game.shares}


MOST_FREE = 3
"""Most free shares for which attracting mixed states are searched, in addition to the target."""


def tipping_values(
    game: Game,
    instruments: object = None,
    *,
    target: str | Mapping[str, str] | Sequence[str] | None = None,
    start: Mapping[str, object] | Sequence[object] | None = None,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    noise: bool = True,
    population_size: object = 100,
    beta: float = 1.0,
    advance: Callable[[int, int], None] | None = None,
) -> TippingValues:
    """Return the levels at which each instrument tips a game: all of them, however many crossings there are.

    Parameters
    ----------
    game : Game
    instruments : optional
        Names of instruments, or of any parameters; with ranges as in `separatrix.bifurcation_diagram`:
        ``{"subsidy": "0:1"}`` or ``"subsidy=0:1"``.  By default all instruments of the game.
    target : str, mapping or sequence, optional
        The pure state that is wanted, as in `separatrix.permanent_programme`: an id such as ``"E4"``, or the
        strategy of each population.  By default the first strategies.
    start : mapping of share to number, or one number for each share, optional
        By default the state of the cluster today, as given by the game.
    values, scenario
        As in `separatrix.analyze`.
    noise : bool
        Whether to compute which state finite populations are found at; skipped for games with only
        equations, or with more than 64 pure states.
    population_size, beta
        As in `separatrix.small_mutation_limit`.
    advance : callable, optional
        Receives how many instruments of how many are done.

    Returns
    -------
    TippingValues
        For each instrument the levels at which the target is stable, is the only stable pure state, is
        reached from today's state, and is selected under noise, with what makes that sure.

    Raises
    ------
    InputError
        P101 without instruments, P102 for an empty range, P103 for an intensity of selection
        that is not positive and finite, P121 for a target that is not a pure state; D601 for a start outside
        the state space; V304 where a parameter has no value.
    NameProblem
        P120, V302, V303, V308 for unknown names.

    References
    ----------
    Hofbauer, J. and Sigmund, K. (1998), Evolutionary Games and Population Dynamics, sections 7.2 and 11.2.
    Fudenberg, D. and Imhof, L. A. (2006), Journal of Economic Theory 131, 251-262.

    Examples
    --------
    How far must the cost of cooperating fall for the paper's cluster to cross the separatrix?

    >>> import separatrix
    >>> game = separatrix.load("shi-chen-2018")
    >>> found = tipping_values(game, "C1=0:4", scenario="bistable").instruments[0]
    >>> round(found.condition("basin").tipping.value, 10), found.condition("stable").idle
    (1.4864444475, True)
    """
    problem = tipping_problem(
        game, instruments, target, start, values, scenario, population_size if noise else None, beta
    )
    answers = []
    for k, interval in enumerate(problem.intervals, 1):
        answers.append(_answer(problem, interval))
        if advance is not None:
            advance(k, len(problem.intervals))
    return TippingValues(
        game=problem.game,
        target=problem.target,
        target_id=pure_id(problem.game, problem.target),
        today=problem.today,
        scenario=scenario,
        values=problem.resolved,
        sizes=problem.sizes,
        beta=None if problem.sizes is None else problem.beta,
        instruments=tuple(answers),
        warnings=_warnings(problem),
    )


def _warnings(problem: TippingProblem) -> tuple[Warning, ...]:
    """Return the assumptions that some level of a range breaks."""
    broken: dict[str, None] = {}
    for interval in problem.intervals:
        for level in (interval.low, (interval.low + interval.high) / 2, interval.high):
            with suppress(InputError):  # a shorthand that has no value there
                broken |= dict.fromkeys(violated(problem.game, {**problem.resolved, interval.name: level}))
    return tuple(
        Warning(
            "A505", say("the assumption `{assumption}` does not hold in the whole interval", assumption=text)
        )
        for text in broken
    )


# --------------------------------------------------------------------------- one instrument


def _answer(problem: TippingProblem, interval: ParameterInterval) -> InstrumentTipping:
    levels = problem.levels(interval)
    conditions = _conditions(problem, levels)
    goal: ConditionName = "stable" if problem.today is None else "basin"
    by_name: dict[str, TippingCondition] = {c.name: c for c in conditions}
    stable, only = by_name["stable"], by_name["only"]
    return InstrumentTipping(
        name=interval.name,
        low=interval.low,
        high=interval.high,
        idle=levels.idle,
        conditions=tuple(conditions),
        hysteresis=_hysteresis(by_name[goal], only, stable, levels),
        goal=goal,
        also_stable=_also_stable(levels, only.levels),
        differs=_differs(by_name, levels),
        cost=_cost(problem, levels, by_name[goal].tipping),
    )


def _conditions(problem: TippingProblem, levels: InstrumentLevels) -> list[TippingCondition]:
    """Return what holds at which levels of a range."""
    pure = PureStates(levels)
    found = [
        _condition(
            "stable",
            pure.stable(problem.target),
            levels,
            pure.method,
            pure.how_sure(),
            lambda: _unstable(problem, levels, pure),
        ),
        _condition(
            "only",
            pure.only(problem.target),
            levels,
            pure.method,
            pure.how_sure(),
            lambda: _rival(problem, levels, pure),
        ),
    ]
    if problem.today is not None:
        basin = TodayBasin(levels, problem.today, problem.target)
        found.append(
            _condition("basin", basin.level_set, levels, basin.method, basin.how_sure(), basin.shortfall)
        )
    if problem.sizes is not None and problem.beta is not None:
        selection = Selection(levels, problem.target, problem.sizes, problem.beta)
        with suppress(ComesLater, InputError):  # payoffs that are irrational at some level
            found += _under_noise(selection, levels)
    if levels.low <= levels.idle <= levels.high:
        return found
    # Whether it holds when idle is asked for itself, where the idle level lies outside the range.
    step = (levels.high - levels.low) / 1000
    beside = replace(levels, low=levels.idle, high=levels.idle + step)
    when_idle = {c.name: c.idle for c in _conditions(problem, beside)}
    return [
        replace(c, idle=when_idle[c.name], tipping=None if when_idle[c.name] else c.tipping) for c in found
    ]


def _condition(
    name: ConditionName,
    found: LevelSet,
    levels: InstrumentLevels,
    method: Any,
    how_sure: str,
    shortfall: Any,
) -> TippingCondition:
    return TippingCondition(
        name=name,
        levels=found,
        tipping=found.first_from(levels.idle, levels.low, levels.high),
        idle=found.holds(levels.idle),
        method=method,
        how_sure=at_baseline_values(levels.game, how_sure),
        shortfall=None if found.intervals or found.undecided else shortfall(),
    )


def _under_noise(selection: Selection, levels: InstrumentLevels) -> list[TippingCondition]:
    found = [
        _condition(
            "selected",
            selection.selected(),
            levels,
            "exact" if selection.criterion else "numerical",
            selection.how_sure(),
            selection.shortfall,
        )
    ]
    strong = selection.strong()
    if strong is not None:
        how = say("exact: the least of (N - 1) times loss over the parties is compared between both states")
        found.append(_condition("strong", strong, levels, "exact", how, lambda: None))
    dominant = selection.risk_dominant()
    if dominant is not None:
        how = say("exact: the product of the losses is compared between both states")
        if len(selection.sizes) == 1:
            how = say("exact: the losses are compared between both states")
        found.append(_condition("risk", dominant, levels, "exact", how, lambda: None))
    return found


def _differs(by_name: Mapping[str, TippingCondition], levels: InstrumentLevels) -> LevelSet | None:
    if "selected" not in by_name or "risk" not in by_name:
        return None
    return differing(by_name["selected"].levels, by_name["risk"].levels, levels.low, levels.high)


def _hysteresis(
    goal: TippingCondition, only: TippingCondition, stable: TippingCondition, levels: InstrumentLevels
) -> Hysteresis:
    forward = goal.tipping if goal.name == "basin" else only.tipping
    if stable.idle or forward is None:
        return Hysteresis(forward, None, stable.idle)
    return Hysteresis(forward, _end_towards(stable.levels, forward, levels.idle), False)


def _end_towards(stable: LevelSet, reached: InstrumentLevel, idle: Fraction) -> InstrumentLevel | None:
    """Return where the stretch of stability round a level ends on the side of the idle one."""
    for interval in stable.intervals:
        if interval.low.value <= reached.value <= interval.high.value:
            return interval.low if float(idle) < reached.value else interval.high
    return None


def _also_stable(levels: InstrumentLevels, only: LevelSet) -> tuple[str, ...]:
    """Return the ids of what attracts, too, where the target is the only stable pure state."""
    if not only.intervals:
        return ()
    nearest_one = min(
        only.intervals, key=lambda i: min(abs(i.low.value - levels.idle), abs(i.high.value - levels.idle))
    )
    inside = levels.idle if only.holds(levels.idle) else (nearest_one.low.high + nearest_one.high.low) / 2
    if levels.game.space.dimension > MOST_FREE:
        return ()
    try:
        analysis = levels.analysis(inside)
    except (ComesLater, InputError):  # payoffs that are irrational there
        return ()
    points = [
        p.id
        for p in analysis.rest_points
        if p.stability == "asymptotically stable" and any(len(played) > 1 for played in p.support)
    ]
    return (*points, *(s.id for s in analysis.rest_sets if s.stability == "stable"))


def _cost(
    problem: TippingProblem, levels: InstrumentLevels, at: InstrumentLevel | None
) -> dict[str, float] | None:
    """Return what the instrument costs whom at the target, per unit of time."""
    game = problem.base
    if at is None or levels.name not in game.instruments:
        return None
    costs = cost_of(game, [levels.name])
    known = with_lets(game, {n: v for n, v in problem.resolved.items() if n in game.parameters})
    for population, a in zip(game.populations, problem.target, strict=True):
        ones = (
            (1 - a,) if population.binary else tuple(int(k == a) for k in range(len(population.strategies)))
        )
        known |= {name: Fraction(v) for name, v in zip(population.shares, ones, strict=True)}
    known[levels.name] = at.low if at.low == at.high else Fraction(at.value)
    told = f"the cost of {levels.name}"
    return {payer: float(evaluate_in(game, told, cost, known)) for payer, cost in costs.items()} or None


# --------------------------------------------------------------------------- what fails, and by how much


def _unstable(problem: TippingProblem, levels: InstrumentLevels, pure: PureStates) -> Sentence:
    """Return who leaves the target at its best level, and what they gain by it."""
    if pure.losses is None:
        return say("no level of the range makes the target stable")
    losses = list(pure.losses[problem.target].items())
    level, margin, k = largest_least([loss for _, loss in losses], levels.low, levels.high)
    deviation = losses[k][0]
    population = problem.game.populations[deviation.population]
    told = {
        "level": f"{level:.6g}",
        "population": population.name,
        "strategy": population.strategies[deviation.strategy].name,
    }
    if not margin:
        return say(
            "at its best level, {level}, {population} would lose nothing by {strategy}, so the "
            "target is on the verge of stability",
            **told,
        )
    return say(
        "at its best level, {level}, {population} would still earn {amount} more by {strategy} than at the "
        "target",
        **told,
        amount=f"{-margin:.6g}",
    )


def _rival(problem: TippingProblem, levels: InstrumentLevels, pure: PureStates) -> Sentence:
    """Return which other pure state stays stable at the best level, and what leaving it costs there."""
    if pure.losses is None:
        return say("no level of the range makes the target the only stable pure state")
    game, target = problem.game, problem.target
    if not pure.stable(target).intervals:
        return _unstable(problem, levels, pure)
    best: tuple[float, float, str] | None = None
    for level in _tried(levels):
        rivals = [
            (min(_loss_at_level(loss, levels, level) for loss in row.values()), profile)
            for profile, row in pure.losses.items()
            if profile != target
        ]
        own = min(_loss_at_level(loss, levels, level) for loss in pure.losses[target].values())
        margin, profile = max(rivals)
        if own > 0 and (best is None or margin < best[1]):
            best = (
                float(level),
                margin,
                ", ".join(p.strategies[a].name for p, a in zip(game.populations, profile, strict=True)),
            )
    if best is None:
        return say("where the target is stable, another pure state is too")
    if not best[1]:
        return say(
            "at its best level, {level}, the state ({state}) is on the verge of being stable: a "
            "unilateral deviation costs nothing",
            level=f"{best[0]:.6g}",
            state=best[2],
        )
    return say(
        "at its best level, {level}, the state ({state}) is still stable: a unilateral deviation "
        "loses at least {amount}",
        level=f"{best[0]:.6g}",
        state=best[2],
        amount=f"{best[1]:.6g}",
    )


def _tried(levels: InstrumentLevels) -> list[Fraction]:
    return [levels.low + (levels.high - levels.low) * k / 64 for k in range(65)]


def _loss_at_level(loss: Ratio, levels: InstrumentLevels, level: Fraction) -> float:
    try:
        return float(loss.evaluate({levels.name: level}))
    except ZeroDivisionError:
        return -math.inf

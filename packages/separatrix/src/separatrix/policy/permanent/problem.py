"""The problem of a permanent programme: levels, cost, conditions, limits.

The condition that today's state converges to the target, in terms of levels: exact in one population and
in two by two.

In one population of two strategies with payoffs linear in the shares, today's state converges to a strict
target if and only if its strategy earns more today. In two populations that meet only each other, it
converges there in two cases: neither party ever turns back, or the one that gains now has more to climb
than the other. The separatrix is the level of the saddle of H = c_x[-q ln y - (p - q) ln(1 - y)] + c_y[s ln
x + (r - s) ln(1 - x)] (Hofbauer & Sigmund 1998, section 11.2; `separatrix.dynamics`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from separatrix.dynamics.basins.outcomes import start_of
from separatrix.dynamics.fields.replicator import replicator
from separatrix.errors import InputError, NameProblem, nearest
from separatrix.expression.tree import (
    Call,
    Expression,
    Number,
    multiply,
    negate,
    number,
    substitute,
    subtract,
)
from separatrix.game.model import PAYERS, Game, Profile, ProfileTable
from separatrix.game.values import exact
from separatrix.policy.externality_price import named_profile, target_of
from separatrix.policy.permanent.conditions import (
    RISE,
    Either,
    LevelConstraint,
    dominance_orders,
    full,
    no_other_stable,
    selected_under_noise,
    strict_target,
    weighted,
)
from separatrix.policy.permanent.level_functions import (
    LevelFunction,
    LevelFunctions,
    PopulationDeviation,
    level_functions,
)
from separatrix.sentences import Sentence, say

__all__ = [
    "Bounds",
    "Dates",
    "Problem",
    "REQUIREMENTS",
    "TOGETHER",
    "gains_today",
    "largest_advantage",
    "problem_of",
    "today_in_basin",
    "today_of",
    "towards",
]


def towards(
    functions: LevelFunctions, target: Profile, today: Mapping[str, Fraction]
) -> tuple[Fraction, ...]:
    """Return the share of each population that plays the target's strategy today."""
    state = [today[name] for name in functions.game.shares]
    return tuple(own[a] for own, a in zip(functions.game.space.shares(state), target, strict=True))


def today_in_basin(
    functions: LevelFunctions, target: Profile, today: Mapping[str, Fraction], less: Fraction = Fraction(0)
) -> list[Either] | None:
    """Return the conditions under which today's state converges to a target that is a strict Nash
    equilibrium.

    Parameters
    ----------
    today : mapping of share to number
    less : Fraction
        How much smaller the shares of the target's strategies are thought than they are: a margin of safety.

    Returns
    -------
    list of Either, or None
        None for games in which no condition in closed form is known.
    """
    game = functions.game
    shares = towards(functions, target, today)
    nobody = [i for i, share in enumerate(shares) if share <= less]
    if nobody:
        return [((_nobody(functions, target, nobody[0], shares[nobody[0]]),),)]
    held = tuple(share if share == 1 else share - less for share in shares)
    if functions.affine_advantage:
        return [((_single_population_condition(functions, target, held[0]),),)]
    if game.space.sizes == (2, 2) and isinstance(game.form, ProfileTable):
        return _square(functions, target, held, less)
    return None


def _nobody(functions: LevelFunctions, target: Profile, i: int, share: Fraction) -> LevelConstraint:
    population = functions.game.populations[i]
    own = population.strategies[target[i]].name
    told = (
        say(
            "some members of {population} play {own} today, so others can imitate them",
            population=population.name,
            own=own,
        )
        if not share
        else say(
            "the share of {population} that plays {own} today is larger than the margin of safety",
            population=population.name,
            own=own,
        )
    )
    return LevelConstraint("basin", full(weighted((), Fraction(-1)), functions), told, in_payoffs=False)


def _single_population_condition(
    functions: LevelFunctions, target: Profile, share: Fraction
) -> LevelConstraint:
    (own,) = target
    other = 1 - own
    at_target = functions.gain(PopulationDeviation((own,), 0, other))
    elsewhere = functions.gain_between((other,), 0, own, other)
    population = functions.game.populations[0]
    told = say(
        "today {population} earns more by {own} than by {other}",
        population=population.name,
        own=population.strategies[own].name,
        other=population.strategies[other].name,
    )
    function = full(weighted([(share, at_target), (1 - share, elsewhere)]), functions)
    return LevelConstraint("basin", function, told)


def gains_today(
    functions: LevelFunctions, target: Profile, today: Mapping[str, Fraction], less: Fraction = Fraction(0)
) -> Either:
    """Return that one population of two strategies gains by the target's strategy in today's state."""
    (own,) = target
    (share,) = towards(functions, target, today)
    held = share if share == 1 else max(share - less, share / 2)
    population = functions.game.populations[0]
    state = {population.share: held if own == 0 else 1 - held}
    told = say(
        "today {population} earns more by {own} than by {other}",
        population=population.name,
        own=population.strategies[own].name,
        other=population.strategies[1 - own].name,
    )
    return ((LevelConstraint("basin", functions.advantage_at(state, 0, own, 1 - own), told),),)


def _square(
    functions: LevelFunctions, target: Profile, shares: tuple[Fraction, ...], less: Fraction
) -> list[Either]:
    """Return the ways in which a start in a square converges to a strict corner."""
    game = functions.game
    own, other = target, (1 - target[0], 1 - target[1])
    near = [functions.gain_between(target, i, own[i], other[i]) for i in (0, 1)]
    alone = [
        functions.gain_between((own[0], other[1]), 0, own[0], other[0]),
        functions.gain_between((other[0], own[1]), 1, own[1], other[1]),
    ]
    now = [
        full(weighted([(shares[1 - i], near[i]), (1 - shares[1 - i], alone[i])]), functions) for i in (0, 1)
    ]
    if 1 in shares:
        return []  # on the target's own side; a strict target has the other population gain there
    gains = [LevelConstraint("basin", now[i], _gains_today(functions, target, i)) for i in (0, 1)]
    ways: list[tuple[LevelConstraint, ...]] = [(gains[0], gains[1])]
    ways += [
        (LevelConstraint("basin", full(alone[i], functions), _always(functions, target, i)),) for i in (0, 1)
    ]
    turns = [full(weighted([(Fraction(-1), function)]), functions) for function in alone]
    for i in (0, 1):
        loses = full(weighted([(Fraction(-1), now[1 - i])]), functions)
        margin = _climb(functions, near, alone, shares, i)
        told = say(
            "today lies on the target's side of the separatrix: {population}, which gains today, carries the "
            "other one with it to {target}",
            population=game.populations[i].name,
            target=named_profile(game, target),
        )
        ways.append(
            (
                LevelConstraint("basin", now[i], gains[i].told, strict=False),
                LevelConstraint("basin", loses, _loses_today(functions, target, 1 - i), strict=False),
                *(
                    # A tie counts here: what the population gains then ends with the others' share.
                    LevelConstraint(
                        "basin", turn, _turns(functions, target, k), strict=False, in_payoffs=False
                    )
                    for k, turn in enumerate(turns)
                ),
                LevelConstraint(
                    "basin", LevelFunction(margin, functions.levels, None), told, in_payoffs=False
                ),
            )
        )
    return [tuple(ways)]


def _gains_today(functions: LevelFunctions, target: Profile, i: int) -> Sentence:
    population = functions.game.populations[i]
    return say(
        "today {population} earns more by {own} than by {other}",
        population=population.name,
        own=population.strategies[target[i]].name,
        other=population.strategies[1 - target[i]].name,
    )


def _loses_today(functions: LevelFunctions, target: Profile, i: int) -> Sentence:
    population = functions.game.populations[i]
    return say(
        "today {population} earns no more by {own} than by {other}",
        population=population.name,
        own=population.strategies[target[i]].name,
        other=population.strategies[1 - target[i]].name,
    )


def _always(functions: LevelFunctions, target: Profile, i: int) -> Sentence:
    population = functions.game.populations[i]
    return say(
        "{population} earns more by {own} than by {other} whatever the others play",
        population=population.name,
        own=population.strategies[target[i]].name,
        other=population.strategies[1 - target[i]].name,
    )


def _turns(functions: LevelFunctions, target: Profile, i: int) -> Sentence:
    population, beside = functions.game.populations[i], functions.game.populations[1 - i]
    return say(
        "{population} earns no more by {own} than by {other} if all of {others} play {strategy}",
        population=population.name,
        own=population.strategies[target[i]].name,
        other=population.strategies[1 - target[i]].name,
        others=beside.name,
        strategy=beside.strategies[1 - target[1 - i]].name,
    )


def _climb(
    functions: LevelFunctions,
    near: list[LevelFunction],
    alone: list[LevelFunction],
    shares: tuple[Fraction, ...],
    i: int,
) -> Expression:
    """Return how much more H has risen in the share that makes a population gain than in that share of its "
    "own."""
    known: dict[str, Expression] = {name: Number(value) for name, value in functions.values.items()}
    speeds = [substitute(speed, known) for speed in functions.game.speeds]

    def rise(j: int) -> Expression:
        # The part of H in the share of population j is made of what the *other* one gains.
        down = negate(multiply(speeds[1 - j], alone[1 - j].expression))
        up = multiply(speeds[1 - j], near[1 - j].expression)
        return Call(RISE, (down, up, number(shares[j])))

    return subtract(rise(1 - i), rise(i))


def today_of(game: Game, start: Mapping[str, object] | Sequence[object] | None) -> dict[str, Fraction]:
    """Return today's state, exactly: the start if given, else that of the game.

    Raises
    ------
    InputError
        D625 if neither is given; D601 for a start outside the state space.
    """
    rounded = start_of(game, start)
    given = game.today if start is None else start
    told = given if isinstance(given, Mapping) else dict(zip(game.shares, given or (), strict=False))
    return {
        name: exact(told[name] if game.space.binary else value, name)
        for name, value in zip(game.shares, rounded, strict=True)
    }


REQUIREMENTS = ("only-stable", "selected", "basin", "only-outcome")
"""What can be asked beyond a target that is a strict Nash equilibrium."""

TOGETHER = "together"
"""The payer that stands for all."""

Bounds = tuple[Fraction, Fraction | None]


@dataclass(frozen=True)
class Dates:
    """What trajectories from today are to do.

    Attributes
    ----------
    start : tuple of float
        Today's state, a number for each share.
    by : float or None
        The date by which the target is reached.
    reach : float
        The share of each population that plays the target's strategy then, at least.
    path : tuple of (time, most)
        The largest emissions per unit of time, linear between these times.
    for_basin : bool
        Whether the date replaces the basin of the target, for which no condition is known.  Without a date,
        in one population of two strategies, the target's strategy must gain at every share from today's on.
    """

    start: tuple[float, ...]
    by: float | None = None
    reach: float = 0.95
    path: tuple[tuple[float, float], ...] = ()
    for_basin: bool = False

    def later(self, safety: float, game: Game, target: Sequence[int]) -> Dates:
        """Return the same from shares of the target's strategies that are smaller by a margin of safety."""
        own = [list(part) for part in game.space.shares(list(self.start))]
        for part, a in zip(own, target, strict=True):
            if part[a] >= 1:
                continue
            held = max(part[a] - safety, part[a] / 2)
            scale = (1 - held) / (1 - part[a])
            part[:] = [held if b == a else share * scale for b, share in enumerate(part)]
        return replace(self, start=tuple(game.space.coordinates(own)))


@dataclass(frozen=True)
class Problem:
    """Levels within bounds that satisfy conditions at the least cost.

    Attributes
    ----------
    functions : LevelFunctions
    target : Profile
    payer : str
        One of `separatrix.game.model.PAYERS`, or `TOGETHER`.
    bounds : tuple of (Fraction, Fraction or None), one a level
    idle : tuple of Fraction
    costs : mapping of payer to LevelFunction
        At the target, per unit of time.
    cost : LevelFunction
        What is made least.
    emissions : LevelFunction or None
        At the target, per unit of time.
    demands : tuple of Either
        Those of the target, then what was required.
    cautious : tuple of Either
        The same with today's shares thought a little smaller, for a programme with a margin.
    limits : tuple of Either
        On cost and emissions.
    required : tuple of str
    dates : Dates or None
        What trajectories from today are to do.
    safety : Fraction
        How much smaller today's shares are thought, for a programme with a margin.
    """

    functions: LevelFunctions
    target: Profile
    payer: str
    bounds: tuple[Bounds, ...]
    idle: tuple[Fraction, ...]
    costs: Mapping[str, LevelFunction]
    cost: LevelFunction
    emissions: LevelFunction | None
    demands: tuple[Either, ...]
    cautious: tuple[Either, ...]
    limits: tuple[Either, ...]
    required: tuple[str, ...]
    dates: Dates | None = None
    safety: Fraction = Fraction(0)

    @property
    def game(self) -> Game:
        """The game, with the instruments in force."""
        return self.functions.game

    @property
    def levels(self) -> tuple[str, ...]:
        """The names of the levels."""
        return self.functions.levels

    @property
    def conditions(self) -> tuple[LevelConstraint, ...]:
        """All conditions, of all alternatives."""
        everything = (*self.demands, *self.cautious, *self.limits)
        return tuple(c for either in everything for way in either for c in way)

    @property
    def affine(self) -> bool:
        """Whether costs and conditions are affine in the levels."""
        return self.cost.affine is not None and all(c.function.affine is not None for c in self.conditions)

    @property
    def exact(self) -> bool:
        """Whether levels are found as exact numbers."""
        return self.affine and self.dates is None and not self.functions.rounded

    @property
    def priceless(self) -> tuple[str, ...]:
        """The instruments whose level does not change the cost that is made least."""
        if self.cost.affine is None:
            return ()
        return tuple(name for name, slope in zip(self.levels, self.cost.affine[0], strict=True) if not slope)


def problem_of(
    game: Game,
    target: object = None,
    instruments: Sequence[str] | None = None,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    *,
    require: Sequence[str] = (),
    payer: str = PAYERS[0],
    budget: Mapping[str, object] | object | None = None,
    emissions: object | None = None,
    limits: Mapping[str, tuple[object, object]] | None = None,
    population_size: Sequence[int] = (),
    start: Mapping[str, object] | Sequence[object] | None = None,
    safety: Fraction = Fraction(0),
    by: object | None = None,
    reach: object = "0.95",
    path: Mapping[Any, object] | None = None,
) -> Problem:
    """Return the problem of `permanent_programme`, with the same parameters and errors."""
    if not game.instruments:
        raise InputError(
            "P124",
            say("the game describes no instruments"),
            hint=say(
                "describe them under `instruments` in the game file; `separatrix explain P124` shows one"
            ),
        )
    for name in require:
        if name not in REQUIREMENTS:
            close = nearest(name, list(REQUIREMENTS))
            raise NameProblem(
                "P125",
                say(
                    "unknown requirement `{name}`; expected one of {known}",
                    name=name,
                    known=", ".join(REQUIREMENTS),
                ),
                hint=say("did you mean `{close}`?", close=close) if close else None,
            )
    functions = level_functions(game, instruments, values, scenario)
    aimed = target_of(game, target)  # type: ignore[arg-type]
    state = functions.corner(aimed)
    costs = functions.costs(state)
    told_emissions = functions.emissions(state)
    demands = strict_target(functions, aimed)
    if "only-stable" in require:
        demands += no_other_stable(functions, aimed)
    if "selected" in require:
        demands += selected_under_noise(functions, aimed, population_size)
    if "only-outcome" in require:
        demands += dominance_orders(functions, aimed)
    cautious = list(demands)
    dates = _dates(functions, start, by, reach, path)
    if "basin" in require:
        today = today_of(functions.game, start)
        exactly = today_in_basin(functions, aimed, today)
        if exactly is not None:
            demands += exactly
            cautious += today_in_basin(functions, aimed, today, safety) or []
        elif dates is None or dates.by is None:
            at = tuple(float(today[name]) for name in functions.game.shares)
            path_of = () if dates is None else dates.path
            on_line = functions.game.space.sizes == (2,)
            if on_line:  # a share that does not rise today never comes to the target
                demands.append(gains_today(functions, aimed, today))
                cautious.append(gains_today(functions, aimed, today, safety))
            date = None if on_line else settled_by(functions)
            dates = Dates(at, date, float(exact(reach, "reach")), path_of, True)
    return Problem(
        functions,
        aimed,
        payer,
        _bounds(functions, limits or {}),
        tuple(functions.game.instruments[name].idle for name in functions.levels),
        costs,
        _cost(functions, costs, payer),
        told_emissions,
        tuple(demands),
        tuple(cautious),
        (*_budgets(functions, costs, payer, budget), *_cap(functions, told_emissions, emissions)),
        tuple(require),
        dates,
        safety,
    )


def _dates(
    functions: LevelFunctions,
    start: Mapping[str, object] | Sequence[object] | None,
    by: object | None,
    reach: object,
    path: Mapping[Any, object] | None,
) -> Dates | None:
    if by is None and not path:
        return None
    date = None if by is None else exact(by, "by")
    share = exact(reach, "reach")
    points = sorted((exact(time, "a time"), exact(most, "emissions")) for time, most in (path or {}).items())
    if (date is not None and date <= 0) or any(time < 0 for time, _ in points):
        raise InputError(
            "P134",
            say("a date that is not after today"),
            hint=say("today is the time 0; give times in the unit of the game, as in --by 5"),
        )
    if not 0 < share < 1:
        raise InputError(
            "P134",
            say("a share of {share} to be reached; expected one between 0 and 1", share=str(share)),
            hint=say("no trajectory reaches the target itself in finite time; give a share such as 0.95"),
        )
    if points and functions.game.emissions is None:
        raise _no_emissions()
    today = today_of(functions.game, start)
    return Dates(
        tuple(float(today[name]) for name in functions.game.shares),
        None if date is None else float(date),
        float(share),
        tuple((float(time), float(most)) for time, most in points),
    )


SETTLED = 100.0
"""Time, over the largest advantage, in which a trajectory is to be near the target. Longer: levels that carry
it there more slowly count, too."""


def settled_by(functions: LevelFunctions) -> float:
    """Return a time in which trajectories of a game have settled, with every instrument idle."""
    return SETTLED / largest_advantage(functions)


def largest_advantage(functions: LevelFunctions) -> float:
    """Return the largest advantage with every instrument idle, else at the ends of their ranges, else 1."""
    instruments = [functions.game.instruments[name] for name in functions.levels]
    idle = [own.idle for own in instruments]
    ends = [[(own.range or (own.idle,) * 2)[k] for own in instruments] for k in (1, 0)]
    for point in (idle, *ends):
        levels = dict(zip(functions.levels, point, strict=True))
        scale = replicator(functions.game, {**functions.values, **levels}).scale
        if scale:
            return scale
    return 1.0  # nobody gains anything anywhere


def _cost(functions: LevelFunctions, costs: Mapping[str, LevelFunction], payer: str) -> LevelFunction:
    if payer not in (*PAYERS, TOGETHER):
        raise InputError(
            "P126",
            say("unknown payer `{payer}`", payer=payer),
            hint=say("known are {known}", known=", ".join((*PAYERS, TOGETHER))),
        )
    chosen = costs.values() if payer == TOGETHER else [costs[payer]] if payer in costs else []
    return full(weighted((Fraction(1), cost) for cost in chosen), functions)


def _bounds(functions: LevelFunctions, limits: Mapping[str, tuple[object, object]]) -> tuple[Bounds, ...]:
    for name in limits:
        if name not in functions.levels:
            close = nearest(name, list(functions.levels))
            raise NameProblem(
                "V308",
                f"no instrument `{name}`; in use are: {', '.join(functions.levels)}",
                hint=f"did you mean `{close}`?" if close else None,
            )
    result: list[Bounds] = []
    for name in functions.levels:
        instrument = functions.game.instruments[name]
        low, high = instrument.range or (instrument.idle, None)
        if name in limits:
            asked = tuple(None if v is None else exact(v, name) for v in limits[name])
            if asked[0] is not None and asked[1] is not None and asked[0] > asked[1]:
                raise _contradiction(
                    say("{name} from {low} to {high}", name=name, low=str(asked[0]), high=str(asked[1]))
                )
            own = (low, high)
            low = low if asked[0] is None else max(low, asked[0])
            high = high if asked[1] is None else asked[1] if high is None else min(high, asked[1])
            if high is not None and low > high:
                raise _contradiction(
                    say(
                        "{name} is to lie from {low} to {high}, and its range is from {own_low} to "
                        "{own_high}",
                        name=name,
                        low=_text(asked[0]),
                        high=_text(asked[1]),
                        own_low=_text(own[0]),
                        own_high=_text(own[1]),
                    )
                )
        result.append((low, high))
    return tuple(result)


def _text(value: Fraction | None) -> str:
    return "…" if value is None else str(value)


def _contradiction(told: Sentence) -> InputError:
    return InputError(
        "P127",
        say("the limits contradict each other: {reason}", reason=told),
        hint=say("remove one of them, or widen it"),
    )


def _budgets(
    functions: LevelFunctions, costs: Mapping[str, LevelFunction], payer: str, budget: object
) -> list[Either]:
    if budget is None:
        return []
    told = budget if isinstance(budget, Mapping) else {payer: budget}
    result: list[Either] = []
    for who, most in told.items():
        limit = exact(most, "budget")
        spent = _cost(functions, costs, who)
        function = full(weighted([(Fraction(-1), spent)], limit), functions)
        sentence = (
            say("the programme costs at most {most} per unit of time", most=str(limit))
            if who == TOGETHER
            else say("it costs the public purse at most {most} per unit of time", most=str(limit))
            if who == PAYERS[0]
            else say("it costs the enterprises at most {most} per unit of time", most=str(limit))
        )
        result.append(((LevelConstraint("budget", function, sentence, strict=False, in_payoffs=False),),))
    return result


def _cap(functions: LevelFunctions, emitted: LevelFunction | None, most: object) -> list[Either]:
    if most is None:
        return []
    if emitted is None:
        raise _no_emissions()
    limit = exact(most, "emissions")
    function = full(weighted([(Fraction(-1), emitted)], limit), functions)
    told = say("at the target at most {most} is emitted per unit of time", most=str(limit))
    return [((LevelConstraint("emissions", function, told, strict=False, in_payoffs=False),),)]


def _no_emissions() -> InputError:
    """Return the error of an emissions limit in a game without emissions."""
    return InputError(
        "P128",
        say("the game has no `emissions`"),
        hint=say("add `emissions: '100*(2 - x - y)'` to the game file, or remove the limit"),
    )

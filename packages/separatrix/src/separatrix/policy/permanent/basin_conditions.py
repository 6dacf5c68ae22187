"""The condition that today's state converges to the target, in terms of levels: exact in one population and
in two by two.

In one population of two strategies with payoffs linear in the shares, today's state converges to a strict
target if and only if its strategy earns more today. In two populations that meet only each other, it
converges there in two cases: neither party ever turns back, or the one that gains now has more to climb
than the other. The separatrix is the level of the saddle of H = c_x[-q ln y - (p - q) ln(1 - y)] + c_y[s ln
x + (r - s) ln(1 - x)] (Hofbauer & Sigmund 1998, section 11.2; `separatrix.dynamics`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from separatrix.dynamics.basins.outcome import start_of
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
from separatrix.game.model import Game, Profile, ProfileTable
from separatrix.game.values import exact
from separatrix.policy.permanent.conditions import Either, LevelConstraint, full, weighted
from separatrix.policy.permanent.enclosures import RISE
from separatrix.policy.permanent.level_functions import LevelFunction, LevelFunctions, PopulationDeviation
from separatrix.policy.target import named_profile
from separatrix.sentences import Sentence, say

__all__ = ["gains_today", "today_in_basin", "today_of", "towards"]


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
    """Return that one population of two strategies gains by the target's where things stand today."""
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

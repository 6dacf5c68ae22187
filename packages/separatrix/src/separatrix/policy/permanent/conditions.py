"""Requirements of a programme, as conditions on the levels of its instruments.

Each condition is a function of the levels that is to be above 0, or at least 0; some hold in one of several
ways.  All of them are necessary and sufficient for what they say, but for the infimum itself, which strict
conditions do not reach.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from separatrix.errors import ComesLater
from separatrix.expression.tree import add, multiply, number
from separatrix.game.model import Game, PairwiseForm, Profile, ProfileTable, SelfMatrix
from separatrix.policy.permanent.level_functions import LevelFunction, LevelFunctions, PopulationDeviation
from separatrix.policy.target import named_profile
from separatrix.sentences import Sentence, say

__all__ = [
    "LevelConstraint",
    "Either",
    "dominance_orders",
    "fixed",
    "full",
    "no_other_stable",
    "selected_under_noise",
    "strict_target",
    "summed_up",
    "weighted",
]


@dataclass(frozen=True)
class LevelConstraint:
    """A function of levels that is to be above 0 (``strict``) or at least 0.

    Attributes
    ----------
    kind : str
        ``gain``, ``left``, ``selected``, ``basin``, ``dominant``, ``budget`` or ``emissions``.
    function : LevelFunction
    told : Sentence
        The statement that holds where the function is above 0.
    strict : bool
    in_payoffs : bool
        Whether the function is in the unit of payoffs, so that a margin in payoffs clears it.
    deviation : PopulationDeviation or None
        The deviation whose gain it is.
    """

    kind: str
    function: LevelFunction
    told: Sentence
    strict: bool = True
    in_payoffs: bool = True
    deviation: PopulationDeviation | None = None


def fixed(condition: LevelConstraint) -> bool:
    """Return whether a condition does not depend on levels, such as that a strategy is in use today."""
    return condition.function.constant and not condition.in_payoffs and condition.kind == "basin"


Either = tuple[tuple[LevelConstraint, ...], ...]
"""Alternatives: all conditions of at least one must hold."""


def summed_up(either: Either, game: Game, target: Profile) -> Sentence:
    """Return what a demand says, in one sentence where it holds in one of several ways."""
    first = either[0][0]
    if len(either) == 1:
        return first.told
    named = named_profile(game, target)
    match first.kind:
        case "left" if first.deviation is not None:
            return say(
                "{profile} is not stable: some population gains by leaving it",
                profile=named_profile(game, first.deviation.profile),
            )
        case "selected":
            return say("noise selects {target} in finite populations", target=named)
        case "basin":
            return say("today's state converges to {target}", target=named)
        case _:
            return say("every interior trajectory converges to {target}, by iterated dominance", target=named)


def weighted(
    terms: Iterable[tuple[Fraction, LevelFunction]], constant: Fraction = Fraction(0)
) -> LevelFunction:
    """Return a sum of functions of the same levels, with weights.

    Examples
    --------
    >>> from separatrix.expression.tree import Name
    >>> one = LevelFunction(Name("s"), ("s",), ((Fraction(1),), Fraction(0)))
    >>> weighted([(Fraction(3), one)], Fraction(2)).affine
    ((Fraction(3, 1),), Fraction(2, 1))
    """
    parts = [(weight, function) for weight, function in terms if weight]
    expression = add(*(multiply(number(w), f.expression) for w, f in parts), number(constant))
    levels = parts[0][1].levels if parts else ()
    slopes, total = [Fraction(0)] * len(levels), constant
    for weight, function in parts:
        if function.affine is None:
            return LevelFunction(expression, levels, None)
        slopes = [s + weight * a for s, a in zip(slopes, function.affine[0], strict=True)]
        total += weight * function.affine[1]
    return LevelFunction(expression, levels, (tuple(slopes), total))


def strict_target(functions: LevelFunctions, target: Profile) -> list[Either]:
    """Return the conditions for a strict Nash equilibrium: unilateral deviations from the target lose."""
    game = functions.game
    result: list[Either] = []
    for deviation in functions.deviations(target):
        population = game.populations[deviation.population]
        told = say(
            "at {target} {population} earns more by {own} than by {other}",
            target=named_profile(game, target),
            population=population.name,
            own=population.strategies[target[deviation.population]].name,
            other=population.strategies[deviation.strategy].name,
        )
        result.append(((LevelConstraint("gain", functions.gain(deviation), told, deviation=deviation),),))
    return result


def no_other_stable(functions: LevelFunctions, target: Profile) -> list[Either]:
    """Return the conditions that every other pure state is unstable: some population gains by leaving it."""
    game = functions.game
    result: list[Either] = []
    for profile in game.profiles():
        if profile == target:
            continue
        apart = [i for i, (a, b) in enumerate(zip(profile, target, strict=True)) if a != b]
        if len(apart) == 1 and not _plays_itself(functions):
            continue  # who differs from the target gains by going there: the target is strict
        ways = []
        for deviation in functions.deviations(profile):
            population = game.populations[deviation.population]
            told = say(
                "{profile} is not stable: {population} earns more by {other} than by {own} there",
                profile=named_profile(game, profile),
                population=population.name,
                own=population.strategies[profile[deviation.population]].name,
                other=population.strategies[deviation.strategy].name,
            )
            lost = weighted([(Fraction(-1), functions.gain(deviation))])
            ways.append((LevelConstraint("left", full(lost, functions), told, deviation=deviation),))
        result.append(tuple(ways))
    return result


def _plays_itself(functions: LevelFunctions) -> bool:
    """Whether what a population earns depends on what its own members play."""
    form = functions.game.form
    if isinstance(form, PairwiseForm):
        return any(i == j for i, j in form.matrices)
    return not isinstance(form, ProfileTable)


def full(function: LevelFunction, functions: LevelFunctions) -> LevelFunction:
    """Return a function that knows its levels, where it is a number too."""
    if function.levels or function.affine is None:
        return function
    zero = (Fraction(0),) * len(functions.levels)
    return LevelFunction(function.expression, functions.levels, (zero, function.affine[1]))


# --------------------------------------------------------------------------- selected under noise


def selected_under_noise(functions: LevelFunctions, target: Profile, sizes: Sequence[int]) -> list[Either]:
    """Return that the target is where small populations are found most of the time, imitating with noise.

    One population of two strategies under the Fermi rule: ln(ρ of the target / ρ of the other), which is
    linear in the payoffs, is above 0 at every intensity of selection.  Two parties of two strategies: the
    limit of strong selection, min(N_A·a₁, N_B·b₁) > min(N_A·a₀, N_B·b₀) in the losses a, b of who leaves the
    target and of who leaves the opposite state, with N for the number of the others of its kind.

    Parameters
    ----------
    sizes : sequence of int
        Members of each population.

    Raises
    ------
    ComesLater
        P122 for games of another kind.
    """
    game = functions.game
    if game.space.sizes == (2,) and isinstance(game.form, SelfMatrix):
        return [((_more_likely(functions, target, sizes[0]),),)]
    if game.space.sizes == (2, 2) and isinstance(game.form, ProfileTable):
        return [_weaker_losses(functions, target, sizes)]
    raise ComesLater(
        "P122",
        say("which state is selected under noise is known for one or two populations of two strategies"),
        hint=say("drop this condition, and run `separatrix stationary` for the programme found"),
    )


def _more_likely(functions: LevelFunctions, target: Profile, size: int) -> LevelConstraint:
    """ln(ρA/ρB) over N and the intensity of selection: (a + b - c - d)/2 - (a - d)/N, without meeting "
    "oneself."""
    (own,) = target
    other = 1 - own
    game = functions.game
    at_target = functions.gain(PopulationDeviation((own,), 0, other))  # a - c
    at_other = functions.gain(PopulationDeviation((other,), 0, own))  # d - b
    half, one = Fraction(1, 2), Fraction(1, size)  # a member's part, so that it is in the unit of payoffs
    a, d = functions.payoff((own,), 0), functions.payoff((other,), 0)
    function = weighted([(half, at_target), (-half, at_other), (-one, a), (one, d)])
    told = say(
        "{size} members that imitate with noise spend most of the time at {target}",
        target=named_profile(game, target),
        size=size,
    )
    return LevelConstraint("selected", full(function, functions), told)


def _weaker_losses(functions: LevelFunctions, target: Profile, sizes: Sequence[int]) -> Either:
    game = functions.game
    opposite = (1 - target[0], 1 - target[1])
    ours = [functions.gain(d) for d in functions.deviations(target)]
    theirs = [functions.gain(d) for d in functions.deviations(opposite)]
    # N - 1 updates go against selection, each with the loss; over the most they are in units of payoffs.
    most = max(sizes) - 1
    steps = [Fraction(size - 1, most) for size in sizes]
    ways = []
    for weakest in (0, 1):
        conditions = []
        for i in (0, 1):
            function = weighted([(steps[i], ours[i]), (-steps[weakest], theirs[weakest])])
            told = say(
                "the loss of {population} from leaving {target}, times the {size} others of its "
                "kind, exceeds the loss of {other} from leaving {opposite}, times its {other_size}",
                population=game.populations[i].name,
                target=named_profile(game, target),
                size=sizes[i] - 1,
                other=game.populations[weakest].name,
                opposite=named_profile(game, opposite),
                other_size=sizes[weakest] - 1,
            )
            conditions.append(LevelConstraint("selected", full(function, functions), told))
        ways.append(tuple(conditions))
    return tuple(ways)


# --------------------------------------------------------------------------- the only outcome


def dominance_orders(functions: LevelFunctions, target: Profile) -> list[Either]:
    """Return that the target is what is left when dominated strategies are crossed out in some order.

    Then every interior trajectory converges to it (Samuelson & Zhang 1992; Hofbauer & Weibull 1996). In two
    populations of two strategies this is necessary as well.

    Raises
    ------
    ComesLater
        P123 where payoffs are not linear in the shares of each population, or populations are too many.
    """
    game = functions.game
    form = game.form
    linear = isinstance(form, SelfMatrix | ProfileTable | PairwiseForm)
    if not linear or len(game.populations) > MOST_ORDERED or game.space.dimension > MOST_DIMENSIONS:
        raise ComesLater(
            "P123",
            say(
                "`only-outcome` requires payoffs from a table and at most {most} populations",
                most=MOST_ORDERED,
            ),
            hint=say("require `only-stable` instead"),
        )
    ways = []
    for order in itertools.permutations(range(len(game.populations))):
        conditions: list[LevelConstraint] = []
        settled: set[int] = set()
        for i in order:
            conditions += _dominant(functions, target, i, settled)
            settled.add(i)
        ways.append(tuple(conditions))
    return [tuple(ways)]


MOST_ORDERED = 4
MOST_DIMENSIONS = 10


def _dominant(
    functions: LevelFunctions, target: Profile, i: int, settled: set[int]
) -> Iterable[LevelConstraint]:
    """Yield that the target's strategy of a population is its best one whatever the unsettled others play."""
    game = functions.game
    own_play = _plays_itself(functions)
    for profile in game.profiles():
        if any(profile[j] != target[j] for j in settled):
            continue
        if not own_play and profile[i] != target[i]:
            continue
        for other in range(game.space.sizes[i]):
            if other == target[i]:
                continue
            gain = functions.gain_between(profile, i, target[i], other)
            population = game.populations[i]
            told = say(
                "{population} earns more by {own} than by {other} at {profile}",
                population=population.name,
                own=population.strategies[target[i]].name,
                other=population.strategies[other].name,
                profile=named_profile(game, profile),
            )
            yield LevelConstraint("dominant", gain, told)

"""What a set of levels costs and leads to: the part of the answer that depends on it alone."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from flint import fmpq

from separatrix.dynamics.basins.outcomes import outcome
from separatrix.errors import ComesLater, InputError, SeparatrixError
from separatrix.exact.algebraic_numbers import rational
from separatrix.exact.rational_functions import Ring
from separatrix.game.model import PAYERS, Profile
from separatrix.game.values import place_of, violated, within_range
from separatrix.policy.permanent.conditions import LevelConstraint, dominance_orders, enclosure
from separatrix.policy.permanent.level_functions import LevelFunction
from separatrix.policy.permanent.nonlinear_programme import cleared, number_at
from separatrix.policy.permanent.problem import TOGETHER, Problem
from separatrix.policy.permanent.results import Levels
from separatrix.sentences import Sentence, say

__all__ = ["idle_costs_least", "levels_at", "only_outcome_at", "remarks_on", "strict_states", "today_at"]


def levels_at(problem: Problem, point: Sequence[Fraction], exact_levels: bool = True) -> Levels:
    """Return levels with what they cost whom at the target."""
    costs = {payer: _cost_at(problem, cost, point) for payer, cost in problem.costs.items()}
    total, told = _cost_at(problem, problem.cost, point)
    return Levels(
        dict(zip(problem.levels, point, strict=True)),
        exact_levels and told,
        {payer: value for payer, (value, _) in costs.items()},
        total,
        None if problem.emissions is None else number_at(problem.emissions, point)[0],
    )


def _cost_at(problem: Problem, cost: LevelFunction, point: Sequence[Fraction]) -> tuple[Fraction, bool]:
    """Return a cost at levels and whether it is exact.

    Raises
    ------
    InputError
        S003, S004 where it has no value there, V307 where it is too large.
    """
    what = say("the cost at the target")
    try:
        value, told = number_at(cost, point)
        return within_range(value, what), told
    except InputError as fault:
        if fault.where is None:
            fault.where = place_of(problem.game, what, cost.expression)
        raise


def idle_costs_least(problem: Problem) -> bool:
    """Return whether it is certain that no levels in their ranges cost less than idle ones."""
    ends = list(zip(problem.idle, problem.bounds, strict=True))
    slopes: Sequence[tuple[Fraction | fmpq, Fraction | fmpq] | None] = [None] * len(ends)
    if problem.cost.affine is not None:
        slopes = [(slope, slope) for slope in problem.cost.affine[0]]
    elif _rises_from_idle(problem):
        return True
    elif all(high is not None for _, (_, high) in ends):
        box = [(low, idle if high is None else high) for idle, (low, high) in ends]
        slopes = enclosure(problem.cost.expression, problem.levels, box).slopes
    # By the mean value theorem, what no level lowers alone none lowers together.
    return not any(
        ((slope is None or slope[1] > 0) and low < idle)
        or ((slope is None or slope[0] < 0) and (high is None or idle < high))
        for slope, (idle, (low, high)) in zip(slopes, ends, strict=True)
    )


def _rises_from_idle(problem: Problem) -> bool:
    """Return whether the cost is a polynomial whose terms never fall as levels leave idle."""
    ring = Ring(problem.levels)
    try:
        cost = ring.read(problem.cost.expression)
    except ComesLater:
        return False
    if not cost.denominator.is_constant():
        return False
    above = cost.numerator / cost.denominator.leading_coefficient()
    steps, both_ways = [], []
    for k, (name, idle, (low, high)) in enumerate(
        zip(problem.levels, problem.idle, problem.bounds, strict=True)
    ):
        step = ring.variable(name).numerator
        steps.append(ring.one * rational(idle) + (step if low >= idle else -step))
        if low < idle and (high is None or idle < high):
            both_ways.append(k)
    terms = above.compose(*steps).to_dict().items()
    return all(
        value >= 0 and not any(int(powers[k]) % 2 for k in both_ways)
        for powers, value in terms
        if any(int(power) for power in powers)
    )


def strict_states(problem: Problem, levels: Levels) -> tuple[Profile, ...]:
    """Return the pure states that are strict Nash equilibria at levels."""
    functions = problem.functions
    point = tuple(levels.levels[name] for name in problem.levels)

    def is_strict(profile: Profile) -> bool:
        try:
            return all(
                cleared(LevelConstraint("gain", functions.gain(d), say("it earns more by staying")), point)
                for d in functions.deviations(profile)
            )
        except InputError:  # a payoff has no value there
            return False

    return tuple(profile for profile in functions.game.profiles() if is_strict(profile))


def only_outcome_at(problem: Problem, levels: Levels) -> Sentence | None:
    """Return why all interior trajectories converge to the target at levels, if that is proven."""
    try:
        (orders,) = dominance_orders(problem.functions, problem.target)
    except ComesLater:
        return None
    point = tuple(levels.levels[name] for name in problem.levels)
    if any(all(cleared(c, point) for c in way) for way in orders):
        return say(
            "every interior trajectory converges to the target: iterated strict dominance "
            "eliminates all other strategies"
        )
    return None


def today_at(problem: Problem, levels: Levels) -> str | None:
    """Return the outcome of today's state at levels: ``target``, or the name of another; None if unknown."""
    if problem.game.today is None and problem.dates is None:
        return None
    start = problem.game.today if problem.dates is None else problem.dates.start
    values: dict[str, object] = {**problem.functions.values, **levels.levels}
    try:
        found = outcome(problem.game, start, values)
    except SeparatrixError:
        return None
    corner = tuple(float(v) for v in problem.game.space.corner(problem.target))
    return "target" if found.ending.state == corner else found.name


def remarks_on(problem: Problem) -> tuple[Sentence, ...]:
    """Return what is to be noted of a problem."""
    result = []
    if problem.dates is not None and problem.dates.for_basin and problem.dates.by is not None:
        result.append(
            say(
                "no condition in closed form is known for today's basin in such a game, so trajectories were "
                "followed up to the time {by}; levels that carry today's state to the target more slowly are "
                "not counted",
                by=f"{problem.dates.by:.3g}",
            )
        )
    if "selected" in problem.required and len(problem.game.populations) > 1:
        result.append(
            say(
                "two populations are judged in the limit of strong selection; `separatrix "
                "stationary` computes the long run at one intensity"
            )
        )
    result += _without_price(problem)
    broken = violated(
        problem.game, {**problem.functions.values, **dict(zip(problem.levels, problem.idle, strict=True))}
    )
    if broken:
        result.append(
            say("the values violate the assumptions of the game: {broken}", broken="; ".join(broken))
        )
    return tuple(result)


def _without_price(problem: Problem) -> list[Sentence]:
    """Return which instruments change nothing of the cost that is made least, and what follows."""
    if len(problem.priceless) == len(problem.levels):
        if problem.dates is None:
            return [
                say(
                    "no instrument has a relevant cost at the target, so the programme uses them "
                    "as little as possible, each measured by its range"
                )
            ]
        return [
            say(
                "no instrument has a relevant cost at the target, so the programme is one of "
                "many with the same cost"
            )
        ]
    payers = set(PAYERS) if problem.payer == TOGETHER else {problem.payer}
    untold = [n for n in problem.priceless if not payers & problem.game.instruments[n].cost.keys()]
    nothing = [n for n in problem.priceless if n not in untold]
    result = []
    if untold:
        result.append(say("no cost to the payer is given; treated as free: {names}", names=", ".join(untold)))
    if nothing:
        result.append(
            say(
                "no cost at the target, where costs are evaluated; treated as free, though it "
                "may cost on the way there: {names}",
                names=", ".join(nothing),
            )
        )
    return result

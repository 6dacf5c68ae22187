"""The cheapest programme where costs or conditions are not affine in the levels: between two proven "
"bounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from separatrix.errors import InputError
from separatrix.expression.tree import Call, Name, add, multiply, negate, number, subtract
from separatrix.policy.permanent.branch_and_bound import Box, GlobalAnswer, global_answer
from separatrix.policy.permanent.conditions import (
    Either,
    LevelConstraint,
    enclosure,
    fixed,
    full,
    sign_at,
    summed_up,
    weighted,
)
from separatrix.policy.permanent.level_functions import LevelFunction
from separatrix.policy.permanent.problem import Problem
from separatrix.policy.permanent.results import Demand, Shortfall
from separatrix.sentences import say

__all__ = ["box_of", "cleared", "nonlinear_answer", "nonlinear_demands", "nonlinear_shortfalls", "number_at"]

SPARING = Fraction(1, 10**4)
"""How near the bounds of the use of instruments come, of programmes that cost the same."""

ROUGH = Fraction(1, 10**4)
"""How near the bounds come of by how much a condition fails."""


def nonlinear_answer(problem: Problem, margin: Fraction = Fraction(0)) -> GlobalAnswer:
    """Return bounds of the least cost of a problem, with a programme that costs the upper one.

    Raises
    ------
    InputError
        P133 for an instrument without a range.
    """
    demands = (*(problem.cautious if margin else problem.demands), *problem.limits)
    box = box_of(problem)
    if len(problem.priceless) == len(problem.levels):
        found = global_answer(problem.levels, box, _use(problem, box), demands, margin)
        cost = None if found.point is None else problem.cost.at(found.point)
        return found if cost is None else replace(found, low=cost, high=cost)
    found = global_answer(problem.levels, box, problem.cost, demands, margin)
    if not problem.priceless or found.point is None or found.high is None:
        return found
    # Of all that cost no more, the one that uses instruments least.
    dear = full(weighted([(Fraction(-1), problem.cost)], found.high), problem.functions)
    told = say("it costs at most as much as the cheapest programme found")
    cheap = ((LevelConstraint("budget", dear, told, strict=False, in_payoffs=False),),)
    sparing = global_answer(
        problem.levels, box, _use(problem, box), (*demands, cheap), margin, precise=SPARING
    )
    if sparing.point is None:
        return found
    cost, _ = number_at(problem.cost, sparing.point)
    high = min(found.high, cost)
    return replace(
        found, low=None if found.low is None else min(found.low, high), high=high, point=sparing.point
    )


def _use(problem: Problem, box: Box) -> LevelFunction:
    """Return how far levels are from idle, each measured by its range."""
    terms = []
    slopes: list[Fraction] | None = []
    for name, idle, (low, high) in zip(problem.levels, problem.idle, box, strict=True):
        width = high - low or Fraction(1)
        above = subtract(Name(name), number(idle))
        far = above if idle <= low else negate(above) if idle >= high else Call("max", (above, negate(above)))
        terms.append(multiply(number(1 / width), far))
        if slopes is not None:
            slopes = None if low < idle < high else [*slopes, (1 if idle <= low else -1) / width]
    affine = None
    if slopes is not None:
        constant = -sum((s * idle for s, idle in zip(slopes, problem.idle, strict=True)), Fraction(0))
        affine = (tuple(slopes), constant)
    return LevelFunction(add(*terms), problem.levels, affine)


def box_of(problem: Problem) -> Box:
    """Return the ranges of all levels; raise P133 where one has no end."""
    result = []
    for name, (low, high) in zip(problem.levels, problem.bounds, strict=True):
        if high is None:
            raise InputError(
                "P133",
                say(
                    "`{name}` has no range, but the conditions are not affine in the levels, "
                    "which requires a search",
                    name=name,
                ),
                hint=say(
                    "the search needs a box: give a range, or a limit, as in --level {name}=0:1", name=name
                ),
            )
        result.append((low, high))
    return tuple(result)


def cleared(condition: LevelConstraint, point: Sequence[Fraction]) -> bool:
    """Return whether levels satisfy a condition, for certain."""
    if condition.function.affine is None:
        sign = sign_at(condition.function.expression, condition.function.levels, point)
        return sign is not None and (sign > 0 or (sign == 0 and not condition.strict))
    value = condition.function.at(point)
    return value > 0 if condition.strict else value >= 0


def number_at(function: LevelFunction, point: Sequence[Fraction]) -> tuple[Fraction, bool]:
    """Return the value of a function at levels, and whether it is exact; else it is rounded to 19 digits."""
    try:
        return function.at(point), True
    except (InputError, KeyError):  # no rational number, or a function that has none
        found = enclosure(function.expression, function.levels, [(u, u) for u in point])
        if found.low is None or found.high is None:
            raise
        middle = (found.low + found.high) / 2
        return Fraction(int(middle.p), int(middle.q)), False


def nonlinear_demands(problem: Problem, point: Sequence[Fraction]) -> tuple[Demand, ...]:
    """Return the conditions that levels satisfy, of alternatives those that hold, without prices."""
    result = []
    for either in (*problem.demands, *problem.limits):
        way = next((way for way in either if all(cleared(c, point) for c in way)), ())
        for condition in way:
            value, _ = number_at(condition.function, point)
            result.append(Demand(condition.kind, condition.told, float(value), None))
    return tuple(result)


def nonlinear_shortfalls(problem: Problem) -> tuple[Shortfall, ...]:
    """Return the conditions that fail alone and by how much, else the first that fails with those before."""
    box, everything = box_of(problem), (*problem.demands, *problem.limits)
    alone = []
    for either in everything:
        for condition in either[0] if len(either) == 1 else ():
            lack = _lack(problem, box, condition, ())
            if lack is not None and (lack > 0 or (lack == 0 and condition.strict)):
                by = None if fixed(condition) else lack
                alone.append(Shortfall(condition.kind, condition.told, by, True))
    if alone:
        return tuple(alone)
    nothing = full(weighted([]), problem.functions)
    for k, either in enumerate(everything):
        if global_answer(problem.levels, box, nothing, everything[: k + 1]).point is None:
            plain = len(either) == 1 and len(either[0]) == 1
            lack = _lack(problem, box, either[0][0], everything[:k]) if plain else None
            told = summed_up(either, problem.game, problem.target)
            return (Shortfall(either[0][0].kind, told, lack, False),)
    return ()


def _lack(
    problem: Problem, box: Box, condition: LevelConstraint, before: Sequence[Either]
) -> Fraction | None:
    """Return the least violation of a condition given others; below 0 if it can hold."""
    missed = full(weighted([(Fraction(-1), condition.function)]), problem.functions)
    found = global_answer(problem.levels, box, missed, before, precise=ROUGH)
    if found.low is None or found.low < 0:
        return found.low
    return found.low if found.high is None else found.high

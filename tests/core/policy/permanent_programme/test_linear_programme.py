"""Cheapest programmes that are linear: the corners of all levels, enumerated exactly, know no cheaper one."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction

import pytest

import separatrix
from core.policy.permanent_programme.tripartite import Rows, brute_force, random_tripartite
from separatrix.policy.permanent.linear_programme import LinearAnswer, linear_answer
from separatrix.policy.permanent.problem import Problem, problem_of


def affine(problem: Problem, choice: tuple[int, ...]) -> Rows:
    """Return the conditions of one choice of alternatives."""
    found = []
    for either, a in zip(problem.demands, choice, strict=True):
        for condition in either[a]:
            assert condition.function.affine is not None
            found.append(condition.function.affine)
    return found


def by_brute_force(problem: Problem) -> tuple[Fraction, bool] | None:
    """Return the infimum over all choices of alternatives, and whether some of them attains it."""
    assert problem.cost.affine is not None
    box = [(low, high) for low, high in problem.bounds if high is not None]
    best: tuple[Fraction, bool] | None = None
    for choice in itertools.product(*(range(len(either)) for either in problem.demands)):
        found = brute_force(problem.cost.affine, affine(problem, choice), box)
        if found is not None and (best is None or (found[0], not found[1]) < (best[0], not best[1])):
            best = found
    return best


def compare(seed: int, count: int, require: tuple[str, ...]) -> set[str]:
    """Hold random games against brute force, and return what was seen."""
    rng = random.Random(seed)
    seen = set()
    for _ in range(count):
        game = separatrix.load(random_tripartite(rng))
        problem = problem_of(game, require=require)
        found, expected = linear_answer(problem), by_brute_force(problem)
        if expected is None:
            assert found is None
            seen.add("unreachable")
            continue
        assert isinstance(found, LinearAnswer)
        assert (found.value, found.attained) == expected
        assert problem.cost.at(found.point) == found.value
        seen.add("attained" if found.attained else "infimum")
    return seen


def test_random_tripartite_games_cost_what_their_corners_say() -> None:
    """The same infimum exactly, the same answer to whether it is attained, and to whether there is any."""
    assert compare(1, 60, ()) == {"unreachable", "attained", "infimum"}


@pytest.mark.soak
def test_random_tripartite_games_with_no_other_stable_state() -> None:
    """A tree over alternatives finds what enumerating all choices of them finds."""
    assert {"unreachable", "infimum"} <= compare(2, 3, ("only-stable",))


@pytest.mark.soak
def test_a_thousand_random_tripartite_games() -> None:
    """The same on a thousand games, and on some with no other stable state."""
    assert compare(3, 1000, ()) == {"unreachable", "attained", "infimum"}
    compare(4, 40, ("only-stable",))

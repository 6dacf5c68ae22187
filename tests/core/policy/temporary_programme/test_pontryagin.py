"""Switching functions against differences of costs: what the maximum principle says is what happens."""

from __future__ import annotations

import numpy as np
import pytest

import separatrix
from separatrix.policy.temporary.control_problem import control_problem
from separatrix.policy.temporary.direct_shooting import cheapest_constant, constant_at
from separatrix.policy.temporary.pontryagin import pontryagin
from separatrix.policy.temporary.target_set import target_point, target_set
from thinning import thinned

from .games import paper

START = np.array([0.2, 0.3])


@thinned("cost", ["cut*(x + y)", "cut^2*(x + y)", "cut*(2 - x)*(1 + y)"], each_run=1)
def test_the_switching_function_adds_up_to_what_a_higher_level_costs(cost: str) -> None:
    """The integral of the switching function is the derivative of the cost by the level, to the boundary."""
    game = paper(cost=cost)
    problem = control_problem(game, ["cut"])
    analysis = separatrix.analyze(game)
    basin = target_set(analysis, target_point(analysis, "E4"))

    def held(level: float) -> float:
        made = constant_at(problem, START, basin, np.array([level]), 0.0, None)
        assert made is not None
        return made.cost

    made = constant_at(problem, START, basin, np.array([3.0]), 0.0, None)
    assert made is not None
    principle = pontryagin(problem, basin, made)
    assert principle is not None
    slope = (held(3.01) - held(2.99)) / 0.02
    assert float(np.trapezoid(principle.switching[:, 0], principle.times)) == pytest.approx(slope, rel=2e-3)


@pytest.mark.soak
def test_a_level_between_its_limits_is_no_singular_arc_where_its_switching_function_is_not_zero() -> None:
    """Three of four is no extremal: the principle says that more would save a good part of the cost."""
    game = paper()
    problem = control_problem(game, ["cut"])
    analysis = separatrix.analyze(game)
    basin = target_set(analysis, target_point(analysis, "E4"))
    made = constant_at(problem, START, basin, np.array([3.0]), 0.0, None)
    best = cheapest_constant(problem, START, basin, 0.0, None)
    assert made is not None and best is not None
    inner, extremal = pontryagin(problem, basin, made), pontryagin(problem, basin, best)
    assert inner is not None and extremal is not None
    assert [arc.kind for arc in inner.arcs] == ["inner"] and not inner.singular
    assert inner.gain > 0.1 > 1e-6 > extremal.gain
    assert [arc.kind for arc in extremal.arcs] == ["high"]
    assert (extremal.switching[:-1] < 0).all()


def test_the_hamiltonian_vanishes_along_an_extremal() -> None:
    """Of a free end time, without discount: at the end the switching function is 0 where its cost is."""
    game = paper()
    problem = control_problem(game, ["cut"])
    analysis = separatrix.analyze(game)
    basin = target_set(analysis, target_point(analysis, "E4"))
    best = cheapest_constant(problem, START, basin, 0.0, None)
    assert best is not None
    principle = pontryagin(problem, basin, best)
    assert principle is not None
    # With levels idle the separatrix is not crossed: all that crosses it is the level, so that u·S = H = 0.
    assert abs(principle.switching[-1, 0]) < 1e-4

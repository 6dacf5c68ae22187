"""Whole flows with cuts for temperatures against the programme that splits every flow."""

from __future__ import annotations

import numpy as np
import pytest

from cluster.symbiosis.instances import instance
from separatrix.cluster.symbiosis.cascade_cuts import solved_by_cuts
from separatrix.cluster.symbiosis.mixed_integer_program import connected_parts, program_of, solved
from separatrix.cluster.symbiosis.optimal_exchange import optimal_exchange


@pytest.mark.parametrize("seed", range(4))
def test_both_ways_find_the_same_value_of_heat(seed: int) -> None:
    """The bound of the cuts is none below the true value, and what they find is none above it."""
    problem = instance(seed, streams=50, enterprises=8, facilities=1)
    parts = [p for p in connected_parts(problem) if any(len(problem.matches[m].cells) > 1 for m in p)]
    assert parts
    for part in parts:
        whole = program_of(problem, part)
        direct = solved(whole, gap=1e-6)
        program, found = solved_by_cuts(problem, part, gap=1e-3, seconds=20.0)
        assert direct.values is not None and found.values is not None
        best = float(np.dot(whole.gain, direct.values))
        assert found.bound >= best * (1 - 1e-5)
        assert best * (1 - 0.02) - 1 <= float(np.dot(program.gain, found.values)) <= best * (1 + 1e-6) + 1


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10))
def test_two_hundred_streams_are_solved_to_one_percent(seed: int) -> None:
    """Against the solver's bound for all admissible matches, from the value computed again in fractions."""
    plan = optimal_exchange(instance(seed), gap=0.005, seconds=30.0)
    assert plan.gap <= 0.01

"""Whole flows with cuts for temperatures against the programme that splits every flow."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import separatrix_cluster.symbiosis.cascade_cuts as cascade_cuts
from cluster.symbiosis.instances import instance
from separatrix_cluster.symbiosis.cascade_cuts import MOST_CELLS, solve_part, solved_by_cuts
from separatrix_cluster.symbiosis.mixed_integer_program import (
    Program,
    Solved,
    connected_parts,
    program_of,
    solved,
)
from separatrix_cluster.symbiosis.optimal_exchange import optimal_exchange
from separatrix_cluster.symbiosis.problem import ExchangeProblem


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


def _without_binaries(problem: ExchangeProblem) -> ExchangeProblem:
    direct = [m for m in problem.matches if m.facility is None]
    free = (replace(m, yearly_cost=0.0, investment=0.0, minimum_lot=0.0) for m in direct)
    return replace(problem, matches=tuple(free))


@pytest.mark.parametrize("seed", range(3))
def test_a_large_part_without_binary_variables_is_solved_as_a_linear_programme(seed: int) -> None:
    """Its value is that of the whole programme, and its own bound, where cuts would end short of it."""
    problem = _without_binaries(instance(seed))
    large = [
        part
        for part in connected_parts(problem)
        if sum(len(problem.matches[m].cells) for m in part) > MOST_CELLS
    ]
    assert large
    for part in large:
        program, found = solve_part(problem, part, gap=1e-2, seconds=60.0)
        assert found.values is not None
        assert not any(program.binary)
        value = float(np.dot(program.gain, found.values))
        assert found.bound == pytest.approx(value, rel=1e-9)
        whole = solved(program_of(problem, part), gap=0.0)
        assert value == pytest.approx(whole.bound, rel=1e-9)


@pytest.mark.parametrize(
    "cut", [Solved(None, 1e9, infeasible=False), Solved(np.zeros(0), 1e9, infeasible=False)]
)
def test_where_cuts_leave_a_gap_the_whole_programme_is_solved(
    cut: Solved, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A part with binary variables is worth what the whole programme is, whatever cuts come to."""
    problem = instance(1, streams=50, enterprises=8, facilities=1)
    part = max(connected_parts(problem), key=len)
    monkeypatch.setattr(cascade_cuts, "MOST_CELLS", 0)
    monkeypatch.setattr(cascade_cuts, "solved_by_cuts", lambda *_, **__: (Program(), cut))
    program, found = solve_part(problem, part, gap=1e-6, seconds=60.0)
    assert found.values is not None
    assert any(program.binary)
    whole = solved(program_of(problem, part), gap=1e-6)
    assert float(np.dot(program.gain, found.values)) == pytest.approx(whole.bound, rel=1e-5)
    assert found.bound == pytest.approx(whole.bound, rel=1e-5)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10))
def test_two_hundred_streams_are_solved_to_one_percent(seed: int) -> None:
    """Against the solver's bound for all admissible matches, from the value computed again in fractions."""
    plan = optimal_exchange(instance(seed), gap=0.005, seconds=30.0)
    assert plan.gap <= 0.01

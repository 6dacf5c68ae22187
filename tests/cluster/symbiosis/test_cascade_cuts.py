"""Whole flows with cuts for temperatures against the programme that splits every flow."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import separatrix_cluster.symbiosis.cuts as cascade_cuts
from cluster.symbiosis.instances import instance
from separatrix_cluster.symbiosis.cuts import MOST_CELLS, first_results, solve_part, solved_by_cuts
from separatrix_cluster.symbiosis.mixed_integer_program import (
    Program,
    Solved,
    connected_parts,
    program_of,
    solved,
)
from separatrix_cluster.symbiosis.optimal_exchange import optimal_exchange
from separatrix_cluster.symbiosis.problem import ExchangeProblem

Way = Callable[..., tuple[Program, Solved]]


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


def _whole_value(problem: ExchangeProblem, part: Sequence[int]) -> float:
    return solved(program_of(problem, part), gap=1e-6).bound


def _poor_cuts(*_: object, gap: float, seconds: float) -> tuple[Program, Solved]:
    return Program(), Solved(np.zeros(0), 1e9, infeasible=False)


def _late(*_: object, gap: float, seconds: float) -> tuple[Program, Solved]:
    time.sleep(600)
    return Program(), Solved(None, 1e9, infeasible=False)


def _broken(*_: object, gap: float, seconds: float) -> tuple[Program, Solved]:
    raise ValueError


@pytest.mark.parametrize(
    ("whole", "cuts"),
    [
        (None, _poor_cuts),
        (None, _broken),
        (_late, _late),
        (_broken, _broken),
    ],
)
def test_a_large_part_is_worth_what_the_whole_programme_is(
    whole: Way | None, cuts: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever cuts come to, and where neither process answers in time."""
    problem = instance(1, streams=50, enterprises=8, facilities=1)
    part = max(connected_parts(problem), key=len)
    monkeypatch.setattr(cascade_cuts, "MOST_CELLS", 0)
    monkeypatch.setattr(cascade_cuts, "LATE", -0.5 if whole is _late else 0.5)
    monkeypatch.setattr(cascade_cuts, "solved_by_cuts", cuts)
    if whole is not None:
        monkeypatch.setattr(cascade_cuts, "_solved_whole", whole)
    program, found = solve_part(problem, part, gap=1e-6, seconds=6.0 if whole is _late else 60.0)
    assert found.values is not None
    assert any(program.binary)
    best = _whole_value(problem, part)
    assert float(np.dot(program.gain, found.values)) == pytest.approx(best, rel=1e-5)
    assert found.bound == pytest.approx(best, rel=1e-5)


def test_without_a_second_processor_no_process_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """A single processor solves the whole programme, here."""
    monkeypatch.setattr(cascade_cuts, "_processors", lambda: 1)
    assert list(first_results((_poor_cuts, _poor_cuts), (), gap=0.0, seconds=60.0)) == []


def test_processes_end_with_the_generator() -> None:
    """The slower one is not waited for, and does not stay."""
    results = first_results((_late, _poor_cuts), (), gap=0.0, seconds=60.0)
    place, _ = next(results)
    started = inspect.getgeneratorlocals(results)["started"]
    assert place == 1
    assert started[0].poll() is None
    results.close()
    assert all(process.poll() is not None for process in started)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for the process in /proc")
def test_processes_end_with_the_one_that_started_them() -> None:
    """Also where it is killed, and can close nothing."""
    script = """
import inspect
import sys
from separatrix_cluster.symbiosis.cuts import first_results
from cluster.symbiosis.test_cascade_cuts import _late, _poor_cuts
results = first_results((_late, _poor_cuts), (), gap=0.0, seconds=60.0)
next(results)
print(inspect.getgeneratorlocals(results)["started"][0].pid, flush=True)
sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    ) as parent:
        assert parent.stdout is not None
        late = int(parent.stdout.readline())
        parent.kill()
    for _ in range(300):
        if not _runs(late):
            break
        time.sleep(0.1)
    assert not _runs(late)


def _runs(process: int) -> bool:
    """Return whether a process runs; one that has ended may still have its place in the table."""
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10))
def test_two_hundred_streams_are_solved_to_one_percent(seed: int) -> None:
    """Against the solver's bound for all admissible matches, from the value computed again in fractions."""
    plan = optimal_exchange(instance(seed), gap=0.005, seconds=30.0)
    assert plan.gap <= 0.01

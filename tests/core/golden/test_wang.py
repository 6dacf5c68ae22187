"""A published model of three parties and 24 parameters."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction
from typing import Any

import pytest

import separatrix
from core.oracles.strict_sets import possible_stable_sets
from separatrix.expression.conditions import holds
from separatrix.expression.evaluation import evaluate
from separatrix.game.values import with_lets

STAGES = {
    "stage-0": (0, 0, 0),
    "stage-1": (0, 0, 1),
    "stage-2": (1, 0, 1),
    "stage-3": (1, 1, 1),
    "stage-4": (1, 1, 0),
}


@pytest.fixture(scope="module")
def game() -> Any:
    """The published model."""
    return separatrix.load("wang-2023")


@pytest.fixture(scope="module")
def symbolic(game: Any) -> Any:
    """The answer in 24 symbols."""
    return separatrix.analyze(game, symbolic=True)


def test_size(game: Any) -> None:
    """It has 24 parameters and five scenarios, one a stage, and all satisfy the assumptions."""
    assert len(game.parameters) == 24
    assert list(game.scenarios) == list(STAGES)
    for values in game.scenarios.values():
        all_values = {n: p.value for n, p in game.parameters.items()} | dict(values)
        assert all(holds(c, all_values) for c, _ in game.assumptions)


@pytest.mark.parametrize(("stage", "state"), STAGES.items())
def test_stable_state_of_each_stage(game: Any, stage: str, state: tuple[int, ...]) -> None:
    """In each stage exactly the state that the paper reports is asymptotically stable."""
    answer = separatrix.analyze(game, scenario=stage)
    assert [p.state for p in answer.rest_points if p.stability == "asymptotically stable"] == [state]
    assert answer.completeness.status == "complete"


def test_the_point_that_was_never_looked_at(game: Any) -> None:
    """In stage 4 enterprises and government circle a mixed point as long as the public stays away."""
    answer = separatrix.analyze(game, scenario="stage-4")
    (point,) = (p for p in answer.rest_points if p.free == (0, 2) and p.state[1] == 0)
    assert point.state == pytest.approx((0.397590, 0, 0.379518), abs=1e-6)
    values = sorted(point.eigenvalues, key=lambda v: (round(v.real, 6), v.imag))
    assert [round(v.real, 3) for v in values] == [0, 0, 6.193]
    assert [round(v.imag, 3) for v in values] == [-1.971, 1.971, 0]
    assert point.stability == "unstable"
    assert point.nash is False


def test_government_at_the_edge_in_stage_1(game: Any) -> None:
    """In stage 1 the government is indifferent where enterprises control and the public stays away."""
    answer = separatrix.analyze(game, scenario="stage-1")
    assert any(p.free == (2,) and all(s[0] == 1 and s[1] == 0 for s in p.samples) for p in answer.rest_sets)
    ends = [p for p in answer.rest_points if p.state[:2] == (1, 0)]
    assert [p.isolated for p in ends] == [False, False]


def _stable(regime: Any) -> frozenset[tuple[int, ...]]:
    return frozenset(tuple(int(evaluate(e, {})) for e in state) for state in regime.stable)


def test_fifteen_regimes(game: Any, symbolic: Any) -> None:
    """The regimes are the 15 sets that an independent enumeration finds, each once."""
    assert symbolic.regimes_completeness.status == "complete"
    found = [_stable(r) for r in symbolic.regimes]
    assert len(found) == len(set(found)) == 15
    assert set(found) == possible_stable_sets(game)


def test_witnesses(game: Any, symbolic: Any) -> None:
    """Each regime's witness is admissible, and the numbers agree there."""
    for regime in symbolic.regimes:
        assert all(holds(c, regime.witness) for c, _ in game.assumptions)
        assert holds(regime.condition, with_lets(game, regime.witness))
        answer = separatrix.analyze(game, values=dict(regime.witness))
        stable = {p.state for p in answer.rest_points if p.stability == "asymptotically stable"}
        assert stable == _stable(regime)


def test_regimes_partition(game: Any, symbolic: Any) -> None:
    """Random admissible parameters lie in one regime, whose states are the strict profiles there."""
    rng = random.Random(7)
    seen = set()
    for _ in range(150):
        values = _admissible(game, rng)
        known = with_lets(game, values)
        inside = [r for r in symbolic.regimes if holds(r.condition, known)]
        assert len(inside) == 1
        answer = separatrix.analyze(game, values=values)
        stable = {p.state for p in answer.rest_points if p.stability == "asymptotically stable"}
        assert stable == _stable(inside[0])
        seen.add(_stable(inside[0]))
    assert len(seen) > 4


def _admissible(game: Any, rng: random.Random) -> dict[str, Fraction]:
    while True:
        values = {}
        for name, parameter in game.parameters.items():
            low, high = parameter.range
            values[name] = low + (high - low) * Fraction(rng.randint(0, 20), 20)
        if all(holds(c, values) for c, _ in game.assumptions):
            return values


def test_all_faces_are_listed_in_symbols(symbolic: Any) -> None:
    """Eight pure profiles, six mixed points on faces and two in the interior are candidates."""
    assert symbolic.completeness.status == "complete"
    counts = dict.fromkeys((0, 2, 3), 0)
    for point in symbolic.rest_points:
        counts[len(point.free)] += 1
    assert counts[0] == 8
    assert counts[2] <= 6 and counts[3] <= 2
    faces = {(p.free, tuple(len(s) for s in p.support)) for p in symbolic.rest_points if len(p.free) == 2}
    assert {f for f, _ in faces} == set(itertools.combinations(range(3), 2))


def test_symbols_agree_with_numbers(game: Any, symbolic: Any) -> None:
    """In every stage the points whose condition holds are those that the numbers list, at the same place."""
    for stage in STAGES:
        base = {n: p.value for n, p in game.parameters.items()}
        values = with_lets(game, base | dict(game.scenarios[stage]))
        answer = separatrix.analyze(game, scenario=stage)
        isolated = [p.state for p in answer.rest_points if p.isolated and len(p.free) == 2]
        claimed = [
            tuple(float(evaluate(e, values)) for e in p.exact)
            for p in symbolic.rest_points
            if len(p.free) == 2 and holds(p.exists, values)
        ]
        assert len(claimed) == len(isolated)
        for place, state in zip(sorted(claimed), sorted(isolated), strict=True):
            assert place == pytest.approx(state)

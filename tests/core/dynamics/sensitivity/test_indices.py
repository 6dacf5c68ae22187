"""What is asked of every draw, and the indices of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

import separatrix
from separatrix.dynamics.observables import drawn_observable, value_at
from separatrix.dynamics.parameter_uncertainty.drawn_outcomes import DrawnGame, outcomes_of, times_of
from separatrix.dynamics.parameter_uncertainty.uncertainty import uncertainty_of, unit_cube
from separatrix.errors import SeparatrixError
from separatrix.game.model import Game

THREE = {
    "title": "Three who gain by doing as the others do",
    "populations": [{"name": n, "share": s} for n, s in (("A", "x"), ("B", "y"), ("C", "z"))],
    "parameters": {"a": {"value": 1, "uncertain": {"uniform": ["1/2", 2]}}, "b": 1},
    "advantages": {"x": "y + z - a", "y": "x + z - b", "z": "x + y - a*b"},
    "today": {"x": 0.6, "y": 0.5, "z": 0.55},
}
HAWKS = {
    "title": "Hawk and dove",
    "parameters": {"V": {"value": 4, "uncertain": {"uniform": [2, 9]}}, "C": 6},
    "payoff_matrix": [["(V - C)/2", "V"], [0, "V/2"]],
    "today": {"x": 0.5},
}
ROCK = {
    "title": "Rock, paper, scissors",
    "populations": [{"name": "P", "share": "x", "strategies": ["r", "p", "s"]}],
    "parameters": {"w": {"value": 2, "uncertain": {"choice": ["1/2", 2]}}},
    "payoff_matrix": [[0, -1, "w"], ["w", 0, -1], [-1, "w", 0]],
    "today": {"x_r": 0.5, "x_p": 0.3, "x_s": 0.2},
}
EQUATIONS: dict[str, Any] = {
    "title": "Only equations were published",
    "populations": [{"name": "A", "share": "x"}, {"name": "B", "share": "y"}],
    "parameters": {"a": {"value": 0.5, "uncertain": {"uniform": [0.2, 0.8]}}},
    "replicator": {"x": "x*(1 - x)*(y - a)", "y": "y*(1 - y)*(x - a)"},
    "today": {"x": 0.4, "y": 0.6},
}


def drawn(source: str | Mapping[str, Any], count: int = 12, **options: Any) -> DrawnGame:
    """Return a game and some draws of its parameters."""
    game = separatrix.load(source)
    uncertainty = uncertainty_of(game, **options)
    analysis = separatrix.analyze(game, uncertainty.base)
    return DrawnGame(
        uncertainty, analysis, uncertainty.draws(unit_cube(len(uncertainty.names), count, 3, "random"))
    )


def values_of(made: DrawnGame, k: int) -> dict[str, object]:
    """Return the values of one draw."""
    return dict(made.uncertainty.at(made.draws, k))


SOURCES: list[tuple[Any, dict[str, Any], list[float]]] = [
    ("shi-chen-2018", {"spread": "30%"}, [0.55, 0.6]),
    ("coal-safety", {"scenario": "H10"}, [0.3, 0.3]),
    (THREE, {}, [0.6, 0.5, 0.55]),
    (HAWKS, {}, [0.2]),
    (ROCK, {}, [0.5, 0.3, 0.2]),
    (EQUATIONS, {}, [0.4, 0.6]),
]
NAMES = ["shi-chen", "coal", "three", "hawks", "rock", "equations"]


@pytest.mark.parametrize(("source", "options", "start"), SOURCES, ids=NAMES)
def test_outcomes_are_those_of_each_draw_alone(
    source: Any, options: dict[str, Any], start: list[float]
) -> None:
    """Followed with the values of one draw alone, the trajectory comes to where the draw is said to end."""
    made = drawn(source, **options)
    names = outcomes_of(made, start)
    states = {p.id: p.state for p in made.analysis.rest_points}
    for k, name in enumerate(names):
        game = made.uncertainty.game
        orbit = separatrix.trajectory(game, start, values_of(made, k), until=400, points=2)
        if name in ("cycle", "other", "undecided"):
            assert not any(
                s is not None and np.allclose(orbit.states[-1], s, atol=1e-3) and set(s) <= {0.0, 1.0}
                for s in states.values()
            )
        elif set(states[str(name)] or ()) <= {0.0, 1.0}:
            assert orbit.states[-1] == pytest.approx(states[str(name)], abs=1e-3)
        else:  # a mixed rest point moves with the parameters
            own = separatrix.analyze(game, values_of(made, k))
            sinks = [p.state for p in own.rest_points if p.stability == "asymptotically stable"]
            assert any(orbit.states[-1] == pytest.approx(s, abs=1e-3) for s in sinks)


@pytest.mark.parametrize(
    ("source", "options", "start"), SOURCES[:3] + SOURCES[5:], ids=[*NAMES[:3], NAMES[5]]
)
def test_times_are_those_of_the_critical_shock(
    source: Any, options: dict[str, Any], start: list[float]
) -> None:
    """`critical_shock` tells when every share is within 0.01 of the end, in every draw that ends."""
    made = drawn(source, 3, **options)
    found = times_of(made, start)
    assert np.isfinite(found).any()
    for k, time in enumerate(found):
        shock = separatrix.critical_shock(made.uncertainty.game, start, values_of(made, k))
        if np.isnan(time):
            assert shock.time is None
        else:
            assert shock.time == pytest.approx(time, rel=0.02)


def test_basins_are_those_of_each_draw_alone() -> None:
    """The share of a basin in a draw is that of `basins` at its values."""
    made = drawn("shi-chen-2018", 8, spread="30%")
    found = drawn_observable("basin:E4", made.uncertainty).answer(made.draws)
    for k, share in enumerate(found):
        alone = separatrix.basins(made.uncertainty.game, values_of(made, k)).fractions
        assert share == pytest.approx(alone.get("E4", 0.0), abs=1e-6)
    cycles = drawn("coal-safety", 8, scenario="H8")
    circling = drawn_observable("basin:cycle", cycles.uncertainty).answer(cycles.draws)
    for k, share in enumerate(circling):
        alone = separatrix.basins(cycles.uncertainty.game, values_of(cycles, k)).fractions
        assert share == alone.get("cycle", 0.0)


@pytest.mark.parametrize(("source", "options", "start"), SOURCES, ids=NAMES)
def test_stability_is_that_of_each_draw_alone(
    source: Any, options: dict[str, Any], start: list[float]
) -> None:
    """Of every rest point at the baseline values, pure or mixed."""
    made = drawn(source, 8, **options)
    for point in made.analysis.rest_points:
        found = drawn_observable(f"stable:{point.id}", made.uncertainty).answer(made.draws)
        for k, value in enumerate(found):
            own = separatrix.analyze(made.uncertainty.game, values_of(made, k))
            labels = [p.stability for p in own.rest_points if p.support == point.support]
            assert value == ("asymptotically stable" in labels)


def test_a_degenerate_value_is_left_to_exact_analysis() -> None:
    """At H = 9 an eigenvalue of E4 is exactly zero; such draws are decided by their own analysis."""
    game = separatrix.load("coal-safety")
    found = separatrix.sensitivity(
        game, "stable:E4", over={"H": "choice(8, 9, 10)", "F": "uniform(9, 11)"}, samples=64
    )
    alone = separatrix.analyze(game, {"H": 9})
    label = next(p.stability for p in alone.rest_points if p.id == "E4")
    assert label != "undecided"
    expected = (1 + (label == "asymptotically stable")) / 3
    assert found.undecided == 0 and found.mean == pytest.approx(expected, abs=0.03)


def test_what_the_indices_say_is_what_the_function_does() -> None:
    """A basin that depends on one parameter alone has all its variance there; the other's total is zero."""
    idle = {"c": {"value": 1, "uncertain": {"uniform": [0, 1]}}}
    game = separatrix.load(EQUATIONS | {"parameters": EQUATIONS["parameters"] | idle})
    found = separatrix.sensitivity(game, "basin:E4", samples=128)
    assert found.first is not None and found.total is not None
    assert found.first["a"] == pytest.approx(1, abs=0.1) and found.total["c"] == 0
    assert found.names == ("a", "c") and found.interactions == pytest.approx(0, abs=0.1)
    assert found.evaluations == 128 * 4


def test_any_function_of_the_parameters_may_be_asked() -> None:
    """It gets all parameters by name, as numbers or as arrays, and both ways give the same indices."""
    game = separatrix.load(THREE)
    law = {"a": "uniform(0, 1)", "b": "uniform(0, 1)"}

    def weighted(values: Mapping[str, Any]) -> Any:
        return values["a"] + 2 * values["b"]

    one = separatrix.sensitivity(game, weighted, over=law, samples=256)
    many = separatrix.sensitivity(game, weighted, over=law, samples=256, vectorized=True)
    assert one.measure == "weighted" and one.total == many.total and one.total is not None
    assert one.total == pytest.approx({"a": 0.2, "b": 0.8}, abs=0.05)


def test_a_constant_answer_has_no_indices_and_says_so() -> None:
    """Nothing is divided by a variance of zero."""
    found = separatrix.sensitivity(
        separatrix.load("coal-safety"), "basin:E4", scenario="H10", over=["F"], samples=64
    )
    assert found.first is None and found.total is None and found.variance == 0 and found.mean == 1
    assert any("undefined" in str(w) for w in found.warnings)
    assert json.loads(json.dumps(found.to_dict()))["first"] is None


def test_rows_that_break_an_assumption_are_left_out_and_counted() -> None:
    """And the warning says that the indices ask for independent parameters."""
    parameters = {n: {"value": v, "uncertain": {"uniform": [0, 2]}} for n, v in (("a", 1), ("b", "3/2"))}
    source = THREE | {"parameters": parameters, "assume": ["a < b"]}
    found = separatrix.sensitivity(separatrix.load(source), lambda v: v["a"] - v["b"], samples=256)
    # Four points of each row must hold: about a fifth of the rows is left.
    assert found.rows + found.rejected == 256 and 0.6 < found.rejected / 256 < 0.95
    assert any("independent" in str(w) for w in found.warnings)


def test_rows_without_an_answer_are_left_out_and_counted() -> None:
    """A time is unknown where the trajectory circles for ever."""
    found = separatrix.sensitivity(separatrix.load("coal-safety"), "time", scenario="H10", samples=128)
    assert found.undecided > 0 and found.rows == 128 - found.undecided
    assert any("without an answer" in str(w) for w in found.warnings)


def test_estimates_below_zero_are_explained() -> None:
    """A negative estimate is named, with what its interval says."""
    law = dict.fromkeys("ab", "uniform(-1, 1)")
    game = separatrix.load(THREE)
    tried = [
        separatrix.sensitivity(game, lambda v: v["a"] * v["b"], over=law, samples=16, seed=seed)
        for seed in range(8)
    ]
    found = next(one for one in tried if one.first is not None and min(one.first.values()) < 0)
    assert any("estimated below 0" in str(w) for w in found.warnings)
    assert not found.converged and any("not converged" in str(w) for w in found.warnings)


def test_indices_of_zeros_and_ones_are_from_zero_to_one() -> None:
    """No estimate and no interval goes beyond what an index can be, and a rare answer is said to be rare."""
    found = separatrix.sensitivity(
        separatrix.load("coal-safety"), "stable:E4", scenario="H10", samples=64, seed=2
    )
    assert found.first is not None and found.total is not None and found.total_intervals is not None
    told = [*found.first.values(), *found.total.values(), *sum(found.total_intervals.values(), ())]
    assert 0 <= min(told) and max(told) <= 1
    assert found.variance == pytest.approx(found.mean * (1 - found.mean))
    rare = round(min(found.mean, 1 - found.mean) * found.evaluations)
    assert any(f"in {rare} of all games" in str(w) for w in found.warnings) == (rare < 100)


def test_the_same_seed_gives_the_same_answer() -> None:
    """The whole answer, intervals included, follows from the seed."""
    game = separatrix.load("shi-chen-2018")
    one, again, other = (
        separatrix.sensitivity(game, spread="10%", samples=64, seed=seed).to_dict() for seed in (3, 3, 4)
    )
    assert one == again and one["total"] != other["total"]
    assert one["provenance"]["seed"] == 3 and one["measure"] == "basin:E1"


def test_pairs_are_told_where_asked_for() -> None:
    """Second-order indices have names and intervals, and find the one interaction there is."""
    game = separatrix.load(THREE)
    law = dict.fromkeys("ab", "uniform(-1, 1)")
    found = separatrix.sensitivity(game, lambda v: v["a"] * v["b"], over=law, samples=1024, second=True)
    assert found.second is not None and found.second_intervals is not None
    assert found.second["a", "b"] == pytest.approx(1, abs=0.1)
    low, high = found.second_intervals["a", "b"]
    assert low < 1 < high and found.evaluations == 1024 * 6
    assert found.to_dict()["second"][0]["parameters"] == ["a", "b"]


@pytest.mark.parametrize(
    ("measure", "options", "code", "part"),
    [
        ("basins:E4", {}, "D653", "did you mean `basin`"),
        ("size", {}, "D653", "there are basin, outcome, time, stable"),
        ("basin:E9", {}, "D653", "there are E1, E2, E3, E4"),
        ("stable:cycle", {}, "D653", "not a rest point"),
        ("time:E1", {}, "D653", "write time alone"),
        ("basin:E1", {"samples": 3}, "D654", "3 samples"),
        ("basin:E1", {"seed": -1}, "D654", "a seed of -1"),
        ("basin:E1", {"start": [2, 0]}, "D601", "lies between 0 and 1"),
    ],
)
def test_what_cannot_be_asked_is_refused(measure: str, options: dict[str, Any], code: str, part: str) -> None:
    """Every error has its code and says what there is."""
    with pytest.raises(SeparatrixError) as caught:
        separatrix.sensitivity(separatrix.load("shi-chen-2018"), measure, spread="10%", **options)
    assert caught.value.code == code and part in str(caught.value)


def test_a_game_without_a_start_asks_for_one() -> None:
    """What needs a start says how to give it; a basin with an id needs none."""
    game = separatrix.load({k: v for k, v in THREE.items() if k != "today"})
    with pytest.raises(SeparatrixError, match="D653 no start is given"):
        separatrix.sensitivity(game, "time", samples=16)
    assert separatrix.sensitivity(game, "stable:E1", samples=16).measure == "stable:E1"


def test_impossible_assumptions_leave_too_few_draws() -> None:
    """An equation between drawn parameters holds almost never."""
    source = THREE | {"assume": ["a == b"]}
    with pytest.raises(SeparatrixError, match="D652"):
        separatrix.sensitivity(separatrix.load(source), lambda v: v["a"], samples=64)


def test_a_function_of_a_wrong_shape_is_refused() -> None:
    """A vectorized function returns one number for each draw."""
    with pytest.raises(SeparatrixError, match="D653 the function returned"):
        separatrix.sensitivity(separatrix.load(THREE), lambda v: 1.0, samples=16, vectorized=True)


@pytest.mark.parametrize("measure", ["basin:E4", "fate:E4", "stable:E4", "time"])
def test_a_measure_can_be_asked_of_one_set_of_values(measure: str) -> None:
    """`value_at` answers as the functions for one game do."""
    game: Game = separatrix.load("shi-chen-2018")
    found = value_at(measure, game, {"C1": 3}, start=[0.7, 0.7])
    shock = separatrix.critical_shock(game, [0.7, 0.7], {"C1": 3})
    expected = {"basin:E4": 0.5, "fate:E4": 1.0, "stable:E4": 1.0, "time": shock.time}[measure]
    assert found == pytest.approx(expected, rel=0.02)

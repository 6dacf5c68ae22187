"""Tasks say what the library says, wherever the levers stand."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest

import separatrix
from separatrix.errors import SeparatrixError
from separatrix.studio.simulation_tasks import SAMPLES, basin_shares, basins, sweep
from separatrix.studio.tasks import TASKS
from separatrix.studio.worker_process import function_of

TRIANGLE = {"payoff_matrix": [[3, 0, 1], [0, 2, 0], [1, 0, 2]]}
TWO_OF_THREE = {
    "populations": [
        {"name": "A", "share": "x", "strategies": ["a", "b", "c"]},
        {"name": "B", "share": "y", "strategies": ["d", "e"]},
    ],
    "bimatrix": [[[3, 3], [0, 0]], [[0, 0], [2, 2]], [[1, 1], [1, 1]]],
}


def quiet(part: float) -> None:
    """Take progress."""
    assert 0 <= part <= 1


def test_every_task_is_there() -> None:
    """Each record names a function that a worker can import."""
    for task in TASKS.values():
        assert callable(function_of(task.function)), task.name


@pytest.mark.parametrize(
    ("source", "arguments"),
    [
        ("shi-chen-2018", {"cells": 5, "parameters": {"C1": "7/2"}, "levels": {"subsidy": "1/10"}}),
        (TRIANGLE, {"cells": 6}),
        (TRIANGLE, {"cells": 5, "axes": ["x_3", "x_1"]}),
        (TWO_OF_THREE, {"cells": 5, "axes": ["x_a", "y"], "at": {"x_a": "0", "x_b": "1/4", "x_c": "3/4"}}),
    ],
)
def test_a_cell_ends_where_its_trajectory_ends(source: Any, arguments: dict[str, Any]) -> None:
    """Pictures of basins agree with single outcomes, also on slices of larger state spaces."""
    game = separatrix.load(source)
    levels = arguments.get("levels", {})
    acting = separatrix.with_instruments(game, levels) if levels else game
    values = {**arguments.get("parameters", {}), **levels}
    answer = basins(game, arguments, quiet)
    count, axes, at = answer["cells"], answer["axes"], arguments.get("at", {})
    outside = 0
    for j, row in enumerate(answer["rows"]):
        for k, found in enumerate(row):
            middle = 1 / 3 if source is TRIANGLE and j + k + 1 == count else 1 / 2
            told = {axes[0]: (k + middle) / count, axes[1]: (j + middle) / count}
            start = _completed(game, told, at)
            if start is None:
                outside += 1
                assert found == -1
                continue
            one = separatrix.outcome(acting, start, values)
            assert answer["outcomes"][found] == one.name
    assert (outside > 0) == (source is TRIANGLE)


def _completed(game: Any, told: dict[str, float], at: dict[str, str]) -> dict[str, float] | None:
    state: dict[str, float] = {}
    for population in game.populations:
        shares = population.shares
        if len(shares) == 1:
            state[shares[0]] = told.get(shares[0], 0.5)
            continue
        left = 1 - sum(told.get(s, 0.0) for s in shares)
        if left < 0:
            return None
        others = [s for s in shares if s not in told]
        weights = [float(separatrix.game.values.exact(at[s], s)) if at else 1.0 for s in others]
        state |= {s: told[s] for s in shares if s in told}
        state |= {s: left * w / sum(weights) for s, w in zip(others, weights, strict=True)}
    return state


@pytest.mark.parametrize(
    ("source", "over", "window", "arguments"),
    [
        ("shi-chen-2018", "C1", "0:20:9", {"parameters": {"R1": "2"}, "levels": {"subsidy": "1/10"}}),
        ("shi-chen-2018", "subsidy", "0:1:6", {"parameters": {"C1": "19"}, "levels": {"subsidy": "1/2"}}),
        ("hawk-dove-one-population", "V", None, {}),
        ("battery-recycling", "R1", None, {}),
    ],
)
def test_shares_along_a_lever_are_those_of_the_command(
    source: str, over: str, window: str | None, arguments: dict[str, Any]
) -> None:
    """At each position the same outcomes, shares, errors and gaps; progress grows to the end."""
    game = separatrix.load(source)
    told: list[float] = []
    points = int(window.split(":")[2]) if window else 5
    answer = sweep(game, {**arguments, "over": over, "points": points}, told.append)
    assert told == sorted(told) and told[-1] == 1
    at = [Fraction(text) for text in answer["at"]]
    levels = {**arguments.get("levels", {}), **({over: "0"} if over in game.instruments else {})}
    acting = separatrix.with_instruments(game, list(levels)) if levels else game
    fixed = {k: v for k, v in {**arguments.get("parameters", {}), **levels}.items() if k != over}
    whole = separatrix.sweep(acting, {over: window or at}, "basin", fixed, samples=SAMPLES)
    assert [float(value) for value in at] == whole[over].values.tolist()
    names = [outcome["name"] for outcome in answer["outcomes"]]
    assert set(names) == {str(name) for name in whole["basin_of"].values}
    told_by = whole["status"].attrs
    words = dict(zip(told_by["flag_values"], told_by["flag_meanings"].split(), strict=True))
    for k in range(points):
        here = whole.isel({over: k})
        if answer["missing"][k] is not None:
            assert words[int(here["status"])] == answer["missing"][k]
            assert {shares[k] for shares in answer["shares"]} == {None}
            continue
        assert words[int(here["status"])] == "measured"
        for name, shares in zip(names, answer["shares"], strict=True):
            assert shares[k] == pytest.approx(float(here["basin"].sel(basin_of=name)), abs=1e-9)
        assert answer["errors"][k] == pytest.approx(float(here["basin_error"]), abs=1e-9)
    first = next(k for k, why in enumerate(answer["missing"]) if why is None)
    alone = separatrix.basins(acting, {**fixed, over: at[first]}, samples=4096)
    of = {
        outcome["id"]: shares[first]
        for outcome, shares in zip(answer["outcomes"], answer["shares"], strict=True)
    }
    for name, share in alone.fractions.items():
        assert of[name] == pytest.approx(share, abs=answer["errors"][first] + alone.error + 1e-9)


def test_a_lever_without_a_game_at_most_positions_is_followed_where_there_is_one() -> None:
    """The size of a group is a whole number: other positions have the code that says so, not a share."""
    game = separatrix.load("volunteers-dilemma")
    answer = sweep(game, {"over": "N", "points": 21}, quiet)
    whole = [Fraction(text).denominator == 1 and Fraction(text) >= 2 for text in answer["at"]]
    assert any(whole) and not all(whole)
    assert [why is None for why in answer["missing"]] == whole
    json.dumps(answer, allow_nan=False)


def test_shares_of_basins_are_those_of_the_library() -> None:
    """With levers moved, in closed form and followed; together they are one."""
    for source, values in (("shi-chen-2018", {"C1": "7/2"}), (TRIANGLE, {})):
        game = separatrix.load(source)
        answer = basin_shares(game, {"parameters": values}, quiet)
        found = separatrix.basins(game, values, samples=4096)
        assert answer["fractions"] == found.fractions
        assert (answer["method"] == "exact") == (answer["intervals"] is None) == (source is not TRIANGLE)
        assert sum(answer["fractions"].values()) == pytest.approx(1)


@pytest.mark.parametrize(
    ("task", "arguments"),
    [
        (basins, {"cells": 10**9}),
        (basins, {"cells": True}),
        (basins, {"axes": ["x", "x"]}),
        (basins, {"axes": "xy"}),
        (basins, {"at": {"x": "2"}}),
        (basins, {"at": {"nothing": "0"}}),
        (basins, {"at": {"x": "exec()"}}),
        (sweep, {"over": "C1", "points": 10**6}),
        (sweep, {"over": "C1:os.system"}),
        (sweep, {"over": ["C1"]}),
        (sweep, {}),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_code(task: Any, arguments: dict[str, Any]) -> None:
    """Sizes past the bounds, names that are none, and texts that are no numbers."""
    with pytest.raises(SeparatrixError) as caught:
        task(separatrix.load("shi-chen-2018"), arguments, quiet)
    assert caught.value.code

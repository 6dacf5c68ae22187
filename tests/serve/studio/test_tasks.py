"""Tasks say what the library says, wherever the levers stand."""

from __future__ import annotations

from typing import Any

import pytest

import separatrix
from separatrix.errors import SeparatrixError
from separatrix.serve.studio.tasks.basins import basins, separatrices
from separatrix.serve.studio.tasks.registry import TASKS
from separatrix.serve.studio.tasks.sweeps import sweep
from separatrix.serve.studio.worker import function_of

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


def test_a_sweep_measures_what_the_analysis_finds() -> None:
    """How many rest points there are, over two parameters, and which are stable."""
    game = separatrix.load("shi-chen-2018")
    asked = {"over": [["C1", "3", "9"], ["R1", "1", "3"]], "points": 3, "measure": ["stable", "rest"]}
    answer = sweep(game, asked, quiet)
    assert answer["over"] == {"C1": [3.0, 6.0, 9.0], "R1": [1.0, 2.0, 3.0]}
    for k, c1 in enumerate(answer["over"]["C1"]):
        for j, r1 in enumerate(answer["over"]["R1"]):
            isolated = [p for p in separatrix.analyze(game, {"C1": c1, "R1": r1}).rest_points if p.isolated]
            assert answer["measured"]["rest"]["values"][k][j] == len(isolated)
    assert answer["measured"]["stable"]["meanings"]


def test_a_surface_divides_three_parties() -> None:
    """In a cube the separatrix comes as vertices and triangles."""
    three = {
        "populations": [{"name": n, "share": n.lower(), "strategies": ["c", "d"]} for n in "XYZ"],
        "advantages": {"x": "y + z - 1", "y": "x + z - 1", "z": "x + y - 1"},
    }
    answer = separatrices(separatrix.load(three), {}, quiet)
    surface = answer["surface"]
    assert answer["lines"] == []
    assert min(max(abs(share - 0.5) for share in vertex) for vertex in surface["vertices"]) < 0.05
    assert len(surface["triangles"]) > 10


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
        (sweep, {"over": [["C1", "0", "8"]], "points": 10**6}),
        (sweep, {"over": [["C1", "0", "8"]], "measure": ["os.system"]}),
        (sweep, {"over": [["C1", "0:1:9999999", "8"]]}),
        (sweep, {}),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_code(task: Any, arguments: dict[str, Any]) -> None:
    """Sizes past the bounds, names that are none, and texts that are no numbers."""
    with pytest.raises(SeparatrixError) as caught:
        task(separatrix.load("shi-chen-2018"), arguments, quiet)
    assert caught.value.code

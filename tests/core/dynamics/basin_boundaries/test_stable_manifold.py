"""Lines between two outcomes in squares and triangles: closed forms, scipy and counted basins beside them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import separatrix
from separatrix.dynamics.basin_boundaries.stable_manifold import saddle_arms
from separatrix.dynamics.fields.replicator import replicator
from separatrix.errors import ComesLater, InputError
from separatrix.game.reader import load


def two_by_two(p: float, q: float, r: float, s: float, **more: Any) -> Any:
    """Return the game with x' = x(1 - x)(p y - q (1 - y)) and y' = y(1 - y)(r x - s (1 - x))."""
    names = {"x": f"{p}*y - {q}*(1 - y)", "y": f"{r}*x - {s}*(1 - x)"}
    populations = [{"name": n, "share": n, "strategies": ["c", "d"]} for n in ("x", "y")]
    return load({"title": "Two by two", "populations": populations, "advantages": names, **more})


@pytest.mark.parametrize("numbers", [(2, 1, 2, 1), (3, 1, 2, 1), (5, 1, 4, 3), (1, 20, 3, 2)])
def test_they_are_the_exact_line_where_that_is_known(numbers: tuple[float, ...]) -> None:
    """Followed without its closed form, the line of a 2 × 2 game keeps what the game conserves."""
    game = two_by_two(*numbers)
    (followed,) = saddle_arms(separatrix.analyze(game), replicator(game))
    p, q, r, s = numbers
    inside = ((followed.states > 1e-12) & (followed.states < 1 - 1e-12)).all(axis=1)
    x, y = followed.states[inside].T
    x0, y0 = s / (r + s), q / (p + q)
    away = np.hypot(x - x0, y - y0) > 1e-3  # at the saddle the slope vanishes
    x, y = x[away], y[away]

    def conserved(x: Any, y: Any) -> Any:
        return s * np.log(x) + r * np.log(1 - x) - q * np.log(y) - p * np.log(1 - y)

    slope = np.hypot(s / x - r / (1 - x), q / y - p / (1 - y))
    off = np.abs(conserved(x, y) - conserved(x0, y0)) / slope
    assert off.max() < 1e-8 and len(off) > 200
    assert followed.error <= 1e-6


def test_rays_of_a_coordination_game() -> None:
    """Where a strategy earns its own share times a number, shares of equal payoff stay so."""
    game = separatrix.load("coordination-123")
    lines = separatrix.separatrix_curves(game)
    assert len(lines) == 3
    for line in lines:
        earned = line.states * np.array([1.0, 2.0, 3.0])
        played = [k for k, share in enumerate(line.saddle or ()) if share > 0]
        assert np.abs(earned[:, played[0]] - earned[:, played[1]]).max() < 1e-9
        assert line.states[0] == pytest.approx(line.saddle, abs=1e-15)
        assert line.states[-1] == pytest.approx([6 / 11, 3 / 11, 2 / 11], abs=1e-4)


def test_the_area_beside_the_line_is_the_counted_basin() -> None:
    """Zeeman's game: what the line cuts off is the share of starts that end in the corner."""
    game = separatrix.load("zeeman-1980")
    (line,) = separatrix.separatrix_curves(game, points=2001)
    outline = np.concatenate([line.states[:, :2], [[1.0, 0.0]]])  # the basin's corner is the first
    x, y = outline.T
    area = abs(float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)))) / 2
    found = separatrix.basins(game)
    assert found.intervals is not None
    low, high = found.intervals["E1"]
    assert low <= 2 * area <= high


OWN = {
    "title": "Own play",
    "populations": [{"name": n, "share": n, "strategies": ["c", "d"]} for n in ("x", "y")],
    "advantages": {"x": "(x-1/2) + (y-1/2)/2", "y": "(y-1/2) + (x-1/2)/2 + 1/20"},
}


@pytest.mark.parametrize("speeds", [pytest.param([1, 1], marks=pytest.mark.soak), [1, 4]])
def test_scipy_ends_apart_on_both_sides(speeds: list[int]) -> None:
    """Populations that play themselves: four lines from saddles on sides to the source in the middle."""
    game = load({**OWN, "speeds": {"x": speeds[0], "y": speeds[1]}})
    flow = replicator(game)
    lines = separatrix.separatrix_curves(game)
    assert len(lines) == 4

    def end(start: np.ndarray) -> tuple[float, ...]:
        ran = solve_ivp(lambda _, z: flow(z), (0, 400), start, method="Radau", rtol=1e-10, atol=1e-13)
        return tuple(np.round(ran.y[:, -1], 3).tolist())

    for line in lines:
        assert line.error <= 1e-6
        for k in (len(line.states) // 2,):
            along = line.states[k + 1] - line.states[k - 1]
            across = 1e-5 * np.array([-along[1], along[0]]) / np.hypot(*along)
            assert end(line.states[k] + across) != end(line.states[k] - across)


def test_there_is_none_where_all_end_alike() -> None:
    """Saddles at which all trajectories only pass by divide nothing."""
    for name, scenario in (
        ("rock-paper-scissors-one-population", "good"),
        ("rock-paper-scissors-one-population", "bad"),
        ("shi-chen-2018", "cooperation-dominant"),
    ):
        assert separatrix.separatrix_curves(separatrix.load(name), scenario=scenario) == ()


def test_the_portrait_has_them() -> None:
    """The portrait of a triangle shows the lines and says that they were followed."""
    found = separatrix.portrait(separatrix.load("coordination-123"), trajectories=False)
    assert len(found.separatrices) == 3 and "followed back in time" in found.how_sure
    assert len(found.to_dict()["separatrices"]) == 3


def test_what_is_refused() -> None:
    """Games of another shape, and too few points."""
    with pytest.raises(ComesLater, match="one of three"):
        separatrix.separatrix_curves(separatrix.load("wang-2023"))
    for name in ("coordination-123", "shi-chen-2018"):
        with pytest.raises(InputError, match="at least 5"):
            separatrix.separatrix_curves(separatrix.load(name), points=4)

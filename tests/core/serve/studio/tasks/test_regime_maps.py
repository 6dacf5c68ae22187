"""The regime map that the page asks for."""

from __future__ import annotations

import random

import pytest

import separatrix
from separatrix.errors import InputError
from separatrix.studio.simulation_tasks import regimes


def nothing(part: float) -> None:
    """Take progress, and do nothing with it."""


def holding(polygon: list[float], x: float, y: float) -> bool:
    """Return whether a polygon, as x, y, x, y, ..., holds a point."""
    inside = False
    points = list(zip(polygon[::2], polygon[1::2], strict=True))
    for (ax, ay), (bx, by) in zip(points, [*points[1:], points[0]], strict=True):
        if (ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax):
            inside = not inside
    return inside


@pytest.mark.parametrize("over", [["C1", "R1"], ["C1", "subsidy"]])
def test_the_areas_agree_with_an_analysis_at_any_point(over: list[str]) -> None:
    """At random points of the window the area says the states that an analysis finds stable."""
    game = separatrix.load("shi-chen-2018")
    found = regimes(game, {"over": over, "parameters": {"pi1": "9"}}, nothing)
    (left, right), (low, high) = ([float(end) for end in axis["range"]] for axis in found["over"])
    draw = random.Random(7)
    for _ in range(20):
        x, y = draw.uniform(left, right), draw.uniform(low, high)
        there = [regime for regime, polygon in found["regions"] if holding(polygon, x, y)]
        values = {"pi1": 9, over[0]: x, over[1]: y}
        acting = separatrix.with_instruments(game, [over[1]]) if over[1] == "subsidy" else game
        stable = sorted(
            p.id
            for p in separatrix.analyze(acting, values).rest_points
            if p.stability == "asymptotically stable"
        )
        assert [found["regimes"][regime]["stable"] for regime in there] == [stable]


def test_the_levers_of_the_map_themselves_do_not_change_it() -> None:
    """Where the present point is makes no difference, so moving it asks for nothing new."""
    game = separatrix.load("shi-chen-2018")
    here = regimes(game, {"over": ["C1", "R1"], "parameters": {"C1": "1", "R1": "2"}}, nothing)
    assert here == regimes(game, {"over": ["C1", "R1"]}, nothing)


@pytest.mark.parametrize(
    "over", [None, "C1", ["C1"], ["C1", "C1"], ["C1", "no such"], ["C1", 3], ["C1", "x"]]
)
def test_what_is_no_pair_of_levers_is_refused(over: object) -> None:
    """Two different names of parameters or instruments, nothing else."""
    with pytest.raises(InputError, match="over"):
        regimes(separatrix.load("shi-chen-2018"), {"over": over}, nothing)


@pytest.mark.parametrize("levels", [7, "subsidy", [1], {"subsidy": 1}])
def test_levels_that_are_no_texts_by_name_are_refused(levels: object) -> None:
    """They are not taken for a fault of the program."""
    with pytest.raises(InputError, match="levels"):
        regimes(separatrix.load("shi-chen-2018"), {"over": ["C1", "R1"], "levels": levels}, nothing)

"""Trajectories of the replicator dynamics."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import separatrix
from separatrix.dynamics.fields.replicator import replicator
from separatrix.dynamics.integration.trajectory import follow, trajectory
from separatrix.errors import InputError

STARTS = [
    ([0.1, 0.1], [0, 0]),
    ([0.3, 0.3], [0, 0]),
    ([0.7, 0.7], [1, 1]),
    ([0.9, 0.9], [1, 1]),
    ([0.2, 0.7], [0, 0]),
    ([0.7, 0.2], [0, 0]),
]


@pytest.mark.parametrize(("start", "end"), STARTS)
def test_trajectories_of_the_bistable_cluster_end_where_they_must(start: list[float], end: list[int]) -> None:
    """On each side of the separatrix the cluster ends in its own corner."""
    orbit = trajectory(separatrix.load("shi-chen-2018"), start, scenario="bistable")
    assert orbit.states[-1] == pytest.approx(end, abs=1e-9)
    assert orbit.at_rest
    assert orbit.message == "at rest at the end"


def test_shares_never_leave_the_square_and_pure_populations_stay_pure() -> None:
    """Faces are invariant, exactly; the interior stays within [0, 1]."""
    game = separatrix.load("wang-2023")
    orbit = trajectory(game, {"x": 0.4, "y": 0, "z": 0.9}, scenario="stage-4", until=200, points=900)
    assert np.all(orbit.states[:, 1] == 0.0)
    assert orbit.states.min() >= 0
    assert orbit.states.max() <= 1
    assert not orbit.at_rest  # within this face the two others circle for ever
    corner = trajectory(game, [1, 0, 1], until=5)
    assert np.all(corner.states == [1, 0, 1])


def test_matching_pennies_keeps_its_conserved_quantity() -> None:
    """Along a trajectory of a zero-sum game x(1-x)y(1-y) does not change, over a hundred turns."""
    orbit = trajectory(separatrix.load("matching-pennies"), [0.2, 0.35], until=500, points=2000)
    x, y = orbit.states.T
    kept = x * (1 - x) * y * (1 - y)
    assert kept == pytest.approx(kept[0], rel=1e-6)


def test_going_back_in_time_undoes_going_forward() -> None:
    """From the end of a trajectory, negative time leads to its start."""
    field = replicator(separatrix.load("mckelvey-mclennan"))
    there = follow(field, [0.3, 0.6, 0.5], until=0.5)
    back = follow(field, there.states[-1].tolist(), until=-0.5)
    assert back.states[-1] == pytest.approx([0.3, 0.6, 0.5], abs=1e-6)


@pytest.mark.parametrize(
    ("start", "found"),
    [
        ([1.2, 0.5], "x = 1.2"),
        ([0.5, -1], "y = -1"),
        ([0.5], "1 numbers"),
        ({"x": 0.5, "q": 1}, "names q"),
        ({"x": 0.5}, "lacks y"),
        ([float("nan"), 0.5], "finite"),
    ],
)
def test_a_start_outside_the_state_space_is_refused(start: Any, found: str) -> None:
    """The error says which share is wrong and what was expected."""
    with pytest.raises(InputError, match=found):
        trajectory(separatrix.load("shi-chen-2018"), start)


@pytest.mark.parametrize(("until", "points"), [(0, 10), (float("inf"), 10), (5, 1)])
def test_a_trajectory_without_length_is_refused(until: float, points: int) -> None:
    """Times are finite and not zero, and a trajectory has two points at least."""
    with pytest.raises(InputError) as refused:
        trajectory(separatrix.load("shi-chen-2018"), [0.5, 0.5], until=until, points=points)
    assert refused.value.code == "D602"


def test_zero_sum_rock_paper_scissors_keeps_the_product_of_its_shares() -> None:
    """Along an orbit of the zero-sum game x1 x2 x3 does not change (Hofbauer & Sigmund 1998, section 7.7)."""
    orbit = trajectory(separatrix.load("rock-paper-scissors-one-population"), [0.6, 0.3, 0.1], until=300)
    product = orbit.states.prod(axis=1)
    assert product == pytest.approx(product[0], rel=1e-7)
    assert orbit.states.sum(axis=1) == pytest.approx(1, abs=1e-12)


def test_unplayed_strategies_stay_unplayed() -> None:
    """An edge of the triangle is invariant, exactly; on it the better strategy takes over."""
    orbit = trajectory(
        separatrix.load("rock-paper-scissors-one-population"),
        {"x_rock": "1/2", "x_paper": "1/2", "x_scissors": 0},
    )
    assert np.all(orbit.states[:, 2] == 0.0)
    assert orbit.states[-1] == pytest.approx([0, 1, 0], abs=1e-9)


def test_speeds_change_how_fast_and_not_where_to() -> None:
    """All speeds doubled, the same trajectory is run in half the time."""
    document = {"title": "t", "bimatrix": [[[4, 4], [0, 3]], [[3, 0], [2, 2]]]}
    slow = trajectory(separatrix.load(document), [0.7, 0.8], until=4)
    fast = trajectory(separatrix.load({**document, "speeds": {"x": 2, "y": 2}}), [0.7, 0.8], until=2)
    assert fast.states == pytest.approx(slow.states, abs=1e-8)


@pytest.mark.parametrize("start", [[0.333, 0.333, 0.333], [0.5, 0.5, 0.1], [0.5, 0.5]])
def test_a_start_whose_shares_do_not_add_up_is_refused(start: list[float]) -> None:
    """With more than two strategies the shares of a population are the whole of it."""
    with pytest.raises(InputError, match="D601"):
        trajectory(separatrix.load("rock-paper-scissors-one-population"), start)


def test_rounding_in_a_start_is_no_fault() -> None:
    """Shares that add up to one within rounding are taken as meant."""
    orbit = trajectory(separatrix.load("rock-paper-scissors-one-population"), [1 / 3, 1 / 3, 1 / 3])
    assert orbit.at_rest
    assert orbit.states.sum(axis=1) == pytest.approx(1, abs=1e-14)


@pytest.mark.parametrize(
    "start", [[0.2, 0.3, 0.5, 0.6], [0.0, 0.4, 0.6, 0.6], [0.2, 0.3, 0.5, 1.0], [0, 1, 0, 1]]
)
@pytest.mark.parametrize("until", [3.0, -3.0])
def test_the_finest_trajectory_is_that_of_a_batch(start: list[float], until: float) -> None:
    """Below 1e-11 another method of scipy's is used; inside, on faces and at rest it says the same."""
    rows = [[[2, -1], [0, 3]], [[1, 1], [-2, 0]], [[0, 2], [4, -3]]]
    game = separatrix.load({"title": "Three against two", "bimatrix": rows})
    fine = trajectory(game, start, until=until, points=31, tolerance=1e-14)
    same = trajectory(game, start, until=until, points=31, tolerance=1e-14, method="dop853")
    assert fine.states == pytest.approx(same.states, abs=1e-12)
    assert fine.message == same.message
    assert np.array_equal(np.isinf(fine.log_odds), np.isinf(same.log_odds))


def test_a_long_trajectory_to_a_corner_is_followed_without_a_warning() -> None:
    """Log-odds of minus twenty thousand are a share of zero."""
    orbit = trajectory(separatrix.load("shi-chen-2018"), [0.2, 0.3], until=5000, points=3)
    assert orbit.states[-1].tolist() == [0, 0]
    assert orbit.log_odds[-1] == pytest.approx([-20000.74, -20000.40], abs=0.01)


def test_a_start_at_rest_but_for_rounding_is_not_said_to_stay_where_it_leaves() -> None:
    """A source that is not a number of the machine, and a population slow beyond comparison, are left."""
    game = separatrix.load({"title": "Three", "payoff_matrix": [[1, 0, 0], [0, 1, 0], [0, 0, 1]]})
    third = 0.3333333333333333
    orbit = trajectory(game, [third, third, 1 - 2 * third], until=500)
    assert np.abs(orbit.states[-1] - orbit.states[0]).max() > 0.5
    assert orbit.message == "starts at rest to within rounding, but ends elsewhere"
    slow = separatrix.load(
        {
            "populations": [{"name": s, "share": s, "strategies": ["yes", "no"]} for s in "xy"],
            "advantages": {"x": "1e9*(2*y - 1)", "y": "1e-9*(2*x - 1)"},
        }
    )
    orbit = trajectory(slow, [0, 0.3], until=1e10)
    assert orbit.states[-1][1] < 1e-3
    assert "stays there" not in orbit.message and "stays on the face x = 0" in orbit.message
    assert trajectory(slow, [0, 1]).message == "starts at a rest point, and stays there"


def test_a_party_slow_beyond_comparison_does_not_hold_up_a_shock() -> None:
    """The time to arrive is then left open; the shock is exact all the same."""
    slow = separatrix.load(
        {
            "populations": [{"name": s, "share": s, "strategies": ["yes", "no"]} for s in "xy"],
            "advantages": {"x": "7e9*y - 4e9*(1 - y)", "y": "7e-9*x - 4e-9*(1 - x)"},
        }
    )
    shock = separatrix.critical_shock(slow, [0.2, 0.3])
    assert shock.time is None and shock.smallest is not None


def test_a_start_on_the_separatrix_is_said_to_be_there() -> None:
    """The trajectory would end at the saddle; which side rounding takes it to is no answer."""
    game = separatrix.load("shi-chen-2018")
    line = separatrix.separatrix_curve(game, points=11)
    told = "starts on the separatrix, so that rounding decides on which side it ends"
    assert trajectory(game, line.states[3]).message.endswith(told)
    assert told not in trajectory(game, line.states[3] + [1e-4, 0]).message
    assert trajectory(game, [2 / 3, 2 / 3]).message == "starts at a rest point, and stays there"

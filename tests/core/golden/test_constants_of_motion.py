"""Quantities that the replicator dynamics conserve in cyclic games, over ten thousand units of time.

All are held to 1e-9 at a tolerance that anybody can ask for: by single trajectories, and by batches, which
take longer where trajectories are few.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import separatrix
from separatrix.dynamics.fields.replicator import replicator
from separatrix.dynamics.integration.batch import batch
from separatrix.dynamics.integration.trajectory import trajectory
from thinning import thinned

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

UNTIL = 1e4
HELD = 1e-9
TOLERANCE = 1e-14


def cyclic(size: int, tie: float = 0.0) -> list[list[float]]:
    """Return rock, paper, scissors of an odd size: each strategy beats half of the others."""
    rows = range(size)
    return [[tie if i == j else (-1.0) ** ((j - i) % size + 1) for j in rows] for i in rows]


def planar(game: separatrix.Game, scenario: str | None = None) -> Callable[[Array], Array]:
    """Return H of two advantages f(y) and g(x): in log-odds its slopes are -g along x and f along y."""
    corners = replicator(game, scenario=scenario).corners
    assert corners is not None
    (f0, f1), (g0, g1) = (table.tolist() for table in corners)

    def part(low: float, high: float, odds: Array) -> Array:
        """The integral over the log-odds of the gain low + (high - low) x."""
        return np.asarray(low * odds + (high - low) * np.logaddexp(0, odds))

    return lambda at: part(f0, f1, at[..., 1]) - part(g0, g1, at[..., 0])


def summed(at: Array) -> Array:
    """Return the logarithm of the product of all shares."""
    return np.asarray(at.sum(axis=-1))


def triangle(at: Array) -> Array:
    """Return the two constants of `THREE`: one of its Lyapunov function, one of the kernel of its matrix."""
    entropies = -np.logaddexp(0, at) - np.logaddexp(0, -at)
    return np.stack([entropies.sum(axis=-1), at @ np.array([2.0, -1.0, 1.0])])


LOPSIDED = {"title": "t", "bimatrix": [[[3, 0], [0, 2]], [[1, 4], [2, 1]]], "speeds": {"x": 2, "y": 3}}
BATTLE = {"title": "Of the sexes", "bimatrix": [[[2, 2], [0, 0]], [[5, 5], [-5, 15]]]}
THREE = {
    "title": "Three that win from each other what they lose",
    "populations": [{"name": s.upper(), "share": s, "strategies": ["yes", "no"]} for s in "xyz"],
    "advantages": {
        "x": "(y - 1/2) + (z - 1/2)",
        "y": "-(x - 1/2) + 2*(z - 1/2)",
        "z": "-(x - 1/2) - 2*(y - 1/2)",
    },
}


def zero_sum(tie: float) -> dict[str, Any]:
    """Return rock, paper, scissors of two populations, where a tie is worth something to the first."""
    return {"title": "t", "bimatrix": [[[v, -v] for v in row] for row in cyclic(3, tie)]}


@dataclass(frozen=True)
class Cycle:
    """A game, what it conserves, and starts."""

    game: str | Mapping[str, Any]
    starts: Sequence[Sequence[float]]
    scenario: str | None = None
    kept: Callable[[Array], Array] | None = None

    @property
    def loaded(self) -> separatrix.Game:
        return separatrix.load(self.game)

    def drift(self, log_odds: Array) -> float:
        """Return how far what is conserved goes from its first value."""
        values = (self.kept or planar(self.loaded, self.scenario))(log_odds)
        return float(np.abs(values - values[..., :1]).max())


CYCLES = {
    # Two populations of two strategies conserve H (Hofbauer & Sigmund 1998, section 10.3).
    "matching pennies": Cycle("matching-pennies", [[0.2, 0.35], [0.01, 0.5], [0.45, 0.55]]),
    "coal-safety": Cycle("coal-safety", [[0.3, 0.3], [0.5, 0.5]], "H8"),
    "battle of the sexes": Cycle(BATTLE, [[0.7, 0.5], [0.99, 0.1]]),
    "lopsided": Cycle(LOPSIDED, [[0.3, 0.6], [0.05, 0.2]]),
    # One population that wins what it loses conserves the product of its shares (1998, section 7.7).
    "three strategies": Cycle(
        {"title": "t", "payoff_matrix": cyclic(3)}, [[0.6, 0.3, 0.1], [0.01, 0.5, 0.49]], kept=summed
    ),
    "five strategies": Cycle(
        {"title": "t", "payoff_matrix": cyclic(5)},
        [[0.5, 0.2, 0.1, 0.1, 0.1], [0.2, 0.3, 0.3, 0.19, 0.01]],
        kept=summed,
    ),
    # So do two of them together (1998, section 11.2); the second game here is chaotic (Sato, Y., Akiyama, E.
    # and Farmer, J. D. (2002), Proceedings of the National Academy of Sciences 99, 4748-4751).
    "two populations": Cycle(zero_sum(0), [[0.5, 0.01, 0.49, 0.5, 0.25, 0.25]], kept=summed),
    "two in chaos": Cycle(zero_sum(0.5), [[0.5, 0.01, 0.49, 0.5, 0.25, 0.25]], kept=summed),
    # And three whose payoffs add up over pairs of zero sum (Mertikopoulos, Papadimitriou & Piliouras 2018).
    "three populations": Cycle(THREE, [[0.2, 0.6, 0.4], [0.9, 0.9, 0.3]], kept=triangle),
}

QUICK = ["three populations"]


def slow(names: Sequence[str]) -> Any:
    """Return a mark for tests over all games, of which those in `names` are quick."""
    long_ones = [name for name in CYCLES if name not in names]
    return pytest.mark.parametrize(
        "name", [*names, *(pytest.param(name, marks=pytest.mark.soak) for name in long_ones)]
    )


@slow(QUICK)
def test_one_trajectory_conserves_what_the_dynamics_conserve(name: str) -> None:
    """From t = 0 to 10,000 the constant of motion of a trajectory by `trajectory` stays within 1e-9."""
    cycle = CYCLES[name]
    for start in cycle.starts:
        orbit = trajectory(
            cycle.loaded, start, scenario=cycle.scenario, until=UNTIL, points=101, tolerance=TOLERANCE
        )
        assert orbit.message == "still moving at the end" and orbit.end_time == UNTIL
        assert np.abs(orbit.states[-1] - orbit.states[-2]).max() > 1e-3
        assert cycle.drift(orbit.log_odds) <= HELD, start


@slow([])
def test_a_batch_conserves_what_the_dynamics_conserve(name: str) -> None:
    """The same of trajectories that are followed together."""
    cycle = CYCLES[name]
    field = replicator(cycle.loaded, scenario=cycle.scenario)
    trajectories = batch(field, cycle.starts, UNTIL, times=101, tolerance=TOLERANCE)
    assert set(trajectories.messages) == {"end of time"}
    assert cycle.drift(trajectories.log_odds) <= HELD


@thinned("name", CYCLES, each_run=3)
def test_a_batch_drifts_no_faster_than_the_long_time_allows(name: str) -> None:
    """Over 300 units of time a batch uses up no more of the 1e-9 than its share."""
    cycle = CYCLES[name]
    field = replicator(cycle.loaded, scenario=cycle.scenario)
    trajectories = batch(field, cycle.starts, 300, times=101, tolerance=TOLERANCE)
    assert cycle.drift(trajectories.log_odds) <= 300 / UNTIL * HELD


@pytest.mark.soak
def test_a_batch_of_pennies_over_the_whole_time() -> None:
    """One long batch is run every time: two closed orbits, a thousand turns, within 1e-9."""
    cycle = CYCLES["matching pennies"]
    trajectories = batch(
        replicator(cycle.loaded), [[0.4, 0.45], [0.45, 0.55]], UNTIL, times=11, tolerance=1e-12
    )
    assert cycle.drift(trajectories.log_odds) <= HELD


def test_a_tighter_tolerance_conserves_better() -> None:
    """From 1e-8 to 1e-13 each hundredfold tightening holds the constant at least ten times as well."""
    cycle = CYCLES["coal-safety"]
    drifts = []
    for tolerance in (1e-8, 1e-10, 1e-12):
        orbit = trajectory(
            cycle.loaded, [0.3, 0.3], scenario="H8", until=1000, points=101, tolerance=tolerance
        )
        drifts.append(cycle.drift(orbit.log_odds))
    assert drifts[0] > 10 * drifts[1] > 100 * drifts[2] > 0

"""Starts a hair beside a curved separatrix, and shocks that just cross it: never the wrong side.

The separatrix of two populations is known as a level set (DESIGN of the planar case: Hofbauer & Sigmund 1998,
section 10.3); here it is sampled from that equation anew, with a root finder and nothing of the program's.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from scipy.optimize import brentq

import separatrix
from separatrix.dynamics.fields.replicator import replicator
from separatrix.dynamics.integration.batch import batch
from separatrix.dynamics.integration.runge_kutta import Arrival
from separatrix.dynamics.integration.trajectory import trajectory
from thinning import thinned

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

HAIR = 1e-4
COUNT = 240


@dataclass(frozen=True)
class Line:
    """The separatrix of x' = c x(1-x)(py - q), y' = d y(1-y)(rx - s), 0 < q/p < 1 and 0 < s/r < 1.

    For p, r > 0 trajectories end at (0, 0) below it and at (1, 1) above; for p, r < 0 at (0, 1) and (1, 0).
    """

    p: float
    q: float
    r: float
    s: float

    @cached_property
    def saddle(self) -> tuple[float, float]:
        return self.s / self.r, self.q / self.p

    def height(self, x: float, y: float) -> float:
        """Return H, which is conserved."""
        p, q, r, s = self.p, self.q, self.r, self.s
        return (-q * math.log(y) - (p - q) * math.log1p(-y)) + (s * math.log(x) + (r - s) * math.log1p(-x))

    def partner(self, x: float) -> float:
        """Return the y at which the separatrix passes x: falling if p > 0, else rising."""
        level = self.height(*self.saddle)
        a, b = self.saddle
        upper = (x < a) == (self.p > 0)
        low, high = (b, 1 - 1e-15) if upper else (1e-15, b)
        return float(brentq(lambda y: self.height(x, y) - level, low, high, xtol=1e-16, rtol=1e-15))

    def turned(self) -> Line:
        """Return the same line with x and y exchanged."""
        return Line(self.r, self.s, self.p, self.q)

    def states(self, count: int) -> Array:
        """Return states of the separatrix, dense in x and in y."""
        inside = (np.arange(count) + 0.5) / count
        first = [(x, self.partner(x)) for x in inside if x != self.saddle[0]]
        second = [(self.turned().partner(y), y) for y in inside if y != self.saddle[1]]
        return np.array([*first, *second, self.saddle])

    def beside(self, count: int, seed: int) -> tuple[Array, Array]:
        """Return starts a hair off the line, and whether each is beyond it, where there is more of x."""
        source = np.random.default_rng(seed)
        starts, sides = [], []
        while len(starts) < count:
            x = source.uniform(0.03, 0.97)
            y = self.partner(x)
            if not 0.03 < y < 0.97 or math.dist((x, y), self.saddle) < 0.02:
                continue
            slope = np.array([(self.s - self.r * x) / (x * (1 - x)), (self.p * y - self.q) / (y * (1 - y))])
            across = slope / np.linalg.norm(slope)
            across *= np.sign(across[0])  # towards more of x
            side = 1 if len(starts) % 2 else -1
            starts.append(np.array([x, y]) + side * HAIR * across)
            sides.append(side > 0)
        return np.array(starts), np.array(sides)


def numbers(game: separatrix.Game, scenario: str | None = None) -> Line:
    """Return the line of a game from its payoffs at the corners."""
    corners = replicator(game, scenario=scenario).corners
    assert corners is not None
    (f0, f1), (g0, g1) = (table.tolist() for table in corners)
    return Line(f1 - f0, -f0, g1 - g0, -g0)


PLAYERS = [{"name": s.upper(), "share": s, "strategies": ["yes", "no"]} for s in "xy"]
THIRD = {"name": "Z", "share": "z", "strategies": ["yes", "no"]}

GAMES: dict[str, Mapping[str, Any] | str] = {
    "shi-chen-2018": "shi-chen-2018",
    "asymmetric": "shi-chen-2018-asymmetric",
    "uneven speeds": {
        "title": "t",
        "populations": PLAYERS,
        "bimatrix": [[[4, 4], [0, 3]], [[3, 0], [2, 2]]],
        "speeds": {"X": 5},
    },
    "anti-coordination": {
        "title": "t",
        "populations": PLAYERS,
        "bimatrix": [[[0, 0], [3, 1]], [[1, 2], [0, 0]]],
    },
}


def ends(line: Line) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return where trajectories end on this side of the line, and beyond it, where x is larger."""
    return ((0, 0), (1, 1)) if line.p > 0 else ((0, 1), (1, 0))


def state_of(shock: separatrix.CriticalShock, name: str) -> tuple[float, ...] | None:
    """Return the rest point of a name."""
    (found,) = (p.state for p in shock.analysis.rest_points if p.id == name)
    return found


@pytest.mark.parametrize("name", GAMES)
def test_trajectories_beside_the_separatrix_end_on_their_side(name: str) -> None:
    """240 starts 1e-4 away from the curve: each batch, and each trajectory, at the usual tolerances."""
    game = separatrix.load(GAMES[name])
    line = numbers(game)
    starts, beyond = line.beside(COUNT, 7)
    here, there = ends(line)
    goals = Arrival([here, there], radius=1e-3)
    for tolerance in (1e-6, 1e-8):
        trajectories = batch(replicator(game), starts, 1e4, events=[goals], tolerance=tolerance)
        assert set(trajectories.messages) == {"arrived"}
        assert np.array_equal(trajectories.arrived == 1, beyond), tolerance
    for k in range(COUNT):
        orbit = trajectory(game, starts[k].tolist(), until=100, points=2)
        assert orbit.states[-1].round().tolist() == list(there if beyond[k] else here), starts[k]


@pytest.mark.parametrize("name", GAMES)
def test_outcomes_beside_the_separatrix_are_told_right(name: str) -> None:
    """The outcome of each of 240 starts 1e-4 away, as `basins` and `critical_shock` tell it for a start."""
    from separatrix.dynamics.basins.exact_outcomes import exact_outcomes

    game = separatrix.load(GAMES[name])
    found = separatrix.basins(game)
    line = numbers(game)
    starts, beyond = line.beside(COUNT, 8)
    states = {tuple(int(v) for v in (found.state_of(n) or {}).values()): n for n in found.fractions}
    here, there = (states[end] for end in ends(line))
    exact = exact_outcomes(found.analysis)
    assert exact is not None
    assert exact.names(starts).tolist() == [there if b else here for b in beyond]


@pytest.mark.parametrize("name", GAMES)
def test_the_shock_from_beside_the_separatrix_is_the_hair(name: str) -> None:
    """From 1e-4 away the smallest shock is 1e-4 and leads to the other outcome; so today's outcome is told,
    too."""
    game = separatrix.load(GAMES[name])
    line = numbers(game)
    starts, beyond = line.beside(6, 9)
    for start, far in zip(starts, beyond, strict=True):
        shock = separatrix.critical_shock(game, start.tolist())
        assert shock.smallest is not None
        assert (state_of(shock, shock.outcome), state_of(shock, shock.smallest.beyond)) == (
            ends(line)[::-1] if far else ends(line)
        )
        assert shock.smallest.size == pytest.approx(HAIR, rel=0.02)
        today = dict(zip(game.shares, map(Fraction, start.tolist()), strict=True))
        assert separatrix.basins(replace(game, today=today)).today == shock.outcome


@pytest.mark.parametrize("count", [40, pytest.param(COUNT, marks=pytest.mark.soak)])
def test_sampled_outcomes_beside_a_separating_surface_are_told_right(count: int) -> None:
    """Beside a third population that decides for itself the surface stands over the curve: no wrong side."""
    game = separatrix.load(
        {
            "title": "t",
            "populations": [*PLAYERS, THIRD],
            "advantages": {"x": "5*y - 3", "y": "3*x - 1", "z": "1/2 + z"},
        }
    )
    starts, beyond = Line(5, 3, 3, 1).beside(count, 10)
    for start, far in zip(starts, beyond, strict=True):
        state = [*start.tolist(), 0.37]
        today = dict(zip(game.shares, map(Fraction, state), strict=True))
        found = separatrix.basins(replace(game, today=today), samples=64)
        assert found.method == "sampled" and found.today is not None
        end = found.state_of(found.today)
        assert end == dict(zip("xyz", (1, 1, 1) if far else (0, 0, 1), strict=True)), state


# --------------------------------------------------------------------------- critical shocks by brute force

BISTABLE = [
    ("shi-chen-2018", None),
    ("shi-chen-2018", "bistable"),
    ("shi-chen-2018", "anti-coordination"),
    ("shi-chen-2018-asymmetric", None),
]
STARTS = [(0.2, 0.3), (0.05, 0.9), (0.85, 0.75), (0.5, 0.1)]


@thinned("start", STARTS, each_run=2)
@pytest.mark.parametrize(("slug", "scenario"), BISTABLE)
def test_the_critical_shock_is_the_distance_to_the_level_set(
    slug: str, scenario: str | None, start: tuple[float, float]
) -> None:
    """No state of the level set, sampled densely, is nearer than the smallest shock, and one is as near."""
    game = separatrix.load(slug)
    line = numbers(game, scenario)
    shock = separatrix.critical_shock(game, start, scenario=scenario)
    assert shock.smallest is not None
    sampled = np.hypot(*(line.states(4000) - np.array(start)).T).min()
    assert shock.smallest.size <= sampled + 1e-12
    assert shock.smallest.size == pytest.approx(sampled, abs=1e-6)
    x, y = shock.smallest.to
    assert line.height(x, y) == pytest.approx(line.height(*line.saddle), abs=1e-9)
    assert math.dist(shock.smallest.to, start) == pytest.approx(shock.smallest.size, abs=1e-12)
    assert {state_of(shock, shock.outcome), state_of(shock, shock.smallest.beyond)} == set(ends(line))


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize(("slug", "scenario"), BISTABLE)
def test_the_shock_of_one_party_alone_is_where_its_line_meets_the_level_set(
    slug: str, scenario: str | None, start: tuple[float, float]
) -> None:
    """With the other share held, the separatrix is met at the root of the level set's equation."""
    game = separatrix.load(slug)
    line = numbers(game, scenario)
    shock = separatrix.critical_shock(game, start, scenario=scenario)
    first, second = shock.alone.values()
    for push, met, held in ((first, line.turned().partner(start[1]), 1), (second, line.partner(start[0]), 0)):
        assert push is not None
        assert push.to[held] == start[held]
        assert push.to[1 - held] == pytest.approx(met, abs=1e-12)
        assert push.size == pytest.approx(abs(met - start[1 - held]), abs=1e-12)


@pytest.mark.parametrize(("slug", "scenario"), BISTABLE)
def test_no_smaller_shock_in_any_direction_changes_the_outcome(slug: str, scenario: str | None) -> None:
    """From (0.2, 0.3), 720 shocks a little smaller all fail, by integration; some a little larger succeed."""
    game = separatrix.load(slug)
    shock = separatrix.critical_shock(game, [0.2, 0.3], scenario=scenario)
    assert shock.smallest is not None
    angles = np.arange(720) * math.pi / 360
    ahead = math.atan2(shock.smallest.to[1] - 0.3, shock.smallest.to[0] - 0.2)
    ways = np.stack([np.cos(ahead + angles), np.sin(ahead + angles)], axis=1)
    goals = Arrival(ends(numbers(game, scenario)), radius=1e-3)
    field = replicator(game, scenario=scenario)
    came = []
    for part in (1 - 1e-6, 1 + 1e-6):
        states = np.array([0.2, 0.3]) + part * shock.smallest.size * ways
        states = states[((states > 0) & (states < 1)).all(axis=1)]
        trajectories = batch(field, states, 1e4, events=[goals], tolerance=1e-11)
        assert set(trajectories.messages) == {"arrived"}
        came.append({goals.states[k] for k in trajectories.arrived})
    assert came[0] == {state_of(shock, shock.outcome)}
    assert came[1] == {state_of(shock, shock.outcome), state_of(shock, shock.smallest.beyond)}


@pytest.mark.parametrize("scenario", ["cooperation-dominant", "decline-dominant"])
def test_where_one_choice_dominates_no_shock_changes_the_outcome(scenario: str) -> None:
    """Every start ends in the same corner, and the answer says that there is no such shock."""
    shock = separatrix.critical_shock(separatrix.load("shi-chen-2018"), [0.2, 0.3], scenario=scenario)
    end = (1, 1) if scenario == "cooperation-dominant" else (0, 0)
    assert state_of(shock, shock.outcome) == end
    assert shock.smallest is None and set(shock.alone.values()) == {None}

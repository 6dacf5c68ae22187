"""Chaotic attractors: their exponents by another method, and what only resembles them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import separatrix
from separatrix.dynamics.attractors.chaotic_attractors import chaotic_attractor
from separatrix.dynamics.fields import field
from separatrix.dynamics.integration.coordinates import motion_of
from thinning import thinned

SKYRMS = [[0, -12, 0, 22], [20, 0, 0, -10], [-21, -4, 0, 35], [10, -2, 2, 0]]
"""The example ``Skyrms 1992`` of pyNamo (github.com/SlimaneD/pynamo, examples.py)."""

FAR_APART = [[-1, -1, -10, 1000], [-1.5, -1, -1, 1000], [5, 0.5, 0, -1000], [0, 0, 0, 0]]
"""A game of four strategies whose payoffs differ by three orders of magnitude, with a chaotic attractor."""


def matrix(rows: Any) -> dict[str, Any]:
    """Return a game of one population that plays itself."""
    return {"title": "One population", "payoff_matrix": rows}


def bimatrix(one: Any, other: Any) -> dict[str, Any]:
    """Return a game of two populations from the payoffs of each, by its own strategy and the other's."""
    rows, columns = np.array(one), np.array(other).T
    return {
        "populations": [
            {"name": name, "strategies": [f"{name}{k}" for k in range(count)]}
            for name, count in zip("AB", rows.shape, strict=True)
        ],
        "bimatrix": np.stack([rows, columns], axis=-1).tolist(),
    }


def circulant(*row: Any) -> list[list[Any]]:
    """Return the matrix whose rows are the first one, each turned once more."""
    return [[row[(j - i) % len(row)] for j in range(len(row))] for i in range(len(row))]


def sato(one: float, other: float) -> dict[str, Any]:
    """Return rock, paper, scissors of two populations; conservative where payoffs of ties cancel."""
    wins = np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]], dtype=float)
    return bimatrix(wins + one * np.eye(3), wins + other * np.eye(3))


def searched(game: dict[str, Any], spread: float = 1.0) -> Any:
    """Return what is seen of eight trajectories that have run for long."""
    flow = field(separatrix.load(game))
    motion = motion_of(flow)
    stream = np.random.default_rng(3)
    parts = [stream.dirichlet(np.full(size, 3.0 / spread), 8) for size in flow.sizes]
    return chaotic_attractor(motion, motion.to_coordinates(flow.state(parts)))


def exponents(rows: Any, start: Any, stretch: float, count: int) -> tuple[Any, Any]:
    """Return all Lyapunov exponents of one population of four and their errors, by DOP853 and QR.

    The first tenth is left out.
    """
    payoffs = np.array(rows, dtype=float)
    gains = payoffs[:3] - payoffs[3]

    def rate(_: float, both: Any) -> Any:
        odds, frame = both[:3], both[3:].reshape(3, 3)
        x = np.exp(np.append(odds, 0.0) - max(odds.max(), 0.0))
        x /= x.sum()
        jacobian = gains @ (np.diag(x) - np.outer(x, x))[:, :3]
        return np.concatenate([gains @ x, (jacobian @ frame).ravel()])

    odds, frame, found = np.log(np.array(start[:3]) / start[3]), np.eye(3), []
    for _ in range(count):
        both = np.concatenate([odds, frame.ravel()])
        end = solve_ivp(rate, (0, stretch), both, method="DOP853", rtol=1e-8, atol=1e-8).y[:, -1]
        odds = end[:3]
        frame, upper = np.linalg.qr(end[3:].reshape(3, 3))
        found.append(np.log(np.abs(np.diag(upper))) / stretch)
    blocks = np.array(found)[count // 10 :]
    blocks = blocks[: len(blocks) // 20 * 20].reshape(20, -1, 3).mean(axis=1)
    return blocks.mean(axis=0), blocks.std(axis=0, ddof=1) / np.sqrt(20)


@thinned(
    ("rows", "start", "stretch", "share"),
    [(SKYRMS, [0.24, 0.26, 0.25, 0.25], 5.0, 0.449), (FAR_APART, [0.126, 0.866, 0.007, 0.001], 20.0, 1.0)],
    each_run=1,
)
def test_chaos_is_an_attractor_with_the_exponent_that_qr_gives(
    rows: Any, start: list[float], stretch: float, share: float
) -> None:
    """The starts that end there have a class of their own; variational equations give the same exponent."""
    found = separatrix.basins(separatrix.load(matrix(rows)), samples=256)
    assert found.fractions["attractor 1"] == pytest.approx(share, abs=0.05)
    assert found.fractions.get("undecided", 0.0) < 0.01
    ending = found.to_dict()["endings"]["attractor 1"]
    assert ending["kind"] == "chaotic attractor" and ending["proven"] is False
    mean, error = exponents(rows, start, stretch, 300)
    assert abs(mean[1]) < 0.2 * mean[0] and mean.sum() < 0  # along the trajectory nothing grows
    assert 0 < ending["lyapunov_error"] < 0.1 * ending["lyapunov_exponent"]
    assert abs(ending["lyapunov_exponent"] - mean[0]) < 4 * np.hypot(error[0], ending["lyapunov_error"])


CONTROLS = {
    "zero-sum, chaotic sea": sato(0.5, -0.5),
    "zero-sum, tori": sato(0.0, 0.0),
    "nearly zero-sum, a slow chaotic transient": sato(0.5, -0.499),
    "nearly zero-sum, a faster one": sato(0.5, -0.48),
    "spirals to the boundary, chaotically": sato(-0.1, 0.05),
    "skew-symmetric, four": matrix([[0, 1, 0, -1], [-1, 0, 1, 0], [0, -1, 0, 1], [1, 0, -1, 0]]),
    "skew-symmetric, five": matrix(circulant(0, 1, 1, -1, -1)),
    "two matching pennies": {
        "populations": [{"name": s, "share": s, "strategies": ["yes", "no"]} for s in "xyzw"],
        "advantages": {"x": "2*y-1", "y": "1-2*x", "z": "3*w-1", "w": "1-3*z"},
    },
    "four, slow heteroclinic cycle": matrix(circulant(0, "-1.02", 0, 1)),
    "five, slow heteroclinic cycle": matrix(circulant(0, "-1.02", "-1.02", 1, 1)),
    "hypercycle of four: a slow focus": matrix(circulant(0, 0, 0, 1)),
    "hypercycle of five: a limit cycle": matrix(circulant(0, 0, 0, 0, 1)),
    "hypercycle of six: a limit cycle": matrix(circulant(0, 0, 0, 0, 0, 1)),
    "rock, paper, scissors, losses below gains": matrix(circulant(0, "-0.99", 1)),
    "rock, paper, scissors, losses as gains": matrix(circulant(0, -1, 1)),
    "rock, paper, scissors, losses above gains": matrix(circulant(0, "-1.01", 1)),
}


@thinned("name", CONTROLS, each_run=6)
@pytest.mark.parametrize("spread", [0.3, 1.0])
def test_what_is_no_chaotic_attractor_is_not_called_one(name: str, spread: float) -> None:
    """Tori, conservative chaos, heteroclinic cycles, slow spirals and limit cycles show no such attractor."""
    assert searched(CONTROLS[name], spread) is None


@pytest.mark.soak
def test_a_game_in_another_unit_has_the_same_attractor_in_another_time() -> None:
    """Payoffs times a million: the exponent times a million."""
    base = searched(matrix(SKYRMS), 0.01)
    scaled = searched(matrix((1e6 * np.array(SKYRMS)).tolist()), 0.01)
    assert base is not None and scaled is not None
    apart = abs(scaled.exponent / 1e6 - base.exponent)
    assert apart < 5 * np.hypot(base.error, scaled.error / 1e6)

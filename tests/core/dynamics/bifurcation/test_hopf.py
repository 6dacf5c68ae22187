"""Hopf points against eigenvalues and simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import separatrix
from core.dynamics.bifurcation.games import own_shares, ring_of_four
from separatrix.dynamics.bifurcation.result import NamedPoint
from separatrix.game.model import Game


def hopf(game: Game, over: tuple[str, object, object]) -> NamedPoint:
    """The one Hopf point of a diagram."""
    (point,) = [p for p in separatrix.bifurcation_diagram(game, over).points if p.kind == "hopf"]
    return point


def pair(game: Game, **values: object) -> complex:
    """The pair of eigenvalues of the rest point at which everything is played."""
    point = separatrix.analyze(game, values).rest_points[-1]
    assert point.eigenvalues is not None
    return next(v for v in point.eigenvalues if v.imag > 0)


def ring_cycle(m: float) -> float:
    """Half the width of the cycle of the ring of four in its first share, by scipy."""
    rows = np.array([[0, 0, m, 1], [1, 0, 0, m], [m, 1, 0, 0], [0, m, 1, 0]])

    def rate(_: float, x: np.ndarray) -> np.ndarray:
        payoff = rows @ x
        return np.asarray(x * (payoff - x @ payoff))

    start = np.array([0.3, 0.25, 0.2, 0.25])
    settled = solve_ivp(rate, (0, 6000), start, method="LSODA", rtol=1e-9, atol=1e-12).y[:, -1]
    last = solve_ivp(rate, (0, 100), settled, method="DOP853", rtol=1e-9, atol=1e-12, max_step=0.2).y[0]
    return float((last.max() - last.min()) / 2)


def test_the_cycle_has_the_width_that_the_coefficient_gives() -> None:
    """Near the Hopf point |z|² = -Re λ/(ω l), and a share swings by 2|z| |q|: so says the normal form."""
    point = hopf(ring_of_four(), ("m", "-1/2", "1/2"))
    assert point.frequency is not None and point.lyapunov is not None
    m = -0.004
    growth = pair(ring_of_four(), m=str(m)).real
    assert growth > 0
    radius = (-growth / (point.frequency * point.lyapunov)) ** 0.5
    # The critical vector (1, i, -1) in the three free shares, of length one.
    assert ring_cycle(m) == pytest.approx(2 * radius / 3**0.5, rel=0.03)


def test_eigenvalues_cross_where_the_diagram_says() -> None:
    """Just below and above the value the real part of the pair has opposite signs."""
    game = own_shares()
    point = hopf(game, ("m", 0, 1))
    assert point.criticality == "supercritical" and point.lyapunov is not None and point.lyapunov < 0
    below, above = (pair(game, m=repr(point.value + d)) for d in (-1e-6, 1e-6))
    assert below.real < 0 < above.real
    assert below.imag == pytest.approx(point.frequency, rel=1e-4)


def test_a_subcritical_point() -> None:
    """With the cubic's sign turned, repelling cycles surround the attracting middle."""
    game = separatrix.load(
        {
            "title": "Sub",
            "populations": [{"name": "A", "share": "x"}, {"name": "B", "share": "y"}],
            "parameters": {"m": 0},
            "payoff_functions": {
                "A": {"yes": "m*(x - 1/2) + 8*(x - 1/2)^3 - (y - 1/2)", "no": 0},
                "B": {"yes": "(x - 1/2) - (y - 1/2)/5", "no": 0},
            },
        }
    )
    point = hopf(game, ("m", "-1/2", "1"))
    assert (point.criticality, point.value) == ("subcritical", pytest.approx(0.2))
    assert point.lyapunov is not None and point.lyapunov > 0

    def rate(_: float, s: np.ndarray) -> list[float]:
        u, v = s - 0.5
        return [s[0] * (1 - s[0]) * (0.19 * u + 8 * u**3 - v), s[1] * (1 - s[1]) * (u - v / 5)]

    def width(start: list[float]) -> float:
        late = solve_ivp(rate, (0, 600), start, rtol=1e-9, atol=1e-12).y[0][-200:]
        return float(np.max(np.abs(late - 0.5)))

    assert width([0.51, 0.5]) < 0.01
    assert width([0.7, 0.5]) > 0.25

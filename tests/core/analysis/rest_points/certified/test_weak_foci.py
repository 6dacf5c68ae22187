"""Rest points with imaginary eigenvalues, decided by their Lyapunov coefficients."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import separatrix
from core.analysis.helpers import document
from core.oracles.weak_foci import first_coefficient, random_foci, turned_once, with_second_order
from separatrix.analysis.results import RestPoint
from thinning import thinned


def label_of(game: dict[str, Any], at: tuple[float, ...]) -> RestPoint:
    """The rest point of a game at a state."""
    points = separatrix.analyze(separatrix.load(game)).rest_points
    return next(p for p in points if p.state is not None and p.state == pytest.approx(at, abs=1e-12))


@pytest.mark.parametrize(
    ("x", "y", "label"),
    [
        ("(y-1/2) - (x-1/2)^3", "-(x-1/2) - (y-1/2)^3", "asymptotically stable"),
        ("(y-1/2) + (x-1/2)^3", "-(x-1/2) + (y-1/2)^3", "source"),
        ("(y-1/2) - (x-1/2)^5", "-(x-1/2)", "asymptotically stable"),  # the first coefficient is zero
        ("(y-1/2) + (x-1/2)^5 - (x-1/2)^7", "-(x-1/2)", "source"),
        ("((y-1/2) - (x-1/2)^3)/(1+x*y)", "(-(x-1/2) - (y-1/2)^3)/(2-x)", "asymptotically stable"),
        ("(y-1/2)*10^12 - (x-1/2)^3/10^12", "-(x-1/2)*10^-12", "asymptotically stable"),
        ("y-1/2", "-(x-1/2)", "centre"),  # no own share: a quantity is conserved
        ("y-1/2", "y*(1-2*x)/(3+y)", "centre"),  # products of functions of one share: another one is
        ("(y-1/2)*(1+x^2)/(2-y)", "(1/4-x^2)*(2+y)*y", "centre"),
        ("(y-1/2)*(1+x)", "(1/2-x)*(1+y) + (y-1/2)^3", "source"),  # one of them is no such product
    ],
)
def test_weak_focus_of_two_populations(x: str, y: str, label: str) -> None:
    """The first Lyapunov coefficient that is not zero decides; where a quantity is conserved none does."""
    assert label_of(document(x=x, y=y), (0.5, 0.5)).stability == label


@pytest.mark.parametrize(("sign", "label"), [("-", "asymptotically stable"), ("+", "source")])
def test_weak_focus_at_square_roots(sign: str, label: str) -> None:
    """The trace and the coefficient are exact in the field of the coordinates, here x = 1/sqrt(2)."""
    x, y = "(y-1/2) + (x^2-1/2)", "-4*(x^2-1/2) + (4*x-4)*(y-1/2)"
    cubes = f"{sign} 100*(x^2-1/2)^3", f"{sign} 100*(y-1/2)^3"
    game = document(x=x + cubes[0], y=y + cubes[1])
    assert label_of(game, (0.5**0.5, 0.5)).stability == label


def test_third_direction_at_square_roots() -> None:
    """Beside a pair of imaginary eigenvalues others have certain signs, exactly in a quadratic field too."""
    x, y = "(y-1/2) + (x^2-1/2) - 100*(x^2-1/2)^3", "-4*(x^2-1/2) + (4*x-4)*(y-1/2) - 100*(y-1/2)^3"
    point = label_of(document(x=x, y=y, z="1/3-z + (y-1/2)^2"), (0.5**0.5, 0.5, 1 / 3))
    assert point.stability == "asymptotically stable"


@thinned("seed", range(4), each_run=1)
def test_weak_focus_beside_another_direction(seed: int) -> None:
    """On the centre manifold orbits move as the coefficient says; a third direction contracts or expands."""
    rng = random.Random(seed)
    u, v, w = "(x-1/2)", "(y-1/3)", "(z-1/4)"
    squares = [f"{a}*{b}" for a, b in itertools.combinations_with_replacement((u, v, w), 2)]

    def curved() -> str:
        return " + ".join(f"({rng.randint(-6, 6)})*{s}" for s in squares)

    third = rng.choice([-5, 5])
    game = document(
        x=f"3*{v} + {rng.randint(-3, 3)}*{w} + {curved()}",
        y=f"-2*{u} + {rng.randint(-3, 3)}*{w} + {curved()}",
        z=f"({third})*{w} + {curved()}",
    )
    label = label_of(game, (1 / 2, 1 / 3, 1 / 4)).stability
    growing = moves_outwards(game, np.array([1 / 2, 1 / 3, 1 / 4]), forwards=third < 0)
    if third < 0:
        assert label == ("unstable" if growing else "asymptotically stable")
    else:
        assert label == ("source" if growing else "unstable")


def moves_outwards(game: dict[str, Any], at: np.ndarray, *, forwards: bool) -> bool:
    """Whether the amplitude of a small oscillation grows in time, once the third direction has died away."""
    field = separatrix.vector_field(separatrix.load(game))
    turn = 1 if forwards else -1

    def rate(_: float, state: np.ndarray) -> np.ndarray:
        return turn * np.asarray(field(0.0, state), dtype=float)

    step = 1e-6
    columns = [(rate(0, at + step * e) - rate(0, at - step * e)) / (2 * step) for e in np.eye(3)]
    values, vectors = np.linalg.eig(np.array(columns).T)
    k = int(np.argmax(values.imag))
    start = at + 0.03 * vectors[:, k].real
    times = np.linspace(0, 500, 1001)
    run = solve_ivp(rate, (0, 500), start, "DOP853", rtol=1e-10, atol=1e-13, t_eval=times)
    amplitude = np.abs(np.linalg.inv(vectors)[k] @ (run.y.T - at).T)
    slope = np.polyfit(run.t[200:], amplitude[200:], 1)[0]
    assert abs(slope) * 500 > 1e-3 * amplitude[200]
    return bool(turn * slope > 0)


@pytest.mark.parametrize(
    "count",
    [pytest.param(40, id="few"), pytest.param(1000, id="many", marks=pytest.mark.soak)],
)
def test_random_weak_foci_against_the_formula_of_guckenheimer_and_holmes(count: int) -> None:
    """Of random games of degree three at most 5 % stay open, and no label contradicts the formula."""
    labels: Counter[str | None] = Counter()
    for focus in itertools.islice(random_foci(1), count):
        label = label_of(focus.document, (float(focus.at[0]), float(focus.at[1]))).stability
        labels[label] += 1
        growth = float(first_coefficient(focus))
        if label == "asymptotically stable":
            assert growth < 1e-12, focus.document
        elif label == "source":
            assert growth > -1e-12, focus.document
        else:
            assert abs(growth) < 1e-12 and label in ("undecided", "centre"), focus.document
    assert labels["undecided"] <= 0.05 * count


@pytest.mark.parametrize(
    "count",
    [pytest.param(12, id="few"), pytest.param(300, id="many", marks=pytest.mark.soak)],
)
def test_random_weak_foci_against_the_return_map(count: int) -> None:
    """Orbits come back nearer or farther as the label says, also where the second coefficient decides."""
    rng = random.Random(2)
    for focus in itertools.islice(random_foci(2), count):
        for game, radius in ((focus, 0.005), (with_second_order(focus, rng), 0.02)):
            label = label_of(game.document, (float(game.at[0]), float(game.at[1]))).stability
            growth = turned_once(game, radius), turned_once(game, radius / 2)
            if label == "undecided":
                assert max(map(abs, growth)) < 1e-10, game.document
            elif abs(growth[1]) > 1e-11:  # what the integration is sure of
                sign = {"asymptotically stable": -1, "source": 1}[str(label)]
                assert min(sign * g for g in growth) > 0, game.document

"""Bimatrix games that cycle: closed orbits around the mixed equilibrium.

Payoff advantages a(y - y*) and b(x - x*) with a·b < 0 conserve
H = b[x* ln x + (1 - x*) ln(1 - x)] - a[y* ln y + (1 - y*) ln(1 - y)]: Hofbauer and Sigmund (1998), section
10.3; Schuster, P. and Sigmund, K. (1981), Coyness, philandering and stable strategies, Animal Behaviour 29,
186-192, for the battle of the sexes with payoffs of Dawkins, R. (1976), The Selfish Gene.
"""

from __future__ import annotations

import math
from typing import Any

import pytest

import separatrix

Table = list[list[list[Any]]]

# name: (payoffs, mixed state, frequency of small oscillations)
GAMES: dict[str, tuple[Table, tuple[float, float], float]] = {
    "matching pennies": ([[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]], (1 / 2, 1 / 2), 1.0),
    "buyer and seller": ([[[3, 3], [1, 4]], [[2, 1], ["5/2", "1/2"]]], (1 / 3, 3 / 5), math.sqrt(0.2)),
    "battle of the sexes": ([[[2, 2], [0, 0]], [[5, 5], [-5, 15]]], (5 / 6, 5 / 8), 1.7677669529663687),
}


@pytest.mark.parametrize("name", GAMES)
def test_closed_orbits(name: str) -> None:
    """The mixed equilibrium is a centre, the pure states are saddles, and nothing attracts."""
    table, place, frequency = GAMES[name]
    answer = separatrix.analyze(separatrix.load({"bimatrix": table}))
    assert answer.completeness.status == "complete" and not answer.rest_sets
    assert len(answer.rest_points) == 5
    (mixed,) = (p for p in answer.rest_points if p.free)
    assert mixed.state == pytest.approx(place)
    assert (mixed.stability, mixed.nash, mixed.ess) == ("centre", True, False)
    assert sorted(v.imag for v in mixed.eigenvalues) == pytest.approx([-frequency, frequency])
    assert all(v.real == 0 for v in mixed.eigenvalues)
    assert {p.stability for p in answer.rest_points if not p.free} == {"saddle"}


def test_a_third_strategy_that_never_pays() -> None:
    """Beside matching pennies with a dominated third strategy the equilibrium is stable and no centre.

    Orbits near it lose the third strategy and end on closed orbits: nothing comes back to it.
    """
    table = [[[1, -1], [-1, 1]], [[-1, 1], [1, -1]], [[-3, 0], [-3, 0]]]
    answer = separatrix.analyze(separatrix.load({"bimatrix": table}))
    (mixed,) = (p for p in answer.rest_points if len(p.support[0]) == 2 and len(p.support[1]) == 2)
    assert mixed.state == pytest.approx((0.5, 0.5, 0.0, 0.5))
    assert sorted((round(v.real, 9), round(v.imag, 9)) for v in mixed.eigenvalues) == [
        (-3.0, 0.0),
        (0.0, -1.0),
        (0.0, 1.0),
    ]
    assert (mixed.stability, mixed.nash) == ("stable", True)


def test_rock_paper_scissors_between_two_populations() -> None:
    """Zero-sum: the even mixture of both is stable by two conserved entropies, and never attracts."""
    rows = [[0, -1, 1], [1, 0, -1], [-1, 1, 0]]
    table = [[[v, -v] for v in row] for row in rows]
    answer = separatrix.analyze(separatrix.load({"bimatrix": table}))
    (mixed,) = (p for p in answer.rest_points if len(p.support[0]) == len(p.support[1]) == 3)
    assert mixed.state == pytest.approx((1 / 3,) * 6)
    assert mixed.stability == "stable"
    assert all(abs(v.real) < 1e-9 for v in mixed.eigenvalues)
    assert not any(p.stability == "asymptotically stable" for p in answer.rest_points)


@pytest.mark.parametrize("epsilon", ["1/100", "-1/100"])
def test_rock_paper_scissors_off_zero_sum(epsilon: str) -> None:
    """If a tie pays both players a little more or less, orbits leave the mixture either way."""
    table = [
        [[epsilon if i == j else v, epsilon if i == j else -v] for j, v in enumerate(row)]
        for i, row in enumerate([[0, -1, 1], [1, 0, -1], [-1, 1, 0]])
    ]
    answer = separatrix.analyze(separatrix.load({"bimatrix": table}))
    (mixed,) = (p for p in answer.rest_points if len(p.support[0]) == len(p.support[1]) == 3)
    assert mixed.stability == "saddle"

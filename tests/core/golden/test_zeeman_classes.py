"""Zeeman's 19 stable classes of one population with three strategies, in Bomze's numbering.

Zeeman, E. C. (1980), Population dynamics from game theory, Lecture Notes in Mathematics 819, 471-497.
Bomze, I. M. (1983), Lotka-Volterra equation and replicator dynamics: a two-dimensional classification,
Biological Cybernetics 48, 201-211.  The matrices are in normal form, with zero diagonal; the counts follow
from their eigenvalues, none of which has zero real part.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

import separatrix

# number: (matrix, sinks, sources, saddles, interior rest point or none)
CLASSES: dict[int, tuple[list[list[int]], int, int, int, str | None]] = {
    7: ([[0, 1, 1], [1, 0, 1], [1, 1, 0]], 1, 3, 3, "asymptotically stable"),
    8: ([[0, -1, 3], [-1, 0, 3], [1, 1, 0]], 2, 2, 3, "saddle"),
    9: ([[0, 1, 1], [-1, 0, 3], [1, 1, 0]], 1, 2, 3, "asymptotically stable"),
    10: ([[0, 1, 3], [-1, 0, 5], [1, 3, 0]], 2, 2, 2, "saddle"),
    11: ([[0, 1, -1], [-1, 0, 1], [-1, 1, 0]], 2, 2, 2, "saddle"),
    12: ([[0, 6, -4], [-3, 0, 5], [-1, 3, 0]], 2, 1, 3, "asymptotically stable"),
    14: ([[0, 3, -1], [3, 0, -1], [1, 1, 0]], 2, 2, 1, "saddle"),
    15: ([[0, 3, -1], [1, 0, 1], [3, -1, 0]], 1, 1, 3, "asymptotically stable"),
    17: ([[0, 2, -1], [-1, 0, 2], [2, -1, 0]], 1, 0, 3, "asymptotically stable"),
    34: ([[0, -1, 3], [-1, 0, 1], [3, 1, 0]], 1, 2, 3, None),
    35: ([[0, 3, 1], [3, 0, 1], [1, 1, 0]], 1, 3, 2, None),
    36: ([[0, 1, -1], [-3, 0, 1], [-1, 1, 0]], 2, 1, 2, None),
    37: ([[0, 1, 1], [-1, 0, 1], [1, 1, 0]], 1, 2, 2, None),
    38: ([[0, 1, 1], [-1, 0, 3], [1, 3, 0]], 1, 2, 2, None),
    39: ([[0, -1, -1], [1, 0, 1], [-1, 1, 0]], 1, 1, 3, None),
    40: ([[0, 1, -1], [1, 0, -1], [1, 1, 0]], 1, 2, 1, None),
    41: ([[0, 1, -1], [1, 0, 1], [1, -1, 0]], 1, 1, 2, None),
    42: ([[0, 1, 1], [1, 0, 1], [-1, -1, 0]], 1, 1, 2, None),
    43: ([[0, 1, 1], [-1, 0, 1], [-1, -1, 0]], 1, 1, 1, None),
}


def solve(matrix: list[list[int]]) -> Any:
    """The answer for one population with this payoff matrix."""
    return separatrix.analyze(separatrix.load({"payoff_matrix": matrix}))


@pytest.mark.parametrize("number", CLASSES)
def test_points_and_labels(number: int) -> None:
    """All rest points are isolated and hyperbolic, with the sinks, sources and saddles of their class."""
    matrix, sinks, sources, saddles, interior = CLASSES[number]
    answer = solve(matrix)
    assert answer.completeness.status == "complete"
    assert not answer.rest_sets
    assert all(p.isolated for p in answer.rest_points)
    assert all(abs(v.real) > 1e-12 for p in answer.rest_points for v in p.eigenvalues)
    labels = Counter(p.stability for p in answer.rest_points)
    assert labels == Counter(
        {k: v for k, v in (("asymptotically stable", sinks), ("source", sources), ("saddle", saddles)) if v}
    )
    inside = [p.stability for p in answer.rest_points if len(p.support[0]) == 3]
    assert inside == ([] if interior is None else [interior])


@pytest.mark.parametrize("number", CLASSES)
def test_reversed_flow(number: int) -> None:
    """With all payoffs negated the same points are at rest, and sinks and sources change places."""
    matrix = CLASSES[number][0]
    forward, backward = solve(matrix), solve([[-v for v in row] for row in matrix])
    turned = {"asymptotically stable": "source", "source": "asymptotically stable", "saddle": "saddle"}
    assert sorted((p.state, turned[p.stability]) for p in forward.rest_points) == sorted(
        (p.state, p.stability) for p in backward.rest_points
    )


@pytest.mark.parametrize("number", CLASSES)
def test_index_sum(number: int) -> None:
    """The signs of the determinants of -J over the Nash points add up to one (Hofbauer and Sigmund 1998)."""
    total = 0
    for point in solve(CLASSES[number][0]).rest_points:
        if point.nash:
            determinant = complex(1)
            for v in point.eigenvalues:
                determinant *= -v
            total += 1 if determinant.real > 0 else -1
    assert total == 1


def test_zeemans_game() -> None:
    """The even mixture attracts all orbits near it and is no ESS; only the first pure strategy is one."""
    answer = solve(CLASSES[12][0])
    (mixed,) = (p for p in answer.rest_points if len(p.support[0]) == 3)
    assert mixed.state == pytest.approx((1 / 3, 1 / 3, 1 / 3))
    assert (mixed.stability, mixed.ess, mixed.nss, mixed.nash) == (
        "asymptotically stable",
        False,
        False,
        True,
    )
    assert [p.state for p in answer.rest_points if p.ess] == [(1, 0, 0)]


def test_the_evolutionarily_stable_states() -> None:
    """They are those that negative definiteness on the support and best replies single out."""
    states = {
        7: [(1 / 3, 1 / 3, 1 / 3)],
        8: [(0.75, 0, 0.25), (0, 0.75, 0.25)],
        9: [],
        10: [(0.75, 0, 0.25), (0, 0.625, 0.375)],
        11: [(1, 0, 0), (0, 0.5, 0.5)],
        14: [(0, 0, 1), (0.5, 0.5, 0)],
        15: [],
        17: [(1 / 3, 1 / 3, 1 / 3)],
        43: [(1, 0, 0)],
    }
    for number, expected in states.items():
        found = sorted(p.state for p in solve(CLASSES[number][0]).rest_points if p.ess)
        assert found == [pytest.approx(s) for s in sorted(expected)], number

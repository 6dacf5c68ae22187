"""The elementary hypercycle: each of n species is replicated with the help of the one before it.

Hofbauer, J. and Sigmund, K. (1998), Evolutionary Games and Population Dynamics, chapter 12: the even mixture
is globally stable for n <= 4, for n = 4 by the function x1·x2·x3·x4 though two eigenvalues are imaginary,
and unstable for n >= 5, where a stable periodic orbit exists.
"""

from __future__ import annotations

import cmath
from typing import Any

import pytest

import separatrix


def even_mixture(n: int) -> Any:
    """The answer, and the point at which all species have the same share."""
    rows = [[int(j == (i - 1) % n) for j in range(n)] for i in range(n)]
    answer = separatrix.analyze(separatrix.load({"payoff_matrix": rows}))
    (point,) = (p for p in answer.rest_points if len(p.support[0]) == n)
    assert point.state == pytest.approx((1 / n,) * n)
    return answer, point


@pytest.mark.parametrize(
    ("n", "label"),
    [(2, "asymptotically stable"), (3, "asymptotically stable"), (4, "asymptotically stable"), (5, "saddle")],
)
def test_stability(n: int, label: str) -> None:
    """It attracts up to four species, and for five it attracts in two directions and repels in two."""
    if n == 2:
        answer = separatrix.analyze(separatrix.load({"payoff_matrix": [[0, 1], [1, 0]]}))
        (point,) = (p for p in answer.rest_points if p.free)
    else:
        answer, point = even_mixture(n)
    assert answer.completeness.status == "complete"
    assert point.stability == label
    assert point.nash and not point.strict_nash


@pytest.mark.parametrize("n", [3, 4, 5])
def test_eigenvalues(n: int) -> None:
    """They are exp(2πik/n)/n for k = 1 … n-1; that of k = 0 points out of the simplex and is not listed."""
    _, point = even_mixture(n)
    expected = [cmath.exp(2j * cmath.pi * k / n) / n for k in range(1, n)]
    assert len(point.eigenvalues) == n - 1
    left = list(point.eigenvalues)
    for v in expected:
        nearest = min(left, key=lambda w, v=v: abs(w - v))
        assert nearest == pytest.approx(v, abs=1e-9)
        left.remove(nearest)


def test_four_species_have_two_imaginary_eigenvalues() -> None:
    """They are i/4, -i/4 and -1/4, so that linearisation does not decide; it is not an ESS and no centre."""
    _, point = even_mixture(4)
    assert sorted((round(v.real, 9), round(v.imag, 9)) for v in point.eigenvalues) == [
        (-0.25, 0.0),
        (0.0, -0.25),
        (0.0, 0.25),
    ]
    assert all(v.real == 0 for v in point.eigenvalues if v.imag)
    assert point.ess is False
    assert point.reason


@pytest.mark.parametrize(("n", "ess"), [(3, True), (4, False), (5, False)])
def test_evolutionary_stability(n: int, ess: bool) -> None:
    """With three species payoffs are negative definite on the simplex; with more they are not."""
    assert even_mixture(n)[1].ess is ess


@pytest.mark.parametrize("n", [3, 4, 5])
def test_faces_are_at_rest_where_no_species_follows_another(n: int) -> None:
    """Species that are not neighbours do not help each other: for n >= 4 such edges rest."""
    answer, _ = even_mixture(n)
    thick = [s for s in answer.rest_sets if s.dimension > 0]
    assert bool(thick) == (n >= 4)
    for piece in thick:
        played = [int(name) - 1 if name.isdigit() else None for name in piece.support[0]]
        if None not in played:
            assert all((b - a) % n not in (1, n - 1) for a in played for b in played if a != b)

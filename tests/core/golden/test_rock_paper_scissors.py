"""Rock, paper, scissors: a win pays w, a loss costs l, a tie pays t.

The product of the shares grows where w > l, is constant where w = l, and falls where w < l: Hofbauer, J. and
Sigmund, K. (1998), Evolutionary Games and Population Dynamics, section 7.7; Zeeman (1980).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

import separatrix


def game(win: Any, loss: Any, tie: Any = 0) -> Any:
    """The answer for one population in which each strategy beats the one after it."""
    rows = [[tie, win, f"-({loss})"], [f"-({loss})", tie, win], [win, f"-({loss})", tie]]
    texts = [[str(v) for v in row] for row in rows]
    return separatrix.analyze(separatrix.load({"payoff_matrix": texts}))


def interior(answer: Any) -> Any:
    """The point at which all three are played."""
    (point,) = (p for p in answer.rest_points if len(p.support[0]) == 3)
    assert point.state == pytest.approx((1 / 3, 1 / 3, 1 / 3))
    return point


@pytest.mark.parametrize(
    ("win", "loss", "label", "ess", "nss"),
    [
        (2, 1, "asymptotically stable", True, True),
        (1, 1, "centre", False, True),
        (1, 2, "source", False, False),
        (Fraction(1000001, 1000000), 1, "asymptotically stable", True, True),
        (1, Fraction(1000001, 1000000), "source", False, False),
    ],
)
def test_the_even_mixture(win: Any, loss: Any, label: str, ess: bool, nss: bool) -> None:
    """It attracts, is a centre, or repels, as a win is more than, the same as, or less than a loss."""
    answer = game(win, loss)
    assert answer.completeness.status == "complete" and not answer.rest_sets
    point = interior(answer)
    assert (point.stability, point.ess, point.nss, point.nash) == (label, ess, nss, True)
    w, ll = float(win), float(loss)
    assert sorted(v.imag for v in point.eigenvalues) == pytest.approx(
        [-(w + ll) * 3**0.5 / 6, (w + ll) * 3**0.5 / 6]
    )
    assert [v.real for v in point.eigenvalues] == pytest.approx([(ll - w) / 6] * 2, abs=1e-12)


@pytest.mark.parametrize(("win", "loss"), [(2, 1), (1, 1), (1, 2)])
def test_the_pure_states_are_saddles(win: int, loss: int) -> None:
    """Each invades one neighbour and is invaded by the other; there are no further rest points."""
    answer = game(win, loss)
    assert len(answer.rest_points) == 4
    for point in answer.rest_points:
        if len(point.support[0]) == 1:
            assert point.stability == "saddle"
            assert sorted(v.real for v in point.eigenvalues) == pytest.approx([-loss, win])
            assert (point.nash, point.ess, point.nss, point.strict_nash) == (False,) * 4


@pytest.mark.parametrize(
    ("win", "loss", "label"), [(2, 1, "asymptotically stable"), (1, 1, "centre"), (1, 2, "source")]
)
def test_a_constant_in_each_column_changes_nothing(win: int, loss: int, label: str) -> None:
    """Only payoffs against the same opponent are compared."""
    rows = [[0, win, -loss], [-loss, 0, win], [win, -loss, 0]]
    moved = [[v + c for v, c in zip(row, (7, -3, 100), strict=True)] for row in rows]
    assert interior(separatrix.analyze(separatrix.load({"payoff_matrix": moved}))).stability == label


def test_without_an_ess() -> None:
    """With payoffs 1, 2, 0 round the ring there is no ESS, and closed orbits fill the simplex.

    The game is that of the R package EvolutionaryGames' documentation (Gebele and Staudacher, on CRAN).
    """
    answer = separatrix.analyze(separatrix.load({"payoff_matrix": [[1, 2, 0], [0, 1, 2], [2, 0, 1]]}))
    assert not any(p.ess for p in answer.rest_points)
    point = interior(answer)
    assert point.stability == "centre"
    assert sorted(v.imag for v in point.eigenvalues) == pytest.approx([-(3**0.5) / 3, 3**0.5 / 3])


def test_with_a_reward_for_ties() -> None:
    """A tie that pays destroys stability: with t > 0 and w = l the mixture repels, with t < 0 it attracts."""
    assert interior(game(1, 1, tie="1/10")).stability == "source"
    assert interior(game(1, 1, tie="-1/10")).stability == "asymptotically stable"
    assert interior(game(1, 1, tie="-1/10")).ess is True

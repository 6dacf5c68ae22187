"""A game with an evolutionarily stable set and without an evolutionarily stable strategy.

Published by M. Broom and used in the documentation of the R package EvolutionaryGames (on CRAN); ES sets:
Thomas, B. (1985), On evolutionarily stable sets, Journal of Mathematical Biology 22, 105-115.
"""

from __future__ import annotations

from fractions import Fraction

import pytest

import separatrix

ROWS = [["-2", "5", "10/9"], ["0", "5/2", "10/9"], ["-10/9", "35/9", "10/9"]]


def test_the_line_of_equilibria() -> None:
    """The rest states are two sources and the segment from (0, 0, 1) to (5/9, 4/9, 0), which is an ES set."""
    answer = separatrix.analyze(separatrix.load({"payoff_matrix": ROWS}))
    assert answer.completeness.status == "complete"
    labels = {p.state: (p.stability, p.isolated) for p in answer.rest_points}
    assert labels[1.0, 0.0, 0.0] == labels[0.0, 1.0, 0.0] == ("source", True)
    assert labels[0.0, 0.0, 1.0] == ("stable", False)
    assert not any(p.ess for p in answer.rest_points)
    ends = {tuple(round(v, 9) for v in c) for s in answer.rest_sets for c in s.corners}
    assert ends >= {(0.0, 0.0, 1.0), (round(5 / 9, 9), round(4 / 9, 9), 0.0)}
    assert {s.stability for s in answer.rest_sets} == {"stable"}
    assert max(s.dimension for s in answer.rest_sets) == 1
    (component,) = answer.rest_components
    assert (component.set_stability, component.es_set) == ("asymptotically stable", True)


@pytest.mark.parametrize("t", [Fraction(0), Fraction(1, 3), Fraction(1, 2), Fraction(1)])
def test_every_state_of_the_line_has_the_same_payoffs(t: Fraction) -> None:
    """Along the segment all three strategies earn 10/9, so that it is at rest."""
    state = (t * Fraction(5, 9), t * Fraction(4, 9), 1 - t)
    earned = {sum(Fraction(v) * x for v, x in zip(row, state, strict=True)) for row in ROWS}
    assert earned == {Fraction(10, 9)}

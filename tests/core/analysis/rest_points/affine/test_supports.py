"""The supports and the quick test that drops most of them."""

from __future__ import annotations

import random

import pytest

from core.analysis.rest_points.affine.games import bimatrix, one_population, random_game
from separatrix.analysis.affine.rest_states import AffineRestStates, Dominance, count_supports, supports


@pytest.mark.parametrize("sizes", [(3,), (2, 3), (1, 2, 2), (4, 2)])
def test_every_support_once_and_small_ones_first(sizes: tuple[int, ...]) -> None:
    """All products of non-empty subsets are listed, each once, by the number of strategies played."""
    every = list(supports(sizes))
    assert len(every) == len(set(every)) == count_supports(sizes)
    assert all(len(played) >= 1 for support in every for played in support)
    totals = [sum(len(played) for played in support) for support in every]
    assert totals == sorted(totals)


def test_dominated_strategies_exclude_a_support() -> None:
    """Defection dominates, so no state plays both strategies; touching zero at one end is enough."""
    dilemma = Dominance(one_population([[3, 0], [5, 1]]))
    assert [dilemma.excludes(s) for s in (((0,),), ((1,),), ((0, 1),))] == [False, False, True]
    weak = Dominance(bimatrix([[1, 0], [1, 1]], [[0, 0], [0, 0]]))
    assert weak.excludes(((0, 1), (0, 1)))
    assert not weak.excludes(((0, 1), (0,)))


@pytest.mark.parametrize("sizes", [(4,), (3, 3), (2, 2, 2)])
def test_exclusion_never_loses_a_rest_state(sizes: tuple[int, ...]) -> None:
    """Where dominance excludes a support, the linear system has no positive solution either."""
    rng = random.Random(5)
    for _ in range(15):
        game = random_game(rng, sizes, 1, own_play=True)
        dominance, states = Dominance(game), AffineRestStates(game)
        for support in supports(sizes):
            if dominance.excludes(support):
                assert states.on(support) is None

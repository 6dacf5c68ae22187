"""Cycles of pure states: which there are, and whether they attract."""

from __future__ import annotations

import numpy as np
from flint import fmpq

from core.analysis.rest_points.affine.games import Rows, bimatrix, one_population
from core.analysis.rest_points.affine.orbits import rates
from separatrix.analysis.affine.solve import boundary_cycles
from separatrix.analysis.payoff_functions import AffineGame


def _circulant(n: int, gain: int, loss: int, others: int) -> Rows:
    """Each strategy earns `gain` against the one before it and -`loss` against the one behind."""
    rows = [[-others] * n for _ in range(n)]
    for i in range(n):
        rows[i][i] = 0
        rows[i][(i - 1) % n] = gain
        rows[i][(i + 1) % n] = -loss
    return rows


def _least_share(game: AffineGame, seed: int) -> float:
    """The logarithm of the least share after a long time, from a state well inside."""
    draw = np.random.default_rng(seed)
    rate = rates(game)
    logs = np.log(draw.uniform(0.5, 1, size=(1, sum(game.sizes))))
    for _ in range(10_000):
        first = rate(logs)
        logs = logs + 0.05 * rate(logs + 0.025 * first)
    owner = np.repeat(np.arange(len(game.sizes)), game.sizes)
    totals = [np.log(np.exp(logs[0, owner == i]).sum()) for i in range(len(game.sizes))]
    return float(min(logs[0, a] - totals[i] for a, i in enumerate(owner)))


def test_rock_paper_scissors_by_one_product() -> None:
    """The cycle attracts if losses exceed gains, repels if gains exceed losses, and is neutral between."""
    for gain, loss, attracting in ((1, 2, True), (2, 1, False), (1, 1, False)):
        (cycle,) = boundary_cycles(one_population(_circulant(3, gain, loss, 0)))
        assert cycle.states == ((0,), (1,), (2,))
        assert cycle.attracting is attracting
    (neutral,) = boundary_cycles(one_population(_circulant(3, 1, 1, 0)))
    assert "closed" in neutral.reason


def test_four_strategies_by_the_characteristic_matrix() -> None:
    """The verdict is that of the orbits: the shares come ever closer to the boundary, or do not."""
    for gain, loss, others in ((1, 1, 1), (3, 1, 1), (1, 3, 1), (4, 1, 2)):
        game = one_population(_circulant(4, gain, loss, others))
        (cycle,) = boundary_cycles(game)
        assert cycle.states == ((0,), (1,), (2,), (3,))
        assert cycle.attracting is (loss + others > gain)
        assert (_least_share(game, 1) < -20) is cycle.attracting


def test_a_strategy_that_dies_out_does_not_matter() -> None:
    """A fourth strategy that shrinks along the cycle leaves the verdict to the product of the three."""
    rows = [[*row, 1] for row in _circulant(3, 1, 2, 0)] + [[-3, -3, -3, 0]]
    (cycle,) = boundary_cycles(one_population(rows))
    assert cycle.states == ((0,), (1,), (2,)) and cycle.attracting


def test_matching_pennies_keeps_its_distance() -> None:
    """Two populations with two strategies that chase each other: orbits beside the cycle are closed."""
    game = bimatrix([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    (cycle,) = boundary_cycles(game)
    assert cycle.states == ((0, 0), (0, 1), (1, 1), (1, 0))
    assert cycle.attracting is False


def test_two_populations_that_also_play_themselves() -> None:
    """Own play that hurts the common strategy repels the cycle, own play that helps it attracts orbits."""
    chase = bimatrix([[2, -2], [-2, 2]], [[-2, 2], [2, -2]])
    for own, attracting in ((1, True), (-1, False)):
        matrix = chase.matrix
        for k in range(4):
            matrix[k, k] = fmpq(own)
        game = AffineGame((2, 2), (fmpq(1), fmpq(1)), matrix)
        (cycle,) = boundary_cycles(game)
        assert cycle.attracting is attracting
        assert (_least_share(game, 2) < -20) is attracting


def test_nothing_where_an_edge_has_a_rest_state_or_a_strict_equilibrium() -> None:
    """Coordination and hawk-dove games have no cycles."""
    assert boundary_cycles(one_population([[2, 0], [0, 1]])) == []
    assert boundary_cycles(one_population([[-1, 4], [0, 2]])) == []
    assert boundary_cycles(bimatrix([[2, 0], [0, 1]], [[2, 0], [0, 1]])) == []


def test_a_neutral_strategy_leaves_the_verdict_open() -> None:
    """Where a strategy neither grows nor shrinks at a state of the cycle, nothing is claimed."""
    rows = [[*row, 1] for row in _circulant(3, 1, 2, 0)] + [[0, -3, -3, 0]]
    (cycle,) = boundary_cycles(one_population(rows))
    assert cycle.attracting is None

"""Labels of degenerate states of random small-integer games against numerical orbits."""

from __future__ import annotations

import random

from flint import fmpq

from core.analysis.rest_points.affine.games import random_game
from core.analysis.rest_points.affine.orbits import refutation
from core.analysis.rest_points.affine.states import rest_states
from separatrix.analysis.payoff_functions import AffineGame
from separatrix.analysis.stability.degenerate_points import judge
from thinning import thinned

SHAPES = [
    ((3,), True),
    ((4,), True),
    ((5,), True),
    ((2, 3), False),
    ((3, 3), False),
    ((2, 2), True),
    ((2, 3), True),
    ((2, 2, 2), True),
    ((2, 2, 3), False),
]


@thinned(("sizes", "own"), SHAPES, each_run=4)
def test_no_orbit_refutes_a_label(sizes: tuple[int, ...], own: bool) -> None:
    """States with eigenvalues of zero real part do what their label says."""
    rng = random.Random(sum(sizes) + own)
    judged = undecided = 0
    while judged < 6:
        game = random_game(rng, sizes, 2, own_play=own)
        game = AffineGame(game.sizes, tuple(fmpq(rng.randint(1, 3)) for _ in sizes), game.matrix)
        for support, state, along in rest_states(game, rng):
            found = judge(game, support, state, along)
            if not found.signs[1] or (found.signs[2] and found.label != "source"):
                continue
            if "normally hyperbolic" in found.reason:
                continue
            judged += 1
            if found.label == "undecided":
                undecided += 1
                continue
            assert refutation(game, state, found.label, judged) is None, (game.matrix, state, found)
    assert undecided <= 2

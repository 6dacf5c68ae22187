"""The replicator dynamics as a vector field."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import separatrix
from separatrix.dynamics.replicator import replicator
from separatrix.errors import InputError
from separatrix.game.evaluation import evaluate

GAMES = ["shi-chen-2018", "wang-2023", "mckelvey-mclennan", "hawk-dove-one-population", "matching-pennies"]


@pytest.mark.parametrize("slug", GAMES)
def test_the_field_equals_the_published_equations_at_any_state(slug: str) -> None:
    """Rates from the corner advantages equal the replicator equations, evaluated exactly."""
    game = separatrix.load(slug)
    analysis = separatrix.analyze(game)
    field = replicator(game)
    for state in (
        [Fraction(1, 3), Fraction(3, 7), Fraction(5, 6)],
        [Fraction(0), Fraction(1), Fraction(1, 9)],
    ):
        shares = dict(zip(game.shares, state, strict=False))
        values = {**(analysis.values or {}), **shares}
        exact = [float(evaluate(analysis.equations[s], values)) for s in game.shares]
        assert field([float(v) for v in shares.values()]) == pytest.approx(exact, abs=1e-12)


def test_many_states_are_answered_at_once() -> None:
    """An array (..., n) of states gives an array of the same shape, each row on its own."""
    field = replicator(separatrix.load("wang-2023"), scenario="stage-4")
    states = np.random.default_rng(seed=4).random((5, 7, 3))
    rates = field(states)
    assert rates.shape == states.shape
    assert rates[3, 2] == pytest.approx(field(states[3, 2]))


def test_a_parameter_without_a_value_is_refused() -> None:
    """A field needs numbers."""
    game = separatrix.load({"title": "t", "parameters": {"a": {}}, "payoff_matrix": [["a", 0], [1, 2]]})
    with pytest.raises(InputError, match="no value for `a`"):
        replicator(game)

"""The replicator dynamics as a vector field."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import separatrix
from game.every_form import FORMS, POINT
from separatrix.analysis.equations import jacobian, replicator_equations
from separatrix.dynamics.payoffs import compiled
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


@pytest.mark.parametrize("name", FORMS)
def test_every_form_of_game_moves_as_its_equations_say(name: str) -> None:
    """For any form, number of strategies and speeds, the field equals the written equations."""
    game = separatrix.load(FORMS[name])
    values = {n: p.value for n, p in game.parameters.items() if p.value is not None}
    state = {s: float(Fraction(POINT[s])) for s in game.shares}
    symbolic = replicator_equations(game, at=values)
    numeric = replicator_equations(game, values)
    here: dict[str, float] = {**{n: float(v) for n, v in values.items()}, **state}
    expected = [compiled(symbolic[s])(here) for s in game.shares]
    assert [compiled(numeric[s])(state) for s in game.shares] == pytest.approx(expected, abs=1e-12)
    field = replicator(game)
    assert field(list(state.values())) == pytest.approx(expected, abs=1e-12)
    stacked = field(np.tile(list(state.values()), (3, 2, 1)))
    assert stacked[2, 1] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("name", FORMS)
def test_the_jacobian_is_the_derivative_of_the_equations(name: str) -> None:
    """Its entries are the partial derivatives of the written rates, by central differences."""
    game = separatrix.load(FORMS[name])
    values = {n: p.value for n, p in game.parameters.items() if p.value is not None}
    entries = jacobian(game, values)
    if name in ("functions", "large group"):  # not rational in the shares, or too long to print
        assert entries == ()
        return
    rates = [compiled(e) for e in replicator_equations(game, values).values()]
    state = {s: float(Fraction(POINT[s])) for s in game.shares}
    for row, rate in zip(entries, rates, strict=True):
        for share, entry in zip(game.shares, row, strict=True):
            up, down = ({**state, share: state[share] + h} for h in (1e-6, -1e-6))
            slope = (rate(up) - rate(down)) / 2e-6
            assert compiled(entry)(state) == pytest.approx(slope, abs=1e-7)


@pytest.mark.parametrize("name", FORMS)
def test_shares_add_up_to_one_for_ever(name: str) -> None:
    """The rates of the shares of a population of more than two strategies cancel."""
    game = separatrix.load(FORMS[name])
    field = replicator(game)
    rates = field([float(Fraction(POINT[s])) for s in game.shares])
    for place, size in zip(field.slices, field.sizes, strict=True):
        if size > 2:
            assert rates[place].sum() == pytest.approx(0, abs=1e-12)

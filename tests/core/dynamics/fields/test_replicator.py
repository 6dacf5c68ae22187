"""The replicator dynamics as a vector field."""

from __future__ import annotations

import itertools
import math
import warnings
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import separatrix
from core.game.every_form import FORMS, POINT
from separatrix.analysis.replicator_equations import jacobian, replicator_equations
from separatrix.dynamics.fields.payoffs import compiled
from separatrix.dynamics.fields.replicator import replicator
from separatrix.errors import InputError
from separatrix.expression.evaluation import evaluate
from separatrix.expression.parser import parse_expression
from separatrix.game.values import with_lets

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
        values = {**with_lets(game, analysis.values or {}), **shares}
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


def test_equations_that_lose_part_of_a_population_are_refused() -> None:
    """Rates of the shares of one population must cancel, or the shares would not stay a whole."""
    game = separatrix.load(
        {
            "title": "t",
            "populations": [{"name": "A", "strategies": ["a", "b", "c"]}],
            "replicator": {"x_a": "x_a*x_b", "x_b": "x_b*x_c", "x_c": "x_c*x_a"},
        }
    )
    with pytest.raises(separatrix.ComesLater, match="do not add up to zero"):
        replicator(game)


@st.composite
def tables(draw: st.DrawFn) -> tuple[dict[str, Any], list[list[int]]]:
    """A table of one to three populations with two to four strategies, and weights of a state."""
    sizes = draw(st.lists(st.integers(2, 4), min_size=1, max_size=3))
    names = "ABC"[: len(sizes)]
    populations = [{"name": n, "strategies": list("pqrs"[:k])} for n, k in zip(names, sizes, strict=True)]
    numbers = st.integers(-9, 9)
    players = populations if len(sizes) > 1 else populations * 2
    plays = itertools.product(*(p["strategies"] for p in players))
    payoffs = [{"play": list(play), "pay": [draw(numbers) for _ in sizes]} for play in plays]
    speeds = {n: draw(st.integers(1, 3)) for n in names}
    document = {"title": "t", "populations": populations, "payoffs": payoffs, "speeds": speeds}
    return document, [draw(st.lists(st.integers(1, 9), min_size=k, max_size=k)) for k in sizes]


@given(tables())
@settings(max_examples=40)
def test_written_equations_and_the_field_agree_on_random_tables(
    drawn: tuple[dict[str, Any], list[list[int]]],
) -> None:
    """The formulas come from exact algebra, the field from tensors of floats; both say the same."""
    document, weights = drawn
    game = separatrix.load(document)
    state: dict[str, Fraction] = {}
    for population, part in zip(game.populations, weights, strict=True):
        shares = [Fraction(w, sum(part)) for w in part]
        state.update(zip(population.shares, shares, strict=False))
    exact = [float(evaluate(rate, state)) for rate in replicator_equations(game, {}).values()]
    assert replicator(game)([float(v) for v in state.values()]) == pytest.approx(exact, abs=1e-10)


@pytest.mark.parametrize("text", ["1/x", "x/(x*x)", "x^-1", "log(x)", "exp(1e9*(1 + x))", "(x - 1)^(1/2)"])
def test_formulas_without_a_value_warn_nobody(text: str) -> None:
    """At a pole a number is infinite or none, a float as an element of an array, and nothing is printed."""
    value = compiled(parse_expression(text))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        alone, among = float(value({"x": 0.0})), value({"x": np.array([0.0, 1.0])})
    assert not math.isfinite(alone)
    assert np.array_equal(among[0], alone, equal_nan=True)

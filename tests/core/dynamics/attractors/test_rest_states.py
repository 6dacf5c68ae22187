"""Rest states found numerically, against those that are known."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Matrix, linsolve

import separatrix
from core.dynamics.fields.games import HAWKS, PENNIES, ROCK, STAG, bimatrices
from separatrix.dynamics.attractors.equilibria import onto_simplices, rest_states
from separatrix.dynamics.fields import field
from separatrix.errors import InputError
from separatrix.game.reader import load
from thinning import thinned


@pytest.mark.parametrize("kind", ["smith", "bnn"])
def test_innovators_rest_at_all_nine_equilibria_of_mckelvey_and_mclennan(kind: str) -> None:
    """The 2x2x2 game has nine Nash equilibria, and Smith and BNN have these rest states."""
    game = separatrix.load("mckelvey-mclennan")
    nash = [list(p["state"].values()) for p in separatrix.analyze(game).to_dict()["rest_points"] if p["nash"]]
    found = rest_states(field(game, kind=kind), seed=1)
    assert len(nash) == 9
    assert sorted(map(tuple, nash)) == [pytest.approx(tuple(r.state), abs=1e-6) for r in found.states]


def test_a_cold_logit_rests_near_all_nine() -> None:
    """At a low temperature there is one quantal response near each of nine regular equilibria."""
    game = separatrix.load("mckelvey-mclennan")
    found = rest_states(field(game, kind="logit", eta=0.05), seed=1)
    assert len(found.states) == 9
    assert "at least one more" not in found.message


def test_the_replicator_rests_where_the_analysis_says() -> None:
    """The search finds the sixteen rest points that the analysis proves to be all."""
    game = separatrix.load("mckelvey-mclennan")
    proven = sorted(tuple(p["state"].values()) for p in separatrix.analyze(game).to_dict()["rest_points"])
    found = rest_states(field(game), seed=1)
    assert len(proven) == 16
    assert proven == [pytest.approx(tuple(rest.state), abs=1e-6) for rest in found.states]


@pytest.mark.parametrize("eta", [0.1, 0.5])
def test_eigenvalues_of_the_logit_in_rock_paper_scissors(eta: float) -> None:
    """At the middle the derivative is that of the payoffs over 3 eta, minus one: -1 ± i/(sqrt 3 eta)."""
    found = rest_states(field(load(ROCK), kind="logit", eta=eta), seed=1)
    (rest,) = found.states
    assert rest.eigenvalues is not None
    expected = [complex(-1, -1 / (3**0.5 * eta)), complex(-1, 1 / (3**0.5 * eta))]
    assert sorted(rest.eigenvalues, key=lambda z: z.imag) == pytest.approx(expected, rel=1e-6)


@settings(max_examples=20, deadline=None)
@given(bimatrices(), st.sampled_from([0.2, 1.0]))
def test_what_is_found_is_at_rest(game: separatrix.Game, eta: float) -> None:
    """In random games each state found for the logit has no motion, and one is always found."""
    flow = field(game, kind="logit", eta=eta)
    found = rest_states(flow, starts=60, seed=4)
    assert found.states
    for rest in found.states:
        assert np.abs(flow(rest.state)).max() <= 1e-11
        assert all((part >= 0).all() for part in flow.weights(rest.state))
    assert found.converged <= found.starts


def test_completeness_is_never_claimed_of_a_search() -> None:
    """The message says that the states were found numerically and that there may be others."""
    found = rest_states(field(load(HAWKS), kind="logit", eta=0.5), starts=5, seed=1)
    assert found.complete is False
    assert "found numerically" in found.message
    assert "there may be others" in found.message


def test_a_search_that_missed_one_says_so() -> None:
    """The indices of the rest states of a field that points inwards add up to one; else one is missing."""
    from separatrix.dynamics.attractors.equilibria import _index_lacks

    flow = field(load(STAG), kind="logit", eta=0.25)
    found = list(rest_states(flow, seed=1).states)
    assert len(found) == 3
    assert not _index_lacks(flow, found)
    assert _index_lacks(flow, found[:2])
    assert not _index_lacks(field(load(STAG)), found[:2])


def test_states_on_a_continuum_are_marked() -> None:
    """Where every state is at rest those that are found are marked as singular."""
    flow = field(load({"title": "t", "payoff_matrix": [[1, 1], [1, 1]]}))
    found = rest_states(flow, starts=3, seed=1)
    assert len(found.states) >= 3
    assert all(rest.singular for rest in found.states)
    assert "continuum" in found.message


def test_the_seed_gives_the_same_search_again() -> None:
    """The seed is recorded, drawn where none was given."""
    flow = field(load(PENNIES), kind="logit", eta=1)
    first = rest_states(flow, starts=10)
    again = rest_states(flow, starts=10, seed=first.seed)
    assert [r.state.tolist() for r in first.states] == [r.state.tolist() for r in again.states]


def test_fields_that_jump_are_refused_without_their_game() -> None:
    """No search finds rest points that lie where a field jumps; the exact analysis of the game does."""
    flow = field(load(HAWKS), kind="best-response")
    assert rest_states(flow).states[0].state == pytest.approx([2 / 3])
    with pytest.raises(InputError, match="`analyze` finds") as caught:
        rest_states(replace(flow, exact=None))
    assert caught.value.code == "D604"


MATRICES: list[list[list[int]]] = [
    [[8, 8, 8], [8, 0, 8], [9, 2, 1]],
    [[5, 5, 8], [4, 7, 0], [5, 3, 0]],
    [[1, 1, 0], [1, 1, 0], [0, 0, 0]],
    [[0, 0, 0], [0, 0, 0], [0, 0, 0]],
    [[0, 1, -1], [-1, 0, 1], [1, -1, 0]],
]


def random_matrices(seed: int, count: int) -> list[list[list[int]]]:
    """Whole numbers, many of them equal."""
    rng = random.Random(seed)
    highest = [rng.choice([1, 2, 9]) for _ in range(count)]
    return [[[rng.randint(0, high) for _ in range(3)] for _ in range(3)] for high in highest]


@thinned("kind", ["bnn", "smith", "best-response"], each_run=1)
@pytest.mark.parametrize(
    "matrices",
    [
        pytest.param([*MATRICES, *random_matrices(1, 12)], id="few"),
        pytest.param(random_matrices(2, 400), id="many", marks=pytest.mark.soak),
    ],
)
def test_innovators_rest_at_the_nash_equilibria_alone(matrices: list[list[list[int]]], kind: str) -> None:
    """In random and degenerate games they rest at the equilibria that enumeration of supports finds."""
    for matrix in matrices:
        game = separatrix.load({"title": "t", "payoff_matrix": matrix})
        found = rest_states(field(game, kind=kind), seed=1)
        states = [tuple(Fraction(float(x)).limit_denominator(10**6) for x in r.state) for r in found.states]
        extreme = extreme_equilibria(matrix)
        assert found.complete and len(set(states)) == len(states)
        assert all(is_nash(matrix, state) for state in states), (matrix, states)
        assert extreme <= set(states), (matrix, states)
        more = {s for s, r in zip(states, found.states, strict=True) if s not in extreme and not r.singular}
        assert not more, (matrix, more)


def is_nash(matrix: list[list[int]], state: tuple[Fraction, ...]) -> bool:
    """Whether each strategy that is played is a best reply in the population."""
    earned = [sum((a * x for a, x in zip(row, state, strict=True)), Fraction(0)) for row in matrix]
    return all(u == max(earned) for u, x in zip(earned, state, strict=True) if x)


def extreme_equilibria(matrix: list[list[int]]) -> set[tuple[Fraction, ...]]:
    """The symmetric equilibria that some strategies played and some best replies determine."""
    strategies, result = range(len(matrix)), set()
    sets = [s for m in strategies for s in itertools.combinations(strategies, m + 1)]
    for played, best in itertools.product(sets, sets):
        if not set(played) <= set(best):
            continue
        system = Matrix([[matrix[j][i] for i in played] + [-1] for j in best] + [[1] * len(played) + [0]])
        right = Matrix([0] * len(best) + [1])
        if system.rank() < len(played) + 1 or system.row_join(right).rank() > system.rank():
            continue
        (answer,) = linsolve((system, right))
        shares = dict(zip(played, answer, strict=False))
        values = [shares.get(i, 0) for i in strategies]
        state = tuple(Fraction(int(v.p), int(v.q)) if v else Fraction(0) for v in values)
        if min(state) >= 0 and is_nash(matrix, state):
            result.add(state)
    return result


def test_a_negative_number_of_starts_is_refused() -> None:
    """No starts at random are fine, fewer are not."""
    flow = field(load(HAWKS), kind="logit", eta="1/10")
    assert rest_states(flow, starts=0, seed=1).states[0].state == pytest.approx([2 / 3], abs=0.05)
    with pytest.raises(InputError, match="expected a number of 0 or more"):
        rest_states(flow, starts=-1)


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=5))
def test_projection_gives_the_nearest_state(numbers: list[float]) -> None:
    """The projection lies in the simplex, and the way to it makes no acute angle with any corner's."""
    point = np.array(numbers)
    (near,) = onto_simplices([point])
    assert near.min() >= 0
    assert near.sum() == pytest.approx(1)
    assert ((point - near) @ (np.eye(len(point)) - near).T).max() <= 1e-9

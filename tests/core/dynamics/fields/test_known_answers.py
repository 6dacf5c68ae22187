"""Fields against theory and numbers worked out by hand."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dynamics.fields.games import HAWKS, PENNIES, ROCK, STAG, UNEVEN, states
from separatrix.dynamics.attractors.equilibria import rest_states
from separatrix.dynamics.fields import field
from separatrix.dynamics.fields.target_protocols import BestResponse, Logit
from separatrix.game.reader import load

EQUAL = [1 / 3, 1 / 3, 1 / 3]


@pytest.mark.parametrize("kind", ["replicator", "smith", "bnn", "best-response"])
@pytest.mark.parametrize(("game", "nash"), [(HAWKS, [2 / 3]), (ROCK, EQUAL), (PENNIES, [0.5, 0.5])])
def test_the_classical_fields_share_mixed_nash_equilibria(
    kind: str, game: dict[str, object], nash: list[float]
) -> None:
    """At the mixed equilibrium nothing moves under the replicator, Smith, BNN and best response."""
    assert field(load(game), kind=kind)(nash) == pytest.approx(0, abs=1e-15)


def test_smith_by_hand() -> None:
    """In rock-paper-scissors at (1/2, 1/4, 1/4) each of the three flows between strategies is right."""
    # Payoffs: rock 0, paper 1/4, scissors -1/4.  Paper gains 1/4 * 1/2 from rock and 1/2 * 1/4 from scissors;
    # rock gains 1/4 * 1/4 from scissors.
    flow = field(load(ROCK), kind="smith")
    assert flow([0.5, 0.25, 0.25]) == pytest.approx([1 / 16 - 1 / 8, 1 / 4, -1 / 8 - 1 / 16])


def test_bnn_by_hand() -> None:
    """In rock-paper-scissors at (1/2, 1/4, 1/4) only paper earns more than the average, by 1/4."""
    flow = field(load(ROCK), kind="bnn")
    assert flow([0.5, 0.25, 0.25]) == pytest.approx([-1 / 8, 1 / 4 - 1 / 16, -1 / 16])


def test_the_mutator_by_hand() -> None:
    """With a matrix of mutation the copies of each strategy are spread over the columns of its row."""
    game = load({"title": "t", "payoff_matrix": [[2, 1], [3, 0]]})
    flow = field(game, kind="replicator-mutator", matrix=[["9/10", "1/10"], ["1/5", "4/5"]])
    x = 0.25
    first, second = 2 * x + (1 - x), 3 * x
    average = x * first + (1 - x) * second
    assert flow([x]) == pytest.approx([0.9 * x * first + 0.2 * (1 - x) * second - x * average])


def test_no_mutation_is_the_replicator() -> None:
    """With mu = 0 both forms of the replicator-mutator are the replicator."""
    game = load(UNEVEN)
    at = states(field(game))
    for when in ("births", "always"):
        mutator = field(game, kind="replicator-mutator", mu=0, when=when)
        assert mutator(at) == pytest.approx(field(game)(at), abs=1e-14)


def test_mutation_may_spare_a_population() -> None:
    """A population that the rates do not name does not mutate."""
    game = load(UNEVEN)
    mutator = field(game, kind="replicator-mutator", mu={"A": 0.2}, when="always")
    at = states(field(game))
    assert mutator(at)[:, 3] == pytest.approx(field(game)(at)[:, 3])
    assert mutator(np.array([1, 0, 0, 1])) == pytest.approx([-0.4, 0.2, 0.2, 0])


@pytest.mark.parametrize("mu", [1e-3, 1e-5])
def test_weak_mutation_rests_near_nash_equilibria(mu: float) -> None:
    """As mu → 0 the rest states of the mutator approach those of the replicator that are Nash."""
    found = rest_states(field(load(STAG), kind="replicator-mutator", mu=mu), seed=5)
    assert [rest.state[0] for rest in found.states] == pytest.approx([0, 1 / 3, 1], abs=3 * mu)


@given(st.integers(-5, 5), st.integers(-5, 5), st.integers(0, 10))
def test_a_hot_logit_plays_all_strategies_alike(a: int, b: int, tenths: int) -> None:
    """As eta → ∞ the logit field points to the middle."""
    game = load({"title": "t", "payoff_matrix": [[a, 0], [b, 1]]})
    x = tenths / 10
    assert field(game, kind="logit", eta=10**9)([x]) == pytest.approx([0.5 - x], abs=1e-7)


@given(st.lists(st.integers(-5, 5), min_size=9, max_size=9), st.integers(0, 10), st.integers(0, 10))
def test_a_cold_logit_plays_the_best_reply(entries: list[int], one: int, two: int) -> None:
    """As eta → 0 the logit field is that of best response wherever the best reply is unique."""
    game = load({"title": "t", "payoff_matrix": [entries[:3], entries[3:6], entries[6:]]})
    reply, cold = field(game, kind="best-response"), field(game, kind="logit", eta="1/1000")
    at = np.array([one, two, 1.0]) / (one + two + 1)
    earned = np.sort(reply.payoffs(reply.weights(at))[0])
    if earned[-1] - earned[-2] > 0.02:
        assert cold(at) == pytest.approx(reply(at), abs=1e-7)


def test_the_coldest_logit_overflows_nowhere() -> None:
    """Temperatures far below the payoffs give finite rates."""
    game = load({"title": "t", "payoff_matrix": [[10**6, 0], [0, -(10**6)]]})
    flow = field(game, kind="logit", eta="1/1000000")
    assert flow([[0.0], [1.0]]).tolist() == [[1.0], [0.0]]


def test_the_logit_rests_at_the_quantal_response() -> None:
    """In matching pennies the one quantal response equilibrium is the middle, at any temperature."""
    for eta in (0.1, 1, 10):
        flow = field(load(PENNIES), kind="logit", eta=eta)
        assert isinstance(flow, Logit)
        found = rest_states(flow, starts=50, seed=2)
        assert [rest.state.tolist() for rest in found.states] == [pytest.approx([0.5, 0.5])]


def test_best_replies_are_single_where_one_is_best() -> None:
    """Away from ties the field goes straight to the best pure strategy."""
    flow = field(load(UNEVEN), kind="best-response")
    assert isinstance(flow, BestResponse)
    # y = 1: A earns 3, 1, 2; x = (0, 1, 0): B earns 4, 0.  The speeds are 2 and 1/2.
    assert flow([0, 1, 0, 1]).tolist() == [2, -2, 0, 0]
    assert flow([0, 1, 0, 0.5])[3] == pytest.approx(0.25)


def test_in_a_tie_those_who_play_a_best_reply_stay() -> None:
    """Of all motions that the inclusion allows, the slowest is taken: only the others move, and evenly."""
    game = load({"title": "t", "payoff_matrix": [[1, 1, 1], [1, 1, 1], [0, 0, 0]]})
    flow = field(game, kind="best-response")
    assert flow([0.5, 0.3, 0.2]) == pytest.approx([0.1, 0.1, -0.2])
    assert flow([0.9, 0.1, 0.0]).tolist() == [0, 0, 0]


@given(
    st.lists(st.integers(1, 9), min_size=9, max_size=9), st.lists(st.integers(1, 9), min_size=3, max_size=3)
)
def test_one_population_adjusted_runs_along_the_same_lines(entries: list[int], counts: list[int]) -> None:
    """The payoff-adjusted rates are the replicator's over the average: parallel, never against each other."""
    game = load({"title": "t", "payoff_matrix": [entries[:3], entries[3:6], entries[6:]]})
    at = np.array(counts) / sum(counts)
    plain, adjusted = field(game)(at), field(game, kind="payoff-adjusted")(at)
    average = at @ np.array(entries, dtype=float).reshape(3, 3) @ at
    assert adjusted * average == pytest.approx(plain, abs=1e-13)


def test_adjustment_turns_a_centre_into_a_sink() -> None:
    """Matching pennies: closed orbits under the replicator, attraction with payoff adjustment.

    Maynard Smith 1982; the linearisation at the middle is traceless for the replicator.
    """
    game = load(PENNIES)
    constant = []
    for flow in (field(game), field(game, kind="payoff-adjusted", background=2)):
        at = np.array([0.75, 0.5])
        for _ in range(400):  # the classical Runge-Kutta method
            k1 = flow(at)
            k2 = flow(at + 0.05 * k1)
            k3 = flow(at + 0.05 * k2)
            at = at + 0.1 / 6 * (k1 + 2 * k2 + 2 * k3 + flow(at + 0.1 * k3))
        constant.append(float((at * (1 - at)).prod()))
    start = 0.75 * 0.25 * 0.25
    assert constant[0] == pytest.approx(start, rel=1e-5)
    assert constant[1] > 1.1 * start


def test_numbers_are_read_exactly() -> None:
    """Options may be texts and fractions, as everywhere else."""
    game = load(HAWKS)
    one = field(game, kind="logit", eta=Fraction(1, 3))
    assert one([0.3]) == pytest.approx(field(game, kind="logit", eta="1/3")([0.3]), abs=0)

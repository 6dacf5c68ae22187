"""Regimes, their conditions and witnesses."""

import itertools
from fractions import Fraction

import pytest

from core.analysis.helpers import document
from separatrix import InputError, analyze, load
from separatrix.analysis.assumptions import Assumptions
from separatrix.analysis.regime_conditions import describe_cells
from separatrix.exact.rational_functions import Ring
from separatrix.expression.conditions import condition_text, holds
from separatrix.expression.tree import Name


def with_parameters(assume: list[str], **advantages: str) -> dict[str, object]:
    """A game whose parameters a, b, c, d have no values."""
    return {**document(**advantages), "parameters": {n: {} for n in "abcd"}, "assume": assume}


def test_a_set_of_sign_patterns_becomes_a_condition_that_holds_exactly_there() -> None:
    """Every one of the 2^9 sets of patterns of two quantities is described without error."""
    ring = Ring(["a", "b"])
    game = load({**document(x="a*y", y="b*x"), "parameters": {"a": {}, "b": {}}})
    assumptions = Assumptions(game, ring)
    polynomials = [ring.read(Name(n)).numerator for n in ("a", "b")]
    patterns = list(itertools.product((-1, 0, 1), repeat=2))
    for chosen in itertools.product((False, True), repeat=9):
        inside = {p for p, yes in zip(patterns, chosen, strict=True) if yes}
        condition = describe_cells(
            [frozenset((-1, 0, 1))] * 2,
            lambda s, inside=inside: tuple(s) in inside,
            lambda index, operator: assumptions.relation(polynomials[index], operator),
        )
        for a, b in patterns:
            assert holds(condition, {"a": Fraction(a), "b": Fraction(b)}) == ((a, b) in inside)


def test_witnesses_satisfy_their_condition_and_have_the_stable_states() -> None:
    """A regime's witness, analysed in numbers, has exactly the regime's stable states."""
    game = load(with_parameters(["a > 0"], x="a*y - b", y="c*x - d"))
    analysis = analyze(game, symbolic=True)
    assert analysis.regimes_completeness is not None
    assert analysis.regimes_completeness.status == "complete"
    for regime in analysis.regimes:
        assert holds(regime.condition, regime.witness)
        numeric = analyze(game, regime.witness)
        stable = {p.state for p in numeric.rest_points if p.stability == "asymptotically stable"}
        assert stable == {tuple(float(e.value) for e in state) for state in regime.stable}


def test_a_regime_that_is_degenerate_is_not_generic() -> None:
    """Only a = 0 leaves this game without a strict equilibrium."""
    game = load({**document(x="a", y="1"), "parameters": {"a": {}}})
    regimes = {len(r.stable): r for r in analyze(game, symbolic=True).regimes}
    assert condition_text(regimes[0].condition) == "a == 0"
    assert not regimes[0].generic
    assert regimes[1].generic


def test_contradictory_assumptions_are_refused_by_name() -> None:
    """z3's core names the assumptions that cannot hold together, and no others."""
    game = load(with_parameters(["a > b", "b > c", "c > a", "d > 0"], x="a*y", y="b*x"))
    with pytest.raises(InputError) as caught:
        analyze(game, symbolic=True)
    assert caught.value.code == "A504"
    assert "`a > b`" in caught.value.message and "`d > 0`" not in caught.value.message


@pytest.mark.parametrize(("slug", "points"), [("wang-2023", 15), ("shi-chen-2018", 5)])
@pytest.mark.parametrize("budget", [0, 1e-6])
def test_too_little_time_is_said_and_what_was_found_is_kept(slug: str, points: int, budget: float) -> None:
    """With no time at all the regimes are incomplete, and everything else is there."""
    analysis = analyze(load(slug), symbolic=True, budget=budget)
    assert analysis.regimes_completeness is not None
    assert analysis.regimes_completeness.status == "incomplete"
    assert len(analysis.rest_points) == points


def test_impossible_candidates_are_left_out() -> None:
    """With T > R > P > S the prisoner's dilemma has no mixed candidate and one regime."""
    analysis = analyze(load("prisoners-dilemma-two-populations"), symbolic=True)
    assert [p.free for p in analysis.rest_points] == [()] * 4
    assert [len(r.stable) for r in analysis.regimes] == [1]
    assert condition_text(analysis.regimes[0].condition) == "True"


@pytest.mark.parametrize("budget", [-1, float("nan"), float("inf")])
def test_a_budget_that_is_no_time_is_refused(budget: float) -> None:
    """The message says what was given and what is expected."""
    with pytest.raises(InputError) as caught:
        analyze(load("shi-chen-2018"), symbolic=True, budget=budget)
    assert caught.value.code == "V305"


def test_parameters_at_which_a_payoff_has_no_value_are_left_out() -> None:
    """With y/q and q >= 0 there is no regime at q = 0, and assuming q == 0 contradicts the payoff."""
    game = {**document(x="y/q + 1", y="1"), "parameters": {"q": {}}, "assume": ["q >= 0"]}
    analysis = analyze(load(game), symbolic=True)
    assert [len(r.stable) for r in analysis.regimes] == [1]
    assert all(r.witness["q"] > 0 for r in analysis.regimes)
    assert [w.code for w in analysis.warnings] == ["A506"]
    assert not analyze(load({**game, "assume": ["q > 0"]}), symbolic=True).warnings
    with pytest.raises(InputError) as caught:
        analyze(load({**game, "assume": ["q == 0"]}), symbolic=True)
    assert caught.value.code == "A504"

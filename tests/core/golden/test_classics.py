"""Games whose answers are in every textbook, and two published ones."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

import separatrix
from separatrix.expression.conditions import holds
from separatrix.expression.evaluation import evaluate
from separatrix.expression.tree import to_text


def analyzed(slug: str, **options: Any) -> Any:
    """The answer for a game of the catalogue."""
    return separatrix.analyze(separatrix.load(slug), **options)


def stable(answer: Any) -> set[tuple[float, ...]]:
    """The asymptotically stable states."""
    return {p.state for p in answer.rest_points if p.stability == "asymptotically stable"}


def labels(answer: Any) -> dict[tuple[float, ...], str]:
    """The label of each rest point, by its rounded state."""
    return {tuple(round(v, 6) for v in p.state): p.stability for p in answer.rest_points}


def test_mckelvey_mclennan() -> None:
    """It has all 16 rest points that a game of its size can have, nine of them Nash, four strict."""
    answer = analyzed("mckelvey-mclennan")
    assert answer.completeness.status == "complete"
    assert len(answer.rest_points) == 16
    assert not answer.rest_sets
    assert all(p.isolated for p in answer.rest_points)
    assert sum(p.nash for p in answer.rest_points) == 9
    assert {p.state for p in answer.rest_points if p.strict_nash} == {
        (1, 1, 1),
        (1, 0, 0),
        (0, 1, 0),
        (0, 0, 1),
    }
    assert stable(answer) == {p.state for p in answer.rest_points if p.strict_nash}
    interior = sorted(p.state for p in answer.rest_points if len(p.free) == 3)
    assert interior == [pytest.approx((2 / 5, 1 / 2, 1 / 3)), pytest.approx((1 / 2, 2 / 5, 1 / 4))]
    assert [[evaluate(e, {}) for e in p.exact] for p in answer.rest_points if len(p.free) == 3], (
        "exact coordinates are given"
    )


@pytest.mark.parametrize(
    ("scenario", "expected"),
    [("H0", {(0, 0)}), ("H8", set()), ("H10", {(1, 1)}), ("H12", {(1, 1)}), ("H14", {(1, 1)})],
)
def test_coal_safety_scenarios(scenario: str, expected: set[Any]) -> None:
    """A reward below 1.2 leaves the trap stable, one above 9 makes safety stable, between them neither."""
    assert stable(analyzed("coal-safety", scenario=scenario)) == expected


@pytest.mark.parametrize(
    ("reward", "expected"),
    [("1.19", {(0, 0)}), ("1.2", set()), ("1.21", set()), ("8.99", set()), ("9", set()), ("9.01", {(1, 1)})],
)
def test_coal_safety_thresholds(reward: str, expected: set[Any]) -> None:
    """The tipping values are 1.2 and 9; exactly on them nothing is asymptotically stable."""
    answer = analyzed("coal-safety", values={"H": reward})
    assert stable(answer) == expected
    inner = [p for p in answer.rest_points if p.free]
    assert len(inner) == (reward in ("1.21", "8.99"))
    assert all(p.stability == "centre" for p in inner)


def test_coal_safety_centre() -> None:
    """At a reward of 8 closed orbits surround (0.871795, 2/3), with eigenvalues +-1.078i."""
    answer = analyzed("coal-safety", scenario="H8")
    (centre,) = (p for p in answer.rest_points if p.free)
    assert centre.state == pytest.approx((0.8717948717948718, 2 / 3))
    assert centre.stability == "centre"
    assert sorted(v.imag for v in centre.eigenvalues) == pytest.approx([-1.078143, 1.078143], abs=1e-6)
    assert all(v.real == 0 for v in centre.eigenvalues)
    assert centre.ess is False and centre.nash is True


def test_coal_safety_conditions_tell_the_tipping_values() -> None:
    """In symbols the trap is stable exactly for H < 1.2, and safety for H > 9, at the published values."""
    game = separatrix.load("coal-safety")
    answer = separatrix.analyze(game, symbolic=True)
    by_state = {tuple(int(evaluate(e, {})) for e in p.exact): p for p in answer.rest_points if not p.free}
    base = {n: p.value for n, p in game.parameters.items()}
    for reward in (Fraction(k, 10) for k in range(0, 141)):
        values = base | {"H": reward}
        assert holds(by_state[(0, 0)].stable_when, values) == (reward < Fraction(12, 10))
        assert holds(by_state[(1, 1)].stable_when, values) == (reward > 9)


def test_hawk_dove_in_one_population() -> None:
    """One population settles at V/C hawks, which is the ESS; so says the symbolic answer too."""
    answer = analyzed("hawk-dove-one-population")
    (mixed,) = (p for p in answer.rest_points if p.free)
    assert mixed.state == pytest.approx((2 / 3,))
    assert stable(answer) == {mixed.state}
    assert (mixed.ess, mixed.nss, mixed.nash, mixed.strict_nash) == (True, True, True, False)
    assert [p.stability for p in answer.rest_points if not p.free] == ["source", "source"]
    fierce = analyzed("hawk-dove-one-population", scenario="worthwhile-fight")
    assert stable(fierce) == {(1.0,)}
    (hawks,) = (p for p in fierce.rest_points if p.state == (1.0,))
    assert (hawks.ess, hawks.strict_nash) == (True, True)


def test_hawk_dove_at_a_degenerate_value() -> None:
    """With V = C hawks are an ESS and asymptotically stable, though not a strict equilibrium."""
    answer = analyzed("hawk-dove-one-population", values={"V": 4, "C": 4})
    (hawks,) = (p for p in answer.rest_points if p.state == (1.0,))
    assert (hawks.stability, hawks.ess, hawks.strict_nash, hawks.nash) == (
        "asymptotically stable",
        True,
        False,
        True,
    )


def test_hawk_dove_between_two_populations() -> None:
    """Two populations split into hawks and doves; the mixed point is a saddle and no ESS."""
    answer = analyzed("hawk-dove-two-populations")
    assert stable(answer) == {(0, 1), (1, 0)}
    (mixed,) = (p for p in answer.rest_points if p.free)
    assert mixed.state == pytest.approx((2 / 3, 2 / 3))
    assert (mixed.stability, mixed.ess, mixed.nash) == ("saddle", False, True)


@pytest.mark.parametrize("form", ["one-population", "two-populations"])
def test_prisoners_dilemma(form: str) -> None:
    """Defection is the only stable state, and strict, for all admissible payoffs."""
    answer = analyzed(f"prisoners-dilemma-{form}", symbolic=True)
    nobody = (0.0,) * (1 if form == "one-population" else 2)
    assert stable(answer) == {nobody}
    assert len(answer.regimes) == 1
    assert not [p for p in answer.rest_points if p.free]


@pytest.mark.parametrize("form", ["one-population", "two-populations"])
def test_stag_hunt(form: str) -> None:
    """Both conventions are stable for all admissible payoffs, and the mixed state divides them."""
    answer = analyzed(f"stag-hunt-{form}")
    n = 1 if form == "one-population" else 2
    assert stable(answer) == {(0.0,) * n, (1.0,) * n}
    (mixed,) = (p for p in answer.rest_points if p.free)
    assert mixed.state == pytest.approx((2 / 3,) * n)
    assert mixed.stability == ("source" if n == 1 else "saddle")
    symbolic = analyzed(f"stag-hunt-{form}", symbolic=True)
    assert len(symbolic.regimes) == 1


def test_battle_of_the_sexes() -> None:
    """Going together is stable, wherever; the mixed equilibrium is a saddle at (a, b)/(a + b)."""
    answer = analyzed("battle-of-the-sexes")
    assert stable(answer) == {(0, 0), (1, 1)}
    assert labels(answer)[(round(2 / 3, 6), round(1 / 3, 6))] == "saddle"


def test_matching_pennies() -> None:
    """Nothing is asymptotically stable; closed orbits surround the even mixture, for every stake."""
    answer = analyzed("matching-pennies")
    assert stable(answer) == set()
    (mixed,) = (p for p in answer.rest_points if p.free)
    assert mixed.state == (0.5, 0.5)
    assert (mixed.stability, mixed.nash, mixed.ess) == ("centre", True, False)
    assert all(p.stability == "saddle" for p in answer.rest_points if not p.free)
    assert [r.stable for r in analyzed("matching-pennies", symbolic=True).regimes] == [()]


def test_rock_paper_scissors_in_one_population() -> None:
    """With equal stakes the even mixture is a neutrally stable centre, no ESS; the vertices are saddles."""
    answer = analyzed("rock-paper-scissors-one-population")
    (mixed,) = (p for p in answer.rest_points if p.free)
    assert mixed.exact is not None and [to_text(e) for e in mixed.exact] == ["1/3"] * 3
    assert (mixed.stability, mixed.nash, mixed.ess, mixed.nss) == ("centre", True, False, True)
    assert {p.stability for p in answer.rest_points if not p.free} == {"saddle"}


def test_rock_paper_scissors_in_two_populations() -> None:
    """The even mixture of a zero-sum bimatrix game is stable, and nothing is asymptotically stable."""
    answer = analyzed("rock-paper-scissors-two-populations")
    (mixed,) = (p for p in answer.rest_points if len(p.free) == 2 and len(p.support[0]) == 3)
    assert mixed.stability == "stable"
    assert stable(answer) == set()

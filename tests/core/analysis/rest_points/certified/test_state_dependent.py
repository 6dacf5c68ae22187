"""Payoffs that depend on the state, the own shares included, and quotients."""

from __future__ import annotations

import math

import pytest

from separatrix.analysis.certified.solve import solve_certified
from separatrix.analysis.payoff_functions import field_of
from separatrix.errors import InputError

from .games import advantages, certify, solve


def test_multiple_zeros() -> None:
    """A double zero is attracting from one side only, a triple one like a simple one."""
    answer = solve(advantages(x="(x - 1/3)^2*(1/2 - x)"))
    labels = {p.exact: p.stability for p in answer.points}
    by_state = {round(p.state[0], 12): p.stability for p in answer.points if p.state}
    assert len(labels) == 4
    assert by_state == {
        0: "source",
        round(1 / 3, 12): "unstable",
        0.5: "asymptotically stable",
        1: "source",
    }
    middle = next(p for p in solve(advantages(x="(1/2 - x)^3")).points if p.free)
    assert middle.stability == "asymptotically stable" and middle.eigenvalues == (0,)


def test_zero_eigenvalue_at_an_end() -> None:
    """Where the advantage vanishes at a pure state, its sign beside it decides."""
    answer = solve(advantages(x="x^2*(1 - x)"))
    assert [p.stability for p in answer.points] == ["source", "asymptotically stable"]
    answer = solve(advantages(x="-x^2*(1 - x)"))
    assert [p.stability for p in answer.points] == ["asymptotically stable", "source"]
    assert all(p.eigenvalues == (0,) and p.isolated for p in answer.points)


def test_own_share_makes_a_sink() -> None:
    """With payoffs that fall in the own share a mixed state attracts; without them it never does."""
    answer = solve(advantages(x="y - 1/2 - (x - 1/2)", y="1/2 - x - (y - 1/2)"))
    middle = next(p for p in answer.points if len(p.free) == 2)
    assert middle.state == (0.5, 0.5) and middle.stability == "asymptotically stable"
    assert middle.eigenvalues == pytest.approx((-0.25 - 0.25j, -0.25 + 0.25j))
    answer = solve(advantages(x="y^3 - 1/8", y="1/8 - x^3"))
    middle = next(p for p in answer.points if len(p.free) == 2)
    assert middle.stability == "centre", middle.reason


def test_certified_signs_close_to_zero() -> None:
    """Eigenvalues with real parts of 1e-12 get their sign; with real part zero they do not."""
    for shift, label in (("1/10^12", "source"), ("-1/10^12", "asymptotically stable")):
        answer = solve(advantages(x=f"y - 1/2 + (x - 1/2)*({shift})", y=f"1/2 - x + (y - 1/2)*({shift})"))
        middle = next(p for p in answer.points if len(p.free) == 2)
        assert middle.stability == label
    answer = solve(advantages(x="y^3 - 1/8 + (x - 1/2)/2", y="1/8 - x^3 - (y - 1/2)/2"))
    middle = next(p for p in answer.points if len(p.free) == 2)
    assert middle.stability == "undecided"


def test_irrational_states() -> None:
    """States of degree three are floats without closed form, those of degree two are exact."""
    answer = solve(advantages(x="y^3 - 1/2", y="1/2 - x^3"))
    middle = next(p for p in answer.points if len(p.free) == 2)
    assert middle.exact is None
    assert middle.state == (0.5 ** (1 / 3), 0.5 ** (1 / 3))
    answer = solve(advantages(x="y^2 - 1/2", y="1/2 - x^2"))
    middle = next(p for p in answer.points if len(p.free) == 2)
    assert middle.exact is not None and middle.state == (math.sqrt(0.5), math.sqrt(0.5))


def test_quotients() -> None:
    """Quotients are analysed where their denominators keep their sign."""
    answer = solve(advantages(x="y/(1 + x) - 1/3", y="1/2 - x/(2 - y)"))
    middle = next(p for p in answer.points if len(p.free) == 2)
    assert middle.state == (5 / 7, 4 / 7) and middle.stability == "asymptotically stable"


@pytest.mark.parametrize("advantage", ["1/(x - 1/3)", "y/(x + y)", "1/(x^2 + y^2 - x - y + 1/2)"])
def test_poles(advantage: str) -> None:
    """A pole inside the state space, on its border, or touching it, is refused with its denominator."""
    game = advantages(x=advantage, y="x - 1/2")
    with pytest.raises(InputError) as caught:
        solve_certified(game, field_of(game, {}), 10)
    assert caught.value.code == "A508"
    assert "Px" in caught.value.message


def test_pole_close_by() -> None:
    """A denominator that comes close to zero without reaching it is no pole."""
    answer = certify(advantages(x="1/((x - 1/3)^2 + 1/1000) - 500", y="x - 1/2"))
    assert answer.completeness.status == "complete"
    assert len([p for p in answer.points if p.free == (0,)]) == 4


def test_no_payoffs_no_game() -> None:
    """Where only advantages are given, evolutionary stability is not defined."""
    answer = solve(advantages(x="x*y - 1/4", y="1/2 - x"))
    assert all(p.ess is None and p.nss is None for p in answer.points)
    assert {p.nash for p in answer.points} == {True, False}

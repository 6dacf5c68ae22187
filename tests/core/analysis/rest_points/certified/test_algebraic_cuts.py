"""Curves of rest states whose label changes at numbers of degree above two."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import separatrix

from .test_ends_of_curves import game


def labels(payoff: str) -> dict[str, Any]:
    """The answer for a game in which only the second population moves, with the advantage given."""
    return separatrix.analyze(game(x="0", y=payoff)).to_dict()


def true_of(entry: Any, state: dict[str, float]) -> bool:
    """Whether a state meets all conditions of a piece."""
    return all(eval(text, {}, state) for text in entry["equations"])


LEVEL, STEEP = ("2*y - 1", "2*y - 1 == 0", 0.0, 0.5), ("4*y - 2*x - 1", "2*x - 4*y + 1 == 0", 0.5, 0.25)


@pytest.mark.parametrize(
    ("line", "factor"),
    [
        (LEVEL, "x**3 - 3*x + 1"),
        (LEVEL, "-(x**3 - 3*x + 1)*(2*x - 1)"),
        (STEEP, "x**3 - 3*x + 1"),
        (STEEP, "64*x**5 - 100*x**4 + 40*x**3 + x**2 - 5*x + 1/2"),
    ],
)
def test_stretches_between_roots(line: tuple[str, str, float, float], factor: str) -> None:
    """On the line the sign of the factor labels every state, and each is on one stretch of its label."""
    zero, equation, slope, start = line
    # the square keeps the zeros of the factor itself from being at rest
    answer = labels(f"({zero})*({factor} + ({zero})**2)".replace("**", "^"))
    stretches = [s for s in answer["rest_sets"] if s["dimension"] == 1 and equation in s["equations"]]
    seen = set()
    for k in range(1, 1024, 14):  # 1024ths are floats, so that the equation of the line holds exactly
        state = {"x": k / 1024, "y": start + slope * k / 1024}
        value = eval(factor, {}, state)
        (mine,) = [s for s in stretches if true_of(s, state)]
        assert mine["stability"] == ("unstable" if value > 0 else "stable"), (state, value)
        seen.add(mine["id"])
    assert len(seen) >= 2


def test_state_at_a_cut() -> None:
    """Where the cubic vanishes the rest repels like a third power, and the conditions name one state."""
    answer = labels("(2*y - 1)*(x^3 - 3*x + 1 + (2*y - 1)^2)")
    (state,) = [
        s for s in answer["rest_sets"] if not s["dimension"] and "x**3 - 3*x + 1 == 0" in s["equations"]
    ]
    assert state["equations"] == ["x**3 - 3*x + 1 == 0", "0 < x", "x < 1", "y == 1/2"]
    assert state["stability"] == "unstable"
    assert state["corners"][0]["x"] == pytest.approx(2 * np.cos(4 * np.pi / 9), abs=1e-15)


def test_roots_of_one_polynomial_are_told_apart() -> None:
    """Where a polynomial has two roots on a line a rational number stands between them."""
    # 8x^3 - 6x + 1 has the roots cos of 40°, 80° and 160°, two of them between 0 and 1
    answer = labels("(2*y - 1)*(8*x^3 - 6*x + 1 + (2*y - 1)^2)")
    states = [s for s in answer["rest_sets"] if not s["dimension"] and "8*x**3" in s["equations"][0]]
    places = sorted(s["corners"][0]["x"] for s in states)
    assert places == pytest.approx([np.cos(np.pi * 80 / 180), np.cos(np.pi * 40 / 180)])
    for place in places:
        told = [all(eval(e, {}, {"x": place}) for e in s["equations"][1:3]) for s in states]
        assert told.count(True) == 1

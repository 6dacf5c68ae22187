"""Games of which only the pure profiles are solved in symbols."""

from __future__ import annotations

from typing import Any

import pytest

import separatrix
from separatrix.expression.conditions import condition_text
from separatrix.expression.tree import to_text

TWO = [
    {"name": "A", "share": "x", "strategies": ["up", "down"]},
    {"name": "B", "share": "y", "strategies": ["left", "right"]},
]


def symbolic(content: dict[str, Any], parameters: str, assume: list[str]) -> Any:
    """The symbolic answer of a game whose parameters have no values."""
    given: dict[str, Any] = {n: {} for n in parameters.split()}
    game = separatrix.load({"title": "test", **content, "parameters": given, "assume": assume})
    return separatrix.analyze(game, symbolic=True)


def test_a_group_of_symbolic_size() -> None:
    """Public goods: cooperation is stable where r > N c, defection where r < N c."""
    content = {
        "populations": [{"name": "Players", "share": "x", "strategies": ["C", "D"]}],
        "group": {"size": "N", "payoff": {"C": "r*(k+1)/N - c", "D": "r*k/N"}},
    }
    analysis = symbolic(content, "N r c", ["N > 1", "r > 0", "c > 0"])
    defect, cooperate = analysis.rest_points
    assert [to_text(e) for e in cooperate.eigenvalues_exact] == ["(N*c - r)/N"]
    assert condition_text(cooperate.stable_when) == "N*c - r < 0"
    assert condition_text(defect.stable_when) == "N*c - r > 0"
    assert analysis.completeness.status == "incomplete"
    assert analysis.regimes_completeness.status == "incomplete"


def test_payoffs_that_depend_on_the_other_population_alone() -> None:
    """Strict Nash decides, so the regimes are whole although mixed states are not listed."""
    content = {
        "populations": TWO,
        "payoff_functions": {
            "A": {"up": "a*y^2 - c", "down": "0"},
            "B": {"left": "b*x - d/(1+x)", "right": "0"},
        },
    }
    analysis = symbolic(content, "a b c d", [f"{n} > 0" for n in "abcd"])
    assert analysis.completeness.status == "incomplete"
    assert analysis.regimes_completeness.status == "complete"
    assert condition_text(analysis.rest_points[-1].stable_when) == "a - c > 0 and 2*b - d > 0"
    assert analysis.rest_points[0].stability == "asymptotically stable"
    assert [len(r.stable) for r in analysis.regimes] == [2, 1]


def test_payoffs_that_depend_on_the_own_population_leave_ties_open() -> None:
    """Own-share payoffs: a tie is left open, and the regimes say that mixed states were not considered."""
    content = {
        "populations": TWO,
        "payoff_functions": {"A": {"up": "a*x^2 - c*y", "down": "0"}, "B": {"left": "b*x - d", "right": "0"}},
    }
    analysis = symbolic(content, "a b c d", [f"{n} > 0" for n in "abcd"])
    assert "left open" in analysis.rest_points[0].reason
    assert analysis.regimes_completeness.status == "incomplete"
    assert "Mixed states can be asymptotically stable" in analysis.regimes_completeness.proof
    assert analysis.regimes == ()


def test_five_populations() -> None:
    """32 profiles with five eigenvalues each; which are stable together is known for sure."""
    content = {
        "populations": [{"name": s.upper(), "share": s, "strategies": ["yes", "no"]} for s in "vwxyz"],
        "advantages": {
            "v": "a - w*x*y*z",
            "w": "a*v - 1",
            "x": "y + z - a*w",
            "y": "v - x",
            "z": "1 - a*v*w*x",
        },
    }
    analysis = symbolic(content, "a", ["a > 0"])
    assert len(analysis.rest_points) == 32
    assert {len(p.eigenvalues_exact) for p in analysis.rest_points} == {5}
    assert analysis.completeness.status == "incomplete"
    assert analysis.regimes_completeness.status == "complete"


def test_a_payoff_without_a_value_at_a_corner_is_refused_with_the_place() -> None:
    """1/x has no value where nobody plays up; the message names the profile."""
    content = {
        "populations": TWO,
        "payoff_functions": {"A": {"up": "a/x", "down": "0"}, "B": {"left": "x^2", "right": "0"}},
    }
    with pytest.raises(separatrix.SeparatrixError) as caught:
        symbolic(content, "a", [])
    assert caught.value.code == "A503"
    assert "down" in str(caught.value)

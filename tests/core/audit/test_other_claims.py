"""Claimed thresholds, curves and effects; inert parameters, degenerate values, unknown names."""

from __future__ import annotations

import pytest

from core.audit.checks.test_regimes import safety
from core.audit.derivations import tripartite, two_by_two, with_claims
from core.audit.findings import codes, errors, everything

# --------------------------------------------------------------------------- thresholds


@pytest.mark.parametrize(
    "claim",
    [
        {"parameter": "F", "equals": "c/p", "value": 7.5},
        {"parameter": "F", "equals": "c/p"},
        {"parameter": "F", "value": 7.56},
        {"parameter": "H", "equals": "K", "value": 9},
        {"parameter": "H", "value": 8.99},
        {"parameter": "H", "equals": "K - (p-q)*L", "value": 1.2},
        {"parameter": "q", "equals": "c/F", "value": 0.6},
    ],
)
def test_true_thresholds_are_right(claim) -> None:
    """Where an eigenvalue changes its sign there is a threshold, rounded or not."""
    assert everything(with_claims(safety(), {"thresholds": [claim]})) == []


def test_a_value_that_its_formula_does_not_give_is_found() -> None:
    """c/p is 7.5 at the values of the file, not 8.5."""
    (found,) = errors(
        with_claims(safety(), {"thresholds": [{"parameter": "F", "equals": "c/p", "value": 8.5}]})
    )
    assert found.code == "P614" and found.correct == "7.5"


def test_a_threshold_at_which_nothing_changes_is_found() -> None:
    """At H = 5 nothing changes; it does at 1.2 and 9."""
    for claim in ({"value": 5}, {"equals": "K - (p-q)*F"}):
        (found,) = errors(with_claims(safety(), {"thresholds": [{"parameter": "H", **claim}]}))
        assert found.code == "P615" and "1.2 and 9" in found.text


def test_a_threshold_without_values_is_checked_as_a_formula() -> None:
    """Without numbers the formula must make an eigenvalue vanish."""
    game = safety()
    game["parameters"] = dict.fromkeys(game["parameters"])
    assert codes(with_claims(game, {"thresholds": [{"parameter": "F", "equals": "c/p"}]})) == []
    assert codes(with_claims(game, {"thresholds": [{"parameter": "F", "equals": "c/(p + q)"}]})) == ["P615"]


# --------------------------------------------------------------------------- curves


def test_the_line_on_which_a_share_rests_is_checked() -> None:
    """y = q/(…) is where x does not change; another denominator is found, with the right curve."""
    right = "y = (c - q F)/((p - q) F)"
    assert codes(with_claims(safety(), {"curves": [{"zero_of": "x", "equals": right}]})) == []
    implicit = "F (p y + q (1-y)) = c"
    assert codes(with_claims(safety(), {"curves": [{"zero_of": "x", "equals": implicit}]})) == []
    wrong = "y = (c - q F)/(p F)"
    (found,) = errors(with_claims(safety(), {"curves": [{"zero_of": "x", "equals": wrong}]}))
    assert found.code == "P618" and found.witness


def test_a_surface_of_three_parties_is_checked() -> None:
    """Where x rests, z is a quotient of terms in y."""
    right = "z = (C - B/2 - B y/2)/(S + fine/2 + fine y/2)"
    assert codes(with_claims(tripartite(), {"curves": [{"zero_of": "x", "equals": right}]})) == []
    wrong = right.replace("B/2 -", "B/2 +")
    assert codes(with_claims(tripartite(), {"curves": [{"zero_of": "x", "equals": wrong}]})) == ["P618"]


# --------------------------------------------------------------------------- effects and inert parameters


def inert_game():
    """A game with a parameter that cancels, one that stands nowhere, and some that only seem so."""
    return {
        "populations": [
            {"name": "A", "share": "x", "strategies": ["yes", "no"]},
            {"name": "B", "share": "y", "strategies": ["yes", "no"]},
        ],
        "parameters": {"P": 1, "U": 2, "r": 3, "top": 5, "w": 1, "c": 1},
        "assume": ["r < top", "U > 0", "c > 0"],
        "let": {"pay": "2*w"},
        "payoffs": [
            {"play": ["yes", "yes"], "pay": ["P + r - c", "pay"]},
            {"play": ["yes", "no"], "pay": ["P - c", "0"]},
            {"play": ["no", "yes"], "pay": ["P", "0"]},
            {"play": ["no", "no"], "pay": ["P", "1"]},
        ],
    }


def test_inert_and_unused_parameters_are_one_note_each() -> None:
    """P cancels, U stands nowhere; a bound of r and a parameter of a shorthand matter."""
    found = everything(inert_game())
    assert [(f.code, f.severity) for f in found] == [("P621", "note"), ("P622", "note")]
    assert "`P`" in found[0].text and "`U`" in found[1].text


def test_an_effect_of_an_inert_parameter_is_an_error() -> None:
    """What is claimed of a parameter that cancels cannot be."""
    for name, words in (("P", "cancels"), ("U", "no payoff"), ("top", "no payoff")):
        (found,) = errors(with_claims(inert_game(), {"effects": [{"parameter": name, "on": "x"}]}))
        assert found.code == "P619" and words in found.text


def test_an_effect_through_another_share_is_an_effect() -> None:
    """w stands in the equation of y alone, on which x depends."""
    assert codes(with_claims(inert_game(), {"effects": [{"parameter": "w", "on": ["x", "y"]}]})) == []
    game = inert_game()
    game["payoffs"][0]["pay"][0] = "P - c"
    game["parameters"].pop("r"), game["parameters"].pop("top"), game["assume"].pop(0)
    (found,) = errors(with_claims(game, {"effects": [{"parameter": "w", "on": "x"}]}))
    assert found.code == "P619" and "equation of y" in found.text


def test_the_sign_of_an_effect_is_that_of_the_derivative() -> None:
    """r raises the growth of x, c lowers it."""
    good = [{"parameter": "r", "on": "x", "sign": "+"}, {"parameter": "c", "on": "x", "sign": "-"}]
    assert codes(with_claims(inert_game(), {"effects": good})) == []
    (found,) = errors(with_claims(inert_game(), {"effects": [{"parameter": "c", "on": "x", "sign": "+"}]}))
    assert found.code == "P620" and found.correct == "-1"


# --------------------------------------------------------------------------- degenerate values


def test_a_degenerate_value_is_named_with_states_and_edge() -> None:
    """Where K = L + M an eigenvalue at two corners is zero; the scenario off the edge is not mentioned."""
    game = {
        "populations": ["A", "B", "C"],
        "parameters": {"K": 5, "L": 3, "M": 2},
        "scenarios": {"off": {"K": 6}, "on": {"K": 7, "M": 4}},
        "advantages": {"x": "1 + z", "y": "(K - L - M)*(1 - x) + 2*z + 3*x", "z": "1 - 3*x"},
    }
    found = everything(game)
    assert [f.code for f in found] == ["P623", "P623"]
    for finding in found:
        assert "K = L + M" in finding.text and "(0, y, 0)" in finding.text
        assert "(0, 0, 0)" in finding.text and "(0, 1, 0)" in finding.text
    assert "`on`" in found[1].text + found[0].text


def test_degeneracy_for_all_parameters_is_told_once() -> None:
    """An advantage without constant term rests a whole edge whatever the values."""
    game = {
        "populations": ["A", "B"],
        "parameters": {"a": 1, "b": 2},
        "scenarios": {"other": {"a": 3}},
        "advantages": {"x": "a*y", "y": "x - b"},
    }
    (found,) = everything(game)
    assert found.code == "P624" and "(x, 0)" in found.text


# --------------------------------------------------------------------------- names


def test_an_unknown_name_is_named_with_the_nearest_known_one() -> None:
    """A misspelt parameter is an error in whatever claim it stands."""
    game = two_by_two()
    for claims in (
        {"replicator": {"x": "x(1-x)((pi1-Rr+pi2-R1)y-(pi2-C2-R1+C1))"}},
        {"rest_points": [{"at": ["Rr/pi1", 0]}]},
        {"stability": [{"at": [0, 0], "eigenvalues": ["Rr - C1"]}]},
        {"stability": [{"at": [0, 0], "stable_when": ["Rr < C1"]}]},
        {"regimes": [{"when": ["Rr < C1"], "stable": [[0, 0]]}]},
        {"effects": [{"parameter": "Rr", "on": "x"}]},
        {"thresholds": [{"parameter": "R1", "equals": "Rr + C1"}]},
        {"curves": [{"zero_of": "x", "equals": "y = Rr"}]},
    ):
        (found,) = errors(with_claims(game, claims))
        assert found.code == "P627" and "`Rr`" in found.text and "`R1`" in found.text, claims

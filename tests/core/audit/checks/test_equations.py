"""Printed equations."""

from __future__ import annotations

import pytest
import sympy as sp

from core.audit.derivations import advantages, rates, symbols, text, tripartite, two_by_two, with_claims
from core.audit.findings import codes, errors
from thinning import thinned

WAYS = {
    "as it is": lambda e: e,
    "expanded": sp.expand,
    "factored": sp.factor,
    "collected": lambda e: sp.collect(sp.expand(e), sp.Symbol("y")),
    "together": sp.together,
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("game", [two_by_two, tripartite])
def test_any_way_to_write_the_right_equations_is_right(game, way) -> None:
    """Expanded, factored or collected, the right equation gives no finding."""
    document = game()
    claims = {
        p["share"]: text(WAYS[way](rate))
        for p, rate in zip(document["populations"], rates(document), strict=True)
    }
    assert codes(with_claims(document, {"replicator": claims})) == []


def test_shorthands_may_stand_in_a_printed_equation() -> None:
    """A claim may use the names under `let`, and brackets as papers set them."""
    document = tripartite()
    claim = "x(1-x)[-C + B/2 + B y/2 + z(S + fine/2) + fine y z/2]"
    assert codes(with_claims(document, {"replicator": {"x": claim}})) == []


@thinned("share", ["x", "y", "z"], each_run=1)
def test_each_changed_term_is_found_alone_and_named(share) -> None:
    """Dropping, doubling or negating one term of a bracket gives one error that names that term."""
    document = tripartite()
    known = symbols(document)
    index = "xyz".index(share)
    x, bracket = known[share], advantages(document)[index]
    right = {s: text(r) for s, r in zip("xyz", rates(document), strict=True)}
    for term in bracket.as_ordered_terms():
        for factor in (0, 2, -1):
            changed = text(x * (1 - x) * (bracket - term + factor * term))
            found = errors(with_claims(document, {"replicator": {**right, share: changed}}))
            assert [f.code for f in found] == ["P601"], (term, factor)
            difference = sp.simplify(sp.sympify(found[0].term, locals=known) - (factor - 1) * term)
            assert difference == 0, (found[0].term, term, factor)
            assert f"equation of {share}" in found[0].text


def test_a_renamed_index_is_found() -> None:
    """C2 printed where C1 belongs is named as what it is."""
    document = two_by_two()
    claims = {"x": "x(1-x)[(pi1-R2+pi2-R1)y-(pi2-C2-R1+C2)]"}
    (found,) = errors(with_claims(document, {"replicator": claims}))
    assert found.code == "P601" and "C1" in found.text


def test_a_wrong_sign_and_another_speed_are_told_as_such() -> None:
    """An equation that differs by a constant factor is not told term by term."""
    document = two_by_two()
    bracket = "((pi1-R2+pi2-R1)y-(pi2-C2-R1+C1))"
    for claim, words in (
        (f"x(x-1){bracket}", "opposite sign"),
        (f"2x(1-x){bracket}", "2 times the right one"),
        (f"C1 x(1-x){bracket}", "the right one times C1"),
    ):
        (found,) = errors(with_claims(document, {"replicator": {"x": claim}}))
        assert words in found.text


def test_the_witness_gives_both_values() -> None:
    """At the witness the printed equation and the right one have the values that are told."""
    document = two_by_two()
    claim = "x(1-x)[(pi1-R2+pi2-R1)y-(pi2-C2-R1)]"
    (found,) = errors(with_claims(document, {"replicator": {"x": claim}}))
    known = symbols(document)
    place = {known[n]: sp.Rational(str(v)) for n, v in found.witness.items()}
    true = sp.sympify(rates(document)[0]).subs(place)
    printed = (rates(document)[0] + known["x"] * (1 - known["x"]) * known["C1"]).subs(place)
    told = dict(found.details)["at the witness"]
    assert f"printed {float(printed):.6g}" in told and f"right {float(true):.6g}" in told


def test_speeds_belong_to_the_equations() -> None:
    """With a speed of 2 the right equation is twice that without."""
    document = two_by_two()
    rate = rates(document)[0]
    fast = with_claims(document, {"replicator": {"x": text(2 * rate)}}, speeds={"A": 2})
    assert codes(fast) == []
    slow = with_claims(document, {"replicator": {"x": text(rate)}}, speeds={"A": 2})
    assert codes(slow) == ["P601"]


def test_an_equality_among_the_assumptions_is_used() -> None:
    """Where C1 = C2 is assumed, an equation that prints one for the other is right."""
    document = two_by_two()
    document["assume"].append("C1 = C2")
    claims = {"x": "x(1-x)[(pi1-R2+pi2-R1)y-(pi2-R1)]"}
    assert codes(with_claims(document, {"replicator": claims})) == []


def test_equations_of_three_strategies_are_compared_on_the_simplex() -> None:
    """With three strategies equations may use any of the shares, which add up to one."""
    document = {
        "populations": [{"name": "P", "share": "x", "strategies": ["a", "b", "c"]}],
        "parameters": {"u": 1, "v": 2},
        "payoff_matrix": [["0", "u", "-v"], ["-v", "0", "u"], ["u", "-v", "0"]],
    }
    average = "(u - v)(x_a x_b + x_b x_c + x_a x_c)"
    right = {"x_a": f"x_a(u x_b - v x_c - {average})"}
    other = {"x_a": f"x_a(u x_b - v(1 - x_a - x_b) - {average})"}
    wrong = {"x_a": f"x_a(u x_b + v x_c - {average})"}
    assert codes(with_claims(document, {"replicator": right})) == []
    assert codes(with_claims(document, {"replicator": other})) == []
    assert codes(with_claims(document, {"replicator": wrong})) == ["P601"]


def test_payoffs_that_depend_on_the_state_are_compared() -> None:
    """A reward that falls with the share is part of the equation."""
    document = {
        "populations": [{"name": "P", "share": "x", "strategies": ["yes", "no"]}],
        "parameters": {"b": 3, "c": 1},
        "payoff_functions": {"P": {"yes": "b*(1 - x) - c", "no": "0"}},
    }
    assert codes(with_claims(document, {"replicator": {"x": "x(1-x)(b-c-b x)"}})) == []
    assert codes(with_claims(document, {"replicator": {"x": "x(1-x)(b-c-c x)"}})) == ["P601"]


def test_the_size_of_a_group_may_be_a_parameter() -> None:
    """Public goods among N = 4: a claim in N is compared at that size."""
    game = {
        "populations": [{"name": "Players", "share": "x", "strategies": ["yes", "no"]}],
        "parameters": {"r": 3, "N": 4, "c": 1},
        "group": {"size": "N", "payoff": {"yes": "r*c*(k+1)/N - c", "no": "r*c*k/N"}},
    }
    assert codes(with_claims(game, {"replicator": {"x": "x(1-x)c(r/N-1)"}})) == []
    assert codes(with_claims(game, {"replicator": {"x": "x(1-x)c(r/N+1)"}})) == ["P601"]


def test_roots_and_functions_in_payoffs_are_compared() -> None:
    """min, max, exp and roots may stand in any equivalent form; a wrong one is found in numbers."""
    game = {
        "populations": [
            {"name": "A", "share": "x", "strategies": ["yes", "no"]},
            {"name": "B", "share": "y", "strategies": ["yes", "no"]},
        ],
        "parameters": {"a": 1, "b": 2},
        "assume": ["a > 0", "b > 0"],
        "payoff_functions": {
            "A": {"yes": "min(a, b*y) + sqrt(a*b)", "no": "exp(-a*y)"},
            "B": {"yes": "max(x, a/3)", "no": "b"},
        },
    }
    right = {"x": "x(1-x)(sqrt(a)*sqrt(b) + min(b y, a) - 1/exp(a y))", "y": "y(1-y)(max(a/3,x)-b)"}
    assert codes(with_claims(game, {"replicator": right})) == []
    wrong = {**right, "y": "y(1-y)(min(a/3,x)-b)"}
    assert codes(with_claims(game, {"replicator": wrong})) == ["P601"]

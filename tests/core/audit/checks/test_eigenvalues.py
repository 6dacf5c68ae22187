"""Claimed eigenvalues."""

from __future__ import annotations

import itertools
import random

import pytest
import sympy as sp

from core.audit.derivations import corners, eigenvalues, symbols, text, tripartite, two_by_two, with_claims
from core.audit.findings import codes, errors


@pytest.mark.parametrize("game", [two_by_two, tripartite])
def test_right_eigenvalues_are_right_in_any_order_and_form(game) -> None:
    """Permuted, factored, and with terms in any order they give no finding."""
    document = game()
    shuffle = random.Random(1).shuffle
    claims = []
    for corner in corners(document):
        values = [text(sp.factor(v)) for v in eigenvalues(document, corner)]
        shuffle(values)
        claims.append({"at": list(corner), "eigenvalues": values})
    assert codes(with_claims(document, {"stability": claims})) == []


@pytest.mark.parametrize("corner", list(itertools.product((0, 1), repeat=3)))
def test_each_changed_term_is_found_alone(corner) -> None:
    """Negating or dropping one term of one eigenvalue gives one error, with the term."""
    document = tripartite()
    known = symbols(document)
    right = eigenvalues(document, corner)
    k = sum(corner) % 3
    for term in right[k].as_ordered_terms():
        for factor in (0, -1):
            changed = [text(v) for v in right]
            changed[k] = text(right[k] - term + factor * term)
            claims = [{"at": list(corner), "eigenvalues": changed}]
            found = errors(with_claims(document, {"stability": claims}))
            assert [f.code for f in found] == ["P607"], (term, factor)
            told = sp.sympify(found[0].term, locals=known)
            assert sp.simplify(told - (factor - 1) * term) == 0


def test_one_eigenvalue_twice_is_not_two() -> None:
    """Eigenvalues are compared as a multiset."""
    document = two_by_two()
    first = text(eigenvalues(document, (0, 0))[0])
    found = errors(with_claims(document, {"stability": [{"at": [0, 0], "eigenvalues": [first, first]}]}))
    assert [f.code for f in found] == ["P607"]


def test_a_part_of_the_eigenvalues_may_be_given() -> None:
    """One right eigenvalue of two is no error."""
    document = two_by_two()
    claims = [{"at": [0, 1], "eigenvalues": [text(eigenvalues(document, (0, 1))[1])]}]
    assert codes(with_claims(document, {"stability": claims})) == []


def test_rounded_numbers_at_a_scenario_are_compared_as_printed() -> None:
    """-3.333 for -10/3 is right, -3.43 is not."""
    document = two_by_two()
    document["scenarios"] = {"thirds": {"pi2": "13/3", "C2": 0}}
    # At (0, 0): R1 - C1 - pi2 + C2 = 3 - 4 - 13/3 and R1 - D1 - pi2 + C2 = 3 - 2 - 13/3.
    for second, expected in ((-3.33, []), (-3.34, []), (-3.43, ["P607"]), (-3, ["P607"])):
        claims = [{"at": [0, 0], "eigenvalues": [second, -5.333], "scenario": "thirds"}]
        assert codes(with_claims(document, {"stability": claims})) == expected


def test_the_pair_at_a_mixed_point_may_be_written_with_roots() -> None:
    """±√(…) at the mixed point of two populations, in several equivalent forms, is right."""
    document = two_by_two()
    slope, q, s = "(pi1-R2+pi2-R1)", "(pi2-C2-R1+C1)", "(pi2-C2-R1+D1)"
    at = [f"{s}/{slope}", f"{q}/{slope}"]
    inside = f"{q}*({slope}-{q})*{s}*({slope}-{s})"
    good = [
        [f"sqrt({inside})/{slope}", f"-sqrt({inside})/{slope}"],
        [f"±sqrt({inside}/{slope}^2)"],
        [f"I*sqrt(-{inside})/{slope}", f"-I*sqrt(-{inside})/{slope}"],
        [f"sqrt({q}*{s})*sqrt(({slope}-{q})*({slope}-{s}))/{slope}"],
    ]
    for values in good[:3]:
        claims = [{"at": at, "eigenvalues": values}]
        assert codes(with_claims(document, {"stability": claims})) == [], values
    bad = f"sqrt({q}*({slope}-{q})*{s})/{slope}"
    found = errors(with_claims(document, {"stability": [{"at": at, "eigenvalues": [bad, f"-{bad}"]}]}))
    assert [f.code for f in found] == ["P607"]


def test_imaginary_eigenvalues_of_a_centre_are_right() -> None:
    """Matching pennies turns with ±i."""
    document = {
        "bimatrix": [[["a", "-a"], ["-a", "a"]], [["-a", "a"], ["a", "-a"]]],
        "parameters": {"a": 2},
        "assume": ["a > 0"],
    }
    at = ["1/2", "1/2"]
    for values in (["a*I", "-a*I"], ["±a I"], ["2*I", "-2*I"], ["+2I", "-2I"]):
        claims = [{"at": at, "eigenvalues": values, "label": "centre"}]
        assert codes(with_claims(document, {"stability": claims})) == [], values
    assert codes(with_claims(document, {"stability": [{"at": at, "eigenvalues": ["a", "-a"]}]})) == ["P607"]


def test_a_condition_with_the_right_expression_is_told_to_contradict() -> None:
    """Where the paper's own stability condition is right, the finding says that the two contradict."""
    document = two_by_two()
    claims = [
        {"at": [0, 0], "eigenvalues": ["R1 - C1 - pi2", "R1 - D1 - pi2 + C2"]},
        {"at": [0, 0], "stable_when": ["R1 - C1 < pi2 - C2", "R1 - D1 < pi2 - C2"]},
    ]
    (found,) = errors(with_claims(document, {"stability": claims}))
    assert found.code == "P607" and "contradict" in found.text and found.term == "-C2"


def test_the_eigenvalue_across_the_simplex_may_be_listed() -> None:
    """For three strategies a paper may list three eigenvalues, one of them across the simplex."""
    document = {
        "populations": [{"name": "P", "share": "x", "strategies": ["a", "b", "c"]}],
        "payoff_matrix": [[0, 1, -1], [-1, 0, 1], [1, -1, 0]],
    }
    at = ["1/3", "1/3", "1/3"]
    for values in (["I/sqrt(3)", "-I/sqrt(3)"], ["I*sqrt(3)/3", "-I*sqrt(3)/3", 0]):
        claims = {"stability": [{"at": at, "eigenvalues": values}]}
        assert codes(with_claims(document, claims)) == []
    claims = {"stability": [{"at": at, "eigenvalues": ["I", "-I"]}]}
    assert codes(with_claims(document, claims)) == ["P607"]

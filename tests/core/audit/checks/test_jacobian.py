"""Printed Jacobians."""

from __future__ import annotations

import sympy as sp

from core.audit.derivations import jacobian, rates, symbols, text, tripartite, two_by_two, with_claims
from core.audit.findings import codes, errors


def test_the_right_derivatives_are_right_in_any_form() -> None:
    """Expanded or factored, the derivatives give no finding."""
    for game in (two_by_two, tripartite):
        for way in (sp.expand, sp.factor):
            rows = [[text(way(e)) for e in row] for row in jacobian(game())]
            assert codes(with_claims(game(), {"jacobian": rows})) == []


def test_one_changed_entry_is_found_at_its_place() -> None:
    """Each entry that is changed by a term gives one error, with row and column."""
    document = tripartite()
    for i in range(3):
        for j in range(3):
            rows = [[text(e) for e in row] for row in jacobian(document)]
            rows[i][j] = f"({rows[i][j]}) + {'xyz'[i]}*(1 - {'xyz'[i]})*M"
            (found,) = errors(with_claims(document, {"jacobian": rows}))
            assert found.code == "P602"
            assert f"∂({'xyz'[i]}')/∂{'xyz'[j]}" in found.text


def test_an_error_that_comes_from_the_printed_equation_is_called_inherited() -> None:
    """A Jacobian that is derived from a wrong equation says so."""
    document = two_by_two()
    known = symbols(document)
    wrong = sp.expand(rates(document)[0] + known["x"] * (1 - known["x"]) * known["C1"])
    rows = [[text(e) for e in row] for row in jacobian(document)]
    rows[0][0] = text(sp.diff(wrong, known["x"]))
    found = errors(with_claims(document, {"replicator": {"x": text(wrong)}, "jacobian": rows}))
    assert [f.code for f in found] == ["P601", "P602"]
    assert "inherits its error" in found[1].text


def test_a_jacobian_of_three_strategies_is_compared_along_the_simplex() -> None:
    """Derivatives of different ways to write one field differ only across the simplex."""
    document = {
        "populations": [{"name": "P", "share": "x", "strategies": ["a", "b", "c"]}],
        "parameters": {"u": 1, "v": 2},
        "payoff_matrix": [["0", "u", "-v"], ["-v", "0", "u"], ["u", "-v", "0"]],
    }
    shares = sp.symbols("x_a x_b x_c")
    u, v = sp.symbols("u v")
    matrix = sp.Matrix([[0, u, -v], [-v, 0, u], [u, -v, 0]])
    earned = list(matrix * sp.Matrix(shares))
    average = sum(s * e for s, e in zip(shares, earned, strict=True))
    field = [s * (e - average) for s, e in zip(shares, earned, strict=True)]
    rows = [[text(sp.diff(f, s)) for s in shares] for f in field]
    assert codes(with_claims(document, {"jacobian": rows})) == []
    rows[1][0] = text(sp.diff(field[1], shares[0]) + u)
    assert codes(with_claims(document, {"jacobian": rows})) == ["P602"]


def test_a_name_that_the_game_lacks_is_an_error_with_the_right_entry() -> None:
    """c3*L with no parameter L names L, and says what stands where the right entry has c3."""
    document = {
        "populations": ["A"],
        "parameters": {"c3": 1},
        "advantages": {"x": "c3 - 2"},
        "published": {"jacobian": [["(1-2x)(c3*L - 2)"]]},
    }
    (found,) = errors(document)
    assert found.code == "P627" and "`L`" in found.text
    assert "c3*L where the right one has c3" in found.text
    document["parameters"]["L"] = 3
    (found,) = errors(document)
    assert found.code == "P602" and "c3*L where the right one has c3" in found.text

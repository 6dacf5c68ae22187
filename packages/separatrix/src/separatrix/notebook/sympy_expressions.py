"""Formulas as expressions of sympy, which is loaded only here, on first use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from separatrix.analysis.results import Analysis
from separatrix.errors import InputError, how_to_add
from separatrix.expression.conditions import All, Condition, Either, Relation
from separatrix.expression.tree import Call, Expression, Name, Number, Power, Product, Quotient, Sum

if TYPE_CHECKING:
    from separatrix.dynamics.bifurcation.result import BifurcationDiagram

__all__ = ["condition_to_sympy", "formulas", "to_sympy"]


def _sympy() -> Any:
    try:
        import sympy
    except ImportError:
        raise InputError(
            "U905", "to_sympy needs sympy, which is not installed", hint=how_to_add("sympy")
        ) from None
    return sympy


def to_sympy(expression: Expression) -> Any:
    """Return an expression as one of sympy; names become plain symbols.

    Raises
    ------
    InputError
        U905 where sympy is not installed.
    """
    sympy = _sympy()
    match expression:
        case Number(value):
            return sympy.Rational(value.numerator, value.denominator)
        case Name(name):
            return sympy.Symbol(name)
        case Sum(terms):
            return sympy.Add(*map(to_sympy, terms))
        case Product(factors):
            return sympy.Mul(*map(to_sympy, factors))
        case Quotient(numerator, denominator):
            return to_sympy(numerator) / to_sympy(denominator)
        case Power(base, exponent):
            return to_sympy(base) ** to_sympy(exponent)
        case Call(function, arguments):
            own = {"min": "Min", "max": "Max"}.get(function, function)
            return getattr(sympy, own)(*map(to_sympy, arguments))


def condition_to_sympy(condition: Condition) -> Any:
    """Return a condition as relations of sympy, joined by ``And`` and ``Or``."""
    sympy = _sympy()
    match condition:
        case Relation(left, operator, right):
            kinds = {"<": "Lt", "<=": "Le", "==": "Eq", "!=": "Ne", ">=": "Ge", ">": "Gt"}
            return getattr(sympy, kinds[operator])(to_sympy(left), to_sympy(right))
        case All(parts):
            return sympy.And(*map(condition_to_sympy, parts))
        case Either(parts):
            return sympy.Or(*map(condition_to_sympy, parts))


def formulas(result: Any) -> dict[str, Any]:
    """Return the formulas of a result, by their names."""
    return _FORMULAS[type(result).__name__](result)


def _analysis(found: Analysis) -> dict[str, Any]:
    """Equations, the Jacobian, and of each rest point its state, eigenvalues and conditions."""
    sympy = _sympy()
    shares = found.game.shares
    points: dict[str, dict[str, Any]] = {}
    for p in found.rest_points:
        told: dict[str, Any] = {}
        if p.exact is not None:
            told["state"] = {s: to_sympy(e) for s, e in zip(shares, p.exact, strict=True)}
        if p.eigenvalues_exact is not None:
            told["eigenvalues"] = [to_sympy(e) for e in p.eigenvalues_exact]
        for name, condition in (("exists", p.exists), ("stable_when", p.stable_when)):
            if condition is not None:
                told[name] = condition_to_sympy(condition)
        points[p.id] = told
    return {
        "symbols": {name: sympy.Symbol(name) for name in (*shares, *found.game.parameters)},
        "definitions": {name: to_sympy(meaning) for name, meaning in found.definitions.items()},
        "equations": {share: to_sympy(rate) for share, rate in found.equations.items()},
        "jacobian": sympy.Matrix([[to_sympy(entry) for entry in row] for row in found.jacobian]),
        "rest_points": points,
    }


def _bifurcation(found: BifurcationDiagram) -> dict[str, Any]:
    """The shares along each branch whose closed form is known."""
    return {
        b.id: {s: to_sympy(e) for s, e in zip(found.game.shares, b.formula, strict=True)}
        for b in found.branches
        if b.formula is not None
    }


_FORMULAS: Mapping[str, Callable[[Any], dict[str, Any]]] = {
    "Analysis": _analysis,
    "BifurcationDiagram": _bifurcation,
}

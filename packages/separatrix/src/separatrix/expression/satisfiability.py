"""Whether inequalities between polynomials hold together somewhere: questions to z3.

A question is text in SMT-LIB, so that nothing of z3 outlives it: each is put in a context of its own, which
is gone, with all that belongs to it, before the answer is handed back.  Questions may therefore be put from
several threads at once, and an answer does not depend on those before it.

The limit of a question is counted in z3's own resource units, not in seconds, so that an answer does not
depend on how busy the machine is either; a wall clock is the last guard.  For the same reason z3's usual
portfolio of tactics is not used: it turns from one to the next by the clock and by the memory of the
process.  The procedure here is the one with which that portfolio begins: nlsat (Jovanović & de Moura 2012),
and the simplex method of Dutertre & de Moura (2006) where everything is linear.

z3 (de Moura & Bjørner 2008) decides nonlinear arithmetic well where every condition is a sum of monomials
and badly where it is a product of brackets; so everything handed to it is expanded.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm
from typing import Any, Literal, TypeVar

from flint import fmpq_mpoly

from separatrix.expression.conditions import Tree, fold
from separatrix.run.limits import seconds_left

__all__ = [
    "EFFORT",
    "Decision",
    "ask",
    "comparison",
    "conjunction",
    "contradiction",
    "disjunction",
    "encoded",
    "term",
]

Leaf = TypeVar("Leaf")

EFFORT = 2_000_000
"""Resource units that z3 spends in about a second."""

PATIENCE = 10.0
"""How many times longer than its effort takes on an idle machine a question may last by the wall clock."""

SETUP = 0.003
"""Seconds that z3 takes for a context, before it counts anything."""

MOST = 4_000_000_000  # resource units are counted in 32 bits


@dataclass(frozen=True)
class Decision:
    """What z3 says to a question.

    Attributes
    ----------
    verdict : "unsat" is a proof that the conditions never hold together; "unknown" says that z3 gave up
    values : where they do hold, by variable; irrational ones to twenty digits.  Empty unless requested.
    effort : seconds that the query takes on an idle machine, from z3's resource units
    """

    verdict: Literal["sat", "unsat", "unknown"]
    values: Mapping[str, Fraction] = field(default_factory=dict)
    effort: float = 0.0


# ----------------------------------------------------------------- questions


def term(polynomial: fmpq_mpoly, variables: Sequence[str]) -> str:
    """Return a positive multiple of a polynomial, with whole coefficients, as a sum of monomials.

    Examples
    --------
    >>> from flint import Ordering, fmpq, fmpq_mpoly_ctx
    >>> x, y = fmpq_mpoly_ctx.get(["x", "y"], Ordering.lex).gens()
    >>> term(x**2 * y - fmpq(1, 2), ["x", "y"])
    '(+ (* 2.0 x x y) (- 1.0))'
    """
    terms = polynomial.to_dict()
    scale = lcm(*(int(coefficient.q) for coefficient in terms.values()))
    parts = []
    for exponents, coefficient in terms.items():
        number = int(coefficient.p) * (scale // int(coefficient.q))
        factors = [v for v, e in zip(variables, exponents, strict=True) for _ in range(int(e))]
        if number != 1 or not factors:
            factors.insert(0, f"{number}.0" if number >= 0 else f"(- {-number}.0)")
        parts.append(factors[0] if len(factors) == 1 else f"(* {' '.join(factors)})")
    return parts[0] if len(parts) == 1 else f"(+ {' '.join(parts)})" if parts else "0.0"


def comparison(polynomial: str, operator: str) -> str:
    """Return ``polynomial operator 0``."""
    if operator == "!=":
        return f"(not (= {polynomial} 0.0))"
    return f"({'=' if operator == '==' else operator} {polynomial} 0.0)"


def conjunction(conditions: Iterable[str]) -> str:
    """Return the condition that all hold; without any: always."""
    parts = tuple(conditions)
    return f"(and {' '.join(parts)})" if parts else "true"


def disjunction(conditions: Iterable[str]) -> str:
    """Return the condition that some holds; without any: never."""
    parts = tuple(conditions)
    return f"(or {' '.join(parts)})" if parts else "false"


def encoded(tree: Tree[Leaf], relation: Callable[[Leaf], tuple[str, str]]) -> str:
    """Return a tree of comparisons; `relation` gives the polynomial and the operator of a leaf."""
    return fold(tree, lambda leaf: comparison(*relation(leaf)), conjunction, disjunction)


# ----------------------------------------------------------------- answers


def ask(
    variables: Sequence[str],
    conditions: Iterable[str],
    effort: float,
    at_most: float | None = None,
    values: bool = False,
) -> Decision:
    """Return whether conditions on real variables hold together somewhere.

    Parameters
    ----------
    variables, conditions
        Names, and conditions in them made by `comparison`, `conjunction` and `disjunction`.
    effort : float
        Seconds on an idle machine after which z3 gives up, counted in its resource units.
    at_most : float
        Seconds by the wall clock after which it gives up in any case; without, many times the effort.  It
        gives up where the time of the whole work runs out, too.
    values : bool
        Whether to say where they hold.

    Raises
    ------
    KeyboardInterrupt
        If the user interrupts z3.

    Examples
    --------
    >>> ask(["x"], [comparison("(+ (* x x) (- 2.0))", "<"), comparison("x", ">")], 1.0).verdict
    'sat'
    """
    import z3

    guard = min(PATIENCE * effort if at_most is None else at_most, seconds_left())
    if guard <= 0:
        return Decision("unknown")
    context = z3.Context()
    solver = _solver(z3, context)
    solver.set("rlimit", max(1, min(MOST, int(effort * EFFORT))))
    solver.set("timeout", max(1, int(1000 * guard)))
    # z3's handler of the interrupt signal belongs to the whole process; only the main thread is interrupted.
    solver.set("ctrl_c", threading.current_thread() is threading.main_thread())
    solver.add(z3.parse_smt2_string(_script(variables, conditions), ctx=context))
    try:
        verdict = solver.check()
        found = _values(z3, solver.model(), variables, context) if values and verdict == z3.sat else {}
    except z3.Z3Exception:  # out of resources in the midst of it
        return Decision("unknown", effort=effort)
    if verdict == z3.unknown and "interrupted" in solver.reason_unknown():
        raise KeyboardInterrupt
    spent = _spent(solver)
    return Decision(
        "sat" if verdict == z3.sat else "unsat" if verdict == z3.unsat else "unknown", found, spent
    )


def contradiction(
    variables: Sequence[str], conditions: Sequence[str], effort: float, at_most: float
) -> list[int]:
    """Return the indices of a minimal set of contradictory conditions.

    Empty where z3 does not prove that they cannot hold together.
    """
    if ask(variables, conditions, effort, at_most).verdict != "unsat":
        return []
    needed = list(range(len(conditions)))
    for k in range(len(conditions)):
        rest = [j for j in needed if j != k]
        if ask(variables, [conditions[j] for j in rest], effort, at_most).verdict == "unsat":
            needed = rest
    return needed


def _script(variables: Sequence[str], conditions: Iterable[str]) -> str:
    declared = (f"(declare-const {name} Real)" for name in variables)
    return "\n".join([*declared, *(f"(assert {condition})" for condition in conditions)])


def _solver(z3: Any, context: Any) -> Any:
    linear = z3.Tactic("qflra", context)
    nonlinear = z3.Then("simplify", "propagate-values", "qfnra-nlsat", ctx=context)
    return z3.Cond(z3.Probe("is-qflra", context), linear, nonlinear, context).solver()


def _values(z3: Any, model: Any, variables: Sequence[str], context: Any) -> dict[str, Fraction]:
    return {v: _fraction(model.eval(z3.Real(v, context), model_completion=True)) for v in variables}


def _fraction(value: Any) -> Fraction:
    """Return a z3 number as a fraction; an algebraic one to twenty digits."""
    if hasattr(value, "approx"):
        value = value.approx(20)
    return Fraction(value.numerator_as_long(), value.denominator_as_long())


def _spent(solver: Any) -> float:
    counts = solver.statistics()
    units = counts.get_key_value("rlimit count") if "rlimit count" in counts.keys() else 0
    return SETUP + float(units) / EFFORT

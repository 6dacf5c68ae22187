"""Printed conditions put to z3 anew: read from their text by Python's own parser, not by the package's.

A comparison holds where no denominator in it vanishes and its sides compare so; of the root of a negative
number nothing is known.  Each comparison of a condition is
looked at in its place: beside it the other clauses of an *and* hold and the other alternatives of an *or*
fail.  It is needed if it can fail there, and if it can hold.  What held together before is looked at first:
most questions are answered by parameters that answered another one.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import z3

__all__ = ["Printed", "clauses"]

KEPT = 40
"""Models to remember, those that were of use last before the others."""

COMPARISONS = {
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
    ast.GtE: lambda a, b: a >= b,
    ast.Gt: lambda a, b: a > b,
}


class Printed:
    """Reads texts into one context of z3.

    Parameters
    ----------
    meanings : what names stand for that are no parameters, as text
    assumed : conditions on the parameters, as text
    """

    def __init__(self, meanings: Mapping[str, str], assumed: Sequence[str]) -> None:
        self.context = z3.Context()
        self.meanings = dict(meanings)
        self.facts: list[Any] = []
        self._models: list[Any] = []
        self._roots: dict[str, Any] = {}
        self._named: dict[str, Any] = {}
        self.assumed = [self.condition(ast.parse(text, mode="eval").body) for text in assumed]

    def condition(self, node: ast.expr) -> Any:
        """Return a condition as a formula."""
        match node:
            case ast.Constant(value=bool(truth)):
                return z3.BoolVal(truth, self.context)
            case ast.BoolOp(op=ast.And(), values=parts):
                return z3.And(*(self.condition(p) for p in parts))
            case ast.BoolOp(op=ast.Or(), values=parts):
                return z3.Or(*(self.condition(p) for p in parts))
            case ast.Compare(left=left, ops=operators, comparators=rights):
                sides = [left, *rights]
                domain: list[Any] = []
                values = [self.term(side, domain) for side in sides]
                compared = [
                    COMPARISONS[type(o)](a, b) for o, a, b in zip(operators, values, values[1:], strict=False)
                ]
                return z3.And(*domain, *compared)
        raise AssertionError(ast.unparse(node))

    def term(self, node: ast.expr, domain: list[Any]) -> Any:
        """Return an expression as a term; what must hold for it to have a value is added to `domain`."""
        match node:
            case ast.Constant(value=value):
                return z3.RealVal(str(value), self.context)
            case ast.Name(id=name):
                return self._name(name)
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                return -self.term(inner, domain)
            case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant(value=int(exponent))):
                base = self.term(left, domain)
                return z3.Product([base] * exponent)
            case ast.BinOp(left=left, op=operator, right=right):
                a, b = self.term(left, domain), self.term(right, domain)
                match operator:
                    case ast.Add():
                        return a + b
                    case ast.Sub():
                        return a - b
                    case ast.Mult():
                        return a * b
                    case ast.Div():
                        domain.append(b != 0)
                        return a / b
            case ast.Call(func=ast.Name(id="sqrt"), args=[inner]):
                return self._root(inner)
        raise AssertionError(ast.unparse(node))

    def _name(self, name: str) -> Any:
        if name not in self._named:
            self._named[name] = z3.Real(name, self.context)
            if name in self.meanings:
                meaning = self.term(ast.parse(self.meanings[name], mode="eval").body, [])
                self.facts.append(self._named[name] == meaning)
        return self._named[name]

    def _root(self, inner: ast.expr) -> Any:
        text = ast.unparse(inner)
        if text not in self._roots:
            self._roots[text] = z3.Real(f"root of {text}", self.context)
            root, value = self._roots[text], self.term(inner, [])
            self.facts += [root >= 0, z3.Or(value < 0, root * root == value)]
        return self._roots[text]

    def differ(self, one: str, other: str, effort: int = 8_000_000) -> bool | None:
        """Whether two conditions differ for admissible parameters; None where z3 does not know."""
        first, second = (self.condition(ast.parse(text, mode="eval").body) for text in (one, other))
        return self.possible([z3.Xor(first, second)], effort)

    def possible(self, formulas: Sequence[Any], effort: int) -> bool | None:
        """Whether formulas hold together for admissible parameters; None where z3 does not know."""
        whole = z3.And(*self.assumed, *self.facts, *formulas)
        for k, model in enumerate(self._models):
            if z3.is_true(model.eval(whole, model_completion=True)):
                self._models.insert(0, self._models.pop(k))
                return True
        solver = z3.Solver(ctx=self.context)
        solver.set("rlimit", effort)
        solver.add(whole)
        verdict = solver.check()
        if verdict == z3.sat:
            self._models = [solver.model(), *self._models[: KEPT - 1]]
        return None if verdict == z3.unknown else bool(verdict == z3.sat)


def clauses(
    text: str, given: Sequence[str], printed: Printed, effort: int = 4_000_000
) -> Iterator[tuple[str, bool | None]]:
    """Yield each comparison of a condition, and whether it is needed where others given hold."""
    around = [printed.condition(ast.parse(other, mode="eval").body) for other in given]
    yield from _places(ast.parse(text, mode="eval").body, around, printed, effort)


def _places(
    node: ast.expr, around: list[Any], printed: Printed, effort: int
) -> Iterator[tuple[str, bool | None]]:
    if isinstance(node, ast.BoolOp):
        said = [printed.condition(p) for p in node.values]
        beside = said if isinstance(node.op, ast.And) else [z3.Not(s) for s in said]
        for k, part in enumerate(node.values):
            others = [b for m, b in enumerate(beside) if m != k]
            yield from _places(part, [*around, *others], printed, effort)
        return
    said = printed.condition(node)
    if isinstance(node, ast.Constant):
        return
    answers = [printed.possible([*around, f], effort) for f in (z3.Not(said), said)]
    yield ast.unparse(node), (False if False in answers else None if None in answers else True)

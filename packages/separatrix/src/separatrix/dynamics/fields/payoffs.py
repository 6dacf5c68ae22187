"""What every strategy earns, on arrays of states: tables by tensor products, formulas node by node."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.expression.tree import (
    Call,
    Expression,
    Name,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    substitute,
    walk,
)
from separatrix.game.fitness import folded, strategy_payoffs
from separatrix.game.model import Game, PairwiseForm, ProfileTable, ReplicatorForm, SelfMatrix
from separatrix.game.values import evaluate_in, within_range
from separatrix.run.cached_property import cached_property

__all__ = ["PayoffFunction", "compiled", "payoff_function"]

Array = NDArray[np.float64]

PayoffFunction = Callable[[Sequence["Array"]], list["Array"]]
"""From the shares of all strategies, for each population an array (..., k), to payoffs of those shapes."""


def payoff_function(game: Game, known: Mapping[str, Fraction]) -> PayoffFunction:
    """Return the payoffs of `game` at exact values of its parameters and shorthands.

    Raises
    ------
    InputError
        S003, S004 where a payoff has no rational value; V306 for a group of an impossible size.
    """
    match game.form:
        case SelfMatrix(rows):
            return _pairs(game, {(0, 0): rows}, known)
        case PairwiseForm(matrices):
            return _pairs(game, matrices, known)
        case ProfileTable() as form:
            return _profiles(game, form, known)
        case _:
            return _formulas(game, known)


def _number(game: Game, i: int, entry: Expression, known: Mapping[str, Fraction]) -> float:
    return float(evaluate_in(game, f"a payoff of {game.populations[i].name}", entry, known))


def _pairs(
    game: Game,
    matrices: Mapping[tuple[int, int], Sequence[Sequence[Expression]]],
    known: Mapping[str, Fraction],
) -> PayoffFunction:
    return PairPayoffs(
        {
            (i, j): np.array([[_number(game, i, e, known) for e in row] for row in rows])
            for (i, j), rows in matrices.items()
        }
    )


def _profiles(game: Game, form: ProfileTable, known: Mapping[str, Fraction]) -> PayoffFunction:
    tables = []
    for i in range(len(game.populations)):
        table = np.empty([len(p.strategies) for p in game.populations])
        for profile in game.profiles():
            table[profile] = _number(game, i, form.pay[profile][i], known)
        tables.append(table)
    return ProfilePayoffs(tuple(tables))


def _formulas(game: Game, known: Mapping[str, Fraction]) -> PayoffFunction:
    if isinstance(game.form, ReplicatorForm):
        # Growth rates are quotients such as x'/x, which only exact algebra can cancel.
        from separatrix.analysis.payoff_functions import field_of

        rows = [[ratio.expression() for ratio in row] for row in field_of(game, known).payoffs]
    else:
        numbers: dict[str, Expression] = {name: Number(value) for name, value in known.items()}
        rows = [[folded(substitute(u, numbers)) for u in row] for row in strategy_payoffs(game, known)]
    return FormulaPayoffs(tuple(p.shares for p in game.populations), tuple(map(tuple, rows)))


# Classes, and not functions within functions: fields and portraits travel to other processes.


@dataclass(frozen=True)
class PairPayoffs:
    """Payoffs from meetings in pairs: ``tables[i, j]`` is what members of i earn against those of j."""

    tables: Mapping[tuple[int, int], Array]

    def __call__(self, shares: Sequence[Array]) -> list[Array]:
        every = self.tables.items()
        return [
            sum((shares[j] @ table.T for (k, j), table in every if k == i), np.zeros_like(shares[i]))
            for i in range(len(shares))
        ]


@dataclass(frozen=True)
class ProfilePayoffs:
    """Expected payoffs of a table: ``tables[i]`` has one axis a population and holds what i earns."""

    tables: tuple[Array, ...]

    def __call__(self, shares: Sequence[Array]) -> list[Array]:
        axes = list(range(len(self.tables)))
        result = []
        for i, table in enumerate(self.tables):
            operands: list[Any] = [table, axes]
            for j in axes:
                if j != i:
                    operands += [shares[j], [..., j]]
            result.append(np.asarray(np.einsum(*operands, [..., i])))
        return result


@dataclass(frozen=True)
class FormulaPayoffs:
    """Payoffs as formulas in the shares: their names, and one formula a strategy, by population."""

    shares: tuple[tuple[str, ...], ...]
    rows: tuple[tuple[Expression, ...], ...]

    @cached_property
    def functions(self) -> list[list[Callable[[Mapping[str, Any]], Any]]]:
        """The formulas, ready to be evaluated."""
        return [[compiled(formula) for formula in row] for row in self.rows]

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "functions"}

    def __call__(self, shares: Sequence[Array]) -> list[Array]:
        at: dict[str, Array] = {}
        for names, part in zip(self.shares, shares, strict=True):
            at.update({name: part[..., k] for k, name in enumerate(names)})
        result = []
        for row, part in zip(self.functions, shares, strict=True):
            values = np.empty_like(part)
            for a, function in enumerate(row):
                values[..., a] = function(at)
            result.append(values)
        return result


def compiled(expression: Expression) -> Callable[[Mapping[str, Any]], Any]:
    """Return a function from numbers or arrays for the names in `expression` to its value.

    Where there is no value, at a pole for one, it is infinite or not a number, without a warning.

    Examples
    --------
    >>> from separatrix.expression.parser import parse_expression
    >>> compiled(parse_expression("(1 - x)^2/2"))({"x": 0.25})
    0.28125
    >>> compiled(parse_expression("1/x"))({"x": 0.0})
    inf
    """
    value = _compiled(expression)
    if not any(isinstance(part, Quotient | Power | Call) for part in walk(expression)):
        return value

    def silent(at: Mapping[str, Any]) -> Any:
        with np.errstate(all="ignore"):
            return value(at)

    return silent


def _compiled(expression: Expression) -> Callable[[Mapping[str, Any]], Any]:
    match expression:
        case Number(value):
            constant = float(within_range(value, "a number in the payoffs"))
            return lambda at: constant
        case Name(name):
            return lambda at: at[name]
        case Sum(terms):
            parts = [_compiled(t) for t in terms]
            return lambda at: sum((p(at) for p in parts[1:]), parts[0](at))
        case Product(factors):
            parts = [_compiled(f) for f in factors]
            return lambda at: math.prod((p(at) for p in parts[1:]), start=parts[0](at))
        case Quotient(numerator, denominator):
            above, below = _compiled(numerator), _compiled(denominator)
            return lambda at: _divide(above(at), below(at))
        case Power(base, Number(value)) if value.denominator == 1:
            inner, exponent = _compiled(base), int(value)
            return lambda at: _raise(inner(at), exponent)
        case Power(base, power):
            inner, raised = _compiled(base), _compiled(power)
            return lambda at: _raise(inner(at), raised(at))
        case Call(function, arguments):
            evaluate, given = _function(function), [_compiled(a) for a in arguments]
            return lambda at: evaluate(*(g(at) for g in given))


def _divide(above: Any, below: Any) -> Any:
    try:
        return above / below
    except ZeroDivisionError:  # a float, where an array has an infinite element
        return float(np.float64(above) / np.float64(below))


def _raise(base: Any, power: Any) -> Any:
    # A float has no infinite power, and a complex root where an array has none.
    return (np.float64(base) if isinstance(base, float) else base) ** power


def _function(name: str) -> Callable[..., Any]:
    import functools

    if name in ("min", "max"):
        pairwise = np.minimum if name == "min" else np.maximum
        return lambda *given: functools.reduce(pairwise, given) + 0.0
    if name == "binomial":
        from scipy.special import binom

        return lambda n, k: binom(n, k)
    return {"exp": np.exp, "log": np.log, "sqrt": np.sqrt}[name]

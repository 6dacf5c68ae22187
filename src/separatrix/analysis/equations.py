"""Expected payoffs, advantages, replicator equations and Jacobian, written as papers write them.

Reference: Taylor & Jonker (1978), Mathematical Biosciences 40, 145-156; for several populations Hofbauer
& Sigmund (1998), chapter 10.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from fractions import Fraction
from typing import TypeVar

from separatrix.analysis.corners import CornerTable, corner_values, symbolic_corners
from separatrix.analysis.multilinear import Corner
from separatrix.analysis.result import Payoff
from separatrix.analysis.ring import Ratio
from separatrix.errors import ComesLater
from separatrix.game.evaluation import evaluate
from separatrix.game.expression import Expression, Name, add, multiply, number, subtract
from separatrix.game.model import Game, ProfileTable, SelfMatrix
from separatrix.game.values import expand, with_lets

Value = TypeVar("Value", Fraction, Ratio)

__all__ = ["advantages", "coefficients", "expected_payoffs", "jacobian", "replicator_equations"]

ONE = number(1)


def _weight(share: Expression, strategy: int) -> Expression:
    return share if strategy == 0 else subtract(ONE, share)


def expected_payoffs(game: Game, values: Mapping[str, Fraction] | None = None) -> dict[str, Payoff]:
    """Return U of each strategy and the average of each population; empty without a payoff table.

    In symbols, or with `values` in numbers.
    """
    known = None if values is None else with_lets(game, values)

    def written(pay: Expression) -> Expression:
        return expand(game, pay) if known is None else number(evaluate(pay, known))

    shares = [Name(s) for s in game.shares]
    result: dict[str, Payoff] = {}
    form = game.form
    if not isinstance(form, ProfileTable | SelfMatrix):
        return result
    for i, population in enumerate(game.populations):
        expected: dict[str, Expression] = {}
        for own, strategy in enumerate(population.strategies):
            terms = []
            if isinstance(form, SelfMatrix):
                for met in (0, 1):
                    terms.append(multiply(_weight(shares[0], met), written(form.rows[own][met])))
            else:
                others = [k for k in range(len(shares)) if k != i]
                for met_by in itertools.product((0, 1), repeat=len(others)):
                    profile = (*met_by[:i], own, *met_by[i:])
                    weights = [_weight(shares[k], m) for k, m in zip(others, met_by, strict=True)]
                    terms.append(multiply(*weights, written(form.pay[profile][i])))
            expected[strategy.name] = add(*terms)
        average = add(*(multiply(_weight(shares[i], own), u) for own, u in enumerate(expected.values())))
        result[population.name] = Payoff(expected, average)
    return result


def coefficients(table: CornerTable) -> tuple[dict[Corner, Ratio], ...]:
    """Return the coefficients of each advantage: from exponents of the variables (0 or 1) to quotients."""
    return tuple(
        {c: v for c, v in _differences(corners).items() if not v.is_zero} for corners in table.corners
    )


def _differences(corners: Mapping[Corner, Value]) -> dict[Corner, Value]:
    """Turn the values at the corners into the coefficients (Möbius inversion, one axis at a time)."""
    current = dict(corners)
    width = len(next(iter(current)))
    for axis, corner in itertools.product(range(width), sorted(current)):
        if corner[axis]:
            current[corner] = current[corner] - current[_lowered(corner, axis)]
    return current


def _lowered(corner: Corner, axis: int) -> Corner:
    return (*corner[:axis], 0, *corner[axis + 1 :])


def _parts(game: Game, values: Mapping[str, Fraction] | None) -> tuple[dict[Corner, Expression], ...] | None:
    """The coefficients as expressions; None where a payoff is not rational in the parameters."""
    if values is not None:
        tables = corner_values(game, with_lets(game, values))
        return tuple({c: number(v) for c, v in _differences(t).items() if v} for t in tables)
    try:
        table = symbolic_corners(game)
    except ComesLater as problem:
        if problem.code != "A501":
            raise
        return None
    return tuple({c: v.expression() for c, v in cs.items()} for cs in coefficients(table))


def advantages(game: Game, values: Mapping[str, Fraction] | None = None) -> dict[str, Expression]:
    """Return, for each share, the payoff of the first strategy minus that of the second.

    In symbols, or with `values` in numbers.  Empty where a payoff is not rational in the parameters.
    """
    parts = _parts(game, values)
    return {} if parts is None else _advantages(game, parts)


def _advantages(game: Game, parts: tuple[dict[Corner, Expression], ...]) -> dict[str, Expression]:
    return {
        share: _polynomial(cs, _variables(game, i))
        for i, (share, cs) in enumerate(zip(game.shares, parts, strict=True))
    }


def _variables(game: Game, i: int) -> list[str]:
    return [s for k, s in enumerate(game.shares) if k != i or game.plays_itself]


def _polynomial(terms: Mapping[Corner, Expression], variables: list[str]) -> Expression:
    ordered = sorted(terms.items(), key=lambda t: (-sum(t[0]), [-e for e in t[0]]))
    return add(
        *(
            multiply(value, *(Name(v) for v, e in zip(variables, corner, strict=True) if e))
            for corner, value in ordered
        )
    )


def replicator_equations(advantage: Mapping[str, Expression]) -> dict[str, Expression]:
    """Return the rate of change of each share: x(1-x) times its advantage."""
    return {
        share: multiply(Name(share), subtract(ONE, Name(share)), f) if f != number(0) else number(0)
        for share, f in advantage.items()
    }


def jacobian(game: Game, values: Mapping[str, Fraction] | None = None) -> tuple[tuple[Expression, ...], ...]:
    """Return d(rate of row)/d(share of column), in symbols or with `values` in numbers."""
    parts = _parts(game, values)
    if parts is None:
        return ()
    advantage = _advantages(game, parts)
    rows = []
    for i, share in enumerate(game.shares):
        x = Name(share)
        spread = multiply(x, subtract(ONE, x))
        row = []
        variables = _variables(game, i)
        for j, other in enumerate(game.shares):
            slope: Expression = number(0)
            if other in variables:
                k = variables.index(other)
                lowered = {_lowered(c, k): value for c, value in parts[i].items() if c[k]}
                slope = _polynomial(lowered, variables)
            entry: Expression = multiply(spread, slope) if slope != number(0) else number(0)
            if i == j:
                own = subtract(ONE, multiply(number(2), x))
                entry = (
                    add(multiply(own, advantage[share]), entry) if advantage[share] != number(0) else entry
                )
            row.append(entry)
        rows.append(tuple(row))
    return tuple(rows)

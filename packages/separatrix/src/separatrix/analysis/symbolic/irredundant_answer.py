"""A symbolic answer with every condition as short as it can be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from separatrix.analysis.assumptions import Assumptions
from separatrix.analysis.irredundant import Irredundant
from separatrix.analysis.results import RestPoint, RestSet
from separatrix.analysis.symbolic.answer import SymbolicAnswer
from separatrix.expression.conditions import FALSE, TRUE, Condition, leaves
from separatrix.expression.tree import names_in
from separatrix.run.deadline import spent

__all__ = ["irredundant"]

EFFORT, BUDGET_SHARE = 3.0, 0.1
"""Seconds of z3's effort for all conditions of an answer, and the most that they may be of the budget;
what is not looked at by then stays as it is."""

NAMED_EFFORT = 0.5
"""The same where coefficients have names: z3 is at a loss there with mixed states, whatever its time."""


def irredundant(
    symbols: SymbolicAnswer,
    assumptions: Assumptions,
    known: Iterable[Mapping[str, Fraction]],
    budget: float,
) -> SymbolicAnswer:
    """Return an answer without clauses that others imply, and without alternatives that cannot be.

    What is said of stability is short where the state exists.  Candidates that never exist are left out.

    Parameters
    ----------
    symbols : SymbolicAnswer
    assumptions : Assumptions
        In the parameters of the answer.
    known : parameter values at which much is seen without z3, besides the witnesses
    budget : seconds for the whole answer
    """
    effort = min(NAMED_EFFORT if symbols.definitions else EFFORT, BUDGET_SHARE * budget)
    if effort <= 0 or spent():
        return symbols
    witnesses = [r.witness for r in symbols.regimes if r.witness]
    short = Irredundant(assumptions, _conditions(symbols), symbols.definitions, [*known, *witnesses], effort)
    for condition in sorted(_alone(symbols), key=_size):  # before long ones take all the time
        short.condition(condition)
    points = [_point(p, short) for p in symbols.found.points]
    sets = [_set(s, short) for s in symbols.found.sets]
    found = replace(
        symbols.found,
        points=tuple(p for p in points if p.exists != FALSE),
        sets=tuple(s for s in sets if FALSE not in (s.exists, s.possible_when)),
    )
    regimes = tuple(replace(r, condition=short.condition(r.condition)) for r in symbols.regimes)
    return replace(symbols, found=found, regimes=regimes)


def _alone(symbols: SymbolicAnswer) -> Iterator[Condition]:
    """The conditions that are shortened under the assumptions alone."""
    for point in symbols.found.points:
        yield from (c for c in (point.exists,) if c is not None)
    for piece in symbols.found.sets:
        yield from (c for c in (piece.exists, piece.possible_when) if c is not None)
    yield from (regime.condition for regime in symbols.regimes)


def _conditions(symbols: SymbolicAnswer) -> Iterator[Condition]:
    yield from _alone(symbols)
    for point in symbols.found.points:
        yield from (c for c in (point.stable_when, point.open_when) if c is not None)


def _size(condition: Condition) -> int:
    return sum(len(names_in(r.left)) + len(names_in(r.right)) for r in leaves(condition))


def _point(point: RestPoint, short: Irredundant) -> RestPoint:
    exists = TRUE if point.exists is None else short.condition(point.exists)
    if exists == FALSE:
        return replace(point, exists=FALSE)

    def there(condition: Condition | None) -> Condition | None:
        found = None if condition is None else short.condition(condition, exists)
        return None if found == FALSE else found

    return replace(
        point,
        exists=None if point.exists is None else exists,
        stable_when=there(point.stable_when),
        open_when=there(point.open_when),
    )


def _set(piece: RestSet, short: Irredundant) -> RestSet:
    def always(condition: Condition | None) -> Condition | None:
        return None if condition is None else short.condition(condition)

    return replace(piece, exists=always(piece.exists), possible_when=always(piece.possible_when))

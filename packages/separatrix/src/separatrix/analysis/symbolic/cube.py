"""Populations of two strategies whose advantages are multilinear: their values at the corners of the cube."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

from flint import fmpq, fmpq_mpoly

from separatrix.analysis.corner_advantages import CornerTable
from separatrix.analysis.multilinear import Corner
from separatrix.analysis.payoff_quotients import Formulas
from separatrix.exact.rational_functions import Ratio, Ring

__all__ = ["corner_table", "poles_of"]

Terms = Mapping[tuple[int, ...], fmpq]


def corner_table(formulas: Formulas) -> CornerTable | None:
    """Return the advantages at the corners; None where these do not say everything about them.

    They do where each population has two strategies, and its advantage is linear in the share of every
    other one and does not depend on its own.  One population against itself may depend on its own.

    Examples
    --------
    >>> from separatrix.analysis.symbolic.affine import read_formulas
    >>> from separatrix.game.reader import load
    >>> game = load({"payoff_matrix": [["v - c", "2*v"], [0, "v"]], "parameters": {"v": {}, "c": {}}})
    >>> corner_table(read_formulas(game)).corners[0][(1,)].numerator
    v0 - v1
    """
    game = formulas.game
    n = len(game.populations)
    if not game.space.binary:
        return None
    ring = Ring(game.parameters)
    corners = []
    for i, (first, second) in enumerate(formulas.payoffs):
        advantage = first - second
        variables = [k for k in range(n) if k != i] or [i]
        if any(advantage.denominator.degrees()[:n]):
            return None
        degrees = advantage.numerator.degrees()[:n]
        if any(degree > (1 if k in variables else 0) for k, degree in enumerate(degrees)):
            return None
        below = ring.ratio(_part(ring, advantage.denominator.to_dict(), n, ()))
        table: dict[Corner, Ratio] = {}
        for corner in itertools.product((0, 1), repeat=len(variables)):
            zero = [k for k, share in zip(variables, corner, strict=True) if not share]
            above = _part(ring, advantage.numerator.to_dict(), n, tuple(zero))
            table[corner] = ring.ratio(above) / below
        corners.append(table)
    return CornerTable(ring, tuple(corners), poles_of(formulas, ring))


def _part(ring: Ring, terms: Terms, shares: int, zero: tuple[int, ...]) -> fmpq_mpoly:
    """A polynomial where some shares are 0 and the others 1."""
    result: dict[tuple[int, ...], fmpq] = {}
    for exponents, value in terms.items():
        if not any(exponents[k] for k in zero):
            rest = exponents[shares:]
            result[rest] = result.get(rest, fmpq(0)) + value
    return ring.context.from_dict({e: v for e, v in result.items() if v != 0})


def poles_of(formulas: Formulas, ring: Ring) -> tuple[fmpq_mpoly, ...]:
    """Return the denominators without shares, in payoffs, speeds and shorthands, each once."""
    game = formulas.game
    shares = len(game.shares)
    found: dict[str, fmpq_mpoly] = {}

    def note(denominator: fmpq_mpoly) -> None:
        if not denominator.is_constant():
            found[str(denominator)] = denominator

    known: dict[str, Ratio] = {}
    for name, meaning in game.lets.items():
        if name not in game.moving_lets:
            known[name] = ring.read(meaning, known)
            note(known[name].denominator)
    for value in (*(u for row in formulas.payoffs for u in row), *formulas.speeds):
        if not any(value.denominator.degrees()[:shares]):
            note(_part(ring, value.denominator.to_dict(), shares, ()))
    return tuple(found.values())

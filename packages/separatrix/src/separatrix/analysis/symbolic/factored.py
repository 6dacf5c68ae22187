"""Advantages that fall into factors of one or two shares each, for any number of populations that mix."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence

from flint import fmpq, fmpq_mpoly

from separatrix.analysis.symbolic.triangular_systems import (
    ChainStep,
    Link,
    Quantity,
    SolvedChain,
    combine,
    exact,
    follow,
)
from separatrix.exact.rational_functions import Ratio, Ring
from separatrix.expression.conditions import Condition, all_of, any_of

__all__ = ["solve_factored"]

Coefficients = Mapping[frozenset[int], Ratio]
"""The coefficient of each product of shares."""

Sign = Callable[[Quantity, str], Condition]


def solve_factored(
    advantages: Sequence[Coefficients], ring: Ring, is_: Sign
) -> tuple[list[SolvedChain], Condition] | None:
    """Return the points at which all advantages vanish, and when there may be more.

    Parameters
    ----------
    advantages : one a population that mixes, multilinear in the shares of the others
    ring : of the coefficients
    is_ : writes the sign of a quantity

    Returns
    -------
    (points, degenerate) or None
        None where some advantage has a factor of three shares or more, or where the equations run in a
        circle: then there is no closed form in general.
    """
    count = len(advantages)
    options: list[list[ChainStep | Link]] = []
    degenerate: list[Condition] = []
    for advantage in advantages:
        content, factors = _factors(advantage, ring, count)
        if content.is_zero:
            continue  # this advantage vanishes everywhere
        degenerate.append(is_(exact(content), "=="))
        choices = []
        for factor in factors:
            step = _step(factor, ring, count)
            if step is None:
                return None
            choices.append(step)
            degenerate.append(_gone(step, is_))
        if not choices:
            return [], is_(exact(content), "==")
        options.append(choices)
    points = []
    for choice in itertools.product(*options):
        solved = follow(choice, count, is_)
        if solved is None:
            return None
        if isinstance(solved, SolvedChain):
            points.append(solved)
        else:
            degenerate.append(solved)
    return points, any_of(*degenerate)


def _factors(advantage: Coefficients, ring: Ring, count: int) -> tuple[Ratio, list[fmpq_mpoly]]:
    """Split an advantage into a factor without shares and irreducible ones in a ring of shares first."""
    wide = Ring((*(f"\0{k}" for k in range(count)), *ring.names))
    below = ring.one
    for value in advantage.values():
        below = below * (value.denominator / below.gcd(value.denominator))
    terms: dict[tuple[int, ...], fmpq] = {}
    for shares, value in advantage.items():
        head = tuple(int(k in shares) for k in range(count))
        for exponents, coefficient in (value.numerator * (below / value.denominator)).to_dict().items():
            terms[(*head, *exponents)] = coefficient
    whole = wide.context.from_dict(terms)
    if not whole:
        return ring.constant(0), []
    constant, found = whole.factor()
    content = ring.ratio(ring.one * constant, below)
    factors = []
    for factor, exponent in found:
        if any(factor.degrees()[:count]):
            factors.append(factor)
        else:
            plain = ring.context.from_dict({e[count:]: c for e, c in factor.to_dict().items()})
            content = content * ring.ratio(plain**exponent)
    return content, factors


def _step(factor: fmpq_mpoly, ring: Ring, count: int) -> ChainStep | Link | None:
    """A factor of one or two shares as an equation."""
    used = [k for k, degree in enumerate(factor.degrees()[:count]) if degree]
    if len(used) > 2:
        return None
    parts: dict[frozenset[int], dict[tuple[int, ...], fmpq]] = {}
    for exponents, coefficient in factor.to_dict().items():
        shares = frozenset(k for k in used if exponents[k])
        parts.setdefault(shares, {})[exponents[count:]] = coefficient

    def part(*shares: int) -> Quantity:
        return exact(ring.ratio(ring.context.from_dict(parts.get(frozenset(shares), {}))))

    if len(used) == 1:
        (u,) = used
        return ChainStep(u, part(), part(u))
    u, v = used
    return Link(u, v, part(), part(u), part(v), part(u, v))


def _gone(step: ChainStep | Link, is_: Sign) -> Condition:
    """When an equation says nothing of a share, or is no one-to-one relation of two."""
    if isinstance(step, ChainStep):
        return all_of(is_(step.p, "=="), is_(step.q, "=="))
    return is_(combine((1, (step.p, step.s)), (-1, (step.q, step.r))), "==")

"""Systems in which each equation fixes one share, or one share by another: solved from the known ones on."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from separatrix.errors import InputError
from separatrix.exact.rational_functions import Ratio
from separatrix.expression.conditions import FALSE, TRUE, Condition, Relation, all_of, holds
from separatrix.expression.tree import Expression, add, divide, multiply, names_in, negate, number

__all__ = [
    "SHORT",
    "Link",
    "Quantity",
    "SolvedChain",
    "ChainStep",
    "combine",
    "exact",
    "follow",
    "inside",
    "settled",
]

SHORT = 40
"""A polynomial of at most so many terms is multiplied out; a longer one stays a product of sums."""


@dataclass(frozen=True)
class Quantity:
    """A quotient, exact, with a readable way to write it."""

    ratio: Ratio
    text: Expression

    @property
    def is_zero(self) -> bool:
        """Whether it vanishes identically."""
        return self.ratio.is_zero


def exact(ratio: Ratio) -> Quantity:
    """Return a quotient as it is."""
    return Quantity(ratio, ratio.expression())


MOST_PRODUCTS = 4_000_000
"""Products of terms past which a sum is not multiplied out: so many take seconds."""


def combine(*terms: tuple[int, tuple[Quantity, ...]]) -> Quantity:
    """Return Σ sign·Π factors; written multiplied out only where that is short.

    Raises
    ------
    InputError
        S002 where it has too many terms.
    """
    ring = terms[0][1][0].ratio.ring
    for _, factors in terms:
        if math.prod(len(f.ratio.numerator) for f in factors) > MOST_PRODUCTS:
            raise InputError("S002", f"an expression of more than {MOST_PRODUCTS:,} products arises")
    total = ring.constant(0)
    texts = []
    for sign, factors in terms:
        product = ring.constant(sign)
        for factor in factors:
            product = product * factor.ratio
        total = total + product
        if not product.is_zero:
            written = multiply(*(f.text for f in factors))
            texts.append(written if sign > 0 else negate(written))
    short = len(total.numerator) + len(total.denominator) <= SHORT or not texts
    return Quantity(total, total.expression() if short else add(*texts))


@dataclass(frozen=True)
class ChainStep:
    """p + q·x_u = 0."""

    u: int
    p: Quantity
    q: Quantity


@dataclass(frozen=True)
class Link:
    """p + q·x_u + r·x_v + s·x_u·x_v = 0."""

    u: int
    v: int
    p: Quantity
    q: Quantity
    r: Quantity
    s: Quantity


@dataclass(frozen=True)
class SolvedChain:
    """The shares that the steps determine, and the conditions under which they do and lie inside."""

    shares: tuple[Expression, ...]
    conditions: tuple[Condition, ...]


def follow(
    steps: Sequence[ChainStep | Link], size: int, is_: Callable[[Quantity, str], Condition]
) -> SolvedChain | Condition | None:
    """Return what the steps determine.

    Parameters
    ----------
    steps : one an equation
    size : the number of shares
    is_ : writes the sign of a quantity

    Returns
    -------
    SolvedChain, Condition or None
        The shares; or, where the steps do not determine them, when they hold nevertheless; or None where
        the steps run in a circle.
    """
    known: dict[int, Expression] = {}
    conditions: list[Condition] = []
    for step in steps:
        if isinstance(step, ChainStep):
            value = divide(negate(step.p.text), step.q.text)
            if step.u in known:
                same = Relation(known[step.u], "==", value)
                return all_of(*conditions, is_(step.q, "!="), same)
            known[step.u] = value
            conditions += [is_(step.q, "!="), *inside(value)]
    pending = [step for step in steps if isinstance(step, Link)]
    while pending:
        ready = [s for s in pending if s.u in known or s.v in known]
        if not ready:
            return None
        link = ready[0]
        pending.remove(link)
        if link.u in known and link.v in known:
            u, v = known[link.u], known[link.v]
            total = add(
                link.p.text,
                multiply(link.q.text, u),
                multiply(link.r.text, v),
                multiply(link.s.text, u, v),
            )
            return all_of(*conditions, Relation(total, "==", number(0)))
        if link.u in known:
            at, target = known[link.u], link.v
            top = add(link.p.text, multiply(link.q.text, at))
            below = add(link.r.text, multiply(link.s.text, at))
        else:
            at, target = known[link.v], link.u
            top = add(link.p.text, multiply(link.r.text, at))
            below = add(link.q.text, multiply(link.s.text, at))
        known[target] = divide(negate(top), below)
        conditions += [Relation(below, "!=", number(0)), *inside(known[target])]
    if len(known) < size:
        return TRUE
    return SolvedChain(tuple(known[i] for i in range(size)), tuple(conditions))


def inside(value: Expression) -> tuple[Condition, Condition]:
    """Return the conditions that a share lies strictly between 0 and 1."""
    return Relation(number(0), "<", value), Relation(value, "<", number(1))


def settled(condition: Condition) -> Condition:
    """Return a relation between numbers as true or false, any other condition as it is."""
    if isinstance(condition, Relation) and not names_in(condition.left) and not names_in(condition.right):
        try:
            return TRUE if holds(condition, {}) else FALSE
        except InputError:  # an irrational number: left as written
            return condition
    return condition

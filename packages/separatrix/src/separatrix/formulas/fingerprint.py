"""Recognising that two differently written expressions are the same function.

Schwartz, J. T. (1980), Fast probabilistic algorithms for verification of polynomial identities,
Journal of the ACM 27, 701-717, lemma 1.
"""

from __future__ import annotations

import hashlib
from functools import cache

from separatrix.expression.tree import Expression, Name, Number, Power, Product, Quotient, Sum, walk

__all__ = ["PRIME", "fingerprint", "written_size"]

PRIME = 2**127 - 1


def fingerprint(expression: Expression) -> int | None:
    """Return the value of a rational expression at a fixed pseudo-random point of a large prime field.

    Two different rational functions agree there with probability below 1e-34 for the degrees that
    payoffs have.  ``None`` where the expression is not rational or has a pole at the point.

    Examples
    --------
    >>> from separatrix.expression.parser import parse_expression as read
    >>> fingerprint(read("(a - b)*(a + b)")) == fingerprint(read("a^2 - b^2"))
    True
    """
    match expression:
        case Number(value):
            below = value.denominator % PRIME
            return value.numerator * pow(below, -1, PRIME) % PRIME if below else None
        case Name(name):
            return _coordinate(name)
        case Sum(terms):
            total = 0
            for term in terms:
                part = fingerprint(term)
                if part is None:
                    return None
                total += part
            return total % PRIME
        case Product(factors):
            result = 1
            for factor in factors:
                part = fingerprint(factor)
                if part is None:
                    return None
                result = result * part % PRIME
            return result
        case Quotient(numerator, denominator):
            above, under = fingerprint(numerator), fingerprint(denominator)
            return above * pow(under, -1, PRIME) % PRIME if above is not None and under else None
        case Power(base, Number(value)) if value.denominator == 1:
            inner = fingerprint(base)
            return pow(inner, int(value), PRIME) if inner or (inner == 0 and value > 0) else None
        case _:
            return None


@cache
def _coordinate(name: str) -> int:
    """Return the coordinate of a name, the same in every process.

    A cryptographic hash: weaker ones give neighbouring names (R1, R2) neighbouring coordinates, and then
    differences of different parameters coincide.
    """
    digest = hashlib.blake2b(name.encode(), digest_size=32).digest()
    return int.from_bytes(digest, "big") % (PRIME - 2) + 2


def written_size(expression: Expression) -> int:
    """Return roughly how many characters `expression` takes, without writing it."""
    total = 0
    for node in walk(expression):
        match node:
            case Name(name):
                total += len(name)
            case Number(value):
                total += len(str(value))
            case Sum(terms):
                total += 3 * (len(terms) - 1)
            case _:
                total += 1
    return total

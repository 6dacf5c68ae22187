"""The Jacobian of the replicator at a rest state, and the exact signs of its eigenvalues.

With two strategies a population, a pure population contributes the eigenvalue (payoff of the absent
strategy - payoff of the present one), and the mixing populations a block with zero diagonal, because
nobody's advantage depends on the own share.  So the block's trace is zero: two mixing populations have
the eigenvalues ±sqrt(J12·J21), three the roots of λ³ + c·λ - det.
"""

from __future__ import annotations

import cmath
import math
from dataclasses import dataclass

from flint import fmpq

from separatrix.analysis.multilinear import Multilinear
from separatrix.exact.algebraic_numbers import (
    Exact,
    absolute_root,
    as_expression,
    as_float,
    magnitude,
    sign,
    sqrt_float,
    square_root,
)
from separatrix.expression.tree import Call, Expression, negate

__all__ = ["Linearisation", "cubic_of", "linearise"]


@dataclass(frozen=True)
class Linearisation:
    """Exact local data at a rest state.

    Attributes
    ----------
    free : populations that play both strategies
    pure : from each other population to its eigenvalue
    block : Jacobian of the mixing populations, rows and columns in the order of `free`
    product : J12·J21 for two mixing populations, else None
    cubic : c and det of λ³ + c·λ - det for three mixing populations, else None
    """

    free: tuple[int, ...]
    pure: dict[int, Exact]
    block: tuple[tuple[Exact, ...], ...]
    product: Exact | None = None
    cubic: tuple[Exact, Exact] | None = None

    def block_signs(self) -> tuple[int, int, int]:
        """How many eigenvalues of the block have negative, zero and positive real part."""
        if self.product is not None:
            return (1, 0, 1) if sign(self.product) > 0 else (0, 2, 0)
        if self.cubic is None:
            return (0, len(self.free), 0)
        linear, determinant = self.cubic
        # The roots add up to zero, so a real root of one sign stands against real parts of the other.
        turn = sign(determinant)
        if turn:
            return (2, 0, 1) if turn > 0 else (1, 0, 2)
        return (1, 1, 1) if sign(linear) < 0 else (0, 3, 0)

    def signs(self) -> tuple[int, int, int]:
        """How many eigenvalues have negative, zero and positive real part."""
        negative, zero, positive = self.block_signs()
        for value in self.pure.values():
            s = sign(value)
            negative, zero, positive = negative + (s < 0), zero + (s == 0), positive + (s > 0)
        return negative, zero, positive

    def eigenvalues(self) -> tuple[complex, ...]:
        """The eigenvalues as floats: those along the face first, then one a pure population."""
        along: list[complex] = []
        if len(self.free) == 1:
            along = [0j]
        elif self.product is not None:
            root = _complex_root(self.product)
            along = [root, -root]
        elif self.cubic is not None:
            # In units of 2**k neither coefficient can overflow, however large the payoffs are.
            k = max((magnitude(v) or 0 for row in self.block for v in row if v != 0), default=0)
            unit = fmpq(2) ** k
            c, d = self.cubic[0] / unit**2, self.cubic[1] / unit**3
            roots = _cubic(as_float(c), as_float(d))
            along = [complex(math.ldexp(v.real, k), math.ldexp(v.imag, k)) for v in roots]
        order = {i: k for k, i in enumerate(self.free)}
        values = {i: along[k] for i, k in order.items()}
        values.update({i: complex(as_float(v)) for i, v in self.pure.items()})
        return tuple(values[i] + 0 for i in sorted(values))

    def eigenvalues_exact(self) -> tuple[Expression, ...] | None:
        """Closed forms at pure points and on faces; None with three mixing populations."""
        values: dict[int, Expression] = {i: as_expression(v) for i, v in self.pure.items()}
        if len(self.free) == 3:
            return None
        if len(self.free) == 1:
            values[self.free[0]] = as_expression(fmpq(0))
        elif self.product is not None:
            root = _root(self.product)
            values[self.free[0]], values[self.free[1]] = root, negate(root)
        return tuple(values[i] for i in sorted(values))


def _complex_root(product: Exact) -> complex:
    """The square root of the product, imaginary where that is negative."""
    if not isinstance(product, fmpq):
        return cmath.sqrt(as_float(product))
    root = sqrt_float(abs(product))
    return complex(root) if product >= 0 else complex(0, root)


def _root(product: Exact) -> Expression:
    if not isinstance(product, fmpq):
        return Call("sqrt", (as_expression(product),))
    root = square_root(product)
    if root is not None:
        return as_expression(root)
    from separatrix.expression.tree import Name, multiply

    return multiply(as_expression(absolute_root(product)), Name("I"))


def _cubic(c: float, d: float) -> list[complex]:
    """Return the roots of λ³ + c·λ - d, a real one first."""
    if d == 0:
        root = cmath.sqrt(-c)
        return [0j, root, -root]
    scale = max(math.sqrt(abs(c)), abs(d) ** (1 / 3))
    p, q = c / scale**2, d / scale**3
    # The real root of the sign of d is the only one of that sign, and the largest where roots are real.
    low, high = 0.0, 1.0 + abs(p)
    x = high
    for _ in range(200):
        value, slope = x**3 + p * x - abs(q), 3 * x * x + p
        low, high = (low, x) if value > 0 else (x, high)
        step = x - value / slope if slope else x
        following = step if low < step < high else (low + high) / 2
        if abs(following - x) <= 1e-17 + 2.3e-16 * abs(following):
            x = following
            break
        x = following
    real = math.copysign(x, q)
    root = cmath.sqrt(real * real / 4 - (real * real + p))
    return [complex(real * scale), (-real / 2 + root) * scale, (-real / 2 - root) * scale]


def cubic_of(block: tuple[tuple[Exact, ...], ...]) -> tuple[Exact, Exact]:
    """Return c and det of λ³ + c·λ - det, the characteristic polynomial of a block of three."""
    (_, a, b), (c, _, d), (e, f, _) = block
    return -(a * c + b * e + d * f), a * d * e + b * c * f


def linearise(game: Multilinear, face: tuple[int | None, ...], state: tuple[Exact, ...]) -> Linearisation:
    """Return the local data of `game` at a rest state of an open face."""
    free = tuple(i for i, pure in enumerate(face) if pure is None)
    outward = {i: (1 - 2 * pure) * game.at(i, state) for i, pure in enumerate(face) if pure is not None}
    weights = {i: state[i] * (1 - state[i]) for i in free}
    block = tuple(
        tuple(weights[i] * game.slope(i, j, state) if i != j else fmpq(0) for j in free) for i in free
    )
    if len(free) == 2:
        return Linearisation(free, outward, block, product=block[0][1] * block[1][0])
    if len(free) == 3:
        return Linearisation(free, outward, block, cubic=cubic_of(block))
    if len(free) > 3:
        raise ValueError(f"{len(free)} populations mix; three at most have this form")
    return Linearisation(free, outward, block)

"""The labels of rest sets: they are cut into pieces on which the label of single states is constant.

Along a curve of rest states the signs that decide a label are those of polynomials of low degree in the
curve's parameter; their roots cut it. A face of rest states is cut by the line on which the third
population is indifferent, and that line where the drift near the face is tangent to it.

The Jacobian of the replicator at a rest state, and the exact signs of its eigenvalues.

With two strategies a population, a pure population contributes the eigenvalue (payoff of the absent
strategy - payoff of the present one), and the mixing populations a block with zero diagonal, because an
advantage does not depend on the own share. So the block's trace is zero: two mixing populations have the
eigenvalues ±sqrt(J12·J21), three the roots of λ³ + c·λ - det.
"""

from __future__ import annotations

import cmath
import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from flint import fmpq

from separatrix.analysis.binary.rest_states import (
    AxisFactor,
    Linked,
    Mobius,
    RestBranch,
    factors_inside,
    inside,
    link_intervals,
)
from separatrix.analysis.replicator_equations import Multilinear
from separatrix.exact.algebraic_numbers import (
    Exact,
    absolute_root,
    as_expression,
    as_float,
    as_rational,
    interpolate,
    magnitude,
    rational_between,
    real_roots,
    sign,
    sqrt_float,
    square_root,
    stretches,
)
from separatrix.expression.tree import Call, Expression, negate

__all__ = [
    "CubePiece",
    "Linearisation",
    "cubic_of",
    "cut",
    "linearise",
]


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


@dataclass(frozen=True)
class CubePiece:
    """Part of a branch.

    Attributes
    ----------
    branch : the whole rest set it is cut from
    sample : a state on it
    low, high : ends of the curve's parameter; equal for a single state; None for surfaces
    side : sign of the third population's advantage on a surface, 0 on the line where it vanishes
    """

    branch: RestBranch
    sample: tuple[Exact, ...]
    dimension: int
    low: Exact | None = None
    high: Exact | None = None
    side: int | None = None


def cut(game: Multilinear, branch: RestBranch) -> list[CubePiece]:
    """Return the pieces of a rest set of dimension one or more."""
    if branch.dimension == 1:
        return list(_cut_curve(game, branch))
    return list(_cut_surface(game, branch))


# --------------------------------------------------------------------------- curves


def _cut_curve(game: Multilinear, branch: RestBranch) -> Iterator[CubePiece]:
    (t,) = branch.moving
    return _cut_at(branch, _breaks(game, branch, t, *branch.range(t)))


def _cut_at(branch: RestBranch, breaks: Iterable[Exact], side: int | None = None) -> Iterator[CubePiece]:
    """Cut a curve at values of its parameter."""
    (t,) = branch.moving
    low, high = branch.range(t)
    for left, right in stretches(low, breaks, high):
        single = left is right
        state = branch.state({t: left if single else rational_between(left, right)})
        yield CubePiece(branch, state, int(not single), left, right, side)


def _breaks(game: Multilinear, branch: RestBranch, t: int, low: fmpq, high: fmpq) -> list[Exact]:
    """The parameters inside (low, high) at which an eigenvalue's sign may change."""
    polynomials = _sign_polynomials(game, branch, t, low, high)
    return [root for coefficients in polynomials for root in real_roots(coefficients, low, high)]


def _sign_polynomials(
    game: Multilinear, branch: RestBranch, t: int, low: fmpq, high: fmpq
) -> Iterator[list[fmpq]]:
    """Polynomials in the parameter that have the signs of the deciding quantities along a curve.

    They are found by interpolation: the quantity times a positive denominator is a polynomial of known
    degree, so its values at enough states give it exactly.
    """
    links = [c for c in branch.coordinates if isinstance(c, Linked)]

    def scale(value: fmpq) -> fmpq:
        product = fmpq(1)
        for link in links:
            product = product * (link.r + link.s * value)
        return product

    if len(branch.free) == 3:
        # -c = Σ w_i w_j (∂_j f_i)(∂_i f_j), w = x(1-x) > 0.  Cleared of (r+s·t) squared twice per link,
        # each term has degree at most 4 a share.
        degree, clearing = 12, 4

        def deciding(state: tuple[Exact, ...]) -> list[Exact]:
            local = linearise(game, branch.face, state)
            return [cubic_of(local.block)[0], *_slopes(game, (0, 1, 2), state)]
    else:
        pure = [i for i, p in enumerate(branch.face) if p is not None]
        degree, clearing = 4, 2

        def deciding(state: tuple[Exact, ...]) -> list[Exact]:
            return [game.at(i, state) for i in pure] + _slopes(game, pure, state)

    points = [low + (high - low) * fmpq(k, degree + 2) for k in range(1, degree + 2)]
    rows = [
        [as_rational(value) * scale(p) ** clearing for value in deciding(branch.state({t: p}))]
        for p in points
    ]
    for k in range(len(rows[0])):
        yield interpolate(points, [row[k] for row in rows])


def _slopes(game: Multilinear, populations: Iterable[int], state: tuple[Exact, ...]) -> list[Exact]:
    return [game.slope(i, j, state) for i, j in itertools.permutations(populations, 2)]


# --------------------------------------------------------------------------- surfaces


def _cut_surface(game: Multilinear, branch: RestBranch) -> Iterator[CubePiece]:
    half = {i: sum(branch.range(i), fmpq(0)) / 2 for i in branch.moving}
    middle = branch.state(half)
    pure = [i for i, p in enumerate(branch.face) if p is not None]
    if len(branch.free) == 2 and len(pure) == 1:
        yield from _cut_face(game, branch, pure[0])
        return
    if len(branch.free) == 3 and branch.dimension == 2 and branch.master is None:
        yield from _cut_plane(game, branch)
        return
    yield CubePiece(branch, middle, branch.dimension)


def _cut_face(game: Multilinear, branch: RestBranch, w: int) -> Iterator[CubePiece]:
    """Cut a face that is all at rest by the sign of the third population's advantage."""
    values = [
        game.at(w, branch.state(dict(zip(branch.moving, (fmpq(a), fmpq(b)), strict=True))))
        for a in (0, 1)
        for b in (0, 1)
    ]
    for side in (-1, 1):
        if any(sign(v) == side for v in values):
            yield CubePiece(branch, _where_sign(game, branch, w, side), 2, side=side)
    if all(v == 0 for v in values):
        yield from _cut_plane(game, branch)
    elif any(sign(v) > 0 for v in values) and any(sign(v) < 0 for v in values):
        for line in _zero_lines(game, branch, w):
            yield from _cut_zero_line(game, line, w)


def _where_sign(game: Multilinear, branch: RestBranch, w: int, side: int) -> tuple[Exact, ...]:
    """A state inside the face at which f_w has a sign that it has at one of the corners."""
    corners = [(fmpq(a), fmpq(b)) for a in (0, 1) for b in (0, 1)]
    step = fmpq(1, 2)
    while True:
        for corner in corners:
            point = [c + step * (1 - 2 * c) for c in corner]
            state = branch.state(dict(zip(branch.moving, point, strict=True)))
            if sign(game.at(w, state)) == side:
                return state
        step = step / 2


def _zero_lines(game: Multilinear, branch: RestBranch, w: int) -> Iterator[RestBranch]:
    """The curves in the face on which the third population is indifferent, as branches."""
    u, v = branch.moving
    fixed = {i: fmpq(pure) for i, pure in enumerate(branch.face) if pure is not None and i == w}
    for factor in factors_inside(game.restricted(w, fixed), [u, v]):
        if isinstance(factor, AxisFactor):
            coordinates = tuple(
                factor.value if i == factor.variable else c for i, c in enumerate(branch.coordinates)
            )
            yield replace(branch, coordinates=coordinates)
        elif isinstance(factor, Mobius):
            link = factor.solved_for(v)
            coordinates = tuple(link if i == v else c for i, c in enumerate(branch.coordinates))
            for interval in link_intervals([link]):
                yield RestBranch(branch.face, coordinates, u, interval)


def _cut_zero_line(game: Multilinear, line: RestBranch, w: int) -> Iterator[CubePiece]:
    """Cut the neutral line of a face of rest states where the drift near the face is tangent to it."""
    (t,) = line.moving
    low, high = line.range(t)
    links = [c for c in line.coordinates if isinstance(c, Linked)]
    free = line.free

    def turn(value: fmpq) -> fmpq:
        state = line.state({t: value})
        total: Exact = fmpq(0)
        for i in free:
            weight = state[i] * (1 - state[i])
            total = total + game.slope(w, i, state) * weight * game.slope(i, w, state)
        for link in links:
            total = total * (link.r + link.s * value) ** 4
        return as_rational(total)

    points = [low + (high - low) * fmpq(k, 10) for k in range(1, 10)]
    roots = real_roots(interpolate(points, [turn(p) for p in points]), low, high)
    return _cut_at(line, roots, side=0)


def _cut_plane(game: Multilinear, branch: RestBranch) -> Iterator[CubePiece]:
    """Cut a rest surface x_u = c, near which x_u is constant, at the rest states of the flow there."""
    u = next(i for i in range(3) if i not in branch.moving)
    v, w = branch.moving
    middle = {v: fmpq(1, 2), w: fmpq(1, 2)}
    zero = fmpq(0)

    def root(i: int, k: int) -> fmpq | None:
        get = game.coefficients[i].get
        constant, slope = get(frozenset((u,)), zero), get(frozenset((u, k)), zero)
        value = -constant / slope if slope != 0 else None
        return value if value is not None and inside(value) else None

    level_w, level_v = root(v, w), root(w, v)
    if level_v is not None and level_w is not None:
        yield CubePiece(branch, branch.state({v: level_v, w: level_w}), 0)
        if level_v == level_w == fmpq(1, 2):
            middle[v] = fmpq(1, 3)  # any other state: the label is the same everywhere but at the one above
    yield CubePiece(branch, branch.state(middle), 2)

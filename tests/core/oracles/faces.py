"""All rest points of a game of n <= 3 populations with two strategies, by strata of the first share.

An oracle for the tests: it shares no code with the package.  Payoffs are integers (or fractions).
Whether a polynomial vanishes identically is decided exactly; points are computed to 50 digits, which is
far below the distance between different points of games with small integers.  Continua are kept as
pieces that can be sampled, and that can tell whether they touch a point.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import mpmath

from core.oracles.games import ZERO, Advantage, Line, OracleGame, Point, Real, inside, real

STEP = mpmath.mpf(10) ** -12
NEAR = mpmath.mpf(10) ** -8


# --------------------------------------------------------------------------- pieces of continua


@dataclass(frozen=True)
class Piece:
    """A continuum of rest points in one open face.

    ``fixed`` holds the shares that are constant on it; ``graph`` the shares that are -above/below, two
    lines in the share ``along``; ``relation`` a bilinear equation between two shares.  All other shares
    are free.
    """

    n: int
    fixed: Mapping[int, Real]
    along: int | None = None
    graph: Mapping[int, tuple[Line, Line]] = field(default_factory=dict)
    relation: tuple[int, int, tuple[Fraction, Fraction, Fraction, Fraction]] | None = None

    @property
    def dimension(self) -> int:
        return self.n - len(self.fixed) - len(self.graph) - (self.relation is not None)

    def touches(self, point: Point) -> bool:
        """Whether `point` is in the closure of the piece."""
        if any(abs(point[i] - value) > ZERO for i, value in self.fixed.items()):
            return False
        if self.along is not None:
            return any(
                self._graph_reaches(point, s) for s in (point[self.along] + STEP, point[self.along] - STEP)
            )
        if self.relation is not None:
            j, k, (a, b, c, d) = self.relation
            forward = (real(a), real(b), real(c), real(d))
            return _curve_reaches(point[j], point[k], forward) or _curve_reaches(
                point[k], point[j], (forward[0], forward[2], forward[1], forward[3])
            )
        return True

    def _graph_reaches(self, point: Point, s: Real) -> bool:
        if not inside(s):
            return False
        for i, (above, below) in self.graph.items():
            value = _minus_ratio(above, below, s)
            if value is None or not inside(value) or abs(value - point[i]) > NEAR:
                return False
        return True

    def stretches(self) -> list[tuple[Fraction, Fraction]]:
        """Return the intervals of the share ``along`` over which the piece is inside its face."""
        cuts = {Fraction(0), Fraction(1)}
        for above, below in self.graph.values():
            for line in (above, below, (above[0] + below[0], above[1] + below[1])):
                if line[1] != 0 and 0 < -line[0] / line[1] < 1:
                    cuts.add(-line[0] / line[1])
        ordered = sorted(cuts)
        good = []
        for low, high in itertools.pairwise(ordered):
            values = [_minus_ratio(a, b, real((low + high) / 2)) for a, b in self.graph.values()]
            if all(v is not None and inside(v) for v in values):
                good.append((low, high))
        return good

    @property
    def empty(self) -> bool:
        """Whether the equations have no solution inside the open face."""
        if self.along is not None:
            return not self.stretches()
        if self.relation is not None:
            a, b, c, d = self.relation[2]
            corners = (a, a + b, a + c, a + b + c + d)
            return not min(corners) < 0 < max(corners)
        return False

    def sample(self, rng: random.Random) -> Point | None:
        """Return a random point of the piece, or None if the draw fell outside the face."""
        state = [mpmath.mpf(rng.random()) for _ in range(self.n)]
        for i, value in self.fixed.items():
            state[i] = value
        if self.along is not None:
            low, high = rng.choice(self.stretches())
            state[self.along] = real(low) + real(high - low) * state[self.along]
            for i, (above, below) in self.graph.items():
                value = _minus_ratio(above, below, state[self.along])
                if value is None or not inside(value):
                    return None
                state[i] = value
        if self.relation is not None:
            j, k, (a, b, c, d) = self.relation
            if rng.random() < 0.5:
                j, k, b, c = k, j, c, b
            below = real(c) + real(d) * state[j]
            above = real(a) + real(b) * state[j]
            if abs(below) < ZERO:
                if abs(above) > ZERO:
                    return None
            else:
                state[k] = -above / below
                if not inside(state[k]):
                    return None
        return tuple(state)


def _curve_reaches(u: Real, v: Real, coefficients: tuple[Real, Real, Real, Real]) -> bool:
    """Whether a + b u + c v + d u v = 0 has points of the open square close to (u, v), u moved a little."""
    a, b, c, d = coefficients
    for s in (u + STEP, u - STEP):
        if not inside(s):
            continue
        below, above = c + d * s, a + b * s
        if abs(below) > ZERO:
            value = -above / below
            if inside(value) and abs(value - v) < NEAR:
                return True
        elif abs(above) < ZERO:
            return True
    return False


# --------------------------------------------------------------------------- solving


@dataclass(frozen=True)
class RestStates:
    """All rest states of a game: the isolated ones, the pure ones on a continuum, and the continua."""

    isolated: tuple[Point, ...]
    pure_on_continua: tuple[Point, ...]
    pieces: tuple[Piece, ...]


def rest_states(game: OracleGame) -> RestStates:
    """Return every rest state of `game`, face by face."""
    n, advantages = game.n, game.advantages()
    points: list[Point] = []
    pieces: list[Piece] = []
    for values in itertools.product((0, 1, None), repeat=n):
        pinned = {i: v for i, v in enumerate(values) if v is not None}
        free = [i for i, v in enumerate(values) if v is None]
        for found in _face(advantages, n, pinned, free):
            if not isinstance(found, Piece):
                points.append(found)
            elif not found.empty:
                pieces.append(found)
    isolated = [p for p in points if not any(piece.touches(p) for piece in pieces)]
    pure = [p for p in points if p not in isolated and all(v in (0, 1) for v in p)]
    return RestStates(tuple(isolated), tuple(pure), tuple(pieces))


def _restrict(advantage: Advantage, pinned: Mapping[int, int]) -> dict[tuple[int, ...], Fraction]:
    """Return its values at the pure choices of the free others."""
    kept = {}
    for choices, value in advantage.at.items():
        by_other = dict(zip(advantage.others, choices, strict=True))
        if all(by_other[j] == v for j, v in pinned.items() if j in by_other):
            kept[tuple(by_other[j] for j in advantage.others if j not in pinned)] = value
    return kept


def _face(
    advantages: Sequence[Advantage], n: int, pinned: Mapping[int, int], free: Sequence[int]
) -> Iterator[Piece | Point]:
    base = {i: real(v) for i, v in pinned.items()}
    tables = [_restrict(advantages[i], pinned) for i in free]
    if not free:
        yield tuple(base[i] for i in range(n))
    elif len(free) == 1:
        if tables[0][()] == 0:
            yield Piece(n, base)
    elif len(free) == 2:
        (i, j) = free
        for xi in _roots_or_all((tables[1][(0,)], tables[1][(1,)] - tables[1][(0,)])):
            for xj in _roots_or_all((tables[0][(0,)], tables[0][(1,)] - tables[0][(0,)])):
                yield _assemble(n, base, {i: xi, j: xj})
    else:
        yield from _interior(tables)


def _assemble(n: int, base: Mapping[int, Real], values: Mapping[int, Real | None]) -> Piece | Point:
    fixed = dict(base) | {i: v for i, v in values.items() if v is not None}
    if len(fixed) == n:
        return tuple(fixed[i] for i in range(n))
    return Piece(n, fixed)


def _roots_or_all(line: Line) -> list[Real | None]:
    """Return where a line vanishes in (0, 1): [] nowhere, [root], or [None] for everywhere."""
    constant, slope = line
    if slope == 0:
        return [None] if constant == 0 else []
    root = -constant / slope
    return [real(root)] if 0 < root < 1 else []


def _value(line: Line, at: Fraction) -> Fraction:
    return line[0] + line[1] * at


def _times(p: Line, q: Line) -> tuple[Fraction, Fraction, Fraction]:
    return (p[0] * q[0], p[0] * q[1] + p[1] * q[0], p[1] * q[1])


def _minus_ratio(above: Line, below: Line, s: Real) -> Real | None:
    denominator = real(below[0]) + real(below[1]) * s
    return None if abs(denominator) < ZERO else -(real(above[0]) + real(above[1]) * s) / denominator


def _quadratic_roots(p: tuple[Fraction, Fraction, Fraction]) -> list[Real]:
    c, b, a = p
    if a == 0:
        return [real(-c / b)] if b != 0 else []
    discriminant = b * b - 4 * a * c
    if discriminant < 0:
        return []
    if discriminant == 0:
        return [real(-b / (2 * a))]
    root = mpmath.sqrt(real(discriminant))
    return [(-real(b) - root) / real(2 * a), (-real(b) + root) / real(2 * a)]


def _interior(tables: Sequence[Mapping[tuple[int, ...], Fraction]]) -> Iterator[Piece | Point]:
    """Solve the three equations inside the cube, for each x separately.

    The second and third advantage are lines in z and in y once x is known; a x where one of them
    changes its nature is a stratum of its own.
    """
    fx, fy, fz = tables
    a, b = fx[(0, 0)], fx[(1, 0)] - fx[(0, 0)]
    c, d = fx[(0, 1)] - fx[(0, 0)], fx[(1, 1)] - fx[(1, 0)] - fx[(0, 1)] + fx[(0, 0)]
    # fy = D(x) + C(x) z ; fz = F(x) + E(x) y
    big_d: Line = (fy[(0, 0)], fy[(1, 0)] - fy[(0, 0)])
    top: Line = (fy[(0, 1)], fy[(1, 1)] - fy[(0, 1)])
    big_c: Line = (top[0] - big_d[0], top[1] - big_d[1])
    big_f: Line = (fz[(0, 0)], fz[(1, 0)] - fz[(0, 0)])
    top = (fz[(0, 1)], fz[(1, 1)] - fz[(0, 1)])
    big_e: Line = (top[0] - big_f[0], top[1] - big_f[1])

    special = set()
    for slope, constant in ((big_c, big_d), (big_e, big_f)):
        line = constant if slope == (0, 0) else slope
        if line[1] != 0 and 0 < -line[0] / line[1] < 1:
            special.add(-line[0] / line[1])
    for x in special:
        ys = _roots_or_all((_value(big_f, x), _value(big_e, x)))
        zs = _roots_or_all((_value(big_d, x), _value(big_c, x)))
        yield from _slice(real(x), ys, zs, (a, b, c, d))
    yield from _generic(special, (a, b, c, d), big_c, big_d, big_e, big_f)


def _slice(
    x: Real, ys: list[Real | None], zs: list[Real | None], f: tuple[Fraction, Fraction, Fraction, Fraction]
) -> Iterator[Piece | Point]:
    a, b, c, d = (real(v) for v in f)
    for y, z in itertools.product(ys, zs):
        if y is None and z is None:
            if any(f):
                yield Piece(3, {0: x}, relation=(1, 2, f))
            else:
                yield Piece(3, {0: x})
        elif y is not None and z is not None:
            if abs(a + b * y + c * z + d * y * z) < ZERO:
                yield (x, y, z)
        else:
            known, other = (z, 1) if y is None else (y, 2)
            assert known is not None
            constant, slope = (a + c * z, b + d * z) if y is None else (a + b * y, c + d * y)
            here = {0: x, 3 - other: known}
            if abs(slope) > ZERO:
                value = -constant / slope
                if inside(value):
                    yield tuple((here | {other: value})[i] for i in range(3))
            elif abs(constant) < ZERO:
                yield Piece(3, here)


def _generic(
    special: set[Fraction],
    f: tuple[Fraction, Fraction, Fraction, Fraction],
    big_c: Line,
    big_d: Line,
    big_e: Line,
    big_f: Line,
) -> Iterator[Piece | Point]:
    a, b, c, d = f
    zero = (Fraction(0), Fraction(0))
    z_all, y_all = big_c == zero and big_d == zero, big_e == zero and big_f == zero
    if (big_c == zero and not z_all) or (big_e == zero and not y_all):
        return
    if z_all and y_all:
        yield Piece(3, {}, relation=(1, 2, f)) if any(f) else Piece(3, {})
    elif z_all or y_all:
        # the known share is k(x) = -above/below; fx is then a line in the unknown one
        unknown, known = (1, 2) if y_all else (2, 1)
        below, above = (big_c, big_d) if y_all else (big_e, big_f)
        p, q = (b, c) if y_all else (c, b)
        slope: Line = (p * below[0] - d * above[0], p * below[1] - d * above[1])
        constant: Line = (a * below[0] - q * above[0], a * below[1] - q * above[1])
        ratio = (above, below)
        if slope == zero and constant == zero:
            yield Piece(3, {}, along=0, graph={known: ratio})
            return
        roots: set[Fraction] = set()
        if slope != zero:
            yield Piece(3, {}, along=0, graph={known: ratio, unknown: (constant, slope)})
            if slope[1] != 0 and _value(constant, -slope[0] / slope[1]) == 0:
                roots = {-slope[0] / slope[1]}
        elif constant[1] != 0:
            roots = {-constant[0] / constant[1]}
        for x in roots:
            value = _minus_ratio(above, below, real(x))
            if 0 < x < 1 and x not in special and value is not None and inside(value):
                yield Piece(3, {0: real(x), known: value})
    else:
        terms = (
            (a, _times(big_e, big_c)),
            (-b, _times(big_f, big_c)),
            (-c, _times(big_d, big_e)),
            (d, _times(big_f, big_d)),
        )
        q3 = tuple(sum((w * t[i] for w, t in terms), Fraction(0)) for i in range(3))
        if not any(q3):
            yield Piece(3, {}, along=0, graph={1: (big_f, big_e), 2: (big_d, big_c)})
            return
        for x in _quadratic_roots((q3[0], q3[1], q3[2])):
            y, z = _minus_ratio(big_f, big_e, x), _minus_ratio(big_d, big_c, x)
            if inside(x) and y is not None and z is not None and inside(y) and inside(z):
                yield (x, y, z)

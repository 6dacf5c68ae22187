"""Proof that a box holds exactly one solution, and its coordinates to any precision.

Krawczyk's operator K(X) = m - Y·f(m) + (1 - Y·f'(X))·(X - m), with m the middle of the box X and Y about the
inverse of f'(m): if K(X) lies strictly inside X, then X holds exactly one zero of f, it lies in K(X), and
f' is regular on X.  Reference: Neumaier (1990), Interval Methods for Systems of Equations, theorem 5.1.8.
All arithmetic is in Arb balls, so rounding is outward.

A certified rest point of a face: enclosed in balls, and exact where it is rational or quadratic.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import Literal

from flint import arb, arb_mat, fmpq, fmpq_mpoly, fmpz, fmpz_mat

from separatrix.analysis.branch_and_prune.faces import (
    Compiled,
    Face,
    FaceSystem,
    Locus,
    evaluate_exactly,
    remainder,
)
from separatrix.exact.algebraic_numbers import Exact, Surd, as_float, quadratic_roots, sign
from separatrix.exact.number_field import FieldElement
from separatrix.expression.constants import Constant
from separatrix.expression.precision import precision
from separatrix.run.cached_property import cached_property

__all__ = [
    "CertifiedRoot",
    "as_ball",
    "exact_zero",
    "isolate",
    "refine",
    "simplest_between",
]


def _ball(middle: arb, radius: arb | float) -> arb:
    return middle + arb(0, radius)


def _image(locus: Locus, middle: Sequence[arb], radius: Sequence[arb]) -> list[arb] | None:
    """Return K(X) where it lies strictly inside X, else None."""
    count = len(middle)
    jacobian = locus.jacobian(middle)
    try:
        inverse = jacobian.mid().inv().mid()
    except ZeroDivisionError:
        return None
    box = [_ball(m, r) for m, r in zip(middle, radius, strict=True)]
    slope = inverse * locus.jacobian(box)
    step = inverse * arb_mat([[v] for v in locus.values(middle)])
    result = []
    for i in range(count):
        spread = arb(0)
        for j in range(count):
            entry = (1 if i == j else 0) - slope[i, j]
            spread = spread + entry * arb(0, radius[j])
        image = middle[i] - step[i, 0] + spread
        if not abs(image - middle[i]) < radius[i]:
            return None
        result.append(image)
    return result


@precision()
def isolate(locus: Locus, middle: Sequence[float], radius: Sequence[float]) -> list[arb] | None:
    """Return balls around the only zero within `radius` of `middle`, or None where that is not proven."""
    return _image(locus, [arb(m) for m in middle], [arb(r) for r in radius])


def refine(locus: Locus, box: Sequence[arb], balls: list[arb], bits: int) -> list[arb]:
    """Return balls of radius 2**-bits around the only zero in a box; the given ones where that fails.

    Newton's method goes ahead without proof; the small box where it ends is then proven to hold a zero, and
    if it lies in the large box, that is the zero in question.
    """
    # Large coefficients that cancel make wide balls: a smaller box then proves what the asked one cannot.
    for factor in (1, 4, 16, 64):
        image = _refined(locus, balls, factor * bits)
        if image is not None and all(b.contains(i) for b, i in zip(box, image, strict=True)):
            return image
    return balls


def _refined(locus: Locus, balls: list[arb], bits: int) -> list[arb] | None:
    """Balls of radius 2**-bits around the zero that Newton's method runs into, or None without proof."""
    with precision(2 * bits + 40):
        goal = arb(2) ** -bits
        middle = [b.mid() for b in balls]
        for _ in range(100):
            try:
                step = locus.jacobian(middle).mid().solve(arb_mat([[v] for v in locus.values(middle)]))
            except ZeroDivisionError:
                break
            middle = [(m - step[i, 0]).mid() for i, m in enumerate(middle)]
            if all(abs(step[i, 0]) < goal / 1024 for i in range(len(middle))):
                break
        return _image(locus, middle, [goal] * len(middle))


Place = Literal["inside", "boundary", "outside", "unknown"]

LADDER = (96, 192, 384, 768)
"""Precisions, in bits, at which a sign is tried."""


@dataclass(eq=False)
class CertifiedRoot:
    """A rest state of a face: a regular zero of some polynomials, or any exact one.

    Attributes
    ----------
    locus : the polynomials that locate it
    box : free shares that contain no other zero
    balls : enclosures of the zero within the box
    exact : the free shares, where they are known to be rational or to lie in one quadratic field
    sides : for a point of an edge, the sign of the advantage just below and just above it
    """

    locus: Locus
    box: list[arb]
    balls: list[arb]
    exact: tuple[Exact, ...] | None = None
    sides: tuple[int, int] | None = None
    _refined: dict[int, list[arb]] = field(default_factory=dict, repr=False)

    @staticmethod
    def at_exactly(system: FaceSystem, exact: tuple[Exact, ...]) -> CertifiedRoot:
        """Return a rest state that is known exactly, by its free shares."""
        return CertifiedRoot(system.locus, [], [], exact)

    @property
    def system(self) -> FaceSystem:
        """The game on its face; what is said about the state comes from here, not from its locus."""
        return self.locus.system

    @property
    def face(self) -> Face:
        """The strategies played."""
        return self.system.face

    def refine(self, bits: int) -> list[arb]:
        """Return the free shares in balls of radius about 2**-bits."""
        if bits not in self._refined:
            if self.exact is not None:
                with precision(bits + 40):
                    self._refined[bits] = [as_ball(x, bits + 40) for x in self.exact]
            else:
                self._refined[bits] = refine(self.locus, self.box, self.balls, bits)
        return self._refined[bits]

    def ball(self, polynomial: fmpq_mpoly, bits: int) -> arb:
        """Return the value of a polynomial in the ring's coordinates, from shares known to 2**-bits."""
        with precision(bits + 40):
            return self._compiled(polynomial).value(self.refine(bits))

    def _compiled(self, polynomial: fmpq_mpoly) -> Compiled:
        return Compiled(self.system.restrict(polynomial), self.system.variables)

    def sign(self, polynomial: fmpq_mpoly) -> int | None:
        """Return the sign of a polynomial in the ring's coordinates there, or None where none is proven."""
        if self.exact is not None:
            return sign(self.system.value(polynomial, self.exact))
        compiled = self._compiled(polynomial)
        for bits in LADDER:
            with precision(bits + 40):
                value = compiled.value(self.refine(bits))
            if value > 0:
                return 1
            if value < 0:
                return -1
            if bits == LADDER[0] and self.vanishes(polynomial):
                return 0
        return None

    def vanishes(self, polynomial: fmpq_mpoly) -> bool:
        """Return whether a polynomial certainly is zero there, by one or two of the locus."""
        restricted = self.system.restrict(polynomial)
        known = [f for f in self.locus.polynomials if not f.is_constant()]
        return any(
            not part or any(part.gcd(f) == f / f.leading_coefficient() for f in known)
            for part in (restricted, *(remainder(restricted, [f]) for f in known))
        )

    @cached_property
    def place(self) -> Place:
        """Where it lies relative to the open face."""
        found = self._placed()
        if found == "unknown":
            self.recognise()
            found = self._placed()
        return found

    def _placed(self) -> Place:
        turns: list[int | None] = []
        for k in range(len(self.system.free)):
            turns.append(self._share_sign(k))
        turns.extend(self._rest_signs())
        if any(t == -1 for t in turns):
            return "outside"
        if any(t is None for t in turns):
            return "unknown"
        return "inside" if all(turns) else "boundary"

    def _share_sign(self, k: int) -> int | None:
        if self.exact is not None:
            return sign(self.exact[k])
        return _ball_sign(lambda bits: self.refine(bits)[k])

    def _rest_signs(self) -> list[int | None]:
        result: list[int | None] = []
        start = 0
        for played in self.face:
            width = len(played) - 1
            if width:
                span = slice(start, start + width)
                if self.exact is not None:
                    rest: Exact = fmpq(1)
                    for x in self.exact[span]:
                        rest = rest - x
                    result.append(sign(rest))
                else:
                    result.append(_ball_sign(partial(self._rest, span)))
            start += width
        return result

    def _rest(self, span: slice, bits: int) -> arb:
        total = arb(1)
        for x in self.refine(bits)[span]:
            total = total - x
        return total

    def recognise(self) -> None:
        """Find the exact coordinates where they are rational or quadratic."""
        if self.exact is None:
            found = exact_zero(self.locus, self.refine(192))
            if found is not None:
                with precision(192 + 40):
                    place = [as_ball(x, 232) for x in found]
                if all(box.contains_interior(x) for box, x in zip(self.box, place, strict=True)):
                    self.exact = found

    def around(self) -> Iterator[tuple[int, fmpq, fmpq]]:
        """Yield for each free share its generator and short numbers around it and no other zero."""
        for v, box, ball in zip(self.system.variables, self.box, self.refine(96), strict=True):
            (first, last), (low, high) = _ends(box), _ends(ball)
            below = simplest_between(first, (first + low) / 2, 1 << 200)
            above = simplest_between((high + last) / 2, last, 1 << 200)
            if below is not None and above is not None and below < above:
                yield v, fmpq(below.numerator, below.denominator), fmpq(above.numerator, above.denominator)

    @cached_property
    def shares(self) -> list[list[float]]:
        """The shares of all strategies as floats, population by population."""
        if self.exact is not None:
            return [[as_float(x) for x in row] for row in self.system.shares(self.exact)]
        with precision(136):
            rows = self.system.shares(self.refine(96))
            return [[float(arb(x).mid()) for x in row] for row in rows]


def as_ball(value: Exact, bits: int) -> arb:
    """Return a ball around an exact number, at the working precision."""
    if isinstance(value, Surd):
        return arb(value.a) + arb(value.b) * arb(value.d).sqrt()
    if isinstance(value, FieldElement | Constant):
        return value.ball(bits)
    return arb(value)


def _ball_sign(value: Callable[[int], arb]) -> int | None:
    for bits in LADDER[:3]:
        with precision(bits + 40):
            ball = value(bits)
        if ball > 0:
            return 1
        if ball < 0:
            return -1
    return None


# --------------------------------------------------------------------------- recognising exact numbers


def simplest_between(low: Fraction, high: Fraction, most: int) -> Fraction | None:
    """Return the rational of least denominator in [low, high], or None where that is above `most`.

    Examples
    --------
    >>> simplest_between(Fraction(333, 1000), Fraction(334, 1000), 100)
    Fraction(1, 3)
    """
    (a, b), (c, d) = low.as_integer_ratio(), high.as_integer_ratio()
    p, q, r, s = 1, 0, 0, 1  # the last two convergents: (p·x + r)/(q·x + s) at the rest x
    while q + s <= most:
        whole = a // b
        if whole * b == a or (whole + 1) * d <= c:
            last = whole if whole * b == a else whole + 1
            return Fraction(p * last + r, q * last + s) if q * last + s <= most else None
        # Both ends share the whole part: go on with their reciprocals, which changes their order.
        p, q, r, s = p * whole + r, q * whole + s, p, q
        a, b, c, d = d, c - whole * d, b, a - whole * b
    return None


def _ends(ball: arb) -> tuple[Fraction, Fraction]:
    def fraction(value: arb) -> Fraction:
        mantissa, exponent = value.man_exp()
        return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)

    middle, radius = fraction(ball.mid()), fraction(arb(ball.rad()))
    return middle - radius, middle + radius


def _rational(ball: arb) -> fmpq | None:
    found = simplest_between(*_ends(ball), 1 << 64)
    return None if found is None else fmpq(found.numerator, found.denominator)


def _quadratic(ball: arb, bits: int) -> Exact | None:
    """Return a root of a quadratic with small whole coefficients in a ball of radius about 2**-bits."""
    scale = 1 << (bits - 8)
    low, high = _ends(ball)
    middle = (low + high) / 2
    rows = [[int(p == k) for p in range(3)] + [round(scale * middle**k)] for k in range(3)]
    reduced = fmpz_mat([[fmpz(v) for v in row] for row in rows]).lll()
    c, b, a = (int(reduced[0, k]) for k in range(3))
    if a == 0 or max(abs(a), abs(b), abs(c)).bit_length() > bits // 5:
        return None
    for root in quadratic_roots(fmpq(a), fmpq(b), fmpq(c)):
        with precision(bits + 40):
            if as_ball(root, bits + 40).overlaps(ball):
                return root
    return None


def exact_zero(locus: Locus, balls: Sequence[arb]) -> tuple[Exact, ...] | None:
    """Return the zero in small balls exactly, if it is rational or in one quadratic field, else None."""
    bits = 190
    values: list[Exact] = []
    for ball in balls:
        value: Exact | None = _rational(ball)
        if value is None:
            value = _quadratic(ball, bits)
        if value is None:
            return None
        values.append(value)
    try:
        point = locus.system.reduced(locus.system.shares(values))
        zero = all(sign(evaluate_exactly(f, point)) == 0 for f in locus.polynomials)
        sum(values, fmpq(0))
    except ValueError:  # coordinates of different quadratic fields
        return None
    return tuple(values) if zero else None

"""Rest sets: continua of rest states in one face, described exactly.

Faces with one free share: all zeros of one polynomial, and the direction of the share near them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flint import fmpq, fmpq_mpoly, fmpq_poly

from separatrix.analysis.binary.rest_states import Free, Linked, RestBranch
from separatrix.analysis.branch_and_prune.faces import FaceSystem, Locus, evaluate_exactly
from separatrix.analysis.branch_and_prune.krawczyk import CertifiedRoot
from separatrix.exact.algebraic_numbers import Exact, as_float, as_rational, compare, quadratic_roots, sign
from separatrix.expression.precision import precision
from separatrix.run.cached_property import cached_property
from separatrix.run.limits import poll

__all__ = [
    "Patch",
    "RestCurve",
    "beside_end",
    "polynomial_of",
    "univariate",
    "zeros_on_line",
]


def polynomial_of(system: FaceSystem) -> fmpq_poly:
    """Return the only equation of a face with one free share as a polynomial in that share."""
    return univariate(system.equations[0], system.variables[0])


def univariate(polynomial: fmpq_mpoly, variable: int) -> fmpq_poly:
    """Return a polynomial in which only one generator occurs."""
    terms = {int(e[variable]): value for e, value in polynomial.to_dict().items()}
    return fmpq_poly([terms.get(k, fmpq(0)) for k in range(max(terms, default=0) + 1)])


def zeros_on_line(system: FaceSystem) -> list[CertifiedRoot]:
    """Return the zeros of the equation strictly between 0 and 1, ascending.

    The equation must not vanish identically.  Each irreducible factor has simple roots only, which Arb
    isolates; those of factors of degree one and two are exact.
    """
    whole = polynomial_of(system)
    found: list[CertifiedRoot] = []
    if whole.degree() < 1:
        return found
    poll()
    for factor, multiplicity in whole.factor()[1]:
        poll()
        cofactor = whole
        for _ in range(multiplicity):
            cofactor = cofactor / factor
        slope, rest = _lifted(system, factor.derivative()), _lifted(system, cofactor)
        for root in _roots(Locus(system, (_lifted(system, factor),)), factor):
            if root.place != "inside":
                continue
            # An irreducible factor shares no root with its derivative nor with the other factors, so that
            # both signs differ from zero; enormous coefficients may still hide them.
            turn, beside = root.sign(slope), root.sign(rest)
            if turn and beside:
                after = beside if multiplicity % 2 == 0 else turn * beside
                root.sides = after * (-1) ** multiplicity, after
            found.append(root)
    return sorted(found, key=lambda root: float(root.refine(96)[0].mid()))


def _lifted(system: FaceSystem, polynomial: fmpq_poly) -> fmpq_mpoly:
    """A polynomial in the free share as one in the generators of the ring."""
    ring, variable = system.field.ring, system.variables[0]
    terms = {
        tuple(k if v == variable else 0 for v in range(len(ring.names))): polynomial[k]
        for k in range(polynomial.degree() + 1)
    }
    return ring.context.from_dict(terms)


def _roots(locus: Locus, factor: fmpq_poly) -> list[CertifiedRoot]:
    """The real roots of an irreducible polynomial."""
    if factor.degree() <= 2:
        exact = quadratic_roots(factor[2], factor[1], factor[0])
        return [CertifiedRoot(locus, [], [], (x,)) for x in exact]
    with precision(64):
        every: Any = factor.complex_roots()
        balls = [root.real for root, _ in every if root.imag == 0]
    return [CertifiedRoot(locus, [ball], [ball]) for ball in balls]


def beside_end(system: FaceSystem, end: int) -> int:
    """Return the sign of the advantage on an edge near its end at share 0 or 1."""
    polynomial = polynomial_of(system)
    while polynomial(fmpq(end)) == 0 and polynomial.degree() > 0:
        polynomial = polynomial / fmpq_poly([-end, 1])
        if end:  # below 1 the factor (share - 1) is negative
            polynomial = -polynomial
    value = polynomial(fmpq(end))
    return int(value > 0) - int(value < 0)


@dataclass(frozen=True)
class RestCurve:
    """A curve by a parameter: each free share is a quotient of two polynomials in it.

    Attributes
    ----------
    above, below : numerators and denominators; the denominators do not vanish on the interval
    low, high : ends of the open interval through which the parameter runs
    """

    above: tuple[fmpq_poly, ...]
    below: tuple[fmpq_poly, ...]
    low: Exact
    high: Exact

    def at(self, t: Exact) -> tuple[Exact, ...]:
        """Return the free shares at a value of the parameter."""
        return tuple(_value(a, t) / _value(b, t) for a, b in zip(self.above, self.below, strict=True))

    def polyline(self) -> Iterator[tuple[float, ...]]:
        """Yield states along it as floats: the ends of a segment, more of a curve that bends."""
        straight = all(b.degree() == 0 for b in self.below)
        steps = 1 if straight else 40
        low, high = as_float(self.low), as_float(self.high)
        for k in range(steps + 1):
            t = low + (high - low) * k / steps
            above, below = ([_horner(p, t) for p in ps] for ps in (self.above, self.below))
            if all(below):
                yield tuple(a / b for a, b in zip(above, below, strict=True))


def _value(polynomial: fmpq_poly, t: Exact) -> Exact:
    total: Exact = fmpq(0)
    for c in reversed(polynomial.coeffs()):
        total = total * t + c
    return total


def _horner(polynomial: fmpq_poly, t: float) -> float:
    total = 0.0
    for c in reversed(polynomial.coeffs()):
        total = total * t + as_float(c)
    return total


@dataclass(frozen=True, eq=False)
class Patch:
    """A continuum of rest states in one open face.

    Attributes
    ----------
    system : the face
    dimension : 1 or more, or 0 for a mixed state that lies on the closure of a continuum
    equations : polynomials in the free shares that vanish on it
    positive : polynomials in the free shares that are positive on it, besides the shares themselves
    corners : of its closure, as free shares, where it is a polytope
    curve : its parameter, where it has one
    interval : for a stretch of a curve, the number of a free share that its ends bound, and these
    whole : whether it is the whole face
    known_closure : whether its closure is all of the closed face where the equations hold and nothing
        that is positive turns negative
    sample : some state on it, as free shares, where one is known exactly
    root : the state where there is only one
    zeros : where the equations decide the shares of some populations and say nothing of the others: all their
        zeros, on the face without the others
    """

    system: FaceSystem
    dimension: int
    equations: tuple[fmpq_mpoly, ...]
    positive: tuple[fmpq_mpoly, ...] = ()
    corners: tuple[tuple[Exact, ...], ...] = ()
    curve: RestCurve | None = None
    interval: tuple[int, Exact, Exact] | None = None
    whole: bool = False
    known_closure: bool = True
    sample: tuple[Exact, ...] | None = None
    root: CertifiedRoot | None = None
    zeros: tuple[CertifiedRoot, ...] | None = None

    @staticmethod
    def polytope(system: FaceSystem, dimension: int, corners: Sequence[tuple[fmpq, ...]]) -> Patch:
        """Return a relatively open polytope by its corners, as free shares."""
        count = len(corners)
        centre = tuple(sum(values, fmpq(0)) / count for values in zip(*corners, strict=True))
        curve = None
        if dimension == 1:
            start, end = corners
            curve = RestCurve(
                tuple(fmpq_poly([p, q - p]) for p, q in zip(start, end, strict=True)),
                tuple(fmpq_poly([1]) for _ in start),
                fmpq(0),
                fmpq(1),
            )
        return Patch(
            system,
            dimension,
            tuple(f for f in system.equations if f),
            corners=tuple(corners),
            curve=curve,
            whole=dimension == len(system.free),
            sample=centre,
        )

    @staticmethod
    def state(root: CertifiedRoot) -> Patch:
        """Return a single state."""
        return Patch(root.system, 0, root.locus.polynomials, sample=root.exact, root=root)

    def ends(self) -> list[tuple[Exact, ...]]:
        """Return the corners, or the ends of a curve, that are known, as free shares."""
        if self.curve is None:
            return list(self.corners)
        return [
            self.curve.at(t)
            for t in (self.curve.low, self.curve.high)
            if all(sign(_value(b, t)) for b in self.curve.below)
        ]

    @staticmethod
    def whole_face(system: FaceSystem) -> Patch:
        """Return a face that is all at rest."""
        corners = []
        for profile in itertools.product(*system.face):
            corners.append(tuple(fmpq(int(profile[q] == a)) for q, a in system.free))
        return Patch.polytope(system, len(system.free), corners)

    @staticmethod
    def branch(system: FaceSystem, branch: RestBranch) -> Patch:
        """Return a branch of the exact route for two strategies each, on a face with three free shares."""
        generators = [system.field.ring.context.gens()[v] for v in system.variables]
        # The branch's shares are those of the first strategy that is played: the free ones.
        equations, positive = [], []
        for i, coordinate in enumerate(branch.coordinates):
            if isinstance(coordinate, Linked):
                t = generators[coordinate.master]
                equations.append(
                    generators[i] * (coordinate.r + coordinate.s * t) - coordinate.p - coordinate.q * t
                )
            elif not isinstance(coordinate, Free):
                equations.append(generators[i] - as_rational(coordinate))
        if branch.interval is not None and branch.master is not None:
            low, high = branch.interval
            positive = [generators[branch.master] - low, high - generators[branch.master]]
        middle = {i: sum(branch.range(i), fmpq(0)) / 2 for i in branch.moving}
        corners: list[tuple[fmpq, ...]] = []
        if not any(isinstance(c, Linked) for c in branch.coordinates):
            ends = [branch.range(i) for i in branch.moving]
            for choice in itertools.product(*ends):
                state = branch.state(dict(zip(branch.moving, choice, strict=True)))
                corners.append(tuple(x for x in state if isinstance(x, fmpq)))
        return Patch(
            system,
            branch.dimension,
            tuple(equations),
            tuple(positive),
            tuple(corners),
            _curve(branch) if branch.dimension == 1 else None,
            whole=branch.dimension == len(system.free),
            sample=branch.state(middle),
        )

    def touches(self, root: CertifiedRoot) -> bool | None:
        """Return whether a rest point lies on the closure, or None where that is not known."""
        if any(not set(a) <= set(b) for a, b in zip(root.face, self.system.face, strict=True)):
            return False
        if self.whole:
            return True
        if root.exact is None:
            return None
        shares = root.system.shares(root.exact)
        point = self.system.reduced(shares)
        if self.dimension == 0:
            return [shares[q][a] for q, a in self.system.free] == list(self.sample or ())
        try:
            if any(sign(evaluate_exactly(f, point)) for f in self.equations):
                return False
            if any(sign(evaluate_exactly(f, point)) < 0 for f in self.positive):
                return False
            if self.interval is not None:
                k, low, high = self.interval
                q, a = self.system.free[k]
                if compare(shares[q][a], low) < 0 or compare(shares[q][a], high) > 0:
                    return False
        except ValueError:
            return None
        return True if self.known_closure or root.face == self.system.face else None

    @cached_property
    def persistent(self) -> frozenset[int]:
        """Populations that certainly play all strategies of the face on all of the closure, too."""
        free = self.system.free
        if self.dimension == 0:
            moving = set()
        elif self.zeros is not None:
            decided = {place for root in self.zeros for place in root.system.free}
            moving = {q for q, a in free if (q, a) not in decided}
        elif self.curve is not None:
            quotients = zip(free, self.curve.above, self.curve.below, strict=True)
            moving = {q for (q, _), *parts in quotients if any(part.degree() > 0 for part in parts)}
        else:
            moving = {q for q, _ in free}
        return frozenset(range(len(self.system.face))) - moving

    @cached_property
    def samples(self) -> tuple[tuple[float, ...], ...]:
        """States on it as floats, as free shares: a polyline along a curve, else a cloud."""
        return tuple(self._samples())

    def _samples(self) -> Iterator[tuple[float, ...]]:
        if self.curve is not None:
            yield from self.curve.polyline()
        elif self.corners:
            floats = [tuple(as_float(x) for x in corner) for corner in self.corners]
            centre = tuple(sum(values) / len(floats) for values in zip(*floats, strict=True))
            yield centre
            for corner in floats:
                for w in (0.25, 0.5, 0.75, 1.0):
                    yield tuple(c + w * (p - c) for c, p in zip(centre, corner, strict=True))
        elif self.sample is not None:
            yield tuple(as_float(x) for x in self.sample)


def _curve(branch: RestBranch) -> RestCurve:
    (t,) = branch.moving
    above, below = [], []
    for coordinate in branch.coordinates:
        if isinstance(coordinate, Free):
            above.append(fmpq_poly([0, 1]))
            below.append(fmpq_poly([1]))
        elif isinstance(coordinate, Linked):
            above.append(fmpq_poly([coordinate.p, coordinate.q]))
            below.append(fmpq_poly([coordinate.r, coordinate.s]))
        else:
            above.append(fmpq_poly([as_rational(coordinate)]))
            below.append(fmpq_poly([1]))
    low, high = branch.range(t)
    return RestCurve(tuple(above), tuple(below), low, high)

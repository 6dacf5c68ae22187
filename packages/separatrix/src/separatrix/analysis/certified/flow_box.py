"""States at which a common factor of all rates is zero: nearby orbits are known.

Let the rates be G·F, with G the greatest common divisor of their numerators over a positive denominator.
Where F does not vanish, its orbits fill a flow box (Chicone 2006, Ordinary Differential Equations with
Applications, lemma 1.120); those of the game run along them, forwards or backwards according to the sign of
G, and end where G vanishes. So a state p with G(p) = 0 and F(p) not 0 is stable exactly if, on either side
along the orbit of F through it, either the game moves towards p or the state space has ended. The first
nonzero Lie derivatives along F at p decide both.

The state space ends only where a share is zero that divides G: for the others F has invariant faces, like the
rates themselves.  If the game moves away from p along that orbit, it arrives at a state that is not at rest,
so that the connected set of rest states through p is unstable too.

Some factors c of G may vanish on surfaces that F leaves invariant. Then every state with c = 0 is at rest,
and orbits near the surface follow those of F, with the sign of G without these factors and the signs that
they have there. If F vanishes at p, and of G nothing but shares of that kind, the eigenvalues of F decide.

Eigenvalues along a face, with the signs of their real parts as far as they are certain.

Where payoffs do not depend on the own population's shares the block along the face is *balanced*: the
blocks of single populations on its diagonal are zero, so the real parts add up to zero. If all were zero
the characteristic polynomial would be even or odd; one coefficient of the wrong parity, or a negative one
of the right parity, shows real parts of both signs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from flint import acb_mat, arb, arb_mat, fmpq, fmpq_mat, fmpq_mpoly

from separatrix.analysis.branch_and_prune.enumeration import PayoffComparison
from separatrix.analysis.branch_and_prune.faces import Face, FaceSystem
from separatrix.analysis.branch_and_prune.krawczyk import CertifiedRoot
from separatrix.analysis.stability.classification import Verdict
from separatrix.exact.algebraic_numbers import Exact, sign
from separatrix.exact.matrices import characteristic, spectrum
from separatrix.exact.rational_functions import imaginary_pair, root_signs
from separatrix.expression.precision import precision
from separatrix.expression.tree import Expression
from separatrix.run.cached_property import cached_property
from separatrix.sentences import say

__all__ = [
    "Along",
    "FlowBox",
    "along_balls",
    "along_exact",
]


@dataclass(frozen=True)
class Along:
    """Eigenvalues along a face.

    Attributes
    ----------
    values : nearest floats, or ones next to them
    negative, zero, positive : how many certainly have a real part of that sign
    exact : closed forms, or None
    """

    values: tuple[complex, ...]
    negative: int
    zero: int
    positive: int
    exact: tuple[Expression, ...] | None = None

    @property
    def unknown(self) -> int:
        """How many have a real part whose sign is not known."""
        return len(self.values) - self.negative - self.zero - self.positive


def along_exact(block: fmpq_mat) -> Along:
    """Return the eigenvalues of a rational matrix."""
    found = spectrum(block)
    exact = [v.exact for v in found.values]
    negative, zero, positive = found.signs
    return Along(
        tuple(v.value for v in found.values),
        negative,
        zero,
        positive,
        None if None in exact else tuple(e for e in exact if e is not None),
    )


def along_balls(
    block: Sequence[Sequence[arb]], exact: Sequence[Sequence[Exact]] | None, balanced: bool
) -> Along:
    """Return the eigenvalues of a real matrix.

    Parameters
    ----------
    block : the entries in balls
    exact : the entries in one quadratic field, where they are known
    balanced : whether the diagonal blocks of single populations vanish identically
    """
    size = len(block)
    values = _floats(block, balanced)
    if size == 1:
        entry = _sign(block[0][0], exact[0][0] if exact else None)
        if balanced:
            entry = 0
        return _count_signs(values, [entry])
    if balanced:
        return _balanced(values, _coefficients(block, exact))
    if size == 2:
        trace, determinant = _coefficients(block, exact)
        return _count_signs(values, _planar(-trace if trace is not None else None, determinant))
    return _count_signs(values, (_by_coefficients(exact) if exact else None) or _isolated(block))


def _by_coefficients(exact: Sequence[Sequence[Exact]]) -> list[int | None] | None:
    """The signs where none, one zero or one pair of imaginary eigenvalues lies on the axis, if that is so."""
    polynomial = [*reversed(characteristic(exact, fmpq(0), fmpq(1))), fmpq(1)]
    pair = imaginary_pair(polynomial)
    counts = root_signs(polynomial if pair is None else pair[1])
    if counts is None:
        return None
    negative, zero, positive = counts
    return [*[-1] * negative, *[0] * (zero + 2 * (pair is not None)), *[1] * positive]


def _count_signs(values: tuple[complex, ...], signs: Sequence[int | None]) -> Along:
    negative, zero, positive = (sum(s == turn for s in signs) for turn in (-1, 0, 1))
    return Along(values, negative, zero, positive)


def _sign(ball: arb, exact: Exact | None) -> int | None:
    if exact is not None:
        return sign(exact)
    return 1 if ball > 0 else -1 if ball < 0 else None


def _coefficients(
    block: Sequence[Sequence[arb]], exact: Sequence[Sequence[Exact]] | None
) -> list[int | None]:
    """The signs of the coefficients of λ^(d-1), ..., λ, 1 in det(λ - block)."""
    if exact is not None:
        return [sign(c) for c in characteristic(exact, fmpq(0), fmpq(1))]
    polynomial = arb_mat([list(row) for row in block]).charpoly()
    size = len(block)
    return [_sign(polynomial[size - k], None) for k in range(1, size + 1)]


def _balanced(values: tuple[complex, ...], signs: list[int | None]) -> Along:
    """The coefficients of λ^(d-1), ... decide; that of λ^(d-1) is zero."""
    size = len(values)
    wrong, right = signs[2::2], signs[1::2]
    if any(wrong) or any(s == -1 for s in right):
        if size == 2:
            return Along(values, 1, 0, 1)
        if size == 3 and signs[2]:
            # The roots add up to zero: one real root stands against two real parts of the other sign.
            return Along(values, 1, 0, 2) if signs[2] > 0 else Along(values, 2, 0, 1)
        if size == 3 and signs[2] == 0:
            return Along(values, 1, 1, 1)
        return Along(values, 1, 0, 1)
    if any(s is None for s in (*wrong, *right)):
        return Along(values, 0, 0, 0)
    if size <= 3:  # λ² + c or λ(λ² + c) with c >= 0
        return Along(values, 0, size, 0)
    if not any(right):
        return Along(values, 0, size, 0)  # the characteristic polynomial is a power of λ
    return Along(values, 0, 0, 0)


def _planar(trace: int | None, determinant: int | None) -> list[int | None]:
    if determinant == -1:
        return [-1, 1]
    if determinant == 1:
        return [trace, trace]
    if determinant == 0:
        return [0, trace]
    return [None, None]


def _isolated(block: Sequence[Sequence[arb]]) -> list[int | None]:
    try:
        found = acb_mat(arb_mat([list(row) for row in block])).eig()
    except ValueError:  # multiple eigenvalues, or some that cannot be told apart
        return [None] * len(block)
    return [_sign(v.real, None) for v in found]


def _floats(block: Sequence[Sequence[arb]], balanced: bool) -> tuple[complex, ...]:
    if len(block) == 1:
        return (0j if balanced else complex(float(block[0][0].mid())),)
    if len(block) == 2 and balanced:
        product = block[0][1] * block[1][0]
        root = float(abs(product).sqrt().mid())
        return (complex(-root), complex(root)) if product > 0 else (complex(0, -root), complex(0, root))
    with precision(128):
        middle = acb_mat(arb_mat([[x.mid() for x in row] for row in block]))
        found = [complex(float(v.real.mid()), float(v.imag.mid())) for v in middle.eig(algorithm="approx")]
    scale = max((abs(v) for v in found), default=0.0)
    # Rounding leaves dust of 2**-100 in parts that are zero; floats would show it as a number.
    dust = 1e-25 * scale
    cleaned = [
        complex(v.real if abs(v.real) > dust else 0.0, v.imag if abs(v.imag) > dust else 0.0) for v in found
    ]
    return tuple(sorted(cleaned, key=lambda v: (v.real, v.imag)))


MOST_ORDER = 8  # of a Lie derivative
MOST_TERMS = 3000  # of one

AWAY = Verdict("unstable", say("all rates share a factor that vanishes there, and nearby orbits lead away"))
ENDING = Verdict("stable", say("all rates share a factor that vanishes there, and nearby orbits end"))

SignAt = Callable[[fmpq_mpoly], int | None]
"""The sign of a polynomial in the reduced coordinates at some state, or None where none is proven."""


class FlowBox:
    """The rates of the game on a face as a common factor times a field.

    Parameters
    ----------
    system : the face; its strategies are all that need looking at, as every other one loses
    comparison : how payoffs compare
    """

    def __init__(self, system: FaceSystem, comparison: PayoffComparison) -> None:
        self.system, self.comparison = system, comparison
        self._derivatives: dict[str, list[fmpq_mpoly]] = {}

    @cached_property
    def shares(self) -> dict[tuple[int, int], fmpq_mpoly]:
        """The shares of the strategies of the face, by population and strategy."""
        every = self.system.polynomials
        return {(q, a): every[q][a] for q, played in enumerate(self.system.face) for a in played}

    @cached_property
    def rates(self) -> tuple[fmpq_mpoly, ...]:
        """The rate of each free share, times a polynomial that is positive at every state."""
        system, result = self.system, list[fmpq_mpoly]()
        for q, (played, scale) in enumerate(zip(system.face, self.comparison.scales(system), strict=True)):
            payoffs = {a: system.restrict(self.comparison.numerators[q][a]) for a in played}
            mean = system.field.ring.zero
            for a, payoff in payoffs.items():
                mean = mean + self.shares[q, a] * payoff
            result.extend(self.shares[q, a] * (payoffs[a] - mean) * scale for a in played[:-1])
        return tuple(result)

    @cached_property
    def factor(self) -> fmpq_mpoly:
        """What divides all rates; constant where nothing does or nothing moves."""
        common = self.system.field.ring.zero
        for rate in self.rates:
            common = common.gcd(rate)
            if common and common.is_constant():
                break
        return common if common else self.system.field.ring.one

    @cached_property
    def direction(self) -> tuple[fmpq_mpoly, ...]:
        """The rates without the common factor."""
        return tuple(rate / self.factor for rate in self.rates)

    def derivatives_along_flow(self, polynomial: fmpq_mpoly) -> Iterator[fmpq_mpoly]:
        """Yield a polynomial and its derivatives along the direction, of higher and higher order."""
        known = self._derivatives.setdefault(str(polynomial), [polynomial])
        for order in range(MOST_ORDER + 1):
            if order == len(known):
                known.append(self._change(known[-1]))
            if len(known[order]) > MOST_TERMS:
                return
            yield known[order]

    @cached_property
    def invariant(self) -> tuple[tuple[fmpq_mpoly, int], ...]:
        """The irreducible factors of the common factor whose zeros F keeps, and how often each occurs."""
        factors = self.factor.factor()[1] if not self.factor.is_constant() else []
        return tuple((f, int(m)) for f, m in factors if _divides(f, self._change(f)))

    def _change(self, polynomial: fmpq_mpoly) -> fmpq_mpoly:
        """The derivative of a polynomial along F."""
        total = self.system.field.ring.zero
        for v, speed in zip(self.system.variables, self.direction, strict=True):
            total = total + polynomial.derivative(v) * speed
        return total

    def ending(self, face: Face) -> list[fmpq_mpoly]:
        """Return the shares that are zero on a face, divide the common factor, and change along F there."""
        return [
            share
            for share in self._absent(face)
            if _divides(share, self.factor) and not _divides(share, self._change(share))
        ]

    def _absent(self, face: Face) -> list[fmpq_mpoly]:
        return [share for (q, a), share in self.shares.items() if a not in face[q]]

    def remaining(self, sign: SignAt) -> fmpq_mpoly:
        """Return the common factor without the factors that vanish at a state and whose zeros F keeps."""
        result = self.factor
        for f, multiplicity in self.invariant:
            if sign(f) == 0:
                result = result / f**multiplicity
        return result

    def across(self, face: Face, polynomial: fmpq_mpoly) -> list[fmpq_mpoly]:
        """Return the derivatives of a polynomial along a part of the face."""
        slopes = {
            place: polynomial.derivative(v)
            for place, v in zip(self.system.free, self.system.variables, strict=True)
        }
        zero = self.system.field.ring.zero
        return [
            slopes.get((q, a), zero) - slopes.get((q, played[-1]), zero)
            for q, played in enumerate(face)
            for a in played[:-1]
        ]

    def _signs(self, face: Face, sign: SignAt) -> set[int] | None:
        """The signs, near a state, of the product of the factors that `remaining` omits."""
        both, known = 0, 1
        for f, multiplicity in self.invariant:
            if sign(f) or multiplicity % 2 == 0:
                continue  # even powers are positive beside their zeros
            share = next((x for x in self._absent(face) if _divides(f, x)), None)
            if share is not None:  # positive beside its face; the factor need not be, as y - 1 of 1 - y
                known *= 1 if (share / f).leading_coefficient() > 0 else -1
            elif any(sign(slope) for slope in self.across(face, f)):
                both += 1
            else:
                return None
        # Of several factors that change their signs it is not said here which combinations occur.
        return {known} if not both else {1, -1} if both == 1 else None

    def leaves(self, face: Face, sign: SignAt) -> bool:
        """Return whether orbits near a rest state certainly lead to states that are not at rest."""
        return self.remaining(sign) == self.factor and self.label_by(face, sign) is AWAY

    def deciding(
        self, face: Face, vanishes: Callable[[fmpq_mpoly], bool]
    ) -> list[Sequence[fmpq_mpoly]] | None:
        """Return groups of polynomials: where in each some one is not zero, labels on a curve stay the same.

        Parameters
        ----------
        vanishes : whether a polynomial is zero all along the curve

        None where the derivatives along F all vanish there, as far as they are tried.
        """
        kept = [f for f, _ in self.invariant if vanishes(f)]
        groups: list[Sequence[fmpq_mpoly]] = [self.direction, *(self.across(face, f) for f in kept)]
        groups += [[f] for f, _ in self.invariant if f not in kept]
        for polynomial in (*self.ending(face), self.remaining(lambda f: int(f not in kept))):
            first = next((f for f in self.derivatives_along_flow(polynomial) if not vanishes(f)), None)
            if first is None:
                return None
            groups.append([first])
        return groups

    def label(self, root: CertifiedRoot) -> Verdict | None:
        """Return the label of a rest state, or None where the common factor does not determine it."""
        return self.label_by(root.face, root.sign) or self._by_eigenvalues(root)

    def label_by(self, face: Face, sign: SignAt) -> Verdict | None:
        """Return the label of a rest state at which F does not vanish, by the signs of polynomials there."""
        if self.factor.is_constant() or not any(sign(f) for f in self.direction):
            return None
        sides = [1, -1]
        for share in self.ending(face):
            first = self._first(share, sign)
            if first is None:
                return None
            order, turn = first
            sides = [side for side in sides if turn * side**order > 0]
        signs, first = self._signs(face, sign), self._first(self.remaining(sign), sign)
        if signs is None or first is None:
            return None
        order, turn = first
        return AWAY if any(s * turn * side ** (order + 1) > 0 for s in signs for side in sides) else ENDING

    def _first(self, polynomial: fmpq_mpoly, sign: SignAt) -> tuple[int, int] | None:
        """The order and sign of the first derivative along the direction that does not vanish."""
        for order, derivative in enumerate(self.derivatives_along_flow(polynomial)):
            turn = sign(derivative)
            if turn is None:
                return None
            if turn:
                return order, turn
        return None

    def _by_eigenvalues(self, root: CertifiedRoot) -> Verdict | None:
        """The label of a rational rest state of F where, of G, only factors vanish whose zeros F keeps."""
        if self.factor.is_constant() or any(root.sign(f) != 0 for f in self.direction):
            return None
        turn, point = root.sign(self.remaining(root.sign)), root.exact
        signs = self._signs(root.face, root.sign)
        if not turn or point is None or signs is None:
            return None
        slopes = [
            [root.system.value(f.derivative(v), point) for v in self.system.variables] for f in self.direction
        ]
        rational = [[turn * x for x in row if isinstance(x, fmpq)] for row in slopes]
        if any(len(row) < len(slopes) for row in rational):
            return None
        found = along_exact(fmpq_mat(rational))
        # orbits that do not leave fill a set without interior, on whatever side of the factors
        if (found.positive and 1 in signs) or (found.negative and -1 in signs):
            return AWAY
        falls = found.negative if 1 in signs else found.positive
        return ENDING if falls == len(slopes) and len(signs) == 1 else None


def _divides(factor: fmpq_mpoly, polynomial: fmpq_mpoly) -> bool:
    """Whether an irreducible polynomial divides another one."""
    return not polynomial or not factor.gcd(polynomial).is_constant()

"""The rest points between two neighbouring critical values, each followed from one end to the other.

The rest point of a face with linear equations, as quotients of polynomials in the parameter.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import fmpq_mat, fmpq_mpoly
from numpy.typing import NDArray

from separatrix.analysis.rest_state_ids import support_of
from separatrix.analysis.results import Analysis, Label, RestPoint
from separatrix.dynamics.bifurcation.continuation import (
    ContinuedRestPoint,
    CriticalValues,
    formula_of,
    value_at,
)
from separatrix.dynamics.bifurcation.elimination import Face, GameFamily, Support, substituted
from separatrix.dynamics.bifurcation.tolerances import END_BITS, LEFT_SPACE, ON_A_FACE, SIGNLESS
from separatrix.dynamics.tolerances import SAME
from separatrix.exact.algebraic_numbers import AlgebraicNumber, rational
from separatrix.exact.matrices import spectrum
from separatrix.exact.rational_functions import Ratio
from separatrix.expression.precision import precision
from separatrix.expression.tree import Expression, Number
from separatrix.run.cached_property import cached_property

__all__ = [
    "End",
    "FaceSolution",
    "RegularInterval",
    "Signs",
    "Track",
    "exact_tracks",
    "float_of",
    "free_of_state",
    "signs_of",
]

Array = NDArray[np.float64]

Signs = tuple[int, int, int]
"""How many eigenvalues have negative, zero and positive real part."""


class FaceSolution:
    """A rest point in closed form.

    Parameters
    ----------
    face : Face
    free : its free shares, quotients in the parameter
    """

    def __init__(self, face: Face, free: Sequence[Ratio]) -> None:
        self.face, self.free = face, tuple(free)

    def _all(self, values: Sequence[Ratio]) -> list[Ratio] | None:
        found = [substituted(v, self.free) for v in values]
        exact = [v for v in found if v is not None]
        return exact if len(exact) == len(found) else None

    @cached_property
    def shares(self) -> list[Ratio]:
        """The shares in the game's order."""
        found = self._all(self.face.state)
        if found is None:
            raise ArithmeticError("a share has a denominator that vanishes")
        return found

    @cached_property
    def formula(self) -> tuple[Expression, ...]:
        """The shares as expressions in the parameter."""
        return tuple(s.expression() for s in self.shares)

    @cached_property
    def _growths(self) -> list[Ratio] | None:
        return self._all(self.face.growths)

    @cached_property
    def _block(self) -> list[list[Ratio]] | None:
        rows = [self._all(row) for row in self.face.block]
        exact = [row for row in rows if row is not None]
        return exact if len(exact) == len(rows) else None

    @cached_property
    def _coefficients(self) -> list[tuple[list[float], list[float]]]:
        return [(_falling(s.numerator), _falling(s.denominator)) for s in self.shares]

    def states(self, values: Array) -> Array:
        """Return the shares at values of the parameter."""
        with np.errstate(all="ignore"):
            columns = [np.polyval(a, values) / np.polyval(b, values) for a, b in self._coefficients]
        return np.array(columns).T

    def signs(self, sample: Fraction) -> Signs | None:
        """Return how many eigenvalues have each sign at a value, exactly; None at a pole."""
        if self._growths is None or self._block is None:
            return None
        at = {self.face.family.over: sample}
        try:
            outside = [g.evaluate(at) for g in self._growths]
            block = [[rational(v.evaluate(at)) for v in row] for row in self._block]
        except ZeroDivisionError:
            return None
        along = spectrum(fmpq_mat(block)).signs if block else (0, 0, 0)
        negative, positive = sum(v < 0 for v in outside), sum(v > 0 for v in outside)
        zero = len(outside) - negative - positive
        return negative + along[0], zero + along[1], positive + along[2]


def _falling(polynomial: fmpq_mpoly) -> list[float]:
    """The coefficients as floats, the leading one first."""
    terms = {int(e[0]): int(c.p) / int(c.q) for e, c in polynomial.to_dict().items()}
    return [terms.get(k, 0.0) for k in range(max(terms, default=0), -1, -1)]


NODES = 33
"""At which a branch is known between two critical values. Fewer: branches look angular."""


End = AlgebraicNumber | Fraction


@dataclass(frozen=True, eq=False)
class RegularInterval:
    """What lies between two neighbouring critical values.

    Attributes
    ----------
    low, high : its ends
    sample : a value in between
    analysis : every rest state at the sample
    """

    low: End
    high: End
    sample: Fraction
    analysis: Analysis


@dataclass(frozen=True, eq=False)
class Track:
    """One rest point on one stretch.

    Attributes
    ----------
    support : what is played
    point : the rest point at the sample
    signs : of the eigenvalues, there and so on the whole stretch; None where they are not known
    values : array (n,), of the parameter, ascending, with both ends
    states : array (n, shares)
    formula : the shares as functions of the parameter, where they are known in closed form
    """

    support: Support
    point: RestPoint
    signs: Signs | None
    values: Array
    states: Array
    formula: tuple[Expression, ...] | None

    @property
    def label(self) -> Label:
        """Its stability."""
        return self.point.stability or "undecided"

    @property
    def begin(self) -> Array:
        """The limit of its state at the lower end."""
        first: Array = self.states[0]

        return first

    @property
    def end(self) -> Array:
        """The limit of its state at the upper end."""
        last: Array = self.states[-1]
        return last


def exact_tracks(
    family: GameFamily,
    critical: CriticalValues,
    stretch: RegularInterval,
    followed: dict[Support, ContinuedRestPoint],
    solved: dict[Support, FaceSolution],
) -> list[Track]:
    """Return every rest point of a stretch, followed to both of its ends.

    `followed` and `solved` cache what is computed once for each face.

    Raises
    ------
    ArithmeticError
        Where one could not be followed.
    """
    values = _nodes(float_of(stretch.low), float_of(stretch.high))
    tracks = []
    for point in stretch.analysis.rest_points:
        support = support_of(family.game, point.support)
        face = family.faces[support]
        solution = critical.solutions.get(support)
        if solution is not None and solution.free is not None:
            if support not in solved:
                solved[support] = FaceSolution(face, solution.free)
            tracks.append(_explicit(solved[support], point, stretch, values))
        elif face.dimension and solution is None and point.state is not None:
            tracks.append(_implicit(face, point, point.state, stretch, values, followed))
        # else it lies on a rest set of its face, and is no point of its own
    _require_apart(tracks)
    return tracks


def float_of(end: End) -> float:
    """Return the float next to an end."""
    return end.value if isinstance(end, AlgebraicNumber) else float(end)


def _nodes(low: float, high: float) -> Array:
    """Values that stand close together near the ends, where branches are steep."""
    inner = low + (high - low) * (1 - np.cos(np.linspace(0, math.pi, NODES)[1:-1])) / 2
    # The last is the first of the next stretch, to the last digit.
    return np.array([low, *inner, high])


# --------------------------------------------------------------------------- solved for


def _explicit(solved: FaceSolution, point: RestPoint, stretch: RegularInterval, values: Array) -> Track:
    inner = solved.states(values[1:-1])
    ends = [[_at_end(share, end) for share in solved.shares] for end in (stretch.low, stretch.high)]
    states = _tidied(np.vstack([ends[0], inner, ends[1]]))
    signs = solved.signs(stretch.sample)
    return Track(solved.face.support, point, signs, values, states, solved.formula)


def _at_end(value: Ratio, end: End) -> float:
    """The value at an end, in so many digits that no cancelling matters."""
    from flint import arb

    with precision(END_BITS + 100):
        ball = end.ball(END_BITS) if isinstance(end, AlgebraicNumber) else arb(rational(end))
        below = value_at(value.denominator, [ball])
        if below.contains(0):
            return math.nan
        return float((value_at(value.numerator, [ball]) / below).mid())


# --------------------------------------------------------------------------- followed


def _implicit(
    face: Face,
    point: RestPoint,
    place: Sequence[float],
    stretch: RegularInterval,
    values: Array,
    followed: dict[Support, ContinuedRestPoint],
) -> Track:
    if face.support not in followed:
        followed[face.support] = ContinuedRestPoint(face)
    system = followed[face.support]
    start = np.array(free_of_state(face, place))
    sample = float(stretch.sample)
    free = np.full((len(values), face.dimension), np.nan)
    above = int(np.searchsorted(values, sample))
    for order in (range(above, len(values) - 1), range(above - 1, 0, -1)):
        state, at = start, sample
        for k in order:
            state, at = system.advance(state, at, float(values[k])), float(values[k])
            free[k] = state
    for k, near, end in ((0, 1, stretch.low), (-1, -2, stretch.high)):
        known = end if isinstance(end, AlgebraicNumber) else rational_end(end)
        free[k] = system.limit(free[near].tolist(), Fraction(float(values[near])), known)
    states = np.array([_whole(face, row) for row in free.tolist()])
    if np.any(states < -LEFT_SPACE) or np.any(states > 1 + LEFT_SPACE):
        raise ArithmeticError("a branch left the state space between critical values")
    states = _tidied(states)
    formula = formula_of(face, system.forms, values[1:-1], free[1:-1], states[1:-1])
    return Track(face.support, point, signs_of(point), values, states, formula)


def _tidied(states: Array) -> Array:
    """States in the state space; a limit that is 0 or 1 but for rounding is that."""
    states = np.clip(states, 0.0, 1.0)
    for k in (0, -1):
        states[k][states[k] < ON_A_FACE] = 0.0
        states[k][states[k] > 1 - ON_A_FACE] = 1.0
    return states


def rational_end(value: Fraction) -> AlgebraicNumber:
    """Return a rational as an algebraic number."""
    from flint import fmpq_poly

    from separatrix.expression.tree import number

    return AlgebraicNumber(fmpq_poly([-value.numerator, value.denominator]), value, value, number(value))


def free_of_state(face: Face, state: Sequence[float]) -> list[float]:
    """Return the free shares of a state of a face."""
    shares = face.family.game.space.shares(state)
    return [shares[i][a] for i, a in face.free]


def _whole(face: Face, free: Sequence[float]) -> list[float]:
    """The shares of a state from the free ones."""
    given = dict(zip(face.free, free, strict=True))
    shares = []
    for i, played in enumerate(face.support):
        row = [0.0] * face.family.sizes[i]
        for a in played[:-1]:
            row[a] = float(given[i, a])
        row[played[-1]] = 1.0 - math.fsum(row)
        shares.append(row)
    return list(face.family.game.space.coordinates(shares))


def signs_of(point: RestPoint) -> Signs | None:
    """Return how many eigenvalues of a rest point have negative, zero and positive real part."""
    if point.eigenvalues is None:
        return None
    scale = max((abs(v) for v in point.eigenvalues), default=0.0)
    exact = point.exact is not None and all(isinstance(e, Number) for e in point.exact)
    small = 0.0 if exact and scale == 0 else SIGNLESS * scale
    negative = sum(v.real < -small for v in point.eigenvalues)
    positive = sum(v.real > small for v in point.eigenvalues)
    return negative, len(point.eigenvalues) - negative - positive, positive


def _require_apart(tracks: Sequence[Track]) -> None:
    """Two rest points of one face never meet inside a stretch; else one of them was lost."""
    for k, one in enumerate(tracks):
        for other in tracks[:k]:
            if one.support == other.support:
                distances = np.max(np.abs(one.states[1:-1] - other.states[1:-1]), axis=1)
                if float(np.min(distances)) < SAME:
                    raise ArithmeticError("two branches ran into each other between critical values")

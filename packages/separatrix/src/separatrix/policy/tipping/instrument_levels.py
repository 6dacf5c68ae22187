"""A game along the levels of one instrument: what leaving a pure state costs, as a function of the level.

At a pure profile the Jacobian of the replicator is diagonal: each eigenvalue is a speed times what an absent
strategy earns more than the present one.  So what a member of a population loses by leaving alone, the *loss*
of a deviation, decides: the profile is asymptotically stable where all losses are positive, and unstable
where one is negative.  References: Hofbauer, J. and Sigmund, K. (1998), Evolutionary Games and Population
Dynamics, theorem 7.2.1; Ritzberger, K. and Weibull, J. W. (1995), Evolutionary selection in normal-form
games, Econometrica 63, 1371-1399.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import fmpq_poly

from separatrix.analysis.analyze import analyze
from separatrix.analysis.results import Analysis
from separatrix.dynamics.bifurcation.elimination import univariate
from separatrix.dynamics.bifurcation.family import Face, GameFamily, Support, family_of
from separatrix.exact.algebraic_numbers import AlgebraicNumber, real_roots_between, separated
from separatrix.exact.rational_functions import Ratio
from separatrix.game.model import Game, Profile
from separatrix.policy.tipping.level_set import InstrumentLevel, level_of
from separatrix.run.cached_property import cached_property

__all__ = ["CriticalLevels", "Deviation", "InstrumentLevels", "critical_levels", "largest_least", "sign_at"]

MOST_COMPARED = 16
"""Most quotients for which the intersections of all pairs are computed."""


@dataclass(frozen=True)
class Deviation:
    """A member of a population who leaves a pure profile alone, for another strategy."""

    profile: Profile
    population: int
    strategy: int


@dataclass(frozen=True, eq=False)
class InstrumentLevels:
    """A game in which the level of one instrument is a parameter.

    Attributes
    ----------
    game : Game
    known : mapping of all other parameters to numbers
    name : str
    low, high : Fraction
        The range of levels.
    idle : Fraction
        The level when it is not used.
    """

    game: Game
    known: Mapping[str, Fraction]
    name: str
    low: Fraction
    high: Fraction
    idle: Fraction

    @cached_property
    def family(self) -> GameFamily:
        """The payoffs as quotients of polynomials in the shares and the level.

        Raises
        ------
        ComesLater, InputError, ArithmeticError
            Where they are none.
        """
        return family_of(self.game, self.known, self.name)

    def face(self, support: Support) -> Face:
        """Return the face of a support."""
        return Face(self.family, support)

    @cached_property
    def losses(self) -> Mapping[Deviation, Ratio]:
        """What each deviation from each pure profile costs who deviates."""
        found: dict[Deviation, Ratio] = {}
        for profile in self.game.profiles():
            face = self.face(tuple((a,) for a in profile))
            for (i, b), growth in zip(face.absent, face.growths, strict=True):
                found[Deviation(profile, i, b)] = -growth
        return found

    def analysis(self, level: Fraction) -> Analysis:
        """Return the rest points at a level."""
        if level not in self._analyses:
            self._analyses[level] = analyze(self.game, self.values(level))
        return self._analyses[level]

    def values(self, level: Fraction) -> dict[str, Fraction]:
        """Return the numbers of all parameters at a level."""
        return {**self.known, self.name: level}

    @cached_property
    def _analyses(self) -> dict[Fraction, Analysis]:
        return {}


@dataclass(frozen=True)
class CriticalLevels:
    """Levels at which quotients change sign or have no value, with the quotients that vanish at each.

    Attributes
    ----------
    levels : tuple of InstrumentLevel, in ascending order, those at the ends of the range included
    roots : tuple of AlgebraicNumber, the same
    """

    levels: tuple[InstrumentLevel, ...]
    roots: tuple[AlgebraicNumber, ...]

    def sign(self, curve: Ratio, level: InstrumentLevel, beside: Fraction) -> int | None:
        """Return the sign of a quotient at a critical level or an end; None where it has no value.

        ``beside`` is a rational level in a neighbouring cell: a quotient without a root in between has its
        sign there.
        """
        root = self._by_bounds.get((level.low, level.high))
        if root is None or level.low == level.high:
            return sign_at(curve, level.low) if level.low == level.high else sign_at(curve, beside)
        if root.is_root_of(_poly(curve.denominator)):
            return None
        return 0 if root.is_root_of(_poly(curve.numerator)) else sign_at(curve, beside)

    @cached_property
    def _by_bounds(self) -> dict[tuple[Fraction, Fraction], AlgebraicNumber]:
        return {(level.low, level.high): root for level, root in zip(self.levels, self.roots, strict=True)}


def sign_at(curve: Ratio, level: Fraction) -> int | None:
    """Return the sign of a quotient in the level alone at a rational level; None at a pole."""
    try:
        value = curve.evaluate({curve.ring.names[-1]: level})
    except ZeroDivisionError:
        return None
    return (value > 0) - (value < 0)


def _poly(polynomial: object) -> fmpq_poly:
    return univariate(polynomial)  # type: ignore[arg-type]


def critical_levels(curves: Iterable[Ratio], low: Fraction, high: Fraction) -> CriticalLevels:
    """Return the levels of a range at which quotients in the level alone vanish or have no value."""
    roots: list[AlgebraicNumber] = []
    seen: set[str] = set()
    for curve in curves:
        for polynomial in (curve.numerator, curve.denominator):
            if not polynomial or polynomial.is_constant() or str(polynomial) in seen:
                continue
            seen.add(str(polynomial))
            roots += real_roots_between(_poly(polynomial), low, high)
    ordered = separated(roots)
    return CriticalLevels(
        tuple(level_of(r.rational if r.rational is not None else r) for r in ordered), tuple(ordered)
    )


def largest_least(curves: Sequence[Ratio], low: Fraction, high: Fraction) -> tuple[float, float, int]:
    """Return where the least of several quotients is largest in a range, how large, and which it is there.

    It is so at an end, where one of them turns, or where two of them meet.

    Examples
    --------
    >>> from separatrix.exact.rational_functions import Ring
    >>> ring = Ring(["s"])
    >>> s = ring.variable("s")
    >>> largest_least([s, ring.constant(1) - s], Fraction(0), Fraction(1))[:2]
    (0.5, 0.5)
    """
    turns = [c.derivative(0) for c in curves]
    meetings = [a - b for a, b in itertools.combinations(curves[:MOST_COMPARED], 2)]
    candidates = [low, high]
    for critical in critical_levels([*turns, *meetings], low, high).levels:
        exact = critical.low == critical.high
        candidates.append(critical.low if exact else Fraction(critical.value))
    best: tuple[float, float, int] | None = None
    for level in candidates:
        try:
            values = [float(c.evaluate({c.ring.names[0]: level})) for c in curves]
        except ZeroDivisionError:
            continue
        k = min(range(len(values)), key=values.__getitem__)
        if best is None or values[k] > best[1]:
            best = float(level), values[k], k
    return best or (float(low), -math.inf, 0)

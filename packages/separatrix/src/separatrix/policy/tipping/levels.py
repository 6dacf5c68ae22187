"""The levels of an instrument at which something holds: a union of intervals, and where each of them ends.

A game along the levels of one instrument: what leaving a pure state costs, as a function of the level.

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
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import fmpq_poly

from separatrix.analysis.analyze import analyze
from separatrix.analysis.results import Analysis
from separatrix.dynamics.bifurcation.elimination import Face, GameFamily, Support, family_of, univariate
from separatrix.exact.algebraic_numbers import AlgebraicNumber, rational, real_roots_between, separated
from separatrix.exact.number_field import fraction, simplest_well_between
from separatrix.exact.rational_functions import Ratio
from separatrix.expression.tree import Expression, number, to_text
from separatrix.game.model import Game, Profile
from separatrix.run.cached_property import cached_property

__all__ = [
    "CriticalLevels",
    "Deviation",
    "InstrumentLevel",
    "InstrumentLevels",
    "LevelCell",
    "LevelInterval",
    "LevelSet",
    "cells_between",
    "critical_levels",
    "differing",
    "largest_least",
    "level_of",
    "set_where",
    "sign_at",
]

BITS = 70
"""Within two to this power, of its size, an irrational level is enclosed."""


@dataclass(frozen=True)
class InstrumentLevel:
    """One level of an instrument.

    Attributes
    ----------
    value : float
    low, high : Fraction
        It lies between these: certainly where `certain`, else by bisection on outcomes that were followed.
    exact : Expression or None
        In closed form, where it is rational or solves a quadratic equation.
    certain : bool
        Whether the bounds are proven.
    """

    value: float
    low: Fraction
    high: Fraction
    exact: Expression | None = None
    certain: bool = True

    def to_dict(self) -> dict[str, Any]:
        """Return the level as plain data."""
        return {
            "value": self.value,
            "exact": None if self.exact is None else to_text(self.exact),
            "low": float(self.low),
            "high": float(self.high),
            "certain": self.certain,
        }


def level_of(value: AlgebraicNumber | Fraction) -> InstrumentLevel:
    """Return an exact number as a level.

    Examples
    --------
    >>> level_of(Fraction(1, 4)).value
    0.25
    """
    if isinstance(value, Fraction):
        return InstrumentLevel(float(value), value, value, number(value))
    low, high = value.enclosure(BITS)
    return InstrumentLevel(value.value, low, high, value.exact)


@dataclass(frozen=True)
class LevelInterval:
    """Levels from `low` to `high`; an end belongs to them where it is closed."""

    low: InstrumentLevel
    high: InstrumentLevel
    closed_low: bool
    closed_high: bool

    def holds(self, level: Fraction) -> bool:
        """Whether a level lies in it, the widths of its ends apart."""
        after = level > self.low.high or (self.closed_low and level >= self.low.low)
        return after and (level < self.high.low or (self.closed_high and level <= self.high.high))

    def to_dict(self) -> dict[str, Any]:
        """Return the interval as plain data."""
        return {
            "low": self.low.to_dict(),
            "high": self.high.to_dict(),
            "closed": [self.closed_low, self.closed_high],
        }


@dataclass(frozen=True)
class LevelSet:
    """A union of intervals, in ascending order.

    Attributes
    ----------
    intervals : tuple of LevelInterval
    undecided : tuple of LevelInterval
        Levels without a verdict.
    """

    intervals: tuple[LevelInterval, ...]
    undecided: tuple[LevelInterval, ...] = ()

    def holds(self, level: Fraction) -> bool:
        """Whether a level is one of them."""
        return any(interval.holds(level) for interval in self.intervals)

    @property
    def ends(self) -> tuple[InstrumentLevel, ...]:
        """The levels at which it begins or stops to hold: ends that are not those of the range."""
        found = [
            end
            for interval in self.intervals
            for end, closed in ((interval.low, interval.closed_low), (interval.high, interval.closed_high))
            if not closed
        ]
        return tuple({end.value: end for end in found}.values())

    def first_from(self, level: Fraction, low: Fraction, high: Fraction) -> InstrumentLevel | None:
        """Return the nearest of them to a level that is none itself; None where there are none, or it is one.

        Of an end that is not reached, it is the limit.  From a level outside the range nothing begins at the
        end of the range: None then, too.

        Parameters
        ----------
        level : Fraction
        low, high : Fraction
            The range.
        """
        if self.holds(level) or not self.intervals:
            return None
        ends = [
            (end, closed)
            for interval in self.intervals
            for end, closed in ((interval.low, interval.closed_low), (interval.high, interval.closed_high))
        ]
        nearest, closed = min(ends, key=lambda pair: abs(pair[0].value - float(level)))
        entered = (level < low and nearest.low <= low) or (level > high and nearest.high >= high)
        return None if closed and entered else nearest

    def to_dict(self) -> dict[str, Any]:
        """Return the set as plain data."""
        return {
            "intervals": [interval.to_dict() for interval in self.intervals],
            "undecided": [interval.to_dict() for interval in self.undecided],
        }


@dataclass(frozen=True)
class LevelCell:
    """Levels between two neighbouring critical ones, with a rational one inside."""

    low: InstrumentLevel
    high: InstrumentLevel
    sample: Fraction


def cells_between(critical: Iterable[InstrumentLevel], low: Fraction, high: Fraction) -> list[LevelCell]:
    """Return what lies between the ends of a range and the critical levels, which are in ascending order.

    Examples
    --------
    >>> [c.sample for c in cells_between([level_of(Fraction(1, 2))], Fraction(0), Fraction(1))]
    [Fraction(1, 3), Fraction(2, 3)]
    """
    inner = [level for level in critical if level.high > low and level.low < high]
    ends = [level_of(low), *inner, level_of(high)]
    return [
        LevelCell(a, b, fraction(simplest_well_between(rational(a.high), rational(b.low))))
        for a, b in itertools.pairwise(ends)
        if a.high < b.low
    ]


def set_where(
    cells: Sequence[LevelCell],
    at_sample: Callable[[Fraction], bool | None],
    at_level: Callable[[InstrumentLevel, Fraction], bool],
) -> LevelSet:
    """Return the levels at which something holds, from one level in each cell and the critical ones.

    Parameters
    ----------
    cells : sequence of LevelCell
    at_sample : callable
        Whether it holds at the sample of a cell; None where that is undecided.
    at_level : callable
        Whether it holds at a critical level, or at an end of the range, given the sample of a neighbouring
        cell.

    Examples
    --------
    >>> cells = cells_between([level_of(Fraction(1, 2))], Fraction(0), Fraction(1))
    >>> found = set_where(cells, lambda level: level > Fraction(1, 2), lambda level, _: level.value > 0.5)
    >>> [(i.low.value, i.closed_low, i.high.value, i.closed_high) for i in found.intervals]
    [(0.5, False, 1.0, True)]
    """
    found: list[LevelInterval] = []
    undecided: list[LevelInterval] = []
    verdicts = [at_sample(cell.sample) for cell in cells]
    for k, (cell, verdict) in enumerate(zip(cells, verdicts, strict=True)):
        before = verdicts[k - 1] if k else False
        begins = at_level(cell.low, cell.sample)
        if verdict is None:
            undecided.append(LevelInterval(cell.low, cell.high, False, False))
        elif verdict:
            ends = at_level(cell.high, cell.sample)
            if before and begins:
                found[-1] = LevelInterval(found[-1].low, cell.high, found[-1].closed_low, ends)
            else:
                found.append(LevelInterval(cell.low, cell.high, begins, ends))
        elif begins and before is False:  # at this level alone
            found.append(LevelInterval(cell.low, cell.low, True, True))
    if cells and verdicts[-1] is False and at_level(cells[-1].high, cells[-1].sample):
        found.append(LevelInterval(cells[-1].high, cells[-1].high, True, True))
    return LevelSet(tuple(found), tuple(undecided))


def differing(first: LevelSet, second: LevelSet, low: Fraction, high: Fraction) -> LevelSet:
    """Return the levels of a range that are in one of two sets and not in the other.

    Examples
    --------
    >>> half, third = (
    ...     LevelSet((LevelInterval(level_of(v), level_of(Fraction(1)), False, True),))
    ...     for v in (Fraction(1, 2), Fraction(1, 3))
    ... )
    >>> [(i.low.value, i.high.value) for i in differing(half, third, Fraction(0), Fraction(1)).intervals]
    [(0.3333333333333333, 0.5)]
    """
    ends = {end.value: end for found in (first, second) for end in found.ends}
    cells = cells_between([ends[value] for value in sorted(ends)], low, high)

    def apart(level: Fraction) -> bool:
        return first.holds(level) != second.holds(level)

    return set_where(cells, apart, lambda level, _: level.low == level.high and apart(level.low))


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

"""The levels at which today's state lies in the basin of the target, by the most exact route there is.

Levels at which today's state converges to the target along an edge: one population of two strategies.

Between two rest points of an edge every trajectory runs one way.  So the target is reached where the gain of
its strategy is positive from today's share up to it.  The sign of a gain p(z, s) on this stretch of shares z
can change with the level s only where p vanishes at one of its ends, or where two roots in z meet or one
comes from infinity: at roots of p(z0, s), p(z1, s), of the discriminant and of the leading coefficient of
each irreducible factor. Cox, D., Little, J. and O'Shea, D. (2015), Ideals, Varieties, and Algorithms, chapter
3.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np
from flint import fmpq, fmpq_mpoly, fmpq_poly, fmpz

from separatrix.dynamics.attractors.heteroclinic_cycles import SEPARATRIX, UNDECIDED
from separatrix.dynamics.basins.outcomes import outcome
from separatrix.dynamics.basins.strict_basins import strict_basins
from separatrix.dynamics.bifurcation.elimination import Face, Support, univariate
from separatrix.dynamics.bimatrix_basins import PLACES, outcomes
from separatrix.dynamics.bimatrix_separatrix import divide_of, nearest
from separatrix.dynamics.fields.payoffs import moving_formulas
from separatrix.dynamics.fields.replicator import replicator
from separatrix.dynamics.integration.runge_kutta import Arrival
from separatrix.dynamics.integration.trajectory import follow
from separatrix.dynamics.parameter_uncertainty.drawn_field import DrawnField
from separatrix.errors import ComesLater, InputError
from separatrix.exact.algebraic_numbers import rational, real_roots_between, separated
from separatrix.exact.number_field import fraction
from separatrix.exact.rational_functions import Ratio
from separatrix.game.model import Game, Profile
from separatrix.policy.tipping.levels import (
    InstrumentLevel,
    InstrumentLevels,
    LevelInterval,
    LevelSet,
    cells_between,
    critical_levels,
    level_of,
    set_where,
    sign_at,
)
from separatrix.policy.tipping.pure_states import NARROW, STEPS, bisected, pure_id
from separatrix.policy.tipping.square_basin import SquareGains, square_basin, square_gains
from separatrix.run.cached_property import cached_property
from separatrix.run.limits import OutOfTime, time_limit
from separatrix.sentences import Sentence, listed, say

__all__ = ["Start", "TodayBasin", "edge_basin", "edge_border"]

NEAR = 1e-6
"""How near to the stretch a root may be at a critical level to count as lying on it."""


def edge_basin(face: Face, today: Fraction, target: int, low: Fraction, high: Fraction) -> LevelSet:
    """Return the levels at which the trajectory from a share of an edge converges to one of its ends.

    Parameters
    ----------
    face : Face
        Of one free share.
    today : Fraction
        The share of the first of the two strategies, strictly between 0 and 1.
    target : int
        0 where that strategy is what all play in the end, 1 for the other one.
    low, high : Fraction
        The range of levels.

    Raises
    ------
    ArithmeticError
        Where a resultant is too large.
    """
    (gain,) = face.equations
    end = Fraction(1 - target)
    factors = [f for p in (gain.numerator, gain.denominator) if p for f, _ in p.factor()[1]]
    polynomials = [p for factor in factors for p in _critical(factor, today, end)]
    roots = separated(r for p in polynomials if p for r in real_roots_between(p, low, high))
    critical = [level_of(r.rational if r.rational is not None else r) for r in roots]

    def target_reached(level: Fraction) -> bool:
        return _runs(gain, level, today, end)

    def at_level(level: InstrumentLevel, beside: Fraction) -> bool:
        if level.low == level.high:
            return target_reached(level.low)
        # A root that is there at this level alone is near at the next rational ones.
        return (
            target_reached(level.low)
            and target_reached(level.high)
            and not _root_near(gain, level.low, today, end)
        )

    return set_where(cells_between(critical, low, high), target_reached, at_level)


def edge_border(face: Face, level: Fraction, target: int) -> float | None:
    """Return the share from which on trajectories of an edge converge to one of its ends, or None.

    Parameters
    ----------
    face, level
    target : int
        0 where the first strategy is what all play in the end, 1 for the other one.
    """
    (gain,) = face.equations
    end = Fraction(1 - target)
    roots = [
        root.value
        for polynomial in (gain.numerator, gain.denominator)
        for root in real_roots_between(_in_share(polynomial, level), Fraction(0), Fraction(1))
        if root.rational != end
    ]
    border = max(roots, default=0.0) if end else min(roots, default=1.0)
    between = (Fraction(border) + end) / 2
    return border if _runs(gain, level, between, end) else None


def _critical(factor: fmpq_mpoly, today: Fraction, end: Fraction) -> list[fmpq_poly]:
    """Return polynomials in the level at whose roots a factor's roots on the stretch can change."""
    degree = int(factor.degrees()[0])
    if degree == 0:
        return [univariate(factor)]
    found = [univariate(_at_share(factor, share)) for share in (today, end)]
    found.append(univariate(_leading(factor, degree)))
    if degree > 1:
        found.append(univariate(factor.discriminant(0)))
    return found


def _at_share(polynomial: fmpq_mpoly, share: Fraction) -> fmpq_mpoly:
    context = polynomial.context()
    level = context.gens()[1]
    constant = context.from_dict({(0, 0): rational(share)}) if share else level - level
    return polynomial.compose(constant, level, ctx=context)


def _leading(polynomial: fmpq_mpoly, degree: int) -> fmpq_mpoly:
    terms: dict[tuple[int, ...], int | fmpz | fmpq] = {
        (0, e[1]): c for e, c in polynomial.to_dict().items() if e[0] == degree
    }
    return polynomial.context().from_dict(terms)


def _runs(gain: Ratio, level: Fraction, today: Fraction, end: Fraction) -> bool:
    """Whether the gain points to an end of the edge from today's share on, at one level."""
    for polynomial in (gain.numerator, gain.denominator):
        there = _in_share(polynomial, level)
        if not there:
            return False
        roots = real_roots_between(there, min(today, end), max(today, end))
        if any(root.rational is None or root.rational != end for root in roots):
            return False
    try:
        value = gain.evaluate(dict(zip(gain.ring.names, (today, level), strict=True)))
    except ZeroDivisionError:
        return False
    return value * (1 if end else -1) > 0


def _root_near(gain: Ratio, level: Fraction, today: Fraction, end: Fraction) -> bool:
    """Whether some root in the share, complex ones included, lies near the stretch at a level."""
    low, high = sorted((float(today), float(end)))
    for polynomial in (gain.numerator, gain.denominator):
        there = _in_share(polynomial, level)
        if there.degree() < 1:
            continue
        for root in np.roots([float(fraction(there[k])) for k in range(there.degree(), -1, -1)]):
            nearest = min(max(root.real, low), high)
            if abs(root - nearest) < NEAR:
                return True
    return False


def _in_share(polynomial: fmpq_mpoly, level: Fraction) -> fmpq_poly:
    """Return a polynomial in the share alone, at a level."""
    context = polynomial.context()
    share = context.gens()[0]
    constant = context.from_dict({(0, 0): rational(level)}) if level else share - share
    terms = polynomial.compose(share, constant, ctx=context).to_dict()
    coefficients: list[int | fmpz | fmpq] = [0] * (1 + max((int(e[0]) for e in terms), default=0))
    for exponents, value in terms.items():
        coefficients[int(exponents[0])] = value
    return fmpq_poly(coefficients)


BESIDE = 1e-6
"""How near to an attracting target a state must be to converge to it."""

PARTS = 17
"""Into which a crossing is cut each time: machine code follows that many trajectories as quickly as one."""

MOST_FREE = 3
"""Most free shares for which an analysis at the level decides what compiled code leaves undecided."""

LONG = 1000.0
"""How long, over the fastest rate, a trajectory may take to arrive at a strict state."""

BUDGET = 20.0
"""Seconds, by default, for analyses of levels at which the trajectory arrives at no strict state."""

Method = Literal["exact", "certified", "numerical"]

Start = Mapping[str, Fraction]
"""Today's state: a number for each share."""


@dataclass(frozen=True, eq=False)
class TodayBasin:
    """Whether today's state converges to a target, at which levels of an instrument.

    Attributes
    ----------
    levels : InstrumentLevels
    today : mapping of share to Fraction
    target : Profile
    budget : float
        Seconds for analyses of levels at which the trajectory arrives at no strict state.
    steps, width
        As in `separatrix.policy.tipping.pure_states.bisected`, where trajectories are followed.
    """

    levels: InstrumentLevels
    today: Start
    target: Profile
    budget: float = BUDGET
    steps: int = STEPS
    width: Fraction = NARROW

    @cached_property
    def weights(self) -> tuple[tuple[Fraction, ...], ...]:
        """The share of every strategy today, population by population."""
        found = []
        for population in self.game.populations:
            shares = [self.today[name] for name in population.shares]
            found.append((shares[0], 1 - shares[0]) if population.binary else tuple(shares))
        return tuple(found)

    @property
    def game(self) -> Game:
        """The game."""
        return self.levels.game

    @cached_property
    def support(self) -> Support:
        """The strategies that are played today: the face on which the trajectory stays."""
        return tuple(tuple(a for a, share in enumerate(row) if share > 0) for row in self.weights)

    @cached_property
    def absent(self) -> tuple[str, ...]:
        """The strategies of the target that are not in use today."""
        return tuple(
            f"{p.name}: {p.strategies[a].name}"
            for p, a, played in zip(self.game.populations, self.target, self.support, strict=True)
            if a not in played
        )

    @cached_property
    def is_at_target(self) -> bool:
        """Whether today's state is the target already."""
        return all(played == (a,) for a, played in zip(self.target, self.support, strict=True))

    @cached_property
    def _face(self) -> Face | None:
        try:
            face = self.levels.face(self.support)
            _ = face.equations
        except (ArithmeticError, ComesLater, InputError):
            return None
        return face

    @cached_property
    def _gains(self) -> SquareGains | None:
        return None if self._face is None else square_gains(self._face)

    @cached_property
    def method(self) -> Method:
        """How exact the answer is."""
        if self.is_at_target or self.absent:
            return "exact"
        if self._face is not None and self._face.dimension == 1:
            return "exact"
        return "certified" if self._gains is not None else "numerical"

    @cached_property
    def level_set(self) -> LevelSet:
        """The levels that do."""
        low, high = self.levels.low, self.levels.high
        if self.is_at_target:
            return LevelSet((LevelInterval(level_of(low), level_of(high), True, True),))
        if self.absent:
            return LevelSet(())
        if self.method == "exact" and self._face is not None:
            ((i, first),) = self._face.free
            end = 0 if self.target[i] == first else 1
            return edge_basin(self._face, self.weights[i][first], end, low, high)
        if self._face is not None and self._gains is not None:
            pairs = [(self.weights[i][a], int(self.target[i] == a)) for i, a in self._face.free]
            today, corner = ((pairs[0][k], pairs[1][k]) for k in (0, 1))
            return square_basin(self._gains, today, corner, low, high)  # type: ignore[arg-type]
        return bisected(
            self._comes, low, high, self._knots(), steps=self.steps, width=self.width, parts=PARTS
        )

    def _knots(self) -> list[InstrumentLevel]:
        """The levels at which some pure state gains or loses stability: where outcomes change, too."""
        try:
            losses = self.levels.losses
        except (ArithmeticError, ComesLater, InputError):
            return []
        return list(critical_levels(losses.values(), self.levels.low, self.levels.high).levels)

    def _comes(self, some: Sequence[Fraction]) -> list[bool | None]:
        """Whether the trajectory from today's state converges to the target, at several levels."""
        told = self._excluded(some)
        left = [k for k, answer in enumerate(told) if answer is None]
        for k, answer in zip(left, self._together([some[k] for k in left]), strict=True):
            told[k] = answer if answer is not None else self._arrives(some[k])
        return told

    def _excluded(self, some: Sequence[Fraction]) -> list[bool | None]:
        """Return False if a strategy in use today gains by leaving the target, else None.

        A rest state that is not a Nash equilibrium of its face is not the limit of any trajectory from
        inside the face (Hofbauer & Sigmund 1998, theorem 7.2.1).
        """
        try:
            losses = [
                loss
                for deviation, loss in self.levels.losses.items()
                if deviation.profile == self.target
                and deviation.strategy in self.support[deviation.population]
            ]
        except (ArithmeticError, ComesLater, InputError):
            return [None] * len(some)
        return [False if any((sign_at(x, level) or 0) < 0 for x in losses) else None for level in some]

    def _together(self, some: Sequence[Fraction]) -> list[bool | None]:
        """Return the verdicts of compiled code at all levels at once: whether a box round the target is
        reached."""
        nothing: list[bool | None] = [None] * len(some)
        if not some or any(
            len(p) < size for p, size in zip(self.support, self.game.space.sizes, strict=True)
        ):
            return nothing
        formulas = moving_formulas(self.game, self.levels.known, [self.levels.name])
        if formulas is None or self.game.moving_lets:
            return nothing
        field = DrawnField(self.game, {self.levels.name: np.array([float(v) for v in some])}, formulas)
        rates = field.polynomials
        if rates is None:
            return nothing
        start = np.array([[[float(self.today[name]) for name in self.game.shares]]])
        found = strict_basins(rates, np.asarray(field.rates), start)
        if found is None:
            return nothing
        column = found.profiles.index(self.target)
        return [
            bool(share == 1) if settled else None
            for share, settled in zip(
                found.shares[:, 0, column].tolist(), found.settled.tolist(), strict=True
            )
        ]

    def _arrives(self, level: Fraction) -> bool | None:
        """Return whether a trajectory that is followed arrives at the target or at another strict state.

        If it arrives at none of them, an analysis of that level finds its limit, within the time limit.
        """
        strict = self._strict(level)
        if strict:
            flow = replicator(self.game, self.levels.values(level))
            start = [float(self.today[name]) for name in self.game.shares]
            events = [Arrival(list(strict.values()), radius=BESIDE)]
            end = follow(flow, start, until=LONG / (flow.scale or 1.0), points=2, events=events).states[-1]
            for profile, place in strict.items():
                if float(np.abs(end - np.array(place)).max()) <= 2 * BESIDE:
                    return profile == self.target
        if self.game.space.dimension > MOST_FREE or time.monotonic() > self._deadline:
            return None
        try:
            with time_limit(self._deadline - time.monotonic()):
                name = self.outcome_at(level)
        except (ComesLater, InputError, OutOfTime):  # payoffs that are irrational there, for one
            return None
        return None if name in (UNDECIDED, SEPARATRIX) else name == pure_id(self.game, self.target)

    @cached_property
    def _deadline(self) -> float:
        return time.monotonic() + self.budget

    def _strict(self, level: Fraction) -> dict[Profile, list[float]]:
        """Return the strict profiles at a level, with their states."""
        least: dict[Profile, int] = {}
        try:
            for deviation, loss in self.levels.losses.items():
                sign = sign_at(loss, level)
                least[deviation.profile] = min(least.get(deviation.profile, 1), -1 if sign is None else sign)
        except (ArithmeticError, ComesLater, InputError):
            return {}
        sizes, state = self.game.space.sizes, replicator(self.game, self.levels.values(level)).state
        return {
            profile: state([np.eye(size)[[a]] for size, a in zip(sizes, profile, strict=True)])[0].tolist()
            for profile, sign in least.items()
            if sign > 0
        }

    def outcome_at(self, level: Fraction) -> str:
        """Return the name of the outcome of today's state at a level."""
        return outcome(self.game, dict(self.today), self.levels.values(level)).name

    def how_sure(self) -> Sentence:
        """Return the argument, in a sentence."""
        if self.is_at_target:
            return say("exact: today's state is the target")
        if self.absent:
            return say("exact: under the replicator an unused strategy stays unused")
        if self.method == "exact":
            return say(
                "exact: along an edge a trajectory runs one way between two rest points, whose levels are "
                "isolated"
            )
        if self.method == "certified":
            return say(
                "certified: H(today) = H(saddle) is solved for the level in balls that hold every root, to "
                "about 18 digits"
            )
        return say(
            "numerical: trajectories were followed on a grid of levels, and bisection locates "
            "the ends of each interval; intervals shorter than a grid step may be missed"
        )

    def shortfall(self) -> Sentence | None:
        """Return why the target is not reached at any level, and by how much; None where it is at some."""
        if self.level_set.intervals:
            return None
        if self.absent:
            return say(
                "imitation cannot bring back a strategy that is not in use today: {strategies}",
                strategies=listed(self.absent),
            )
        if all(len(played) == 1 for played in self.support):
            return say("today's state is pure, and imitation does not leave pure states")
        gap = self._gap()
        if gap is not None:
            level, distance, place = gap
            if not distance:
                return say(
                    "at its best level, {level}, today's state lies on the border of the basin of the target",
                    level=f"{float(level):.6g}",
                )
            return say(
                "at its best level, {level}, today's state is still {distance} short of the basin of the "
                "target, which begins at ({place})",
                level=f"{float(level):.6g}",
                distance=f"{distance:.3g}",
                place=", ".join(f"{v:.3g}" for v in place),
            )
        level = self._far_end()
        name = None
        if self.game.space.dimension <= MOST_FREE:
            with suppress(ComesLater, InputError):  # payoffs that are irrational there
                name = self.outcome_at(level)
        if name is None:
            return say(
                "at no level of the grid does the trajectory from today's state converge to the target"
            )
        return say(
            "at its best level, {level}, the trajectory from today's state converges to {outcome}",
            level=f"{float(level):.6g}",
            outcome=name,
        )

    def _levels_to_try(self) -> list[Fraction]:
        low, high = self.levels.low, self.levels.high
        return [low + (high - low) * k / 4 for k in range(5)]

    def _gap(self) -> tuple[Fraction, float, tuple[float, ...]] | None:
        """The level at which the target's basin is nearest to today's state, how near, and where."""
        best: tuple[Fraction, float, tuple[float, ...]] | None = None
        for level in self._levels_to_try():
            place = self._border(level)
            if place is None:
                continue
            distance = sum((a - b) ** 2 for a, b in zip(place, self._mixed, strict=True)) ** 0.5
            if best is None or distance < best[1]:
                best = level, distance, place
        return best

    @cached_property
    def _mixed(self) -> tuple[float, ...]:
        """The shares that move today, of the first of two strategies each."""
        return () if self._face is None else tuple(float(self.weights[i][a]) for i, a in self._face.free)

    def _border(self, level: Fraction) -> tuple[float, ...] | None:
        """Return the state on the border of the target's basin that is nearest to today's, if known."""
        face = self._face
        if face is None or self.method == "numerical":
            return None
        ends = tuple(float(self.target[i] == a) for i, a in face.free)
        if self._gains is not None:
            planar = self._gains.planar(level)
            divide = divide_of(planar)
            beside = [[abs(end - BESIDE)] for end in ends]
            code = int(outcomes(planar, *beside)[0])
            if divide is None or code >= len(PLACES) or PLACES[code] != ends:  # others: cycles, rest
                return None
            return nearest(divide, self._mixed)
        border = edge_border(face, level, int(1 - ends[0]))
        return None if border is None else (border,)

    def _far_end(self) -> Fraction:
        """The end of the range that is farther from the idle level."""
        low, high = self.levels.low, self.levels.high
        return high if abs(high - self.levels.idle) >= abs(low - self.levels.idle) else low

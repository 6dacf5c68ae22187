"""The levels at which a pure state is stable, and at which it is the only stable pure state: exactly.

Between the levels at which some loss vanishes no sign changes, so one level of each stretch decides for all
of it. Where a loss vanishes at all levels, or is not a quotient of polynomials, linearisation does not
decide, and the answer is taken from the bifurcation diagram over the level.

Levels at which a condition holds, from verdicts at single levels: a grid, and bisection between its
points.

Each end lies between two tested levels, which are reported as its bounds. Intervals shorter than a grid
step may be missed, and answers based on this method say so.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from separatrix.analysis.rest_state_ids import ids_of
from separatrix.dynamics.bifurcation.numerical_diagram import bifurcation_diagram
from separatrix.dynamics.bifurcation.result import BifurcationDiagram
from separatrix.dynamics.fields.payoffs import moving_formulas
from separatrix.errors import ComesLater, InputError
from separatrix.exact.rational_functions import Ratio
from separatrix.game.model import Game, Profile
from separatrix.policy.tipping.levels import (
    Deviation,
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
from separatrix.run.cached_property import cached_property
from separatrix.run.limits import poll
from separatrix.sentences import say

__all__ = ["NARROW", "PureStates", "STEPS", "bisected", "pure_id"]

STEPS = 48
"""Of the grid. Fewer: more pairs of crossings between two of its levels are missed."""

BESIDE = Fraction(1, 10**5)
"""The distance, as a part of the range, of test levels from an exact one. Smaller: games are nearly
degenerate, and trajectories slow."""

NARROW = Fraction(1, 10**6)
"""The part of the range to which a crossing is narrowed."""


def bisected(
    verdicts: Callable[[Sequence[Fraction]], Sequence[bool | None]],
    low: Fraction,
    high: Fraction,
    knots: Iterable[InstrumentLevel] = (),
    *,
    steps: int = STEPS,
    width: Fraction = NARROW,
    parts: int = 2,
) -> LevelSet:
    """Return the levels of a range at which something holds, as far as a grid shows.

    Parameters
    ----------
    verdicts : callable
        Whether it holds at each of several levels; None if undecided.
    low, high : Fraction
    knots : iterable of InstrumentLevel
        Exact levels at which a verdict may change: levels close on both sides are tested, and no nearer
        ones, since games are degenerate there.
    steps : int
    width : Fraction
        The part of the range to which a crossing is narrowed.
    parts : int
        Into which the remaining interval is cut each time: more if many levels take as long as one.

    Examples
    --------
    >>> found = bisected(lambda levels: [level**2 > 2 for level in levels], Fraction(0), Fraction(2))
    >>> [(round(i.low.value, 5), i.high.value, i.closed_high) for i in found.intervals]
    [(1.41421, 2.0, True)]
    """
    whole = high - low
    beside = whole * BESIDE
    kept = [knot for knot in knots if low + beside < knot.low and knot.high < high - beside]
    around = [(knot.low - beside, knot.high + beside) for knot in kept]
    grid = (low + whole * k / steps for k in range(steps + 1))
    levels = {level for level in grid if not any(a < level < b for a, b in around)}
    ordered = sorted({*levels, *(level for pair in around for level in pair)})
    told = dict(zip(ordered, verdicts(ordered), strict=True))
    ends: list[tuple[InstrumentLevel, bool | None]] = []
    for a, b in itertools.pairwise(ordered):
        before, after = told[a], told[b]
        if before is after:
            continue
        knot = next((knot for knot in kept if a < knot.low and knot.high < b), None)
        if knot is not None and b - a <= 3 * beside:
            end = InstrumentLevel(knot.value, a, b, certain=False)
        elif before is not None and after is not None:
            first, last = _narrowed(verdicts, a, b, before, whole * width, parts)
            # Half of what the bisection cannot tell from 0 is no level of its own.
            value = 0.0 if first <= 0 <= last else float((first + last) / 2)
            end = InstrumentLevel(value, first, last, certain=False)
        else:
            end = InstrumentLevel(float((a + b) / 2), a, b, certain=False)
        ends.append((end, before))
    found: list[LevelInterval] = []
    undecided: list[LevelInterval] = []
    begin, closed = level_of(low), True
    for end, before in [*ends, (level_of(high), told[high])]:
        interval = LevelInterval(begin, end, closed, end.low == high)
        if before is None:
            undecided.append(interval)
        elif before:
            found.append(interval)
        begin, closed = end, False
    return LevelSet(tuple(found), tuple(undecided))


def _narrowed(
    verdicts: Callable[[Sequence[Fraction]], Sequence[bool | None]],
    a: Fraction,
    b: Fraction,
    first: bool,
    width: Fraction,
    parts: int,
) -> tuple[Fraction, Fraction]:
    """Return two levels near each other at which the verdicts are those of `a` and of `b`."""
    while b - a > width:
        poll()
        inner = [a + (b - a) * k / parts for k in range(1, parts)]
        answers = verdicts(inner)
        if all(answer is None for answer in answers):  # on the separatrix itself, for one
            inner = [a + (b - a) * Fraction(3, 8)]
            answers = verdicts(inner)
            if answers[0] is None:
                break
        known = [
            (a, first),
            *((v, t) for v, t in zip(inner, answers, strict=True) if t is not None),
            (b, not first),
        ]
        k = next(k for k, (_, t) in enumerate(known) if t is not first)
        a, b = known[k - 1][0], known[k][0]
    return a, b


def pure_id(game: Game, profile: Profile) -> str:
    """Return the id of a pure state.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> pure_id(load("shi-chen-2018"), (0, 0))
    'E4'
    """
    return ids_of(game).point(tuple((a,) for a in profile))


FLOAT_WIDTH = Fraction(1, 10**12)
"""The part of the range to which a change of sign is narrowed where losses are floats."""


@dataclass(frozen=True, eq=False)
class PureStates:
    """Which pure states of a game are stable at which levels of an instrument."""

    levels: InstrumentLevels

    @cached_property
    def losses(self) -> dict[Profile, dict[Deviation, Ratio]] | None:
        """The losses by profile; None where they do not decide."""
        found: dict[Profile, dict[Deviation, Ratio]] = {}
        try:
            losses = self.levels.losses
        except (ArithmeticError, ComesLater, InputError) as problem:
            if isinstance(problem, InputError) and problem.code not in ("S002",):
                raise
            return None
        for deviation, loss in losses.items():
            found.setdefault(deviation.profile, {})[deviation] = loss
        neutral = any(loss.is_zero for loss in losses.values())
        return None if neutral and self._own_shares else found

    @cached_property
    def _own_shares(self) -> bool:
        """Whether what some population gains depends on its own shares.

        Where it does not, a pure state is asymptotically stable only where all losses are positive
        (Ritzberger & Weibull 1995): one with a loss of 0 at all levels never is.
        """
        family = self.levels.family
        owners = [i for i, size in enumerate(family.sizes) for _ in range(size - 1)]
        for i, row in enumerate(family.payoffs):
            for payoff in row[:-1]:
                gain = payoff - row[-1]
                degrees = zip(owners, gain.numerator.degrees(), gain.denominator.degrees(), strict=False)
                if any(own == i and (above or below) for own, above, below in degrees):
                    return True
        return False

    @cached_property
    def rational(self) -> bool:
        """Whether payoffs are quotients of polynomials in the shares and the level."""
        try:
            _ = self.levels.family
        except (ArithmeticError, ComesLater):
            return False
        return True

    @property
    def method(self) -> Literal["exact", "numerical"]:
        """How exact the answers are."""
        if self.losses is not None:
            return "exact"
        return "exact" if self.rational and self.diagram.method == "exact" else "numerical"

    @cached_property
    def diagram(self) -> BifurcationDiagram:
        """The bifurcation diagram over the level."""
        levels = self.levels
        return bifurcation_diagram(levels.game, (levels.name, levels.low, levels.high), levels.known)

    def stable(self, target: Profile) -> LevelSet:
        """Return the levels at which a pure state is asymptotically stable."""
        return self._levels_with_strict(target, [])

    def only(self, target: Profile) -> LevelSet:
        """Return the levels at which it is the only pure state that is asymptotically stable."""
        return self._levels_with_strict(target, [p for p in self.levels.game.profiles() if p != target])

    def how_sure(self) -> str:
        """Return the argument, in a sentence."""
        if self.losses is not None:
            return say(
                "exact: the loss of each party from a unilateral deviation is a quotient of "
                "polynomials in the level, and its roots are isolated"
            )
        if not self.rational:
            return say(
                "numerical: the loss of each party from a unilateral deviation was computed on a "
                "grid of levels, and bisection locates its sign changes; intervals shorter than "
                "a grid step may be missed"
            )
        return say(
            "read off the bifurcation diagram over the level: {how_sure}", how_sure=self.diagram.how_sure
        )

    def _levels_with_strict(self, target: Profile, others: Sequence[Profile]) -> LevelSet:
        if self.losses is None:
            return self._of_diagram(target, others) if self.rational else self._by_numbers(target, others)
        losses = self.losses
        own = list(losses[target].values())
        rivals = [row for row in ([*losses[p].values()] for p in others) if not any(c.is_zero for c in row)]
        critical = critical_levels(
            [*own, *(r for row in rivals for r in row)], self.levels.low, self.levels.high
        )

        def holds(sign: Callable[[Ratio], int | None]) -> bool:
            if not all((sign(c) or 0) > 0 for c in own):
                return False
            return all(any((sign(c) or 0) < 0 for c in row) for row in rivals)

        def at_sample(level: Fraction) -> bool:
            return holds(lambda curve: sign_at(curve, level))

        def at_level(level: InstrumentLevel, beside: Fraction) -> bool:
            return holds(lambda curve: critical.sign(curve, level, beside))

        cells = cells_between(critical.levels, self.levels.low, self.levels.high)
        return set_where(cells, at_sample, at_level)

    def _by_numbers(self, target: Profile, others: Sequence[Profile]) -> LevelSet:
        """Return the same if payoffs are not quotients of polynomials, from signs of losses in floats."""
        levels = self.levels
        formulas = moving_formulas(levels.game, levels.known, [levels.name])
        if formulas is None:
            raise ComesLater(
                "A501",
                "equations must be quotients of polynomials in the level",
                hint="write the payoffs instead of the equations",
            )

        def least_advantage(profile: Profile, level: Fraction) -> float:
            at: dict[str, Any] = {levels.name: float(level)}
            for population, a in zip(levels.game.populations, profile, strict=True):
                at.update(
                    zip(
                        population.shares,
                        (float(k == a) for k in range(len(population.strategies))),
                        strict=False,
                    )
                )
            earned = [[float(pay(at)) for pay in row] for row in formulas[0]]
            return min(
                row[a] - row[b]
                for row, a in zip(earned, profile, strict=True)
                for b in range(len(row))
                if b != a
            )

        def holds(some: Sequence[Fraction]) -> list[bool | None]:
            return [
                least_advantage(target, level) > 0 and all(least_advantage(p, level) < 0 for p in others)
                for level in some
            ]

        return bisected(holds, levels.low, levels.high, width=FLOAT_WIDTH)

    def _of_diagram(self, target: Profile, others: Sequence[Profile]) -> LevelSet:
        """Return the result from the stretches of the diagram; its named points are the ends."""
        game, diagram = self.levels.game, self.diagram
        wanted, rivals = pure_id(game, target), {pure_id(game, p) for p in others}
        ends = {
            p.value: InstrumentLevel(p.value, *p.bounds, p.exact, diagram.method == "exact")
            for p in diagram.points
        }
        ends |= {float(v): level_of(v) for v in (diagram.low, diagram.high)}

        def end(value: float) -> InstrumentLevel:
            return min(ends.values(), key=lambda known: abs(known.value - value))

        found: list[LevelInterval] = []
        for stretch in diagram.stretches:
            if wanted not in stretch.stable or rivals & set(stretch.stable):
                continue
            low, high = end(stretch.low), end(stretch.high)
            at_low, at_high = low.high == diagram.low, high.low == diagram.high
            if found and found[-1].high == low and not self._happens(wanted, low):
                found[-1] = LevelInterval(found[-1].low, high, found[-1].closed_low, at_high)
            else:
                found.append(LevelInterval(low, high, at_low, at_high))
        return LevelSet(tuple(found))

    def _happens(self, wanted: str, level: InstrumentLevel) -> bool:
        """Whether a named point of the diagram at a level concerns a state."""
        return any(wanted in p.branches for p in self.diagram.points if p.value == level.value)

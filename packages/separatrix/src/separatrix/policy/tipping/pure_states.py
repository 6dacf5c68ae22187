"""The levels at which a pure state is stable, and at which it is the only stable pure state: exactly.

Between the levels at which some loss vanishes no sign changes, so one level of each stretch decides for all
of it. Where a loss vanishes at all levels, or is not a quotient of polynomials, linearisation does not
decide, and the answer is taken from the bifurcation diagram over the level.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from separatrix.analysis.rest_state_ids import ids_of
from separatrix.dynamics.bifurcation.diagram import bifurcation_diagram
from separatrix.dynamics.bifurcation.result import BifurcationDiagram
from separatrix.dynamics.fields.payoff_kernels import moving_formulas
from separatrix.errors import ComesLater, InputError
from separatrix.exact.rational_functions import Ratio
from separatrix.game.model import Game, Profile
from separatrix.policy.tipping.bisection import bisected
from separatrix.policy.tipping.instrument_levels import (
    Deviation,
    InstrumentLevels,
    critical_levels,
    sign_at,
)
from separatrix.policy.tipping.level_set import (
    InstrumentLevel,
    LevelInterval,
    LevelSet,
    cells_between,
    level_of,
    set_where,
)
from separatrix.run.cached_property import cached_property
from separatrix.sentences import say

__all__ = ["PureStates", "pure_id"]


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

"""Levels at which the target is selected in the long run under noise: where populations mostly are.

Mutants are rare, and imitation follows Fermi's rule. For one population of two strategies the ratio of both
weights is that of the fixation probabilities. Its logarithm is the intensity of selection times the sum of
the gains of the first strategy at all its numbers: linear in the payoffs. For two identical parties the
four states of the chain form a ring with ratios exp(±beta (N-1) loss) across its edges, and the target
outweighs the opposite state where its loss is the larger. For unequal parties the chain of the four states
is solved at each level.

For large intensities of selection a strict state is left at a rate exp(-beta r), where r is the least of
(N-1) times loss over the parties: that many updates go against selection.  So the target is selected where
min(N_A a1, N_B b1) > min(N_A a0, N_B b0), in the losses of the target and of the opposite state, N for N - 1.
Harsanyi and Selten's risk dominance, by the product of the losses, is another criterion.

References: Fudenberg, D. and Imhof, L. A. (2006), Journal of Economic Theory 131, 251-262; Traulsen, A.,
Nowak, M. A. and Pacheco, J. M. (2006), Physical Review E 74, 011909; Freidlin, M. I. and Wentzell, A. D.
(1998), chapter 6; Harsanyi, J. C. and Selten, R. (1988), A General Theory of Equilibrium Selection in Games,
section 3.9.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from flint import fmpq

from separatrix.dynamics.bifurcation.elimination import Face, ring_part
from separatrix.errors import ComesLater, InputError
from separatrix.exact.algebraic_numbers import rational
from separatrix.exact.rational_functions import Ratio, Ring
from separatrix.expression.tree import Expression, Number, names_in, substitute
from separatrix.game.model import FunctionForm, Profile, ReplicatorForm, SelfMatrix
from separatrix.game.values import expand
from separatrix.policy.tipping.levels import (
    InstrumentLevel,
    InstrumentLevels,
    LevelSet,
    cells_between,
    critical_levels,
    set_where,
    sign_at,
)
from separatrix.policy.tipping.pure_states import STEPS, bisected
from separatrix.population.finite.small_mutation_limit import SmallMutationLimit, small_mutation_limit
from separatrix.run.cached_property import cached_property
from separatrix.sentences import Sentence, say

__all__ = ["Selection"]

MOST_SUMMED = 10_000
"""Members of a population up to which gains that are functions of the share are summed exactly."""

NARROW = Fraction(1, 10**10)
"""The part of the range to which a crossing of the chain's weights is narrowed: these are exact."""


@dataclass(frozen=True, eq=False)
class Selection:
    """Which pure state a game of finite populations is found at most, at which levels of an instrument.

    Attributes
    ----------
    levels : InstrumentLevels
    target : Profile
    sizes : tuple of int
        Members of each population.
    beta : float
        The intensity of selection.
    steps, width
        As in `separatrix.policy.tipping.pure_states.bisected`, where chains are solved level by level.
    """

    levels: InstrumentLevels
    target: Profile
    sizes: tuple[int, ...]
    beta: float
    steps: int = STEPS
    width: Fraction = NARROW

    @cached_property
    def binary(self) -> bool:
        """Whether every population has two strategies."""
        return all(size == 2 for size in self.levels.game.space.sizes)

    @cached_property
    def opposite(self) -> Profile:
        """The strategies not in use at the target."""
        return tuple(1 - a for a in self.target)

    @cached_property
    def _losses(self) -> tuple[tuple[Ratio, ...], tuple[Ratio, ...]] | None:
        """The losses of each party at the target and at the opposite state; None where not exact."""
        if not self.binary:
            return None
        try:
            losses = self.levels.losses
        except (ArithmeticError, ComesLater, InputError):
            return None
        by = {(d.profile, d.population): loss for d, loss in losses.items()}
        parties = range(len(self.sizes))
        first, second = (tuple(by[p, i] for i in parties) for p in (self.target, self.opposite))
        return first, second

    @cached_property
    def criterion(self) -> tuple[Ratio, ...]:
        """What is positive where the target is selected, as quotients in the level; none where not known."""
        if self._losses is None:
            return ()
        first, second = self._losses
        if len(self.sizes) == 1:
            total = self._sum_of_gains()
            return () if total is None else (total,)
        if self.identical and self.constant:
            # By exp(beta (N-1) loss) each state outweighs its neighbours on the ring of all four.
            return (first[0] - second[0], first[0])
        return ()

    @cached_property
    def constant(self) -> bool:
        """Whether what a party gains by a strategy does not depend on how many of its own play it."""
        if self._losses is None or isinstance(self.levels.game.form, ReplicatorForm):
            return False
        for profile in (self.target, self.opposite):
            for i in range(len(self.sizes)):
                (gain,) = self._edge(profile, i).equations
                if gain.numerator.degrees()[0] > 0 or gain.denominator.degrees()[0] > 0:
                    return False
        return True

    def _edge(self, profile: Profile, population: int) -> Face:
        """Return the edge along which one population leaves a pure state."""
        return self.levels.face(tuple((0, 1) if j == population else (a,) for j, a in enumerate(profile)))

    @cached_property
    def identical(self) -> bool:
        """Whether two parties are of one size and speed and lose the same."""
        if self._losses is None or len(self.sizes) != 2 or self.target[0] != self.target[1]:
            return False
        same_speed = self.levels.family.speeds[0] == self.levels.family.speeds[1]
        return self.sizes[0] == self.sizes[1] and same_speed and all(row[0] == row[1] for row in self._losses)

    def _sum_of_gains(self) -> Ratio | None:
        """What the target's strategy gains at all its numbers 1 ... N-1 in one population, in sum.

        In a matrix N/2 (a+b-c-d) - a + d.
        """
        form, own, size = self.levels.game.form, self.target[0], self.sizes[0]
        ring = self.levels.face(((own,),)).ring
        if isinstance(form, SelfMatrix) and self._plain:
            (a, b), (c, d) = (
                tuple(self._entry(ring, form, i, j) for j in (own, 1 - own)) for i in (own, 1 - own)
            )
            return ring.constant(Fraction(size, 2)) * (a + b - c - d) - a + d
        if not isinstance(form, FunctionForm) or size > MOST_SUMMED:
            return None
        (gain,) = self._edge(self.target, 0).equations
        if gain.denominator.degrees()[0] > 0:
            return None
        below = ring_part(ring, gain.denominator)
        powers = [
            Fraction(sum(k**e for k in range(1, size)), size**e)
            for e in range(gain.numerator.degrees()[0] + 1)
        ]
        terms: dict[tuple[int], fmpq] = {}
        for (e, level), value in gain.numerator.to_dict().items():
            terms[level,] = terms.get((level,), fmpq(0)) + value * rational(powers[e])
        total = ring.ratio(ring.context.from_dict({k: v for k, v in terms.items() if v != 0}), below)
        return total if own == 0 else -total

    @cached_property
    def _plain(self) -> bool:
        """Whether the entries of the matrix hold no shares."""
        game, form = self.levels.game, self.levels.game.form
        moving = {*game.shares, *game.moving_lets}
        rows = form.rows if isinstance(form, SelfMatrix) else ()
        return not any(moving.intersection(names_in(e)) for row in rows for e in row)

    def _entry(self, ring: Ring, form: SelfMatrix, row: int, column: int) -> Ratio:
        numbers: dict[str, Expression] = {name: Number(value) for name, value in self.levels.known.items()}
        return ring.read(substitute(expand(self.levels.game, form.rows[row][column]), numbers))

    # ----------------------------------------------------------------------- under noise

    def limit(self, level: Fraction) -> SmallMutationLimit:
        """Return the chain of the pure states at a level."""
        return small_mutation_limit(
            self.levels.game, self.levels.values(level), population_size=self.sizes, beta=self.beta
        )

    def lead(self, level: Fraction) -> float:
        """Return the logarithm of the target's weight over the largest other one."""
        limit = self.limit(level)
        k = limit.states.index(self.target)
        others = np.delete(limit.log_weights, k)
        return float(limit.log_weights[k] - others.max())

    def selected(self) -> LevelSet:
        """Return the levels at which the populations are found at the target more than at any other state."""
        levels = self.levels
        if self.criterion:
            return _positive([list(self.criterion)], levels.low, levels.high)
        return bisected(
            lambda some: [self.lead(level) > 0 for level in some],
            levels.low,
            levels.high,
            steps=self.steps,
            width=self.width,
        )

    def how_sure(self) -> str:
        """Return the argument, in a sentence."""
        if self.criterion and len(self.sizes) == 1:
            return say(
                "exact: the logarithm of the ratio of both fixation probabilities is linear in the payoffs"
            )
        if self.criterion:
            return say("exact: of two identical parties the state with the larger loss is found more often")
        return say(
            "by bisection on the small-mutation chain of the pure states, which is exact to "
            "rounding; intervals shorter than a grid step may be missed"
        )

    def shortfall(self) -> Sentence:
        """Return how far the target is from being selected at the best of some levels."""
        low, high = self.levels.low, self.levels.high
        tried = [low + (high - low) * k / 8 for k in range(9)]
        level = max(tried, key=self.lead)
        limit = self.limit(level)
        k = limit.states.index(self.target)
        return say(
            "at its best level, {level}, the populations are found at the target {share} of the time, and "
            "at ({state}) {most}",
            level=f"{float(level):.6g}",
            share=f"{limit.weights[k]:.2%}",
            state=limit.names[int(limit.log_weights.argmax())],
            most=f"{limit.weights.max():.2%}",
        )

    # ----------------------------------------------------------------------- other criteria

    def strong(self) -> LevelSet | None:
        """Return the levels at which large intensities of selection select the target; None where not known.

        There it is strict, and for one of the losses at the opposite state, times the updates that it takes
        to leave, both at the target are larger.
        """
        if self._losses is None or len(self.sizes) != 2 or not self.constant:
            return None
        ring = self._losses[0][0].ring
        first, second = (
            [loss * ring.constant(size - 1) for loss, size in zip(row, self.sizes, strict=True)]
            for row in self._losses
        )
        return _positive(
            [[*first, *(a - b for a in first)] for b in second], self.levels.low, self.levels.high
        )

    def risk_dominant(self) -> LevelSet | None:
        """Return the levels at which the target is risk dominant; None where that is not defined."""
        if self._losses is None or len(self.sizes) > 2:
            return None
        first, second = self._losses
        if len(self.sizes) == 1 and not (isinstance(self.levels.game.form, SelfMatrix) and self._plain):
            return None  # half of all as opponents is what it means, and gains are not linear
        if len(self.sizes) == 2 and not self.constant:
            return None
        if len(self.sizes) == 1:
            return _positive([[first[0] - second[0]]], self.levels.low, self.levels.high)
        product = first[0] * first[1] - second[0] * second[1]
        # Where one of the two is no strict equilibrium, the other one is all there is to choose.
        return _positive(
            [[*first, product], [*first, -second[0]], [*first, -second[1]]], self.levels.low, self.levels.high
        )


def _positive(ways: list[list[Ratio]], low: Fraction, high: Fraction) -> LevelSet:
    """Return the levels at which in one of several rows all quotients are positive."""
    critical = critical_levels(itertools.chain(*ways), low, high)

    def at_sample(level: Fraction) -> bool:
        return any(all((sign_at(c, level) or 0) > 0 for c in row) for row in ways)

    def at_level(level: InstrumentLevel, beside: Fraction) -> bool:
        return any(all((critical.sign(c, level, beside) or 0) > 0 for c in row) for row in ways)

    return set_where(cells_between(critical.levels, low, high), at_sample, at_level)

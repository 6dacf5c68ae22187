"""Payoffs of every strategy at exact numbers, as functions of the state: what all routes start from.

The state has one share a strategy, K in all; those of a population add up to one.  Payoffs are kept in
*reduced* coordinates, in which the last share of each population is written out as one minus the others:
so two payoffs are the same function exactly if they are the same quotient of polynomials.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from fractions import Fraction

from flint import fmpq, fmpq_mat

from separatrix.analysis.affine_game import AffineGame
from separatrix.exact.rational_functions import Ratio, Ring
from separatrix.game.model import StateSpace
from separatrix.run.cached_property import cached_property

__all__ = ["Field"]


@dataclass(frozen=True, eq=False)
class Field:
    """The payoffs of a game at exact parameter values.

    Attributes
    ----------
    sizes : strategies of each population
    speeds : positive speed of each population
    ring : the reduced coordinates: for population i the shares of its first ``sizes[i] - 1`` strategies
    payoffs : ``payoffs[i][a]`` is what strategy a of population i earns, a quotient in `ring`
    tabled : whether these are payoffs of a game; where only advantages or equations were given, they are
        payoffs that move the shares alike, and no more

    A state satisfies x_a' = speed · x_a · (payoff of a - average payoff of its population).
    """

    sizes: tuple[int, ...]
    speeds: tuple[fmpq, ...]
    ring: Ring
    payoffs: tuple[tuple[Ratio, ...], ...]
    tabled: bool = True

    @cached_property
    def space(self) -> StateSpace:
        """The state space."""
        return StateSpace(self.sizes)

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """The index of each population's first reduced coordinate."""
        return tuple(sum(self.sizes[:i]) - i for i in range(len(self.sizes)))

    @cached_property
    def spans(self) -> tuple[range, ...]:
        """The reduced coordinates of each population."""
        return tuple(range(o, o + size - 1) for o, size in zip(self.offsets, self.sizes, strict=True))

    @cached_property
    def owner(self) -> tuple[int, ...]:
        """The population of each reduced coordinate."""
        return tuple(i for i, size in enumerate(self.sizes) for _ in range(size - 1))

    def advantage(self, i: int, a: int, b: int) -> Ratio:
        """Return the payoff of strategy a of population i minus that of its strategy b."""
        return self.payoffs[i][a] - self.payoffs[i][b]

    @cached_property
    def own_play(self) -> tuple[bool, ...]:
        """For each population whether its advantages depend on its own shares."""
        return tuple(
            any(
                used and self.owner[k] == i
                for a in range(1, self.sizes[i])
                for k, used in enumerate(_used(self.advantage(i, a, 0)))
            )
            for i in range(len(self.sizes))
        )

    @cached_property
    def rational_only(self) -> bool:
        """Whether some payoff has shares in a denominator."""
        return any(any(u.denominator.degrees()) for row in self.payoffs for u in row)

    @cached_property
    def degree(self) -> int:
        """The largest total degree of an advantage's numerator."""
        return max(
            (
                int(self.advantage(i, a, 0).numerator.total_degree())
                for i, size in enumerate(self.sizes)
                for a in range(1, size)
                if not self.advantage(i, a, 0).is_zero
            ),
            default=0,
        )

    @cached_property
    def corners(self) -> tuple[dict[tuple[int, ...], Fraction], ...] | None:
        """Advantages where every share is 0 or 1, if they say everything: two strategies, multilinear.

        ``corners[i]`` maps the shares of the other populations, or for one population against itself its
        own share, to speed times advantage: to change at another speed is to earn so many times as much.
        None where some payoff is not linear in each of these shares, or depends on others.
        """
        if not self.space.binary or self.rational_only:
            return None
        n = len(self.sizes)
        result = []
        for i in range(n):
            numerator = (self.advantage(i, 0, 1)).numerator
            met = [i] if n == 1 else [j for j in range(n) if j != i]
            terms = numerator.to_dict()
            if any(e > (1 if j in met else 0) for exponents in terms for j, e in enumerate(exponents)):
                return None
            table = {}
            for corner in itertools.product((0, 1), repeat=len(met)):
                at = dict(zip(met, corner, strict=True))
                total = (
                    sum(
                        (
                            v
                            for exponents, v in terms.items()
                            if all(at[j] for j, e in enumerate(exponents) if e)
                        ),
                        fmpq(0),
                    )
                    * self.speeds[i]
                )
                table[corner] = Fraction(int(total.p), int(total.q))
            result.append(table)
        return tuple(result)

    @cached_property
    def affine(self) -> AffineGame | None:
        """The game as a matrix where all advantages are affine in the shares, else None."""
        if self.rational_only or self.degree > 1:
            return None
        width = sum(self.sizes)
        starts = [sum(self.sizes[:i]) for i in range(len(self.sizes))]
        rows = []
        for i, size in enumerate(self.sizes):
            home = next((j for j in range(len(self.sizes)) if j != i), i)
            for a in range(size):
                row = [fmpq(0)] * width
                for exponents, value in self.advantage(i, a, 0).numerator.to_dict().items():
                    if not any(exponents):
                        for b in range(self.sizes[home]):
                            row[starts[home] + b] += value
                        continue
                    k = next(k for k, e in enumerate(exponents) if e)
                    j = self.owner[k]
                    row[starts[j] + k - self.offsets[j]] += value
                rows.append(row)
        return AffineGame(self.sizes, self.speeds, fmpq_mat(rows))


def _used(value: Ratio) -> list[bool]:
    above, below = value.numerator.degrees(), value.denominator.degrees()
    # the zero polynomial has degree -1
    return [a > 0 or b > 0 for a, b in zip(above, below, strict=True)]

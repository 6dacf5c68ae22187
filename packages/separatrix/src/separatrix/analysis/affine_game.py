"""A game whose payoffs are affine in the shares, at exact numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flint import fmpq, fmpq_mat

from separatrix.game.model import StateSpace
from separatrix.run.cached_property import cached_property

__all__ = ["AffineGame", "Support", "mixing", "unplayed"]

Support = tuple[tuple[int, ...], ...]
"""For each population the strategies that are played, as ascending indices into its own strategies."""


def mixing(support: Support) -> tuple[int, ...]:
    """Return the indices of the populations in which more than one strategy is played."""
    return tuple(i for i, played in enumerate(support) if len(played) > 1)


def unplayed(sizes: Sequence[int], support: Support) -> Iterator[tuple[int, int]]:
    """Yield the populations and strategies that are not in a support."""
    for i, (size, played) in enumerate(zip(sizes, support, strict=True)):
        yield from ((i, a) for a in range(size) if a not in played)


@dataclass(frozen=True, eq=False)
class AffineGame:
    """Payoffs u = M x, where x holds all shares, one a strategy, population by population.

    Attributes
    ----------
    sizes : strategies of each population
    speeds : positive speed of each population
    matrix : (K, K) with K = sum(sizes); row = own strategy, column = share it is multiplied by.
        Constants are written as multiples of a sum of shares that is one.

    Examples
    --------
    >>> hawk_dove = AffineGame((2,), (fmpq(1),), fmpq_mat([[-1, 4], [0, 2]]))
    >>> hawk_dove.payoffs((fmpq(2, 3), fmpq(1, 3)))
    (2/3, 2/3)
    """

    sizes: tuple[int, ...]
    speeds: tuple[fmpq, ...]
    matrix: fmpq_mat

    @cached_property
    def space(self) -> StateSpace:
        """The state space."""
        return StateSpace(self.sizes)

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """The index of each population's first share."""
        return tuple(place.start for place in self.space.strategy_slices)

    def block(self, i: int, j: int) -> fmpq_mat:
        """Return what the strategies of population i earn per share of population j's."""
        rows, columns = self.offsets[i], self.offsets[j]
        return fmpq_mat(
            [[self.matrix[rows + a, columns + b] for b in range(self.sizes[j])] for a in range(self.sizes[i])]
        )

    @cached_property
    def own_play(self) -> tuple[bool, ...]:
        """For each population whether its advantages depend on its own shares."""
        result = []
        for i, size in enumerate(self.sizes):
            own = self.block(i, i)
            result.append(
                any(own[a, b] - own[0, b] != own[a, 0] - own[0, 0] for a in range(size) for b in range(size))
            )
        return tuple(result)

    def payoffs(self, state: tuple[fmpq, ...]) -> tuple[fmpq, ...]:
        """Return the payoff of every strategy at a state of K shares."""
        column = self.matrix * fmpq_mat([[x] for x in state])
        return tuple(column[a, 0] for a in range(len(state)))

    def indices(self, support: Support) -> Iterator[int]:
        """Yield the indices, among all K shares, of the strategies in a support."""
        for offset, played in zip(self.offsets, support, strict=True):
            yield from (offset + a for a in played)

    def face(self, support: Support) -> AffineGame:
        """Return the game of the strategies in a support."""
        kept = list(self.indices(support))
        matrix = fmpq_mat([[self.matrix[a, b] for b in kept] for a in kept])
        return AffineGame(tuple(len(own) for own in support), self.speeds, matrix)

"""The state space, a product of simplices, and the shares that are its coordinates.

A population of two strategies has one coordinate, the share of the first; any other has the share of every
strategy, and they add up to one.  Whoever goes from coordinates to the shares of all strategies or back asks
here.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from separatrix.run.cached_property import cached_property

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["Shape", "StateSpace", "own_coordinates"]

Shape = Literal["line", "square", "triangle", "cube"]


def own_coordinates(shares: Sequence[Any]) -> Sequence[Any]:
    """Return those of the shares of a population's strategies that are coordinates."""
    return shares[:1] if len(shares) == 2 else shares


def apart(one: Iterable[float], other: Iterable[float]) -> float:
    """Return how far apart two states are: the largest difference of a share.

    Examples
    --------
    >>> apart([0.5, 0.25], [0.5, 0.75])
    0.5
    """
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


@dataclass(frozen=True)
class StateSpace:
    """The states of populations with so many strategies each.

    Attributes
    ----------
    sizes : tuple of int
        The number of strategies of each population.

    Examples
    --------
    >>> space = StateSpace((2, 3))
    >>> space.coordinates([(0.25, 0.75), (0.5, 0.5, 0.0)])
    (0.25, 0.5, 0.5, 0.0)
    >>> space.shares(_)
    [(0.25, 0.75), (0.5, 0.5, 0.0)]
    >>> space.dimension, space.corner((1, 2)), space.profile((0, 0, 0, 1))
    (3, (0, 0, 0, 1), (1, 2))
    """

    sizes: tuple[int, ...]

    @cached_property
    def widths(self) -> tuple[int, ...]:
        """The number of coordinates of each population."""
        return tuple(len(own_coordinates(range(size))) for size in self.sizes)

    @cached_property
    def slices(self) -> tuple[slice, ...]:
        """Where the coordinates of each population stand in a state."""
        return _slices(self.widths)

    @cached_property
    def strategy_slices(self) -> tuple[slice, ...]:
        """Where the strategies of each population stand where all are numbered through."""
        return _slices(self.sizes)

    @cached_property
    def strategies(self) -> tuple[tuple[int, int], ...]:
        """The population and the strategy whose share each coordinate is."""
        return tuple((i, a) for i, width in enumerate(self.widths) for a in range(width))

    @property
    def dimension(self) -> int:
        """The dimension: one less than the strategies of each population."""
        return sum(self.sizes) - len(self.sizes)

    @property
    def binary(self) -> bool:
        """Whether it is a cube: every population has two strategies."""
        return all(size == 2 for size in self.sizes)

    @property
    def shape(self) -> Shape | None:
        """What it looks like on a page, or None where it is none of the four."""
        if self.sizes == (3,):
            return "triangle"
        shapes: tuple[Shape, ...] = ("line", "square", "cube")
        return shapes[len(self.sizes) - 1] if self.binary and len(self.sizes) <= len(shapes) else None

    def coordinates(self, shares: Iterable[Sequence[Any]]) -> tuple[Any, ...]:
        """Return the state at which each population's strategies have these shares."""
        return tuple(x for own in shares for x in own_coordinates(own))

    def shares(self, state: Any) -> list[tuple[Any, ...]]:
        """Return the shares of all strategies at a state, population by population."""
        parts = [tuple(state[place]) for place in self.slices]
        return [
            (own[0], 1 - own[0]) if size == 2 else own for own, size in zip(parts, self.sizes, strict=True)
        ]

    def profiles(self) -> Iterator[tuple[int, ...]]:
        """Yield every pure profile, the first strategies first."""
        return itertools.product(*map(range, self.sizes))

    def corner(self, profile: Sequence[int]) -> tuple[int, ...]:
        """Return the state at which each population plays one strategy."""
        return tuple(int(profile[i] == a) for i, a in self.strategies)

    def profile(self, state: Sequence[Any]) -> tuple[int, ...] | None:
        """Return the strategy that each population plays at a corner; None elsewhere."""
        if not all(x in (0, 1) for x in state):
            return None
        shares = self.shares(state)
        return tuple(own.index(1) for own in shares) if all(sum(own) == 1 for own in shares) else None

    def coordinate_arrays(self, shares: Sequence[Array]) -> Array:
        """Return the states (..., n) at which the strategies have these shares, (..., k) a population."""
        import numpy as np

        parts = [own[..., :1] if size == 2 else own for own, size in zip(shares, self.sizes, strict=True)]
        return np.concatenate(parts, axis=-1)

    def share_arrays(self, states: Array) -> list[Array]:
        """Return the shares of all strategies at states (..., n), an array (..., k) a population."""
        import numpy as np

        parts = [states[..., place] for place in self.slices]
        return [
            np.concatenate([part, 1 - part], axis=-1) if size == 2 else part
            for part, size in zip(parts, self.sizes, strict=True)
        ]


def _slices(widths: Sequence[int]) -> tuple[slice, ...]:
    ends = itertools.accumulate(widths)
    return tuple(slice(end - width, end) for end, width in zip(ends, widths, strict=True))

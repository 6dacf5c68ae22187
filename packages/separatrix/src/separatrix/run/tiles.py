"""A grid cut into tiles: boxes of neighbouring points that are worked out, kept and written together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Indices = NDArray[np.int64]

__all__ = ["Tiling"]


@dataclass(frozen=True)
class Tiling:
    """A grid of points, and the shape of the tiles that cover it; those at its far ends may be smaller.

    Attributes
    ----------
    shape : tuple of int
        How many points the grid has along each axis.
    tile : tuple of int
        How many points a tile has along each axis.
    """

    shape: tuple[int, ...]
    tile: tuple[int, ...]

    @classmethod
    def of(cls, shape: Sequence[int], points: int) -> Tiling:
        """Return tiles of at most `points` points, as long as can be along the last axes.

        Examples
        --------
        >>> Tiling.of((81, 101), 1000).tile, len(Tiling.of((81, 101), 1000))
        ((9, 101), 9)
        """
        left, tile = max(points, 1), list[int]()
        for count in reversed(shape):
            tile.append(max(1, min(count, left)))
            left //= tile[-1]
        return cls(tuple(shape), tuple(reversed(tile)))

    @property
    def size(self) -> int:
        """The number of points of the grid."""
        return math.prod(self.shape)

    @property
    def counts(self) -> tuple[int, ...]:
        """How many tiles there are along each axis."""
        return tuple(-(-n // t) for n, t in zip(self.shape, self.tile, strict=True))

    def __len__(self) -> int:
        return math.prod(self.counts)

    def box(self, number: int) -> tuple[slice, ...]:
        """Return the part of the grid that a tile covers."""
        result = []
        for n, t, count in zip(reversed(self.shape), reversed(self.tile), reversed(self.counts), strict=True):
            number, k = divmod(number, count)
            result.append(slice(k * t, min((k + 1) * t, n)))
        return tuple(reversed(result))

    def box_shape(self, number: int) -> tuple[int, ...]:
        """Return how many points a tile has along each axis."""
        return tuple(part.stop - part.start for part in self.box(number))

    def points_in(self, number: int) -> int:
        """Return how many points a tile has."""
        return math.prod(self.box_shape(number))

    def places(self, number: int) -> tuple[Indices, ...]:
        """Return the indices of the points of a tile along each axis, arrays (points,), the last fastest."""
        import numpy as np

        ranges = [np.arange(part.start, part.stop) for part in self.box(number)]
        return tuple(places.reshape(-1) for places in np.meshgrid(*ranges, indexing="ij"))

    def at(self, place: Sequence[int]) -> int:
        """Return the number of a point in the grid, whatever the tiles are."""
        number = 0
        for count, k in zip(self.shape, place, strict=True):
            number = number * count + int(k)
        return number

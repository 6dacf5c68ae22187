"""What every field of motion offers, whatever its rule.

For developers: a new field is one file here with a frozen dataclass that extends
`separatrix.dynamics.fields.base.PayoffField` and writes `rates` alone, a function of the same name that makes
it from a game, and its record `DYNAMIC`, which `separatrix.dynamics.fields.registry.DYNAMICS` lists.  From
these everything else works: the command line, documents, portraits, integration, rest states.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["FaceField", "VectorField"]

Array = NDArray[np.float64]


class VectorField(Protocol):
    """The motion of the shares, dx/dt at any states.

    Attributes
    ----------
    shares : tuple of str
        The names of the n coordinates: one of a population of two strategies (the share of the first), k
        of one of k > 2.
    sizes : tuple of int
        The number of strategies of each population.
    slices : tuple of slice
        The positions of each population's coordinates in a state.
    keeps_faces : bool
        Whether unused strategies stay unused; then the field is a `FaceField`, and can be
        integrated in the logarithms of shares.
    smooth : bool
        Whether the rates have derivatives wherever the payoffs have.
    continuous : bool
        Whether they are continuous wherever the payoffs are.
    scale : float
        The typical rate of change per unit of time; slow rates are measured relative to it.
    """

    @property
    def shares(self) -> tuple[str, ...]: ...
    @property
    def sizes(self) -> tuple[int, ...]: ...
    @property
    def slices(self) -> tuple[slice, ...]: ...
    @property
    def keeps_faces(self) -> bool: ...
    @property
    def smooth(self) -> bool: ...
    @property
    def continuous(self) -> bool: ...
    @property
    def scale(self) -> float: ...

    def __call__(self, states: ArrayLike) -> Array:
        """Return the rates of change at `states`, an array (..., n), as an array of the same shape."""
        ...

    def weights(self, states: ArrayLike) -> list[Array]:
        """Return the shares of all strategies at `states`, an array (..., n): (..., k) a population."""
        ...

    def state(self, weights: Sequence[Array]) -> Array:
        """Return the states (..., n) in which the strategies have these shares."""
        ...

    def rates(self, weights: Sequence[Array]) -> list[Array]:
        """Return the rates of change of all strategies, an array (..., k) a population; each adds up to 0."""
        ...


@runtime_checkable
class FaceField(VectorField, Protocol):
    """A field that keeps faces, with the rates of the logarithms of shares."""

    def log_rates(self, weights: Sequence[Array]) -> list[Array]:
        """Return d ln x_a / dt for all strategies, an array (..., k) a population.

        It is finite where x_a is zero too.  The log-odds ln(x_a/x_k) move at the difference of two.
        """
        ...

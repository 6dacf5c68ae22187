"""A field in coordinates of its own, many states side by side: what steps, events and coordinates agree on.

For developers
--------------
A motion is a field in its coordinates.  Coordinates are arrays (m, trajectories), states arrays
(trajectories, n).  `rates` writes into arrays that are given, because memory that is warm is several times
faster than new memory; `slopes` is the same for callers in no hurry.

The control of the step: how long the first step of a trajectory is, the next one, and any at most.

Hairer, E., Nørsett, S. P. and Wanner, G. (1993), Solving Ordinary Differential Equations I, section II.4.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.integration.tolerances import (
    LEAST_ERROR,
    LONGEST_STEP,
    PACE_AT_LEAST,
    PATIENCE,
    PATIENCE_SLIDING,
)
from separatrix.dynamics.tolerances import NOT_ZERO
from separatrix.run.cached_property import cached_property

if TYPE_CHECKING:
    from separatrix.dynamics.fields.payoffs import PayoffField
    from separatrix.dynamics.integration.polynomial_rates import PolynomialRates

__all__ = ["KeepsFaces", "Motion", "Scratch", "first_length", "longest_length", "next_length"]

Array = NDArray[np.float64]


class KeepsFaces(Protocol):
    """A field in which every strategy grows or shrinks in proportion to its share.

    For developers
    --------------
    ``log_rates`` takes the shares of all strategies, an array (trajectories, k) a population, and returns
    arrays of the same shapes with d ln x_a / dt, to which any number may be added that is the same for all
    strategies of the population. It must also accept unused strategies.
    """

    @property
    def shares(self) -> tuple[str, ...]:
        """The names of the coordinates of a state."""
        ...

    @property
    def sizes(self) -> tuple[int, ...]:
        """The number of strategies of each population."""
        ...

    @property
    def scale(self) -> float:
        """The fastest growth rate."""
        ...

    def log_rates(self, weights: Sequence[Array]) -> list[Array]:
        """Return the growth rates of all strategies."""
        ...


class Scratch:
    """Arrays that are used over and over."""

    def __init__(self) -> None:
        self._kept: dict[str, Array] = {}

    def array(self, name: str, *shape: int) -> Array:
        """Return an array of this shape with anything in it; the last one of this name is no longer valid."""
        size = math.prod(shape)
        kept = self._kept.get(name)
        if kept is None or kept.size < size:
            kept = self._kept[name] = np.empty(size)
        return kept[:size].reshape(shape)


@dataclass(frozen=True, eq=False)
class Motion(ABC):
    """A field in coordinates of its own.

    Attributes
    ----------
    field : PayoffField
        Or what else `KeepsFaces` describes, which only `LogOddsCoordinates` take.
    pace : float
        How fast things move, per unit of time; never zero.
    moving : callable, or None
        From a time to the field then, where parameters change in time; `field` is that at the beginning.
    """

    field: PayoffField
    pace: float
    moving: Callable[[float], Any] | None = None

    @property
    @abstractmethod
    def leaves_faces(self) -> bool:
        """Whether unused strategies may be adopted."""

    @cached_property
    def places(self) -> tuple[slice, ...]:
        """Where the coordinates of each population stand."""
        widths = [1 if size == 2 else size for size in self.field.sizes]
        ends = list(itertools.accumulate(widths))
        return tuple(slice(end - width, end) for end, width in zip(ends, widths, strict=True))

    @cached_property
    def many(self) -> tuple[slice, ...]:
        """The places of populations of more than two strategies, or of one."""
        return tuple(p for p, size in zip(self.places, self.field.sizes, strict=True) if size != 2)

    @cached_property
    def paired(self) -> NDArray[np.intp]:
        """The coordinates of populations of two strategies."""
        pairs = zip(self.places, self.field.sizes, strict=True)
        return np.array([p.start for p, size in pairs if size == 2], dtype=np.intp)

    @property
    def patience(self) -> int:
        """Steps after which a trajectory that has arrived nowhere is given up."""
        return PATIENCE_SLIDING if self.jumps else PATIENCE

    @property
    @abstractmethod
    def accuracy(self) -> float:
        """The distance in shares below which trajectories do not come nearer to where they go."""

    @property
    def polynomials(self) -> PolynomialRates | None:
        """The rates as polynomials in the shares, where machine code can follow them."""
        return None

    @property
    def jumps(self) -> bool:
        """Whether rates are not continuous, so that no Runge-Kutta method follows them."""
        return not getattr(self.field, "continuous", True)

    def now(self, time: float) -> Motion:
        """Return the motion as it is at a time."""
        return (
            self if self.moving is None else dataclasses.replace(self, field=self.moving(time), moving=None)
        )

    @abstractmethod
    def to_coordinates(self, states: Array) -> Array:
        """Return the coordinates (m, trajectories) of states (trajectories, n)."""

    @abstractmethod
    def shares(self, at: Array, out: Array | None = None) -> Array:
        """Return the shares at coordinates (m, ...): that of the first of two strategies, else all."""

    def states(self, at: Array) -> Array:
        """Return the states (trajectories, n) at coordinates (m, trajectories)."""
        return self.shares(at).T

    @abstractmethod
    def rates(self, at: Array, out: Array, scratch: Scratch) -> Array:
        """Write the rates of change at coordinates (m, trajectories) to `out`; return the shares there.

        The shares are good until `scratch` is used again.
        """

    def slopes(self, at: Array) -> Array:
        """Return the rates of change at coordinates (m, trajectories)."""
        out = np.empty(at.shape)
        self.rates(at, out, Scratch())
        return out

    @abstractmethod
    def speeds(self, states: Array, slopes: Array) -> Array:
        """Return how fast the fastest share of each trajectory changes, at states (trajectories, n)."""

    @abstractmethod
    def to_rates(self, shares: Array, slopes: Array) -> Array:
        """Return the rates of change of shares (m, ...) from those of coordinates."""

    @abstractmethod
    def unsettled(self, at: Array, shares: Array, slopes: Array) -> Array:
        """Return the fastest change (trajectories,) of what has not settled."""

    @abstractmethod
    def size(self, at: Array) -> Array:
        """Return the sizes of coordinates, relative to which a tolerance counts."""

    @abstractmethod
    def log_shares(self, at: Array) -> Array:
        """Return the logarithms (strategies, trajectories) of the shares of all strategies."""

    def project(self, at: Array) -> Array:
        """Return coordinates inside the state space, where rounding or the error of a step left it."""
        return at

    def strayed(self, before: Array, after: Array, kept: Array, length: Array) -> Array:
        """Return the error (trajectories,) of a step that was brought back, in units of the tolerance."""
        return np.zeros(before.shape[1])


SAFETY = 0.9
"""The part of the length that would just keep the tolerance: with more of it, more steps are made again."""

SHRINK, GROW = 0.2, 10.0
"""How much shorter or longer than the last a step may be: estimates of the error say nothing beyond."""

FIRST = 0.01
"""The part of its size by which a trajectory may move in its first step, and by which its error may grow.
Larger: more first steps are made again."""

MOST_OF_TRIAL = 100
"""How much longer than the step that was tried for it the first may be."""


def next_length(order: int, length: Array, error: Array, refused: NDArray[np.bool_]) -> Array:
    """Return the length (trajectories,) of the next step after one with this error.

    Parameters
    ----------
    order : int
        Of the method; the error of a step of length h is of the size of h to this power.
    length, error : array (trajectories,)
        Of the last step; the error in units of the tolerance.
    refused : array (trajectories,) of bool
        Whether the last step or the one before was refused: then the next is no longer.

    Examples
    --------
    >>> next_length(5, np.ones(3), np.array([1.0, np.inf, 0.0]), np.array([False, True, False])).tolist()
    [0.9, 0.2, 10.0]
    """
    factor = SAFETY * np.maximum(error, LEAST_ERROR) ** (-1 / order)
    longer = length * np.clip(factor, SHRINK, np.where(refused, 1.0, GROW))
    return np.asarray(np.minimum(longer, LONGEST_STEP))


def longest_length(at: Array, slope: Array, size: Array) -> Array:
    """Return how long a step (trajectories,) in log-odds may be, so that no share passes the middle unseen.

    Where a share has all but vanished its logarithm moves steadily, and steps grow without bound. When it
    returns it may turn the others around in a time that is short compared with such a step. `size` is 1 +
    abs(at).
    """
    returning = at * slope < 0
    pace = np.abs(slope)
    pace /= size
    pace *= returning
    return np.asarray(1.0 / pace.max(axis=0))


def first_length(
    motion: Motion, order: int, factor: Array, at: Array, slope: Array, tolerance: float
) -> Array:
    """Return the length (trajectories,) of the first step.

    ``factor`` is that of time, -1 where it runs back, which is in ``slope`` already.
    """
    size = motion.size(at)
    fastest = (np.abs(slope) / size).max(axis=0)
    trial = FIRST / np.maximum(fastest, motion.pace * PACE_AT_LEAST)
    bent = (np.abs(factor * motion.slopes(at + trial * slope) - slope) / size).max(axis=0) / trial
    # Both over the pace, as one is a rate and the other a rate of a rate.
    pace = max(motion.pace, NOT_ZERO)
    largest = np.maximum(fastest / pace, bent / pace / pace) / tolerance
    wanted = (FIRST / np.maximum(largest, NOT_ZERO)) ** (1 / order)
    return np.asarray(np.fmin(MOST_OF_TRIAL * trial, wanted / pace))

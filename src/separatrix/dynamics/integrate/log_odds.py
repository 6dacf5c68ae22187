"""Many states side by side, in log-odds: the coordinates in which fields that keep faces are integrated.

A population of two strategies has one coordinate, u = ln(x/(1-x)), with du/dt = g_1 - g_2, where g_a is the
growth rate of strategy a; one of k > 2 strategies has the k logarithms v_a = ln x_a, with dv_a/dt = g_a minus
the mean growth rate (Hofbauer, J. and Sigmund, K. (1998), Evolutionary Games and Population Dynamics, section
7.1).  A share cannot leave [0, 1]; one of 1e-300 is as exact as one of 1/2.  What nobody plays has the
coordinate minus infinity, which no finite rate moves: faces are kept without a special case.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from separatrix.dynamics.fields.replicator import Replicator
from separatrix.run.cached import cached_property

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["KeepsFaces", "Lanes", "Scratch", "lanes_of"]


class KeepsFaces(Protocol):
    """A field in which every strategy grows or shrinks in proportion to its share.

    For developers
    --------------
    ``log_rates`` takes the shares of all strategies, an array (lanes, k) a population, and returns arrays of
    the same shapes with d ln x_a / dt, to which any number may be added that is the same for all strategies
    of the population.  It is also asked for strategies that nobody plays.
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


@dataclass(frozen=True)
class Lanes:
    """The coordinates of a field, as arrays (coordinates, lanes).

    Attributes
    ----------
    sizes : tuple of int
        The number of strategies of each population.
    slopes : callable
        What writes the rates of change of the coordinates.
    scale : float
        The fastest growth rate, or one where that is zero: the measure of what is slow.
    """

    sizes: tuple[int, ...]
    slopes: _Multilinear | _General
    scale: float

    @cached_property
    def places(self) -> tuple[slice, ...]:
        """Where the coordinates of each population stand."""
        return _places(self.sizes)

    @cached_property
    def many(self) -> tuple[slice, ...]:
        """The places of populations of more than two strategies."""
        return tuple(p for p, size in zip(self.places, self.sizes, strict=True) if size != 2)

    @cached_property
    def paired(self) -> NDArray[np.intp]:
        """The coordinates that are log-odds."""
        import numpy as np

        pairs = zip(self.places, self.sizes, strict=True)
        return np.array([p.start for p, size in pairs if size == 2], dtype=np.intp)

    def coordinates(self, states: Array) -> Array:
        """Return the coordinates of states (lanes, n)."""
        import numpy as np

        x = np.ascontiguousarray(np.asarray(states, dtype=float).T)
        with np.errstate(divide="ignore"):
            result: Array = np.log(x)
            result[self.paired] -= np.log1p(-x[self.paired])
        return result

    def shares(self, at: Array, out: Array | None = None) -> Array:
        """Return the shares at coordinates (m, ...): that of the first of two strategies, else all."""
        import numpy as np

        result: Array = np.empty_like(at) if out is None else out
        if self.many:
            result[self.paired] = 1.0 / (1.0 + np.exp(-at[self.paired]))
            for place in self.many:
                part = at[place]
                raised = np.exp(part - part.max(axis=0))
                result[place] = raised / raised.sum(axis=0)
            return result
        np.negative(at, out=result)
        np.exp(result, out=result)
        result += 1.0
        np.reciprocal(result, out=result)
        return result

    def rates(self, at: Array, out: Array, scratch: Scratch) -> Array:
        """Write the rates of change at coordinates (m, lanes) to `out`; return the shares there.

        The shares are good until `scratch` is used again.
        """
        return self.slopes.write(self, at, out, scratch)

    def normalised(self, at: Array) -> Array:
        """Return coordinates (m, ...) with logarithms that belong to shares which add up to one."""
        import numpy as np

        result = np.array(at)
        for place in self.many:
            top = result[place].max(axis=0)
            result[place] -= top + np.log(np.exp(result[place] - top).sum(axis=0))
        return result

    def moving(self, at: Array, shares: Array, slopes: Array) -> Array:
        """Return the fastest change (lanes,) of what has not settled.

        A share that all but vanishes counts as settled while it shrinks, and with the speed of its logarithm
        while it grows: near a saddle it is what drives the others away later.
        """
        import numpy as np

        leaving = at * slopes >= 0
        part = np.where(leaving, shares, 1.0)
        part[self.paired] *= np.where(leaving, 1 - shares, 1.0)[self.paired]
        speeds = np.abs(slopes) * part
        speeds[np.isinf(at)] = 0.0
        return np.asarray(speeds.max(axis=0))


def _places(sizes: Sequence[int]) -> tuple[slice, ...]:
    widths = [1 if size == 2 else size for size in sizes]
    ends = list(itertools.accumulate(widths))
    return tuple(slice(end - width, end) for end, width in zip(ends, widths, strict=True))


def lanes_of(field: Replicator | KeepsFaces) -> Lanes:
    """Return the coordinates in which `field` is integrated.

    Examples
    --------
    >>> import numpy as np
    >>> from separatrix.dynamics.fields.replicator import replicator
    >>> from separatrix.game.reader import load
    >>> lanes = lanes_of(replicator(load({"payoff_matrix": [[-1, 4], [0, 2]], "title": "Hawk and dove"})))
    >>> at = lanes.coordinates(np.array([[0.5], [1e-300], [0.0]]))
    >>> at.round(1).tolist(), lanes.shares(at).tolist()
    ([[0.0, -690.8, -inf]], [[0.5, 1.0000000000000237e-300, 0.0]])
    """
    scale = field.scale or 1.0
    if not isinstance(field, Replicator):
        return Lanes(field.sizes, _General(field.log_rates), scale)
    if field.corners is None:
        return Lanes(field.sizes, _General(_replicator_growth(field)), scale)
    return Lanes(field.sizes, _Multilinear.of(field.corners), scale)


def _replicator_growth(field: Replicator) -> Callable[[Sequence[Array]], list[Array]]:
    def growth(parts: Sequence[Array]) -> list[Array]:
        return [speed * earned for speed, earned in zip(field.speeds, field.payoffs(parts), strict=True)]

    return growth


class Scratch:
    """Arrays that are used over and over: memory that is warm is several times faster than new memory."""

    def __init__(self) -> None:
        self._kept: dict[str, Array] = {}

    def array(self, name: str, *shape: int) -> Array:
        """Return an array of this shape with anything in it; the last one of this name is no longer valid."""
        import numpy as np

        size = math.prod(shape)
        kept = self._kept.get(name)
        if kept is None or kept.size < size:
            kept = self._kept[name] = np.empty(size)
        return kept[:size].reshape(shape)


@dataclass(frozen=True)
class _General:
    """Slopes from the growth rates of all strategies."""

    growth: Callable[[Sequence[Array]], list[Array]]

    def write(self, lanes: Lanes, at: Array, out: Array, scratch: Scratch) -> Array:
        import numpy as np

        shares = lanes.shares(at, scratch.array("shares", *at.shape))
        parts = []
        for place, size in zip(lanes.places, lanes.sizes, strict=True):
            own = shares[place]
            parts.append(np.stack([own[0], 1 - own[0]], axis=-1) if size == 2 else own.T)
        rates = self.growth(parts)
        for place, part, rate in zip(lanes.places, parts, rates, strict=True):
            if part.shape[-1] == 2:
                out[place] = rate[:, 0] - rate[:, 1]
            else:
                out[place] = (rate - (part * rate).sum(axis=-1, keepdims=True)).T
        return shares


@dataclass(frozen=True)
class _Multilinear:
    """Slopes of the log-odds of at most three populations, linear in each share of the others.

    They are one product of matrices: ``coefficients`` times 1, the shares, and for three populations the
    products yz, xz, xy.
    """

    coefficients: Array

    @classmethod
    def of(cls, corners: Sequence[Array]) -> _Multilinear:
        import numpy as np

        n = len(corners)
        result = np.zeros((n, 7 if n == 3 else n + 1))
        for i, table in enumerate(corners):
            met = [i] if n == 1 else [j for j in range(n) if j != i]
            if len(met) == 1:
                result[i, 0], result[i, 1 + met[0]] = table[0], table[1] - table[0]
            else:
                result[i, 0] = table[0, 0]
                result[i, 1 + met[0]] = table[1, 0] - table[0, 0]
                result[i, 1 + met[1]] = table[0, 1] - table[0, 0]
                result[i, 4 + i] = table[1, 1] - table[1, 0] - table[0, 1] + table[0, 0]
        return cls(result)

    def write(self, lanes: Lanes, at: Array, out: Array, scratch: Scratch) -> Array:
        import numpy as np

        n, count = at.shape
        features = scratch.array("features", self.coefficients.shape[1], count)
        features[0] = 1.0
        shares = lanes.shares(at, features[1 : n + 1])
        if n == 3:
            np.multiply(shares[1:], shares[::-2], out=features[4:6])
            np.multiply(shares[0], shares[1], out=features[6])
        np.matmul(self.coefficients, features, out=out)
        return shares

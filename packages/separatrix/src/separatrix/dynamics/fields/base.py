"""What the fields have in common: the coordinates of a state, and payoffs that drive it."""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from separatrix.dynamics.fields.payoffs import PayoffFunction
from separatrix.errors import InputError
from separatrix.game.model import Game, StateSpace
from separatrix.run.cached_property import cached_property

__all__ = ["ExactSource", "PayoffField"]

Array = NDArray[np.float64]

MOST_PROFILES = 2_000
"""Pure profiles up to which all are looked at for the scale of a field. Fewer: the scale of large games rests
on their middle alone."""


@dataclass(frozen=True)
class ExactSource:
    """A game at exact values of its parameters.

    Attributes
    ----------
    game : Game
    values : mapping of parameter to number
    """

    game: Game
    values: Mapping[str, Fraction]


def excess(part: Array, earned: Array) -> Array:
    """Return what strategies with shares (..., k) and payoffs (..., k) earn more than their population."""
    return np.asarray(earned - (part * earned).sum(axis=-1, keepdims=True))


@dataclass(frozen=True)
class PayoffField(ABC):
    """A field whose rates follow from the shares and from what every strategy earns.

    A state has one share for a population of two strategies, that of the first, and k shares for one of
    k > 2 strategies, which add up to one.  For developers: a field that extends this writes `rates`, and
    `log_rates` if it keeps faces.

    Attributes
    ----------
    shares : tuple of str
        The names of the n coordinates.
    sizes : tuple of int
        The number of strategies of each population.
    speeds : tuple of float
        The factor of each population's rates.
    payoffs : callable
        From the shares of all strategies, an array (..., k) a population, to what each of them earns.
    exact : ExactSource or None
        The game with the exact numbers behind them, where these are known.
    """

    kind: ClassVar[str]
    keeps_faces: ClassVar[bool] = False
    smooth: ClassVar[bool] = True
    continuous: ClassVar[bool] = True

    shares: tuple[str, ...]
    sizes: tuple[int, ...]
    speeds: tuple[float, ...]
    payoffs: PayoffFunction
    exact: ExactSource | None = field(default=None, kw_only=True, repr=False, compare=False)

    @abstractmethod
    def rates(self, weights: Sequence[Array]) -> list[Array]:
        """Return the rates of change of all strategies, an array (..., k) a population; each adds up to 0."""

    def __call__(self, states: ArrayLike) -> Array:
        """Return the rates of change at `states`, an array (..., n), as an array of the same shape."""
        return self.state(self.rates(self.weights(states)))

    @property
    def inward(self) -> bool:
        """Whether it is certain that the field points inwards at every face: what is unplayed is taken up."""
        return False

    @cached_property
    def space(self) -> StateSpace:
        """The state space."""
        return StateSpace(self.sizes)

    @property
    def slices(self) -> tuple[slice, ...]:
        """The coordinates of each population, as slices of a state."""
        return self.space.slices

    def weights(self, states: ArrayLike) -> list[Array]:
        """Return the shares of all strategies at `states`, an array (..., n): (..., k) a population."""
        x = np.asarray(states, dtype=float)
        if x.ndim == 0 or x.shape[-1] != len(self.shares):
            raise InputError(
                "D601",
                f"states have {len(self.shares)} numbers each, for {', '.join(self.shares)}; "
                f"found an array of shape {x.shape}",
            )
        return self.space.share_arrays(x)

    def state(self, weights: Sequence[Array]) -> Array:
        """Return the states (..., n) in which the strategies have these shares: the inverse of `weights`."""
        return self.space.coordinate_arrays(weights)

    @cached_property
    def probes(self) -> Array:
        """The pure profiles (the first 2,000 of them) and the middle, as states (points, n)."""
        states = [self.state([np.full(size, 1 / size) for size in self.sizes])]
        profiles = itertools.islice(self.space.profiles(), MOST_PROFILES)
        states += [np.array(self.space.corner(profile), dtype=float) for profile in profiles]
        return np.array(states)

    @cached_property
    def scale(self) -> float:
        """The fastest rate of change at the pure profiles and in the middle, per unit of time."""
        with np.errstate(all="ignore"):
            rates = np.concatenate(self.motions(self.weights(self.probes)), axis=-1)
        rates = np.abs(rates)
        return float(rates[np.isfinite(rates)].max(initial=0.0))

    def motions(self, weights: Sequence[Array]) -> list[Array]:
        """Return what `scale` measures: rates of change that do not vanish at pure profiles."""
        return self.rates(weights)

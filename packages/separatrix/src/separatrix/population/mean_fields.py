"""The mean field of each update rule but the best replies: how shares change where very many meet each other.

One unit of time is as many updates as there are enterprises.

References
----------
Traulsen, A., Claussen, J. C. and Hauert, C. (2005), Coevolutionary dynamics: from finite to infinite
populations, Physical Review Letters 95, 238701 (Fermi and Moran); Sandholm, W. H. (2010), Population Games
and Evolutionary Dynamics, chapter 4 (revision protocols and mean dynamics).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.fields.base import PayoffField
from separatrix.dynamics.fields.ingredients import ingredients
from separatrix.dynamics.fields.logit import Logit
from separatrix.errors import InputError
from separatrix.game.model import Game

__all__ = ["MEAN_FIELDS", "FermiField", "MoranField", "require_finite"]

Array = NDArray[np.float64]

COLDEST = 1e300
"""The temperature that stands for no selection: all strategies are then chosen alike."""


@dataclass(frozen=True)
class FermiField(PayoffField):
    """The field x_a' = x_a sum_b x_b tanh(beta (U_a - U_b)/2), of pairwise comparison.

    Attributes
    ----------
    beta : float
        The intensity of selection.
    """

    kind: ClassVar[str] = "fermi"
    keeps_faces: ClassVar[bool] = True

    beta: float = 1.0

    def log_rates(self, weights: Sequence[Array]) -> list[Array]:
        """Return d ln x_a / dt for all strategies, an array (..., k) a population."""
        result = []
        for part, earned, speed in zip(weights, self.payoffs(weights), self.speeds, strict=True):
            more = np.tanh(self.beta * (earned[..., :, None] - earned[..., None, :]) / 2)
            result.append(speed * (more * part[..., None, :]).sum(axis=-1))
        return result

    def rates(self, weights: Sequence[Array]) -> list[Array]:
        """Return the rates of change of all strategies, an array (..., k) a population; each adds up to 0."""
        return [part * growth for part, growth in zip(weights, self.log_rates(weights), strict=True)]


@dataclass(frozen=True)
class MoranField(PayoffField):
    """The field x_a' = x_a (f_a / average f - 1), of birth-death and of death-birth.

    Attributes
    ----------
    beta : float
        The intensity of selection.
    linear : bool
        Whether the fitness f is 1 + beta U; else exp(beta U).
    """

    kind: ClassVar[str] = "moran"
    keeps_faces: ClassVar[bool] = True

    beta: float = 1.0
    linear: bool = False

    def log_rates(self, weights: Sequence[Array]) -> list[Array]:
        """Return d ln x_a / dt for all strategies, an array (..., k) a population."""
        result = []
        for part, earned, speed in zip(weights, self.payoffs(weights), self.speeds, strict=True):
            if self.linear:
                fit = 1 + self.beta * earned
            else:
                fit = np.exp(self.beta * (earned - earned.max(axis=-1, keepdims=True)))
            result.append(speed * (fit / (part * fit).sum(axis=-1, keepdims=True) - 1))
        return result

    def rates(self, weights: Sequence[Array]) -> list[Array]:
        """Return the rates of change of all strategies, an array (..., k) a population; each adds up to 0."""
        return [part * growth for part, growth in zip(weights, self.log_rates(weights), strict=True)]


def _fermi(game: Game, beta: float) -> PayoffField:
    return FermiField(**ingredients(game).driven, beta=beta)


def _moran(game: Game, beta: float) -> PayoffField:
    return MoranField(**ingredients(game).driven, beta=beta)


def _logit(game: Game, beta: float) -> PayoffField:
    return Logit(**ingredients(game).driven, eta=1 / beta if beta else COLDEST)


MEAN_FIELDS: Mapping[str, Callable[[Game, float], PayoffField]] = {
    "fermi": _fermi,
    "death-birth": _moran,
    "birth-death": _moran,
    "logit": _logit,
}
"""From a game and the intensity of selection to the mean field, by update rule; `best_response_path` has the
two rules that take what is best."""


def require_finite(beta: float) -> None:
    """Refuse an intensity of selection whose mean field is not a function of the shares.

    Raises
    ------
    InputError
        N502 where it is infinite, negative or no number.
    """
    if not 0 <= beta < float("inf"):
        raise InputError(
            "N502",
            f"an intensity of selection of {beta:g}; mean fields are compared for finite ones of 0 or more",
            hint="choose a large beta, or look at best response, which is the limit",
        )

"""The replicator dynamics as a vector field on arrays of states.

Taylor, P. D. and Jonker, L. B. (1978), Evolutionary stable strategies and game dynamics, Mathematical
Biosciences 40, 145-156, equation 1; for several populations Hofbauer, J. and Sigmund, K. (1998),
Evolutionary Games and Population Dynamics, section 10.1.

Maynard Smith's payoff-adjusted replicator dynamics: gains count in proportion to the average.

Maynard Smith, J. (1982), Evolution and the Theory of Games; Weibull, J. W. (1995), Evolutionary Game Theory,
section 4.1 (background payoff) and chapter 5 (several populations).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from separatrix.dynamics.fields.payoffs import PayoffField, excess, ingredients
from separatrix.dynamics.fields.target_protocols import Dynamic
from separatrix.errors import InputError
from separatrix.game.model import Game
from separatrix.game.values import exact
from separatrix.run.cached_property import cached_property
from separatrix.sentences import say

__all__ = [
    "DYNAMIC",
    "PAYOFF_ADJUSTED_DYNAMIC",
    "PayoffAdjusted",
    "Replicator",
    "payoff_adjusted",
    "replicator",
]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Replicator(PayoffField):
    """The field x_a' = c x_a (U_a - average), for two strategies x' = c x (1 - x)(U_1 - U_2).

    A state has one share for a population of two strategies, that of the first, and k shares for one of
    k > 2 strategies, which add up to one.

    Attributes
    ----------
    shares : tuple of str
        The names of the n coordinates.
    sizes : tuple of int
        The number of strategies of each population.
    speeds : tuple of float
        The factor c of each population.
    payoffs : callable
        From the shares of all strategies, an array (..., k) a population, to what each of them earns.
    corners : tuple of arrays, or None
        For populations of two strategies with payoffs linear in each share of the others, or of one
        population's own: ``corners[i]`` has one axis of length 2 for each share on which population i
        depends, and holds c_i (U_1 - U_2) where these shares are 0 or 1.
    """

    kind: ClassVar[str] = "replicator"
    keeps_faces: ClassVar[bool] = True

    corners: tuple[Array, ...] | None = None

    def advantages(self, states: ArrayLike) -> Array:
        """Return at `states`, an array (..., n), what the strategies gain, in payoff units.

        The payoff of the first of two strategies over the second; for more strategies the payoff of each
        over the average of its population.  The shape is that of `states`.
        """
        own = self.weights(states)
        result = np.empty(np.shape(states))
        for place, part, earned in zip(self.slices, own, self.payoffs(own), strict=True):
            if part.shape[-1] == 2:
                result[..., place] = earned[..., :1] - earned[..., 1:]
            else:
                result[..., place] = excess(part, earned)
        return result

    def __call__(self, states: ArrayLike) -> Array:
        """Return the rates of change at `states`, an array (..., n), as an array of the same shape."""
        x = np.asarray(states, dtype=float)
        result = self.advantages(x)
        for place, size, speed in zip(self.slices, self.sizes, self.speeds, strict=True):
            part = x[..., place]
            result[..., place] *= speed * (part * (1 - part) if size == 2 else part)
        return result

    def rates(self, weights: Sequence[Array]) -> list[Array]:
        """Return the rates of change of all strategies, an array (..., k) a population; each adds up to 0."""
        return [part * growth for part, growth in zip(weights, self.log_rates(weights), strict=True)]

    def log_rates(self, weights: Sequence[Array]) -> list[Array]:
        """Return d ln x_a / dt = c (U_a - average) for all strategies, an array (..., k) a population."""
        return [
            speed * excess(part, earned)
            for part, earned, speed in zip(weights, self.payoffs(weights), self.speeds, strict=True)
        ]

    @cached_property
    def scale(self) -> float:
        """The fastest growth rate of a strategy at the pure profiles and in the middle, per unit of time."""
        with np.errstate(all="ignore"):
            rates = np.abs(self.advantages(self.probes))
        for place, speed in zip(self.slices, self.speeds, strict=True):
            rates[..., place] *= speed
        finite = rates[np.isfinite(rates)]
        return float(finite.max(initial=0.0))


def replicator(
    game: Game, values: Mapping[str, object] | None = None, scenario: str | None = None
) -> Replicator:
    """Return the replicator dynamics of `game` at the given parameter values.

    Parameters
    ----------
    game : Game
        Of any form, with any number of strategies.
    values : mapping of parameter to number, optional
        Overrides the scenario's and the file's values.
    scenario : str, optional
        One of ``game.scenarios``.

    Returns
    -------
    Replicator
        Takes states (..., shares) to their rates of the same shape, per unit of time in which payoffs are
        paid.

    Raises
    ------
    ComesLater
        If the game has only equations, and they are not replicator equations of rational payoffs.
    InputError
        V304 where a parameter has no value; V301 for a speed that is not positive; V306 for a group of an
        impossible size.
    NameProblem
        For an unknown parameter or scenario.

    References
    ----------
    Taylor & Jonker (1978), equation 1; Hofbauer & Sigmund (1998), sections 7.1 and 10.1.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> field = replicator(load({"payoff_matrix": [[-1, 4], [0, 2]], "title": "Hawk and dove"}))
    >>> field([[0.5], [2 / 3]]).round(12).tolist()
    [[0.125], [0.0]]
    >>> rock = {"title": "Rock, paper, scissors", "payoff_matrix": [[0, -1, 1], [1, 0, -1], [-1, 1, 0]]}
    >>> replicator(load(rock))([0.5, 0.25, 0.25]).tolist()
    [0.0, 0.0625, -0.0625]
    """
    made = ingredients(game, values, scenario)
    return Replicator(**made.driven, corners=_corners(game, made.known))


def _corners(game: Game, known: Mapping[str, Fraction]) -> tuple[Array, ...] | None:
    if not game.space.binary or len(game.populations) > 3:
        return None
    from separatrix.analysis.payoff_functions import field_of
    from separatrix.errors import ComesLater

    try:
        exact = field_of(game, known).corners
    except ComesLater:  # payoffs that are not rational in the shares have no such corners
        return None
    if exact is None:
        return None
    tables = []
    for by_corner in exact:
        table = np.empty((2,) * len(next(iter(by_corner))))
        for corner, value in by_corner.items():
            table[corner] = float(value)
        tables.append(table)
    return tuple(tables)


DYNAMIC = Dynamic(Replicator, replicator, say("replicator dynamics"), "replicator")


@dataclass(frozen=True)
class PayoffAdjusted(PayoffField):
    """The field x_a' = c x_a (U_a - average) / (background + average).

    One population runs along the same lines as under the replicator, at another pace.  Several populations
    do not: each has a pace of its own, so that a rest point may be asymptotically stable here and a centre
    there.

    Attributes
    ----------
    background : float
        The payoff that every player earns in addition to the game.
    """

    kind: ClassVar[str] = "payoff-adjusted"
    keeps_faces: ClassVar[bool] = True

    background: float = 0.0

    def rates(self, weights: Sequence[Array]) -> list[Array]:
        """Return the rates of change of all strategies, an array (..., k) a population; each adds up to 0."""
        return [part * growth for part, growth in zip(weights, self.log_rates(weights), strict=True)]

    def log_rates(self, weights: Sequence[Array]) -> list[Array]:
        """Return d ln x_a / dt for all strategies, an array (..., k) a population.

        Raises
        ------
        InputError
            V322 at a state in which the average payoff of a population is not positive.
        """
        result = []
        for i, (part, earned) in enumerate(zip(weights, self.payoffs(weights), strict=True)):
            average = (part * earned).sum(axis=-1, keepdims=True)
            total = self.background + average
            if (total <= 0).any():
                self._refuse(i, weights, total)
            result.append(self.speeds[i] * (earned - average) / total)
        return result

    motions = log_rates

    def _refuse(self, i: int, weights: Sequence[Array], total: Array) -> None:
        low = np.unravel_index(int(np.nanargmin(total)), total.shape)[:-1]
        state = self.state([part[low] for part in weights])
        here = ", ".join(f"{share} = {x:.4g}" for share, x in zip(self.shares, state, strict=True))
        name = " and ".join(self.shares[self.slices[i]])
        raise InputError(
            "V322",
            f"the average payoff of the population of {name} is {float(total[(*low, 0)]):.4g} at {here}; the "
            "payoff-adjusted replicator divides by it, so it must be positive",
            hint="give a `background` payoff that makes every average positive, or use the replicator, which "
            "does not depend on the level of payoffs",
        )


def payoff_adjusted(
    game: Game,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    *,
    background: object = 0,
) -> PayoffAdjusted:
    """Return the payoff-adjusted replicator dynamics of `game` at the given parameter values.

    Parameters
    ----------
    game, values, scenario
        As in `separatrix.dynamics.fields.replicator.replicator`, which lists the errors.
    background : number
        The payoff that every player earns in addition to the game, in payoff units.

    Raises
    ------
    InputError
        V322 where the average payoff of a population, background included, is not positive at a pure
        profile or in the middle; also those of `replicator`.  The field itself raises V322 at any
        other such state.

    References
    ----------
    Maynard Smith (1982); Weibull (1995), section 4.1 and chapter 5.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> game = load({"payoff_matrix": [[-1, 4], [0, 2]], "title": "Hawk and dove"})
    >>> payoff_adjusted(game, background=2)([[0.5], [2 / 3]]).round(6).tolist()
    [[0.038462], [0.0]]
    """
    driven = ingredients(game, values, scenario).driven
    flow = PayoffAdjusted(**driven, background=float(exact(background, "background")))
    flow.log_rates(flow.weights(flow.probes))
    return flow


PAYOFF_ADJUSTED_DYNAMIC = Dynamic(
    PayoffAdjusted,
    payoff_adjusted,
    say("payoff-adjusted replicator dynamics"),
    "replicator",
    ("maynard-smith", "adjusted", "adjusted-replicator"),
)

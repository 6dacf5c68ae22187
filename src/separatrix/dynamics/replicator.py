"""The replicator dynamics as a vector field on arrays of states.

Taylor, P. D. and Jonker, L. B. (1978), Evolutionary stable strategies and game dynamics, Mathematical
Biosciences 40, 145-156, equation 1; for several populations Hofbauer, J. and Sigmund, K. (1998),
Evolutionary Games and Population Dynamics, section 10.1.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from separatrix.dynamics.payoffs import PayoffFunction, payoff_function
from separatrix.game.model import Game

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

__all__ = ["Replicator", "replicator"]

MOST_PROFILES = 2_000
"""Pure profiles up to which all are looked at for the scale of payoffs."""


@dataclass(frozen=True)
class Replicator:
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

    shares: tuple[str, ...]
    sizes: tuple[int, ...]
    speeds: tuple[float, ...]
    payoffs: PayoffFunction
    corners: tuple[Array, ...] | None = None

    @cached_property
    def slices(self) -> tuple[slice, ...]:
        """Where the coordinates of each population stand in a state."""
        widths = [1 if size == 2 else size for size in self.sizes]
        ends = list(itertools.accumulate(widths))
        return tuple(slice(end - width, end) for end, width in zip(ends, widths, strict=True))

    def weights(self, states: ArrayLike) -> list[Array]:
        """Return the shares of all strategies at `states`, an array (..., n): (..., k) a population."""
        import numpy as np

        x = np.asarray(states, dtype=float)
        parts = [x[..., place] for place in self.slices]
        return [
            np.concatenate([part, 1 - part], axis=-1) if size == 2 else part
            for part, size in zip(parts, self.sizes, strict=True)
        ]

    def advantages(self, states: ArrayLike) -> Array:
        """Return at `states`, an array (..., n), what the strategies gain, in payoff units.

        The payoff of the first of two strategies over the second; for more strategies the payoff of each
        over the average of its population.  The shape is that of `states`.
        """
        import numpy as np

        own = self.weights(states)
        result = np.empty(np.shape(states))
        for place, part, earned in zip(self.slices, own, self.payoffs(own), strict=True):
            if part.shape[-1] == 2:
                result[..., place] = earned[..., :1] - earned[..., 1:]
            else:
                result[..., place] = earned - (part * earned).sum(axis=-1, keepdims=True)
        return result

    def __call__(self, states: ArrayLike) -> Array:
        """Return the rates of change at `states`, an array (..., n), as an array of the same shape."""
        import numpy as np

        x = np.asarray(states, dtype=float)
        result = self.advantages(x)
        for place, size, speed in zip(self.slices, self.sizes, self.speeds, strict=True):
            part = x[..., place]
            result[..., place] *= speed * (part * (1 - part) if size == 2 else part)
        return result

    @cached_property
    def scale(self) -> float:
        """The fastest growth rate of a strategy at the pure profiles and in the middle, per unit of time."""
        import numpy as np

        states = [self.state([np.full(size, 1 / size) for size in self.sizes])]
        profiles = itertools.product(*(range(size) for size in self.sizes))
        for profile in itertools.islice(profiles, MOST_PROFILES):
            states.append(self.state([np.eye(size)[a] for size, a in zip(self.sizes, profile, strict=True)]))
        with np.errstate(all="ignore"):
            rates = np.abs(self.advantages(np.array(states)))
        for place, speed in zip(self.slices, self.speeds, strict=True):
            rates[..., place] *= speed
        finite = rates[np.isfinite(rates)]
        return float(finite.max(initial=0.0))

    def state(self, weights: Sequence[Array]) -> Array:
        """Return the state (n,) in which the strategies have these shares: the inverse of `weights`."""
        import numpy as np

        parts = [w[:1] if size == 2 else w for w, size in zip(weights, self.sizes, strict=True)]
        return np.concatenate(parts)


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

    Raises
    ------
    ComesLater
        Where only equations were given that are no replicator equations of rational payoffs.
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
    from separatrix.errors import InputError
    from separatrix.game.values import evaluate_in, missing, resolve, with_lets

    resolved = resolve(game, values, scenario)
    lacking = missing(resolved)
    if lacking:
        raise InputError(
            "V304",
            f"no value for {', '.join(f'`{n}`' for n in lacking)}",
            hint="give every parameter a value, or choose a scenario that does",
        )
    known = with_lets(game, {n: v for n, v in resolved.items() if v is not None})
    speeds = []
    for population, expression in zip(game.populations, game.speeds, strict=True):
        speed = evaluate_in(game, f"the speed of {population.name}", expression, known)
        if speed <= 0:
            raise InputError("V301", f"the speed of {population.name} is {speed}; speeds are positive")
        speeds.append(float(speed))
    return Replicator(
        game.shares,
        tuple(len(p.strategies) for p in game.populations),
        tuple(speeds),
        payoff_function(game, known),
        _corners(game, known),
    )


def _corners(game: Game, known: Mapping[str, Fraction]) -> tuple[Array, ...] | None:
    if any(len(p.strategies) != 2 for p in game.populations) or len(game.populations) > 3:
        return None
    import numpy as np

    from separatrix.analysis.fields import field_of
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

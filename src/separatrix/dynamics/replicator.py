"""The replicator dynamics as a vector field on arrays of states.

Taylor, P. D. and Jonker, L. B. (1978), Evolutionary stable strategies and game dynamics, Mathematical
Biosciences 40, 145-156, equation 1; for several populations Hofbauer, J. and Sigmund, K. (1998),
Evolutionary Games and Population Dynamics, section 10.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from separatrix.game.model import Game

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

__all__ = ["Replicator", "replicator"]


@dataclass(frozen=True)
class Replicator:
    """The field dx_i/dt = x_i (1 - x_i) f_i, where f_i is the advantage of population i's first strategy.

    Attributes
    ----------
    shares : tuple of str
        The names of the n coordinates.
    corners : tuple of arrays
        ``corners[i]`` has one axis of length 2 for each share that f_i depends on, namely the others',
        or the own one of a population that plays itself: f_i where those shares are 0 or 1.  Payoffs
        are linear in each share, so these numbers say all.
    """

    shares: tuple[str, ...]
    corners: tuple[Array, ...]

    def advantages(self, states: ArrayLike) -> Array:
        """Return f at `states`, an array (..., n), as an array of the same shape (payoff units)."""
        import numpy as np

        x = np.asarray(states, dtype=float)
        n = len(self.shares)
        result = np.empty_like(x)
        for i, table in enumerate(self.corners):
            partners = [0] if n == 1 else [j for j in range(n) if j != i]
            result[..., i] = _interpolated(table, [x[..., j] for j in partners])
        return result

    def __call__(self, states: ArrayLike) -> Array:
        """Return the rates of change at `states`, an array (..., n), as an array of the same shape."""
        import numpy as np

        x = np.asarray(states, dtype=float)
        return np.asarray(x * (1 - x) * self.advantages(x))


def _interpolated(table: Array, shares: list[Array]) -> Array:
    """Return the function that is linear in each share and has the values of `table` at the corners."""
    if not shares:
        return table
    low, high = (_interpolated(side, shares[1:]) for side in table)
    return low + shares[0] * (high - low)


def replicator(
    game: Game, values: Mapping[str, object] | None = None, scenario: str | None = None
) -> Replicator:
    """Return the replicator dynamics of `game` at the given parameter values.

    Parameters
    ----------
    game : Game
        Populations of two strategies each, payoffs linear in each share.
    values : mapping of parameter to number, optional
        Overrides the scenario's and the file's values.
    scenario : str, optional
        One of ``game.scenarios``.

    Raises
    ------
    ComesLater
        For a form of game that is read and cannot be analysed.
    InputError
        V304 where a parameter has no value.
    NameProblem
        For an unknown parameter or scenario.

    References
    ----------
    Taylor & Jonker (1978), equation 1; Hofbauer & Sigmund (1998), section 10.1.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> field = replicator(load({"payoff_matrix": [[-1, 4], [0, 2]], "title": "Hawk and dove"}))
    >>> field([[0.5], [2 / 3]]).round(12).tolist()
    [[0.125], [0.0]]
    """
    import numpy as np

    from separatrix.analysis.corners import corner_values, require_analysable
    from separatrix.errors import InputError
    from separatrix.game.values import missing, resolve, with_lets

    require_analysable(game)
    resolved = resolve(game, values, scenario)
    lacking = missing(resolved)
    if lacking:
        raise InputError(
            "V304",
            f"no value for {', '.join(f'`{n}`' for n in lacking)}",
            hint="give every parameter a value, or choose a scenario that does",
        )
    known = with_lets(game, {n: v for n, v in resolved.items() if v is not None})
    tables = []
    for by_corner in corner_values(game, known):
        axes = len(next(iter(by_corner)))
        table = np.empty((2,) * axes)
        for corner, value in by_corner.items():
            table[corner] = float(value)
        tables.append(table)
    return Replicator(game.shares, tuple(tables))

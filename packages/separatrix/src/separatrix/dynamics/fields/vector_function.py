"""The dynamics of a game as a function of time and state, for any solver."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from separatrix.dynamics.fields.registry import field as field_of_kind
from separatrix.dynamics.fields.scheduled import ScheduledField, scheduled_field
from separatrix.game.model import Game

__all__ = ["VectorFunction", "vector_field"]


@dataclass(frozen=True, eq=False)
class VectorFunction:
    """Rates of change at a time and a state, as solvers call them: ``f(t, y)``.

    Attributes
    ----------
    shares : tuple of str
        The names of the coordinates of a state.
    field : VectorField or ScheduledField
        The dynamics behind it.
    """

    shares: tuple[str, ...]
    field: Any

    def __call__(self, t: float, y: ArrayLike) -> NDArray[np.float64]:
        """Return dy/dt for a state (n,), or for several as columns (n, k)."""
        states = np.moveaxis(np.asarray(y, dtype=float), 0, -1)
        if isinstance(self.field, ScheduledField):
            return np.moveaxis(self.field(t, states), -1, 0)
        return np.moveaxis(self.field(states), -1, 0)


def vector_field(
    game: Game,
    values: Mapping[str, object] | None = None,
    scenario: str | None = None,
    *,
    field: str = "replicator",
    **options: Any,
) -> VectorFunction:
    """Return the dynamics of a game as a function f(t, y), as `scipy.integrate.solve_ivp` and others take it.

    Parameters
    ----------
    game : Game
        Where it has a schedule, the function follows it.
    values, scenario
        Parameter values, as in `separatrix.analyze`.
    field : str
        The dynamics, as in `separatrix.trajectory`.
    **options
        Of the dynamics, such as ``eta`` for logit.

    Returns
    -------
    VectorFunction
        It can be pickled, and takes several states as columns too (``vectorized=True``).

    Raises
    ------
    InputError
        V304 where a parameter has no value; V320, V321 and V322 for dynamics or an option that cannot be.
    NameProblem
        V302, V303 for unknown parameters or scenarios.

    References
    ----------
    Taylor & Jonker (1978); of other dynamics Sandholm (2010), Population Games and Evolutionary Dynamics.

    Examples
    --------
    >>> import separatrix
    >>> from scipy.integrate import solve_ivp
    >>> f = separatrix.vector_field("shi-chen-2018")
    >>> f(0.0, [0.2, 0.3]).round(4).tolist()
    [-0.352, -0.588]
    >>> solve_ivp(f, (0, 10), [0.7, 0.7], rtol=1e-9, atol=1e-9).y[:, -1].round(6).tolist()
    [1.0, 1.0]
    """
    if game.schedule:
        flow: Any = scheduled_field(game, values, scenario, field, **options)
    else:
        flow = field_of_kind(game, values, scenario, kind=field, **options)
    return VectorFunction(game.shares, flow)

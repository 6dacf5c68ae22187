"""Independent draws of the uncertain parameters, and shares of them with their intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.parameter_uncertainty.uncertainty import Uncertainty, checked_seed, unit_cube
from separatrix.dynamics.statistics import of_draws
from separatrix.errors import InputError
from separatrix.run.block_store import seed_at
from separatrix.sentences import say

__all__ = ["SuccessShare", "independent_draws"]

Array = NDArray[np.float64]

SCARCE = 1_000
"""How many draws may be rejected for each that is kept."""

NARROW, WIDE = 0.95, 0.999
"""Of the intervals."""


@dataclass(frozen=True)
class SuccessShare:
    """The share of independent draws in which a programme works.

    Attributes
    ----------
    hits, draws : int
    undecided : int
        Draws in which no outcome was found: they count as failures.

    Examples
    --------
    >>> share = SuccessShare(980, 1000)
    >>> share.value, [round(end, 3) for end in share.interval]
    (0.98, [0.969, 0.988])
    """

    hits: int
    draws: int
    undecided: int = 0

    @property
    def value(self) -> float:
        """The share."""
        return self.hits / self.draws

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of Clopper and Pearson."""
        return self.interval_at(NARROW)

    def interval_at(self, confidence: float) -> tuple[float, float]:
        """Return the interval of Clopper and Pearson at a confidence, such as 0.999.

        Where draws are undecided its upper end counts them as successes.
        """
        low = of_draws(self.hits, self.draws, confidence)[0]
        return low, of_draws(self.hits + self.undecided, self.draws, confidence)[1]

    def to_dict(self) -> dict[str, Any]:
        """Return the share as plain data."""
        return {
            "share": self.value,
            "interval": list(self.interval),
            "interval_999": list(self.interval_at(WIDE)),
            "hits": self.hits,
            "draws": self.draws,
            "undecided": self.undecided,
        }


def independent_draws(
    uncertainty: Uncertainty, count: int, seed: int, block: int = 0, stream: str = "search"
) -> tuple[dict[str, Array], int]:
    """Return independent draws that the assumptions of the game allow, and how many were rejected.

    Parameters
    ----------
    uncertainty : Uncertainty
    count : int
    seed : int
        Of the whole run, 0 or more.
    block : int
        Blocks of draws are independent of each other.
    stream : str
        Draws for another purpose are independent of these.

    Returns
    -------
    draws : mapping of parameter to array (count,)
    rejected : int

    Raises
    ------
    InputError
        D652 where the assumptions forbid nearly all draws; D654 for an impossible seed or number.

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> from separatrix.dynamics.parameter_uncertainty.uncertainty import uncertainty_of
    >>> found = uncertainty_of(load("shi-chen-2018"), over={"C1": "uniform(3, 5)"})
    >>> draws, rejected = independent_draws(found, 100, 0)
    >>> draws["C1"].shape, rejected
    ((100,), 0)
    """
    checked_seed(seed)
    if not uncertainty.names:
        return {}, 0
    kept: list[dict[str, Array]] = []
    have = asked = 0
    while have < count:
        if asked > SCARCE * max(have, 1):
            raise InputError(
                "D652",
                say("the assumptions of the game forbid nearly all draws of its parameters"),
                hint=say("correct the assumptions or the distributions"),
            )
        size = max(count - have, 16)
        cube = unit_cube(len(uncertainty.names), size, seed_at(seed, block, f"{stream} {asked}"), "random")
        draws = uncertainty.draws(cube)
        allowed = np.flatnonzero(uncertainty.allowed(draws))[: count - have]
        kept.append({name: values[allowed] for name, values in draws.items()})
        have += len(allowed)
        asked += size if have < count else int(allowed[-1]) + 1
    return {name: np.concatenate([part[name] for part in kept]) for name in uncertainty.names}, asked - have

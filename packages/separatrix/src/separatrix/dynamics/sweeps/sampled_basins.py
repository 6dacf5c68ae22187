"""Basins at many points of a sweep at once, by machine code: the trajectories of all points together.

The values at each point are those of `separatrix.basins` where it follows starts: shares of the same
starts, with the same intervals. Points at which some start reaches no strict equilibrium are analysed
separately (`separatrix.dynamics.basins.strict_basins`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.attractors.outcome import CYCLE
from separatrix.dynamics.basins.sobol_starts import starts
from separatrix.dynamics.basins.strict_basins import strict_basins
from separatrix.dynamics.confidence_intervals import of_replicates
from separatrix.dynamics.fields.payoff_kernels import Formulas, moving_formulas
from separatrix.dynamics.parameter_uncertainty.drawn_field import DrawnField
from separatrix.dynamics.state_labels import profile_label
from separatrix.game.model import Game

__all__ = ["COMPILED_FROM", "SampledBasins", "sampled_basins"]

Array = NDArray[np.float64]

COMPILED_FROM = 400_000
"""Trajectories of a whole sweep from which on machine code follows them. Fewer: loading it takes longer."""

CANCELLED = 1e5
"""How many times as large as what moves a game its payoffs may be: beyond, rounding of these may decide the
signs of gains, and each point is analysed by itself."""


@dataclass(frozen=True)
class SampledBasins:
    """The basins of a game while parameters vary.

    Attributes
    ----------
    game : Game
    formulas : what every strategy earns, and the speeds
    samples, seed : int
        Of the starts, which are the same at every point.
    """

    game: Game
    formulas: Formulas
    samples: int
    seed: int

    def __call__(self, at: Mapping[str, Array]) -> list[tuple[dict[str, float], float] | None]:
        """Return the shares by the name of the outcome, and a bound of their error; None where unknown.

        Parameters
        ----------
        at : mapping of varying parameter to array (points,)
        """
        count = len(next(iter(at.values())))
        nothing: list[tuple[dict[str, float], float] | None] = [None] * count
        field = DrawnField(self.game, at, self.formulas)
        rates = field.polynomials
        if rates is None:
            return nothing
        sizes = self.game.space.sizes
        corners = [[np.eye(n)[k] for n, k in zip(sizes, own, strict=True)] for own in self.game.profiles()]
        with np.errstate(all="ignore"):
            speeds = np.array([np.zeros(count) + np.asarray(speed(at)) for speed in self.formulas[1]])
            largest = np.max([np.abs(one).max(axis=1) for c in corners for one in field.growth_at(c)], axis=0)
            plain = (speeds > 0).all(axis=0) & (largest <= CANCELLED * field.rates)
        drawn = starts(sizes, self.samples, self.seed)
        found = strict_basins(rates, np.where(plain, field.rates, 0.0), drawn)
        if found is None:
            return nothing
        names = [*(profile_label(self.game, profile) for profile in found.profiles), CYCLE]
        for k in np.flatnonzero(found.settled).tolist():
            own = found.shares[k]
            reached = np.flatnonzero(own.any(axis=0)).tolist()
            widest = 0.0
            for column in reached:
                low, high = of_replicates(own[:, column], drawn.shape[1])
                widest = max(widest, (high - low) / 2)
            nothing[k] = {names[column]: float(own[:, column].mean()) for column in reached}, widest
        return nothing


def sampled_basins(
    game: Game, fixed: Mapping[str, Fraction], varying: Sequence[str], points: int, samples: int, seed: int
) -> SampledBasins | None:
    """Return what finds basins at many points at once, or None where each is quicker by itself.

    Examples
    --------
    >>> import numpy as np
    >>> from separatrix.game.reader import load
    >>> pay = [["v", 0, 0], [0, 1, 0], [0, 0, 1]]
    >>> game = load({"parameters": {"v": 2}, "payoff_matrix": pay, "title": "Coordination"})
    >>> found = sampled_basins(game, {}, ["v"], 1000, 4096, seed=0)({"v": np.array([1.0])})
    >>> [(label, round(share, 2)) for label, share in found[0][0].items()]
    [('x=1', 0.33), ('x=2', 0.33), ('x=3', 0.33)]
    """
    if points * samples < COMPILED_FROM or game.moving_lets:
        return None
    formulas = moving_formulas(game, fixed, varying)
    return None if formulas is None else SampledBasins(game, formulas, samples, seed)

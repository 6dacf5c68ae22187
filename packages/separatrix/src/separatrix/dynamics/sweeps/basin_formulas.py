"""Basins in closed form on whole arrays of parameter values: two populations of two strategies, or one.

Without own play two populations have the areas of `separatrix.dynamics.basin_areas`; in one
population of two strategies the mixed rest point divides the line.  Points at which rounding may have given
the sign of a gain, or where one vanishes, are left to the analysis of each.

Hofbauer, J. and Sigmund, K. (1998), Evolutionary Games and Population Dynamics, sections 7.1 and 11.2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.attractors.outcome import CYCLE
from separatrix.dynamics.attractors.tolerances import NEARLY_DEGENERATE
from separatrix.dynamics.basin_areas import areas_of_many
from separatrix.dynamics.state_labels import profile_label, support_label
from separatrix.dynamics.sweeps.rounding_bounds import Function
from separatrix.dynamics.sweeps.strict_profiles import StrictProfiles, difference_of, strict_profiles
from separatrix.dynamics.tolerances import ON_IT
from separatrix.dynamics.two_by_two_tolerances import EXACT_GAIN
from separatrix.expression.tree import Call, names_in, subtract, walk
from separatrix.game.model import Game, ProfileTable, SelfMatrix

__all__ = ["BasinFormulas", "basin_formulas"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class BasinFormulas:
    """The gains on which the basins of a game rest.

    Attributes
    ----------
    game : Game
    strict : StrictProfiles
        Decides at which points the game has no values.
    gains : sequence of functions
        The additional payoff of the first strategy: for two populations, each at both ends of the other's
        share, first where that is 0; for one population where its share is 0 and 1.
    speeds : sequence of functions
        The speed that belongs to each gain.
    """

    game: Game
    strict: StrictProfiles
    gains: Sequence[Function]
    speeds: Sequence[Function]

    def __call__(self, at: Mapping[str, Array]) -> list[tuple[dict[str, float], float] | None]:
        """Return the shares by the name of the outcome, and a bound of their error; None where unknown.

        Parameters
        ----------
        at : mapping of varying parameter to array (points,)
            Values, each rounded once.
        """
        count = len(next(iter(at.values())))
        known = ~self.strict.doubtful(at, count)
        values, doubt = np.empty((len(self.gains), count)), np.zeros(count)
        with np.errstate(all="ignore"):
            for row, gain, speed in zip(values, self.gains, self.speeds, strict=True):
                (value, error), (factor, blur) = gain(at), speed(at)
                relative = error / np.abs(value) + blur / np.abs(factor)
                known &= np.broadcast_to(relative <= EXACT_GAIN, count)
                doubt += relative
                row[:] = factor * value
            size = np.abs(values)
            known &= size.min(axis=0) > NEARLY_DEGENERATE * size.max(axis=0)
        rows = np.flatnonzero(known)
        found = self._square(values[:, rows]) if len(self.gains) == 4 else self._line(values[:, rows])
        result: list[tuple[dict[str, float], float] | None] = [None] * count
        for k, (shares, own) in zip(rows.tolist(), found, strict=True):
            # A share moves by no more than a rate does, relative to it; the only outcome has all of them.
            result[k] = shares, own + (float(doubt[k]) if len(shares) > 1 else 0.0)
        return result

    def _square(self, rates: Array) -> list[tuple[dict[str, float], float]]:
        corners = {(1.0 - i, 1.0 - j): profile_label(self.game, (i, j)) for i in (0, 1) for j in (0, 1)}
        return [
            ({CYCLE if place is None else corners[place]: share for place, share in shares}, error)
            for shares, error in areas_of_many(rates.T)
        ]

    def _line(self, rates: Array) -> list[tuple[dict[str, float], float]]:
        ends = [profile_label(self.game, (k,)) for k in (1, 0)]
        mixed = support_label(self.game, [(0, 1)])
        result = []
        for low, high in rates.T.tolist():
            if low < 0 < high:
                middle = low / (low - high)
                result.append(({ends[0]: middle, ends[1]: 1 - middle}, 3 * ON_IT))
            elif high < 0 < low:
                result.append(({mixed: 1.0}, 3 * ON_IT))
            else:
                result.append(({ends[low > 0]: 1.0}, 2 * ON_IT))
        return result


def basin_formulas(game: Game, fixed: Mapping[str, Fraction], varying: Sequence[str]) -> BasinFormulas | None:
    """Return the closed form of the basins of a game while parameters vary, or None where it has none.

    Examples
    --------
    >>> import numpy as np
    >>> from separatrix.game.reader import load
    >>> game = load({"parameters": {"v": 2}, "payoff_matrix": [["v", 0], [0, 1]], "title": "Coordination"})
    >>> [shares for shares, _ in basin_formulas(game, {}, ["v"])({"v": np.array([3.0, -1.0])})]
    [{'x=0': 0.25, 'x=1': 0.75}, {'x=0': 1.0}]
    """
    if game.space.sizes == (2, 2) and isinstance(game.form, ProfileTable):
        strict = strict_profiles(game, fixed, varying)
        if strict is None:
            return None
        keys = [(i, 0, 1, (other,)) for i in (0, 1) for other in (1, 0)]
        pairs, owners = [strict.pairs[key] for key in keys], [0, 0, 1, 1]
    elif game.space.sizes == (2,) and isinstance(game.form, SelfMatrix):
        (first, second) = game.form.rows
        strict = StrictProfiles(game, fixed, (), {})
        pairs, owners = [(first[k], second[k]) for k in (1, 0)], [0, 0]
        strict = StrictProfiles(game, fixed, (), {(0, 0, 1, (k,)): pair for k, pair in enumerate(pairs)})
    else:
        return None
    written = [strict.plain(subtract(*pair)) for pair in pairs]
    every = [*written, *(strict.plain(speed) for speed in game.speeds)]
    if not all(set(varying).issuperset(names_in(e)) for e in every):
        return None
    if any(isinstance(n, Call) and n.function not in ("min", "max") for e in every for n in walk(e)):
        return None
    functions = [difference_of(e) for e in written]
    if any(function is None for function in functions):
        return None
    return BasinFormulas(
        game, strict, [f for f in functions if f is not None], [strict.speeds[i] for i in owners]
    )

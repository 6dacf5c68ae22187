"""Many games of two populations with two strategies at once: where starts end, and which share of them.

Where a curve divides the square, the area above it is found for thousands of games at once
(`separatrix.dynamics.two_by_two.area_quadrature`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.two_by_two.area_quadrature import areas_above
from separatrix.dynamics.two_by_two.exact_basins import CYCLE, PLACES, areas
from separatrix.dynamics.two_by_two.normal_form import Place, Planar, Rates
from separatrix.dynamics.two_by_two.separatrix_curve import divide_of
from separatrix.dynamics.two_by_two.tolerances import SURE_AREA

if TYPE_CHECKING:
    from separatrix.dynamics.parameter_uncertainty.drawn_field import DrawnField

__all__ = ["areas_of_many", "corner_areas", "planars"]

Array = NDArray[np.float64]


def planars(drawn: DrawnField) -> list[Planar]:
    """Return the planar game of each draw; the game must be one for all values of its parameters."""

    def gains(i: int, state: Sequence[float]) -> Array:
        rates = drawn.growth_at([[x, 1 - x] for x in state])[i]
        with np.errstate(invalid="ignore"):  # a draw in which payoffs have no value has no rates
            return np.asarray(rates[:, 0] - rates[:, 1])

    f = np.stack([gains(0, (0.5, y)) for y in (0.0, 1.0)], axis=-1)
    g = np.stack([gains(1, (x, 0.5)) for x in (0.0, 1.0)], axis=-1)
    return [Planar((float(a), float(b)), (float(c), float(d))) for (a, b), (c, d) in zip(f, g, strict=True)]


def corner_areas(games: Sequence[Planar], corner: tuple[float, float] | None) -> Array:
    """Return for each game which part of the square ends in a corner, or circles where that is None.

    Examples
    --------
    >>> games = [Planar((-1.0, 2.0), (-1.0, 1.0)), Planar((1.0, 2.0), (1.0, 1.0))]
    >>> corner_areas(games, (1.0, 1.0)).round(6).tolist()
    [0.633333, 1.0]
    """
    result = np.zeros(len(games))
    rates = np.array([[*game.f, *game.g] for game in games]).reshape(-1, 4)
    plain = (rates != 0).all(axis=1)
    for k in np.flatnonzero(~plain).tolist():
        code = CYCLE if corner is None else PLACES.index(corner)
        result[k] = areas(games[k])[0].get(code, 0.0)
    rows = np.flatnonzero(plain).tolist()
    for k, (shares, _) in zip(rows, areas_of_many(rates[plain]), strict=True):
        result[k] = sum(share for place, share in shares if place == corner)
    return result


def areas_of_many(rates: Array) -> list[tuple[list[tuple[tuple[float, float] | None, float]], float]]:
    """Return for games without a rate of zero where starts end, and which share of them, with its error.

    Parameters
    ----------
    rates : array (games, 4)
        The rates `f` and `g` of each `Planar`; none is zero.

    Returns
    -------
    list
        For each game pairs of a corner and its share, or of None for closed orbits; and the bound.

    Examples
    --------
    >>> areas_of_many(np.array([[1.0, 2.0, 1.0, 1.0], [-1.0, 1.0, 1.0, -1.0]]))
    [([((1.0, 1.0), 1.0)], 0.0), ([(None, 1.0)], 0.0)]
    """
    count = len(rates)
    found: list[tuple[list[tuple[tuple[float, float] | None, float]], float]] = [([], 0.0)] * count
    signs = np.sign(rates)
    # What kind a game is, and which image of it is of that kind, depends on the signs of its rates alone.
    for pattern in np.unique(signs, axis=0):
        rows = np.flatnonzero((signs == pattern).all(axis=1))
        image = Planar((pattern[0], pattern[1]), (pattern[2], pattern[3])).image
        if image.kind == "divided":
            f, g = image.rates(rates[rows, :2].T, rates[rows, 2:].T)
            areas_up, bounds = areas_above(np.stack([-g[0], g[1], -f[0], f[1]], axis=-1))
            top, bottom = _corner(image.place(1.0, 1.0)), _corner(image.place(0.0, 0.0))
            for k, own, bound in zip(rows.tolist(), areas_up.tolist(), bounds.tolist(), strict=True):
                if bound > SURE_AREA:
                    divide = divide_of(Planar(*_pairs(rates[k])))
                    assert divide is not None
                    own, bound = divide.area_by_height()
                found[k] = [(bottom, 1 - own), (top, own)], bound
        else:
            shares, error = areas(Planar((pattern[0], pattern[1]), (pattern[2], pattern[3])))
            own_shares = [(None if code == CYCLE else _corner(PLACES[code]), v) for code, v in shares.items()]
            for k in rows.tolist():
                found[k] = own_shares, error
    return found


def _corner(place: Place) -> tuple[float, float]:
    x, y = place
    assert x is not None and y is not None
    return x, y


def _pairs(rates: Array) -> tuple[Rates, Rates]:
    a, b, c, d = rates.tolist()
    return (a, b), (c, d)

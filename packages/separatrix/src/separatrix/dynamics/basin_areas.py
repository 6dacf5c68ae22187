"""Many games of two populations with two strategies at once: where starts end, and which share of them.

Where a curve divides the square, the area above it is found for thousands of games at once
(`separatrix.dynamics.area_quadrature`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.area_quadrature import areas_above
from separatrix.dynamics.exact_basins import (
    CYCLE,
    PLACES,
    SEPARATRIX,
    Codes,
    areas,
    outcomes_at,
)
from separatrix.dynamics.normal_form import Image, Place, Planar, Rates
from separatrix.dynamics.separatrix_curve import divide_of
from separatrix.dynamics.tolerances import EPSILON
from separatrix.dynamics.two_by_two_tolerances import NOT_PLANAR, SURE_AREA

if TYPE_CHECKING:
    from separatrix.dynamics.parameter_uncertainty.drawn_field import DrawnField

__all__ = ["areas_of_many", "corner_areas", "outcomes_of_many", "rates_of_many"]

Array = NDArray[np.float64]


PROBES = ((0.137, 0.291), (0.613, 0.874), (0.929, 0.482))
"""Shares at which it is seen whether gains are those of a planar game. Fewer: one that is not passes."""


def rates_of_many(drawn: DrawnField) -> Array:
    """Return the rates `f` and `g` of the planar game of each draw, an array (draws, 4).

    Not a number in a draw whose gains are not linear in the share of the other population alone: parameters
    may be such that payoffs depend on the shares in some draws only.
    """

    def gains(i: int, state: Sequence[float]) -> Array:
        rates = drawn.growth_at([[x, 1 - x] for x in state])[i]
        with np.errstate(invalid="ignore"):  # a draw in which payoffs have no value has no rates
            return np.asarray(rates[:, 0] - rates[:, 1])

    first = [gains(0, (0.5, y)) for y in (0.0, 1.0)]
    rates = np.stack([*first, *(gains(1, (x, 0.5)) for x in (0.0, 1.0))], axis=-1)
    size, planar = np.abs(rates).max(axis=1), np.ones(len(rates), dtype=bool)
    with np.errstate(invalid="ignore"):
        for own, other in PROBES:
            for i, state in enumerate(((own, other), (other, own))):
                told = (1 - other) * rates[:, 2 * i] + other * rates[:, 2 * i + 1]
                planar &= ~(np.abs(gains(i, state) - told) > NOT_PLANAR * size)
    return np.where(planar[:, None], rates, np.nan)


def outcomes_of_many(rates: Array, odds: Array) -> Codes:
    """Return where trajectories end, each from a start of its own in a game of its own.

    Parameters
    ----------
    rates : array (games, 4)
        The rates `f` and `g` of each `Planar`; none is zero.
    odds : array (2, games)
        The starts, inside the square, as log-odds.

    Returns
    -------
    array of int8
        Codes, as `separatrix.dynamics.exact_basins.outcomes` returns them.

    Examples
    --------
    >>> games = np.array([[-1.0, 1.0, -1.0, 1.0], [-1.0, 2.0, -1.0, 1.0]])
    >>> odds = np.log(np.array([[0.45, 0.45], [0.5, 0.5]])) - np.log1p(-np.array([[0.45, 0.45], [0.5, 0.5]]))
    >>> [PLACES[code] for code in outcomes_of_many(games, odds)]
    [(0.0, 0.0), (1.0, 1.0)]
    """
    result = np.full(len(rates), SEPARATRIX, dtype=np.int8)
    kinds = (rates > 0) @ np.array([1, 2, 4, 8])
    for kind in np.unique(kinds):
        rows = np.flatnonzero(kinds == kind)
        pattern = np.sign(rates[rows[0]])
        own = Planar((pattern[0], pattern[1]), (pattern[2], pattern[3]))
        if own.image.kind == "divided":
            result[rows] = _divided(own.image, rates[rows], odds[:, rows])
        elif own.image.kind == "one end":  # where that is follows from the signs alone
            result[rows] = outcomes_at(own, np.zeros((2, 1)))[0]
        else:
            for k in rows.tolist():
                result[k] = outcomes_at(Planar(*_pairs(rates[k])), odds[:, k : k + 1])[0]
    return result


def _divided(image: Image, rates: Array, odds: Array) -> Codes:
    """Return the codes where a falling curve divides the square; decide starts within rounding one by one."""
    f, g = image.rates(rates[:, :2].T, rates[:, 2:].T)
    x, y = odds[::-1] if image.swapped else odds
    x, y = (-x if image.over_x else x), (-y if image.over_y else y)
    rise_x, error_x, side_x = _rises(-g[0], g[1], x)
    rise_y, error_y, side_y = _rises(-f[0], f[1], y)
    # The population that is farther from its bottom keeps its direction; the other one turns.
    leading = np.where(side_x * side_y > 0, side_x, np.where(rise_y > rise_x, side_y, side_x))
    above, below = (PLACES.index(image.place(end, end)) for end in (1.0, 0.0))
    result = np.where(leading > 0, above, below).astype(np.int8)
    for k in np.flatnonzero(~(np.abs(rise_y - rise_x) > error_x + error_y)).tolist():
        result[k] = outcomes_at(Planar(*_pairs(rates[k])), odds[:, k : k + 1])[0]
    return result


def _rises(down: Array, up: Array, odds: Array) -> tuple[Array, Array, Array]:
    """Return `Rise.rough` of rises of their own at log-odds, with its error, and the side of the bottom."""
    share, other = -np.logaddexp(0.0, -odds), -np.logaddexp(0.0, odds)
    low, rest = np.log(down) - np.log(down + up), np.log(up) - np.log(down + up)
    height = down * (low - share) + up * (rest - other)
    size = down * (np.abs(low) + np.abs(share)) + up * (np.abs(rest) + np.abs(other))
    return height, 8 * EPSILON * (size + down + up), np.sign(odds - (np.log(down) - np.log(up)))


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

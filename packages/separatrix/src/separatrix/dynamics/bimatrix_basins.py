"""The outcome of every start in a game of two populations with two strategies each, exactly.

Each trajectory keeps H = F(y) - G(x). Where one population always gains by the same strategy, it runs one
way. So its end follows from its start alone, without integration (Hofbauer & Sigmund 1998, sections 10.3
and 11.2). Near the separatrix H is compared with a bound of its rounding error: a start within this bound
is reported as lying on the separatrix.

Many games of two populations with two strategies at once: where starts end, and which share of them.

Where a curve divides the square, the area above it is found for thousands of games at once
(`separatrix.dynamics.area_quadrature`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from separatrix.dynamics.area_quadrature import areas_above
from separatrix.dynamics.bimatrix_separatrix import Divide, Image, Pair, Place, Planar, Rates, Rise, divide_of
from separatrix.dynamics.tolerances import EPSILON, LARGEST_LOG_ODDS
from separatrix.dynamics.two_by_two_tolerances import NOT_PLANAR, SURE_AREA
from separatrix.errors import InputError

if TYPE_CHECKING:
    from separatrix.dynamics.parameter_uncertainty.drawn_field import DrawnField

__all__ = [
    "CYCLE",
    "Codes",
    "PLACES",
    "SEPARATRIX",
    "STILL",
    "areas",
    "areas_of_many",
    "corner_areas",
    "limits",
    "outcomes",
    "outcomes_at",
    "outcomes_of_many",
    "rates_of_many",
]

Array = NDArray[np.float64]
Codes = NDArray[np.int8]

PLACES: tuple[Place, ...] = (
    (0.0, 0.0),
    (0.0, 1.0),
    (1.0, 0.0),
    (1.0, 1.0),
    (0.0, None),
    (1.0, None),
    (None, 0.0),
    (None, 1.0),
)
"""Where trajectories end, by code: the corners, then the sides where these are at rest."""

STILL, CYCLE, SEPARATRIX = 8, 9, 10
"""The codes of starts at rest, on closed orbits, and on the separatrix to within rounding."""

CHUNK = 1 << 15
"""Starts that are decided at once, so that they stay in the processor's cache. Only the time that it takes
depends on it."""


def outcomes(planar: Planar, x: ArrayLike, y: ArrayLike) -> Codes:
    """Return where the trajectories from all starts end.

    Parameters
    ----------
    planar : Planar
    x, y : arrays of one shape, or of shapes that broadcast
        Shares from 0 to 1.

    Returns
    -------
    array of int8
        Codes: an index of `PLACES`, or `STILL` for a start at rest inside the square, `CYCLE` for one on a
        closed orbit, `SEPARATRIX` for one that lies on the separatrix to within rounding.

    Raises
    ------
    InputError
        D601 for a start outside the square.

    Examples
    --------
    >>> stag_hunt = Planar((-1.0, 1.0), (-1.0, 1.0))
    >>> outcomes(stag_hunt, [0.4, 0.7, 0.3, 0.0], [0.5, 0.6, 0.7, 0.9]).tolist()
    [0, 3, 10, 0]
    """
    first, second = np.broadcast_arrays(np.asarray(x, dtype=float), np.asarray(y, dtype=float))
    result = np.empty(first.shape, dtype=np.int8)
    flat, one, two = result.reshape(-1), first.reshape(-1), second.reshape(-1)
    decide = _Decision(planar)
    for begin in range(0, len(flat), CHUNK):
        part = slice(begin, begin + CHUNK)
        flat[part] = decide(one[part], two[part])
    return result


def outcomes_at(planar: Planar, odds: Array) -> Codes:
    """Return the codes of interior starts from their log-odds (2, orbits), which separate 1 - 1e-300 from
    1."""
    x, y = (
        (1 / (1 + np.exp(-u)), 1 / (1 + np.exp(u)))
        for u in np.clip(odds, -LARGEST_LOG_ODDS, LARGEST_LOG_ODDS)
    )
    return _Decision(planar).inside(x, y)


class _Decision:
    """Values that are computed once for a game, and used for every start."""

    def __init__(self, planar: Planar) -> None:
        self.planar = planar
        self.image = planar.image
        self.divide = divide_of(planar)
        f, g = self.image.f, self.image.g
        ends = {
            "above": (1.0, 1.0 if g[1] > 0 else None),
            "below": (0.0 if f[0] < 0 else None, 0.0),
            "one end": _one_end(f, g),
        }
        if self.divide is not None and g[1] == 0:
            ends["above"] = (1.0, None)
        self.codes = {name: PLACES.index(self.image.place(*end)) for name, end in ends.items()}

    def __call__(self, x: Array, y: Array) -> Codes:
        if not ((x >= 0) & (x <= 1) & (y >= 0) & (y <= 1)).all():
            raise InputError(
                "D601", "the starts hold shares outside 0 to 1", hint="give fractions, as in 0.3 for 30 %"
            )
        border = (x == 0) | (x == 1) | (y == 0) | (y == 1)
        if not border.any():
            return self.inside((x, 1 - x), (y, 1 - y))
        result = np.empty(len(x), dtype=np.int8)
        result[border] = _on_border(self.planar, x[border], y[border])
        within = ~border
        result[within] = self.inside((x[within], 1 - x[within]), (y[within], 1 - y[within]))
        return result

    def inside(self, x: Pair, y: Pair) -> Codes:
        """Return the codes of starts strictly inside the square, from the shares of both strategies."""
        first, second = self.image.to_image(x, y)
        if self.divide is not None:
            return self.divided(self.divide, first, second)
        if self.image.kind == "centre":
            f, g = self.image.f, self.image.g
            here = (Rise(g[0], -g[1]).side(*first) == 0) & (Rise(-f[0], f[1]).side(*second) == 0)
            return np.where(here, STILL, CYCLE).astype(np.int8)
        if self.image.kind == "still":
            gain = _sign(self.image.g, first)
            up, down = (PLACES.index(self.image.place(None, end)) for end in (1.0, 0.0))
            return np.where(gain > 0, up, np.where(gain < 0, down, STILL)).astype(np.int8)
        return np.full(len(x[0]), self.codes["one end"], dtype=np.int8)

    def divided(self, divide: Divide, x: Pair, y: Pair) -> Codes:
        """Return the codes of starts inside a square that a falling curve divides."""
        x_side, y_side = divide.rise_x.side(*x), divide.rise_y.side(*y)
        above, below = self.codes["above"], self.codes["below"]
        agreed = x_side + y_side
        result = np.where(agreed > 0, above, below).astype(np.int8)
        result[(x_side == 0) & (y_side == 0)] = STILL
        across = np.flatnonzero(x_side * y_side < 0)
        if not len(across):
            return result
        sign = compare(divide, (x[0][across], x[1][across]), (y[0][across], y[1][across]))
        # The population that is farther from its bottom keeps its direction; the other one turns.
        leading = np.where(sign > 0, y_side[across], x_side[across])
        result[across] = np.where(sign == 0, SEPARATRIX, np.where(leading > 0, above, below))
        return result


def compare(divide: Divide, x: Pair, y: Pair) -> Codes:
    """Return the sign of the rise of y minus that of x at states of the image; 0 where rounding hides it."""
    sign = np.zeros(len(x[0]), dtype=np.int8)
    doubtful = np.arange(len(sign))
    for precise in (False, True):
        pair_x, pair_y = (x[0][doubtful], x[1][doubtful]), (y[0][doubtful], y[1][doubtful])
        rise_x, error_x = divide.rise_x.fine(*pair_x) if precise else divide.rise_x.rough(*pair_x)
        rise_y, error_y = divide.rise_y.fine(*pair_y) if precise else divide.rise_y.rough(*pair_y)
        difference = rise_y - rise_x
        known = np.abs(difference) > error_x + error_y
        sign[doubtful[known]] = np.sign(difference[known])
        doubtful = doubtful[~known]
        if not len(doubtful):
            break
    return sign


def _one_end(f: Rates, g: Rates) -> Place:
    """Return where all trajectories inside the image end, for the kind "one end"."""
    if f[0] > 0 or (g[0] >= 0 and g[1] >= 0) or (g[0] > 0 and g[1] == 0):
        return (1.0, 1.0 if g[1] > 0 else 0.0 if g[1] < 0 else None)
    return (None, 0.0)


def _sign(rates: Rates, share: Pair) -> Array:
    """Return the sign of a gain where the other population has a share; 0 within rounding."""
    low, high = rates
    if low * high >= 0:
        return np.full(len(share[0]), np.sign(low + high))
    side = Rise(abs(low), abs(high)).side(*share)
    return np.asarray(side * np.sign(high), dtype=float)


def _on_border(planar: Planar, x: Array, y: Array) -> Codes:
    """Return the codes of starts on the sides, which are invariant: each has a gain of its own."""
    result = np.empty(len(x), dtype=np.int8)
    for code, place in enumerate(PLACES):
        if None not in place:
            result[(x == place[0]) & (y == place[1])] = code
            continue
        at_x = place[0] is not None
        end = place[0] if at_x else place[1]
        fixed, moving = (x, y) if at_x else (y, x)
        gain = (planar.g if at_x else planar.f)[int(end or 0)]
        here = (fixed == end) & (moving > 0) & (moving < 1)
        if gain:
            far = 1.0 if gain > 0 else 0.0
            result[here] = PLACES.index((end, far) if at_x else (far, end))
        else:
            result[here] = code
    return result


# --------------------------------------------------------------------------- ends on sides at rest


def limits(planar: Planar, x: ArrayLike, y: ArrayLike) -> Array:
    """Return the states to which the trajectories from starts (n,) come, as an array (n, 2).

    NaN for those on closed orbits, the mixed saddle for those on the separatrix; where the separatrix ends in
    a side at rest, its end there.
    """
    first, second = np.asarray(x, dtype=float).reshape(-1), np.asarray(y, dtype=float).reshape(-1)
    codes = outcomes(planar, first, second)
    result = np.full((len(codes), 2), np.nan)
    result[codes == STILL] = np.stack([first, second], axis=-1)[codes == STILL]
    divide = divide_of(planar)
    if divide is not None:
        bottom = np.array([divide.rise_x.bottom, divide.rise_y.bottom])
        result[codes == SEPARATRIX] = divide.states(bottom)
    border = (first == 0) | (first == 1) | (second == 0) | (second == 1)
    for code, place in enumerate(PLACES):
        here = codes == code
        result[here] = [np.nan if v is None else v for v in place]
        if None in place:
            axis = place.index(None)
            rest = here & border
            result[rest, axis] = (first, second)[axis][rest]
            inside = here & ~border
            if inside.any():
                result[inside, axis] = _stopped(planar, first[inside], second[inside], axis)
    return result


def _stopped(planar: Planar, x: Array, y: Array, axis: int) -> Array:
    """Return where on a side at rest the trajectories from starts inside end.

    Across the side its part of H vanishes or is infinite; the part along it then holds all of H.
    """
    rates, others = (planar.g, planar.f) if axis == 0 else (planar.f, planar.g)
    along, across = (x, y) if axis == 0 else (y, x)
    if others == (0, 0):
        return along
    u = np.log(along) - np.log1p(-along)
    target = _part(rates, u) - _part(others, np.log(across) - np.log1p(-across))
    gain = _sign(others, (across, 1 - across))
    # `along` moves by the sign of what it gains and, as the side is at rest, never turns.
    low, far = u, u + gain
    begin = _part(rates, u) - target
    closed = np.zeros(len(u), dtype=bool)
    if rates[0] * rates[1] < 0:  # its part has a top or a bottom, and may be met before it or behind it
        turn = np.log(-rates[0] / rates[1])
        ahead = (turn - u) * gain > 0
        closed = ahead & ((_part(rates, np.full_like(u, turn)) - target) * begin <= 0)
        low = np.where(ahead & ~closed, turn, u)
        far = np.where(closed, turn, low + gain)
    for _ in range(64):
        passed = closed | ((_part(rates, far) - target) * begin <= 0)
        if passed.all():
            break
        far = np.where(passed, far, low + (far - low) * 2)
    for _ in range(90):
        middle = (low + far) / 2
        before = (_part(rates, middle) - target) * begin > 0
        low, far = np.where(before, middle, low), np.where(before, far, middle)
    return np.asarray(1 / (1 + np.exp(-(low + far) / 2)))


def _part(rates: Rates, odds: Array) -> Array:
    """Return the integral of a gain over log-odds."""
    return np.asarray(rates[1] * np.logaddexp(0, odds) - rates[0] * np.logaddexp(0, -odds))


# --------------------------------------------------------------------------- areas


def areas(planar: Planar) -> tuple[dict[int, float], float]:
    """Return the share of the square from which orbits end in each way, by code, and a bound of the error.

    Examples
    --------
    >>> shares, error = areas(Planar((-1.0, 2.0), (-1.0, 1.0)))
    >>> {code: round(share, 10) for code, share in shares.items()}, error < 1e-12
    ({0: 0.3666666667, 3: 0.6333333333}, True)
    """
    decide = _Decision(planar)
    image = planar.image
    if decide.divide is not None:
        above, error = decide.divide.area_above()
        return {decide.codes["below"]: 1 - above, decide.codes["above"]: above}, error
    if image.kind == "centre":
        return {CYCLE: 1.0}, 0.0
    if image.kind == "one end":
        return {decide.codes["one end"]: 1.0}, 0.0
    return _still_areas(image)


def _still_areas(image: Image) -> tuple[dict[int, float], float]:
    low, high = image.g
    if low == high == 0:
        return {STILL: 1.0}, 0.0
    up, down = (PLACES.index(image.place(None, end)) for end in (1.0, 0.0))
    if low * high >= 0:
        return {up if low + high > 0 else down: 1.0}, 0.0
    rise = Rise(abs(low), abs(high))
    shares = {down: rise.bottom, up: rise.rest} if low < 0 else {up: rise.bottom, down: rise.rest}
    return shares, 2 * EPSILON


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
        Codes, as `separatrix.dynamics.bimatrix_basins.outcomes` returns them.

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

"""The outcome of every start in a game of two populations with two strategies each, exactly.

Each trajectory keeps H = F(y) - G(x). Where one population always gains by the same strategy, it runs one
way. So its end follows from its start alone, without integration (Hofbauer & Sigmund 1998, sections 10.3
and 11.2). Near the separatrix H is compared with a bound of its rounding error: a start within this bound
is reported as lying on the separatrix.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from separatrix.dynamics.constant_of_motion import Rise
from separatrix.dynamics.normal_form import Image, Pair, Place, Planar, Rates
from separatrix.dynamics.separatrix_curve import Divide, divide_of
from separatrix.dynamics.tolerances import EPSILON, LARGEST_LOG_ODDS
from separatrix.errors import InputError

__all__ = ["CYCLE", "PLACES", "SEPARATRIX", "STILL", "Codes", "areas", "outcomes", "outcomes_at", "limits"]

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

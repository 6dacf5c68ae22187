"""What is proven of the cheapest programme of one population: that a wall stops all, that none costs less.

No programme from a to b costs less than the integral of p where c(x, u) >= p(x) f(x, u) at every share it can
be at and under all levels, f being the rate of the share (the verification theorem of dynamic programming,
Bertsekas 2017, section 3.2).  A polynomial p is fitted to the least cost per share on each panel, lowered by
a hundred-thousandth of the mean, and the inequality is left to branch and bound (`box_bounds`).

Bertsekas, D. P. (2017), Dynamic Programming and Optimal Control, volume 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from separatrix.expression.tree import (
    ONE,
    Expression,
    Name,
    derivative,
    multiply,
    negate,
    number,
    subtract,
)
from separatrix.policy.temporary.bang_bang import integral_of
from separatrix.policy.temporary.box_bounds import Boxes, is_nonnegative, jet_of
from separatrix.policy.temporary.cheapest_levels import CheapestLevels, PanelIntegral, gain_and_cost

__all__ = ["TOLERANCE", "Wall", "can_earn_for_ever", "find_wall", "prove_cheapest"]

Array = NDArray[Any]

TOLERANCE = 1e-5
"""What a programme may cost less than the infimum, relative to it, where intervals prove the latter."""

DEGREE = 10
"""Of the polynomials that are fitted."""

PIECES = 16
"""Into which the way is cut where a wall is looked for."""

ROUNDS = 60
"""Of halving them."""

ATTEMPTS = 16
"""How often intervals may find levels that are better than those that were looked at, or a fit too high."""

SHORT = 1e-9
"""How far from the boundary the proof ends, relative to the way."""

FADING = 24
"""Halvings of a panel on which the cost fades to nothing."""

NEGLIGIBLE = 1 / 256
"""The largest contribution of a panel, relative to the tolerance, that the lower bound may ignore."""

SMALLEST = 1e-300
"""The share that stands for none where a cost has no value at none."""

SIGNIFICANT = 1e-9
"""What is earned, relative to what is spent, below which rounding may have done it."""


@dataclass(frozen=True)
class Wall:
    """A share beyond which no level leads.

    Attributes
    ----------
    share : float or None
        None where there is none.
    proven : bool
        That it is one, or that there is none.
    """

    share: float | None
    proven: bool


def find_wall(best: CheapestLevels, start: float, end: float) -> Wall:
    """Return where no allowed level moves the share towards the end, however narrow that is.

    Levels that a search of all levels turns up are added to the seeds of `best`.
    """
    problem, sign = best.problem, best.sign
    share = problem.game.shares[0]
    gain = problem.gains[0] if sign > 0 else negate(problem.gains[0])
    under = jet_of(gain, [share], problem.names)
    against = jet_of(negate(gain), [share, *problem.names])
    edges = np.linspace(min(start, end), max(start, end), PIECES + 1)
    low, high = edges[:-1], edges[1:]
    smallest = 1e-13 * abs(end - start)
    for _ in range(ROUNDS):
        middle = (low + high) / 2
        strongest, most = _strongest(best, middle)
        with np.errstate(all="ignore"):
            rises = under(low[:, None], high[:, None], strongest).low > 0
        low, high, middle, most = (part[~rises] for part in (low, high, middle, most))
        if not len(low):
            return Wall(None, True)
        worst = int(most.argmin())
        if most[worst] <= 0:
            stopped, level = _stops(best, against, float(middle[worst]))
            if stopped:
                return Wall(float(middle[worst]), True)
            if level is not None and len(best.seeds) < ATTEMPTS:
                best.seeds.append(level)
                continue
        low, high = np.concatenate([low, middle]), np.concatenate([middle, high])
        narrow = high - low <= smallest
        if narrow.any():
            # Right at the boundary nothing need move the share: there it is at rest without support.
            inner = narrow & (np.minimum(np.abs(low - end), np.abs(high - end)) > 4 * smallest)
            if inner.any():
                place = (low + high)[inner] / 2
                blocked = _strongest(best, place)[1] <= 0
                return Wall(float(place[blocked][0]) if blocked.any() else None, False)
            low, high = low[~narrow], high[~narrow]
            if not len(low):
                return Wall(None, True)
    return Wall(None, False)


def _strongest(best: CheapestLevels, shares: Array) -> tuple[Array, Array]:
    """Return the levels (shares, m) that raise, or lower, the share fastest of those that are looked at."""
    problem = best.problem
    choices = best.choices
    many = np.broadcast_to(choices, (len(shares), *choices.shape))
    gain = best.sign * gain_and_cost(problem, np.broadcast_to(shares[:, None], many.shape[:-1]), many)[0]
    place = np.where(np.isfinite(gain), gain, -np.inf).argmax(axis=1)
    return choices[place], gain[np.arange(len(shares)), place]


def _stops(best: CheapestLevels, against: Any, share: float) -> tuple[bool, Array | None]:
    """Return whether no level at all moves the share at one share, else one that does."""
    problem = best.problem
    if not problem.bounded:
        return False, None
    low, high = np.append(share, problem.low), np.append(share, problem.high)
    proven, point = is_nonnegative(against, Boxes(low[None], high[None], np.zeros((1, 0))), low, high)
    return proven, None if point is None else point[1:]


def can_earn_for_ever(best: CheapestLevels, start: float, end: float) -> bool:
    """Return whether the payer earns at some share where levels can keep it as long as one likes.

    Moving up at one cost per share and down at another keeps a share constant: if their sum is negative, no
    least cost exists.
    """
    problem, sign = best.problem, best.sign
    border = 1e-9 if sign > 0 else 1 - 1e-9
    odds = np.linspace(math.log(start / (1 - start)), math.log(border / (1 - border)), 97)
    behind = 1 / (1 + np.exp(-odds))
    shares = np.concatenate([behind[::-1], np.linspace(start, end, 65)[1:-1]])
    choices = best.choices
    many = np.broadcast_to(choices, (len(shares), *choices.shape))
    wide = np.broadcast_to(shares[:, None], many.shape[:-1])
    with np.errstate(all="ignore"):
        gain, cost = gain_and_cost(problem, wide, many)
        rate = sign * gain
        forth = np.where(rate > 0, cost / rate, np.inf).min(axis=1)
        back = np.where(rate < 0, cost / -rate, np.inf).min(axis=1)
        size = np.where(np.isfinite(forth), np.abs(forth), 0) + np.where(np.isfinite(back), np.abs(back), 0)
        earns: Array = np.asarray(forth + back < -SIGNIFICANT * size)
        points = np.column_stack([wide.ravel(), many.reshape(-1, many.shape[-1])])
        enclosed = jet_of(problem.cost, [problem.game.shares[0], *problem.names])
        negative = (enclosed(points, points, np.zeros((len(points), 0))).high < 0).reshape(wide.shape)
    # Levels that are held also keep the share where it comes to rest: between two shares from which they lead
    # towards each other or apart, or at the far end.
    rests = negative[:-1] & negative[1:] & (rate[:-1] * rate[1:] <= 0)
    earns[:-1] |= rests.any(axis=1)
    earns[0] |= bool((negative[0] & (rate[0] < 0)).any())
    # Shares behind the start count as far as some level leads there.
    falls: Array = np.asarray((rate < 0).any(axis=1))
    leads = np.ones(len(shares), dtype=bool)
    leads[: len(behind) - 1] = (np.cumsum(~falls[1 : len(behind)][::-1]) == 0)[::-1]
    return bool((earns & leads).any())


# --------------------------------------------------------------------------- that none costs less


def prove_cheapest(best: CheapestLevels, start: float, end: float) -> tuple[bool, PanelIntegral]:
    """Return whether no programme costs less than the integral of the least ratio, and that integral.

    Where levels are better than those that were looked at, they are added to the seeds of `best`.
    """
    integral = integral_of(best, start, end)
    behind, ahead = sorted((start, 0.0 if best.sign > 0 else 1.0)), sorted((start, end))
    if not math.isfinite(integral.value) or not _costs(best, *behind):
        return False, integral
    if best.exact:
        # The least ratio is at a corner or a root, and going back or waiting earns nothing.
        return _costs(best, *ahead), integral
    if not best.problem.bounded:
        return False, integral
    # At the boundary itself nothing moves the share and nothing is paid: no interval sees on which side of
    # zero that is.  Short of it less is claimed, as long as nothing is earned on the last bit.
    short = end - best.sign * SHORT * abs(end - start)
    if not _costs(best, *sorted((short, end))):
        return False, integral
    starts, ends = _panels_until(integral, short, best.sign)
    for _ in range(ATTEMPTS):
        proven, point = _verified(best, integral.value, starts, ends)
        if proven or point is None:
            return proven, integral
        here, level = point[:1], point[1:]
        better = _better(best, here, level)
        if better is not None:
            best.seeds.append(better)
            integral = integral_of(best, start, end)
            starts, ends = _panels_until(integral, short, best.sign)
        else:  # the fit is too high there
            split = (starts <= here) & (here <= ends)
            middles = (starts[split] + ends[split]) / 2
            starts = np.concatenate([starts[~split], starts[split], middles])
            ends = np.concatenate([ends[~split], middles, ends[split]])
    return False, integral


def _panels_until(integral: PanelIntegral, short: float, sign: float) -> tuple[Array, Array]:
    """Return the panels on this side of a share."""
    clip = np.minimum if sign > 0 else np.maximum
    starts, ends = clip(integral.starts, short), clip(integral.ends, short)
    return starts[starts < ends], ends[starts < ends]


def _better(best: CheapestLevels, share: Array, level: Array) -> Array | None:
    """Return the best levels near given ones at a share, if they are clearly cheaper there than those
    known."""
    more = CheapestLevels(best.problem, best.sign, best.rent, [*best.seeds, level])
    ratio, levels = more(share)
    return levels[0] if ratio[0] < best(share)[0][0] * (1 - SIGNIFICANT) else None


def _costs(best: CheapestLevels, low: float, high: float) -> bool:
    """Return whether it is proven that no levels earn anything at shares from low to high."""
    problem = best.problem
    share = problem.game.shares[0]
    ends = [(max(low, tiny), min(high, 1 - tiny)) for tiny in (0.0, SMALLEST)]
    if not problem.bounded:
        return any(_rises(best, a, b) for a, b in ends)
    cost = jet_of(problem.cost, [share, *problem.names])
    for a, b in ends:
        lowest, highest = np.append(a, problem.low), np.append(b, problem.high)
        boxes = Boxes(lowest[None], highest[None], np.zeros((1, 0)))
        if is_nonnegative(cost, boxes, lowest, highest)[0]:
            return True
    return False


def _rises(best: CheapestLevels, low: float, high: float) -> bool:
    """Return whether a cost of degree one or two is proven to rise from a lowest one that earns nothing."""
    problem = best.problem
    if not best.exact:
        return False
    share, names = problem.game.shares[0], problem.names
    given = dict(zip(names, problem.levels, strict=True))
    parts: list[Expression] = [problem.cost]
    for name in names:
        slope = derivative(problem.cost, name)
        parts += [slope, derivative(slope, name)]
    limited = [level for level in problem.levels if level.bounded]
    if limited and len(given) > 1:  # the limits of the others matter, too: not worth a rule of its own
        parts = parts[1:] + parts[:1]
    ends = np.array([low]), np.array([high])
    for part in parts:
        bounds = jet_of(part, [share], names)
        boxes = Boxes(ends[0][None], ends[1][None], problem.low[None])
        if not is_nonnegative(bounds, boxes, *ends)[0]:
            return False
    return True


def _fitted(
    best: CheapestLevels, value: float, starts: Array, ends: Array, slack: float
) -> tuple[Array, Array, Array, float]:
    """Return panels, for each its middle, half its width and a polynomial, and the integral of these."""
    nodes = np.cos(np.pi * (np.arange(DEGREE + 3) + 0.5) / (DEGREE + 3))
    fits = np.zeros((0, DEGREE + 3))
    low, high = np.zeros(0), np.zeros(0)
    for halving in range(FADING + 1):
        middle, half = (starts + ends) / 2, (ends - starts) / 2
        points = middle[:, None] + half[:, None] * nodes
        values = best(points.ravel())[0].reshape(points.shape)
        fitted = np.polynomial.chebyshev.chebfit(nodes, values.T, DEGREE)
        coefficients = np.zeros((len(middle), DEGREE + 1))
        for row, own in zip(coefficients, fitted.T, strict=True):
            powers = np.polynomial.chebyshev.cheb2poly(own)
            row[: len(powers)] = powers
        coefficients[:, 0] -= slack
        # Where the cost fades, a polynomial would be negative, and where it jumps none fits: then nothing is
        # claimed of a small panel.
        most = 2 * half * values.max(axis=1)
        fades = (values.min(axis=1) <= 2 * slack) | (most <= NEGLIGIBLE * TOLERANCE * value)
        split = fades & (most > TOLERANCE * value / 8) & (halving < FADING)
        coefficients[fades] = 0.0
        # Where a fit is too high between its nodes, or negative, no proof needs to be tried.
        between = np.cos(np.pi * np.arange(2 * DEGREE + 1) / (2 * DEGREE))
        seen = best((middle[:, None] + half[:, None] * between).ravel())[0].reshape(len(middle), -1)
        fit = np.polynomial.polynomial.polyval(between, coefficients.T)
        split |= ((fit > seen - slack / 4) | (fit < 0)).any(axis=1) & ~fades & (halving < FADING)
        fits = np.vstack([fits, np.column_stack([middle, half, coefficients])[~split]])
        low, high = np.concatenate([low, starts[~split]]), np.concatenate([high, ends[~split]])
        starts, ends = (
            np.concatenate([starts[split], middle[split]]),
            np.concatenate([middle[split], ends[split]]),
        )
        if not len(starts):
            break
    exponents = np.arange(DEGREE + 1)
    means = np.where(exponents % 2 == 0, 1 / (exponents + 1), 0.0)
    return low, high, fits, float((2 * fits[:, 1] * (fits[:, 2:] @ means)).sum())


def _verified(best: CheapestLevels, value: float, starts: Array, ends: Array) -> tuple[bool, Array | None]:
    """Return whether intervals prove the integral on panels, else a share and better levels there."""
    problem = best.problem
    share, names = problem.game.shares[0], problem.names
    slack = TOLERANCE * value / float((ends - starts).sum())
    starts, ends, fits, rest = _fitted(best, value, starts, ends, slack)
    if value - rest > 4 * TOLERANCE * value:
        return False, None
    price = Name("price:")  # no name that a file can have
    moved = multiply(
        number(Fraction(int(best.sign))), Name(share), subtract(ONE, Name(share)), problem.gains[0]
    )
    function = jet_of(subtract(problem.cost, multiply(price, moved)), [share, *names], polynomial=price.name)
    count = len(fits)
    low = np.column_stack([starts, np.tile(problem.low, (count, 1))])
    high = np.column_stack([ends, np.tile(problem.high, (count, 1))])
    whole = np.append(low[:, 0].min(), problem.low), np.append(high[:, 0].max(), problem.high)
    return is_nonnegative(function, Boxes(low, high, fits), *whole)

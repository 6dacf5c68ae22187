"""One population's part of the quantity that 2×2 games conserve, measured from its lowest value.

With x' = x(1-x)f(y) and y' = y(1-y)g(x) for linear f and g, H = F(y) - G(x) is constant along every
trajectory (Hofbauer & Sigmund 1998, section 11.2). In the log-odds v of y the slope of F is f. So if f
turns from negative to positive, F has its minimum at the root of f. Differences of logarithms lose all
their digits near the minimum; the method used here keeps them, so that a start is separated from the
separatrix however near it is to the saddle.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.tolerances import EPSILON
from separatrix.dynamics.two_by_two_tolerances import ROUNDED_STEP, SERIES
from separatrix.run.cached_property import cached_property

__all__ = ["Rise"]

Array = NDArray[np.float64]

MOST_STEPS = 400
"""Of Newton's method: from above it halves the distance at worst, and numbers have a thousand halvings."""


@dataclass(frozen=True)
class Rise:
    """The function -down·ln x - up·ln(1-x) above its infimum, for numbers down, up >= 0 that are not both 0.

    Where both are positive it is a bowl with its bottom at the share down/(down + up).  With ``down = 0`` it
    rises from the end x = 0 on, with ``up = 0`` from the end x = 1.  Shares come as pairs (x, 1-x), because
    1-x forgets a small x.
    """

    down: float
    up: float

    @cached_property
    def bottom(self) -> float:
        """The share at which it is lowest."""
        return self.down / (self.down + self.up)

    @cached_property
    def rest(self) -> float:
        """One minus `bottom`, to full accuracy."""
        return self.up / (self.down + self.up)

    @property
    def total(self) -> float:
        """How fast the slope in log-odds grows with the share."""
        return self.down + self.up

    def sides(self) -> tuple[int, ...]:
        """Return the sides of the bottom, -1 for smaller shares and 1 for larger, on which shares are."""
        return tuple(side for side, rate in ((-1, self.down), (1, self.up)) if rate > 0)

    def side(self, share: Array, other: Array) -> NDArray[np.int8]:
        """Return on which side of the bottom shares are: -1, 1, or 0 within rounding."""
        if not (self.down and self.up):
            return np.full(np.shape(share), 1 if self.up else -1, dtype=np.int8)
        distance = self._distance(share, other)
        near = np.abs(distance) <= 4 * EPSILON * min(self.bottom, self.rest)
        return np.where(near, 0, np.sign(distance)).astype(np.int8)

    def _distance(self, share: Array, other: Array) -> Array:
        """Return share - bottom, by whichever of the two ends keeps more digits."""
        return (share - self.bottom) if self.bottom <= 0.5 else (self.rest - other)

    def rough(self, share: Array, other: Array) -> tuple[Array, Array]:
        """Return the heights at shares strictly between 0 and 1, and bounds of their errors.

        The errors are those of rounding, that of the share itself to a double included.
        """
        height = np.zeros_like(share)
        size = np.zeros_like(share)
        for rate, part, base in ((self.down, share, self.bottom), (self.up, other, self.rest)):
            if rate:
                logarithm = rate * np.log(part)
                lowest = rate * float(np.log(base))
                height -= logarithm - lowest
                size += abs(lowest) - logarithm
        given = EPSILON / 2 * (self.up * share / other + self.down)  # the start itself may have been rounded
        return height, 8 * EPSILON * (size + self.total) + given

    def fine(self, share: Array, other: Array) -> tuple[Array, Array]:
        """Return what `rough` does with bounds that shrink with the height; slower."""
        if not (self.down and self.up):
            part, rest = (other, share) if self.up else (share, other)
            height = -self.total * np.where(rest < 0.5, np.log1p(-np.minimum(rest, 0.5)), np.log(part))
            given = EPSILON / 2 * (self.up * share / other + self.down)
            return height, 8 * EPSILON * height + given
        distance = self._distance(share, other)
        height = np.zeros_like(share)
        size = np.zeros_like(share)
        pieces = (
            (self.down, share, self.bottom, distance / self.bottom),
            (self.up, other, self.rest, -distance / self.rest),
        )
        for rate, part, base, relative in pieces:
            bent, rounding = _bent_logarithm(relative, part, base)
            height -= rate * bent
            size += rate * rounding
        # The bottom is known to a few units of its last digit, and so is the start: both move the height by
        # its slope.
        slope = np.abs(self.up / other - self.down / share)
        moved = slope * (8 * min(self.bottom, self.rest) + share / 2)
        return height, EPSILON * (8 * size + 8 * np.abs(height) + moved)

    def at(self, height: Array, side: int) -> tuple[Array, Array, Array]:
        """Return the shares at which it has the given heights > 0 on one side, as x, 1-x and |dx/dheight|."""
        if not (self.down and self.up):
            near = np.exp(-height / self.total)
            far = -np.expm1(-height / self.total)
            return (far, near, near / self.up) if self.up else (near, far, near / self.down)
        ahead, behind = (self.rest, self.bottom) if side > 0 else (self.bottom, self.rest)
        t = _distance_at(height / self.total, ahead, behind)
        shrunk = np.exp(-t)
        whole = behind + ahead * shrunk
        far, near = behind / whole, ahead * shrunk / whole
        slope = far * near / (self.total * _slope(t, ahead, behind))
        return (far, near, slope) if side > 0 else (near, far, slope)


def _bent_logarithm(relative: Array, part: Array, base: float) -> tuple[Array, Array]:
    """Return ln(1 + z) - z for z = part/base - 1, and the size of the rounding error it may have."""
    z = relative
    with np.errstate(all="ignore"):
        logarithm = np.where(np.abs(z) < 0.5, np.log1p(np.maximum(z, -0.5)), np.log(part) - np.log(base))
        direct = logarithm - z
        powers = np.zeros_like(z)
        for k in range(14, 1, -1):
            powers = powers * z + (-1) ** (k + 1) / k
        series = powers * z * z
    small = np.abs(z) < 0.05
    rounding = np.abs(logarithm) + np.abs(z) + np.where(np.abs(z) < 0.5, 0, np.abs(np.log(base)))
    return np.where(small, series, direct), np.where(small, z * z, rounding)


def _height(t: Array, ahead: float, behind: float) -> Array:
    """Return the height over `total` at a distance t >= 0 in log-odds from the bottom.

    The distance leads towards the end that the share `ahead` still has before it; with t it falls as
    ahead·exp(-t), and the height is ahead·t + ln(behind + ahead·exp(-t)).
    """
    spread, skew = ahead * behind, behind - ahead
    fourth, fifth = 1 - 6 * spread, skew * (1 - 12 * spread)
    series = spread * t * t * (0.5 - t * (skew / 6 - t * (fourth / 24 - t * fifth / 120)))
    if ahead < 0.5:
        direct = ahead * t + np.log1p(ahead * np.expm1(-t))
    else:  # the same, times exp(t) inside: a small `behind` does not drown
        near = np.log1p(behind * np.expm1(np.minimum(t, 1.0))) - behind * t
        direct = np.where(t < 1, near, ahead * t + np.log(behind + ahead * np.exp(-t)))
    return np.asarray(np.where(t < SERIES, series, direct))


def _slope(t: Array, ahead: float, behind: float) -> Array:
    """Return the derivative of `_height`."""
    return np.asarray(ahead * behind * -np.expm1(-t) / (behind + ahead * np.exp(-t)))


def _distance_at(height: Array, ahead: float, behind: float) -> Array:
    """Return t with ``_height(t) = height`` by Newton's method, from above: the function is convex."""
    # Both are bounds from above: the height is at least ahead·t + ln(behind), and at least
    # ahead·behind·(t²/2 - t³/6).
    near = 1.3 * np.sqrt(2 * height / (ahead * behind))
    t = np.asarray(np.where(near < 1.2, near, (height - np.log(behind)) / ahead))
    last, done = np.full(np.shape(t), np.inf), np.zeros(np.shape(t), dtype=bool)
    for _ in range(MOST_STEPS):
        step = (_height(t, ahead, behind) - height) / _slope(t, ahead, behind)
        step = np.minimum(step, 0.9 * t)  # rounding must not carry it past the bottom
        t = np.asarray(t - step)
        size = np.abs(step)
        # Steps square as they shrink; a small one that does not halve any more is rounding.
        done |= (size <= 4 * EPSILON * t) | ((size <= ROUNDED_STEP * t) & (size >= last / 2))
        if done.all():
            break
        last = size
    return t

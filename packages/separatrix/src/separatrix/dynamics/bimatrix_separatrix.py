"""One population's part of the quantity that 2×2 games conserve, measured from its lowest value.

With x' = x(1-x)f(y) and y' = y(1-y)g(x) for linear f and g, H = F(y) - G(x) is constant along every
trajectory (Hofbauer & Sigmund 1998, section 11.2). In the log-odds v of y the slope of F is f. So if f
turns from negative to positive, F has its minimum at the root of f. Differences of logarithms lose all
their digits near the minimum; the method used here keeps them, so that a start is separated from the
separatrix however near it is to the saddle.

The distance of a state to the separatrix of a 2×2 game, in all directions and along each share.

Two populations of two strategies without own play, and the mirror image in which each is understood.

x' = x(1-x)f(y) and y' = y(1-y)g(x) with linear f and g. Renaming strategies reflects the square in an axis;
exchanging the populations reflects it in the diagonal. Of the eight images of a game, one is of a kind for
which the outcome of every start is known in closed form (`separatrix.dynamics.bimatrix_basins`).

The separatrix of a game of two populations with two strategies each: exact, as a curve.

Where H = F(y) - G(x) is conserved (`separatrix.dynamics.bimatrix_separatrix`), the stable arms of
the mixed saddle are level with it: F and G have risen equally there.  So the height is the parameter of the
curve; its square root is analytic along both arms, and the trapezoidal rule in the logarithm of that root
converges exponentially.

Hofbauer, J. and Sigmund, K. (1998), Evolutionary Games and Population Dynamics, section 11.2.
Trefethen, L. N. and Weideman, J. A. C. (2014), The exponentially convergent trapezoidal rule, SIAM Review 56,
385-458, section 2.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.area_quadrature import areas_above
from separatrix.dynamics.tolerances import EPSILON
from separatrix.dynamics.two_by_two_tolerances import (
    AREA,
    AT_BOTTOM,
    BESIDE_SADDLE,
    FARTHEST,
    LOWEST,
    NEAREST,
    ROUNDED_STEP,
    SERIES,
    SURE_AREA,
)
from separatrix.game.model import Game
from separatrix.run.cached_property import cached_property

if TYPE_CHECKING:
    from separatrix.dynamics.fields.replicator import Replicator

__all__ = [
    "DENSE",
    "Divide",
    "Image",
    "Kind",
    "Pair",
    "Place",
    "Planar",
    "Rise",
    "STEP",
    "crossing",
    "divide_of",
    "nearest",
    "planar_of",
    "separatrix_arms",
]

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


def nearest(divide: Divide, state: Sequence[float]) -> tuple[float, float]:
    """Return the state of the separatrix that is nearest to `state`."""
    from scipy.optimize import minimize_scalar

    here = np.array(state)
    heights = divide.heights(2000)
    best, place = np.inf, np.zeros(2)
    for arm in divide.arms:

        def states(height: Array, arm: tuple[int, int] = arm) -> Array:
            (x, _), (y, _) = divide.states_at_heights(height, arm)
            return divide.states(np.stack([x, y], axis=-1))

        def distance(logarithm: float) -> float:
            return float(np.hypot(*(states(np.exp([logarithm]))[0] - here)))

        found = np.hypot(*(states(heights) - here).T)
        k = int(found.argmin())
        around = np.log(heights[[max(k - 1, 0), min(k + 1, len(heights) - 1)]])
        result = minimize_scalar(distance, bounds=tuple(around), method="bounded", options={"xatol": NEAREST})
        if result.fun < best:
            best, place = float(result.fun), states(np.exp([result.x]))[0]
    if (
        divide.saddle is not None
        and float(np.hypot(*(np.array(divide.saddle) - here))) <= best + BESIDE_SADDLE
    ):
        place = np.array(divide.saddle)
    return float(place[0]), float(place[1])


def crossing(divide: Divide, state: Sequence[float], axis: int) -> float | None:
    """Return the share of one population at which the separatrix is met, or None: on faces, for one."""
    held = state[1 - axis]
    if held in (0.0, 1.0):
        return None  # the face is invariant, and trajectories on it run one way
    pair = (np.array([held]), np.array([1 - held]))
    first, second = divide.image.to_image(pair, pair)
    horizontal = (axis == 0) != divide.image.swapped  # whether the share of the image's x is what moves
    fixed, moving = (divide.rise_y, divide.rise_x) if horizontal else (divide.rise_x, divide.rise_y)
    given = second if horizontal else first
    side = int(fixed.side(*given)[0])
    if side == 0 and len(moving.sides()) == 1:
        return None  # it ends in the side at rest, just there
    if side == 0:
        found = (np.array([moving.bottom]), np.array([moving.rest]))
    elif -side in moving.sides() and side in fixed.sides():
        height, _ = fixed.fine(*given)
        x, rest, _ = moving.at(height, -side)
        found = (x, rest)
    else:
        return None
    one, two = divide.image.original(found, found)
    return float((one if axis == 0 else two)[0][0]) + 0.0


Rates = tuple[float, float]
"""What a population gains by its first strategy where the other's share is 0, and where it is 1."""

Pair = tuple["Array", "Array"]
"""Shares x and 1-x, each with all its digits."""

Place = tuple[float | None, float | None]
"""A part of the square: a corner (0, 1), a side (None, 1), or the inside (None, None)."""

Kind = Literal["divided", "centre", "still", "one end"]


@dataclass(frozen=True)
class Planar:
    """A game x' = x(1-x)f(y), y' = y(1-y)g(x).

    Attributes
    ----------
    f, g : two numbers each
        Speed times advantage of the first strategy where the other population's share is 0 and 1.
    """

    f: Rates
    g: Rates

    @cached_property
    def image(self) -> Image:
        """The mirror image whose kind is known."""
        for swapped, over_x, over_y in itertools.product((False, True), repeat=3):
            f, g = _image_rates(self.f, self.g, swapped, over_x, over_y)
            kind = _kind(f, g)
            if kind is not None:
                return Image(kind, f, g, swapped, over_x, over_y)
        raise ArithmeticError(f"no image of {self} is of a known kind")


def _image_rates(f: Any, g: Any, swapped: bool, over_x: bool, over_y: bool) -> Any:
    """Return the rates of an image; they may be arrays, of many games."""
    f, g = (g, f) if swapped else (f, g)
    if over_x:
        f, g = (-f[0], -f[1]), (g[1], g[0])
    if over_y:
        f, g = (f[1], f[0]), (-g[0], -g[1])
    return f, g


def _kind(f: Rates, g: Rates) -> Kind | None:
    """Return the kind of the game itself, or None if another image of it has one.

    still
        Nothing moves the first population.
    divided
        f0 <= 0 < f1 and g0 < 0 <= g1: a falling curve, the stable arms of a saddle where both change sign,
        divides the starts between two ends.
    centre
        Closed orbits surround the mixed rest point.
    one end
        f >= 0 somewhere positive, and all starts inside converge to the same corner or side.
    """
    if f == (0, 0):
        return "still"
    if f[0] <= 0 < f[1] and g[0] < 0 <= g[1]:
        return "divided"
    if f[0] < 0 < f[1] and g[0] > 0 > g[1]:
        return "centre"
    if g != (0, 0) and f[1] > 0 and (f[0] > 0 or (f[0] == 0 and not g[0] < 0 <= g[1])):
        return "one end"
    return None


@dataclass(frozen=True)
class Image:
    """A game seen with the populations exchanged, then with strategies renamed."""

    kind: Kind
    f: Rates
    g: Rates
    swapped: bool
    over_x: bool
    over_y: bool

    def to_image(self, x: Pair, y: Pair) -> tuple[Pair, Pair]:
        """Return shares of the game as shares of its image."""
        if self.swapped:
            x, y = y, x
        return (x[1], x[0]) if self.over_x else x, (y[1], y[0]) if self.over_y else y

    def rates(self, f: Any, g: Any) -> Any:
        """Return the rates of other games in the image that is theirs as well as this game's."""
        return _image_rates(f, g, self.swapped, self.over_x, self.over_y)

    def original(self, x: Pair, y: Pair) -> tuple[Pair, Pair]:
        """Return shares of the image as shares of the game."""
        x = (x[1], x[0]) if self.over_x else x
        y = (y[1], y[0]) if self.over_y else y
        return (y, x) if self.swapped else (x, y)

    def place(self, x: float | None, y: float | None) -> Place:
        """Return a place of the image as one of the game."""
        x = 1 - x if self.over_x and x is not None else x
        y = 1 - y if self.over_y and y is not None else y
        return (y, x) if self.swapped else (x, y)


def planar_of(game: Game, known: Mapping[str, Fraction]) -> Planar | None:
    """Return `game` as a planar game, or None where it is none.

    Parameters
    ----------
    game : Game
    known : mapping of parameter and shorthand to number

    Examples
    --------
    >>> from separatrix.game.reader import load
    >>> pennies = [[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]]
    >>> players = [{"name": "A", "share": "x"}, {"name": "B", "share": "y"}]
    >>> planar_of(load({"populations": players, "bimatrix": pennies}), {}).image.kind
    'centre'
    """
    from separatrix.analysis.payoff_functions import field_of
    from separatrix.errors import ComesLater

    if game.space.sizes != (2, 2):
        return None
    try:
        corners = field_of(game, known).corners
    except ComesLater:  # payoffs that are no rational functions of the shares
        return None
    if corners is None:
        return None
    first, second = corners
    return Planar(
        (float(first[(0,)]), float(first[(1,)])),
        (float(second[(0,)]), float(second[(1,)])),
    )


def planar_field(field: Replicator) -> Planar | None:
    """Return a vector field as a planar game, or None where it is none."""
    if field.corners is None or len(field.corners) != 2:
        return None
    (f0, f1), (g0, g1) = ((float(low), float(high)) for low, high in field.corners)
    return Planar((f0, f1), (g0, g1))


STEP = 1 / 16
"""Step of the trapezoidal rule in the logarithm of the root of the height. Larger: areas are less exact,
and their reported error grows."""


DENSE = 3000
"""Points on an arm from which evenly spaced ones are selected. Fewer: the distances between states are less
even."""


@dataclass(frozen=True)
class Divide:
    """The curve that divides a game of the kind "divided", in the coordinates of its image.

    There it falls from the corner (0, 1); above it lies the basin of the upper end, below it that of the
    lower end.  ``rise_x`` and ``rise_y`` are equal along it.
    """

    image: Image
    rise_x: Rise
    rise_y: Rise

    @property
    def arms(self) -> tuple[tuple[int, int], ...]:
        """The sides of the bottoms of x and of y on which the curve has an arm."""
        return tuple(
            (side, -side) for side in (-1, 1) if side in self.rise_x.sides() and -side in self.rise_y.sides()
        )

    @property
    def saddle(self) -> tuple[float, float] | None:
        """The mixed saddle as a state of the game; None where a side of the square is at rest instead."""
        if len(self.arms) < 2:
            return None
        x = (np.array(self.rise_x.bottom), np.array(self.rise_x.rest))
        y = (np.array(self.rise_y.bottom), np.array(self.rise_y.rest))
        first, second = self.image.original(x, y)
        return float(first[0]), float(second[0])

    def states_at_heights(self, height: Array, arm: tuple[int, int]) -> tuple[Pair, Pair]:
        """Return the states of the image on an arm where both have risen to the given heights > 0."""
        x, x_rest, _ = self.rise_x.at(height, arm[0])
        y, y_rest, _ = self.rise_y.at(height, arm[1])
        return (x, x_rest), (y, y_rest)

    def area_above(self) -> tuple[float, float]:
        """Return the area above the curve in the image, and a bound of its error."""
        if len(self.arms) == 2:
            rates = [self.rise_x.down, self.rise_x.up, self.rise_y.down, self.rise_y.up]
            (area,), (error,) = areas_above(np.array([rates]))
            if error <= SURE_AREA:
                return float(area), float(error)
        return self.area_by_height()

    def area_by_height(self) -> tuple[float, float]:
        """Return the same by the height along the arms: slower, and as exact for rates of any size."""
        fastest, total = max(self.rise_x.down, self.rise_x.up), self.rise_x.total
        low, high = np.log(total * AT_BOTTOM) / 2, np.log(fastest * FARTHEST) / 2
        coarse = self._trapezoid(np.arange(low, high + STEP, STEP), STEP)
        fine = self._trapezoid(np.arange(low, high + STEP, STEP / 2), STEP / 2)
        return fine, abs(fine - coarse) + AREA

    def _trapezoid(self, logarithms: Array, step: float) -> float:
        height = np.exp(2 * logarithms)
        # Without a right arm the curve meets the lower side at the bottom of x, and all beyond is above it.
        total = 0.0 if len(self.arms) == 2 else self.rise_x.rest
        for side, other in self.arms:
            _, above, _ = self.rise_y.at(height, other)
            _, _, slope = self.rise_x.at(height, side)
            total += float(np.sum(above * slope * 2 * height)) * step
        return total

    def heights(self, count: int) -> Array:
        """Return heights that lie densely along both arms."""
        rates = [r for r in (self.rise_x.down, self.rise_x.up, self.rise_y.down, self.rise_y.up) if r > 0]
        return np.geomspace(min(rates) * LOWEST, max(rates) * FARTHEST, count)

    def curve(self, points: int) -> Array:
        """Return states of the game along the curve, from small to large first shares: (points, 2)."""
        arms = []
        for arm in self.arms:
            heights = self.heights(DENSE)
            (x, _), (y, _) = self.states_at_heights(heights, arm)
            start, end = self._ends(arm)
            line = np.concatenate([[start], np.stack([x, y], axis=-1), [end]])
            knots = np.concatenate([[0.0], heights, [np.inf]])
            arms.append((line[::-1], knots[::-1]) if arm[0] < 0 else (line, knots))
        lengths = [np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))]) for line, _ in arms]
        whole = sum(float(own[-1]) for own in lengths)
        counts = [max(2, round(points * float(own[-1]) / whole)) for own in lengths]
        counts[-1] = max(2, points + len(arms) - 1 - sum(counts[:-1]))
        pieces = []
        for (line, knots), own, count, arm in zip(arms, lengths, counts, self.arms, strict=True):
            inner = np.linspace(0, own[-1], count)[1:-1]
            place = np.clip(np.searchsorted(own, inner), 1, len(own) - 2)  # a knot near each wished length
            (x, _), (y, _) = self.states_at_heights(knots[place], arm)
            pieces.append(np.concatenate([line[:1], np.stack([x, y], axis=-1), line[-1:]]))
        whole_line = pieces[0] if len(pieces) == 1 else np.concatenate([pieces[0], pieces[1][1:]])
        states = self.states(whole_line)
        return states if states[0, 0] <= states[-1, 0] else states[::-1]

    def states(self, seen: Array) -> Array:
        """Return states (..., 2) of the image as states of the game."""
        x, y = seen[..., 0], seen[..., 1]
        first, second = self.image.original((x, 1 - x), (y, 1 - y))
        return np.stack([first[0], second[0]], axis=-1) + 0.0  # no state is at -0.0

    def _ends(self, arm: tuple[int, int]) -> tuple[list[float], list[float]]:
        """Return where an arm starts, at the saddle or on a side, and in which corner it ends."""
        return [self.rise_x.bottom, self.rise_y.bottom], [float(arm[0] > 0), float(arm[1] > 0)]


def divide_of(planar: Planar) -> Divide | None:
    """Return the curve that divides the square, or None where all starts inside share an outcome.

    Examples
    --------
    >>> divide = divide_of(Planar((-1.0, 2.0), (-1.0, 1.0)))
    >>> round(divide.area_above()[0], 10), divide.saddle
    (0.6333333333, (0.5, 0.3333333333333333))
    """
    image = planar.image
    if image.kind != "divided":
        return None
    return Divide(image, Rise(-image.g[0], image.g[1]), Rise(-image.f[0], image.f[1]))


def separatrix_arms(field: Replicator, points: int = 241) -> Array | None:
    """Return the stable arms of the mixed saddle from corner to corner, as an array (points, 2).

    At each state F and G have risen equally, exact to rounding. None if no mixed saddle exists.
    """
    planar = planar_field(field)
    divide = None if planar is None else divide_of(planar)
    if divide is None or divide.saddle is None:
        return None
    return divide.curve(points)

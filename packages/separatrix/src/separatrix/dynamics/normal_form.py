"""Two populations of two strategies without own play, and the mirror image in which each is understood.

x' = x(1-x)f(y) and y' = y(1-y)g(x) with linear f and g. Renaming strategies reflects the square in an axis;
exchanging the populations reflects it in the diagonal. Of the eight images of a game, one is of a kind for
which the outcome of every start is known in closed form (`separatrix.dynamics.exact_basins`).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from separatrix.game.model import Game
from separatrix.run.cached_property import cached_property

if TYPE_CHECKING:
    from separatrix.dynamics.fields.replicator import Replicator

__all__ = ["Image", "Kind", "Pair", "Place", "Planar", "planar_of"]

Array = NDArray[np.float64]

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

"""The separatrix of a game of two populations with two strategies each: exact, as a curve.

Where H = F(y) - G(x) is conserved (`separatrix.dynamics.constant_of_motion`), the stable arms of
the mixed saddle are level with it: F and G have risen equally there.  So the height is the parameter of the
curve; its square root is analytic along both arms, and the trapezoidal rule in the logarithm of that root
converges exponentially.

Hofbauer, J. and Sigmund, K. (1998), Evolutionary Games and Population Dynamics, section 11.2.
Trefethen, L. N. and Weideman, J. A. C. (2014), The exponentially convergent trapezoidal rule, SIAM Review 56,
385-458, section 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from separatrix.dynamics.area_quadrature import areas_above
from separatrix.dynamics.constant_of_motion import Rise
from separatrix.dynamics.normal_form import Image, Pair, Planar, planar_field
from separatrix.dynamics.two_by_two_tolerances import AREA, AT_BOTTOM, FARTHEST, LOWEST, SURE_AREA

if TYPE_CHECKING:
    from separatrix.dynamics.fields.replicator import Replicator

__all__ = ["DENSE", "STEP", "Divide", "divide_of", "separatrix_arms"]

Array = NDArray[np.float64]

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

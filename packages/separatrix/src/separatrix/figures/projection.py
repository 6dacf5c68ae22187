"""The cube of states seen from a side, by parallel projection: where its points stand on the page."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from separatrix.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

__all__ = ["CORNERS", "USUAL", "View", "view_of"]

Corner = tuple[float, float, float]

CORNERS: tuple[Corner, ...] = tuple((x, y, z) for x, y, z in itertools.product((0.0, 1.0), repeat=3))


@dataclass(frozen=True)
class View:
    """From where the cube is seen, in degrees, as matplotlib's three-dimensional axes count them.

    Attributes
    ----------
    azimuth : float
        Around the third axis, from the first towards the second.
    elevation : float
        Above the plane of these two.
    """

    azimuth: float = -62.0
    elevation: float = 22.0

    @property
    def toward(self) -> Corner:
        """The direction to the viewer."""
        a, e = math.radians(self.azimuth), math.radians(self.elevation)
        return math.cos(e) * math.cos(a), math.cos(e) * math.sin(a), math.sin(e)

    def depth(self, state: Sequence[float]) -> float:
        """Return how near a state is to the viewer."""
        return sum(a * b for a, b in zip(state, self.toward, strict=False))

    def project(self, states: Any) -> Array:
        """Return the places (..., 2) on the page of states (..., 3)."""
        import numpy as np

        a, e = math.radians(self.azimuth), math.radians(self.elevation)
        x = np.asarray(states, dtype=float)
        right = np.array([-math.sin(a), math.cos(a), 0.0])
        up = np.array([-math.sin(e) * math.cos(a), -math.sin(e) * math.sin(a), math.cos(e)])
        return np.stack([x @ right, x @ up], axis=-1)

    @property
    def hidden(self) -> Corner:
        """The corner that the cube hides."""
        return min(CORNERS, key=self.depth)

    def behind(self) -> Iterator[list[Corner]]:
        """Yield the corners, in order, of the three faces at the back."""
        for axis, side in enumerate(self.hidden):
            around = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
            yield [((side, a, b), (a, side, b), (a, b, side))[axis] for a, b in around]

    def scales(self) -> Iterator[tuple[int, Corner]]:
        """Yield each axis with the beginning of the edge at which its numbers stand: one on the outline."""
        x, y, z = self.hidden
        yield 0, (0.0, 1.0 - y, z)
        yield 1, (1.0 - x, 0.0, z)
        # Of the two upright edges on the outline the one at the left.
        sides = [(x, 1.0 - y, 0.0), (1.0 - x, y, 0.0)]
        yield 2, min(sides, key=lambda corner: float(self.project(corner)[0]))


USUAL = View()
"""From this side no corner hides another and each axis keeps its length within a third."""


def view_of(text: str | None) -> View:
    """Return the view of ``AZIMUTH,ELEVATION``, in degrees; the default one for nothing.

    Raises
    ------
    InputError
        U901 for an invalid pair, and for a view in which an axis is seen end on.

    Examples
    --------
    >>> view_of("-45,30")
    View(azimuth=-45.0, elevation=30.0)
    """
    if text is None:
        return USUAL
    parts = text.split(",")
    try:
        azimuth, elevation = (float(part) for part in parts)
    except ValueError:
        raise InputError(
            "U901", f"--view {text}: expected AZIMUTH,ELEVATION in degrees", hint="as in --view -62,22"
        ) from None
    found = View(azimuth, elevation)
    if not all(map(math.isfinite, (azimuth, elevation))) or max(map(abs, found.toward)) > END_ON:
        raise InputError(
            "U901",
            f"--view {text}: one of the three shares would be seen end on",
            hint="keep the elevation between 5 and 70, and the azimuth away from multiples of 90",
        )
    return found


END_ON = 0.99
"""How far the direction to the viewer may point along one axis. More: the cube looks like a square."""

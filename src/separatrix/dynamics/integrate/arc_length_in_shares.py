"""Courses of any field as lines of equally spaced states, followed by their length.

Fields that leave faces, or jump, have no logarithmic coordinates; they are followed in the shares themselves.
A step that leaves the state space ends the course: back in time it came from outside.  Runge's method of the
fourth order with a fixed step of length: for figures, not for fates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from separatrix.dynamics.fields.interface import Field

    Array = NDArray[np.float64]

__all__ = ["plain_lines"]

STILL = 1e-5
"""Speed, relative to the scale of the field, below which a course ends."""

PARTS = 2
"""Steps between neighbouring states that are returned."""


def plain_lines(flow: Field, starts: ArrayLike, length: ArrayLike, *, points: int = 101) -> Array:
    """Return the courses from many starts, as `arc_length.bundle` does for the replicator.

    Parameters
    ----------
    flow : Field
    starts : array (courses, n)
    length : float or array (courses,)
        How far each course is followed, in the space of states; backwards where it is negative.
    points : int
        How many states are returned of each course, the start among them.

    Returns
    -------
    array (courses, points, n)
        A course that comes to rest earlier stays there.

    Examples
    --------
    >>> from separatrix.dynamics.fields import field
    >>> from separatrix.game.reader import load
    >>> flow = field(load({"payoff_matrix": [[-1, 4], [0, 2]], "title": "Hawk and dove"}), kind="smith")
    >>> plain_lines(flow, [[0.1], [0.9]], 0.5)[:, ::50].round(2).tolist()
    [[[0.1], [0.35], [0.6]], [[0.9], [0.67], [0.67]]]
    """
    import numpy as np

    from separatrix.dynamics.integrate.simplex_projection import onto_simplices

    state = np.array(starts, dtype=float)
    lengths = np.broadcast_to(np.asarray(length, dtype=float), (len(state),))
    result = np.repeat(state[:, None], points, axis=1)
    step = np.abs(lengths) / (max(points - 1, 1) * PARTS)
    still = STILL * (flow.scale or 1.0)

    def back(states: Array) -> Array:
        return flow.state(onto_simplices(flow.weights(states)))

    def slope(states: Array) -> tuple[Array, np.typing.NDArray[np.bool_]]:
        with np.errstate(all="ignore"):
            rate = flow(back(states))
        speed = np.sqrt((rate**2).sum(axis=-1))
        good = np.isfinite(speed) & (speed > still)
        unit = np.where(good[:, None], rate / np.where(good, speed, 1.0)[:, None], 0.0)
        return sign * unit, good

    going = np.ones(len(state), dtype=bool)
    for k in range(1, (points - 1) * PARTS + 1):
        rows = np.flatnonzero(going)
        if not rows.size:
            break
        own, h = state[rows], step[rows, None]
        sign = np.sign(lengths)[rows, None]
        first, moving = slope(own)
        second, _ = slope(own + h / 2 * first)
        third, _ = slope(own + h / 2 * second)
        fourth, _ = slope(own + h * third)
        wished = own + h / 6 * (first + 2 * second + 2 * third + fourth)
        moved = back(wished)
        # Where the field turns round within a step the course has come to rest.
        far = np.sqrt(((moved - own) ** 2).sum(axis=-1)) > h[:, 0] / 10
        inside = np.sqrt(((moved - wished) ** 2).sum(axis=-1)) < h[:, 0] / 4
        state[rows] = np.where((moving & far)[:, None], moved, own)
        going[rows] = moving & far & inside
        if k % PARTS == 0:
            result[:, k // PARTS :] = state[:, None]
    result[:, -1] = state
    return result
